"""Values that are computed once, each with everything that was looked at for it; cycles have one answer.

Files import each other in circles, so what a name means may depend on itself. The values of such a cycle are
the fixed point that is reached from their defaults, all computed anew from the values of the round before (Jacobi
iteration; cycles are found as strongly connected components: R. Tarjan, "Depth-first search and linear graph
algorithms", 1972). So no answer depends on who asked first, and none is computed anew unless one that it asked for
changed.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, TypeVar

from msgspec import Struct

T = TypeVar("T")
_NEVER = 1 << 30
_MAX_DEPTH = 60  # values that wait for each other; what lies deeper is computed first
_MAX_RESTARTS = 100  # and if that goes on, it is a long circle: settled like a short one
_MAX_CHANGES = 50  # of one value: far more than any real cycle needs
sys.setrecursionlimit(max(sys.getrecursionlimit(), 6_000))  # so many frames those values may take


class _Unsettled(Struct):
    """A value that is not settled: it depends on one that is being computed. ``low``: depth of the outermost of those.
    ``asked``: the unsettled keys it was computed from."""

    make: Callable[[], Any]
    default: Any
    value: Any
    low: int
    seen: frozenset[int] = frozenset()
    asked: frozenset[Hashable] = frozenset()


class _TooDeep(Exception):
    """Compute this one first."""

    def __init__(self, key: Hashable, make: Callable[[], Any], default: Any) -> None:
        self.key, self.make, self.default = key, make, default


class FixpointCache:
    """``seen``: the keys that were looked at since it was last replaced."""

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self._settled: dict[Hashable, tuple[Any, frozenset[int]]] = {}
        self._held: dict[Hashable, _Unsettled] = {}
        self._waiting: list[Hashable] = []  # those of ``_held`` that are computed, in the order they were
        self._asked: set[Hashable] = set()
        self._low = _NEVER
        self._depth = self._restarts = 0

    @property
    def is_computing(self) -> bool:
        """Whether something is being computed that files may share."""
        return self._depth > 0

    def fixpoints(self, key: Hashable, make: Callable[[], T], default: Any) -> T:
        """``make()``, computed once; what it looked at is noted for everyone who asks. In a cycle: the fixed point that
        begins with ``default``."""
        settled = self._settled.get(key)
        if settled is not None:
            self.seen |= settled[1]
            found: T = settled[0]
            return found
        held = self._held.get(key)
        if held is None:
            if self._depth >= _MAX_DEPTH:
                if self._restarts < _MAX_RESTARTS:
                    raise _TooDeep(key, make, default)
                self._wait(key, 0)
                found = default
                return found
            held = self._first(key, make, default)
        else:
            self._wait(key, held.low)
        self.seen |= held.seen
        found = held.value
        return found

    def _wait(self, key: Hashable, low: int) -> None:
        self._asked.add(key)
        self._low = min(self._low, low)

    def _first(self, key: Hashable, make: Callable[[], Any], default: Any) -> _Unsettled:
        while True:
            try:
                return self._begin(key, _Unsettled(make, default, default, self._depth))
            except _TooDeep as deep:
                if self._depth:
                    raise
                self._restarts += 1
                try:
                    self.fixpoints(deep.key, deep.make, deep.default)
                finally:
                    self._restarts -= 1

    def _begin(self, key: Hashable, held: _Unsettled) -> _Unsettled:
        """Compute a value, and with it the cycle that begins with it."""
        depth, mark = self._depth, len(self._waiting)
        self._held[key] = held
        try:
            low = self._compute(held)
            self._waiting.append(key)
            if low == depth:
                low = self._solve(mark)
        except BaseException:
            for waiting in (key, *self._waiting[mark:]):
                self._held.pop(waiting, None)
            del self._waiting[mark:]
            raise
        held = self._held[key]
        if low < depth:
            self._wait(key, low)
            held.low = low
        else:
            self._settle(self._waiting[mark:])
            del self._waiting[mark:]
        return held

    def _compute(self, held: _Unsettled) -> int:
        """Compute the value from the others as they are held; returns the depth of what it waits for."""
        outer = self.seen, self._low, self._asked
        self.seen, self._low, self._asked = set(), _NEVER, set()
        self._depth += 1
        try:
            held.value = held.make()
        finally:
            self._depth -= 1
            low, seen, asked = self._low, self.seen, self._asked
            self.seen, self._low, self._asked = outer
        held.seen |= seen
        held.asked = frozenset(asked)
        return low

    def _solve(self, mark: int) -> int:
        """Bring all values that wait since ``mark`` to their fixed point; returns the depth of what they wait for."""
        size = 0
        while (
            size < len(self._waiting) - mark
        ):  # values joined late: all begin together, whoever was met first
            size = len(self._waiting) - mark
            low = self._iterate(mark)
        members = [self._held[key] for key in self._waiting[mark:]]
        seen = frozenset().union(*(held.seen for held in members))
        for held in members:
            held.seen, held.low = seen, low
        return low

    def _iterate(self, mark: int) -> int:
        """Rounds over all that waits since ``mark`` until nothing changes; what they meet on the way waits as well. A
        value that never comes to rest stays unknown."""
        depth, lowest = self._depth, _NEVER
        askers: defaultdict[Hashable, dict[Hashable, None]] = defaultdict(dict)
        changes: Counter[Hashable] = Counter()
        todo = self._waiting[mark:]
        for key in todo:
            held = self._held[key]
            held.value, held.low = held.default, depth
        while todo:
            known = len(self._waiting)
            fresh = {key: _again(self._held[key]) for key in todo}
            lows = [self._compute(held) for held in fresh.values()]
            joined = {key: self._held[key] for key in self._waiting[known:]}
            lows += [held.low for held in joined.values()]
            lowest = min([lowest, *(low for low in lows if low < depth)])
            for held in joined.values():
                held.low = depth
            changed = [key for key, held in fresh.items() if held.value != self._held[key].value]
            changes.update(changed)
            for key in changed:
                if changes[key] > _MAX_CHANGES:
                    fresh[key].make, fresh[key].value = _constant(fresh[key].default), fresh[key].default
            self._held |= fresh
            for key, held in (fresh | joined).items():
                for asked in held.asked:
                    askers[asked][key] = None
            todo = list(dict.fromkeys(asker for key in (*changed, *joined) for asker in askers[key]))
        return lowest

    def _settle(self, keys: Iterable[Hashable]) -> None:
        for key in keys:
            held = self._held.pop(key)
            self._settled[key] = held.value, held.seen


def _again(held: _Unsettled) -> _Unsettled:
    return _Unsettled(held.make, held.default, held.value, held.low, held.seen)


def _constant(value: Any) -> Callable[[], Any]:
    return lambda: value
