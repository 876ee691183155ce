"""Java: nested types, methods, fields and constants, imports, inheritance, written types."""

from __future__ import annotations

import re

from msgspec.structs import replace

from indexers.engine.generics import UNKNOWN, hide_types, without_parameters
from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node, Scope, Span
from indexers.facts import READS, FileFacts

NAME = "java"
EXTENSIONS = (".java",)
FILENAMES: tuple[str, ...] = ()

_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.S)
_IMPORT = re.compile(r"import\s+(static\s+)?([\w$]+(?:\s*\.\s*[\w$]+)*)(\s*\.\s*\*)?")
_PRIMITIVE = frozenset({"integral_type", "floating_point_type", "boolean_type", "void_type"})
_MAX_STEPS_UP = 6
_VALUE_TYPE = {"object_creation_expression": "constructor", "cast_expression": "annotation"}


def extract(source: bytes) -> FileFacts:
    """The facts of a Java file."""
    return _GRAMMAR.extract(source)


def _package(file: FileBuilder, node: Node) -> None:
    file.package = "".join(file.text(node).split())


def _import(file: FileBuilder, node: Node) -> None:
    """``import a.b.C`` gives module ``a.b`` and name ``C``; a static import names the type as its module."""
    found = _IMPORT.match(_COMMENT.sub(" ", file.text(node)))
    if not found:
        return
    path = "".join(found[2].split())
    if found[3]:
        file.add_import(node.start_byte, path, "*", "")
        return
    module, _, name = path.rpartition(".")
    file.add_import(node.start_byte, module, name, name)


def _type_parameter(file: FileBuilder, node: Node) -> None:
    """``<K, T extends Shape & Named>``: what bounds it first says what can be done with a value."""
    name = node.named_child(0)
    bound = node.named_child(1) if node.named_child_count > 1 else None
    first = bound.named_child(0) if bound is not None and bound.type == "type_bound" else None
    known = file.type_parameters.setdefault(file.scope_at(node.start_byte).qualname, {})
    if name is not None:
        known[file.text(name)] = file.text(first) if first is not None else UNKNOWN


def _say(file: FileBuilder, name: Node, text: str, how: str) -> None:
    """Bind a local name or field to what is written of it, if that says something."""
    text = without_parameters(file, file.scope_at(name.start_byte).qualname, text)
    if text and not text.startswith(UNKNOWN):
        file.add_binding(name.start_byte, file.text(name), text, how)


def _typed(file: FileBuilder, node: Node) -> None:
    """Declared names with their written types; ``var x = …`` with what its value tells."""
    written = _written_type(node)
    if written is None or written.type in _PRIMITIVE:
        return
    text = file.text(written)
    if node.type == "spread_parameter":
        text += "[]"
    for declared in node.children_by_field_name("declarator") or [node]:
        name = declared.child_by_field_name("name") or _declarator_name(declared)
        value = declared.child_by_field_name("value")
        if name is None:
            continue
        if text == "var":
            _bind_value(file, name, value, "[]" if node.type == "enhanced_for_statement" else "")
        else:
            _say(file, name, text, "annotation")


def _written_type(node: Node) -> Node | None:
    written = node.child_by_field_name("type") or node.child_by_field_name("right")
    if written is not None:
        return written
    if node.type == "catch_formal_parameter":  # the first of ``A | B``
        types = next((child for child in node.children if child.type == "catch_type"), None)
        return types.named_child(0) if types is not None else None
    return next((c for c in node.children if c.is_named and c.type != "modifiers"), None)


def _declarator_name(node: Node) -> Node | None:
    """The name in a varargs parameter."""
    declarator = next((child for child in node.children if child.type == "variable_declarator"), None)
    return declarator.child_by_field_name("name") if declarator is not None else None


def _bind_value(file: FileBuilder, name: Node, value: Node | None, part: str) -> None:
    """``part``: ``[]`` where the name is an element of the value."""
    if value is None:
        return
    how = _VALUE_TYPE.get(value.type)
    if how and not part:
        written = value.child_by_field_name("type")
        _say(file, name, file.text(written) if written is not None else "", how)
    elif value.type == "method_invocation" and not part:
        chain = _called(file, value)
        if chain != UNKNOWN:
            _say(file, name, chain, "constructor")
    else:
        chain = f"{_called(file, value)}()" if value.type == "method_invocation" else file.chain(value)
        if not chain.startswith(UNKNOWN):
            _say(file, name, chain + part, "alias")


