"""C++: namespaces, classes, members in and out of line, templates, ``using``; the rest as in C."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict

from msgspec.structs import replace

from indexers.engine.generics import UNKNOWN
from indexers.engine.scopes import dotted, without_arguments
from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node, Span
from indexers.facts import WRITES, FileFacts, ReferenceKind, Symbol
from indexers.languages.shared import cfamily, cmacros

NAME = "cpp"
EXTENSIONS = (
    ".cc",
    ".cpp",
    ".cxx",
    ".c++",
    ".hpp",
    ".hh",
    ".hxx",
    ".h++",
    ".ipp",
    ".inl",
    ".tpp",
    ".cppm",
    ".cu",
    ".cuh",
)
FILENAMES: tuple[str, ...] = ()

_USING = re.compile(r"using\s++(namespace\s++|typename\s++)?(::)?([\w:\s]+);")
_ALIAS = re.compile(r"namespace\s+(\w+)\s*=([\w:\s]+);")
_MAX_NAME = 400  # bytes of a qualified name; longer expressions are chains
_MAX_WRAPPERS = 8
_NAMES = frozenset({"identifier", "field_expression", "qualified_identifier", "this"})
_MAKERS = {
    "make_unique": "std::unique_ptr<{}>",
    "make_shared": "std::shared_ptr<{}>",
    "static_cast": "{}",
    "dynamic_cast": "{}",
    "reinterpret_cast": "{}",
    "const_cast": "{}",
}
_PASSING = frozenset(
    {"std::move", "std::ref", "std::cref", "std::as_const"}
)  # what they give is what they get
_WRAPPING = frozenset({"parenthesized_expression", "pointer_expression"})
_NO_CHAIN = re.compile(r"[.()\[\]]")
_PUBLIC_BY_DEFAULT = re.compile(r"(?:struct|union)\b")


def extract(source: bytes) -> FileFacts:
    """The facts of a C++ file."""
    read = cmacros.readable(source)
    return cmacros.with_uses(_GRAMMAR.extract(read), source, read)


def _using(file: FileBuilder, node: Node) -> None:
    """``using a::b;`` imports b from a, ``using namespace a;`` all of a, ``namespace f = a::b;`` b as f."""
    text, at = file.text(node), node.start_byte
    alias, found = _ALIAS.match(text), _USING.match(text)
    if alias:
        file.add_import(at, "".join(alias[2].split()), "", alias[1])
    elif found:
        path = "".join(found[3].split())
        if (found[1] or "").startswith("namespace"):
            file.add_import(at, path, "*", "")
            return
        module, _, name = path.rpartition("::")
        file.add_import(at, module, name, name)


def _inline(file: FileBuilder, node: Node) -> None:
    """The names of an inline namespace are those of the one around it."""
    name = node.child_by_field_name("name")
    if name is not None and file.source.startswith(b"inline", node.start_byte):
        scope = file.scope_at(node.start_byte).parent
        file.add_import(scope.start if scope else 0, "".join(file.text(name).split()), "*", "")


def _built(file: FileBuilder, node: Node) -> None:
    """``auto x = ns::make<T>(…)``, ``auto* x = new T``, ``auto& x = y->z``: what x is."""
    leaf, _ = cfamily.follow(node.child_by_field_name("declarator"))
    value = node.child_by_field_name("value")
    if leaf is None or value is None or leaf.type != "identifier":
        return
    text, how = _value(file, value)
    for index, name in enumerate(parts := _parts(leaf)):
        if text != UNKNOWN and how != "annotation":
            part = f"{text}{'()' * (how == 'constructor')}[{index}]"
            file.add_binding(name.start_byte, file.text(name), part, "alias")
    if not parts:
        file.add_binding(leaf.start_byte, file.text(leaf), text, how)


def _ranged(file: FileBuilder, node: Node) -> None:
    """``for (auto& x : xs)``: an element; ``for (auto& [a, b] : xs)``: its parts."""
    leaf, _ = cfamily.follow(node.child_by_field_name("declarator"))
    right = node.child_by_field_name("right")
    if leaf is not None and right is not None:
        text, how = _value(file, right)
        text = UNKNOWN if text == UNKNOWN else f"{text}{'()' * (how == 'constructor')}[each]"
        parts = _parts(leaf)
        for index, name in enumerate(parts or (leaf,)):
            part = f"{text}[{index}]" if parts and text != UNKNOWN else text
            file.add_binding(name.start_byte, file.text(name), part, "alias")


def _parts(leaf: Node) -> list[Node]:
    """The names of ``auto& [a, b]``, where ``leaf`` is the first of them."""
    around = leaf.parent
    is_structured = around is not None and around.type == "structured_binding_declarator"
    return (
        [one for one in around.named_children if one.type == "identifier"] if is_structured and around else []
    )


def _alias(file: FileBuilder, node: Node) -> None:
    """``using Cart_p = std::unique_ptr<Cart>;``: what the name stands for."""
    name, written = node.child_by_field_name("name"), node.child_by_field_name("type")
    scope = file.scope_at(node.start_byte)
    if (
        name is not None
        and written is not None
        and scope.parent is not None
        and len(file.text(written)) <= _MAX_NAME
    ):
        file.add_binding(
            name.start_byte, file.text(name), file.text(written), "annotation", scope.parent.qualname
        )


def _value(file: FileBuilder, value: Node) -> tuple[str, str]:
    """An expression as the text and kind of a binding; ``?`` when it is unknown."""
    for _ in range(_MAX_WRAPPERS):
        inner = value.child_by_field_name("argument") if value.type == "pointer_expression" else None
        if value.type == "parenthesized_expression" and value.named_child_count:
            inner = value.named_children[0]
        if inner is None:
            break
        value = inner
    if value.type == "new_expression":
        written = value.child_by_field_name("type")
        return (file.text(written) if written is not None else UNKNOWN), "constructor"
    function = value.child_by_field_name("function") if value.type == "call_expression" else None
    if (
        function is not None
        and file.text(function) in _PASSING
        and (passed := _only_argument(value)) is not None
    ):
        return (file.chain(passed) if passed.type in (*_NAMES, "subscript_expression") else UNKNOWN), "alias"
    if function is not None:
        return _result(file, function)
    return (file.chain(value) if value.type in (*_NAMES, "subscript_expression") else UNKNOWN), "alias"


def _only_argument(call: Node) -> Node | None:
    given = call.child_by_field_name("arguments")
    return given.named_children[0] if given is not None and given.named_child_count == 1 else None


def _result(file: FileBuilder, function: Node) -> tuple[str, str]:
    """The chain without template arguments; ``make_unique<T>`` and its kin give the T."""
    text = file.text(function)
    if ">" not in text or function.type == "field_expression":
        return file.chain(function), "constructor"
    bare, arguments = _bare(text), text.partition("<")[2].rpartition(">")[0]
    made = bare.rpartition(".")[2]
    if made in _MAKERS:
        return _MAKERS[made].format(arguments.strip()), "annotation"
    return bare, "constructor"


def _wrapped(file: FileBuilder, node: Node) -> None:
    """``(*p)``, ``(p)`` and ``(&p)`` are, for their members, what p is."""
    value: Node | None = node
    for _ in range(_MAX_WRAPPERS):
        if value is None or value.type not in _WRAPPING:
            break
        value = value.child_by_field_name("argument") or next(iter(value.named_children), None)
    if value is not None and value.type in (*_NAMES, "call_expression", "subscript_expression"):
        text = file.chain(value)
        if text != UNKNOWN:
            file.chains.know(node.end_byte, text)


def _cast(file: FileBuilder, node: Node) -> None:
    """``static_cast<T*>(x)`` is a value of the written type, ``f<T>(x)`` what f gives."""
    function = node.child_by_field_name("function")
    text = file.text(function) if function is not None else ""
    bare, _, rest = text.partition("<")
    made = _MAKERS.get(bare.rpartition("::")[2])
    written = made.format(rest.rpartition(">")[0].strip()) if made else ""
    if written and not _NO_CHAIN.search(written):
        file.chains.know(node.end_byte, f"<{written}>")
    elif not made and not _NO_CHAIN.search(bare) and len(text) <= _MAX_NAME:
        file.chains.know(node.end_byte, f"{_bare(text)}()")


def _bare(text: str) -> str:
    """``a::B<c>::d`` -> ``a.B.d``."""
    return dotted(without_arguments(text).removeprefix("::").replace("template ", ""))


def _unit(file: FileBuilder, node: Node) -> None:
    """Qualified names nest to the right: only the outermost is one use. Template arguments stand in the way
    of chains: such names are recorded here. Names of definitions are no uses."""
    defined = {scope.name_start + len(scope.name.encode()) for scope in file.scopes}
    calls, bases = ({end for _, end in file.spans.get(capture, ())} for capture in ("call", "inherit"))
    kept: list[Span] = []
    done: set[int] = set()
    for start, end in cfamily.outermost(file.spans.get("member", [])):
        text = file.source[start : min(end, start + _MAX_NAME)]
        if end in defined or b"operator" in text:
            done.add(end)
            _use_owners(file, (start, end)) if end in defined else None
        elif end - start > _MAX_NAME or b"(" in text or not (b"<" in text or text.startswith(b"::")):
            kept.append((start, end))
            _use_owners(file, (start, end)) if b"::" in text else None
        else:
            done.add(end)
            _use(file, (start, end), "call" if end in calls else "inherit" if end in bases else "type")
    file.spans["member"] = kept
    file.spans["id"] = [span for span in file.spans.get("id", ()) if span[1] not in done]


def _use_owners(file: FileBuilder, span: Span) -> None:
    """``A::B::c`` uses A and B; what stands outside of its class uses it."""
    text = file.text(span)
    if len(text) > _MAX_NAME or _NO_CHAIN.search(text) or "<" in text:
        return
    names = [name.strip() for name in text.split("::")[:-1]]
    at = span[0]
    for index, name in enumerate(names):
        at = file.source.find(name.encode(), at)
        if name.isidentifier() and names[0] != "std":
            file.add_use(at, name, ".".join(names[:index]), "type", local=False)
        at += len(name.encode())


def _use(file: FileBuilder, span: Span, kind: ReferenceKind) -> None:
    receiver, _, name = _bare(file.text(span)).rpartition(".")
    if name.isidentifier():
        file.add_use(max(span[0], file.source.rfind(name.encode(), *span)), name, receiver, kind)


def _initialised(file: FileBuilder, node: Node) -> None:
    """``A(int n) : n(n), size(3)`` writes the members n and size."""
    name = node.named_children[0]
    text = file.text(name)
    receiver = "this" if file.scope_at(name.start_byte).binds(text.encode()) else ""
    file.add_use(name.start_byte, text, receiver, "read", local=False, access=WRITES)


def _finish(file: FileBuilder, facts: FileFacts) -> FileFacts:
    """Members after ``private:`` (and those of a class before any such word) are not exported."""
    sections: dict[str, list[tuple[int, bool]]] = defaultdict(list)
    for start, _ in file.spans.get("access", ()):
        is_private = file.source.startswith(b"private", start)
        sections[file.scope_at(start).qualname].append((start, is_private))
    classes = {s.qualname: s for s in facts.symbols if s.kind in ("class", "struct")}
    symbols = []
    for symbol in facts.symbols:
        owner = classes.get(symbol.qualname.rpartition(".")[0])
        if owner and symbol.exported and _is_private(symbol, owner, sections[owner.qualname]):
            symbol = replace(symbol, exported=False)
        symbols.append(symbol)
    return cfamily.without_debris(file, replace(facts, symbols=tuple(symbols)))


def _is_private(member: Symbol, owner: Symbol, sections: list[tuple[int, bool]]) -> bool:
    if not owner.start_byte <= member.start_byte < owner.end_byte:
        return False  # defined out of line: the class says how visible it is, perhaps in another file
    index = bisect_right(sections, (member.start_byte, True)) - 1
    return sections[index][1] if index >= 0 else not _PUBLIC_BY_DEFAULT.match(owner.signature)


_BUILTINS = b"""
static_cast dynamic_cast reinterpret_cast const_cast nullptr sizeof typeid decltype noexcept alignof co_await
co_return co_yield defined
"""

_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        grammar="tree_sitter_cpp",
        locals_proven="parameters",
        queries=("c_family.scm", "cpp.scm"),
        hooks={"wrapped": _wrapped, "cast": _cast}
        | cfamily.HOOKS
        | {
            "using": _using,
            "alias": _alias,
            "built": _built,
            "ranged": _ranged,
            "inline": _inline,
            "unit": _unit,
        }
        | {"initialised": _initialised},
        data=frozenset({"access"}),
        builtins=frozenset(_BUILTINS.split()),
        self_names=frozenset({b"this"}),
        doc_prefixes=(b"/*", b"//"),
        members_in_scope=True,
        exported=cfamily.exported,
        finish=_finish,
    )
)
