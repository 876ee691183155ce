"""Contributed memory as the surfaces see it: propose, list; and what only a person may do."""

from __future__ import annotations

import shlex
import time
from collections.abc import Iterable, Sequence

from msgspec import structs

from memoryd.errors import StoreError, UsageError
from memoryd.query.answers import AnchorItem, ProposalsAnswer, RecordAnswer, RecordItem
from memoryd.query.context import Context
from memoryd.query.dates import day, moment
from memoryd.query.decisions import anchors
from memoryd.query.paging import paging
from memoryd.query.records.answers import AuditAnswer, AuditItem, RetractedAnswer
from memoryd.query.requests import (
    AuditRequest,
    JudgeRequest,
    ProposalsRequest,
    RecordRequest,
    RetractRequest,
    SupersedeRequest,
)
from memoryd.query.safe_text import quote, safe_line, safe_text
from memoryd.store.index.queries import history_queries
from memoryd.store.records import audit as audit_log
from memoryd.store.records.values import NewRecord, Record, is_person
from memoryd.store.records.writer import Records


def record(ctx: Context, request: RecordRequest, actor: str) -> RecordAnswer:
    """Remember something. ``actor`` is who the server says it is; the text arrives without secrets.

    An anchor that means nothing now is kept (the file may come), and the answer says so. What contradicts another
    record is kept as well, beside it, and the answer names both.
    """
    new = NewRecord(request.kind, request.text, actor, request.anchors, ctx.freshness.head or ctx.view.head,
                    request.supersedes)  # fmt: skip
    store = records_of(ctx)
    added = store.add(new)
    shown = item(ctx, added.record)
    lost = [place.anchor for place in shown.moved if place.state == anchors.LOST]
    note = f" Nothing is called {', '.join(f'`{a[:80]}`' for a in lost)} here now." if lost else ""
    if not set(request.anchors) <= set(added.record.anchors):
        note += " Its anchors stay as they are."
    return _answer(ctx, shown, _message(added.record, added.created) + note, created=added.created)


def proposals(ctx: Context, request: ProposalsRequest) -> ProposalsAnswer:
    """Records of a status, newest first."""
    store = records_of(ctx)
    found = store.list(status=request.status, limit=request.limit, offset=request.offset)
    total = store.count(request.status)
    return ProposalsAnswer(
        ctx.freshness,
        records=items(ctx, found),
        total=total,
        **paging(f"memoryd proposals --status '{request.status}'", request.offset, len(found), total),
    )


def confirm(ctx: Context, request: JudgeRequest, actor: str) -> RecordAnswer:
    """A person vouches for a proposal. Raises UsageError for anybody else."""
    done = records_of(ctx).confirm(request.id, actor, request.reason)
    return _answer(ctx, item(ctx, done), "Confirmed.")


def retract(ctx: Context, request: RetractRequest, actor: str) -> RecordAnswer | RetractedAnswer:
    """A person takes back one record, or all that a client wrote since. Raises UsageError for anybody else."""
    if request.by or request.since:
        return _retract_all(ctx, request, actor)
    if not request.id:
        raise UsageError(
            "retract needs a record's id, or `--by` and `--since`",
            where="id",
            next_step="`memoryd proposals` shows the ids",
        )
    if request.preview:
        return _answer(ctx, item(ctx, _known(ctx, request.id)), "This would be retracted.")
    done = records_of(ctx).retract(request.id, actor, request.reason)
    return _answer(ctx, item(ctx, done), f"Retracted; it stays readable. Undo: `memoryd restore {done.id}`.")


def restore(ctx: Context, request: JudgeRequest, actor: str) -> RecordAnswer:
    """A person undoes retract or supersede."""
    done = records_of(ctx).restore(request.id, actor, request.reason)
    return _answer(ctx, item(ctx, done), f"Restored: it is {done.status} again.")


def supersede(ctx: Context, request: SupersedeRequest, actor: str) -> RecordAnswer:
    """A person says that one record replaces another, and vouches for it."""
    done = records_of(ctx).supersede(request.old, request.new, actor)
    return _answer(ctx, item(ctx, done), f"It replaces {request.old}.")


def forget(ctx: Context, request: JudgeRequest, actor: str) -> RecordAnswer:
    """A person deletes a record for good; the answer shows it without its text."""
    was = records_of(ctx).forget(request.id, actor)
    gone = structs.replace(
        item(ctx, was), text="", anchors=(), moved=(), conflicts_with=(), status="forgotten"
    )
    stays = f" The file {safe_line(was.published)} stays." if was.published else ""
    return _answer(ctx, gone, f"Forgotten: its text is gone for good.{stays}")


