"""Go: functions, methods by receiver type, types, struct fields, embedding, imports, written types."""

from __future__ import annotations

import re

from indexers.engine.generics import UNKNOWN, settle_locals, without_parameters
from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node, Scope, Span
from indexers.facts import WRITES, FileFacts

NAME = "go"
EXTENSIONS = (".go",)
FILENAMES: tuple[str, ...] = ()

_IMPORT = re.compile(r"(?:(\w+|\.)\s*)?[\"`]([^\"`]*)[\"`]")
_MAJOR_VERSION = re.compile(r"(?:/v\d+|\.v\d+)$")
_PARAMETER = re.compile(rb"(\w+(?:\s*,\s*\w+)*)\s+(.+)", re.S)
_DOTTED = re.compile(r"\w+(?:\.\w+)?")
_WORDS = re.compile(r"\w+")
_SLICE = re.compile(r"\[[^\]\[]*\]")
_MAP = re.compile(r"map\[[^\]\[]*\]")
_DULL = frozenset(
    {"_", "i", "j", "idx", "index", "ok", "err"}
)  # no methods of the project are called on these
_MAX_WRAPPERS = 8
_MAX_STEPS_UP = 16  # from a key to the literal whose type is written
_NO_IDENTIFIER = re.compile(r"[^\w]+")


def extract(source: bytes) -> FileFacts:
    """The facts of a Go file."""
    return _GRAMMAR.extract(source)


def _package(file: FileBuilder, node: Node) -> None:
    file.package = file.text(node)


def _import(file: FileBuilder, node: Node) -> None:
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


def _type_parameter(file: FileBuilder, node: Node) -> None:
    """``[K comparable, V Shape]``: only a named interface says what can be done with a value."""
    names = node.children_by_field_name("name")
    bound = node.child_by_field_name("type")
    text = file.text(bound) if bound is not None else ""
    plain = _DOTTED.fullmatch(text) and text.encode() not in _PREDECLARED
    known = file.type_parameters.setdefault(file.scope_at(node.start_byte).qualname, {})
    known.update({file.text(name): text if plain else UNKNOWN for name in names if name.is_named})


def _say(file: FileBuilder, byte: int, name: str, text: str, how: str, scope: str | None = None) -> None:
    """Bind a name to a written type, if that says something."""
    text = text.strip()
    inside = file.scope_at(byte).qualname if scope is None else scope
    text = without_parameters(file, inside if how != "return" else f"{inside}.{name}".strip("."), text)
    bare = text.strip("*[]() ").encode()
    if (bare in _PREDECLARED and text != "error") or text.strip("*[]()") == UNKNOWN or "{" in text:
        return
    file.add_binding(byte, name, text, how, scope)


def _parameter(file: FileBuilder, node: Node) -> None:
    """``a, b *T`` or ``more ...T``, read as text: there are too many for a walk over nodes."""
    start, end = node.byte_range
    found = _PARAMETER.match(file.source, start, end)
    if found is None or found[2] in _PREDECLARED:
        return
    text = found[2].decode("utf-8", "replace")
    text = "[]" + text[3:].lstrip() if text.startswith("...") else text
    scope = file.scope_at(start).qualname
    for name in found[1].decode("utf-8", "replace").split(","):
        _say(file, start, name.strip(), text, "annotation", scope)


def _receiver(file: FileBuilder, node: Node) -> None:
    found = _PARAMETER.match(file.source, *node.byte_range)
    if not found:
        return
    owner, _, parameters = found[2].decode("utf-8", "replace").strip("(*) \t").partition("[")
    file.add_binding(node.start_byte, found[1].decode("utf-8", "replace"), owner, "receiver")
    if parameters:
        known = file.type_parameters.setdefault(file.scope_at(node.start_byte).qualname, {})
        known.update(dict.fromkeys(_WORDS.findall(parameters), UNKNOWN))


def _typed(file: FileBuilder, node: Node) -> None:
    """A field or a variable with its written type."""
    written = node.child_by_field_name("type")
    text = file.text(written) if written is not None else ""
    if not text or text.encode() in _PREDECLARED or (node.type == "field_declaration" and not _is_own(node)):
        return
    for name in node.children_by_field_name("name"):
        if name.is_named:  # the commas between them have the field too
            _say(file, name.start_byte, file.text(name), text, "annotation")


