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
# which function does what one line says, the model knows (docs/decisions/0014). Of a long text it reads the beginning.
FILE_WEIGHT = 1.0
CHUNK_WEIGHT = 5.0
LONG_TEXT_WEIGHT = 3.0
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
    """Asks ``model`` (None: there is none) about one question; ``state`` and ``judged`` say how that went.
    ``factors``: the prior of each file slot, which holds for the model's opinion as well."""

    def __init__(self, model: Rerank | None, reader: Reader, factors: Array) -> None:
        self._model, self._reader, self._factors = model, reader, factors
        self.state: State = "off"
        self.judged = 0

    def judged_chunks(self, scores: Scores, best: NDArray[np.int64]) -> Scores:
        """``scores`` of chunks with the first POOL of ``best`` in the judge's order."""
        weight = LONG_TEXT_WEIGHT if "\n" in self._reader.asked.text else CHUNK_WEIGHT
        slots = self._reader.view.chunk_slot[best[:POOL]]
        return self._judged(scores, best[:POOL], best[:POOL].tolist(), weight * self._factors[slots])

    def judged_files(self, scores: Scores, best: NDArray[np.int64], pieces: Array) -> Scores:
        """The same for file slots, each judged by its best piece."""
        best = best[:POOL]
        shown = [self._reader.best_piece(slot, pieces) for slot in best.tolist()]
        return self._judged(scores, best, shown, FILE_WEIGHT * self._factors[best])

    def _judged(
        self, scores: Scores, best: NDArray[np.int64], shown: Sequence[int], weights: Array
    ) -> Scores:
        if self._model is None or len(best) < 2:
            return scores
        texts = [self._reader.judged_text(number) for number in shown]
        verdict = self._model.rerank(self._reader.asked.text, texts)
        self.state, self.judged = verdict.state, len(verdict.scores)
        gain = weights[: self.judged] * np.maximum(np.array(verdict.scores), 0.0)
        return traded(scores, best[: self.judged], gain)


def traded(scores: Scores, best: NDArray[np.int64], gain: Array) -> Scores:
    """``scores`` with the columns ``best`` (descending) ordered by total + gain. They trade their totals among each
    other, so that they stand as before against everything else; the signal ``quality`` is what each wins or loses."""
    before = scores.total[best]
    order = np.argsort(-(before + gain), kind="stable")
    parts, total = scores.parts.copy(), scores.total.copy()
    total[best[order]] = before
    parts[_ROW, best] = total[best] - before
    return Scores(parts, total)
