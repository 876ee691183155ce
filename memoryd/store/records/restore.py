"""Putting something whole in the place of records.db: its own rows where all can be read, else the newest copy."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from memoryd.errors import MemorydError, StoreError
from memoryd.store import sqlite
from memoryd.store.failures import failure
from memoryd.store.records import audit, snapshots
from memoryd.store.records.writer import Records

_TABLES = ("meta", "record", "anchor", "audit")
_MAX_NAMED = 10  # lost entries that are named


class Copy(Struct, frozen=True):
    """A copy as it was found. ``problem``: ``""`` when it is whole: SQLite's own check, the audit, every record."""

    file: Path
    taken_s: int
    entries: int
    records: int
    problem: str = ""


class Restored(Struct, frozen=True):
    """``source``: the file whose rows are in place now; ``aside``: the name under which the damaged one was kept, empty
    when there was none; ``lost``: what is known to be lost, in sentences, empty when nothing is."""

    source: Path
    taken_s: int
    entries: int
    records: int
    aside: str
    lost: tuple[str, ...]

    @property
    def in_words(self) -> str:
        """What was done and lost, in one line."""
        held = f"{self.records} records, {self.entries} audit entries"
        kept = f"; the damaged file is kept as {self.aside}" if self.aside else ""
        return f"restored from {self.source.name} of {_moment(self.taken_s)} ({held}){kept}; " + (
            "; ".join(self.lost) or "nothing is lost"
        )


def problem_of(path: Path) -> StoreError | None:
    """Why the records at ``path`` cannot be used, or are not what was written; None when they are whole, or nothing was
    ever recorded there."""
    if not path.exists() and not snapshots.newest_first(snapshots.folder_of(path)):
        return None
    try:
        with contextlib.closing(Records.open(path)) as store:
            store.need_whole()
    except StoreError as error:
        return error
    return None


def copies(path: Path) -> tuple[Copy, ...]:
    """The copies of the records at ``path``, the newest first, each looked at as a whole. Changes none of them."""
    found = [*snapshots.newest_first(snapshots.folder_of(path)), *_of_upgrades(path)]
    with _workshop(path) as place:
        return tuple(_looked_at(copy, place) for copy in found)


def restore(path: Path) -> Restored:
    """Put the newest whole copy in the place of ``path``, or its own rows where all of them can still be read. What was
    there is kept beside it. Raises StoreError when there is nothing whole, NewerStore when what is there is no older
    memoryd's to judge."""
    if isinstance(problem := problem_of(path), sqlite.NewerStore):
        raise problem
    with _workshop(path) as place:
        own = _own_rows(path, place)
        if own is None:
            own = _newest_whole(path, place)
        aside = _put_aside(path)
        os.replace(place, path)
        _sync(path.parent)
    lost = () if own.file == path else tuple(_lost(aside, own))
    return Restored(own.file, own.taken_s, own.entries, own.records, aside.name if aside else "", lost)


def _newest_whole(path: Path, place: Path) -> Copy:
    """Lays the newest whole copy at ``place``. Those after it are damaged and are put out of the way, else the records
    would count as older than their copies."""
    tried: list[Copy] = []
    for copy in [*snapshots.newest_first(snapshots.folder_of(path)), *_of_upgrades(path)]:
        looked = _looked_at(copy, place)
        if not looked.problem:
            for other in tried:
                with contextlib.suppress(FileNotFoundError):
                    os.replace(other.file, other.file.with_name(f"damaged-{other.file.name}"))
            return looked
        tried.append(looked)
    raise StoreError(
        f"there is no whole copy of {path.name}: {'; '.join(f'{c.file.name}: {c.problem}' for c in tried) or 'none'}",
        where=str(snapshots.folder_of(path)),
        next_step="put a backup of the file in its place; `memoryd import` takes in an export",
    )


def _of_upgrades(path: Path) -> list[snapshots.Snapshot]:
    """The copies that were made before the layout changed, the latest layout first."""
    found = sorted(path.parent.glob(f"{path.name}.layout*.bak"), reverse=True)
    return [snapshots.Snapshot(file, 0, int(file.stat().st_mtime)) for file in found]


def _looked_at(copy: snapshots.Snapshot, place: Path) -> Copy:
    """``copy`` laid at ``place`` in today's layout, and checked there."""
    try:
        _lay(copy.file, place)
        entries, records = _checked(place)
    except MemorydError as error:
        return Copy(copy.file, copy.taken_s, copy.entries, 0, error.what)
    return Copy(copy.file, copy.taken_s, entries, records)


def _lay(source: Path, place: Path) -> None:
    """A copy of the database ``source`` at ``place``. Nothing is written beside ``source``. Raises StoreError."""
    for left in place.parent.glob(f"{place.name}*"):
        left.unlink()
    try:
        with contextlib.closing(sqlite.immutable(source)) as conn:
            sqlite.backup(conn, place)
    except (OSError, sqlite.SqliteError) as error:
        raise failure(error, source) from error


def _checked(place: Path) -> tuple[int, int]:
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


def _own_rows(path: Path, place: Path) -> Copy | None:
    """The rows of the damaged store itself, laid at ``place``: damage of an index or of free pages loses none. None
    when some cannot be read, or they end before the newest copy."""
    if snapshots.size_of(path) == 0:
        return None
    newest = snapshots.newest_first(snapshots.folder_of(path))
    try:
        Records.open(place).close()
        with contextlib.closing(sqlite.connect(path, readonly=True)) as source:
            _copy_rows(source, place)
        entries, records = _checked(place)
    except (MemorydError, sqlite.SqliteError):
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
            rows = source.execute(f"SELECT * FROM {table} NOT INDEXED")
            marks = ", ".join("?" * len(rows.description))
            target.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _lost(aside: Path | None, copy: Copy) -> Iterator[str]:
    """What the store had that is not in ``copy``, as far as it can be read."""
    later: list[str] = []
    complete = False
    if aside and snapshots.size_of(aside):
        try:
            with contextlib.closing(sqlite.connect(aside, readonly=True)) as conn:
                for row in audit.rows_after(conn, copy.entries):
                    later.append(f"{_moment(row.at_s)}: {row.actor} {row.action} {row.record_id}")
                complete = audit.is_whole(conn)
        except (MemorydError, sqlite.SqliteError):
            complete = False
    yield from (f"lost: {entry}" for entry in later[:_MAX_NAMED])
    if len(later) > _MAX_NAMED:
        yield f"lost: {len(later) - _MAX_NAMED} later entries of the audit"
    if not complete:
        yield f"what else was recorded after {_moment(copy.taken_s)} is lost and cannot be named"


def _put_aside(path: Path) -> Path | None:
    """Keep the damaged file with its companions under another name."""
    aside = path.with_name(f"{path.name}.damaged-{int(time.time())}")
    found = False
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(f"{path.name}{suffix}")
        if part.exists():
            os.replace(part, f"{aside}{suffix}")
            found = True
    return aside if found else None


@contextlib.contextmanager
def _workshop(path: Path) -> Iterator[Path]:
    """A place for one records.db beside ``path``, gone afterwards with all that lies there."""
    folder = path.parent / "restoring"
    shutil.rmtree(folder, ignore_errors=True)  # of a daemon that was killed
    folder.mkdir(mode=0o700)
    try:
        yield folder / path.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sync(folder: Path) -> None:
    """What was renamed in it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _moment(at_s: int) -> str:
    return time.strftime("%Y-%m-%d %H:%MZ", time.gmtime(at_s))
