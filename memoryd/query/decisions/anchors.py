"""Where the places are now that a record is about: here as named, moved by a rename, or lost. A record keeps its
text and its anchors as given, whatever becomes of the code."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from msgspec import Struct

from memoryd.globs.paths import is_glob, matcher
from memoryd.query.context import Context
from memoryd.query.safe_text import quote
from memoryd.store.index import reader
from memoryd.store.index.queries import anchor_queries, graph_queries, history_queries
from memoryd.store.index.queries.history_queries import Reachable

HERE, MOVED, LOST, UNKNOWN = "here", "moved", "lost", "unknown"
MAX_LOOKS = 300  # anchors of one answer that take more than a look at the list of files
_LINE = re.compile(r"(\d{1,9})(?:-\d{1,9})?")
_SAME_NAME = 200  # definitions of one name that are looked at


class AnchorPlace(Struct, frozen=True):
    """``anchor``: as given. ``now``: how to name it now; of a lost one what is left of it, such as the file whose
    symbol is gone, or ``""``. ``state``: here, moved, lost; unknown where there were too many to look for."""

    anchor: str
    now: str
    state: str


def places(ctx: Context, anchors: Iterable[str]) -> Mapping[str, AnchorPlace]:
    """Each anchor's place in the view; the first ones are looked for best."""
    wanted = dict.fromkeys(anchors)
    paths = sorted({_path(anchor) for anchor in wanted})
    files = {row.path for row in graph_queries.files_at(ctx.index, ctx.view.id, paths)}
    look = _Look(ctx, files)
    found: dict[str, AnchorPlace] = {}
    left = MAX_LOOKS
    for anchor in wanted:
        if anchor in files:
            found[anchor] = AnchorPlace(anchor, anchor, HERE)
        else:
            found[anchor] = look.place(anchor) if left > 0 else AnchorPlace(anchor, anchor, UNKNOWN)
            left -= 1
    return found


def current(anchors: Iterable[str], known: Mapping[str, AnchorPlace]) -> tuple[str, ...]:
    """The anchors as they are to be compared with the view: moved ones by their new name."""
    return tuple(known[anchor].now or anchor if anchor in known else anchor for anchor in anchors)


def health(ctx: Context, anchors: Iterable[str], known: Mapping[str, AnchorPlace]) -> tuple[str, str]:
    """(ok, in_doubt or unlinked; why, in one line). In doubt is what was about something that is gone; what never
    meant anything here proves nothing."""
    given = [known[anchor] for anchor in anchors if anchor in known]
    if not given:
        return "unlinked", ""
    if any(place.state != LOST for place in given):
        return "ok", ""
    gone = [place.anchor for place in given if anchor_queries.was_known(ctx.index, _path(place.anchor))]
    if gone:
        return "in_doubt", f"{quote(gone[0], 100)} is no longer in the project"
    return "unlinked", "no file or symbol with the names that it is about was found"


class _Look:
    """One view, looked at for many anchors; the history only when something is not where it was."""

    def __init__(self, ctx: Context, files: set[str]) -> None:
        self._ctx, self._files = ctx, files
        self._seen: Reachable | None = None

    @cached_property
    def _paths(self) -> Sequence[str]:
        return graph_queries.paths_of_view(self._ctx.index, self._ctx.view.id)

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[str]]:
        """Last component → paths of the view."""
        found: dict[str, list[str]] = {}
        for path in self._paths:
            found.setdefault(posixpath.basename(path), []).append(path)
        return found

    def place(self, anchor: str) -> AnchorPlace:
        _, colon, part = anchor.partition(":")
        path = _path(anchor)
        if is_glob(path) and not self._is_here(path):
            found = any(map(matcher(path), self._paths))
            return AnchorPlace(anchor, anchor if found else "", HERE if found else LOST)
        if self._is_here(path):
            return self._part(anchor, path, part, HERE) if colon else AnchorPlace(anchor, anchor, HERE)
        moved = self._moved(path)
        if moved:
            return self._part(anchor, moved, part, MOVED) if colon else AnchorPlace(anchor, moved, MOVED)
        name = posixpath.basename(path)
        ending = [known for known in self._by_name.get(name, ()) if known.endswith(f"/{path}")]
        if len(ending) == 1:
            return (
                self._part(anchor, ending[0], part, HERE) if colon else AnchorPlace(anchor, ending[0], HERE)
            )
        return self._name(anchor, part or path)

    def _is_here(self, path: str) -> bool:
        if path in self._files or not path:
            return True
        if "." in posixpath.basename(path) and "/" not in path:
            return False  # a file of the root, or Qual.name: no folder
        return bool(graph_queries.paths_under(self._ctx.index, self._ctx.view.id, f"{path}/", 1))

    def _moved(self, path: str) -> str:
        """The new name of a file or folder that renames led away, ``""`` when none leads to something here."""
        if self._seen is None:
            self._seen = history_queries.reachable(self._ctx.index, self._ctx.view.id)
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

    def _part(self, anchor: str, path: str, part: str, state: str) -> AnchorPlace:
        """A line or a symbol of a file that is here."""
        row = graph_queries.file_at(self._ctx.index, self._ctx.view.id, path)
        if row is None:
            return AnchorPlace(anchor, path, LOST)  # a folder has no lines
        line = _LINE.fullmatch(part)
        if line:
            lines = reader.file_text(self._ctx.index, row.file_id).count(b"\n") + 1
            return (
                AnchorPlace(anchor, f"{path}:{part}", state)
                if int(line[1]) <= lines
                else AnchorPlace(anchor, path, LOST)
            )
        name = _dots(part)
        symbols = graph_queries.symbols_of(self._ctx.index, self._ctx.view.id, row.path_id)
        if any(s.qualname == name or s.qualname.endswith(f".{name}") for s in symbols):
            return AnchorPlace(anchor, f"{path}:{name}", state)
        elsewhere = self._name(anchor, part)
        return elsewhere if elsewhere.state != LOST else AnchorPlace(anchor, path, LOST)

    def _name(self, anchor: str, name: str) -> AnchorPlace:
        """A symbol by its name alone: a bare name stays what it is, one that left its file must be unique."""
        name = _dots(name)
        last = name.rpartition(".")[2]
        rows = (
            graph_queries.symbols_named(self._ctx.index, self._ctx.view.id, last, _SAME_NAME) if last else []
        )
        found = {row.path for row in rows if row.qualname == name or row.qualname.endswith(f".{name}")}
        if found and ":" not in anchor:
            return AnchorPlace(anchor, anchor, HERE)
        if len(found) == 1:
            return AnchorPlace(anchor, f"{found.pop()}:{name}", MOVED)
        return AnchorPlace(anchor, "", LOST)


def _path(anchor: str) -> str:
    return anchor.partition(":")[0].removeprefix("./").strip("/")


def _dots(text: str) -> str:
    return text.replace("::", ".").replace("#", ".").lstrip(".").removesuffix("()")
