"""Contributed memory as the surfaces see it: propose, list; and what only a person may do."""

from __future__ import annotations

from msgspec import structs

from memoryd.errors import StoreError, UsageError
from memoryd.query import targets
from memoryd.query.answers import ProposalsAnswer, RecordAnswer, RecordItem
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.globs import is_glob
from memoryd.query.paging import paging
from memoryd.query.requests import JudgeRequest, ProposalsRequest, RecordRequest, SupersedeRequest
from memoryd.query.safe_text import safe_line, safe_text
from memoryd.store.record_values import NewRecord, Record, is_person
from memoryd.store.records import Records


def record(ctx: Context, request: RecordRequest, actor: str) -> RecordAnswer:
    """Remember something. ``actor`` is who the server says it is; the text arrives without secrets.

    An anchor that means nothing now is kept (the file may come), and the answer says so.
    """
    new = NewRecord(request.kind, request.text, actor, request.anchors, ctx.freshness.head or ctx.view.head,
                    request.supersedes)  # fmt: skip
    added = _records(ctx).add(new)
    lost = [anchor for anchor in added.record.anchors if not _exists(ctx, anchor)]
    note = f" Nothing is called {', '.join(f'`{safe_line(a)[:80]}`' for a in lost)} here now." if lost else ""
    return RecordAnswer(
        ctx.freshness,
        record=item(added.record),
        created=added.created,
        message=_message(added.record, added.created) + note,
    )


def proposals(ctx: Context, request: ProposalsRequest) -> ProposalsAnswer:
    """Records of a status, newest first."""
    store = _records(ctx)
    found = store.list(status=request.status, limit=request.limit, offset=request.offset)
    total = store.count(request.status)
    return ProposalsAnswer(
        ctx.freshness,
        records=tuple(map(item, found)),
        total=total,
        **paging(f"memoryd proposals --status '{request.status}'", request.offset, len(found), total),
    )


def confirm(ctx: Context, request: JudgeRequest, actor: str) -> RecordAnswer:
    """A person vouches for a proposal. Raises UsageError for anybody else."""
    done = _records(ctx).confirm(request.id, actor, request.reason)
    return RecordAnswer(ctx.freshness, record=item(done), created=False, message="Confirmed.")


def retract(ctx: Context, request: JudgeRequest, actor: str) -> RecordAnswer:
    done = _records(ctx).retract(request.id, actor, request.reason)
    return RecordAnswer(
        ctx.freshness, record=item(done), created=False, message="Retracted; it stays readable."
    )


def supersede(ctx: Context, request: SupersedeRequest, actor: str) -> RecordAnswer:
    done = _records(ctx).supersede(request.old, request.new, actor)
    return RecordAnswer(
        ctx.freshness, record=item(done), created=False, message=f"It replaces {request.old}."
    )


def forget(ctx: Context, request: JudgeRequest, actor: str) -> RecordAnswer:
    """A person deletes a record for good; the answer shows it without its text."""
    store = _records(ctx)
    known = store.get(request.id)
    store.forget(request.id, actor)
    if known is None:
        raise UsageError(
            "there is no such record",
            where=request.id,
            next_step="`memoryd proposals --status ''` lists all",
        )
    gone = structs.replace(item(known), text="", anchors=(), status="forgotten")
    return RecordAnswer(
        ctx.freshness, record=gone, created=False, message="Forgotten: its text is gone for good."
    )


def item(stored: Record) -> RecordItem:
    return RecordItem(
        id=stored.id,
        kind=stored.kind,
        text=safe_text(stored.text),
        status=stored.status,
        actor=safe_line(stored.actor),
        date=day(stored.created_at_s),
        head=stored.head,
        anchors=tuple(map(safe_line, stored.anchors)),
        supersedes=stored.supersedes,
    )


def _records(ctx: Context) -> Records:
    if ctx.records is None:
        raise StoreError(
            "the records of this project cannot be opened", where=ctx.root, next_step="run `memoryd doctor`"
        )
    return ctx.records


def _exists(ctx: Context, anchor: str) -> bool:
    try:
        targets.resolve(ctx, anchor)
    except UsageError:
        return is_glob(anchor)
    return True


def _message(stored: Record, created: bool) -> str:
    if created:
        if is_person(stored.actor):
            return "Recorded and confirmed."
        return f"Recorded as a proposal; a person confirms it with `memoryd confirm {stored.id}`."
    if stored.status == "retracted":
        return "Known already, and retracted by a person: not recorded again."
    return f"Known already ({stored.status}): not recorded twice."
