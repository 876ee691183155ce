"""What readers without a grammar share: the facts of one file, collected by byte offset.

A reader makes one pass over the bytes and says what it meets; scopes, lines, docs and limits follow from the
positions alone, as in the engine. Nothing here recurses, and every step is linear in the file.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate
from operator import itemgetter

from msgspec import Struct

from indexers.engine.comments import clean_comment, comments, join_blocks
from indexers.engine.scopes import Scope, Span
from indexers.facts import FileFacts, Import, Problem, Reference, ReferenceKind, Symbol, SymbolKind

MAX_SYMBOLS = 2_000  # per file; a file with more is data or was generated
MAX_REFERENCES = 5_000
_MAX_OPEN = 40  # named blocks inside one another; deeper ones are nameless
_MAX_NAME = 200  # bytes
_MAX_SIGNATURE = 400


class _Block(Struct, frozen=True):
    """A block that is not closed yet; ``name`` ``""`` for one that names nothing."""

    name: str
    qualname: str
    kind: SymbolKind
    at: int
    start: int


class PlainBuilder:
    """The facts of one file while it is read. ``comments``: byte spans of its comments, in order. Names and
    modules are given as bytes of the source; ``at`` is where they stand."""

    def __init__(self, language: str, source: bytes) -> None:
        self.language, self.source = language, source
        self.comments: list[Span] = []
        self.problems: dict[str, Problem] = {}
        self._line_starts = list(accumulate([len(line) + 1 for line in source.split(b"\n")[:-1]], initial=0))
        self._open: list[_Block] = []
        self._seen: set[str] = set()
        self._symbols: list[Symbol] = []
        self._uses: list[tuple[int, str, str, ReferenceKind]] = []
        self._imports: list[tuple[int, Import]] = []

    @property
    def depth(self) -> int:
        """How many blocks are open."""
        return len(self._open)

    @property
    def inside(self) -> str:
        """The qualname of the open blocks."""
        return self._open[-1].qualname if self._open else ""

    @property
    def kind(self) -> str:
        """The kind of the innermost open block, ``""`` where it has no name."""
        return self._open[-1].kind if self._open and self._open[-1].name else ""

    def open(
        self,
        name: bytes = b"",
        kind: SymbolKind = "namespace",
        at: int = 0,
        start: int = 0,
        *,
        owner: bytes = b"",
    ) -> None:
        """Begin a block; with a name it becomes a symbol when it is closed. ``owner``: put before its name."""
        outer = ".".join(part for part in (self.inside, _text(owner)) if part) if name else self.inside
        text = _text(name) if len(self._open) < _MAX_OPEN and len(name) <= _MAX_NAME else ""
        qualname = ".".join(part for part in (outer, text) if part)
        self._open.append(_Block(text, qualname, kind, at, start))

    def close(self, end: int) -> None:
        """End the innermost block; one bracket too many closes nothing."""
        if self._open:
            block = self._open.pop()
            if block.name:
                self._record(block.name, block.qualname, block.kind, block.at, (block.start, end))

    def define(
        self, name: bytes, kind: SymbolKind, at: int, span: Span | None = None, *, owner: str | None = None
    ) -> None:
        """A symbol that opens no block. ``owner``: the qualname before its own (default: of the open blocks)."""
        text = _text(name[:_MAX_NAME])
        outer = self.inside if owner is None else owner
        qualname = f"{outer}.{text}" if outer else text
        self._record(text, qualname, kind, at, span or (at, at + len(name)))

    def use(self, name: bytes, at: int, kind: ReferenceKind = "read", receiver: bytes = b"") -> None:
        """A use of a name that this or another file defines."""
        if not name:
            return
        if len(self._uses) < MAX_REFERENCES:
            self._uses.append((at, _text(name), _text(receiver), kind))
        else:
            self.limit(at, f"references after the first {MAX_REFERENCES:,} are left out")

    def use_dotted(self, chain: bytes, at: int, kind: ReferenceKind = "read") -> None:
        """A use of ``a.b.c``: the name is the last part, the receiver what stands before it."""
        receiver, dot, name = chain.rpartition(b".")
        self.use(name, at + len(receiver) + len(dot), kind, receiver)

    def bring(self, module: bytes, at: int, alias: bytes = b"", *, reexport: bool = False) -> None:
        """An import of a file or package."""
        if module and len(self._imports) < MAX_SYMBOLS:
            found = Import(_text(module), "", _text(alias), self.line(at), reexport=reexport)
            self._imports.append((at, found))

    def limit(self, at: int, message: str) -> None:
        """Say once that something was left out, from ``at`` on."""
        self.problems.setdefault(message, Problem("limit", self.line(at), message))

    def line(self, at: int) -> int:
        """The 1-based line of an offset."""
        return bisect_right(self._line_starts, at)

    def facts(self) -> FileFacts:
        """All that was said, in order of position; open blocks end with the file."""
        while self._open:
            self.close(len(self.source))
        symbols = sorted(self._symbols, key=lambda symbol: (symbol.start_byte, -symbol.end_byte))
        scopes = _Scopes(symbols, len(self.source))
        blocks = join_blocks(self.source, self.comments, self._line_starts)
        docs = {self.line(max(start, end - 1)) + 1: (start, end) for start, end in blocks}
        return FileFacts(
            language=self.language,
            symbols=tuple(self._documented(symbol, docs) for symbol in symbols),
            references=tuple(self._references(scopes)),
            imports=tuple(item for _, item in sorted(self._imports, key=itemgetter(0))),
            comments=tuple(comments(self.source, blocks, self.line, scopes.at)),
            problems=tuple(self.problems.values()),
        )

    def _references(self, scopes: _Scopes) -> Iterable[Reference]:
        for at, name, receiver, kind in sorted(dict.fromkeys(self._uses)):
            line = self.line(at)
            column = at - self._line_starts[line - 1]
            yield Reference(name, receiver, kind, line, column, scopes.at(at).qualname)

    def _record(self, name: str, qualname: str, kind: SymbolKind, at: int, span: Span) -> None:
        if not name or qualname in self._seen:
            return
        if len(self._symbols) >= MAX_SYMBOLS:
            self.limit(at, f"symbols after the first {MAX_SYMBOLS:,} are left out")
            return
        self._seen.add(qualname)
        start, end = span
        head = self.source[start : min(end, start + _MAX_SIGNATURE)].partition(b"\n")[0].partition(b"{")[0]
        signature = " ".join(_text(head).split())
        line, end_line = self.line(at), self.line(max(at, end - 1))
        self._symbols.append(Symbol(name, qualname, kind, line, end_line, start, end, signature))

    def _documented(self, symbol: Symbol, docs: dict[int, Span]) -> Symbol:
        """With the comment right above it, if there is one and it stands alone."""
        found = docs.get(symbol.line)
        if found is None:
            return symbol
        start, end = found
        line_start = self._line_starts[self.line(start) - 1]
        if self.source[line_start:start].strip():
            return symbol
        doc = clean_comment(_text(self.source[start:end]))
        return Symbol(
            symbol.name, symbol.qualname, symbol.kind, symbol.line, symbol.end_line, symbol.start_byte,
            symbol.end_byte, symbol.signature, doc, symbol.exported,
        )  # fmt: skip


class _Scopes:
    """Which symbol an offset lies in. The symbols are nested or apart."""

    def __init__(self, symbols: Iterable[Symbol], size: int) -> None:
        stack = [Scope("file", 0, size + 1, None)]
        marks = [(0, stack[0])]
        for symbol in symbols:
            while stack[-1].end <= symbol.start_byte:
                marks.append((stack.pop().end, stack[-1]))
            scope = Scope(symbol.kind, symbol.start_byte, symbol.end_byte, None)
            scope.qualname = symbol.qualname
            stack.append(scope)
            marks.append((scope.start, scope))
        while len(stack) > 1:
            marks.append((stack.pop().end, stack[-1]))
        self._starts = [start for start, _ in marks]
        self._scopes = [scope for _, scope in marks]

    def at(self, byte: int) -> Scope:
        return self._scopes[bisect_right(self._starts, byte) - 1]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
