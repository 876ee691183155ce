"""CSS and its dialects SCSS and Less: classes, variables, mixins, what a sheet takes in.

One pass over braces and semicolons reads all three; a grammar would be one each, and no quicker.
"""

from __future__ import annotations

import re

from indexers.engine.plain_builder import PlainBuilder
from indexers.facts import FileFacts, SymbolKind

NAME = "css"
EXTENSIONS = (".css", ".scss", ".less")
FILENAMES: tuple[str, ...] = ()

_TOKEN = re.compile(
    rb"/\*[^*]*(?:\*(?!/)[^*]*)*(?:\*/)?|(?<![:\w])//[^\n]*|\"[^\"\\\n]*(?:\\.[^\"\\\n]*)*\"?"
    rb"|'[^'\\\n]*(?:\\.[^'\\\n]*)*'?|url\([^)\"'\n]*\)?|[#@]\{[^{}\n]*\}?|[{};]"
)
_CLASS = re.compile(rb"[.%](-?[A-Za-z_\x80-\xff][\w\x80-\xff-]{0,199})")
_ID = re.compile(rb"#([A-Za-z_][\w-]{0,199})")
_VARIABLE = re.compile(rb"(--[\w-]{1,200}|[$@][\w-]{1,200})\s{0,9}:")
_AT = re.compile(rb"@([\w-]{1,40})\s{0,9}")
_NAME = re.compile(rb"[\w-]{1,200}")
_USE = re.compile(rb"var\(\s{0,9}(--[\w-]{1,200})|(\$[\w-]{1,200})")
_STRING = re.compile(rb"""["']([^"'\n]{1,300})["']|url\(\s{0,9}["']?([^)"'\s]{1,300})""")
_IMPORTS = frozenset((b"import", b"use", b"forward", b"reference", b"plugin"))
_MIXIN = re.compile(rb"[\w.-]{1,200}")
_OPEN, _CLOSE = b"{}"
_NAMED: dict[bytes, SymbolKind] = {b"mixin": "macro", b"function": "function", b"keyframes": "constant"}


def extract(source: bytes) -> FileFacts:
    """The facts of a style sheet. A class is a ``class``, a variable (``--x``, ``$x``) a ``variable``, a mixin a
    ``macro``; ``@include``, ``@extend``, ``var()``, ``$x`` and the ids of selectors are references."""
    reader = _CssReader(source)
    begin = 0  # of the statement
    for token in _TOKEN.finditer(source):
        start, end = token.span()
        kind = source[start]
        if source.startswith((b"/*", b"//"), start):
            reader.notes.comments.append((start, end))
            begin = end if not source[begin:start].strip() else begin
        elif end == start + 1:
            reader.statement(begin, start, kind)
            begin = end
    return reader.notes.facts()


class _CssReader:
    def __init__(self, source: bytes) -> None:
        self.notes, self.source = PlainBuilder(NAME, source), source

    def statement(self, begin: int, end: int, closing: int) -> None:
        """The text between two braces or semicolons, and which of them follows it."""
        text = self.source[begin:end]
        begin += len(text) - len(text.lstrip())
        if begin < end:
            if closing == _OPEN:
                self._header(begin, end)
            else:
                self._declaration(begin, end)
            named = _VARIABLE.match(self.source, begin, end)
            for used in _USE.finditer(self.source, named.end() if named else begin, end):
                self.notes.use(used[used.lastindex or 0], used.start(used.lastindex or 0))
        elif closing == _OPEN:
            self.notes.open()
        if closing == _CLOSE:
            self.notes.close(end + 1)

    def _header(self, begin: int, end: int) -> None:
        """What stands before a block: an at-rule, a nested property or selectors."""
        notes, rule = self.notes, _AT.match(self.source, begin, end)
        if rule:
            name = _NAME.match(self.source, rule.end(), end) if rule[1] in _NAMED else None
            if rule[1] == b"include":
                self._include(rule.end(), end)
            if name:
                notes.open(name[0], _NAMED[rule[1]], name.start(), begin)
            else:
                notes.open()
            return
        for used in _ID.finditer(self.source, begin, end):
            notes.use(used[1], used.start(1))
        outer = notes.inside
        classes = list(_CLASS.finditer(self.source, begin, end))
        if not classes:
            notes.open()
            return
        notes.open(classes[0][1], "class", classes[0].start(1), begin)
        for found in classes[1:]:
            notes.define(found[1], "class", found.start(1), owner=outer)

    def _declaration(self, begin: int, end: int) -> None:
        notes = self.notes
        variable = _VARIABLE.match(self.source, begin, end)
        if variable:
            notes.define(variable[1], "variable", begin, (begin, end), owner="")
            return
        rule = _AT.match(self.source, begin, end)
        if not rule:
            return
        if rule[1] == b"include":
            self._include(rule.end(), end)
        elif rule[1] == b"extend":
            for used in _CLASS.finditer(self.source, rule.end(), end):
                notes.use(used[1], used.start(1), "inherit")
        elif rule[1] in _IMPORTS:
            for found in _STRING.finditer(self.source, rule.end(), end):
                notes.bring(found[found.lastindex or 0], found.start(found.lastindex or 0))

    def _include(self, at: int, end: int) -> None:
        name = _MIXIN.match(self.source, at, end)
        if name:
            self.notes.use_dotted(name[0].rstrip(b"."), at, "call")
