"""Protocol Buffers: messages, enums, services and their parts; the types that they name."""

from __future__ import annotations

import re

import msgspec

from indexers.engine.plain_builder import PlainBuilder
from indexers.facts import FileFacts, SymbolKind

NAME = "proto"
EXTENSIONS = (".proto",)
FILENAMES: tuple[str, ...] = ()

_TOKEN = re.compile(
    rb"//[^\n]*|/\*[^*]*(?:\*(?!/)[^*]*)*(?:\*/)?|\"[^\"\\\n]*(?:\\.[^\"\\\n]*)*\"?|'[^'\\\n]*(?:\\.[^'\\\n]*)*'?"
    rb"|[{};]"
)
_HEAD = re.compile(rb"(message|enum|service|oneof|extend|rpc)\s{1,99}([\w.]{1,200})")
_IMPORT = re.compile(rb"import\s{1,99}(public\s{1,99}|weak\s{1,99})?[\"']([^\"'\n]{1,300})")
_PACKAGE = re.compile(rb"package\s{1,99}([\w.]{1,200})")
_RPC = re.compile(rb"[(]\s{0,99}(?:stream\s{1,99})?([\w.]{1,200})\s{0,99}[)]")
_FIELD = re.compile(
    rb"(?:(?:repeated|optional|required)\s{1,99})?"
    rb"(map\s{0,99}<\s{0,99}\w{1,99}\s{0,99},\s{0,99}([\w.]{1,200})\s{0,99}>|[\w.]{1,200})\s{1,99}(\w{1,200})\s{0,99}="
)
_VALUE = re.compile(rb"(\w{1,200})\s{0,99}=")
_KINDS: dict[bytes, SymbolKind] = {
    b"message": "struct",
    b"enum": "enum",
    b"service": "interface",
    b"rpc": "method",
}
_SCALARS = frozenset(
    b"""double float int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 bool string bytes
    """.split()
)
_NO_TYPE = frozenset((b"option", b"reserved", b"extensions", b"returns", b"syntax", b"edition", b"package"))


def extract(source: bytes) -> FileFacts:
    """The facts of a .proto file. Types that fields and rpcs name are ``type`` references."""
    reader = _ProtoReader(source)
    begin = 0
    for token in _TOKEN.finditer(source):
        start, end = token.span()
        if source[start : start + 1] == b"/":
            reader.notes.comments.append((start, end))
            begin = end if not source[begin:start].strip() else begin
        elif source[start] in b"{};":
            reader.statement(begin, start, source[start])
            begin = end
    return msgspec.structs.replace(reader.notes.facts(), package=reader.package)


class _ProtoReader:
    def __init__(self, source: bytes) -> None:
        self.notes, self.source = PlainBuilder(NAME, source), source
        self.package = ""

    def statement(self, begin: int, end: int, closing: int) -> None:
        """The text between two braces or semicolons, and which of them follows it."""
        text = self.source[begin : begin + 400]
        begin = min(end, begin + len(text) - len(text.lstrip()))
        head = _HEAD.match(self.source, begin, end)
        if closing == _OPEN:
            self._open(head, begin, end)
        elif closing == _CLOSE:
            self.notes.close(end + 1)
        elif head and head[1] == b"rpc":
            self._open(head, begin, end)
            self.notes.close(end + 1)
        else:
            self._plain(begin, end)

    def _open(self, head: re.Match[bytes] | None, begin: int, end: int) -> None:
        if head and head[1] == b"extend":
            self._type(head[2], head.start(2), "inherit")
        if head is None or head[1] not in _KINDS:
            self._plain(begin, end)  # a field whose options have braces
            self.notes.open()
            return
        self.notes.open(head[2], _KINDS[head[1]], head.start(2), begin)
        if head[1] == b"rpc":
            for used in _RPC.finditer(self.source, head.end(), end):
                self._type(used[1], used.start(1), "type")

    def _plain(self, begin: int, end: int) -> None:
        notes = self.notes
        if notes.kind == "enum":
            value = _VALUE.match(self.source, begin, end)
            if value and value[1] not in _NO_TYPE:
                notes.define(value[1], "constant", begin, (begin, end))
        elif notes.depth:
            field = _FIELD.match(self.source, begin, end)
            if field and field[1] not in _NO_TYPE:
                notes.define(field[3], "field", field.start(3), (begin, end))
                group = 2 if field[2] else 1
                self._type(field[group], field.start(group), "type")
        elif imported := _IMPORT.match(self.source, begin, end):
            public = (imported[1] or b"").startswith(b"public")
            notes.bring(imported[2], imported.start(2), reexport=public)
        elif package := _PACKAGE.match(self.source, begin, end):
            self.package = package[1].decode("ascii", "replace")

    def _type(self, name: bytes, at: int, kind: str) -> None:
        if name not in _SCALARS:
            stripped = name.lstrip(b".")
            self.notes.use_dotted(
                stripped, at + len(name) - len(stripped), "inherit" if kind == "inherit" else "type"
            )


_OPEN, _CLOSE = b"{}"
