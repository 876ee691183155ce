"""Others who connect keep nobody out: not from HTTP, not from the Unix socket; and they fill no memory, no log."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_harness import Client, RunningDaemon, until
from http_door import INITIALIZE, Door

from memoryd.server.http.visitors import HEAD_BYTES

FEW_DESCRIPTORS = 256
MANY = 600


PAGE = "https://page.example"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningDaemon]:
    """One that may have few files open, and so fewer than come."""
    daemon = RunningDaemon(tmp_path / "m", "--http-allowed-origins", PAGE).ready()
    _, hard = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (FEW_DESCRIPTORS, hard))
    yield daemon
    daemon.end()


def ended(sock: socket.socket) -> bool:
    """The other side closes it; what it sends before is read."""
    with contextlib.suppress(ConnectionError):
        while sock.recv(65_536):
            pass
    return True


def listening(pid: int) -> int:
    """How many TCP ports the process listens on."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    waiting = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A"}
    own = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            own.add(os.readlink(descriptor))
    return len(waiting & own)


@pytest.mark.parametrize("sent", ["nothing", "half a head", "half a body", "a preflight"])
def test_who_has_no_token_keeps_nobody_out(running: RunningDaemon, sent: str) -> None:
    """More connections than the daemon may have files, of clients that say no more: HTTP with the token and the Unix
    socket are answered, and no file is wanted."""
    door = Door(running)
    asked = f"Origin: {PAGE}\r\nAccess-Control-Request-Method: POST\r\n\r\n".encode()
    first = {
        "nothing": b"",
        "half a head": door.head(),
        "half a body": door.head() + b"Content-Length: 100\r\n\r\n{",
        "a preflight": door.head().replace(b"POST", b"OPTIONS", 1) + asked,
    }
    stuck = [door.connect(first[sent]) for _ in range(MANY)]
    for _ in range(3):
        assert door.post()[0] == 200
        with Client(running.paths) as client:
            assert client.json("daemon_status")["http"]
    assert len(os.listdir(f"/proc/{running.pid}/fd")) < FEW_DESCRIPTORS / 2
    assert "open files" not in running.paths.log.read_text()
    for sock in stuck:
        sock.close()


def test_clients_with_the_token_leave_room_for_the_socket(running: RunningDaemon) -> None:
    """Those above the limit get 503, none makes the daemon run out of files."""
    door = Door(running)
    length = f"Content-Length: {len(INITIALIZE)}\r\n\r\n".encode()
    stuck = [door.connect(door.head(secret=door.secret) + length) for _ in range(MANY)]
    refused = door.connect(door.head(secret=door.secret) + length)
    assert refused.recv(100).startswith(b"HTTP/1.1 503")
    with Client(running.paths) as client:
        assert client.json("daemon_status")["http"]
    assert len(os.listdir(f"/proc/{running.pid}/fd")) < FEW_DESCRIPTORS / 2
    for sock in (*stuck, refused):
        sock.close()
    until(lambda: door.post()[0] == 200, "there is room again")


def test_a_head_is_bounded(running: RunningDaemon) -> None:
    """Headers without an end are refused before they fill memory."""
    sock = Door(running).connect()
    with contextlib.suppress(ConnectionError):
        sock.sendall(b"POST /mcp HTTP/1.1\r\n" + b"X-More: header\r\n" * HEAD_BYTES)
    assert ended(sock)


def test_a_head_comes_in_time(running: RunningDaemon) -> None:
    """Who says nothing is ended, and so is who had an answer and begins a second request without ending its head."""
    door = Door(running)
    silent, known = door.connect(), door.connect()
    length = f"Content-Type: application/json\r\nContent-Length: {len(INITIALIZE)}\r\n\r\n"
    known.sendall(door.head(secret=door.secret) + length.encode() + INITIALIZE.encode())
    assert known.recv(100).startswith(b"HTTP/1.1 ")
    known.sendall(door.head(secret=door.secret))
    assert ended(silent)
    assert ended(known)


def test_what_others_send_does_not_fill_the_log(running: RunningDaemon) -> None:
    """However many requests are none."""
    door = Door(running)
    for _ in range(300):
        with door.connect(b"\0\r\n\r\n") as sock:
            ended(sock)
    assert 0 < running.paths.log.read_text().count("Invalid HTTP request") <= 30


def test_who_leaves_while_http_is_opened_leaves_nothing_open(running: RunningDaemon) -> None:
    """No port without a token stays behind, at whatever moment the command ends."""
    for wait_ms in (0, 1, 2, 5, 10, 20, 50) * 3:
        leaving = Client(running.paths)
        leaving.post("serve", {"format": "json", "port": 0, "token": False})
        time.sleep(wait_ms / 1000)
        leaving.close()
    until(lambda: listening(running.pid) == 0, "nothing listens", 20)
    with Client(running.paths) as client:
        assert client.json("serve", port=0)["token_required"]
        assert listening(running.pid) == 1


def test_the_door_without_a_token_goes_with_its_process(running: RunningDaemon) -> None:
    """Also when that is killed."""
    command = subprocess.Popen(
        [sys.executable, "-P", "-m", "memoryd", "serve", "--http", "--port", "0", "--no-token"],
        env={**os.environ, "MEMORYD_HOME": str(running.paths.home)},
        stdout=subprocess.PIPE,
    )
    until(lambda: listening(running.pid) == 1, "it is open")
    command.send_signal(signal.SIGKILL)
    command.communicate()
    until(lambda: listening(running.pid) == 0, "it is closed")


def test_half_greetings_keep_nobody_out(running: RunningDaemon) -> None:
    """Many connections to the Unix socket whose first line never ends."""
    stuck = []
    for _ in range(MANY):
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(str(running.paths.socket))
        sock.sendall(b'{"memoryd":')
        stuck.append(sock)
    with Client(running.paths) as client:
        assert client.json("daemon_status")["clients"] == 1
    for sock in stuck:
        sock.close()


def test_agents_leave_places_for_commands(tmp_path: Path) -> None:
    """When there are as many agents as may be, a command still gets an answer."""
    daemon = RunningDaemon(tmp_path / "m", "--daemon-max-connections", "32").ready()
    agents = [Client(daemon.paths, role="mcp") for _ in range(30)]
    for agent in agents:
        agent.initialize()
    with Client(daemon.paths, role="mcp") as refused:
        assert "max_connections" in refused.receive()["error"]["data"]["where"]
    with Client(daemon.paths) as command:
        assert command.json("daemon_status")["clients"] == 31
    for agent in agents:
        agent.close()
    daemon.end()


def test_a_daemon_without_a_place_for_a_command_can_be_stopped(tmp_path: Path) -> None:
    """Whoever took all places: `memoryd daemon stop` ends it."""
    daemon = RunningDaemon(tmp_path / "m", "--daemon-max-connections", "3").ready()
    clients = [Client(daemon.paths) for _ in range(3)]
    for client in clients:
        client.json("daemon_status")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "memoryd", "daemon", "stop"],
        env={**os.environ, "MEMORYD_HOME": str(daemon.paths.home)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout == f"stopped (pid {daemon.pid})\n"
    assert daemon.end() < 10
    for client in clients:
        client.close()
