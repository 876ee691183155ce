"""What a repository may plant among its refs and rules, and which names git gives to refs."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from projects import Repository

from memoryd.errors import GitError
from memoryd.ingest.git import obstacles
from memoryd.ingest.git.discovery import discover
from memoryd.ingest.git.process import GitBlocked
from memoryd.ingest.git.ref_names import is_ref_name
from memoryd.ingest.git.repository import Git, Head
from memoryd.query.answers import Freshness


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repo")
    made.commit("one", a_dot_py="a = 1\n")
    return made


def _git(root: Path) -> Git:
    directory = discover(root)
    assert directory is not None
    return Git(root, directory)


# --- files without an end


@pytest.mark.parametrize(
    "place",
    [
        ".git/info/exclude", ".git/info/attributes", ".git/info/grafts", ".git/shallow", ".git/HEAD",
        ".git/refs/heads/large", ".git/refs/remotes/origin/large", ".gitignore", ".gitattributes",
    ],
)  # fmt: skip
def test_a_rule_or_ref_without_an_end_is_refused(repo: Repository, place: str) -> None:
    """git would read 20 GB into memory: it is not started, and the file is named."""
    git, planted = _git(repo.root), repo.root / place
    planted.parent.mkdir(parents=True, exist_ok=True)
    with planted.open("ab") as file:
        file.truncate(20 * 1024**3)
    with pytest.raises(GitBlocked, match="into memory") as error:
        git.untracked()
    assert error.value.where == str(planted)


def test_a_nested_rule_file_without_an_end_is_named(repo: Repository) -> None:
    """It lies where nobody looks before git does: git ends at its limit of memory, and then it is looked for."""
    repo.write("deep/er/a.py", "")
    planted = repo.root / "deep/er/.gitignore"
    with planted.open("ab") as file:
        file.truncate(20 * 1024**3)
    with pytest.raises(GitBlocked, match="into memory") as error:
        _git(repo.root).untracked()
    assert error.value.where == str(planted)


def test_rules_of_an_ordinary_size_are_read(repo: Repository) -> None:
    """Many people's rules of many years stay far below the limit."""
    rules = "".join(f"generated-{number}/\n" for number in range(20_000))
    (repo.root / ".git/info/exclude").write_text(rules)
    repo.write("generated-19999/a.py", "")
    assert len(rules) < obstacles.RULES_BYTES
    assert _git(repo.root).untracked() == []


# --- links among the refs


@pytest.fixture
def victim(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "victim")
    made.commit("secret plan", b_dot_py="b = 1\n")
    made.git("branch", "vault")
    os.mkfifo(made.root / "fifo")
    return made


@pytest.mark.parametrize("where", ["/", "victim", ".git/refs", "loop", "a file"])
def test_no_link_among_the_refs_is_followed(repo: Repository, victim: Repository, where: str) -> None:
    """Neither by git, to whom it would be a branch, nor by the look for what blocks git, which would walk the disk.
    The error names the link, and nothing that it leads to."""
    link = repo.root / ".git/refs/heads/vv"
    targets = {
        "/": "/",
        "victim": str(victim.root / ".git/refs/heads"),
        ".git/refs": "../../refs",
        "loop": ".",
        "a file": str(victim.root / ".git/refs/heads/vault"),
    }
    link.symlink_to(targets[where])
    (repo.root / ".git/HEAD").write_text(f"ref: refs/heads/vv{'' if where == 'a file' else '/vault'}\n")
    git = _git(repo.root)
    assert git.head().sha == "", "the branch of somebody else is none here"
    for ask in (git.refs, git.untracked):
        with pytest.raises(GitBlocked, match="follow a link among the refs") as error:
            ask()
        assert error.value.where == str(link)


def test_a_link_to_a_ref_of_the_same_repository_is_what_git_once_wrote(repo: Repository) -> None:
    """Old clones have such a HEAD of their remote; also one that names a ref without a file."""
    sha = repo.git("rev-parse", "HEAD")
    remote = repo.root / ".git/refs/remotes/origin"
    remote.mkdir(parents=True)
    (remote / "main").write_text(f"{sha}\n")
    (remote / "HEAD").symlink_to("main")
    (remote / "old").symlink_to("refs/remotes/origin/main")
    assert _git(repo.root).refs()["refs/remotes/origin/main"] == sha
    assert _git(repo.root).head() == Head(sha, "main")


# --- names of refs


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12))
@example("x\u3000y")
@example("x\u00a0")
@example("a.lock/b")
@example(".a")
@example("a/.b")
@example("@")
@example("a@{b")
@example("a.")
@example("a..b")
@example("a//b")
@example("/a")
@example("a/")
@example("a\x7f")
def test_a_name_is_one_of_a_ref_where_git_says_so(name: str) -> None:
    """git itself is asked."""
    full = f"refs/heads/{name}"
    done = subprocess.run(["git", "check-ref-format", os.fsencode(full)], check=False)
    assert is_ref_name(full) == (done.returncode == 0)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from([*"a.@{}/~^:?*[\\ -", "..", "@{", ".lock", "\u2028"]), max_size=6).map("".join)
)
def test_a_name_of_what_is_special_is_one_where_git_says_so(name: str) -> None:
    """The same from what the rules are about."""
    test_a_name_is_one_of_a_ref_where_git_says_so.hypothesis.inner_test(name)  # type: ignore[attr-defined]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("name", ["x\u3000y", "x\u00a0", "\u2003x", "x\u0085y", "x\u2028y", "ordinary"])
def test_a_branch_with_white_space_of_unicode_is_a_branch(repo: Repository, name: str, packed: bool) -> None:
    """Regression: git takes it, and HEAD was called unreadable. It is named among the refs and as a revision."""
    repo.git("branch", "-m", name)
    if packed:
        repo.git("pack-refs", "--all")
    sha, git = repo.git("rev-parse", "HEAD"), _git(repo.root)
    assert git.head() == Head(sha, name)
    assert git.refs() == {f"refs/heads/{name}": sha}
    assert git.resolve(name) == sha
    assert git.branches_with([sha]) == {sha: name}


def test_a_name_that_git_does_not_take_is_no_branch(repo: Repository) -> None:
    """HEAD is not followed to it."""
    for text in (
        "refs/heads/a..b",
        "refs/heads/a b",
        "refs/heads/.a",
        "refs/heads/a.lock",
        "refs/heads/a\x01b",
    ):
        (repo.root / ".git/HEAD").write_text(f"ref: {text}\n")
        with pytest.raises(GitError):
            _git(repo.root).head()


def test_a_branch_with_white_space_is_shown_as_one_name() -> None:
    """It could go on with what an answer says of itself."""
    for branch, shown in (
        ("main,\u3000in\u3000/elsewhere", "“main, in /elsewhere”"),
        ("main\u2003", "“main”"),
    ):
        said = Freshness("a" * 40, "a" * 40, branch, dirty=False, pending=0, indexing=False, vectors="ready")
        assert f"= HEAD, {shown}" in said.line()
