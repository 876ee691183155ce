"""Is this change allowed? What the project declares is executed on what the change adds; what cannot be executed is
quoted; what the history knows is told. Only the first may block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from indexers.facts import Change
from indexers.secrets import redact_text
from memoryd.query.check.answers import CheckAnswer, CheckFinding, CheckRequest, Severity, Verdict
from memoryd.query.check.cochange_and_tests import cochanged_and_tests
from memoryd.query.check.decided_rules import DECIDED, RECORDED, decided_rules, without_place
from memoryd.query.check.from_history import past
from memoryd.query.check.quoted_rules import prose, reviewers
from memoryd.query.context import Context
from memoryd.query.rules.change_case import Case, Rule, Violation, governs
from memoryd.query.rules.executors import EXECUTORS, in_force
from memoryd.query.safe_text import quote, safe_line, safe_name

MAX_FINDINGS = 200
MAX_LISTED = 100  # entries of ``checked`` and ``not_checkable``
_ORDER: dict[Severity, int] = {"block": 0, "warn": 1, "info": 2}
_VERDICTS: dict[Severity, Verdict] = {"block": "BLOCK", "warn": "WARN", "info": "OK"}


def check(ctx: Context, request: CheckRequest, change: Change) -> CheckAnswer:
    """The verdict on ``change``. Reads the view's rules, code graph and history; runs nothing of the project."""
    case = Case(ctx, change)
    now, before = in_force(case)
    checked: dict[str, None] = {}
    found = [*_executed(case, now, checked), *_relaxed(case, before)]
    decided = decided_rules(ctx)
    found += [*prose(case, [*decided, *now]), *reviewers(case, now), *past(case, checked)]
    found += cochanged_and_tests(case, checked)
    found = sorted(dict.fromkeys(found), key=lambda f: (_ORDER[f.severity], f.path, f.line))
    unknown = [*_unread(case), *_unexecuted(case, [*now, *decided]), *without_place(ctx), *case.unknown]
    return CheckAnswer(
        ctx.freshness,
        verdict=_VERDICTS[found[0].severity if found else "info"],
        change=change.title,
        files=len(change.files) + len(change.left_out),
        findings=tuple(found[:MAX_FINDINGS]),
        checked=_listed(checked),
        not_checkable=_listed(dict.fromkeys(unknown)),
        total=len(found),
        truncated=len(found) > MAX_FINDINGS,
        command=_command(request),
    )


def _command(request: CheckRequest) -> str:
    if request.range:
        return f"memoryd check {request.range}"
    return "memoryd check --staged" if request.staged else "memoryd check"


def _executed(case: Case, rules: Iterable[Rule], checked: dict[str, None]) -> Iterator[CheckFinding]:
    """The rules that can be executed, on the files that they govern."""
    for rule in rules:
        if not is_executable(rule) or not any(True for _ in governs(case, rule)):
            continue
        checked[rule.title] = None
        for violation in EXECUTORS[rule.constraint.kind](case, rule):
            yield _finding(rule, violation, rule.constraint.severity if violation.certain else "warn")


def is_executable(rule: Rule) -> bool:
    """Code owners are no ban: they are told in one line."""
    constraint = rule.constraint
    return constraint.kind in EXECUTORS and not constraint.not_checkable and constraint.tool != "codeowners"


def _relaxed(case: Case, rules: Iterable[Rule]) -> Iterator[CheckFinding]:
    """Rules that this very change takes away or alters, where it would have broken them."""
    for rule in rules:
        if is_executable(rule):
            for violation in EXECUTORS[rule.constraint.kind](case, rule):
                message = f"{violation.message}: the same change alters the rule that forbids it"
                yield _finding(rule, Violation(violation.path, violation.line, message), "warn")


def _finding(rule: Rule, violation: Violation, severity: Severity) -> CheckFinding:
    said = rule.constraint.message or rule.constraint.quote
    return CheckFinding(
        severity=severity,
        rule=safe_line(f"{rule.constraint.tool}: {rule.constraint.name}")[:160],
        path=violation.path,
        line=violation.line,
        message=quote(violation.message, 300),
        quote=quote(said, 300),
        source=rule.place,
    )


def _unread(case: Case) -> Iterator[str]:
    """Files of the change that were not, or not wholly, understood."""
    yield from (safe_line(redact_text(said)) for said in case.change.unseen)
    for path, why in case.change.left_out:
        yield f"{safe_name(redact_text(path))}: {safe_line(why)}"
    for file in case.change.files:
        if file.problem:
            yield f"{safe_name(redact_text(file.path))}: {safe_line(file.problem)}"


def _unexecuted(case: Case, rules: Iterable[Rule]) -> Iterator[str]:
    """Rules that govern the change and that only people, or the tool itself, can judge; the sentences of one rules file
    are counted."""
    sentences: Counter[str] = Counter()
    for rule in rules:
        constraint = rule.constraint
        if constraint.tool == "codeowners" or not any(True for _ in governs(case, rule)):
            continue
        if constraint.kind == "prose" and constraint.tool not in (RECORDED, DECIDED):
            sentences[rule.path] += 1
        elif constraint.not_checkable:
            yield f"{rule.title}: {quote(constraint.not_checkable, 160)}"
    for path, count in sentences.items():
        yield f"{safe_name(path)}: {count} sentence{'s' if count > 1 else ''} that only people can judge"


def _listed(entries: dict[str, None]) -> tuple[str, ...]:
    shown = tuple(list(entries)[:MAX_LISTED])
    rest = len(entries) - len(shown)
    return (*shown, f"… and {rest} more") if rest else shown
