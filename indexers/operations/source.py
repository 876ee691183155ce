"""A file as the readers of operations see it, and the moves that they share: calls, literals, places."""

from __future__ import annotations

import bisect
import json
import posixpath
import re
import tomllib
from collections.abc import Collection, Iterator
from functools import cached_property
from typing import Any

from msgspec import Struct

from indexers.facts import FileFacts, Operation, OperationKind, Reference

MAX_CALL_BYTES = 64 * 1024  # a call's arguments are looked for that far
MAX_SCANNED_BYTES = 1024 * 1024
MAX_DATA_BYTES = 512 * 1024  # JSON, TOML: larger ones are data, no manifests
_MAX_REGIONS = 500
_MANY_DOTS = re.compile(
    r"(?:\.[ \t]{0,4}+[\w\"'-]{0,40}+[ \t]{0,4}+){100}"
)  # tomllib takes quadratic time on them
_TOKEN = re.compile(rb"""[()\[\]{},"'`\n]""")
_LITERAL = re.compile(r"""\s*(?:[rRbBuU]|\$)?(["'`])((?:[^"'`\\\n]|\\.)*)\1\s*""")
_OPEN, _CLOSE = b"([{", b")]}"


class SourceCall(Struct, frozen=True):
    """A call or decorator with the sources of its arguments. ``start`` … ``end``: bytes of the argument list."""

    name: str
    receiver: str
    line: int
    scope: str
    arguments: tuple[str, ...]
    start: int
    end: int
    decorates: bool

    def named(self, *names: str) -> str:
        """The source of the first keyword argument of these names, ``""`` for none."""
        for argument in self.arguments:
            key, sign, value = argument.partition("=")
            if sign and key.strip() in names and not value.startswith("="):
                return value.strip()
        return ""


class OperationSource:
    """``data``: UTF-8, perhaps broken; ``facts``: what its language's reader found."""

    def __init__(self, path: str, data: bytes, facts: FileFacts) -> None:
        self.path, self.data, self.facts = path, data, facts
        self.name = posixpath.basename(path)
        self.folder = posixpath.dirname(path)
        self._at = 0
        self._scanned = 0

    @cached_property
    def text(self) -> str:
        return self.data.decode("utf-8-sig", "replace")

    @cached_property
    def lines(self) -> list[str]:
        return [line.rstrip("\r") for line in self.text.split("\n")]

    @cached_property
    def starts(self) -> list[int]:
        """The byte at which each line begins."""
        return [0, *(found.end() for found in re.finditer(rb"\n", self.data))]

    @cached_property
    def modules(self) -> frozenset[str]:
        """The modules that the file imports, as written."""
        return frozenset(imported.module for imported in self.facts.imports)

    def imports(self, *packages: str) -> bool:
        """Whether the file imports one of these packages, or something inside of one."""
        return any(
            module == package or module.startswith((f"{package}.", f"{package}/", f"{package}::"))
            for module in self.modules
            for package in packages
        )

    def line_at(self, offset: int) -> int:
        """The line of a byte offset."""
        return bisect.bisect_right(self.starts, offset)

    def line_of(self, needle: str) -> int:
        """The line of the next ``needle`` after the last one found, else of the first; 1 when there is none."""
        at = self.text.find(needle, self._at)
        if at < 0:
            at = self.text.find(needle)
        if at < 0:
            return 1
        self._at = at + 1
        return bisect.bisect_right(self._text_starts, at)

    def line_of_char(self, offset: int) -> int:
        """The line of an offset in ``text``."""
        return bisect.bisect_right(self._text_starts, offset)

    @cached_property
    def _text_starts(self) -> list[int]:
        return [0, *(found.end() for found in re.finditer("\n", self.text))]

    def toml(self) -> dict[str, Any]:
        """The document, empty when it is none, is broken or oversized."""
        if len(self.data) > MAX_DATA_BYTES or _MANY_DOTS.search(self.text):
            return {}
        try:
            return tomllib.loads(self.text)
        except (ValueError, RecursionError):
            return {}

    def json(self) -> dict[str, Any]:
        """The object, empty when it is none, is broken or oversized."""
        if len(self.data) > MAX_DATA_BYTES:
            return {}
        try:
            found = json.loads(self.text)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def calls(self, names: Collection[str]) -> Iterator[SourceCall]:
        """Calls and decorators of these names, in order, as the language's reader found them."""
        for use in self.facts.references:
            if use.name in names and use.kind in ("call", "decorate") and use.line <= len(self.starts):
                yield self._call(use)

    def _call(self, use: Reference) -> SourceCall:
        at = self.starts[use.line - 1] + use.column + len(use.name.encode())
        opening = re.compile(rb"\s{0,200}(?:<[^()\n]{0,200}>)?\(").match(self.data, at)
        pieces, end = self.arguments(opening.end()) if opening else ((), at)
        return SourceCall(
            name=use.name, receiver=use.receiver, line=use.line, scope=use.scope, arguments=pieces,
            start=opening.end() if opening else at, end=end, decorates=use.kind == "decorate",
        )  # fmt: skip

    def arguments(self, start: int) -> tuple[tuple[str, ...], int]:
        """The sources of the arguments from after the opening parenthesis on, and where it closes. Lists that do
        not close cannot make a file dear: all of its calls together may look at a megabyte."""
        most = MAX_CALL_BYTES if self._scanned < MAX_SCANNED_BYTES else 0
        pieces, end = _arguments(self.data, start, most)
        self._scanned += end - start
        return pieces, end


