"""What files reach over a relation, told without going through it: the same as a search from each file would find."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.ingest.link.fixpoint import reach
from memoryd.ingest.link.fixpoint.cache import FixpointCache
from memoryd.ingest.link.fixpoint.reach import Reach

Graph = Mapping[int, tuple[int, ...]]
_GRAPHS = st.integers(2, 14).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, size - 1), max_size=4).map(tuple), min_size=size, max_size=size
    ).map(lambda rows: dict(enumerate(rows)))
)


def _reach(graph: Graph, names: Mapping[int, str]) -> Reach[int]:
    cache = FixpointCache()

    def direct(number: int) -> tuple[int, ...]:
        cache.seen.add(number)
        return graph[number]

    return Reach(cache, direct, lambda number: names.get(number, ""))


def _searched(graph: Graph, start: int) -> list[int]:
    """All that is reached, as a breadth-first search meets it."""
    found = [start]
    for number in found:
        found += [other for other in dict.fromkeys(graph[number]) if other not in found]
    return found[1:]


@pytest.mark.parametrize("few", [0, 64])
@given(graph=_GRAPHS, chance=st.randoms(use_true_random=False), data=st.data())
def test_who_has_a_name_is_found_nearest_first(few: int, graph: Graph, chance, data: st.DataObject) -> None:
    """In any graph, whoever asks first and however sets are kept: those that a search would meet, in its order, and
    everything that the relation looked at is noted."""
    names = data.draw(st.dictionaries(st.sampled_from(sorted(graph)), st.sampled_from(["a", "b", "ab"])))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reach, "_FEW", few)
        files = _reach(graph, names)
        for start in chance.sample(sorted(graph), len(graph)):
            files._cache.seen = set()
            met = _searched(graph, start)
            for name in "ab":
                found = files.having(start, name)
                having = [number for number in met if name in names.get(number, "")]
                assert list(files.nearest(start, found)) == having
                assert list(files.nearest(start, found, lambda *_: True)) == having
            assert all(files.has(start, number) for number in met)
            assert files._cache.seen == {start, *met}


@given(graph=_GRAPHS)
def test_a_search_goes_only_where_it_may(graph: Graph) -> None:
    """What only a way that is closed leads to is not met."""
    files = _reach(graph, dict.fromkeys(graph, "a"))
    odd = {number: tuple(o for o in others if o % 2) for number, others in graph.items()}
    for start in graph:
        found = files.having(start, "a")
        met = list(files.nearest(start, found, lambda _, target: target % 2 == 1))
        assert met == _searched(odd, start)


def test_a_long_chain_and_a_wide_file_are_walked_once() -> None:
    """16,000 files in a row, and one that takes in all of them: each is read once."""
    size, read = 16_000, 0

    def direct(number: int) -> tuple[int, ...]:
        nonlocal read
        read += 1
        return tuple(range(size)) if number == size else (number + 1,) if number + 1 < size else ()

    files = Reach(FixpointCache(), direct, lambda number: (f"f{number}",))
    assert list(files.nearest(0, files.having(0, f"f{size - 1}"))) == [size - 1]
    assert list(files.nearest(size, files.having(size, "f7"))) == [7]
    assert not files.having(5, "f4")
    assert read == size + 1
