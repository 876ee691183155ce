"""Change one table of a TOML file and leave every other byte alone.

The text is cut into statements in one pass, without a library that writes TOML: tomlkit gives some files back with
their tables in another order. The caller compares the parsed result with what it wanted, so a file whose layout fools
us is refused, never damaged.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Path = tuple[str, ...]

# What may hide a bracket, a comment or a line's end from the eye; an unclosed text reaches to the end.
_TOKEN = re.compile(
    r"#[^\n]*+"
    r'|"""(?:[^"\\]|\\.|"{1,2}(?!"))*+(?:"{3,5}|\Z)'
    r"|'''(?:[^']|'{1,2}(?!'))*+(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'[^'\n]*+'?"
    r"|[\[\]{}\n]",
    re.DOTALL,
)
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


class _Table(NamedTuple):
    """The statements from one ``[table]`` line to the next, the line included; ``name`` is ``()`` before the first."""

    name: Path
    statements: list[str]

    def parted(self) -> tuple[list[str], list[str]]:
        """Its own statements, and the blank lines and comments behind them, which belong to what follows."""
        end = len(self.statements)
        while end > 1 and _is_idle(self.statements[end - 1]):
            end -= 1
        return self.statements[:end], self.statements[end:]


class Tables:
    """A TOML text as its tables, in their order."""

    def __init__(self, text: str) -> None:
        self._text, self._tables = text, _tables(text)
        self._newline = "\r\n" if "\r\n" in text else "\n"

    def has(self, path: Sequence[str]) -> bool:
        """A ``[table]`` line for ``path`` stands in the text."""
        return any(table.name == tuple(path) for table in self._tables)

    def set(self, path: Sequence[str], values: Mapping[str, Any]) -> str:
        """The text with ``values`` in the table at ``path``, whose other keys and comments stay; a new table goes to
        the end. The other tables of the same name are not looked at."""
        at = next((at for at, table in enumerate(self._tables) if table.name == tuple(path)), None)
        if at is None:
            return self._with_new(path, values)
        own, rest = self._tables[at].parted()
        before, after = self._tables[:at], self._tables[at + 1 :]
        edited = "".join(self._edited(own, values))
        if not own[-1].endswith("\n"):
            edited = edited.removesuffix(self._newline)
        return "".join([*_statements_of(before), edited, *rest, *_statements_of(after)])

    def remove(self, path: Sequence[str]) -> str:
        """The text without the table at ``path`` and the tables below it; a blank line before each goes as well."""
        kept: list[str] = []
        for table in self._tables:
            if table.name[: len(path)] != tuple(path):
                kept += table.statements
                continue
            if kept and not kept[-1].strip():
                kept.pop()
            kept += table.parted()[1]
        return "".join(kept)

    def _with_new(self, path: Sequence[str], values: Mapping[str, Any]) -> str:
        before = self._text if not self._text or self._text.endswith("\n") else self._text + self._newline
        header = f"[{'.'.join(map(_key, path))}]{self._newline}"
        return before + (self._newline if before else "") + header + "".join(self._lines(values))

    def _edited(self, own: Sequence[str], values: Mapping[str, Any]) -> Iterator[str]:
        """A table's statements with ``values`` set; what says so already stays as it is written."""
        said = tomllib.loads("".join(own[1:]))
        new = {key: value for key, value in values.items() if key not in said or said[key] != value}
        done: set[str] = set()
        for statement in own:
            key = "" if _is_header(statement) else next(iter(tomllib.loads(statement)), "")
            if key in done:  # another statement of a dotted key: the first says it all
                continue
            if key in new:
                done.add(key)
                indent = statement[: len(statement) - len(statement.lstrip())]
                yield f"{indent}{_key(key)} = {_value(new[key])}{_comment(statement)}{self._newline}"
            else:
                yield statement if statement.endswith("\n") else statement + self._newline
        yield from self._lines({key: value for key, value in new.items() if key not in done})

    def _lines(self, values: Mapping[str, Any]) -> Iterator[str]:
        for key, value in values.items():
            yield f"{_key(key)} = {_value(value)}{self._newline}"


def _tables(text: str) -> list[_Table]:
    tables = [_Table((), [])]
    for statement in _statements(text):
        if _is_header(statement):
            tables.append(_Table(_name(statement), []))
        tables[-1].statements.append(statement)
    return tables


def _statements(text: str) -> Iterator[str]:
    """Lines with their ends, those of one value together; blank lines and comments are statements of their own."""
    start = depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
        elif token[0] in ("]", "}"):
            depth -= 1
        elif token[0] == "\n" and depth <= 0:
            yield text[start : token.end()]
            start, depth = token.end(), 0
    if start < len(text):
        yield text[start:]


def _name(statement: str) -> Path:
    """What a ``[table]`` or ``[[table]]`` line names. Raises TOMLDecodeError for a line that is neither."""
    value: Any = tomllib.loads(statement)
    name = []
    while isinstance(value, dict) and value:
        key, value = next(iter(value.items()))
        name.append(key)
    return tuple(name)


def _is_header(statement: str) -> bool:
    return statement.lstrip(" \t").startswith("[")


def _is_idle(statement: str) -> bool:
    return not statement.strip() or statement.lstrip().startswith("#")


def _comment(statement: str) -> str:
    """The comment at the end of a statement, with the space before it."""
    tokens = [token for token in _TOKEN.finditer(statement) if token[0] != "\n"]
    if not tokens or not tokens[-1][0].startswith("#"):
        return ""
    return statement[len(statement[: tokens[-1].start()].rstrip()) :].rstrip("\r\n")


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    # JSON's texts, numbers and booleans are TOML's as well, but for this one character
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _statements_of(tables: Iterable[_Table]) -> Iterator[str]:
    return (statement for table in tables for statement in table.statements)
