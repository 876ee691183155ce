"""How far a long job is: bars with the time left on a terminal, plain lines elsewhere; always on stderr."""

from __future__ import annotations

import sys
import time
from typing import Any, Protocol

from memoryd.cli.terminal.output import note, wants_colour

PLAIN_EVERY_S = 5.0

# What the phases of indexing are called in front of people.
TITLES = {
    "scan": "scan files",
    "parse": "parse files",
    "link": "link symbols",
    "history": "read commits",
    "embed": "embed chunks",
    "write": "write",
    "vectors": "fill vectors",
    "read": "read the past",
    "tune": "learn words",
    "compare": "compare",
}


class Display(Protocol):
    """Follows progress notifications ``{phase, done, total, message}``; total 0 = unknown."""

    def update(self, progress: dict[str, Any]) -> None: ...

    def close(self) -> None: ...


def display(quiet: bool) -> Display:
    """Bars on a terminal, lines otherwise, nothing when ``quiet``."""
    if quiet:
        return Silent()
    return Bars() if wants_colour(sys.stderr) else Lines()


class Silent:
    """For --json: a program reads the result only."""

    def update(self, progress: dict[str, Any]) -> None:
        pass

    def close(self) -> None:
        pass


class Lines:
    """A line when a phase begins, then one every few seconds."""

    def __init__(self) -> None:
        self._phase = ""
        self._last_s = 0.0

    def update(self, progress: dict[str, Any]) -> None:
        phase = progress.get("phase", "")
        now_s = time.monotonic()
        if phase == self._phase and now_s - self._last_s < PLAIN_EVERY_S:
            return
        self._phase, self._last_s = phase, now_s
        parts = (TITLES.get(phase, phase), _count(progress), progress.get("message", ""))
        note(" ".join(part for part in parts if part))

    def close(self) -> None:
        pass


def _count(progress: dict[str, Any]) -> str:
    done, total = progress.get("done", 0), progress.get("total", 0)
    return f"{done:,}/{total:,}" if total else f"{done:,}" if done else ""


class Bars:
    """One bar a phase: done, total, time spent, time left."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        self._bars = Progress(
            TextColumn("{task.description:<14}", markup=False),
            BarColumn(bar_width=30),
            TextColumn("{task.fields[count]:>15}", markup=False),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[message]}", markup=False, style="dim"),
            console=Console(stderr=True),
        )
        self._tasks: dict[str, Any] = {}
        self._bars.start()

    def update(self, progress: dict[str, Any]) -> None:
        phase, total = progress.get("phase", ""), progress.get("total") or None
        if phase not in self._tasks:
            self._finish_all()
            self._tasks[phase] = self._bars.add_task(
                TITLES.get(phase, phase), total=total, count="", message=""
            )
        self._bars.update(
            self._tasks[phase],
            completed=progress.get("done", 0),
            total=total,
            count=_count(progress),
            message=progress.get("message", "")[:60],
        )

    def close(self) -> None:
        self._finish_all()
        self._bars.stop()

    def _finish_all(self) -> None:
        """A phase that a next one follows has ended, whatever its last notification said."""
        for task in self._bars.tasks:
            if not task.finished:
                self._bars.update(task.id, total=task.completed or 1, completed=task.completed or 1)
