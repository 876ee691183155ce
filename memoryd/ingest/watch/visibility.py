"""Which paths of a work tree can matter: what the watcher asks before it watches or reports."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from memoryd.ingest.files import path_rules
from memoryd.ingest.files.ignore_files import MEMORYIGNORE, Gitignores, Narrowing, read_rules
from memoryd.ingest.files.rooted_files import RootedFiles, Unreadable
from memoryd.ingest.git.repository import Git
from memoryd.ingest.git.rows import SUBMODULE


class Visibility:
    """The ignore rules as they are now; make a new one when an ignore file or the set of tracked files
    changes. ``exclude``: the user's patterns. Raises GitError."""

    def __init__(self, root: Path, git: Git | None, exclude: Collection[str] = ()) -> None:
        self._root, self._git = root, git
        self._narrowing = Narrowing(tuple(exclude), (), _memoryignore(root))
        tracked = git.index_entries() if git is not None and not git.bare else []
        self._tracked_folders = _folders_of(entry.path for entry in tracked)
        self._submodules = tuple(f"{entry.path}/" for entry in tracked if entry.mode == SUBMODULE)

    def hidden(self, paths: Collection[str]) -> frozenset[str]:
        """Those of ``paths`` (files or folders) that no index looks at. Raises GitError, Unreadable."""
        folders = {path for path in paths if _is_folder(self._root / path)}
        by_name = frozenset(path for path in paths if self._by_name(path, path in folders))
        rest = [path for path in paths if path not in by_name and path not in self._tracked_folders]
        if self._git is not None:
            return by_name | self._git.ignored(rest)
        with RootedFiles(self._root) as rooted:
            gitignores = Gitignores(rooted)
            return by_name | {path for path in rest if gitignores.ignored(path, path in folders)}

    def _by_name(self, path: str, is_folder: bool) -> bool:
        if f"{path}/".startswith(self._submodules):
            return True
        denied = path_rules.denied_folder(path) if is_folder else path_rules.denied(path)
        if denied or self._narrowing.ignored(path, is_folder):
            return True
        vendored = path_rules.vendored(path)
        return bool(vendored) and vendored not in self._tracked_folders


def _memoryignore(root: Path) -> str:
    try:
        with RootedFiles(root) as rooted:
            return read_rules(rooted, MEMORYIGNORE)
    except Unreadable:  # the root is gone: nothing in it is visible or hidden
        return ""


def _folders_of(paths: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for path in paths:
        while (path := path.rpartition("/")[0]) and path not in found:
            found.add(path)
    return found


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
