"""Daemons for single tests; the harness is shared with tests/server."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "server"))

from daemon_harness import RunningDaemon, StartDaemon


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "m"


@pytest.fixture
def start(home: Path) -> Iterator[StartDaemon]:
    """Start a daemon in ``home``; it is ended with the test."""
    running: list[RunningDaemon] = []

    def starting(*flags: str, **variables: str) -> RunningDaemon:
        running.append(RunningDaemon(home, *flags, **variables))
        return running[-1]

    yield starting
    for daemon in running:
        if daemon.process.poll() is None:
            daemon.process.kill()
        daemon.process.wait()
        if daemon.process.stderr and not daemon.process.stderr.closed:
            daemon.process.stderr.close()
