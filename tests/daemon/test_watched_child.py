"""A child that says nothing and does nothing new is ended, and blamed on what it was at."""

from __future__ import annotations

import asyncio
import contextlib
import os
from pathlib import Path

import pytest

from memoryd.daemon.processes.child_process import Child
from memoryd.daemon.processes.watched_child import WatchedChild
from memoryd.ingest.units import Ended

_CHILD = """
import os, signal, sys, time
from memoryd.ingest.units import UnitNote, Units
units = Units(UnitNote(int(sys.argv[2])))
print("begins", flush=True)
for number in range(int(os.environ["UNITS"])):
    with units.at("link", str(number)):
        time.sleep(0.05)
units.at("link", "the last").__enter__()
if os.environ["THEN"] == "term":
    os.kill(os.getpid(), signal.SIGTERM)
if os.environ["THEN"] == "segv":
    os.kill(os.getpid(), signal.SIGSEGV)
time.sleep(600)
"""


def _ends(place: Path, units: int, then: str, silence_s: float, *, stop: bool = False) -> Ended | None:
    """What a child is blamed for that works on so many units, and then does ``then``."""
    (place / "some_child.py").write_text(_CHILD)
    found = f"{place}:{Path(__file__).parents[2]}"
    environment = os.environ | {"PYTHONPATH": found, "UNITS": str(units), "THEN": then}

    async def watch() -> Ended | None:
        child = await WatchedChild.start("some_child", environment, place / "log", silence_s)
        try:
            assert await child.read_line() == b"begins"
            if stop:
                await child.child.stop()
            assert await child.read_line() == b""
            words, ended = await child.ended()
            assert "the last" not in words, "no text of a repository is logged"
            return ended
        finally:
            child.close()

    return asyncio.run(asyncio.wait_for(watch(), 100))


def test_a_silent_child_is_ended(tmp_path: Path) -> None:
    """It waits for ever at one unit; working on many without a line is no silence."""
    ended = _ends(tmp_path, 60, "sleep", 2.0)
    assert ended is not None
    assert (ended.unit.key, ended.how) == ("the last", "silent")


@pytest.mark.parametrize(("then", "blamed"), [("segv", True), ("term", False)])
def test_a_crash_is_the_units_and_an_order_is_not(tmp_path: Path, then: str, blamed: bool) -> None:
    """A signal by which people and systems end processes says nothing of the repository."""
    assert (_ends(tmp_path, 1, then, 60) is not None) == blamed


def test_what_we_end_is_not_blamed(tmp_path: Path) -> None:
    """A process that is let go in the middle of its work has done nothing wrong."""
    assert _ends(tmp_path, 1, "sleep", 60, stop=True) is None


def test_to_kill_what_has_just_died_keeps_how_it_died(tmp_path: Path) -> None:
    """The daemon kills a child whose output has ended; most often it is dead by then, and its signal must be told."""
    (tmp_path / "dies.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    environment = os.environ | {"PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[2]}"}

    async def die() -> str:
        child = await Child.start("dies", environment, tmp_path / "log")
        await child.read_line()
        with contextlib.suppress(ChildProcessError):  # asyncio's watcher was faster
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        child.kill()
        return await child.ended()

    async def die_often() -> set[str]:
        return {await die() for _ in range(20)}

    assert asyncio.run(die_often()) == {"signal 11"}
