"""A folder that holds another repository than before: what was recorded about the one is not told in the other."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import at_terminal
import pytest
from daemon_harness import REPOSITORY, Client, StartDaemon, git, small_project, until
from typed_commands import typed

from memoryd.paths import Paths

SECRET = "The vault code is kept by the cook"
OTHER = "another repository lies here"


@pytest.fixture
def project(start: StartDaemon, home: Path, tmp_path: Path) -> Path:
    """Indexed, with one record; its store knows what its history begins with."""
    start().ready()
    root = small_project(tmp_path / "p")
    typed(home, root, "up")
    typed(home, root, "record", "lesson", SECRET)
    first = git(root, "rev-list", "--max-parents=0", "HEAD").strip()
    until(lambda: any(first in f.read_text() for f in home.glob("projects/*/repository.json")), "it is noted")
    return root


def _other(root: Path) -> Path:
    """Another repository at the same path."""
    shutil.rmtree(root)
    root.mkdir()
    git(root, "init", "-q", "-b", "main")
    (root / "b.py").write_text("def other_code(): ...\n")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Begin anew")
    return root


def _answered(home: Path, folder: Path, answer: str, *arguments: str) -> str:
    """What a person at a terminal sees, who answers ``answer`` when asked."""
    environment = {
        "HOME": str(home.parent), "PATH": os.environ["PATH"], "MEMORYD_HOME": str(home), "TERM": "dumb",
        "PYTHONPATH": os.pathsep.join((str(REPOSITORY), at_terminal.FOLDER)), "COLUMNS": "200",
    }  # fmt: skip
    command = [sys.executable, "-P", "-m", "memoryd", *arguments]
    started = at_terminal.start(command, cwd=folder, env=environment)
    return at_terminal.said(*started, lambda text: answer if text.endswith(b"[y/N] ") else "")[1]


def _told(home: Path, root: Path) -> bool:
    return SECRET in typed(home, root, "proposals", "--status", "")


def test_questions_are_refused_until_somebody_decides(home: Path, project: Path) -> None:
    """On the command line and over MCP, for code, records and writes; nothing of the other repository gets into the
    index of the first."""
    _other(project)
    for question in (
        ["search", "vault code"],
        ["proposals"],
        ["record", "lesson", "Planted"],
        ["export"],
        ["status"],
    ):
        refused = typed(home, project, *question, code=2)
        assert OTHER in refused
        assert "memoryd up" in refused
        assert SECRET not in refused
    with Client(Paths(home), role="mcp", cwd=str(project)) as agent:
        agent.initialize()
        for tool, arguments in (
            ("search", {"query": "vault"}),
            ("record", {"kind": "lesson", "text": "Planted"}),
        ):
            answer = agent.tool(tool, **arguments)
            assert OTHER in answer["content"][0]["text"]


def test_an_unattended_up_asks_by_refusing(home: Path, project: Path) -> None:
    """Without a terminal both ways are named, with how much was recorded; an agent may only take the one that tells
    nothing."""
    _other(project)
    refused = typed(home, project, "up", code=2)
    assert "--new-project leaves its one record there, with --same-project goes on with them" in refused
    assert "only a person" in typed(home, project, "up", "--same-project", code=2)
    typed(home, project, "up", "--new-project")
    assert not _told(home, project)
    assert "other_code" in typed(home, project, "search", "other_code")
    assert "cookies.py" not in typed(home, project, "search", "sign_cookie", code=None)


def test_a_person_is_asked(home: Path, project: Path) -> None:
    """No leaves the records with the repository that they are about; each has its own whenever it lies there."""
    shutil.copytree(project, project.with_name("kept"), symlinks=True)
    _other(project)
    assert "a new project" in _answered(home, project, "n", "up")
    assert not _told(home, project)
    project.rename(project.with_name("other"))
    project.with_name("kept").rename(project)
    typed(home, project, "up")
    assert _told(home, project)
    shutil.rmtree(project)
    project.with_name("other").rename(project)
    typed(home, project, "up")
    assert not _told(home, project)


def test_the_same_project_under_another_history_goes_on(home: Path, project: Path) -> None:
    """A history that was begun anew, as a person says."""
    shutil.rmtree(project / ".git")
    git(project, "init", "-q", "-b", "main")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "Squash all")
    assert OTHER in typed(home, project, "proposals", code=2)
    assert "the same project" in _answered(home, project, "y", "up")
    assert _told(home, project)


def test_the_same_repository_needs_no_word(home: Path, project: Path, tmp_path: Path) -> None:
    """A new clone at the same path, a rewritten branch, a shallow clone of the tip that was indexed, an unmounted
    folder: the records are there without a question."""
    git(tmp_path, "clone", "-q", "--bare", f"file://{project}", "origin.git")
    for depth in ((), ("--depth", "1")):
        shutil.rmtree(project)
        git(tmp_path, "clone", "-q", *depth, f"file://{tmp_path}/origin.git", "p")
        assert _told(home, project)
    shutil.rmtree(project)
    project.mkdir()
    assert _told(home, project)
    project.rmdir()
    git(tmp_path, "clone", "-q", f"file://{tmp_path}/origin.git", "p")
    git(project, "commit", "-q", "--amend", "-m", "In other words")
    assert _told(home, project)


def test_a_folder_that_was_moved_goes_on_with_its_records(home: Path, project: Path) -> None:
    """Its last indexed commit lies in the repository at the new place, and nothing lies at the old one."""
    moved = project.rename(project.with_name("elsewhere"))
    typed(home, moved, "up")
    assert _told(home, moved)


def test_a_copy_of_a_project_that_is_gone_asks(home: Path, project: Path, tmp_path: Path) -> None:
    """A fork by anybody has the same commits: only the folder that was moved needs no word."""
    fork = tmp_path / "fork"
    git(tmp_path, "clone", "-q", f"file://{project}", "fork")
    project.rename(project.with_name("away"))
    assert "may be another's copy of it" in typed(home, fork, "up", code=2)
    assert "only a person" in typed(home, fork, "up", "--same-project", code=2)
    assert "the same project" in _answered(home, fork, "y", "up")
    assert _told(home, fork)


def test_commits_of_a_project_that_no_branch_leads_to_prove_nothing(
    home: Path, project: Path, tmp_path: Path
) -> None:
    """One loose object, and a tag, as a clone brings it: neither at another place nor at the project's own."""
    first = git(project, "rev-list", "--max-parents=0", "HEAD").strip()
    (tmp_path / "stranger").mkdir()
    stranger = _other(tmp_path / "stranger")
    git(stranger, "fetch", "-q", str(project), f"{first}:refs/tags/planted")
    project.rename(project.with_name("away"))
    typed(home, stranger, "up")
    assert not _told(home, stranger)
    shutil.copytree(stranger, project)
    assert OTHER in typed(home, project, "proposals", code=2)


