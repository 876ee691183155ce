"""JSON, with comments and trailing commas where they are used: keys, and the other files that it names."""

from __future__ import annotations

import re

from indexers.engine.data_keys import DataKeys
from indexers.facts import FileFacts

NAME = "json"
EXTENSIONS = (".json", ".jsonc", ".json5", ".webmanifest")
FILENAMES: tuple[str, ...] = ()

_TOKEN = re.compile(
    rb'(?P<string>"[^"\\\n]*(?:\\.[^"\\\n]*)*"?)(?P<colon>\s*:)?'
    rb"|(?P<bracket>[{}\[\]])|//[^\n]*|/\*[^*]*(?:\*(?!/)[^*]*)*(?:\*/)?"
)
_FILE = re.compile(rb'"(?:\$ref|extends)"\s*:\s*"([^"\\\n#]{1,300})')


def extract(source: bytes) -> FileFacts:
    """The facts of a JSON file; ``extends`` and the file part of ``$ref`` are imports."""
    keys = DataKeys(NAME, source)
    lists = depth = 0
    stack: list[bytes] = []
    for token in _TOKEN.finditer(source):
        bracket = token["bracket"]
        if bracket is None:
            _key_or_comment(keys, token, depth, lists)
        elif bracket in b"{[":
            stack.append(bracket)
            depth, lists = depth + 1, lists + (bracket == b"[")
        elif stack:
            if not lists:
                keys.close(depth, token.start())
                keys.close(depth - 1, token.end())
            depth, lists = depth - 1, lists - (stack.pop() == b"[")
    for found in _FILE.finditer(source):
        if b"://" not in found[1]:
            keys.notes.bring(found[1], found.start(1))
    return keys.facts()


def _key_or_comment(keys: DataKeys, token: re.Match[bytes], depth: int, lists: int) -> None:
    text = token["string"]
    if text is None:
        keys.notes.comments.append(token.span())
    elif token["colon"] and not lists:
        keys.close(depth, token.start())
        keys.open(depth, text[1:-1], token.start() + 1, token.start())
