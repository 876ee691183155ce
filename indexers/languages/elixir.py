"""Elixir: modules, functions, macros, structs, attributes, ``alias``/``import``/``use``/``require``.

To the grammar all of it is calls; what a call defines is told by its name. A name without parentheses is a
variable, so that only calls, modules and attributes are uses."""

from __future__ import annotations

from collections.abc import Iterator

from indexers.engine import type_text
from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node, Scope, Span
from indexers.facts import FileFacts, SymbolKind

NAME = "elixir"
EXTENSIONS = (".ex", ".exs")
FILENAMES: tuple[str, ...] = ()

_MAX_GUARDS = 8


def extract(source: bytes) -> FileFacts:
    """The facts of an Elixir file."""
    return _GRAMMAR.extract(source)


# -- what a call defines, by its name


def _classify(source: bytes, nodes: dict[str, list[Node]]) -> None:
    found: dict[str, list[Node]] = {}
    for node in nodes.get("form", ()):
        call = node.named_children[0] if node.type == "unary_operator" else node
        word, first = source[slice(*call.children[0].byte_range)], _first_argument(call)
        if word in _LOADS:
            found.setdefault("opaque", []).append(node)
        if first is None:
            continue
        if word in _DEFINITIONS:
            _define(found, _DEFINITIONS[word], node, first)
        elif node is not call and (name := _head(first)) is not None:  # of @spec and its kin
            found.setdefault("skip", []).append(name)
    for capture, definitions in found.items():
        nodes[capture] = [*nodes.get(capture, ()), *definitions]


def _define(found: dict[str, list[Node]], kind: str, node: Node, first: Node) -> None:
    name = first if first.type == "alias" else _head(first)
    if name is None or (name.type == "alias") != (kind in _MODULES):
        return
    found.setdefault(kind, []).append(node)
    found.setdefault("name", []).append(name)
    body = node.children[-1] if node.child_count > 2 else node.children[1].children[-1]
    if body.type in ("do_block", "keywords"):
        found.setdefault("body", []).append(body)


def _first_argument(call: Node) -> Node | None:
    arguments = call.children[1] if call.child_count > 1 else None
    return type_text.child(arguments, 0) if arguments is not None and arguments.type == "arguments" else None


def _head(node: Node) -> Node | None:
    """``add`` of ``add(a, b) when …``; None where the name is computed."""
    for _ in range(_MAX_GUARDS):
        if node.type == "identifier":
            return node
        if node.type not in ("binary_operator", "call") or not node.children:
            return None
        node = node.children[0]
    return None


def _form(file: FileBuilder, node: Node) -> None:
    """In order of position, so that ``@doc`` is known when its function comes."""
    if node.type == "unary_operator":
        _attribute(file, node)
        return
    word = file.source[slice(*node.children[0].byte_range)]
    if word in _LOADS:
        _load(file, node, word)
    elif word in (b"defstruct", b"defexception"):
        _fields(file, node)
    if word == b"defdelegate":
        _delegated(file, node)
    if word in _DEFINITIONS and "doc" in file.memory:
        file.add_doc(node.start_byte, (file.memory.pop("doc"), file.memory.pop("doc end")))


# -- imports


def _load(file: FileBuilder, node: Node, word: bytes) -> None:
    """``alias A.B, as: C`` binds C to the module; ``import`` gives its names, ``use`` (a reexport) those that its macro
    brings: ``__using__``, or the function that is named (``use Web, :page``)."""
    first = _first_argument(node)
    if first is None:
        return
    options = {name: pair.named_children[-1] for name, pair in _pairs(file, node.children[1])}
    for module in _modules(file, first):
        last = module.rpartition(".")[2]
        if word == b"import" and "only" in options:
            for name, _ in _pairs(file, options["only"]):
                file.add_import(node.start_byte, module, name, name)
        elif word in (b"import", b"use"):
            file.add_import(node.start_byte, module, "*", "", reexport=word == b"use")
            named = type_text.child(node.children[1], 1) if word == b"use" else None
            if named is not None and named.type == "atom":
                file.add_import(node.start_byte, module, file.text(named)[1:], "", reexport=True)
        else:
            bound = file.text(options["as"]) if "as" in options else last if word == b"alias" else ""
            file.add_import(node.start_byte, module, "", bound)


