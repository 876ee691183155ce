"""Records as people and agents see them: safe text, where their places are now, what contradicts them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from memoryd.errors import StoreError, UsageError
from memoryd.query.anchors import places
from memoryd.query.anchors.anchor_place import AnchorPlace
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.records.record_item import AnchorItem, RecordItem
from memoryd.query.safe_text import quote, safe_line, safe_text
from memoryd.store import sqlite
from memoryd.store.index.queries import history_queries
from memoryd.store.records.reader import RecordReader
from memoryd.store.records.values import Record

log = logging.getLogger(__name__)


def item(ctx: Context, stored: Record) -> RecordItem:
    return items(ctx, [stored])[0]


def items(ctx: Context, found: Sequence[Record]) -> tuple[RecordItem, ...]:
    """Records as shown: safe, with where their places are now and what contradicts them."""
    if not found:
        return ()
    seen, store = _seen(ctx, found), records_of(ctx)
    return tuple(
        RecordItem(
            id=stored.id,
            kind=stored.kind,
            text=safe_text(stored.text),
            status=stored.status,
            actor=safe_line(stored.actor),
            date=day(stored.created_at_s),
            head=stored.head,
            anchors=tuple(map(safe_line, stored.anchors)),
            supersedes=stored.supersedes,
            conflicts_with=store.conflicts(stored),
            moved=_moved(seen.places.get(stored.id, ())),
            origin=_origin(stored),
            published=safe_line(stored.published),
            assurance=stored.assurance,
            head_lost=seen.is_lost(stored.head),
            branch=safe_line(seen.branches.get(stored.head, "")),
            not_looked_for=bool(stored.anchors) and stored.id not in seen.places,
        )
        for stored in found
    )


class _Seen(NamedTuple):
    """Record → the places of its anchors, the commits that the history holds, and commit → branch of those that another
    branch holds; all empty where the index cannot be read."""

    places: Mapping[str, tuple[AnchorPlace, ...]]
    heads: set[str]
    branches: Mapping[str, str]

    def is_lost(self, head: str) -> bool:
        return bool(self.heads and head) and head not in self.heads and head not in self.branches


def _seen(ctx: Context, found: Sequence[Record]) -> _Seen:
    """Records are shown whatever becomes of the index: a change of one may be done already."""
    if ctx.freshness.no_index:
        return _Seen({}, set(), {})
    try:
        shas = {stored.head for stored in found if stored.head}
        heads = _heads(ctx, shas)
        return _Seen(
            places.of_records(ctx, found),
            heads,
            _branches(ctx, shas - heads) if heads else {},
        )
    except sqlite.SqliteError as error:
        log.error("the index cannot be read: %s", error)
        return _Seen({}, set(), {})


def records_of(ctx: Context) -> RecordReader:
    """The project's records. Raises StoreError when they cannot be opened."""
    if ctx.records is None:
        raise ctx.records_problem or StoreError(
            "the records of this project cannot be opened", where=ctx.root, next_step="run `memoryd doctor`"
        )
    return ctx.records


def known(ctx: Context, record_id: str) -> Record:
    found = records_of(ctx).get(record_id)
    if found is None:
        raise UsageError(
            "there is no such record", where=record_id, next_step="`memoryd proposals --status ''` lists all"
        )
    return found


def _moved(found: Iterable[AnchorPlace]) -> tuple[AnchorItem, ...]:
    return tuple(
        AnchorItem(
            anchor=safe_line(place.anchor),
            now=safe_line(place.now),
            state=place.state,
            confidence=place.confidence,
            others=tuple(map(safe_line, place.others)),
            said=place.said(),
        )
        for place in found
        if not place.is_sure
    )


def _heads(ctx: Context, shas: set[str]) -> set[str]:
    """Those of the commits that the view's history holds; empty where there is no history to ask."""
    seen = history_queries.reachable(ctx.index, ctx.view.id)
    if not shas or not seen.count():
        return set()
    known = history_queries.commits_by_sha(ctx.index, shas)
    newest = {ctx.freshness.head, ctx.view.head}  # may not be indexed yet
    return {sha for sha, row in known.items() if row.id in seen} | newest


def _branches(ctx: Context, shas: set[str]) -> dict[str, str]:
    """Commit → the branch of another work tree that holds it."""
    known = history_queries.commits_by_sha(ctx.index, shas) if shas else {}
    others = history_queries.other_histories(ctx.index, ctx.view.id) if known else []
    return {sha: branch for sha, row in known.items() for branch, seen in reversed(others) if row.id in seen}


def _origin(stored: Record) -> str:
    """What an imported record says of itself; nobody here vouches for it."""
    if stored.origin is None:
        return ""
    was = stored.origin
    return (
        f"imported; written there by {quote(was.actor, 200)} {day(was.created_at_s)}, {quote(was.status, 20)}"
    )
