"""Whether a project has anything on a question: search always finds what is least unlike."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memoryd.query.retrieval.lexical import LexicalView
from memoryd.query.retrieval.postings import SearchScope, lookup
from memoryd.query.search.question import Question, question
from memoryd.query.search.ranking import RankingEvidence

# Measured by bench/eval_floor.py: tells four of five questions of other matters, and one of a hundred real ones.
ENOUGH = 0.7  # words and meaning together
ENOUGH_WORDS = 0.25  # words alone, where there are no vectors
# A long title is held like one of so many words, its rarest: no piece of code holds a fair part of a whole paragraph.
MAX_TITLE_TERMS = 20
FOREIGN = 0.3  # the least share of words never seen here: a question of the project's own words is about it


class Cover(Struct, frozen=True):
    """How much of a question's title, rare words counting more, one piece of code or one commit holds at best
    (``most``; of a long one, measured by its rarest words), and how much nothing in the project holds (``foreign``):
    shares, 0 to 1."""

    most: float
    foreign: float


def cover(view: LexicalView, asked: Question) -> Cover:
    """Look up the words of the title; of the whole text where the title has none."""
    title = question(asked.title, view.main_language).weights or asked.weights
    terms = np.array(sorted(title), dtype=np.uint32)
    weights = view.text.rarity(terms) * [title[int(term)] for term in terms]
    whole = float(weights.sum())
    if whole <= 0:
        return Cover(0.0, 0.0)
    in_code, in_commits = held(view.text, terms, weights), held(view.commits, terms, weights)
    unseen = ~(in_code[1] | in_commits[1])
    most = max(float(sums.max(initial=0.0)) for sums, _ in (in_code, in_commits))
    rarest = float(np.sort(weights)[-MAX_TITLE_TERMS:].sum())
    return Cover(min(1.0, most / rarest), float(weights[unseen].sum()) / whole)


def held(
    scope: SearchScope, terms: NDArray[np.uint32], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The weights of those of ``terms`` that each document holds, summed, 0 where it is not live; which terms occur in
    any."""
    hits = lookup(scope.segments, terms)
    rows = np.repeat(np.arange(len(terms)), hits.sizes)
    live = scope.alive[hits.docs]
    sums = np.bincount(hits.docs[live], weights[rows[live]], minlength=len(scope.alive)).astype(np.float64)
    return sums, np.bincount(rows[live], minlength=len(terms)) > 0


def is_weak(view: LexicalView, asked: Question, found: RankingEvidence) -> bool:
    """Whether even the best find shares next to nothing with the question, in words or meaning, and nothing in the
    project is named by it."""
    if found.mentions.any():
        return False
    covered = cover(view, asked)
    if covered.foreign < FOREIGN:
        return False
    if found.comparison == "none":
        return covered.most < ENOUGH_WORDS
    return covered.most + float(np.sqrt(found.vectors.max(initial=0.0))) < ENOUGH
