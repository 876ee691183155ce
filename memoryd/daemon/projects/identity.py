"""Which repository a store belongs to: by the commits that its history begins with, not by the place where it lies.

A folder can be deleted and another repository put in its place. What was recorded about the first is not told in the
second, until a person says that they are the same project.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from memoryd.daemon.projects.registry import keys_of
from memoryd.errors import OTHER_REPOSITORY, StoreError, UsageError
from memoryd.ingest.git.directory import GitDir
from memoryd.ingest.git.discovery import Refused, look
from memoryd.ingest.git.process import git_version
from memoryd.ingest.git.repository import Git
from memoryd.paths import Paths, replace_private
from memoryd.server.service import Project
from memoryd.store import sqlite
from memoryd.store.index import reader
from memoryd.store.index.reader import ViewFile

FILE = "repository.json"
MAX_ROOTS = 64
_VERSION = 1
_VIEWS_ASKED = 20
_FILES_ASKED = 200
_INDEX = "index.db"

_Sha = Annotated[str, Meta(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?\Z")]


class Identity(Struct, frozen=True):
    """repository.json of a store. ``place``: the root that it was made for. ``roots``: the commits without parents in
    its history, as far as it was cloned; empty while there are none. ``folder``: device and inode of the git directory,
    which it keeps when it is moved; empty where nobody noted them."""

    place: str
    roots: tuple[_Sha, ...] = ()
    folder: tuple[int, ...] = ()
    version: int = _VERSION


class OtherRepository(UsageError):
    """What lies at a registered root is not the repository that the store belongs to."""

    name = OTHER_REPOSITORY


class Identities:
    """Looks at the disk, and asks git where something changed since it last looked: not for the event loop."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._lock = Lock()
        self._seen: dict[tuple[str, str], tuple[object, ...]] = {}

    def need_same(self, project: Project) -> Project:
        """``project``, if its root holds the repository that its store belongs to, or nothing at all. Raises
        OtherRepository, GitError."""
        root, key = Path(project.root), (project.root, project.key)
        found = look(root)
        mark = _mark(found)
        if mark and self._seen.get(key) == mark:
            return project
        if not belongs(root, project.key, self._paths.project_dir(project.key)):
            raise other_repository(
                root, found, "run `memoryd up` there: it asks whether it is the same project"
            )
        with self._lock:
            self._seen[key] = mark
        return project


def belongs(root: Path, key: str, folder: Path) -> bool:
    """Whether the store in ``folder`` is that of the repository, or of the folder without one, at ``root``. Where
    nothing lies now there is nothing to be told apart. Raises GitError, StoreError."""
    if _is_gone(root):
        return True
    kept = kept_in(folder)
    if not git_version():  # nobody can say, and nothing of a history will be read
        return not isinstance(look(root), Refused)
    git = Git.open(root)
    if kept and kept.roots:
        return git is not None and (
            git.reaches(kept.roots) or (git.is_shallow() and _knows(folder, root, git))
        )
    if key in keys_of(root) or (kept and kept.place == str(root)):
        return git is None or not git.head().sha or _knows(folder, root, git)
    return kept is None and git is not None and (folder / _INDEX).exists() and _knows(folder, root, git)


def kept_in(folder: Path) -> Identity | None:
    """What the store in ``folder`` says of itself; None: it is not there, or of an earlier memoryd. Raises
    StoreError."""
    file = folder / FILE
    try:
        kept = msgspec.json.decode(file.read_bytes(), type=Identity)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as error:
        raise StoreError(
            f"{FILE} cannot be read: {error}",
            where=str(file),
            next_step="remove the file; it is written again once the project is indexed",
        ) from error
    if kept.version != _VERSION:
        raise StoreError(
            f"{FILE} was written by a newer memoryd", where=str(file), next_step="upgrade memoryd"
        )
    return kept


def keep(folder: Path, identity: Identity) -> None:
    """Raises StoreError."""
    try:
        replace_private(folder / FILE, msgspec.json.encode(identity) + b"\n")
    except OSError as error:
        raise StoreError(
            f"{FILE} cannot be written: {error.strerror}",
            where=str(folder / FILE),
            next_step="free disk space or repair the rights, then try again",
        ) from error


