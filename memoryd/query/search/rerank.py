"""What the quality model makes of a question: an order of everything it has read, or of the best finds alone."""

from __future__ import annotations

import re

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memoryd.query.retrieval.dense import Vectors, above
from memoryd.query.retrieval.quality_model import Model, State, Verdict
from memoryd.query.search.hits import Reader
from memoryd.query.search.ranking import (
    SIGNALS,
    Array,
    Reading,
    Scores,
    near_enough,
    rank_chunks,
    rank_files,
)

POOL = 100  # of the best by words and history are read at once if they were not, as far as time permits
# Of what may be found, so much must have been read before the model may order all of it.
READ_SHARE = 0.95
# The weight of a likeness (squared cosine above the median, .1 to .4 where it is best). Which function does what one
# line says, the model knows better than words do; which file must change, less so; of a long report it reads only the
# beginning, while the words, traces and paths in it say much.
CHUNK_WEIGHT = 12.0
FILE_WEIGHT = 4.0
REPORT_WEIGHT = 1.0  # of either, for a text of several lines
_ROW = SIGNALS.index("quality")


class _Opinion(Struct, frozen=True):
    """Per chunk of the view: is there an opinion, and the score."""

    known: NDArray[np.bool_]
    scores: NDArray[np.float32]

    def similarity(self, chunks: NDArray[np.bool_]) -> Array:
        """Of ``chunks`` that are known: how far above the middle of them all, squared."""
        known = self.known & chunks
        middle = float(np.median(self.scores[known])) if known.any() else 0.0
        return np.where(known, above(self.scores, middle), 0.0)

    def similarity_in(self, pool: NDArray[np.int64]) -> Array:
        """The same for a few of the best, whose middle is no middle: how far above the last of them."""
        similarity = np.zeros(len(self.scores))
        similarity[pool] = above(self.scores[pool], float(self.scores[pool].min(initial=1.0)))
        return similarity


class Judge:
    """Asks ``model`` (None: there is none) about one question; ``state``, ``judged`` (how many finds of the pool; 0:
    all that is read) and ``read`` (how many chunks it ordered) say how that went. ``factors``: the prior of each file
    slot, which holds for the model's opinion as well."""

    def __init__(self, model: Model | None, reader: Reader, factors: Array) -> None:
        self._model, self._reader, self._factors = model, reader, factors
        self.state: State = "off"
        self.judged = self.read = 0

    def judged_chunks(self, scores: Scores, pool: NDArray[np.int64]) -> Scores:
        """``scores`` of chunks as the model would have them; ``pool``: the best ones, descending."""
        opinion = self._asked(pool)
        if opinion is None:
            return scores
        weight = self._weight(CHUNK_WEIGHT)
        if self._has_read(opinion):
            return self._chunks(self._similarity(opinion), weight)
        best = pool[opinion.known[pool]]
        self.judged = len(best)
        return traded(scores, best, self._chunks(opinion.similarity_in(best), weight).total[best])

    def judged_files(self, scores: Scores, pool: NDArray[np.int64], pieces: Array) -> tuple[Scores, Array]:
        """The same for file slots, each read by its best piece, and the scores of the pieces."""
        shown = np.array([self._reader.best_piece(slot, pieces) for slot in pool.tolist()], np.int64)
        pool, shown = pool[shown >= 0], shown[shown >= 0]
        opinion = self._asked(shown)
        if opinion is None:
            return scores, pieces
        if self._has_read(opinion):
            similarity = self._similarity(opinion)
            return self._files(similarity), self._chunks(similarity, self._weight(FILE_WEIGHT)).total
        best, shown = pool[opinion.known[shown]], shown[opinion.known[shown]]
        self.judged = len(best)
        return traded(scores, best, self._files(opinion.similarity_in(shown)).total[best]), pieces

    def _weight(self, of_line: float) -> float:
        return REPORT_WEIGHT if "\n" in self._reader.asked.text else of_line

    def _similarity(self, opinion: _Opinion) -> Array:
        view, found = self._reader.view, self._reader.found
        has_words = (found.text > 0) | (found.names > 0)
        return near_enough(opinion.similarity(view.text.alive), view, has_words)

    def _chunks(self, similarity: Array, weight: float) -> Scores:
        reading = Reading(similarity, weight)
        return rank_chunks(self._reader.view, self._reader.found, self._factors, reading=reading)

    def _files(self, similarity: Array) -> Scores:
        reading = Reading(similarity, self._weight(FILE_WEIGHT))
        return rank_files(self._reader.view, self._reader.found, self._factors, reading=reading)

    def _asked(self, pool: NDArray[np.int64]) -> _Opinion | None:
        view = self._reader.view
        if self._model is None or view.vectors is None or not self._reader.asked.weights:
            return None
        read = map(self._reader.judged_text, pool.tolist())
        texts = ((key, text) for key, text in read if key)
        verdict = self._model.judge(phrasings(self._reader.asked.text, view.main_language), texts)
        self.state = verdict.state
        return _opinion(view.vectors, verdict) if verdict.keys else None

    def _has_read(self, opinion: _Opinion) -> bool:
        """Nearly all of what may be found. The rest counts as far until it is read; the pool is read by now."""
        view = self._reader.view
        wanted = view.text.alive & (self._factors[view.chunk_slot] > 0)
        read = int(np.count_nonzero(opinion.known & wanted))
        if read < READ_SHARE * np.count_nonzero(wanted):
            return False
        self.read = read
        return True


def phrasings(text: str, main_language: str) -> list[str]:
    """The question, and once more without the name of the language that the whole project is written in: taken
    together, the name counts half."""
    if not main_language:
        return [text]
    without = re.sub(rf"\b{re.escape(main_language)}\b[ \t]*", "", text, flags=re.IGNORECASE).strip()
    return [text, without] if without and without != text else [text]


def traded(scores: Scores, best: NDArray[np.int64], wanted: Array) -> Scores:
    """``scores`` with the columns ``best`` (descending) in the order of ``wanted``. They trade their totals among each
    other, so that they stand as before against everything else; the signal ``quality`` is what each wins or loses."""
    before = scores.total[best]
    order = np.argsort(-wanted, kind="stable")
    parts, total = scores.parts.copy(), scores.total.copy()
    total[best[order]] = before
    parts[_ROW, best] = total[best] - before
    return Scores(parts, total)


def _opinion(vectors: Vectors, verdict: Verdict) -> _Opinion:
    """By chunk number; equal chunks of several files share their hash."""
    keys = np.ascontiguousarray(
        np.frombuffer(verdict.keys, "<u8")[::2]
    )  # the first half of each hash tells enough
    order = np.argsort(keys)
    place = np.minimum(np.searchsorted(keys, vectors.keys, sorter=order), len(keys) - 1)
    at = order[place]
    known = vectors.known & (keys[at] == vectors.keys)
    scores = np.where(known, np.frombuffer(verdict.scores, "<f4")[at], 0.0).astype(np.float32)
    return _Opinion(known, scores)
