"""TypeScript and TSX: one language with two grammars, because ``<T>x`` is a cast in one, an element in the other."""

from __future__ import annotations

import re

from indexers.engine.treesitter import Grammar
from indexers.facts import FileFacts
from indexers.languages.shared import ecmascript

NAME = "typescript"
EXTENSIONS = (".ts", ".tsx", ".mts", ".cts")
FILENAMES: tuple[str, ...] = ()

_ELEMENT = re.compile(rb"</[A-Za-z>]|/>")


def extract(source: bytes) -> FileFacts:
    """The facts of a TypeScript file, by the grammar that understands more of it."""
    first, second = (_TSX, _TS) if _ELEMENT.search(source) else (_TS, _TSX)
    facts = first.extract(source)
    if not facts.problems:
        return facts
    other = second.extract(source)
    return other if len(other.problems) < len(facts.problems) else facts


_TS = Grammar(ecmascript.type_rules(NAME, "language_typescript"))
_TSX = Grammar(ecmascript.type_rules(NAME, "language_tsx", "jsx.scm", "tsx.scm"))
