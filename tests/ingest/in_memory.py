"""A project that is linked without a store: from path → source to edges, for properties over many small projects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext

from msgspec import Struct

from indexers.facts import FileFacts
from indexers.outline import Outline, outline
from indexers.registry import extract, language_of
from memoryd.ingest.link.edges import link_file
from memoryd.ingest.link.evaluate import Evaluator
from memoryd.ingest.link.fixpoint.key_groups import pack, touched, with_groups
from memoryd.ingest.link.languages import MANIFESTS, RULES
from memoryd.ingest.link.view import LinkedFile, LinkView, PathChange, ViewSources, changed_keys
from memoryd.store.index.queries.link_queries import Defined, EdgeRow, UnresolvedUses


class Link(Struct, frozen=True):
    """The edges of one file, what it looked at, how many of its references lead nowhere, and which."""

    edges: frozenset[EdgeRow]
    looked: bytes
    unresolved: int
    unknown: UnresolvedUses


class Project:
    """One state of a project. ``order``: in which the files are linked (default: by path)."""

    def __init__(self, sources: Mapping[str, str], order: Iterable[str] | None = None) -> None:
        self.sources = dict(sources)
        self.facts = {path: _facts(path, text) for path, text in sources.items()}
        self._ids = {path: number for number, path in enumerate(sorted(sources), 1)}
        self.outlines: dict[str, Outline] = {path: outline(facts) for path, facts in self.facts.items()}
        self.view = self._view()
        self.links = self.link(Evaluator(self.view, RULES), sorted(sources) if order is None else order)

    def link(self, evaluator: Evaluator, order: Iterable[str]) -> dict[str, Link]:
        """The links of these files."""
        return {path: self._link(evaluator, path) for path in order}

    def _view(self) -> LinkView:
        paths = {number: path for path, number in self._ids.items()}
        files = [
            LinkedFile(path, number, number, self.facts[path].language, self.facts[path].package)
            for number, path in paths.items()
        ]
        sources = ViewSources(
            outlines=lambda ids: [(id_, self.outlines[paths[id_]]) for id_ in ids],
            manifest=lambda file: nullcontext(self.sources[file.path]),
            definitions=self._definitions,
            interfaces=self._interfaces,
        )
        return LinkView(files, sources, MANIFESTS)

    def _definitions(self, name: str | None) -> Iterator[Defined]:
        for path, facts in self.facts.items():
            for symbol in facts.symbols:
                if name in (None, symbol.name):
                    yield Defined(symbol.name, self._ids[path], symbol.qualname, symbol.kind)

    def _interfaces(self) -> Iterator[Defined]:
        yield from (one for one in self._definitions(None) if one.kind == "interface")

    def _link(self, evaluator: Evaluator, path: str) -> Link:
        self.view.seen = set()
        facts = self.facts[path]
        lines = {symbol.qualname: symbol.line for symbol in reversed(facts.symbols)}
        found = link_file(evaluator, path, facts, lines)
        return Link(frozenset(found.edges), pack(self.view.seen), found.unresolved, found.unknown)

    def void(self, after: Project) -> set[str]:
        """The files whose links need not hold any more in the state ``after`` this one."""
        paths = self.sources.keys() | after.sources.keys()
        different = {path for path in paths if self.sources.get(path) != after.sources.get(path)}
        changes = [
            PathChange(path, self.outlines.get(path), after.outlines.get(path)) for path in sorted(different)
        ]
        groups = self.view.groups.within(self.view.groups, set())
        changed = with_groups(changed_keys(after.view, changes), ((key, pack(keys)) for key, keys in groups))
        return different | {path for path, link in self.links.items() if touched(changed, link.looked)}


def _facts(path: str, text: str) -> FileFacts:
    language = language_of(path, text.encode())
    assert language is not None, path
    return extract(language, text.encode())
