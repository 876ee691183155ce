"""Type parameters and local names of languages with blocks and written types (Go, Java)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from operator import attrgetter

import msgspec

from indexers.engine.treesitter import FileBuilder, Scope
from indexers.facts import Binding, FileFacts, Reference

UNKNOWN = "?"
_WORD = re.compile(r"(?<![.\w$])[^\W\d][\w$]*")
_ROOT = re.compile(r"[.(\[]")
_MAX_DISTANCE = 2_000  # bytes between a name and its use in one statement


def without_parameters(file: FileBuilder, scope: str, text: str) -> str:
    """The type as it is written at ``scope``, with ``?`` (or what bounds it) for every type parameter."""
    known = file.type_parameters
    if not known:
        return text
    bounds: dict[str, str] = {}
    for around in _outwards(scope):
        bounds = known.get(around, {}) | bounds
    return _WORD.sub(lambda word: bounds.get(word[0], word[0]), text) if bounds else text


def _outwards(scope: str) -> Iterator[str]:
    while scope:
        yield scope
        scope = scope.rpartition(".")[0]


def without_idle(facts: FileFacts) -> FileFacts:
    """The facts with ``?`` only for names that have a type elsewhere in the function."""
    known = {(b.scope, b.name) for b in facts.bindings if b.type_text != UNKNOWN}
    kept = tuple(b for b in facts.bindings if b.type_text != UNKNOWN or (b.scope, b.name) in known)
    return facts if len(kept) == len(facts.bindings) else msgspec.structs.replace(facts, bindings=kept)


def hide_types(file: FileBuilder, facts: FileFacts) -> FileFacts:
    """The facts where a local name that is declared without a known type hides one of the function that has it."""
    typed: dict[tuple[str, str], set[int]] = {}
    for binding in facts.bindings:
        typed.setdefault((binding.scope, binding.name), set()).add(binding.line)
    names = {name.encode(): name for _, name in typed}
    found = []
    for start, end in file.spans["local"]:
        name = names.get(file.source[start:end])
        scope = file.scope_at(start) if name else None
        lines = typed.get((scope.qualname, name)) if scope and name else None
        if scope and name and lines and file.line(start) not in lines:
            found.append(_untyped(file, name, start, scope))
    return _with_bindings(facts, found) if found else facts


def _untyped(file: FileBuilder, name: str, start: int, scope: Scope) -> Binding:
    until = file.line(scope.end - 1) if scope.kind in ("block", "scope") else 0
    return Binding(scope.qualname, name, UNKNOWN, file.line(start), "alias", until)


def _with_bindings(facts: FileFacts, more: Iterable[Binding]) -> FileFacts:
    bindings = sorted((*facts.bindings, *more), key=attrgetter("line"))
    return msgspec.structs.replace(facts, bindings=tuple(bindings))


def settle_locals(file: FileBuilder, facts: FileFacts, names: Iterable[str]) -> FileFacts:
    """The same where ``:=`` declares a name only the first time in a block, and only from there on: before, it means
    what it means outside of the function. ``names``: those that the file gives a meaning outside of functions."""
    declared = _DeclaredNames(file, {binding.name for binding in facts.bindings} | set(names))
    facts = _with_bindings(facts, declared.without_type(facts.bindings))
    outside = {name.encode() for name in names}
    references = tuple(declared.settled(reference, outside) for reference in facts.references)
    return msgspec.structs.replace(facts, references=references)


class _DeclaredNames:
    """Where local names are declared first in their scope, those that are asked for."""

    def __init__(self, file: FileBuilder, names: set[str]) -> None:
        self._file = file
        self._first: dict[tuple[int, bytes], tuple[int, Scope]] = {}
        wanted, source = {name.encode() for name in names}, file.source
        for start, end in file.spans["local"]:
            name = source[start:end]
            if name in wanted:
                scope = file.scope_at(start)
                self._first.setdefault((id(scope), name), (start, scope))

    def without_type(self, bindings: Iterable[Binding]) -> Iterator[Binding]:
        """``?`` for names that are declared without a known type where others of the function have one."""
        typed: dict[tuple[str, str], set[int]] = {}
        for binding in bindings:
            typed.setdefault((binding.scope, binding.name), set()).add(binding.line)
        for (_, raw), (start, scope) in self._first.items():
            name, line = raw.decode("utf-8", "replace"), self._file.line(start)
            lines = typed.get((scope.qualname, name))
            if lines and line not in lines:
                yield _untyped(self._file, name, start, scope)

    def settled(self, reference: Reference, outside: set[bytes]) -> Reference:
        if not reference.local:
            return reference
        root = _ROOT.split(reference.receiver, 1)[0].encode()
        if root not in outside:
            return reference
        at = self._file.line_start(reference.line) + reference.column
        scope: Scope | None = self._file.scope_at(at)
        while scope is not None and root not in scope.locals:
            scope = scope.parent
        start = self._first.get((id(scope), root), (-1,))[0] if scope is not None else -1
        if start < 0 or (start < at and not self._is_one_statement(start, at)):
            return reference
        return msgspec.structs.replace(reference, local=False)

    def _is_one_statement(self, start: int, at: int) -> bool:
        """``name := name.Make()``: on the right the name is not declared yet."""
        between = self._file.source[start : min(at, start + _MAX_DISTANCE)]
        return at - start < _MAX_DISTANCE and b"=" in between and not any(c in between for c in b";{\n")
