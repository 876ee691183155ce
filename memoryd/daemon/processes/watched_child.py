"""A child that reads a repository unit by unit (memoryd.ingest.units): ended when it is silent, and blamed on its unit.

The kernel ends one whose unit takes too much processor time. One that waits for ever takes none, so the time without
any sign of it is limited too.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Mapping
from pathlib import Path

from memoryd.daemon.processes.child_process import Child
from memoryd.ingest.units import Ended, Unit, UnitNote

SILENCE_S = 900.0  # without a line, and at the same unit
_ASKED_TO_END = frozenset({0, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP})


class WatchedChild:
    """One running child, and the note of what it is at. ``close`` it."""

    def __init__(self, child: Child, note: UnitNote, silence_s: float) -> None:
        self.child, self._note, self._silence_s = child, note, silence_s
        self._seen: Unit | None = None
        self._was_silent = False

    @classmethod
    async def start(
        cls, module: str, environment: Mapping[str, str], log_file: Path, silence_s: float = SILENCE_S
    ) -> WatchedChild:
        """Raises OSError when no process can be started."""
        note = UnitNote.new()
        try:
            child = await Child.start(module, environment, log_file, (note.descriptor,))
        except BaseException:
            note.close()
            raise
        return cls(child, note, silence_s)

    async def read_line(self) -> bytes:
        """The next line; ``b""`` when the child has ended, or was ended for its silence."""
        while True:
            try:
                async with asyncio.timeout(self._silence_s):
                    return await self.child.read_line()
            except TimeoutError:
                before, self._seen = self._seen, self._note.read()
                if self._seen == before:
                    self._was_silent = True
                    self.child.kill()
                    return b""

    async def ended(self) -> tuple[str, Ended | None]:
        """Wait for the end: how it ended, in words without any text of the repository; and the unit that is to blame,
        None where there is none."""
        words = await self.child.ended()
        ended = self._blamed(words)
        return (f"{words}, {ended.unit.phase}: {ended.detail}" if ended else words), ended

    def _blamed(self, words: str) -> Ended | None:
        unit, code = self._note.read(), self.child.exit_code
        if unit is None or self.child.is_told_to_end:
            return None
        if self._was_silent:
            return Ended(unit, "silent", f"no sign for {self._silence_s:g} s")
        if code == -signal.SIGPROF:
            return Ended(unit, "cpu", f"more than {unit.cpu_s:.1f} s of processor time")
        return None if code in _ASKED_TO_END else Ended(unit, "crashed", f"the process ended with {words}")

    def close(self) -> None:
        self._note.close()
