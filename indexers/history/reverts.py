"""What a commit says that it undoes: its message -> CommitNote values. Which commit is meant is the reader's
business: only a view knows which commits there are.

Words quoted in front of a commit's own (``Revert "Revert …"``) are somebody else's: only the outermost counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import blake2b

from indexers.facts import Commit, CommitNote
from indexers.history.bookkeeping import by_machine, is_ledger, is_release, is_upkeep

MAX_CLAIMS = 200  # of one message; a squash of a long branch quotes many
MAX_REASON_CHARS = 400
_READ_CHARS = 65_536
_SHA = r"[0-9a-f]{7,64}"
_VERB = (
    r"(?:re-?vert(?:s|ing|ed)?|backs? ?out|backed out|backing out|undo(?:es|ing)?|rolls? back|rolled back)"
)
_STATED = re.compile(
    rf"(?<![\w/\"“'])(?P<verb>{_VERB})[ \n](?:of )?(?:the |part of |parts of |most of |git )?"
    rf"(?:commits?|changesets?|changes? (?:in|from|made in|of)|revs?|revisions?|sha)?:?[ \n]*[`\"(\[]?"
    rf"(?P<shas>{_SHA}(?:(?:,|,? and|,? &)?[ \n]+(?:commit )?{_SHA}){{0,20}})\b",
    re.I,
)
_AFTER_TITLE = re.compile(rf"\ARevert[: ].{{1,300}}[(\[]\s*(?:commit )?({_SHA})\s*[)\]]", re.I)
_PULL = re.compile(
    rf"(?<![\w\"“'])(?P<verb>{_VERB})[ \n]+(?:the )?(?:(?:pr|pull request|pull|merge request|mr)[ \n]*)?"
    r"(?:[\w.-]{1,60}/[\w.-]{1,100})?(?P<mark>[#!])(?P<number>\d{1,7})\b",
    re.I,
)
_TITLE = re.compile(r"\A(?:\[[^\]]{1,40}\]\s*)?Re-?vert(?:ed|s|ing)?:?\s+[\"“'`](?P<title>.+)", re.I)
_CONVENTIONAL = re.compile(r"\Arevert(?:\([^)]{0,60}\))?!?:\s+(?P<title>\S.+)", re.I)
_PULL_SUFFIX = re.compile(r"(?:(?<!\s)\s+)?\((?:[\w./-]{0,100}#|gh-|!)\d{1,7}\)\s*\Z")
_QUOTE_END = re.compile(r"[\"”'`]\s*\.?\Z")
_NOT_DONE = re.compile(
    r"\b(?:not|never|n't|cannot|can|could|may|might|should|would|to|if|wrongly|accidentally|mistakenly"
    r"|previously|was|were"
    r"|been|be|which|that|after|since|before|needs?|needed|revert)\s+\Z",
    re.I,
)
_DONE = re.compile(r"\b(?:this|and|also|partially|partly|temporarily|simply)\s+\Z", re.I)
_PICKED = re.compile(rf"cherry[- ]picked from commit ({_SHA})", re.I)
_FIXES = re.compile(
    rf"^(?:fixes|fixes commit|fix for|fixup for|introduced (?:in|by)|broken (?:in|by|since)"
    rf"|regression (?:from|in|since"
    rf"|introduced (?:in|by))):?[ ]+(?:commit )?`?({_SHA})\b(?![\w/.#-])",
    re.I | re.M,
)
_INLINE_FIXES = re.compile(
    rf"\b(?:regression|bug|breakage) (?:from|introduced (?:in|by)|caused by|since) (?:commit )?`?({_SHA})\b",
    re.I,
)
_STATEMENT = re.compile(rf"^[ \t>*-]*(?:this )?{_VERB}\b.{{0,200}}$", re.I | re.M)
_NO_REASON = re.compile(
    r"\A(?:[-*#>]|signed-off|co-authored|reviewed-by|change-id|acked-by|cc:|conflicts?:|\(cherry picked"
    r"|this reverts"
    r"|reverts |---|reversing|git-svn-id|see |https?://|closes |fixes #|refs? |pull request)",
    re.I,
)


def notes(commit: Commit) -> Iterator[CommitNote]:
    """``revert`` notes (``how``: ``stated`` with a sha as subject, ``pull`` with ``#123``, ``text`` with the target's
    title), ``picked`` (the commit that this one copies) and ``fixes`` (the commit whose fault it mends). Explicit
    words only."""
    body = commit.body[:_READ_CHARS]
    claims = [*_stated(commit.subject, body), *_titled(commit.subject)]
    reason = reason_of(body) if claims else ""
    for how, subject in claims[:MAX_CLAIMS]:
        yield CommitNote("revert", subject, how, reason)
    for sha in dict.fromkeys(match[1].lower() for match in _PICKED.finditer(body)):
        yield CommitNote("picked", sha)
    for sha in _fixed(body):
        yield CommitNote("fixes", sha)


def _stated(subject: str, body: str) -> Iterator[tuple[str, str]]:
    found = [sha for text in (subject, body) for sha in _shas(text)]
    found += [match[1].lower() for match in _AFTER_TITLE.finditer(subject)]
    for sha in dict.fromkeys(found):
        if _is_hex_word(sha):
            yield "stated", sha
    for text in (subject, body):
        for match in _PULL.finditer(text):
            if not _is_denied(text, match):
                yield "pull", f"#{match['number']}"


def _shas(text: str) -> Iterator[str]:
    for match in _STATED.finditer(text):
        if not _is_denied(text, match):
            yield from re.findall(rf"\b{_SHA}\b", match["shas"].lower())


def _titled(subject: str) -> Iterator[tuple[str, str]]:
    """The title inside ``Revert "…"`` or behind ``revert: ``; one that was cut with ``…`` is kept as it is."""
    bare = _PULL_SUFFIX.sub("", subject)
    match = _TITLE.match(bare)
    if match:
        yield "text", _QUOTE_END.sub("", match["title"])
    elif (match := _CONVENTIONAL.match(bare)) and len(match["title"].split()) > 1:
        yield "text", match["title"]


def _is_hex_word(sha: str) -> bool:
    """Not a plain number or word that happens to be hex (``1234567``, ``defaced``)."""
    return len(sha) >= 12 or (any(char.isdigit() for char in sha) and any(char.isalpha() for char in sha))


def _is_denied(text: str, match: re.Match[str]) -> bool:
    """The words before say that it was not this commit that undid something, or that nothing was undone."""
    before = text[max(0, match.start() - 24) : match.start()]
    return bool(_NOT_DONE.search(before)) and not _DONE.search(before)


def _fixed(body: str) -> list[str]:
    found = [match[1].lower() for match in (*_FIXES.finditer(body), *_INLINE_FIXES.finditer(body))]
    return [sha for sha in dict.fromkeys(found) if _is_hex_word(sha)]


def reason_of(body: str) -> str:
    """The first paragraph of the body that says more than what is undone; bounded, ``""`` for none."""
    for paragraph in re.split(r"\n(?:[^\S\n]*\n)+", body):
        kept = _STATEMENT.sub(_rest_of_statement, paragraph).strip()
        text = " ".join(kept.split())
        if len(text) >= 15 and not _NO_REASON.match(text):
            return text[:MAX_REASON_CHARS]
    return ""


def _rest_of_statement(match: re.Match[str]) -> str:
    """What stands behind the sha in the line that names it."""
    line = match[0]
    shas = list(re.finditer(rf"\b{_SHA}\b|#\d+", line))
    return line[shas[-1].end() :].lstrip(" .,;:)\"'`-") if shas else ("" if len(line) < 60 else line)


def effects(commit: Commit) -> tuple[int, int]:
    """(key of what the commit does, key of what would undo it), 63 bits: a commit whose first key is the second of
    an earlier one turns its files back to the very bytes. Change logs and lock files do not count. Both are odd when
    files only came or went as wholes. (0, 0) for machines, releases and lint, whose changes come and go."""
    if by_machine(commit) or is_release(commit.subject) or is_upkeep(commit.subject):
        return 0, 0
    changes = [c for c in commit.changes if c.old_blob != c.new_blob and not is_ledger(c.path)]
    if not changes:
        return 0, 0
    whole = all(not c.old_blob or not c.new_blob for c in changes)
    done = sorted((c.old_path or c.path, c.path, c.old_blob, c.new_blob) for c in changes)
    undone = sorted((c.path, c.old_path or c.path, c.new_blob, c.old_blob) for c in changes)
    return _key(done, whole), _key(undone, whole)


def _key(rows: list[tuple[str, str, str, str]], odd: bool) -> int:
    text = "\0".join(part for row in rows for part in row)
    number = (
        int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") >> 1
    )
    return number | 1 if odd else number & ~1
