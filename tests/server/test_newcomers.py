"""Connections of nobody in particular: the oldest gives way, each has its time, and whoever is known is left alone."""

from __future__ import annotations

import asyncio

from memoryd.server import newcomers
from memoryd.server.newcomers import Newcomers, bearable

LIMIT = 5


def came_and_ended(count: int, known: set[int], patience_s: float, wait_s: float) -> list[int]:
    """Which of ``count`` newcomers are ended when those of ``known`` are known as soon as they came."""
    ended: list[int] = []

    async def run() -> None:
        waiting = Newcomers(LIMIT, patience_s)
        for number in range(count):
            key = waiting.came(lambda number=number: ended.append(number))
            if number in known:
                waiting.left(key)
        await asyncio.sleep(wait_s)

    asyncio.run(run())
    return ended


def test_the_oldest_gives_way() -> None:
    """Nobody else."""
    assert came_and_ended(LIMIT + 3, {1}, 60, 0) == [0, 2]


def test_each_has_its_time() -> None:
    """Also when there is room for more."""
    assert came_and_ended(3, {1}, 0.01, 0.2) == [0, 2]


def test_few_files_bear_few_connections() -> None:
    """But always some, and never more than wanted."""
    assert bearable(3, 10**9) == 3
    assert bearable(10**9, 10**9) == newcomers.LEAST
