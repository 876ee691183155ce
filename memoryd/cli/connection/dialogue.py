"""What an MCP client said that the next daemon has to know: how it opened its session, what is not answered yet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

MAX_LINE_BYTES = 1 << 20  # a longer line passes through in pieces, and is not said again
_MAX_PENDING_BYTES = 4 << 20


class LineSplitter:
    """Cuts a stream into whole lines; of one that is too long the pieces as they come."""

    def __init__(self) -> None:
        self._part = bytearray()
        self._is_long = False  # the line under way passes through in pieces

    def pieces(self, data: bytes) -> Iterator[tuple[bytes, bool]]:
        """(bytes, whether they are a whole line). At the end of the stream what is left."""
        if not data and self._part:
            yield bytes(self._part), False
            self._part.clear()
        while data:
            line, newline, data = data.partition(b"\n")
            self._part += line + newline
            if newline or len(self._part) > MAX_LINE_BYTES:
                yield bytes(self._part), bool(newline) and not self._is_long
                self._part.clear()
                self._is_long = not newline

    def drop(self) -> None:
        """Forget a line that was cut off."""
        self._part.clear()
        self._is_long = False


class Dialogue:
    """The lines to say again, and which answer the client has already."""

    def __init__(self) -> None:
        self._opening: dict[str, bytes] = {}  # method -> line
        self._opened_by: Any = None  # id of `initialize`
        self._pending: dict[str, bytes] = {}  # id as JSON -> line
        self._known: str | None = None  # id of an answer that the client has already

    @property
    def is_waited_for(self) -> bool:
        """The client waits for an answer."""
        return bool(self._pending)

    def asked(self, line: bytes) -> None:
        """A line of the client."""
        message = _message(line)
        method, id_ = message.get("method"), message.get("id")
        if method in ("initialize", "notifications/initialized"):
            self._opening[method] = line
            self._opened_by = id_ if method == "initialize" else self._opened_by
        room = _MAX_PENDING_BYTES - sum(map(len, self._pending.values()))
        if isinstance(method, str) and id_ is not None and len(line) <= room:
            self._pending[json.dumps(id_)] = line
        if method == "notifications/cancelled" and isinstance(message.get("params"), dict):
            self._pending.pop(json.dumps(message["params"].get("requestId")), None)

    def answered(self, line: bytes) -> bool:
        """A line of the daemon: whether the client is to have it."""
        message = _message(line)
        if "method" in message or "id" not in message:
            return True
        key = json.dumps(message["id"])
        self._pending.pop(key, None)
        is_new = key != self._known
        self._known = None if not is_new else self._known
        return is_new

    def again(self) -> bytes:
        """What a new daemon is told."""
        opened_by = json.dumps(self._opened_by)
        if "initialize" in self._opening and opened_by not in self._pending:
            self._known = opened_by
        pending = [line for key, line in self._pending.items() if key != opened_by]
        return b"".join([*self._opening.values(), *pending])


def _message(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
