"""What happened to the packages that the project depends on, with the reason that its commit gives."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from indexers.facts import CommitNote
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.history.commit_items import DependencyItem
from memoryd.query.safe_text import quote
from memoryd.store.index.queries import history_queries, note_queries

MAX_WORDS = 12  # of a question that are looked up as packages
_MIN_NAME = 2


def of_words(ctx: Context, text: str, limit: int) -> list[DependencyItem]:
    """Changes of the packages that the words name, newest first."""
    words = [word.strip("`\"'.,:;()[]").casefold() for word in text.split()[:MAX_WORDS]]
    names = {name for word in words if len(word) >= _MIN_NAME for name in (word, word.replace("_", "-"))}
    seen = history_queries.reachable(ctx.index, ctx.view.id)
    found = [row for name in names for row in note_queries.of_kind(ctx.index, "dependency", seen, name)]
    return _items(ctx, sorted(found, key=lambda row: -row[0])[:limit])


def of_commits(ctx: Context, commit_ids: Collection[int], limit: int) -> tuple[list[DependencyItem], int]:
    """(changes of packages in these commits, newest first, and how many there are)."""
    notes = note_queries.of_commits(ctx.index, commit_ids)
    found = [(id_, n) for id_ in sorted(notes, reverse=True) for n in notes[id_] if n.kind == "dependency"]
    return _items(ctx, found[:limit]), len(found)


def _items(ctx: Context, found: Sequence[tuple[int, CommitNote]]) -> list[DependencyItem]:
    ids = {id_ for id_, _ in found}
    rows, notes = history_queries.commits(ctx.index, ids), note_queries.of_commits(ctx.index, ids)
    return [
        DependencyItem(
            package=quote(note.subject, 100),
            how=note.how,
            requirement=quote(note.quote, 160),
            sha=rows[id_].sha,
            date=day(rows[id_].time_s),
            author=quote(rows[id_].author, 80),
            reason=quote(reason(notes[id_]) or rows[id_].subject, 240),
        )
        for id_, note in found
    ]


def reason(notes: Iterable[CommitNote]) -> str:
    """What the commit says of why, ``""`` when it does not."""
    return next((note.quote for note in notes if note.kind == "rationale"), "")
