"""Files below a root, opened component by component without following a link: what is opened is inside.

The decision is made on descriptors, never on the text of a path, so a folder that turns into a link
between two looks changes nothing.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from memoryd.errors import MemorydError

_FOLDER = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_LISTED_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_REASONS = {errno.ENOENT: "vanished", errno.ELOOP: "link", errno.ENXIO: "special", errno.ENODEV: "special"}


class Unreadable(MemorydError):
    """A path that is not read. ``reason``: ``outside`` (no plain relative path), ``vanished``, ``link``,
    ``special`` (fifo, socket, device, folder), ``too-large``, ``denied`` or ``unreadable``."""

    def __init__(self, path: str, reason: str, detail: str = "") -> None:
        super().__init__(f"not read: {reason}{detail and ', '}{detail}", where=path)
        self.reason = reason
        self.detail = detail


class RootedFiles:
    """Descriptors of the root and of the folder last visited; visit folders in sorted order to be quick.

    Use as a context manager. Raises Unreadable.
    """

    def __init__(self, root: Path) -> None:
        self._descriptors = [_open(str(root), os.O_DIRECTORY | os.O_CLOEXEC | os.O_RDONLY, None, str(root))]
        self._names: list[str] = []

    def __enter__(self) -> RootedFiles:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._descriptors:
            os.close(self._descriptors.pop())

    def folder(self, path: str) -> int:
        """A descriptor of the folder (``""``: the root), good for ``dir_fd``; owned by the rooted and valid
        until the next visit."""
        names = components(path) if path else []
        common = 0
        while common < min(len(names), len(self._names)) and names[common] == self._names[common]:
            common += 1
        while len(self._names) > common:
            self._names.pop()
            os.close(self._descriptors.pop())
        for name in names[common:]:
            self._descriptors.append(_open(name, _FOLDER, self._descriptors[-1], path))
            self._names.append(name)
        return self._descriptors[-1]

    def stat(self, path: str) -> os.stat_result:
        """Of the path itself, a link not followed."""
        folder, _slash, name = path.rpartition("/")
        at = self.folder(folder)
        try:
            return os.stat(name, dir_fd=at, follow_symlinks=False)
        except OSError as error:
            raise _unreadable(path, error) from error

    def listing(self, path: str) -> list[os.DirEntry[str]]:
        """What the folder contains; the entries' own ``stat`` must be taken before the next visit."""
        at = self.folder(path)
        with ExitStack() as stack:
            descriptor = _open(".", _LISTED_FOLDER, at, path)
            stack.callback(os.close, descriptor)
            try:
                with os.scandir(descriptor) as entries:
                    found = list(entries)
                    for entry in found:
                        entry.stat(follow_symlinks=False)  # remembered by the entry
            except OSError as error:
                raise _unreadable(path, error) from error
        return found

    def read(self, path: str, max_bytes: int) -> bytes:
        """The content of a regular file of at most ``max_bytes``; never blocks."""
        folder, _slash, name = "/".join(components(path)).rpartition("/")
        descriptor = _open(name, _FILE, self.folder(folder), path)
        try:
            state = os.fstat(descriptor)
            if not stat.S_ISREG(state.st_mode):
                raise Unreadable(path, "special")
            if state.st_size > max_bytes:
                raise Unreadable(path, "too-large", f"{state.st_size} bytes")
            data = _read_all(descriptor, state.st_size, max_bytes)
        except OSError as error:
            raise _unreadable(path, error) from error
        finally:
            os.close(descriptor)
        if len(data) > max_bytes:
            raise Unreadable(path, "too-large", "it grew while being read")
        return data


def text_of(root: str, path: str, max_bytes: int) -> bytes | None:
    """The file below the root; None where there is none that could be read, or a longer one."""
    try:
        with RootedFiles(Path(root)) as rooted:
            return rooted.read(path, max_bytes)
    except Unreadable:
        return None


def components(path: str) -> list[str]:
    """The names of a plain relative path. Raises Unreadable ``outside`` for any other."""
    names = path.split("/")
    if "\0" in path or any(name in ("", ".", "..") for name in names):
        raise Unreadable(path, "outside")
    return names


def _read_all(descriptor: int, expected: int, max_bytes: int) -> bytes:
    parts, left = [], max_bytes + 1
    size = expected + 1  # one more: a regular file then ends with the second, empty read
    while left > 0 and (part := os.read(descriptor, min(size, left))):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def _open(name: str, flags: int, at: int | None, path: str) -> int:
    try:
        return os.open(name, flags, dir_fd=at)
    except NotADirectoryError as error:  # the folder became a file, or a link
        raise Unreadable(path, "link" if _is_link(name, at) else "vanished") from error
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error


def _is_link(name: str, at: int | None) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=at, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _unreadable(path: str, error: OSError | ValueError) -> Unreadable:
    if not isinstance(error, OSError):
        return Unreadable(path, "outside")
    reason = _REASONS.get(error.errno or 0, "unreadable")
    return Unreadable(path, reason, "" if reason != "unreadable" else os.strerror(error.errno or 0))
