"""Which stores a newly named root goes on with: its records must not be lost because a folder was moved."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from memoryd.daemon.indexing.jobs import IndexTarget
from memoryd.daemon.projects.registry import key_of
from memoryd.daemon.projects.views import view_name
from memoryd.errors import MemorydError, StoreError
from memoryd.ingest.git.repository import Git
from memoryd.paths import Paths
from memoryd.server.service import Project
from memoryd.store import sqlite
from memoryd.store.index import reader

log = logging.getLogger(__name__)

MAX_GONE = 20  # each costs one question to git


def key_for(root: Path, registered: Sequence[Project], paths: Paths) -> str:
    """The key of ``root``: that of another work tree of its repository, else that of a registered project which
    is gone from its place and whose last indexed commit lies in this repository, else its own. Asks git."""
    own = key_of(root)
    for project in registered:
        if own == project.key or (os.path.isdir(project.root) and own == key_of(Path(project.root))):
            return project.key
    gone = [project for project in reversed(registered) if not os.path.lexists(project.root)]
    git = Git.open(root) if gone else None
    for project in gone[:MAX_GONE]:
        head = _last_head(project, paths)
        if git and head and _holds(git, head):
            log.info("%s goes on with the memory of %s, which is gone", root, project.root)
            return project.key
    return own


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


def _holds(git: Git, sha: str) -> bool:
    try:
        return git.resolve(sha) == sha
    except MemorydError:  # no such commit
        return False
