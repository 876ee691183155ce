"""The public suites against a real door and a real pipe. They need Node 22 and two npm packages:

npm i node@22 @modelcontextprotocol/conformance @modelcontextprotocol/inspector
MEMORYD_NODE_MODULES=…/node_modules pytest tests/server/test_conformance.py
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_harness import REPOSITORY, Client, RunningDaemon

MODULES = Path(os.environ.get("MEMORYD_NODE_MODULES", "/nonexistent"))
SCENARIOS = [
    "server-initialize",
    "ping",
    "tools-list",
    "tools-call-error",
    "resources-list",
    "prompts-list",
    "dns-rebinding-protection",
]
pytestmark = pytest.mark.skipif(not MODULES.is_dir(), reason="MEMORYD_NODE_MODULES names no folder")


@pytest.fixture(scope="module")
def open_door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningDaemon, str]]:
    """A door that asks for no token: the suite cannot send one."""
    daemon = RunningDaemon(tmp_path_factory.mktemp("conformance") / "m").ready()
    with Client(daemon.paths) as client:
        yield daemon, client.json("serve", port=0, token=False)["url"]  # open while its asker is connected
    daemon.end()


def node(script: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [MODULES / "node/bin/node", MODULES / script, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **variables},
    )


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_conformance(open_door: tuple[RunningDaemon, str], scenario: str) -> None:
    """The scenario of the conformance suite passes over HTTP."""
    url = open_door[1].replace("127.0.0.1", "localhost")
    done = node(
        "@modelcontextprotocol/conformance/dist/index.js", "server", "--url", url, "--scenario", scenario
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 failed" in done.stdout


@pytest.mark.parametrize("method", ["tools/list", "resources/list", "prompts/list"])
def test_inspector_over_stdio(open_door: tuple[RunningDaemon, str], tmp_path: Path, method: str) -> None:
    """The inspector speaks to `memoryd mcp` as any client does."""
    config = {
        "mcpServers": {
            "memoryd": {
                "command": sys.executable,
                "args": ["-m", "memoryd", "mcp"],
                "env": {"MEMORYD_HOME": str(open_door[0].paths.home), "PYTHONPATH": str(REPOSITORY)},
            }
        }
    }
    file = tmp_path / "mcp.json"
    file.write_text(json.dumps(config))
    done = node(
        "@modelcontextprotocol/inspector/cli/build/cli.js",
        *("--cli", "--config", str(file), "--server", "memoryd", "--method", method),
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[method.split("/")[0]] is not None
