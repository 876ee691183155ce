"""Files in which scripts stand between markup (Vue, Svelte, Astro): their parts, and what the markup uses."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from msgspec import Struct
from msgspec.structs import replace

from indexers.engine.treesitter import Span
from indexers.facts import FileFacts, Import, Reference, ReferenceKind, Symbol

Use = tuple[int, str, str, ReferenceKind]
"""Offset, name, receiver and kind of what the markup uses."""

_BLOCK = re.compile(rb"<(script|style)\b|<!--", re.I)
_TAG_SIGN = re.compile(rb"[>\"']")
_TAG_BYTES = 4_000  # what is longer is no tag
_END = {b"script": re.compile(rb"</script\s*>", re.I), b"style": re.compile(rb"</style\s*>", re.I)}
_JSX = re.compile(rb"\blang\s*=\s*[\"']?(?:tsx|jsx)\b")
_SOURCE = re.compile(rb"\bsrc\s*=\s*[\"']([^\"']{1,300})[\"']")
_TAG = re.compile(rb"<([A-Za-z][\w.]*(?:-[\w.]+)*)(?=[\s/>])")
_NOT_NEWLINE = re.compile(rb"[^\r\n]")
_QUOTED = re.compile(rb"'(?:[^'\\\n]|\\.){0,2000}+'|\"(?:[^\"\\\n]|\\.){0,2000}+\"|`[^`]{0,2000}+`")
_SIGN = re.compile(rb"[{}'\"`]")


class Parts(Struct, frozen=True):
    """``scripts``: where their code stands; ``markup``: the rest, with scripts, styles and comments overwritten;
    ``attributes``: those of the scripts."""

    scripts: list[Span]
    markup: bytes
    attributes: bytes

    @property
    def is_jsx(self) -> bool:
        """Whether the scripts say that markup stands in them."""
        return _JSX.search(self.attributes) is not None


def parts(source: bytes) -> Parts:
    """The parts of a component."""
    scripts: list[Span] = []
    hidden: list[Span] = []
    attributes: list[bytes] = []
    position = 0
    while found := _BLOCK.search(source, position):
        kind = found[1].lower() if found[1] else b""
        inside = _tag_end(source, found.end()) if kind else found.end()
        if inside < 0:
            position = found.end()
            continue
        end = _END[kind].search(source, inside) if kind else None
        close = source.find(b"-->", inside) if not kind else end.start() if end else -1
        close = len(source) if close < 0 else close
        if kind == b"script":
            scripts.append((inside, close))
            attributes.append(source[found.end() : inside - 1])
        position = end.end() if end else close
        hidden.append((found.start(), position))
    return Parts(scripts, without(source, hidden), b" ".join(attributes))


def _tag_end(source: bytes, position: int) -> int:
    """Behind the ``>`` that ends the tag whose attributes begin here; less than 0 where there is none. One in quotes
    ends no tag: ``generic="T extends Map<string>"``."""
    last = position + _TAG_BYTES
    while sign := _TAG_SIGN.search(source, position, last):
        if sign[0] == b">":
            return sign.end()
        position = source.find(sign[0], sign.end(), last) + 1
        if not position:
            break
    return -1


def only(source: bytes, kept: list[Span]) -> bytes:
    """The source with spaces everywhere but in these places, and all line ends."""
    edges = [0, *(edge for span in kept for edge in span), len(source)]
    return without(source, list(zip(edges[::2], edges[1::2], strict=True)))


def without(source: bytes, hidden: list[Span]) -> bytes:
    """The source with spaces in these places, and all line ends."""
    pieces, position = [], 0
    for start, end in hidden:
        pieces += [source[position:start], _NOT_NEWLINE.sub(b" ", source[start:end])]
        position = end
    return b"".join([*pieces, source[position:]])


def known(facts: FileFacts) -> frozenset[str]:
    """The names that the scripts define or import."""
    names = {symbol.name for symbol in facts.symbols if symbol.qualname == symbol.name}
    return frozenset(names | {item.alias for item in facts.imports if item.alias})


def with_markup(
    source: bytes, facts: FileFacts, uses: Iterable[Use], attributes: bytes, more: Iterable[Reference] = ()
) -> FileFacts:
    """The facts of the scripts with what the markup uses, and the files that the scripts' attributes name. What a
    component without exports sets up is its own."""
    lines = list(accumulate([len(line) + 1 for line in source.split(b"\n")[:-1]], initial=0))
    found = {(ref.line, ref.column): ref for ref in (*facts.references, *more)}
    for at, name, receiver, kind in uses:
        line = bisect_right(lines, at)
        place = (line, at - lines[line - 1])
        found.setdefault(place, Reference(name, receiver, kind, *place))
    imports = [*facts.imports]
    for given in _SOURCE.finditer(attributes):
        imports.append(Import(given[1].decode("utf-8", "replace"), "", "", 1))
    symbols = facts.symbols if facts.exports is not None else _hidden(facts)
    references = tuple(found[place] for place in sorted(found))
    return replace(facts, symbols=symbols, references=references, imports=tuple(imports))


def _hidden(facts: FileFacts) -> tuple[Symbol, ...]:
    return tuple(replace(symbol, exported=False) for symbol in facts.symbols)


def tags(markup: bytes) -> Iterator[tuple[int, bytes]]:
    """Where the name of each element ends, and that name."""
    for tag in _TAG.finditer(markup):
        yield tag.end(), tag[1]


def expressions(markup: bytes) -> Iterator[Span]:
    """What stands between braces in the markup, without them: the outer ones, as far as they are closed."""
    position = markup.find(b"{")
    while position >= 0:
        end = _closing(markup, position)
        if end < 0:
            return
        yield position + 1, end
        position = markup.find(b"{", end)


def _closing(markup: bytes, start: int) -> int:
    """Where the brace is closed that is opened at ``start``, strings left out; -1: nowhere."""
    depth, position = 0, start
    while found := _SIGN.search(markup, position):
        position = found.end()
        if found[0] == b"{":
            depth += 1
        elif found[0] == b"}":
            depth -= 1
            if not depth:
                return found.start()
        elif quoted := _QUOTED.match(markup, found.start()):
            position = quoted.end()
    return -1
