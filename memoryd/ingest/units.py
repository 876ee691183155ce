"""What a process that reads a repository is at, and what that may cost: a file, a commit, a manifest at a time.

Each is a *unit* with a limit of processor time, which the kernel counts and at which it ends the process, inside a
library in C as well (``ITIMER_PROF``). Before, the process notes its unit in a file that it shares with the daemon;
whoever finds it dead knows what it was at, and the next process is told (``Ended``). What ends two of them is left out.
"""

from __future__ import annotations

import mmap
import os
import signal
import tempfile
from collections.abc import Mapping
from types import TracebackType
from typing import Literal

import msgspec
from msgspec import Struct

CPU_S = 20.0  # of one unit, and as much again for each MB; ordinary ones take a hundredth
LOST_S, MUCH_LOST_S = (
    60.0,
    300.0,
)  # of processor time, lately, to units over their limit: from then on there is less
_PATIENCE = (1.0, 0.25, 0.1)
_PATH_CHARS = 1_000  # of a note; what is longer is cut off and so never left out
_LENGTH_BYTES = 2
_NOTHING = bytes(_LENGTH_BYTES)
_NOTE_BYTES = 8192  # a path of _PATH_CHARS takes at most four bytes a character


class Unit(Struct, frozen=True, array_like=True):
    """``phase``: what is done with it. ``key``: its content, as ``left_out`` has it. ``path``: where it lies, ``""``
    for a commit. ``cpu_s``: its limit. ``hurried``: the limit was a shorter one, for others had taken much."""

    phase: str
    key: str
    path: str = ""
    cpu_s: float = 0.0
    hurried: bool = False

    @property
    def name(self) -> tuple[str, str, str]:
        return self.phase, self.key, self.path


class Ended(Struct, frozen=True):
    """How the process before this one ended at a unit: over its limit (``cpu``), after a long time without any sign
    (``silent``), or otherwise (``crashed``); ``detail`` says how in words."""

    unit: Unit
    how: Literal["cpu", "silent", "crashed"]
    detail: str = ""


def patience(lost_s: float) -> float:
    """The share of its usual time that something may take after so much was lost."""
    return _PATIENCE[(lost_s > LOST_S) + (lost_s > MUCH_LOST_S)]


class UnitNote:
    """The note, in memory that both processes map by one descriptor. Only the process that works writes: twice a
    unit, so it must cost less than a system call."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        os.truncate(descriptor, _NOTE_BYTES)
        self._note = mmap.mmap(descriptor, _NOTE_BYTES)

    @classmethod
    def new(cls) -> UnitNote:
        """In memory where the system has such files, else in one without a name."""
        if hasattr(os, "memfd_create"):
            return cls(os.memfd_create("memoryd-unit", os.MFD_CLOEXEC))
        with tempfile.TemporaryFile() as file:
            return cls(os.dup(file.fileno()))

    def write(self, unit: Unit | None) -> None:
        self._note[:_LENGTH_BYTES] = _NOTHING  # killed between these lines, it was at nothing
        if unit:
            note = msgspec.msgpack.encode(unit)
            self._note[_LENGTH_BYTES : _LENGTH_BYTES + len(note)] = note
            self._note[:_LENGTH_BYTES] = len(note).to_bytes(_LENGTH_BYTES, "little")

    def read(self) -> Unit | None:
        """What the process is at; also after its end."""
        length = int.from_bytes(self._note[:_LENGTH_BYTES], "little")
        note = self._note[_LENGTH_BYTES : _LENGTH_BYTES + length]
        return msgspec.msgpack.decode(note, type=Unit) if length else None

    def close(self) -> None:
        self._note.close()
        os.close(self.descriptor)


class Units:
    """The units of one run. ``note`` None: nobody watches, and nothing has a limit. ``cpu_s``: index.unit_cpu_s.

    ``left_out``: (phase, key, path) of what is not worked on → why. ``lost_s``: processor time that was lost lately.
    """

    def __init__(self, note: UnitNote | None = None, cpu_s: float = CPU_S) -> None:
        self._note, self._cpu_s = note, cpu_s
        self.lost_s = 0.0
        self._at: Unit | None = None
        self.left_out: Mapping[tuple[str, str, str], str] = {}
        if note:
            signal.signal(signal.SIGPROF, signal.SIG_DFL)

    def begin(self, left_out: Mapping[tuple[str, str, str], str], lost_s: float) -> None:
        """A run begins."""
        self.left_out, self.lost_s = left_out, lost_s

    @property
    def working_on(self) -> Unit | None:
        return self._at

    def leaves_out(self, phase: str, key: str, path: str = "") -> bool:
        return bool(self.left_out) and (phase, key, _short(path)) in self.left_out

    def at(self, phase: str, key: str, path: str = "", size_bytes: int = 0) -> _At:
        """The block under it works on this unit. Units may lie in each other: the outer one's clock stands still."""
        share = patience(self.lost_s)
        limit_s = self._cpu_s * (1 + size_bytes / 1e6) * share
        return _At(self, Unit(phase, key, _short(path), limit_s, share < 1.0))

    def enter(self, unit: Unit | None, limit_s: float) -> tuple[Unit | None, float]:
        """Work on ``unit`` for so long; returns the unit before and what is left of its time."""
        before, self._at = self._at, unit
        if self._note is None:
            return before, 0.0
        self._note.write(unit)
        return before, signal.setitimer(signal.ITIMER_PROF, limit_s)[0]

    def end(self) -> None:
        """Nothing is worked on."""
        self.enter(None, 0.0)


class _At:
    """See ``Units.at``. After an error the note stays: where it ends the process, it is the unit's."""

    __slots__ = ("_before", "_unit", "_units")

    def __init__(self, units: Units, unit: Unit) -> None:
        self._units, self._unit = units, unit

    def __enter__(self) -> None:
        self._before = self._units.enter(self._unit, self._unit.cpu_s)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None or kind is GeneratorExit:
            self._units.enter(*self._before)


def _short(path: str) -> str:
    """As it can be noted and stored."""
    return path[:_PATH_CHARS].encode("utf-8", "replace").decode()
