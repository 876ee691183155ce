"""The copies of records.db, each looked at as a whole before it is trusted. None of them is changed."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from memoryd.errors import MemorydError, StoreError
from memoryd.store import sqlite
from memoryd.store.failures import failure
from memoryd.store.records import replacement, snapshots
from memoryd.store.records.writer import Records

UNDONE = "undone"  # a store that was whole, and made way for the damaged one again
WORKSHOP = "restoring-"
_TABLES = ("meta", "record", "anchor", "audit")
_LOG_HEADER_BYTES, _FRAME_HEADER_BYTES = 32, 24


class Copy(Struct, frozen=True):
    """A copy as it was found. ``problem``: ``""`` when it is whole: SQLite's own check, the audit, every record."""

    file: Path
    taken_s: int
    entries: int
    records: int
    problem: str = ""


def copies(path: Path) -> tuple[Copy, ...]:
    """The copies of the records at ``path``, the newest first."""
    with workshop(path) as place:
        return tuple(_looked_at(copy, place) for copy in _candidates(path))


def newest_whole(path: Path, place: Path) -> Copy:
    """Lays the newest whole copy at ``place``. Raises StoreError when there is none."""
    looked = [_looked_at(copy, place) for copy in _candidates(path)]
    whole = [copy for copy in looked if not copy.problem]
    if not whole:
        raise _nothing_whole(path, looked)
    best = max(whole, key=lambda copy: copy.entries)  # the first of equals
    lay(best.file, place)
    checked(place)
    return best


def _candidates(path: Path) -> list[snapshots.Snapshot]:
    undone = replacement.kept_aside(path, UNDONE)
    upgraded = sorted(path.parent.glob(f"{path.name}.layout*.bak"), reverse=True)
    others = [snapshots.Snapshot(file, 0, int(file.stat().st_mtime)) for file in (*undone, *upgraded)]
    return [*snapshots.newest_first(snapshots.folder_of(path)), *others]


def _nothing_whole(path: Path, looked: Sequence[Copy]) -> StoreError:
    tried = "; ".join(f"{copy.file.name}: {copy.problem}" for copy in looked)
    begin = f"to begin without records, move {path.name}* away from there"
    return StoreError(
        f"there is no whole copy of {path.name}: {tried or 'none was ever taken'}",
        where=str(path.parent),
        next_step=f"put a backup of the file in its place; `memoryd import` takes in an export; {begin}",
    )


def _looked_at(copy: snapshots.Snapshot, place: Path) -> Copy:
    """``copy`` laid at ``place`` in today's layout, and checked there."""
    try:
        lay(copy.file, place)
        entries, records = checked(place)
    except MemorydError as error:
        return Copy(copy.file, copy.taken_s, copy.entries, 0, error.what)
    return Copy(copy.file, copy.taken_s, entries, records)


def lay(source: Path, place: Path) -> None:
    """A copy of the database ``source`` at ``place``. Nothing is written beside ``source``. Raises StoreError."""
    _clear(place)
    try:
        if snapshots.size_of(Path(f"{source}-wal")):  # it was in use when it was put aside
            for part in ("", "-wal"):
                shutil.copyfile(f"{source}{part}", f"{place}{part}")
            return
        with contextlib.closing(sqlite.immutable(source)) as conn:
            sqlite.backup(conn, place)
    except (OSError, sqlite.SqliteError) as error:
        raise failure(error, source) from error


def checked(place: Path) -> tuple[int, int]:
    """(audit entries, records) of the store at ``place``, brought to today's layout. Raises StoreError if it is not
    whole."""
    store = Records.open(place)
    try:
        store.need_whole()
        counted = store.count_audit(), store.count()
    finally:
        store.close()
    for left in place.parent.glob(f"{place.name}.*"):  # of an upgrade
        left.unlink()
    return counted


def own_rows(path: Path, place: Path) -> Copy | None:
    """The rows of the damaged store itself, laid at ``place``: damage of an index or of free pages loses none, and what
    was never written back is in the log. None when some cannot be read, or they end before the newest copy."""
    newest = snapshots.newest_first(snapshots.folder_of(path))
    try:
        _clear(place)
        if snapshots.size_of(path):
            Records.open(place).close()
            with contextlib.closing(sqlite.connect(path, readonly=True)) as source:
                _copy_rows(source, place)
        elif not _lay_log(path, place):
            return None
        entries, records = checked(place)
    except (MemorydError, OSError, sqlite.SqliteError):
        return None
    if newest and entries < newest[0].entries:
        return None
    return Copy(path, int(time.time()), entries, records)


def _copy_rows(source: sqlite3.Connection, place: Path) -> None:
    with contextlib.closing(sqlite3.connect(place)) as target, target:
        found, ours = (conn.execute("PRAGMA user_version").fetchone() for conn in (source, target))
        if found != ours:
            raise StoreError("its rows are of another layout", where=str(place))
        for table in _TABLES:
            target.execute(f"DELETE FROM {table}")
            rows = source.execute(f"SELECT * FROM {table} NOT INDEXED")
            marks = ", ".join("?" * len(rows.description))
            target.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _lay_log(path: Path, place: Path) -> bool:
    """What the log of a missing store holds, which is everything while none was written back into the file. SQLite
    reads a log only beside a file that has a page. False when there is no log."""
    log = Path(f"{path}-wal")
    if snapshots.size_of(log) <= _LOG_HEADER_BYTES + _FRAME_HEADER_BYTES:
        return False
    shutil.copyfile(log, f"{place}-wal")
    with log.open("rb") as stream:
        page_bytes = int.from_bytes(stream.read(_LOG_HEADER_BYTES)[8:12], "big")
        stream.seek(_LOG_HEADER_BYTES + _FRAME_HEADER_BYTES)
        place.write_bytes(stream.read(min(page_bytes, 65_536)))
    return True


def _clear(place: Path) -> None:
    for left in place.parent.glob(f"{place.name}*"):
        left.unlink()


@contextlib.contextmanager
def workshop(path: Path) -> Iterator[Path]:
    """A place for one records.db in a folder beside ``path``, gone afterwards with all that lies there. Those that a
    killed daemon left go as well, unless a replacement still waits for what is in them."""
    if not replacement.pending(path):
        clear_workshops(path)
    folder = Path(tempfile.mkdtemp(prefix=WORKSHOP, dir=path.parent))
    try:
        yield folder / path.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_workshops(path: Path) -> None:
    """When nothing is ``pending`` any more."""
    replacement.forget(path)
    for left in path.parent.glob(f"{WORKSHOP}*"):
        shutil.rmtree(left, ignore_errors=True)
