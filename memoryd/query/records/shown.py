"""Records as people and agents see them: safe text, where their places are now, what contradicts them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from memoryd.errors import StoreError, UsageError
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.decisions import anchors
from memoryd.query.records.record_item import AnchorItem, RecordItem
from memoryd.query.safe_text import quote, safe_line, safe_text
from memoryd.store.index.queries import history_queries
from memoryd.store.records.reader import RecordReader
from memoryd.store.records.values import Record


def item(ctx: Context, stored: Record) -> RecordItem:
    return items(ctx, [stored])[0]


def items(ctx: Context, found: Sequence[Record]) -> tuple[RecordItem, ...]:
    """Records as shown: safe, with where their places are now and what contradicts them."""
    if not found:
        return ()
    known = anchors.places(ctx, (anchor for stored in found for anchor in stored.anchors))
    heads = _heads(ctx, {stored.head for stored in found if stored.head})
    store = records_of(ctx)
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
            moved=_moved(known[anchor] for anchor in stored.anchors),
            origin=_origin(stored),
            published=safe_line(stored.published),
            head_lost=bool(heads) and stored.head not in heads and bool(stored.head),
        )
        for stored in found
    )


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


def _moved(found: Iterable[anchors.AnchorPlace]) -> tuple[AnchorItem, ...]:
    return tuple(
        AnchorItem(safe_line(place.anchor), safe_line(place.now), place.state)
        for place in found
        if place.state in (anchors.MOVED, anchors.LOST)
    )


def _heads(ctx: Context, shas: set[str]) -> set[str]:
    """Those of the commits that the view's history holds; empty where there is no history to ask."""
    seen = history_queries.reachable(ctx.index, ctx.view.id)
    if not shas or not seen.count():
        return set()
    known = history_queries.commits_by_sha(ctx.index, shas)
    newest = {ctx.freshness.head, ctx.view.head}  # may not be indexed yet
    return {sha for sha, row in known.items() if row.id in seen} | newest


def _origin(stored: Record) -> str:
    """What an imported record says of itself; nobody here vouches for it."""
    if stored.origin is None:
        return ""
    was = stored.origin
    return (
        f"imported; written there by {quote(was.actor, 200)} {day(was.created_at_s)}, {quote(was.status, 20)}"
    )
