"""One daemon with one small indexed project, shared by the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_harness import Client, RunningDaemon, small_project


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDaemon]:
    running = RunningDaemon(tmp_path_factory.mktemp("server") / "m").ready()
    yield running
    running.end()


@pytest.fixture(scope="module")
def project(daemon: RunningDaemon, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = small_project(tmp_path_factory.mktemp("project") / "p")
    with Client(daemon.paths) as client:
        client.json("up", path=str(root))
    return root


@pytest.fixture
def client(daemon: RunningDaemon) -> Iterator[Client]:
    with Client(daemon.paths) as connected:
        yield connected


@pytest.fixture
def agent(daemon: RunningDaemon, project: Path) -> Iterator[Client]:
    """An MCP connection of the handshake era, initialized, of a client that works in the project."""
    with Client(daemon.paths, role="mcp", cwd=str(project)) as connected:
        connected.initialize()
        yield connected
