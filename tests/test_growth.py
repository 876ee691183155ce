"""The measure of growth itself: what it lets pass and what not."""

from __future__ import annotations

import pytest
from growth import assert_linear


def test_linear_work_passes() -> None:
    """Work of one step per unit."""
    assert_linear(lambda size: sum(range(size)), 8_000_000)


def test_quadratic_work_does_not_pass() -> None:
    """Work of one step per pair of units."""
    with pytest.raises(AssertionError, match="times as much"):
        assert_linear(lambda size: sum(1 for i in range(size) for _ in range(i)), 8_000)
