"""Kotlin: types, members, top-level functions and properties, imports, inheritance, written types."""

from __future__ import annotations

import re
from itertools import pairwise

from indexers.engine import type_text
from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node, Scope, Span
from indexers.facts import FileFacts, SymbolKind

NAME = "kotlin"
EXTENSIONS = (".kt", ".kts")
FILENAMES: tuple[str, ...] = ()

_IMPORT = re.compile(r"import\s+((?:\w|`)+(?:\s*\.\s*(?:\w|`)+)*)(\s*\.\s*\*)?(?:\s+as\s+(\w+))?")


_END_OF_BODY = re.compile(rb"[ \t](?=\})")
_DECLARES = re.compile(rb"\b(?:fun|val|var|object|class|interface)\b")


def extract(source: bytes) -> FileFacts:
    """The facts of a Kotlin file. The grammar wants an end of line or a semicolon behind each declaration: where one
    line holds a whole body, it is given one."""
    facts = _GRAMMAR.extract(source)
    if not facts.problems:
        return facts
    other = _GRAMMAR.extract(b"\n".join(map(_separated, source.split(b"\n"))))
    return other if len(other.problems) < len(facts.problems) else facts


def _separated(line: bytes) -> bytes:
    """The line with a semicolon in the place of the space before each closing brace, if it declares something."""
    if b"{" not in line or b'"' in line or not _DECLARES.search(line):
        return line
    return _END_OF_BODY.sub(b";", line)


def _import(file: FileBuilder, node: Node) -> None:
    """``import a.b.C as D`` gives module ``a.b`` and name ``C``."""
    found = _IMPORT.match(file.text(node))
    if not found:
        return
    path = "".join(found[1].split()).replace("`", "")
    module, _, name = path.rpartition(".")
    if found[2]:
        file.add_import(node.start_byte, path, "*", "")
    elif module:
        file.add_import(node.start_byte, module, name, found[3] or name)
    else:
        file.add_import(node.start_byte, name, "", found[3] or name)


def _parameter(file: FileBuilder, node: Node) -> None:
    """A parameter of a class: its name is the first identifier, its type what comes next."""
    children = node.named_children
    for name, given in pairwise(children):
        if name.type == "identifier":
            type_text.bind_type(file, name, given, _NOTHING)
            return


def _extends(file: FileBuilder, node: Node) -> None:
    """``fun T.name()``, ``val T.name``: what stands before the name is the type that it extends."""
    name, parameters = node.child_by_field_name("name"), frozenset[str]()
    if name is None:
        declared = next((c for c in node.named_children if c.type == "variable_declaration"), node)
        name = declared.named_children[0] if declared != node and declared.named_children else None
    for child in node.named_children if name is not None else ():
        if name is None or child.start_byte >= name.start_byte:
            return
        if child.type == "type_parameters":
            parameters = frozenset(file.text(p).partition(":")[0].strip() for p in child.named_children)
        elif child.type in _RECEIVERS:
            _extend(file, name, file.text(child).rstrip("?").strip("()"), parameters)
            return


def _extend(file: FileBuilder, name: Node, text: str, parameters: frozenset[str]) -> None:
    """``text`` is the extended type. A function that does sees its members."""
    scope, own = file.scope_at(name.start_byte), file.text(name).strip("`")
    is_function = scope.name_start == name.start_byte
    if is_function and scope.parent is not None:
        file.add_binding(name.start_byte, own, text, "receiver", scope.parent.qualname)
    qualname = scope.qualname if is_function else f"{scope.qualname}.{own}".lstrip(".")
    file.add_binding(name.start_byte, "this", "*" if text in parameters else text, "receiver", qualname)


def _expressed(file: FileBuilder, node: Node) -> None:
    """``fun f() = Foo()``: without a written result, what the expression tells."""
    body = node.named_children[-1] if node.named_children else None
    scope = file.scope_at(node.start_byte)
    if body is None or body.type != "function_body" or not body.named_children or not scope.name:
        return
    if file.source[body.start_byte : body.start_byte + 1] == b"=" and not _has_result(node):
        type_text.bind_value(file, body, body.named_children[0], _SHAPES, "return")


