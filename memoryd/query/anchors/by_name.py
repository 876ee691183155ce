"""Where a place is now of which only the name is known: a folder, a glob, a bare name, what an earlier release kept,
what a document names. Its number alone says little of a line, which is said."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from msgspec import structs

from memoryd.globs.paths import is_glob, matcher
from memoryd.query.anchors.anchor_place import HERE, LOST, MOVED, AnchorPlace, here, lost, moved
from memoryd.query.anchors.code_at import dotted
from memoryd.query.anchors.renames import Renames
from memoryd.query.context import Context
from memoryd.store.index import reader
from memoryd.store.index.queries import graph_queries

_LINE = re.compile(r"(\d{1,9})(?:-\d{1,9})?")
_SAME_NAME = 200  # definitions of one name that are looked at
_BY_RENAME, _BY_NAME, _BY_NUMBER = 0.9, 0.7, 0.5
BY_NUMBER = "it is known by its number alone: the lines may have moved"


class NameSearch:
    """One view, looked at for many names; the history only when something is not where it was."""

    def __init__(self, ctx: Context, files: set[str], renames: Renames) -> None:
        self._ctx, self._files, self._renames = ctx, files, renames

    @cached_property
    def _paths(self) -> Sequence[str]:
        return graph_queries.paths_of_view(self._ctx.index, self._ctx.view.id)

    @cached_property
    def _by_base(self) -> Mapping[str, Sequence[str]]:
        """Last component → paths of the view."""
        found: dict[str, list[str]] = {}
        for path in self._paths:
            found.setdefault(posixpath.basename(path), []).append(path)
        return found

    def place(self, anchor: str) -> AnchorPlace:
        _, colon, part = anchor.partition(":")
        path = path_of(anchor)
        if is_glob(path) and not self._is_here(path):
            return here(anchor) if any(map(matcher(path), self._paths)) else lost(anchor, "")
        if self._is_here(path):
            return self._part(anchor, path, part, HERE) if colon else here(anchor)
        renamed = self._renames.newest(path)
        if renamed:
            return self._part(anchor, renamed, part, MOVED) if colon else moved(anchor, renamed, _BY_RENAME)
        name = posixpath.basename(path)
        ending = [known for known in self._by_base.get(name, ()) if known.endswith(f"/{path}")]
        if len(ending) == 1:
            return self._part(anchor, ending[0], part, HERE) if colon else here(anchor, ending[0])
        return self._name(anchor, part or path)

    def _is_here(self, path: str) -> bool:
        if path in self._files or not path:
            return True
        if "." in posixpath.basename(path) and "/" not in path:
            return False  # a file of the root, or Qual.name: no folder
        return bool(graph_queries.paths_under(self._ctx.index, self._ctx.view.id, f"{path}/", 1))

    def _part(self, anchor: str, path: str, part: str, state: str) -> AnchorPlace:
        """A line or a symbol of a file that is here."""
        row = graph_queries.file_at(self._ctx.index, self._ctx.view.id, path)
        if row is None:
            return lost(anchor, path)  # a folder has no lines
        line = _LINE.fullmatch(part)
        if line:
            lines = reader.file_text(self._ctx.index, row.file_id).count(b"\n") + 1
            if int(line[1]) > lines:
                return lost(anchor, path)
            return AnchorPlace(anchor, f"{path}:{part}", state, _BY_NUMBER, BY_NUMBER)
        name = dotted(part)
        symbols = graph_queries.symbols_of(self._ctx.index, self._ctx.view.id, row.path_id)
        if any(s.qualname == name or s.qualname.endswith(f".{name}") for s in symbols):
            now = f"{path}:{name}"
            return here(anchor, now) if state == HERE else moved(anchor, now, _BY_RENAME)
        elsewhere = self._name(anchor, part)
        return elsewhere if elsewhere.state != LOST else structs.replace(elsewhere, now=path)

    def _name(self, anchor: str, name: str) -> AnchorPlace:
        """A symbol by its name alone: a bare name stays what it is, one that left its file must be unique."""
        name = dotted(name)
        last = name.rpartition(".")[2]
        rows = (
            graph_queries.symbols_named(self._ctx.index, self._ctx.view.id, last, _SAME_NAME) if last else []
        )
        found = {row.path for row in rows if row.qualname == name or row.qualname.endswith(f".{name}")}
        if found and ":" not in anchor:
            return here(anchor)
        if len(found) == 1:
            return moved(anchor, f"{found.pop()}:{name}", _BY_NAME, "by its name alone")
        return lost(anchor, "")


def path_of(anchor: str) -> str:
    return anchor.partition(":")[0].removeprefix("./").strip("/")
