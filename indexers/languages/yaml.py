"""YAML: the keys of block mappings, by indentation. Lists, flow values and long strings are values."""

from __future__ import annotations

import re

from indexers.engine.data_keys import DataKeys
from indexers.facts import FileFacts

NAME = "yaml"
EXTENSIONS = (".yaml", ".yml")
FILENAMES: tuple[str, ...] = ()

_LINE = re.compile(rb"([ \t]*)([^\n]*)\n?")
_KEY = re.compile(
    rb"""(?:"([^"\n]{1,120})"|'([^'\n]{1,120})'|([^\s\#&*!|>'"%@`\[\]{},:?-][^\n\#]{0,119}?|-[^\s][^\n\#]{0,118}?))"""
    rb"[ \t]{0,20}:(?=[ \t\r]|$)[ \t]*(?:[&!]\S{1,120}[ \t]+){0,2}"
)
_FILE = re.compile(rb"""^[ \t-]*["']?\$ref["']?:[ \t]+["']?([^"'#\s]{1,300})""", re.M)
_MULTILINE = (b"|", b">", b'"', b"'", b"{", b"[")  # such a value may go on in deeper lines, which are no keys


def extract(source: bytes) -> FileFacts:
    """The facts of a YAML file; the file part of ``$ref`` is an import."""
    reader = _YamlReader(source)
    for line in _LINE.finditer(source):
        reader.read(line)
    notes = reader.keys.notes
    reader.close(0)
    for found in _FILE.finditer(source):
        if b"://" not in found[1]:
            notes.bring(found[1], found.start(1))
    return reader.keys.facts()


class _YamlReader:
    """``indents``: of the open keys. Lines deeper than ``value`` belong to a value; so do the items at
    ``items`` where that value is a list (-1: none). ``end``: of the last line with text."""

    def __init__(self, source: bytes) -> None:
        self.keys = DataKeys(NAME, source)
        self.indents: list[int] = []
        self.value = self.items = -1
        self.end = 0

    def read(self, line: re.Match[bytes]) -> None:
        indent, body = len(line[1]), line[2].rstrip()
        if not body:
            return
        is_item = body == b"-" or body.startswith((b"- ", b"-\t"))
        if body.startswith(b"#") and not 0 <= self.value < indent:
            self.keys.notes.comments.append((line.start(2), line.start(2) + len(body)))
        elif is_item and not 0 <= self.value < indent:
            self.value = self.items = indent
        elif not 0 <= self.value < indent:
            self.value = self.items = -1
            self._mapping(line, indent, body)
        self.end = line.end()

    def close(self, indent: int) -> None:
        """The keys at this indent or deeper end with the last line that had text."""
        while self.indents and self.indents[-1] >= indent:
            self.keys.close(len(self.indents), self.end)
            self.indents.pop()

    def _mapping(self, line: re.Match[bytes], indent: int, body: bytes) -> None:
        key = _KEY.match(body)
        if key is None:
            if body.startswith((b"---", b"...")):
                self.close(0)
            return
        self.close(indent)
        self.indents.append(indent)
        group = key.lastindex or 0
        self.keys.open(
            len(self.indents), key[group].rstrip(), line.start(2) + key.start(group), line.start(2)
        )
        if body.startswith(_MULTILINE, key.end()):
            self.value = indent
