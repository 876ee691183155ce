"""Texts that a question quotes, such as an error message: where the very characters stand in the project."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers import terms
from memoryd.query.retrieval.chunk_lookup import Pieces
from memoryd.query.retrieval.lexical import LexicalView

MIN_WORDS = 3  # fewer are no message but a name, which is looked up as one
MAX_LITERALS = 10
MAX_HOLDERS = 12  # chunks with all words of a literal that are read; more say that its words are common here
MAX_CHARS = 300

_FENCED = re.compile(r"^[ \t]*(```|~~~).*?(?:^[ \t]*\1|\Z)", re.M | re.S)
_QUOTED = re.compile(
    r'"([^"\n]{6,300})"'
    r"|`([^`\n]{6,300})`"
    r"|“([^”\n]{6,300})”"
    r"|(?<!\w)'([^'\n]{6,300})'(?!\w)"
)
_MESSAGE = re.compile(
    r"^[\w \t.>-]{0,80}(?:error|exception|warning|panic|fatal)\b[\w.]*: ?(.{8,300})$", re.M | re.I
)
# What a program puts into a message: numbers, quoted values, paths, brackets of formats.
_FILLED = re.compile(r"\d+|'[^']*'|\"[^\"]*\"|`[^`]*`|[{}<>%\\$]+|[\w.~-]{0,300}/[\w./-]+")
_WORD = re.compile(r"[A-Za-z]{2,}")


def literals(text: str) -> tuple[str, ...]:
    """The quoted texts and error messages of a question, of three words or more, as they may stand in source: each
    whole, and its longest part between what a program filled in."""
    prose = _FENCED.sub("\n", text)
    found = [quoted for match in _QUOTED.findall(prose) for quoted in match if quoted]
    found += [message for message in _MESSAGE.findall(text)]
    parts = [part for literal in found[:MAX_LITERALS] for part in _forms(literal.strip())]
    return tuple(dict.fromkeys(parts))[: 2 * MAX_LITERALS]


def _forms(literal: str) -> Iterator[str]:
    longest = max((part.strip(" \t.,:;()[]") for part in _FILLED.split(literal)), key=len)
    for form in (literal, longest):
        if len(_WORD.findall(form)) >= MIN_WORDS:
            yield form[:MAX_CHARS]


def holders(view: LexicalView, pieces: Pieces, literal: str) -> list[int]:
    """The chunks whose text has ``literal`` in it, letter by letter; none where its words are too common to look."""
    likely = view.text.having_all(terms.terms(literal))
    if len(likely) > MAX_HOLDERS:
        return []
    return [number for number in likely.tolist() if literal in pieces.text(number)]
