"""GraphQL schemas and queries: types, fields and the types that they name, operations and fragments."""

from __future__ import annotations

import re

from indexers.engine.plain_builder import PlainBuilder
from indexers.facts import FileFacts, SymbolKind

NAME = "graphql"
EXTENSIONS = (".graphql", ".gql", ".graphqls")
FILENAMES: tuple[str, ...] = ()

_TOKEN = re.compile(
    rb"(?P<comment>\#[^\n]*)|\"\"\"|\"[^\"\\\n]*(?:\\.[^\"\\\n]*)*\"?|(?P<mark>[{}()])"
    rb"|(?P<head>\b(?:type|interface|input|enum|union|scalar|fragment|query|mutation|subscription|directive)"
    rb"[ \t]{1,99}@?(?P<named>[A-Za-z_]\w{0,199}))"
    rb"|\.\.\.[ \t]{0,9}(?:on[ \t]{1,9})?(?P<spread>[A-Za-z_]\w{0,199})"
    rb"|[:=|&]\s{0,99}\[{0,9}(?P<type>[A-Za-z_]\w{0,199})"
    rb"|\b(?:on|implements)\s{1,9}(?P<base>[A-Za-z_]\w{0,199})|(?P<name>[A-Za-z_]\w{0,199})"
)
_KINDS: dict[bytes, SymbolKind] = {
    b"type": "class", b"interface": "interface", b"input": "struct", b"enum": "enum", b"union": "type",
    b"scalar": "type", b"directive": "macro",
}  # fmt: skip
_SCHEMA = frozenset((b"type", b"interface", b"input", b"enum"))
_BUILTINS = frozenset(b"Int Float String Boolean ID true false null on".split())


def extract(source: bytes) -> FileFacts:
    """The facts of a GraphQL document. A field of a schema is a ``field``, an operation or fragment a
    ``function``; named types are ``type`` references, spread fragments ``read``."""
    reader = _GraphqlReader(source)
    at = 0
    while token := _TOKEN.search(source, at):
        at = reader.read(token)
    reader.finish(len(source))
    return reader.notes.facts()


class _GraphqlReader:
    """``head``: the definition whose body has not begun. ``body``: whether this is the body of a schema's type.
    ``parentheses``: how many are open. ``directive``: whether they are the arguments of one."""

    def __init__(self, source: bytes) -> None:
        self.notes, self.source = PlainBuilder(NAME, source), source
        self.head: re.Match[bytes] | None = None
        self.body = b""
        self.parentheses = 0
        self.directive = False

    def read(self, token: re.Match[bytes]) -> int:
        """Take in one token; where the next may begin."""
        if token["mark"]:
            self._mark(token)
        elif token["comment"]:
            self.notes.comments.append(token.span())
        elif token[0] == b'"""':
            end = self.source.find(b'"""', token.end())
            return len(self.source) if end < 0 else end + 3
        elif token["head"] and not self.notes.depth:
            self.finish(token.start())
            self.head = token
        elif token["head"]:  # a field whose name is a keyword has no name after it
            self._name(token["head"].split()[0], token.start())
            return token.start() + len(token["head"].split()[0])
        elif token["spread"]:
            self.notes.use(token["spread"], token.start("spread"))
        elif token["base"]:
            self._use(token, "base", "inherit" if self.head and not self.notes.depth else "type")
        elif token["type"]:
            self._use(token, "type", "type")
        elif token["name"]:
            self._name(token["name"], token.start())
        return token.end()

    def _mark(self, token: re.Match[bytes]) -> None:
        mark = token["mark"]
        if mark in b"()":
            self.parentheses = max(0, self.parentheses + (1 if mark == b"(" else -1))
            self.directive = self.directive and self.parentheses > 0
        elif mark == b"}":
            self.parentheses = 0
            self.notes.close(token.end())
        else:
            self._open()

    def _open(self) -> None:
        self.parentheses = 0
        head, self.head = self.head, None
        if head is None or self.notes.depth:
            self.body = b"" if not self.notes.depth else self.body
            self.notes.open()
            return
        self.body = head["head"].split()[0]
        self.notes.open(head["named"], _KINDS.get(self.body, "function"), head.start("named"), head.start())

    def finish(self, end: int) -> None:
        """The definition whose body has not begun has none."""
        head, self.head = self.head, None
        if head:
            kind = _KINDS.get(head["head"].split()[0], "function")
            self.notes.define(head["named"], kind, head.start("named"), (head.start(), end))

    def _use(self, token: re.Match[bytes], group: str, kind: str) -> None:
        name = token[group]
        is_value = (self.notes.depth and self.body not in _SCHEMA) or (self.directive and self.parentheses)
        if name not in _BUILTINS and not is_value:
            self.notes.use(name, token.start(group), "inherit" if kind == "inherit" else "type")

    def _name(self, name: bytes, at: int) -> None:
        if not self.parentheses:
            self.directive = self.source[at - 1 : at] == b"@"
        if self.notes.depth == 1 and self.body in _SCHEMA and not self.parentheses and not self.directive:
            self.notes.define(name, "constant" if self.body == b"enum" else "field", at)
