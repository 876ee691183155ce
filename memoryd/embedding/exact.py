"""Exact nearest vectors by brute force: the truth that a search index approximates."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLOCK_ROWS = 1_024  # 1 MB of float32 at 256 dimensions: stays in the processor's cache


def exact_scores(matrix: NDArray[np.int8], query: NDArray[np.float32]) -> NDArray[np.float32]:
    """Cosine of ``query`` (unit) with each row of ``matrix`` (int8, unit · 127); 0 for a zero row."""
    scores = np.empty(len(matrix), dtype=np.float32)
    converted = np.empty((min(BLOCK_ROWS, len(matrix)), matrix.shape[1]), dtype=np.float32)
    for start in range(0, len(matrix), BLOCK_ROWS):
        block = matrix[start : start + BLOCK_ROWS]
        rows = converted[: len(block)]  # one buffer: a new one for each block may mean new pages each time
        np.copyto(rows, block)
        scores[start : start + len(block)] = rows @ query
    return scores / np.float32(127)
