"""What sources say of types beside names, for languages that write them alike: ``name: Type``, ``Type name``,
``name = Type(…)``. A language says by ``Shapes`` which nodes of its grammar those are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec.structs import replace

from indexers.engine.treesitter import FileBuilder, Hook, Node
from indexers.facts import FileFacts, ReferenceKind, Symbol

How = Literal["type", "cast", "call", "name", "inner"]
"""What a field of a value tells: ``type`` that it is built of, ``cast`` type that it is given, ``call``: function
that gives it, ``name``: the value itself is one, ``inner``: the value is that of this field."""
Shapes = Mapping[str, tuple[How, str | int]]
"""By node type: what a field (or the child of that number) tells."""

_MAX_WRAPPERS = 8
_HOW = {"type": "constructor", "cast": "annotation", "call": "constructor", "name": "alias"}


def child(node: Node, where: str | int) -> Node | None:
    """A child by field name, or by its number among the named ones (negative: from the end)."""
    if isinstance(where, str):
        return node.child_by_field_name(where)
    count = node.named_child_count
    where = where + count if where < 0 else where
    return node.named_child(where) if 0 <= where < count else None


def bind_type(file: FileBuilder, name: Node, written: Node | None, ignored: frozenset[bytes]) -> None:
    """``name`` is declared to be of the ``written`` type, unless that is one of the ``ignored`` (built-in) ones.
    That it may be missing (``T?``) is left out."""
    if written is not None and file.source[slice(*written.byte_range)] not in ignored:
        text = file.text(written).rstrip("?!")
        file.add_binding(name.start_byte, file.text(name), text, "annotation", _home(file, name))


def bind_value(file: FileBuilder, name: Node, value: Node | None, shapes: Shapes, text: str = "") -> None:
    """What the value tells of the type of ``name`` (``text``: called so instead)."""
    for _ in range(_MAX_WRAPPERS):
        how, where = shapes.get(value.type, ("", "")) if value is not None else ("", "")
        if how != "inner" or value is None:
            break
        value = child(value, where)
    shown = value if how == "name" or value is None or not how else child(value, where)
    if value is None or shown is None or not how:
        return
    written = file.text(shown) if how in ("type", "cast") else file.chain(shown)
    if written not in ("?", "") and "{" not in written:
        file.add_binding(name.start_byte, text or file.text(name), written, _HOW[how], _home(file, name))


def _home(file: FileBuilder, name: Node) -> str | None:
    """A member that is a scope of its own is bound in the scope around it."""
    scope = file.scope_at(name.start_byte)
    is_own_name = scope.name_start == name.start_byte and scope.parent is not None
    return scope.parent.qualname if is_own_name and scope.parent else None


def typed(ignored: frozenset[bytes], name: str | int = "name", written: str | int = "type") -> Hook:
    """The hook for nodes with a name and its type."""

    def hook(file: FileBuilder, node: Node) -> None:
        target, given = child(node, name), child(node, written)
        if target is not None and given != target:
            bind_type(file, target, given, ignored)

    return hook


def built(shapes: Shapes, name: str | int = "name", value: str | int = "value") -> Hook:
    """The hook for nodes with a name and the value that it gets."""

    def hook(file: FileBuilder, node: Node) -> None:
        target = child(node, name)
        if target is not None:
            bind_value(file, target, child(node, value), shapes)

    return hook


def returns(ignored: frozenset[bytes]) -> Hook:
    """The hook for a result type inside of the function that gives it."""

    def hook(file: FileBuilder, node: Node) -> None:
        scope = file.scope_at(node.start_byte)
        text = file.text(node).rstrip("?!")
        if scope.name and scope.parent is not None and text.encode() not in ignored:
            file.add_binding(scope.name_start, scope.name, text, "return", scope.parent.qualname)

    return hook


def container_use(kind: ReferenceKind, ignored: frozenset[bytes]) -> Hook:
    """The hook for what gives members to a type that has its definition elsewhere, and so uses it."""

    def hook(file: FileBuilder, node: Node) -> None:
        scope = file.scope_at(node.start_byte)
        if scope.kind == "container" and scope.name and scope.name.encode() not in ignored:
            file.add_use(scope.name_start, scope.name, scope.owner, kind)

    return hook


def package(file: FileBuilder, node: Node) -> None:
    """The hook for the name in a package clause; the first one counts."""
    file.package = file.package or "".join(file.text(node).split())


def merge_clauses(file: FileBuilder, facts: FileFacts) -> FileFacts:
    """The ``finish`` of languages that write a function as several clauses (Elixir, Haskell with its signature):
    those that follow each other in one scope become one symbol, with the signature and doc of the first."""
    symbols: list[Symbol] = []
    latest: dict[int, int] = {}
    for symbol in facts.symbols:
        owner = id(file.scope_at(symbol.start_byte).parent)
        index = latest.get(owner, -1)
        if index >= 0 and symbols[index].qualname == symbol.qualname and symbol.kind in _CLAUSES:
            first = symbols[index]
            symbols[index] = replace(first, end_line=symbol.end_line, end_byte=symbol.end_byte)
        else:
            latest[owner] = len(symbols)
            symbols.append(symbol)
    return replace(facts, symbols=tuple(symbols))


_CLAUSES = frozenset({"function", "method", "macro"})
