"""Measuring tools of the benchmarks: processes, memory, ratios. Linux only (/proc)."""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

MEMORYD = [str(Path(sys.executable).with_name("memoryd"))]


class Home:
    """A memoryd set-up of its own under ``folder``; its daemon is stopped at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = os.environ | {"MEMORYD_HOME": str(folder)}

    def __enter__(self) -> Home:
        return self

    def __exit__(self, *_: object) -> None:
        subprocess.run([*MEMORYD, "daemon", "stop"], env=self.environment, capture_output=True, check=False)

    def run(self, *arguments: str, stdin: str | None = None) -> str:
        done = subprocess.run(
            [*MEMORYD, *arguments],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in (0, 1):
            raise SystemExit(f"memoryd {' '.join(arguments)} failed ({done.returncode}): {done.stderr}")
        return done.stdout

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json"))

    def text_bytes(self) -> int:
        """Bytes of all files in the indexes of this home."""
        total = 0
        for index in self.folder.rglob("index.db"):
            with closing(sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True)) as conn:
                total += conn.execute("SELECT ifnull(sum(size_bytes), 0) FROM file").fetchone()[0]
        return total

    def disk_bytes(self, name: str) -> int:
        return sum(file.stat().st_size for file in self.folder.rglob(name) if file.is_file())


class Usage(NamedTuple):
    """Of a process, in bytes: memory of its own, mapped files, the most resident so far; and its cpu seconds."""

    private: int
    mapped: int
    peak: int
    cpu_s: float


def used(home: Home) -> dict[str, Usage]:
    """What each kind of process that belongs to ``home`` uses now; of several, the one with the highest peak."""
    mark = f"MEMORYD_HOME={home.folder}".encode()
    found: dict[str, Usage] = {}
    for process in Path("/proc").iterdir():
        known = _usage(process, mark) if process.name.isdigit() else None
        if known and (known[0] not in found or known[1].peak > found[known[0]].peak):
            found[known[0]] = known[1]
    return found


def _usage(process: Path, mark: bytes) -> tuple[str, Usage] | None:
    """Kind and usage of a process of memoryd with ``mark`` in its environment."""
    try:
        if mark not in (process / "environ").read_bytes().split(b"\0"):
            return None
        words = (process / "cmdline").read_bytes().split(b"\0")
        lines = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
        ticks = (process / "stat").read_text().rpartition(")")[2].split()[11:13]  # user and system
    except OSError:
        return None  # it ended meanwhile
    kind = next((word.decode() for word in words if word.startswith(b"memoryd.")), "")
    if not kind or "VmHWM" not in lines:
        return None
    sizes = (int(lines[name].split()[0]) * 1024 for name in ("RssAnon", "RssFile", "VmHWM"))
    return kind, Usage(*sizes, sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK"))


class Peaks:
    """Largest resident set (bytes) of each kind of process that belongs to a Home, sampled every 50 ms."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._stop = threading.Event()
        self.rss_bytes: dict[str, int] = {}
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Peaks:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(0.05):
            for kind, usage in used(self._home).items():
                self.rss_bytes[kind] = max(self.rss_bytes.get(kind, 0), usage.peak)


def wall_ms(action: Callable[[], object], runs: int) -> list[float]:
    """Wall time of each run in milliseconds, sorted."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append((time.perf_counter() - start) * 1000)
    return sorted(times)


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def spread(values: Sequence[float]) -> str:
    """``median (min–max)`` in milliseconds."""
    return f"{median(values):.0f} ms ({min(values):.0f}–{max(values):.0f}, n={len(values)})"


def load_line() -> str:
    one, five, _ = os.getloadavg()
    return f"{os.cpu_count()} cores, load average {one:.1f} (1 min) {five:.1f} (5 min)"
