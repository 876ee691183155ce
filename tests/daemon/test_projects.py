"""Which project a folder belongs to, and how the list of projects is kept."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from daemon_harness import git, small_project

from memoryd.daemon.projects import identity
from memoryd.daemon.projects.registry import Projects, key_of
from memoryd.errors import StoreError, UsageError
from memoryd.ingest.files.scan import scan
from memoryd.paths import Paths
from memoryd.store import sqlite


@pytest.fixture
def projects(tmp_path: Path) -> Projects:
    (tmp_path / "m").mkdir()
    return Projects(tmp_path / "m" / "projects.json", clock=lambda: 1_000.0)


def test_a_subfolder_registers_its_repository(projects: Projects, tmp_path: Path) -> None:
    """`up` anywhere inside a repository registers the repository, once."""
    root = small_project(tmp_path / "p")
    (root / "deep" / "er").mkdir(parents=True)
    assert projects.register(str(root / "deep" / "er")).root == str(root)
    assert projects.register(str(root)).root == str(root)
    assert [project.root for project in projects.all()] == [str(root)]


def test_the_list_survives(projects: Projects, tmp_path: Path) -> None:
    """A second process reads what the first registered; the file is private."""
    root = small_project(tmp_path / "p")
    projects.register(str(root))
    again = Projects(tmp_path / "m" / "projects.json")
    assert again.find(str(root / "app.py")).root == str(root)
    assert (tmp_path / "m" / "projects.json").stat().st_mode & 0o777 == 0o600


def test_work_trees_share_the_key(projects: Projects, tmp_path: Path) -> None:
    """A linked work tree is a project of its own that shares the stores of its repository."""
    root = small_project(tmp_path / "p")
    git(root, "worktree", "add", "-q", str(tmp_path / "w"), "-b", "side")
    first, second = projects.register(str(root)), projects.register(str(tmp_path / "w"))
    assert first.root != second.root
    assert first.key == second.key == key_of(root)


def test_a_nested_checkout_is_not_its_surroundings(projects: Projects, tmp_path: Path) -> None:
    """A folder inside an unknown checkout is never answered from the registered project around it."""
    root = small_project(tmp_path / "p")
    projects.register(str(root))
    git(root, "worktree", "add", "-q", str(root / ".trees" / "side"), "-b", "side")
    with pytest.raises(UsageError, match="does not know this checkout") as refused:
        projects.find(str(root / ".trees" / "side"))
    assert refused.value.next_step == f"memoryd up {root / '.trees' / 'side'}"


def test_home_is_no_project(projects: Projects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The home folder is refused; a folder in a home that is itself a repository is registered alone."""
    home = small_project(tmp_path / "home")
    monkeypatch.setenv("HOME", str(home))
    with pytest.raises(UsageError):
        projects.register(str(home))
    (home / "notes").mkdir()
    assert projects.register(str(home / "notes")).root == str(home / "notes")


@pytest.mark.parametrize("place", ["m", "m/projects/0123456789abcdef", "p/.git", "p/.git/refs"])
def test_what_git_and_memoryd_keep_is_no_project(projects: Projects, tmp_path: Path, place: str) -> None:
    """memoryd's own data (each run would change what it indexes) and a repository's insides are refused."""
    small_project(tmp_path / "p")
    (tmp_path / "m" / "projects" / "0123456789abcdef").mkdir(parents=True)
    with pytest.raises(UsageError) as refused:
        projects.register(str(tmp_path / place))
    assert "work tree" in refused.value.next_step or "project of yours" in refused.value.next_step


def test_a_project_around_memoryds_data_does_not_see_it(tmp_path: Path) -> None:
    """The home ignores itself: a project that it lies in indexes none of it."""
    root = small_project(tmp_path / "p")
    Paths(root / "data").prepare()
    (root / "data" / "daemon.log").write_text("begins")
    assert git(root, "status", "--porcelain") == ""
    assert [entry.path for entry in scan(root, None).entries] == ["app.py", "cookies.py"]


def test_forgetting_names_what_is_known(projects: Projects, tmp_path: Path) -> None:
    """Forgetting an unknown folder says which ones are registered; forgetting a known one takes it off."""
    root = small_project(tmp_path / "p")
    projects.register(str(root))
    with pytest.raises(UsageError) as refused:
        projects.forget(str(tmp_path))
    assert str(root) in refused.value.next_step
    projects.forget(str(root))
    assert projects.all() == []


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"version": 1, "projects": [{"root": 5}]}', '{"version": 2}']
)
def test_a_damaged_list_is_named_not_overwritten(tmp_path: Path, content: str) -> None:
    """A list that cannot be read stops the daemon with the file's name; it is left as it was."""
    file = tmp_path / "projects.json"
    file.write_text(content)
    with pytest.raises(StoreError, match="list of projects"):
        Projects(file)
    assert file.read_text() == content


def test_a_folder_in_no_project_is_no_error_by_itself(projects: Projects, tmp_path: Path) -> None:
    """A caller that stands outside every checkout may have other folders; one that stands in an unknown checkout is
    told so."""
    projects.register(str(small_project(tmp_path / "p")))
    assert projects.around(str(tmp_path)) is None
    unknown = small_project(tmp_path / "unknown")
    with pytest.raises(UsageError, match="does not know this checkout"):
        projects.around(str(unknown))


def test_a_first_index_that_was_stopped_early_is_of_this_repository(tmp_path: Path) -> None:
    """An index that knows nothing yet is no sign of another repository: the next question goes on with it."""
    root, folder = small_project(tmp_path / "p"), tmp_path / "store"
    folder.mkdir()
    identity.keep(folder, identity.made(str(root)))
    with contextlib.closing(sqlite.connect(folder / "index.db")) as conn:
        sqlite.migrate(conn, "index")
    assert identity.belongs(root, key_of(root), folder)
