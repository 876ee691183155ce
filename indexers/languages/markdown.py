"""Markdown: no symbols (a heading "Install" must not answer a look-up of the function ``install``).

What a document says is found through its chunks, one per heading; ``scan`` is the line scanner behind
them and behind the decision reader. It knows front matter, fences and HTML comments, so that a heading
or a field inside an example is none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from indexers.facts import FileFacts

NAME = "markdown"
EXTENSIONS = (".md", ".markdown", ".mdx", ".mkd", ".mdc")
FILENAMES: tuple[str, ...] = ()

LineKind = Literal["text", "heading", "code", "meta", "comment"]

_ATX = re.compile(r" {0,3}(#{1,6})(?=[ \t]|$)")
_FENCE = re.compile(r"[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)?(`{3,}|~{3,})(.*)$")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_NO_PARAGRAPH = re.compile(r" {0,3}(?:[-*+>|]|\d+[.)])[ \t]|[ \t]*$| {4}|\t| {0,3}[|>]")
_META_LIMIT = 200  # lines of front matter; more is a rule drawn with dashes
_TITLE_LIMIT = 200  # characters of a heading that are kept


class Heading(Struct, frozen=True):
    """``level`` 1 to 6, ``title`` as written without its markers, ``line`` 1-based, ``path`` the titles of
    the headings it stands under, itself last."""

    level: int
    title: str
    line: int
    path: tuple[str, ...]


class MarkdownOutline(Struct, frozen=True):
    """``kinds[i]`` says what line ``i + 1`` is; ``meta`` covers the front matter with its two rules."""

    headings: tuple[Heading, ...]
    kinds: tuple[LineKind, ...]


def extract(source: bytes) -> FileFacts:
    """No facts beside the language: see the module's docstring."""
    return FileFacts(language=NAME)


def scan(lines: Sequence[str]) -> MarkdownOutline:
    """The outline of a document given as lines (line ends allowed); one pass, never fails."""
    stripped = [line.rstrip("\r\n") for line in lines]
    if stripped:
        stripped[0] = stripped[0].removeprefix("\ufeff")
    scanner = _Scanner(stripped)
    scanner.run()
    return MarkdownOutline(headings=tuple(scanner.headings), kinds=tuple(scanner.kinds))


class _Scanner:
    """The state of one pass: the open fence, the open comment, the path of headings."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.kinds: list[LineKind] = []
        self.headings: list[Heading] = []
        self.open: list[Heading] = []
        self.fence = ""
        self.comment = False

    def run(self) -> None:
        self.kinds = ["meta"] * _front_matter(self.lines)
        for index in range(len(self.kinds), len(self.lines)):
            self.kinds.append(self._classify(index, self.lines[index]))

    def _classify(self, index: int, line: str) -> LineKind:
        if self.fence:
            return self._inside_fence(line)
        if self.comment:
            self.comment = "-->" not in line
            return "comment"
        if "```" in line or "~~~" in line:
            fence = _FENCE.match(line)
            if fence and "`" not in fence[2]:
                self.fence = fence[1]
                return "code"
        if line.lstrip().startswith("<!--"):
            self.comment = "-->" not in line
            return "comment" if self.comment or line.rstrip().endswith("-->") else "text"
        return self._heading(index, line)

    def _inside_fence(self, line: str) -> LineKind:
        body = line.lstrip(" \t>").rstrip()
        if body.startswith(self.fence) and not body.strip(self.fence[0]):
            self.fence = ""
        return "code"

    def _heading(self, index: int, line: str) -> LineKind:
        if "#" in line and (atx := _ATX.match(line)):
            self._push(len(atx[1]), _unclosed(line[atx.end() :].strip()), index)
            return "heading"
        if line[:4].lstrip()[:1] in ("=", "-") and self._is_underline(index, line):
            self._push(1 if "=" in line else 2, self.lines[index - 1], index - 1)
            self.kinds[index - 1] = "heading"
            return "heading"
        return "text"

    def _is_underline(self, index: int, line: str) -> bool:
        above_is_text = index > 0 and self.kinds[index - 1] == "text"
        return above_is_text and bool(_SETEXT.match(line)) and not _NO_PARAGRAPH.match(self.lines[index - 1])

    def _push(self, level: int, title: str, index: int) -> None:
        while self.open and self.open[-1].level >= level:
            self.open.pop()
        title = title.strip()[:_TITLE_LIMIT]
        path = (*(self.open[-1].path if self.open else ()), title)
        self.open.append(Heading(level=level, title=title, line=index + 1, path=path))
        self.headings.append(self.open[-1])


def _unclosed(title: str) -> str:
    """The title without the optional closing run of ``#``."""
    bare = title.rstrip("#")
    return bare if not bare or bare[-1] in " \t" else title


def _front_matter(lines: list[str]) -> int:
    """How many lines the front matter takes, its two rules included; 0 where there is none."""
    if not lines or lines[0].rstrip() not in ("---", "+++"):
        return 0
    rule = lines[0].rstrip()
    closing = {rule, "..."} if rule == "---" else {rule}
    for index, line in enumerate(lines[1:_META_LIMIT], start=1):
        if line.rstrip() in closing:
            return index + 1
    return 0
