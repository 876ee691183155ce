"""What linking one file takes does not grow with the project: no times, but what is executed and noted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from in_memory import Project
from link_shapes import LANGUAGES, project

from memoryd.ingest.link import evaluate, rules
from memoryd.ingest.link.evaluate import Evaluator
from memoryd.ingest.link.languages import RULES, python

SMALL, LARGE = 24, 96
ANCESTORS = 4


def _lines_executed(action: Callable[[], object]) -> int:
    """How many lines of Python ``action`` executes; each turn of a loop counts."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Callable:
        nonlocal count
        count += event == "line"
        return trace

    previous = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(previous)
    return count


def _steps_of_a_file(language: str, shape: str, size: int) -> float:
    """Lines executed to link a file of the project, the mean of all."""
    linked = Project(dict(project(language, shape, size)), order=())
    linked.view.load_names()
    evaluator = Evaluator(linked.view, RULES)
    return _lines_executed(lambda: linked.link(evaluator, sorted(linked.sources))) / len(linked.sources)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reference_looks_at_no_more_definitions_when_more_have_its_name(language: str) -> None:
    """Regression: every reference went through all definitions of its name in the project, so files that all define
    one name cost four times as much each when there were four times as many."""
    steps = [_steps_of_a_file(language, "name", size) for size in (SMALL, LARGE)]
    assert steps[1] < 1.15 * steps[0]  # C++ tries up to 256 programs that define a name each for themselves


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("shape", ["hub", "chain", "circle"])
def test_a_file_costs_no_more_where_all_take_in_all(
    language: str, shape: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Regression: every file went through all that it reaches over star imports, which may be the whole project."""
    for module in (
        rules,
        evaluate,
        python,
    ):  # the ancestors of a class are a cost of their own, which has its bound
        monkeypatch.setattr(module, "MAX_ANCESTORS", ANCESTORS)
    steps = [_steps_of_a_file(language, shape, size) for size in (SMALL, LARGE)]
    assert steps[1] < 1.25 * steps[0]
