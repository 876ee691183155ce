"""What each signal is worth: the fusion of ``memoryd.query.search.ranking`` with one part changed at a time.

Used by ``eval_search.py --ablation`` on the views that a run left behind; needs no daemon.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from search_sets import DEPTH, FUNCTIONS, Row, rows_of
from significance import MEASURES, figures

from memoryd.embedding.static import StaticEmbedder
from memoryd.query.retrieval.chunk_lookup import Pieces
from memoryd.query.retrieval.lexical import LexicalIndex, LexicalView
from memoryd.query.retrieval.top_k import order
from memoryd.query.search import ranking
from memoryd.query.search.question import Question, question
from memoryd.query.search.ranking import WEIGHTS, RankingEvidence, Weights

VARIANTS: dict[str, dict[str, float]] = {
    "all": {},
    "- path": {"path": 0},
    "- name": {"name": 0},
    "- history": {"history": 0},
    "- vectors": {"file_vector": 0, "chunk_vector": 0},
    "- mention": {"mention": 0, "defined": 0},
    "- of_file": {"of_file": 0},
    "- priors": {"test": 1, "doc": 1, "example": 1, "generated": 1, "config": 1},
    "words alone": {
        "path": 0,
        "name": 0,
        "history": 0,
        "file_vector": 0,
        "chunk_vector": 0,
        "mention": 0,
        "defined": 0,
    },
}


class Asked(msgspec.Struct, frozen=True):
    """A query with everything that it stirred."""

    row: Row
    conn: sqlite3.Connection
    view: LexicalView
    asked: Question
    found: RankingEvidence


def ablate(folder: Path, home: Path, sets: Sequence[str]) -> None:
    """Print one table per set."""
    views = Views(home)
    for name in sets:
        asked = [views.ask(row, name) for row in rows_of(folder, name)]
        print(f"\n{name:<24} " + " ".join(f"{measure:>6}" for measure in MEASURES))
        for title, changes in VARIANTS.items():
            weights = msgspec.structs.replace(WEIGHTS, **changes)
            rank = _functions if name in FUNCTIONS else _files
            means = figures(
                [one.row for one in asked], {one.row["id"]: rank(one, weights) for one in asked}
            ).mean(axis=0)
            print(f"{title:<24} " + " ".join(f"{mean:6.3f}" for mean in means), flush=True)


class Views:
    """The views under a home: of base commits by their sha, of the CoSQA folders by their name."""

    def __init__(self, home: Path) -> None:
        self._embedder = StaticEmbedder()
        self._places: dict[str, tuple[sqlite3.Connection, LexicalIndex, int]] = {}
        for path in home.glob("data/projects/*/index.db"):
            conn = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)
            index = LexicalIndex()
            for view_id, name in conn.execute("SELECT id, name FROM view WHERE complete"):
                self._places[name.removeprefix("rev:").rpartition("/")[2]] = (conn, index, view_id)

    def ask(self, row: Row, name: str) -> Asked:
        conn, index, view_id = self._places[row.get("base_commit", name)]
        view = index.refresh(conn, view_id, self._embedder)
        text = question(row["query"], view.main_language)
        meaning = self._embedder.encode_query(text.weights)
        return Asked(row, conn, view, text, ranking.gather(view, text, meaning, pieces=Pieces(conn, view)))


def _files(asked: Asked, weights: Weights) -> list[str]:
    view = asked.view
    scores = ranking.rank_files(view, asked.found, ranking.priors(view, (), weights), weights).total
    return [view.slots[slot].path for slot in order(scores, DEPTH)]


def _functions(asked: Asked, weights: Weights) -> list[Any]:
    view = asked.view
    scores = ranking.rank_chunks(view, asked.found, ranking.priors(view, (), weights), weights).total
    best = order(scores, DEPTH)
    names = (view.slots[view.chunk_slot[number]].path for number in best)
    return list(dict.fromkeys(int(name.removeprefix("f").removesuffix(".py")) for name in names))
