"""JSON and the literals in a JavaScript file, read as text: nothing is run, and what is no literal is ``OPAQUE``.

Comments are skipped; keys may be bare; strings may have any quotes. Linear, with a bounded depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

MAX_CHARS = 300_000
MAX_TOKENS = 60_000
_MAX_DEPTH = 40
_TOKEN = re.compile(
    r"//[^\n]*|/\*(?:[^*]|\*(?!/))*(?:\*/)?|(\"(?:[^\"\\\n]|\\.){0,2000}\"|'(?:[^'\\\n]|\\.){0,2000}'|`(?:[^`\\]|\\.){0,2000}`)"
    r"|([A-Za-z_$][\w$]*)|(-?\d[\w.]*)|(\.\.\.|[{}\[\]():,])|\S"
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.S)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": ""}
_WORDS = {"true": True, "false": False, "null": None, "undefined": None}
_OPENS, _CLOSES = "{[(", "}])"


class Opaque(Struct, frozen=True):
    """An expression that only running the file would give a value."""


OPAQUE = Opaque()


class LiteralToken(Struct, frozen=True):
    """``kind``: ``string`` (``text`` unquoted), ``name``, ``number`` or the mark itself; ``other`` for the rest.
    ``parent``: the index of the bracket that encloses it, -1 outside of all."""

    kind: str
    text: str
    line: int
    parent: int


class LiteralScript:
    """The tokens of one file."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text[:MAX_CHARS]))

    def keys(self, *names: str) -> Iterator[int]:
        """Where a property of one of these names begins: the index of its key."""
        for index, token in enumerate(self.tokens[:-1]):
            if (
                token.kind in ("string", "name")
                and token.text in names
                and self.tokens[index + 1].kind == ":"
            ):
                yield index

    def value(self, key: int) -> Any:
        """The value of the property whose key is at ``key``: str, float, bool, None, list, dict or ``OPAQUE``."""
        found, _end = self._read(key + 2, 0)
        return found

    def sibling(self, key: int, name: str, up: int = 0) -> int:
        """The key ``name`` in the object that encloses ``key``, or in that ``up`` levels above it; -1 for none."""
        around = self.tokens[key].parent
        for _ in range(up):
            around = self.tokens[around].parent if around >= 0 else -1
        if around < 0:
            return -1
        for index in range(around + 1, len(self.tokens) - 1):
            token = self.tokens[index]
            if token.parent < around:
                break
            if token.parent == around and token.text == name and self.tokens[index + 1].kind == ":":
                return index
        return -1

    def end_line(self, key: int) -> int:
        """The last line of the property's value."""
        _value, end = self._read(key + 2, 0)
        return self.tokens[min(end, len(self.tokens)) - 1].line

    def _read(self, at: int, depth: int) -> tuple[Any, int]:
        """(value, index after it). An expression that goes on after a literal is opaque."""
        if at >= len(self.tokens) or depth > _MAX_DEPTH:
            return OPAQUE, at + 1
        token = self.tokens[at]
        found: Any = OPAQUE
        end = at + 1
        if token.kind == "{":
            found, end = self._object(at, depth)
        elif token.kind == "[":
            found, end = self._array(at, depth)
        elif token.kind == "string":
            found = token.text
        elif token.kind == "number":
            found = _number(token.text)
        elif token.kind == "name":
            found = _WORDS.get(token.text, OPAQUE)
        return self._closed(found, at, end)

    def _closed(self, found: Any, start: int, end: int) -> tuple[Any, int]:
        parent = self.tokens[start].parent
        while end < len(self.tokens):
            token = self.tokens[end]
            if token.parent <= parent and (token.kind == "," or token.kind in _CLOSES):
                break
            if token.parent <= parent and token.kind == "name" and token.text in ("as", "satisfies"):
                end = self._skip(end, parent)  # a type says nothing about the value
                break
            found, end = OPAQUE, end + 1
        return found, end

    def _skip(self, at: int, parent: int) -> int:
        while at < len(self.tokens):
            token = self.tokens[at]
            if token.parent <= parent and (token.kind == "," or token.kind in _CLOSES):
                return at
            at += 1
        return at

    def _object(self, at: int, depth: int) -> tuple[Any, int]:
        found: dict[str, Any] = {}
        index = at + 1
        while index < len(self.tokens) and self.tokens[index].kind != "}":
            token = self.tokens[index]
            has_key = token.kind in ("string", "name", "number") and self._kind(index + 1) == ":"
            if has_key:
                found[token.text], index = self._read(index + 2, depth + 1)
            elif token.kind == ",":
                index += 1
            else:
                found["..."] = OPAQUE  # a spread, a shorthand, a computed key or a method
                index = max(index + 1, self._skip(index, at))  # a stray bracket ends nothing
        return found, index + 1

    def _array(self, at: int, depth: int) -> tuple[Any, int]:
        found: list[Any] = []
        index = at + 1
        while index < len(self.tokens) and self.tokens[index].kind != "]":
            if self.tokens[index].kind == ",":
                index += 1
                continue
            entry, index = self._read(index, depth + 1)
            found.append(entry)
        return found, index + 1

    def _kind(self, index: int) -> str:
        return self.tokens[index].kind if index < len(self.tokens) else ""


def is_literal(value: Any) -> bool:
    """Whether nothing in ``value`` is opaque."""
    pending = [value]
    while pending:
        entry = pending.pop()
        if isinstance(entry, Opaque):
            return False
        pending += entry.values() if isinstance(entry, dict) else entry if isinstance(entry, list) else ()
    return True


def _tokens(text: str) -> Iterator[LiteralToken]:
    line, seen, count = 1, 0, 0
    open_brackets: list[int] = []
    for match in _TOKEN.finditer(text):
        if count >= MAX_TOKENS:
            return
        if match.lastindex is None and match[0][:2] in ("//", "/*"):
            continue
        line += text.count("\n", seen, match.start())
        seen = match.start()
        kind, written = _kind_of(match)
        if kind in _CLOSES and open_brackets:
            open_brackets.pop()
        yield LiteralToken(kind, written, line, open_brackets[-1] if open_brackets else -1)
        if kind in _OPENS:
            open_brackets.append(count)
        count += 1


def _kind_of(match: re.Match[str]) -> tuple[str, str]:
    string, name, number, mark = match.groups()
    if string:
        if string[0] == "`" and "${" in string:
            return "other", string
        return "string", _ESCAPE.sub(_unescape, string[1:-1])
    if name:
        return "name", name
    if number:
        return "number", number
    return (mark, mark) if mark else ("other", match[0])


def _unescape(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if code:
        return chr(int(code, 16))
    return _PLAIN.get(match[3], match[3])


def _number(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return OPAQUE
