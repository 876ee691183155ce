"""The projects a user registered: projects.json, and which of them a folder belongs to."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock

import msgspec
from msgspec import Struct

from memoryd.errors import StoreError, UsageError
from memoryd.ingest.files.scan import check_root
from memoryd.ingest.git.discovery import discover, find_root, look
from memoryd.paths import replace_private
from memoryd.server.service import Project


class _ProjectsFile(Struct, frozen=True):
    """projects.json."""

    version: int
    projects: tuple[Project, ...] = ()


class UnknownCheckout(UsageError):
    """A folder lies in a checkout that is not registered; ``where``: its root."""


class Projects:
    """The registry. Every change is on disk before the call returns. May be used from any thread: what asks about
    a path looks at the disk, and is not for the event loop's."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.time) -> None:
        self._file, self._clock = file, clock
        self._changing = Lock()
        self._by_root = {project.root: project for project in _read(file)}

    def all(self) -> list[Project]:
        """Oldest first."""
        return sorted(self._by_root.values(), key=lambda project: (project.added_at_s, project.root))

    def root_of(self, path: str) -> Path:
        """The root that ``path`` would be registered as: its git root, else the folder itself.

        Raises UsageError for a folder that is missing, unreadable or no project (``/``, the home folder).
        """
        root = _root_of(path)
        if root.is_relative_to(self._file.parent.resolve()):
            raise UsageError(
                "memoryd keeps its own data in this folder",
                where=str(root),
                next_step="name the folder of a project of yours",
            )
        return root

    def register(self, path: str, key: str = "") -> Project:
        """The project around ``path``, registered if it was not; ``key`` names its stores from now on, by default its
        own. Raises UsageError like ``root_of``."""
        root = self.root_of(path)
        key = key or key_of(root)
        with self._changing:
            known = self._by_root.get(str(root))
            if known and known.key == key:
                return known
            project = Project(root=str(root), key=key, added_at_s=int(self._clock()))
            self._save({**self._by_root, project.root: project})
        return project

    def at(self, root: Path) -> Project | None:
        """The project that is registered with exactly this root."""
        return self._by_root.get(str(root))

    def forget(self, path: str) -> Project:
        """Take a root off the list; its stores stay. Raises UsageError when it is not on it."""
        wanted = os.path.realpath(path)
        with self._changing:
            project = self._by_root.get(wanted)
            if project is None:
                raise UsageError("this folder is not registered", where=path, next_step=self._listing())
            self._save({root: other for root, other in self._by_root.items() if root != project.root})
        return project

    def around(self, path: str) -> Project | None:
        """The registered project that ``path`` lies in, None when it lies in none.

        A checkout between ``path`` and a registered root is another project: it is never answered from its
        surroundings. Raises UnknownCheckout then.
        """
        folder = Path(os.path.realpath(path))
        for place in (folder, *folder.parents):
            if project := self._by_root.get(str(place)):
                return project
            if look(place):
                raise UnknownCheckout(
                    "memoryd does not know this checkout yet",
                    where=str(place),
                    next_step=f"memoryd up {place}",
                )
        return None

    def find(self, path: str) -> Project:
        """Like ``around``, but a path in no project is a UsageError."""
        if project := self.around(path):
            return project
        raise UsageError(
            "this folder belongs to no registered project",
            where=path,
            next_step=f"`memoryd up` in the project's folder; {self._listing()}",
        )

    def nowhere(self, folders: Sequence[str]) -> UsageError:
        """That no project was named and that the caller stands in none."""
        standing = "the working directory lies in none" if folders else "who asks says no working directory"
        return UsageError(
            f"which project? None was named, and {standing}",
            where=", ".join(folders[:3]) or "project",
            next_step=f"pass the argument `project` (an absolute path); {self._listing()}",
        )

    def _listing(self) -> str:
        roots = [project.root for project in self.all()]
        more = f" and {len(roots) - 8} more" if len(roots) > 8 else ""
        return (
            f"registered: {', '.join(roots[:8])}{more}" if roots else "none is registered: run `memoryd up`"
        )

    def _save(self, by_root: dict[str, Project]) -> None:
        document = _ProjectsFile(version=1, projects=tuple(by_root.values()))
        _replace(self._file, msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")
        self._by_root = by_root


def key_of(root: Path, number: int = 0) -> str:
    """The name of the project's store folder: the same for all work trees of one repository. ``number``: of the
    repositories that lay there one after the other, the first is 0."""
    directory = discover(root)
    return _key(directory.common_dir if directory else root, number)


def keys_of(root: Path) -> tuple[str, ...]:
    """The keys that the folder may have by its path: with the repository that it is now, and without one."""
    return tuple(dict.fromkeys((key_of(root), _key(root))))


def _key(shared: Path, number: int = 0) -> str:
    mark = b"\0%d" % number if number else b""
    return hashlib.sha256(os.fsencode(os.path.realpath(shared)) + mark).hexdigest()[:16]


def _root_of(path: str) -> Path:
    folder = check_root(path)
    around = find_root(folder)
    if around is None or around == folder:
        return folder
    try:
        return check_root(around)
    except UsageError:  # a repository over the whole home folder does not make its parts one project
        return folder


def _read(file: Path) -> tuple[Project, ...]:
    try:
        document = msgspec.json.decode(file.read_bytes(), type=_ProjectsFile)
    except FileNotFoundError:
        return ()
    except (OSError, msgspec.DecodeError) as error:
        raise StoreError(
            f"the list of projects cannot be read: {error}",
            where=str(file),
            next_step="repair or remove the file, then run `memoryd up` in each project; nothing is lost",
        ) from error
    if document.version != 1:
        raise StoreError(
            "the list of projects was written by a newer memoryd",
            where=str(file),
            next_step="upgrade memoryd",
        )
    return document.projects


def _replace(file: Path, data: bytes) -> None:
    try:
        replace_private(file, data)
    except OSError as error:
        raise StoreError(
            f"the list of projects cannot be written: {error.strerror}",
            where=str(file),
            next_step="free disk space or repair the rights, then try again",
        ) from error
