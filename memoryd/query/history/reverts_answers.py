"""`reverts`: what it may be asked, what it answers, and how that reads."""

from __future__ import annotations

from memoryd.query.answers import PagedAnswer
from memoryd.query.history.commit_items import RevertItem
from memoryd.query.requests import Limit, Offset, Request
from memoryd.query.text.budget import Page, TextSection


class RevertsRequest(Request, frozen=True, kw_only=True):
    """What was undone, newest first. ``deep``: compare patches too, where a message says that something was undone
    and not what."""

    deep: bool = False
    limit: Limit = 10_000
    offset: Offset = 0


class RevertsAnswer(PagedAnswer, frozen=True):
    """Newest first."""

    reverts: tuple[RevertItem, ...]
    total: int
    searched: str = ""

    def page(self) -> Page:
        if not self.reverts and not self.total:
            return self.absence("Nothing was reverted", self.searched)
        items = [item.label() for item in self.reverts]
        return Page(
            head=f"{self.total} reverts, newest first",
            sections=[TextSection(items=items, total=self.total, main=True, before=self.offset)],
            foot=self.freshness.line(),
            more=self.rest_from,
        )
