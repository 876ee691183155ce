"""C#: types, members, ``using`` directives, inheritance, written types; a namespace is the file's package."""

from __future__ import annotations

import re

from msgspec.structs import replace

from indexers.engine import type_text
from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node, Scope, Span
from indexers.facts import WRITES, FileFacts

NAME = "csharp"
EXTENSIONS = (".cs", ".csx")
FILENAMES: tuple[str, ...] = ()
GLOBAL_USING = "global using"  # as the name that an import binds: it holds in every file of the .NET project

_USING = re.compile(
    r"(global\s+)?using\s+(static\s+)?(?:unsafe\s+)?(?:(@?\w+)\s*=\s*)?(?:global\s*::\s*)?(\w[\w.:\s]*)(<)?"
)
_DIRECTIVE = re.compile(rb"^[ \t]*#[ \t]*(\w+)[^\n]*", re.M)
_SIGN = re.compile(rb"[^\r\n]")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_CREF = re.compile(r"<(?:see|seealso|paramref|typeparamref)\s[^<>=]*=\s*\"(?:[A-Z]:)?([^\"<>]*)\"[^<>]*>")


def extract(source: bytes) -> FileFacts:
    """The facts of a C# file. Where ``#if`` and ``#else`` cut through a statement, the first branch is read."""
    facts = _GRAMMAR.extract(source)
    if not facts.problems or b"#" not in source:
        return facts
    other = _GRAMMAR.extract(_first_branches(source))
    return other if len(other.problems) < len(facts.problems) else facts


def _first_branches(source: bytes) -> bytes:
    """The source with directives and the branches after ``#else`` and ``#elif`` overwritten by spaces."""
    kept: list[bytes] = []
    position, depth, dropped_at = 0, 0, 0  # dropped_at: depth of the #if of which a later branch is left out
    for found in _DIRECTIVE.finditer(source):
        text = source[position : found.start()]
        kept.append(_SIGN.sub(b" ", text) if dropped_at else text)
        kept.append(b" " * len(found[0]))
        position = found.end()
        if found[1] == b"if":
            depth += 1
        elif found[1] == b"endif":
            dropped_at = 0 if dropped_at == depth else dropped_at
            depth = max(0, depth - 1)
        elif found[1] in (b"else", b"elif"):
            dropped_at = dropped_at or depth
    kept.append(source[position:])
    return b"".join(kept)


def _using(file: FileBuilder, node: Node) -> None:
    """``using A.B;`` opens a namespace, ``using static`` a type, ``using X = A.B;`` gives one type a name."""
    found = _USING.match(file.text(node))
    if not found:
        return
    path = "".join(found[4].split())
    if found[3]:
        module, _, name = path.rpartition(".")
        file.add_import(node.start_byte, module or name, name if module else "", found[3])
    else:
        file.add_import(node.start_byte, path, "*", GLOBAL_USING if found[1] else "")


def _declared(file: FileBuilder, node: Node) -> None:
    """``T a = …, b;`` and ``var a = new T();``"""
    given = node.child_by_field_name("type")
    for declarator in node.named_children:
        name = declarator.child_by_field_name("name")
        if declarator.type != "variable_declarator" or name is None:
            continue
        if given is not None and given.type == "implicit_type":
            type_text.bind_value(file, name, type_text.child(declarator, -1), _SHAPES)
        else:
            type_text.bind_type(file, name, given, _UNTOLD)


def _extends(file: FileBuilder, node: Node) -> None:
    """``this T x``: the method may be called as a member of T, or of everything where T is its own type parameter."""
    scope, given = file.scope_at(node.start_byte), node.child_by_field_name("type")
    modifier = node.named_children[0] if node.named_children else None
    if given is None or modifier is None or file.text(modifier) != "this" or scope.kind != "method":
        return
    method = node.parent.parent if node.parent is not None else None
    parameters = method.child_by_field_name("type_parameters") if method is not None else None
    own = [file.text(parameter) for parameter in parameters.named_children] if parameters is not None else []
    text = file.text(given).rstrip("?")
    file.add_binding(node.start_byte, "this", "*" if text in own else text, "receiver", scope.qualname)


