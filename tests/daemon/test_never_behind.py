"""What memoryd does not know, or not yet, is said with every answer, and made good as soon as it can be."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_harness import REPOSITORY, Client, RunningDaemon, StartDaemon, git, small_project, until
from typed_commands import typed

from memoryd.daemon.projects.registry import key_of


def _process(home: Path, folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """The command under way, which heeds Ctrl-C."""
    variables = {"HOME": str(home.parent), "MEMORYD_HOME": str(home), "PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "memoryd", *arguments],
        env={"PATH": os.environ["PATH"], **variables},
        cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


@contextlib.contextmanager
def _being_written(file: Path) -> Iterator[None]:
    """Another process holds the lock of the database: it can be read, and not written."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_what_was_saved_while_the_index_was_locked_is_not_forgotten(
    start: StartDaemon, tmp_path: Path
) -> None:
    """Every answer says that the run failed and how many files wait, until they are indexed: also when a later save
    gets through before the failed run is tried again."""
    daemon = start().ready()
    root = small_project(tmp_path / "p")
    with Client(daemon.paths) as client:

        def fresh(name: str = "respond") -> dict:
            return client.json("symbol", project=str(root), name=name)["freshness"]

        def is_found(name: str) -> bool:
            return client.json("symbol", project=str(root), name=name)["definition"] is not None

        client.json("up", path=str(root))
        (root / "zeroth.py").write_text("def quokka_zeroth():\n    return 0\n")
        until(lambda: is_found("quokka_zeroth"), "the files are watched")
        with _being_written(daemon.paths.project_dir(key_of(root)) / "index.db"):
            (root / "first.py").write_text("def quokka_first():\n    return 1\n")
            until(lambda: fresh()["failed"], "the run fails")
            assert "locked" in fresh()["failed"]
            assert fresh()["pending"] == 1
            wrong = client.error(
                "check", project=str(root), range="HEAD~1"
            )  # its view has to be indexed first
            assert wrong["what"] == "indexing cannot go on: index.db is locked by another program"
            assert "end that program" in wrong["next_step"]
            assert "THE LAST INDEX RUN FAILED" in wrong["freshness"]
            asked = {"project": str(root), "name": "quokka_first", "format": "text"}
            said = client.request("symbol", asked)["result"]["text"]
            assert "THE LAST INDEX RUN FAILED, it is tried again" in said
            assert "he last index run failed: " in said.partition("freshness:")[0]
        (root / "second.py").write_text("def quokka_second():\n    return 2\n")
        until(lambda: is_found("quokka_second"), "the later save is found")
        until(lambda: is_found("quokka_first"), "the earlier save is found", 20)
        until(lambda: not fresh()["failed"], "nothing is said any more")
        assert fresh()["pending"] == 0


def test_that_git_is_not_on_the_path_is_said(start: StartDaemon, home: Path, tmp_path: Path) -> None:
    """By `up`, `status`, `doctor`, in every answer, and where nothing is found for it: nothing is said to be behind,
    and nobody is told that there is no commit."""
    (tmp_path / "bin").mkdir()
    start(PATH=str(tmp_path / "bin")).ready()
    root = small_project(tmp_path / "p")
    missing = "git is not on the PATH of the daemon"
    assert f"indexed without history: {missing}; install git" in typed(home, root, "up")
    for verb in ("status", "doctor"):
        assert f"WARN history: no history: {missing} → install git" in typed(home, root, verb)
    for question in (["symbol", "respond"], ["search", "cookie"], ["why", "app.py"]):
        said = typed(home, root, *question, code=None)
        assert f"freshness: indexed files, no commit, main, no history: {missing}" in said
    for question in (["history", "cookies"], ["reverts"], ["changes"]):
        assert f"There is no history here: {missing}." in typed(home, root, *question)
    assert f"knows what changed: {missing}" in typed(home, root, "check", code=2)


def test_a_visit_without_git_takes_nothing_away(start: StartDaemon, home: Path, tmp_path: Path) -> None:
    """While git is missing no commit is called gone, and afterwards each is told once."""
    root = small_project(tmp_path / "p")
    (tmp_path / "bin").mkdir()

    def changes(*flags: str, **variables: str) -> str:
        daemon = start(**variables).ready()
        said = typed(home, root, "index", *flags) and typed(home, root, "changes")
        daemon.end()
        return said

    assert "2 commits" in changes()
    git(root, "commit", "-q", "--allow-empty", "-m", "Rotate the key")
    assert changes("--full", PATH=str(tmp_path / "bin")).startswith("Nothing changed since")
    assert ": 1 commits" in (said := changes())
    assert "Rotate the key" in said