def _called(file: FileBuilder, call: Node) -> str:
    called = call.child_by_field_name("name")
    return file.chain((call.start_byte, called.end_byte)) if called is not None else UNKNOWN


def _around(node: Node, kind: str) -> Node | None:
    """The nearest node of that kind around this one, if it is near."""
    found = node.parent
    for _ in range(_MAX_STEPS_UP):
        if found is None or found.type == kind:
            return found
        found = found.parent
    return None


def _label(file: FileBuilder, node: Node) -> None:
    """``case RED`` means the constant of the type that is switched over, unless RED has a meaning here."""
    name, switch = file.text(node), _around(node, "switch_expression")
    condition = switch.child_by_field_name("condition") if switch is not None else None
    value = condition.named_child(0) if condition is not None else None
    chain = file.chain(value) if value is not None else UNKNOWN
    scope: Scope | None = file.scope_at(node.start_byte)
    while scope is not None and name.encode() not in scope.names:
        scope = scope.parent
    is_known = scope is not None or chain == UNKNOWN
    file.add_use(node.start_byte, name, "" if is_known else chain, "read", access=READS)


def _anonymous(file: FileBuilder, node: Node) -> None:
    """A method of ``new Type() {…}`` belongs to a Type, whatever encloses it."""
    creation = _around(node, "object_creation_expression")
    written = creation.child_by_field_name("type") if creation is not None else None
    scope = file.scope_at(node.start_byte)
    if written is not None and scope.parent is not None:
        owner = scope.parent.qualname
        file.add_binding(node.start_byte, scope.name, file.text(written), "receiver", owner)


def _returns(file: FileBuilder, node: Node) -> None:
    scope = file.scope_at(node.start_byte)
    if scope.name and scope.parent is not None and node.type not in _PRIMITIVE:
        text = without_parameters(file, scope.qualname, file.text(node))
        if not text.startswith(UNKNOWN):
            file.add_binding(scope.name_start, scope.name, text, "return", scope.parent.qualname)


def _exported(file: FileBuilder, name: str, parent: Scope, span: Span) -> bool:
    """All but private: other classes of the package see the rest."""
    return not parent.in_function and span[0] not in file.starts("private")


def _finish(file: FileBuilder, facts: FileFacts) -> FileFacts:
    """Calls say how many arguments they hand over: methods of one name are told apart by that."""
    facts = hide_types(file, facts)
    given = {}
    for call in file.nodes.get("invocation", ()):
        name, arguments = call.child_by_field_name("name"), call.child_by_field_name("arguments")
        if name is not None and arguments is not None:
            comments = sum(child.type.endswith("comment") for child in arguments.named_children)
            given[name.start_byte] = arguments.named_child_count - comments
    references = (
        replace(ref, given=given.get(file.line_start(ref.line) + ref.column, -1))
        if ref.kind == "call"
        else ref
        for ref in facts.references
    )
    return replace(facts, references=tuple(references))


_LANG = b"""
Object String Integer Long Short Byte Double Float Boolean Character Number Math System Void Class Iterable
Comparable Runnable Thread Throwable Exception RuntimeException Error IllegalArgumentException
IllegalStateException NullPointerException UnsupportedOperationException IndexOutOfBoundsException
InterruptedException ClassCastException CloneNotSupportedException StringBuilder StringBuffer CharSequence Enum
Record AutoCloseable Cloneable Override Deprecated SuppressWarnings FunctionalInterface SafeVarargs var
"""
LANG = frozenset(_LANG.split())
"""Types that need no import."""

_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        grammar="tree_sitter_java",
        locals_proven="parameters",
        queries=("java.scm",),
        hooks={
            "package": _package,
            "import": _import,
            "type_parameter": _type_parameter,
            "typed": _typed,
            "label": _label,
            "anonymous": _anonymous,
            "returns": _returns,
        },
        data=frozenset({"private"}),
        builtins=LANG,
        self_names=frozenset({b"this", b"super"}),
        doc_prefixes=(b"/**",),
        members_in_scope=True,
        local_calls=True,
        finish=_finish,
        exported=_exported,
    )
)
