"""Decorators of JavaScript and TypeScript: what each decorates."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from indexers.engine.treesitter import FileBuilder, Node
from indexers.facts import Reference

_DECORATED = frozenset(
    (
        "class_declaration",
        "abstract_class_declaration",
        "method_definition",
        "abstract_method_signature",
        "public_field_definition",
        "field_definition",
    )
)


def of_decorated(file: FileBuilder, references: Iterable[Reference]) -> Iterator[Reference]:
    """A decorator stands in what it decorates, though it is written in front of that."""
    decorated = {node.start_byte: _decorated(file, node) for node in file.nodes.get("decorator", ())}
    starts = sorted(decorated)
    for ref in references:
        if ref.kind == "decorate":
            at = bisect_right(starts, file.line_start(ref.line) + ref.column) - 1
            yield replace(ref, scope=decorated[starts[at]] or ref.scope) if at >= 0 else ref
        else:
            yield ref


def _decorated(file: FileBuilder, decorator: Node) -> str:
    """The qualname of the class or member that is decorated; ``""`` for anything else."""
    node = decorator.parent
    if node is not None and node.type == "class_body":
        node = decorator.next_named_sibling
        while node is not None and node.type in ("decorator", "comment"):
            node = node.next_named_sibling
    elif node is not None and node.type == "export_statement":
        node = node.child_by_field_name("declaration")
    name = None
    if node is not None and node.type in _DECORATED:
        name = node.child_by_field_name("name") or node.child_by_field_name("property")
    if name is None:
        return ""
    scope = file.scope_at(decorator.start_byte)
    return (
        scope.qualname
        if scope.name_start == name.start_byte
        else f"{scope.qualname}.{file.text(name)}".lstrip(".")
    )
