"""The gate: bounded threads, a bounded queue, one deadline, and queries that really stop."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from memoryd.config import LimitsSection
from memoryd.errors import BusyError
from memoryd.server.gate import DeadlineError, Gate

ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


@contextmanager
def gate(parallel: int = 2, waiting: int = 2, deadline_s: float = 5.0) -> Iterator[Gate]:
    opened = Gate(LimitsSection(parallel=parallel, waiting=waiting, deadline_s=deadline_s))
    yield opened
    opened.close()


def nothing() -> None:
    """There is nothing to interrupt."""


def test_what_is_too_much_is_refused_at_once() -> None:
    """With all places and the queue taken a call gets BusyError immediately; the others are answered."""

    async def run() -> list[object]:
        release = threading.Event()
        with gate() as opened:
            calls = [asyncio.create_task(opened.run(release.wait, interrupt=nothing)) for _ in range(7)]
            await asyncio.sleep(0.05)
            release.set()
            results = await asyncio.gather(*calls, return_exceptions=True)
            assert opened.taken == 0
            return results

    results = asyncio.run(run())
    assert [result is True for result in results] == [True] * 4 + [False] * 3
    assert all(isinstance(result, BusyError) for result in results[4:])


def test_an_endless_query_stops_at_the_deadline() -> None:
    """At the deadline the caller gets its error and SQLite stops computing; the place becomes free."""

    async def run() -> float:
        conn = sqlite3.connect(":memory:", check_same_thread=False)
        start_s = time.monotonic()
        with gate(deadline_s=0.2) as opened:
            with pytest.raises(DeadlineError, match=r"0\.2 s"):
                await opened.run(lambda: conn.execute(ENDLESS).fetchone(), interrupt=conn.interrupt)
            while opened.taken:
                await asyncio.sleep(0.01)
        return time.monotonic() - start_s

    assert asyncio.run(run()) < 1


def test_many_short_queries_stop_as_well() -> None:
    """Work that asks query after query is interrupted until it gives up, not only once."""
    asked = 0

    async def run() -> None:
        conn = sqlite3.connect(":memory:", check_same_thread=False)

        def work() -> None:
            nonlocal asked
            while True:
                asked += 1
                conn.execute(ENDLESS + " LIMIT 1").fetchone() if asked % 3 == 0 else time.sleep(0.02)

        with gate(deadline_s=0.1) as opened:
            with pytest.raises(DeadlineError):
                await opened.run(work, interrupt=conn.interrupt)
            while opened.taken:
                await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(run(), 5))
    assert asked


def test_a_client_that_leaves_stops_its_query() -> None:
    """Cancelling the call interrupts the running query within a second."""

    async def run() -> float:
        conn = sqlite3.connect(":memory:", check_same_thread=False)
        with gate() as opened:
            call = asyncio.create_task(
                opened.run(lambda: conn.execute(ENDLESS).fetchone(), interrupt=conn.interrupt)
            )
            await asyncio.sleep(0.1)
            start_s = time.monotonic()
            call.cancel()
            while opened.taken:
                await asyncio.sleep(0.01)
            return time.monotonic() - start_s

    assert asyncio.run(run()) < 1


def test_a_folder_that_hangs_takes_few_threads() -> None:
    """However many callers name a folder that does not answer, others are looked at; when it comes back, all who
    still wait for it are answered."""
    hangs = threading.Event()
    begun: list[int] = []

    def stuck() -> bool:
        begun.append(1)
        return hangs.wait(60)

    async def run() -> None:
        with gate(deadline_s=0) as opened:
            waiting = [asyncio.create_task(opened.look(stuck, where="/hung")) for _ in range(100)]
            await asyncio.sleep(0)
            try:
                for number in range(40):
                    assert await opened.look(lambda: True, where=f"/other/{number}")
                assert 0 < len(begun) < 10
            finally:
                hangs.set()
            assert await asyncio.gather(*waiting) == [True] * 100

    asyncio.run(asyncio.wait_for(run(), 50))


def test_a_place_at_a_folder_is_free_when_the_folder_has_answered() -> None:
    """A caller whose time is up frees no thread, and who comes later takes none of another folder."""
    hangs = threading.Event()

    async def run() -> None:
        with gate(deadline_s=0.05) as opened:
            try:
                for _ in range(6):
                    with pytest.raises(DeadlineError):
                        await opened.look(lambda: hangs.wait(60), where="/hung")
                assert await opened.look(lambda: True, where="/other", deadline_s=30)
            finally:
                hangs.set()
            assert await opened.look(lambda: True, where="/hung", deadline_s=30)

    asyncio.run(asyncio.wait_for(run(), 50))


async def _fills(opened: Gate, release: threading.Event, calls: int) -> list[asyncio.Task[bool]]:
    """A greedy caller's calls, the first of which computes."""
    waiting = [
        asyncio.create_task(opened.run(lambda: release.wait(60), interrupt=nothing, caller="greedy"))
        for _ in range(calls)
    ]
    await asyncio.sleep(0)
    return waiting


