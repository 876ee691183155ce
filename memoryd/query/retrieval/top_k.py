"""The best of many scores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]


def order(
    scores: NDArray[np.float64], limit: int, tiebreak: Callable[[Numbers], NDArray[Any]] = np.asarray
) -> Numbers:
    """The numbers of the best ``limit`` positive scores; equal ones by what ``tiebreak`` gives for their numbers (it is
    asked about few), ascending."""
    found = np.flatnonzero(scores > 0)
    if len(found) > limit:
        worst = np.partition(scores[found], len(found) - limit)[len(found) - limit]
        found = found[scores[found] >= worst]
    return found[np.lexsort((tiebreak(found), -scores[found]))][:limit]
