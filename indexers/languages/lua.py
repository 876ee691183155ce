"""Lua: functions and tables, ``require``, calls. A module's table is what the file returns: ``return M`` binds
``module.exports`` of scope ``""`` to ``M``."""

from __future__ import annotations

from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node, Scope, Span
from indexers.facts import FileFacts

NAME = "lua"
EXTENSIONS = (".lua", ".luau", ".rockspec")
FILENAMES = (".luacheckrc", ".busted")


def extract(source: bytes) -> FileFacts:
    """The facts of a Lua file."""
    return _GRAMMAR.extract(source)


def _loaded(file: FileBuilder, node: Node) -> None:
    """``local a = require "m"`` and ``local b = require("m").b``."""
    name, arguments = node.child_by_field_name("name"), node.child_by_field_name("arguments")
    if name is None or arguments is None or file.source[slice(*name.byte_range)] != b"require":
        return
    literal = arguments.named_children[0]
    content = literal.child_by_field_name("content") if literal.type == "string" else None
    if content is None:
        return
    outer, member = node.parent, ""
    if outer is not None and outer.type == "dot_index_expression":
        field, outer = outer.child_by_field_name("field"), outer.parent
        member = file.text(field) if field is not None else ""
    target = _target(outer)
    bound = file.text(target) if target is not None else ""
    file.add_import(target.start_byte if target else node.start_byte, file.text(content), member, bound)


def _target(values: Node | None) -> Node | None:
    """The one name that an assignment gives its one value to."""
    assignment = values.parent if values is not None and values.type == "expression_list" else None
    if values is None or assignment is None or values.named_child_count != 1:
        return None
    names = assignment.named_children[0]
    if assignment.type != "assignment_statement" or names.named_child_count != 1:
        return None
    return names.named_children[0] if names.named_children[0].type == "identifier" else None


def _field(file: FileBuilder, node: Node) -> None:
    """``M.x = …`` of the file defines a field of M."""
    target = node.named_children[0].named_children[0]
    table, name = target.child_by_field_name("table"), target.child_by_field_name("field")
    if table is not None and name is not None:
        owner = file.chain(table)
        if owner.partition(".")[0].encode() in file.scopes[0].names:
            span = node.byte_range
            file.add_symbol(file.scopes[0], file.text(name), "field", name.start_byte, span, owner=owner)


def _assigned(file: FileBuilder, node: Node) -> None:
    """``local x = Foo.new(…)`` makes a Foo; ``local x = a.b`` names it."""
    values = node.named_children[-1]
    name, value = _target(values), values.named_children[0]
    if name is None:
        return
    called = value.child_by_field_name("name") if value.type == "function_call" else None
    chain = file.chain(called or value) if called or value.type == "dot_index_expression" else "?"
    if chain not in ("?", "require") and not chain.startswith("require()"):
        how = "constructor" if called is not None else "alias"
        file.add_binding(name.start_byte, file.text(name), chain.removesuffix(".new"), how)


def _returned(file: FileBuilder, node: Node) -> None:
    """What the file hands out."""
    file.add_binding(node.start_byte, "module.exports", file.text(node), "alias", "")


def _exported(file: FileBuilder, name: str, parent: Scope, span: Span) -> bool:
    return not parent.in_function and span[0] not in file.starts("hidden")


_GLOBALS = frozenset(
    b"""_G _VERSION _ assert bit32 collectgarbage coroutine debug dofile error getfenv getmetatable io ipairs load
    loadfile loadstring math module next os package pairs pcall print rawequal rawget rawlen rawset require select
    setfenv setmetatable string table tonumber tostring type unpack utf8 xpcall""".split()
)

_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        max_line=20_000,
        grammar="tree_sitter_lua",
        queries=("lua.scm",),
        hooks={"loaded": _loaded, "field": _field, "assigned": _assigned, "returned": _returned},
        data=frozenset({"hidden"}),
        builtins=_GLOBALS,
        self_names=frozenset({b"self"}),
        doc_prefixes=(b"--",),
        exported=_exported,
    )
)
