"""Rust: items, impl methods by type, traits, macros, modules, flattened ``use`` trees, written types."""

from __future__ import annotations

import re

from msgspec import Struct

from indexers.engine.generics import UNKNOWN, without_idle, without_parameters
from indexers.engine.scopes import dotted, without_arguments
from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node, Scope, Span
from indexers.facts import READS, WRITES, FileFacts

NAME = "rust"
EXTENSIONS = (".rs",)
FILENAMES: tuple[str, ...] = ()

_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.S)
_USE_TOKEN = re.compile(r"(?:r#)?\w+|::|[{},*]")
_USE_KEYWORD = re.compile(r"\buse\b")
_MAX_USE_DEPTH = 50
_REFERENCE = re.compile(r"^(?:&\s*|'\w+\s+|mut\s+|dyn\s+|impl\s+|\*\s*const\s+|\*\s*mut\s+)+")
_CHAIN_BEFORE = re.compile(rb"(?<![\w.:])(?:\w+\s*(?:\.|::)\s*)+$")
_VISIBLE = re.compile(rb"(?:#!?\[[^\]]*\]\s*)*pub\b(?!\s*\(\s*self\s*\))")
_IMPL_OF_TRAIT = re.compile(rb"\bfor\s+(?!<)")
_MACRO_EXPORT = re.compile(rb"macro_export[^\n]*\]\s*$")
_UNWRAPPING = frozenset({"unwrap", "expect", "unwrap_or_default", "unwrap_or", "unwrap_or_else"})
_STEPS = {"Some": "[ok]", "Ok": "[ok]", "Err": "[err]"}
_TRANSPARENT = frozenset(
    {"await_expression", "reference_expression", "parenthesized_expression", "unary_expression"}
)
_SUFFIXES = {"try_expression": "[ok]", "index_expression": "[]"}
_PASSED = frozenset(
    {"mut_pattern", "ref_pattern", "reference_pattern", "captured_pattern", "match_pattern", "or_pattern"}
)
_NO_TYPES = frozenset({"visibility_modifier", "attribute_item", "line_comment", "block_comment"})
_PUNCTUATION = frozenset({"(", ")", ",", "line_comment", "block_comment"})
_MAX_PATTERN = 200  # parts of one pattern
_MAX_DEPTH = 40
_MAX_ATTRIBUTE = 300  # bytes before ``mod``
_PATH = re.compile(rb"path\s*=\s*\"([^\"\n]+)\"[^\n\]]*\]\s*(?:pub(?:\([^)\n]*\))?\s+)?\Z")


def extract(source: bytes) -> FileFacts:
    """The facts of a Rust file."""
    return _GRAMMAR.extract(source)


class _Leaf(Struct, frozen=True):
    """One name that a ``use`` tree imports; ``at``: its offset in the text, in characters."""

    parts: tuple[str, ...]
    alias: str
    at: int


def _use(file: FileBuilder, node: Node) -> None:
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


def _extern(file: FileBuilder, node: Node) -> None:
    name, alias = node.child_by_field_name("name"), node.child_by_field_name("alias")
    if name is not None:
        module = file.text(name)
        public = file.source.startswith(b"pub", node.start_byte)
        file.add_import(node.start_byte, module, "", file.text(alias) if alias else module, reexport=public)


def _mod(file: FileBuilder, node: Node) -> None:
    """``mod x;``: the file x of this module."""
    name = node.child_by_field_name("name")
    if name is not None:
        public = file.source.startswith(b"pub", node.start_byte)
        text, start = file.text(name), node.start_byte
        placed = _PATH.search(file.source, max(0, start - _MAX_ATTRIBUTE), start)
        if placed:
            file.add_import(start, f'"{placed[1].decode("utf-8", "replace")}"', "", text, reexport=public)
        else:
            file.add_import(start, "self", text, text, reexport=public)


def _impl(file: FileBuilder, node: Node) -> None:
    """The type that gets methods here is used here: it may be defined in another file."""
    scope = file.scope_at(node.start_byte)
    plain = file.source[scope.name_start - 1 : scope.name_start] != b":"
    if scope.kind == "container" and scope.name and plain and scope.name.encode() not in PRELUDE:
        file.add_use(scope.name_start, scope.name, "", "type")


