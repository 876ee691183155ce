"""Dotted chains as text: ``a.b(x).c`` -> name ``c``, receiver ``a.b()``.

Works on byte spans and on the ends of called expressions; no tree is touched, nothing recurses.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

from indexers.scopes import Span, dotted

UNKNOWN = "?"
"""The receiver of an expression that is no dotted chain."""

_MAX_CHAIN = 200
"""Longer chains (bytes of source, characters of receiver) are not followed: their receiver is UNKNOWN."""
_WORD = rb"[#$\w\x80-\xff]+"
_PLAIN = re.compile(rb"%s(?:\s*(?:\?\.|!\.|\.|::|->)\s*%s)*" % (_WORD, _WORD))
_LAST_WORD = re.compile(rb"(%s)\s*$" % _WORD)
_GLUE = b" \t\r\n\\.?!:>-"

Member = tuple[str, str, bytes]
"""Name, receiver, and the first name of the receiver (``b""`` when the receiver starts otherwise)."""


class Chains:
    """The dotted chains of one file. Members must be asked for in ascending (start, end) order: an inner
    member before the outer ones that start at the same byte."""

    def __init__(self, source: bytes, called: Iterable[Span]) -> None:
        self._source = source
        self._called = called
        self._ends: dict[int, list[int]] | None = None
        self._plain: dict[bytes, Member | None] = {}
        self._long: dict[int, str] = {}

    def member(self, start: int, end: int) -> Member:
        """Name and receiver of the member expression at this span."""
        if end - start <= _MAX_CHAIN:
            raw = self._source[start:end]
            try:
                found = self._plain[raw]
            except KeyError:
                found = self._plain[raw] = _plain(raw)
            if found is not None:
                return found
        return self._slow(start, end)

    def text(self, start: int, end: int) -> str:
        """The expression as a dotted chain (``a.b()`` for ``a.b(1)``), or UNKNOWN."""
        raw = self._source[start : min(end, start + _MAX_CHAIN + 1)]
        if end - start <= _MAX_CHAIN and _PLAIN.fullmatch(raw):
            return dotted(raw.decode("utf-8", "replace"))
        if end in self._long:
            return self._long[end]
        return self._result_of_call(start, end)

    def _slow(self, start: int, end: int) -> Member:
        word = _LAST_WORD.search(self._source, max(start, end - _MAX_CHAIN), end)
        if word is None:
            self._long[end] = UNKNOWN
            return "", UNKNOWN, b""
        name = word[1].decode("utf-8", "replace")
        stop = word.start()
        floor = max(start, stop - _MAX_CHAIN)
        glue = self._source[floor:stop]
        receiver = self.text(start, floor + len(glue.rstrip(_GLUE))) if stop > start else ""
        if len(receiver) > _MAX_CHAIN:
            receiver = UNKNOWN
        self._long[end] = f"{receiver}.{name}" if receiver != UNKNOWN else UNKNOWN
        root = (
            _PLAIN.match(self._source, start, min(end, start + _MAX_CHAIN)) if receiver != UNKNOWN else None
        )
        return name, receiver, re.split(rb"[^#$\w\x80-\xff]", root[0], maxsplit=1)[0] if root else b""

    def _result_of_call(self, start: int, end: int) -> str:
        """``f()`` for a call that ends at ``end``, by the longest called expression inside."""
        if self._source[end - 1 : end] != b")":
            return UNKNOWN
        if self._ends is None:
            self._ends = {}
            for called_start, called_end in self._called:
                self._ends.setdefault(called_start, []).append(called_end)
        ends = self._ends.get(start, [])
        index = bisect_left(ends, end) - 1
        if index < 0:
            return UNKNOWN
        function = self._long.get(ends[index]) or self.text(start, ends[index])
        return UNKNOWN if function == UNKNOWN else function + "()"


def _plain(raw: bytes) -> Member | None:
    if not _PLAIN.fullmatch(raw):
        return None
    text = dotted(raw.decode("utf-8", "replace"))
    receiver, _, name = text.rpartition(".")
    return name, receiver, receiver.partition(".")[0].encode()
