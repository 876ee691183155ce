"""Members that TypeScript knows by the type that is expected of a value: keys of object literals, attributes of
elements, names that a pattern takes out of a value, parameters of functions without a written type.

What a place expects is a chain of its own: ``f(0)`` is what ``f`` takes as its first argument, ``<T>`` a value of the
written type T; ``<T>.key``, ``f(0)[]``, ``f(0)(1)`` go on from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.engine.treesitter import FileBuilder, Hook, Node
from indexers.facts import READS, WRITES

_PLAIN = re.compile(r"[A-Za-z_$][\w$]*\Z")
_WRAPPED = re.compile(r"(?:Promise|Readonly|Partial|Required|NonNullable|Awaited)<([A-Za-z_$][\w$]*)>\Z")
_LIST = re.compile(r"(?:readonly )?([A-Za-z_$][\w$]*)\[\]\Z|(?:Readonly)?Array<([A-Za-z_$][\w$]*)>\Z")
_SAME = frozenset(
    """parenthesized_expression await_expression non_null_expression ternary_expression binary_expression spread_element
    satisfies_expression as_expression jsx_expression""".split()  # noqa: SIM905
)
"""Expressions whose own value is the one that is expected of them."""
_CALLS = {"call_expression": "function", "new_expression": "constructor"}
_FUNCTIONS = frozenset({"arrow_function", "function_expression"})
_KEYS = frozenset({"property_identifier", "shorthand_property_identifier"})
_FOREIGN = frozenset(
    """Object JSON console Promise Array Math Reflect Number String Symbol describe it test expect vi jest
    require import super""".split()  # noqa: SIM905
)
"""Roots of calls that no project defines: what they take is not looked for."""
_ONE = "map forEach filter find findLast findIndex some every flatMap findLastIndex".split()  # noqa: SIM905
EACH: dict[str, tuple[int, ...]] = {
    **dict.fromkeys(_ONE, (0,)),
    **dict.fromkeys(("reduce", "reduceRight"), (1,)),
    **dict.fromkeys(("sort", "toSorted"), (0, 1)),
}
"""Methods of lists that call what they take, and with which arguments they hand elements to it."""
_MAX_DEPTH = 8
_MAX_CHAIN = 200


def expected(file: FileBuilder, node: Node, depth: int = 0) -> str:
    """The chain of what is expected where the expression stands; ``""``: nothing is known."""
    parent = node.parent
    if parent is None or depth > _MAX_DEPTH:
        return ""
    if parent.type in ("as_expression", "satisfies_expression"):
        written = parent.named_children[1] if len(parent.named_children) == 2 else None
        return expected(file, parent, depth) if written is None else value_of(file.text(written))
    if parent.type in _SAME:
        is_part = parent.type == "ternary_expression" and parent.named_children[0] == node
        return "" if is_part else expected(file, parent, depth)
    read = _READERS.get(parent.type)
    found = read(file, parent, node, depth + 1) if read else ""
    return found if len(found) <= _MAX_CHAIN else ""


def value_of(text: str) -> str:
    """The chain of a value of a written type, where that is a name or a list of one."""
    text = text.removeprefix(":").strip()
    wrapped = _WRAPPED.match(text)
    name = wrapped[1] if wrapped else text
    if _PLAIN.match(name):
        return "" if name == "const" else f"<{name}>"
    listed = _LIST.match(text)
    return f"<{listed[1] or listed[2]}[]>" if listed else ""


def inside(chain: str) -> str:
    """The chain of an element of what ``chain`` stands for."""
    if chain.endswith("[]>"):
        return f"{chain[:-3]}>"
    return f"{chain}[]" if chain else ""


def _of_list(chain: str) -> str:
    return "" if chain.endswith("[]>") else chain


def _argument(file: FileBuilder, arguments: Node, node: Node, depth: int) -> str:
    call = arguments.parent
    callee = call.child_by_field_name(_CALLS[call.type]) if call is not None and call.type in _CALLS else None
    return _taken(file, callee, arguments, node) if callee is not None else ""


def _taken(file: FileBuilder, callee: Node, arguments: Node, node: Node) -> str:
    chain = file.chain(callee)
    given = [child for child in arguments.named_children if child.type != "comment"]
    index = given.index(node)
    if chain == "?" or (node.type in _FUNCTIONS and chain.rpartition(".")[2] in EACH):
        return ""
    if chain.partition(".")[0] in _FOREIGN or _spreads(given[:index]):
        return ""
    return f"{chain}({index})"


def _spreads(nodes: list[Node]) -> bool:
    return any(node.type == "spread_element" for node in nodes)


def _pair(file: FileBuilder, pair: Node, node: Node, depth: int) -> str:
    key, literal = pair.child_by_field_name("key"), pair.parent
    if key is None or key == node or literal is None or key.type not in _KEYS:
        return ""
    around = _of_list(expected(file, literal, depth))
    return f"{around}.{file.text(key)}" if around else ""


def _element(file: FileBuilder, array: Node, node: Node, depth: int) -> str:
    return inside(expected(file, array, depth))


def _declared(file: FileBuilder, declarator: Node, node: Node, depth: int) -> str:
    annotation = declarator.child_by_field_name("type")
    return value_of(file.text(annotation)) if annotation is not None else ""


def _assigned(file: FileBuilder, assignment: Node, node: Node, depth: int) -> str:
    left = assignment.child_by_field_name("left")
    chain = file.chain(left) if left is not None and left != node else "?"
    return "" if chain == "?" or chain.endswith("exports") else chain


def _given_back(file: FileBuilder, statement: Node, node: Node, depth: int) -> str:
    around: Node | None = statement
    while around is not None and around.type not in _WITH_RESULT:
        around = around.parent
    return _result(file, around, depth) if around is not None else ""


def _body(file: FileBuilder, function: Node, node: Node, depth: int) -> str:
    is_body = function.child_by_field_name("body") == node
    return _result(file, function, depth) if is_body else ""


def _result(file: FileBuilder, function: Node, depth: int) -> str:
    written = function.child_by_field_name("return_type")
    if written is not None:
        return value_of(file.text(written))
    around = expected(file, function, depth) if function.type in _FUNCTIONS else ""
    return f"{_of_list(around)}()" if _of_list(around) else ""


_WITH_RESULT = _FUNCTIONS | {"function_declaration", "method_definition"}


def _attribute(file: FileBuilder, attribute: Node, node: Node, depth: int) -> str:
    key = attribute.named_children[0]
    component = _component(file, attribute)
    return f"{component}(0).{file.text(key)}" if component and key.type in _KEYS else ""


def _component(file: FileBuilder, attribute: Node) -> str:
    """The element's component; ``""`` for one of HTML."""
    opening = attribute.parent
    name = opening.child_by_field_name("name") if opening is not None else None
    chain = file.chain(name) if name is not None else "?"
    return "" if chain == "?" or (chain[:1].islower() and "." not in chain) else chain


