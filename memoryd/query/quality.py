"""The quality model as a judge of the best finds: it has a say in their order, and brings in nothing new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from memoryd.query.ranking import SIGNALS, Array, Scores
from memoryd.query.search_hits import Reader

POOL = 50
# The cosine's weight beside the fused score. Words, paths and history know better than a model which file must change;
# which function does what a question says is for the model to tell (docs/decisions/0014).
FILE_WEIGHT = 1.0
CHUNK_WEIGHT = 8.0
_ROW = SIGNALS.index("quality")

State = Literal["off", "starting", "used", "late", "failed"]


class Verdict(Protocol):
    """``scores``: cosines of the first texts, as many as there was time for; empty unless ``state`` is ``used``."""

    @property
    def state(self) -> State: ...
    @property
    def scores(self) -> Sequence[float]: ...


class Rerank(Protocol):
    """A sentence-transformers model somewhere else."""

    def rerank(self, query: str, texts: Sequence[tuple[bytes, str]]) -> Verdict:
        """How well each (16-byte hash of the text or ``b""``, text) answers ``query``, within a second or two."""


class Judge:
    """Asks ``model`` (None: there is none) about one question; ``state`` and ``judged`` say how that went."""

    def __init__(self, model: Rerank | None, reader: Reader) -> None:
        self._model, self._reader = model, reader
        self.state: State = "off"
        self.judged = 0

    def judged_chunks(self, scores: Scores, best: NDArray[np.int64]) -> Scores:
        """``scores`` of chunks with the first POOL of ``best`` in the judge's order."""
        return self._judged(scores, best, best, CHUNK_WEIGHT)

    def judged_files(self, scores: Scores, best: NDArray[np.int64], pieces: Array) -> Scores:
        """The same for file slots, each judged by its best piece."""
        if self._model is None:
            return scores
        shown = [self._reader.best_piece(slot, pieces) for slot in best[:POOL].tolist()]
        return self._judged(scores, best, np.array(shown, np.int64), FILE_WEIGHT)

    def _judged(
        self, scores: Scores, best: NDArray[np.int64], shown: NDArray[np.int64], weight: float
    ) -> Scores:
        if self._model is None or len(best) < 2:
            return scores
        texts = [self._reader.judged_text(number) for number in shown[:POOL].tolist()]
        verdict = self._model.rerank(self._reader.asked.text, texts)
        self.state, self.judged = verdict.state, len(verdict.scores)
        return traded(scores, best[: self.judged], np.array(verdict.scores), weight)


def traded(scores: Scores, best: NDArray[np.int64], cosines: Array, weight: float) -> Scores:
    """``scores`` with the columns ``best`` (descending) ordered by total + weight · cosine. They trade their totals
    among each other, so that they stand as before against everything else; the signal ``quality`` is what each gains
    or loses by it."""
    before = scores.total[best]
    order = np.argsort(-(before + weight * np.maximum(cosines, 0.0)), kind="stable")
    parts, total = scores.parts.copy(), scores.total.copy()
    total[best[order]] = before
    parts[_ROW, best] = total[best] - before
    return Scores(parts, total)
