"""daemon.log: what others can provoke does not fill it."""

from __future__ import annotations

import logging

from memoryd.daemon.processes.logs import PERIOD_S, SAID_AT_MOST, NoFlood


def record(line: int, text: str) -> logging.LogRecord:
    return logging.LogRecord("x", logging.WARNING, "code.py", line, "%s said", (text,), None)


def test_one_line_of_code_says_so_much_and_the_rest_is_counted() -> None:
    """Other lines are not silenced by it, and in the next period it may speak again."""
    now_s = 0.0
    limit = NoFlood(lambda: now_s)
    passed = [limit.filter(record(1, str(number))) for number in range(SAID_AT_MOST + 5)]
    assert passed == [True] * SAID_AT_MOST + [False] * 5
    assert limit.filter(record(2, "another"))
    now_s = PERIOD_S
    first = record(1, "again")
    assert limit.filter(first)
    assert first.getMessage() == "again said (5 more like this were left out)"
    assert limit.filter(later := record(1, "later"))
    assert later.getMessage() == "later said"
