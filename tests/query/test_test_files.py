"""Which files are tests by their path."""

from __future__ import annotations

import pytest

from memoryd.query.test_files import is_test


@pytest.mark.parametrize(
    "path",
    [
        "tests/a.py", "a/test_b.py", "a/b_test.go", "x.spec.ts", "src/__tests__/a.js", "FooTest.java", "conftest.py",
    ],
)  # fmt: skip
def test_tests_are_known_by_their_path(path):
    """The customs of each language mark a test file."""
    assert is_test(path)


@pytest.mark.parametrize(
    "path", ["src/latest.py", "contest.py", "attestation/a.py", "test.md", "src/testament.go"]
)
def test_what_only_sounds_like_a_test_is_none(path):
    """Parts of words are no custom."""
    assert not is_test(path)