def test_an_interrupted_first_run_leaves_answers(start: StartDaemon, home: Path, tmp_path: Path) -> None:
    """After Ctrl-C a question goes on with the index and, where that takes long, is answered from what there is so
    far: with how far it is, on the way and in the answer."""
    daemon = start().ready()
    root = tmp_path / "many"
    root.mkdir()
    for number in range(1_500):
        (root / f"m{number}.py").write_text(f"def f{number}(x):\n    return x\n" * 20)
    up = _process(home, root, "up")
    with Client(daemon.paths) as client:
        until(lambda: _rows(daemon, root) > 0, "some files are stored")
        (pid,) = client.json("daemon_status")["ingest_pids"]
        os.kill(pid, signal.SIGSTOP)  # what is asked next finds the index as it is now
        try:
            up.send_signal(signal.SIGINT)
            said, _ = up.communicate(timeout=60)
            assert up.returncode == 130
            assert f"What is indexed stays; `memoryd up {root}` goes on from there" in said
            until(lambda: client.json("daemon_status")["clients"] == 1, "the daemon knows that it left")
            asked = [_process(home, root, *verb) for verb in (["status"], ["search", "f0"], ["symbol", "f0"])]
            for process in asked:
                answer, _ = process.communicate(timeout=60)
                assert "THE FIRST INDEX IS UNDER WAY (" in answer, answer
        finally:
            os.kill(pid, signal.SIGCONT)
        symbol = client.json("symbol", project=str(root), name="f1499")
        assert symbol["definition"]["path"] == "m1499.py"


def _rows(daemon: RunningDaemon, root: Path) -> int:
    file = daemon.paths.project_dir(key_of(root)) / "index.db"
    try:
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as conn:
            return int(conn.execute("SELECT count(*) FROM file").fetchone()[0])
    except sqlite3.OperationalError:  # not made yet
        return 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_door_closes_with_the_command(
    start: StartDaemon, home: Path, tmp_path: Path, number: int
) -> None:
    """However `memoryd serve --http` ends, nothing listens any more, and the daemon says so."""
    daemon = start().ready()
    serve = _process(home, tmp_path, "serve", "--http", "--port", "0")
    with Client(daemon.paths) as client:
        until(lambda: client.json("daemon_status")["http"], "the door is open")
        port = int(client.json("daemon_status")["http"].rpartition(":")[2].partition("/")[0])
        with socket.create_connection(("127.0.0.1", port)):  # one that does not leave
            serve.send_signal(number)
            serve.communicate(timeout=30)
            until(lambda: client.json("daemon_status")["http"] == "", "the daemon says that it is closed")
            until(lambda: not _listens(port), "it is closed")


def _listens(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def test_the_errors_of_check_say_how_fresh_the_index_is(
    start: StartDaemon, home: Path, tmp_path: Path
) -> None:
    """As all others do: an unknown revision, a path that is not there, a text that is no diff."""
    start().ready()
    root = small_project(tmp_path / "p")
    typed(home, root, "up")
    (root / "no.diff").write_text("this is no diff\n")
    for wrong in (["nosuch..HEAD"], ["--path", "nosuch.py"], ["--diff", "no.diff"]):
        assert "\n  freshness: " in typed(home, root, "check", *wrong, code=2)


def test_projects_are_compared_with_the_disk_one_after_another(start: StartDaemon, tmp_path: Path) -> None:
    """Twenty projects in use do not start twenty processes at once each quarter of an hour."""
    daemon = start("--watch-reconcile-s=4", "--daemon-ingest-idle-s=1").ready()
    with Client(daemon.paths) as client:
        for name in "abcd":
            client.json("up", path=str(small_project(tmp_path / name)))

        def running() -> list[int]:
            """How many processes there are, after each start and end since the first index runs were done."""
            lines = [
                line for line in daemon.paths.log.read_text().splitlines() if " memoryd.ingest, pid " in line
            ]
            alive, counts = set[str](), list[int]()
            for line in lines:
                pid = line.rpartition(" ")[2]
                alive = alive | {pid} if ": started " in line else alive - {pid}
                counts.append(len(alive))
            return counts[counts.index(0, ups) :] if 0 in counts[ups:] else []

        ups = daemon.paths.log.read_text().count(" memoryd.ingest, pid ")
        until(lambda: running().count(0) > 8, "all were compared twice")
        assert max(running()) < 3  # one, and one that a file saved meanwhile would start
