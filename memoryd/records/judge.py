"""What only a person may do with a record: vouch for it, take it back, replace it, delete it for good.

The store refuses anybody else (UsageError); nothing here decides who is a person.
"""

from __future__ import annotations

from msgspec import structs

from memoryd.errors import UsageError
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.records.listing import moment_of
from memoryd.query.records.shown import item, items, known
from memoryd.query.safe_text import safe_line
from memoryd.records.answers import (
    JudgeRequest,
    RecordAnswer,
    RetractedAnswer,
    RetractRequest,
    SupersedeRequest,
)
from memoryd.records.propose import answer
from memoryd.store.records.values import is_person
from memoryd.store.records.writer import Records


def confirm(ctx: Context, records: Records, request: JudgeRequest, actor: str) -> RecordAnswer:
    """A person vouches for a proposal. Raises UsageError for anybody else."""
    done = records.confirm(request.id, actor, request.reason)
    return answer(ctx, item(ctx, done), "Confirmed.")


def retract(
    ctx: Context, records: Records, request: RetractRequest, actor: str
) -> RecordAnswer | RetractedAnswer:
    """A person takes back one record, or all that a client wrote since. Raises UsageError for anybody else."""
    if request.by or request.since:
        return _retract_all(ctx, records, request, actor)
    if not request.id:
        raise UsageError(
            "retract needs a record's id, or `--by` and `--since`",
            where="id",
            next_step="`memoryd proposals` shows the ids",
        )
    if request.preview:
        return answer(ctx, item(ctx, known(ctx, request.id)), "This would be retracted.")
    done = records.retract(request.id, actor, request.reason)
    return answer(ctx, item(ctx, done), f"Retracted; it stays readable. Undo: `memoryd restore {done.id}`.")


def restore(ctx: Context, records: Records, request: JudgeRequest, actor: str) -> RecordAnswer:
    """A person undoes retract or supersede."""
    done = records.restore(request.id, actor, request.reason)
    return answer(ctx, item(ctx, done), f"Restored: it is {done.status} again.")


def supersede(ctx: Context, records: Records, request: SupersedeRequest, actor: str) -> RecordAnswer:
    """A person says that one record replaces another, and vouches for it."""
    done = records.supersede(request.old, request.new, actor)
    return answer(ctx, item(ctx, done), f"It replaces {request.old}.")


def forget(ctx: Context, records: Records, request: JudgeRequest, actor: str) -> RecordAnswer:
    """A person deletes a record for good; the answer shows it without its text."""
    was = records.forget(request.id, actor)
    gone = structs.replace(
        item(ctx, was), text="", anchors=(), moved=(), conflicts_with=(), status="forgotten"
    )
    stays = f" The file {safe_line(was.published)} stays." if was.published else ""
    beyond = " What was exported, backed up or shown to a client is out of reach."
    return answer(
        ctx, gone, f"Forgotten: its text is gone for good, from all copies of the store.{stays}{beyond}"
    )


def _retract_all(ctx: Context, records: Records, request: RetractRequest, actor: str) -> RetractedAnswer:
    if request.id or not request.by or not request.since:
        raise UsageError(
            "to retract what a client wrote, name the client and the time, and no record",
            where="by, since",
            next_step="memoryd retract --by agent:NAME --since 2d; `memoryd audit` shows the names",
        )
    if is_person(request.by):
        raise UsageError(
            "what a person recorded is retracted record by record",
            where="by",
            next_step="memoryd retract ID",
        )
    if not is_person(actor):
        raise UsageError(
            "only a person may retract records",
            where="by",
            next_step="run the command in a terminal of your own; agents can only propose",
        )
    since_s = moment_of(request.since)
    found = records.writes_of(request.by, since_s)
    waiting = [stored for stored in found if stored.status == "proposed"]
    kept = [stored for stored in found if stored.status == "confirmed"]
    joined = records.count_joined(request.by, since_s)
    shown = items(ctx, waiting)
    if not request.preview:
        records.retract_all((r.id for r in waiting), request.by, since_s, actor, request.reason)
        shown = items(ctx, [known(ctx, stored.id) for stored in waiting])
    done = "would be" if request.preview else "are"
    return RetractedAnswer(
        ctx.freshness,
        by=request.by,
        since=f"{request.since} ({day(since_s)})",
        records=shown,
        kept=items(ctx, kept),
        anchors=joined,
        preview=request.preview,
        message=f"{len(waiting)} proposals of {safe_line(request.by)} {done} retracted,"
        f" {joined} anchors that it added elsewhere {done} removed,"
        f" {len(kept)} records that a person confirmed since stay.",
    )
