"""Definitions, their uses, and the graph as a whole."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from memoryd.query import targets
from memoryd.query.answers import Definition, paging
from memoryd.query.context import Context
from memoryd.query.graph.access import BITS, DONE
from memoryd.query.graph.accounting import accounting, not_followed_in, of_no_definition
from memoryd.query.graph.symbols_answers import (
    EdgeItem,
    EdgesAnswer,
    EdgesRequest,
    ReferenceItem,
    RefsAnswer,
    RefsRequest,
    SymbolAnswer,
    SymbolRequest,
)
from memoryd.query.source_lines import Detail, SourceLines, wants_lines
from memoryd.query.targets import Target
from memoryd.store.index.queries import graph_queries
from memoryd.store.index.queries.graph_queries import EdgeTarget, UseRow

_SHOWN = 8  # callers and used things of a symbol that are named beside it


def symbol(ctx: Context, request: SymbolRequest) -> SymbolAnswer:
    """Where ``name`` is defined, likeliest first; an answer without definitions when nothing has that name."""
    found = targets.definitions(ctx, request.name)
    shown = tuple(target.definition for target in found[request.offset : request.offset + request.limit])
    first = found[0] if found and not request.offset else None
    used = graph_queries.used_by(ctx.index, ctx.view.id, aim(first)) if first else []
    lines = SourceLines(ctx) if request.detail != "places" else None
    unknown = not found and request.name.replace(".", "").isidentifier()
    return SymbolAnswer(
        ctx.freshness,
        name=request.name,
        definition=found[0].definition if found else None,
        definitions=shown,
        references=graph_queries.count_uses(ctx.index, ctx.view.id, [aim(found[0])]).total if found else 0,
        total=len(found),
        source=lines.definition(first.definition) if lines and first else None,
        callers=_items(graph_queries.uses(ctx.index, ctx.view.id, [aim(first)], _SHOWN), lines)
        if first
        else (),
        uses=_items(used[:_SHOWN], None),
        uses_total=len(used),
        not_followed=not_followed_in(ctx, [first]) if first else (),
        **paging(_command("symbol", request.name, request.detail), request.offset, len(shown), len(found)),
        searched="" if found else f"{graph_queries.count_symbols(ctx.index, ctx.view.id)} symbols",
        accounting=of_no_definition(ctx, request.name) if unknown else None,
    )


def refs(ctx: Context, request: RefsRequest) -> RefsAnswer:
    """All uses of the target. An ambiguous name gives the uses of all that it may mean, each marked by ``to``.
    Raises UsageError when the target means nothing."""
    resolution = targets.resolve(ctx, request.target)
    meant = resolution.targets or resolution.candidates
    aims = [aim(target) for target in meant]
    counts = graph_queries.count_uses(ctx.index, ctx.view.id, aims)
    rows = graph_queries.uses(
        ctx.index, ctx.view.id, aims, request.limit, request.offset, BITS[request.access]
    )
    total = {"any": counts.total, "write": counts.writes, "read": counts.reads}[request.access]
    lines = SourceLines(ctx)
    sources, sources_total = lines.enclosing(
        (row.path, row.line) for row in rows if request.detail == "source"
    )
    items = _items(rows, lines if wants_lines(request.detail, len(rows)) else None)
    command = _command("refs", request.target, request.detail)
    command += f" --access {request.access}" if request.access != "any" else ""
    return RefsAnswer(
        ctx.freshness,
        target=request.target,
        definition=_one(meant),
        references=items,
        candidates=tuple(target.definition for target in resolution.candidates),
        total=total,
        accounting=accounting(ctx, meant),
        sources=sources,
        sources_total=sources_total,
        access=request.access,
        known=counts.total,
        writes=counts.writes,
        reads=counts.reads,
        both=counts.both,
        **paging(command, request.offset, len(items), total),
    )


def _items(rows: Sequence[UseRow], lines: SourceLines | None) -> tuple[ReferenceItem, ...]:
    return tuple(
        ReferenceItem(
            row.path,
            row.line,
            row.kind,
            row.method,
            row.confidence,
            row.src,
            row.dst.removesuffix(":"),
            lines.line(row.path, row.line) if lines else "",
            DONE[row.access],
        )
        for row in rows
    )


def _command(verb: str, subject: str, detail: Detail) -> str:
    return f"memoryd {verb} {shlex.quote(subject)}{f' --detail {detail}' if detail != 'auto' else ''}"


def edges(ctx: Context, request: EdgesRequest) -> EdgesAnswer:
    """One page of ``iter_edges``."""
    page: list[EdgeItem] = []
    rest = False
    for number, edge in enumerate(iter_edges(ctx, request)):
        if number < request.offset:
            continue
        if len(page) == request.limit:
            rest = True
            break
        page.append(edge)
    kinds = f" --kind {','.join(request.kinds)}" if request.kinds else ""
    command = f"memoryd edges --level {request.level}{kinds}"
    known = request.offset + len(page)
    return EdgesAnswer(
        ctx.freshness, edges=tuple(page), **paging(command, request.offset, len(page), known + rest)
    )


def iter_edges(ctx: Context, request: EdgesRequest) -> Iterator[EdgeItem]:
    """Every edge of the view that the request names, ordered, regardless of its limit and offset."""
    kinds = frozenset(request.kinds)
    if request.level == "file":
        for edge in graph_queries.file_edges(ctx.index, ctx.view.id, _file_kinds(kinds)):
            yield EdgeItem(*edge)
        return
    for path, name, dst_path, dst_name, kind, method, sure in graph_queries.symbol_edges(
        ctx.index, ctx.view.id
    ):
        if not kinds or kind in kinds or ("depends" in kinds and dst_name):
            yield EdgeItem(_joined(path, name), _joined(dst_path, dst_name), kind, method, sure)


def _file_kinds(kinds: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(kinds)) or ("depends", "imports")


def aim(target: Target) -> EdgeTarget:
    return EdgeTarget(target.path_id, target.qualname or None)


def _joined(path: str, qualname: str) -> str:
    return f"{path}:{qualname}" if qualname else path


def _one(meant: Sequence[Target]) -> Definition | None:
    return meant[0].definition if len(meant) == 1 else None
