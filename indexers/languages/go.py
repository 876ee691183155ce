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


def _typed(file: File, node: Node) -> None:
    type_node = node.child_by_field_name("type")
    if type_node is None:
        return
    text = file.text(type_node)
    if node.type == "variadic_parameter_declaration":
        text = "[]" + text
    how = "receiver" if _is_receiver(node) else "annotation"
    if how == "receiver":
        text = text.strip("(*) ").partition("[")[0]
    if text in _PLAIN_TYPES:
        return
    for name in node.children_by_field_name("name"):
        if name.is_named:  # the commas between them have the field too
            file.add_binding(name.start_byte, file.text(name), text, how)


def _is_receiver(node: Node) -> bool:
    parameters = node.parent
    method = parameters.parent if parameters is not None else None
    if method is None or method.type != "method_declaration":
        return False
    return method.child_by_field_name("receiver") == parameters


def _built(file: File, node: Node) -> None:
    """``x := T{}``, ``x, err := pkg.New()``, ``x := y.z``, ``x := y.(T)``: what x is, where one value says so."""
    names = node.child_by_field_name("left") or node
    values = node.child_by_field_name("right") or node.child_by_field_name("value")
    if values is None or (node.type == "var_spec" and node.child_by_field_name("type") is not None):
        return
    targets = [n for n in names.children if n.type == "identifier"]
    sources = [n for n in values.children if n.is_named]
    if len(sources) == 1:
        targets = targets[:1]
    for target, source in zip(targets, sources, strict=False):
        _bind(file, target, source)


def _bind(file: File, target: Node, value: Node) -> None:
    name = file.text(target)
    if name == "_":
        return
    if value.type == "unary_expression" and value.children[-1].type == "composite_literal":
        value = value.children[-1]
    if value.type in ("composite_literal", "type_assertion_expression"):
        written = value.child_by_field_name("type")
        how = "constructor" if value.type == "composite_literal" else "annotation"
        if written is not None:
            file.add_binding(target.start_byte, name, file.text(written), how)
        return
    function = value.child_by_field_name("function") if value.type == "call_expression" else None
    if function is None and value.type not in ("identifier", "selector_expression"):
        return
    chain = file.chain(function or value)
    if chain != "?":
        file.add_binding(target.start_byte, name, chain, "alias" if function is None else "constructor")


def _returns(file: File, node: Node) -> None:
    scope = file.scope_at(node.start_byte)
    if scope.name and file.text(node) not in _PLAIN_TYPES:
        owner = scope.qualname.rpartition(".")[0]
        file.add_binding(scope.name_start, scope.name, file.text(node), "return", owner)


def _exported(file: File, name: str, parent: Scope, span: Span) -> bool:
    return name[:1].isupper() and not parent.in_function


_PREDECLARED = (
    b"_ any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune "
    b"string uint uint8 uint16 uint32 uint64 uintptr true false iota nil append cap close complex copy delete "
    b"imag len make new panic print println real recover"
)  # not min, max, clear: older packages have their own, in whichever file

_PLAIN_TYPES = frozenset(_PREDECLARED.decode().split())

_GRAMMAR = Grammar(
    Rules(
        name=NAME,
        grammar="tree_sitter_go",
        queries=("go.scm",),
        hooks={"package": _package, "import": _import, "typed": _typed, "built": _built, "returns": _returns},
        builtins=frozenset(_PREDECLARED.split()),
        doc_prefixes=(b"//", b"/*"),
        exported=_exported,
    )
)
