"""The commands that agents run by the dozen load nothing but the standard library and our own thin modules."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = (
    "mcp",
    "pydantic",
    "numpy",
    "chromadb",
    "torch",
    "rich",
    "msgspec",
    "shtab",
    "asyncio",
    "tree_sitter",
)
HEAVY_OURS = (
    "memoryd.config",
    "memoryd.query.answers",
    "memoryd.store",
    "memoryd.server",
    "memoryd.cli.commands.install",
)


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "x"],
        ["impact", "x", "--json"],
        ["why", "x", "--rev", "v1"],
        ["mcp"],
        ["--version"],
        ["-h"],
        [],
    ],
)
def test_nothing_heavy_is_imported(box, fake, arguments):
    """Neither a third-party library nor a heavy module of ours is loaded by the whole command."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "memoryd", *arguments],
        env=box.environment,
        cwd=box.project,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0
    loaded = {line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if "|" in line}
    assert "memoryd.cli.main" in loaded
    assert {name for name in loaded if name.split(".")[0] in HEAVY or name.startswith(HEAVY_OURS)} == set()