def _receiver(file: FileBuilder, node: Node) -> None:
    function = file.scope_at(node.start_byte)
    owner = function.parent.enclosing_class() if function.parent else None
    if owner is not None:
        file.add_binding(node.start_byte, "self", owner.name, "receiver")


def _bound(file: FileBuilder, node: Node) -> None:
    """``T: Foo``: what a type parameter stands for."""
    name = node.child_by_field_name("name") or node.child_by_field_name("left")
    bounds = node.child_by_field_name("bounds")
    if name is not None and name.type == "type_identifier":
        known = file.type_parameters.setdefault(file.scope_at(node.start_byte).qualname, {})
        text = file.text(bounds).lstrip(": ") if bounds is not None else UNKNOWN
        if known.get(file.text(name), UNKNOWN) == UNKNOWN:
            known[file.text(name)] = UNKNOWN if text.startswith(("'", "?", "Fn")) else text


def _typed(file: FileBuilder, node: Node) -> None:
    name = node.child_by_field_name("pattern") or node.child_by_field_name("name")
    written = node.child_by_field_name("type")
    if name is None or written is None:
        return
    if written.type != "primitive_type":
        prefix = "self." if name.type == "field_identifier" else ""
        text = without_parameters(file, file.scope_at(name.start_byte).qualname, _bare(file.text(written)))
        file.add_binding(name.start_byte, prefix + file.text(name), text, "annotation")
    elif name.type == "identifier":
        file.add_binding(name.start_byte, file.text(name), UNKNOWN, "alias")


def _payload(file: FileBuilder, node: Node) -> None:
    """``Variant(A, B)``: what the parts of a variant are."""
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is not None and body is not None:
        types = [_bare(file.text(child)) for child in body.named_children if child.type not in _NO_TYPES]
        file.add_binding(name.start_byte, file.text(name), f"({', '.join(types)},)", "underlying")


def _bare(text: str) -> str:
    """``&'a mut Foo`` -> ``Foo``: what it refers to has the methods."""
    return _REFERENCE.sub("", text) or text


def _returns(file: FileBuilder, node: Node) -> None:
    scope = file.scope_at(node.start_byte)
    if scope.name and scope.parent is not None and node.type != "primitive_type":
        text = without_parameters(file, scope.qualname, _bare(file.text(node)))
        file.add_binding(scope.name_start, scope.name, text, "return", scope.parent.qualname)


def _built(file: FileBuilder, node: Node) -> None:
    """``let x = Foo::new()?``, ``let x = Foo { … }``, ``if let Some(x) = y.z``: what x is."""
    target, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
    if target is None or node.child_by_field_name("type") is not None:
        return
    if value is not None and value.type == "struct_expression" and target.type == "identifier":
        written = value.child_by_field_name("name")
        text = dotted(without_arguments(file.text(written))) if written is not None else UNKNOWN
        file.add_binding(target.start_byte, file.text(target), text, "constructor")
        return
    text = _value(file, value) if value is not None else UNKNOWN
    if target.type == "identifier" and value is not None and _says(file, value, target):
        _bind(file, target, text, node.end_byte + 1)
        return
    _unpack(file, target, text)


def _says(file: FileBuilder, value: Node, name: Node) -> bool:
    """Whether the value is made of what the name meant before: then it holds from the next line on."""
    word = rf"(?<!\w){re.escape(file.text(name))}(?!\w)"
    return file.line(value.start_byte) == file.line(name.start_byte) and bool(
        re.search(word, file.text(value))
    )


def _looped(file: FileBuilder, node: Node) -> None:
    """``for x in xs``: an element."""
    pattern, value = node.child_by_field_name("pattern"), node.child_by_field_name("value")
    if pattern is not None and value is not None:
        _unpack(file, pattern, f"{_value(file, value)}[]")


def _closed(file: FileBuilder, node: Node) -> None:
    """Parameters of a closure whose types nobody wrote."""
    for parameter in node.named_children:
        _unpack(file, parameter, UNKNOWN)


