"""Which commit mends a fault of which: by what messages state, told at both ends."""

from __future__ import annotations

from collections.abc import Iterable

from memoryd.query.context import Context
from memoryd.store.index.queries import history_queries, note_queries
from memoryd.store.index.queries.history_queries import CommitRow, Reachable

MAX_COMMITS = 10


def of_commit(ctx: Context, row: CommitRow, seen: Reachable) -> tuple[list[CommitRow], list[CommitRow]]:
    """(the commits whose faults it says that it mends, those that say that they mend one of its)."""
    notes = note_queries.of_commits(ctx.index, [row.id]).get(row.id, ())
    named = [note.subject for note in notes if note.kind == "fixes"]
    found = [history_queries.commits_with_prefix(ctx.index, sha, 2) for sha in named[:MAX_COMMITS]]
    mends = [rows[0] for rows in found if len(rows) == 1 and rows[0].id in seen]
    by = mended_by(ctx, [row], seen).get(row.sha, [])
    return mends, by


def mended_by(ctx: Context, rows: Iterable[CommitRow], seen: Reachable) -> dict[str, list[CommitRow]]:
    """Sha → the visible commits that say that they mend a fault of it, oldest first."""
    said = note_queries.of_kind(ctx.index, "fixes", seen)
    if not said:
        return {}
    found = {
        row.sha: [id_ for id_, note in said if row.sha.startswith(note.subject) and id_ > row.id]
        for row in rows
    }
    known = history_queries.commits(ctx.index, {id_ for ids in found.values() for id_ in ids})
    return {sha: [known[id_] for id_ in ids[:MAX_COMMITS]] for sha, ids in found.items() if ids}
