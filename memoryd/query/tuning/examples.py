"""What a project's own past teaches about its words: past commits with the files they changed, names with the code
that bears them. Read from a view, so only what the view reaches counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from indexers import terms
from memoryd.embedding.tuning import Lessons, Lists
from memoryd.query.retrieval.lexical import LexicalView
from memoryd.query.retrieval.roles import ROLES
from memoryd.store.index.queries import lexical_queries

MAX_COMMITS = 8_000  # the newest; bounds the work
MAX_CHUNKS = 400  # a commit over more of them says little about each
MAX_NAMES = 20_000  # of a larger project every other, third, … one
MIN_TERMS = 2


class PastChange(Struct, frozen=True):
    """A commit as a question: its ``number`` in the view's log, the ``subject``, and the slots of the source files
    that it changed, under their names of today."""

    number: int
    subject: str
    slots: tuple[int, ...]


def past_changes(conn: sqlite3.Connection, view: LexicalView) -> list[PastChange]:
    """The newest usable commits that the view reaches, oldest first: those of a few source files that still exist,
    with a subject of some words. Not one that repeats the subject of a newer one."""
    votes = view.votes
    voting = np.flatnonzero(np.diff(votes.starts) > 0)[::-1]
    is_source = view.roles[: view.files] == ROLES.index("code")
    found: list[PastChange] = []
    seen: set[str] = set()
    for part in _parts(voting):
        rows = lexical_queries.commit_rows(conn, votes.commit_ids[part].tolist())
        for number in part.tolist():
            row = rows.get(int(votes.commit_ids[number]))
            slots = votes.slots[votes.starts[number] : votes.starts[number + 1]]
            slots = slots[is_source[slots]]
            if row is None or row.subject in seen or not len(slots):
                continue
            seen.add(row.subject)
            if len(set(terms.terms(row.subject))) >= MIN_TERMS and 0 < _chunks_of(view, slots) <= MAX_CHUNKS:
                found.append(PastChange(number, row.subject, tuple(slots.tolist())))
        if len(found) >= MAX_COMMITS:
            break
    return found[:MAX_COMMITS][::-1]


def _parts(numbers: NDArray[np.int64], size: int = 500) -> Iterator[NDArray[np.int64]]:
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]


def _chunks_of(view: LexicalView, slots: NDArray[np.int64]) -> int:
    return sum(view.slots[slot].chunks for slot in slots.tolist())


def of_commits(view: LexicalView, changes: Sequence[PastChange]) -> Lessons:
    """Each commit's subject asks for the chunks of the files it changed."""
    numbers = [[_numbers(view, slot) for slot in change.slots] for change in changes]
    return Lessons(
        Lists.of([_distinct(change.subject) for change in changes]),
        Lists.of([np.unique(np.concatenate(part)) for part in numbers]),
    )


def of_names(conn: sqlite3.Connection, view_id: int, view: LexicalView) -> Lessons:
    """The name of each piece of source that has some words asks for the piece."""
    slot_of = {view.slots[slot].file_id: slot for slot in np.flatnonzero(view.paths.alive).tolist()}
    asked, chunks = [], []
    for file_id, ordinal, name in lexical_queries.chunk_names(conn, view_id):
        slot = slot_of.get(file_id, -1)
        words = _distinct(name.rpartition(".")[2])
        if slot >= 0 and view.roles[slot] == ROLES.index("code") and len(words) >= MIN_TERMS:
            asked.append(words)
            chunks.append(np.array([view.slots[slot].first_chunk + ordinal]))
    each = -(-len(asked) // MAX_NAMES) or 1
    return Lessons(Lists.of(asked[::each]), Lists.of(chunks[::each]))


def source_chunks(view: LexicalView) -> NDArray[np.int64]:
    """The numbers of all chunks of source, ascending."""
    return np.flatnonzero((view.roles[view.chunk_slot] == ROLES.index("code")) & view.text.alive)


def _numbers(view: LexicalView, slot: int) -> NDArray[np.int64]:
    first = view.slots[slot].first_chunk
    return np.arange(first, first + view.slots[slot].chunks)


def _distinct(text: str) -> NDArray[np.int64]:
    return np.unique(np.array(terms.terms(text), np.int64))
