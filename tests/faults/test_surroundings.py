"""What a whole daemon makes of children that are killed, of a project whose disk goes away, of a clock that jumps."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_harness import Client, RunningDaemon, command_line, descendants, git, small_project, until
from disks import memory_disk, needs_mounts
from index_digests import clean_digest, digest

YEAR_S = 31_556_952
SLEEP_S = 4.0  # longer than anybody waits for a sign of a child that is at work
needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="no compiler for the false clock")


def offspring(pid: int) -> Iterator[int]:
    for child in descendants(pid):
        yield child
        yield from offspring(child)


def many_files(root: Path, count: int) -> Path:
    root.mkdir()
    for number in range(count):
        (root / f"m{number}.py").write_text(
            f"from m{max(0, number - 1)} import f\n\n\ndef f():\n    return f()\n"
        )
    git(root, "init", "-qb", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "All of it")
    return root


class Killer:
    """Kills children of ``pid`` of one kind as they appear, ``most`` of them. In a ``with``."""

    def __init__(self, pid: int, kind: bytes, most: int) -> None:
        self._pid, self._kind, self._most = pid, kind, most
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.killed: set[int] = set()

    def __enter__(self) -> Killer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(0.005) and len(self.killed) < self._most:
            for child in offspring(self._pid):
                words = command_line(child).split(b"\0")
                if child not in self.killed and self._kind in words:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(child, signal.SIGKILL)
                        self.killed.add(child)
                        break


@pytest.mark.parametrize("kind", [b"memoryd.ingest", b"memoryd.ingest.parse.worker"])
@pytest.mark.timeout(300)
def test_a_child_that_the_kernel_kills_costs_nothing(tmp_path: Path, kind: bytes) -> None:
    """The indexing process, a parse worker: the run ends at the digest of a clean index, or says what it left out;
    questions are answered meanwhile."""
    root = many_files(tmp_path / "p", 300)
    daemon = RunningDaemon(tmp_path / "m").ready()
    with Client(daemon.paths) as client, Killer(daemon.pid, kind, 1) as killer:
        client.json("up", path=str(root))
        until(lambda: killer.killed, "one was killed at work")
        assert client.json("symbol", project=str(root), name="f")["total"] == 300
        assert not client.json("status", project=str(root))["left_out"]
        assert digest(client, root) == clean_digest(tmp_path / "clean", root)
    daemon.end()


@needs_mounts
def test_a_project_whose_disk_goes_away_is_not_empty(tmp_path: Path) -> None:
    """Answers say what is wrong; what is contributed stays; mounted again, all is as it was."""
    with memory_disk(tmp_path / "disk", 4096) as disk:
        root = small_project(disk / "p")
        kept = shutil.copytree(root, tmp_path / "kept")
        daemon = RunningDaemon(tmp_path / "m").ready()
        client = Client(daemon.paths, person=True)
        before = digest(client, root)
        record = client.json("record", project=str(root), kind="lesson", text="Flush first")["record"]["id"]
    until(lambda: not root.exists(), "it is unmounted")
    for question in ({"name": "respond"}, {"name": "nowhere_at_all"}):
        answer = client.request("symbol", {"project": str(root), "format": "text", **question})
        said = answer["result"]["text"] if "result" in answer else str(answer["error"]["data"])
        assert "folder is not there" in said.lower()
    assert "error" in client.request("up", {"path": str(root)})
    with memory_disk(tmp_path / "again", 4096) as disk:
        subprocess.run(["mount", "--bind", disk, tmp_path / "disk"], check=True)
        try:
            shutil.copytree(kept, root)
            assert digest(client, root) == before
            assert client.json("proposals", project=str(root), status="")["records"][0]["id"] == record
        finally:
            client.close()
            daemon.end()
            subprocess.run(["umount", "-l", tmp_path / "disk"], check=True)


@pytest.fixture(scope="module")
def false_clock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = tmp_path_factory.mktemp("clock") / "false_clock.so"
    source = Path(__file__).with_name("false_clock.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


@needs_gcc
def test_a_clock_that_jumps_loses_nothing(tmp_path: Path, false_clock: Path) -> None:
    """A year back, then ten ahead: saved files are noticed, records kept in their order, the audit holds, and nobody
    waits for the clock."""
    root = small_project(tmp_path / "p")
    moved = tmp_path / "moved"
    moved.write_text("0")
    daemon = RunningDaemon(tmp_path / "m", LD_PRELOAD=str(false_clock), FALSE_CLOCK=str(moved)).ready()
    asked = {"project": str(root)}
    with Client(daemon.paths, person=True) as client:
        client.json("up", path=str(root))
        told = [client.json("record", **asked, kind="lesson", text="Flush first")["record"]]
        for number, jump_s in enumerate((-YEAR_S, 10 * YEAR_S)):
            moved.write_text(str(jump_s))
            told.append(client.json("record", **asked, kind="lesson", text=f"Lesson {number}")["record"])
            (root / f"new{number}.py").write_text(f"def added{number}():\n    pass\n")
            asking = {**asked, "name": f"added{number}"}
            until(lambda asking=asking: client.json("symbol", **asking)["definition"], "it is noticed", 30)
            assert client.json("brief", **asked, task="sign the session cookie")["sections"]
        audit = client.json("audit", **asked)
        years = [int(entry["at"][:4]) for entry in audit["entries"]]
        assert (years[0] - years[2], years[1] - years[2]) == (10, -1)  # it did believe the clock
        assert audit["ok"]
        found = {record["id"] for record in client.json("proposals", **asked, status="")["records"]}
        assert found == {record["id"] for record in told}
        moved.write_text("0")
        assert digest(client, root) == clean_digest(tmp_path / "clean", root)
    daemon.end()


def _all_of(daemon: RunningDaemon) -> list[int]:
    return [daemon.pid, *offspring(daemon.pid)]


def _at_work(daemon: RunningDaemon) -> bool:
    return any(b"memoryd.ingest.parse.worker" in command_line(pid) for pid in offspring(daemon.pid))


@pytest.mark.timeout(300)
def test_a_machine_that_sleeps_goes_on_where_it_was(tmp_path: Path) -> None:
    """The daemon and its children stand still at work, as when a laptop is closed: what was asked is answered, what was
    saved meanwhile is noticed, and the index is that of a machine that never slept."""
    root = many_files(tmp_path / "p", 300)
    daemon = RunningDaemon(tmp_path / "m").ready()
    with Client(daemon.paths, person=True) as client:
        up = client.post("up", {"path": str(root)})
        until(lambda: _at_work(daemon), "it is at work")
        sleeping = _all_of(daemon)
        for pid in sleeping:
            os.kill(pid, signal.SIGSTOP)
        asked = client.post("daemon_status")
        (root / "late.py").write_text("def came_late():\n    pass\n")
        time.sleep(SLEEP_S)
        for pid in sleeping:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        answers: dict[int, dict] = {}
        while {up, asked} - answers.keys():
            answer = client.receive()
            answers[answer.get("id", -1)] = answer
        assert "result" in answers[up]
        assert "result" in answers[asked]
        asking = {"project": str(root), "name": "came_late"}
        until(
            lambda: client.json("symbol", **asking)["definition"], "what was saved meanwhile is noticed", 30
        )
        assert not client.json("status", project=str(root))["left_out"]
        assert client.json("record", project=str(root), kind="lesson", text="Wake up")["record"]["id"]
        assert digest(client, root) == clean_digest(tmp_path / "clean", root)
    daemon.end()


@pytest.mark.timeout(300)
def test_the_daemon_and_its_children_killed_at_once_lose_nothing(tmp_path: Path) -> None:
    """As the kernel does where memory is out: the next daemon has what was acknowledged, and indexes to the same
    digest, with nothing left out."""
    root = many_files(tmp_path / "p", 300)
    daemon = RunningDaemon(tmp_path / "m").ready()
    with Client(daemon.paths, person=True) as client:
        client.json("up", path=str(small_project(tmp_path / "other")))
        asked = {"project": str(tmp_path / "other")}
        told = client.json("record", **asked, kind="lesson", text="Flush first")["record"]["id"]
        client.post("up", {"path": str(root)})
        until(lambda: _at_work(daemon), "it is at work")
        killed = _all_of(daemon)
        for pid in killed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    daemon.end()
    until(lambda: not any(map(command_line, killed[1:])), "nothing of it is left")
    daemon = RunningDaemon(tmp_path / "m").ready()
    with Client(daemon.paths, person=True) as client:
        client.json("up", path=str(root))
        assert [one["id"] for one in client.json("proposals", **asked, status="")["records"]] == [told]
        assert client.json("audit", **asked)["ok"]
        assert not client.json("status", project=str(root))["left_out"]
        assert digest(client, root) == clean_digest(tmp_path / "clean", root)
    daemon.end()