_READERS = {
    "arguments": _argument,
    "pair": _pair,
    "array": _element,
    "variable_declarator": _declared,
    "public_field_definition": _declared,
    "assignment_expression": _assigned,
    "return_statement": _given_back,
    "arrow_function": _body,
    "jsx_attribute": _attribute,
}


# -- hooks


def _cast(file: FileBuilder, node: Node) -> None:
    """``(x as T)`` has the members of a T."""
    inner = node.named_children[0]
    if inner.type == "as_expression" and len(inner.named_children) == 2:
        chain = value_of(file.text(inner.named_children[1]))
        if chain and not chain.endswith("[]>"):
            file.chains.know(node.end_byte, chain)


def _literal(file: FileBuilder, node: Node) -> None:
    """``{ a: 1, b, c() {} }`` where a type is expected uses its members."""
    keys = [key for key in _keys(node) if key.type in _KEYS]
    around = _of_list(expected(file, node)) if keys else ""
    for key in keys if around else ():
        file.add_use(key.start_byte, file.text(key), around, "read", access=WRITES)


def _keys(literal: Node) -> Iterator[Node]:
    for child in literal.named_children:
        if child.type == "shorthand_property_identifier":
            yield child
        elif child.type in ("pair", "method_definition"):
            key = child.child_by_field_name("key") or child.child_by_field_name("name")
            if key is not None:
                yield key


