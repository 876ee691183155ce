"""What JavaScript and TypeScript share: module syntax of both kinds, and what a file hands out.

Names that a file hands out under another name are Bindings of scope ``""``: ``export { a as b }`` binds ``b``
to ``a``, ``export default Foo`` binds ``default``, ``module.exports = Foo`` binds ``export=``. ``exports``
lists every name that the file hands out, when it is a module.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from indexers.engine.treesitter import FileBuilder, GrammarRules, Hook, Node, Scope, Span
from indexers.facts import FileFacts, Reference, Symbol, SymbolKind
from indexers.languages.shared import ecmascript_types as types
from indexers.languages.shared import quoted
from indexers.languages.shared.ecmascript_decorators import of_decorated
from indexers.languages.shared.ecmascript_expected import CHAIN_HOOKS

GLOBALS = frozenset(
    b"""AbortController AbortSignal AggregateError Array ArrayBuffer Atomics BigInt Blob Boolean Buffer DataView Date
    Error EvalError Event EventTarget FormData Function Headers Infinity Intl JSON Map Math NaN Number Object Promise
    Proxy RangeError ReferenceError Reflect RegExp Request Response Set String Symbol SyntaxError TextDecoder
    TextEncoder TypeError URIError URL URLSearchParams WeakMap WeakRef WeakSet Worker XMLHttpRequest __dirname
    __filename alert arguments atob btoa clearImmediate clearInterval clearTimeout console decodeURI
    decodeURIComponent document encodeURI encodeURIComponent escape eval exports fetch global globalThis isFinite
    isNaN localStorage location module navigator parseFloat parseInt performance process queueMicrotask require
    self sessionStorage setImmediate setInterval setTimeout structuredClone undefined unescape window
    Float32Array Float64Array Int16Array Int32Array Int8Array Uint16Array Uint32Array Uint8Array
    Uint8ClampedArray""".split()
)
TYPES = frozenset(
    b"""Awaited Capitalize ConstructorParameters Exclude Extract InstanceType Iterable IterableIterator Iterator
    Lowercase NonNullable Omit Parameters Partial Pick PromiseLike PropertyKey Readonly ReadonlyArray ReadonlyMap
    ReadonlySet Record Required ReturnType ThisParameterType ThisType Uncapitalize Uppercase""".split()
)
DROPPED_OWNERS = frozenset({"exports", "module", "prototype", "window", "globalThis", "global", "self"})
"""Parts of ``A.prototype.b = function …`` that say where, not whose."""

WHOLE = "export="
"""What a CommonJS module is as a whole, as TypeScript calls it."""
_STRINGS = "\"'`"


# -- imports


def _imports(file: FileBuilder, node: Node) -> None:
    source = node.child_by_field_name("source")
    type_only = file.source[node.start_byte : node.start_byte + 12].split()[1:2] == [b"type"]
    for child in node.named_children:
        if child.type == "import_require_clause":  # import a = require("m")
            source = child.child_by_field_name("source")
            _add(file, source, "", child.named_children[0], type_only)
            return
        if child.type == "import_clause":
            _clause(file, source, child, type_only)
            return
    if source is not None:
        file.add_import(node.start_byte, _unquoted(file, source), "", "")


def _clause(file: FileBuilder, source: Node | None, clause: Node, type_only: bool) -> None:
    for child in clause.named_children:
        if child.type == "identifier":
            _add(file, source, "default", child, type_only)
        elif child.type == "namespace_import":
            _add(file, source, "", child.named_children[0], type_only)
        elif child.type == "named_imports":
            for item in _specifiers(child, "import_specifier"):
                name, alias = _name_and_alias(item)
                is_type = type_only or item.children[0].type == "type"
                _add(file, source, _unquoted(file, name), alias, is_type)


def _add(file: FileBuilder, source: Node | None, name: str, alias: Node, type_only: bool) -> None:
    if source is not None:
        module = _unquoted(file, source)
        file.add_import(alias.start_byte, module, name, file.text(alias), type_only=type_only)


def _loaded(file: FileBuilder, node: Node) -> None:
    """``require("m")`` and ``import("m")``: one Import per name that is bound to what comes out."""
    function = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    if function is None or arguments is None or file.text(function) not in ("require", "import"):
        return
    module = _unquoted(file, arguments.named_children[0])
    parent, name = node.parent, ""
    if parent is not None and parent.type == "await_expression":
        parent = parent.parent
    if parent is not None and parent.type == "member_expression":
        member = parent.child_by_field_name("property")
        name, parent = file.text(member) if member is not None else "", parent.parent
        name = "" if name in ("then", "catch") else name
    if parent is not None and parent.type == "assignment_expression":
        _handed_on(file, parent, module, name)
        return
    target = parent.child_by_field_name("name") if parent and parent.type == "variable_declarator" else None
    if target is None:
        file.add_import(node.start_byte, module, name, "")
    elif target.type == "identifier":
        file.add_import(target.start_byte, module, name, file.text(target))
    else:
        for imported, bound in _destructured(file, target):
            file.add_import(bound.start_byte, module, imported, file.text(bound))


def _handed_on(file: FileBuilder, assignment: Node, module: str, name: str) -> None:
    """``module.exports = require("m")``, ``exports.a = require("m").b``"""
    left = assignment.child_by_field_name("left")
    head, _, last = file.chain(left).rpartition(".") if left is not None else ("", "", "")
    if (head, last) == ("module", "exports"):
        file.add_import(assignment.start_byte, module, name, WHOLE, reexport=True)
    elif head in ("exports", "module.exports"):
        file.add_import(assignment.start_byte, module, name, last, reexport=True)
    else:
        file.add_import(assignment.start_byte, module, name, "")


def _destructured(file: FileBuilder, pattern: Node) -> Iterator[tuple[str, Node]]:
    for child in pattern.named_children:
        if child.type == "shorthand_property_identifier_pattern":
            yield file.text(child), child
        elif child.type == "pair_pattern":
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            if key is not None and value is not None and value.type == "identifier":
                yield _unquoted(file, key), value


def _renamed(file: FileBuilder, node: Node) -> None:
    """``import A = N.B``: A is another name of N.B."""
    name, value = node.named_children[0], node.named_children[-1]
    file.scope_at(node.start_byte).names.add(file.text(name).encode())
    file.add_binding(node.start_byte, file.text(name), file.chain(value), "alias")


_BY_GLOB = frozenset({"import.meta.glob", "import.meta.globEager"})
_BY_MODULE = frozenset(
    """jest.mock jest.doMock jest.unmock jest.requireActual jest.requireMock jest.createMockFromModule vi.mock vi.doMock
    vi.unmock vi.importActual vi.importMock require.resolve""".split()  # noqa: SIM905
)


def _mocked(file: FileBuilder, node: Node) -> None:
    """``jest.mock("./x")`` uses the file x."""
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is not None and arguments is not None and file.chain(function) in _BY_MODULE:
        quoted.add_module(file, arguments.named_children[0])


def _located(file: FileBuilder, node: Node) -> None:
    """``new URL("./w.js", import.meta.url)``"""
    made, arguments = node.child_by_field_name("constructor"), node.child_by_field_name("arguments")
    if made is None or arguments is None or file.text(made) != "URL":
        return
    if file.text(arguments.named_children[1]) == "import.meta.url":
        quoted.add_module(file, arguments.named_children[0], beside=True)


def _globbed(file: FileBuilder, node: Node) -> None:
    """``import.meta.glob("./pages/*.vue")`` uses the files that fit."""
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None or arguments is None or file.text(function) not in _BY_GLOB:
        return
    first = arguments.named_children[0]
    quoted.add_globs(file, [first] if first.type == "string" else first.named_children)


def _augmented(file: FileBuilder, node: Node) -> None:
    """``declare module "./x" { interface Y {} }`` adds to what x defines under that name."""
    module, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if module is None or body is None or module.type != "string":
        return
    for child in body.named_children:
        declared = child.child_by_field_name("declaration") if child.type == "export_statement" else child
        name = declared.child_by_field_name("name") if declared is not None else None
        if name is not None:
            file.add_import(name.start_byte, _unquoted(file, module), file.text(name), "", type_only=True)


# -- exports


def _export(file: FileBuilder, node: Node) -> None:
    source = node.child_by_field_name("source")
    type_only = node.child_count > 1 and node.children[1].type == "type"
    kinds = {child.type: child for child in node.children}
    if source is not None:
        _reexport(file, node, _unquoted(file, source), kinds, type_only)
    elif "export_clause" in kinds:
        for item in _specifiers(kinds["export_clause"], "export_specifier"):
            name, alias = _name_and_alias(item)
            _hand_out(file, item, _unquoted(file, alias), _unquoted(file, name))
    elif "default" in kinds:
        value = node.child_by_field_name("value")
        declared = node.child_by_field_name("declaration")
        named = declared.child_by_field_name("name") if declared is not None else value
        own = file.chain(named) if named is not None else "?"
        _hand_out(file, node, "default", own)
        if value is not None and (own == "?" or own.endswith(")")):
            file.add_symbol(file.scopes[0], "default", "variable", node.start_byte, node.byte_range)
            types.bind_value(file, node.start_byte, "default", value, "")
    elif "=" in kinds:
        _hand_out(file, node, WHOLE, file.chain(node.named_children[0]))
    elif "export" in kinds:
        for name in _declared(node.child_by_field_name("declaration")):
            _hand_out(file, name, file.text(name), file.text(name))


def _reexport(file: FileBuilder, node: Node, module: str, kinds: dict[str, Node], type_only: bool) -> None:
    at = node.start_byte
    if "export_clause" in kinds:
        for item in _specifiers(kinds["export_clause"], "export_specifier"):
            name, alias = _name_and_alias(item)
            is_type = type_only or item.children[0].type == "type"
            _reexport_one(
                file, item.start_byte, module, _unquoted(file, name), _unquoted(file, alias), is_type
            )
    elif "namespace_export" in kinds:
        alias = kinds["namespace_export"].named_children[0]
        _reexport_one(file, at, module, "", _unquoted(file, alias), type_only)
    else:
        file.add_import(at, module, "*", "", reexport=True, type_only=type_only)


def _reexport_one(file: FileBuilder, at: int, module: str, name: str, alias: str, type_only: bool) -> None:
    file.add_import(at, module, name, alias, reexport=True, type_only=type_only)
    _list(file, alias)


def _hand_out(file: FileBuilder, node: Node, public: str, own: str) -> None:
    """The file's ``own`` (``?``: an expression) is public under the name ``public``."""
    _list(file, public)
    if own not in (public, "?") and own[:1].isidentifier() and not own.endswith(")"):
        file.add_binding(node.start_byte, public, own, "alias", "")


