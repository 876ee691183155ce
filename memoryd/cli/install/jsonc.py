"""Change one member of a JSON file and leave every other byte alone: comments, order, layout, line ends.

Works on tokens, so nesting depth costs no recursion. Comments and trailing commas (JSONC) are accepted by
the tokens; whether a file may have them is the caller's choice in ``parse``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

_TOKEN = re.compile(
    r"""(?P<string>"(?:[^"\\\x00-\x1f]|\\.)*")
      | (?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<punctuation>[{}\[\]:,])
      | (?P<literal>[-+.\w]+)
      | (?P<space>[ \t\r\n]+)""",
    re.VERBOSE | re.DOTALL,
)


class UnreadableJson(Exception):
    """The text is not what it should be; the message says what and where."""


class Token(NamedTuple):
    """``text`` stands at ``start`` … ``end`` of the document."""

    kind: str
    text: str
    start: int
    end: int


class Member(NamedTuple):
    """``"key": value`` of an object; positions in the document. ``comma_end``: after the comma that follows,
    0 without one. ``value_token``: index of the value's first token."""

    key: str
    start: int
    value_start: int
    value_end: int
    comma_end: int
    value_token: int


class Object(NamedTuple):
    """An object of the document from its ``{`` (``start``) to after its ``}`` (``end``). ``last_end``: the end
    of its last token before the ``}``, comments included."""

    members: tuple[Member, ...]
    start: int
    end: int
    last_end: int


def parse(text: str, comments: bool) -> dict[str, Any]:
    """The document's value. Raises Unreadable when it is no JSON object (``comments``: no JSONC object)."""
    tokens = _tokens(text)
    try:
        value = json.loads(_plain(tokens) if comments else text, object_pairs_hook=_no_doubles)
    except json.JSONDecodeError as error:
        raise UnreadableJson(f"{error.msg}, line {error.lineno} column {error.colno}") from error
    except RecursionError as error:
        raise UnreadableJson("it is nested too deeply") from error
    if not isinstance(value, dict):
        raise UnreadableJson("it is no JSON object")
    return value


def set_member(text: str, path: Sequence[str], value: Any) -> str:
    """``text`` with the member at ``path`` set; objects on the way are made. Raises Unreadable."""
    tokens = _tokens(text)
    here = _root(tokens)
    for position, key in enumerate(path):
        member = _find(here, key)
        if member is None:
            for missing in reversed(path[position + 1 :]):
                value = {missing: value}
            return _insert(text, here, key, value)
        if position == len(path) - 1:
            layout = _Layout(text)
            rendered = layout.render(value, layout.indent_at(member.start))
            return text[: member.value_start] + rendered + text[member.value_end :]
        here = _object_at(tokens, member.value_token)
    return text


def remove_member(text: str, path: Sequence[str]) -> str:
    """``text`` without the member at ``path``; unchanged when there is none. Raises Unreadable."""
    tokens = _tokens(text)
    here = _root(tokens)
    for key in path[:-1]:
        member = _find(here, key)
        if member is None:
            return text
        here = _object_at(tokens, member.value_token)
    member = _find(here, path[-1])
    return text if member is None else _cut(text, tokens, here, member)


def _tokens(text: str) -> list[Token]:
    tokens, position = [], 1 if text.startswith("\ufeff") else 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            line = text.count("\n", 0, position) + 1
            raise UnreadableJson(f"line {line} holds {text[position : position + 12]!r}, which is no JSON")
        if match.lastgroup != "space":
            tokens.append(Token(match.lastgroup or "", match[0], match.start(), match.end()))
        position = match.end()
    return tokens


def _plain(tokens: Sequence[Token]) -> str:
    """JSON from JSONC: comments and trailing commas dropped."""
    kept: list[str] = []
    for token in tokens:
        if token.kind == "comment":
            continue
        if token.text in "}]" and kept and kept[-1] == ",":
            kept.pop()
        kept.append(token.text)
    return " ".join(kept)


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        double = next(key for key, _ in pairs if sum(other == key for other, _ in pairs) > 1)
        raise UnreadableJson(f"the key {double!r} stands twice in one object")
    return value


def _root(tokens: Sequence[Token]) -> Object:
    first = next((index for index, token in enumerate(tokens) if token.kind != "comment"), -1)
    if first < 0:
        raise UnreadableJson("it is empty")
    return _object_at(tokens, first)


