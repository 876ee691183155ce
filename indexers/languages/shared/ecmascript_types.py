"""What the source of JavaScript and TypeScript says of the types of names: annotations, constructors, aliases,
results, elements of lists, members of objects; and whose ``this`` is meant."""

from __future__ import annotations

import re

from indexers.engine.generics import UNKNOWN
from indexers.engine.treesitter import FileBuilder, Hook, Node, Scope
from indexers.languages.shared.ecmascript_expected import EACH, parameters_of, take_out
from indexers.languages.shared.ecmascript_expected import HOOKS as EXPECTED_HOOKS

_WRAPPERS = ("await_expression", "parenthesized_expression", "non_null_expression")
_CASTS = ("as_expression", "satisfies_expression")
_CALLS = {"new_expression": "constructor", "call_expression": "function"}
_CHAINS = ("identifier", "member_expression", "this", "subscript_expression")
_LOADED = ("require()", "import()")
_PROMOTING = ("accessibility_modifier", "readonly", "override_modifier")
_NESTED = ("object_type", "function_type", "constructor_type", "mapped_type_clause", "conditional_type")
_PLAIN_TYPE = re.compile(r"[\w$]+\Z")
_PRIMITIVE = re.compile(
    r"(?:string|number|boolean|any|unknown|void|null|undefined|never|object|symbol|bigint|[|&\s\[\]])+\Z"
)
_COMPONENT = re.compile(r"(?:React\.)?(?:Pure)?Component\Z")
_PROTOTYPE = re.compile(rb"([\w$]{1,200})\.prototype\b")


_AROUND_MEMBERS = frozenset(
    """object_type interface_body intersection_type union_type parenthesized_type generic_type type_arguments array_type
    readonly_type property_signature type_annotation""".split()  # noqa: SIM905
)


def classify(source: bytes, nodes: dict[str, list[Node]]) -> None:
    """Leave out the properties of object types that have no name: those of parameters, variables, results."""
    found = nodes.get("def.property", [])
    kept = [node for node in found if _has_named_owner(node)]
    if len(kept) == len(found):
        return
    nodes["def.property"] = kept
    ids = {node.id for node in kept}
    gone = {
        name.id
        for node in found
        if node.id not in ids and (name := node.child_by_field_name("name")) is not None
    }
    nodes["name"] = [node for node in nodes["name"] if node.id not in gone]


def _has_named_owner(signature: Node) -> bool:
    around = signature.parent
    while around is not None and around.type in _AROUND_MEMBERS:
        around = around.parent
    return around is not None and around.type in ("interface_declaration", "type_alias_declaration")


def type_text(file: FileBuilder, annotation: Node) -> str:
    """What stands behind the colon."""
    return file.text(annotation).removeprefix(":").strip()


def bind_value(file: FileBuilder, at: int, name: str, value: Node, scope: str | None = None) -> None:
    """Say what ``name`` holds when ``value`` is assigned to it."""
    value = _inner(value)
    if value.type in _CASTS and len(value.named_children) == 2:
        text = file.text(value.named_children[1])
        file.add_binding(at, name, text, "annotation", scope)
        return
    called = value.child_by_field_name(_CALLS[value.type]) if value.type in _CALLS else None
    chain = file.chain(called or value) if called is not None or value.type in _CHAINS else "?"
    if chain == "?" or chain in ("require", "import") or chain.startswith(_LOADED):
        return
    owner = file.scope_at(value.start_byte).enclosing_class() if chain.startswith("this") else None
    if owner is None or not _is_foreign(value, owner):
        file.add_binding(at, name, chain, "alias" if called is None else "constructor", scope)


def _inner(value: Node) -> Node:
    while value.type in _WRAPPERS and value.named_children:
        value = value.named_children[0]
    return value


_SIMPLE = ("identifier", "member_expression", "shorthand_property_identifier")
_WITH_SCOPES = ("arrow_function", "function_expression", "generator_function", "object", "class")


# -- variables and parameters


def _declarator(file: FileBuilder, node: Node) -> None:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    annotation = node.child_by_field_name("type")
    if name is None:
        return
    if name.type != "identifier":
        _pattern(file, name, annotation, value)
    elif annotation is not None:
        at, scope = node.start_byte, _scope_of_container(file, node)
        file.add_binding(at, file.text(name), type_text(file, annotation), "annotation", scope)
    elif value is not None:
        bind_value(file, node.start_byte, file.text(name), value, _scope_of_container(file, node))


