"""Who may speak HTTP to the daemon: a body of one length, exact Host, exact Origin, the bearer token, in
this order.

A web page can make a browser send requests to 127.0.0.1 (and, by DNS rebinding, under any host name). The
SDK's own check accepts every port of localhost as an origin and knows no token.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from msgspec import Struct

from memoryd.server.http import token
from memoryd.server.http.visitors import Visitors

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

BODY_TIMEOUT_S = 30.0  # for a request to arrive in full
SEND_TIMEOUT_S = 60.0  # a client that takes no bytes for so long is treated as gone


class Rules(Struct, frozen=True):
    """``hosts`` and ``origins`` are compared as whole strings. ``token`` ``""``: none is asked for. ``pages``: those of
    ``origins`` that a browser asks for first, without the token (a preflight)."""

    hosts: frozenset[str]
    origins: frozenset[str]
    token: str
    pages: frozenset[str] = frozenset()


class Refusal(Struct, frozen=True):
    status: int
    text: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Guard:
    """ASGI middleware: lets through what the rules allow, with limits on how many are let in and on the time that a
    request and its answer may take."""

    def __init__(self, app: App, rules: Rules, visitors: Visitors) -> None:
        self._app, self._rules, self._visitors = app, rules, visitors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no websockets: the server closes the connection
        refusal = judge(scope, self._rules)
        is_known = refusal is None and not _is_preflight(scope, self._rules)
        if is_known and not self._visitors.admit(scope["client"]):
            refusal = Refusal(503, "too many clients are connected: close some")
        if refusal:
            await _refuse(refusal, send)
            return
        await self._app(scope, _Patience(receive), _private(self._while_taken(send, scope["client"])))

    def _while_taken(self, send: Send, client: tuple[str, int]) -> Send:
        async def sending(message: Message) -> None:
            try:
                async with asyncio.timeout(SEND_TIMEOUT_S):
                    await send(message)
            except TimeoutError:
                self._visitors.end(client)

        return sending


def judge(scope: Scope, rules: Rules) -> Refusal | None:
    """None for a request that may pass."""
    if values_of(scope, b"content-length") and values_of(scope, b"transfer-encoding"):
        return Refusal(400, "a body has a length or comes in chunks, not both")
    hosts = values_of(scope, b"host")
    if len(hosts) != 1 or hosts[0] not in rules.hosts:
        return Refusal(421, "this host name is not served here")
    origins = values_of(scope, b"origin")
    if len(origins) > 1 or any(origin not in rules.origins for origin in origins):
        return Refusal(403, "this origin may not call")
    if not rules.token or _is_preflight(scope, rules):
        return None
    given = values_of(scope, b"authorization")
    scheme, _, credentials = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not token.matches(credentials.strip(), rules.token):
        return Refusal(401, "the bearer token is missing or wrong", ((b"www-authenticate", b"Bearer"),))
    return None


def _is_preflight(scope: Scope, rules: Rules) -> bool:
    """What a browser asks before a page may ask; it never carries the token, and CORS answers it alone."""
    asked = scope["method"] == "OPTIONS" and values_of(scope, b"access-control-request-method")
    return bool(asked) and any(origin in rules.pages for origin in values_of(scope, b"origin"))


def values_of(scope: Scope | Message, wanted: bytes) -> list[str]:
    """The values of the header of this name, which is given in lower case."""
    return [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == wanted]


class _Patience:
    """``receive`` that gives up on a body which does not arrive, so that half-open requests go away."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._deadline_s = asyncio.get_running_loop().time() + BODY_TIMEOUT_S
        self._complete = False

    async def __call__(self) -> Message:
        if self._complete:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline_s):
                message = await self._receive()
        except TimeoutError:
            self._complete = True
            return {"type": "http.disconnect"}
        self._complete = message["type"] != "http.request" or not message.get("more_body", False)
        return message


def _private(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                *message.get("headers", []),
                (b"x-content-type-options", b"nosniff"),
            ]
        await send(message)

    return sending


async def _refuse(refusal: Refusal, send: Send) -> None:
    body = refusal.text.encode() + b"\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),  # what it still sends is not read
        *refusal.headers,
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
