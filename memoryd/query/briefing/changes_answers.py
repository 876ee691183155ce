"""`changes`: what it may be asked, what it answers, and how that reads."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from memoryd.query.answers import PagedAnswer
from memoryd.query.decision_item import DecisionItem
from memoryd.query.history.commit_items import (
    CommitItem,
    DependencyItem,
    RevertItem,
    dependencies_section,
    reverts_section,
)
from memoryd.query.records.record_item import RecordItem
from memoryd.query.requests import Limit, Offset, OptionalText, Request
from memoryd.query.safe_text import quote, safe_line
from memoryd.query.text.budget import Page, TextSection


class ChangesRequest(Request, frozen=True, kw_only=True):
    """``since``: a commit id (4 hex digits or more), an ISO time, an age (``3d``, ``12h``), ``last``, or whatever
    git calls a commit (a branch, a tag, ``HEAD~5``).
    ``last_seen_s`` is what ``last`` means (UTC epoch seconds); the server fills it in."""

    since: OptionalText = "last"
    last_seen_s: Annotated[int, Meta(ge=0)] = 0
    limit: Limit = 100
    offset: Offset = 0


class TouchedFile(Struct, frozen=True):
    """``status``: of the last change, A M D R C T."""

    path: str
    status: str
    commits: int


class ChangesTotals(Struct, frozen=True):
    commits: int
    files: int
    decisions: int
    records: int
    reverts: int = 0
    dependencies: int = 0


class ChangesAnswer(PagedAnswer, frozen=True):
    """``since``: as understood, in words."""

    since: str
    commits: tuple[CommitItem, ...]
    files: tuple[TouchedFile, ...]
    decisions: tuple[DecisionItem, ...]
    records: tuple[RecordItem, ...]
    totals: ChangesTotals
    reverts: tuple[RevertItem, ...] = ()
    dependencies: tuple[DependencyItem, ...] = ()

    def page(self) -> Page:
        totals = self.totals
        since = quote(self.since, 100)
        if not any((totals.commits, totals.files, totals.decisions, totals.records)):
            return self.absence(f"Nothing changed since {since}", "the commits and records")
        decided = [item.summary() for item in self.decisions]
        records = [item.summary() for item in self.records]
        commits = [item.label() for item in self.commits]
        files = [f"  {f.status} {safe_line(f.path)} ({f.commits} commits)" for f in self.files]
        return Page(
            head=f"since {since}: {totals.commits} commits, {totals.files} files,"
            f" {totals.decisions} decisions, {totals.records} records",
            sections=[
                TextSection(items=decided, total=totals.decisions, title="decisions:", keep=3),
                TextSection(items=records, total=totals.records, title="records:", keep=3),
                reverts_section(self.reverts, totals.reverts, keep=2),
                dependencies_section(self.dependencies, totals.dependencies, keep=3),
                TextSection(
                    items=commits, total=totals.commits, title="commits:", main=True, before=self.offset
                ),
                TextSection(items=files, total=totals.files, title="files:", keep=8),
            ],
            foot=self.freshness.line(),
            rest=f"{self.command} --json",
            more=self.rest_from,
        )
