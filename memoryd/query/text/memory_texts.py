"""How the answers about contributed memory read."""

from __future__ import annotations

from memoryd.query.answers import ProposalsAnswer, RecordAnswer, RecordItem
from memoryd.query.records.answers import (
    AuditAnswer,
    AuditItem,
    ExportAnswer,
    ImportAnswer,
    PublishAnswer,
    RetractedAnswer,
)
from memoryd.query.safe_text import quote
from memoryd.query.text.budget import Page, Section
from memoryd.query.text.texts import freshness, more, record_line

SHA_CHARS = 10


def record(answer: RecordAnswer) -> Page:
    return Page(
        head=answer.message,
        sections=[Section(items=[_entry(answer.record)], main=True)],
        foot=freshness(answer.freshness),
    )


def proposals(answer: ProposalsAnswer) -> Page:
    return Page(
        head=f"{answer.total} records" if answer.total else "No records.",
        sections=[_records(answer.records, answer.total, before=answer.offset)],
        foot=freshness(answer.freshness),
        more=more(answer),
    )


def retracted(answer: RetractedAnswer) -> Page:
    sections = [_records(answer.records, len(answer.records))]
    if answer.kept:
        sections.append(
            Section(
                items=[_entry(r) for r in answer.kept],
                total=len(answer.kept),
                title="confirmed by a person, and kept:",
                keep=3,
            )
        )
    return Page(head=answer.message, sections=sections, foot=freshness(answer.freshness))


def audit(answer: AuditAnswer) -> Page:
    return Page(
        head=f"audit: {answer.state}",
        sections=[
            Section(
                items=[_audit(e) for e in answer.entries], total=answer.total, main=True, before=answer.offset
            )
        ],
        foot=freshness(answer.freshness),
        more=more(answer),
    )


def exported(answer: ExportAnswer) -> Page:
    return Page(
        head=f"{answer.records} records, {answer.entries} entries of the audit",
        sections=[Section(items=[line.text for line in answer.lines], main=True)],
    )


def imported(answer: ImportAnswer) -> Page:
    return Page(head=answer.message, foot=freshness(answer.freshness))


def published(answer: PublishAnswer) -> Page:
    return Page(
        head=f"{answer.message}\ndialect: {answer.dialect}",
        sections=[Section(items=answer.diff.splitlines(), main=True)],
        foot=freshness(answer.freshness),
    )


def _records(found: tuple[RecordItem, ...], total: int, before: int = 0) -> Section:
    return Section(items=[_entry(r) for r in found], total=total, main=True, before=before)


def _entry(r: RecordItem) -> str:
    """The record, and below it what is to be known about it."""
    notes = [f"contradicts {', '.join(r.conflicts_with)}"] if r.conflicts_with else []
    notes += [
        f"{place.anchor} moved to {place.now}" if place.state == "moved" else f"{place.anchor} is lost"
        for place in r.moved
    ]
    notes += [f"supersedes {r.supersedes}"] if r.supersedes else []
    notes += [f"published as {r.published}"] if r.published else []
    notes += [r.origin] if r.origin else []
    notes += [f"its commit {r.head[:SHA_CHARS]} is no longer in the history"] if r.head_lost else []
    return "\n".join([record_line(r), *(f"    {note}" for note in notes)])


def _audit(e: AuditItem) -> str:
    status = f" [{e.status}]" if e.status else ""
    reason = f" “{quote(e.reason, 160)}”" if e.reason else ""
    return f"{e.seq} {e.at} {e.actor} {e.action} {e.record_id}{status}{reason}"
