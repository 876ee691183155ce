"""``working-tree-encoding`` of .gitattributes files: in which encoding git keeps a file on disk."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from indexers.files.decoding import as_utf8
from memoryd.globs.ignore import PATTERN_LIMIT, Pattern, parse
from memoryd.ingest.files.ignore_files import read_rules
from memoryd.ingest.files.rooted_files import RootedFiles

GITATTRIBUTES = ".gitattributes"
_ATTRIBUTE = "working-tree-encoding"


class _Line(Struct, frozen=True):
    """``encoding``: ``""`` takes back what an earlier line said. ``folder``: of the file."""

    folder: tuple[str, ...]
    pattern: Pattern
    encoding: str


class WorkTreeEncodings:
    """``paths``: of the project's .gitattributes files."""

    def __init__(self, rooted: RootedFiles, paths: Iterable[str]) -> None:
        shallow_first = sorted(paths, key=lambda path: path.count("/"))
        self._lines = [line for path in shallow_first for line in _lines(path, read_rules(rooted, path))]

    def as_git_has_it(self, path: str, data: bytes) -> bytes:
        """``data`` in UTF-8 where an encoding is declared for the path and fits: the bytes of git's blob."""
        encoding = self._encoding(path) if self._lines else ""
        return (as_utf8(data, encoding) or data) if encoding else data

    def _encoding(self, path: str) -> str:
        """The last line that fits decides, the deeper files after the others."""
        parts = tuple(path.split("/"))
        for line in reversed(self._lines):
            depth = len(line.folder)
            if parts[:depth] == line.folder and line.pattern.matches(parts[depth:], False):
                return line.encoding
        return ""


def _lines(path: str, text: str) -> list[_Line]:
    folder = tuple(path.split("/")[:-1])
    found = []
    for words in (line.split() for line in text.splitlines() if _ATTRIBUTE in line):
        said = [word for word in words[1:] if word.lstrip("-!").startswith(_ATTRIBUTE)]
        if said and words[0][0] not in '#!"':
            found += [_Line(folder, pattern, said[-1].partition("=")[2]) for pattern in parse(words[0])]
    return found[:PATTERN_LIMIT]
