"""`conventions`: what it may be asked, what it answers, and how that reads."""

from __future__ import annotations

from msgspec import Struct

from memoryd.query.answers import Answer
from memoryd.query.requests import OptionalText, Request
from memoryd.query.safe_text import safe_line, safe_name
from memoryd.query.text.budget import Page, TextSection


class ConventionsRequest(Request, frozen=True, kw_only=True):
    """What holds nearly everywhere in ``path`` (a file, folder or glob; empty: the project)?"""

    path: OptionalText = ""


class ConventionItem(Struct, frozen=True):
    """``rule`` holds for ``share`` (0..1) of ``seen`` cases. ``sample``: which files or commits it was mined from,
    ``""``: all. ``examples``, ``exceptions``: up to three places each,
    ``path:line``, a sha or a path."""

    topic: str
    rule: str
    share: float
    seen: int
    examples: tuple[str, ...]
    exceptions: tuple[str, ...] = ()
    language: str = ""
    sample: str = ""

    def label(self) -> str:
        language = f" ({self.language})" if self.language else ""
        examples = f"\n    e.g. {', '.join(map(safe_line, self.examples))}" if self.examples else ""
        exceptions = f"; exceptions: {', '.join(map(safe_line, self.exceptions))}" if self.exceptions else ""
        share = f"{self.share:.0%} of {self.seen}" + (f", from {self.sample}" if self.sample else "")
        return f"{self.topic}{language}: {safe_line(self.rule)} — {share}{examples}{exceptions}"


class ConventionsAnswer(Answer, frozen=True):
    """The most general first. ``files``: how many were looked at."""

    path: str
    conventions: tuple[ConventionItem, ...]
    files: int
    total: int
    searched: str = ""

    def page(self) -> Page:
        where = f" of {safe_name(self.path)}" if self.path else ""
        if not self.conventions:
            return self.absence(f"No convention{where} holds widely enough to be named", self.searched)
        return Page(
            head=f"conventions{where}, mined from {self.files} files; what holds nearly everywhere",
            sections=[TextSection(items=[c.label() for c in self.conventions], total=self.total, main=True)],
            foot=self.freshness.line(),
            more=lambda shown: "memoryd conventions --json",
        )
