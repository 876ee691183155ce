"""What a project declares in words about what a change touches: quoted for people, never a verdict of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexers import terms
from indexers.facts import ChangedFile
from memoryd.query.check_answers import CheckFinding
from memoryd.query.check_case import Case, Rule, governs
from memoryd.query.globs import matcher
from memoryd.query.safe_text import quote, safe_line

MAX_TOLD = 5
_MIN_SHARED = 2  # words that a sentence and the change have in common, besides ordinary ones
_CODE = re.compile(r"`([^`\n]{2,80})`")
_COMMON = frozenset(
    terms.terms(
        "must never always do not use should code file files change changes test tests run make sure new add project"
    )
)


def prose(case: Case, rules: Sequence[Rule]) -> Iterator[CheckFinding]:
    """The sentences in scope that speak of what the change adds, the most telling first."""
    told = [rule for rule in rules if rule.constraint.kind == "prose" and rule.constraint.severity != "block"]
    scored = []
    for rule in told:
        files = [file for file in governs(case, rule) if file.path != rule.path]
        if files:
            score, file, line = max((_shared(case, rule, file) for file in files), key=lambda row: row[0])
            if score >= _MIN_SHARED:
                scored.append((score, rule, file, line))
    for _, rule, file, line in sorted(scored, key=lambda row: (-row[0], row[1].path, row[1].constraint.line))[
        :MAX_TOLD
    ]:
        constraint = rule.constraint
        yield CheckFinding(
            severity="warn" if constraint.severity == "warn" else "info",
            rule=safe_line(constraint.tool),
            path=file.path,
            line=line,
            message="a declared rule speaks of what changes here; only people can judge it",
            quote=quote(constraint.quote, 300),
            source=rule.place,
        )


def _shared(case: Case, rule: Rule, file: ChangedFile) -> tuple[int, ChangedFile, int]:
    """How much of a sentence the change of a file is about, and the added line that says so. Code in back-ticks that
    an added line holds counts double."""
    text = rule.constraint.quote
    words = set(terms.terms(text)) - _COMMON
    score, at = 0, 0
    for code in _CODE.findall(text):
        line = next((number for number, added in file.added if code.rstrip("()") in added), 0)
        score += 2 if line else 0
        at = at or line
    if not score:  # words alone are too easily shared by long files
        return 0, file, 0
    added = set(terms.terms(" ".join([file.path, *(line for _, line in file.added[:400])])))
    return score + min(len(words & added), 3), file, at


def reviewers(case: Case, rules: Sequence[Rule]) -> Iterator[CheckFinding]:
    """Who owns what the change touches: by CODEOWNERS the last line that fits a file counts."""
    owned = [rule for rule in rules if rule.constraint.tool == "codeowners"]
    tests = [(rule, [matcher(glob) for glob in rule.constraint.subject]) for rule in owned]
    by_owner: dict[str, list[tuple[str, Rule]]] = {}
    for file in case.change.files:
        fitting = [rule for rule, globs in tests if any(test(file.path) for test in globs)]
        if fitting:
            by_owner.setdefault(" ".join(fitting[-1].constraint.target[:5]), []).append(
                (file.path, fitting[-1])
            )
    for owner, entries in sorted(by_owner.items(), key=lambda row: -len(row[1]))[:3]:
        path, rule = entries[0]
        yield CheckFinding(
            severity="info",
            rule="codeowners",
            path=path,
            line=0,
            message=safe_line(
                f"{owner} owns this" + (f" and {len(entries) - 1} more files" if entries[1:] else "")
            ),
            quote=quote(rule.constraint.quote, 200),
            source=rule.place,
        )
