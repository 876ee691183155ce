"""A real daemon in a home of its own, and clients that speak to it over its real socket."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "people"))

import at_terminal
from room_coverage import measured

from memoryd.paths import Paths

REPOSITORY = Path(__file__).resolve().parents[2]
LEGACY = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
MODERN = {
    "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "modern-test", "version": "1"},
    }
}


class RunningDaemon:
    """``python -m memoryd.daemon`` as a child of the test."""

    def __init__(self, home: Path, *flags: str, **variables: str) -> None:
        self.paths = Paths(home)
        environment = {
            "HOME": str(home.parent),
            "PATH": os.environ["PATH"],
            "MEMORYD_HOME": str(home),
            "PYTHONPATH": os.pathsep.join((str(REPOSITORY), at_terminal.FOLDER)),
            **measured(),
            **variables,
        }
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "memoryd.daemon", *flags],
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    @property
    def pid(self) -> int:
        return self.process.pid

    def listening(self) -> RunningDaemon:
        """Wait for the socket."""
        until(lambda: _connects(self.paths), "the daemon listens")
        return self

    def ready(self) -> RunningDaemon:
        """Wait until everything heavy is imported."""
        self.listening()
        with Client(self.paths) as client:
            until(lambda: client.json("daemon_status")["ready"], "the daemon is ready", 20)
        return self

    def rss_mb(self) -> float:
        return rss_mb(self.pid)

    def end(self, number: int = signal.SIGTERM, limit_s: float = 10) -> float:
        """Send a signal; the seconds until the end."""
        start_s = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.wait(limit_s)
        assert self.process.stderr
        self.process.stderr.close()
        return time.monotonic() - start_s


StartDaemon = Callable[..., RunningDaemon]


class Client:
    """One connection. ``role`` cli: ``ask`` and ``json``; ``role`` mcp: ``request`` after ``initialize``. ``person``: a
    process at a terminal of its own made it."""

    def __init__(
        self, paths: Paths, role: str = "cli", cwd: str = "/", person: bool = False, **hello: Any
    ) -> None:
        self._end = lambda: None
        if person:
            self.socket, self._end = at_terminal.connected(str(paths.socket))
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.connect(str(paths.socket))
        self.socket.settimeout(100)
        self.file = self.socket.makefile("rwb")
        self._id = 0
        self.notices: list[dict[str, Any]] = []
        self.send({"memoryd": 1, "role": role, "cwd": cwd, "version": "test", **hello})

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self.file.close()
        self.socket.close()
        self._end()

    def raw(self, line: bytes) -> None:
        self.file.write(line + b"\n")
        self.file.flush()

    def send(self, message: dict[str, Any]) -> None:
        self.raw(json.dumps(message).encode())

    def post(self, method: str, params: dict[str, Any] | None = None) -> int:
        """Send a request without waiting."""
        self._id += 1
        self.send({"jsonrpc": "2.0", "id": self._id, "method": method, "params": params or {}})
        return self._id

    def receive(self) -> dict[str, Any]:
        line = self.file.readline()
        if not line:
            raise EOFError("the daemon closed the connection")
        return json.loads(line)

    def request(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The whole response; notifications on the way are kept in ``notices``."""
        number = self.post(method, params)
        while True:
            message = self.receive()
            if "method" in message:
                self.notices.append(message)
            elif message.get("id") in (number, None):
                return message

    def json(self, method: str, **params: Any) -> Any:
        """The answer's fields; fails on an error."""
        response = self.request(method, params)
        assert "result" in response, response
        return response["result"]["json"]

    def error(self, method: str, **params: Any) -> dict[str, Any]:
        response = self.request(method, params)
        assert "error" in response, response
        return response["error"]["data"]

    def initialize(self) -> dict[str, Any]:
        result = self.request("initialize", LEGACY)["result"]
        self.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return result

    def tool(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The result of tools/call in the handshake era."""
        return self.request("tools/call", {"name": tool, "arguments": arguments})["result"]


def until(condition: Any, what: str, limit_s: float = 60.0) -> None:
    """Wait for something that happens elsewhere."""
    deadline_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline_s, f"not within {limit_s} s: {what}"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """A running process, not a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # before or after it was opened
        return False


def command_line(pid: int) -> bytes:
    """Empty for a process that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


def descendants(pid: int) -> list[int]:
    """Children of every thread of the process."""
    found: list[int] = []
    for listing in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended meanwhile
            found += map(int, listing.read_text().split())
    return found


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def rss_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.org", *arguments],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def small_project(root: Path) -> Path:
    """A git project with two Python files, one importing the other, and two commits."""
    root.mkdir(parents=True)
    git(root, "init", "-q", "-b", "main")
    (root / "cookies.py").write_text(
        '"""Session cookies."""\n\n\ndef sign_cookie(value, key):\n    """Sign the session cookie."""\n'
        "    return f'{value}.{hash((value, key))}'\n"
    )
    (root / "app.py").write_text(
        "from cookies import sign_cookie\n\n\ndef respond(session):\n    return sign_cookie(session, 'k')\n"
    )
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Sign session cookies")
    (root / "app.py").write_text(
        "from cookies import sign_cookie\n\n\ndef respond(session):\n    # never send an unsigned cookie\n"
        "    return sign_cookie(session, 'k')\n"
    )
    git(root, "commit", "-qam", "Say why the cookie is signed")
    return root


def _connects(paths: Paths) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(paths.socket))
        except OSError:
            return False
    return True
