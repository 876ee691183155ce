"""Remember something: what an agent says is proposed, what a person says is confirmed."""

from __future__ import annotations

from collections.abc import Sequence

from memoryd.query import targets
from memoryd.query.anchors import capture
from memoryd.query.anchors.anchor_place import LOST
from memoryd.query.context import Context
from memoryd.query.records.record_item import RecordItem
from memoryd.query.records.shown import item, records_of
from memoryd.query.safe_text import quote, safe_line
from memoryd.records.answers import RecordAnswer, RecordRequest
from memoryd.store.records.values import NewRecord, Record, is_person
from memoryd.store.records.writer import Records


def record(ctx: Context, records: Records, request: RecordRequest, actor: str) -> RecordAnswer:
    """Remember something. ``actor`` is who the server says it is; the text arrives without secrets.

    An anchor that means nothing now is kept (the file may come), and the answer says so. What contradicts another
    record is kept as well, beside it, and the answer names both.
    """
    about = tuple(dict.fromkeys(targets.anchor(ctx, text) for text in request.anchors))
    new = NewRecord(
        kind=request.kind,
        text=request.text,
        actor=actor,
        anchors=about,
        head=ctx.freshness.head or ctx.view.head,
        supersedes=request.supersedes,
        contents=() if ctx.freshness.no_index else capture.contents(ctx, about),
    )
    added = records.add(new)
    shown = item(ctx, added.record)
    lost = [place.anchor for place in shown.moved if place.state == LOST]
    note = f" No file or symbol is called {', '.join(f'`{a[:80]}`' for a in lost)} now." if lost else ""
    if not set(about) <= set(added.record.anchors):
        note += " Not all of the given anchors were added to it."
    note += _similar(added.near, shown)
    return answer(ctx, shown, _message(added.record, added.created) + note, created=added.created)


def answer(ctx: Context, shown: RecordItem, message: str, *, created: bool = False) -> RecordAnswer:
    return RecordAnswer(
        ctx.freshness, record=shown, created=created, message=message + _contradiction(ctx, shown)
    )


def _contradiction(ctx: Context, shown: RecordItem) -> str:
    """That it says the opposite of others: both are kept, a person decides."""
    others = [found for other in shown.conflicts_with if (found := records_of(ctx).get(other))]
    said = "".join(
        f" {other.id} ({other.status}, {other.assurance}, {safe_line(other.actor)}): “{quote(other.text, 160)}”."
        for other in others[:3]
    )
    if not said:
        return ""
    return f" It contradicts{said} Both are kept; a person decides: `memoryd supersede OLD NEW`."


def _similar(near: Sequence[Record], shown: RecordItem) -> str:
    """Records that say nearly the same, without those that it contradicts, which are named as such."""
    others = [other for other in near if other.id not in shown.conflicts_with]
    said = "; ".join(
        f"{other.id} ({other.status}, {other.assurance}): “{quote(other.text, 160)}”" for other in others
    )
    return f" Near to it, and kept beside it: {said}." if said else ""


def _message(stored: Record, created: bool) -> str:
    if created:
        if is_person(stored.actor):
            return "Recorded and confirmed."
        return f"Recorded as a proposal; a person confirms it with `memoryd confirm {stored.id}`."
    if stored.status == "retracted":
        return "Known already, and retracted by a person: not recorded again."
    return f"Known already ({stored.status}): not recorded twice."
