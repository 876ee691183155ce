"""What C and C++ share: declarators, macros, includes. The hooks of their Rules; no language of its own.

A declaration names things at the end of a chain of declarators (``*(*x)[3]``), so hooks follow the chain
and record symbols, locals and written types in one go. A prototype is a symbol of kind function; where the
file has the definition too, only the definition is one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from indexers.engine.generics import UNKNOWN, without_idle
from indexers.engine.treesitter import FileBuilder, Hook, Node, Scope, Span
from indexers.facts import WRITES, FileFacts, ReferenceKind, SymbolKind

_LEAVES = frozenset({"identifier", "field_identifier", "type_identifier", "qualified_identifier",
                     "destructor_name", "operator_name"})  # fmt: skip
_ELABORATED = re.compile(r"^(?:(?:struct|union|enum|class|const|volatile|typename)\s+)+")
_STATIC = re.compile(rb"(?:[A-Za-z_]\w*(?:\([^()\n]*\))?\s+){0,4}?static\b")
_TYPEDEF = re.compile(rb"typedef\b[^;({]{0,200}(?:\(\s*\*\s*(\w+)\s*\)|\b(\w+)\s*;)")
_GUARD = re.compile(r"_(?:H|HH|HPP|HXX|H_INCLUDED|INCLUDED)_*\Z")
_TEXT = re.compile(
    rb"\"(?:[^\"\\\n]|\\.){0,1000}\"|'(?:[^'\\\n]|\\.){0,1000}'|//[^\n]*|/\*.*?(?:\*/|\Z)", re.S
)
_WORD = re.compile(rb"(?<![\w.#])(?<!->)([A-Za-z_]\w*)(\s*\()?")
_NAME = re.compile(rb"[A-Za-z_]\w*")
_KEYWORDS = frozenset(
    b"""if else for while do switch case default break continue return goto sizeof struct union enum typedef const
    static inline extern void char short int long float double signed unsigned volatile register NULL true false
    bool size_t nullptr new delete this auto typename template class namespace using defined __VA_ARGS__ __FILE__
    __LINE__ __func__ asm __asm__ __attribute__ __typeof__ typeof static_cast reinterpret_cast const_cast
    dynamic_cast ssize_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t""".split()
)
_BROKEN_NAMES = frozenset({"if", "for", "while", "switch", "return", "else", "do", "sizeof", "defined"})
_MAX_MACRO_USES = 200
_MAX_DECLARATORS = 100  # longer chains of declarators are not written by people


def include(file: FileBuilder, node: Node) -> None:
    """``#include "a/b.h"``: the path as written."""
    path = file.text(node).strip('<>"')
    if path:
        file.add_import(node.start_byte, path, "", "")


def declared(file: FileBuilder, node: Node) -> None:
    """A declaration of variables, fields and functions: symbols outside of functions, locals inside."""
    scope = _around(file, node)
    if file.source.startswith(b"typedef", node.start_byte):
        _misread_typedef(file, scope, node)
        return
    for declarator in node.children_by_field_name("declarator"):
        leaf, is_function = follow(declarator)
        if leaf is None or leaf.type == "qualified_identifier":
            continue
        if scope.is_open:
            _declare(file, scope, node, leaf, is_function)
        else:
            scope.locals.add(file.source[slice(*leaf.byte_range)])
            if not is_function and not file.source.startswith(b"extern", node.start_byte):
                file.spans["local"].append(leaf.byte_range)
        if is_function and scope.is_open:
            _bind(file, node, leaf, "return", scope.qualname)
        elif scope.is_open and _is_nameless(node) and scope.kind in ("struct", "class"):
            file.add_binding(leaf.start_byte, file.text(leaf), scope.name, "annotation", scope.qualname)
        else:
            _bind(file, node, leaf, "annotation", scope.qualname if scope.is_open else None)


def _is_nameless(node: Node) -> bool:
    """Whether the type is a struct or union without a name: its fields are recorded as those of the struct around."""
    written = node.child_by_field_name("type")
    has_body = written is not None and written.child_by_field_name("body") is not None
    return has_body and written is not None and written.child_by_field_name("name") is None


def _around(file: FileBuilder, node: Node) -> Scope:
    """The scope of a declaration: a struct that is defined in its type is none."""
    scope = file.scope_at(node.start_byte)
    return scope.parent if scope.start == node.start_byte and scope.parent is not None else scope


def _misread_typedef(file: FileBuilder, scope: Scope, node: Node) -> None:
    """``typedef`` as the grammar reads it among text that it gave up on: as a type."""
    found = _TYPEDEF.match(file.source, *node.byte_range)
    if found and scope.is_open:
        at = found.start(1) if found[1] else found.start(2)
        file.add_symbol(scope, (found[1] or found[2]).decode("utf-8", "replace"), "type", at, node.byte_range)


