"""Which tracked files git would call unchanged, found without git reading the work tree.

As `git status` does: by what git's index noted of a file, and where that is another, by the bytes, in the form in
which git would store them.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping

from memoryd.ingest.git import stored_form
from memoryd.ingest.git.repository import Git
from memoryd.ingest.git.rows import LINK, SUBMODULE, FileStamp, IndexEntry
from memoryd.ingest.git.stored_form import Stored

_RACY_NS = 20_000_000  # a file written within a tick of the clock before the index may have changed unseen
_INT = (1 << 32) - 1  # what git's index keeps of an inode and a size


class TrackedFiles:
    """Git's index as it is now. ``entries``: path → entry, of files alone. Raises GitError."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._written_ns = git.index_written_ns()
        rows = git.stamped_entries()
        self.entries: Mapping[str, IndexEntry] = {
            row.path: row for row in rows if row.mode not in (LINK, SUBMODULE)
        }
        self._attributes: dict[str, dict[str, str]] = {}

    def is_unchanged(self, path: str, state: os.stat_result) -> bool:
        """The file is its staged blob by what git noted of it; False proves nothing."""
        entry = self.entries.get(path)
        if entry is None:
            return False
        return entry.assumed or (
            entry.stamp is not None
            and _fits(entry.stamp, state)
            and state.st_mtime_ns < self._written_ns - _RACY_NS
        )

    def look_up(self, paths: Collection[str]) -> None:
        """Ask for the attributes of many files at once."""
        self._attributes |= self._git.attributes(paths) if paths else {}
        self._autocrlf = self._git.autocrlf()

    def as_stored(self, path: str, data: bytes, before: bytes | None) -> Stored:
        """What git would store of the bytes; ``look_up`` was asked before. ``before``: what it has now."""
        return stored_form.stored(data, self._attributes.get(path, {}), self._autocrlf, before)


def _fits(stamp: FileStamp, state: os.stat_result) -> bool:
    return (
        stamp.size_bytes == state.st_size & _INT
        and stamp.inode == state.st_ino & _INT
        and _same_time(stamp.mtime_ns, state.st_mtime_ns)
        and _same_time(stamp.ctime_ns, state.st_ctime_ns)
    )


def _same_time(noted_ns: int, now_ns: int) -> bool:
    """git keeps whole seconds where it was built so."""
    return noted_ns == now_ns or (noted_ns % 1_000_000_000 == 0 and noted_ns // 10**9 == now_ns // 10**9)
