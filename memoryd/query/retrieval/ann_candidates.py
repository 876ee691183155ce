"""The meaning of chunks by way of the vector cache: the scores of exact comparison for less arithmetic, or none.

Of all the likenesses that exact comparison computes, the fusion uses those of the chunks with a word of the question
and of the few without one that are much nearer than the median. The cache names the latter; both sorts are then
compared exactly. Where the cache does not name enough, or shows that it missed something, there is no result.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from memoryd.embedding.exact import exact_scores
from memoryd.query.retrieval.dense import MIN_SIMILARITY, Vectors, above

NEAREST = 256
MAX_SHARE = 0.5  # of all chunks to be compared: beyond it comparing all of them is as cheap


class NamedChunk(Protocol):
    """A chunk that the cache names: its hash and exact cosine."""

    @property
    def hash(self) -> bytes: ...
    @property
    def score(self) -> float: ...


class Near(Protocol):
    """The cache of a project's vectors."""

    @property
    def from_chunks(self) -> int:
        """With fewer vectors than this, comparing all of them is cheaper than asking."""

    def nearest(
        self, model: str, vector: NDArray[np.float32], k: int, generation: int
    ) -> Sequence[NamedChunk] | None:
        """The ``k`` chunks of the whole store nearest to ``vector``, best first; None when it cannot say, or does
        not hold the store as of ``generation``. Never waits for long."""


def near_similarity(
    vectors: Vectors, query: NDArray[np.float32], has_words: NDArray[np.bool_], near: Near, generation: int
) -> NDArray[np.float64] | None:
    """What ``vectors.likeness(query)`` gives for the ``has_words`` chunks and for all that are at least MIN_LIKENESS
    above the median, and 0 for others; None where only exact comparison can tell."""
    has_words = has_words & vectors.known
    known = np.count_nonzero(vectors.known)
    if not known or known < near.from_chunks or np.count_nonzero(has_words) > MAX_SHARE * known:
        return None
    named = near.nearest(vectors.model, query, NEAREST, generation)
    if not named:
        return None
    middle = float(np.median(exact_scores(vectors.rows[vectors.sample], query)))
    if len(named) == NEAREST and named[-1].score - middle >= MIN_SIMILARITY:
        return None  # there may be more of that kind
    is_named = np.zeros(len(has_words), bool)
    is_named[vectors.numbers([one.hash for one in named])] = True
    numbers = np.flatnonzero(has_words | (is_named & vectors.known))
    cosine = exact_scores(vectors.rows[numbers], query)
    if (cosine[~is_named[numbers]] >= middle + MIN_SIMILARITY).any():
        return None  # one of that kind is not named: the cache's graph does not lead there
    similarity = np.zeros(len(has_words))
    similarity[numbers] = above(cosine, middle)
    return similarity
