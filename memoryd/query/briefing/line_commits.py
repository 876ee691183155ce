"""The commits behind the very line that a question names: who changed it last, and who wrote it."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from indexers.facts import LineOrigin
from memoryd.globs import given
from memoryd.query.briefing.commit_reasons import said_of
from memoryd.query.briefing.why_answers import WhyItem
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.history.commit_lines import change_of_line
from memoryd.query.safe_text import quote, safe_name
from memoryd.query.targets import Target
from memoryd.store.index import reader
from memoryd.store.index.queries import graph_queries, history_queries

MAX_COMMITS = 20
MAX_CHANGES = 3  # commits whose lines are shown
LineState = Literal["", "committed", "uncommitted", "unknown"]


class LineCommits(Struct, frozen=True):
    """``state``: ``committed``, ``uncommitted`` (the lines are newer than the commit), ``unknown`` (git cannot say),
    ``""`` where the question names no line."""

    state: LineState = ""
    items: tuple[WhyItem, ...] = ()


def line_commits(ctx: Context, target: Target) -> LineCommits:
    """Who changed the asked lines last, who changed more than their white space, who wrote them elsewhere."""
    if not target.asked[0]:
        return LineCommits()
    if ctx.line_origins is None or not ctx.view.head:
        return LineCommits("unknown")
    text = reader.file_text(ctx.index, target.file_id) if target.file_id else None
    found = ctx.line_origins(ctx.view.head, target.path, text, target.asked)
    origins = found.origins[:MAX_COMMITS]
    rows = history_queries.commits_by_sha(ctx.index, [origin.sha for origin in origins])
    said = said_of(ctx, list(rows.values()))
    cut = _cut_off(ctx) if origins else frozenset()
    items = [
        WhyItem(
            kind="commit",
            quote=quote(said[row.id], 330),
            path=target.path,
            line=target.asked[0],
            sha=row.sha,
            date=day(row.time_s),
            author=quote(row.author, 80),
            confidence=1.0,
            note=_note(target, origin, row.sha in cut),
            change=change_of_line(ctx, row.sha, origin.path, origin.line) if number < MAX_CHANGES else (),
        )
        for number, origin in enumerate(origins)
        if (row := rows.get(origin.sha))
    ]
    return LineCommits(found.state, tuple(items))


def of_unindexed(ctx: Context, text: str) -> Target | None:
    """The line of a file that is not indexed but has a history, as the commit has it; None for anything else."""
    read = {reading.path: reading.line for reading in given.readings(text, ctx.here) if reading.line}
    for path, path_id in graph_queries.path_ids(ctx.index, read).items():
        line = read[path] or 0
        return Target(path, path_id, 0, b"", line=line, end_line=line, asked=(line, line))
    return None


def _cut_off(ctx: Context) -> frozenset[str]:
    """The commits at which a shallow clone ends: git blames them for whatever is older."""
    if not ctx.freshness.shallow:
        return frozenset()
    return frozenset(
        history_queries.root_commits(ctx.index, history_queries.reachable(ctx.index, ctx.view.id))
    )


def _note(target: Target, origin: LineOrigin, is_cut_off: bool) -> str:
    what = "this line" if target.asked[0] == target.asked[1] else "of these lines"
    place = f"{safe_name(origin.path)}:{origin.line}"
    said = {
        "changed": f"changed {what} last",
        "content": f"last changed more than white space {what.replace('this', 'in this')}",
        "wrote": f"wrote {what}, as {place}",
    }[origin.how]
    return f"{said}, or an older one: this clone's history begins here" if is_cut_off else said
