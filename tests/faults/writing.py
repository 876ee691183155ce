"""A process that writes records and tells of each one, and what must be true of the store after any fault."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from memoryd.store.records.writer import Records

PROGRAM = """
import sys
from pathlib import Path
from memoryd.store.records.values import NewRecord
from memoryd.store.records.writer import Records
store = Records.open(Path(sys.argv[1]))
print("open", flush=True)
for number in range(10_000):
    record = store.add(NewRecord("lesson", f"Rule {number} " + "x" * 500, "agent:a", (f"f{number}.py",))).record
    print(record.id, "proposed", flush=True)
    if number % 3:
        status = store.confirm(record.id, "human:ann").status
        print(record.id, status, flush=True)
    if number % 5 == 0:
        store.forget(record.id, "human:ann")
        print(record.id, "forgotten", flush=True)
    if number % 40 == 39:
        store.snapshot(Path(sys.argv[1]).parent / "snapshots")
"""
RANK = ("proposed", "confirmed", "forgotten")  # a record's states, in the order in which it comes to them


class Writer:
    """The process, on ``path``, under ``command`` where one is given. ``told``: (id, status) of each change that it
    acknowledged so far."""

    def __init__(self, path: Path, *command: str) -> None:
        self.process = subprocess.Popen(
            [*command, sys.executable, "-c", PROGRAM, str(path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self.told: list[tuple[str, str]] = []

    def hear(self, changes: int) -> None:
        """Until it has acknowledged so many more changes."""
        assert self.process.stdout
        while changes > 0 and (line := self.process.stdout.readline()):
            changes -= self._take(line)

    def rest(self) -> None:
        """What it acknowledged before it ended."""
        assert self.process.stdout
        for line in self.process.stdout.read().splitlines(keepends=True):
            self._take(line)
        self.process.wait()
        self.process.stdout.close()

    def kill(self) -> None:
        """With whatever ``command`` has started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.rest()

    def _take(self, line: str) -> bool:
        words = line.split()
        if len(words) != 2 or not line.endswith("\n"):
            return False
        self.told.append((words[0], words[1]))
        return True


def lost(path: Path, told: Sequence[tuple[str, str]]) -> list[str]:
    """The acknowledged changes that the store has not, and what of it does not verify; the newest record may have gone
    further than was told. Writing must go on afterwards."""
    if not told and not path.exists():
        return []
    store = Records.open(path)
    try:
        problems = [] if store.verify().ok else ["the audit does not verify"]
        for record_id, status in dict(told).items():  # the last of each record
            found = store.get(record_id)
            now = found.status if found else "forgotten"
            if RANK.index(now) < RANK.index(status) or (now != status and record_id != told[-1][0]):
                problems.append(f"{record_id} is {now}, told was {status}")
            if found and len(found.text) <= 500:
                problems.append(f"{record_id} is cut")
    finally:
        store.close()
    writer = Writer(path)
    writer.hear(1)
    writer.kill()
    return problems if writer.told else [*problems, "nothing can be written any more"]