def made(place: str, roots: Sequence[str] = ()) -> Identity:
    """Of the repository at ``place`` whose history begins with the commits ``roots``."""
    return Identity(place=place, roots=tuple(sorted(roots)[:MAX_ROOTS]), folder=folder_of(Path(place)))


def folder_of(root: Path) -> tuple[int, ...]:
    """Device and inode of the git directory at ``root``; empty without one."""
    found = look(root)
    if not isinstance(found, GitDir):
        return ()
    with contextlib.suppress(OSError):
        state = found.common_dir.stat()
        return state.st_dev, state.st_ino
    return ()


def learn(folder: Path, root: str, roots: Sequence[str]) -> None:
    """Note that the history which was indexed begins with the commits ``roots``. Raises StoreError."""
    found = made(root, roots)
    kept = kept_in(folder)
    if found.roots and (kept is None or (kept.roots, kept.folder) != (found.roots, found.folder)):
        keep(folder, found)


def other_repository(root: Path, found: GitDir | Refused | None, step: str) -> OtherRepository:
    """``found``: what lies at ``root``; ``step``: what to do where nothing else comes first."""
    if isinstance(found, Refused):
        return OtherRepository(
            f"this folder is no part of the repository that memoryd knows here: {found.reason}",
            where=str(root),
            next_step=f"{found.next_step}; else `memoryd up --new-project`",
        )
    what = "another repository lies here" if found else "the repository is gone from this folder"
    return OtherRepository(
        f"{what}: it does not have the first commits of the one that memoryd knows by this path",
        where=str(root),
        next_step=step,
    )


def like_one_that_is_gone(root: Path, step: str) -> OtherRepository:
    """For a repository with the history of a project that is gone from its place; ``step``: what to do."""
    return OtherRepository(
        "this repository has the history of a project that is gone from its place, and may be another's copy of it",
        where=str(root),
        next_step=step,
    )


def _mark(found: GitDir | Refused | None) -> tuple[object, ...]:
    """Another one wherever another repository was put in the place; empty where nothing tells one from another."""
    if not isinstance(found, GitDir):
        return ()
    common = found.common_dir
    marks: list[object] = [str(found.git_dir)]
    for path in (common, common / "objects", common / "config"):
        with contextlib.suppress(OSError):
            state = path.stat()
            changed = state.st_mtime_ns if path.name == "config" else 0
            marks.append((state.st_dev, state.st_ino, changed))
    return tuple(marks)


def _is_gone(root: Path) -> bool:
    """A disk that is not mounted, a folder that was moved away: nothing is there."""
    try:
        with os.scandir(root) as entries:
            return next(entries, None) is None
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:  # kept from us: whoever looks into it says so
        return False


def _knows(folder: Path, root: Path, git: Git) -> bool:
    """The index of the store knows the commit that is checked out at ``root``, was made at one that this repository
    has, or lists files as they still lie there: it was made a repository since. True where no index can be asked."""
    head = git.head().sha
    if not (folder / _INDEX).exists():
        return True
    try:
        with contextlib.closing(sqlite.connect(folder / _INDEX, readonly=True)) as conn:
            heads = reader.view_heads(conn)[:_VIEWS_ASKED]
            is_known = bool(head and reader.commit_ids(conn, [head]))
            files = (
                reader.view_files(conn, view.id) if (view := reader.view(conn, f"worktree:{root}")) else []
            )
    except (StoreError, sqlite.SqliteError):
        return True
    if not heads and not files:  # the first index was stopped before it knew anything
        return True
    return is_known or any(git.reaches([sha]) for sha in heads) or any(map(_Lies(root), files[:_FILES_ASKED]))


class _Lies:
    """Whether a file of a view is the one that lies at its path."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def __call__(self, file: ViewFile) -> bool:
        try:
            state = (self._root / file.path).lstat()
        except OSError:
            return False
        return (state.st_ino, state.st_size) == (file.inode, file.size_bytes)
