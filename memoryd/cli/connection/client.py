"""The CLI's side of the daemon's socket: connect (starting the daemon on demand), ask, follow progress."""

from __future__ import annotations

import itertools
import json
import os
import socket
import stat
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol

import memoryd
from memoryd.cli.connection.wire import ConnectionLost, Message, Wire
from memoryd.errors import MemorydError
from memoryd.paths import Paths

PROTOCOL = 1
IN_FLIGHT = 8  # requests of a batch sent ahead of their answers

OnNotice = Callable[[str, Any], None]  # a notification's method and params


class RemoteError(MemorydError):
    """What the daemon answered instead of a result; the exit code is the daemon's."""

    def __init__(self, error: Message) -> None:
        data = error.get("data") or {}
        super().__init__(
            data.get("what") or error.get("message") or "the daemon failed without a word",
            where=data.get("where", ""),
            next_step=data.get("next_step", ""),
        )
        self.exit_code = data.get("exit_code", 3)
        self.name = data.get("name", "")
        self.freshness = data.get("freshness", "")


class OtherVersion(MemorydError):
    """The daemon that answers belongs to an older release than this command."""

    def __init__(self, version: str) -> None:
        super().__init__(
            f"the daemon is memoryd {version}, this command is {memoryd.__version__}",
            next_step="run `memoryd daemon stop`; the next command starts its own version's daemon",
        )
        self.version = version


class ClientCall(NamedTuple):
    """One request of a batch. ``key`` comes back with the answer."""

    key: Any
    method: str
    params: Message


class DaemonReply(NamedTuple):
    """The outcome of a Call: ``result`` or ``error``."""

    key: Any
    result: Message | None
    error: MemorydError | None


class CallSource(Protocol):
    """Calls that arrive over time on a descriptor, such as lines on stdin."""

    def fileno(self) -> int: ...

    def ready(self) -> ClientCall | None:
        """The next call that has arrived completely."""

    def read(self) -> None:
        """Take in what has arrived; may wait when nothing has."""

    @property
    def ended(self) -> bool:
        """Nothing will arrive any more."""


class DaemonConnection:
    """A connection in the role ``cli``. Closing it cancels what is still running for it."""

    def __init__(self, sock: socket.socket, on_version: Callable[[str], None] = lambda _: None) -> None:
        """``on_version`` is told the daemon's release when it says one; it may raise."""
        self._wire = Wire(sock)
        self._on_version = on_version
        self._ids = itertools.count(1)
        self.greeted = False  # the daemon has said something; before its hello it takes no request
        self._wire.send(hello("cli"))

    def ask(
        self, method: str, params: Message, on_notice: OnNotice | None = None, typed: Message | None = None
    ) -> Message:
        """The result of one call; ``on_notice`` gets each notification (``progress``, ``row``) before it. ``typed``:
        what a person typed for it.

        Raises RemoteError, ConnectionLost.
        """
        request_id = self._send(method, params, typed)
        while True:
            message = self._receive()
            if message.get("id") == request_id:
                return _result(message)
            if on_notice and "method" in message:
                on_notice(message["method"], message.get("params"))

    def ask_all(self, source: CallSource) -> Iterator[DaemonReply]:
        """The answers in the order of the calls, several calls in flight, each as soon as it can be known."""
        waiting: dict[int, Any] = {}
        arrived: dict[int, Message] = {}
        while True:
            while len(waiting) < IN_FLIGHT and (call := source.ready()):
                waiting[self._send(call.method, call.params)] = call.key
            if not waiting and source.ended:
                return
            more = len(waiting) < IN_FLIGHT and not source.ended
            message = self._heard(self._wire.receive_or(source.fileno() if more else None))
            if message is None:
                source.read()
            elif message.get("id") in waiting:
                arrived[message["id"]] = message
            while waiting and (first := next(iter(waiting))) in arrived:
                yield _answer(waiting.pop(first), arrived.pop(first))

    def wait_end(self) -> None:
        """Returns never: raises ConnectionLost when the daemon ends."""
        while True:
            self._receive()

    def close(self) -> None:
        self._wire.close()

    def _send(self, method: str, params: Message, typed: Message | None = None) -> int:
        request_id = next(self._ids)
        extra = {"typed": typed} if typed else {}
        self._wire.send({"jsonrpc": "2.0", "id": request_id, "method": method, "params": params, **extra})
        return request_id

    def _receive(self) -> Message:
        message = self._wire.receive()
        self._heard(message)
        return message

    def _heard(self, message: Message | None) -> Message | None:
        """The message, after what concerns the connection as a whole was taken from it."""
        self.greeted = self.greeted or message is not None
        if message and message.get("method") == "hello":
            self._on_version((message.get("params") or {}).get("version", memoryd.__version__))
        if message and "error" in message and message.get("id") is None:
            raise RemoteError(message["error"])  # no call of ours is named
        return message


def hello(role: str, cwd: str | None = None) -> Message:
    """The first line of a connection."""
    return {
        "memoryd": PROTOCOL,
        "role": role,
        "cwd": cwd or working_folder(),
        "version": memoryd.__version__,
    }


def hello_line(role: str, cwd: str | None = None) -> bytes:
    return json.dumps(hello(role, cwd), separators=(",", ":")).encode() + b"\n"


def working_folder() -> str:
    """The absolute working directory, ``""`` when it was removed under us."""
    try:
        return os.getcwd()
    except FileNotFoundError:
        return ""


def try_connect(paths: Paths) -> socket.socket | None:
    """A connected socket; None when no daemon listens. Raises MemorydError when the socket is not ours."""
    place = os.fspath(paths.socket)
    _refuse_foreign_socket(place)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.connect(place)
    except (FileNotFoundError, ConnectionRefusedError):
        sock.close()
        return None
    except OSError as error:
        sock.close()
        raise MemorydError(
            f"cannot reach the daemon: {error.strerror}",
            where=place,
            next_step="see `memoryd daemon status`, or set MEMORYD_HOME to a folder of yours",
        ) from error
    return sock


def _refuse_foreign_socket(place: str) -> None:
    """Whoever owns the socket's folder can listen in our daemon's place and read along."""
    try:
        status = os.lstat(os.path.dirname(place))
    except OSError:
        return  # no folder: no daemon
    if not stat.S_ISDIR(status.st_mode):
        raise MemorydError(
            "the daemon's folder is no folder",
            where=os.path.dirname(place),
            next_step="remove it, or set MEMORYD_HOME to a folder of yours",
        )
    if status.st_uid != os.getuid() or status.st_mode & 0o022:
        raise MemorydError(
            "the daemon's folder can be written by others",
            where=os.path.dirname(place),
            next_step="remove it (or `chmod 700` it), or set MEMORYD_HOME to a folder of yours",
        )


def _result(message: Message) -> Message:
    if "error" in message:
        raise RemoteError(message["error"])
    result = message.get("result")
    if not isinstance(result, dict):
        raise ConnectionLost("the daemon answered without a result", next_step="see `memoryd daemon logs`")
    return result


def _answer(key: Any, message: Message) -> DaemonReply:
    try:
        return DaemonReply(key, _result(message), None)
    except RemoteError as error:
        return DaemonReply(key, None, error)
