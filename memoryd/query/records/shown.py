"""Records as people and agents see them: safe text, where their places are now, what contradicts them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from memoryd.errors import StoreError, UsageError
from memoryd.query.anchors import places
from memoryd.query.anchors.anchor_place import AnchorPlace
from memoryd.query.anchors.made_on import Histories, histories
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.records.record_item import AnchorItem, RecordItem
from memoryd.query.safe_text import quote, safe_line, safe_text
from memoryd.store import sqlite
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
            moved=_moved(seen.places.get(stored.id, ()), seen.made.branches.get(stored.head, "")),
            origin=_origin(stored),
            published=safe_line(stored.published),
            assurance=stored.assurance,
            head_lost=stored.head in seen.made.gone,
            branch=safe_line(seen.made.branches.get(stored.head, "")),
            not_looked_for=bool(stored.anchors) and stored.id not in seen.places,
        )
        for stored in found
    )


class _Seen(NamedTuple):
    """Record → the places of its anchors, and where the records were made; empty where the index cannot be read."""

    places: Mapping[str, tuple[AnchorPlace, ...]] = {}
    made: Histories = Histories()


def _seen(ctx: Context, found: Sequence[Record]) -> _Seen:
    """Records are shown whatever becomes of the index: a change of one may be done already."""
    if ctx.freshness.no_index:
        return _Seen()
    try:
        return _Seen(places.of_records(ctx, found), histories(ctx, found))
    except sqlite.SqliteError as error:
        log.error("the index cannot be read: %s", error)
        return _Seen()


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


def _moved(found: Iterable[AnchorPlace], branch: str) -> tuple[AnchorItem, ...]:
    return tuple(
        AnchorItem(
            anchor=safe_line(place.anchor),
            now=safe_line(place.now),
            state=place.state,
            confidence=place.confidence,
            others=tuple(map(safe_line, place.others)),
            said=place.said(branch),
        )
        for place in found
        if not place.is_sure
    )


def _origin(stored: Record) -> str:
    """What an imported record says of itself; nobody here vouches for it."""
    if stored.origin is None:
        return ""
    was = stored.origin
    return (
        f"imported; written there by {quote(was.actor, 200)} {day(was.created_at_s)}, {quote(was.status, 20)}"
    )
