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


def extract(source: bytes) -> FileFacts:
    """The facts of a Kotlin file."""
    return _GRAMMAR.extract(source)


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
            type_text.bind_type(file, name, given, _PRIMITIVE)
            return


def _value(file: FileBuilder, node: Node) -> None:
    """``val x = Foo(…)``"""
    children = node.named_children
    for name, value in pairwise(children):
        if name.type == "variable_declaration" and name.named_child_count == 1:
            type_text.bind_value(file, name.named_children[0], value, _SHAPES)
            return


def _kind(file: FileBuilder, scope: Scope) -> SymbolKind:
    if scope.kind == "class":
        head = file.source[scope.start : scope.name_start].split()
        return "enum" if b"enum" in head else "interface" if b"interface" in head else "class"
    return scope.kind  # type: ignore[return-value]


def _exported(file: FileBuilder, name: str, parent: Scope, span: Span) -> bool:
    """All but private: the rest is seen by other files of the module."""
    return not parent.in_function and span[0] not in file.starts("private")


_PRIMITIVE = frozenset(b"Int Long Short Byte Double Float Boolean Char String Unit Any Nothing".split())
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
            "typed": type_text.typed(_PRIMITIVE, name=0, written=1),
            "value": _value,
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