def _is_own(field: Node) -> bool:
    """Whether the field is one of a type with a name, not of a struct inside of another type."""
    struct = field.parent.parent if field.parent is not None else None
    return struct is not None and struct.parent is not None and struct.parent.type == "type_spec"


def _embedded(file: FileBuilder, node: Node) -> None:
    """``*pkg.Base`` in a struct is a field ``Base``, too."""
    written = node.child_by_field_name("type")
    text = file.text(written).partition("[")[0] if written is not None else ""
    name, scope = text.rpartition(".")[2].strip(), file.scope_at(node.start_byte)
    if (
        scope.kind == "struct"
        and written is not None
        and file.add_symbol(scope, name, "field", written.start_byte, node.byte_range)
    ):
        file.add_binding(node.start_byte, name, text, "annotation")


def _underlying(file: FileBuilder, node: Node) -> None:
    """``type Names []Name`` and ``type Old = pkg.New``."""
    name, written = node.child_by_field_name("name"), node.child_by_field_name("type")
    parent = file.scope_at(node.start_byte).parent
    if name is None or written is None or parent is None or name.type == "generic_type":
        return
    text = file.text(written)
    how = "alias" if node.type == "type_alias" and _DOTTED.fullmatch(text) else "underlying"
    _say(file, name.start_byte, file.text(name), text, how, parent.qualname)


def _built(file: FileBuilder, node: Node) -> None:
    """``x := T{}``, ``x, err := pkg.New()``, ``x := y.z``, ``x := y.(T)``: what x is, as far as the values say."""
    names = node.child_by_field_name("left") or node
    values = node.child_by_field_name("right") or node.child_by_field_name("value")
    if values is None:
        return
    targets = [child for child in names.named_children if child.type == "identifier"]
    parts = values.named_children if values.type == "expression_list" else [values]
    if len(parts) == len(targets):
        for target, value in zip(targets, parts, strict=True):
            _bind(file, target, *_hinted_type(file, value))
    elif len(parts) == 1 and targets:
        how, text = _hinted_type(file, parts[0])
        if how != "constructor":  # of ``value, ok`` the first
            _bind(file, targets[0], how, text)
            return
        for index, target in enumerate(targets):
            if not index or file.text(target) not in _DULL:
                _bind(file, target, "alias", f"{text}()[{index}]")


def _bind(file: FileBuilder, target: Node, how: str, text: str) -> None:
    name = file.text(target)
    if name != "_" and text[:1] not in ("", UNKNOWN):
        _say(file, target.start_byte, name, text, how)


def _hinted_type(file: FileBuilder, value: Node) -> tuple[str, str]:
    """(how, type text) that an expression tells of its value; the text is empty where it tells nothing."""
    for _ in range(_MAX_WRAPPERS):
        inner, suffix = _unwrapped(file, value)
        if inner is None:
            break
        if suffix:
            return "alias", _suffixed(file.chain(inner), suffix)
        value = inner
    kind = value.type
    if kind in ("composite_literal", "type_assertion_expression"):
        written = value.child_by_field_name("type")
        text = file.text(written) if written is not None else ""
        is_name = kind == "composite_literal" and text[:1].isidentifier() and "[" not in text
        return "constructor" if is_name else "annotation", text
    if kind == "func_literal":
        body = value.child_by_field_name("body")
        return "annotation", file.text((value.start_byte, body.start_byte)).strip() if body else ""
    if kind == "type_conversion_expression":
        written = value.child_by_field_name("type")
        called = written.child_by_field_name("type") if written is not None else None
        return "constructor", _known(file.chain(called)) if called is not None else ""
    if kind == "call_expression":
        return _called(file, value)
    return "alias", _known(file.chain(value)) if kind in ("identifier", "selector_expression") else ""


def _unwrapped(file: FileBuilder, value: Node) -> tuple[Node | None, str]:
    """The expression inside of one that says nothing of its own, and ``[]`` where the value is an element of that."""
    kind = value.type
    if kind == "unary_expression":
        sign, inner = (
            file.source[value.start_byte : value.start_byte + 1],
            value.child_by_field_name("operand"),
        )
        return (inner, "[]" if sign == b"<" else "") if sign in b"&*<" else (None, "")
    if kind == "parenthesized_expression":
        return value.named_child(0), ""
    if kind in ("index_expression", "slice_expression"):
        return value.child_by_field_name("operand"), "[]" if kind == "index_expression" else ""
    return None, ""


