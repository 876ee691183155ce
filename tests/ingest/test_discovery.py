"""A folder is what it is: which git directory is its own, and which `.git` is not believed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from projects import Repository

from memoryd.ingest.git import discovery
from memoryd.ingest.git.directory import GitDir, setting
from memoryd.ingest.git.discovery import Refused, discover, find_root, look
from memoryd.ingest.git.repository import Git


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repo")
    made.commit("one", a_dot_py="a = 1\n")
    return made


@pytest.fixture
def guest(tmp_path: Path) -> Path:
    folder = tmp_path / "guest"
    folder.mkdir()
    (folder / "b.py").write_text("b = 2\n")
    return folder


def _reason(folder: Path) -> str:
    found = look(folder)
    assert isinstance(found, Refused), found
    assert found.next_step
    assert Git.open(folder) is None
    assert find_root(folder) == folder
    return found.reason


# --- what git itself makes is accepted


def test_a_work_tree_is_accepted_by_the_back_link(repo: Repository, tmp_path: Path) -> None:
    """`worktrees/NAME/gitdir` of the repository names the folder; absolute or relative, and through a link."""
    repo.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "w"))
    assert discover(tmp_path / "w") == GitDir(repo.root / ".git/worktrees/w", repo.root / ".git")
    (repo.root / ".git/worktrees/w/gitdir").write_text("../../../../w/.git\n")
    assert discover(tmp_path / "w") is not None
    (tmp_path / "way").symlink_to(tmp_path / "w")
    assert discover(tmp_path / "way") is not None


def test_a_work_tree_of_a_bare_repository_is_accepted(repo: Repository, tmp_path: Path) -> None:
    """The repository that the work tree belongs to need not have one of its own."""
    repo.git("clone", "-q", "--bare", str(repo.root), str(tmp_path / "bare.git"))
    bare = str(tmp_path / "bare.git")
    repo.git("-C", bare, "worktree", "add", "-q", "-b", "side", str(tmp_path / "w"))
    assert discover(tmp_path / "w") is not None


@pytest.mark.parametrize("setting_file", ["config", "config.worktree"])
def test_a_submodule_is_accepted_by_its_core_worktree(
    repo: Repository, tmp_path: Path, setting_file: str
) -> None:
    """The git directory in `modules/NAME` names the folder, in either of its settings files; also where another
    program made a link of the `.git` file."""
    outer = Repository(tmp_path / "outer dir; #1")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(repo.root), "sub")
    folder, module = outer.root / "sub", outer.root / ".git/modules/sub"
    if setting_file != "config":
        outer.git("-C", str(folder), "config", "extensions.worktreeConfig", "true")
        outer.git("-C", str(folder), "config", "--unset", "core.worktree")
        (module / setting_file).write_text("[core]\n\tworktree = ../../../sub\n")
    assert discover(folder) == GitDir(module, module)
    (folder / ".git").unlink()
    (folder / ".git").symlink_to("../.git/modules/sub")
    assert discover(folder) == GitDir(module, module)
    outer.git("-C", str(folder), "config", "core.worktree", str(folder))  # quoted: the path has ; and #
    assert discover(folder) is not None


def test_submodules_of_submodules_are_accepted_and_stay_so_when_all_is_moved(
    repo: Repository, tmp_path: Path
) -> None:
    """git names the folder relative to the git directory."""
    middle, outer = Repository(tmp_path / "middle"), Repository(tmp_path / "outer")
    allowed = ("-c", "protocol.file.allow=always", "submodule")
    middle.git(*allowed, "add", "-q", str(repo.root), "inner")
    middle.git("commit", "-q", "-m", "with a submodule")
    outer.git(*allowed, "add", "-q", str(middle.root), "middle")
    outer.git(*allowed, "update", "-q", "--init", "--recursive")
    moved = tmp_path / "moved"
    for root in (outer.root, moved):
        if root == moved:
            outer.root.rename(moved)
        modules = root / ".git/modules/middle"
        assert discover(root / "middle") == GitDir(modules, modules)
        assert discover(root / "middle/inner") == GitDir(modules / "modules/inner", modules / "modules/inner")


def test_a_work_tree_that_was_moved_by_hand_is_refused_until_git_knows(
    repo: Repository, tmp_path: Path
) -> None:
    """The repository still names the old place, and git has a command for that."""
    repo.git("worktree", "add", "-q", str(tmp_path / "w"), "-b", "side")
    (tmp_path / "w").rename(tmp_path / "elsewhere")
    assert _reason(tmp_path / "elsewhere") == discovery.STRANGER
    repo.git("worktree", "repair", str(tmp_path / "elsewhere"))
    assert discover(tmp_path / "elsewhere") is not None


def test_a_repository_of_ones_own_that_names_another_work_tree_reads_its_own_folder(
    repo: Repository, tmp_path: Path
) -> None:
    """`core.worktree` in the `.git` of a folder leads git into any other; here files are those of the folder."""
    (tmp_path / "victim").mkdir()
    (tmp_path / "victim/secret.py").write_text("code = 1\n")
    repo.git("config", "core.worktree", str(tmp_path / "victim"))
    (repo.root / "new.py").write_text("n = 1\n")
    found = Git.open(repo.root)
    assert found is not None
    assert found.untracked() == ["new.py"]
    assert [entry.path for entry in found.index_entries()] == ["a.py"]


def test_a_git_directory_beside_the_work_tree_needs_the_setting(repo: Repository, tmp_path: Path) -> None:
    """`git init --separate-git-dir` leaves no back-link: the command that the refusal names makes one. Inside of the
    folder itself none is needed."""
    repo.git("init", "-q", f"--separate-git-dir={tmp_path}/apart", str(tmp_path / "w"))
    assert _reason(tmp_path / "w") == discovery.STRANGER
    repo.git("-C", str(tmp_path / "w"), "config", "core.worktree", str(tmp_path / "w"))
    assert discover(tmp_path / "w") is not None
    repo.git("init", "-q", f"--separate-git-dir={tmp_path}/v/.bare", str(tmp_path / "v"))
    assert discover(tmp_path / "v") is not None


# --- what a stranger can plant is not


@pytest.mark.parametrize("how", ["file", "relative file", "link", "work tree's", "submodule's"])
def test_a_planted_git_leads_to_no_other_repository(
    repo: Repository, guest: Path, tmp_path: Path, how: str
) -> None:
    """A `.git` file or link to a repository, a git directory of its work tree or of its submodule is not followed."""
    target = repo.root / ".git"
    if how == "work tree's":
        repo.git("worktree", "add", "-q", "-b", "side", str(tmp_path / "w"))
        target = repo.root / ".git/worktrees/w"
    elif how == "submodule's":
        repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(repo.root), "sub")
        target = repo.root / ".git/modules/sub"
    if how == "link":
        (guest / ".git").symlink_to(target)
    else:
        place = os.path.relpath(target, guest) if how == "relative file" else target
        (guest / ".git").write_text(f"gitdir: {place}\n")
    assert _reason(guest) == discovery.STRANGER


def test_a_git_directory_of_ones_own_cannot_claim_to_be_a_work_tree(repo: Repository, guest: Path) -> None:
    """The back-link counts only where the repository itself keeps it: one that the folder brings along does not."""
    mine = guest / "claims/worktrees/me"
    mine.mkdir(parents=True)
    (mine / "HEAD").write_text("ref: refs/heads/main\n")
    (mine / "gitdir").write_text(f"{guest}/.git\n")
    (mine / "commondir").write_text(f"{repo.root}/.git\n")
    (guest / ".git").write_text(f"gitdir: {mine}\n")
    assert _reason(guest) == discovery.STRANGER
    (mine / "commondir").write_text("../..\n")
    for name in ("objects", "refs"):
        (guest / "claims" / name).symlink_to(repo.root / ".git" / name)
    assert _reason(guest) == discovery.LINKS


def test_a_planted_commondir_is_not_followed(repo: Repository, guest: Path) -> None:
    """In a `.git` folder and in a bare repository."""
    own = Repository(guest)
    (guest / ".git/commondir").write_text(f"{repo.root}/.git\n")
    assert _reason(guest) == discovery.COMMON_ELSEWHERE
    for name in ("objects", "refs"):
        shutil.rmtree(guest / ".git" / name)
    assert _reason(guest) == discovery.COMMON_ELSEWHERE
    (guest / ".git/commondir").unlink()
    own.git("init", "-q", "--bare", str(guest / "bare.git"))
    (guest / "bare.git/commondir").write_text(f"{repo.root}/.git\n")
    assert _reason(guest / "bare.git") == discovery.COMMON_ELSEWHERE


@pytest.mark.parametrize("part", ["HEAD", "index", "objects", "packed-refs", "refs", "objects/pack"])
def test_a_part_that_is_a_link_into_another_repository_is_not_followed(
    repo: Repository, guest: Path, part: str
) -> None:
    """HEAD, the index, refs and objects of somebody else are not shown as the folder's own."""
    repo.git("gc", "-q")
    own = Repository(guest)
    own.commit("mine")
    place = guest / ".git" / part
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
    place.symlink_to(repo.root / ".git" / part)
    assert _reason(guest) == discovery.LINKS


