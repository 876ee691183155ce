"""Values that follow from one state of a view alone, kept from one question to the next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from memoryd.query.context import Context
from memoryd.store.index import reader
from memoryd.store.sqlite import file_of

Value = TypeVar("Value")
Revision = tuple[str, int, str, int, int]


def revision(ctx: Context) -> Revision:
    """Names the state of the view that the question is answered from."""
    view = ctx.view
    return file_of(ctx.index), view.id, view.head, view.indexed_at_s, reader.generation(ctx.index)


class RevisionCache(Generic[Value]):
    """At most ``most`` values, of whatever states; those not asked for the longest go first. Values are shared between
    threads, so nobody changes them. Of an index without a file, which has no name, nothing is kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[tuple[Revision, Hashable], Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, ctx: Context, key: Hashable, compute: Callable[[], Value]) -> Value:
        """The value of ``key`` in the view's present state; ``compute()`` where it is not known."""
        place = revision(ctx), key
        if not place[0][0]:
            return compute()
        with self._lock:
            if place in self._known:
                self._known.move_to_end(place)
                return self._known[place]
        value = compute()
        with self._lock:
            self._known[place] = value
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return value
