"""Python: modules, classes, functions, imports, and what annotations and constructors tell of types."""

from __future__ import annotations

import builtins
import re

from msgspec.structs import replace

from indexers.engine.treesitter import FileBuilder, Grammar, GrammarRules, Node, Scope, Span
from indexers.facts import FIXTURE, Argument, FileFacts, SymbolKind
from indexers.languages.shared.quoted import add_member, add_path

NAME = "python"
EXTENSIONS = (".py", ".pyi", ".pyw")
FILENAMES = ("sconstruct", "sconscript", "wscript")

_CONSTANTS = frozenset({"None", "True", "False", "NotImplemented", "Ellipsis"})
_FROM = re.compile(r"from([\w.\s]*?)\bimport\b\s*\(?")
_COMMENT = re.compile(r"#[^\n]*")
_IMPORTED = re.compile(r"(\w+(?:\s*\.\s*\w+)*|\*)(?:\s+as\s+(\w+))?")
_WORD = rb"[A-Za-z_\x80-\xff][\w\x80-\xff]*"
_ASSIGNMENT = re.compile(
    rb"((?:(?:self|cls)\s*\.\s*)?%s)\s*(?:=[\s\\]*(?:await\s+)?(%s(?:\.%s)*)?|(\+=|:))"
    % (_WORD, _WORD, _WORD)
)
_TARGETS = re.compile(rb"[\w\s.,*()]+=")
_SELF_FIELD = re.compile(rb"\b(?:self|cls)\.(%s)\s*[,=)]" % _WORD)
_CAST = re.compile(rb"[\w.]*cast\(\s*([^,()]+)")
_CLASS_CALL = re.compile(rb"(?:[a-z_]\w*\.)*_*[A-Z]\w*\(")
_SEQUENCES = frozenset({"pattern_list", "tuple_pattern", "list_pattern", "expression_list", "tuple", "list"})
_MAX_TARGETS = 64
_AS_THEY_ARE = frozenset(
    {"sorted", "list", "tuple", "set", "frozenset", "reversed", "iter"}
)  # what they give
_GIVEN = frozenset({"self", "cls", "request", "monkeypatch", "tmp_path", "capsys", "caplog"})
_STRING = re.compile(r"[rRuU]?(\"\"\"|'''|\"|')(.*?)\1", re.S)
_NAMES = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_PROTOCOL = re.compile(rb"[(,]\s*(?:\w+\.)?Protocol\s*[\[,)]")
_PROPERTY = re.compile(rb"@\s*[\w.]*(?:property\b|\.setter\b|\.getter\b|\.deleter\b)")


def extract(source: bytes) -> FileFacts:
    """The facts of a Python file."""
    return _GRAMMAR.extract(source)


def _import(file: FileBuilder, node: Node) -> None:
    start = node.start_byte
    text = file.text(node)
    if "#" in text or "\\" in text:
        text = _COMMENT.sub(lambda found: " " * len(found[0]), text).replace("\\\n", " \n")
    head = _FROM.match(text)
    module = "".join(head[1].split()) if head else ""
    type_only = any(first <= start < last for first, last in file.spans["guarded"])
    for found in _IMPORTED.finditer(text, head.end() if head else len("import")):
        at = start + (found.start() if text.isascii() else len(text[: found.start()].encode()))
        name, alias = "".join(found[1].split()), found[2] or ""
        if head:
            bound = "" if name == "*" else alias or name
            file.add_import(at, module, name, bound, type_only=type_only)
        else:
            file.add_import(at, name, "", alias or name.partition(".")[0], type_only=type_only)


def _guard(file: FileBuilder, node: Node) -> None:
    """What ``if TYPE_CHECKING:`` imports is for types only."""
    condition, body = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
    if condition is None or body is None:
        return
    if file.text(condition).rpartition(".")[2] == "TYPE_CHECKING":
        file.spans["guarded"].append(body.byte_range)


