"""A file of the view as anchors look at it: its lines and its symbols."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from memoryd.query.anchors.lines import NumberedLines
from memoryd.query.context import Context
from memoryd.store.index import reader
from memoryd.store.index.queries import graph_queries
from memoryd.store.index.queries.graph_queries import FileRow, SymbolRow

MAX_CHARS = 2_000_000  # of a file that is compared line by line


class CodeFile(Struct, frozen=True):
    """``blob``: of its content, in hex. ``symbols``: in order of line, outer before inner."""

    path: str
    blob: str
    lines: NumberedLines
    symbols: Sequence[SymbolRow]


def code_file(ctx: Context, path: str) -> CodeFile | None:
    """None where the view has no such file."""
    row = graph_queries.file_at(ctx.index, ctx.view.id, path) if path else None
    return code_of(ctx, row) if row else None


def code_of(ctx: Context, row: FileRow) -> CodeFile:
    text = reader.file_text(ctx.index, row.file_id)[:MAX_CHARS].decode("utf-8", "replace")
    symbols = graph_queries.symbols_of(ctx.index, ctx.view.id, row.path_id)
    return CodeFile(row.path, row.hash.hex(), NumberedLines(text), symbols)


def innermost(symbols: Sequence[SymbolRow], line: int) -> SymbolRow | None:
    """The innermost symbol around the line that has a body of its own, else none."""
    around = [s for s in symbols if s.line <= line <= s.end_line and (s.end_line > s.line or s.line == line)]
    return around[-1] if around else None


def dotted(name: str) -> str:
    """A name of code with dots, whatever the language's sign is, without the brackets of a call."""
    return name.replace("::", ".").replace("#", ".").lstrip(".").removesuffix("()")
