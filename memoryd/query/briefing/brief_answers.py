"""`brief`: what it may be asked, what it answers, and how that reads."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from memoryd.query.answers import PagedAnswer, shortened
from memoryd.query.requests import LongText, MaxTokens, Path, Request
from memoryd.query.safe_text import quote
from memoryd.query.text.budget import Page, TextSection
from memoryd.query.text.lines import proof

_PLACES = frozenset(("code", "file", "dependent", "test"))  # kinds of items that are places
_CHANGES = frozenset(("precedent", "similar"))


class BriefRequest(Request, frozen=True, kw_only=True):
    """What to know before ``task``. The server hands the common ``max_tokens`` on to this one."""

    task: LongText
    paths: Annotated[tuple[Path, ...], Meta(max_length=20)] = ()
    max_tokens: MaxTokens = 1_500


class BriefItem(Struct, frozen=True):
    """One line of a brief. ``text`` is quoted data; ``source``: ``path``, ``path:line``, ``path:first-last``, a sha or
    a record id. ``kind``: rule, a decision's kind, precedent (the past change to follow), similar (one that may be it),
    absence, revert, constraint, deprecation, debt, code (a function or type), file, dependent, test, convention,
    commit. ``files``: of a past change, as they are called now."""

    text: str
    source: str
    kind: str
    confidence: float
    method: str = "exact"
    files: tuple[str, ...] = ()

    def label(self) -> str:
        """Places first name themselves, statements are followed by who makes them."""
        if self.kind in _CHANGES:
            return f"{self.source} {self.text} {proof(self.method, self.confidence)}"
        parts = (self.source, self.text) if self.kind in _PLACES else (self.text, self.source)
        return f"{' — '.join(part for part in parts if part)} {proof(self.method, self.confidence)}"


class BriefSection(Struct, frozen=True):
    title: str
    items: tuple[BriefItem, ...]
    total: int


class BriefAnswer(PagedAnswer, frozen=True):
    """Sections in order of authority; a section with nothing relevant is absent."""

    task: str
    sections: tuple[BriefSection, ...]
    searched: str = ""

    def page(self) -> Page:
        if not self.sections:
            return self.absence(
                f"Nothing in the project matches the task: {quote(self.task, 100)}", self.searched
            )
        return Page(
            head=f"brief: {quote(self.task, 160)}",
            sections=[
                TextSection(
                    items=[f"  {item.label()}" for item in section.items],
                    total=section.total,
                    title=f"{section.title}:",
                    keep=4,
                )
                for section in self.sections
            ],
            foot=self.freshness.line(),
            more=lambda shown: shortened(self.command, self.task),
        )