def lost(file: FileBuilder, node: Node) -> None:
    """A prototype among text that the grammar gave up on (a macro after its parameters)."""
    scope = file.scope_at(node.start_byte)
    name = node.child_by_field_name("declarator")
    if scope.is_open and name is not None:
        text, span = file.text(name), node.byte_range
        file.add_symbol(scope, text, "function", name.start_byte, span, is_declaration=True)


def _declare(file: FileBuilder, scope: Scope, node: Node, leaf: Node, is_function: bool) -> None:
    name = file.text(leaf)
    if not is_function and scope.parent is None and _is_debris(file, node):
        return
    is_member = scope.kind in ("class", "struct")
    kind: SymbolKind = "field" if is_member else "variable"
    if is_function:
        kind = "method" if is_member else "function"
    else:
        scope.names.add(name.encode())
    announced = is_function or file.source.startswith(b"extern", node.start_byte)
    file.add_symbol(scope, name, kind, leaf.start_byte, node.byte_range, is_declaration=announced)


def _is_debris(file: FileBuilder, node: Node) -> bool:
    """An indented declaration outside of everything, in a file that could not be read: a local of a function
    whose braces stand in both arms of an ``#if``."""
    return bool(file.nodes.get("error")) and node.start_point.column > 0


def without_debris(file: FileBuilder, facts: FileFacts) -> FileFacts:
    """The facts without definitions that a keyword would name: statements read as functions. ``?`` is said of names
    only that have a type elsewhere in the function."""
    facts = _with_global_macros(without_idle(facts))
    symbols = tuple(symbol for symbol in facts.symbols if symbol.name not in _BROKEN_NAMES)
    return facts if len(symbols) == len(facts.symbols) else replace(facts, symbols=symbols)


def _with_global_macros(facts: FileFacts) -> FileFacts:
    """Macros belong to no scope, wherever they are written."""
    names = {s.qualname: s.name for s in facts.symbols if s.kind == "macro" and s.qualname != s.name}
    if not names:
        return facts
    return replace(
        facts,
        symbols=tuple(replace(s, qualname=names.get(s.qualname, s.qualname)) for s in facts.symbols),
        references=tuple(
            replace(r, scope=names[r.scope]) if r.scope in names else r for r in facts.references
        ),
    )


def follow(declarator: Node | None) -> tuple[Node | None, bool]:
    """The name at the end of the declarators, and whether it is declared as a function."""
    is_function = False
    for _ in range(_MAX_DECLARATORS):
        if declarator is None or declarator.type in _LEAVES:
            return declarator, is_function
        inner = declarator.child_by_field_name("declarator")
        if inner is None:  # parentheses, references and attributes have no field for it
            inner = next((child for child in declarator.children if child.is_named), None)
        elif declarator.type == "function_declarator":
            is_function = inner.type != "parenthesized_declarator"
        declarator = inner
    return None, False


def _bind(file: FileBuilder, node: Node, leaf: Node, how: str, scope: str | None) -> None:
    written = node.child_by_field_name("type")
    if written is None or written.type == "placeholder_type_specifier":
        return
    if written.type in ("primitive_type", "sized_type_specifier"):
        if how == "annotation" and leaf.type == "identifier":
            file.add_binding(leaf.start_byte, file.text(leaf), UNKNOWN, "alias", scope)
        return
    text = plain_type(file, written)
    if text:
        file.add_binding(leaf.start_byte, file.text(leaf), text, how, scope)


def plain_type(file: FileBuilder, written: Node) -> str:
    """The name of a written type, without ``struct`` and without a body; ``""`` for a nameless one."""
    if written.child_by_field_name("body") is not None:
        name = written.child_by_field_name("name")
        return file.text(name) if name is not None else ""
    return _ELABORATED.sub("", file.text(written))


def parameter(file: FileBuilder, node: Node) -> None:
    """A parameter of a definition is a local of it; one of a prototype is nothing."""
    scope = file.scope_at(node.start_byte)
    if scope.is_open:
        return
    leaf, _ = follow(node.child_by_field_name("declarator"))
    if leaf is not None and leaf.type == "identifier":
        scope.locals.add(file.source[slice(*leaf.byte_range)])
        file.spans["local"].append(leaf.byte_range)
        _bind(file, node, leaf, "annotation", None)


def returns(file: FileBuilder, node: Node) -> None:
    scope = file.scope_at(node.start_byte)
    if scope.name and node.type not in (
        "primitive_type",
        "sized_type_specifier",
        "placeholder_type_specifier",
    ):
        owner = scope.qualname.rpartition(".")[0]
        file.add_binding(scope.name_start, scope.name, plain_type(file, node), "return", owner)


