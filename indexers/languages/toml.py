"""TOML: tables and keys. Line by line; strings and lists over several lines are stepped over."""

from __future__ import annotations

import re

from indexers.engine.data_keys import DataKeys
from indexers.facts import FileFacts

NAME = "toml"
EXTENSIONS = (".toml",)
FILENAMES: tuple[str, ...] = ()

_LINE = re.compile(rb"[^\n]*\n?")
_PART = rb"""(?:"[^"\n]*"|'[^'\n]*'|[\w-]+)"""
_PATH = rb"(" + _PART + rb"(?:[ \t]*\.[ \t]*" + _PART + rb")*)"
_TABLE = re.compile(rb"[ \t]*\[\[?[ \t]*" + _PATH + rb"[ \t]*\]")
_KEY = re.compile(rb"[ \t]*" + _PATH + rb"[ \t]*=")
_PARTS = re.compile(_PART)
_VALUE = re.compile(
    rb"""(?P<long>\"{3}|'{3})|"[^"\\\n]*(?:\\.[^"\\\n]*)*"?|'[^'\n]*'?|(?P<comment>\#[^\n]*)|(?P<bracket>[\[\]{}])"""
)


def extract(source: bytes) -> FileFacts:
    """The facts of a TOML file. The members of a list of tables are told once."""
    keys = DataKeys(NAME, source)
    base, end, at = 0, 0, 0
    while at < len(source):
        line = _LINE.match(source, at)
        assert line is not None  # it matches anything
        table = _TABLE.match(source, at, line.end())
        key = None if table else _KEY.match(source, at, line.end())
        if table or key:
            keys.close(1 if table else base + 1, end)
        if table:
            base = _open(keys, table, 1)
        elif key:
            _open(keys, key, base + 1)
        at = _after_value(keys, key.end() if key else table.end() if table else at)
        end = at if source[line.start() : at].strip() else end
    keys.close(1, end)
    return keys.facts()


def _open(keys: DataKeys, found: re.Match[bytes], depth: int) -> int:
    """Open every part of a dotted path; the depth of the last."""
    start = found.start() + len(found[0]) - len(found[0].lstrip())
    for part in _PARTS.finditer(found.string, *found.span(1)):
        name = part[0].strip(b"\"'")
        keys.open(depth, name, part.start() + (part[0][:1] in b"\"'"), start)
        depth += 1
    return depth - 1


def _after_value(keys: DataKeys, at: int) -> int:
    """Where the next line begins that is not inside of the value that begins at ``at``."""
    source, nested = keys.notes.source, 0
    while True:
        stop = source.find(b"\n", at)
        stop = len(source) if stop < 0 else stop
        long = None
        for token in _VALUE.finditer(source, at, stop):
            if token["comment"]:
                keys.notes.comments.append(token.span())
            elif token["bracket"]:
                nested += 1 if token["bracket"] in b"[{" else -1
            elif token["long"]:
                long = token
                break
        if long:
            closing = source.find(long[0], long.end())
            at = len(source) if closing < 0 else closing + 3
        elif nested <= 0 or stop == len(source):
            return min(stop + 1, len(source))
        else:
            at = stop + 1
