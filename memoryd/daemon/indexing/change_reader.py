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
from memoryd.daemon.processes.watched_child import WatchedChild
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
        self._child: WatchedChild | None = None
        self._turn = asyncio.Lock()
        self._rest: asyncio.TimerHandle | None = None

    async def read(self, request: Mapping[str, Any], deadline_s: float) -> Change:
        """``request``: the fields of an ingest.change.ChangeRequest. Raises DeadlineError, MemorydError for a file that
        cannot be compared in the time that it may take, and what the reader says is wrong with the change."""
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
        """Asks a second child where the first one died, for it may have been dead before it was asked."""
        reason = ""
        for _ in range(2):
            try:
                answer = await self._answer(line)
                if answer:
                    return _REPLY.decode(answer)
                reason = await self._why_ended()
            except (OSError, msgspec.DecodeError) as error:
                reason = str(error)
            self.close()
        raise MemorydError(
            f"the change reader failed: {reason[:200]}",
            where=MODULE,
            next_step="try again; see `memoryd daemon logs`",
        )

    async def _answer(self, line: bytes) -> bytes:
        if self._child is None or not self._child.child.running:
            self.close()
            self._child = await WatchedChild.start(MODULE, self._environment, self._log_file)
        try:
            await self._child.child.send(line)
        except ConnectionError:  # it has just ended
            return b""
        return await self._child.read_line()

    async def _why_ended(self) -> str:
        """In words. Raises MemorydError where a part of the change took all the time that it may."""
        assert self._child is not None
        self._child.child.kill()  # it may have said more than a line may hold, and live on
        words, ended = await self._child.ended()
        if ended is None or ended.how != "cpu":
            return f"it ended with {words}"
        self.close()
        raise MemorydError(
            f"the change cannot be read: comparing this took {ended.detail}",
            where=ended.unit.path or "the change as a whole",
            next_step="leave it out: name the other paths, or raise index.unit_cpu_s",
        )

    def close(self) -> None:
        """End the child; the next change starts another."""
        child, self._child = self._child, None
        if child:
            child.child.kill()
            child.close()
