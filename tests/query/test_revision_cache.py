"""What is kept from one question to the next is of the state that is asked about, and there is never too much of it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from msgspec import structs
from rows import Rows

from memoryd.query.context import Context
from memoryd.query.revision_cache import RevisionCache
from memoryd.store import sqlite


@pytest.fixture
def ctx(tmp_path: Path) -> Context:
    return Rows(tmp_path / "index.db").context()


def counted(cache: RevisionCache[int], ctx: Context, *keys: str) -> int:
    """How many of these questions were computed."""
    computed: list[str] = []

    def compute(key: str) -> int:
        computed.append(key)
        return len(computed)

    for key in keys:
        cache.get(ctx, key, partial(compute, key))
    return len(computed)


def test_each_is_computed_once_for_each_state(ctx: Context) -> None:
    """Another commit, another run of the index, another view are other states."""
    cache: RevisionCache[int] = RevisionCache(9)
    assert counted(cache, ctx, "a", "b", "a") == 2
    assert counted(cache, ctx, "a") == 0
    for change in ({"head": "f" * 40}, {"indexed_at_s": 7}, {"id": 99}):
        assert counted(cache, structs.replace(ctx, view=structs.replace(ctx.view, **change)), "a") == 1


def test_the_longest_unused_goes_first(ctx: Context) -> None:
    """There are never more than as many as may be."""
    cache: RevisionCache[int] = RevisionCache(2)
    assert counted(cache, ctx, "a", "b", "a", "c") == 3
    assert counted(cache, ctx, "a", "c") == 0
    assert counted(cache, ctx, "b") == 1


def test_nothing_is_kept_of_an_index_without_a_file(ctx: Context) -> None:
    """Those of all projects have the same name: none."""
    cache: RevisionCache[int] = RevisionCache(2)
    assert counted(cache, structs.replace(ctx, index=sqlite.empty("index")), "a", "a") == 2
