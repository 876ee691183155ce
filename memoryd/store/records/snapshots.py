"""The copies of records.db beside it, and what they say about it: a store that ends before its newest copy has lost
something, and an empty one is no new project."""

from __future__ import annotations

import re
import shutil
import sqlite3
from pathlib import Path

from msgspec import Struct

from memoryd.errors import StoreError
from memoryd.store.failures import damaged
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
    if _is_copied(path):
        raise damaged(path, f"{path.name} {state}, but its copies are there: this is no new project")
    if size_of(path.with_name(f"{path.name}-wal")) > 0:
        raise damaged(path, f"{path.name} {state}, but its write-ahead log is there: this is no new project")


def _is_copied(path: Path) -> bool:
    """A snapshot of something that was recorded, or what an upgrade or a repair put aside."""
    beside = (f"{path.name}.{word}" for word in ("layout*.bak", "damaged-*", "undone-*"))
    return any(copy.entries for copy in newest_first(folder_of(path))) or any(
        size_of(file) for pattern in beside for file in path.parent.glob(pattern)
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
    """Delete what upgrades, repairs and killed daemons left of ``path`` beside the newest snapshot: it holds what was
    forgotten since. Raises StoreError naming what cannot be deleted."""
    folder = folder_of(path)
    places = (
        *(path.parent.glob(f"{path.name}.{word}") for word in ("layout*.bak*", "damaged-*", "undone-*")),
        *(path.parent.glob(f"{pattern}") for pattern in (f".{path.name}.*", "restoring", "restoring-*")),
        *(folder.glob(pattern) for pattern in ("damaged-*", ".records-*", "records-*.db-*")),
    )
    left = [error for place in places for copy in place if (error := _deleted(copy))]
    if left:
        raise StoreError(
            f"the record is deleted from {path.name}, but {len(left)} copies that may hold it cannot be: "
            f"{'; '.join(str(error.strerror) for error in left[:3])}",
            where=", ".join(str(error.filename) for error in left[:3]),
            next_step="delete these files yourself",
        )


def _deleted(copy: Path) -> OSError | None:
    try:
        shutil.rmtree(copy) if copy.is_dir() and not copy.is_symlink() else copy.unlink(missing_ok=True)
    except OSError as error:
        return error
    return None
