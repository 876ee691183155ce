"""Connections of which nobody knows yet who has made them: few, and not for long."""

from __future__ import annotations

import asyncio
import itertools
import resource
from collections.abc import Callable

ACCEPTED_AT_ONCE = 8  # then what those sent is read: who speaks is heard before it is one too many
LEAST = 32


class Newcomers:
    """Each has ``patience_s``: who takes longer is ended, and where there are too many the one that came first. Who
    says at once what it wants is served, however many others say nothing."""

    def __init__(self, limit: int, patience_s: float) -> None:
        self._limit, self._patience_s = limit, patience_s
        self._ends: dict[int, Callable[[], None]] = {}
        self._timers: dict[int, asyncio.TimerHandle] = {}
        self._numbers = itertools.count()

    def came(self, end: Callable[[], None]) -> int:
        """A newcomer, which ``end`` ends. Returns its number for ``left``."""
        if len(self._ends) >= self._limit:
            self._end(next(iter(self._ends)))
        number = next(self._numbers)
        self._ends[number] = end
        self._timers[number] = asyncio.get_running_loop().call_later(self._patience_s, self._end, number)
        return number

    def left(self, number: int) -> None:
        """It is known now, or gone."""
        self._ends.pop(number, None)
        if timer := self._timers.pop(number, None):
            timer.cancel()

    def _end(self, number: int) -> None:
        end = self._ends[number]
        self.left(number)
        end()


def bearable(most: int, one_in: int) -> int:
    """How many connections of a kind this process can bear: ``most``, or fewer where it may have few files open, of
    which one in ``one_in`` is theirs."""
    return min(most, max(LEAST, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // one_in))
