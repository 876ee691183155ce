"""Vue single-file components: the scripts are read as TypeScript, in their place; the template uses components
(``<my-card>`` is MyCard) and, in its expressions, names that the scripts define or import."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from indexers.engine.treesitter import Grammar
from indexers.facts import FileFacts, ReferenceKind
from indexers.languages.shared import components, ecmascript
from indexers.languages.shared.components import Use

NAME = "vue"
EXTENSIONS = (".vue",)
FILENAMES: tuple[str, ...] = ()

_TEMPLATE = re.compile(rb"<template\b", re.I)
_EXPRESSION = re.compile(
    rb"\{\{([^{}]{0,2000})\}\}|[\s](?:v-|[:@#])[^\s=\"'<>]{0,100}=\"([^\"]{0,5000})\"", re.S
)
_STRING = re.compile(rb"'[^'\n]*'|\"[^\"\n]*\"")
_NAME = re.compile(rb"(?<![\w.$-])[A-Za-z_$][\w$]*(?=(\s*\()?)")
_OWN_TAGS = frozenset(
    b"template slot component transition transition-group keep-alive teleport suspense font-face color-profile "
    b"missing-glyph Transition TransitionGroup KeepAlive Teleport Suspense".split()
)


def extract(source: bytes) -> FileFacts:
    """The facts of a component. Bytes outside of the scripts are overwritten with spaces for their reader."""
    parts = components.parts(source)
    facts = (_TSX if parts.is_jsx else _TS).extract(components.only(source, parts.scripts))
    uses = _uses(_template(parts.markup), components.known(facts))
    return components.with_markup(source, facts, uses, parts.attributes)


def _template(markup: bytes) -> bytes:
    """Only what stands in the outer ``<template>``; other blocks are not Vue's."""
    first = _TEMPLATE.search(markup)
    last = markup.rfind(b"</template>")
    return components.only(markup, [(first.start(), last)]) if first and first.start() < last else b""


def _uses(markup: bytes, known: Set[str]) -> Iterator[Use]:
    for end, name in components.tags(markup):
        if name not in _OWN_TAGS and (b"-" in name or not name[:1].islower()):
            receiver, _, last = _pascal(name).rpartition(".")
            yield end - len(name.rpartition(b".")[2]), last, receiver, "call"
    for expression in _EXPRESSION.finditer(markup):
        group = 1 if expression[1] is not None else 2
        text = _STRING.sub(lambda quoted: b" " * len(quoted[0]), expression[group])
        for found in _NAME.finditer(text):
            word = found[0].decode()
            if word in known:
                kind: ReferenceKind = "call" if found[1] else "read"
                yield expression.start(group) + found.start(), word, "", kind


def _pascal(tag: bytes) -> str:
    """``my-card`` as ``MyCard``"""
    text = tag.decode("utf-8", "replace")
    return "".join(part[:1].upper() + part[1:] for part in text.split("-")) if "-" in text else text


_TS = Grammar(ecmascript.type_rules(NAME, "language_typescript"))
_TSX = Grammar(ecmascript.type_rules(NAME, "language_tsx", "jsx.scm"))
