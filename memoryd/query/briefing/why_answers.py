"""`why`: what it may be asked, what it answers, and how that reads."""

from __future__ import annotations

from msgspec import Struct

from memoryd.query.answers import Definition, PagedAnswer
from memoryd.query.requests import Limit, Offset, Request, TargetText
from memoryd.query.safe_text import quote
from memoryd.query.text.budget import Page, TextSection
from memoryd.query.text.lines import SHA_CHARS, place, proof


class WhyRequest(Request, frozen=True, kw_only=True):
    """Why is ``target`` as it is?"""

    target: TargetText
    limit: Limit = 50
    offset: Offset = 0


class WhyItem(Struct, frozen=True):
    """``kind``: record decision constraint trailer revert commit dependency fix deprecation debt comment changelog.
    ``tier``: declared evidence proposed. ``quote`` is the source's own words, ``note`` is ours about it."""

    kind: str
    quote: str
    path: str
    line: int
    sha: str
    date: str
    author: str
    confidence: float
    tier: str = "evidence"
    method: str = "exact"
    note: str = ""

    def label(self) -> str:
        at = place(self.path, self.line) if self.path else ""
        source = ", ".join(part for part in (at, self.sha[:SHA_CHARS], self.date, self.author) if part)
        tier = " (proposed, not confirmed)" if self.tier == "proposed" else ""
        note = f" ({self.note})" if self.note else ""
        return f"{self.kind}{tier}: “{self.quote}”{note} — {source} {proof(self.method, self.confidence)}"


class WhyAnswer(PagedAnswer, frozen=True):
    """The most binding first; of one tier, the best of each kind before the rest."""

    target: str
    definitions: tuple[Definition, ...]
    items: tuple[WhyItem, ...]
    total: int
    candidates: tuple[Definition, ...] = ()
    searched: str = ""

    def page(self) -> Page:
        if self.candidates:
            return self.ambiguity(self.target, self.candidates)
        name = ", ".join(d.label() for d in self.definitions[:3]) or quote(self.target, 200)
        if not self.items:
            return self.absence(f"No reason is written for {name}", self.searched)
        items = [item.label() for item in self.items]
        return Page(
            head=f"why {name}",
            sections=[TextSection(items=items, total=self.total, main=True, before=self.offset)],
            foot=self.freshness.line(),
            more=self.rest_from,
        )
