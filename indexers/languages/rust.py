"""Rust: items, impl methods by type, traits, macros, modules, flattened ``use`` trees, written types."""

from __future__ import annotations

import re

from msgspec import Struct

from indexers.facts import FileFacts
from indexers.scopes import dotted
from indexers.treesitter import File, Grammar, Node, Rules, Scope, Span

NAME = "rust"
EXTENSIONS = (".rs",)
FILENAMES: tuple[str, ...] = ()

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
_USE_TOKEN = re.compile(r"(?:r#)?\w+|::|[{},*]")
_USE_KEYWORD = re.compile(r"\buse\b")
_MAX_USE_DEPTH = 50
_REFERENCE = re.compile(r"^(?:&\s*|'\w+\s+|mut\s+|dyn\s+|impl\s+|\*\s*const\s+|\*\s*mut\s+|\()+")
_CHAIN_BEFORE = re.compile(rb"(?<![\w.:])(?:\w+\s*(?:\.|::)\s*)+$")
_VISIBLE = re.compile(rb"(?:#!?\[[^\]]*\]\s*)*pub\b(?!\s*\(\s*self\s*\))")
_IMPL_OF_TRAIT = re.compile(rb"\bfor\s+(?!<)")
_MACRO_EXPORT = re.compile(rb"macro_export[^\n]*\]\s*$")
_UNWRAPPING = frozenset({"unwrap", "expect", "clone", "unwrap_or_default", "into_inner"})
_CONSTRUCTOR = re.compile(r"(?:new|default|from|with|try_new|open|create)(?:_\w+)?$")


def extract(source: bytes) -> FileFacts:
    """The facts of a Rust file."""
    return _GRAMMAR.extract(source)


class _Leaf(Struct, frozen=True):
    """One name that a ``use`` tree imports; ``at``: its offset in the text, in characters."""

    parts: tuple[str, ...]
    alias: str
    at: int


def _use(file: File, node: Node) -> None:
    text = _COMMENT.sub(lambda comment: " " * len(comment[0]), file.text(node))
    keyword = _USE_KEYWORD.search(text)
    if keyword is None:
        return
    public = text.startswith("pub")
    for leaf in use_tree(text, keyword.end()):
        at = node.start_byte + len(text[: leaf.at].encode())
        *module, name = leaf.parts
        if name == "self" and module:
            *module, name = module
        if name == "*":
            file.add_import(at, "::".join(module), "*", "", reexport=public)
            continue
        alias = "" if leaf.alias == "_" else leaf.alias or name
        if module:
            file.add_import(at, "::".join(module), name, alias, reexport=public)
        else:
            file.add_import(at, name, "", alias, reexport=public)
        if public:  # unlike an export of JavaScript it binds the name here as well
            file.scope_at(at).names.add(alias.encode())


def use_tree(text: str, start: int) -> list[_Leaf]:
    """The names of ``a::{b, c::{self, D as E}, f::*}``, flattened. No recursion; deeper trees are cut."""
    leaves: list[_Leaf] = []
    prefixes: list[tuple[str, ...]] = [()]
    path: tuple[str, ...] = ()
    alias, at, renamed = "", start, False
    for token in (*_USE_TOKEN.finditer(text, start), None):
        word = token[0].removeprefix("r#") if token else ","
        if word == "{" and len(prefixes) < _MAX_USE_DEPTH:
            prefixes.append(path)
        elif word in ",}":
            if path != prefixes[-1]:
                leaves.append(_Leaf(path, alias, at))
            if word == "}" and len(prefixes) > 1:
                prefixes.pop()
            path, alias, renamed = prefixes[-1], "", False
        elif word == "as":
            renamed = True
        elif renamed:
            alias = word
        elif token and word not in ("::", "{"):
            path, at = (*path, word), token.start()
    return leaves


def _extern(file: File, node: Node) -> None:
    name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
    if name is not None:
        module = file.text(name)
        public = file.source.startswith(b"pub", node.start_byte)
        file.add_import(node.start_byte, module, "", file.text(alias) if alias else module, reexport=public)


def _mod(file: File, node: Node) -> None:
    """``mod x;``: the file x of this module."""
    name = node.child_by_field_name("name")
    if name is not None:
        public = file.source.startswith(b"pub", node.start_byte)
        file.add_import(node.start_byte, "self", file.text(name), file.text(name), reexport=public)


def _impl(file: File, node: Node) -> None:
    """The type that gets methods here is used here: it may be defined in another file."""
    scope = file.scope_at(node.start_byte)
    plain = file.source[scope.name_start - 1 : scope.name_start] != b":"
    if scope.kind == "container" and scope.name and plain and scope.name.encode() not in _BUILTINS:
        file.add_use(scope.name_start, scope.name, "", "type")


def _receiver(file: File, node: Node) -> None:
    function = file.scope_at(node.start_byte)
    owner = function.parent.enclosing_class() if function.parent else None
    if owner is not None:
        file.add_binding(node.start_byte, "self", owner.name, "receiver")


def _typed(file: File, node: Node) -> None:
    name = node.child_by_field_name("pattern") or node.child_by_field_name("name")
    written = node.child_by_field_name("type")
    if name is not None and written is not None and written.type != "primitive_type":
        prefix = "self." if name.type == "field_identifier" else ""
        file.add_binding(name.start_byte, prefix + file.text(name), _bare(file.text(written)), "annotation")


