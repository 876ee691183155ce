"""Looking at a work tree again and again, for where the kernel does not report changes."""

from __future__ import annotations

import stat
from pathlib import Path

from memoryd.errors import MemorydError
from memoryd.ingest.files.ignore_files import join
from memoryd.ingest.files.rooted_files import RootedFiles
from memoryd.ingest.git.directory import GitDir
from memoryd.ingest.git.discovery import discover
from memoryd.ingest.watch.folders import IsIgnored, printable, visible

_Stamp = tuple[int, int, int]


class FolderState:
    """The state of all visible files and of git at one moment. Raises Unreadable (the root)."""

    def __init__(self, root: Path, is_ignored: IsIgnored) -> None:
        self._root, self._is_ignored = root, is_ignored
        self._stamps = self._take()
        self._git = _git_state(discover(root))

    def changes(self) -> frozenset[str]:
        """Paths that appeared, vanished or differ since the last call. Raises Unreadable (the root)."""
        before, self._stamps = self._stamps, self._take()
        changed = {path for path, stamp in self._stamps.items() if before.get(path) != stamp}
        return frozenset(changed | (before.keys() - self._stamps.keys()))

    def git_moved(self) -> bool:
        """HEAD, its branch or the index differ since the last call."""
        before, self._git = self._git, _git_state(discover(self._root))
        return before != self._git

    def _take(self) -> dict[str, _Stamp]:
        stamps: dict[str, _Stamp] = {}
        with RootedFiles(self._root) as rooted:
            for folder, listing in visible([""], rooted, self._is_ignored):
                for entry in listing:
                    state = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(state.st_mode) and printable(entry.name):
                        changed_ns = max(state.st_mtime_ns, state.st_ctime_ns)
                        stamps[join(folder, entry.name)] = (state.st_size, changed_ns, state.st_ino)
        return stamps


def _git_state(directory: GitDir | None) -> tuple[object, ...]:
    if directory is None:
        return ()
    try:
        head: object = directory.head()
    except MemorydError:  # reftable: the stamps below have to do
        head = None
    tables = directory.common_dir / "reftable" / "tables.list"
    shallow = directory.common_dir / "shallow"
    files = (directory.git_dir / "index", directory.git_dir / "HEAD", tables, shallow)
    stamps = (_stamp(path) for path in files)
    return (head, directory.busy(), *stamps)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        state = path.lstat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_ino
