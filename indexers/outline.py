"""What a file shows to others: the part of its facts that linking any other file may look at.

Stored beside the facts and read without them: linking one changed file must not decode the project.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from indexers.facts import Binding, Fact, FileFacts, Import, ReferenceKind, Symbol
from indexers.method_shape import arity, method_shape, parameter_names
from indexers.signals import SignalConnection, connections

CLASS_KINDS = frozenset({"class", "interface", "struct", "enum", "trait", "type"})
IMPORTS = " import"  # no name
_SHAPES = {"go": method_shape, "java": arity, "python": parameter_names}
_OWN = ("self.", "this.", "$this.", "cls.")


class OutlineSymbol(Fact, frozen=True):
    """One definition: ``qualname`` in its file, its SymbolKind, whether other files may see it, and whether it only
    announces a definition. ``shape``: of a method, the types of its parameters and results without packages, where
    these decide which interfaces its type implements (Go), or how many parameters it has, where these tell it apart
    (Java), or their names (Python)."""

    qualname: str
    kind: str
    exported: bool
    is_declaration: bool = False
    shape: str = ""


class Outline(Fact, frozen=True):
    """As in FileFacts; ``bases``: (qualname of the class, dotted name of the base as written) in order; ``decorators``:
    the same of what decorates functions and classes of Python; ``connections``: what it connects to signals."""

    language: str
    package: str = ""
    exports: tuple[str, ...] | None = None
    symbols: tuple[OutlineSymbol, ...] = ()
    imports: tuple[Import, ...] = ()
    bindings: tuple[Binding, ...] = ()
    bases: tuple[tuple[str, str], ...] = ()
    decorators: tuple[tuple[str, str], ...] = ()
    connections: tuple[SignalConnection, ...] = ()


class NameEntry(Struct, frozen=True):
    """What one dotted name means in a file. ``kind``: of its definition (``""``: it defines none);
    ``imports``: statements that bind it; ``hints``: what is said of its type (``return`` for its result);
    ``bases``: of a class, as written; ``shape``: see OutlineSymbol; ``decorators``: see Outline."""

    kind: str = ""
    exported: bool = False
    imports: tuple[Import, ...] = ()
    hints: tuple[Binding, ...] = ()
    bases: tuple[str, ...] = ()
    is_declaration: bool = False
    shape: str = ""
    decorators: tuple[str, ...] = ()


NO_ENTRY = NameEntry()


def outline(facts: FileFacts) -> Outline:
    """The outline of one file."""
    return Outline(
        language=facts.language,
        package=facts.package,
        exports=facts.exports,
        symbols=tuple(
            OutlineSymbol(s.qualname, s.kind, s.exported, s.is_declaration, _shape(facts.language, s))
            for s in facts.symbols
        ),
        imports=facts.imports,
        bindings=facts.bindings,
        bases=tuple(_named(facts, "inherit")),
        decorators=tuple(_named(facts, "decorate")) if facts.language == "python" else (),
        connections=tuple(connections(facts)) if facts.language == "python" else (),
    )


def _shape(language: str, symbol: Symbol) -> str:
    read = _SHAPES.get(language)
    return read(symbol.name, symbol.signature) if read and symbol.kind == "method" else ""


def _named(facts: FileFacts, kind: ReferenceKind) -> Iterator[tuple[str, str]]:
    for ref in facts.references:
        if ref.kind == kind:
            yield ref.scope, f"{ref.receiver}.{ref.name}" if ref.receiver else ref.name


def entries(shown: Outline) -> dict[str, NameEntry]:
    """Dotted name → what it means, for every name the file binds. ``self.x`` of a method belongs to its class:
    its name is ``Class.x``."""
    kinds: dict[str, tuple[str, bool]] = {}
    for symbol in shown.symbols:  # of two definitions under one name a class counts more: it has members
        known = kinds.get(symbol.qualname)
        if known is None or (symbol.kind in CLASS_KINDS and known[0] not in CLASS_KINDS):
            kinds[symbol.qualname] = (symbol.kind, symbol.exported)
    imports: dict[str, list[Import]] = {}
    for item in shown.imports:
        if item.alias and not item.reexport:
            imports.setdefault(join(item.scope, item.alias), []).append(item)
    for item in shown.imports:  # what is handed on is a name for others, and only where the file has no other
        if item.alias and item.reexport:
            imports.setdefault(join(item.scope, item.alias), []).append(item)
    hints: dict[str, list[Binding]] = {}
    for binding in shown.bindings:
        hints.setdefault(_bound_name(binding, kinds), []).append(binding)
    bases, decorators = _by_qualname(shown.bases), _by_qualname(shown.decorators)
    announced = {symbol.qualname for symbol in shown.symbols if symbol.is_declaration}
    shapes: dict[str, str] = {}
    for symbol in shown.symbols if shown.language in _SHAPES else ():
        above = shapes.get(symbol.qualname, "") if shown.language == "java" else ""
        shapes[symbol.qualname] = (
            f"{above}|{symbol.shape}" if above and symbol.shape else above or symbol.shape
        )
    names = {**kinds, **imports, **hints, **bases}
    return {
        name: NameEntry(
            *kinds.get(name, ("", False)),
            tuple(imports.get(name, ())),
            tuple(hints.get(name, ())),
            tuple(bases.get(name, ())),
            name in announced,
            shapes.get(name, ""),
            tuple(decorators.get(name, ())),
        )
        for name in names
    }


def _by_qualname(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for qualname, name in pairs:
        found.setdefault(qualname, []).append(name)
    return found


def _bound_name(binding: Binding, kinds: dict[str, tuple[str, bool]]) -> str:
    name = binding.name
    if name.startswith(_OWN):
        owner = owner_of(binding.scope, kinds)
        if owner:
            return join(owner, name.partition(".")[2])
    return join(binding.scope, name)


def owner_of(scope: str, kinds: dict[str, tuple[str, bool]]) -> str:
    """The innermost class around ``scope``, itself included; a method that stands outside of its type's body
    (``T.m`` in Go, Rust, C++) belongs to the type although the file may not define it. ``""``: none."""
    prefix = scope
    while prefix:
        if kinds.get(prefix, ("",))[0] in CLASS_KINDS:
            return prefix
        prefix = prefix.rpartition(".")[0]
    head, dot, _ = scope.partition(".")
    return head if dot and head not in kinds else ""


def join(scope: str, name: str) -> str:
    """``scope.name``, where either may be empty."""
    return f"{scope}.{name}" if scope and name else scope or name


def essence(shown: Outline) -> dict[str, bytes]:
    """Dotted name → all that may change what others link to it, without lines; ``*`` stands for star imports,
    the list of exports and the package, IMPORTS for all imports."""
    ranks = _local_ranks(shown)
    found = {
        name: msgspec.msgpack.encode(
            (
                entry.kind,
                entry.exported,
                [(i.module, i.name, i.reexport, i.type_only) for i in entry.imports],
                [(b.scope, b.type_text, b.how, ranks.get(b, ())) for b in entry.hints],
                entry.bases,
                entry.is_declaration,
                entry.shape,
                entry.decorators,
            )
        )
        for name, entry in entries(shown).items()
    }
    stars = [(i.module, i.scope, i.reexport) for i in shown.imports if i.name == "*"]
    silent = [  # includes bind no name of their own; what C++ calls otherwise is known to all who include the file
        (i.module, i.name, i.alias, i.scope) for i in shown.imports if not i.alias or shown.language == "cpp"
    ]
    for owner, members in declared_members(shown).items():
        found[members_key(owner)] = msgspec.msgpack.encode(members)
    for signal, connected in by_signal(shown.connections).items():
        found[connected_key(signal)] = msgspec.msgpack.encode(connected)
    found[IMPORTS] = msgspec.msgpack.encode(
        [(i.module, i.name, i.alias, i.scope, i.reexport) for i in shown.imports]
    )
    found["*"] = msgspec.msgpack.encode((stars, silent, shown.exports, shown.package, shown.language))
    return found


def by_signal(found: Iterable[SignalConnection]) -> dict[str, list[SignalConnection]]:
    """Last name of each signal → what is connected to one that is called so."""
    connected: dict[str, list[SignalConnection]] = {}
    for one in found:
        connected.setdefault(one.signal.rpartition(".")[2], []).append(one)
    return connected


def connected_key(signal: str) -> str:
    """What stands in ``essence`` for all that the file connects to signals called so."""
    return f"{signal} connected"


def members_key(owner: str) -> str:
    """What stands in ``essence`` for the list of an interface's own methods."""
    return f"{owner}.*"


def declared_members(shown: Outline) -> dict[str, tuple[str, ...]]:
    """Qualname of each interface → the names of the methods that it declares itself, sorted."""
    found: dict[str, set[str]] = {s.qualname: set() for s in shown.symbols if s.kind == "interface"}
    for symbol in shown.symbols:
        owner, _, name = symbol.qualname.rpartition(".")
        if symbol.kind == "method" and owner in found:
            found[owner].add(name)
    return {owner: tuple(sorted(names)) for owner, names in found.items()}


def _local_ranks(shown: Outline) -> dict[Binding, tuple[int, int]]:
    """Binding → where it begins and ends to hold among those of its function: which of two a later line sees depends
    on their order."""
    functions = {symbol.qualname for symbol in shown.symbols if symbol.kind in ("function", "method")}
    local = [binding for binding in shown.bindings if binding.scope in functions]
    lines: dict[str, set[int]] = {}
    for binding in local:
        lines.setdefault(binding.scope, set()).update((binding.line, binding.until))
    places = {
        scope: {line: index for index, line in enumerate(sorted(found))} for scope, found in lines.items()
    }
    return {b: (places[b.scope][b.line], places[b.scope][b.until]) for b in local}
