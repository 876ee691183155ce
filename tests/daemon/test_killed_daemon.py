"""F1 through the front door: the daemon is killed while it indexes, and `up` ends at the digest of a clean index."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_harness import git

COMMAND = [sys.executable, "-P", "-m", "memoryd"]


class Cli:
    """The command line in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.environment = os.environ | {"MEMORYD_HOME": str(home)}

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [*COMMAND, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=100,
        )
        return done.stdout

    def kill_while_indexing(self, root: Path, delay_s: float) -> None:
        """Begin `up`, and kill -9 the daemon ``delay_s`` after it answers."""
        self.run("daemon", "start")
        pid = json.loads(self.run("daemon", "status", "--json"))["pid"]
        up = subprocess.Popen(
            [*COMMAND, "up", str(root)],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(delay_s)
        os.kill(pid, signal.SIGKILL)
        up.kill()
        up.wait()

    def digest(self, root: Path) -> dict[str, str]:
        self.run("up", str(root))
        return json.loads(self.run("doctor", "--digest", "--json", "-C", str(root)))["digest"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for number in range(150):
        path = root / "pkg" / f"m{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"from pkg.m{max(0, number - 1)} import f\n\n\ndef f():\n    return f()\n")
    git(root, "init", "-qb", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "All of it")
    return root


@pytest.fixture
def clis(tmp_path: Path) -> Iterator[tuple[Cli, Cli]]:
    pair = Cli(tmp_path / "killed"), Cli(tmp_path / "clean")
    yield pair
    for cli in pair:
        cli.run("daemon", "stop")


def _sweep(clis: tuple[Cli, Cli], root: Path, delays_s: list[float]) -> None:
    killed, clean = clis
    for delay_s in delays_s:
        killed.kill_while_indexing(root, delay_s)
    assert killed.digest(root) == clean.digest(root)


def test_killed_in_the_middle_of_an_index(clis: tuple[Cli, Cli], project: Path) -> None:
    """Three kills at different moments of a first index leave nothing that a clean index has not."""
    _sweep(clis, project, [0.2, 0.5, 0.8])


@pytest.mark.sweep
def test_killed_at_many_moments(clis: tuple[Cli, Cli], project: Path) -> None:
    """The same at twenty moments, on the project that MEMORYD_SWEEP_PROJECT names where it is set."""
    root = Path(os.environ.get("MEMORYD_SWEEP_PROJECT", project))
    _sweep(clis, root, [0.1 + 0.2 * step for step in range(20)])
