"""Something whole in the place of a damaged or missing records.db: its own rows where all can be read, else the newest
copy. It is said what is lost, the damaged file is kept, and the step can be undone."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from memoryd.errors import MemorydError, StoreError, UsageError
from memoryd.store import sqlite
from memoryd.store.failures import DamagedStore
from memoryd.store.records import audit, replacement, snapshots
from memoryd.store.records.copies import UNDONE, Copy, clear_workshops, newest_whole, own_rows, workshop
from memoryd.store.records.replacement import Plan
from memoryd.store.records.writer import Records

DAMAGED = "damaged"
_MAX_NAMED = 10  # lost entries that are named


class Restored(Struct, frozen=True):
    """``source``: the name of the file whose rows are in place now; ``aside``: the name under which the one before was
    kept, empty when there was none; ``lost``: what is known to be lost, in sentences, empty when nothing is."""

    source: str
    taken_s: int
    entries: int
    records: int
    aside: str
    lost: tuple[str, ...]


def problem_of(path: Path) -> StoreError | None:
    """Why the records at ``path`` cannot be used, or are not what was written; None when they are whole, or nothing was
    ever recorded there."""
    try:
        snapshots.refuse_lost(path)
        if not path.exists():
            return None
        with contextlib.closing(Records.open(path)) as store:
            store.need_whole()
    except StoreError as error:
        return error
    return None


def restore(path: Path) -> Restored:
    """Put the newest whole copy in the place of ``path``, or its own rows where all of them can still be read. What was
    there is kept beside it. An interrupted one is finished. Raises UsageError when the records are whole, StoreError
    when there is nothing whole, LockedStore, NewerStore."""
    if plan := replacement.pending(path):
        return _carried_out(path, plan)
    clear_workshops(path)
    problem = problem_of(path)
    if problem is None:
        raise UsageError(
            f"nothing of {path.name} is damaged or missing: there is nothing to restore",
            where=str(path),
            next_step="`memoryd records` shows its copies; `memoryd restore ID` undoes the retraction of one record",
        )
    if not isinstance(problem, DamagedStore):
        raise problem
    with workshop(path) as place:
        found = own_rows(path, place)
        if found is None:
            found = newest_whole(path, place)
            _pass_over_damaged(path, found)
        is_kept = any(Path(f"{path}{part}").exists() for part in ("", "-wal"))
        aside = replacement.unused(path, DAMAGED)
        done = Restored(
            found.file.name,
            found.taken_s,
            found.entries,
            found.records,
            aside if is_kept else "",
            () if found.file == path else tuple(_lost(path, found)),
        )
        new = str(place.relative_to(path.parent))
        plan = Plan(new, aside, False, msgspec.json.encode(done).decode())
        replacement.replace(path, plan)
    return done


def undo(path: Path) -> Restored:
    """Put the file that the last ``restore`` kept in its place again, damaged as it was; what was there meanwhile is
    kept as a whole copy, which the next ``restore`` takes. Raises UsageError when no file was kept, StoreError."""
    if plan := replacement.pending(path):
        return _carried_out(path, plan)
    problem, kept = problem_of(path), replacement.kept_aside(path, DAMAGED)
    if problem or not kept or not path.exists():
        raise UsageError(
            f"no {path.name} was put in the place of another: there is nothing to undo",
            where=str(path),
            next_step="`memoryd records` shows the copies that there are",
        )
    old = kept[0]
    done = Restored(old.name, int(old.stat().st_mtime), 0, 0, replacement.unused(path, UNDONE), ())
    told = msgspec.json.encode(done).decode()
    replacement.replace(path, Plan(old.name, done.aside, Path(f"{old}-wal").exists(), told))
    Path(f"{old}-shm").unlink(missing_ok=True)
    return done


def _carried_out(path: Path, plan: Plan) -> Restored:
    """What an interrupted step was to do."""
    done = msgspec.json.decode(plan.told, type=Restored)
    replacement.replace(path, plan)
    clear_workshops(path)
    return done


def _pass_over_damaged(path: Path, found: Copy) -> None:
    """Snapshots after the one that is taken are damaged, and are put out of the way: else the records would count as
    older than their copies."""
    for other in snapshots.newest_first(snapshots.folder_of(path)):
        if other.entries > found.entries:
            with contextlib.suppress(FileNotFoundError):
                os.replace(other.file, other.file.with_name(f"damaged-{other.file.name}"))


def _lost(path: Path, copy: Copy) -> Iterator[str]:
    """What the store at ``path`` had that is not in ``copy``, as far as it can be read."""
    later: list[audit.AuditRow] = []
    complete = False
    if snapshots.size_of(path):
        try:
            with contextlib.closing(sqlite.connect(path, readonly=True)) as conn:
                later.extend(audit.rows_after(conn, copy.entries))
                complete = audit.is_whole(conn)
        except (MemorydError, sqlite.SqliteError, msgspec.DecodeError):
            complete = False
    if later:
        yield _summed_up(later)
    yield from (
        f"lost: {moment(row.at_s)}: {row.actor} {row.action} {row.record_id}" for row in later[:_MAX_NAMED]
    )
    if not complete:
        yield f"what else was recorded after {moment(copy.taken_s)}, if anything, is lost and cannot be named"


def _summed_up(later: Sequence[audit.AuditRow]) -> str:
    added = {row.record_id for row in later if row.action in ("add", "import")}
    changed = {row.record_id for row in later if row.record_id} - added
    counts = [f"{len(added)} added {'record' if len(added) == 1 else 'records'}"] if added else []
    counts += [f"changes of {len(changed)} {'other' if len(changed) == 1 else 'others'}"] if changed else []
    span = f"between {moment(later[0].at_s)} and {moment(later[-1].at_s)}"
    what = " and ".join(counts) or "no record"
    return f"lost: {what}, {span} (entries {later[0].seq} to {later[-1].seq} of the audit)"


def moment(at_s: int) -> str:
    return time.strftime("%Y-%m-%d %H:%MZ", time.gmtime(at_s))
