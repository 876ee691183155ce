"""Cut a file into the pieces that search ranks.

Code: one chunk per function or method of two lines or more (with the comments and decorators right above
it), one per class header, the remainder of the module between them. Markdown: one per heading. Anything
else: windows of lines that overlap. Chunks come in order of ``start_byte``; together they cover every line
with text, and none is larger than ``MAX_BYTES``. Work and memory are linear in the size of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from indexers.facts import Chunk, ChunkKind, FileFacts, Symbol
from indexers.languages import markdown

MAX_BYTES = 2_400
WINDOW_LINES = 40
_STRIDE = 0.75  # the next window starts after this share of the lines of the one before it
_SMALL_BYTES = 120  # a remainder of at most this that defines nothing joins a neighbour
_FUNCTIONS = frozenset({"function", "method", "macro"})
_CLASSES = frozenset({"class", "interface", "struct", "enum", "trait"})
_MODULES = frozenset({"module", "namespace"})
_WORD = re.compile(rb"[A-Za-z0-9\x80-\xff]")
_PREFIXES = (b"@", b"#[", b"//", b"/*", b"*")  # decorators, attributes and comments above a definition
_WINDOWED = frozenset({"text", "css", "dockerfile", "html", "json", "toml", "yaml"})
"""What is found by its words: its symbols are names in passing, no pieces that one looks for."""
_PREFIXES_OF = {
    "bash": (b"#",),
    "csharp": (b"[", b"//", b"/*", b"*"),
    "elixir": (b"@", b"#"),
    "graphql": (b"#", b'"'),
    "haskell": (b"--", b"{-"),
    "hcl": (b"#", b"//", b"/*", b"*"),
    "lua": (b"--",),
    "python": (b"@", b"#"),
    "ruby": (b"#",),
    "sql": (b"--", b"/*", b"*"),
}


class _Span(Struct, frozen=True):
    """Lines ``first`` to ``last``, 0-based and inclusive, under one qualname."""

    kind: ChunkKind
    qualname: str
    first: int
    last: int


def chunk(language: str, data: bytes, facts: FileFacts) -> tuple[Chunk, ...]:
    """The chunks of ``data``. A qualname is that of the symbol, or of the enclosing one; for Markdown the
    path of headings joined by `` > ``; ``""`` for the file."""
    lines = _SourceLines(data)
    if language in _WINDOWED:
        return tuple(_windows(lines))
    if language == "markdown":
        spans: Iterable[_Span] = _sections(lines)
    else:
        defined = {symbol.line - 1 for symbol in facts.symbols}
        spans = _joined(
            lines, _code_spans(lines, facts.symbols, _PREFIXES_OF.get(language, _PREFIXES)), defined
        )
    return tuple(piece for span in spans for piece in _pieces(lines, span))


class _SourceLines:
    """The lines of a file by byte offset, and which of them are blank."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.split = data.split(b"\n")
        if not self.split[-1]:
            self.split.pop()
        self.count = len(self.split)
        self.starts = [0]
        for line in self.split:
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.starts[-1] = len(data)

    def text(self, first: int, last: int) -> bytes:
        return self.data[self.starts[first] : self.starts[last + 1]]

    def blank(self, index: int) -> bool:
        return not self.split[index].strip()

    def trim(self, first: int, last: int) -> tuple[int, int]:
        """Without blank lines at both ends; ``first > last`` where nothing is left."""
        while first <= last and self.blank(first):
            first += 1
        while last >= first and self.blank(last):
            last -= 1
        return first, last

    def size(self, first: int, last: int) -> int:
        return self.starts[last + 1] - self.starts[first]


def _code_spans(lines: _SourceLines, symbols: Iterable[Symbol], prefixes: tuple[bytes, ...]) -> list[_Span]:
    """Every line under the innermost class or module, or the outermost function, around it. Symbols are
    nested or apart, so one sweep with a stack of the open ones is enough."""
    spans: list[_Span] = []
    stack = [_Span("remainder", "", 0, lines.count - 1)]
    position = 0
    for unit in _units(lines, symbols):
        outer, first = stack[-1], max(unit.first, position)
        if first > unit.last or (outer.kind == "function" and unit.last <= outer.last):
            continue
        first = _with_prefix(lines, first, position, prefixes)
        position = _give(spans, stack, position, first)
        stack.append(_Span(unit.kind, unit.qualname, first, unit.last))
    _give(spans, stack, position, lines.count)
    return spans


def _give(spans: list[_Span], stack: list[_Span], start: int, stop: int) -> int:
    """Give the lines ``start`` to ``stop - 1`` to their owners, closing the owners that end; returns ``stop``."""
    while start < stop:
        owner = stack[-1]
        last = min(owner.last, stop - 1)
        if last >= start:
            spans.append(_Span(owner.kind, owner.qualname, start, last))
            start = last + 1
        if owner.last < stop and len(stack) > 1:
            stack.pop()
    return stop


