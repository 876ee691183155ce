"""`proposals` and `audit`: what they may be asked, what they answer, and how that reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from memoryd.query.answers import PagedAnswer
from memoryd.query.records.record_item import RecordItem
from memoryd.query.requests import Limit, Offset, OptionalText, Request
from memoryd.query.safe_text import quote
from memoryd.query.text.budget import Page, TextSection

RecordStatus = Literal["proposed", "confirmed", "retracted", "superseded", ""]


class ProposalsRequest(Request, frozen=True, kw_only=True):
    """Records by ``status`` (empty: all)."""

    status: RecordStatus = "proposed"
    limit: Limit = 100
    offset: Offset = 0


class AuditRequest(Request, frozen=True, kw_only=True):
    """Who did what: since a time or age, by one actor."""

    since: OptionalText = ""
    by: OptionalText = ""
    limit: Limit = 100
    offset: Offset = 0


class ProposalsAnswer(PagedAnswer, frozen=True):
    """Newest first. ``status``: of all of them, ``""`` where records of every status were asked for."""

    records: tuple[RecordItem, ...]
    total: int
    status: RecordStatus = ""

    def page(self) -> Page:
        return Page(
            head=f"{self.total or 'No'} {self.status}{' ' if self.status else ''}records{'' if self.total else '.'}",
            sections=[records_section(self.records, self.total, before=self.offset)],
            foot=self.freshness.line(),
            more=self.rest_from,
        )


class AuditItem(Struct, frozen=True):
    """Who did what, when. ``record_id``: ``""`` of what is about no record; ``status``: the record's after it;
    ``assurance``: how it is known who did it (agent claimed terminal passphrase); ``hash``: covers this entry and all
    before it."""

    seq: int
    at: str
    actor: str
    action: str
    record_id: str
    status: str
    reason: str
    assurance: str
    hash: str

    def label(self) -> str:
        status = f" [{self.status}]" if self.status else ""
        reason = f" “{quote(self.reason, 160)}”" if self.reason else ""
        record = f" {self.record_id}" if self.record_id else ""
        return f"{self.seq} {self.at} {self.actor} ({self.assurance}) {self.action}{record}{status}{reason}"


class AuditAnswer(PagedAnswer, frozen=True):
    """``ok``: the chain is whole and every record is as it was left; ``state`` says so in words."""

    entries: tuple[AuditItem, ...]
    total: int
    ok: bool
    state: str

    def page(self) -> Page:
        entries = [entry.label() for entry in self.entries]
        return Page(
            head=f"audit: {self.state}",
            sections=[TextSection(items=entries, total=self.total, main=True, before=self.offset)],
            foot=self.freshness.line(),
            more=self.rest_from,
        )


def records_section(found: Sequence[RecordItem], total: int, before: int = 0) -> TextSection:
    return TextSection(items=[record.with_notes() for record in found], total=total, main=True, before=before)