def test_a_copy_beside_the_project_has_no_records(home: Path, project: Path) -> None:
    """The project is still at its place, so that a clone with the same commits is another one."""
    copy = project.with_name("copy")
    git(project, "clone", "-q", str(project), str(copy))
    typed(home, copy, "up")
    assert not _told(home, copy)
    assert _told(home, project)


def test_a_folder_that_becomes_a_repository_keeps_its_records(
    start: StartDaemon, home: Path, tmp_path: Path
) -> None:
    """`git init` in a folder that was known without git; a repository put in the place of such a folder is another."""
    start().ready()
    root = tmp_path / "p"
    root.mkdir()
    (root / "a.py").write_text("def a(): ...\n")
    typed(home, root, "up")
    typed(home, root, "record", "lesson", SECRET)
    git(root, "init", "-q", "-b", "main")
    assert _told(home, root)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Begin")
    assert _told(home, root)
    typed(home, root, "up")
    _other(root)
    assert OTHER in typed(home, root, "proposals", code=2)


def test_a_folder_whose_repository_is_gone_is_not_answered(home: Path, project: Path) -> None:
    """Files of somebody else without any git, in the place of the project."""
    shutil.rmtree(project)
    project.mkdir()
    (project / "c.py").write_text("c = 1\n")
    assert "the repository is gone from this folder" in typed(home, project, "proposals", code=2)


def test_a_project_without_records_is_not_asked_about(start: StartDaemon, home: Path, tmp_path: Path) -> None:
    """Where nothing is to be told nobody is asked: it is a new project."""
    start().ready()
    root = small_project(tmp_path / "p")
    typed(home, root, "up")
    _other(root)
    typed(home, root, "up")
    assert "Sign session cookies" not in typed(home, root, "history", "sign session cookies", code=None)


def test_a_removed_project_is_not_told_to_another(home: Path, project: Path) -> None:
    """Taking a project off the list and putting another repository in its place changes nothing of that."""
    typed(home, project, "projects", "remove", str(project))
    _other(project)
    assert "--new-project" in typed(home, project, "up", code=2)


def test_a_store_that_was_attached_before_is_let_go(
    start: StartDaemon, home: Path, project: Path, tmp_path: Path
) -> None:
    """A folder that an earlier memoryd took for a work tree of the project is no part of it any more."""
    guest = tmp_path / "guest"
    guest.mkdir()
    (guest / ".git").write_text(f"gitdir: {project}/.git\n")
    (guest / "b.py").write_text("b = 2\n")
    listed = home / "projects.json"
    key = next(home.glob("projects/*")).name
    typed(home, project, "daemon", "stop")
    text = listed.read_text().rstrip().removesuffix("]\n}")
    listed.write_text(f'{text}, {{"root": "{guest}", "key": "{key}", "added_at_s": 1}}]}}')
    start().ready()
    refused = typed(home, guest, "proposals", "--status", "", code=2)
    assert "does not name this folder as its work tree" in refused
    assert SECRET not in refused
    typed(home, guest, "up", "--new-project")
    assert not _told(home, guest)
    assert _told(home, project)
