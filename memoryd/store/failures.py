"""What SQLite says when a store cannot be used, as what is wrong, with which file, and what to do about it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from memoryd.errors import StoreError

_BUSY, _LOCKED, _CORRUPT, _FULL, _NOT_A_DATABASE = 5, 6, 11, 13, 26
_MEND = {
    "records": "`memoryd records restore` puts the newest whole copy in its place, and says what is lost",
    "index": "`memoryd doctor --repair` builds it again; what was recorded is in another file",
}


class DamagedStore(StoreError):
    """The file is not what was written, or not all of it: something else has to take its place."""


class LockedStore(StoreError):
    """Another program keeps the file to itself; nothing is wrong with it."""


def damaged(path: Path, how: str) -> DamagedStore:
    """``how``: a sentence that begins with the file's name."""
    return DamagedStore(how, where=str(path), next_step=_MEND.get(path.stem, "see `memoryd doctor`"))


def failure(error: Exception, path: Path) -> StoreError:
    """The StoreError that ``error`` amounts to, which work on the database at ``path`` raised: sqlite3.Error, OSError,
    or that a stored text cannot be decoded."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if code is not None else None
    is_other_layout = str(error).startswith("no such ")  # table, column
    if primary in (_BUSY, _LOCKED):
        return LockedStore(
            f"{path.name} is locked by another program",
            where=str(path),
            next_step="end that program (a backup, a `sqlite3` shell), then try again",
        )
    if primary in (_CORRUPT, _NOT_A_DATABASE) or is_other_layout:
        return damaged(path, f"{path.name} is damaged: {error}")
    if primary is None and not isinstance(error, OSError | sqlite3.ProgrammingError):
        return damaged(path, f"{path.name} is damaged: a text in it cannot be decoded")
    if primary == _FULL:
        step = "free disk space, then try again"
        return StoreError(f"{path.name} cannot grow: the disk is full", where=str(path), next_step=step)
    return StoreError(
        f"{path.name} cannot be opened, read or written: {error}",
        where=str(path),
        next_step="check the rights and the free space of its folder, then run `memoryd doctor`",
    )
