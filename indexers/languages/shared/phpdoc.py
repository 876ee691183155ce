"""What the documentation comments of PHP say of types where the code itself writes none: ``@var``, ``@param``,
``@return``, with the prefixes of PHPStan and Psalm."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from indexers.engine.treesitter import FileBuilder, Node

_TAG = re.compile(
    r"@(?:phpstan-|psalm-)?(var|param|return)[ \t]++((?:[\w\\|?&\[\]]++|<[^<>\n]{0,200}+>){1,20}+)"
    r"(?:[ \t]++(?:\.\.\.)?(\$\w++))?"
)
_FUNCTIONS = frozenset({"method_declaration", "function_definition"})
_MAX_TAGS = 100

TypeText = Callable[[str], str]
"""A written type without what has no members; empty where nothing is left."""


def documented(file: FileBuilder, node: Node, type_text: TypeText) -> None:
    """Bind what the comment says of what follows it, or of the variables that it names."""
    text, after = file.text(node), node.next_named_sibling
    if not text.startswith("/**") or "@" not in text:
        return
    for number, (tag, written, name) in enumerate(_TAG.findall(text)):
        given = type_text(written) if number < _MAX_TAGS else ""
        if not given:
            continue
        if tag == "var":
            _of_variable(file, node, after, given, name)
        elif after is not None and after.type in _FUNCTIONS:
            _of_function(file, after, given, name if tag == "param" else "", type_text)


def _of_variable(file: FileBuilder, node: Node, after: Node | None, given: str, name: str) -> None:
    if after is not None and after.type == "property_declaration":
        owner = file.scope_at(after.start_byte).enclosing_class()
        for field in _untyped_fields(after) if owner is not None else ():
            own = f"$this.{file.text(field)[1:]}"
            file.add_binding(field.start_byte, own, given, "annotation", owner.qualname if owner else "")
        return
    assigned = after.named_children[0] if after is not None and after.named_children else None
    left = assigned.child_by_field_name("left") if assigned is not None else None
    if left is not None and left.type == "variable_name" and name in ("", file.text(left)):
        file.add_binding(left.start_byte, file.text(left), given, "annotation")
    elif name:
        file.add_binding(node.start_byte, name, given, "annotation")


def _untyped_fields(declaration: Node) -> Iterator[Node]:
    if declaration.child_by_field_name("type") is None:
        for declared in declaration.named_children:
            field = declared.child_by_field_name("name") if declared.type == "property_element" else None
            if field is not None:
                yield field


def _of_function(file: FileBuilder, function: Node, given: str, name: str, type_text: TypeText) -> None:
    own, parameters = function.child_by_field_name("name"), function.child_by_field_name("parameters")
    scope = file.scope_at(own.start_byte) if own is not None else None
    if scope is None or scope.parent is None:
        return
    if not name:
        written = function.child_by_field_name("return_type")
        if written is None or not type_text(file.text(written)):
            given = scope.parent.name if given in ("self", "static", "$this") else given
            file.add_binding(scope.name_start, scope.name, given, "return", scope.parent.qualname)
        return
    for parameter in parameters.named_children if parameters is not None else ():
        found, written = parameter.child_by_field_name("name"), parameter.child_by_field_name("type")
        is_meant = found is not None and file.text(found) == name
        if is_meant and found is not None and (written is None or not type_text(file.text(written))):
            file.add_binding(found.start_byte, name, given, "annotation")
