"""HCL (Terraform, OpenTofu, Nomad, Packer): blocks by their address, and the addresses that they use."""

from __future__ import annotations

import re

from indexers.engine.plain_builder import PlainBuilder
from indexers.facts import FileFacts, SymbolKind

NAME = "hcl"
EXTENSIONS = (".tf", ".hcl", ".tfvars", ".nomad", ".tofu")
FILENAMES: tuple[str, ...] = ()

_TOKEN = re.compile(
    rb"(?P<comment>\#[^\n]*|//[^\n]*|/\*[^*]*(?:\*(?!/)[^*]*)*(?:\*/)?)"
    rb"|<<-?(?P<heredoc>[A-Za-z_]\w{0,60})[ \t\r]*\n"
    rb"|(?P<string>\"[^\"\\\n]*(?:\\.[^\"\\\n]*)*\"?)"
    rb"|(?P<name>[A-Za-z_][\w-]{0,200}(?:\.[A-Za-z_*][\w*-]{0,200}){0,8})(?P<assign>[ \t]*=(?![=>~]))?"
    rb"|(?P<mark>[{}])|(?P<newline>\n)"
)
_EXPRESSION = re.compile(rb"[$%]\{([^{}\"]{1,500})")
_ADDRESS = re.compile(rb"(?<![\w.\"-])[A-Za-z_][\w-]{0,200}(?:\.[A-Za-z_][\w-]{0,200}){1,8}")
_KINDS: dict[bytes, SymbolKind] = {
    b"variable": "variable",
    b"output": "variable",
    b"module": "module",
    b"provider": "module",
}
_PREFIX = {
    b"variable": b"var",
    b"module": b"module",
    b"data": b"data",
    b"output": b"output",
    b"provider": b"provider",
}
_ROOTS = {b"var": 2, b"local": 2, b"module": 2, b"data": 3}
_INDEXED_OUTPUT = re.compile(rb"\[[^\[\]\n]{0,200}\]\.([A-Za-z_][\w-]{0,200})")
_OF_MODULE = frozenset(b"source version count for_each providers depends_on".split())
_NO_ADDRESS = frozenset(b"each count self path terraform".split())


def extract(source: bytes) -> FileFacts:
    """The facts of an HCL file. The qualname of a block is its address as Terraform writes it (``var.region``,
    ``module.net``, ``aws_s3_bucket.logs``, ``data.aws_ami.base``, ``local.tags``); uses of addresses are reads
    with the address as written; a module's ``source`` is an import that binds the module's address. What a module is
    given is a read of ``module.NAME.var.INPUT``, and what a file of values sets one of ``var.INPUT``."""
    reader = _HclReader(source)
    at = 0
    while token := _TOKEN.search(source, at):
        at = reader.read(token)
    return reader.notes.facts()


class _HclReader:
    """``words``: names and strings in this line before a brace. ``blocks``: the first word of each open block."""

    def __init__(self, source: bytes) -> None:
        self.notes, self.source = PlainBuilder(NAME, source), source
        self.words: list[tuple[bytes, int]] = []
        self.blocks: list[bytes] = []
        self.assigned = b""

    def read(self, token: re.Match[bytes]) -> int:
        """Take in one token; where the next may begin."""
        if token["mark"]:
            self._brace(token)
        elif token["newline"]:
            self.words, self.assigned = [], b""
        elif token["comment"]:
            self.notes.comments.append(token.span())
        elif token["heredoc"]:
            return self._heredoc(token["heredoc"], token.end())
        elif token["string"]:
            self._string(token)
        else:
            self._name(token)
        return token.end()

    def _brace(self, token: re.Match[bytes]) -> None:
        if token["mark"] == b"}":
            self.notes.close(token.end())
            if self.blocks:
                self.blocks.pop()
        elif self.words and not self.assigned:
            self._block(self.words)
        else:
            self.blocks.append(b"")
            self.notes.open()
        self.words = []

    def _block(self, words: list[tuple[bytes, int]]) -> None:
        first, start = words[0]
        labels = [text for text, _ in words[1:]]
        top = not self.blocks
        self.blocks.append(first if top else b"")
        if not top or not labels:
            self.notes.open()
            return
        parts = [*([_PREFIX[first]] if first in _PREFIX else []), *labels]
        if first not in _PREFIX and first != b"resource":
            parts = [first, *labels]
        self._open(parts, _KINDS.get(first, "struct"), words[-1][1], start)

    def _open(self, parts: list[bytes], kind: SymbolKind, at: int, start: int) -> None:
        self.notes.open(parts[-1], kind, at, start, owner=b".".join(parts[:-1]))

    def _string(self, token: re.Match[bytes]) -> None:
        text = token["string"].strip(b'"')
        if not self.assigned:
            self.words.append((text, token.start() + 1))
        elif self.assigned == b"source" and self.blocks == [b"module"]:
            self.notes.bring(text, token.start() + 1, self.notes.inside.encode())
        self._expressions(token.start(), token.end())

    def _expressions(self, start: int, end: int) -> None:
        for found in _EXPRESSION.finditer(self.source, start, end):
            for used in _ADDRESS.finditer(self.source, *found.span(1)):
                self._use(used)

    def _name(self, token: re.Match[bytes]) -> None:
        name = token["name"]
        if token["assign"] and not self.assigned and not self.words:
            self.assigned = name
            if self.blocks == [b"locals"]:
                self.notes.define(name, "variable", token.start(), owner="local")
            elif not self.blocks:
                self.notes.define(name, "property", token.start())
                self.notes.use(name, token.start(), "read", b"var")
            elif self.blocks == [b"module"] and name not in _OF_MODULE:
                self.notes.use(name, token.start(), "read", self.notes.inside.encode() + b".var")
        elif b"." in name:
            self._use(token, "name")
        elif not self.assigned:
            self.words.append((name, token.start()))

    def _use(self, found: re.Match[bytes], group: str | int = 0) -> None:
        name, at = found[group], found.start(group)
        parts = name.split(b".")
        size = _ROOTS.get(parts[0], 2)
        if len(parts) < size or parts[0] in _NO_ADDRESS or b"*" in b".".join(parts[:size]):
            return
        self.notes.use_dotted(b".".join(parts[:size]), at)
        if parts[0] != b"module":
            return
        indexed = _INDEXED_OUTPUT.match(self.source, at + len(name)) if len(parts) == size else None
        if len(parts) > size:
            self.notes.use_dotted(b".".join(parts[: size + 1]), at)
        elif indexed:
            self.notes.use(indexed[1], indexed.start(1), "read", name)

    def _heredoc(self, word: bytes, at: int) -> int:
        found = re.compile(rb"^[ \t]*" + word + rb"[ \t\r]*$", re.M).search(self.source, at)
        end = found.end() if found else len(self.source)
        self._expressions(at, end)
        return end
