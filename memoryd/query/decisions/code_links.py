"""Which code the decision documents are about: what they name and the view has, with how sure that is."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from memoryd.globs.paths import is_glob, matcher
from memoryd.query.anchors.renames import Renames
from memoryd.query.context import Context
from memoryd.query.decision_item import DecisionLink
from memoryd.query.decisions.supersession import Book
from memoryd.store.index.queries import decision_queries, graph_queries
from memoryd.store.index.queries.decision_queries import DecisionRow

MAX_LINKS = 40  # of one document
MAX_HOMES = 3  # a name that is defined in more places says nothing
_FILE = re.compile(r"[^/]\.\w{1,6}$")
_QUALIFIED = re.compile(r"::|#|\.|:")


def code_links(
    ctx: Context, rows: Sequence[DecisionRow], book: Book
) -> Mapping[str, tuple[DecisionLink, ...]]:
    """Path of the document → links, in the order in which it names them; other decision documents are none."""
    named = {row.path: [name for name in row.decision.references if not book.at(name)] for row in rows}
    look = _View(ctx, {name for names in named.values() for name in names})
    return {path: _once(link for name in names for link in look.links(name)) for path, names in named.items()}


def _once(links: Iterable[DecisionLink]) -> tuple[DecisionLink, ...]:
    found: dict[str, DecisionLink] = {}
    for link in links:
        found.setdefault(link.to, link)
    return tuple(found.values())[:MAX_LINKS]


class _View:
    """The view's paths and those of its symbols that are asked for, read once for all documents."""

    def __init__(self, ctx: Context, wanted: set[str]) -> None:
        self._renames = Renames(ctx)
        self._paths = graph_queries.paths_of_view(ctx.index, ctx.view.id) if wanted else []
        self._files = set(self._paths)
        self._folders = {folder for path in self._paths for folder in _above(path)}
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in self._paths:
            self._by_name[posixpath.basename(path)].append(path)
        names = {last_name(name) for name in wanted} - {""}
        self._symbols: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for name, path, qualname in decision_queries.symbols_named(ctx.index, ctx.view.id, names):
            self._symbols[name].append((path, qualname))
        self._known: dict[str, list[DecisionLink]] = {}

    def links(self, name: str) -> list[DecisionLink]:
        if name not in self._known:
            self._known[name] = self._place(name) or self._symbol(name)
        return self._known[name]

    def _place(self, name: str) -> list[DecisionLink]:
        place = name.removeprefix("./").rstrip("/.")
        return self._as_named(name, place) or self._renamed(name, place)

    def _renamed(self, name: str, place: str) -> list[DecisionLink]:
        """Where the history moved the file or folder that once had this path."""
        there = self._renames.newest(place) if "/" in name or _FILE.search(place) else ""
        return [DecisionLink(there, "path" if there in self._files else "folder", 0.85)] if there else []

    def _as_named(self, name: str, place: str) -> list[DecisionLink]:
        if is_glob(place) and place not in self._files and place not in self._folders:
            fits = matcher(place)
            return [DecisionLink(place, "glob", 0.9)] if any(map(fits, self._paths)) else []
        if place in self._files:
            return [DecisionLink(place, "path", 1.0)]
        if place in self._folders and ("/" in name or "." in place):
            return [DecisionLink(place, "folder", 0.9)]
        near = [p for p in self._by_name.get(posixpath.basename(place), ()) if p.endswith(f"/{place}")]
        return [DecisionLink(near[0], "path", 0.8)] if len(near) == 1 and _FILE.search(place) else []

    def _symbol(self, name: str) -> list[DecisionLink]:
        file, colon, part = name.partition(":")
        if colon and not part.startswith(":") and file not in self._files and "/" in file:
            file = self._renames.newest(file)
        if colon and not part.startswith(":") and file in self._files:
            return [link for link in self._symbol(part) if link.to.startswith(f"{file}:")] if part else []
        wanted = dotted(name)
        homes = [
            (path, qualname)
            for path, qualname in self._symbols.get(last_name(name), ())
            if qualname == wanted or qualname.endswith(f".{wanted}") or _module_of(path, qualname, wanted)
        ]
        if not 1 <= len(homes) <= MAX_HOMES:
            return []
        sure = (0.95 if _QUALIFIED.search(name) else 0.85) / len(homes)
        return [DecisionLink(f"{path}:{qualname}", "symbol", round(sure, 2)) for path, qualname in homes]


def _module_of(path: str, qualname: str, wanted: str) -> bool:
    """``pkg.module.Name``: the module's file, then the name in it."""
    if not wanted.endswith(f".{qualname}"):
        return False
    module = wanted.removesuffix(f".{qualname}").replace(".", "/")
    stem = posixpath.splitext(path)[0].removesuffix("/__init__")
    return f"/{stem}".endswith(f"/{module}")


def dotted(name: str) -> str:
    """A name of code with dots whatever the language's sign is, without the brackets of a call."""
    return name.removesuffix("()").replace("::", ".").replace("#", ".").strip(".")


def last_name(name: str) -> str:
    """The bare name of a symbol, ``""`` for what is a path or glob."""
    bare = dotted(name.rpartition(":")[2] if "::" not in name else name)
    return bare.rpartition(".")[2] if "/" not in bare and "*" not in bare else ""


def _above(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
