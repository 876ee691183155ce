"""Lines of files as the view has them: the proof that stands in an answer, so that nobody has to open the file."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence
from typing import Literal

from msgspec import Struct

from memoryd.query.answers import Definition
from memoryd.query.context import Context
from memoryd.query.safe_text import safe_name, safe_text
from memoryd.query.text.budget import TextSection
from memoryd.query.text.lines import clipped, place
from memoryd.store.index import reader
from memoryd.store.index.queries import graph_queries

Detail = Literal["auto", "places", "lines", "source"]
"""How much of the code stands in an answer: only places, the line of each, or the definitions in which they stand.
``auto``: the lines where the list is short."""

SHORT_LIST = 20
_WHOLE_LINES = 40  # a definition of so many is shown whole
_AROUND = 3  # lines shown before and after the used one in a longer definition
_FILES = 200  # texts that one question takes from the store
MAX_PARTS = 50


class SourcePart(Struct, frozen=True):
    """Lines of ``path``: ``lines`` are (number, text), 1-based and in order, not always next to each other. ``symbol``:
    the definition that they are of (``""``: none). ``total``: how many lines that has. ``is_outline``: they are the
    first lines of its members."""

    path: str
    symbol: str
    lines: tuple[tuple[int, str], ...]
    total: int
    is_outline: bool = False

    def text(self) -> str:
        """The lines with their numbers, without the indentation that all have; a gap as ``…``."""
        indents = [len(line) - len(line.lstrip()) for _, line in self.lines if line.strip()]
        cut = min(indents, default=0)
        shown: list[str] = []
        last = 0
        for number, line in self.lines:
            shown += ["    | …"] if last and number > last + 1 and not self.is_outline else []
            shown.append(f"    | {number} {clipped(safe_text(line[cut:]))}".rstrip())
            last = number
        return "\n".join(shown)


class SourceLines:
    """The lines of the view's files, each file read once."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._texts: dict[str, Sequence[str]] = {}
        self._symbols: dict[str, Sequence[Definition]] = {}

    def line(self, path: str, number: int) -> str:
        """The line without its indentation; ``""`` where it cannot be had."""
        lines = self._of(path)
        return lines[number - 1].strip() if 0 < number <= len(lines) else ""

    def head_of(self, path: str, number: int) -> str:
        """The line at the left edge under which a line is indented: itself, where it is not."""
        lines = self._of(path)
        for at in range(min(number, len(lines)) - 1, -1, -1):
            if lines[at][:1].strip() and not lines[at].startswith((")", "]", "}", "#", "//")):
                return lines[at]
        return ""

    def definition(self, one: Definition, used: Collection[int] = ()) -> SourcePart:
        """The whole of it where it is short, else its first line and those around the ``used`` ones; where there are
        none, the first lines of its members, or its beginning. Of a file only what is around the used lines."""
        lines = self._of(one.path)
        first, last = (one.line, min(one.end_line, len(lines))) if one.qualname else (1, len(lines))
        is_long = not one.qualname or last - first >= _WHOLE_LINES
        members = () if used or not is_long else self._members(one)
        wanted: Iterable[int] = range(first, last + 1)
        if used and is_long:
            near = {at + step for at in used for step in range(-_AROUND, _AROUND + 1)}
            wanted = sorted({at for at in near if first <= at <= last} | ({first} if one.qualname else set()))
        elif members:
            wanted = sorted({first, *members})
        shown = tuple((at, lines[at - 1].rstrip()) for at in itertools.islice(wanted, _WHOLE_LINES))
        return SourcePart(one.path, one.qualname, shown, max(0, last - first + 1), bool(members))

    def _members(self, one: Definition) -> Collection[int]:
        """The first lines of what is defined directly within it, and not within another of its members."""
        found: list[Definition] = []
        for member in self._definitions(one.path):  # outer before inner
            name = member.qualname.removeprefix(f"{one.qualname}.")
            is_direct = name != member.qualname and "." not in name
            if is_direct and not any(other.line < member.line <= other.end_line for other in found):
                found.append(member)
        return {member.line for member in found}

    def enclosing(self, places: Iterable[tuple[str, int]]) -> tuple[tuple[SourcePart, ...], int]:
        """The definitions in which (path, line) stand, each once, in the order of the places: the first MAX_PARTS, and
        how many there are in all."""
        used: dict[Definition, list[int]] = {}
        for path, line in places:
            used.setdefault(self._around(path, line), []).append(line)
        first = itertools.islice(used.items(), MAX_PARTS)
        return tuple(self.definition(one, lines) for one, lines in first), len(used)

    def _around(self, path: str, line: int) -> Definition:
        """The innermost definition of more than one line that has the line, else the file."""
        around = [
            one
            for one in self._definitions(path)
            if one.line <= line <= one.end_line and one.end_line > one.line
        ]
        whole_file = Definition(path, 1, 1, "file", "")
        return min(around, key=lambda one: one.end_line - one.line, default=whole_file)

    def _definitions(self, path: str) -> Sequence[Definition]:
        if path not in self._symbols:
            row = graph_queries.file_at(self._ctx.index, self._ctx.view.id, path)
            rows = graph_queries.symbols_of(self._ctx.index, self._ctx.view.id, row.path_id) if row else ()
            self._symbols[path] = [
                Definition(path, one.line, one.end_line, one.kind, one.qualname) for one in rows
            ]
        return self._symbols[path]

    def _of(self, path: str) -> Sequence[str]:
        if path not in self._texts:
            row = graph_queries.file_at(self._ctx.index, self._ctx.view.id, path)
            text = (
                reader.file_text(self._ctx.index, row.file_id) if row and len(self._texts) < _FILES else b""
            )
            self._texts[path] = text.decode("utf-8", "replace").split("\n")
        return self._texts[path]


def sources_section(parts: Sequence[SourcePart], total: int) -> TextSection:
    """Each part below its place; ``total``: how many there are, shown or not."""
    items = [
        f"{place(part.path, part.lines[0][0])} {safe_name(part.symbol)}\n{part.text()}"
        for part in parts
        if part.lines
    ]
    return TextSection(items=items, total=total, title="where they stand:", keep=len(items))


def wants_lines(detail: Detail, count: int) -> bool:
    """Whether the line of each of ``count`` places is shown."""
    return detail == "lines" or (detail in ("auto", "source") and count <= SHORT_LIST)


def quoted_line(text: str) -> str:
    """A line of code below its place; ``""`` where there is none."""
    return f"\n      | {clipped(safe_text(text))}" if text else ""
