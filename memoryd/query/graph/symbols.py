"""Definitions, their uses, and the graph as a whole."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from memoryd.query import targets
from memoryd.query.answers import Definition, paging
from memoryd.query.context import Context
from memoryd.query.graph.accounting import accounting
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
from memoryd.query.targets import Target
from memoryd.store.index.queries import graph_queries
from memoryd.store.index.queries.graph_queries import EdgeTarget


def symbol(ctx: Context, request: SymbolRequest) -> SymbolAnswer:
    """Where ``name`` is defined, likeliest first; an answer without definitions when nothing has that name."""
    found = targets.definitions(ctx, request.name)
    shown = tuple(target.definition for target in found[request.offset : request.offset + request.limit])
    return SymbolAnswer(
        ctx.freshness,
        name=request.name,
        definition=found[0].definition if found else None,
        definitions=shown,
        references=graph_queries.count_uses(ctx.index, ctx.view.id, [aim(found[0])]) if found else 0,
        total=len(found),
        **paging(f"memoryd symbol {shlex.quote(request.name)}", request.offset, len(shown), len(found)),
        searched="" if found else f"{graph_queries.count_symbols(ctx.index, ctx.view.id)} symbols",
    )


def refs(ctx: Context, request: RefsRequest) -> RefsAnswer:
    """All uses of the target. An ambiguous name gives the uses of all that it may mean, each marked by ``to``.
    Raises UsageError when the target means nothing."""
    resolution = targets.resolve(ctx, request.target)
    meant = resolution.targets or resolution.candidates
    aims = [aim(target) for target in meant]
    total = graph_queries.count_uses(ctx.index, ctx.view.id, aims)
    rows = graph_queries.uses(ctx.index, ctx.view.id, aims, request.limit, request.offset)
    items = tuple(
        ReferenceItem(
            row.path, row.line, row.kind, row.method, row.confidence, row.src, row.dst.removesuffix(":")
        )
        for row in rows
    )
    return RefsAnswer(
        ctx.freshness,
        target=request.target,
        definition=_one(meant),
        references=items,
        candidates=tuple(target.definition for target in resolution.candidates),
        total=total,
        accounting=accounting(ctx, meant),
        **paging(f"memoryd refs {shlex.quote(request.target)}", request.offset, len(items), total),
    )


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