def _assign(file: FileBuilder, node: Node) -> None:
    start, end = node.byte_range
    _assign_many(file, node)
    _assign_chained(file, node)
    found = _ASSIGNMENT.match(file.source, start, end)
    if found is None:
        _add_fields(file, start, end)
        return
    name = found[1].decode("utf-8", "replace")
    if name[3:4] == "." or name[4:5] == ".":
        name = "".join(name.split())
        _add_field(file, name.partition(".")[2], start, end)
    elif name == "__all__":
        _exports(file, node, found[3] == b"+=")
    elif file.scope_at(start).kind == "class":
        name = f"self.{name}"
    if found[3] == b":" and (annotation := node.child_by_field_name("type")):
        file.add_binding(start, name, _unquoted(file.text(annotation)), "annotation")
    elif found[2] and file.source[found.end(2) : found.end(2) + 1] == b"[":
        value = node.child_by_field_name("right")
        if value is not None and value.type == "subscript":
            _bind_expression(file, start, name, value)
    elif found[2]:
        _bind_value(file, start, name, found.span(2), end)


def _assign_many(file: FileBuilder, node: Node) -> None:
    """``a, b = x, y`` pair by pair."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or left.type not in _SEQUENCES or right.type not in _SEQUENCES:
        return
    pairs = [(left, right)]
    while pairs:
        targets, values = (side.named_children for side in pairs.pop())
        if len(targets) != len(values) or len(targets) > _MAX_TARGETS:
            continue
        for target, value in zip(targets, values, strict=True):
            if target.type == "identifier":
                _bind_expression(file, target.start_byte, file.text(target), value)
            elif target.type in _SEQUENCES and value.type in _SEQUENCES:
                pairs.append((target, value))


def _assign_chained(file: FileBuilder, node: Node) -> None:
    """``a = b = x``: a is x."""
    left, value = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or left.type != "identifier" or value is None or value.type != "assignment":
        return
    for _ in range(_MAX_TARGETS):  # a chain is read from each of its targets
        if value is None or value.type != "assignment":
            break
        value = value.child_by_field_name("right")
    if value is not None:
        _bind_expression(file, left.start_byte, file.text(left), value)


def _bind_expression(file: FileBuilder, at: int, name: str, value: Node, scope: str | None = None) -> None:
    """``name`` holds ``value``, where that is a name or the call of one."""
    if value.type == "await":
        value = value.named_children[-1] if value.named_children else value
    if value.type in ("identifier", "attribute", "subscript"):
        text, how = file.chain(value), "alias"
    elif value.type == "call" and (called := value.child_by_field_name("function")):
        text, how = file.chain(called), "constructor"
    else:
        return
    if text not in _CONSTANTS and text != "?":
        file.add_binding(at, name, text, how, scope)


def _returned(file: FileBuilder, node: Node) -> None:
    """``return x``: what a function without written result gives back."""
    scope = file.scope_at(node.start_byte)
    value = node.named_children[0] if node.named_children else None
    if value is not None and scope.qualname and scope.kind in ("function", "method"):
        _bind_expression(file, node.start_byte, "return", value)


def _arguments(file: FileBuilder, node: Node) -> None:
    """Names that are handed to a call: they may be called there."""
    called, handed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if called is None or handed is None or called.type not in ("identifier", "attribute"):
        return
    position = 0
    for value in handed.named_children:
        keyword = ""
        if value.type == "keyword_argument":
            name, given = value.child_by_field_name("name"), value.child_by_field_name("value")
            if name is None or given is None:
                continue
            keyword, value = file.text(name), given
        if value.type in ("identifier", "attribute"):
            callee, text = file.chain(called), file.chain(value)
            if "?" not in (callee, text) and text not in _CONSTANTS:
                file.add_argument(value.start_byte, callee, text, -1 if keyword else position, keyword)
        if not keyword and value.type != "comment":
            position += 1


def _decorated(file: FileBuilder, node: Node) -> None:
    """``@f`` hands the definition to f."""
    definition = node.child_by_field_name("definition")
    name = definition.child_by_field_name("name") if definition is not None else None
    for child in node.named_children:
        if name is None:
            break
        if child.type == "decorator" and child.named_children[0].type in ("identifier", "attribute"):
            callee = file.chain(child.named_children[0])
            if callee != "?":
                file.add_argument(node.start_byte, callee, file.text(name), 0, "")


def _looped(file: FileBuilder, node: Node) -> None:
    """``for x in xs``: x is what a loop over xs gives."""
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    targets = left.named_children if left.type in _SEQUENCES else [left]
    for number, target in enumerate(targets[:_MAX_TARGETS]):
        text = _given(file, right, number, is_one=left.type not in _SEQUENCES)
        if target.type == "identifier" and text:
            file.add_binding(target.start_byte, file.text(target), text, "alias")


def _given(file: FileBuilder, node: Node, number: int, *, is_one: bool) -> str:
    """What a loop over the expression gives, or the part of that number of it."""
    called, handed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    name = file.text(called) if called is not None and called.type == "identifier" else ""
    values = handed.named_children if name and handed is not None else []
    if name == "zip" and not is_one:
        return _each(file, values[number]) if number < len(values) else ""
    if name == "enumerate" and not is_one:
        return _each(file, values[0]) if number == 1 and values else ""
    if name in _AS_THEY_ARE and values:
        node = values[0]
    text = _each(file, node)
    return text if is_one or not text else f"{text}[{number}]"


def _each(file: FileBuilder, node: Node) -> str:
    text = file.chain(node) if node.type in ("identifier", "attribute", "subscript", "call") else "?"
    return f"{text}[each]" if text != "?" else ""


def _default(file: FileBuilder, node: Node) -> None:
    """``def f(x=g)``: x may be g."""
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is not None and value is not None:
        _bind_expression(
            file, name.start_byte, file.text(name), value, file.scope_at(name.start_byte).qualname
        )


def _bind_value(file: FileBuilder, at: int, name: str, chain: Span, end: int) -> None:
    """``chain``: the dotted name that the value begins with; ``end``: where the value ends."""
    function_end = file.starts("built").get(chain[0])
    if chain[1] == end:
        text = file.text(chain)
        if text not in _CONSTANTS:
            file.add_binding(at, name, text, "alias")
    elif function_end:
        text = file.chain((chain[0], function_end))
        cast = _CAST.match(file.source, chain[0], end) if text.endswith("cast") else None
        if cast:
            file.add_binding(at, name, _unquoted(cast[1].decode("utf-8", "replace")), "annotation")
        elif text != "?":
            file.add_binding(at, name, text, "constructor")


def _add_field(file: FileBuilder, name: str, start: int, end: int) -> None:
    """``self.x = …`` defines the field x of the class, unless the class has it."""
    owner = file.scope_at(start).enclosing_class()
    if owner is not None:
        file.add_symbol(owner, name, "field", start, (start, end))


def _add_fields(file: FileBuilder, start: int, end: int) -> None:
    """``self.x, self.y = …``"""
    targets = _TARGETS.match(file.source, start, end)
    for found in _SELF_FIELD.finditer(targets[0]) if targets else ():
        _add_field(file, found[1].decode("utf-8", "replace"), start, end)


def _exports(file: FileBuilder, node: Node, more: bool) -> None:
    """``__all__`` when it is a literal; anything else states nothing that could be read."""
    value = node.child_by_field_name("right")
    if file.scope_at(node.start_byte).parent is not None:
        return
    text = _COMMENT.sub("", file.text(value)).strip() if value is not None else ""
    rest = _STRING.sub("", text[1:-1])
    if text[:1] in ("[", "(") and not rest.replace(",", "").strip():
        names = [found[2] for found in _STRING.finditer(text)]
        strings = value.named_children if value is not None else []
        file.spans["label"] += [
            part.byte_range
            for each in strings
            for part in each.named_children
            if part.type == "string_content"
        ]
        file.exports = (file.exports or []) + names if more else names


def _typed(file: FileBuilder, node: Node) -> None:
    annotation = node.child_by_field_name("type")
    name = _NAMES.match(file.text(node))
    if annotation is not None and name:
        file.add_binding(node.start_byte, name[0], _unquoted(file.text(annotation)), "annotation")


def _returns(file: FileBuilder, node: Node) -> None:
    scope = file.scope_at(node.start_byte)
    if scope.parent is not None:
        file.add_binding(
            scope.name_start, scope.name, _unquoted(file.text(node)), "return", scope.parent.qualname
        )


def _as(file: FileBuilder, node: Node) -> None:
    """``with Foo() as x``: x is what Foo gives."""
    value, target = node.children[0], node.children[-1]
    chain = file.chain(value)
    if chain != "?" and file.text(target).isidentifier():
        file.add_binding(target.start_byte, file.text(target), chain.removesuffix("()"), "constructor")


def _quoted(file: FileBuilder, node: Node) -> None:
    """Names inside of quoted annotations are uses too."""
    start, end = node.byte_range
    if start < file.memory.get("type", 0):
        return  # inside of a type that has been read
    file.memory["type"] = end
    if not any(quote in file.source[start:end] for quote in (b'"', b"'")):
        return
    text = file.text(node)
    for string in _STRING.finditer(text):
        if "Literal" in text[: string.start()].rpartition("[")[0][-20:]:
            continue
        for found in _NAMES.finditer(string[2]):
            receiver, _, name = found[0].rpartition(".")
            if name.encode() not in _BUILTINS:
                at = start + len(text[: string.start(2) + found.end() - len(name)].encode())
                file.add_use(at, name, receiver, "type")


def _construction(file: FileBuilder, node: Node) -> None:
    """``Point(x=1)`` uses the field x of Point: what data classes and their kin are built with."""
    called = _CLASS_CALL.match(file.source, node.start_byte)
    if called is None:
        return
    callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if callee is None or arguments is None or arguments.start_byte != called.end() - 1:
        return  # a call of what the construction gave
    receiver = file.chain(callee)
    for argument in arguments.named_children:
        name = argument.child_by_field_name("name") if argument.type == "keyword_argument" else None
        if name is not None:
            file.add_use(name.start_byte, file.text(name), receiver, "read")


def _parameters(file: FileBuilder, scope: Scope) -> list[str]:
    """Names between the parentheses of ``def f(a, b: T = c, *rest)``: the stretches outside of any bracket."""
    head = file.source[scope.name_start : scope.body_start].decode("utf-8", "replace")
    names, depth, word = [], 0, ""
    for sign in head.partition("(")[2]:
        if sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        if depth < 0 or (not depth and sign == ","):
            found = _NAMES.match(word.strip())
            names += [found[0]] if found else []
            word = ""
            if depth < 0:
                break
        elif not depth:
            word += sign
    return names


def _fixtures(file: FileBuilder, facts: FileFacts) -> FileFacts:
    """The parameters of tests and fixtures: pytest fills them by name."""
    marked = {r.scope for r in facts.references if r.kind == "decorate" and r.name.endswith("fixture")}
    asked = [
        Argument(scope.qualname, FIXTURE, name, file.line(scope.name_start), -1, name)
        for scope in file.scopes
        if scope.kind in ("function", "method")
        and (scope.name.startswith("test") or scope.qualname in marked)
        for name in _parameters(file, scope)
        if name not in _GIVEN
    ]
    return replace(facts, arguments=(*facts.arguments, *asked)) if asked else facts


def _unquoted(text: str) -> str:
    return text.strip("\"'") if text[:1] in "\"'" else text


def _received(file: FileBuilder, node: Node) -> None:
    """``@receiver([a, b])``: the signals that are listed, each as if it were handed over alone."""
    called, handed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if called is None or handed is None or file.chain(called).rpartition(".")[2] != "receiver":
        return
    for value in handed.named_children[0].named_children[:_MAX_TARGETS]:
        if value.type in ("identifier", "attribute") and file.chain(value) != "?":
            file.add_argument(value.start_byte, file.chain(called), file.chain(value), 0, "")


def _kind(file: FileBuilder, scope: Scope) -> SymbolKind:
    if scope.kind == "class" and _PROTOCOL.search(file.source, scope.name_start, scope.body_start):
        return "interface"
    if (
        scope.outer_start < scope.start
        and scope.kind == "method"
        and _PROPERTY.search(file.source, scope.outer_start, scope.start)
    ):
        return "property"
    return scope.kind  # type: ignore[return-value]


_BUILTINS = frozenset(name.encode() for name in dir(builtins)) | {b"__file__", b"__path__", b"reveal_type"}

_BY_PATH = frozenset({"import_module", "import_string", "importorskip", "__import__"})
_PATCHES = re.compile(r"(?:.*\.)?patch(?:\.multiple|\.dict)?\Z")
_ATTRIBUTES = re.compile(r"(?:.*\.)?monkeypatch\.(?:setattr|delattr)\Z")
_MEMBERS = re.compile(r"(?:.*\.)?(?:patch\.object|mocker\.spy)\Z")
_OF_SETTINGS = re.compile(rb"^(?:INSTALLED_APPS|MIDDLEWARE|ROOT_URLCONF)\s*=", re.M)


def _named(file: FileBuilder, node: Node) -> None:
    """``mock.patch("a.b")``, ``import_module("a.b")``, ``monkeypatch.setattr(a, "b", …)``"""
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None or arguments is None:
        return
    callee, given = file.chain(function), arguments.named_children
    is_string = given[0].type == "string"
    by_path = callee.rpartition(".")[2] in _BY_PATH
    if is_string and (by_path or _PATCHES.match(callee) or _ATTRIBUTES.match(callee)):
        add_path(file, given[0], alone=by_path)
    elif not is_string and len(given) > 1 and (_MEMBERS.match(callee) or _ATTRIBUTES.match(callee)):
        add_member(file, file.chain(given[0]), given[1])


def _setting(file: FileBuilder, node: Node) -> None:
    """Dotted paths in the settings of Django: ``MIDDLEWARE = ["a.b.C"]``."""
    if "settings" not in file.memory:
        file.memory["settings"] = int(_OF_SETTINGS.search(file.source) is not None)
    if not file.memory["settings"]:
        return
    left = node.child_by_field_name("left")
    waiting = [node.child_by_field_name("right")]
    while waiting:
        value = waiting.pop()
        if value is not None and value.type == "string":
            add_path(file, value, alone=left is not None and left.text == b"INSTALLED_APPS")
        elif value is not None and value.type in _LISTED:
            waiting += value.named_children


_LISTED = frozenset({"list", "tuple", "dictionary", "pair", "binary_operator"})

_GRAMMAR = Grammar(
    GrammarRules(
        name=NAME,
        grammar="tree_sitter_python",
        locals_proven="all",
        queries=("python.scm",),
        hooks={
            "guard": _guard,
            "named": _named,
            "setting": _setting,
            "import": _import,
            "declaration": _assign,
            "augmented": _assign,
            "typed": _typed,
            "returns": _returns,
            "as": _as,
            "type": _quoted,
            "construction": _construction,
            "returned": _returned,
            "handed": _arguments,
            "default": _default,
            "looped": _looped,
            "decorated": _decorated,
            "received": _received,
        },
        data=frozenset({"built"}),
        builtins=_BUILTINS,
        self_names=frozenset({b"self", b"cls"}),
        doc_prefixes=(b"#:",),
        header_outside=True,
        local_calls=True,
        kind=_kind,
        parameters=_parameters,
        finish=_fixtures,
    )
)
