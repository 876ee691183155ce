"""Change one table of a TOML file and leave every other line alone.

Lines are looked at, not parsed; the caller compares the parsed result with what it wanted, so a file whose
layout fools us is refused, never damaged.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def set_table(text: str, path: Sequence[str], values: Mapping[str, Any]) -> str:
    """``text`` with the table at ``path`` holding ``values``; a new table goes to the end of the file."""
    newline = "\r\n" if "\r\n" in text else "\n"
    table = [f"[{'.'.join(path)}]", *(f"{key} = {_value(value)}" for key, value in values.items())]
    spans = list(_spans(text, path))
    if not spans:
        before = text if not text or text.endswith("\n") else text + newline
        return before + (newline if before else "") + newline.join(table) + newline
    lines = text.splitlines(keepends=True)
    start, end = spans[0]
    ending = newline if end < len(lines) or text.endswith("\n") else ""
    return "".join(lines[:start]) + newline.join(table) + ending + "".join(lines[end:])


def has_table(text: str, path: Sequence[str]) -> bool:
    """A ``[table]`` line for ``path`` stands in ``text``."""
    return any(True for _ in _spans(text, path))


def remove_table(text: str, path: Sequence[str]) -> str:
    """``text`` without the table at ``path`` and the tables below it; a blank line before each goes as well."""
    lines = text.splitlines(keepends=True)
    for start, end in reversed([*_spans(text, path, below=True)]):
        if start > 0 and not lines[start - 1].strip():
            start -= 1
        del lines[start:end]
    return "".join(lines)


def _spans(text: str, path: Sequence[str], below: bool = False) -> Iterator[tuple[int, int]]:
    """Lines [start, end) of the tables at ``path`` (``below``: and under it). Blank lines and comments before
    the next table belong to that one."""
    lines = text.splitlines()
    headers = [
        (number, name)
        for number, line in enumerate(lines)
        if (name := _header(line)) and _is_complete("\n".join(lines[:number]))
    ]
    for index, (start, name) in enumerate(headers):
        if name == list(path) or (below and name[: len(path)] == list(path)):
            end = headers[index + 1][0] if index + 1 < len(headers) else len(lines)
            while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
                end -= 1
            yield start, end


def _header(line: str) -> list[str]:
    """The dotted name of a ``[table]`` line; empty for any other line."""
    if not line.lstrip().startswith("["):
        return []
    try:
        value: Any = tomllib.loads(line + "\n")
    except tomllib.TOMLDecodeError:
        return []
    name = []
    while isinstance(value, dict) and value:
        key, value = next(iter(value.items()))
        name.append(key)
    return name


def _is_complete(text: str) -> bool:
    """``text`` ends between statements: what follows is not inside a text or an array of several lines."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)  # JSON's texts, numbers and booleans are TOML's as well
