"""Golden cases: source files with the expected facts as comments under the lines they speak of.

A caret stands under the column it speaks of; ``<-`` speaks of the column where its comment begins::

    from .db import get as fetch
    #               ^ import .db:get as fetch
    class Page(fetch.Base):
    # <- def class Page
    #          ^ read fetch
    #                ^ inherit Base of fetch in Page

Notes (``[ ]``: may be left out):

    def KIND QUALNAME [hidden]                ``hidden`` when it is not exported
    doc TEXT / sig TEXT                       first line of the symbol's doc / its signature
    call|inherit|type|read|decorate NAME [of RECEIVER] [in SCOPE]
    reads|writes|both|untold NAME [of RECEIVER] [in SCOPE]    what such a use does with data
    import MODULE[:NAME] [as ALIAS] [type] [reexport] [in SCOPE]
    bind NAME: TYPE (HOW) [in SCOPE]
    comment TEXT [in SCOPE]                   first line of the comment block
    problem CODE
    none                                      no reference in this line
    exports NAME…                             the whole file's list, wherever it is written

A line with one note of a family (def, doc, sig, reference, access, import, bind, comment, problem) must have all of
them. References are compared with their column, the others by line. ``in file`` is the scope "". The comments with
notes are taken out before the file is read, so they change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from indexers import registry
from indexers.facts import Comment, FileFacts, Import, Reference, Symbol

CASES = Path(__file__).parent / "cases"

_NOTE = re.compile(
    r"(?P<indent>\s*)(?P<mark>#|//|--)(?:\s*(?P<arrow><-)|(?P<space>\s*)\^)\s+"
    r"(?P<text>(?:def|doc|sig|call|inherit|type|read|decorate|import|bind|comment|problem|none|exports|"
    r"reads|writes|both|untold)\b.*)"
)
_ACCESS = ("untold", "reads", "writes", "both")  # by Reference.access
_FAMILY = dict.fromkeys(("call", "inherit", "type", "read", "decorate", "none"), "reference")
_FAMILY |= dict.fromkeys(_ACCESS, "access")


class Note(NamedTuple):
    """``line`` is 1-based in the source without notes, ``column`` 0-based."""

    line: int
    column: int
    text: str

    @property
    def family(self) -> str:
        word = self.text.split()[0]
        return _FAMILY.get(word, word)


class Fact(NamedTuple):
    """A fact as a note could say it: ``text``, or ``text`` and its scope. ``column`` -1: of no matter."""

    line: int
    column: int
    family: str
    text: str
    scope: str

    def is_said_by(self, note: Note) -> bool:
        in_place = self.column in (-1, note.column)
        return in_place and note.text in (self.text, f"{self.text} in {self.scope or 'file'}")


def cases() -> list[Path]:
    """All golden cases, of all languages."""
    return sorted(path for path in CASES.glob("*/*") if path.is_file())


def check(path: Path) -> list[str]:
    """Extract the case and compare; one line per difference, none when all is as expected."""
    source, notes = split(path.read_text("utf-8"))
    language = registry.language_of(path.name, source[:8000])
    assert language == path.parent.name, f"{path.name} is read as {language}"
    facts = registry.extract(language, source)
    return list(_differences(notes, facts))


def split(text: str) -> tuple[bytes, list[Note]]:
    """The source without notes, and the notes."""
    kept: list[str] = []
    notes: list[Note] = []
    for line in text.splitlines(keepends=True):
        found = _NOTE.match(line)
        if found is None:
            kept.append(line)
        else:
            at_mark = found["arrow"] is not None
            column = len(found["indent"]) if at_mark else found.end("space")
            notes.append(Note(len(kept), column, found["text"].strip()))
    return "".join(kept).encode(), notes


def _differences(notes: list[Note], facts: FileFacts) -> Iterator[str]:
    told = {(note.line, note.family) for note in notes}
    open_facts = [fact for fact in _facts(facts) if (fact.line, fact.family) in told]
    for note in notes:
        if note.family == "exports":
            if facts.exports is None or note.text.split()[1:] != list(facts.exports):
                yield f"exports are {facts.exports}"
            continue
        match = next((fact for fact in open_facts if fact.family == note.family and fact.line == note.line
                      and fact.is_said_by(note)), None)  # fmt: skip
        if match:
            open_facts.remove(match)
        elif note.text != "none":
            yield f"line {note.line} column {note.column}: missing {note.text}"
    for fact in open_facts:
        yield f"line {fact.line} column {fact.column}: too much: {fact.text} in {fact.scope or 'file'}"


def _facts(facts: FileFacts) -> Iterator[Fact]:
    for symbol in facts.symbols:
        yield from _symbol(symbol)
    for reference in facts.references:
        yield from _reference(reference)
    for item in facts.imports:
        yield _import(item)
    for binding in facts.bindings:
        text = f"bind {binding.name}: {binding.type_text} ({binding.how})"
        yield Fact(binding.line, -1, "bind", text, binding.scope)
    for comment in facts.comments:
        yield _comment(comment)
    for problem in facts.problems:
        yield Fact(problem.line, -1, "problem", f"problem {problem.code}", "")


def _symbol(symbol: Symbol) -> Iterator[Fact]:
    hidden = "" if symbol.exported else " hidden"
    yield Fact(symbol.line, -1, "def", f"def {symbol.kind} {symbol.qualname}{hidden}", "")
    yield Fact(symbol.line, -1, "doc", f"doc {symbol.doc.partition(chr(10))[0]}".strip(), "")
    yield Fact(symbol.line, -1, "sig", f"sig {symbol.signature}", "")


def _reference(reference: Reference) -> Iterator[Fact]:
    receiver = f" of {reference.receiver}" if reference.receiver else ""
    text = f"{reference.name}{receiver}"
    place = reference.line, reference.column
    yield Fact(*place, "reference", f"{reference.kind} {text}", reference.scope)
    if reference.kind in ("call", "read"):
        yield Fact(*place, "access", f"{_ACCESS[reference.access]} {text}", reference.scope)


def _import(item: Import) -> Fact:
    text = f"import {item.module}"
    text += f":{item.name}" if item.name else ""
    text += f" as {item.alias}" if item.alias else ""
    text += " type" if item.type_only else ""
    text += " reexport" if item.reexport else ""
    return Fact(item.line, -1, "import", text, item.scope)


def _comment(comment: Comment) -> Fact:
    return Fact(comment.line, -1, "comment", f"comment {comment.text.partition(chr(10))[0]}", comment.scope)
