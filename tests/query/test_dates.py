"""Dates and ages as callers write them."""

from __future__ import annotations

from memoryd.query.dates import day, moment


def test_moments_are_read_in_utc():
    """ISO days and times, and ages counted back from now; anything else is None."""
    now = 1_700_000_000
    assert moment("2023-11-14", now) == 1_699_920_000
    assert moment("2023-11-14T01:00:00+01:00", now) == 1_699_920_000
    assert moment("3d", now) == now - 3 * 86_400
    assert moment("2 weeks ago", now) == now - 14 * 86_400
    assert moment("yesterday-ish", now) is None
    assert moment("99999999999999d", now) is None
    assert day(1_699_920_000) == "2023-11-14"
    assert day(1 << 62) == ""
