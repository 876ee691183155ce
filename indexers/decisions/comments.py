"""Comments that bind whoever changes the code below them, and tags of debt: a file's comments -> Evidence.

A sentence scores by what it says: a demand or an intention 2, words that may be mere narration 1, a workaround 2, a
grave consequence 2, another reason or condition 1, a word of warning 1. Documentation of an interface and remarks in
tests have to say more.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indexers.facts import Comment, Evidence, FileFacts

SERVED = 3
MAX_PER_FILE = 300
MAX_QUOTE_CHARS = 400
_READ_CHARS = 4_000
_MIN_CHARS = 20
_MIN_REASON_CHARS = 40

_TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|testing|specs?|__tests__|examples?)/|(?:^|/)test_|[._]test\.|_spec\.|Tests?\.\w+$"
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'`(*])|\n\s*\n|\n(?=\s*(?:[-*+•]|\d{1,2}[.)]) )")
_HARD = re.compile(
    r"(?:(?:\A|[.;:!,(] |[-–—] |\b(?:please|so|and|but|hence|thus|therefore|also|note that you"
    r"|you) )(?:(?:do not|don't|dont)(?! (?:bother|do anything|care|know|have|yet|find|need|worry))"
    r"|never(?! (?:connected|seen|reached|happens?))(?![-\w])|be (?:very )?(?:careful|aware)|be sure to"
    r"|beware|take care|remember to)"
    r"|\b(?:must(?: not|n't| never| always)?|mustn't|(?:should|may|shall) (?:not|never)|shouldn't|shall"
    r"|cannot safely"
    r"|can(?:not|'t) (?:be (?:used|called|changed|removed|moved|shared|reused|modified|done|imported|null"
    r"|empty|negative)|use|call"
    r"|rely|assume|simply|just|import|do (?:this|that))|(?:is|are) not allowed to|not safe to|unsafe to"
    r"|it(?:'s| is) (?:important"
    r"|vital|essential|critical|crucial|necessary|required) (?:that|to|we)|(?:has|have) to (?:be|come"
    r"|happen|run|stay|remain|match)"
    r"|required (?:to be|by|for|so|because)|only (?:works?|valid|safe|supported) (?:if|when|for|with|on|in)"
    r"|(?:keep|kept|stay|be) (?:this |these |it |them |in )*in(?: |-)sync|order (?:here )?(?:is important|matters)"
    r"|in this (?:exact )?order|invariant|not thread[- ]?safe|(?:hold|holding|held|without) the \w*lock"
    r"|intentional(?:ly)?|deliberate(?:ly)?|on purpose|purposely|purposefully|by design|explicitly (?:not"
    r"|don't|do not|avoid)"
    r"|not a (?:bug|mistake|typo)|this is (?:important|necessary|essential|crucial)|important(?:ly)?:"
    r"|we (?:can't|cannot|must|don't want|do not want)))\b",
    re.I,
)
_SOFT = re.compile(
    r"\b(?:never|always|don't|do not|can't|cannot|should(?: be)?|needs?|need to|have to|has to|only"
    r"|make sure|ensure|avoid|keep"
    r"|leave|no need to|not needed|ignore)\b",
    re.I,
)
_GRAVE = re.compile(
    r"\b(?:or else|because|would (?:be|break|cause|lead|result|fail|otherwise|have|raise|crash|leak|hang"
    r"|not|never|lose)"
    r"|will (?:break|fail|crash|leak|hang|raise|cause|be lost|lose|deadlock|not work)|break(?:s|ing)?"
    r"|dead ?locks?|race conditions?"
    r"|races?|leak(?:s|ing)?|crash(?:es)?|corrupt\w*|security|vulnerab\w*|data loss|infinite|recursion"
    r"|circular|incompatib\w*"
    r"|undefined behaviou?r|regress(?:ion|es)|los[et]|wrong(?:ly)?|unsafe)\b",
    re.I,
)
_REASON = re.compile(
    r"\b(?:otherwise|since (?!v?\d)|so (?:that|we|it|as|this|they|don't|do not)|to (?:avoid|prevent"
    r"|ensure|make sure|guarantee|work around)"
    r"|in order to|due to|as (?:it|this|that|we|they|there) (?:would|will|may|might|can|could|is|are|has"
    r"|have|does|do)"
    r"|which (?:would|will|may|might|could|can|means|breaks|causes)|fails? (?:to|if|when|on|with)"
    r"|even (?:if|though|when)|unless"
    r"|rather than|instead of|until|before|after)\b",
    re.I,
)
_WORKAROUND = re.compile(
    r"\b(?:work-?around|works? around|working around|(?:for )?backwards?[- ]compat\w*|for compatibility"
    r"|kept for|legacy (?:reasons?|behaviou?r)"
    r"|bug in|buggy|broken (?:in|on)|hack (?:for|to|around)|kludge|quirk)",
    re.I,
)
_WARNING = re.compile(
    r"\b(?:NOTE|NB|N\.B\.|IMPORTANT|WARNING|CAUTION|ATTENTION|DANGER|SAFETY|CAREFUL|BEWARE|caveat|careful|beware)\b"
)
_OR_ELSE = re.compile(r"\b(?:otherwise|or else)\b", re.I)
_NARRATION = re.compile(
    r"\A(?:otherwise|if|when|while|unless|either|sometimes|for (?:this|some|each|every)|check|set|see|now"
    r"|next|then|else|in (?:this"
    r"|that|such) case|at this point|once|here|first|finally|there must|return|given|try)\b,?",
    re.I,
)
_NO_DEMAND = re.compile(
    r"\b(?:(?:do|does|did|is|are|was|would)(?: not|n't) (?:need|necessary|care|matter)|no need"
    r"|never (?:called|reached|happens?)"
    r"|(?:regression )?tests? (?:for|that|of)\b.{0,20}\bbugs?|regression (?:test|guard)s?)\b",
    re.I,
)
_EXPECTED = re.compile(r"\b(?:should(?:n't| not| never)|shall|there must|must (?:not )?be any)\b", re.I)
_REFERENCE = re.compile(
    r"@(?:param|returns?|throws|see|since|link)\b|</?\w{1,10}\s?/?>|:(?:param|returns?|raises)\b"
)
_EXPLAINS = re.compile(
    r"\b(?:because|so that|in order to|to avoid|to prevent|due to|the reason|since (?:we|it|the))\b", re.I
)
_REMARK = re.compile(
    r"\A(?:NOTE|NB|N\.B\.|IMPORTANT|WARNING|CAUTION|ATTENTION|DANGER|SAFETY|CAREFUL|BEWARE)\b[^a-z]{0,3}"
)
_DEBT = re.compile(r"(?:\A|[\s(\[*-])@?(TODO|FIXME|HACK|XXX)\b(?![\w-])[(:\s]?")
_NO_PROSE = re.compile(
    r"\A\W{0,3}(?::|type: ?ignore|noqa|nosec|nolint|noinspection|pragma|pylint|pyright|mypy|ruff:|fmt:"
    r"|isort|flake8|yapf"
    r"|eslint|ts-|tslint|prettier|istanbul|c8 |biome|clang-format|clippy|rustfmt|go:|\+build|cspell"
    r"|spellchecker|codespell"
    r"|@ts-|@(?:param|returns?|throws|type|see|since|author|deprecated|example|link|code|internal|private"
    r"|public|override|todo)"
    r"|region|endregion|#!|!|-\*-|vim?:|ex:|coding[:=]|SPDX|copyright|\(c\)|©|licen[cs]ed?|all rights"
    r"|this (?:file|program|software"
    r"|code|source|library) is|permission is|redistribution|generated|code generated|autogenerated|do not edit"
    r"|example|examples|usage|e\.g\.|see\b|ref:|https?://)",
    re.I,
)
_LICENCE = re.compile(
    r"\b(?:copyright|licen[cs]e[ds]?|warrant(?:y|ies)|as[- ]is|SPDX|redistribut\w+|all rights reserved"
    r"|merchantability)\b",
    re.I,
)
_CODE = re.compile(
    r"[;{}]\s*$|^\s*(?:def|class|import|from|return|if|else|elif|for|while|print|var|let|const|func|fn"
    r"|pub|try|except|static|int|void"
    r"|assert|raise|switch|case|export|public|private)\b.*[:;({=]\s*$|^\s*[@#]\w+[\w.]*(?:\(.*)?$"
    r"|^\s*[\w.>\-\[\]]{1,80}\(.*\)\s*[,;:]?$"
    r"|^\s*[\w.\[\]'\"]+\s*(?:[-+*/|]?=|:=|=>|<-)\s*\S|^\s*[<>|+=\-\\/*#~_.]{3,}|^\s*(?:\$|>>>|\.\.\.) |^\s*</?\w+",
)
_WORD = re.compile(r"[A-Za-z]{2,}")


def evidence(path: str, facts: FileFacts, text: bytes) -> Iterator[Evidence]:
    """``constraint``, ``reason`` and ``debt`` of the file's comments, in its order. ``text``: the bytes of the facts.
    The head of a file (licences), commented-out code and directives of tools say nothing."""
    lines = text.splitlines()
    in_test = bool(_TEST_PATH.search(path))
    found = 0
    for comment in facts.comments:
        if found >= MAX_PER_FILE:
            return
        marker = lines[comment.line - 1].lstrip()[:4] if comment.line <= len(lines) else b""
        read = _read(comment, _is_documentation(facts.language, marker, comment, facts), in_test)
        if read:
            found += 1
            yield read


def _read(comment: Comment, is_doc: bool, in_test: bool) -> Evidence | None:
    text = comment.text[:_READ_CHARS]
    if _NO_PROSE.match(text) or (comment.line <= 30 and _LICENCE.search(text)) or _is_code(text):
        return None
    tag = _DEBT.search(text)
    if tag:
        line = comment.line + text.count("\n", 0, tag.start(1))
        return Evidence(
            "debt", _bounded(text[tag.start(1) :]), line, comment.end_line, comment.scope, 1, tag[1]
        )
    best = max(_scored(text, in_test), key=lambda found: found[0], default=(0, 0, ""))
    points, line, quote = best
    if points < SERVED + is_doc + 2 * in_test:
        reason = None if is_doc or in_test else _EXPLAINS.search(text)
        return _reason(comment, text, reason.start()) if reason else None
    return Evidence("constraint", quote, comment.line + line, comment.end_line, comment.scope, points)


def _reason(comment: Comment, text: str, at: int) -> Evidence | None:
    """The sentence around ``at``, which explains; None when it is hardly one."""
    start = 0
    for part in _SENTENCE.split(text):
        start = text.index(part, start)
        if start <= at < start + len(part):
            line = comment.line + text.count("\n", 0, start)
            if len(part) < _MIN_REASON_CHARS or _is_code(part) or _REFERENCE.search(part):
                return None
            return Evidence("reason", _bounded(part), line, comment.end_line, comment.scope, 1)
        start += len(part)
    return None


def _scored(text: str, in_test: bool) -> Iterator[tuple[int, int, str]]:
    """(score, line inside the comment, the sentence) of each sentence that is prose."""
    at = 0
    for part in _SENTENCE.split(text):
        at = text.index(part, at)
        line = text.count("\n", 0, at)
        at += len(part)
        plain = " ".join(part.split())
        if (
            len(plain) >= _MIN_CHARS
            and len(_WORD.findall(plain)) >= 4
            and not (_is_code(part) or _REFERENCE.search(part))
        ):
            yield score(plain, in_test), line, _bounded(part)


def score(sentence: str, in_test: bool = False) -> int:
    """How surely the sentence binds its reader; SERVED and more is worth quoting. Questions bind nobody."""
    bare = _REMARK.sub("", sentence)
    opening = _NARRATION.match(bare)
    said = _NO_DEMAND.sub("", bare[opening.end() :] if opening else bare)
    if in_test:
        said = _EXPECTED.sub("", said)  # what the test is about, no demand on its reader
    hard = bool(_HARD.search(said))
    points = 2 * hard or 1 * bool(_SOFT.search(said))
    points += 2 * bool(_WORKAROUND.search(said))
    if not points:
        return 0
    grave = bool(_GRAVE.search(said)) or (hard and bool(_OR_ELSE.search(said)))
    points += 2 * grave or 1 * bool(_REASON.search(said))
    return (
        points + bool(_WARNING.search(sentence)) - bool(opening) - 2 * bare.endswith("?") - (len(bare) < 30)
    )


def _is_documentation(language: str, marker: bytes, comment: Comment, facts: FileFacts) -> bool:
    """Comments of an interface, by their marker, or in Go by standing right above a definition."""
    if marker.startswith((b"/**", b"///", b"//!", b"/*!", b"#:", b"*", b'"""', b"'''", b'r"""')):
        return True
    return language == "go" and any(symbol.line == comment.end_line + 1 for symbol in facts.symbols)


def _is_code(text: str) -> bool:
    lines = [line for line in text.splitlines() if line.strip()]
    return sum(bool(_CODE.search(line)) for line in lines) * 2 >= max(1, len(lines))


def _bounded(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= MAX_QUOTE_CHARS else f"{plain[: MAX_QUOTE_CHARS - 1]}…"


def of_kind(found: Iterable[Evidence], kind: str) -> list[Evidence]:
    """Those of one kind, in their order."""
    return [entry for entry in found if entry.kind == kind]
