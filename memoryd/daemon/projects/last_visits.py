"""What each client was told of each checkout: the meaning of ``changes --since last`` and of ``--since @NUMBER``."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Lock

import msgspec
from msgspec import Struct, structs

from memoryd.errors import UsageError
from memoryd.paths import replace_private
from memoryd.query.briefing.told import Told, Visit

log = logging.getLogger(__name__)

MAX_VISITS = 200  # of one store
_FILE = "visits.json"
_lock = Lock()
_reserved: dict[Path, int] = {}  # numbers of answers under way


class Caller(Struct, frozen=True):
    """``client``: who asks, as the connection says; ``session``: the connection; ``began_at_s``: its begin."""

    client: str
    root: str
    session: str
    began_at_s: float


class _Handover(Struct, frozen=True):
    number: int
    client: str
    root: str
    session: str
    at_s: float
    before: Told | None
    told: Told


def last(folder: Path, caller: Caller) -> Visit:
    """The next hand-over: since the last one of this connection, else since the last of this client from before the
    connection began: what another window was told meanwhile is news here."""
    with _lock:
        known = _read(folder)
        number = max([_reserved.get(folder, 0), *(one.number for one in known)]) + 1
        _reserved[folder] = number
    own = [one for one in known if (one.client, one.root) == (caller.client, caller.root)]
    same = [one for one in own if one.session == caller.session]
    earlier = [one for one in own if one.at_s <= caller.began_at_s]
    found = same or earlier
    if not found:
        return Visit(f"@{number}")
    return Visit(f"@{number}", f"@{found[-1].number}", found[-1].told)


def again(folder: Path, name: str) -> Visit:
    """A hand-over by its name. Raises UsageError when it is not known, or no more."""
    for one in _read(folder):
        if f"@{one.number}" == name:
            return Visit(name, name, one.before, one.told)
    raise UsageError(
        f"there is no hand-over {name[:40]}",
        where="since",
        next_step="give `last`, a commit, a time or an age such as 3d",
    )


def note(folder: Path, caller: Caller, visit: Visit, told: Told, at_s: float) -> None:
    """From now on ``told`` was told. A file that cannot be written costs only the memory of this visit."""
    if visit.before and structs.replace(told, at_s=visit.before.at_s) == visit.before:
        return  # nothing was told
    number = int(visit.name.removeprefix("@"))
    with _lock:
        known = _read(folder)
        if visit.until:
            kept = [structs.replace(one, told=told) if one.number == number else one for one in known]
        else:
            new = _Handover(number, caller.client, caller.root, caller.session, at_s, visit.before, told)
            kept = [*known, new]
        try:
            replace_private(folder / _FILE, msgspec.json.encode(kept[-MAX_VISITS:]))
        except OSError as error:
            log.warning("this visit is not noted in %s: %s", folder / _FILE, error)


def _read(folder: Path) -> list[_Handover]:
    file = folder / _FILE
    try:
        return msgspec.json.decode(file.read_bytes(), type=list[_Handover])
    except FileNotFoundError:
        return []
    except (OSError, msgspec.DecodeError) as error:
        log.warning("visits are forgotten, %s cannot be read: %s", file, error)
        return []
