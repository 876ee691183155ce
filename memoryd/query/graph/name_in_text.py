"""The lines of the text in which a name stands, sorted by what is known of them beside the graph."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import islice

from indexers import terms
from indexers.facts import Reference
from indexers.profiles import profile
from memoryd.query.context import Context
from memoryd.query.exact import patterns
from memoryd.query.exact.text_lines import TextSearch
from memoryd.store.index import reader
from memoryd.store.index.queries import graph_queries

MAX_FILES, MAX_READ_FACTS = 1_000, 120  # files that hold the word: whose text is read, whose facts
_WORD_BYTES = frozenset(bytes((n,)) for n in range(256) if n >= 128 or chr(n).isalnum() or chr(n) in "_$")
_DOCUMENTS = frozenset(("doc", "decision"))
_TOLD = _DOCUMENTS | {"generated"}  # they tell of code: shown last
_COMMENT = frozenset(bytes((byte,)) for byte in b"#/*-;%<!'{(")

Place = tuple[int, int]  # path id, line


class NameInText:
    """``known``: places of which the graph knows; ``own``: files that are not looked at.

    ``state``: ``read``; ``common``: only the first files were; ``no-word``: it says too little to be looked for.
    ``lines``: all in which it stands as ``grep -w`` has it. Of those that are not ``known``: ``in_words``: it stands
    there only beside a ``$`` or a letter beyond ASCII, so in a longer name; ``outside``: there it is known to be of
    another project; ``comments``: a comment has it; ``rest``: all others, with ``documents`` and what is generated
    last."""

    def __init__(self, ctx: Context, name: str, known: Collection[Place], own: Collection[int]) -> None:
        self._ctx, self._name = ctx, name
        self.state = "no-word"
        self.lines: set[Place] = set()
        self.documents: set[Place] = set()
        self.in_words: list[Place] = []
        self.outside: list[Place] = []
        self.comments: list[Place] = []
        self.rest: list[Place] = []
        if terms.terms(name):
            self._read(known, own)

    def _read(self, known: Collection[Place], own: Collection[int]) -> None:
        search = TextSearch(self._ctx, patterns.exact(self._name, word=True))
        files = [file for file in search.files if file.path_id not in own]
        self.state = "read" if len(files) <= MAX_FILES else "common"
        found: dict[int, dict[Place, bool]] = {}
        last = set()
        for one in search.found(files[:MAX_FILES]):
            path_id = one.file.path_id
            places = {(path_id, number) for number, _ in one.lines}
            self.lines |= places
            if one.file.role in _TOLD:
                last.add(path_id)
            if one.file.role in _DOCUMENTS:
                self.documents |= places
            if places <= set(known):
                continue
            very = {(path_id, number) for number in word_lines(one.text, self._name)}
            self.in_words += sorted(places - very - set(known))
            lines = one.text.split(b"\n")
            rest = {
                place: lines[place[1] - 1].lstrip()[:1] in _COMMENT for place in sorted(very - set(known))
            }
            if rest:
                found[one.file.file_id] = rest
        self.rest = sorted(self._unexplained(found), key=lambda place: (place[0] in last, place))

    def _unexplained(self, found: Mapping[int, Mapping[Place, bool]]) -> Iterator[Place]:
        """Without names and types that are known to be of another project, and without comments. A member that
        its class is not known to have may be there nevertheless (extensions, what a base of another project defines).
        ``found``: by file, the places, and whether the line begins as a comment may: one behind code hides none."""
        few = list(islice(found, MAX_READ_FACTS))
        outside: dict[int, set[int]] = {}
        comments: dict[int, set[int]] = {}
        for file_id, facts in reader.file_facts(self._ctx.index, few):
            refs = [ref for ref in facts.references if ref.name == self._name]
            outside[file_id] = {r.line for r in refs if not r.receiver or self._is_foreign(facts.language, r)}
            comments[file_id] = {n for c in facts.comments for n in range(c.line, c.end_line + 1)}
        for file_id, places in found.items():
            for place, may_be_comment in places.items():
                if may_be_comment and place[1] in comments.get(file_id, ()):
                    self.comments.append(place)
                elif place[1] in outside.get(file_id, ()):
                    self.outside.append(place)
                else:
                    yield place

    def _is_foreign(self, language: str, ref: Reference) -> bool:
        """Whether it is a member of a type that nothing in the project defines."""
        known, type_ = profile(language), ref.receiver
        if ref.local or type_ in known.builtin_types:
            return not ref.local
        is_type = known.types_capitalised and type_.isidentifier() and type_[:1].isupper()
        return is_type and not graph_queries.symbols_named(self._ctx.index, self._ctx.view.id, type_, 1)


def word_lines(text: bytes, name: str) -> list[int]:
    """The lines, from 1, in which the very word stands, not as a part of a name beyond ASCII or with ``$``."""
    word = name.encode("utf-8", "surrogateescape")
    found: list[int] = []
    line, counted, at = 1, 0, text.find(word)
    while at >= 0:
        end = at + len(word)
        if text[at - 1 : at] not in _WORD_BYTES and text[end : end + 1] not in _WORD_BYTES:
            line += text.count(b"\n", counted, at)
            counted = at
            if not found or found[-1] != line:
                found.append(line)
        at = text.find(word, end)
    return found