def test_a_greedy_caller_does_not_keep_others_waiting() -> None:
    """Another's question is next, however many the first has asked before."""
    order: list[str] = []

    async def run() -> None:
        release = threading.Event()
        with gate(parallel=1, waiting=100) as opened:
            first = await _fills(opened, release, 1)
            calls = [
                asyncio.create_task(
                    opened.run(lambda who=who: order.append(who), interrupt=nothing, caller=who)
                )
                for who in [*["greedy"] * 30, "other"]
            ]
            await asyncio.sleep(0)
            release.set()
            await asyncio.gather(*first, *calls)
            assert opened.taken == 0

    asyncio.run(asyncio.wait_for(run(), 50))
    assert order.index("other") == 1


def test_who_fills_the_queue_gives_way() -> None:
    """When no more may wait, the newest of the caller with most of them is refused for one who has none."""

    async def run() -> list[object]:
        release = threading.Event()
        with gate(parallel=1, waiting=5) as opened:
            greedy = await _fills(opened, release, 6)
            other = asyncio.create_task(opened.run(lambda: "other", interrupt=nothing, caller="other"))
            await asyncio.sleep(0)
            release.set()
            assert await other == "other"
            found = await asyncio.gather(*greedy, return_exceptions=True)
            assert opened.taken == 0
            return found

    found = asyncio.run(asyncio.wait_for(run(), 50))
    assert found[:5] == [True] * 5
    assert isinstance(found[5], BusyError)


def test_who_leaves_while_it_waits_takes_no_place() -> None:
    """Neither does one whose time is up; all who stay are answered."""

    async def run() -> None:
        release = threading.Event()
        with gate(parallel=1, waiting=5) as opened:
            first, *leaving = await _fills(opened, release, 3)
            late = opened.run(lambda: "late", interrupt=nothing, caller="late", deadline_s=0.01)
            with pytest.raises(DeadlineError):
                await late
            stays = asyncio.create_task(opened.run(lambda: "stays", interrupt=nothing, caller="stays"))
            await asyncio.sleep(0)
            for call in leaving:
                call.cancel()
            await asyncio.sleep(0)
            release.set()
            assert await first
            assert await stays == "stays"
            assert opened.taken == 0

    asyncio.run(asyncio.wait_for(run(), 50))


def test_who_would_give_way_may_have_left_at_that_very_moment() -> None:
    """Regression: what had been cancelled, but had not run since, was told to give way, which is an error."""

    async def run() -> None:
        release = threading.Event()
        with gate(parallel=1, waiting=5) as opened:
            greedy = await _fills(opened, release, 6)
            other = asyncio.create_task(opened.run(lambda: "other", interrupt=nothing, caller="other"))
            greedy[-1].cancel()
            release.set()
            assert await other == "other"
            await asyncio.gather(*greedy, return_exceptions=True)
            assert opened.taken == 0

    asyncio.run(asyncio.wait_for(run(), 50))
