"""What stands at an anchor now, kept with a record that is made now."""

from __future__ import annotations

from collections.abc import Sequence

from indexers import terms
from memoryd.query.anchors.code_at import CodeFile, code_file, dotted, innermost
from memoryd.query.anchors.lines import plain, sketch
from memoryd.query.context import Context
from memoryd.store.index.queries import graph_queries
from memoryd.store.index.queries.graph_queries import SymbolRow
from memoryd.store.records.anchor_content import MAX_LINE_CHARS, MAX_WORDS, AnchorContent


def contents(ctx: Context, anchors: Sequence[str]) -> tuple[AnchorContent, ...]:
    """Of the anchors that mean one file, line or symbol of the view. While files are known to have changed since, a
    line has none: its number may be of a text that is not indexed yet."""
    found = (_content(ctx, anchor) for anchor in anchors)
    is_behind = ctx.freshness.pending > 0
    return tuple(content for content in found if content and not (is_behind and content.is_line))


def _content(ctx: Context, anchor: str) -> AnchorContent | None:
    whole = code_file(ctx, anchor)
    if whole:
        return _of_file(anchor, whole)
    path, _, part = anchor.partition(":")
    file = code_file(ctx, path.removeprefix("./")) if part else None
    if file and part.isdecimal():
        return _of_line(anchor, file, int(part))
    if file:
        return _of_symbol(anchor, file, _named(file.symbols, dotted(part)))
    return None if part or "/" in anchor else _of_name(ctx, anchor)


def _named(symbols: Sequence[SymbolRow], name: str) -> Sequence[SymbolRow]:
    exact = [symbol for symbol in symbols if symbol.qualname == name]
    return exact or [symbol for symbol in symbols if symbol.qualname.endswith(f".{name}")]


def _of_name(ctx: Context, name: str) -> AnchorContent | None:
    """A symbol by its name alone, where there is one of it."""
    wanted = dotted(name)
    rows = graph_queries.symbols_named(ctx.index, ctx.view.id, wanted.rpartition(".")[2], 2)
    found = [row for row in rows if row.qualname == wanted or row.qualname.endswith(f".{wanted}")]
    file = code_file(ctx, found[0].path) if len(found) == 1 else None
    return _of_symbol(name, file, found) if file else None


def _of_file(anchor: str, file: CodeFile) -> AnchorContent:
    hashes = file.lines.body(1, len(file.lines.plain), "")
    return AnchorContent(
        anchor,
        file.path,
        file.blob,
        sketch=sketch(hashes),
        size=len(hashes),
        words=_words(file.lines.plain),
    )


def _of_symbol(anchor: str, file: CodeFile, found: Sequence[SymbolRow]) -> AnchorContent | None:
    if not found:
        return None
    symbol = found[0]
    hashes = file.lines.body(symbol.line, symbol.end_line, symbol.name)
    return AnchorContent(
        anchor,
        file.path,
        file.blob,
        qualname=symbol.qualname,
        line=symbol.line,
        sketch=sketch(hashes),
        size=len(hashes),
        words=_words(file.lines.plain[symbol.line - 1 : symbol.end_line]),
    )


def _of_line(anchor: str, file: CodeFile, line: int) -> AnchorContent | None:
    text = file.lines.at(line)[:MAX_LINE_CHARS]
    if not text:
        return None  # beyond the end, or empty: nothing to know it by
    around = innermost(file.symbols, line)
    first, last = (around.line, around.end_line) if around else (line, line)
    hashes = file.lines.body(first, last, around.name) if around else set()
    return AnchorContent(
        anchor,
        file.path,
        file.blob,
        qualname=around.qualname if around else "",
        line=line,
        text=plain(text),
        above=tuple(file.lines.above(line)),
        below=tuple(file.lines.below(line)),
        inside=(len(file.lines.above(line, first)), len(file.lines.below(line, last)) if last > line else 0),
        sketch=sketch(hashes),
        size=len(hashes),
        words=_words(file.lines.plain[max(first, line - 8) - 1 : max(min(last, line + 8), line)]),
    )


def _words(lines: Sequence[str]) -> tuple[int, ...]:
    """The terms of the longest words, which are in few other places."""
    known = {word for line in lines for word in terms.words(line)}
    longest = sorted(known, key=lambda word: (-len(word), word))
    return tuple(dict.fromkeys(found[-1] for word in longest if (found := terms.expand(word))))[:MAX_WORDS]
