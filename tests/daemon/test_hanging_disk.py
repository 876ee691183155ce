"""A folder on a disk that does not answer holds up the calls that name it, and nobody else."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from daemon_harness import REPOSITORY, Client, RunningDaemon, StartDaemon, small_project, until

# A disk that hangs, as a call of the kernel that blocks: in the daemon, lstat of anything below HANGS first opens a
# FIFO, which nobody has opened for writing yet.
_DISK = """
import os
from os import lstat

def slow(path, **how):
    if not how and str(path).startswith(os.environ["HANGS"]) and os.path.exists(os.environ["HANGS_NOW"]):
        open(os.environ["HANGS_NOW"] + ".met", "w").close()
        os.close(os.open(os.environ["HANGS_FIFO"], os.O_RDONLY))
    return lstat(path, **how)

os.lstat = slow
"""


class HangingDisk:
    """``folder`` lies on it. It hangs from ``hang`` to ``go_on``."""

    def __init__(self, place: Path) -> None:
        self.folder = place / "hung"
        self.folder.mkdir()
        (place / "code").mkdir()
        (place / "code" / "sitecustomize.py").write_text(_DISK)
        self._fifo, self._now = place / "fifo", place / "now"
        os.mkfifo(self._fifo)
        self.variables = {
            "PYTHONPATH": f"{place / 'code'}:{REPOSITORY}",
            "HANGS": str(self.folder),
            "HANGS_FIFO": str(self._fifo),
            "HANGS_NOW": str(self._now),
        }

    def hang(self) -> None:
        self._now.touch()

    def holds_somebody(self) -> bool:
        return self._now.with_name("now.met").exists()

    def go_on(self) -> None:
        self._now.unlink(missing_ok=True)
        os.close(os.open(self._fifo, os.O_RDWR | os.O_NONBLOCK))  # lets go who waits, and waits for nobody


@pytest.fixture
def disk(tmp_path: Path) -> HangingDisk:
    return HangingDisk(tmp_path)


QUESTIONS: dict[str, Callable[[Path], dict[str, str]]] = {
    "status": lambda root: {"project": str(root)},
    "index": lambda root: {"path": str(root)},
    "projects": lambda root: {"forget": str(root)},
    "changes": lambda root: {"project": str(root), "since": "last"},
}


def _prepared(start: StartDaemon, disk: HangingDisk, *flags: str) -> tuple[RunningDaemon, Path]:
    daemon = start(*flags, **disk.variables).ready()
    root = small_project(disk.folder / "p")
    with Client(daemon.paths) as client:
        client.json("up", path=str(root))
    return daemon, root


@pytest.mark.parametrize("method", QUESTIONS)
def test_others_are_answered_while_a_disk_hangs(start: StartDaemon, disk: HangingDisk, method: str) -> None:
    """Whatever is asked about a folder that does not answer, the event loop goes on; when the disk comes back, who
    asked about it is answered."""
    daemon, root = _prepared(start, disk, "--limits-deadline-s", "60")
    with Client(daemon.paths) as waiting, Client(daemon.paths) as other:
        disk.hang()
        waiting.post(method, QUESTIONS[method](root))
        other.socket.settimeout(55)
        try:
            until(disk.holds_somebody, "the daemon looks at the folder")
            assert other.json("daemon_status")["pid"] == daemon.pid
        finally:
            disk.go_on()
        message = waiting.receive()
        while "method" in message:
            message = waiting.receive()
        assert "result" in message


def test_a_disk_that_hangs_is_named(start: StartDaemon, disk: HangingDisk) -> None:
    """After the time for one answer the caller is told which folder it is, and may go."""
    daemon, root = _prepared(start, disk, "--limits-deadline-s", "8")
    with Client(daemon.paths) as client:
        disk.hang()
        try:
            refused = client.error("status", project=str(root))
        finally:
            disk.go_on()
    assert refused["where"] == str(root)
    assert "could not be looked at within 8 s" in refused["what"]
