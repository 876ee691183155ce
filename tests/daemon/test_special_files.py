"""A fifo or a socket in the place of a file that memoryd or git would read holds nothing up."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from daemon_harness import Client, StartDaemon, small_project

_BEFORE_GIT_IS_ENDED_S = 55  # git's own silence would end after 60 s

INDEXED = (
    ".gitignore", "src/.gitignore", "src/.gitattributes", ".gitattributes", ".memoryignore", ".memoryd.toml",
    "pnpm-workspace.yaml", "package.json", "Cargo.toml", ".mailmap", "CODEOWNERS", ".git/config",
)  # fmt: skip
"""Places where the project is indexed all the same."""
REFUSED = (
    ".git/HEAD", ".git/info/exclude", ".git/packed-refs", ".git/objects/info/alternates",
    ".git/commondir", ".git/index", ".git/shallow", ".git/refs/heads/other", ".git/objects/pack/pack-0.idx",
)  # fmt: skip
"""Places of git itself: without them nothing is known of the project, or what is known is what the files say."""


def _fifo(place: Path) -> None:
    os.mkfifo(place)


def _socket(place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        before = os.getcwd()
        os.chdir(place.parent)  # the name of a socket has to be short
        try:
            listening.bind(place.name)
        finally:
            os.chdir(before)


def _planted(root: Path, place: str, plant: Callable[[Path], None]) -> Path:
    small_project(root)
    planted = root / place
    planted.parent.mkdir(parents=True, exist_ok=True)
    planted.unlink(missing_ok=True)
    plant(planted)
    return root


def _up(client: Client, root: Path) -> dict:
    client.socket.settimeout(_BEFORE_GIT_IS_ENDED_S)
    return client.request("up", {"path": str(root)})


@pytest.mark.parametrize("plant", [_fifo, _socket])
def test_a_special_file_holds_up_no_index_run(
    start: StartDaemon, tmp_path: Path, plant: Callable[[Path], None]
) -> None:
    """In the place of any file with rules or settings, the run ends well and finds the code; in the place of one of
    git's own, it ends well or with a plain error that says what to do. No other project has to wait."""
    daemon = start("--watch-enabled", "false").ready()
    with Client(daemon.paths) as client:
        for number, place in enumerate(INDEXED):
            root = _planted(tmp_path / f"p{number}", place, plant)
            answer = _up(client, root)
            assert "result" in answer, (place, answer)
            found = client.json("symbol", project=str(root), name="sign_cookie")
            assert found["definition"]["path"] == "cookies.py", place
        for number, place in enumerate(REFUSED):
            answer = _up(client, _planted(tmp_path / f"q{number}", place, plant))
            assert "result" in answer or answer["error"]["data"]["next_step"], (place, answer)


def test_an_ignore_file_that_the_repository_names_is_not_opened(start: StartDaemon, tmp_path: Path) -> None:
    """`core.excludesFile` and `core.attributesFile` of a repository lead to a fifo outside: git never looks there."""
    root = small_project(tmp_path / "p")
    os.mkfifo(tmp_path / "rules")
    with (root / ".git/config").open("a") as config:
        config.write(f"[core]\nexcludesFile = {tmp_path / 'rules'}\nattributesFile = {tmp_path / 'rules'}\n")
    daemon = start("--watch-enabled", "false").ready()
    with Client(daemon.paths) as client:
        assert _up(client, root)["result"]["json"]["files"] == 2