def _modules(file: FileBuilder, node: Node) -> Iterator[str]:
    """``A.B`` and ``A.{B, C}``"""
    if node.type in ("alias", "identifier"):
        yield _full(file, node)
    elif node.type == "dot" and node.named_child_count == 2:
        prefix, inner = _full(file, node.named_children[0]), node.named_children[1]
        if inner.type == "alias":
            yield f"{prefix}.{file.text(inner)}"
        for item in inner.named_children:
            if item.type == "alias":
                yield f"{prefix}.{file.text(item)}"


def _full(file: FileBuilder, node: Node) -> str:
    """The module that is written, where it is the one around (``__MODULE__``) its name."""
    text = file.text(node)
    head, dot, rest = text.partition(".")
    return f"{_module_around(file, node)}{dot}{rest}" if head == "__MODULE__" else text


def _module_around(file: FileBuilder, node: Node) -> str:
    scope: Scope | None = file.scope_at(node.start_byte)
    while scope is not None and scope.kind not in ("module", "interface"):
        scope = scope.parent
    return scope.qualname if scope is not None else ""


def _pairs(file: FileBuilder, node: Node) -> Iterator[tuple[str, Node]]:
    """Key and node of each ``key: value`` among the keywords that are the last thing in a node."""
    keywords = type_text.child(node, -1)
    for pair in keywords.named_children if keywords is not None and keywords.type == "keywords" else ():
        key = pair.child_by_field_name("key")
        if key is not None and pair.named_child_count == 2:
            yield file.text(key).strip(' :\n\t"'), pair


# -- attributes and structs


def _attribute(file: FileBuilder, node: Node) -> None:
    """``@max 3`` is a constant; ``@doc`` documents what follows, ``@type`` and ``@callback`` define."""
    call = node.named_children[0]
    word = file.source[slice(*call.children[0].byte_range)]
    value = _first_argument(call)
    scope = file.scope_at(node.start_byte)
    if value is not None and word == b"behaviour":
        _behaviour(file, value)
    if value is None or scope.in_function:
        return
    if word in (b"doc", b"moduledoc", b"typedoc"):
        _document(file, value, scope if word == b"moduledoc" else None)
    elif word in _DECLARES:
        name = _head(value)
        if name is not None:
            _declare(file, scope, _DECLARES[word], name, node)
    elif word not in _NOTES:
        name = call.children[0]
        file.add_symbol(scope, f"@{file.text(name)}", "constant", name.start_byte, node.byte_range)


def _behaviour(file: FileBuilder, value: Node) -> None:
    """One that a macro gives to others may be written as the module around it."""
    file.kinds[value.end_byte] = "inherit"
    if file.text(value) == "unquote(__MODULE__)":
        receiver, _, name = _module_around(file, value).rpartition(".")
        file.add_use(value.start_byte, name, receiver, "inherit")


def _delegated(file: FileBuilder, node: Node) -> None:
    """``defdelegate f(x), to: M, as: :g`` calls ``M.g``."""
    options = {name: pair.named_children[-1] for name, pair in _pairs(file, node.children[1])}
    first = _first_argument(node)
    name = _head(first) if first is not None else None
    if name is not None and "to" in options and options["to"].type == "alias":
        called = file.text(options["as"]).lstrip(":") if "as" in options else file.text(name)
        file.add_use(name.start_byte, called, file.text(options["to"]), "call")


def _implements(file: FileBuilder, node: Node) -> None:
    """``defimpl P`` uses the protocol."""
    scope = file.scope_at(node.start_byte)
    if scope.kind == "container" and scope.parent is not None and scope.name.encode() not in _KERNEL:
        full = scope.qualname.removeprefix(f"{scope.parent.qualname}.")
        file.add_use(scope.name_start, scope.name, full.rpartition(".")[0], "inherit")