def _scope_of_container(file: FileBuilder, node: Node) -> str | None:
    """Where the name of an object stands: outside of it. None: as ever."""
    scope = file.scope_at(node.start_byte)
    if scope.kind == "container" and scope.start == node.start_byte and scope.parent is not None:
        return scope.parent.qualname
    return None


def _pattern(file: FileBuilder, pattern: Node, annotation: Node | None, value: Node | None) -> None:
    """``const { a, b: { c } } = value``: c is ``value.b.c``; with a written type T, a is a ``T["a"]``."""
    text = type_text(file, annotation) if annotation is not None else ""
    chain = file.chain(_inner(value)) if value is not None else "?"
    if _PLAIN_TYPE.match(text):
        take_out(file, pattern, "", text)
    elif not text and chain != "?" and not chain.startswith(_LOADED):
        take_out(file, pattern, chain, "")


def _typed(file: FileBuilder, node: Node) -> None:
    """A parameter; with its type, and as a field of the class where it is one (``private x: T``)."""
    pattern, annotation = node.child_by_field_name("pattern"), node.child_by_field_name("type")
    if pattern is None:
        return
    taken = _takes(file, node, type_text(file, annotation)) if annotation is not None else ""
    if pattern.type != "identifier":
        if taken and annotation is not None and not _PLAIN_TYPE.match(type_text(file, annotation)):
            take_out(file, pattern, taken, "")
        else:
            _pattern(file, pattern, annotation, None)
        return
    name, at = file.text(pattern), node.start_byte
    if annotation is not None:
        file.add_binding(at, name, type_text(file, annotation), "annotation")
    owner = file.scope_at(at).enclosing_class()
    if owner is not None and any(child.type in _PROMOTING for child in node.children):
        file.add_symbol(owner, name, "field", pattern.start_byte, node.byte_range)
        if annotation is not None:
            file.add_binding(at, f"this.{name}", type_text(file, annotation), "annotation")


def _takes(file: FileBuilder, parameter: Node, text: str) -> str:
    """Say of a definition of what type its n-th argument is: ``(n)``. Its chain inside of a function."""
    listed = parameter.parent
    scope = _function_at(file, parameter.start_byte)
    if listed is None or scope is None or scope.kind not in ("function", "method") or _PRIMITIVE.match(text):
        return ""
    others = [child for child in listed.named_children if child.type in _PARAMETERS]
    others = [child for child in others if file.source[child.start_byte : child.start_byte + 5] != b"this:"]
    if parameter not in others:
        return ""
    name = f"({others.index(parameter)})"
    file.add_binding(parameter.start_byte, name, text, "annotation", scope.qualname)
    return f"{scope.name}{name}" if scope.kind == "function" else ""


def _wrapped(file: FileBuilder, node: Node) -> None:
    """``const Card = memo((props: Props) => …)`` takes what the function takes."""
    declarator, callee = node.parent, node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    name = declarator.child_by_field_name("name") if declarator is not None else None
    if name is None or name.type != "identifier" or callee is None or arguments is None:
        return
    if file.text(callee).rpartition(".")[2] not in _WRAPPING:
        return
    first = next(iter(parameters_of(arguments.named_children[0])), None)
    written = first[1].child_by_field_name("type") if first is not None else None
    types = node.child_by_field_name("type_arguments")
    text = (
        type_text(file, written)
        if written is not None
        else file.text(types.named_children[-1])
        if types
        else ""
    )
    if text:
        scope = file.scope_at(node.start_byte).qualname
        file.add_binding(
            node.start_byte, "(0)", text, "annotation", ".".join(filter(None, (scope, file.text(name))))
        )


_WRAPPING = frozenset({"memo", "forwardRef", "observer"})


_PARAMETERS = frozenset({"required_parameter", "optional_parameter"})


def _bounded(file: FileBuilder, node: Node) -> None:
    """``<T extends Base>``: a value of type T is a Base."""
    name, constraint = node.child_by_field_name("name"), node.child_by_field_name("constraint")
    if name is not None and constraint is not None and constraint.named_children:
        text = file.text(constraint.named_children[0])
        file.add_binding(node.start_byte, file.text(name), text, "annotation")


