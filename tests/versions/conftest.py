from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "ingest"), str(TESTS / "server")]

from projects import small_pool  # noqa: E402

from memoryd.ingest.parse.pool import ParsePool  # noqa: E402


@pytest.fixture(scope="session")
def pool() -> Iterator[ParsePool]:
    """One parse worker for the whole run."""
    shared = small_pool()
    yield shared
    shared.close()
