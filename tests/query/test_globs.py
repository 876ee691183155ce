"""Globs, test files and dates as callers write them."""

from __future__ import annotations

import time

import pytest

from memoryd.globs import is_test, matcher
from memoryd.query.dates import day, moment


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("src/*.py", "src/a.py", True),
        ("src/*.py", "src/b/a.py", False),  # one star stays in its folder
        ("src/**/*.py", "src/a.py", True),
        ("src/**/*.py", "src/b/c/a.py", True),
        ("**/a.py", "a.py", True),
        ("**", "any/thing", True),
        ("*.py", "deep/down/a.py", True),  # without a slash: the base name
        ("*.py", "deep.py/a.txt", False),
        ("src", "src/a.py", True),
        ("src/", "src/a.py", True),
        ("src", "src2/a.py", False),  # a folder is no prefix of letters
        ("src/[ab].py", "src/a.py", True),
        ("src/[!ab].py", "src/a.py", False),
        ("src/?.py", "src/a.py", True),
        ("src/?.py", "src/ab.py", False),
        ("a/**/z/*.c", "a/b/z/q/z/x.c", True),
        ("a/**/z/*.c", "a/b/x.c", False),
        ("[", "[", True),
    ],
)
def test_a_glob_fits(pattern, path, fits):
    """Stars, classes and folders mean what they mean in git and editors."""
    assert matcher(pattern)(path) is fits


@pytest.mark.parametrize(
    "pattern", ["**/a" * 200 + "*", "*a" * 300, "a*" * 300 + "/**", "[" * 500, "**/**/**/**/**/*x"]
)
def test_a_hostile_glob_costs_no_more_than_another(pattern):
    """No pattern makes matching explode."""
    began = time.process_time()
    for _ in range(20):
        matcher(pattern)("a/" * 100 + "a" * 200)
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    "path",
    [
        "tests/a.py",
        "a/test_b.py",
        "a/b_test.go",
        "x.spec.ts",
        "src/__tests__/a.js",
        "FooTest.java",
        "conftest.py",
    ],
)
def test_tests_are_known_by_their_path(path):
    """The customs of each language mark a test file."""
    assert is_test(path)


@pytest.mark.parametrize(
    "path", ["src/latest.py", "contest.py", "attestation/a.py", "test.md", "src/testament.go"]
)
def test_what_only_sounds_like_a_test_is_none(path):
    """Parts of words are no custom."""
    assert not is_test(path)


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
