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

from memoryd.ingest.link.fixpoint.key_groups import KeyGroups, Keys

T = TypeVar("T")
_NEVER = 1 << 30
_MAX_CHANGES = 50  # of one value: far more than any real cycle needs
sys.setrecursionlimit(max(sys.getrecursionlimit(), 6_000))  # so many frames nested values may take


class _Unsettled(Struct):
    """A value that is not settled: it is being computed, or depends on one that is. ``index``: its place among all that
    were begun. ``low``: the lowest index of those that it is known to wait for. ``mark``: how many values waited when
    it was begun. ``asked``: the unsettled keys it was computed from."""

    make: Callable[[], Any]
    default: Any
    value: Any
    index: int
    low: int
    mark: int
    seen: frozenset[int] = frozenset()
    asked: frozenset[Hashable] = frozenset()


class _TooDeepError(Exception):
    """Leave all calls: the innermost value that was begun is computed first, then those that wait for it anew."""


class FixpointCache:
    """``seen``: the keys that were looked at since it was last replaced. ``nested``: so many values wait for each other
    as calls of Python; deeper ones wait in a list."""

    def __init__(self, nested: int = 60) -> None:
        self._max_nested = nested
        self.seen: set[int] = set()
        self.groups = KeyGroups()
        self._settled: dict[Hashable, tuple[Any, Keys]] = {}
        self._held: dict[Hashable, _Unsettled] = {}
        self._begun: list[
            Hashable
        ] = []  # those of ``_held`` that are being computed, each for the one before
        self._waiting: list[Hashable] = []  # those of ``_held`` that are computed, in the order they were
        self._asked: set[Hashable] = set()
        self._low = _NEVER
        self._nested = 0
        self._next_index = 0
        self._apart = 0

    @property
    def is_computing(self) -> bool:
        """Whether something is being computed that files may share."""
        return self._nested > 0 or self._apart > 0

    def apart(self, make: Callable[[], T]) -> T:
        """``make()``, which asks for no value that is being computed, however many are."""
        outer = self._held, self._begun, self._waiting, self._asked, self._low, self._nested, self.seen
        self._held, self._begun, self._waiting, self._asked = {}, [], [], set()
        self._low, self._nested = _NEVER, 0
        self._apart += 1
        try:
            return make()
        finally:
            self._apart -= 1
            self._held, self._begun, self._waiting, self._asked, self._low, self._nested, self.seen = outer

    def fixpoints(self, key: Hashable, make: Callable[[], T], default: Any) -> T:
        """``make()``, computed once; what it looked at is noted for everyone who asks. In a cycle: the fixed point that
        begins with ``default``."""
        settled = self._settled.get(key)
        if settled is None and key not in self._held:
            self._begin(key, make, default)
            settled = self._settled.get(key)
        if settled is not None:
            self.seen |= settled[1]
            found: T = settled[0]
            return found
        held = self._held[key]  # what it looks at is noted for the whole cycle when that is settled
        self._wait(key, held.low)
        found = held.value
        return found

    def _wait(self, key: Hashable, low: int) -> None:
        self._asked.add(key)
        self._low = min(self._low, low)

    def _begin(self, key: Hashable, make: Callable[[], Any], default: Any) -> None:
        """Compute the value, or leave it to the outermost call when there are too many inside of each other."""
        index = self._next_index
        self._next_index += 1
        self._held[key] = _Unsettled(make, default, default, index, index, len(self._waiting))
        self._begun.append(key)
        if self._nested >= self._max_nested:
            raise _TooDeepError
        if self._nested:
            self._complete()
            return
        try:
            while self._begun:
                self._go_on()
        except BaseException:
            self._held, self._begun, self._waiting = {}, [], []
            raise

    def _go_on(self) -> None:
        """Complete the innermost value, or find that others must be completed before."""
        try:
            self._complete()
        except _TooDeepError:
            return

    def _complete(self) -> None:
        """Compute the innermost value that was begun, and with it the cycle that begins with it."""
        key, depth = self._begun[-1], len(self._begun) - 1
        held = self._held[key]
        low = self._compute(held)
        self._waiting.append(key)
        try:
            if low == held.index or (low > held.index and len(self._waiting) > held.mark + 1):
                low = self._solve(held)
        except _TooDeepError:
            self._waiting.remove(key)
            for inner in self._begun[depth + 1 :]:  # begun while the key stood before them
                self._held[inner].mark -= 1
            raise
        self._begun.pop()
        if low < held.index:
            self._held[key].low = low
        else:
            self._settle(self._waiting[held.mark :])
            del self._waiting[held.mark :]

    def _compute(self, held: _Unsettled) -> int:
        """Compute the value from the others as they are held; returns the lowest index of what it waits for."""
        outer = self.seen, self._low, self._asked
        self.seen, self._low, self._asked = set(), _NEVER, set()
        self._nested += 1
        try:
            held.value = held.make()
        finally:
            self._nested -= 1
            low, seen, asked = self._low, self.seen, self._asked
            self.seen, self._low, self._asked = outer
        held.seen |= seen
        held.asked = frozenset(asked)
        return low

    def _solve(self, root: _Unsettled) -> int:
        """Bring all values that wait since ``root`` was begun to their fixed point; returns the lowest index of what
        they wait for."""
        size, mark = 0, root.mark
        while (
            size < len(self._waiting) - mark
        ):  # values joined late: all begin together, whoever was met first
            size = len(self._waiting) - mark
            low = self._iterate(mark, root.index)
        members = [self._held[key] for key in self._waiting[mark:]]
        looked = frozenset().union(*{id(held.seen): held.seen for held in members}.values())
        seen = self.groups.shared(
            looked
        )  # small: it is joined with more when a cycle around this one is solved
        for held in members:
            held.seen, held.low = seen, min(held.low, low)
        return low

    def _iterate(self, mark: int, root: int) -> int:
        """Rounds over all that waits since ``mark`` until nothing changes; what they meet on the way waits as well. A
        value that never comes to rest stays unknown."""
        lowest = _NEVER
        askers: defaultdict[Hashable, dict[Hashable, None]] = defaultdict(dict)
        changes: Counter[Hashable] = Counter()
        restless: set[Hashable] = set()
        todo = self._waiting[mark:]
        for key in todo:
            held = self._held[key]
            held.value = held.default
        while todo:
            known = len(self._waiting)
            fresh = {key: _again(self._held[key]) for key in todo}
            lows = [self._compute(held) for held in fresh.values()]
            joined = {key: self._held[key] for key in self._waiting[known:]}
            lows += [held.low for held in joined.values()]
            lowest = min([lowest, *(low for low in lows if low < root)])
            changed = [key for key, held in fresh.items() if held.value != self._held[key].value]
            changes.update(changed)
            for key in changed:
                if changes[key] > _MAX_CHANGES:
                    restless.add(key)
                    fresh[key].value = fresh[key].default
            self._held |= fresh
            for key, held in (fresh | joined).items():
                for asked in held.asked:
                    askers[asked][key] = None
            next_ = dict.fromkeys(asker for key in (*changed, *joined) for asker in askers[key])
            todo = [key for key in next_ if key not in restless]
        return lowest

    def _settle(self, keys: Iterable[Hashable]) -> None:
        for key in keys:
            held = self._held.pop(key)
            self._settled[key] = held.value, self.groups.shared(held.seen)


def _again(held: _Unsettled) -> _Unsettled:
    return _Unsettled(held.make, held.default, held.value, held.index, held.low, held.mark, held.seen)
