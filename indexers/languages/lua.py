"""Lua: functions and tables, ``require``, calls. A module's table is what the file returns: ``return M`` binds
``module.exports`` of scope ``""`` to ``M``. A table with methods, or one that is the metatable of others, is a class:
``setmetatable({}, Foo)``, ``Foo.new()`` and ``Foo()`` make a Foo."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping

from msgspec.structs import replace

from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node, Scope, Span
from indexers.facts import FileFacts, Reference

NAME = "lua"
EXTENSIONS = (".lua", ".luau", ".rockspec")
FILENAMES = (".luacheckrc", ".busted")

_NAMES = frozenset({"identifier", "dot_index_expression"})
_EXTENDS = frozenset({"extend", "subclass", "derive", "inherit"})
_WORD = re.compile(rb"[A-Za-z_]\w*")


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
            value = node.named_children[1].named_children[0]
            chain = file.chain(value) if value.type in _NAMES else "?"
            if chain != "?":
                file.add_binding(name.start_byte, f"{owner}.{file.text(name)}", chain, "alias", "")


def _assigned(file: FileBuilder, node: Node) -> None:
    """``local x = Foo.new(…)`` makes a Foo; ``local x = a.b`` names it; ``local x = Foo:extend()`` inherits."""
    values = node.named_children[-1]
    name, value = _target(values), values.named_children[0]
    if name is None:
        return
    base = _base(file, value)
    if base is not None:
        file.spans["class"].append(name.byte_range)
        file.spans["base"].append((name.start_byte, base.end_byte))
        return
    chain, how = _value(file, value)
    if chain:
        file.add_binding(name.start_byte, file.text(name), chain, how)


def _value(file: FileBuilder, value: Node) -> tuple[str, str]:
    """What an expression holds, as text and kind of a binding; ``""``: unknown."""
    called = value.child_by_field_name("name") if value.type == "function_call" else None
    if called is not None and file.text(called) == "setmetatable":
        metatable = _argument(value, 1)
        chain = file.chain(metatable) if metatable is not None and metatable.type in _NAMES else "?"
        if metatable is not None and metatable.type == "identifier":
            file.spans["class"].append(metatable.byte_range)
        return (chain, "constructor") if chain != "?" else ("", "")
    chain = file.chain(called or value) if called or value.type in _NAMES else "?"
    if chain in ("?", "require") or chain.startswith("require()"):
        return "", ""
    return chain.removesuffix(".new"), "constructor" if called is not None else "alias"


def _argument(call: Node, index: int) -> Node | None:
    given = call.child_by_field_name("arguments")
    values = given.named_children if given is not None else []
    return values[index] if index < len(values) else None


def _base(file: FileBuilder, value: Node) -> Node | None:
    """What a new class inherits from: ``Base:extend()``, ``setmetatable({}, { __index = Base })``."""
    called = value.child_by_field_name("name") if value.type == "function_call" else None
    if called is None:
        return None
    if called.type == "method_index_expression" and _field_text(file, called, "method") in _EXTENDS:
        return called.child_by_field_name("table")
    metatable = _argument(value, 1) if file.text(called) == "setmetatable" else None
    for field in (
        metatable.named_children if metatable is not None and metatable.type == "table_constructor" else ()
    ):
        held = field.child_by_field_name("value")
        if held is not None and held.type in _NAMES and _field_text(file, field, "name") == "__index":
            return held
    return None


def _field_text(file: FileBuilder, node: Node, name: str) -> str:
    child = node.child_by_field_name(name)
    return file.text(child) if child is not None else ""


def _listed(file: FileBuilder, node: Node) -> None:
    """``local M = { run = run }``: M has what is named there."""
    value, holder = node.child_by_field_name("value"), file.scope_at(node.start_byte)
    name = node.child_by_field_name("name")
    if value is None or name is None or value.type not in _NAMES or holder.kind != "container":
        return
    chain = file.chain(value)
    if chain != "?" and file.add_symbol(holder, file.text(name), "field", name.start_byte, node.byte_range):
        file.add_binding(name.start_byte, f"{holder.qualname}.{file.text(name)}", chain, "alias", "")
        file.spans["listed value"].append(value.byte_range)


def _given_back(file: FileBuilder, node: Node) -> None:
    """``return x`` of a function: what calling it gives."""
    scope = file.scope_at(node.start_byte)
    text, how = _value(file, node)
    if text and scope.qualname and scope.in_function:
        file.add_binding(node.start_byte, "return", text, how)


def _returned(file: FileBuilder, node: Node) -> None:
    """What the file hands out."""
    file.add_binding(node.start_byte, "module.exports", file.text(node), "alias", "")


def _method(file: FileBuilder, node: Node) -> None:
    """``function Foo:bar()``: Foo is a class."""
    table = node.child_by_field_name("table")
    if table is not None and table.type == "identifier":
        file.spans["class"].append(table.byte_range)


def _finish(file: FileBuilder, facts: FileFacts) -> FileFacts:
    classes = {file.text(span) for span in file.spans["class"]}
    bases = {end: _text_at(file, start) for start, end in file.spans["base"]}
    symbols = tuple(
        replace(symbol, kind="class") if symbol.kind == "variable" and symbol.qualname in classes else symbol
        for symbol in facts.symbols
    )
    references = _outside(file, _inherited(file, facts.references, bases))
    return replace(facts, symbols=symbols, references=tuple(references))


def _text_at(file: FileBuilder, start: int) -> str:
    found = _WORD.match(file.source, start)
    return found[0].decode("utf-8", "replace") if found else ""


def _inherited(
    file: FileBuilder, references: Iterable[Reference], bases: Mapping[int, str]
) -> Iterator[Reference]:
    """The uses of bases as such, in the class that has them."""
    for ref in references:
        end = file.line_start(ref.line) + ref.column + len(ref.name.encode())
        name = bases.get(end) if ref.kind == "read" else None
        yield replace(ref, kind="inherit", scope=name) if name else ref


def _outside(file: FileBuilder, references: Iterable[Reference]) -> Iterator[Reference]:
    """What a table lists does not see what else is in it."""
    spans = sorted(file.spans["listed value"])
    for ref in references:
        at = file.line_start(ref.line) + ref.column
        index = bisect_right(spans, (at, len(file.source))) - 1
        is_listed = index >= 0 and spans[index][0] <= at < spans[index][1]
        yield replace(ref, scope=ref.scope.rpartition(".")[0]) if is_listed else ref


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
        hooks={
            "loaded": _loaded,
            "field": _field,
            "assigned": _assigned,
            "returned": _returned,
            "listed": _listed,
            "given_back": _given_back,
            "method": _method,
        },
        data=frozenset({"hidden"}),
        builtins=_GLOBALS,
        self_names=frozenset({b"self"}),
        doc_prefixes=(b"--",),
        exported=_exported,
        finish=_finish,
    )
)