def _object_at(tokens: Sequence[Token], index: int) -> Object:
    """The object whose ``{`` is token ``index``. Raises Unreadable when another value stands there."""
    if tokens[index].text != "{":
        raise UnreadableJson(f"there is {tokens[index].text[:20]!r} where an object must be")
    members: list[Member] = []
    position = index + 1
    while (token := _at(tokens, position)).text != "}":
        if token.kind == "comment":
            position += 1
            continue
        member, position = _member(tokens, position)
        members.append(member)
    return Object(tuple(members), tokens[index].start, tokens[position].end, tokens[position - 1].end)


def _member(tokens: Sequence[Token], position: int) -> tuple[Member, int]:
    """The member that begins at token ``position``, and the position after it and its comma."""
    key = _at(tokens, position)
    position = _next(tokens, position)
    if key.kind != "string" or _at(tokens, position).text != ":":
        raise UnreadableJson(f"there is {key.text[:20]!r} where a key must be")
    first = _next(tokens, position)
    last = _value_end(tokens, first)
    after = _next(tokens, last)
    comma_end = tokens[after].end if _at(tokens, after).text == "," else 0
    name = json.loads(key.text)
    member = Member(name, key.start, tokens[first].start, tokens[last].end, comma_end, first)
    return member, after + 1 if comma_end else last + 1


def _value_end(tokens: Sequence[Token], position: int) -> int:
    """The last token of the value that begins at ``position``."""
    depth = 0
    while True:
        text = _at(tokens, position).text
        depth += (text in "{[") - (text in "}]")
        if depth <= 0:
            return position
        position += 1


def _next(tokens: Sequence[Token], position: int) -> int:
    position += 1
    while _at(tokens, position).kind == "comment":
        position += 1
    return position


def _at(tokens: Sequence[Token], position: int) -> Token:
    if position >= len(tokens):
        raise UnreadableJson("it ends too early")
    return tokens[position]


def _find(here: Object, key: str) -> Member | None:
    return next((member for member in here.members if member.key == key), None)


class _Layout:
    """How a document is laid out: its indentation unit and line ends."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.newline = "\r\n" if "\r\n" in text else "\n"
        indented = re.search(r"^([ \t]+)\S", text, re.MULTILINE)
        self.unit = indented[1] if indented else "  "

    def indent_at(self, position: int) -> str:
        """The leading blanks of the line that ``position`` is in."""
        line = self._text[self._text.rfind("\n", 0, position) + 1 :]
        return line[: len(line) - len(line.lstrip(" \t"))]

    def render(self, value: Any, indent: str) -> str:
        rendered = json.dumps(value, indent=self.unit, ensure_ascii=False)
        return rendered.replace("\n", self.newline + indent)


def _insert(text: str, here: Object, key: str, value: Any) -> str:
    layout = _Layout(text)
    if not here.members:
        return _insert_first(text, here, key, value, layout)
    last = here.members[-1]
    one_line = "\n" not in text[here.start : last.start]
    indent = layout.indent_at(last.start)
    between = " " if one_line else layout.newline + indent
    member = f"{json.dumps(key)}: {json.dumps(value) if one_line else layout.render(value, indent)}"
    if last.comma_end:  # trailing commas are this file's style
        cut = max(last.comma_end, here.last_end)
        return text[:cut] + between + member + "," + text[cut:]
    after = "," + text[last.value_end : here.last_end]
    return text[: last.value_end] + after + between + member + text[here.last_end :]


def _insert_first(text: str, here: Object, key: str, value: Any, layout: _Layout) -> str:
    outer = layout.indent_at(here.start)
    indent = outer + layout.unit
    comments = text[here.start + 1 : here.last_end]
    member = f"{json.dumps(key)}: {layout.render(value, indent)}"
    inside = f"{comments}{layout.newline}{indent}{member}{layout.newline}{outer}"
    return text[: here.start + 1] + inside + text[here.end - 1 :]


def _cut(text: str, tokens: Sequence[Token], here: Object, member: Member) -> str:
    position = here.members.index(member)
    before = max((token.end for token in tokens if token.end <= member.start), default=0)
    if member is not here.members[-1]:
        following = min(token.start for token in tokens if token.start >= member.comma_end)
        return text[: member.start] + text[following:]
    end = member.comma_end or member.value_end
    if position == 0:
        rest = text[end : here.end - 1]
        empty = before == here.start + 1 and not rest.strip()
        return text[:before] + ("" if empty else rest) + text[here.end - 1 :]
    previous = here.members[position - 1]
    if member.comma_end:
        return text[:before] + text[end:]
    without_comma = text[: previous.comma_end - 1] + text[previous.comma_end : before]
    return without_comma + text[end:]
