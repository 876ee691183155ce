"""Dockerfile and Containerfile: stages, variables, the images and files that go in. Line by line."""

from __future__ import annotations

import re

from indexers.engine.plain_builder import PlainBuilder
from indexers.facts import FileFacts

NAME = "dockerfile"
EXTENSIONS = (".dockerfile", ".containerfile")
FILENAMES = ("dockerfile", "containerfile")

_LINE = re.compile(rb"[^\n]*\n?")
_WORD = re.compile(rb"\S+")
_INSTRUCTION = re.compile(rb"[ \t]*([A-Za-z]{2,12})(?=\s)")
_HEREDOC = re.compile(rb"<<-?[\"']?(\w{1,60})")
_VARIABLE = re.compile(rb"\$(?:\{(\w{1,100})|(\w{1,100}))")
_ASSIGNED = re.compile(rb"(?:^|(?<=\s))([A-Za-z_]\w{0,100})=")
_MAX_HEREDOC = 100_000  # bytes


def extract(source: bytes) -> FileFacts:
    """The facts of a Dockerfile: ``FROM`` and the sources of ``COPY`` and ``ADD`` are imports; a stage is a
    ``module``, what ``ARG`` and ``ENV`` set is a ``variable``; stages and variables that are used, references."""
    reader = _DockerfileReader(source)
    at = 0
    while at < len(source):
        at = reader.read(at)
    reader.notes.close(len(source))
    return reader.notes.facts()


class _DockerfileReader:
    def __init__(self, source: bytes) -> None:
        self.notes, self.source = PlainBuilder(NAME, source), source
        self.stages: set[bytes] = set()
        self.may_have_heredocs = True

    def read(self, at: int) -> int:
        """Read the instruction that begins in the line at ``at``; where the next one begins."""
        first = self._line_end(at)
        line = self.source[at:first].strip()
        if line.startswith(b"#"):
            start = at + self.source[at:first].index(b"#")
            self.notes.comments.append((start, start + len(line)))
            return first
        found = _INSTRUCTION.match(self.source, at, first)
        if not found:
            return first
        end = self._instruction_end(at, first)
        self._instruction(found[1].upper(), at, found.end(), end)
        for used in _VARIABLE.finditer(self.source, found.end(), end):
            self.notes.use(used[1] or used[2], used.start(used.lastindex or 0))
        takes_heredoc = self.may_have_heredocs and found[1].upper() in _HEREDOCS
        heredoc = _HEREDOC.search(self.source, found.end(), end) if takes_heredoc else None
        return self._heredoc_end(heredoc[1], end) if heredoc else end

    def _line_end(self, at: int) -> int:
        line = _LINE.match(self.source, at)
        return line.end() if line else len(self.source)

    def _instruction_end(self, at: int, end: int) -> int:
        """Lines that end with a backslash go on; comments and blank lines between them do not end it."""
        while end < len(self.source):
            line = self.source[at:end].strip()
            if line and not line.startswith(b"#") and not line.endswith(b"\\"):
                break
            at, end = end, self._line_end(end)
        return end

    def _heredoc_end(self, word: bytes, at: int) -> int:
        found = re.compile(rb"^[ \t]*" + word + rb"[ \t\r]*$", re.M).search(
            self.source, at, at + _MAX_HEREDOC
        )
        # after one without an end, what follows is not looked through again
        self.may_have_heredocs = found is not None
        return self._line_end(found.end()) if found else at

    def _instruction(self, name: bytes, start: int, at: int, end: int) -> None:
        if name == b"FROM":
            self._from(start, at, end)
        elif name in (b"COPY", b"ADD"):
            self._copy(at, end)
        elif name == b"ENV":
            assigned = list(_ASSIGNED.finditer(self.source, at, end))
            for found in assigned or [*_WORD.finditer(self.source, at, end)][:1]:
                self._variable(found[0].removesuffix(b"="), found.start(), end)
        elif name == b"ARG":
            for word in _WORD.finditer(self.source, at, end):
                self._variable(word[0].partition(b"=")[0], word.start(), word.end())

    def _variable(self, name: bytes, at: int, end: int) -> None:
        if name.replace(b"_", b"").isalnum():
            self.notes.define(name, "variable", at, (at, end))

    def _from(self, start: int, at: int, end: int) -> None:
        words = [word for word in _WORD.finditer(self.source, at, end) if not word[0].startswith(b"--")]
        self.notes.close(start)
        if len(words) >= 3 and words[1][0].upper() == b"AS":
            name = words[2]
            self.notes.open(name[0], "module", name.start(), start)
            self.stages.add(name[0].lower())
        else:
            self.notes.open()
        if words:
            self._image(words[0][0], words[0].start(), "inherit")

    def _image(self, name: bytes, at: int, kind: str) -> None:
        """A stage of this file, or an image from outside."""
        if name.lower() in self.stages:
            self.notes.use(name, at, "inherit" if kind == "inherit" else "read")
        elif not name.startswith(b"$") and not name.isdigit():
            self.notes.bring(name, at)

    def _copy(self, at: int, end: int) -> None:
        words = [word for word in _WORD.finditer(self.source, at, end) if word[0] != b"\\"]
        flags = [word for word in words if word[0].startswith(b"--")]
        stage = next((word for word in flags if word[0].startswith(b"--from=")), None)
        if stage:
            self._image(stage[0][7:], stage.start() + 7, "read")
            return
        for word in words[len(flags) : -1]:
            name = word[0].strip(b'[]",')
            if name.strip(b"./") and not name.startswith((b"<<", b"$", b"http")):
                self.notes.bring(name, word.start())


_HEREDOCS = frozenset((b"RUN", b"COPY", b"ADD"))
