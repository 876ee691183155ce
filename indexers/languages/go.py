"""Go: functions, methods by receiver type, types, struct fields, embedding, imports, written types."""

from __future__ import annotations

import re

from indexers.facts import FileFacts
from indexers.treesitter import File, Grammar, Node, Rules, Scope, Span

NAME = "go"
EXTENSIONS = (".go",)
FILENAMES: tuple[str, ...] = ()

_IMPORT = re.compile(r"(?:(\w+|\.)\s*)?[\"`]([^\"`]*)[\"`]")
_MAJOR_VERSION = re.compile(r"(?:/v\d+|\.v\d+)$")
_PARAMETER = re.compile(rb"(\w+(?:\s*,\s*\w+)*)\s+(.+)", re.S)
_WRITTEN = {"composite_literal": "constructor", "type_assertion_expression": "annotation"}
_NO_IDENTIFIER = re.compile(r"[^\w]+")


def extract(source: bytes) -> FileFacts:
    """The facts of a Go file."""
    return _GRAMMAR.extract(source)


def _package(file: File, node: Node) -> None:
    file.package = file.text(node)


def _import(file: File, node: Node) -> None:
    """An import binds its alias, else the package's name: by convention the last part of its path."""
    found = _IMPORT.match(file.text(node))
    if not found or not found[2]:
        return
    alias, module = found[1] or "", found[2]
    if alias == ".":
        file.add_import(node.start_byte, module, "*", "")
    else:
        file.add_import(node.start_byte, module, "", "" if alias == "_" else alias or package_name(module))


def package_name(module: str) -> str:
    """``example.org/go-yaml/v3`` -> ``yaml``: the name that importing packages expect."""
    last = _MAJOR_VERSION.sub("", module).rpartition("/")[2]
    return _NO_IDENTIFIER.sub("_", last.removeprefix("go-").removesuffix("-go").removesuffix(".go"))


def _parameter(file: File, node: Node) -> None:
    """``a, b *T`` or ``more ...T``, read as text: there are too many for a walk over nodes."""
    start, end = node.byte_range
    found = _PARAMETER.match(file.source, start, end)
    if found is None or found[2] in _PREDECLARED:
        return
    text = found[2].decode("utf-8", "replace")
    text = "[]" + text[3:].lstrip() if text.startswith("...") else text
    scope = file.scope_at(start).qualname
    for name in found[1].decode("utf-8", "replace").split(","):
        file.add_binding(start, name.strip(), text, "annotation", scope)


def _receiver(file: File, node: Node) -> None:
    found = _PARAMETER.match(file.source, *node.byte_range)
    if found:
        owner = found[2].decode("utf-8", "replace").strip("(*) \t").partition("[")[0]
        file.add_binding(node.start_byte, found[1].decode("utf-8", "replace"), owner, "receiver")


def _typed(file: File, node: Node) -> None:
    """A field or a variable with its written type."""
    written = node.child_by_field_name("type")
    text = file.text(written) if written is not None else ""
    if not text or text.encode() in _PREDECLARED:
        return
    for name in node.children_by_field_name("name"):
        if name.is_named:  # the commas between them have the field too
            file.add_binding(name.start_byte, file.text(name), text, "annotation")


def _built(file: File, node: Node) -> None:
    """``x := T{}``, ``x, err := pkg.New()``, ``x := y.z``, ``x := y.(T)``: what x is, where one value says so."""
    names = node.child_by_field_name("left") or node
    values = node.child_by_field_name("right") or node.child_by_field_name("value")
    if values is None:
        return
    if values.named_child_count == 1:
        target, value = names.named_child(0), values.named_child(0)
        if target is not None and value is not None:
            _bind(file, target, value)
        return
    targets = [child for child in names.named_children if child.type == "identifier"]
    for target, value in zip(targets, values.named_children, strict=False):
        _bind(file, target, value)


def _bind(file: File, target: Node, value: Node) -> None:
    kind = value.type
    if kind == "unary_expression":  # &T{…}
        inner = value.child_by_field_name("operand")
        if inner is None or inner.type != "composite_literal":
            return
        value, kind = inner, inner.type
    name = file.text(target)
    if name == "_":
        return
    if kind in _WRITTEN:
        written = value.child_by_field_name("type")
        if written is not None:
            file.add_binding(target.start_byte, name, file.text(written), _WRITTEN[kind])
        return
    called = value.child_by_field_name("function") if kind == "call_expression" else None
    if called is None and kind not in ("identifier", "selector_expression"):
        return
    chain = file.chain(called or value)
    if chain != "?":
        file.add_binding(target.start_byte, name, chain, "alias" if called is None else "constructor")


def _returns(file: File, node: Node) -> None:
    scope = file.scope_at(node.start_byte)
    text = file.text(node)
    if scope.name and text.encode() not in _PREDECLARED:
        file.add_binding(scope.name_start, scope.name, text, "return", scope.qualname.rpartition(".")[0])


def _exported(file: File, name: str, parent: Scope, span: Span) -> bool:
    return name[:1].isupper() and not parent.in_function


_NAMES = (
    b"_ any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune "
    b"string uint uint8 uint16 uint32 uint64 uintptr true false iota nil append cap close complex copy delete "
    b"imag len make new panic print println real recover"
)  # not min, max, clear: older packages have their own, in whichever file

_PREDECLARED = frozenset(_NAMES.split())

_GRAMMAR = Grammar(
    Rules(
        name=NAME,
        grammar="tree_sitter_go",
        queries=("go.scm",),
        hooks={
            "package": _package,
            "import": _import,
            "receiver": _receiver,
            "parameter": _parameter,
            "typed": _typed,
            "built": _built,
            "returns": _returns,
        },
        builtins=_PREDECLARED,
        doc_prefixes=(b"//", b"/*"),
        exported=_exported,
    )
)
