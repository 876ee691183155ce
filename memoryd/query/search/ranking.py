"""One fusion for everything that is searched: each signal is divided by its best value and added with a weight.

Never by ranks: reciprocal rank fusion of the same lists loses 9 points of MRR, since it forgets by how much
the first beat the second. ``bench/eval_search.py`` measures every number below; all sets, one configuration.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memoryd.query.retrieval.ann_candidates import Near, near_similarity
from memoryd.query.retrieval.chunk_lookup import Pieces
from memoryd.query.retrieval.dense import MIN_SIMILARITY
from memoryd.query.retrieval.lexical import LexicalView
from memoryd.query.retrieval.roles import ROLES, kind_of
from memoryd.query.search.mentions import named
from memoryd.query.search.question import Question

SIGNALS = ("bm25", "path", "name", "history", "vector", "mention", "quality")
Array = NDArray[np.float64]
Comparison = Literal["none", "exact", "cache"]  # how the vectors were compared


class Weights(Struct, frozen=True):
    """How much each signal may add where it is at its best; ``bm25`` is the unit."""

    path: float = 0.2  # the words of the path; more hurts deep projects
    name: float = 0.3  # the qualified name of a chunk; no gain when ranking files
    history: float = 0.5  # past commits that sound alike; the strongest helper of all
    file_vector: float = 0.25  # of a file's best chunks: words already say most of it
    chunk_vector: float = 0.5  # one chunk has few words: meaning helps more
    mention: float = 0.4  # the file is named outright
    defined: float = 0.3  # the chunk defines what is named
    of_file: float = 0.75  # how much of its file's path, history and mention a chunk inherits
    test: float = 0.3  # factor, as the following: the place to look at is more often source than a test …
    doc: float = 0.2  # … than prose about it, which shares more words with the question
    example: float = 0.3
    generated: float = 0.3
    config: float = 0.3
    frame: float = 0.7  # a chunk around functions: the header of a class holds the words of its methods
    commit: float = 0.6  # a commit that fits as well as a chunk does comes after it
    decision: float = 1.0
    proposed: float = 0.6  # what an agent noted and nobody confirmed


WEIGHTS = Weights()
BEST_CHUNKS = 3  # a file is its best chunks, each counting half as much as the one before
CHUNK_DECAY = 0.5
SURELY_MEANT = 1.0  # of the chunk whose whole name the question gives: a class, if it names one


class Scores(Struct, frozen=True):
    """``parts[i]``: what SIGNALS[i] adds to each document's score. ``total``: their sum, 0 = not found."""

    parts: Array
    total: Array


class RankingEvidence(Struct, frozen=True):
    """What a question stirs in a view, before fusion. Arrays over chunks (text, names, vectors) and over file
    slots (the rest)."""

    text: Array
    names: Array
    vectors: Array
    paths: Array
    votes: Array
    mentions: Array
    definitions: Array  # over chunks
    voters: dict[int, list[int]]  # slot → ids of the commits that voted for it, best first
    commits: Array  # per commit number
    comparison: Comparison = "none"


class Reading(Struct, frozen=True):
    """What the quality model makes of the chunks: ``similarity`` of each, 0 = nothing or unread. ``weight``: how much
    the nearest counts beside the best by words, times its likeness: how near it is means something, unlike the best
    sum of rare words, so it is not divided by the best."""

    similarity: Array
    weight: float

    def gain(self, own: Array, similarity: Array) -> Array:
        """What a document's ``own`` words and meaning win or lose by its ``similarity``. The best of both is worth what
        the best by words was, so that what speaks for its file keeps its weight, and commits and notes their place."""
        weight = self.weight * float(similarity.max(initial=0.0))
        share = weight / (1.0 + weight)
        gained: Array = share * (own.max(initial=0.0) * of_best(similarity) - own)
        return gained


def gather(
    view: LexicalView,
    asked: Question,
    meaning: NDArray[np.float32] | None,
    near: Near | None = None,
    pieces: Pieces | None = None,
) -> RankingEvidence:
    """Score everything in the view once. ``meaning``: the question's vector. ``near``: the cache of vectors, which
    changes the cost and not the scores. ``pieces``: where lines and quoted texts are looked up."""
    commits = view.commits.scores(asked.weights)
    votes, voters = view.votes.cast(commits, view.files)
    text, names = view.text.scores(asked.weights), view.names.scores(asked.weights)
    name_hits = named(view, asked, pieces)
    vectors, comparison = _similarity(view, meaning, ((text > 0) | (names > 0)) & view.text.alive, near)
    return RankingEvidence(
        text=text,
        names=names,
        vectors=vectors,
        paths=view.paths.scores(asked.weights),
        votes=votes,
        mentions=name_hits.files,
        definitions=name_hits.chunks,
        voters=voters,
        commits=commits,
        comparison=comparison,
    )


