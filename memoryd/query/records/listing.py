"""Contributed memory in lists: the records of a status, and the audit of who did what."""

from __future__ import annotations

import shlex
import time

from memoryd.errors import UsageError
from memoryd.query.answers import paging
from memoryd.query.context import Context
from memoryd.query.dates import day, moment
from memoryd.query.records.answers import (
    AuditAnswer,
    AuditItem,
    AuditRequest,
    ProposalsAnswer,
    ProposalsRequest,
)
from memoryd.query.records.shown import items, records_of
from memoryd.query.safe_text import quote, safe_line
from memoryd.store.records import audit as audit_log


def proposals(ctx: Context, request: ProposalsRequest) -> ProposalsAnswer:
    """Records of a status, newest first."""
    store = records_of(ctx)
    found = store.list(status=request.status, limit=request.limit, offset=request.offset)
    total = store.count(request.status)
    return ProposalsAnswer(
        ctx.freshness,
        records=items(ctx, found),
        total=total,
        status=request.status,
        **paging(f"memoryd proposals --status '{request.status}'", request.offset, len(found), total),
    )


def audit(ctx: Context, request: AuditRequest) -> AuditAnswer:
    """Who did what, newest first, and whether the log is whole."""
    store = records_of(ctx)
    since_s = moment_of(request.since) if request.since else 0
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


def moment_of(text: str) -> int:
    found = moment(text, int(time.time()))
    if found is None:
        raise UsageError(
            f"`{text[:60]}` is no time or age",
            where="since",
            next_step="give an ISO day or time (2026-11-01) or an age (3d, 12h)",
        )
    return found


def _entry(row: audit_log.AuditRow) -> AuditItem:
    return AuditItem(
        seq=row.seq,
        at=f"{day(row.at_s)} {time.strftime('%H:%M:%S', time.gmtime(row.at_s % 86_400))}Z",
        actor=safe_line(row.actor),
        action=row.action,
        record_id=row.record_id,
        status=row.status,
        reason=quote(row.reason, 300),
        assurance=row.assurance,
        hash=row.hash,
    )


def _state(report: audit_log.AuditReport) -> str:
    if report.ok:
        entries = f"intact: {report.rows} entries, each covered by the hash of the next"
        return f"{entries}; every record is as its last entry left it"
    return f"BROKEN at entry {report.seq}: {report.problem}; the way back: `memoryd records restore`"
