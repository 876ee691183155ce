"""How current an answer is: what was indexed, what the project is at now, what lies between."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

from msgspec import Struct

from memoryd.daemon.indexing.jobs import IndexTarget, IngestQueue
from memoryd.errors import MemorydError
from memoryd.ingest.change.worktree import differing
from memoryd.ingest.git.directory import Head, shown_branch
from memoryd.ingest.git.discovery import Refused, look
from memoryd.ingest.git.no_history import NO_GIT
from memoryd.ingest.git.process import git_version
from memoryd.ingest.git.repository import Git
from memoryd.query.answers import Freshness
from memoryd.store.index import reader
from memoryd.store.index.queries.state.skipped_queries import skipped_paths
from memoryd.store.index.reader import View

log = logging.getLogger(__name__)


class Standing(Struct, frozen=True):
    """Where a project's history stands: ``head`` is empty without one; ``no_history`` says why there is none although
    the folder has a `.git`. ``boundary``: where a shallow clone's history was cut off, ``""`` for a whole one."""

    head: Head = Head("", "")
    no_history: str = ""
    boundary: str = ""


def standing(root: str) -> Standing:
    """The project's commit and branch now, from git's files alone; empty without git or when unreadable."""
    try:
        found = look(Path(root))
        if found is None:
            return Standing()
        if isinstance(found, Refused):
            return Standing(no_history=found.reason)
        if not git_version():
            return Standing(found.head(), no_history=NO_GIT.reason)
        if found.uses_reftable():
            git = Git.open(Path(root))
            return Standing(git.head(), boundary=found.shallow_boundary()) if git else Standing()
        return Standing(found.head(), boundary=found.shallow_boundary())
    except MemorydError as error:
        log.info("no HEAD of %s: %s", root, error.what)
        return Standing()


def freshness(
    view: View,
    target: IndexTarget,
    now: Standing,
    queue: IngestQueue,
    *,
    dirty: bool,
    vectors: str,
    left_out: int,
    not_here: int,
    unseen: str,
    partial: str,
    no_folder: bool,
) -> Freshness:
    """The freshness line of an answer from ``view``."""
    return Freshness(
        indexed_commit=view.head,
        head=now.head.sha,
        branch=view.branch if target.rev else shown_branch(now.head.branch),
        dirty=dirty and target.rev is None,
        pending=queue.pending_paths(target),
        indexing=queue.job_of(target) is not None,
        vectors=vectors,
        rev=target.rev or "",
        no_history=now.no_history,
        left_out=left_out,
        shallow=bool(now.boundary),
        not_here=not_here,
        unseen=unseen,
        project=target.root,
        failed=queue.failure(target),
        partial=partial,
        no_folder=no_folder,
    )


def differs_from_head(conn: sqlite3.Connection, root: str, view: View) -> bool:
    """Whether the indexed files of a work tree are not those of its commit (changed, new or missing)."""
    return bool(uncommitted(conn, root, view))


def uncommitted(conn: sqlite3.Connection, root: str, view: View) -> dict[str, tuple[str, str]]:
    """Path → (A, M or D, the blob) of the indexed files of a work tree that are not those of its commit."""
    git = Git.open(Path(root)) if view.head else None
    if git is None:
        return {}
    committed = {
        _as_listed(entry.path): entry.hash for entry in git.ls_tree(view.head) if entry.mode.startswith("100")
    }
    skipped = skipped_paths(conn, view.id)
    found = {}
    for file in reader.view_files(conn, view.id):
        blob, was = file.hash.hex(), committed.pop(file.path, "")
        if was != blob:
            found[file.path] = ("M" if was else "A", blob)
    found |= {path: ("D", "") for path in committed if path not in skipped}
    doubtful = {path for path, (status, _) in found.items() if status != "A"}  # line ends, sparse checkouts
    same = doubtful - differing(git, Path(root), doubtful) if doubtful else set()
    return {path: what for path, what in found.items() if path not in same}


def _as_listed(path: str) -> str:
    """A name that is no UTF-8 is skipped, and listed as it can be shown."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
