"""What a project declares in words about what a change touches: quoted for people, never a verdict of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from indexers.facts import ChangedFile
from memoryd.globs.paths import matcher
from memoryd.query.check.answers import CheckFinding
from memoryd.query.rules.change_case import Case, Rule, governs
from memoryd.query.rules.executors import added_dependencies
from memoryd.query.safe_text import quote, safe_line

MAX_REPORTED = 3
_DOCUMENTS = frozenset(("markdown", "text"))
_AGAINST = re.compile(
    r"\b(?:never|do not|don't|must not|mustn't|should not|shouldn't|avoid|forbidden)(?! (?:need|have to|worry|only)\b)"
    r"(?P<between>[^`.;:—–\n]{0,40})|\b(?:instead of|rather than)(?P<other>[^`.;:—–\n]{0,12})",
    re.IGNORECASE,
)
_LIST = re.compile(r"`([^`\n]{2,80})`(?:\s*(?:,|or|and|nor)\s*(?:or\s+)?)?")
_NEAR_CHARS = 14
_LIKE_CODE = re.compile(r"[A-Z_./:()@\-]\w|\w[_./:(@\-]")
_DEPENDENCY = re.compile(r"\b(?:dependenc(?:y|ies)|third[- ]party package)", re.IGNORECASE)


def prose(case: Case, rules: Sequence[Rule]) -> Iterator[CheckFinding]:
    """The sentences in scope that speak of what the change adds, the most telling first."""
    scored = []
    for rule in rules:
        sentence = _Sentence(rule) if rule.constraint.kind == "prose" else None
        if sentence and sentence.names_something:
            files = (file for file in governs(case, rule) if file.path != rule.path)
            score, line, file = max(
                ((*sentence.about(f), f) for f in files), key=lambda row: row[0], default=(0, 0, None)
            )
            if file:
                scored.append((score, rule, file, line))
    scored = [entry for entry in scored if entry[0]]
    for _, rule, file, line in sorted(scored, key=lambda row: (-row[0], row[1].path, row[1].constraint.line))[
        :MAX_REPORTED
    ]:
        constraint = rule.constraint
        yield CheckFinding(
            severity="warn" if constraint.severity == "warn" else "info",
            rule=safe_line(constraint.tool),
            path=file.path,
            line=line,
            message="a declared rule is about what changes here; only people can judge whether it is kept",
            quote=quote(constraint.quote, 300),
            source=rule.place,
        )


class _Sentence:
    """What a rule in words is against: code that an added line holds, a path that the file lies in, or a dependency
    where one is added. What a sentence asks for is no matter when it is there."""

    def __init__(self, rule: Rule) -> None:
        text = rule.constraint.quote
        self._codes = [(code, _occurs(code)) for code in unwanted(text)]
        self._dependencies = rule.constraint.severity == "warn" and bool(_DEPENDENCY.search(text))
        self.names_something = bool(self._codes) or self._dependencies

    def about(self, file: ChangedFile) -> tuple[int, int]:
        """(how much of it the change of a file is about, the line that says so)."""
        if file.new is not None and file.new.facts.language in _DOCUMENTS:
            return 0, 0
        score, at = 0, 0
        for code, fits in self._codes:
            came = [number for number, added in file.added if fits(added)]
            gone = sum(fits(removed) for _, removed in file.removed)
            line = came[gone] if len(came) > gone else 0
            if line or ("/" in code and f"/{code.strip('/')}/" in f"/{file.path}/"):
                score, at = score + 1, at or line
        new = added_dependencies(file) if self._dependencies else []
        return score + bool(new), at or (new[0][0] if new else 0)


def unwanted(sentence: str) -> list[str]:
    """The code, in back-ticks, that a sentence is against: what stands right behind a word of forbidding."""
    against: list[str] = []
    for match in _AGAINST.finditer(sentence):
        at = match.end()
        near = len(match["between"] or "") <= _NEAR_CHARS
        while (code := _LIST.match(sentence, at)) is not None:
            if near or _LIKE_CODE.search(code[1]):  # `error` may be any error, `os.exit` is one thing
                against.append(code[1])
            at = code.end()
    return against


def _occurs(code: str) -> Callable[[str], bool]:
    """Whether a line holds the code as a word of its own."""
    word = re.compile(rf"(?<![\w.]){re.escape(code.removesuffix('()'))}(?!\w)")
    return lambda line: bool(word.search(line[:2_000]))


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
