"""The sections of a brief about code: where to look, what else may have to change, who uses it, what tests it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from memoryd.query.briefing.brief_answers import BriefItem, BriefSection
from memoryd.query.briefing.brief_places import HOPS, BriefPlace, Places
from memoryd.query.context import Context
from memoryd.query.history.cochange import CochangedFile
from memoryd.query.safe_text import quote, safe_line, safe_name
from memoryd.store.index.queries import graph_queries
from memoryd.store.index.queries.graph_queries import SymbolRow

MAX_FILES, MAX_DOCS = 12, 3  # that are named besides the functions
MAX_DEPENDENTS = 2
MAX_TESTS = 8
MIN_HISTORY = 0.1  # what past commits add to the score of a file before one of them is named
SHA_CHARS = 10


def where(ctx: Context, found: Places) -> BriefSection:
    """Functions and types, likeliest first, as they are declared."""
    declared = _declared(ctx, {hit.path for hit in found.functions})
    items = []
    for hit in found.functions:
        symbol = declared.get((hit.path, hit.symbol))
        text = _signature(symbol) if symbol else safe_name(hit.symbol) or f"“{quote(hit.snippet, 80)}”"
        first, last = (symbol.line, symbol.end_line) if symbol else (hit.line, hit.end_line)
        lines = f"{first}-{last}" if last > first else str(first)
        sure = round(min(1.0, hit.score), 2)
        items.append(BriefItem(text, f"{safe_name(hit.path)}:{lines}", hit.kind, sure, "inferred"))
    return BriefSection("where to look", tuple(items), len(items))


def _declared(ctx: Context, paths: Collection[str]) -> dict[tuple[str, str], SymbolRow]:
    """(path, qualname) → the definition."""
    rows = [
        row
        for path_id in graph_queries.path_ids(ctx.index, paths).values()
        for row in graph_queries.symbols_of(ctx.index, ctx.view.id, path_id)
    ]
    return {(row.path, row.qualname): row for row in reversed(rows)}


def _signature(symbol: SymbolRow) -> str:
    owner = symbol.qualname.rpartition(".")[0]
    text = quote(symbol.signature, 120) if symbol.signature else f"{symbol.kind} {safe_line(symbol.name)}"
    return f"{safe_line(owner)}: {text}" if owner else text


def others(found: Places) -> BriefSection:
    """Further files, one short line each: it costs little to name one, and much to miss it."""
    named = {hit.path for hit in found.functions}
    rest = [place for place in found.files if place.path not in named and place.role != "test"]
    docs = [place for place in rest if place.role in ("doc", "decision")][:MAX_DOCS]
    code = [place for place in rest if place.role not in ("doc", "decision")][:MAX_FILES]
    items = [_other(place, found) for place in [*code, *docs]]
    return BriefSection("may have to change too", tuple(items), len(items) + found.left_out)


def _other(place: BriefPlace, found: Places) -> BriefItem:
    hit, said = found.hits.get(place.path), []
    if hit and hit.symbol:
        said.append(safe_name(hit.symbol))
    commits = hit.commits if hit and hit.signals.history >= MIN_HISTORY else ()
    if place.followed or commits:
        said.append(f"changed by the similar commit {(place.followed or commits[0])[:SHA_CHARS]}")
    if place.cochange:
        said.append(_together(place.beside, place.cochange))
    at = f":{hit.line}" if hit and hit.symbol else ""
    method = "inferred" if hit else "history"
    return BriefItem(
        "; ".join(said), f"{safe_name(place.path)}{at}", "file", round(min(1.0, place.score), 2), method
    )


def _together(beside: str, one: CochangedFile) -> str:
    name = "/".join(beside.rsplit("/", 2)[-2:])  # with its folder: many files are called __init__.py
    return f"changed in {one.support} of {one.commits} commits of {safe_line(name)}"


def dependents(ctx: Context, found: Places) -> BriefSection:
    """Files that use the likeliest definitions, those with most uses first."""
    if not found.dependents or not found.dependents.hops:
        return BriefSection("depends on it", (), 0)
    uses = Counter(step[1] >> graph_queries.NAME_BITS for _, step in found.dependents.hops[0])
    paths = graph_queries.path_names(ctx.index, uses)
    roles = graph_queries.roles(ctx.index, ctx.view.id, uses)
    users = sorted(
        ((n, paths[id_]) for id_, n in uses.items() if id_ not in roles or roles[id_].role != "test"),
        key=lambda user: (-user[0], user[1]),
    )
    items = [
        BriefItem(f"{n} uses" if n > 1 else "1 use", safe_name(path), "dependent", 1.0)
        for n, path in users[:MAX_DEPENDENTS]
    ]
    return BriefSection(
        f"depends on it ({found.dependents.nodes} dependents in {HOPS} hops)", tuple(items), len(users)
    )


def tests(found: Places) -> BriefSection:
    """Tests of the places: they reach them, changed with them or speak of the task."""
    tests = [place for place in found.files if place.role == "test"]
    return BriefSection("tests", tuple(_test(place, found) for place in tests[:MAX_TESTS]), len(tests))


def _test(place: BriefPlace, found: Places) -> BriefItem:
    hit, reach, said = found.hits.get(place.path), place.reach, []
    if reach:
        said += [safe_line(" ".join(reach.symbols[:2])), f"hop {reach.hop}"]
    elif hit and hit.symbol:
        said.append(safe_name(hit.symbol))
    if place.cochange:
        said.append(_together(place.beside, place.cochange))
    method, sure = (
        (reach.method, reach.confidence) if reach else ("inferred" if hit else "history", place.score)
    )
    text = "; ".join(part for part in said if part)
    return BriefItem(text, safe_name(place.path), "test", round(min(1.0, sure), 2), method)