def _called(file: FileBuilder, call: Node) -> tuple[str, str]:
    function, arguments = call.child_by_field_name("function"), call.child_by_field_name("arguments")
    chain = _known(file.chain(function)) if function is not None else ""
    if chain not in ("new", "make", "append") or arguments is None or not arguments.named_child_count:
        return "constructor", chain
    first = arguments.named_children[0]
    if chain == "append":
        return "alias", _known(file.chain(first))
    return "annotation", file.text(first)


def _known(chain: str) -> str:
    return "" if chain == UNKNOWN else chain


def _suffixed(chain: str, suffix: str) -> str:
    return chain + suffix if _known(chain) else ""


def _ranged(file: FileBuilder, node: Node) -> None:
    """``for i, x := range xs``: x is an element of xs."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    names = [child for child in left.named_children if child.type == "identifier"]
    how, text = _hinted_type(file, right)
    if how == "annotation":
        match = _SLICE.match(text)
        if match and len(names) == 2:
            _bind(file, names[1], "annotation", text[match.end() :])
        return
    text = _suffixed(text, "()" if how == "constructor" else "")
    for target, part in zip(names, ("[key]", "[]"), strict=False):
        if text and file.text(target) not in _DULL:
            _bind(file, target, "alias", text + part)


def _case(file: FileBuilder, node: Node) -> None:
    """In a case of ``switch x := y.(type)`` x is of the one type of the case."""
    switch = node.parent
    alias = switch.child_by_field_name("alias") if switch is not None else None
    value = switch.child_by_field_name("value") if switch is not None else None
    if alias is None or value is None:
        return
    types = node.children_by_field_name("type")
    written = [each for each in types if each.is_named]
    name = file.text(alias)
    if len(written) == 1:
        _say(file, node.start_byte, name, file.text(written[0]), "annotation")
    elif _known(file.chain(value)):
        file.add_binding(node.start_byte, name, file.chain(value), "alias")


def _key(file: FileBuilder, node: Node) -> None:
    """``Item{Name: …}`` uses the field Item.Name; inside of ``[]Item{…}`` the type of the elements is left out."""
    depth, literal = 0, node.parent
    for _ in range(_MAX_STEPS_UP):
        if literal is None or literal.type == "composite_literal":
            break
        depth += literal.type == "literal_value"
        literal = literal.parent
    written = literal.child_by_field_name("type") if literal is not None else None
    is_literal = literal is not None and literal.type == "composite_literal"
    text = file.text(written) if written is not None and is_literal else ""
    for _ in range(min(depth - 1, _MAX_WRAPPERS)):
        match = _SLICE.match(text) or _MAP.match(text)
        if match is None:
            return
        text = text[match.end() :]
    name = text.lstrip("*").partition("[")[0]
    if _DOTTED.fullmatch(name):
        file.add_use(node.start_byte, file.text(node), name, "read", access=WRITES)


def _returns(file: FileBuilder, node: Node) -> None:
    scope = file.scope_at(node.start_byte)
    if scope.name:
        owner = scope.qualname.rpartition(".")[0]
        _say(file, scope.name_start, scope.name, file.text(node), "return", owner)


def _finish(file: FileBuilder, facts: FileFacts) -> FileFacts:
    names = {item.alias for item in facts.imports if item.alias}
    names |= {symbol.qualname for symbol in facts.symbols if "." not in symbol.qualname}
    return settle_locals(file, facts, names)


def _exported(file: FileBuilder, name: str, parent: Scope, span: Span) -> bool:
    return name[:1].isupper() and not parent.in_function


_NAMES = (
    b"_ any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune "
    b"string uint uint8 uint16 uint32 uint64 uintptr true false iota nil append cap close complex copy delete "
    b"imag len make new panic print println real recover"
)  # not min, max, clear: older packages have their own, in whichever file

_PREDECLARED = frozenset(_NAMES.split())

_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        grammar="tree_sitter_go",
        locals_proven="parameters",
        queries=("go.scm",),
        hooks={
            "package": _package,
            "import": _import,
            "type_parameter": _type_parameter,
            "receiver": _receiver,
            "parameter": _parameter,
            "typed": _typed,
            "embedded": _embedded,
            "underlying": _underlying,
            "built": _built,
            "ranged": _ranged,
            "case": _case,
            "key": _key,
            "returns": _returns,
        },
        finish=_finish,
        builtins=_PREDECLARED,
        doc_prefixes=(b"//", b"/*"),
        exported=_exported,
    )
)
