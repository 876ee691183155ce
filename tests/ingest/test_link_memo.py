"""Values that depend on each other: one answer, whoever asks first, and no more work than the changes need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from in_memory import Project

from memoryd.ingest.link.fixpoint.cache import FixpointCache
from memoryd.ingest.link.fixpoint.key_groups import pack, touched, with_groups

Graph = Mapping[int, tuple[int, ...]]


class _Reach:
    """``of(n)``: all that can be reached from n, told by asking its neighbours."""

    def __init__(self, graph: Graph, nested: int = 60) -> None:
        self.graph, self.fixpoints, self.computed = graph, FixpointCache(nested), 0

    def of(self, number: int) -> frozenset[int]:
        return self.fixpoints.fixpoints(number, lambda: self._make(number), frozenset())

    def _make(self, number: int) -> frozenset[int]:
        self.computed += 1
        self.fixpoints.seen.add(number)
        return frozenset({number}).union(*(self.of(other) for other in self.graph[number]))


def _all_keys(memo: FixpointCache) -> set[int]:
    """What was looked at, groups taken apart."""
    return memo.seen.union(*(keys for _, keys in memo.groups.within(memo.seen, set())))


def _reached(graph: Graph, start: int) -> frozenset[int]:
    found, todo = {start}, [start]
    while todo:
        for other in graph[todo.pop()]:
            if other not in found:
                found.add(other)
                todo.append(other)
    return frozenset(found)


_NUMBERS = st.integers(2, 12).flatmap(
    lambda size: st.lists(
        st.lists(st.integers(0, size - 1), max_size=4).map(tuple), min_size=size, max_size=size
    )
)


@given(_NUMBERS, st.randoms(use_true_random=False), st.sampled_from([1, 2, 3, 60]))
def test_a_value_is_the_fixed_point_whoever_asks_first(
    rows: list[tuple[int, ...]], chance, nested: int
) -> None:
    """In any graph, cycles included, and however deep values may wait for each other as calls: the value is the least
    fixed point, and all that it depends on is noted."""
    graph = dict(enumerate(rows))
    reach = _Reach(graph, nested)
    for number in chance.sample(sorted(graph), len(graph)):
        reach.fixpoints.seen = set()
        assert reach.of(number) == _reached(graph, number)
        assert _all_keys(reach.fixpoints) >= _reached(graph, number)
    assert not reach.fixpoints.is_computing


@pytest.mark.parametrize("nested", [1, 2, 60])
def test_a_value_that_waits_over_a_detour_is_not_settled_too_early(nested: int) -> None:
    """Regression: 2 asks 3, which waits for 1, which waits for 0; 2 was taken for the begin of a cycle of its own and
    kept with what 3 was worth by then."""
    graph = {0: (1, 2), 1: (3, 0), 2: (3,), 3: (1,)}
    reach = _Reach(graph, nested)
    assert [reach.of(number) for number in graph] == [frozenset(graph)] * 4


@pytest.mark.parametrize("size", [59, 60, 61, 130, 400])
def test_a_long_chain_has_one_answer(size: int) -> None:
    """Regression: what lay more than 60 values deep was unknown to whoever asked first, and known to the next."""
    graph = {number: (number + 1,) for number in range(size)} | {size: ()}
    for order in (range(size + 1), range(size, -1, -1)):
        reach = _Reach(graph)
        assert [len(reach.of(number)) for number in order] == [size + 1 - number for number in order]


class _ReachLater(_Reach):
    """The first value asks its neighbours only once its own value is no longer the default."""

    def _make(self, number: int) -> frozenset[int]:
        if number == 0 and not self.of(0):
            self.fixpoints.seen.add(0)
            return frozenset({0})
        return super()._make(number)


@pytest.mark.parametrize("nested", [1, 2, 3, 59, 60])
@pytest.mark.parametrize("size", [1, 2, 3, 58, 59, 60, 61, 62, 121])
def test_what_a_later_round_asks_first_is_noted_as_well(size: int, nested: int) -> None:
    """Regression: values that were begun in a later round of a value that waits lost the keys of one of them, or the
    ingest process ended (a chain of exactly as many values as may wait for each other)."""
    chain = {number: (number + 1,) for number in range(size)} | {size: (size,)}
    reach = _ReachLater(chain, nested)
    for number in range(size + 1):
        reach.fixpoints.seen = set()
        assert reach.of(number) == _reached(chain, number)
        assert _all_keys(reach.fixpoints) >= _reached(chain, number)


@pytest.mark.parametrize("last", [(), (0,)], ids=["chain", "circle"])
def test_each_step_of_a_very_long_chain_is_computed_twice_at_most(last: tuple[int, ...]) -> None:
    """Regression: a circle of more than 6,000 values was walked anew for every 60 of them."""
    size, computed, memo = 9_000, 0, FixpointCache()

    def has_an_end(number: int) -> bool:
        return memo.fixpoints(number, lambda: make(number), False)

    def make(number: int) -> bool:
        nonlocal computed
        computed += 1
        memo.seen.add(number)
        following = last if number == size - 1 else (number + 1,)
        return all([has_an_end(other) for other in following])

    assert {has_an_end(number) for number in range(size)} == {not last}
    assert computed <= 3 * size
    for number in (0, size - 1):
        memo.seen = set()
        has_an_end(number)
        assert _all_keys(memo) >= set(range(0 if last else number, size))
    stored = memo.groups.within(memo.groups, set())
    assert sum(len(keys) for _, keys in stored) <= 2 * size


def test_many_keys_are_noted_as_one() -> None:
    """Who depends on a value that looked at much notes one key, and is touched by a change of any of them."""
    memo = FixpointCache()
    memo.fixpoints("much", lambda: memo.seen.update(range(1_000)), None)
    assert len(memo.seen) == 1
    groups = [(key, pack(keys)) for key, keys in memo.groups.within(memo.seen, set())]
    for changed in (0, 999):
        assert touched(with_groups(frozenset({changed}), groups), pack(memo.seen))
    assert not touched(with_groups(frozenset({1_000}), groups), pack(memo.seen))


def test_a_dense_cycle_is_computed_in_few_rounds() -> None:
    """Regression: every path through files that all import each other was walked; nine took a minute and a half."""
    size = 15
    reach = _Reach({n: tuple(m for m in range(size) if m != n) for n in range(size)})
    assert reach.of(0) == frozenset(range(size))
    assert reach.computed < 10 * size


def test_an_error_leaves_nothing_behind() -> None:
    """Who asks again after an error gets an answer."""
    fixpoints, broken = FixpointCache(), [True]

    def make() -> str:
        fixpoints.fixpoints("b", lambda: fixpoints.fixpoints("a", make, ""), "")
        if broken:
            raise KeyError(broken.pop())
        return "whole"

    with pytest.raises(KeyError):
        fixpoints.fixpoints("a", make, "")
    assert not fixpoints.is_computing
    assert fixpoints.fixpoints("a", make, "") == "whole"


def _chain(size: int) -> dict[str, str]:
    def text(number: int) -> str:
        if not number:
            return "def f():\n    return 0\n"
        return f"from m{number - 1} import f\n\n\ndef g{number}():\n    return f()\n"

    return {f"m{number}.py": text(number) for number in range(size)}


def _circle(size: int) -> dict[str, str]:
    def text(number: int) -> str:
        imports = (f"from m{other} import f" for other in range(size) if other != number)
        return "\n".join((*imports, "", "def g():", "    return f()", ""))

    return {f"m{number}.py": text(number) for number in range(size)} | {
        "m0.py": text(0).replace("def g", "def f")
    }


def _ring(size: int) -> dict[str, str]:
    def text(number: int) -> str:
        own = "def f():\n    return 0\n" if number == 0 else f"from m{(number + 1) % size} import f, C\n"
        base = f"(C, m{(number + 1) % size}.C)" if number % 2 else ""
        return f"import m{(number + 1) % size}\n{own}\n\nclass C{base}:\n    pass\n\n\ndef g():\n    return f(C())\n"

    return {f"m{number}.py": text(number) for number in range(size)}


def _namespaces(size: int) -> dict[str, str]:
    def text(number: int) -> str:
        others = [other for other in range(size) if other != number]
        includes = "".join(f'#include "m{other}.hpp"\n' for other in others)
        opened = "".join(f"using namespace n{other};\n" for other in others)
        uses = f"void g{number}() {{ f{(number + 1) % size}(); }}" if number else "void f0();"
        return f"{includes}namespace n{number} {{\n{opened}void f{number}();\n{uses}\n}}\n"

    return {f"m{number}.hpp": text(number) for number in range(size)}


@pytest.mark.parametrize(
    "sources",
    [_chain(130), _circle(9), _ring(130), _namespaces(14)],
    ids=["chain", "circle", "ring", "namespaces"],
)
def test_edges_do_not_depend_on_which_file_is_linked_first(sources: dict[str, str]) -> None:
    """A name handed through many files, or around in a circle, means the same to all of them."""
    first, last = (_edges(sources, order) for order in (sorted(sources), sorted(sources, reverse=True)))
    assert first == last
    source = next(path for path in sources if path.startswith("m0."))
    for path, found in first.items():
        assert path == source or source in {edge.dst_path for edge in found}


def _edges(sources: Mapping[str, str], order: Iterable[str]) -> dict[str, tuple]:
    return {path: tuple(link.edges) for path, link in Project(dict(sources), order).links.items()}
