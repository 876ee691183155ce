"""What is announced of a release is its dated section of the changelog, and nothing is released without one."""

from __future__ import annotations

import runpy
from pathlib import Path

NOTES = runpy.run_path(str(Path(__file__).resolve().parent.parent / ".ci" / "release-notes"))["notes"]
CHANGELOG = """\
# Changelog

## [Unreleased]

## [1.10.0] - 2027-01-31

### Added

- A door.

## [1.1.0] - unreleased

- A wall.
"""


def test_the_section_of_the_version_alone_is_announced() -> None:
    """Neither the heading nor what stands under another version."""
    assert NOTES("1.10.0", CHANGELOG) == "### Added\n\n- A door."


def test_a_version_without_a_date_is_not_released() -> None:
    """`unreleased` is no date, a version that is not there has none, and a dot means a dot."""
    assert NOTES("1.1.0", CHANGELOG) is None
    assert NOTES("2.0.0", CHANGELOG) is None
    assert NOTES("1x10.0", CHANGELOG) is None
