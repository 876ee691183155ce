"""What the history has to say about a change: undone once and now back, files that were forgotten, tests to run."""

from __future__ import annotations

from collections.abc import Iterator

from memoryd.query.check_answers import CheckFinding
from memoryd.query.check_case import Case


def past(case: Case, checked: dict[str, None]) -> Iterator[CheckFinding]:
    return iter(())