def test_links_that_stay_inside_or_hold_no_content_are_fine(repo: Repository, tmp_path: Path) -> None:
    """An old HEAD that is a link to its branch, and hooks kept elsewhere, are nobody else's history."""
    (repo.root / ".git/HEAD").unlink()
    (repo.root / ".git/HEAD").symlink_to("refs/heads/main")
    shutil.rmtree(repo.root / ".git/hooks", ignore_errors=True)
    (tmp_path / "hooks").mkdir()
    (repo.root / ".git/hooks").symlink_to(tmp_path / "hooks")
    found = discover(repo.root)
    assert found is not None
    assert found.head().sha


@pytest.mark.parametrize(
    "text", ["{other}\n", "# comment\n{other}", "../../../repo/.git/objects", '"{other}"', "x\0y"]
)
def test_alternates_outside_the_root_are_not_followed(repo: Repository, guest: Path, text: str) -> None:
    """Objects of another repository are not read, however its place is written."""
    own = Repository(guest)
    own.commit("mine")
    alternates = guest / ".git/objects/info/alternates"
    alternates.write_text(text.format(other=repo.root / ".git/objects"))
    assert _reason(guest) == discovery.ALTERNATES


def test_alternates_inside_the_root_are_followed_one_after_the_other(repo: Repository, guest: Path) -> None:
    """A chain that stays inside is the folder's own; one that leaves it at its second step is not, nor a circle."""
    own = Repository(guest)
    own.commit("mine")
    inner = Repository(guest / "inner")
    inner.commit("inner")
    (guest / ".git/objects/info/alternates").write_text(f"{guest}/inner/.git/objects\n")
    assert discover(guest) is not None
    (guest / "inner/.git/objects/info/alternates").write_text(f"{repo.root}/.git/objects\n")
    assert _reason(guest) == discovery.ALTERNATES
    (guest / "inner/.git/objects/info/alternates").write_text(f"{guest}/.git/objects\n")
    assert _reason(guest) == discovery.ALTERNATES


