"""Asks the change reader: one child for all projects, one change at a time, gone when idle."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from indexers.facts import Change
from memoryd.daemon.indexing.jobs import JobError
from memoryd.daemon.processes.child_process import Child
from memoryd.errors import MemorydError
from memoryd.server.gate import DeadlineError
from memoryd.server.protocol import encode

MODULE = "memoryd.ingest.change"
DEADLINE_S = 120.0  # a person's or a build's; an agent has no more than one answer may take


class _ChangeLine(Struct, frozen=True):
    """Exactly one of the two is set."""

    change: Change | None = None
    error: dict[str, Any] | None = None


_REPLY = msgspec.json.Decoder(_ChangeLine)


class ChangeReader:
    """The child and the queue before it."""

    def __init__(self, log_file: Path, environment: Mapping[str, str], idle_s: float) -> None:
        self._log_file, self._environment, self._idle_s = log_file, environment, idle_s
        self._child: Child | None = None
        self._turn = asyncio.Lock()
        self._rest: asyncio.TimerHandle | None = None

    async def read(self, request: Mapping[str, Any], deadline_s: float) -> Change:
        """``request``: the fields of an ingest.change.ChangeRequest. Raises DeadlineError, and what the reader
        says is wrong with the change."""
        try:
            async with asyncio.timeout(deadline_s), self._turn:
                reply = await self._alone(encode(request))
        except TimeoutError:
            raise DeadlineError(
                f"the change was not read within {deadline_s:g} s",
                where="limits.deadline_s",
                next_step="check less: name the paths, or use the command line",
            ) from None
        if reply.change is None:
            raise JobError(reply.error or {})
        return reply.change

    async def _alone(self, line: bytes) -> _ChangeLine:
        if self._rest:
            self._rest.cancel()
        try:
            reply = await self._ask(line)
        except asyncio.CancelledError:  # the client left, or time is up
            self.close()  # its answer would be taken for the next one's
            raise
        self._rest = asyncio.get_running_loop().call_later(self._idle_s, self.close)
        return reply

    async def _ask(self, line: bytes) -> _ChangeLine:
        """Once more where a reader of an earlier change turns out to have died meanwhile."""
        was_there = self._child is not None
        try:
            return await self._asked(line)
        except MemorydError:
            if not was_there:
                raise
            return await self._asked(line)

    async def _asked(self, line: bytes) -> _ChangeLine:
        try:
            if self._child is None or not self._child.running:
                self._child = await Child.start(MODULE, self._environment, self._log_file)
            await self._child.send(line)
            answer = await self._child.read_line()
            if answer:
                return _REPLY.decode(answer)
        except (OSError, msgspec.DecodeError) as error:
            reason = str(error)
        else:
            reason = "it ended"
        self.close()
        raise MemorydError(
            f"the change reader failed: {reason[:200]}",
            where=MODULE,
            next_step="try again; see `memoryd daemon logs`",
        )

    def close(self) -> None:
        """End the child; the next change starts another."""
        child, self._child = self._child, None
        if child:
            child.kill()