def _component(file: FileBuilder, node: Node) -> None:
    """``class A extends React.Component<Props, State>``: what ``this.props`` and ``this.state`` are."""
    value, arguments = node.child_by_field_name("value"), node.child_by_field_name("type_arguments")
    owner = file.scope_at(node.start_byte).enclosing_class()
    if value is None or arguments is None or owner is None or not _COMPONENT.match(file.text(value)):
        return
    for name, written in zip(("props", "state"), arguments.named_children, strict=False):
        text = file.text(written)
        file.add_binding(node.start_byte, f"this.{name}", text, "annotation", owner.qualname)


def _loop(file: FileBuilder, node: Node) -> None:
    """``for (const x of list)``"""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    operator = node.child_by_field_name("operator")
    if (
        left is None
        or right is None
        or operator is None
        or operator.type != "of"
        or left.type != "identifier"
    ):
        return
    chain = file.chain(_inner(right))
    if chain != "?":
        file.add_binding(left.start_byte, file.text(left), f"{chain}[]", "alias")


def _each(file: FileBuilder, node: Node) -> None:
    """``list.map((x) => …)``, ``list.reduce((sum, x) => …)``, ``list.sort((x, y) => …)``"""
    callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    member = callee.child_by_field_name("property") if callee is not None else None
    listed = callee.child_by_field_name("object") if callee is not None else None
    which = EACH.get(file.text(member), ()) if member is not None else ()
    if arguments is None or listed is None or not which:
        return
    parameters = [*parameters_of(arguments.named_children[0])]
    chain = file.chain(_inner(listed))
    for bare, _ in (parameters[index] for index in which if index < len(parameters)) if chain != "?" else ():
        if bare is not None and bare.type == "identifier":
            file.add_binding(bare.start_byte, file.text(bare), f"{chain}[]", "alias")
        elif bare is not None:
            take_out(file, bare, f"{chain}[]", "")


# -- members


def field(file: FileBuilder, node: Node, name: str, value: Node) -> None:
    """``this.name = value``, where ``this`` is an object of the class around it."""
    owner = file.scope_at(node.start_byte).enclosing_class()
    if owner is not None and owner.kind != "container" and not _is_foreign(node, owner):
        file.add_symbol(owner, name, "field", node.start_byte, node.byte_range)
        bind_value(file, node.start_byte, f"this.{name}", value)


def _is_foreign(node: Node, owner: Scope) -> bool:
    """Whether a function between the node and the class has a ``this`` of its own."""
    above = node.parent
    while above is not None and above.start_byte > owner.start:
        if above.type in _FUNCTIONS:
            return above.parent is None or above.parent.type not in ("class_body", "assignment_expression")
        above = above.parent
    return False


def _class_field(file: FileBuilder, node: Node) -> None:
    name = node.child_by_field_name("name") or node.child_by_field_name("property")
    owner = file.scope_at(node.start_byte).enclosing_class()
    if name is None or owner is None:
        return
    annotation, value = node.child_by_field_name("type"), node.child_by_field_name("value")
    if annotation is not None:
        text = type_text(file, annotation)
        file.add_binding(node.start_byte, f"this.{file.text(name)}", text, "annotation", owner.qualname)
    elif value is not None:
        bind_value(file, node.start_byte, f"this.{file.text(name)}", value, owner.qualname)


def _signature(file: FileBuilder, node: Node) -> None:
    """A property of an interface: as an accessor, it gives what is written; an object type is its own."""
    scope, annotation = file.scope_at(node.start_byte), node.child_by_field_name("type")
    if scope.kind != "property" or annotation is None or not annotation.named_children:
        return
    owner = scope.qualname.rpartition(".")[0]
    text, is_own = _composed(file, annotation.named_children[0], "")
    if text:
        file.add_binding(node.start_byte, scope.name, text, "return", owner)
    if is_own:
        file.add_binding(node.start_byte, scope.name, "{}", "underlying", owner)


