"""Past commits as search documents: those whose message fits the query vote for the files they changed, and the files
that fit it give credit to the commits that changed them."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memoryd.query.retrieval.postings import SearchScope, Segment, decode, grow
from memoryd.query.retrieval.top_k import order
from memoryd.store.index.queries import lexical_queries
from memoryd.store.index.queries.lexical_queries import CommitForward

MAX_VOTER_FILES = 15  # a commit over more files says little about each
VOTERS = 50
SHARPNESS = 1.5  # score^1.5: one close match outweighs many faint ones
# Measured by bench/eval_precedent.py on three of ten histories, as are the weights of query/history/similar.py.
CREDIT_SHARPNESS = 2.0
FADING = 4.0  # later changes of a file after which one earlier gets half the credit of the newest


class Votes(Struct, frozen=True):
    """Which files each commit may vote for: those of commit number i are ``slots[starts[i]:starts[i + 1]]``.
    ``commit_ids``: commit number → id in the store. ``later``: for each of ``slots``, how many later commits changed
    that file."""

    commit_ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    slots: NDArray[np.int32]
    later: NDArray[np.int32]

    def cast(
        self, scores: NDArray[np.float64], files: int
    ) -> tuple[NDArray[np.float64], dict[int, list[int]]]:
        """Vote of every file slot for these commit scores, and slot → ids of its voters, best first."""
        total = np.zeros(files)
        voters: dict[int, list[int]] = {}
        eligible = np.where(np.diff(self.starts) > 0, scores, 0.0)
        for number in order(eligible, VOTERS, self.commit_ids.__getitem__):  # equal scores: the older first
            slots = self.slots[self.starts[number] : self.starts[number + 1]]
            vote = eligible[number] ** SHARPNESS / np.sqrt(len(slots))
            for slot in slots.tolist():
                total[slot] += vote
                voters.setdefault(slot, []).append(int(self.commit_ids[number]))
        return total, voters

    def credit(self, files: NDArray[np.float64]) -> NDArray[np.float64]:
        """What each commit gets of the scores of the files that it changed: the newest change of a file the most, and
        one of many files less of each."""
        counts = np.diff(self.starts)
        share = files[self.slots] ** CREDIT_SHARPNESS / (1.0 + self.later / FADING)
        total = np.bincount(np.repeat(np.arange(len(counts)), counts), share, minlength=len(counts))
        return total / np.sqrt(np.maximum(counts, 1))


class CommitLog:
    """All commits of the store, loaded once and appended to."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self.last_id = 0
        self.last_sha = ""
        self.ids: NDArray[np.int64] = np.zeros(0, np.int64)
        self.segments: tuple[Segment, ...] = ()
        self.lengths: NDArray[np.uint32] = np.zeros(0, np.uint32)
        self.change_starts: NDArray[np.int64] = np.zeros(1, np.int64)
        self.change_paths: NDArray[np.int64] = np.zeros(0, np.int64)
        self.renames: list[tuple[int, int, int]] = []  # (commit number, old path id, new path id)

    def load(self, conn: sqlite3.Connection) -> None:
        """Read the commits that are new; all of them when the stored history is another one."""
        if lexical_queries.last_commit(conn, self.last_id) != (len(self.ids), self.last_sha):
            self._clear()
        fresh = list(lexical_queries.commit_forwards(conn, self.last_id, MAX_VOTER_FILES))
        if fresh:
            self._append(fresh)
            _, self.last_sha = lexical_queries.last_commit(conn, self.last_id)

    def _append(self, fresh: list[CommitForward]) -> None:
        first = len(self.ids)
        paths: list[int] = []
        ends: list[int] = []
        for number, commit in enumerate(fresh, first):
            self.renames += [(number, old, new) for new, old in commit.changes if old]
            if commit.files <= MAX_VOTER_FILES:
                paths += [path_id for path_id, _ in commit.changes]
            ends.append(len(self.change_paths) + len(paths))
        forward = decode(commit.forward for commit in fresh)
        self.segments = grow(self.segments, forward, first)
        self.lengths = np.concatenate([self.lengths, forward.lengths])
        self.ids = np.concatenate([self.ids, np.array([c.id for c in fresh], np.int64)])
        self.change_starts = np.concatenate([self.change_starts, np.array(ends, np.int64)])
        self.change_paths = np.concatenate([self.change_paths, np.array(paths, np.int64)])
        self.last_id = fresh[-1].id

    def reachable(self, bitmap: bytes) -> NDArray[np.bool_]:
        """Commit number → is it set in a view's bitmap."""
        bits = np.unpackbits(np.frombuffer(bitmap, np.uint8), bitorder="little")
        known = np.zeros(len(self.ids), bool)
        inside = self.ids < len(bits)
        known[inside] = bits[self.ids[inside]] == 1
        return known

    def field_scope(self, alive: NDArray[np.bool_], k1: float, b: float) -> SearchScope:
        return SearchScope.of(self.segments, self.lengths, alive, k1=k1, b=b)

    def votes(self, alive: NDArray[np.bool_], slot_of_path: Mapping[int, int]) -> Votes:
        """The voting lists for one view: files of reachable commits, under the names they have today."""
        top = max(int(self.change_paths.max(initial=0)), max((max(r[1:]) for r in self.renames), default=0))
        slot_at = np.full(max(top, max(slot_of_path, default=0)) + 1, -1, np.int32)
        slot_at[list(slot_of_path)] = list(slot_of_path.values())
        for number, old, new in reversed(
            self.renames
        ):  # newest first: a chain is already resolved at its end
            if alive[number] and slot_at[old] < 0:
                slot_at[old] = slot_at[new]
        slots = slot_at[self.change_paths]
        owner = np.repeat(np.arange(len(self.ids)), np.diff(self.change_starts))
        keep = (slots >= 0) & alive[owner]
        counts = np.bincount(owner[keep], minlength=len(self.ids))
        starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
        return Votes(self.ids, starts, slots[keep], later(slots[keep]))


def later(values: NDArray[np.int32]) -> NDArray[np.int32]:
    """How often each value stands again further on."""
    order = np.argsort(values[::-1], kind="stable")
    ordered = values[::-1][order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    places = np.arange(len(values)) - np.repeat(starts, np.diff(starts, append=len(values)))
    later = np.zeros(len(values), np.int32)
    later[order] = places
    return later[::-1]
