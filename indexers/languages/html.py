"""HTML and templates that look like it: ids, custom elements, the files that a page takes in.

Tag by tag, not by a grammar: the one there is takes time quadratic in the depth of nesting.
"""

from __future__ import annotations

import re

from indexers.engine.plain_builder import PlainBuilder
from indexers.facts import FileFacts

NAME = "html"
EXTENSIONS = (".html", ".htm", ".xhtml")
FILENAMES: tuple[str, ...] = ()

_TAG = re.compile(rb"<!--|<([A-Za-z][\w:-]{0,100})([^<>]*)")
_QUOTED = rb"""(?:"([^"<>{}]{1,300})"|'([^'<>{}]{1,300})'|([^\s"'<>{}=]{1,300}))"""
_ID = re.compile(rb"(?<=\s)id\s{0,9}=\s{0,9}" + _QUOTED, re.I)
_FILE = re.compile(rb"(?<=\s)(?:src|href)\s{0,9}=\s{0,9}" + _QUOTED, re.I)
_USED = re.compile(
    rb"(?<=\s)(?:for|aria-labelledby|aria-describedby|aria-controls)\s{0,9}=\s{0,9}" + _QUOTED, re.I
)
_FRAGMENT = re.compile(rb"""(?<=\s)href\s{0,9}=\s{0,9}["']#([\w:-]{1,300})["']""", re.I)
_TEMPLATE = re.compile(rb"""\{%-?\s{0,9}(?:extends|include|import|from)\s{1,9}["']([^"'\n]{1,300})["']""")
_TAKES_FILE = frozenset(b"script link img source iframe embed audio video track".split())
_RAW = {b"script": re.compile(rb"</script", re.I), b"style": re.compile(rb"</style", re.I)}


def extract(source: bytes) -> FileFacts:
    """The facts of a page: an element with an id is a ``property``; ``src`` of scripts and pictures, ``href`` of
    ``link`` and the templates that it extends or includes are imports; custom elements and ids that labels and
    fragments name are references."""
    notes = PlainBuilder(NAME, source)
    at = 0
    while tag := _TAG.search(source, at):
        if tag[1] is None:
            at = _comment(notes, tag.start())
            continue
        name = tag[1].lower()
        _element(notes, name, tag)
        at = tag.end()
        if name in _RAW:
            closing = _RAW[name].search(source, at)
            at = closing.end() if closing else len(source)
    for found in _TEMPLATE.finditer(source):
        notes.bring(found[1], found.start(1))
    return notes.facts()


def _comment(notes: PlainBuilder, start: int) -> int:
    """Record the comment at ``start``; where it ends."""
    end = notes.source.find(b"-->", start)
    end = len(notes.source) if end < 0 else end + 3
    notes.comments.append((start + 4, max(start + 4, end - 3)))
    return end


def _element(notes: PlainBuilder, name: bytes, tag: re.Match[bytes]) -> None:
    if b"-" in name:
        notes.use(tag[1], tag.start(1))
    span = tag.span(2)
    if b"=" not in tag[2]:
        return
    found = _ID.search(notes.source, *span)
    if found:
        group = found.lastindex or 0
        end = min(tag.end() + 1, len(notes.source))
        notes.define(found[group].strip(), "property", found.start(group), (tag.start(), end))
    if name in _TAKES_FILE:
        found = _FILE.search(notes.source, *span)
        if found and not found[found.lastindex or 0].startswith((b"data:", b"#")):
            notes.bring(found[found.lastindex or 0].strip(), found.start(found.lastindex or 0))
    for used in (*_USED.finditer(notes.source, *span), *_FRAGMENT.finditer(notes.source, *span)):
        notes.use(used[used.lastindex or 0].strip(), used.start(used.lastindex or 0))