def _entry(file: FileBuilder, node: Node) -> None:
    """``const api = { get, post: send }``: api.get is get, api.post is send."""
    scope, literal = file.scope_at(node.start_byte), node.parent
    around = literal.parent if literal is not None else None
    if scope.start == node.start_byte and scope.parent is not None and scope.kind == "container":
        scope = scope.parent  # the key of an object that names its own members
    if scope.kind != "container" or scope.in_function or around is None:
        return
    while around is not None and around.type in _CASTS:
        around = around.parent
    if around is None or around.type not in ("variable_declarator", "pair", "export_statement"):
        return
    value = node.child_by_field_name("value") or node
    key = node.child_by_field_name("key") or node
    chain, name = file.chain(value), file.text(key)
    if value.type in _SIMPLE and chain not in ("?", "undefined") and name.isidentifier():
        file.add_binding(node.start_byte, name, chain, "alias", scope.qualname)
    elif _is_field(value, key, around):
        file.add_symbol(scope, name, "field", key.start_byte, node.byte_range)
        bind_value(file, node.start_byte, name, value, scope.qualname)


def _is_field(value: Node, key: Node, around: Node) -> bool:
    if key.type != "property_identifier" or around.type == "export_statement":
        return False
    return value.type not in _WITH_SCOPES or value.type == "object"


# -- types and results


def _alias(file: FileBuilder, node: Node) -> None:
    """``type A = B & { … }``: a value of the type A is a B, and has members of its own."""
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None or value is None or value.type in _NESTED[1:]:
        return
    text, _ = _composed(file, value, file.text(name))
    if text in ("", file.text(name)):
        return
    scope = file.scope_at(name.start_byte)
    owner = scope.qualname.rpartition(".")[0] if scope.name == file.text(name) else scope.qualname
    file.add_binding(node.start_byte, file.text(name), _bounds(file, node, text), "annotation", owner)


def _bounds(file: FileBuilder, alias: Node, text: str) -> str:
    """The text with ``$n`` in the place of the n-th type parameter, and what bounds it beside that."""
    parameters = alias.child_by_field_name("type_parameters")
    for index, child in enumerate(parameters.named_children if parameters is not None else ()):
        name, constraint = child.child_by_field_name("name"), child.child_by_field_name("constraint")
        bound = file.text(constraint.named_children[0]) if constraint is not None else ""
        if name is None or not name.text:
            continue
        pattern = rf"(?<![\w$.]){re.escape(file.text(name))}(?![\w$])"
        meant = f"${index} & {bound}" if _PLAIN_TYPE.match(bound) else f"${index}"
        text = re.sub(pattern, lambda _, meant=meant: meant, text)  # type: ignore[misc]
    return text


_MAPPED = re.compile(r"\{\s*[-+]?(?:readonly\s+)?\[\s*\w+\s+in\s+keyof\s+(\w+)\s*\]")
_COMPOSING = frozenset({"intersection_type", "union_type", "parenthesized_type"})


def _composed(file: FileBuilder, written: Node, own: str) -> tuple[str, bool]:
    """A written type without its object types, in the place of which stands ``own``; and whether there are any."""
    if written.type == "object_type":
        mapped = _MAPPED.match(file.text(written))
        return (mapped[1], False) if mapped else (own, True)
    if written.type in _COMPOSING:
        parts = [_composed(file, part, own) for part in written.named_children]
        return " & ".join(text for text, _ in parts if text), any(is_own for _, is_own in parts)
    arguments = written.child_by_field_name("type_arguments")
    if arguments is not None and any(part.type == "object_type" for part in arguments.named_children):
        others = [file.text(part) for part in arguments.named_children if part.type != "object_type"]
        return " & ".join(
            (*(text for text in others if _PLAIN_TYPE.match(text)), *filter(None, (own,)))
        ), True
    text = "" if written.type == "index_type_query" else file.text(written)
    return ("" if "{" in text else text), False


def _returns(file: FileBuilder, node: Node) -> None:
    scope = _function_at(file, node.start_byte)
    if scope is not None:
        owner = scope.qualname.rpartition(".")[0]
        file.add_binding(scope.name_start, scope.name, type_text(file, node), "return", owner)
        file.memory[f"returns {scope.qualname}"] = 1


