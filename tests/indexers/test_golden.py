"""Each case in tests/indexers/cases says under its lines what a reader must find there (see golden.py)."""

from __future__ import annotations

from pathlib import Path

import pytest
from golden import CASES, cases, check, split

from indexers.registry import LANGUAGES


@pytest.mark.parametrize("case", cases(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_case(case: Path) -> None:
    """A reader finds exactly the facts that the case's notes name."""
    assert check(case) == []


def test_every_language_has_cases() -> None:
    """A reader without a golden case is not finished (plain text has no facts)."""
    assert {path.name for path in CASES.iterdir()} >= LANGUAGES.keys() - {"text", "markdown"}


def test_notes_speak_of_the_line_above() -> None:
    """Notes are taken out of the source, and keep the line and column that they point at."""
    source, notes = split("a\n\nfoo(b)\n# <- call foo\n#   ^ read b in file\nc\n")
    assert source == b"a\n\nfoo(b)\nc\n"
    assert notes == [(3, 0, "call foo"), (3, 4, "read b in file")]
