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
from typing import Any

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


class Peaks:
    """Largest resident set (bytes) of each kind of process that belongs to a Home, sampled every 50 ms."""

    def __init__(self, home: Home) -> None:
        self._mark = f"MEMORYD_HOME={home.folder}".encode()
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
            for process in Path("/proc").iterdir():
                if process.name.isdigit():
                    self._look(process)

    def _look(self, process: Path) -> None:
        try:
            if self._mark not in (process / "environ").read_bytes().split(b"\0"):
                return
            words = (process / "cmdline").read_bytes().split(b"\0")
            status = (process / "status").read_text()
        except OSError:
            return  # it ended meanwhile
        kind = next((word.decode() for word in words if word.startswith(b"memoryd.")), "")
        if kind:
            peak = next((int(x.split()[1]) * 1024 for x in status.splitlines() if x.startswith("VmHWM:")), 0)
            self.rss_bytes[kind] = max(self.rss_bytes.get(kind, 0), peak)


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
