"""`check`: what it may be asked, what it answers, and how that reads."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from memoryd.query.answers import PagedAnswer
from memoryd.query.requests import OptionalText, Path, Request
from memoryd.query.safe_text import one_line, safe_line
from memoryd.query.text.budget import Page, TextSection
from memoryd.query.text.lines import place

Severity = Literal["block", "warn", "info"]
Verdict = Literal["BLOCK", "WARN", "OK"]
_WORDS: dict[Severity, str] = {"block": "BLOCK", "warn": "WARN", "info": "info"}


class CheckRequest(Request, frozen=True, kw_only=True):
    """Is this change allowed? ``range``: ``A..B``, ``A...B`` (from their merge base) or one commit; ``staged``: what
    git would commit; ``diff``: the text of a unified diff; else what the work tree has that its commit has not.
    ``paths``: only these files, folders or globs of it."""

    range: OptionalText = ""
    staged: bool = False
    diff: Annotated[str, Meta(max_length=4_194_304)] | None = None
    paths: Annotated[tuple[Path, ...], Meta(max_length=1_000)] = ()
    index_file: OptionalText = ""


class CheckFinding(Struct, frozen=True):
    """``severity``: ``block`` (an executable rule that the project declares fails on what the change adds), ``warn``,
    ``info``. ``rule``: its name or kind; ``message``: what is wrong, in our words; ``quote``: the rule or the commit
    as written; ``source``: ``path:line`` of the rule, a sha, or a record's id. ``line`` 0: the file as a whole."""

    severity: Severity
    rule: str
    path: str
    line: int
    message: str
    quote: str
    source: str

    def label(self) -> str:
        first = f"{_WORDS[self.severity]} {place(self.path, self.line)} {self.message} [{self.rule}]"
        said = f"“{self.quote}”" if self.quote else ""
        second = " — ".join(part for part in (said, safe_line(self.source)) if part)
        return f"{first}\n    {second}" if second else first


class CheckAnswer(PagedAnswer, frozen=True):
    """``verdict``: BLOCK, WARN or OK. ``change``: what was checked, in words; ``files``: how many it has.
    ``checked``: the rules and questions that were put to it; ``not_checkable``: what could not be, each with why."""

    verdict: Verdict
    change: str
    files: int
    findings: tuple[CheckFinding, ...]
    checked: tuple[str, ...]
    not_checkable: tuple[str, ...]
    total: int = 0

    def page(self) -> Page:
        """The verdict and its reasons, then what was looked at and what could not be."""
        files = f"{self.files} changed file{'' if self.files == 1 else 's'}"
        counts = ", ".join(
            f"{count} {word}"
            for severity, word in (("block", "blocking"), ("warn", "to look at"), ("info", "to know"))
            if (count := sum(finding.severity == severity for finding in self.findings))
        )
        return Page(
            head=f"{self.verdict}: {safe_line(self.change)}, {files}" + (f"; {counts}" if counts else ""),
            sections=[
                TextSection(items=[f.label() for f in self.findings], total=self.total, main=True),
                TextSection(
                    items=[f"  {one_line(c)}" for c in self.not_checkable], title="not checkable:", keep=4
                ),
                TextSection(items=[f"  {one_line(c)}" for c in self.checked], title="checked:", keep=3),
            ],
            foot=self.freshness.line(),
            more=lambda shown: f"{self.command} --json",
            rest=f"{self.command} --json",
        )
