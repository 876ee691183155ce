"""Astro components: the code between the lines ``---`` at the top and the scripts are read as TypeScript, in their
place. The markup uses components (``<Card />``) and, in its expressions, what that code defines or imports."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.engine.treesitter import Grammar, Span
from indexers.facts import FileFacts, Reference
from indexers.languages.shared import components, ecmascript
from indexers.languages.shared.components import Use

NAME = "astro"
EXTENSIONS = (".astro",)
FILENAMES: tuple[str, ...] = ()

_FENCE = re.compile(rb"^[ \t]*---[ \t]*\r?$", re.M)
_ROOT = re.compile(r"[.(\[]")


def extract(source: bytes) -> FileFacts:
    """The facts of a component."""
    front = _front(source)
    markup = components.without(source, [(0, front[1])])
    parts = components.parts(markup)
    facts = _TSX.extract(components.only(source, [front, *parts.scripts]))
    known = components.known(facts)
    code = bytearray(components.without(parts.markup, [(0, len(markup))]))
    for start, end in components.expressions(parts.markup):
        code[start:end] = parts.markup[start:end]
        code[start - 1] = code[end] = ord(";")
    used = _TSX.extract(bytes(code)).references
    more = (ref for ref in used if not ref.local and _root(ref) in known)
    return components.with_markup(source, facts, _uses(parts.markup), parts.attributes, more)


def _front(source: bytes) -> Span:
    """Where the code at the top stands; nothing may be in front of its first line but space and comments."""
    first = _FENCE.search(source)
    before = source[: first.start()].strip() if first else b""
    if first is None or (before and not (before.startswith(b"<!--") and before.endswith(b"-->"))):
        return 0, 0
    last = _FENCE.search(source, first.end())
    return first.end(), last.start() if last else len(source)


def _root(ref: Reference) -> str:
    return _ROOT.split(ref.receiver or ref.name, maxsplit=1)[0]


def _uses(markup: bytes) -> Iterator[Use]:
    for end, name in components.tags(markup):
        if not name[:1].islower() or b"." in name:
            receiver, _, last = name.decode("utf-8", "replace").rpartition(".")
            yield end - len(name.rpartition(b".")[2]), last, receiver, "call"


_TSX = Grammar(ecmascript.type_rules(NAME, "language_tsx", "jsx.scm"))
