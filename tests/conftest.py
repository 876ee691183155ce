"""Nothing that a test does may reach the data of whoever runs it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest_plugins = ["room_coverage"]


@pytest.fixture(scope="session", autouse=True)
def _home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """``MEMORYD_HOME`` for what runs inside the test process; daemons of tests get homes of their own."""
    home = tmp_path_factory.mktemp("memoryd-home")
    before = os.environ.get("MEMORYD_HOME")
    os.environ["MEMORYD_HOME"] = str(home)
    yield home
    if before is None:
        del os.environ["MEMORYD_HOME"]
    else:
        os.environ["MEMORYD_HOME"] = before
