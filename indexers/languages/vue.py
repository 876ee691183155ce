"""Vue single-file components: the scripts are read as TypeScript, in their place; the template uses components
(``<my-card>`` is MyCard) and, in its expressions, names that the scripts define or import."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from msgspec.structs import replace

from indexers.engine.treesitter import Grammar, Span
from indexers.facts import FileFacts, Import, Reference, ReferenceKind, Symbol
from indexers.languages.shared import ecmascript

NAME = "vue"
EXTENSIONS = (".vue",)
FILENAMES: tuple[str, ...] = ()

_ATTRIBUTES = rb"(?:[^>\"']|\"[^\"]{0,300}\"|'[^']{0,300}'){0,200}+"
_BLOCK = re.compile(rb"<(script|style)\b(%s)>|<!--" % _ATTRIBUTES, re.I)
_END = {b"script": re.compile(rb"</script\s*>", re.I), b"style": re.compile(rb"</style\s*>", re.I)}
_JSX = re.compile(rb"\blang\s*=\s*[\"']?(?:tsx|jsx)\b")
_SOURCE = re.compile(rb"\bsrc\s*=\s*[\"']([^\"']{1,300})[\"']")
_TEMPLATE = re.compile(rb"<template\b", re.I)
_TAG = re.compile(rb"<([A-Za-z][\w.]*(?:-[\w.]+)*)(?=[\s/>])")
_EXPRESSION = re.compile(
    rb"\{\{([^{}]{0,2000})\}\}|[\s](?:v-|[:@#])[^\s=\"'<>]{0,100}=\"([^\"]{0,5000})\"", re.S
)
_STRING = re.compile(rb"'[^'\n]*'|\"[^\"\n]*\"")
_NAME = re.compile(rb"(?<![\w.$-])[A-Za-z_$][\w$]*(?=(\s*\()?)")
_NOT_NEWLINE = re.compile(rb"[^\r\n]")
_OWN_TAGS = frozenset(
    b"template slot component transition transition-group keep-alive teleport suspense font-face color-profile "
    b"missing-glyph Transition TransitionGroup KeepAlive Teleport Suspense".split()
)


def extract(source: bytes) -> FileFacts:
    """The facts of a component. Bytes outside of the scripts are overwritten with spaces for their reader."""
    scripts, markup, attributes = _blocks(source)
    grammar = _TSX if _JSX.search(attributes) else _TS
    facts = grammar.extract(_only(source, scripts))
    lines = list(accumulate([len(line) + 1 for line in source.split(b"\n")[:-1]], initial=0))
    found = [
        Reference(name, receiver, kind, line, at - lines[line - 1])
        for at, name, receiver, kind in _uses(markup, _known(facts))
        for line in (bisect_right(lines, at),)
    ]
    references = sorted([*facts.references, *found], key=lambda item: (item.line, item.column))
    imports = [*facts.imports]
    for given in _SOURCE.finditer(attributes):
        imports.append(Import(given[1].decode("utf-8", "replace"), "", "", 1))
    symbols = facts.symbols if facts.exports is not None else _hidden(facts)
    return replace(facts, symbols=symbols, references=tuple(references), imports=tuple(imports))


def _hidden(facts: FileFacts) -> tuple[Symbol, ...]:
    """What a component sets up is its own."""
    return tuple(replace(symbol, exported=False) for symbol in facts.symbols)


def _blocks(source: bytes) -> tuple[list[Span], bytes, bytes]:
    """The scripts; the rest with scripts, styles and comments overwritten; the attributes of the scripts."""
    scripts: list[Span] = []
    hidden: list[Span] = []
    attributes: list[bytes] = []
    position = 0
    while found := _BLOCK.search(source, position):
        kind = found[1].lower() if found[1] else b""
        end = _END[kind].search(source, found.end()) if kind else None
        close = source.find(b"-->", found.end()) if not kind else end.start() if end else -1
        close = len(source) if close < 0 else close
        if kind == b"script":
            scripts.append((found.end(), close))
            attributes.append(found[2])
        position = end.end() if end else close
        hidden.append((found.start(), position))
    return scripts, _template(_without(source, hidden)), b" ".join(attributes)


def _template(markup: bytes) -> bytes:
    """Only what stands in the outer ``<template>``; other blocks are not Vue's."""
    first = _TEMPLATE.search(markup)
    last = markup.rfind(b"</template>")
    return _only(markup, [(first.start(), last)]) if first and first.start() < last else b""


def _only(source: bytes, kept: list[Span]) -> bytes:
    edges = [0, *(edge for span in kept for edge in span), len(source)]
    return _without(source, list(zip(edges[::2], edges[1::2], strict=True)))


def _without(source: bytes, hidden: list[Span]) -> bytes:
    """The source with spaces in these places, and all line ends."""
    parts, position = [], 0
    for start, end in hidden:
        parts += [source[position:start], _NOT_NEWLINE.sub(b" ", source[start:end])]
        position = end
    return b"".join([*parts, source[position:]])


def _known(facts: FileFacts) -> set[bytes]:
    names = {symbol.name for symbol in facts.symbols if symbol.qualname == symbol.name}
    return {name.encode() for name in names | {item.alias for item in facts.imports if item.alias}}


def _uses(markup: bytes, known: set[bytes]) -> Iterator[tuple[int, str, str, ReferenceKind]]:
    """Offset, name, receiver and kind of what the template uses."""
    for tag in _TAG.finditer(markup):
        name = tag[1]
        if name not in _OWN_TAGS and (b"-" in name or not name[:1].islower()):
            receiver, _, last = _pascal(name).rpartition(".")
            yield tag.end() - len(name.rpartition(b".")[2]), last, receiver, "call"
    for expression in _EXPRESSION.finditer(markup):
        group = 1 if expression[1] is not None else 2
        text = _STRING.sub(lambda quoted: b" " * len(quoted[0]), expression[group])
        for name_found in _NAME.finditer(text):
            if name_found[0] in known:
                kind: ReferenceKind = "call" if name_found[1] else "read"
                yield expression.start(group) + name_found.start(), name_found[0].decode(), "", kind


def _pascal(tag: bytes) -> str:
    """``my-card`` as ``MyCard``"""
    text = tag.decode("utf-8", "replace")
    return "".join(part[:1].upper() + part[1:] for part in text.split("-")) if "-" in text else text


_TS = Grammar(ecmascript.type_rules(NAME, "language_typescript"))
_TSX = Grammar(ecmascript.type_rules(NAME, "language_tsx", "jsx.scm"))
