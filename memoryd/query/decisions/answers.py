"""`decisions`: what it may be asked, what it answers, and how that reads."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from memoryd.query.answers import PagedAnswer
from memoryd.query.decision_item import DecisionItem
from memoryd.query.requests import Limit, Offset, OptionalText, Request
from memoryd.query.safe_text import one_line, quote, safe_line, safe_text
from memoryd.query.text.budget import Page, TextSection
from memoryd.query.text.lines import wrapped

DecisionKind = Literal["adr", "decision", "lesson", "constraint", "convention", "rule"]

_HEALTH = {"in_doubt": "in doubt", "unlinked": "not compared with the code"}


class DecisionsRequest(Request, frozen=True, kw_only=True):
    """``topic``: words; ``path``: a file, folder or glob they are about; ``id``: one of them in full, its text from
    line ``offset`` on. ``kinds``: empty for all decisions and records, and what rules there are about ``topic`` or
    ``path``."""

    topic: OptionalText = ""
    path: OptionalText = ""
    status: OptionalText = ""
    id: OptionalText = ""
    kinds: Annotated[tuple[DecisionKind, ...], Meta(max_length=8)] = ()
    limit: Limit = 1_000
    offset: Offset = 0


class DecisionsAnswer(PagedAnswer, frozen=True):
    topic: str
    decisions: tuple[DecisionItem, ...]
    total: int
    searched: str = ""

    def page(self) -> Page:
        if len(self.decisions) == 1 and self.decisions[0].text:
            return self._in_full(self.decisions[0])
        about = f" about {quote(self.topic, 100)}" if self.topic else ""
        if not self.decisions and not self.total:
            return self.absence(f"No decision{about}", self.searched)
        return Page(
            head=f"{self.total} decisions{about}",
            sections=[
                TextSection(
                    items=[d.summary() for d in self.decisions],
                    total=self.total,
                    main=True,
                    before=self.offset,
                )
            ],
            foot=self.freshness.line(),
            more=self.rest_from,
        )

    def _in_full(self, d: DecisionItem) -> Page:
        named = [link.to for link in d.links] or d.scope
        scope = [f"about {safe_line(', '.join(named[:10]))}"] if named else []
        lines = [part for line in safe_text(d.text).splitlines() for part in wrapped(line, "  | ")]
        return Page(
            head="\n".join([d.summary().partition("\n")[0], *_relations(d), *scope]),
            sections=[
                TextSection(items=lines[self.offset :], total=len(lines), main=True, before=self.offset)
            ],
            foot=self.freshness.line(),
            more=self.rest_from,
        )


def _relations(d: DecisionItem) -> list[str]:
    """What it has to do with other decisions, and whether it still fits the code."""
    lines = [
        f"{relation} {safe_line(separator.join(others))}"
        for relation, others, separator in (
            ("supersedes", d.supersedes, ", "),
            ("superseded by", d.superseded_by, ", "),
            ("amended by", d.amended_by, ", "),
            ("conflicts with", d.conflicts_with, ", "),
            ("rejected alternatives:", d.alternatives, "; "),
        )
        if others
    ]
    reason = f", {one_line(d.reason)}" if d.reason else ""
    return [*lines, f"health: {_HEALTH.get(d.health, d.health)}{reason}"]
