"""Whether work grows no faster than its input. Costs of one run are compared with each other, never with a clock."""

from __future__ import annotations

import time
from collections.abc import Callable

TOO_QUICK_S = 0.15  # of processor time: below, nothing can be said of growth, and nothing need be
MAX_GROWTH = 9.0  # four times the input: linear work costs 4 times as much, quadratic work 16 times
ATTEMPTS = 5  # other programs disturb a measurement; growth that is there is seen in each


def assert_linear(work: Callable[[int], object], size: int) -> None:
    """``work(size)`` costs at most MAX_GROWTH times the processor time of ``work(size // 4)``."""
    smaller_s = larger_s = float("inf")
    for _ in range(ATTEMPTS):
        smaller_s = min(smaller_s, _cost_s(work, size // 4))
        larger_s = min(larger_s, _cost_s(work, size))
        if larger_s < TOO_QUICK_S or larger_s <= MAX_GROWTH * smaller_s:
            return
    raise AssertionError(
        f"four times the input cost {larger_s / smaller_s:.1f} times as much ({larger_s:.2f} s)"
    )


def _cost_s(work: Callable[[int], object], size: int) -> float:
    started_s = time.process_time()
    work(size)
    return time.process_time() - started_s