def audit(ctx: Context, request: AuditRequest) -> AuditAnswer:
    """Who did what, newest first, and whether the log is whole."""
    store = records_of(ctx)
    since_s = _moment(request.since) if request.since else 0
    found = store.audit_rows(since_s=since_s, actor=request.by, limit=request.limit, offset=request.offset)
    total = store.count_audit(since_s=since_s, actor=request.by)
    report = store.verify()
    command = "memoryd audit" + "".join(
        f" --{name} {shlex.quote(value)}"
        for name, value in (("since", request.since), ("by", request.by))
        if value
    )
    return AuditAnswer(
        ctx.freshness,
        entries=tuple(map(_entry, found)),
        total=total,
        ok=report.ok,
        state=_state(report),
        **paging(command, request.offset, len(found), total),
    )


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


def records_of(ctx: Context) -> Records:
    """The project's records. Raises StoreError when they cannot be opened."""
    if ctx.records is None:
        raise StoreError(
            "the records of this project cannot be opened", where=ctx.root, next_step="run `memoryd doctor`"
        )
    return ctx.records


# -- pieces


def _retract_all(ctx: Context, request: RetractRequest, actor: str) -> RetractedAnswer:
    if request.id or not request.by or not request.since:
        raise UsageError(
            "to take back what a client wrote, name the client and the time, and no record",
            where="by, since",
            next_step="memoryd retract --by agent:NAME --since 2d; `memoryd audit` shows the names",
        )
    if is_person(request.by):
        raise UsageError(
            "what a person recorded is taken back record by record",
            where="by",
            next_step="memoryd retract ID",
        )
    if not is_person(actor):
        raise UsageError(
            "only a person may retract records",
            where="by",
            next_step="run the command in a terminal of your own; agents can only propose",
        )
    since_s = _moment(request.since)
    store = records_of(ctx)
    found = store.writes_of(request.by, since_s)
    waiting = [stored for stored in found if stored.status == "proposed"]
    kept = [stored for stored in found if stored.status == "confirmed"]
    joined = store.count_joined(request.by, since_s)
    shown = items(ctx, waiting)
    if not request.preview:
        store.retract_all((r.id for r in waiting), request.by, since_s, actor, request.reason)
        shown = items(ctx, [_known(ctx, stored.id) for stored in waiting])
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


def _known(ctx: Context, record_id: str) -> Record:
    found = records_of(ctx).get(record_id)
    if found is None:
        raise UsageError(
            "there is no such record", where=record_id, next_step="`memoryd proposals --status ''` lists all"
        )
    return found


def _moment(text: str) -> int:
    found = moment(text, int(time.time()))
    if found is None:
        raise UsageError(
            f"`{text[:60]}` is no time or age",
            where="since",
            next_step="give an ISO day or time (2026-11-01) or an age (3d, 12h)",
        )
    return found


def _moved(found: Iterable[anchors.Place]) -> tuple[AnchorItem, ...]:
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
    return f"by {quote(was.actor, 200)} {day(was.created_at_s)}, {quote(was.status, 20)} there"


def _entry(row: audit_log.Row) -> AuditItem:
    return AuditItem(
        seq=row.seq,
        at=f"{day(row.at_s)} {time.strftime('%H:%M:%S', time.gmtime(row.at_s % 86_400))}Z",
        actor=safe_line(row.actor),
        action=row.action,
        record_id=row.record_id,
        status=row.status,
        reason=quote(row.reason, 300),
        hash=row.hash,
    )


def _state(report: audit_log.Report) -> str:
    if report.ok:
        return f"whole: {report.rows} entries, each covered by the next, and every record is as they left it"
    return f"BROKEN at entry {report.seq}: {report.problem}; run `memoryd doctor --repair`"


def _answer(ctx: Context, shown: RecordItem, message: str, *, created: bool = False) -> RecordAnswer:
    return RecordAnswer(
        ctx.freshness, record=shown, created=created, message=message + _contradiction(ctx, shown)
    )


def _contradiction(ctx: Context, shown: RecordItem) -> str:
    """That it says the opposite of others: both are kept, a person decides."""
    others = [found for other in shown.conflicts_with if (found := records_of(ctx).get(other))]
    said = "".join(
        f" {other.id} ({other.status}, {safe_line(other.actor)}): “{quote(other.text, 160)}”."
        for other in others[:3]
    )
    if not said:
        return ""
    return f" It contradicts{said} Both are kept; a person decides: `memoryd supersede OLD NEW`."


def _message(stored: Record, created: bool) -> str:
    if created:
        if is_person(stored.actor):
            return "Recorded and confirmed."
        return f"Recorded as a proposal; a person confirms it with `memoryd confirm {stored.id}`."
    if stored.status == "retracted":
        return "Known already, and retracted by a person: not recorded again."
    return f"Known already ({stored.status}): not recorded twice."
