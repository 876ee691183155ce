"""`hotspots`: what it may be asked, what it answers, and how that reads."""

from __future__ import annotations

from msgspec import Struct

from memoryd.query.answers import Answer
from memoryd.query.requests import Limit, OptionalText, Request
from memoryd.query.safe_text import safe_name
from memoryd.query.text.budget import Page, TextSection
from memoryd.query.text.lines import place


class HotspotsRequest(Request, frozen=True, kw_only=True):
    """Where do change and size meet in ``path`` (a file, folder or glob; empty: the project), and who knows it?"""

    path: OptionalText = ""
    limit: Limit = 20


class OwnerItem(Struct, frozen=True):
    """``share``: part of the commits on the target's files, 0..1."""

    name: str
    commits: int
    share: float
    last_date: str

    def label(self) -> str:
        return f"{safe_name(self.name)} {self.commits} commits ({self.share:.0%}), last {self.last_date}"


class HotspotItem(Struct, frozen=True):
    """``score`` 0..1: recent changes times size, relative to the worst. ``commits``: all that changed the file."""

    path: str
    score: float
    commits: int
    lines: int
    last_date: str
    owners: tuple[OwnerItem, ...]

    def label(self) -> str:
        owner = f", mostly {self.owners[0].name} ({self.owners[0].share:.0%})" if self.owners else ""
        counts = f"{self.commits} commits, {self.lines} lines, last {self.last_date}"
        return f"{place(self.path, 0)} {counts}{owner} [history {self.score:.2f}]"


class HotspotsAnswer(Answer, frozen=True):
    """Where change and size meet, worst first. ``owners``: of the whole folder."""

    path: str
    hotspots: tuple[HotspotItem, ...]
    owners: tuple[OwnerItem, ...]
    total: int
    searched: str = ""

    def page(self) -> Page:
        where = f" of {safe_name(self.path)}" if self.path else ""
        if not self.hotspots:
            return self.absence(f"No hot spot{where}", self.searched)
        return Page(
            head=f"hot spots{where}: recent changes × size, relative to the worst",
            sections=[
                TextSection(items=[h.label() for h in self.hotspots], total=self.total, main=True),
                TextSection(
                    items=[f"  {owner.label()}" for owner in self.owners],
                    title="most commits by:",
                    keep=3,
                ),
            ],
            foot=self.freshness.line(),
            more=lambda shown: "memoryd hotspots --json",
        )
