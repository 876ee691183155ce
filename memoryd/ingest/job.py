"""What an index run is asked to do, and what it says while it works and at its end."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from msgspec import Struct

from memoryd.errors import MemorydError
from memoryd.ingest.units import Ended, Units

Progress = Callable[[str, int, int], None]  # phase, done, total (0: unknown)


class IndexJob(Struct, frozen=True):
    """``root``: the project. ``index``: its index.db. ``rev``: a commit's sha, or None for the work tree.
    ``paths``: only these may have changed (None: look at everything). ``full``: read everything again.
    ``exclude``, ``project_exclude``: the patterns of the user and of the project's own file, which lift nothing of each
    other. ``untracked``: also files that git does not track. ``revision_views``: so many views of commits are kept.
    ``notes``: what of the project's own settings has no effect. ``ended``: at what the process before this one ended,
    if that was the repository's doing."""

    root: Path
    index: Path
    rev: str | None = None
    paths: frozenset[str] | None = None
    full: bool = False
    exclude: tuple[str, ...] = ()
    project_exclude: tuple[str, ...] = ()
    max_file_bytes: int = 2 * 1024 * 1024
    untracked: bool = True
    revision_views: int = 64
    workers: int = 2
    file_wall_s: float = 10.0
    notes: tuple[str, ...] = ()
    ended: Ended | None = None


class IndexSummary(Struct, frozen=True):
    """Totals of the view after the run. ``parsed``: files parsed in this run; ``failed``: files that could not be, now
    or earlier. ``wall_seconds``: of the whole run; ``seconds``: the same clock by phase, whose sum is at most that.
    ``cpu_seconds`` covers this process, its parse workers and git, and is no sum of either. ``notes``:
    what of the project was not heeded and why, in sentences."""

    view: str
    head: str
    branch: str
    files: int
    symbols: int
    references: int
    edges: int
    commits: int
    decisions: int
    chunks: int
    skipped: int
    parsed: int
    failed: int
    wall_seconds: float
    seconds: dict[str, float]
    cpu_seconds: float
    notes: tuple[str, ...] = ()


class Cancelled(MemorydError):
    """The run was stopped from outside; what it had committed stays."""


class Run:
    """Clock, progress and cancellation of one run, and the units that it works on."""

    def __init__(self, progress: Progress, cancelled: Event, units: Units | None = None) -> None:
        self._progress, self._cancelled = progress, cancelled
        self.units = units or Units()
        self.seconds: dict[str, float] = {}
        self._start_s, self._cpu_start_s = time.perf_counter(), _cpu_s()

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time the block under ``name``."""
        start = time.perf_counter()
        self.units.end()
        self.step(name, 0, 0)
        try:
            yield
        finally:
            self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - start, 4)

    def step(self, phase: str, done: int, total: int) -> None:
        """Report progress; raises Cancelled when the run was told to stop."""
        if self._cancelled.is_set():
            raise Cancelled(
                "indexing was stopped", next_step="run `memoryd up` again: it goes on where it was"
            )
        self._progress(phase, done, total)

    def wall_s(self) -> float:
        return time.perf_counter() - self._start_s

    def cpu_s(self) -> float:
        return _cpu_s() - self._cpu_start_s


def _cpu_s() -> float:
    parts = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in parts)
