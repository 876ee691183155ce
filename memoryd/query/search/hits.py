"""From numbers to what is shown: the rows and texts behind a find are read only when it is among the best."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Literal

import numpy as np
from msgspec import Struct

from memoryd.query.retrieval.chunk_lookup import Pieces
from memoryd.query.retrieval.lexical import LexicalView
from memoryd.query.retrieval.postings import SearchScope
from memoryd.query.retrieval.roles import kind_of
from memoryd.query.safe_text import safe_line, safe_text
from memoryd.query.search.answers import Hit, Signals
from memoryd.query.search.question import Question
from memoryd.query.search.ranking import SIGNALS, Array, RankingEvidence, Scores
from memoryd.query.search.snippet import snippet
from memoryd.store.index.queries import lexical_queries
from memoryd.store.vectors.quality_model import chunk_text

Snippets = Literal["all", "nameless", "none"]
"""Which finds are read for the lines that they show: all, or those alone that no symbol names."""

SHOWN_VOTERS = 3
MAX_TITLE_CHARS = 200


class Candidate(Struct, frozen=True):
    """A possible hit. ``key`` orders equal scores; ``show`` reads its texts (None: its rows are gone)."""

    score: float
    key: tuple[str, int] | tuple[str, int, int]
    show: Callable[[], Hit | None]


class Group(Struct, frozen=True):
    """The best candidates of one sort of thing, and how many there were."""

    best: tuple[Candidate, ...]
    total: int


class Reader:
    """Makes candidates for one question and reads what they show."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        view: LexicalView,
        asked: Question,
        found: RankingEvidence,
        pieces: Pieces,
        *,
        snippets: Snippets = "all",
    ) -> None:
        self._conn = conn
        self._snippets = snippets
        self._pieces = pieces
        self.view = view
        self.asked = asked
        self.found = found

    def chunk(self, number: int, scores: Scores) -> Candidate:
        slot = int(self.view.chunk_slot[number])
        show = partial(self._piece, number, slot, scores, number)
        return Candidate(float(scores.total[number]), (self.view.slots[slot].path, number), show)

    def file(self, slot: int, scores: Scores, pieces: Array) -> Candidate:
        """A whole file, shown by its best piece (``pieces``: scores of the chunks)."""
        show = partial(self._piece, self.best_piece(slot, pieces), slot, scores, slot)
        return Candidate(float(scores.total[slot]), (self.view.slots[slot].path, 0), show)

    def best_piece(self, slot: int, pieces: Array) -> int:
        """The number of the file's best chunk, -1 when it has none."""
        file = self.view.slots[slot]
        own = pieces[file.first_chunk : file.first_chunk + file.chunks]
        return file.first_chunk + int(np.argmax(own)) if len(own) else -1

    def judged_text(self, number: int) -> tuple[bytes, str]:
        """A chunk as the quality model reads it, after its hash; (b"", "") when its file was replaced meanwhile."""
        row = self._pieces.row(number)
        if row is None:
            return b"", ""
        path = self.view.slots[self.view.chunk_slot[number]].path
        return row.hash, chunk_text(path, row.qualname, self._pieces.text(number))

    def commit(self, number: int, score: float) -> Candidate:
        commit_id = int(self.view.votes.commit_ids[number])
        return Candidate(score, ("", -commit_id), partial(self._commit, commit_id, score))

    def fit_of_commit(self, number: int) -> float:
        """How well the best commit covers the question, compared with the best chunk: at most 1."""
        text = self.view.text
        chunk = self._covered(text, int(np.argmax(self.found.text))) if self.found.text.any() else 0.0
        commit = self._covered(self.view.commits, number)
        return commit / max(chunk, commit)

    def _covered(self, scope: SearchScope, document: int) -> float:
        """Sum of the weights of the question's terms in the document, rare terms counting more."""
        terms = np.array(sorted(self.asked.weights), dtype=np.uint32)
        held = scope.held(document, terms)
        rarity = self.view.text.rarity(held).tolist()
        weights = (self.asked.weights[term] for term in held.tolist())
        return float(sum(rare * weight for rare, weight in zip(rarity, weights, strict=True)))

    def _piece(self, number: int, slot: int, scores: Scores, column: int) -> Hit | None:
        """A hit for chunk ``number`` (-1: none) of file ``slot``; ``column``: where its scores are."""
        file = self.view.slots[slot]
        row = self._pieces.row(number) if number >= 0 else lexical_queries.ChunkRow("window", "", 1, 1, 0, 0)
        if row is None:
            return None
        parts = {
            name: round(float(value), 4) for name, value in zip(SIGNALS, scores.parts[:, column], strict=True)
        }
        decision = lexical_queries.decision_row(self._conn, file.file_id) if file.role == "decision" else None
        return Hit(
            kind=kind_of(file.role),
            path=safe_text(file.path),
            line=row.line,
            end_line=row.end_line,
            symbol=safe_text(row.qualname),
            score=round(float(scores.total[column]), 4),
            signals=Signals(**parts),
            snippet=self._snippet(number, row.qualname),
            title=safe_line(decision.title)[:MAX_TITLE_CHARS] if decision else "",
            date=decision.date if decision else "",
            status=decision.status if decision else "",
            commits=self._voters(slot) if parts["history"] > 0 else (),
        )

    def _snippet(self, number: int, symbol: str) -> str:
        shown = number >= 0 and (self._snippets == "all" or (self._snippets == "nameless" and not symbol))
        return snippet(self._pieces.text(number), self.asked.weights) if shown else ""

    def _voters(self, slot: int) -> tuple[str, ...]:
        ids = self.found.voters.get(slot, [])[:SHOWN_VOTERS]
        rows = lexical_queries.commit_rows(self._conn, ids)
        return tuple(rows[commit_id].sha for commit_id in ids if commit_id in rows)

    def _commit(self, commit_id: int, score: float) -> Hit | None:
        row = lexical_queries.commit_rows(self._conn, [commit_id]).get(commit_id)
        if row is None:
            return None
        return Hit(
            kind="commit",
            path="",
            line=0,
            end_line=0,
            symbol="",
            score=round(score, 4),
            signals=Signals(bm25=round(score, 4)),
            snippet=snippet(row.body, self.asked.weights) if row.body else "",
            sha=row.sha,
            title=safe_line(row.subject)[:MAX_TITLE_CHARS],
            date=datetime.fromtimestamp(row.time_s, UTC).date().isoformat(),
            author=safe_line(row.author)[:MAX_TITLE_CHARS],
        )
