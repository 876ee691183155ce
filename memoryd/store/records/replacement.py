"""One records.db in the place of another, in steps of which any may be the last: a plan is written first, and whoever
comes next finishes it. What lay there is kept under another name, never deleted."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import msgspec
from msgspec import Struct

from memoryd.errors import StoreError
from memoryd.paths import replace_private
from memoryd.store.failures import failure

PLAN = "replacing.json"
_PARTS = ("", "-wal", "-shm")


class Plan(Struct, frozen=True):
    """``new``: the file that comes, relative to the folder of records.db. ``log``: it has a write-ahead log that comes
    along. ``aside``: the name that what lies there now gets. ``told``: JSON of what is said once it is done."""

    new: str
    aside: str
    log: bool
    told: str


def pending(path: Path) -> Plan | None:
    """The plan of a replacement of ``path`` that was interrupted when there was no file left in the place."""
    try:
        plan = msgspec.json.decode(path.with_name(PLAN).read_bytes(), type=Plan)
    except (OSError, msgspec.DecodeError):
        return None
    return plan if not path.exists() and (path.parent / plan.new).exists() else None


def replace(path: Path, plan: Plan) -> None:
    """Raises StoreError; what is not done then is ``pending``, or not begun."""
    try:
        replace_private(path.with_name(PLAN), msgspec.json.encode(plan))
        _sync(path.parent)
        finish(path, plan)
    except OSError as error:
        raise failure(error, path) from error


def finish(path: Path, plan: Plan) -> None:
    """Do what is left to do. The file itself goes first and comes last: while there is none nobody can take the log of
    the one for that of the other. Raises OSError."""
    new, aside = path.parent / plan.new, path.with_name(plan.aside)
    new_log = Path(f"{new}-wal")
    if not plan.log or new_log.exists():  # else the log that lies there is the new one already
        for part in _PARTS:
            with contextlib.suppress(FileNotFoundError):
                os.replace(f"{path}{part}", f"{aside}{part}")
    if plan.log:
        with contextlib.suppress(FileNotFoundError):
            os.replace(new_log, f"{path}-wal")
    os.replace(new, path)
    _sync(path.parent)
    forget(path)


def forget(path: Path) -> None:
    """Nothing of a plan is left."""
    for name in (PLAN, f".{PLAN}.new"):
        path.with_name(name).unlink(missing_ok=True)


def unused(path: Path, word: str) -> str:
    """A name beside ``path`` that nothing has: ``records.db.WORD-TIME``."""
    at_s = int(time.time())
    while any(path.parent.glob(f"{path.name}.{word}-{at_s}*")):
        at_s += 1
    return f"{path.name}.{word}-{at_s}"


def kept_aside(path: Path, word: str) -> tuple[Path, ...]:
    """What was put aside under such names, the latest first."""
    found = (
        (int(number), file)
        for file in path.parent.glob(f"{path.name}.{word}-*")
        if (number := file.name.rpartition("-")[2]).isdecimal()
    )
    return tuple(file for _, file in sorted(found, reverse=True))


def refuse_interrupted(path: Path) -> None:
    """Raises StoreError where a replacement ended before a file was in the place."""
    if pending(path):
        raise StoreError(
            f"{path.name} is being put back: that was interrupted",
            where=str(path),
            next_step="`memoryd records restore` finishes it",
        )


def _sync(folder: Path) -> None:
    """What was renamed in it survives a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
