"""How much is computed at once: a bounded pool of threads, a bounded fair queue before it, a deadline for both."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from memoryd.config import LimitsSection
from memoryd.errors import BusyError, MemorydError
from memoryd.server.fair_queue import FairQueue

T = TypeVar("T")
INTERRUPT_EVERY_S = 0.05
_LOOKS_AT_ONCE = 64  # threads start only as they are needed
_LOOKS_OF_A_FOLDER = 4  # one that hangs takes no more: the others are for other folders


class DeadlineError(MemorydError):
    """An answer took longer than ``limits.deadline_s``."""


class Gate:
    """Runs blocking reads. A place counts as taken until its thread has really ended."""

    def __init__(self, limits: LimitsSection) -> None:
        self._limits = limits
        self._pool = ThreadPoolExecutor(limits.parallel, thread_name_prefix="read")
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="aside")
        self._looks = ThreadPoolExecutor(_LOOKS_AT_ONCE, thread_name_prefix="look")
        self._of_folder: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._queue: FairQueue[asyncio.Future[None]] = FairQueue()
        self._running = self._waiting = 0

    async def run(
        self,
        work: Callable[[], T],
        *,
        interrupt: Callable[[], None],
        caller: str = "",
        short: bool = False,
        deadline_s: float | None = None,
    ) -> T:
        """``work()`` in a thread, when it is the turn of ``caller``. After cancellation (the client left) or the
        deadline ``interrupt`` is called until the thread has ended: one call ends only the query of that moment.

        Raises BusyError when all places and the queue are full, DeadlineError when time is up.
        """
        loop = asyncio.get_running_loop()
        seconds = self._limits.deadline_s if deadline_s is None else deadline_s
        thread: Future[T] | None = None
        try:
            async with asyncio.timeout(seconds or None):
                await self._place(caller, short)
                thread = self._pool.submit(work)
                thread.add_done_callback(lambda _: _call_soon(loop, self._release))
                return await asyncio.wrap_future(thread)
        except TimeoutError:
            if thread:
                _press(loop, thread, interrupt)
            raise DeadlineError(
                f"no answer within {seconds:g} s",
                where="limits.deadline_s",
                next_step="ask for less (fewer hops, a narrower path), or raise the limit",
            ) from None
        except asyncio.CancelledError:
            if thread:
                _press(loop, thread, interrupt)
            raise

    @property
    def taken(self) -> int:
        """Questions that are computed or wait."""
        return self._running + self._waiting

    async def _place(self, caller: str, short: bool) -> None:
        """Return when there is a place for ``caller``. Where too many wait, the one with the most of them gives way."""
        if self._running < self._limits.parallel and not self._waiting:
            self._running += 1
            return
        if self._waiting >= self._limits.waiting:
            given_way = self._queue.last_of_most(caller)
            if given_way is None:
                raise self._busy()
            if not given_way.done():  # who waited may have left at this very moment
                given_way.set_exception(self._busy())
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.put(caller, turn, short=short)
        self._waiting += 1
        try:
            await turn
        except asyncio.CancelledError:
            self._queue.remove(caller, turn)
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self._release()  # its turn came at this very moment
            raise
        finally:
            self._waiting -= 1

    def _busy(self) -> BusyError:
        return BusyError(
            "memoryd is busy: too many questions at once",
            where=f"limits.parallel {self._limits.parallel}, limits.waiting {self._limits.waiting}",
            next_step="ask again in a moment",
        )

    async def look(self, work: Callable[[], T], *, where: str, deadline_s: float | None = None) -> T:
        """``work()``, which looks at the folder ``where`` that a caller named, in a thread: a disk or network share
        that hangs holds up the callers that name it, never the event loop nor all threads. Raises DeadlineError."""
        seconds = self._limits.deadline_s if deadline_s is None else deadline_s
        loop = asyncio.get_running_loop()
        place = self._of_folder.setdefault(where, asyncio.Semaphore(_LOOKS_OF_A_FOLDER))
        try:
            async with asyncio.timeout(seconds or None):
                await place.acquire()
                thread = self._looks.submit(work)
                thread.add_done_callback(lambda _: _call_soon(loop, place.release))
                return await asyncio.wrap_future(thread)
        except TimeoutError:
            raise DeadlineError(
                f"this folder could not be looked at within {seconds:g} s",
                where=where,
                next_step="see whether its disk or network share, or that of another project, hangs",
            ) from None

    def aside(self, work: Callable[[], object]) -> None:
        """``work()`` in the background, one at a time; a failure is logged."""
        self._aside.submit(_logged, work)

    def _release(self) -> None:
        self._running -= 1
        while self._running < self._limits.parallel and (turn := self._queue.take()):
            if not turn.done():  # who waited may have left
                self._running += 1
                turn.set_result(None)

    def close(self) -> None:
        for pool in (self._pool, self._aside, self._looks):
            pool.shutdown(wait=False, cancel_futures=True)


def _logged(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception:
        logging.getLogger(__name__).exception("work in the background failed")


def _press(loop: asyncio.AbstractEventLoop, thread: Future[Any], interrupt: Callable[[], None]) -> None:
    if not thread.done():
        interrupt()
        loop.call_later(INTERRUPT_EVERY_S, _press, loop, thread, interrupt)


def _call_soon(loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody counts any more
        loop.call_soon_threadsafe(callback)