def _has_result(node: Node) -> bool:
    """Whether a type stands between the parameters and the body."""
    kinds = [child.type for child in node.named_children]
    return kinds[-2:-1] != ["function_value_parameters"]


def _value(file: FileBuilder, node: Node) -> None:
    """``val x = Foo(…)``"""
    children = node.named_children
    for name, value in pairwise(children):
        if name.type == "variable_declaration" and name.named_child_count == 1:
            lazy = _lazy(file, value) if value.type == "property_delegate" else value
            type_text.bind_value(file, name.named_children[0], lazy, _SHAPES)
            return


def _lazy(file: FileBuilder, delegate: Node) -> Node | None:
    """The last expression of ``by lazy { … }``."""
    call = delegate.named_children[0] if delegate.named_children else None
    if call is None or call.type != "call_expression" or not file.text(call).startswith("lazy"):
        return None
    block = call.named_children[-1]
    block = block.named_children[0] if block.type == "annotated_lambda" and block.named_children else block
    return block.named_children[-1] if block.type == "lambda_literal" and block.named_children else None


def _kind(file: FileBuilder, scope: Scope) -> SymbolKind:
    if scope.kind == "class":
        head = file.source[scope.start : scope.name_start].split()
        return "enum" if b"enum" in head else "interface" if b"interface" in head else "class"
    return scope.kind  # type: ignore[return-value]


def _exported(file: FileBuilder, name: str, parent: Scope, span: Span) -> bool:
    """All but private: the rest is seen by other files of the module."""
    return not parent.in_function and span[0] not in file.starts("private")


_PRIMITIVE = frozenset(b"Int Long Short Byte Double Float Boolean Char String Unit Any Nothing".split())
_NOTHING: frozenset[bytes] = frozenset()  # what is said of other types tells which functions extend them
_RECEIVERS = frozenset({"user_type", "nullable_type", "parenthesized_type", "function_type"})
_STDLIB = _PRIMITIVE | frozenset(
    b"""Array ArrayList BooleanArray ByteArray CharArray CharSequence Collection Comparable DoubleArray Enum Exception
    FloatArray Function HashMap HashSet IllegalArgumentException IllegalStateException IntArray Iterable Iterator
    Lazy LinkedHashMap List LongArray Map MutableCollection MutableIterable MutableList MutableMap MutableSet
    Number NumberFormatException Override Pair Regex RuntimeException Sequence Set StringBuilder Suppress
    Deprecated Throwable Triple UInt ULong UnsupportedOperationException false null true also
    apply arrayListOf arrayOf assert
    buildList buildString byteArrayOf check checkNotNull emptyList emptyMap emptySet error field hashMapOf
    intArrayOf it lazy let linkedMapOf listOf listOfNotNull mapOf maxOf minOf mutableListOf mutableMapOf
    mutableSetOf print println repeat require requireNotNull run runCatching sequenceOf setOf synchronized
    takeIf to until use with JvmStatic JvmField JvmName JvmOverloads Throws""".split()
)
_SHAPES: type_text.Shapes = {
    "call_expression": ("call", 0),
    "navigation_expression": ("name", -1),
    "as_expression": ("cast", "right"),
    "parenthesized_expression": ("inner", 0),
}

_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        max_line=20_000,
        grammar="tree_sitter_kotlin",
        queries=("kotlin.scm",),
        hooks={
            "package": type_text.package,
            "import": _import,
            "parameter": _parameter,
            "typed": type_text.typed(_NOTHING, name=0, written=1),
            "value": _value,
            "extends": _extends,
            "expressed": _expressed,
            "returns": type_text.returns(_PRIMITIVE),
        },
        data=frozenset({"private"}),
        builtins=_STDLIB,
        self_names=frozenset({b"this", b"super"}),
        literals=frozenset({"class"}),
        doc_prefixes=(b"/**",),
        members_in_scope=True,
        kind=_kind,
        exported=_exported,
    )
)
