"""Which stores a named root goes on with: its records must not be lost because a folder was moved, nor be told to
another repository that was put in its place."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from memoryd.daemon.indexing.jobs import IndexTarget
from memoryd.daemon.projects import identity
from memoryd.daemon.projects.registry import key_of
from memoryd.daemon.projects.views import view_name
from memoryd.errors import StoreError
from memoryd.ingest.git.discovery import Refused, look
from memoryd.ingest.git.repository import Git
from memoryd.paths import Paths, private_folder
from memoryd.server.service import Project
from memoryd.store import sqlite
from memoryd.store.index import reader
from memoryd.store.records import snapshots
from memoryd.store.records.reader import RecordReader

log = logging.getLogger(__name__)

MAX_GONE = 20  # each costs one question to git
MAX_IN_PLACE = 100  # repositories that lay at one path one after the other

Choice = Literal["ask", "same", "new"]


def store_for(
    root: Path, known: Project | None, registered: Sequence[Project], paths: Paths, choice: Choice
) -> str:
    """The key of the store that ``root`` goes on with; a new store is told whose it is. ``known``: as it is registered;
    ``choice``: whether a repository that has no commits of the one before is the ``same`` project, a ``new`` one, or
    that is to be asked. Asks git.

    Raises OtherRepository where it has to be asked, GitError, StoreError.
    """
    key = known.key if known else key_for(root, registered, paths, choice)
    if not paths.project_dir(key).exists() or identity.belongs(root, key, paths.project_dir(key)):
        return _with_identity(root, key, paths)
    if other := _of_this_repository(root, paths):
        return other
    records = _recorded(paths.project_dir(key))
    if choice == "same":
        return _taken_over(root, key, paths)
    if choice == "ask" and records:
        step = (
            f"`memoryd up` with --new-project leaves {records} there, with --same-project goes on with them"
        )
        raise identity.other_repository(root, look(root), step)
    return _with_identity(root, _unused(root, paths), paths)


def key_for(root: Path, registered: Sequence[Project], paths: Paths, choice: Choice) -> str:
    """The key of ``root``: that of another work tree of its repository, else that of a registered project which is
    gone from its place and whose git directory this is, else its own. A repository that has the history of a project
    that is gone may be a fork by anybody: whether it is that project is asked. Asks git. Raises OtherRepository."""
    own = key_of(root)
    for project in registered:
        if own == project.key or (os.path.isdir(project.root) and own == key_of(Path(project.root))):
            return project.key
    gone = [project for project in reversed(registered) if not os.path.lexists(project.root)]
    git = Git.open(root) if gone else None
    for project in gone[:MAX_GONE]:
        head = _last_head(project, paths)
        if not (git and head and git.reaches([head])):
            continue
        folder = paths.project_dir(project.key)
        if choice == "same" or _is_moved(root, folder):
            log.info("%s goes on with the memory of %s, which is gone", root, project.root)
            return project.key
        if choice == "ask" and (records := _recorded(folder)):
            step = (
                f"`memoryd up` with --same-project goes on with {records} of {project.root}, with --new-project begins"
                " anew"
            )
            raise identity.like_one_that_is_gone(root, step)
    return own


def _is_moved(root: Path, folder: Path) -> bool:
    """The git directory at ``root`` is the very one that the store in ``folder`` was made for."""
    kept = identity.kept_in(folder)
    return kept is not None and bool(kept.folder) and kept.folder == identity.folder_of(root)


def _with_identity(root: Path, key: str, paths: Paths) -> str:
    """``key``, once its store says whose it is."""
    folder = paths.project_dir(key)
    if identity.kept_in(folder) is None:
        private_folder(folder.parent)
        private_folder(folder)
        identity.keep(folder, identity.made(str(root)))
    return key


def _of_this_repository(root: Path, paths: Paths) -> str:
    """The key of the store of a repository that lay here before and lies here again, ``""`` when there is none."""
    for number in range(MAX_IN_PLACE):
        key = key_of(root, number)
        folder = paths.project_dir(key)
        if not folder.exists():
            return ""
        if identity.belongs(root, key, folder):
            return key
    return ""


def _unused(root: Path, paths: Paths) -> str:
    for number in range(MAX_IN_PLACE):
        key = key_of(root, number)
        if not paths.project_dir(key).exists():
            return key
    raise StoreError(
        f"{MAX_IN_PLACE} repositories lay at this path one after the other",
        where=str(root),
        next_step=f"remove the stores in {paths.project_dir('')} that nobody needs",
    )


def _taken_over(root: Path, key: str, paths: Paths) -> str:
    """A person says that it is the same project: the store is told the history that it has now. One whose `.git` is
    not followed stays refused."""
    found = look(root)
    if isinstance(found, Refused):
        raise identity.other_repository(root, found, "")
    git = Git.open(root)
    head = git.head().sha if git else ""
    roots = git.root_commits(head) if git and head else []
    identity.keep(
        paths.project_dir(key),
        identity.made(str(root), roots),
    )
    return key


def _recorded(folder: Path) -> str:
    """What was recorded in the store, in words; ``""`` when nothing was."""
    file = folder / "records.db"
    if not file.exists():
        return (
            "the records that copies are left of" if snapshots.newest_first(snapshots.folder_of(file)) else ""
        )
    try:
        with contextlib.closing(RecordReader.open_readonly(file)) as records:
            count = records.count()
    except StoreError:
        return "its records"
    return "its one record" if count == 1 else f"its {count} records" if count else ""


def _last_head(project: Project, paths: Paths) -> str:
    """The commit at which the project was last indexed, ``""`` when that is not known."""
    file = paths.project_dir(project.key) / "index.db"
    if not file.exists():
        return ""
    try:
        with contextlib.closing(sqlite.connect(file, readonly=True)) as conn:
            view = reader.view(conn, view_name(IndexTarget(project.root)))
    except (StoreError, sqlite.SqliteError) as error:
        log.info("no last commit of %s: %s", project.root, error)
        return ""
    return view.head if view else ""
