"""The lines of the text in which a name stands, sorted by what is known of them beside the graph."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, islice

from indexers import terms
from indexers.facts import FileFacts, Reference
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
_TEMPLATE = frozenset(b"{(%$#@")
_COMMENT = frozenset(bytes((byte,)) for byte in b"#/*-;%<!'{(")

Place = tuple[int, int]  # path id, line


class NameInText:
    """``known``: places of which the graph knows; ``own``: files that are not looked at.

    ``state``: ``read``; ``common``: only the first files were; ``no-word``: it says too little to be looked for.
    ``lines``: all in which it stands as ``grep -w`` has it. Of those that are not ``known``: ``in_words``: it stands
    there only beside a ``$`` or a letter beyond ASCII, so in a longer name; ``outside``: there it is known to be of
    another project; ``comments``: a comment has it; ``rest``: all others, with ``documents`` and what is generated
    last. Of the rest, in ``local`` lines it is nothing but a local name, in ``prose`` it stands, beside that, only in
    sentences of strings and comments or, where ``labels`` are no uses of what is meant, as the name of an argument."""

    def __init__(
        self, ctx: Context, name: str, known: Collection[Place], own: Collection[int], *, labels: bool
    ) -> None:
        self._ctx, self._name, self._labels = ctx, name, labels
        self.state = "no-word"
        self.lines: set[Place] = set()
        self.documents: set[Place] = set()
        self.in_words: list[Place] = []
        self.outside: list[Place] = []
        self.comments: list[Place] = []
        self.rest: list[Place] = []
        self.local: set[Place] = set()
        self.prose: set[Place] = set()
        if terms.terms(name):
            self._read(known, own)

    def _read(self, known: Collection[Place], own: Collection[int]) -> None:
        search = TextSearch(self._ctx, patterns.exact(self._name, word=True))
        files = [file for file in search.files if file.path_id not in own]
        self.state = "read" if len(files) <= MAX_FILES else "common"
        found: dict[int, dict[Place, bool]] = {}
        texts: dict[int, bytes] = {}
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
                found[one.file.file_id], texts[one.file.file_id] = rest, one.text
        self.rest = sorted(self._unexplained(found, texts), key=lambda place: (place[0] in last, place))

    def _unexplained(
        self, found: Mapping[int, Mapping[Place, bool]], texts: Mapping[int, bytes]
    ) -> Iterator[Place]:
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
            self._sort(facts, texts[file_id], found[file_id])
        for file_id, places in found.items():
            for place, may_be_comment in places.items():
                if may_be_comment and place[1] in comments.get(file_id, ()):
                    self.comments.append(place)
                elif place in self.local or place in self.prose:
                    yield place
                elif place[1] in outside.get(file_id, ()):
                    self.outside.append(place)
                else:
                    yield place

    def _sort(self, facts: FileFacts, text: bytes, places: Iterable[Place]) -> None:
        """Lines in which each occurrence is proven to be no use go to ``local`` and ``prose``."""
        by_line: dict[int, set[int]] = {}
        for at, line in word_places(text, self._name):
            by_line.setdefault(line, set()).add(at)
        local = {*accumulate(facts.local_names)}
        told = local | {*accumulate(facts.labels)} if self._labels else local
        edges = [*accumulate(facts.prose)]
        for place in places:
            here = by_line[place[1]]
            if here <= local:
                self.local.add(place)
            elif all(at in told or _is_prose(text, edges, at) for at in here):
                self.prose.add(place)

    def _is_foreign(self, language: str, ref: Reference) -> bool:
        """Whether it is a member of a type that nothing in the project defines."""
        known, type_ = profile(language), ref.receiver
        if ref.local or type_ in known.builtin_types:
            return not ref.local
        is_type = known.types_capitalised and type_.isidentifier() and type_[:1].isupper()
        return is_type and not graph_queries.symbols_named(self._ctx.index, self._ctx.view.id, type_, 1)


def _is_prose(text: bytes, edges: Sequence[int], at: int) -> bool:
    """Whether a sentence has the word, in a string or a comment; ``edges``: where these begin and end. What is nothing
    but a name or a path may name code, and so may what a template puts in (``{name}``)."""
    index = bisect_right(edges, at)
    if not index % 2:
        return False
    return len(text[edges[index - 1] : edges[index]].split(None, 2)) > 1 and text[at - 1] not in _TEMPLATE


def word_lines(text: bytes, name: str) -> list[int]:
    """The lines in which ``word_places`` are."""
    return list(dict.fromkeys(line for _, line in word_places(text, name)))


def word_places(text: bytes, name: str) -> Iterator[tuple[int, int]]:
    """(offset, line from 1) of the very word, where it is no part of a name beyond ASCII or with ``$``."""
    word = name.encode("utf-8", "surrogateescape")
    line, counted, at = 1, 0, text.find(word)
    while at >= 0:
        end = at + len(word)
        if text[at - 1 : at] not in _WORD_BYTES and text[end : end + 1] not in _WORD_BYTES:
            line += text.count(b"\n", counted, at)
            counted = at
            yield at, line
        at = text.find(word, end)
