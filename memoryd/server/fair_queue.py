"""Who is served next: callers take turns, and short questions go before long ones, but not for ever."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Generic, TypeVar

Item = TypeVar("Item")
SHORT_IN_A_ROW = 8  # then a long one that waits has its turn


class _Turns(Generic[Item]):
    """What waits of each caller, the caller whose turn is next first."""

    def __init__(self) -> None:
        self.waiting: OrderedDict[str, deque[Item]] = OrderedDict()

    def take(self) -> Item:
        caller, items = self.waiting.popitem(last=False)
        item = items.popleft()
        if items:
            self.waiting[caller] = items
        return item

    def remove(self, caller: str, item: Item) -> None:
        items = self.waiting.get(caller)
        if items and item in items:
            items.remove(item)
            if not items:
                del self.waiting[caller]


class FairQueue(Generic[Item]):
    """Items that wait, each of a caller. However many one caller has, another's first is taken after at most one of
    each caller before it."""

    def __init__(self) -> None:
        self._short: _Turns[Item] = _Turns()
        self._long: _Turns[Item] = _Turns()
        self._in_a_row = 0

    def put(self, caller: str, item: Item, *, short: bool) -> None:
        turns = self._short if short else self._long
        turns.waiting.setdefault(caller, deque()).append(item)

    def take(self) -> Item | None:
        """The next one; None when nothing waits."""
        if self._short.waiting and (not self._long.waiting or self._in_a_row < SHORT_IN_A_ROW):
            self._in_a_row += 1
            return self._short.take()
        self._in_a_row = 0
        return self._long.take() if self._long.waiting else None

    def remove(self, caller: str, item: Item) -> None:
        """It is not to be taken any more, if it still waits."""
        for turns in (self._short, self._long):
            turns.remove(caller, item)

    def last_of_most(self, caller: str) -> Item | None:
        """The newest item of the caller with the most that wait, if those are more than ``caller`` would have with one
        more; it is taken out."""
        counts: dict[str, int] = {}
        for turns in (self._short, self._long):
            for one, items in turns.waiting.items():
                counts[one] = counts.get(one, 0) + len(items)
        most = max(counts, key=counts.__getitem__, default="")
        if counts.get(most, 0) <= counts.get(caller, 0) + 1:
            return None
        turns = self._long if most in self._long.waiting else self._short
        item = turns.waiting[most][-1]
        turns.remove(most, item)
        return item
