"""MCP sessions over HTTP: where there are too many, one that nobody uses makes room.

All clients have the same token. One of them that opens sessions without end, and leaves them, would keep the others
out for half an hour, after which the SDK ends what is idle. A client whose session was ended is told so (404) and opens
another, as the protocol has it.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS

from memoryd.server.http.access import App, Message, Receive, Scope, Send, values_of

log = logging.getLogger(__name__)

_ID, _VERSION = b"mcp-session-id", b"mcp-protocol-version"


class _Session:
    """``busy``: requests under way, an open stream among them. ``is_followed``: something was asked after the first."""

    def __init__(self) -> None:
        self.busy, self.is_followed = 0, False


class Sessions:
    """ASGI middleware: at most ``limit`` sessions are open. One more ends the one that was idle longest, those first
    that never asked anything after they were opened; none that has a request or a stream open. Where all have, it is
    left to ``app`` to refuse."""

    def __init__(self, app: App, limit: int) -> None:
        self._app, self._limit = app, limit
        self._open: dict[str, _Session] = {}  # by id, the one idle longest first
        self._opening = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif given := values_of(scope, _ID):
            await self._go_on(given[0], scope, receive, send)
        elif _opens_one(scope):
            await self._begin(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _go_on(self, name: str, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._in_use(name):
            answer = await self._answered(scope, receive, send)
        if answer.status == 404 or (scope["method"] == "DELETE" and 200 <= answer.status < 300):
            self._open.pop(name, None)

    @asynccontextmanager
    async def _in_use(self, name: str) -> AsyncIterator[None]:
        session = self._open.get(name) or _Session()
        session.busy += 1
        session.is_followed = True
        try:
            yield
        finally:
            session.busy -= 1
            if self._open.pop(name, None):
                self._open[name] = session

    async def _begin(self, scope: Scope, receive: Receive, send: Send) -> None:
        while len(self._open) + self._opening >= self._limit and await self._one_ended(scope):
            pass
        self._opening += 1
        try:
            answer = await self._answered(scope, receive, send)
        finally:
            self._opening -= 1
        if answer.session and answer.status < 400:
            self._open[answer.session] = _Session()

    async def _one_ended(self, scope: Scope) -> bool:
        """False where all are in use."""
        idle = [(name, one.is_followed) for name, one in self._open.items() if not one.busy]
        if not idle:
            return False
        name = next((name for name, is_followed in idle if not is_followed), idle[0][0])
        self._open.pop(name)
        log.warning("%d MCP sessions are open over HTTP: an idle one is ended", self._limit)
        headers = [(key, value) for key, value in scope["headers"] if key == b"host"]
        ending = {**scope, "method": "DELETE", "headers": [*headers, (_ID, name.encode("latin-1"))]}
        await self._answered(ending, _nothing, _nowhere)
        return True

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> _Answer:
        answer = _Answer(send)
        await self._app(scope, receive, answer)
        return answer


class _Answer:
    """``send`` that notes how the answer began."""

    def __init__(self, send: Send) -> None:
        self._send, self.status, self.session = send, 0, ""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.session = "".join(values_of(message, _ID)[:1])
        await self._send(message)


def _opens_one(scope: Scope) -> bool:
    """Clients of the newest protocol have no sessions."""
    versions = values_of(scope, _VERSION)
    return scope["method"] == "POST" and (not versions or versions[0] in HANDSHAKE_PROTOCOL_VERSIONS)


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _nowhere(_: Message) -> None:
    pass