def _returned(file: FileBuilder, node: Node) -> None:
    """What a function gives back where it does not write a type."""
    value = node.named_children[0] if node.type == "return_statement" else node.child_by_field_name("body")
    scope = _function_at(file, value.start_byte) if value is not None else None
    if value is None or scope is None or scope.kind not in ("function", "method"):
        return
    if f"returns {scope.qualname}" in file.memory:
        return
    if (
        _inner(value).type == "object" and scope.kind == "function"
    ):  # its members stand below the function's name
        file.add_binding(value.start_byte, "return", scope.name, "alias", scope.qualname)
    else:
        bind_value(file, value.start_byte, "return", value, scope.qualname)


def _function_at(file: FileBuilder, byte: int) -> Scope | None:
    """The definition around ``byte`` whose own body it stands in."""
    scope: Scope | None = file.scope_at(byte)
    while scope is not None and not scope.name and scope.parent is not None:
        is_own = scope.kind == "block" or (scope.kind == "scope" and scope.parent.end == scope.end)
        scope = scope.parent if is_own else None
    return scope if scope is not None and scope.name else None


# -- this


_FUNCTIONS = frozenset(
    """function_expression generator_function function_declaration generator_function_declaration
    method_definition""".split()  # noqa: SIM905
)


def this_spans(file: FileBuilder) -> list[tuple[int, int, bool]]:
    """Spans with a ``this`` of their own, outer before inner, and whether it is another one than that of the class
    around them. Empty: there is none of those."""
    spans = sorted((n.start_byte, -n.end_byte, _is_other(file, n)) for n in file.nodes.get("binder", ()))
    return [(start, -end, other) for start, end, other in spans] if any(other for *_, other in spans) else []


def _is_other(file: FileBuilder, node: Node) -> bool:
    above = node.parent.type if node.parent is not None else ""
    if node.type == "method_definition" and above == "class_body":
        return False
    if node.type == "method_definition" or above == "pair":
        return not _is_member_of_name(file, node)
    if node.type in ("function_declaration", "generator_function_declaration"):
        name = node.child_by_field_name("name")
        return name is None or not has_prototype(file, file.text(name))
    return node.type != "class_body" and above != "assignment_expression"


def _is_member_of_name(file: FileBuilder, method: Node) -> bool:
    """Whether the object around has a name in the file, as its other members have then."""
    around = method.parent if method.type == "method_definition" else method.parent and method.parent.parent
    scope = file.scope_at(around.start_byte) if around is not None else None
    return scope is not None and scope.kind == "container" and not scope.in_function


def has_prototype(file: FileBuilder, name: str) -> bool:
    """Whether methods are given to the function by its prototype: it is a class of the old kind."""
    if "prototypes" not in file.memory:
        file.memory["prototypes"] = 1
        for found in _PROTOTYPE.finditer(file.source):
            file.memory[f"prototype {found[1].decode()}"] = 1
    return f"prototype {name}" in file.memory


def given_to_prototype(file: FileBuilder, node: Node, owner: str, name: str, value: Node) -> None:
    """``A.prototype.b = c``, ``A.prototype.b = A.prototype.c``: the member stands for another function."""
    last = value
    while last.type == "assignment_expression":  # A.prototype.b = A.prototype.c = function …
        value, last = last.named_children[0], last.named_children[-1]
    text = file.chain(value if value.type == "member_expression" else last).replace(".prototype.", ".")
    scope = file.scope_at(node.start_byte)
    if last.type in _NAMED and text not in (UNKNOWN, f"{owner}.{name}") and scope.is_open:
        own = f"{owner}.{name}"
        if file.add_symbol(scope, name, "field", node.start_byte, node.byte_range, owner=owner):
            file.add_binding(node.start_byte, own, text, "alias", scope.qualname)


_NAMED = ("identifier", "member_expression", "function_expression", "arrow_function")
HOOKS: dict[str, Hook] = {
    "declarator": _declarator,
    "loop": _loop,
    "each": _each,
    "entry": _entry,
    "returned": _returned,
}
TYPE_HOOKS: dict[str, Hook] = {
    "typed": _typed,
    "field": _class_field,
    "signature": _signature,
    "alias": _alias,
    "returns": _returns,
    "bounded": _bounded,
    "component": _component,
    "wrapped": _wrapped,
    **EXPECTED_HOOKS,
}
