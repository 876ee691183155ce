"""S1: nothing that a repository brings is ever run, and nothing is written into it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from queue import Queue

import pytest
from hostile import Hostile

from memoryd.errors import MemorydError
from memoryd.ingest.files.scan import read_file, scan, scan_tree
from memoryd.ingest.git.repository import Git
from memoryd.ingest.watch.visibility import Visibility
from memoryd.ingest.watch.watcher import Watcher, WatchSettings


@pytest.fixture
def hostile(tmp_path: Path) -> Hostile:
    return Hostile(tmp_path)


def _open(hostile: Hostile) -> Git:
    git = Git.open(hostile.root)
    assert git is not None
    return git


_QUESTIONS: dict[str, Callable[[Git, Hostile], object]] = {
    "head": lambda git, _: git.head(),
    "busy": lambda git, _: (git.busy(), git.is_shallow(), git.is_partial(), git.object_format),
    "refs": lambda git, _: git.refs(),
    "resolve": lambda git, _: [git.resolve(name) for name in ("HEAD", "main", "HEAD~1")],
    "rev_list": lambda git, at: git.rev_list(at.tip),
    "log": lambda git, at: list(git.log(at.tip)),
    "log since": lambda git, at: list(git.log(at.tip, [at.first])),
    "mailmap": lambda git, at: git.mailmap(at.tip),
    "blame": lambda git, at: git.blame("src/main.py", at.tip),
    "ls_tree": lambda git, at: git.ls_tree(at.tip),
    "blobs": lambda git, at: list(git.blobs(entry.hash for entry in git.ls_tree(at.tip))),
    "index_entries": lambda git, _: git.index_entries(),
    "untracked": lambda git, _: git.untracked(),
    "ignored": lambda git, _: git.ignored(["src/main.py", "src/new.py", "evil-hooks", "sub/x"]),
    "scan": lambda git, at: scan(at.root, git),
    "scan_tree": lambda git, at: scan_tree(git, git.ls_tree(at.tip)),
    "read": lambda _, at: read_file(at.root, "src/main.py", 10_000),
    "visibility": lambda git, at: Visibility(at.root, git).hidden(["src", "src/new.py"]),
}


def test_the_plants_are_alive(hostile: Hostile) -> None:
    """The bait works: plain git runs a good part of it, so silence below proves something."""
    quiet = ("-c", "core.fsmonitor=", "-c", "filter.evil.process=", "-c", "filter.evil.required=false")
    show = ("log", "-p", "-1", "--ext-diff", "--textconv", "--", "src")
    for command in (
        ("status",),
        ("cat-file", "-p", f"{hostile.tip}:lost.bin.txt"),
        (*quiet, *show),
        (*quiet, "-c", "diff.evil.command=", "-c", "diff.external=", *show),
        (*quiet, "update-index", "--refresh"),
    ):
        hostile.plain_git(*command, check=False)
    expected = {
        "included-fsmonitor",
        "filter-process",
        "remote-ext",
        "diff-command",
        "clean",
        "hook-post-index-change",
    }
    assert hostile.ran() >= expected


@pytest.mark.parametrize("question", _QUESTIONS.values(), ids=_QUESTIONS.keys())
def test_no_question_runs_anything_or_writes_anything(
    hostile: Hostile, question: Callable[[Git, Hostile], object]
) -> None:
    """Every method over the hostile checkout: an answer or a clear error, no mark, not one byte changed."""
    before = hostile.fingerprint()
    try:
        answer = question(_open(hostile), hostile)
    except MemorydError as error:
        pytest.fail(f"should be answered: {error}")
    assert answer is not None
    assert hostile.ran() == set()
    assert hostile.fingerprint() == before


def test_the_answers_are_right_all_the_same(hostile: Hostile) -> None:
    """Protection does not cost the truth: history, rename, tree and work tree as they are."""
    git = _open(hostile)
    one, two = git.log(hostile.tip)
    assert (one.subject, two.subject) == ("one", "two")
    assert [(change.status, change.path) for change in two.changes] == [("R", "src/main.py")]
    missing = next(entry for entry in git.ls_tree(hostile.tip) if entry.path == "lost.bin.txt")
    assert missing.size_bytes == -1
    assert missing.hash not in dict(git.blobs([missing.hash]))
    assert {"src/main.py", "src/new.py"} <= {entry.path for entry in scan(hostile.root, git).entries}


def test_watching_runs_nothing(hostile: Hostile) -> None:
    """A watcher over the checkout, while files and commits change."""
    heard: Queue[object] = Queue()
    rules = Visibility(hostile.root, _open(hostile))
    watcher = Watcher(hostile.root, rules.hidden, heard.put, heard.put, WatchSettings(0.05, 0.2, 0.1))
    watcher.start()
    try:
        (hostile.root / "src/main.py").write_text("m = 1\n")
        (hostile.root / ".git/refs/heads/side").write_text(f"{hostile.tip}\n")
        end = time.monotonic() + 10
        while heard.qsize() < 2 and time.monotonic() < end:
            time.sleep(0.02)
    finally:
        watcher.stop()
    assert set(heard.queue) == {"git", frozenset({"src/main.py"})}
    assert hostile.ran() == set()


def test_a_work_tree_setting_cannot_lead_elsewhere(hostile: Hostile, tmp_path: Path) -> None:
    """core.worktree pointing at another folder: that folder's files are never listed."""
    (tmp_path / "private").mkdir()
    (tmp_path / "private/diary.txt").write_text("dear diary\n")
    hostile.plain_git("config", "core.worktree", str(tmp_path / "private"), check=False)
    found = scan(hostile.root, _open(hostile))
    assert "diary.txt" not in {entry.path for entry in found.entries}
    assert "src/new.py" in {entry.path for entry in found.entries}


def test_files_that_the_configuration_names_are_not_read(hostile: Hostile, tmp_path: Path) -> None:
    """mailmap.file, core.excludesFile and blame.ignoreRevsFile of the repository have no say."""
    (tmp_path / "map").write_text("Eve <eve@evil.org> <a@b.c>\n")
    (tmp_path / "ignore").write_text("*.py\n")
    hostile.plain_git("config", "mailmap.file", str(tmp_path / "map"), check=False)
    hostile.plain_git("config", "core.excludesFile", str(tmp_path / "ignore"), check=False)
    hostile.plain_git("config", "blame.ignoreRevsFile", "/etc/passwd", check=False)
    git = _open(hostile)
    assert {commit.author for commit in git.log(hostile.tip)} == {"Ada"}
    assert "src/new.py" in git.untracked()
    assert git.blame("src/main.py", hostile.tip)


def test_names_that_look_like_options_stay_names(hostile: Hostile) -> None:
    """Branches and files called like options reach git only as data."""
    evil = hostile.script("option")
    hostile.plain_git(
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "core.fsmonitor=",
        "update-ref",
        "refs/heads/--exec=x",
        hostile.tip,
    )
    for mark in hostile.marks.iterdir():
        mark.unlink()
    git = _open(hostile)
    assert git.resolve("--exec=x") == hostile.tip
    for path in (f"--output={evil}", f"--contents={evil}", "--help"):
        with pytest.raises(MemorydError):
            git.blame(path, hostile.tip)
    assert hostile.ran() == set()
