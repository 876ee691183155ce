"""Comments and doc strings as text: markers off, blocks joined."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence

from indexers.engine.scopes import Scope, Span
from indexers.facts import Comment

_LINE_MARK = re.compile(r"^\s*(?:#+[:!]?|//+[/!]?|--+(?: ?[|^])?|;+|\*(?!/))[ \t]?")
_OPEN_MARK = re.compile(r"^\s*(?:/\*+[!<]?|\{-(?: ?[|^])?|--\[=*\[|=begin\b)[ \t]?")
_CLOSE_MARK = re.compile(r"(?:\*/|-\}|\]=*\]|\n=end)\Z")
_MARKER = re.compile(rb"/\*|///|//!|//|#:|#|--|;|")
_MAX_INDENT = 200
_QUOTES = re.compile(r"^[A-Za-z]{0,2}(\"\"\"|'''|\"|')")


def clean_comment(text: str) -> str:
    """The text without comment markers, each line stripped on the right, blank ends removed."""
    opening = _OPEN_MARK.match(text)
    text = _CLOSE_MARK.sub("", text[opening.end() :]) if opening else text.removesuffix("*/")
    lines = [_LINE_MARK.sub("", line).rstrip() for line in text.splitlines()]
    return "\n".join(lines).strip("\n").strip()


def clean_docstring(text: str) -> str:
    """The text of a Python string literal without prefix, quotes and common indentation."""
    opening = _QUOTES.match(text)
    if opening:
        text = text[opening.end() :].removesuffix(opening[1])
    lines = text.expandtabs().splitlines()
    indents = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    margin = min(indents, default=0)
    return "\n".join([*lines[:1], *(line[margin:] for line in lines[1:])]).strip()


def stands_alone(source: bytes, line_start: int, start: int) -> bool:
    """Whether nothing but white space stands before the offset in its line (what follows code belongs to it)."""
    return start - line_start <= _MAX_INDENT and not source[line_start:start].strip()


def join_blocks(source: bytes, spans: Sequence[Span], line_starts: Sequence[int]) -> list[Span]:
    """Line comments that stand alone on consecutive lines, in the same column with the same marker, become one
    span."""
    blocks: list[Span] = []
    previous = (-1, -1, b"")
    for start, end in spans:
        if start == 0 and source.startswith(b"#!"):
            continue  # for the system, not for readers
        marker = _MARKER.match(source, start)
        line = bisect_right(line_starts, start)
        line_start = line_starts[line - 1]
        here = (line, start - line_start, marker[0] if marker else b"")
        is_alone = stands_alone(source, line_start, start)
        if is_alone and here == previous and here[2] != b"/*":
            blocks[-1] = (blocks[-1][0], end)
        else:
            blocks.append((start, end))
        previous = (line + 1, here[1], here[2]) if is_alone else (-1, -1, b"")
    return blocks


def comments(
    source: bytes, blocks: Sequence[Span], line_of: Callable[[int], int], scope_at: Callable[[int], Scope]
) -> list[Comment]:
    """One Comment per block; blocks without any text are left out."""
    found = []
    for start, end in blocks:
        text = clean_comment(source[start:end].decode("utf-8", "replace"))
        if text:
            found.append(
                Comment(text, line_of(start), line_of(max(start, end - 1)), scope_at(start).qualname)
            )
    return found