def _document(file: FileBuilder, value: Node, module: Scope | None) -> None:
    start, end = value.byte_range
    if value.type == "sigil":
        start += 2  # ~S
    elif value.type != "string":
        return
    if module is not None:
        file.add_doc(module.start, (start, end))
    else:
        file.memory["doc"], file.memory["doc end"] = start, end


def _declare(file: FileBuilder, scope: Scope, kind: SymbolKind, name: Node, node: Node) -> None:
    if "doc" in file.memory:
        file.add_doc(node.start_byte, (file.memory.pop("doc"), file.memory.pop("doc end")))
    file.add_symbol(scope, file.text(name), kind, name.start_byte, node.byte_range)


def _fields(file: FileBuilder, node: Node) -> None:
    scope = file.scope_at(node.start_byte)
    first = _first_argument(node)
    if first is None or scope.in_function:
        return
    for atom in first.named_children if first.type == "list" else ():
        if atom.type == "atom":
            file.add_symbol(scope, file.text(atom)[1:], "field", atom.start_byte, atom.byte_range)
    for name, pair in _pairs(file, first if first.type == "list" else node.children[1]):
        file.add_symbol(scope, name, "field", pair.start_byte, pair.byte_range)


def _exported(file: FileBuilder, name: str, parent: Scope, span: Span) -> bool:
    """All but ``defp`` and its kin, ``@typep`` and attributes."""
    return not parent.in_function and not file.source.startswith(_PRIVATE, span[0]) and name[:1] != "@"


_DEFINITIONS = {
    b"defmodule": "def.module", b"defprotocol": "def.interface", b"defimpl": "container",
    b"def": "def.function", b"defp": "def.function", b"defdelegate": "def.function",
    b"defguard": "def.macro", b"defguardp": "def.macro", b"defmacro": "def.macro", b"defmacrop": "def.macro",
}  # fmt: skip
_MODULES = frozenset({"def.module", "def.interface", "container"})
_PRIVATE = (b"defp ", b"defp(", b"defmacrop", b"defguardp", b"@typep")
_LOADS = frozenset({b"alias", b"import", b"use", b"require"})
_DECLARES: dict[bytes, SymbolKind] = {
    b"type": "type", b"typep": "type", b"opaque": "type", b"callback": "method", b"macrocallback": "method",
}  # fmt: skip
_NOTES = frozenset(
    b"impl spec deprecated dialyzer compile derive enforce_keys external_resource on_definition since "
    b"behaviour before_compile after_compile on_load optional_callbacks fallback_to_any tag moduletag "
    b"describetag".split()
)
_KERNEL = frozenset(
    b"""abs alias and apply assert binding byte_size case catch cond def defdelegate defexception defguard defguardp
    defimpl defmacro defmacrop defmodule defoverridable defp defprotocol defstruct destructure div elem else exit fn
    for get_and_update_in get_in hd if import in inspect is_atom is_binary is_boolean is_exception is_float
    is_function is_integer is_list is_map is_map_key is_nil is_number is_pid is_struct is_tuple length
    make_ref map_size match? max min node not or pop_in put_elem put_in quote raise receive refute rem require
    reraise rescue round self send spawn spawn_link struct struct! super throw tl to_charlist to_string trunc try
    tuple_size unless unquote unquote_splicing update_in use var! when with
    Access Agent Application Atom Base Code Date DateTime Enum ArgumentError RuntimeError File Float Function
    GenServer IO Integer Keyword Kernel List Macro Map MapSet Module NaiveDateTime Path Process Range Regex
    Stream String StringIO Supervisor System Task Time Tuple URI Version""".split()
)

_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        max_line=20_000,
        grammar="tree_sitter_elixir",
        queries=("elixir.scm",),
        hooks={"form": _form, "container": _implements},
        builtins=_KERNEL,
        classify=_classify,
        exported=_exported,
        finish=type_text.merge_clauses,
    )
)
