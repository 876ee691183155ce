"""`cochange`: what it may be asked, what it answers, and how that reads."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from memoryd.query.answers import PagedAnswer
from memoryd.query.requests import Request, TargetText
from memoryd.query.safe_text import quote, safe_name
from memoryd.query.text.budget import Page, TextSection
from memoryd.query.text.lines import proof

MIN_SUPPORT = 3  # fewer common commits are not worth a line
MIN_SCORE = 0.1


class CochangeRequest(Request, frozen=True, kw_only=True):
    """What changes together with ``target`` (a path or a symbol's file)? ``k``: how many files."""

    target: TargetText
    k: Annotated[int, Meta(ge=1, le=1_000)] = 10


class CochangeItem(Struct, frozen=True):
    """A file that changed in ``support`` of the target's ``commits``, those over more than 30 files left out.
    ``explained``: a static edge exists too."""

    path: str
    score: float
    support: int
    explained: bool = False
    commits: int = 0

    def label(self) -> str:
        hidden = "" if self.explained else ", not connected in the code graph"
        often = f"in {self.support} of {self.commits} commits"
        return f"{safe_name(self.path)} changed together {often}{hidden} {proof('history', self.score)}"


class CochangeAnswer(PagedAnswer, frozen=True):
    """What changes together with ``target``, strongest first. ``commits``: on the target, all counted; ``searched``:
    which of them the files are counted in, in words."""

    target: str
    files: tuple[CochangeItem, ...]
    commits: int
    total: int
    searched: str = ""

    def page(self) -> Page:
        if not self.files:
            return self.absence(
                f"No file is seen to change together with {quote(self.target, 200)}", self.searched
            )
        hidden_first = sorted(
            self.files,
            key=lambda item: item.explained or not is_often(item.score, item.support, item.commits),
        )
        return Page(
            head=f"{self.total} files changed with {quote(self.target, 200)} in {self.searched};"
            " strongest first: late commits weigh more, documents beside code less",
            sections=[
                TextSection(items=[f"  {item.label()}" for item in hidden_first], total=self.total, main=True)
            ],
            foot=self.freshness.line(),
            more=lambda shown: f"{self.command} -k {min(1_000, self.total)} --json",
        )


def is_often(score: float, support: int, commits: int) -> bool:
    """Whether files changed together often enough to mean something, lately and in all."""
    return support >= MIN_SUPPORT and score >= MIN_SCORE and support >= MIN_SCORE * commits
