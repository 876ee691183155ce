from __future__ import annotations

from collections.abc import Iterator

import pytest
from projects import small_pool

from memoryd.ingest.parse.pool import ParsePool


@pytest.fixture(scope="session")
def pool() -> Iterator[ParsePool]:
    """One parse worker for the whole run: starting one costs more than most tests."""
    shared = small_pool()
    yield shared
    shared.close()
