"""What is looked for letter by letter: as an expression of linear time, and as what a file must hold to have it.

Expressions are those of RE2: whatever a client writes, reading a text takes time in proportion to its length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import re2
from msgspec import Struct

from memoryd.errors import UsageError

MAX_CHARS = 2_000  # of an expression
MAX_PROGRAM = 5_000  # instructions: the worst expression of so many reads some 100 KB a second
_SYNTAX = "https://github.com/google/re2/wiki/Syntax"
_WORD_CHARS = re.compile(r"\w", re.A)
_WORD_BYTES = frozenset(bytes((n,)) for n in range(128) if chr(n).isalnum() or chr(n) == "_")
_QUANTIFIER = re.compile(r"[*+?]|\{(\d+)(?:,\d*)?\}")
_GROUP = re.compile(r"\((?:\?(?:P?<\w+>|[imsU-]*:))?")
_FLAGS = re.compile(r"\(\?[imsU-]+\)")
_CLASS = re.compile(r"\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*\]", re.S)
_ONE_OF_MANY = re.compile(r"\\(?:[pP](?:\{[^}]*\}|.)|x(?:\{[^}]*\}|..)|[0-7]{1,3}|[dDsSwWbBAzafnrtvC])", re.S)
_VERBATIM = re.compile(r"\\Q(.*?)(?:\\E|\Z)", re.S)


class AllOf(Struct, frozen=True):
    """A text that has all of these: pieces of text, and choices."""

    parts: tuple[str | AnyOf, ...]


class AnyOf(Struct, frozen=True):
    """A text that has one of these."""

    choices: tuple[AllOf, ...]


NOTHING_NEEDED = AllOf(())


class TextPattern(Struct, frozen=True):
    """``find``: where in a text the first match from a byte on begins, -1: nowhere. A match stands in one line, but for
    a text that has line ends itself. ``needs``: what every text with it has, whatever the case of its letters."""

    find: Callable[[bytes, int], int]
    needs: AllOf

    def lines(self, text: bytes) -> Iterator[tuple[int, int]]:
        """(line, from 1; byte where the first match in it begins) of each line in which a match begins."""
        line, counted, at, end = 1, 0, 0, len(text) - text.endswith(b"\n")
        while text and at <= end:
            start = self.find(text, at)
            if not 0 <= start <= end:
                return
            line += text.count(b"\n", counted, start)
            counted = start
            yield line, start
            at = text.find(b"\n", start) + 1 or end + 1


def exact(piece: str, *, fold: bool = False, word: bool = False) -> TextPattern:
    """The very text ``piece``. ``fold``: whatever the case of its letters. ``word``: with no letter of ASCII, digit or
    ``_`` before or behind it, as ``grep -w`` has it. Raises UsageError."""
    data = piece.encode("utf-8", "surrogateescape")
    if not fold:
        return TextPattern(_word_finder(data) if word else _finder(data), AllOf((piece,)))
    source = re2.escape(data)
    if word:
        before, behind = (rb"\b" if _WORD_CHARS.match(char) else rb"\B" for char in (piece[0], piece[-1]))
        source = before + source + behind
    return TextPattern(_searcher(source, fold=True, never_nl=False), AllOf(_ascii_parts(piece)))


def _finder(data: bytes) -> Callable[[bytes, int], int]:
    return lambda text, at: text.find(data, at)


def _word_finder(data: bytes) -> Callable[[bytes, int], int]:
    def find(text: bytes, at: int) -> int:
        at = text.find(data, at)
        while at >= 0 and not (
            text[at - 1 : at] not in _WORD_BYTES
            and text[at + len(data) : at + len(data) + 1] not in _WORD_BYTES
        ):
            at = text.find(data, at + 1)
        return at

    return find


def regex(source: str, *, fold: bool = False) -> TextPattern:
    """The RE2 expression ``source``. Raises UsageError."""
    if len(source) > MAX_CHARS:
        raise UsageError(
            f"the expression is longer than {MAX_CHARS} characters",
            where="query",
            next_step="look for a part of it",
        )
    expression = _searcher(b"(?m)" + source.encode("utf-8", "surrogateescape"), fold=fold, never_nl=True)
    return TextPattern(expression, _Reading(source).needs())


def _searcher(source: bytes, *, fold: bool, never_nl: bool) -> Callable[[bytes, int], int]:
    options = re2.Options()
    options.case_sensitive, options.never_nl, options.log_errors = not fold, never_nl, False
    try:
        found = re2.compile(source, options)
    except re2.error as error:
        raise _no_pattern(error.args[0]) from error
    if found.programsize > MAX_PROGRAM:
        raise UsageError(
            "the expression is too large",
            where="query",
            next_step="repeat less (x{1,500} counts as 500), or look for a part of it",
        )

    def find(text: bytes, at: int) -> int:
        match = found.search(text, at)
        return match.start() if match else -1

    return find


def _no_pattern(reason: Any) -> UsageError:
    said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    return UsageError(
        f"this is no expression of RE2: {said.replace('(?m)', '', 1)}",
        where="query",
        next_step=f"see {_SYNTAX} (no look-around, no back-references), or look for the text as it stands (exact)",
    )


def _ascii_parts(piece: str) -> tuple[str, ...]:
    """Beyond ASCII a letter may fold to what is none."""
    return tuple(part for part in re.split(r"[^\x00-\x7f]+", piece) if part)


class _Unread(Exception):
    """Something that is not understood here, though RE2 does."""


class _Reading:
    """What a text must have to match an expression that RE2 has compiled. Where it is not sure, it needs less."""

    def __init__(self, source: str) -> None:
        self._source, self._at = source, 0

    def needs(self) -> AllOf:
        try:
            found = self._choices()
        except _Unread:
            return NOTHING_NEEDED
        return found.choices[0] if len(found.choices) == 1 else AllOf((found,))

    def _take(self, form: re.Pattern[str]) -> re.Match[str] | None:
        found = form.match(self._source, self._at)
        self._at = found.end() if found else self._at
        return found

    def _choices(self) -> AnyOf:
        """Up to the bracket that closes the group, or the end."""
        found: list[AllOf] = []
        while True:
            found.append(AllOf(tuple(self._sequence())))
            if not self._source.startswith("|", self._at):
                return AnyOf(tuple(found))
            self._at += 1

    def _sequence(self) -> Iterator[str | AnyOf]:
        piece = ""
        while self._at < len(self._source) and self._source[self._at] not in "|)":
            text, group = self._atom()
            quantifier = self._take(_QUANTIFIER)
            if quantifier and self._source.startswith("?", self._at):
                self._at += 1
            is_optional = quantifier is not None and (quantifier[0] in "*?" or int(quantifier[1] or 1) == 0)
            if quantifier and len(text) > 1:  # it is of the last character alone
                piece, text = piece + text[:-1], text[-1]
            piece += "" if is_optional else text
            if not text or quantifier:
                yield from _ascii_parts(piece)
                piece = ""
            if group and not is_optional:
                yield group
        yield from _ascii_parts(piece)

    def _atom(self) -> tuple[str, AnyOf | None]:
        """The text of the next part, or what its group may be; of anything else nothing."""
        source, at = self._source, self._at
        if self._take(_FLAGS) or self._take(_CLASS) or self._take(_ONE_OF_MANY):
            return "", None
        if self._take(_GROUP):
            group = self._choices()
            self._at += 1
            return "", group
        if verbatim := self._take(_VERBATIM):
            return verbatim[1], None
        if source[at] == "\\":
            if len(source) == at + 1 or source[at + 1].isalnum():
                raise _Unread
            self._at += 2
            return source[at + 1], None
        self._at += 1
        return "" if source[at] in ".^$" else source[at], None
