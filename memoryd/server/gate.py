"""How much is computed at once: a bounded pool of threads, a bounded queue before it, one deadline for both."""

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
        self.taken = 0

    async def run(
        self, work: Callable[[], T], *, interrupt: Callable[[], None], deadline_s: float | None = None
    ) -> T:
        """``work()`` in a thread. After cancellation (the client left) or the deadline ``interrupt`` is called
        until the thread has ended: one call ends only the query of that moment.

        Raises BusyError when all places and the queue are full, DeadlineError when time is up.
        """
        if self.taken >= self._limits.parallel + self._limits.waiting:
            raise BusyError(
                "memoryd is busy: too many questions at once",
                where=f"limits.parallel {self._limits.parallel}, limits.waiting {self._limits.waiting}",
                next_step="ask again in a moment",
            )
        self.taken += 1
        loop = asyncio.get_running_loop()
        thread = self._pool.submit(work)
        thread.add_done_callback(lambda _: _call_soon(loop, self._release))
        seconds = self._limits.deadline_s if deadline_s is None else deadline_s
        try:
            async with asyncio.timeout(seconds or None):
                return await asyncio.wrap_future(thread)
        except TimeoutError:
            _press(loop, thread, interrupt)
            raise DeadlineError(
                f"no answer within {seconds:g} s",
                where="limits.deadline_s",
                next_step="ask for less (fewer hops, a narrower path), or raise the limit",
            ) from None
        except asyncio.CancelledError:
            _press(loop, thread, interrupt)
            raise

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
        self.taken -= 1

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
