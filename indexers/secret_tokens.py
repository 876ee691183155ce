"""Tokens that have a form of their own: ``secrets.toml`` says which, this finds where they stand.

One pass finds what any of them begins with, in the few words that are long enough; the bounded rule of that beginning
says what follows. So their number costs little, and a rule is compiled when it is first needed.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache, cached_property
from importlib import resources

import msgspec
from msgspec import Struct

Span = tuple[int, int]

_MIN_BYTES = 20
_TELLING_BYTES = 8
_BEFORE_BYTES = 100
_GLUED_ENTROPY = 3.0  # bits per character that a token behind a letter or digit has at least
_WORDS_ONLY = bytes(
    c if chr(c).isascii() and (chr(c).isalnum() or chr(c) in "_-.~:/+=%$!\\") else 0x20 for c in range(256)
)
_ESCAPE = re.compile(  # also of what was escaped twice, and the sign of quoted-printable mail that tokens stand behind
    rb"\\(?:[nrtbf0v]|x[0-9A-Fa-f]{2}|u00[0-9A-Fa-f]{2})|%(?:25)?[0-9A-Fa-f]{2}|=3D"
)
_COLOUR = re.compile(rb"(?:\x1b|\\(?:033|e|x1[bB]|u001[bB]))\[[0-9;]{0,12}m")
_COLOUR_MARKS = (b"\x1b[", b"\\033[", b"\\e[", b"1b[", b"1B[")
_WORD = b"(?<![A-Za-z0-9])"


class TokenRule(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One kind of token, see secrets.toml. ``digits``: runs of them at least. ``telling``: its beginning stands in no
    word, so that it is one behind a letter or digit too."""

    prefixes: tuple[str, ...]
    rest: str
    before: str = ""
    entropy: float = 2.5
    digits: int = 0
    telling: bool = False

    @property
    def is_inside(self) -> bool:
        """Its literal may have a letter or digit before it."""
        return bool(self.before) or self.telling

    @cached_property
    def tail(self) -> re.Pattern[bytes]:
        """What follows the prefix."""
        return re.compile(self.rest.encode())

    @cached_property
    def head(self) -> re.Pattern[bytes]:
        """What stands in front of the literal."""
        return re.compile(rf"(?:{self.before})\Z".encode())

    def span(self, data: bytes, start: int, end: int) -> Span | None:
        """Where the secret stands whose literal is at ``start`` to ``end``."""
        found = self.tail.match(data, end)
        if found is None:
            return None
        if self.before:
            head = self.head.search(data, max(0, start - _BEFORE_BYTES), start)
            if head is None:
                return None
            start = head.start()
        span = found.span(1) if self.tail.groups else (start, found.end())
        secret = data[slice(*span)]
        glued = self.telling and data[start - 1 : start].isalnum()
        least = max(self.entropy, _GLUED_ENTROPY) if glued else self.entropy
        return span if digit_runs(secret) >= self.digits and entropy(secret) >= least else None


_Kinds = dict[bytes, tuple[TokenRule, ...]]  # literal → the kinds that have it


@cache
def rules() -> dict[str, TokenRule]:
    """All kinds, by name."""
    text = resources.files("indexers").joinpath("secrets.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["tokens"], dict[str, TokenRule])


def token_spans(data: bytes) -> list[Span]:
    """Where tokens stand, in no order; spans may overlap. Escapes (``\\n``, ``%3D``, ``=3D``, colours of a terminal)
    are no part of a token."""
    if any(mark in data for mark in _COLOUR_MARKS):
        data = _COLOUR.sub(_blank, data)
    beginnings, inside, by_literal = _tables()
    words = _long_words(data)
    clear_words = _ESCAPE.sub(_blank, words)
    found: list[Span] = []
    for literals in (beginnings, inside):
        if _may_hold(words, clear_words, literals, by_literal):
            clear = _ESCAPE.sub(_blank, data)
            for match in literals.finditer(clear):
                found += _spans_at(by_literal[match[0]], data, clear, *match.span())
    return found


def _may_hold(words: bytes, clear: bytes, literals: re.Pattern[bytes], by_literal: _Kinds) -> bool:
    """A whole token is in the words, or a literal so long that it tells by itself (the rest may not be a word)."""
    return any(
        len(match[0]) >= _TELLING_BYTES or any(_spans_at(by_literal[match[0]], words, clear, *match.span()))
        for match in literals.finditer(clear)
    )


def _blank(escape: re.Match[bytes]) -> bytes:
    return b" " * len(escape[0])


def _long_words(data: bytes) -> bytes:
    """The words that are long enough for a token, a small part of any text."""
    return b" ".join([word for word in data.translate(_WORDS_ONLY).split() if len(word) >= _MIN_BYTES])


def _spans_at(kinds: Iterable[TokenRule], data: bytes, clear: bytes, start: int, end: int) -> Iterator[Span]:
    for kind in kinds:
        text = data if "%" in kind.rest else clear
        for prefix in kind.prefixes:  # of two that begin alike the longer was found
            length = len(prefix)
            if prefix.encode() == data[start : start + length] and start + length <= end:
                span = kind.span(text, start, start + length)
                if span:
                    yield span


@cache
def _tables() -> tuple[re.Pattern[bytes], re.Pattern[bytes], _Kinds]:
    """What words begin with that are tokens, literals in the middle of words, and the kinds of each literal."""
    kinds = rules().values()
    begin = {prefix.encode() for kind in kinds if not kind.is_inside for prefix in kind.prefixes}
    inside = {prefix.encode() for kind in kinds if kind.is_inside for prefix in kind.prefixes}
    by_literal = {
        literal: tuple(
            kind
            for kind in kinds
            if kind.is_inside == (literal in inside)
            and any(literal.startswith(prefix.encode()) for prefix in kind.prefixes)
        )
        for literal in begin | inside
    }
    return re.compile(_WORD + _one_of(begin)), re.compile(_one_of(inside)), by_literal


def _one_of(literals: Iterable[bytes]) -> bytes:
    """A pattern of the longest of ``literals`` here, as a tree, so that few of them are tried at a character."""
    by_first: dict[bytes, list[bytes]] = {}
    for literal in sorted(literals):
        by_first.setdefault(literal[:1], []).append(literal[1:])
    branches = []
    for first, rests in by_first.items():
        if first:
            branches.append(re.escape(first) + _one_of(rests))
    ends = b"" in by_first
    if not branches:
        return b""
    body = branches[0] if len(branches) == 1 and not ends else b"(?:" + b"|".join(branches) + b")"
    return body + b"?" if ends else body


def digit_runs(value: bytes) -> int:
    return len(re.findall(rb"[0-9]+", value))


def entropy(value: bytes) -> float:
    """Bits per character."""
    total = len(value)
    return -sum(n / total * math.log2(n / total) for n in Counter(value).values()) if total else 0.0