def _matched(file: FileBuilder, node: Node) -> None:
    """``match x { A(y) => … }``: the parts of x."""
    value, body = node.child_by_field_name("value"), node.child_by_field_name("body")
    if value is None or body is None:
        return
    text = _value(file, value)
    for arm in body.named_children:
        pattern = arm.child_by_field_name("pattern")
        if pattern is not None and pattern.named_child_count:
            _unpack(file, pattern.named_children[0], text)


def _unpack(file: FileBuilder, pattern: Node, text: str) -> None:
    """Bind the names of a pattern to parts of a value, ``?`` where it is unknown."""
    todo = [(pattern, text)]
    for _ in range(_MAX_PATTERN):
        if not todo:
            return
        node, text = todo.pop()
        if node.type == "identifier":
            _bind(file, node, text)
        elif node.type == "tuple_pattern":
            todo += [(child, f"{text}[{number}]") for number, child in enumerate(_inside(node))]
        elif node.type == "tuple_struct_pattern":
            todo += _parts(file, node, text)
        elif node.type == "struct_pattern":
            _bind_fields(file, node)
        elif node.type in _PASSED:
            todo += [(child, text) for child in node.named_children]


def _parts(file: FileBuilder, node: Node, text: str) -> list[tuple[Node, str]]:
    """``Some(x)`` takes a part of the value, ``Kind::A(x)`` says itself what x is."""
    written, *inner = _inside(node)
    name = dotted(without_arguments(file.text(written)))
    if name in _STEPS:
        return [(child, text + _STEPS[name]) for child in inner]
    return [(child, f"{name}[{number}]") for number, child in enumerate(inner)]


def _inside(node: Node) -> list[Node]:
    """The children, ``_`` included, which has no name."""
    return [child for child in node.children if child.type not in _PUNCTUATION]


def _bind_fields(file: FileBuilder, node: Node) -> None:
    written = node.child_by_field_name("type")
    owner = dotted(without_arguments(file.text(written))) if written is not None else UNKNOWN
    for field in node.named_children:
        name = field.child_by_field_name("name") if field.type == "field_pattern" else None
        target = field.child_by_field_name("pattern") or name if name is not None else None
        if (
            name is not None
            and target is not None
            and target.type in ("identifier", "shorthand_field_identifier")
        ):
            _bind(file, target, f"{owner}.{file.text(name)}")


def _bind(file: FileBuilder, name: Node, text: str, at: int = -1) -> None:
    """``at``: from where on the name holds, else from where it is written."""
    own = file.text(name)
    if own[:1].isupper():
        return
    how = "alias"
    if UNKNOWN in text:
        text = UNKNOWN
    elif text.endswith(".default()"):
        text, how = text.removesuffix(".default()"), "constructor"
    elif text.endswith("()"):
        text, how = text.removesuffix("()"), "constructor"
    file.add_binding(name.start_byte if at < 0 else at, own, text, how)


def _value(file: FileBuilder, node: Node, depth: int = 0) -> str:
    """The expression as a chain: ``a.b()[ok]`` for ``a.b(1)?``; with ``?`` in it where it is unknown."""
    kind, inner = node.type, None
    if depth > _MAX_DEPTH:
        return UNKNOWN
    if kind in ("identifier", "self"):
        return file.text(node)
    if kind == "scoped_identifier":
        text = file.text(node).replace("::<", "<").removeprefix("::")
        return dotted(without_arguments(text)) if "<" not in text[:1] else UNKNOWN
    if kind in _TRANSPARENT:
        inner = node.child_by_field_name("value") or (
            node.named_children[-1] if node.named_child_count else None
        )
        return _value(file, inner, depth + 1) if inner is not None else UNKNOWN
    if kind in _SUFFIXES and node.named_child_count:
        return _value(file, node.named_children[0], depth + 1) + _SUFFIXES[kind]
    if kind == "field_expression":
        inner, field = node.child_by_field_name("value"), node.child_by_field_name("field")
        if inner is not None and field is not None and field.type == "field_identifier":
            return f"{_value(file, inner, depth + 1)}.{file.text(field)}"
    return _called(file, node, depth) if kind == "call_expression" else UNKNOWN


