"""One daemon lives, begins fast, ends fast, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import stat
import time
from pathlib import Path

from daemon_harness import (
    Client,
    RunningDaemon,
    StartDaemon,
    alive,
    children,
    descendants,
    small_project,
    until,
)


def test_of_many_started_at_once_one_lives(start: StartDaemon, home: Path) -> None:
    """Of six daemons started at the same moment one wins the lock; the others end quietly with 0."""
    daemons = [start() for _ in range(6)]
    until(lambda: sum(daemon.process.poll() is None for daemon in daemons) == 1, "one is left")
    codes = sorted(str(daemon.process.poll()) for daemon in daemons)
    assert codes == ["0"] * 5 + ["None"]
    survivor = next(daemon for daemon in daemons if daemon.process.poll() is None)
    with Client(survivor.listening().paths) as client:
        assert client.json("daemon_status")["pid"] == survivor.pid
    assert all(not daemon.process.stderr.read() for daemon in daemons if daemon is not survivor)


def test_it_listens_before_heavy_imports(start: StartDaemon) -> None:
    """A client is answered before mcp and numpy are imported."""
    daemon = start().listening()
    with Client(daemon.paths) as client:
        assert client.json("daemon_status")["ready"] is False


def test_stale_socket_and_pid_do_not_count(start: StartDaemon, home: Path) -> None:
    """A socket file and a lock file left by a killed daemon, naming a live pid, do not keep one from starting."""
    first = start().listening()
    first.end(signal.SIGKILL)
    assert first.paths.socket.exists()
    first.paths.lock.write_text(f"{os.getpid()}\n")
    second = start().listening()
    with Client(second.paths) as client:
        assert client.json("daemon_status")["pid"] == second.pid


def test_sigterm_ends_it_within_two_seconds(start: StartDaemon, tmp_path: Path) -> None:
    """SIGTERM with clients connected and children running: exit 0 in two seconds, children dead, no socket left."""
    daemon = start().ready()
    with Client(daemon.paths) as client, Client(daemon.paths, role="mcp") as agent:
        agent.initialize()
        client.json("up", path=str(small_project(tmp_path / "p")))
        found = client.json("daemon_status")["ingest_pids"]
        assert found == [pid for pid in children(daemon.pid) if alive(pid)]
        assert daemon.end() < 2
    assert daemon.process.returncode == 0
    until(lambda: not any(map(alive, found)), "the children are gone")
    assert not daemon.paths.socket.exists()


def test_sigterm_while_it_starts(start: StartDaemon) -> None:
    """SIGTERM in the first moments, with imports under way in a thread, ends it as fast, with 0."""
    daemon = start().listening()
    assert daemon.end() < 2
    assert daemon.process.returncode == 0


def test_sigterm_while_git_hangs(start: StartDaemon, tmp_path: Path) -> None:
    """SIGTERM while git, run for a revision, does not answer: the daemon ends in time and git with it."""
    root = small_project(tmp_path / "p")
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "git").write_text(
        '#!/bin/sh\n[ "$1" = --version ] && exec /usr/bin/git --version\nexec sleep 600\n'
    )
    (folder / "git").chmod(0o755)
    daemon = start(PATH=f"{folder}:/usr/bin:/bin").listening()
    with Client(daemon.paths) as client:
        client.post("index", {"path": str(root), "rev": "HEAD"})
        until(lambda: descendants(daemon.pid), "git runs")
        hanging = descendants(daemon.pid)
        assert daemon.end() < 2
    assert daemon.process.returncode == 0
    until(lambda: not any(map(alive, hanging)), "git is gone")


def test_killed_daemon_takes_its_children_along(start: StartDaemon, tmp_path: Path) -> None:
    """After kill -9 of the daemon its indexing process ends by itself."""
    daemon = start().listening()
    with Client(daemon.paths) as client:
        client.json("up", path=str(small_project(tmp_path / "p")))
        found = client.json("daemon_status")["ingest_pids"]
    daemon.end(signal.SIGKILL)
    assert found
    until(lambda: not any(map(alive, found)), "the children are gone")


def test_a_new_daemon_waits_for_the_ending_one(start: StartDaemon) -> None:
    """A daemon started while another ends takes over instead of giving up."""
    first = start().listening()
    first.process.send_signal(signal.SIGSTOP)  # it holds the lock
    os.unlink(first.paths.socket)  # and answers nobody
    second = start()
    time.sleep(0.3)
    assert second.process.poll() is None
    first.end(signal.SIGKILL)
    with Client(second.listening().paths) as client:
        assert client.json("daemon_status")["pid"] == second.pid


def test_idle_stop(start: StartDaemon) -> None:
    """Without clients it ends after daemon.idle_stop_s; while one is connected it stays."""
    daemon = start("--daemon-idle-stop-s", "1").listening()
    with Client(daemon.paths) as client:
        time.sleep(2.2)
        assert client.json("daemon_status")["pid"] == daemon.pid
    daemon.process.wait(5)
    assert daemon.process.returncode == 0


def test_wrong_configuration_is_refused_by_name(start: StartDaemon, home: Path) -> None:
    """A misspelt setting ends the start with exit code 2 and the right name."""
    home.mkdir()
    (home / "config.toml").write_text("[daemon]\nidle_stop = 5\n")
    daemon = start()
    daemon.process.wait(5)
    said = daemon.process.stderr.read()
    assert daemon.process.returncode == 2
    assert "daemon.idle_stop" in said
    assert "did you mean `daemon.idle_stop_s`?" in said


def test_losing_the_lock_file_ends_it(start: StartDaemon) -> None:
    """When its lock file is removed (the home was wiped) a daemon ends: a second one could start unseen."""
    daemon = start().listening()
    daemon.paths.lock.unlink()
    daemon.process.wait(5)
    assert daemon.process.returncode == 0


def test_everything_is_private(start: StartDaemon, tmp_path: Path, home: Path) -> None:
    """Every folder in the home is 0700, every file and the socket 0600, whatever the umask was."""
    os.umask(0)
    try:
        daemon = start().listening()
        with Client(daemon.paths) as client:
            client.json("up", path=str(small_project(tmp_path / "p")))
    finally:
        os.umask(0o022)
    for place in (home, *(place for place in home.rglob("*") if not place.is_symlink())):
        mode = stat.S_IMODE(place.lstat().st_mode)
        assert mode == (0o700 if place.is_dir() else 0o600), place


def test_a_long_home_gets_a_short_socket(tmp_path: Path) -> None:
    """A home whose path does not fit into a socket address still works, through a private folder in /tmp."""
    home = tmp_path / ("long" * 25)
    daemon = RunningDaemon(home).listening()
    try:
        assert len(str(daemon.paths.socket)) < 100
        assert stat.S_IMODE(daemon.paths.socket.parent.stat().st_mode) == 0o700
        with Client(daemon.paths) as client:
            assert client.json("daemon_status")["home"] == str(home)
    finally:
        daemon.end()
        daemon.paths.socket.parent.rmdir()


def test_no_secret_in_the_log(start: StartDaemon) -> None:
    """What clients send does not reach the log, not even when it is malformed."""
    daemon = start("--daemon-log-level", "debug").ready()
    for role in ("cli", "mcp"):
        with Client(daemon.paths, role=role) as client:
            if role == "mcp":
                client.initialize()
            client.request("search", {"query": "hunter2-secret", "bogus": "hunter2-secret"})
            client.raw(b'{"garbage hunter2-secret')
            client.receive()
    daemon.end()
    assert "hunter2" not in daemon.paths.log.read_text()


def test_a_foreign_file_is_no_socket(start: StartDaemon, home: Path) -> None:
    """A folder in the socket's place is named with a next step, and nothing is deleted."""
    (home / "daemon.sock" / "mine").mkdir(parents=True)
    home.chmod(0o700)
    daemon = start()
    daemon.process.wait(5)
    assert daemon.process.returncode == 3
    assert "daemon.sock" in daemon.process.stderr.read()
    assert (home / "daemon.sock" / "mine").is_dir()


def test_hello_is_required(start: StartDaemon) -> None:
    """A connection that begins with something else gets one clear error and is closed."""
    daemon = start().listening()
    with socket.socket(socket.AF_UNIX) as raw:
        raw.connect(str(daemon.paths.socket))
        raw.sendall(b'{"jsonrpc":"2.0","id":1,"method":"search"}\n')
        said = raw.makefile("rb").read()
    assert b"hello" in said
    assert said.count(b"\n") == 1


def test_http_is_served_to_who_asks_while_the_daemon_starts(start: StartDaemon) -> None:
    """It is waited until all is imported: two threads that import the SDK at once may wait for each other for ever."""
    with Client(start().listening().paths) as client:
        assert client.json("serve", port=0)["url"].startswith("http://127.0.0.1:")