def _list(file: FileBuilder, name: str) -> None:
    if file.exports is None:
        file.exports = []
    if f"export {name}" not in file.memory:
        file.memory[f"export {name}"] = 1
        file.exports.append(name)


def _declared(declaration: Node | None) -> Iterator[Node]:
    """The names that the declaration after ``export`` binds."""
    while declaration is not None and declaration.type == "ambient_declaration":
        declaration = declaration.named_children[0]
    if declaration is None:
        return
    name = declaration.child_by_field_name("name")
    if name is not None:
        yield name
    for declarator in declaration.named_children:
        if declarator.type == "variable_declarator":
            target = declarator.child_by_field_name("name")
            if target is not None:
                yield from _bound(target)


def _bound(pattern: Node) -> Iterator[Node]:
    """The identifiers that a pattern binds."""
    waiting = [pattern]
    while waiting:
        node = waiting.pop()
        if node.type in ("identifier", "shorthand_property_identifier_pattern"):
            yield node
        elif node.type == "pair_pattern":
            waiting.append(node.named_children[-1])
        elif node.type in ("assignment_pattern", "object_assignment_pattern"):
            waiting.append(node.named_children[0])
        else:
            waiting.extend(reversed(node.named_children))


def _assigned(file: FileBuilder, node: Node) -> None:
    """``exports.a = …``, ``module.exports = …``, ``this.a = …``."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    target = file.chain(left)
    head, _, name = target.rpartition(".")
    if head == "this" and name:
        types.field(file, node, name, right)
    elif target == "module.exports":
        _module_exports(file, node, right)
    elif head in ("exports", "module.exports") and name != "__esModule":
        _hand_out_value(file, node, name, right)
    elif head.endswith(".prototype") and head.count(".") == 1 and right.type not in _DEFINING:
        types.given_to_prototype(file, node, head.removesuffix(".prototype"), name, right)


def _module_exports(file: FileBuilder, node: Node, value: Node) -> None:
    while value.type == "assignment_expression":  # module.exports = exports = …
        value = value.named_children[-1]
    above = node.parent
    while (
        above is not None and above.type == "assignment_expression"
    ):  # var app = exports = module.exports = …
        above = above.parent
    name = above.child_by_field_name("name") if above is not None else None
    if name is not None and above is not None and above.type == "variable_declarator":
        _hand_out(file, node, WHOLE, file.text(name))
    elif value.type in _DEFINING:
        own = value.child_by_field_name("name")
        _hand_out(file, node, WHOLE, file.text(own) if own is not None else "exports")
    elif value.type != "object":
        _hand_out(file, node, WHOLE, file.chain(value))
    for item in value.named_children if value.type == "object" else ():
        _hand_out_entry(file, item)


def own_names(source: bytes, nodes: dict[str, list[Node]]) -> None:
    """``module.exports = function name() {}`` is called by its own name, not by where it is put."""
    for capture in ("def.function", "def.class"):
        for node in nodes.get(capture, ()):
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            own = right.child_by_field_name("name") if right is not None else None
            if left is not None and own is not None and left.text == b"module.exports":
                nodes["name"] = [name for name in nodes["name"] if name != left]
                nodes["name"].append(own)
                nodes["skip"] = [name for name in nodes.get("skip", ()) if name != own]


_DEFINING = ("function_expression", "arrow_function", "generator_function", "class")


def _hand_out_value(file: FileBuilder, node: Node, public: str, value: Node) -> None:
    """A value without a name of its own in the file has that which it is handed out by."""
    own = file.chain(value)
    _hand_out(file, node, public, own)
    is_new = own == "?" or own.endswith(")")
    if is_new and not own.startswith("require()") and value.type not in (*_DEFINING, "object"):
        file.add_symbol(file.scopes[0], public, "variable", node.start_byte, node.byte_range)


def _hand_out_entry(file: FileBuilder, item: Node) -> None:
    if item.type == "shorthand_property_identifier":
        _hand_out(file, item, file.text(item), file.text(item))
    elif item.type == "pair":
        key, own = item.child_by_field_name("key"), item.child_by_field_name("value")
        if key is not None and own is not None:
            _hand_out_value(file, item, _unquoted(file, key), own)
    elif item.type == "method_definition":
        key = item.child_by_field_name("name")
        _hand_out(file, item, _unquoted(file, key) if key is not None else "", "?")


def _element(file: FileBuilder, node: Node) -> None:
    """``<Card>`` uses Card; a lower-case name is one of HTML."""
    if not file.text(node)[:1].islower():
        file.spans["id"].append(node.byte_range)


# -- rules


def kind(file: FileBuilder, scope: Scope) -> SymbolKind:
    """Accessors are properties; a field that holds a function is a method."""
    head = file.source[scope.start : scope.name_start]
    if scope.kind == "method" and head.split()[-1:] in ([b"get"], [b"set"]):
        return "property"
    if scope.kind == "field" and scope.end in file.ends("scope"):
        return "method"
    if scope.kind == "function" and types.has_prototype(file, scope.name):
        return "class"
    return scope.kind  # type: ignore[return-value]


def _exported(file: FileBuilder, name: str, parent: Scope, span: Span) -> bool:
    """Members of an object type are as public as the property that it is the type of."""
    around: Scope | None = parent
    while around is not None and around.kind == "property" and around.parent is not None:
        around = around.parent
    return around is not None and not around.in_function


def finish(file: FileBuilder, facts: FileFacts) -> FileFacts:
    """Exported is what the module hands out, with its members; a script without exports hands out all."""
    references = of_decorated(file, _with_own_object(file, facts.references))
    facts = replace(facts, references=tuple(references))
    if file.exports is None and not any(item.reexport or item.alias for item in facts.imports):
        return facts
    own = {
        b.type_text.partition(".")[0]
        for b in facts.bindings
        if not b.scope and b.name in (file.exports or ())
    }
    public = own | {name.partition(".")[0] for name in file.exports or ()}
    spaces = {symbol.qualname for symbol in facts.symbols if symbol.kind == "namespace"}
    symbols = [
        replace(symbol, exported=False)
        if symbol.exported and not _is_public(file.source, symbol, public, spaces)
        else symbol
        for symbol in facts.symbols
    ]
    return replace(facts, symbols=tuple(symbols))


def _with_own_object(file: FileBuilder, references: Iterable[Reference]) -> Iterator[Reference]:
    """``this`` of a function inside of a method is not the method's: its members are unknown."""
    spans = types.this_spans(file)
    around: list[tuple[int, bool]] = []
    position = 0
    for ref in references:
        at = file.line_start(ref.line) + ref.column
        while position < len(spans) and spans[position][0] <= at:
            around.append(spans[position][1:])
            position += 1
        while around and around[-1][0] <= at:
            around.pop()
        is_other = bool(around) and around[-1][1] and ref.receiver.partition(".")[0] == "this"
        yield replace(ref, receiver="?", local=False) if is_other else ref


