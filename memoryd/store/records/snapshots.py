"""The copies of records.db beside it, and what they say about it: a store that ends before its newest copy has lost
something, and an empty one is no new project."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from msgspec import Struct

from memoryd.store.failures import DamagedStore, damaged
from memoryd.store.records import audit

_NAME = re.compile(r"records-(\d{1,18})\.db")


class Snapshot(Struct, frozen=True):
    """A copy. ``entries``: of the audit when it was taken, which only ever grows; ``taken_s``: when that was."""

    file: Path
    entries: int
    taken_s: int


def folder_of(path: Path) -> Path:
    """Where the copies of the records at ``path`` are."""
    return path.parent / "snapshots"


def name_of(entries: int) -> str:
    """The file name of a copy with so many audit entries."""
    return f"records-{entries:010d}.db"


def newest_first(folder: Path) -> tuple[Snapshot, ...]:
    """The copies in ``folder``, none when there is no such folder."""
    found = (
        Snapshot(file, int(match[1]), int(file.stat().st_mtime))
        for file in folder.glob("records-*.db")
        if (match := _NAME.fullmatch(file.name))
    )
    return tuple(sorted(found, key=lambda copy: -copy.entries))


def refuse_lost(path: Path) -> None:
    """Before records.db is opened. Raises DamagedStore when it is missing or empty although there were records: SQLite
    would begin a new one, and throw away a write-ahead log that still holds some."""
    if size_of(path) > 0:
        return
    state = "is empty" if path.exists() else "is missing"
    copies = newest_first(folder_of(path))
    if copies and copies[0].entries:
        raise damaged(path, f"{path.name} {state}, but its copies are there: this is no new project")
    log = path.with_name(f"{path.name}-wal")
    if size_of(log) > 0:
        raise DamagedStore(
            f"{path.name} {state}, but its write-ahead log is there: this is no new project",
            where=str(path),
            next_step=f"put the file back from a backup; to begin without records, move {log.name} away",
        )


def refuse_older(path: Path, conn: sqlite3.Connection) -> None:
    """Raises DamagedStore when the records end before their newest copy: they were put back, or emptied."""
    entries, copies = audit.length(conn), newest_first(folder_of(path))
    if copies and entries < copies[0].entries:
        later = f"ends at audit entry {entries}, its newest copy at {copies[0].entries}"
        raise damaged(path, f"{path.name} {later}: it has lost what was recorded between")


def size_of(path: Path) -> int:
    """In bytes; 0 when there is none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def drop_copies(path: Path) -> None:
    """Delete the copies beside ``path`` that an upgrade or a repair left: they hold what was forgotten since."""
    for pattern in (f"{path.name}.layout*.bak", f"{path.name}.damaged-*"):
        for copy in path.parent.glob(pattern):
            copy.unlink(missing_ok=True)
    for copy in folder_of(path).glob("damaged-*"):
        copy.unlink(missing_ok=True)