@pytest.mark.parametrize("place", [".git/xo", "inner/objects"])
@pytest.mark.parametrize("linked", ["folders", "files"])
def test_alternates_of_links_are_not_followed(repo: Repository, guest: Path, place: str, linked: str) -> None:
    """A folder inside the root whose parts lead into another repository, by folder or by file."""
    own = Repository(guest)
    own.commit("mine")
    _link_objects(repo.root / ".git/objects", guest / place, linked)
    (guest / ".git/objects/info/alternates").write_text(f"{guest / place}\n")
    assert _reason(guest) == discovery.ALTERNATES


def test_objects_that_are_links_one_by_one_are_not_read(repo: Repository, guest: Path) -> None:
    """Objects of another repository in folders of its own."""
    own = Repository(guest)
    own.commit("mine")
    _link_objects(repo.root / ".git/objects", guest / ".git/objects", "files")
    assert _reason(guest) == discovery.LINKS


def _link_objects(source: Path, target: Path, linked: str) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for part in source.iterdir():
        if linked == "folders":
            (target / part.name).symlink_to(part)
            continue
        (target / part.name).mkdir(exist_ok=True)
        for file in part.iterdir():
            (target / part.name / file.name).symlink_to(file)


@pytest.mark.parametrize("text", ["/nowhere", "x\0y", "loop", "", "p" * 70_000])
def test_a_git_file_that_leads_nowhere_is_no_part_of_what_is_around(guest: Path, text: str) -> None:
    """As with git, such a folder does not belong to the repository above it."""
    Repository(guest.parent)
    (guest / "loop").symlink_to("loop")
    (guest / ".git").write_text(f"gitdir: {text}\n")
    assert _reason(guest) == discovery.NOTHING_THERE


def test_a_link_that_leads_nowhere_is_refused(guest: Path) -> None:
    """A dangling link and a circle of links."""
    (guest / ".git").symlink_to("/nowhere/at/all")
    assert _reason(guest) == discovery.NOTHING_THERE
    (guest / ".git").unlink()
    (guest / ".git").symlink_to(".git")
    assert _reason(guest) == discovery.NOTHING_THERE


def test_an_empty_git_folder_claims_nothing(guest: Path) -> None:
    """It is stepped over, as git does."""
    (guest / ".git").mkdir()
    assert look(guest) is None


# --- settings


@pytest.mark.parametrize(
    ("config", "value"),
    [
        ("[core]\n\tworktree = ../x\n", "../x"),
        ("[CORE] WorkTree=../x", "../x"),
        ('[core]\nworktree = "a b # c" ; said\n', "a b # c"),
        ('[core]\nworktree = a\\\\b\\"c\n', 'a\\b"c'),
        ("[core]\nworktree = one\n[other]\nworktree = no\n[core]\nworktree = two # last\n", "two"),
        ('[core "sub"]\nworktree = no\n', ""),
        ("worktree = no\n", ""),
        ("[core]\n# worktree = no\n", ""),
    ],
)
def test_a_setting_is_read_as_git_reads_it(config: str, value: str) -> None:
    """Case, quotes, escapes, comments, the last of several; sections of another name do not count."""
    assert setting(config, "core", "worktree") == value


def test_settings_of_many_empty_lines_are_read_at_once() -> None:
    """A megabyte of nothing costs what a megabyte costs."""
    assert setting("\n \t" * 400_000, "extensions", "objectformat") == ""
