"""How the answer to `check` reads."""

from __future__ import annotations

from memoryd.query.check.answers import CheckAnswer, CheckFinding
from memoryd.query.safe_text import safe_line
from memoryd.query.text.budget import Page, Section
from memoryd.query.text.texts import freshness

_WORDS = {"block": "BLOCK", "warn": "WARN", "info": "info"}


def check(answer: CheckAnswer) -> Page:
    """The verdict and its reasons, then what was looked at and what could not be."""
    files = f"{answer.files} changed file{'' if answer.files == 1 else 's'}"
    counts = ", ".join(
        f"{count} {word}"
        for severity, word in (("block", "blocking"), ("warn", "to look at"), ("info", "to know"))
        if (count := sum(finding.severity == severity for finding in answer.findings))
    )
    return Page(
        head=f"{answer.verdict}: {safe_line(answer.change)}, {files}" + (f"; {counts}" if counts else ""),
        sections=[
            Section(items=[_finding(f) for f in answer.findings], total=answer.total, main=True),
            Section(
                items=[f"  {safe_line(c)}" for c in answer.not_checkable], title="not checkable:", keep=4
            ),
            Section(items=[f"  {safe_line(c)}" for c in answer.checked], title="checked:", keep=3),
        ],
        foot=freshness(answer.freshness),
        more=lambda shown: f"{answer.command} --json",
        rest=f"{answer.command} --json",
    )


def _finding(finding: CheckFinding) -> str:
    place = f"{safe_line(finding.path)}:{finding.line}" if finding.line else safe_line(finding.path)
    first = f"{_WORDS[finding.severity]} {place} {finding.message} [{finding.rule}]"
    said = f"“{finding.quote}”" if finding.quote else ""
    second = " — ".join(part for part in (said, safe_line(finding.source)) if part)
    return f"{first}\n    {second}" if second else first
