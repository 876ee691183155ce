"""Figures of a ranking, and whether two rankings of the same queries differ by more than chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from search_sets import Ranked, Row

MEASURES = ("hit@1", "hit@5", "hit@10", "all@10", "MRR")
RESAMPLES = 10_000
SEED = 1
_PART = 500  # resamples that are drawn together: bounds the memory


class Difference(Struct, frozen=True):
    """The mean gain per query, and the interval that holds 95 % of its resampled means."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        mark = "*" if self.low > 0 or self.high < 0 else " "
        return f"{self.mean:+.3f} [{self.low:+.3f}, {self.high:+.3f}]{mark}"


def figures(rows: Sequence[Row], ranked: Ranked) -> NDArray[np.float64]:
    """One row per query, one column per measure; a query without an answer has zeros."""
    return np.array([_figures(set(row["gold"]), ranked.get(row["id"], [])) for row in rows])


def _figures(gold: set, found: list) -> tuple[float, ...]:
    first = next((place for place, item in enumerate(found, 1) if item in gold), 0)
    hits = (float(0 < first <= depth) for depth in (1, 5, 10))
    return (*hits, float(gold <= set(found[:10])), 1 / first if first else 0.0)


def difference(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> Difference:
    """The paired bootstrap over queries: each resample draws as many queries as there are, with repetition."""
    gains = ours - theirs
    random = np.random.default_rng(SEED)
    means = np.concatenate(
        [
            gains[random.integers(0, len(gains), (_PART, len(gains)))].mean(axis=1)
            for _ in range(RESAMPLES // _PART)
        ]
    )
    low, high = np.percentile(means, (2.5, 97.5))
    return Difference(float(gains.mean()), float(low), float(high))
