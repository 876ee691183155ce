"""A stranger's folder whose `.git` leads into a project: it gets nothing of the project and adds nothing to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from daemon_harness import Client, StartDaemon, git, small_project
from typed_commands import typed

from memoryd.ingest.git import discovery
from memoryd.paths import Paths

SECRET = "The vault code is kept by the cook"


def _file(guest: Path, project: Path) -> None:
    (guest / ".git").write_text(f"gitdir: {project}/.git\n")


def _link(guest: Path, project: Path) -> None:
    (guest / ".git").symlink_to(project / ".git")


def _common(guest: Path, project: Path) -> None:
    (guest / ".git").mkdir()
    (guest / ".git/HEAD").write_text("ref: refs/heads/main\n")
    (guest / ".git/commondir").write_text(f"{project}/.git\n")


def _alternates(guest: Path, project: Path) -> None:
    git(guest, "init", "-q", "-b", "main")
    (guest / ".git/objects/info/alternates").write_text(f"{project}/.git/objects\n")
    (guest / ".git/refs/heads/main").write_text(git(project, "rev-parse", "HEAD"))


@pytest.mark.parametrize("plant", [_file, _link, _common, _alternates])
def test_a_planted_git_attaches_a_folder_to_no_project(
    start: StartDaemon, home: Path, tmp_path: Path, plant: Callable[[Path, Path], None]
) -> None:
    """Neither on the command line nor over MCP are the project's records or its code told, and what is recorded in
    the folder is not among the project's. That the folder has no history is said wherever it matters."""
    start().ready()
    project, guest = small_project(tmp_path / "p"), tmp_path / "guest"
    guest.mkdir()
    (guest / "b.py").write_text("def own_code(): ...\n")
    plant(guest, project)
    typed(home, project, "up")
    typed(home, project, "record", "lesson", SECRET)

    indexed = typed(home, guest, "up")
    assert "indexed without history" in indexed
    assert "1 files" in indexed
    said = typed(home, guest, "search", "vault code cook", code=None)
    said += typed(home, guest, "history", "sign session cookies", code=None)
    said += typed(home, guest, "proposals", "--status", "")
    refused = typed(home, guest, "search", "sign_cookie", "--rev", "HEAD", code=2)
    assert "no git history to answer from: its" in refused
    assert "no history: its" in typed(home, guest, "status")
    with Client(Paths(home), role="mcp", cwd=str(guest)) as agent:
        agent.initialize()
        for tool, arguments in (("search", {"query": "vault code cook"}), ("why", {"target": "b.py"})):
            answer = agent.tool(tool, **arguments)["content"][0]["text"]
            assert "no history: its" in answer
            said += answer
        agent.tool("record", kind="lesson", text="Planted by the guest")
    assert "kept by the cook" not in said
    assert "def sign_cookie" not in said
    assert "Sign session cookies" not in said
    listed = typed(home, project, "proposals", "--status", "")
    assert "kept by the cook" in listed
    assert "Planted" not in listed


def test_work_trees_and_submodules_are_what_git_made_of_them(
    start: StartDaemon, home: Path, tmp_path: Path
) -> None:
    """A real work tree shares the project's records, a real submodule has a history of its own; neither is refused."""
    start().ready()
    project = small_project(tmp_path / "p")
    typed(home, project, "up")
    typed(home, project, "record", "lesson", SECRET)
    git(project, "worktree", "add", "-q", str(tmp_path / "w"), "-b", "side")
    assert "without history" not in typed(home, tmp_path / "w", "up")
    assert "kept by the cook" in typed(home, tmp_path / "w", "proposals", "--status", "")
    outer = small_project(tmp_path / "outer")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(project), "sub")
    assert "without history" not in typed(home, outer / "sub", "up")
    assert "Sign session cookies" in typed(home, outer / "sub", "history", "cookies.py")


def test_a_folder_with_a_refused_git_is_a_project_of_its_own(
    start: StartDaemon, home: Path, tmp_path: Path
) -> None:
    """Inside of a registered project too: its questions are not answered from what is around it."""
    start().ready()
    project = small_project(tmp_path / "p")
    typed(home, project, "up")
    inner = project / "vendor/guest"
    inner.mkdir(parents=True)
    (inner / ".git").write_text("gitdir: ../../.git\n")
    (inner / "b.py").write_text("def own_code(): ...\n")
    assert "does not know this checkout" in typed(home, inner, "search", "sign_cookie", code=2)
    assert discovery.STRANGER in typed(home, inner, "up")
    assert "cookies.py" not in typed(home, inner, "search", "sign_cookie", code=None)
