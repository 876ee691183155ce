"""A home of its own for each test, a fake daemon in it, and the command line as a whole process."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "people"))

import at_terminal
from room_coverage import measured

REPOSITORY = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "memoryd"]


def _heed_interrupts() -> None:
    """A suite that a shell started in the background ignores Ctrl-C, and its children would inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Box:
    """A user's machine in small: HOME, MEMORYD_HOME, a project with ``.git``."""

    def __init__(self, root: Path) -> None:
        self.user = root / "user"
        self.home = root / "m"
        self.project = root / "project"
        for folder in (self.user, self.project / ".git"):
            folder.mkdir(parents=True)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "HOME": str(self.user),
            "PATH": os.environ["PATH"],
            "MEMORYD_HOME": str(self.home),
            "PYTHONPATH": os.pathsep.join((str(REPOSITORY), at_terminal.FOLDER)),
            **measured(),
        }

    def run(self, *arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=self.project,
            env={**self.environment, **variables},
            timeout=60,
        )

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        usual: dict[str, Any] = {
            "stdin": subprocess.PIPE,
            "stdout": subprocess.PIPE,
            "stderr": subprocess.PIPE,
        }
        usual["preexec_fn"] = _heed_interrupts
        return subprocess.Popen(
            [*COMMAND, *arguments], cwd=self.project, env=self.environment, **{**usual, **options}
        )

    def on_terminal(self, *arguments: str, stream: str = "stdout", **variables: str) -> tuple[int, bytes]:
        """Exit code and what was written to ``stream``, which is a terminal."""
        parent, child = pty.openpty()
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": None}
        environment = {**self.environment, "TERM": "xterm", "COLUMNS": "120", **variables}
        process = subprocess.Popen(
            [*COMMAND, *arguments], cwd=self.project, env=environment, **{**streams, stream: child}
        )
        os.close(child)
        written = b""
        with contextlib.suppress(OSError):  # how Linux tells that the terminal's other end is closed
            while chunk := os.read(parent, 65536):
                written += chunk
        os.close(parent)
        return process.wait(timeout=60), written

    def seen(self) -> list[dict[str, Any]]:
        """What the fake daemon noted, oldest first."""
        file = self.home / "seen.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


@pytest.fixture
def box() -> Iterator[Box]:
    root = Path(tempfile.mkdtemp(prefix="mcli"))  # short: a socket's path is
    yield Box(root)
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def start_fake(box: Box) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts fake daemons in the box; all are gone after the test."""
    started: list[subprocess.Popen[str]] = []

    def start(**variables: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("fake_daemon.py"))],
            env={**box.environment, **variables},
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def fake(start_fake: Callable[..., subprocess.Popen[str]]) -> subprocess.Popen[str]:
    """A running fake daemon."""
    return start_fake()