def _bare(text: str) -> str:
    """``&'a mut Foo`` -> ``Foo``: what it refers to has the methods."""
    return _REFERENCE.sub("", text) or text


def _returns(file: File, node: Node) -> None:
    scope = file.scope_at(node.start_byte)
    if scope.name and scope.parent is not None and node.type != "primitive_type":
        text = _bare(file.text(node))
        file.add_binding(scope.name_start, scope.name, text, "return", scope.parent.qualname)


def _built(file: File, node: Node) -> None:
    """``let x = Foo::new()?``, ``let x = Foo { … }``, ``let x = y.z``: what x is."""
    target, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
    if target is None or value is None:
        return
    name = file.text(target).removeprefix("mut").strip()
    value = _unwrapped(file, value)
    if value.type == "struct_expression":
        written = value.child_by_field_name("name")
        if written is not None:
            file.add_binding(target.start_byte, name, _bare(file.text(written)), "constructor")
        return
    function = value.child_by_field_name("function") if value.type == "call_expression" else None
    if function is None and value.type not in ("field_expression", "scoped_identifier", "identifier"):
        return
    chain = file.chain(function or value)
    if chain != "?":
        how = "alias" if function is None else "constructor"
        file.add_binding(target.start_byte, name, _constructed(chain) if function else chain, how)


def _unwrapped(file: File, value: Node) -> Node:
    """The call inside of ``&…``, ``…?``, ``….await`` and ``….unwrap()``."""
    for _ in range(8):
        inner = None
        if value.type in ("try_expression", "await_expression"):
            inner = value.children[0]
        elif value.type == "reference_expression":
            inner = value.child_by_field_name("value")
        elif value.type == "call_expression":
            function = value.child_by_field_name("function")
            method = function.child_by_field_name("field") if function is not None else None
            if function is not None and method is not None and file.text(method) in _UNWRAPPING:
                inner = function.child_by_field_name("value")
        if inner is None:
            return value
        value = inner
    return value


def _constructed(chain: str) -> str:
    """``shop.Cart.new`` -> ``shop.Cart``: by convention such a function gives its type."""
    owner, _, function = chain.rpartition(".")
    is_type = owner.rpartition(".")[2][:1].isupper()
    return owner if is_type and _CONSTRUCTOR.match(function) else chain


def _pattern(file: File, node: Node) -> None:
    """An identifier in a pattern binds, unless it is written like a constant or a variant."""
    text = file.source[slice(*node.byte_range)]
    if not text[:1].isupper():
        file.scope_at(node.start_byte).locals.add(text)


def _in_macro(file: File, node: Node) -> None:
    """``a.b(…)`` among a macro's arguments, which the grammar does not read as an expression."""
    start = node.start_byte
    if file.scope_at(start).kind == "macro":
        return
    before = _CHAIN_BEFORE.search(file.source, max(0, start - 100), start)
    receiver = dotted(before[0].decode("utf-8", "replace")).rstrip(".") if before else "?"
    file.add_use(start, file.text(node), receiver, "call")


def _exported(file: File, name: str, parent: Scope, span: Span) -> bool:
    """``pub``, at least inside the crate; what a trait demands or an enum lists is as visible as these."""
    if parent.in_function:
        return False
    source, (start, end) = file.source, span
    if _VISIBLE.match(source, start, end):
        return True
    if parent.kind in ("trait", "enum"):
        return bool(_VISIBLE.match(source, parent.outer_start, parent.end))
    if parent.kind == "container":
        return bool(_IMPL_OF_TRAIT.search(source, parent.start, parent.body_start))
    return source.startswith(b"macro_rules", start) and bool(
        _MACRO_EXPORT.search(source, max(0, start - 200), start)
    )


_PRELUDE = b"""
_ Self self Option Some None Result Ok Err Vec String Box Copy Clone Send Sync Sized Unpin Drop drop Fn FnMut
FnOnce Default Iterator IntoIterator Extend From Into AsRef AsMut PartialEq Eq PartialOrd Ord ToString ToOwned
TryFrom TryInto FromIterator DoubleEndedIterator ExactSizeIterator str bool char u8 u16 u32 u64 u128 usize i8 i16
i32 i64 i128 isize f32 f64 println print eprintln eprint format vec panic assert assert_eq assert_ne debug_assert
debug_assert_eq debug_assert_ne write writeln todo unimplemented unreachable matches dbg
"""
_BUILTINS = frozenset(_PRELUDE.split())

_GRAMMAR = Grammar(
    Rules(
        name=NAME,
        grammar="tree_sitter_rust",
        queries=("rust.scm",),
        hooks={
            "use": _use,
            "extern": _extern,
            "mod": _mod,
            "impl": _impl,
            "receiver": _receiver,
            "typed": _typed,
            "built": _built,
            "returns": _returns,
            "pattern": _pattern,
            "in_macro": _in_macro,
        },
        builtins=_BUILTINS,
        self_names=frozenset({b"self", b"Self"}),
        doc_prefixes=(b"///", b"/**"),
        exported=_exported,
    )
)
