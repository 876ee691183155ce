"""What text in a file may mean, and the ground on which names and values are told."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from indexers.facts import Binding
from indexers.outline import NO_ENTRY, NameEntry
from memoryd.ingest.link.definitions import DefinitionTarget
from memoryd.ingest.link.rules import LanguageRules
from memoryd.ingest.link.view import LinkView

MAX_MEANINGS = 4  # a name that may be more things than this is called unknown


class WrittenType(NamedTuple):
    """A type as it is written at ``scope`` of the file at ``path``: what the parts of its values are."""

    path: str
    scope: str
    text: str


class Resolved(NamedTuple):
    """``definition``: the definition itself; ``instance``: a value whose type it is; ``super``: the bases of the
    class; ``file``: a file or folder; ``space``: a namespace as the file of the target sees it; ``outside``: known,
    and not in this project. ``sure``: by names alone, without trusting a written type. ``written``: of a value, where
    its type says what its parts are (``[]Foo``)."""

    kind: Literal["definition", "instance", "super", "file", "space", "outside"]
    target: DefinitionTarget
    sure: bool = True
    written: WrittenType | None = None


Meanings = tuple[Resolved, ...]
OUTSIDE = Resolved("outside", DefinitionTarget(""))
OUTSIDE_ONLY: Meanings = (OUTSIDE,)


class SharedLookups(ABC):
    """What telling names and telling values share. The two call each other: a name may stand for an expression, an
    expression begins with a name."""

    def __init__(self, view: LinkView, rules: Mapping[str, LanguageRules]) -> None:
        self.view = view
        self._rules = rules
        self._default = LanguageRules()
        self.own = ""  # the file that is being linked: its own names need not be noted
        self._own_entries: Mapping[str, NameEntry] = {}
        self._rules_of: dict[str, LanguageRules] = {}
        self.handed: dict[str, Meanings] = {}  # of its parameters: what its own calls hand to them

    def begin(self, path: str) -> None:
        """From now on this file is linked."""
        self.own, self.handed = path, {}
        self._own_entries = self.view.entries(path)

    def local_names(self) -> set[str]:
        """Names of the file that is linked of whose values something is known although they define nothing."""
        known = (*(name for name, entry in self._own_entries.items() if not entry.kind), *self.handed)
        return {name.rpartition(".")[2] for name in known}

    def inner_names(self) -> frozenset[str] | None:
        """Names that may mean something else inside of the definitions of the file than at its top; None: any."""
        rules = self.rules(self.own)
        if not rules.plain_scopes:
            return None
        dotted = {name.rpartition(".")[2] for name in self._own_entries if "." in name}
        return rules.self_names | rules.class_names | rules.super_names | dotted

    def rules(self, path: str) -> LanguageRules:
        found = self._rules_of.get(path)
        if found is None:
            found = self._rules_of[path] = self._rules.get(self.view.language(path), self._default)
        return found

    def entry(self, path: str, name: str) -> NameEntry:
        if path == self.own and not self.view.is_computing:
            return self._own_entries.get(name, NO_ENTRY)
        return self.view.entry(path, name)

    def kind(self, target: DefinitionTarget) -> str:
        return self.entry(target.path, target.qualname).kind

    @abstractmethod
    def expression(
        self, path: str, scope: str, text: str, line: int = 0, local: bool | None = None
    ) -> Meanings:
        """What a dotted chain means at a place; empty when it is unknown."""

    @abstractmethod
    def attribute(self, meanings: Meanings, name: str) -> Meanings:
        """``meanings.name``; outside when they are known and have no such name in the project."""

    @abstractmethod
    def member(self, owner: DefinitionTarget, name: str, skip: int = 0) -> DefinitionTarget | None:
        """``name`` in the class ``owner`` or the nearest of its bases that has it; the first ``skip`` left out."""

    @abstractmethod
    def hinted(self, path: str, hint: Binding) -> Meanings:
        """What a hint in the file at ``path`` says a name holds."""

    @abstractmethod
    def local_value(self, path: str, hints: Sequence[Binding], line: int) -> Meanings:
        """What a local name holds at ``line``."""


def distinct(meanings: Iterable[Resolved]) -> Meanings:
    found = tuple(dict.fromkeys(meanings))
    return found if len(found) <= MAX_MEANINGS else ()


def any_of(targets: Sequence[DefinitionTarget], sure: bool = True) -> Meanings:
    """One of these definitions or files."""
    sure = sure and len(targets) == 1
    return distinct(Resolved("definition" if t.qualname else "file", t, sure) for t in targets)


def less_sure(meanings: Meanings, sure: bool) -> Meanings:
    return meanings if sure else tuple(m._replace(sure=False) for m in meanings)


def enclosing(scope: str) -> Iterator[str]:
    """``a.b`` → ``a.b``, ``a``, ````."""
    while scope:
        yield scope
        scope = scope.rpartition(".")[0]
    yield ""