def _is_public(source: bytes, symbol: Symbol, public: set[str], spaces: set[str]) -> bool:
    start = symbol.start_byte
    if symbol.qualname.rpartition(".")[0] in spaces:  # a namespace hands out what says so
        before = source[max(0, start - 8) : start]
        return source.startswith(b"export", start) or before.rstrip().endswith(b"export")
    if symbol.name.startswith("#") or source.startswith(b"private", start):
        return False
    return symbol.qualname.partition(".")[0] in public


# -- small things


def _specifiers(clause: Node, kind: str) -> Iterator[Node]:
    return (child for child in clause.named_children if child.type == kind)


def _name_and_alias(specifier: Node) -> tuple[Node, Node]:
    name = specifier.child_by_field_name("name") or specifier
    return name, specifier.child_by_field_name("alias") or name


def _unquoted(file: FileBuilder, node: Node) -> str:
    return file.text(node).strip(_STRINGS)


HOOKS: dict[str, Hook] = {
    "import": _imports,
    "loaded": _loaded,
    "mocked": _mocked,
    "located": _located,
    "globbed": _globbed,
    "export": _export,
    "assigned": _assigned,
    "element": _element,
    **types.HOOKS,
}
TYPE_HOOKS: dict[str, Hook] = {
    **CHAIN_HOOKS,
    "renamed": _renamed,
    "augmented_module": _augmented,
    **types.TYPE_HOOKS,
    **HOOKS,
}
DATA = frozenset({"binder", "decorator"})


def _classify(source: bytes, nodes: dict[str, list[Node]]) -> None:
    own_names(source, nodes)
    types.classify(source, nodes)


def type_rules(name: str, entry: str, *queries: str) -> GrammarRules:
    """The rules of a language whose code is TypeScript. ``entry``: which of its two grammars; ``queries``: more."""
    return GrammarRules(
        name=name,
        grammar="tree_sitter_typescript",
        locals_proven="all",
        entry=entry,
        queries=("ecmascript.scm", "typescript.scm", *queries),
        hooks=TYPE_HOOKS,
        data=DATA,
        builtins=GLOBALS | TYPES,
        dropped_owners=DROPPED_OWNERS,
        doc_prefixes=(b"/**",),
        kind=kind,
        exported=_exported,
        classify=_classify,
        finish=finish,
    )
