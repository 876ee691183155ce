"""`why`: what it may be asked, what it answers, and how that reads."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from memoryd.query.answers import Definition, PagedAnswer
from memoryd.query.history.commit_lines import ChangedLine
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
    ``tier``: declared evidence proposed. ``quote`` is the source's own words, ``note`` is ours about it.
    ``change``: what a commit behind an asked line did to it and the lines beside it."""

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
    change: tuple[ChangedLine, ...] = ()

    def label(self) -> str:
        at = place(self.path, self.line) if self.path else ""
        source = ", ".join(part for part in (at, self.sha[:SHA_CHARS], self.date, self.author) if part)
        tier = " (proposed, not confirmed)" if self.tier == "proposed" else ""
        note = f" ({self.note})" if self.note else ""
        first = f"{self.kind}{tier}: “{self.quote}”{note} — {source} {proof(self.method, self.confidence)}"
        return "\n".join([first, *(f"    {line.label()}" for line in self.change)])


_STATES = {
    "uncommitted": "newer than the last commit",
    "unknown": "git cannot tell which commit",
}


class WhyAnswer(PagedAnswer, frozen=True):
    """The commits behind the line that was asked about, then the most binding first; of one tier, the best of each
    kind before the rest. ``lines``: the first and last line that the question names, (0, 0) for none; ``line_state``:
    ``committed``, ``uncommitted`` (they are newer than the commit), ``unknown`` (git cannot say) or ``""``."""

    target: str
    definitions: tuple[Definition, ...]
    items: tuple[WhyItem, ...]
    total: int
    candidates: tuple[Definition, ...] = ()
    searched: str = ""
    lines: tuple[int, int] = (0, 0)
    line_state: Literal["", "committed", "uncommitted", "unknown"] = ""

    def page(self) -> Page:
        if self.candidates:
            return self.ambiguity(self.target, self.candidates)
        name = ", ".join(d.label() for d in self.definitions[:3]) or quote(self.target, 200)
        if not self.items:
            return self.absence(f"No reason is found for {name}", self.searched)
        items = [item.label() for item in self.items]
        return Page(
            head=f"why {name}{self._lines()}",
            sections=[TextSection(items=items, total=self.total, main=True, before=self.offset)],
            foot=self.freshness.line(),
            more=self.rest_from,
        )

    def _lines(self) -> str:
        first, last = self.lines
        if not first:
            return ""
        what = f"line {first}" if first == last else f"lines {first} to {last}"
        state = _STATES.get(self.line_state, "")
        return f", {what}: {state}" if state else f", {what}"
