"""Index jobs through the daemon: progress, merging, crashes, cancelling, revisions, freshness."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_harness import Client, RunningDaemon, StartDaemon, alive, git, small_project, until

from memoryd.daemon.projects.registry import key_of
from memoryd.store.sqlite import connect, integer


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDaemon]:
    running = RunningDaemon(tmp_path_factory.mktemp("jobs") / "m", "--daemon-ingest-idle-s", "30").ready()
    yield running
    running.end()


@pytest.fixture
def client(daemon: RunningDaemon) -> Iterator[Client]:
    with Client(daemon.paths) as connected:
        yield connected


def many_files(root: Path, count: int) -> Path:
    root.mkdir()
    for number in range(count):
        (root / f"m{number}.py").write_text(
            "".join(f"def f{number}_{i}(x):\n    return x\n" for i in range(30))
        )
    return root


def test_up_reports_progress_and_totals(client: Client, tmp_path: Path) -> None:
    """`up` tells its phases while it works, and ends with the totals of the view."""
    root = small_project(tmp_path / "p")
    summary = client.json("up", path=str(root))
    assert (summary["files"], summary["commits"], summary["failed"]) == (2, 2, 0)
    assert summary["head"] == git(root, "rev-parse", "HEAD").strip()
    phases = [notice["params"]["phase"] for notice in client.notices if notice["method"] == "progress"]
    assert {"scan", "parse", "history", "link"} <= set(phases)


def test_a_saved_file_is_found(client: Client, tmp_path: Path) -> None:
    """Within two seconds of a save the new text is an answer, and the work tree counts as dirty."""
    root = small_project(tmp_path / "p")
    client.json("up", path=str(root))
    (root / "fresh.py").write_text("def quokka_house():\n    return 1\n")
    found = {}

    def is_found() -> bool:
        found.update(client.json("symbol", project=str(root), name="quokka_house"))
        return found["definition"] is not None

    until(is_found, "the save is searchable")
    until(lambda: _freshness(client, root)["dirty"], "dirty")
    assert found["definition"]["path"] == "fresh.py"


def test_a_commit_moves_freshness(client: Client, tmp_path: Path) -> None:
    """After a commit the answers say the new head, and the index follows."""
    root = small_project(tmp_path / "p")
    client.json("up", path=str(root))
    git(root, "commit", "-q", "--allow-empty", "-m", "Nothing")
    head = git(root, "rev-parse", "HEAD").strip()
    assert _freshness(client, root)["head"] == head
    until(lambda: _freshness(client, root)["indexed_commit"] == head, "the index follows")


def test_a_revision_is_answered_from_its_own_view(client: Client, tmp_path: Path) -> None:
    """`rev` builds the view of that commit when it is missing and answers as of it."""
    root = small_project(tmp_path / "p")
    git(root, "rm", "-q", "app.py")
    git(root, "commit", "-qm", "Drop the app")
    client.json("up", path=str(root))
    assert client.json("symbol", project=str(root), name="respond")["definition"] is None
    then = client.json("symbol", project=str(root), name="respond", rev="HEAD~1")
    assert then["definition"]["path"] == "app.py"
    assert then["freshness"]["indexed_commit"] == git(root, "rev-parse", "HEAD~1").strip()
    refused = client.error("symbol", project=str(root), name="respond", rev="nonsense")
    assert "nonsense" in refused["what"]
    assert refused["exit_code"] == 2


def test_a_removed_index_is_built_again(daemon: RunningDaemon, client: Client, tmp_path: Path) -> None:
    """When index.db is deleted under the daemon, the next question builds it again and is answered."""
    root = small_project(tmp_path / "p")
    client.json("up", path=str(root))
    until(lambda: str(root) not in client.json("daemon_status")["indexing"], "quiet")
    key = key_of(root)
    for file in daemon.paths.project_dir(key).glob("index.db*"):
        file.unlink()
    assert client.json("symbol", project=str(root), name="respond")["definition"]["path"] == "app.py"


def test_a_killed_ingest_process_is_replaced(daemon: RunningDaemon, client: Client, tmp_path: Path) -> None:
    """kill -9 of the indexing process under a job: the job is repeated in a new one and succeeds."""
    root = many_files(tmp_path / "many", 300)
    job = client.post("up", {"path": str(root)})
    with Client(daemon.paths) as other:
        until(lambda: str(root) in other.json("daemon_status")["indexing"], "the job runs")
        until(lambda: len(other.json("daemon_status")["ingest_pids"]) > 0, "it has a process")
        pid = other.json("daemon_status")["ingest_pids"][-1]
    os.kill(pid, signal.SIGKILL)
    message = client.receive()
    while message.get("id") != job:
        message = client.receive()
    assert message["result"]["json"]["files"] == 300
    assert not alive(pid)


def test_leaving_cancels_the_job(daemon: RunningDaemon, client: Client, tmp_path: Path) -> None:
    """When the only client that waits for an index run disconnects, the run stops before it has read everything."""
    root = many_files(tmp_path / "many", 1_500)
    leaving = Client(daemon.paths)
    stored = daemon.paths.project_dir(key_of(root)) / "index.db"
    leaving.post("up", {"path": str(root)})
    until(lambda: stored.exists(), "the job runs")
    (pid,) = client.json("daemon_status")["ingest_pids"][-1:]
    os.kill(pid, signal.SIGSTOP)  # it does not read on while the daemon learns that nobody waits
    try:
        leaving.close()
        until(lambda: client.json("daemon_status")["clients"] == 1, "the daemon knows it")
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: str(root) not in client.json("daemon_status")["indexing"], "the job stops")
    with contextlib.closing(
        connect(daemon.paths.project_dir(key_of(root)) / "index.db", readonly=True)
    ) as conn:
        assert integer(conn, "SELECT count(*) FROM file") < 1_500


def test_the_process_goes_when_idle(start: StartDaemon, tmp_path: Path) -> None:
    """After daemon.ingest_idle_s without a job the indexing process ends; the next job starts another."""
    daemon = start("--daemon-ingest-idle-s", "0.2").listening()
    with Client(daemon.paths) as client:
        root = small_project(tmp_path / "p")
        client.json("up", path=str(root))
        until(lambda: client.json("daemon_status")["ingest_pids"] == [], "it ends")
        assert client.json("index", path=str(root))["files"] == 2


def test_a_refused_root_names_itself(client: Client, tmp_path: Path) -> None:
    """A missing folder is wrong use (exit code 2), with the path in the error."""
    refused = client.error("up", path=str(tmp_path / "nowhere"))
    assert refused["exit_code"] == 2
    assert "nowhere" in refused["where"]


def test_a_full_run_leaves_no_empty_views(client: Client, tmp_path: Path) -> None:
    """Reading everything again empties the other views of the store: a commit that was asked about before is
    indexed again and answered, not found to be empty."""
    root = small_project(tmp_path / "p")
    client.json("up", path=str(root))
    wanted = {"project": str(root), "name": "respond", "rev": "HEAD~1"}
    assert client.json("symbol", **wanted)["definition"]["path"] == "app.py"
    client.json("up", path=str(root), full=True)
    assert client.json("symbol", **wanted)["definition"]["path"] == "app.py"


def test_a_project_forgotten_while_it_is_indexed_ends_well(
    daemon: RunningDaemon, client: Client, tmp_path: Path
) -> None:
    """Who waits for the run gets its totals; nobody is left waiting."""
    root = many_files(tmp_path / "many", 400)
    job = client.post("up", {"path": str(root)})
    with Client(daemon.paths) as other:
        until(lambda: str(root) in other.json("daemon_status")["indexing"], "the job runs")
        other.json("projects", forget=str(root))
    message = client.receive()
    while message.get("id") != job:
        message = client.receive()
    assert message["result"]["json"]["files"] == 400


def test_an_odd_name_is_no_change(client: Client, tmp_path: Path) -> None:
    """A committed file whose name is no UTF-8 is never indexed; that alone does not make the work tree dirty."""
    root = small_project(tmp_path / "p")
    (root / os.fsdecode(b"caf\xe9.py")).write_text("n = 1\n")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "An odd name")
    before = (root / "app.py").read_text()
    client.json("up", path=str(root))
    (root / "app.py").write_text(before + "# changed\n")
    until(lambda: _freshness(client, root)["dirty"], "dirty")
    (root / "app.py").write_text(before)
    until(lambda: not _freshness(client, root)["dirty"], "clean again")


def test_a_forgotten_project_is_not_watched(start: StartDaemon, tmp_path: Path) -> None:
    """Also one that is forgotten while its watcher is being set up: no descriptor of inotify is left behind."""
    daemon = start().ready()
    root = small_project(tmp_path / "p")

    def watches() -> int:
        found = 0
        for descriptor in Path(f"/proc/{daemon.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                found += "inotify" in os.readlink(descriptor)
        return found

    with Client(daemon.paths) as client:
        for _ in range(3):
            client.json("up", path=str(root))
            client.json("projects", forget=str(root))
        until(lambda: watches() == 0, "nothing is watched")
        client.json("up", path=str(root))
        until(lambda: watches() == 1, "it is watched again")


def test_who_comes_while_a_job_is_being_stopped_is_answered(
    daemon: RunningDaemon, client: Client, tmp_path: Path
) -> None:
    """A question about a project whose first index run was just cancelled gets a run of its own, not that end."""
    root = many_files(tmp_path / "many", 600)
    leaving = Client(daemon.paths)
    leaving.post("up", {"path": str(root)})
    until(lambda: str(root) in client.json("daemon_status")["indexing"], "the job runs")
    leaving.close()
    for wait_s in (0.0, 0.02, 0.05, 0.1):
        time.sleep(wait_s)
        assert client.json("symbol", project=str(root), name="f0_0")["definition"]["path"] == "m0.py"


def _freshness(client: Client, root: Path) -> dict:
    return client.json("symbol", project=str(root), name="respond")["freshness"]
