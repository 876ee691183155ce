"""Where files and folders went, by the renames of the history that the view sees."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from memoryd.query.context import Context
from memoryd.store.index.queries import anchor_queries, graph_queries, history_queries
from memoryd.store.index.queries.history_queries import Reachable


class Renames:
    """One view; what was looked up once is kept."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._known: dict[str, str] = {}

    def newest(self, path: str) -> str:
        """The new name of a file or folder that renames led away, ``""`` when none leads to something here."""
        if path not in self._known:
            self._known[path] = self._newest(path)
        return self._known[path]

    @cached_property
    def _seen(self) -> Reachable:
        return history_queries.reachable(self._ctx.index, self._ctx.view.id)

    def _newest(self, path: str) -> str:
        conn, view_id = self._ctx.index, self._ctx.view.id
        there = anchor_queries.moved_to(conn, path, self._seen)
        if there:
            return there if graph_queries.file_at(conn, view_id, there) else ""
        folders: Counter[str] = Counter()
        for old in anchor_queries.once_under(conn, path):
            inside = old[len(path) :]
            new = anchor_queries.moved_to(conn, old, self._seen)
            if new.endswith(inside) and graph_queries.file_at(conn, view_id, new):
                folders[new.removesuffix(inside)] += 1
        return folders.most_common(1)[0][0] if folders else ""