def _similarity(
    view: LexicalView, meaning: NDArray[np.float32] | None, has_words: NDArray[np.bool_], near: Near | None
) -> tuple[Array, Comparison]:
    if view.vectors is None or meaning is None or not meaning.any():
        return np.zeros(len(view.chunk_slot)), "none"
    similarity = near_similarity(view.vectors, meaning, has_words, near, view.generation) if near else None
    comparison: Comparison = "exact" if similarity is None else "cache"
    if similarity is None:
        similarity = view.vectors.similarity(meaning)
    return near_enough(similarity, view, has_words), comparison


def near_enough(similarity: Array, view: LexicalView, has_words: NDArray[np.bool_]) -> Array:
    """``similarity`` without dead chunks, and without those that have no word of the question and are not near it."""
    return np.where(view.text.alive & (has_words | (similarity >= MIN_SIMILARITY**2)), similarity, 0.0)


def priors(view: LexicalView, kinds: Collection[str] = (), weights: Weights = WEIGHTS) -> Array:
    """The prior of every slot by its role; 0 where it is dead or of a kind that is not wanted."""
    factor = {role: getattr(weights, role, 1.0) for role in ROLES}
    if kinds:
        factor = {role: value if kind_of(role) in kinds else 0.0 for role, value in factor.items()}
    return np.array([factor[role] for role in ROLES])[view.roles] * view.paths.alive


def rank_files(
    view: LexicalView,
    found: RankingEvidence,
    factors: Array,
    weights: Weights = WEIGHTS,
    reading: Reading | None = None,
) -> Scores:
    """Scores of the file slots. ``factors``: prior of each slot, 0 where it is not wanted."""
    parts = np.zeros((len(SIGNALS), view.files))
    parts[0] = of_best(best_chunks(view, found.text) * factors)
    parts[1] = weights.path * of_best(found.paths * factors)
    parts[3] = weights.history * of_best(found.votes * factors)
    parts[4] = weights.file_vector * of_best(best_chunks(view, found.vectors) * factors)
    parts[5] = weights.mention * found.mentions * factors
    if reading:
        similarity = best_chunks(view, reading.similarity) * factors
        parts[6] = reading.gain(parts[0] + parts[4], similarity)
    return Scores(parts, parts.sum(axis=0))


def rank_chunks(
    view: LexicalView,
    found: RankingEvidence,
    factors: Array,
    weights: Weights = WEIGHTS,
    reading: Reading | None = None,
) -> Scores:
    """Scores of the chunks: their own text, name and meaning, and part of what speaks for their file. A chunk
    without a word of the question in it or its name, and not near it, is not found, however much speaks for its
    file."""
    own = factors[view.chunk_slot]
    parts = np.zeros((len(SIGNALS), len(view.chunk_slot)))
    parts[0] = of_best(found.text * own)
    parts[2] = weights.name * of_best(found.names * own)
    parts[4] = weights.chunk_vector * of_best(found.vectors * own)
    parts[1] = (weights.of_file * weights.path * of_best(found.paths * factors))[view.chunk_slot]
    parts[3] = (weights.of_file * weights.history * of_best(found.votes * factors))[view.chunk_slot]
    parts[5] = (weights.of_file * weights.mention * found.mentions * factors)[view.chunk_slot]
    parts[5] += weights.defined * found.definitions * own
    frame = np.where(view.frames & (found.definitions < SURELY_MEANT), weights.frame, 1.0)
    parts *= frame
    words = parts[0] + parts[2] + parts[4]
    similarity = reading.similarity * own * frame if reading else np.zeros(len(words))
    if reading:
        parts[6] = reading.gain(words, similarity)
    parts *= (words + similarity) > 0
    return Scores(parts, parts.sum(axis=0))


def of_best(scores: Array) -> Array:
    """Scores relative to the best of them."""
    best = scores.max(initial=0.0)
    return scores / best if best > 0 else scores


def best_chunks(view: LexicalView, scores: Array) -> Array:
    """Per file slot: its best chunks' scores, summed with decay. The chunks of a file are neighbours, so taking each
    file's best a few times over costs less than sorting all of them."""
    found = np.flatnonzero(scores > 0)
    left, slots = scores[found], view.chunk_slot[found]
    is_first = _changes(slots)
    starts, group = np.flatnonzero(is_first), np.cumsum(is_first) - 1
    total = np.zeros(view.files)
    for place in range(BEST_CHUNKS if len(found) else 0):
        best = np.maximum.reduceat(left, starts)
        total[slots[starts]] += CHUNK_DECAY**place * best
        at = np.flatnonzero(left == best[group])
        left[at[_changes(group[at])]] = 0.0  # one of equal ones: the others have their turn
    return total


def _changes(values: NDArray[Any]) -> NDArray[np.bool_]:
    """Where a value differs from the one before it, the first one included."""
    differs = np.ones(len(values), bool)
    differs[1:] = values[1:] != values[:-1]
    return differs
