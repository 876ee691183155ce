"""Connections to the HTTP server: how many and how long before the token was seen, and how many after.

Every program and user of this machine may connect; none of them may keep others out, nor take the memory or the
open files that the Unix socket needs.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from memoryd.server.newcomers import Newcomers, bearable

HEAD_S = 5.0  # for a request to say all that stands before its body
HEAD_BYTES = 16_384
MAX_NEWCOMERS, NEWCOMERS_ONE_IN = 128, 16  # so many, or one in so many of the files that may be open
MAX_KNOWN, KNOWN_ONE_IN = 256, 8


class Visitors:
    """Those that came, and those of them that are known."""

    def __init__(self) -> None:
        self.newcomers = Newcomers(bearable(MAX_NEWCOMERS, NEWCOMERS_ONE_IN), HEAD_S)
        self._limit = bearable(MAX_KNOWN, KNOWN_ONE_IN)
        self._open: dict[tuple[str, int], HttpVisit] = {}
        self._known: set[tuple[str, int]] = set()

    def came(self, visit: HttpVisit, address: tuple[str, int]) -> None:
        self._open[address] = visit

    def left(self, address: tuple[str, int]) -> None:
        self._open.pop(address, None)
        self._known.discard(address)

    def admit(self, address: tuple[str, int]) -> bool:
        """A request from there has shown the token. False where so many are known already that it cannot be served."""
        if address not in self._known and len(self._known) >= self._limit:
            return False
        if visit := self._open.get(address):
            self._known.add(address)
            visit.is_known()
        return True

    def end(self, address: tuple[str, int]) -> None:
        """Close the connection now, whatever was not read of it."""
        if visit := self._open.get(address):
            visit.transport.abort()


class HttpVisit(H11Protocol):
    """One connection. A newcomer until its first request is let in; afterwards the next head must be whole within
    ``HEAD_S`` of its first byte."""

    def __init__(self, visitors: Visitors, **given: Any) -> None:
        super().__init__(**given)
        self._visitors, self._newcomer, self._address = visitors, -1, ("", 0)
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._newcomer = self._visitors.newcomers.came(transport.abort)
        self._address = self.client or self._address
        self._visitors.came(self, self._address)

    def connection_lost(self, exc: Exception | None) -> None:
        self._visitors.newcomers.left(self._newcomer)
        self._visitors.left(self._address)
        self._wait_for_head(False)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._wait_for_head(self.conn.their_state is h11.IDLE)

    def is_known(self) -> None:
        self._visitors.newcomers.left(self._newcomer)

    def _wait_for_head(self, waits: bool) -> None:
        if waits and self._head_timer is None:
            self._head_timer = self.loop.call_later(HEAD_S, self.transport.abort)
        elif not waits and self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
