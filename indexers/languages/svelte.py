"""Svelte components: the scripts are read as TypeScript, in their place. The markup uses components (``<Card>``),
actions and transitions (``use:fit``) and, in its expressions, what the scripts define or import; ``$count`` is the
value of the store ``count``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from msgspec.structs import replace

from indexers.engine.treesitter import Grammar
from indexers.facts import FileFacts, Reference, ReferenceKind
from indexers.languages.shared import components, ecmascript
from indexers.languages.shared.components import Use

NAME = "svelte"
EXTENSIONS = (".svelte",)
FILENAMES: tuple[str, ...] = ()

_BLOCK = re.compile(rb"\s{0,200}+([#:@/])(\w*)(\s+if\b)?")
_BINDS = {b"each": re.compile(rb"\sas\s"), b"await": re.compile(rb"\s(?:then|catch)\s")}
_NAMES = re.compile(rb"[A-Za-z_$][\w$]*")
_DIRECTIVE = re.compile(
    rb"\s(use|transition|in|out|animate|bind|class|style):([A-Za-z_$][\w$]*)(?=[\s|/>=])(=?)"
)
_ACTIONS = frozenset((b"use", b"transition", b"in", b"out", b"animate"))
_LET = re.compile(rb"\slet:([\w$]+)")
_STORE = re.compile(r"\$[A-Za-z_][\w$]*")


def extract(source: bytes) -> FileFacts:
    """The facts of a component."""
    parts = components.parts(source)
    facts = _TS.extract(components.only(source, parts.scripts))
    known = components.known(facts)
    facts = replace(facts, references=tuple(_of_store(ref, known) for ref in facts.references))
    code, bound = _code(parts.markup)
    used = (_of_store(ref, known) for ref in _TS.extract(code).references)
    more = (ref for ref in used if (root := _root(ref)) in known and root not in bound and not ref.local)
    return components.with_markup(source, facts, _uses(parts.markup, known), parts.attributes, more)


def _code(markup: bytes) -> tuple[bytes, frozenset[str]]:
    """The expressions of the markup alone, each in its place and between semicolons, and the names that its blocks
    bind (``{#each items as item}``)."""
    code = bytearray(components.without(markup, [(0, len(markup))]))
    bound = {found[1] for found in _LET.finditer(markup)}
    for start, end in components.expressions(markup):
        block = _BLOCK.match(markup, start, end)
        word = block[2] if block else b""
        first, last = (block.end() if block else start), end
        if block and (block[1] == b"/" or word in (b"snippet", b"then", b"catch", b"debug")):
            bound.update(_NAMES.findall(markup, first, end))
            continue
        if word == b"const":
            name = _NAMES.search(markup, first, end)
            bound.update([name[0]] if name else [])
        if binds := _BINDS[word].search(markup, first, end) if word in _BINDS else None:
            bound.update(_NAMES.findall(markup, binds.end(), end))
            last = binds.start()
        code[first:last] = markup[first:last]
        code[start - 1] = code[end] = ord(";")
    return bytes(code), frozenset(name.decode("utf-8", "replace") for name in bound)


def _root(ref: Reference) -> str:
    return re.split(r"[.(\[]", ref.receiver or ref.name, maxsplit=1)[0]


def _of_store(ref: Reference, known: Set[str]) -> Reference:
    """``$count`` is what the store ``count`` holds."""
    root = _root(ref)
    if not _STORE.fullmatch(root) or root in known or root[1:] not in known:
        return ref
    if ref.receiver:  # a member of what the store holds: its type is not known
        return replace(ref, receiver="?")
    return replace(ref, name=root[1:], column=ref.column + 1)


def _uses(markup: bytes, known: Set[str]) -> Iterator[Use]:
    for end, name in components.tags(markup):
        if not name[:1].islower() or b"." in name:
            receiver, _, last = name.decode("utf-8", "replace").rpartition(".")
            yield end - len(name.rpartition(b".")[2]), last, receiver, "call"
    for found in _DIRECTIVE.finditer(markup):
        word = found[2].decode()
        if word in known and (found[1] in _ACTIONS or not found[3]):
            kind: ReferenceKind = "call" if found[1] in _ACTIONS else "read"
            yield found.start(2), word, "", kind


_TS = Grammar(ecmascript.type_rules(NAME, "language_typescript"))