def _units(lines: _SourceLines, symbols: Iterable[Symbol]) -> Iterator[_Span]:
    """The symbols that get chunks of their own, outer ones first."""
    for symbol in sorted(symbols, key=lambda s: (s.start_byte, -s.end_byte)):
        first, last = symbol.line - 1, min(symbol.end_line, lines.count) - 1
        if last - first < (2 if symbol.kind == "macro" else 1):
            continue
        if symbol.kind in _FUNCTIONS:
            yield _Span("function", symbol.qualname, first, last)
        elif symbol.kind in _CLASSES:
            yield _Span("class", symbol.qualname, first, last)
        elif symbol.kind in _MODULES:
            yield _Span("remainder", symbol.qualname, first, last)


def _with_prefix(lines: _SourceLines, first: int, floor: int, prefixes: tuple[bytes, ...]) -> int:
    """The first of the lines of comment and decoration that end right above ``first``."""
    while first > floor and lines.split[first - 1].lstrip().startswith(prefixes):
        first -= 1
    return first


def _joined(lines: _SourceLines, spans: Iterable[_Span], defined: set[int]) -> list[_Span]:
    """Trimmed spans; one too small to be found by itself joins the span after it, or (closing brackets, the
    end of the file) the one before it."""
    kept: list[_Span] = []
    waiting: _Span | None = None
    for span in spans:
        first, last = lines.trim(span.first, span.last)
        if first > last:
            continue
        if kept and not waiting and not _has_words(lines, first, last):
            kept[-1] = _widened(kept[-1], kept[-1].first, last)
        elif _is_small(lines, span.kind, first, last, defined):
            waiting = _widened(span, waiting.first if waiting else first, last)
        else:
            kept.append(_widened(span, waiting.first if waiting else first, last))
            waiting = None
    if waiting and kept:
        kept[-1] = _widened(kept[-1], kept[-1].first, waiting.last)
    return kept or ([waiting] if waiting else [])


def _widened(span: _Span, first: int, last: int) -> _Span:
    return _Span(span.kind, span.qualname, first, last)


def _is_small(lines: _SourceLines, kind: ChunkKind, first: int, last: int, defined: set[int]) -> bool:
    small = kind != "function" and lines.size(first, last) <= _SMALL_BYTES
    return small and defined.isdisjoint(range(first, last + 1))


def _has_words(lines: _SourceLines, first: int, last: int) -> bool:
    return lines.size(first, last) > _SMALL_BYTES or bool(_WORD.search(lines.text(first, last)))


def _sections(lines: _SourceLines) -> Iterator[_Span]:
    """One span per heading, down to the next heading; a heading without text goes with the next one."""
    decoded = [line.decode("utf-8", "replace") for line in lines.split]
    headings = markdown.scan(decoded).headings
    bounds = [heading.line - 1 for heading in headings] + [lines.count]
    yield _Span("section", "", 0, bounds[0] - 1)
    held = -1
    for heading, start, stop in zip(headings, bounds, bounds[1:], strict=False):
        first, last = lines.trim(start, stop - 1)
        if last <= first and stop < lines.count:
            held = held if held >= 0 else first
            continue
        yield _Span("section", " > ".join(heading.path), held if held >= 0 else first, last)
        held = -1


def _windows(lines: _SourceLines) -> Iterator[Chunk]:
    """Windows of at most WINDOW_LINES lines and MAX_BYTES bytes, each beginning inside the one before it."""
    start, covered = 0, -1
    while start < lines.count:
        stop = start + 1
        while stop < min(start + WINDOW_LINES, lines.count) and lines.size(start, stop) <= MAX_BYTES:
            stop += 1
        first, last = lines.trim(start, stop - 1)
        if last > covered:
            yield from _pieces(lines, _Span("window", "", first, last))
            covered = last
        if stop >= lines.count:
            return
        start += max(1, int((stop - start) * _STRIDE))


def _pieces(lines: _SourceLines, span: _Span) -> Iterator[Chunk]:
    """The span in pieces of at most MAX_BYTES, cut at blank lines where there are some, else at line ends;
    a longer line is cut between characters."""
    first, end = lines.trim(span.first, span.last)
    while first <= end:
        last = _cut(lines, first, end)
        if lines.size(first, last) > MAX_BYTES:
            yield from _slices(lines, span, first)
        else:
            _, stop = lines.trim(first, last)
            yield Chunk(
                kind=span.kind,
                qualname=span.qualname,
                line=first + 1,
                end_line=stop + 1,
                start_byte=lines.starts[first],
                end_byte=lines.starts[stop + 1],
            )
        first, end = lines.trim(last + 1, end)


def _cut(lines: _SourceLines, first: int, end: int) -> int:
    """The last line of the piece that begins at ``first``."""
    if lines.size(first, end) <= MAX_BYTES:
        return end
    last, gap = first, -1
    while last < end and lines.size(first, last + 1) <= MAX_BYTES:
        last += 1
        if lines.blank(last):
            gap = last
    return gap if gap > first and lines.size(first, gap) >= MAX_BYTES // 2 else last


def _slices(lines: _SourceLines, span: _Span, index: int) -> Iterator[Chunk]:
    """One line of more than MAX_BYTES, cut where no UTF-8 character is split."""
    start, stop = lines.starts[index], lines.starts[index + 1]
    while start < stop:
        end = min(start + MAX_BYTES, stop)
        while start + MAX_BYTES - 4 < end < stop and lines.data[end] & 0xC0 == 0x80:
            end -= 1
        yield Chunk(span.kind, span.qualname, index + 1, index + 1, start, end)
        start = end