def _called(file: FileBuilder, node: Node, depth: int) -> str:
    function = node.child_by_field_name("function")
    if function is not None and function.type == "generic_function":
        function = function.child_by_field_name("function")
    if function is None:
        return UNKNOWN
    text = _value(file, function, depth + 1)
    if function.type == "field_expression":
        owner, _, method = text.rpartition(".")
        if method in _UNWRAPPING:
            return f"{owner}[ok]"
        return owner if method == "clone" else f"{text}()"
    return f"{text}()"


def _finish(file: FileBuilder, facts: FileFacts) -> FileFacts:
    return without_idle(facts)


def _pattern(file: FileBuilder, node: Node) -> None:
    """An identifier in a pattern binds, unless it is written like a constant or a variant."""
    text = file.source[slice(*node.byte_range)]
    if not text[:1].isupper():
        file.scope_at(node.start_byte).locals.add(text)


def _in_macro(file: FileBuilder, node: Node) -> None:
    """``a.b(…)`` among a macro's arguments, which the grammar does not read as an expression."""
    start = node.start_byte
    if file.scope_at(start).kind == "macro":
        return
    before = _CHAIN_BEFORE.search(file.source, max(0, start - 100), start)
    receiver = dotted(before[0].decode("utf-8", "replace")).rstrip(".") if before else "?"
    file.add_use(start, file.text(node), receiver, "call")


def _fields(file: FileBuilder, node: Node) -> None:
    """``Part { weight: 3, size }`` writes the fields of a Part; as a pattern it reads them. Those of a variant
    (``Kind::Big { size }``) are no symbols."""
    is_built = node.type == "struct_expression"
    owner = node.child_by_field_name("name" if is_built else "type")
    items = node.child_by_field_name("body") if is_built else node
    receiver = file.chain(owner) if owner is not None else UNKNOWN
    is_variant = receiver.rpartition(".")[0].rpartition(".")[2][:1].isupper()
    for item in items.named_children if items is not None and receiver != UNKNOWN and not is_variant else ():
        name = item.child_by_field_name("field") or item.child_by_field_name("name")
        if item.type == "shorthand_field_initializer":
            name = item.named_children[-1]
        if name is not None and item.type != "base_field_initializer" and item != owner:
            access = WRITES if is_built else READS
            file.add_use(name.start_byte, file.text(name), receiver, "read", local=False, access=access)


def _exported(file: FileBuilder, name: str, parent: Scope, span: Span) -> bool:
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


_NAMES = b"""
_ Self self Option Some None Result Ok Err Vec String Box Copy Clone Send Sync Sized Unpin Drop drop Fn FnMut
FnOnce Default Iterator IntoIterator Extend From Into AsRef AsMut PartialEq Eq PartialOrd Ord ToString ToOwned
TryFrom TryInto FromIterator DoubleEndedIterator ExactSizeIterator str bool char u8 u16 u32 u64 u128 usize i8 i16
i32 i64 i128 isize f32 f64 println print eprintln eprint format vec panic assert assert_eq assert_ne debug_assert
debug_assert_eq debug_assert_ne write writeln todo unimplemented unreachable matches dbg
"""
PRELUDE = frozenset(_NAMES.split())

_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        grammar="tree_sitter_rust",
        locals_proven="parameters",
        queries=("rust.scm",),
        hooks={
            "use": _use,
            "extern": _extern,
            "mod": _mod,
            "impl": _impl,
            "receiver": _receiver,
            "bound": _bound,
            "typed": _typed,
            "payload": _payload,
            "pattern": _pattern,
            "built": _built,
            "looped": _looped,
            "matched": _matched,
            "closed": _closed,
            "returns": _returns,
            "in_macro": _in_macro,
            "fields": _fields,
        },
        builtins=PRELUDE,
        self_names=frozenset({b"self", b"Self"}),
        doc_prefixes=(b"///", b"/**"),
        exported=_exported,
        finish=_finish,
    )
)