def _given(file: FileBuilder, node: Node) -> None:
    """``<Card title="x">`` uses what Card takes."""
    key, component = node.named_children[0], _component(file, node)
    if component and key.type == "property_identifier":
        file.add_use(key.start_byte, file.text(key), f"{component}(0)", "read", access=WRITES)


def _handed(file: FileBuilder, node: Node) -> None:
    """The parameters of a function that is handed over or kept are what is expected of it."""
    parameters = [*parameters_of(node)]
    around = expected(file, node) if any(bare for bare, _ in parameters) else ""
    for index, (bare, _) in enumerate(parameters):
        if bare is None or not _of_list(around):
            continue
        chain = f"{around}({index})"
        if bare.type == "identifier":
            file.add_binding(bare.start_byte, file.text(bare), chain, "alias")
        elif bare.type == "object_pattern":
            take_out(file, bare, chain, "")


def parameters_of(function: Node) -> Iterator[tuple[Node | None, Node]]:
    """Each parameter, and what it is called where no type is written."""
    alone = function.child_by_field_name("parameter")
    if alone is not None:
        yield alone, alone
    listed = function.child_by_field_name("parameters")
    for child in listed.named_children if listed is not None else ():
        if child.type == "comment":
            continue
        is_bare = child.child_by_field_name("type") is None
        yield (child.child_by_field_name("pattern") if is_bare else None), child


def take_out(file: FileBuilder, pattern: Node, chain: str, written: str) -> None:
    """``{ a, b: { c } } = value``: a is ``value.a``, c is ``value.b.c``, and each uses that member. ``written``:
    the name of the value's type, where that is known."""
    for path, key, bound in destructured(file, pattern, ()):
        around = ".".join((f"<{written}>" if written else chain, *path[:-1]))
        if around.endswith("[]>"):
            continue
        file.add_use(key.start_byte, path[-1], around, "read", access=READS)
        if bound is None:
            continue
        if written:
            keys = "".join(f'["{part}"]' for part in path)
            file.add_binding(bound.start_byte, file.text(bound), written + keys, "annotation")
        else:
            file.add_binding(bound.start_byte, file.text(bound), f"{around}.{path[-1]}", "alias")


_MAX_PATTERN = 4


def destructured(
    file: FileBuilder, pattern: Node, above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], Node, Node | None]]:
    """The path of each member that a pattern takes out, its key, and the name that it is bound to."""
    for child in pattern.named_children if pattern.type == "object_pattern" else ():
        bound = key = child
        if child.type == "object_assignment_pattern":
            bound = key = child.named_children[0]
        elif child.type == "pair_pattern":
            key, bound = child.named_children[0], child.named_children[-1]
        if bound.type == "assignment_pattern":
            bound = bound.named_children[0]
        name = file.text(key)
        if not name.isidentifier():
            continue
        if bound.type in ("shorthand_property_identifier_pattern", "identifier"):
            yield (*above, name), key, bound
        elif len(above) < _MAX_PATTERN:
            yield (*above, name), key, None
            yield from destructured(file, bound, (*above, name))


CHAIN_HOOKS: dict[str, Hook] = {"cast": _cast}
"""Hooks that say what chains are: they come first."""
HOOKS: dict[str, Hook] = {"literal": _literal, "given": _given, "handed": _handed}