def _each(file: FileBuilder, node: Node) -> None:
    """``foreach (T x in …)``; with ``var`` it is an element of what is gone through."""
    name, given = node.child_by_field_name("left"), node.child_by_field_name("type")
    right = node.child_by_field_name("right")
    if name is None or right is None:
        return
    if given is not None and given.type != "implicit_type":
        type_text.bind_type(file, name, given, _UNTOLD)
    elif (chain := file.chain(right)) != "?":
        file.add_binding(name.start_byte, file.text(name), f"{chain}[]", "alias")


def _initialised(file: FileBuilder, node: Node) -> None:
    """``new Point { X = 1 }`` uses the member X of Point."""
    given, initializer = node.child_by_field_name("type"), node.child_by_field_name("initializer")
    if given is None or initializer is None:
        return
    for item in initializer.named_children:
        name = item.child_by_field_name("left") if item.type == "assignment_expression" else None
        if name is not None and name.type == "identifier":
            file.add_use(name.start_byte, file.text(name), file.chain(given), "read", access=WRITES)


def _changed(file: FileBuilder, node: Node) -> None:
    """``point with { X = 1 }`` writes the member X of what point is."""
    given, *items = node.named_children
    for item in items:
        name = item.named_children[0] if item.type == "with_initializer" and item.named_children else None
        if name is not None and name.type == "identifier":
            file.add_use(name.start_byte, file.text(name), file.chain(given), "read", access=WRITES)


def _exported(file: FileBuilder, name: str, parent: Scope, span: Span) -> bool:
    """What says so, or lists what all may see; a type outside of types is visible in its assembly."""
    if parent.in_function:
        return False
    is_open = parent.kind in ("file", "interface", "enum")
    return (is_open and span[0] not in file.starts("private")) or span[0] in file.starts("visible")


def _finish(file: FileBuilder, facts: FileFacts) -> FileFacts:
    """Documentation is XML: its text counts."""
    symbols = [
        replace(symbol, doc=_plain(symbol.doc)) if "<" in symbol.doc else symbol for symbol in facts.symbols
    ]
    return replace(facts, symbols=tuple(symbols))


def _plain(doc: str) -> str:
    lines = [line.strip() for line in _TAG.sub("", _CREF.sub(r"\1", doc)).splitlines()]
    return "\n".join(line for line in lines if line)


_PREDEFINED = frozenset(
    b"bool byte sbyte short ushort int uint long ulong char float double decimal string object void dynamic nint "
    b"nuint var".split()
)
_UNTOLD = frozenset(
    {b"var", b"dynamic", b"object"}
)  # what is said of other types tells which functions extend them
_SYSTEM = frozenset(
    b"""Action ArgumentException ArgumentNullException ArgumentOutOfRangeException Array Attribute Boolean Byte Char
    Console Convert DateTime DateTimeOffset Decimal Delegate Double Enum EventArgs EventHandler Exception Func Guid
    IComparable IDisposable IEnumerable IEquatable Int16 Int32 Int64 InvalidOperationException Lazy Math
    NotImplementedException NotSupportedException Nullable Object Obsolete ObsoleteAttribute Predicate Random Single
    String StringComparison Task TimeSpan Tuple Type UInt16 UInt32 UInt64 Uri ValueTask ValueTuple Version nameof
    List Dictionary HashSet IList ICollection IDictionary IReadOnlyList CancellationToken value _""".split()
)
_SHAPES: type_text.Shapes = {
    "object_creation_expression": ("type", "type"),
    "cast_expression": ("cast", "type"),
    "as_expression": ("cast", "right"),
    "invocation_expression": ("call", "function"),
    "member_access_expression": ("name", 0),
    "await_expression": ("inner", 0),
    "parenthesized_expression": ("inner", 0),
}

_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        max_line=20_000,
        grammar="tree_sitter_c_sharp",
        queries=("csharp.scm",),
        hooks={
            "package": type_text.package,
            "using": _using,
            "declared": _declared,
            "initialised": _initialised,
            "changed": _changed,
            "typed": type_text.typed(_UNTOLD),
            "each": _each,
            "extends": _extends,
            "returns": type_text.returns(_PREDEFINED),
        },
        data=frozenset({"visible", "private"}),
        builtins=_SYSTEM,
        self_names=frozenset({b"this", b"base"}),
        doc_prefixes=(b"///", b"/**"),
        members_in_scope=True,
        exported=_exported,
        finish=_finish,
    )
)
