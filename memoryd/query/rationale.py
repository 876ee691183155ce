"""Which sentences say why: in commit messages and in comments. Heuristics over words, each with its limits."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

CommentKind = Literal["constraint", "debt", "comment"]
SERVED = 4  # a commit that scores as much is worth reading three times in four

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'`(])|\n\s*\n|\n(?=\s*[-*] )")
_DECISION = re.compile(
    r"\b(decided|instead of|rather than|in favou?r of|no longer|we (now|should|must|need)|switch(ed)? (to|from)"
    r"|replac(e|ed|es|ing)\b.{0,60}\b(with|by)|prefer(red)?|turn(s|ed) out|drop(ped)? support|revert(ed|s|ing)?"
    r"|on purpose|intentional(ly)?|deliberate(ly)?)\b",
    re.I,
)
_REASON = re.compile(
    r"\b(because|since it|since we|since the|so that|in order to|otherwise|to avoid|to prevent|to ensure|due to"
    r"|as it (would|might|could|can)|the reason|which (broke|breaks|caused|causes)|hence|therefore|this (way|means))\b",
    re.I,
)
_STRONG = re.compile(
    r"\b(makes? sense to|did ?n[o']t work|does ?n[o']t work|race condition|deadlock|regression|security|vulnerab\w+"
    r"|backwards?[- ]compatib\w+|breaking change|memory leak|data loss|workaround|never|must not)\b",
    re.I,
)
_WEAK = re.compile(
    r"\b(typo|lint|flake8|pep ?8|whitespace|formatting|isort|black|changelog|docs?|docstring|spelling|bump|merge)\b",
    re.I,
)
_ENTITY = re.compile(
    r"`[^`]+`|\b\w+\(\)|\b[a-z]+_[a-z_]+\b|\b[A-Z][a-z]+[A-Z]\w+|\b\w+\.(py|js|ts|go|rs|java|c|h)\b"
)
_BOT = re.compile(
    r"\[bot\]|dependabot|pre-commit[- ]ci|renovate|greenkeeper|^git-svn-id|\[pre-commit\.ci\]"
    r"|^(bump|update) \S+ from \S+ to",
    re.I | re.M,
)
_TRAILER = re.compile(
    r"^(Signed-off-by|Co-authored-by|Reviewed-by|Change-Id|git-svn-id|cherry picked from)\b.*$", re.I | re.M
)
_CHECKLIST = re.compile(r"^\s*[-*] \[[ xX]\].*$", re.M)

_CONSTRAINT = re.compile(
    r"\b(do not|don't|must(?: not|n't)?|never|always|cannot be|can't be|should not|shouldn't|intentional(ly)?"
    r"|deliberate(ly)?|on purpose|invariant|required? to be|has to be|have to be|needs? to be|only works? (if|when)"
    r"|(otherwise|else)\b.{0,80}\b(break|breaks|fail|fails|crash|crashes|leak|leaks|hang|hangs|raise|raises|lose|loses)"
    r"|important|careful|beware|caution|not thread[- ]safe|before\b.{0,40}\b(import|call|any)|for backwards? compat\w*"
    r"|work ?around|in this order|order matters|keep in sync|make sure)\b",
    re.I,
)
_DEBT = re.compile(r"\b(TODO|FIXME|HACK|XXX)\b")
_EXPLAINS = re.compile(
    r"\b(because|so that|in order to|to avoid|to prevent|due to|the reason|since (we|it|the))\b", re.I
)
_NO_PROSE = re.compile(
    r"^\s*(:|type: ?ignore|noqa|pragma|pylint|mypy|eslint|ts-|#!|-\*-|SPDX|Copyright|Licensed)", re.I
)
_CODE = re.compile(
    r"[;{}]\s*$|^\s*(def|class|import|from|return|if|for|while|print|var|let|const)\b.*[:;(]|^\s*@\w+"
    r"|\w+\(.*\)\s*$|^\s*[\w.]+ = "
)


class Rationale(Struct, frozen=True):
    """``score``: how likely the message says why (4 and more is worth serving); ``sentence``: where it does."""

    score: int
    sentence: str


def rationale(subject: str, body: str, author: str = "", only_docs_or_tests: bool = False) -> Rationale:
    """What a commit message says of its reasons; machine-made messages score below zero."""
    if _BOT.search(author) or _BOT.search(subject) or _BOT.search(body[:400]):
        return Rationale(-1, "")
    prose = _CHECKLIST.sub("", _TRAILER.sub("", body))
    sentences = [(subject, True), *((part.strip(), False) for part in _SENTENCE.split(prose)[:40])]
    best = Rationale(0, "")
    for number, (sentence, is_subject) in enumerate(sentences):
        follows = sentences[number + 1][0] if number + 1 < len(sentences) else ""
        score = _score(sentence, follows, is_subject) - 3 * only_docs_or_tests
        if score > best.score:
            best = Rationale(score, " ".join(sentence.split()))
    return best


def _score(sentence: str, follows: str, is_subject: bool) -> int:
    decision, reason = bool(_DECISION.search(sentence)), bool(_REASON.search(sentence))
    strong = bool(_STRONG.search(sentence))
    score = 2 * decision + 2 * reason + 2 * strong
    if not score:
        return 0
    score += bool(_REASON.search(follows)) and not reason
    score += bool(_ENTITY.search(sentence))
    score -= is_subject
    score -= len(sentence) < 40
    score -= 2 * bool(_WEAK.search(sentence))
    return score


def comment_kind(text: str) -> CommentKind | None:
    """What a comment is to someone who wants to change the code below it; None: nothing worth quoting."""
    if _NO_PROSE.match(text) or len(text) < 12 or _looks_like_code(text):
        return None
    if _DEBT.search(text):
        return "debt"
    if _CONSTRAINT.search(text):
        return "constraint"
    return "comment" if _EXPLAINS.search(text) else None


def _looks_like_code(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    return sum(bool(_CODE.search(line)) for line in lines) * 2 > len(lines)
