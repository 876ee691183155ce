"""Dotted chains as text: ``a.b(x).c`` -> name ``c``, receiver ``a.b()``.

Works on byte spans and on the ends of called expressions; no tree is touched, and depth costs no stack.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence

from indexers.engine.scopes import Span, dotted

UNKNOWN = "?"
"""The receiver of an expression that is no dotted chain."""

_MAX_CHAIN = 200
"""Longer chains (bytes of source, characters of receiver) are not followed: their receiver is UNKNOWN."""
_MAX_REPEATED = 4  # of ``a[0][0]`` and ``f()()``
_WORD = rb"[#$@\w\x80-\xff]+"
_PLAIN = re.compile(rb"(?:\\|::)?%s(?:\s*(?:[?!&]?\.|::|\??->|\\)\s*%s)*" % (_WORD, _WORD))
_LAST_WORD = re.compile(rb"(?<![#$@\w\x80-\xff])(%s)\s*$" % _WORD)
_GLUE = b" \t\r\n\\.?!&:"

_NEW = re.compile(rb"new\s+")
_SUFFIXES = {b")": ("call", "()"), b"]": ("indexed", "[]")}
_NONE: Mapping[int, int] = {}

Member = tuple[str, str, int]
"""Name, receiver, and the name's length in bytes."""


class DottedChains:
    """The dotted chains of one file. ``spans``: those of ``call`` (the called expressions) and ``member``, sorted.
    ``names``: where a name with type arguments ends, and where it does without them.
    ``known``: members by their source text, those whose text says all."""

    def __init__(
        self, source: bytes, spans: Mapping[str, Sequence[Span]], names: Mapping[int, int] = _NONE
    ) -> None:
        self.known: dict[bytes, Member] = {}
        self._source = source
        self._spans = spans
        self._names = names
        self._ends: dict[str, dict[int, list[int]]] = {}
        self._learned: set[int] = set()
        self._texts: dict[int, str] = {}
        self._members: dict[int, Member] = {}

    def member(self, start: int, end: int) -> Member:
        """Name and receiver of the member expression at this span."""
        if end - start <= _MAX_CHAIN:
            raw = self._source[start:end]
            found = self.known.get(raw) or _plain(raw)
            if found is not None:
                self.known[raw] = found
                return found
        self._learn(start)
        return self._members.get(end, ("", UNKNOWN, 0))

    def text(self, start: int, end: int) -> str:
        """The expression as a dotted chain (``a.b()`` for ``a.b(1)``), or UNKNOWN."""
        end = self._names.get(end, end)
        if self._is_plain(start, end):
            return dotted(self._source[start:end].decode("utf-8", "replace"))
        self._learn(start)
        return self._texts.get(end) or self._call_text(start, end)

    def know(self, end: int, text: str) -> None:
        """Say what the expression that ends there is as a chain, which its own text does not tell."""
        self._texts[end] = text

    def _learn(self, start: int) -> None:
        """Read all members that start here, inner before outer: each needs the text of the one inside."""
        if start in self._learned:
            return
        self._learned.add(start)
        members = self._spans["member"]
        for index in range(bisect_left(members, (start, 0)), len(members)):
            if members[index][0] != start:
                break
            end = members[index][1]
            if not self._is_plain(start, end):
                self._members[end] = self._called_member(start, end)

    def _is_plain(self, start: int, end: int) -> bool:
        return end - start <= _MAX_CHAIN and _PLAIN.fullmatch(self._source, start, end) is not None

    def _text(self, start: int, end: int) -> str:
        end = self._names.get(end, end)
        if self._is_plain(start, end):
            return dotted(self._source[start:end].decode("utf-8", "replace"))
        return self._texts.get(end) or self._call_text(start, end)

    def _called_member(self, start: int, end: int) -> Member:
        word = _LAST_WORD.search(self._source, max(start, end - _MAX_CHAIN), end)
        if word is None:
            self._texts[end] = UNKNOWN
            return "", UNKNOWN, 0
        stop = word.start()
        glue = self._source[max(start, stop - _MAX_CHAIN) : stop]
        before = glue.rstrip(_GLUE).removesuffix(b"->").rstrip(_GLUE)
        receiver = self._text(start, stop - len(glue) + len(before))
        if len(receiver) > _MAX_CHAIN:
            receiver = UNKNOWN
        name = word[1].decode("utf-8", "replace")
        self._texts[end] = f"{receiver}.{name}" if receiver != UNKNOWN else UNKNOWN
        return name, receiver, end - stop

    def _call_text(self, start: int, end: int, depth: int = 0) -> str:
        """``f()`` for a call that ends at ``end``, by the longest called expression inside; ``a[]`` alike."""
        capture, suffix = _SUFFIXES.get(self._source[end - 1 : end], ("", ""))
        if not capture:
            return UNKNOWN
        if capture not in self._ends:
            found = self._ends[capture] = {}
            for called_start, called_end in self._spans[capture]:
                found.setdefault(called_start, []).append(called_end)
        ends = self._ends[capture].get(start, ())
        index = bisect_left(ends, end) - 1
        if index < 0:
            new = _NEW.match(self._source, start, end)
            return self._call_text(new.end(), end, depth + 1) if new and not depth else UNKNOWN
        function = self._function_text(start, ends[index], depth)
        return UNKNOWN if function == UNKNOWN else function + suffix

    def _function_text(self, start: int, end: int, depth: int) -> str:
        if self._is_plain(start, end):
            return dotted(self._source[start:end].decode("utf-8", "replace"))
        if end in self._texts or depth == _MAX_REPEATED:
            return self._texts.get(end, UNKNOWN)
        return self._call_text(start, end, depth + 1)


def _plain(raw: bytes) -> Member | None:
    text = raw.decode("utf-8", "replace")
    if not text.replace(".", "").isidentifier():
        if not _PLAIN.fullmatch(raw):
            return None
        text = dotted(text)
    receiver, _, name = text.rpartition(".")
    return name, receiver, len(name) if name.isascii() else len(name.encode())
