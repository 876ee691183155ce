"""Newline-delimited JSON over one socket, read and written at the same time.

A client that only writes while the daemon only writes would wait for ever; ``Wire`` never does.
"""

from __future__ import annotations

import json
import select
import socket
from collections.abc import Callable
from typing import Any

from memoryd.errors import MemorydError

READ_BYTES = 1 << 18

Message = dict[str, Any]


class ConnectionLost(MemorydError):
    """The daemon closed the connection, or sent something that is no message."""


class Wire:
    """One connection. ``send`` only queues; ``receive`` moves bytes both ways until a message is complete."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._out = bytearray()
        self._in = bytearray()
        self._searched = 0  # bytes of _in known to hold no newline

    def send(self, message: Message) -> None:
        self._out += json.dumps(message, separators=(",", ":")).encode() + b"\n"

    def receive(self) -> Message:
        """The next message. Raises ConnectionLost."""
        message = self.receive_or(None)
        assert message is not None
        return message

    def receive_or(self, also: int | None) -> Message | None:
        """The next message. None when the descriptor ``also`` became readable before one was complete.

        Raises ConnectionLost.
        """
        mine = self._sock.fileno()
        watched = [mine] if also is None else [mine, also]
        while (line := self._take_line()) is None:
            readable, writable, _ = select.select(watched, [mine] if self._out else [], [])
            if writable:
                self._write()
            if mine in readable:
                self._read()
            elif also in readable:
                return None
        return _parse(line)

    def close(self) -> None:
        self._sock.close()

    def _take_line(self) -> bytes | None:
        end = self._in.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(self._in)
            return None
        line = bytes(self._in[:end])
        del self._in[: end + 1]
        self._searched = 0
        return line

    def _write(self) -> None:
        sent = _or_lost(lambda: self._sock.send(bytes(self._out[:READ_BYTES])))
        del self._out[: sent or 0]

    def _read(self) -> None:
        data = _or_lost(lambda: self._sock.recv(READ_BYTES))
        if data == b"":
            raise _lost("the daemon closed the connection")
        self._in += data or b""


def _or_lost(operation: Callable[[], Any]) -> Any:
    """The operation's value, None when it would have waited. Socket errors become ConnectionLost."""
    try:
        return operation()
    except (BlockingIOError, InterruptedError):
        return None
    except OSError as error:
        raise _lost(f"the connection to the daemon broke: {error.strerror}") from error


def _parse(line: bytes) -> Message:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _lost(f"the daemon sent a line that is no JSON ({error})") from error
    if not isinstance(message, dict):
        raise _lost("the daemon sent a message that is no JSON object")
    return message


def _lost(what: str) -> ConnectionLost:
    return ConnectionLost(what, next_step="see why in `memoryd daemon logs`, then try again")
