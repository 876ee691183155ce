"""A project's own `.memoryd.toml` in daily use: it narrows, and nothing in it keeps the project from being served."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from daemon_harness import Client, StartDaemon, small_project
from typed_commands import typed

from memoryd.paths import Paths


def _forbidden(file: Path) -> None:
    file.write_text("[index]\nexclude = ['app.py']\nparse_workers = 64\n[daemon]\nidle_stop_s = 1\n")


def _broken(file: Path) -> None:
    file.write_text("[index\n")


def _link(file: Path) -> None:
    file.symlink_to("/etc/passwd")


def _fifo(file: Path) -> None:
    os.mkfifo(file)


def _large(file: Path) -> None:
    file.write_text("# \n" * 40_000)


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (_forbidden, "cannot set `index.parse_workers`, `daemon.idle_stop_s`"),
        (_broken, "no valid TOML"),
        (_link, "not read (link)"),
        (_fifo, "not read (special)"),
        (_large, "not read (too-large)"),
    ],
)
def test_what_has_no_effect_is_said_and_not_fatal(
    start: StartDaemon, home: Path, tmp_path: Path, write: Callable[[Path], None], said: str
) -> None:
    """The project is indexed and answers, also over MCP; the index run and `status` name the file and what is wrong."""
    start().ready()
    root = small_project(tmp_path / "p")
    write(root / ".memoryd.toml")
    assert f".memoryd.toml: {'a project' if write is _forbidden else 'it'}" in typed(home, root, "up")
    assert said in typed(home, root, "status")
    assert "cookies.py" in typed(home, root, "search", "sign_cookie")
    with Client(Paths(home), role="mcp", cwd=str(root)) as agent:
        agent.initialize()
        assert "cookies.py" in agent.tool("search", query="sign_cookie")["content"][0]["text"]
    if write is _forbidden:
        assert "app.py" not in typed(home, root, "search", "respond", "--files", code=None)