def typedef(file: FileBuilder, node: Node) -> None:
    """``typedef … name;``: a type, unless the name went to a nameless struct or enum."""
    for declarator in node.children_by_field_name("declarator"):
        leaf, _ = follow(declarator)
        if leaf is None or leaf.type != "type_identifier":
            continue
        owner = _around(file, node)
        name = file.text(leaf)
        if owner.is_open and owner.kind != "enum":
            file.add_symbol(owner, name, "type", leaf.start_byte, node.byte_range)
            owner.names.add(name.encode())
            _bind(file, node, leaf, "annotation" if _is_template(node) else "alias", owner.qualname)


def _is_template(node: Node) -> bool:
    written = node.child_by_field_name("type")
    return written is not None and written.type in ("template_type", "qualified_identifier")


def enumerator(file: FileBuilder, node: Node) -> None:
    """A constant of the scope around the enum: its names are not its own, but for ``enum class``."""
    name = node.child_by_field_name("name")
    if name is None:
        return
    scope = file.scope_at(node.start_byte)
    if scope.kind == "enum" and scope.parent is not None and not _is_scoped(file, scope):
        scope = scope.parent
    text = file.text(name)
    if scope.is_open:
        file.add_symbol(scope, text, "constant", name.start_byte, node.byte_range)
        scope.names.add(text.encode())
    else:
        scope.locals.add(text.encode())


def _is_scoped(file: FileBuilder, scope: Scope) -> bool:
    return file.source[scope.start : scope.start + 20].split()[1:2] in ([b"class"], [b"struct"])


def flag(file: FileBuilder, node: Node) -> None:
    """``#define NAME`` is a macro, but for include guards."""
    name = node.child_by_field_name("name")
    if name is not None and not _GUARD.search(file.text(name)):
        file.add_symbol(file.scopes[0], file.text(name), "macro", name.start_byte, node.byte_range)


def macro_text(file: FileBuilder, node: Node) -> None:
    """Calls and reads in the text of a macro, which the grammar does not read."""
    start, end = node.byte_range
    macro = file.scope_at(start)
    parameters = frozenset(_NAME.findall(file.source, max(macro.name_start, macro.start), start))
    text = _TEXT.sub(lambda found: b" " * len(found[0]), file.source[start:end])
    for number, found in enumerate(_WORD.finditer(text)):
        if number >= _MAX_MACRO_USES:
            return
        if found[1] not in _KEYWORDS and found[1] not in parameters:
            kind: ReferenceKind = "call" if found[2] else "read"
            file.add_use(start + found.start(), found[1].decode("utf-8", "replace"), "", kind)


def exported(file: FileBuilder, name: str, parent: Scope, span: Span) -> bool:
    """Everything but ``static`` at file level, and what an anonymous namespace or a function holds."""
    if parent.in_function:
        return False
    if parent.kind in ("class", "struct", "enum"):
        return True
    scope: Scope | None = parent
    while scope is not None:
        if scope.kind == "namespace" and not scope.name:
            return False
        scope = scope.parent
    return not _STATIC.match(file.source, span[0], min(span[1], span[0] + 200))


def tag(file: FileBuilder, node: Node) -> None:
    """``struct part *part``: a variable of that name does not hide the type."""
    name = node.child_by_field_name("name")
    if name is not None and name.type == "type_identifier" and node.child_by_field_name("body") is None:
        file.add_use(name.start_byte, file.text(name), "", "type", local=False)


def designated(file: FileBuilder, node: Node) -> None:
    """``struct part a = { .weight = 3 }``, ``(struct part){ … }``, lists of these: uses of the members."""
    value, holder = node.child_by_field_name("value"), node.parent
    given = node.child_by_field_name("type") or (
        holder.child_by_field_name("type") if holder is not None and node.type == "init_declarator" else None
    )
    if given is None or value is None or value.type != "initializer_list":
        return
    named = given.child_by_field_name("type") or given  # of a type descriptor
    named = named.child_by_field_name("name") or named
    items = [
        inner
        for item in value.named_children
        for inner in (item.named_children if item.type == "initializer_list" else (item,))
    ]
    for item in items:
        designator = item.child_by_field_name("designator") if item.type == "initializer_pair" else None
        field = designator.named_children[0] if designator is not None and designator.named_children else None
        if named.type == "type_identifier" and field is not None and field.type == "field_identifier":
            name, owner = file.text(field), file.text(named)
            file.add_use(field.start_byte, name, owner, "read", local=False, access=WRITES)


HOOKS: dict[str, Hook] = {
    "tag": tag,
    "designated": designated,
    "include": include,
    "typedef": typedef,
    "enumerator": enumerator,
    "flag": flag,
    "macro_text": macro_text,
    "declared": declared,
    "lost": lost,
    "parameter": parameter,
    "returns": returns,
}


def outermost(spans: list[Span]) -> Iterator[Span]:
    """Of (sorted) spans that end together only the one that starts first."""
    seen: set[int] = set()
    for span in spans:
        if span[1] not in seen:
            seen.add(span[1])
            yield span
