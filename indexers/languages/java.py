"""Java: nested types, methods, fields and constants, imports, inheritance, written types."""

from __future__ import annotations

import re

from indexers.facts import FileFacts
from indexers.treesitter import File, Grammar, Node, Rules, Scope, Span

NAME = "java"
EXTENSIONS = (".java",)
FILENAMES: tuple[str, ...] = ()

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
_IMPORT = re.compile(r"import\s+(static\s+)?([\w$]+(?:\s*\.\s*[\w$]+)*)(\s*\.\s*\*)?")
_PRIMITIVE = frozenset({"integral_type", "floating_point_type", "boolean_type", "void_type"})
_VALUE_TYPE = {"object_creation_expression": "constructor", "cast_expression": "annotation"}


def extract(source: bytes) -> FileFacts:
    """The facts of a Java file."""
    return _GRAMMAR.extract(source)


def _package(file: File, node: Node) -> None:
    file.package = "".join(file.text(node).split())


def _import(file: File, node: Node) -> None:
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


def _typed(file: File, node: Node) -> None:
    """Declared names with their written types; ``var x = …`` with what its value tells."""
    written = _written_type(node)
    if written is None or written.type in _PRIMITIVE:
        return
    text = file.text(written)
    if text.encode() in LANG and text != "var":
        return
    for declared in node.children_by_field_name("declarator") or [node]:
        name = declared.child_by_field_name("name") or _declarator_name(declared)
        value = declared.child_by_field_name("value")
        if name is None:
            continue
        if text == "var":
            _bind_value(file, name, value)
        else:
            file.add_binding(name.start_byte, file.text(name), text, "annotation")


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


def _bind_value(file: File, name: Node, value: Node | None) -> None:
    if value is None:
        return
    how = _VALUE_TYPE.get(value.type)
    if how:
        written = value.child_by_field_name("type")
        if written is not None:
            file.add_binding(name.start_byte, file.text(name), file.text(written), how)
    elif value.type == "method_invocation":
        called = value.child_by_field_name("name")
        chain = file.chain((value.start_byte, called.end_byte)) if called is not None else "?"
        if chain != "?":
            file.add_binding(name.start_byte, file.text(name), chain, "constructor")


def _returns(file: File, node: Node) -> None:
    scope = file.scope_at(node.start_byte)
    if scope.name and scope.parent is not None and node.type not in _PRIMITIVE:
        file.add_binding(scope.name_start, scope.name, file.text(node), "return", scope.parent.qualname)


def _exported(file: File, name: str, parent: Scope, span: Span) -> bool:
    """All but private: other classes of the package see the rest."""
    return not parent.in_function and span[0] not in file.starts("private")


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
    Rules(
        name=NAME,
        grammar="tree_sitter_java",
        queries=("java.scm",),
        hooks={"package": _package, "import": _import, "typed": _typed, "returns": _returns},
        data=frozenset({"private"}),
        builtins=LANG,
        self_names=frozenset({b"this", b"super"}),
        doc_prefixes=(b"/**",),
        members_in_scope=True,
        exported=_exported,
    )
)
