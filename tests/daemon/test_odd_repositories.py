"""Repositories that are not a plain checkout: each is answered as its owner would expect, or refused in words."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_harness import Client, StartDaemon, git, small_project, until


@pytest.fixture
def client(start: StartDaemon) -> Iterator[Client]:
    with Client(start().ready().paths) as connected:
        yield connected


def test_a_bare_repository_is_its_head(client: Client, tmp_path: Path) -> None:
    """Without a work tree HEAD is what `up` indexes and what is asked about, also after it moved."""
    origin = small_project(tmp_path / "p")
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(origin), str(bare))
    assert client.json("up", path=str(bare))["files"] == 2
    answer = client.json("search", project=str(bare), query="sign_cookie")
    assert answer["hits"][0]["path"] == "cookies.py"
    assert (answer["freshness"]["dirty"], answer["freshness"]["branch"]) == (False, "")
    (origin / "crumbs.py").write_text("def sweep_crumbs(): ...\n")
    git(origin, "add", "-A")
    git(origin, "commit", "-qm", "Sweep")
    git(bare, "fetch", "-q", str(origin), "+main:main")
    moved = client.json("search", project=str(bare), query="sweep_crumbs")
    assert moved["hits"][0]["path"] == "crumbs.py"
    assert moved["freshness"]["head"] == moved["freshness"]["indexed_commit"]
    assert client.json("status", project=str(bare))["watch"] == "off"


def test_a_shallow_clone_says_what_it_lacks(client: Client, tmp_path: Path) -> None:
    """The history check of a shallow clone warns and names the command that mends it."""
    small_project(tmp_path / "p")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{tmp_path}/p", "shallow")
    client.json("up", path=str(tmp_path / "shallow"))
    checks = {c["name"]: c for c in client.json("status", project=str(tmp_path / "shallow"))["checks"]}
    assert (checks["history"]["state"], checks["history"]["next_step"]) == ("warn", "git fetch --unshallow")


def test_a_line_of_a_shallow_clone_may_be_older_than_the_clone(client: Client, tmp_path: Path) -> None:
    """The commit at which a shallow clone ends is blamed for all that is older, and the answer says so; once the rest
    is fetched, which moves no branch, the line has its own commit."""
    origin = small_project(tmp_path / "p")
    wrote = git(origin, "rev-parse", "HEAD~1").strip()
    git(origin, "commit", "-q", "--allow-empty", "-m", "Later")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{origin}", "shallow")
    root = str(tmp_path / "shallow")
    client.json("up", path=root)
    cut = client.json("why", project=root, target="cookies.py:1")
    assert "this clone's history begins here" in cut["items"][0]["note"]
    assert cut["freshness"]["shallow"]
    git(tmp_path / "shallow", "fetch", "-q", "--unshallow")
    until(
        lambda: client.json("why", project=root, target="cookies.py:1")["items"][0]["sha"] == wrote,
        "the rest",
    )
    assert not client.json("why", project=root, target="cookies.py:1")["freshness"]["shallow"]


def test_a_second_work_tree_parses_nothing(client: Client, tmp_path: Path) -> None:
    """What another work tree of the repository has parsed is not parsed again."""
    root = small_project(tmp_path / "p")
    assert client.json("up", path=str(root))["parsed"] == 2
    git(root, "worktree", "add", "-q", str(tmp_path / "w"), "-b", "side")
    second = client.json("up", path=str(tmp_path / "w"))
    assert (second["files"], second["parsed"], second["branch"]) == (2, 0, "side")


def test_an_unborn_head_is_indexed_as_files(client: Client, tmp_path: Path) -> None:
    """Before the first commit the files are known, and nothing is said of a history."""
    git(tmp_path, "init", "-q", "-b", "main", "p")
    (tmp_path / "p" / "first.py").write_text("def first_steps(): ...\n")
    assert client.json("up", path=str(tmp_path / "p"))["commits"] == 0
    answer = client.json("search", project=str(tmp_path / "p"), query="first_steps")
    assert answer["hits"][0]["path"] == "first.py"
    assert (answer["freshness"]["head"], answer["freshness"]["branch"]) == ("", "main")


def test_a_moved_repository_keeps_its_memory(client: Client, tmp_path: Path) -> None:
    """After a move the old root is named as gone; `up` at the new place goes on with all that was recorded, and
    parses nothing again. Its work trees share that memory."""
    root, place = small_project(tmp_path / "p"), tmp_path / "elsewhere"
    client.json("up", path=str(root))
    client.json("record", project=str(root), kind="lesson", text="flush before redirect")
    shutil.move(root, place)
    assert client.json("up", path=str(place))["parsed"] == 0
    assert client.json("search", project=str(place), query="sign_cookie")["total"]
    assert client.json("proposals", project=str(place))["records"][0]["text"] == "flush before redirect"
    gone = client.error("up", path=str(root))
    assert (gone["what"], gone["exit_code"]) == ("there is no such folder", 2)
    git(place, "worktree", "add", "-q", str(tmp_path / "w"), "-b", "side")
    client.json("up", path=str(tmp_path / "w"))
    assert client.json("proposals", project=str(tmp_path / "w"))["total"] == 1


def test_another_repository_at_another_place_is_none_that_moved(client: Client, tmp_path: Path) -> None:
    """A project that is gone leaves its memory to nobody but a repository that holds its commits."""
    client.json("up", path=str(small_project(tmp_path / "p")))
    client.json("record", project=str(tmp_path / "p"), kind="lesson", text="flush before redirect")
    shutil.rmtree(tmp_path / "p")
    git(tmp_path, "init", "-q", "other")
    (tmp_path / "other" / "a.py").write_text("def a(): ...\n")
    git(tmp_path / "other", "add", "-A")
    git(tmp_path / "other", "commit", "-qm", "Begin")
    client.json("up", path=str(tmp_path / "other"))
    assert client.json("proposals", project=str(tmp_path / "other"))["total"] == 0
