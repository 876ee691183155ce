"""What a file declares as deprecated: decorators, attributes, warnings and the tags of doc comments -> Evidence."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from indexers.facts import Evidence, FileFacts, Symbol

MAX_PER_FILE = 100
MAX_QUOTE_CHARS = 300
_STATEMENT_LINES = 8  # that a warning's call may take
_ABOVE = 12  # lines between a mark and the definition that it is about
_MARK = re.compile(
    rb"^[ \t]*(?:@(?:\w+\.)?[Dd]eprecat\w*\b|#!?\[deprecated\b|\[(?:System\.)?Obsolete\b|\[\[(?:gnu::)?deprecated\b"
    rb"|//[ \t]*Deprecated:|[*#/ \t]{0,8}@deprecated\b|\.\. deprecated::)[^\n]{0,300}",
    re.M,
)
_WARNING = re.compile(rb"\b(?:Pending)?DeprecationWarning\b|\bRemovedIn\w+Warning\b")
_WARNS = re.compile(rb"\bwarn(?:ings?\.warn|_deprecated|_explicit)?\s*\(|\bdeprecat\w*\s*\(")
_STRING = re.compile(rb"[\"']((?:[^\"'\\\n]|\\.){4,300})[\"']")
_TEST_PATH = re.compile(r"(?:^|/)(?:tests?|testing|specs?|__tests__)/|(?:^|/)test_|[._]test\.|_spec\.")


def evidence(path: str, facts: FileFacts, text: bytes) -> Iterator[Evidence]:
    """``deprecation``, in no order; ``subject`` is the qualname that is deprecated. Tests are left out: they only
    look whether the warning comes."""
    if _TEST_PATH.search(path) or (
        b"eprecat" not in text and b"Obsolete" not in text and b"RemovedIn" not in text
    ):
        return
    starts = [0, *(match.end() for match in re.finditer(rb"\n", text))]
    symbols = sorted(facts.symbols, key=lambda symbol: (symbol.line, -symbol.end_line))
    seen: set[tuple[str, bool]] = set()
    for line, quote, is_mark in (*_marks(text, starts), *_warnings(text, starts)):
        subject = _below(symbols, line) if is_mark else _around(symbols, line)
        if (subject, is_mark) not in seen and len(seen) < MAX_PER_FILE:
            seen.add((subject, is_mark))  # a tag of the documentation, then the attribute: one deprecation
            yield Evidence("deprecation", quote, line, line, _around(symbols, line), 1, subject)


def _marks(text: bytes, starts: list[int]) -> Iterator[tuple[int, str, bool]]:
    for match in _MARK.finditer(text):
        yield bisect_right(starts, match.end() - 1), _plain(match[0]), b".. deprecated" not in match[0]


def _warnings(text: bytes, starts: list[int]) -> Iterator[tuple[int, str, bool]]:
    """The message of each call that warns of a deprecation, at the call's first line."""
    for match in _WARNING.finditer(text):
        last = bisect_right(starts, match.start())
        first = max(0, last - _STATEMENT_LINES)
        before = text[starts[first] : match.start()]
        calls = list(_WARNS.finditer(before))
        if calls and before[calls[-1].start() :].count(b"(") > before[calls[-1].start() :].count(b")"):
            call = starts[first] + calls[-1].start()
            message = b" ".join(_STRING.findall(text[call : match.end()]))
            yield bisect_right(starts, call), _plain(message or text[call : match.end()]), False


def _below(symbols: list[Symbol], line: int) -> str:
    """The first definition from the line on, or the one whose documentation holds the mark."""
    at = bisect_right(symbols, line - 1, key=lambda symbol: symbol.line)
    near = at < len(symbols) and symbols[at].line - line <= _ABOVE
    return symbols[at].qualname if near else _around(symbols, line)


def _around(symbols: list[Symbol], line: int) -> str:
    """The innermost definition around the line, ``""`` for none."""
    inside = [symbol for symbol in symbols if symbol.line <= line <= symbol.end_line]
    return inside[-1].qualname if inside else ""


def _plain(data: bytes) -> str:
    return " ".join(data.decode("utf-8", "replace").split()).strip("/*# ")[:MAX_QUOTE_CHARS]
