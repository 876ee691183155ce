"""What becomes of the second of two statements that agents would record: labelled pairs, written before the code
that compares them was read. None is lost to another that says something else."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from memoryd.store.records.similarity import SimilarRecords
from memoryd.store.records.statements import meaning, repeats

HERE = Path(__file__).parent
KNOWN = {
    "statement_pairs": (62, 64),
    "held_back_pairs": (12, 15),
    "fresh_pairs": (17, 18),
    "rephrased_pairs": (33, 35),
}  # of `same`: recognised at least, as lessons and as rules
NAMED = {
    "statement_pairs": 128,
    "held_back_pairs": 39,
    "fresh_pairs": 40,
    "rephrased_pairs": 79,
}  # of `near` and `opposite`: named among the first three


@pytest.fixture(params=KNOWN)
def name(request):
    return request.param


@pytest.fixture
def pairs(name):
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("are_rules", [False, True])
@pytest.mark.parametrize("kind", ["near", "opposite"])
def test_no_statement_is_lost_to_one_that_says_something_else(pairs, kind, are_rules):
    """In either order."""
    merged = [
        (one, other)
        for one, other in pairs[kind]
        if repeats(meaning(one), meaning(other), are_rules=are_rules)
        or repeats(meaning(other), meaning(one), are_rules=are_rules)
    ]
    assert merged == []


def test_most_of_what_is_said_again_is_known(name, pairs):
    """A reason that is new, a rule said as a fact and a sentence turned round make a record of their own."""
    said = [(meaning(one), meaning(other)) for one, other in pairs["same"]]
    as_lessons = sum(repeats(one, other) for one, other in said)
    as_rules = sum(repeats(one, other, are_rules=True) for one, other in said)
    assert (as_lessons >= KNOWN[name][0], as_rules >= KNOWN[name][1]) == (True, True), (as_lessons, as_rules)


def test_the_statement_beside_which_another_is_kept_is_named(name, pairs):
    """Also where the two share neither all their words nor the part before the scope."""
    records = SimilarRecords()
    ids = {one: str(i) for i, one in enumerate(sorted({one for part in pairs.values() for one, _ in part}))}
    for one, record_id in ids.items():
        records.put(record_id, "lesson", one)
    kept = [*pairs["near"], *pairs["opposite"]]
    assert sum(ids[one] in records.near(other)[:3] for one, other in kept) >= NAMED[name]