def _arguments(data: bytes, start: int, most: int) -> tuple[tuple[str, ...], int]:
    limit = start + most
    pieces: list[tuple[int, int]] = []
    depth, at, quote = 0, start, b""
    for token in _TOKEN.finditer(data, start, limit):
        mark = token[0]
        if quote:
            if mark == quote and data[token.start() - 1 : token.start()] != b"\\":
                quote = b""
            elif mark == b"\n" and quote != b"`":
                quote = b""  # an apostrophe in a comment
        elif mark in (b'"', b"'", b"`"):
            quote = mark
        elif mark in _OPEN:
            depth += 1
        elif mark in _CLOSE:
            depth -= 1
            if depth < 0:
                return _texts(data, [*pieces, (at, token.start())]), token.start()
        elif mark == b"," and depth == 0:
            pieces.append((at, token.start()))
            at = token.end()
    end = min(limit, len(data))
    return _texts(data, [*pieces, (at, min(end, at + 1000))]), end


def _texts(data: bytes, pieces: list[tuple[int, int]]) -> tuple[str, ...]:
    found = (
        data[first : min(last, first + 2000)].decode("utf-8", "replace").strip() for first, last in pieces
    )
    return tuple(text for text in found if text)


def literal(source: str) -> str | None:
    """The string that ``source`` is a literal of, None for any other expression (and for templates)."""
    found = _LITERAL.fullmatch(source)
    return found[2] if found else None


def literals(source: str) -> list[str]:
    """All string literals in ``source``, in order."""
    return [found[2] for found in re.finditer(r"""(["'])([^"'\n]*)\1""", source)]


def fact(
    kind: OperationKind,
    name: str,
    line: int,
    *,
    end_line: int = 0,
    detail: str = "",
    targets: Collection[str] = (),
    scope: str = "",
) -> Operation:
    """An Operation; targets once each, in order, without empty ones."""
    return Operation(
        kind=kind, name=name, line=line, end_line=max(line, end_line), detail=detail,
        targets=tuple(dict.fromkeys(filter(None, targets))), scope=scope,
    )  # fmt: skip


def url(*parts: str) -> str:
    """The path that prefixes and a route's own path make, with one leading slash."""
    joined = "/".join(part.strip("/") for part in parts if part.strip("/"))
    last = next((part for part in reversed(parts) if part), "")
    return f"/{joined}" + ("/" if joined and last.endswith("/") else "")


class Prefixes:
    """Paths that are put before the routes declared inside of a region of the file."""

    def __init__(self) -> None:
        self._regions: list[tuple[int, int, str]] = []

    def add(self, start: int, end: int, prefix: str) -> None:
        if len(self._regions) < _MAX_REGIONS:
            self._regions.append((start, end, prefix))

    def at(self, offset: int) -> list[str]:
        """The prefixes that hold at a byte offset, outermost first."""
        return [prefix for start, end, prefix in self._regions if start <= offset < end]
