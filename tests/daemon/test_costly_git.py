"""What git cannot read within its limits is left out and said, and no git outlives the daemon."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest
from daemon_harness import Client, RunningDaemon, StartDaemon, alive, command_line, descendants, until
from tree_bombs import bombed

from memoryd.daemon.processes.child_process import Child

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only there git has limits from outside")

_PARENT = """
import subprocess, sys
below = subprocess.Popen(["sleep", "300"], stdout=subprocess.DEVNULL)
print(below.pid, flush=True)
sys.stdin.read()
"""


def test_a_tree_without_end_is_left_out_and_said(start: StartDaemon, tmp_path: Path) -> None:
    """`up` ends, the verbs answer, `status` names the two commits; a view of such a commit is refused."""
    bomb, mended = bombed(tmp_path / "p")
    with Client(start().ready().paths) as client:
        up = client.json("up", path=str(tmp_path / "p"))
        assert (up["files"], up["commits"]) == (1, 4)
        status = client.json("status", project=str(tmp_path / "p"))
        assert {(item["phase"], item["key"]) for item in status["left_out"]} == {
            ("changes", bomb),
            ("changes", mended),
        }
        found = client.json("history", project=str(tmp_path / "p"), query="a.py")
        assert [item["subject"] for item in found["commits"]] == ["after", "before"]
        assert found["freshness"]["left_out"] == 2
        for verb, asked in (
            ("index", {"path": str(tmp_path / "p"), "rev": bomb}),
            ("check", {"project": str(tmp_path / "p"), "range": bomb}),
        ):
            assert "1,000,000 files" in client.error(verb, **asked)["what"]


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_no_git_outlives_the_daemon(start: StartDaemon, tmp_path: Path, end: int) -> None:
    """The daemon is told to end, or killed, while the index run's git is at a tree without end: nothing stays."""
    bombed(tmp_path / "p", of_files=False)
    daemon = start().ready()
    with Client(daemon.paths) as client:
        client.post("up", {"path": str(tmp_path / "p")})
        running: list[int] = []
        until(lambda: bool(running.extend(_gits(daemon)) or running), "git is at it")
        daemon.end(end)
    until(lambda: not any(map(alive, running)), "they have ended")


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_what_a_child_has_started_ends_with_it(tmp_path: Path, how: str) -> None:
    """The ingest process is ended, by its own limit or by the daemon: its git does not go on without it."""

    async def ending() -> None:
        (tmp_path / "parent.py").write_text(_PARENT)
        variables = {**os.environ, "PYTHONPATH": str(tmp_path)}
        child = await Child.start("parent", variables, tmp_path / "log")
        below = int(await child.read_line())
        assert alive(below)
        if how == "kill":
            child.kill()
            await child.ended()
        else:
            await child.stop()
        until(lambda: not alive(below), "it has ended with its parent")

    asyncio.run(ending())


def _gits(daemon: RunningDaemon) -> list[int]:
    own = descendants(daemon.pid)
    below = [pid for child in own for pid in descendants(child)]
    return [pid for pid in own + below if b"\0--raw\0" in command_line(pid)]
