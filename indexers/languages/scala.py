"""Scala 2 and 3: types, objects, members, imports with selectors, inheritance, written types."""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexers.engine import type_text
from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node, Scope, Span
from indexers.facts import FileFacts

NAME = "scala"
EXTENSIONS = (".scala", ".sc", ".sbt")
FILENAMES: tuple[str, ...] = ()

_CLAUSE = re.compile(r"((?:[\w$`]+\s*\.\s*)*)(\{[^{}]*\}|[\w$`*]+)(?:\s+(?:as|=>)\s+(\w+))?")
_SELECTOR = re.compile(r"([\w$`*]+)(?:\s*(?:=>|\bas\b)\s*(\w+))?")


def extract(source: bytes) -> FileFacts:
    """The facts of a Scala file."""
    return _GRAMMAR.extract(source)


def _package(file: FileBuilder, node: Node) -> None:
    """Clauses below each other nest: the members of each are seen."""
    name = "".join(file.text(node).split())
    if file.package:
        file.add_import(node.start_byte, file.package, "*", "")
    file.package = f"{file.package}.{name}" if file.package else name


def _import(file: FileBuilder, node: Node) -> None:
    """``import a.b.{C, D => E, _}, f.g``: one import per name."""
    text = file.text(node)
    for clause in _CLAUSE.finditer(text, len("import")):
        module = "".join(clause[1].split()).rstrip(".")
        if not clause[2].startswith("{"):
            _add(file, node, module, clause[2], clause[3] or "")
            continue
        for found in _SELECTOR.finditer(clause[2]):
            _add(file, node, module, found[1], found[2] or "")


def _add(file: FileBuilder, node: Node, module: str, name: str, alias: str) -> None:
    name = name.strip("`")
    if name in ("_", "*", "given"):
        file.add_import(node.start_byte, module, "*", "")
    elif alias != "_" and module:  # ``C => _`` hides C
        file.add_import(node.start_byte, module, name, alias or name)


def _extension(file: FileBuilder, node: Node) -> None:
    """``extension (x: T) def f``: what f extends is bound to ``this``."""
    parameters = node.child_by_field_name("parameters")
    _extend(file, parameters, node.children_by_field_name("body"))


def _implicit_class(file: FileBuilder, node: Node) -> None:
    """``implicit class C(x: T) { def f }``"""
    modifiers, body = node.named_children[0], node.child_by_field_name("body")
    if (
        modifiers.type == "modifiers"
        and b"implicit" in file.source[slice(*modifiers.byte_range)].split()
        and body
    ):
        _extend(file, node.child_by_field_name("class_parameters"), body.named_children)


def _extend(file: FileBuilder, parameters: Node | None, functions: Sequence[Node]) -> None:
    first = type_text.child(parameters, 0) if parameters is not None else None
    written = first.child_by_field_name("type") if first is not None else None
    for function in functions:
        if written is None:
            return
        if function.type in ("function_definition", "function_declaration"):
            scope = file.scope_at(function.start_byte).qualname
            file.add_binding(function.start_byte, "this", file.text(written), "annotation", scope)
        elif function.type in ("template_body", "indented_block", "block"):
            _extend(file, parameters, function.named_children)


def _pattern(file: FileBuilder, node: Node) -> None:
    """A pattern binds lower-case names; the others are values to compare with."""
    name = file.source[slice(*node.byte_range)]
    if name[:1].islower() or name[:1] == b"_":
        file.scope_at(node.start_byte).locals.add(name)


def _exported(file: FileBuilder, name: str, parent: Scope, span: Span) -> bool:
    """All but private: subclasses see what is protected."""
    around: Scope | None = parent
    while around is not None and around.kind == "block":  # of an extension
        around = around.parent
    return not (around and around.in_function) and span[0] not in file.starts("private")


_PLAIN = frozenset(b"Int Long Short Byte Double Float Boolean Char String Unit Any AnyRef Nothing".split())
_PREDEF = _PLAIN | frozenset(
    b"""AnyVal Array BigDecimal BigInt Either Exception IllegalArgumentException Iterable Iterator Left List Map Nil
    NonFatal None Null Object Option Ordering Right RuntimeException Seq Set Some StringBuilder Throwable Tuple2
    Vector assert classOf identity implicitly locally print println require summon this super _ * ? null ??? inline
    tailrec throws deprecated nowarn""".split()
)
_SHAPES: type_text.Shapes = {
    "instance_expression": ("type", 0),
    "call_expression": ("call", "function"),
    "generic_function": ("inner", "function"),
    "field_expression": ("name", ""),
}

_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        max_line=20_000,
        grammar="tree_sitter_scala",
        queries=("scala.scm",),
        hooks={
            "package": _package,
            "import": _import,
            "pattern": _pattern,
            "extension": _extension,
            "class": _implicit_class,
            "typed": type_text.typed(_PLAIN),
            "typed_value": type_text.typed(_PLAIN, name="pattern"),
            "built": type_text.built(_SHAPES, name="pattern"),
            "returns": type_text.returns(_PLAIN),
        },
        data=frozenset({"private"}),
        builtins=_PREDEF,
        self_names=frozenset({b"this", b"super"}),
        doc_prefixes=(b"/**",),
        members_in_scope=True,
        exported=_exported,
    )
)
