"""All edges that start in one file: its imports, and its references as far as their meaning is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from msgspec import Struct

from indexers.facts import WRITES, Argument, FileFacts, Reference
from indexers.outline import join
from indexers.signals import SENDS
from memoryd.ingest.link.definitions import DefinitionTarget, of_method
from memoryd.ingest.link.evaluate import Evaluator
from memoryd.ingest.link.fixtures import asked
from memoryd.ingest.link.hooks import called_by_signal, called_hook
from memoryd.ingest.link.overrides import overrides
from memoryd.ingest.link.resolution import (
    MAX_MEANINGS,
    OUTSIDE_ONLY,
    Meanings,
    Resolved,
    enclosing,
    less_sure,
)
from memoryd.store.index.queries.link_queries import EdgeRow, UnresolvedUses

_EDGE_OF = {
    "call": "calls",
    "inherit": "inherits",
    "type": "references",
    "read": "references",
    "decorate": "references",
}
_DATA = frozenset(("field", "property", "variable", "constant"))
_REPLACED = frozenset(("function", "method"))  # they may be assigned to, and are no data when they are not
_NAME_ONLY_MIN_LENGTH = 5  # shorter method names collide with the standard library of every language
_EXACT, _MEMBER, _INFERRED, _ONE_OF_SEVERAL, _NAME_ONLY = 1.0, 0.95, 0.85, 0.6, 0.3


class FileLinks(Struct, frozen=True):
    """What one file uses: its edges, how many of its references have no known meaning, and those of them without an
    edge."""

    edges: list[EdgeRow]
    unresolved: int
    unknown: UnresolvedUses


def link_file(evaluator: Evaluator, path: str, facts: FileFacts, lines: Mapping[str, int]) -> FileLinks:
    """All edges that start in the file, and what could not be told. ``lines``: where its definitions begin."""
    return _FileLinker(evaluator, path, facts).link(lines)


def all_unresolved(facts: FileFacts) -> UnresolvedUses:
    """What is known of a file that could not be linked."""
    uses: dict[str, dict[int, None]] = {}
    for ref in facts.references:
        uses.setdefault(ref.name, {})[ref.line] = None
    return UnresolvedUses(_by_name(uses))


def _by_name(uses: Mapping[str, Mapping[int, None]]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return tuple((name, tuple(sorted(lines))) for name, lines in sorted(uses.items()))


class _FileLinker:
    """One file while it is linked; what its expressions mean is kept, for most stand in it more than once."""

    def __init__(self, evaluator: Evaluator, path: str, facts: FileFacts) -> None:
        self._evaluator, self._path, self._facts = evaluator, path, facts
        self._known: dict[tuple[str, str, int], Meanings] = {}
        self._parameters = dict(facts.parameters)
        self._asked = tuple(asked(evaluator.view, path, facts))
        evaluator.begin(path)
        given = ((join(a.scope, a.name), evaluator.returned(a.fixture)) for a in self._asked)
        evaluator.handed = {name: meanings for name, meanings in given if meanings}
        evaluator.handed |= dict(self._handed())
        self._local_names = evaluator.local_names()
        self._inner_names = evaluator.inner_names()
        self._symbols: dict[str, str] = {}

    def link(self, lines: Mapping[str, int]) -> FileLinks:
        edges = dict.fromkeys(self._imports())
        edges.update({edge: None for edge in self._fixtures()})
        unresolved = 0
        unknown: dict[str, dict[int, None]] = {}
        for ref in self._facts.references:
            meanings = self.meanings(ref)
            if runs := self._run_by_name(ref, meanings):
                edges.update(dict.fromkeys(runs))
            if meanings:
                edges.update({edge: None for edge in self._edges(ref, meanings) if edge})
                continue
            if runs:
                continue
            unresolved += 1
            edge = self._by_name_alone(ref)
            if edge:
                edges[edge] = None
            elif (ref.receiver or not ref.local) and not self._is_foreign(ref):
                unknown.setdefault(ref.name, {})[ref.line] = None
        edges.update({edge: None for edge in overrides(self._evaluator, self._path, lines)})
        return FileLinks(list(edges), unresolved, self._unknown(unknown))

    def _run_by_name(self, ref: Reference, meanings: Meanings) -> list[EdgeRow]:
        """What a framework calls by a name: the hook of plugins, what is connected to the signal that is sent."""
        evaluator = self._evaluator
        if not ref.receiver or not evaluator.rules(self._path).protocols:
            return []
        if any(m.kind != "outside" for m in meanings):
            return []
        is_sent = ref.kind == "call" and ref.name in SENDS
        runs = called_by_signal(evaluator, self._receiver(ref)) if is_sent else called_hook(evaluator, ref)
        return [
            EdgeRow(
                self._symbol(ref.scope),
                _EDGE_OF[ref.kind],
                to.path,
                to.qualname,
                ref.line,
                "inferred",
                _INFERRED,
            )
            for to in runs
        ]

    def _unknown(self, uses: Mapping[str, Mapping[int, None]]) -> UnresolvedUses:
        evaluator, path = self._evaluator, self._path
        outside = (
            (item.module, item.name, item.line)
            for item in evaluator.view.outline(path).imports
            if evaluator.rules(path).resolve(evaluator.view, path, item) is None
        )
        return UnresolvedUses(_by_name(uses), tuple(sorted(set(outside))))

    def meanings(self, ref: Reference) -> Meanings:
        """The definitions that the reference may mean; outside of the project, or empty for unknown."""
        evaluator = self._evaluator
        if ref.receiver.startswith('"'):
            return self._quoted(ref)
        text = f"{ref.receiver}.{ref.name}" if ref.receiver else ref.name
        scope = self._scope(ref)
        key = (scope, text, ref.line if ref.local else 0)
        found = self._known.get(key)
        if found is None:
            if ref.receiver:
                found = self._member(ref, scope, text)
            else:
                local = ref.local and not evaluator.rules(self._path).calls_apart
                found = evaluator.name(self._path, ref.name, scope, ref.line, local)
            self._known[key] = found
        if ref.given >= 0:
            found = evaluator.taking(found, ref.given)
        if ref.kind == "call" and not ref.receiver and evaluator.rules(self._path).modules_apart:
            return evaluator.not_modules(found, ref.name)
        return self._types(ref) if self._is_misread_type(ref, found) else found

    def _quoted(self, ref: Reference) -> Meanings:
        """What a string that names code means: by its own words, whatever the file binds."""
        evaluator = self._evaluator
        if "*" in ref.receiver:
            files = evaluator.rules(self._path).globbed(evaluator.view, self._path, ref.receiver[1:-1])
            return tuple(Resolved("file", DefinitionTarget(file), False) for file in files) or OUTSIDE_ONLY
        for item, members in evaluator.rules(self._path).quoted(ref.receiver[1:-1], ref.name):
            found = evaluator.imported(self._path, item)
            if found == OUTSIDE_ONLY:
                continue
            for name in members:
                found = evaluator.attribute(found, name)
            return less_sure(found, False)
        return OUTSIDE_ONLY

    def _member(self, ref: Reference, scope: str, text: str) -> Meanings:
        receiver = self._receiver(ref)
        found = self._evaluator.seen_member(self._path, receiver, ref.name, ref.receiver)
        if ref.local or not self._evaluator.rules(self._path).written_out:
            return found
        if any(m.kind != "outside" for m in found):
            return found
        return self._evaluator.expression(self._path, scope, text, ref.line, False) or found

    def _is_misread_type(self, ref: Reference, found: Meanings) -> bool:
        """C: in ``struct state { struct args *args; }`` the type is not the field of its name."""
        if ref.kind != "type" or ref.receiver or not ref.scope:
            return False
        return any(m.kind == "definition" and self._evaluator.kind(m.target) == "field" for m in found)

    def _types(self, ref: Reference) -> Meanings:
        """What the name means outside of everything that has fields."""
        return self._evaluator.name(self._path, ref.name, "", ref.line, False)

    def _receiver(self, ref: Reference) -> Meanings:
        scope = self._scope(ref)
        key = (scope, f"{ref.receiver}.", ref.line if ref.local else 0)
        found = self._known.get(key)
        if found is None:
            local = ref.local and not self._is_own_object(ref) and not self._is_type(ref)
            if local and _root(ref.receiver) not in self._local_names:
                return ()
            found = self._evaluator.expression(self._path, scope, ref.receiver, ref.line, local)
            self._known[key] = found
        return found

    def _scope(self, ref: Reference) -> str:
        """Where to look from: the top of the file, unless something between binds the name."""
        if self._inner_names is None or ref.local or (_root(ref.receiver) or ref.name) in self._inner_names:
            return ref.scope
        return ""

    def _symbol(self, scope: str) -> str:
        """The innermost symbol around a scope: not every scope is one (blocks of values, implementations)."""
        found = self._symbols.get(scope)
        if found is None:
            entries = self._evaluator.view.entries(self._path)
            kinds = ((prefix, entries.get(prefix)) for prefix in enclosing(scope))
            found = next((prefix for prefix, entry in kinds if entry and entry.kind), "")
            self._symbols[scope] = found
        return found

    def _is_own_object(self, ref: Reference) -> bool:
        rules = self._evaluator.rules(self._path)
        root = _root(ref.receiver)
        return root in rules.self_names or root in rules.class_names

    def _edges(self, ref: Reference, meanings: Meanings) -> Iterator[EdgeRow | None]:
        """One edge a meaning. Calling a variable uses it and calls what it holds. A definition uses its decorators;
        whoever encloses it calls them."""
        if ref.kind == "decorate" and self._evaluator.rules(self._path).decorators_run:
            caller = msgspec.structs.replace(ref, kind="call", scope=ref.scope.rpartition(".")[0])
            yield from self._edges(caller, meanings)
        for meaning in meanings:
            kind = _EDGE_OF[ref.kind]
            if kind == "calls" and (called := self._evaluator.called(meaning)) is not None:
                for held in called:
                    yield self._edge(ref, held, len(called), "calls")
                kind = "references"
            if ref.receiver or not ref.local or kind == "calls":
                is_each = ref.receiver.startswith('"')  # a glob means all of its files
                yield self._edge(ref, meaning, 1 if is_each else len(meanings), kind)

    def _fixtures(self) -> Iterator[EdgeRow]:
        for a in self._asked:
            yield EdgeRow(a.scope, "calls", a.fixture.path, a.fixture.qualname, a.line, "inferred", _INFERRED)

    def _handed(self) -> Iterator[tuple[str, Meanings]]:
        """(qualified parameter, what the file's own calls hand to it): as far as one file tells."""
        evaluator, path = self._evaluator, self._path
        found: dict[str, dict[Resolved, None]] = {}
        for argument in self._facts.arguments:
            for callee in evaluator.expression(path, argument.scope, argument.callee, argument.line):
                parameter = self._parameter(callee, argument)
                if parameter:
                    values = evaluator.expression(path, argument.scope, argument.value, argument.line)
                    kept = found.setdefault(parameter, {})
                    kept.update((value._replace(sure=False), None) for value in evaluator.held(values))
        for parameter, meanings in found.items():
            if len(meanings) <= MAX_MEANINGS:
                yield parameter, tuple(meanings)

    def _parameter(self, callee: Resolved, argument: Argument) -> str:
        """The qualified name of the parameter that the argument fills, of a function of this file; else ``""``."""
        target, is_method = callee.target, callee.kind == "instance"
        if callee.kind == "definition" and self._evaluator.kind(target) == "class":
            target, is_method = self._evaluator.member(target, "__init__") or target, True
        names = self._parameters.get(target.qualname, ()) if target.path == self._path else ()
        if argument.keyword:
            return join(target.qualname, argument.keyword) if argument.keyword in names else ""
        is_method = is_method or "." in argument.callee
        index = argument.position + (is_method and names[:1] in (("self",), ("cls",)))
        return join(target.qualname, names[index]) if index < len(names) else ""

    def _is_type(self, ref: Reference) -> bool:
        is_type = ref.kind in ("type", "inherit", "decorate")
        return is_type and self._evaluator.rules(self._path).types_apart

    def _edge(self, ref: Reference, meaning: Resolved, among: int, kind: str) -> EdgeRow | None:
        target = meaning.target
        if meaning.kind not in ("definition", "file") or target.path.endswith("/"):
            return None
        if target == DefinitionTarget(self._path, ref.scope) and ref.kind != "call":
            return None
        is_module = self._evaluator.rules(self._path).files_are_modules
        if meaning.kind == "file" and (target.path == self._path or not is_module):
            return None
        method, confidence = _how_sure(ref, meaning, among)
        return EdgeRow(
            self._symbol(ref.scope),
            kind,
            target.path,
            target.qualname,
            ref.line,
            method,
            confidence,
            self._access(ref.access, target) if kind == "references" and ref.access else 0,
        )

    def _access(self, access: int, target: DefinitionTarget) -> int:
        """Of data whatever is done with it; of a function that it is replaced."""
        kind = self._evaluator.kind(target)
        is_told = kind in _DATA or (kind in _REPLACED and access & WRITES)
        return access if is_told else 0

    def _by_name_alone(self, ref: Reference) -> EdgeRow | None:
        """The one method of the project that is called so: a hint, never a fact."""
        if ref.kind != "call" or not ref.receiver or len(ref.name) < _NAME_ONLY_MIN_LENGTH:
            return None
        language = self._facts.language
        if ref.name in self._evaluator.rules(self._path).common_methods or self._is_foreign(ref):
            return None
        methods = self._evaluator.view.named(language, ref.name).by(of_method)
        if len(methods) != 1:
            return None
        path, qualname = methods[0].target.path, methods[0].qualname
        if self._evaluator.kind(DefinitionTarget(path, qualname.rpartition(".")[0])) in (
            "function",
            "method",
        ):
            return None  # a local function has no receiver
        return EdgeRow(self._symbol(ref.scope), "calls", path, qualname, ref.line, "name-only", _NAME_ONLY)

    def _is_foreign(self, ref: Reference) -> bool:
        """Whether the receiver is a type that nothing in the project defines (``int.TryParse``, ``Guid.NewGuid``)."""
        if ref.local or not ref.receiver.isidentifier():
            return False
        rules, view = self._evaluator.rules(self._path), self._evaluator.view
        if ref.receiver in rules.builtin_types:
            return True
        return (
            rules.types_capitalised
            and ref.receiver[:1].isupper()
            and not view.named(self._facts.language, ref.receiver)
        )

    def _imports(self) -> Iterator[EdgeRow]:
        evaluator, path = self._evaluator, self._path
        rules = evaluator.rules(path)
        for item in evaluator.view.outline(path).imports:
            target = rules.resolve(evaluator.view, path, item)
            if target is None or target.path == path:
                continue
            how = ("inferred", _INFERRED) if rules.is_guess(item) else ("exact", _EXACT)
            if not target.path.endswith("/") and rules.brings_file(item):
                yield EdgeRow("", "imports", target.path, "", item.line, *how)
            for meaning in evaluator.imported(path, item) if target.qualname else ():
                found = meaning.target
                if meaning.kind == "definition" and found.path != path:
                    scope = self._symbol(item.scope)
                    yield EdgeRow(scope, "references", found.path, found.qualname, item.line, *how)
                elif (
                    meaning.kind == "file"
                    and found.path not in (path, target.path)
                    and found.path[-1:] != "/"
                ):
                    yield EdgeRow("", "imports", found.path, "", item.line, *how)


def _root(receiver: str) -> str:
    return receiver.partition(".")[0].partition("(")[0].partition("[")[0]


def _how_sure(ref: Reference, meaning: Resolved, among: int) -> tuple[str, float]:
    if among > 1:
        return "inferred", _ONE_OF_SEVERAL
    if meaning.sure:
        return "exact", _MEMBER if "." in meaning.target.qualname and ref.receiver else _EXACT
    return "inferred", _INFERRED
