"""Reading a change: from git's objects, from the index, from the work tree, from the text of a diff."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from indexers.facts import Change, ChangedFile
from memoryd.errors import UsageError
from memoryd.ingest.change.change import ChangeRequest, read_change
from memoryd.ingest.change.versions import lines_of
from memoryd.ingest.change.worktree import differing
from memoryd.ingest.files.scan import Limits
from memoryd.ingest.git.repository import Git
from memoryd.ingest.git.stored_form import stored
from memoryd.ingest.parse.pool import ParsePool


def git(root: Path, *arguments: str, **variables: str) -> str:
    command = ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.org", *arguments]
    environment = {**os.environ, **variables}
    done = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True, env=environment)
    return done.stdout.strip()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """One commit: a.py imports os, b.py, and a picture."""
    place = tmp_path / "p"
    place.mkdir()
    git(place, "init", "-q", "-b", "main")
    (place / "a.py").write_text("import os\n\nx = 1\ny = 2\nz = 3\n")
    (place / "b.py").write_text("".join(f"line_{n} = {n}\n" for n in range(20)))
    (place / "p.png").write_bytes(b"\x89PNG\0\0")
    git(place, "add", "-A")
    git(place, "commit", "-qm", "Begin")
    return place


def read(root: Path, pool: ParsePool, **asked: object) -> Change:
    return read_change(ChangeRequest(root=str(root), **asked), pool)  # type: ignore[arg-type]


def only(change: Change) -> ChangedFile:
    (file,) = change.files
    return file


def imports(file: ChangedFile, side: str) -> list[str]:
    version = getattr(file, side)
    return [item.module for item in version.facts.imports] if version else []


def test_the_staged_change_is_the_indexs_not_the_work_trees(root: Path, pool: ParsePool) -> None:
    """`staged` reads what would be committed; a later edit of the work tree is no part of it."""
    (root / "a.py").write_text("import os\nimport re\n\nx = 1\ny = 2\nz = 3\n")
    git(root, "add", "a.py")
    (root / "a.py").write_text("import os\nimport re\nimport sys\n")
    file = only(read(root, pool, staged=True))
    assert (file.status, file.added, file.removed) == ("M", ((2, "import re"),), ())
    assert (imports(file, "old"), imports(file, "new")) == (["os"], ["os", "re"])


def test_the_index_of_a_commit_under_way(root: Path, pool: ParsePool) -> None:
    """`git commit -a` hands hooks an index of its own; its name is enough, and only a plain name is taken."""
    other = root / ".git" / "next-index-1.lock"
    other.write_bytes((root / ".git" / "index").read_bytes())
    (root / "a.py").write_text("import os\n")
    git(root, "add", "a.py", GIT_INDEX_FILE=str(other))
    assert read(root, pool, staged=True).files == ()
    assert only(read(root, pool, staged=True, index_file="next-index-1.lock")).path == "a.py"
    assert read(root, pool, staged=True, index_file="../../etc/passwd").files == ()


def test_a_range_and_one_commit(root: Path, pool: ParsePool) -> None:
    """`A..B` compares two commits, `B` one commit with its parent; a root commit has no parent."""
    (root / "a.py").write_text("import os\n")
    git(root, "commit", "-qam", "Less")
    (root / "b.py").unlink()
    git(root, "commit", "-qam", "Gone")
    change = read(root, pool, range="HEAD~2..HEAD")
    assert [(f.status, f.path) for f in change.files] == [("M", "a.py"), ("D", "b.py")]
    assert change.head == git(root, "rev-parse", "HEAD")
    assert only(read(root, pool, range="HEAD")).path == "b.py"
    first = read(root, pool, range="HEAD~2")
    assert [(f.status, f.path) for f in first.files] == [("A", "a.py"), ("A", "b.py")]
    assert first.left_out == (("p.png", "binary"),)


def test_three_dots_begin_at_the_merge_base(root: Path, pool: ParsePool) -> None:
    """What only the other branch did is no part of `A...B`."""
    git(root, "checkout", "-qb", "topic")
    (root / "a.py").write_text("import re\n")
    git(root, "commit", "-qam", "Topic")
    git(root, "checkout", "-q", "main")
    (root / "b.py").write_text("x\n")
    git(root, "commit", "-qam", "Main")
    assert only(read(root, pool, range="main...topic")).path == "a.py"
    assert len(read(root, pool, range="main..topic").files) == 2


def test_a_renamed_file_keeps_its_lines(root: Path, pool: ParsePool) -> None:
    """A file that moves and gains a line has that one line added, staged or not."""
    text = (root / "b.py").read_text()
    (root / "b.py").unlink()
    (root / "sub").mkdir()
    (root / "sub" / "c.py").write_text(text + "import re\n")
    unstaged = only(read(root, pool, paths=("b.py", "sub/c.py")))
    git(root, "add", "-A")
    for file in (unstaged, only(read(root, pool, staged=True))):
        assert (file.status, file.old_path, file.path) == ("R", "b.py", "sub/c.py")
        assert file.added == ((21, "import re"),)


def test_the_uncommitted_change_is_read_without_git_reading_it(root: Path, pool: ParsePool) -> None:
    """Without an index every tracked file is compared by its bytes; a clean filter of the repository never runs."""
    canary = root.parent / "ran"
    git(root, "config", "filter.x.clean", f"touch {canary}")
    (root / ".git" / "info" / "attributes").write_text("* filter=x\n")
    (root / "a.py").write_text("import re\n")
    (root / "b.py").unlink()
    found = {f.path: f.status for f in read(root, pool).files}
    assert found == {"a.py": "M", "b.py": "D"}
    assert only(read(root, pool, paths=("a.py",))).path == "a.py"
    assert not canary.exists()


def test_a_path_outside_of_the_project_is_not_read(root: Path, pool: ParsePool) -> None:
    """Named paths go through the rooted: links and `..` lead nowhere, and that is said."""
    (root.parent / "secret.py").write_text("token = 1\n")
    (root / "link.py").symlink_to(root.parent / "secret.py")
    for outside in ("../secret.py", "/etc/passwd"):
        with pytest.raises(UsageError, match="outside the project"):
            read(root, pool, paths=(outside,))
    change = read(root, pool, paths=("link.py",))
    assert (change.files, change.left_out) == ((), (("link.py", "it is a link: not followed"),))


def _diff(root: Path, *arguments: str) -> str:
    return git(root, "diff", *arguments) + "\n"


def test_a_diff_of_what_is_there_or_of_what_will_be(root: Path, pool: ParsePool) -> None:
    """A diff is read against the work tree whether it was applied already or not: both versions are known."""
    (root / "a.py").write_text("import os\nimport re\n\nx = 1\ny = 2\nz = 3\n")
    text = _diff(root)
    applied = only(read(root, pool, diff=text))
    git(root, "checkout", "-q", "a.py")
    waiting = only(read(root, pool, diff=text))
    for file in (applied, waiting):
        assert (imports(file, "old"), imports(file, "new"), file.problem) == (["os"], ["os", "re"], "")
        assert file.added == ((2, "import re"),)


def test_a_diff_that_fits_nowhere_is_read_by_its_own_lines(root: Path, pool: ParsePool) -> None:
    """Where the file looks otherwise only the diff's own lines are read, and that is said."""
    text = "--- a/a.py\n+++ b/a.py\n@@ -7,2 +7,3 @@\n nothing\n+import re\n like it\n"
    file = only(read(root, pool, diff=text))
    assert file.added == ((8, "import re"),)
    assert imports(file, "new") == ["re"]
    assert "does not fit" in file.problem


def test_a_diff_against_a_commit(root: Path, pool: ParsePool) -> None:
    """With a revision the diff is read against that commit, whatever the work tree is."""
    (root / "a.py").write_text("import os\nimport re\n\nx = 1\ny = 2\nz = 3\n")
    text = _diff(root)
    (root / "a.py").write_text("something else\n")
    assert only(read(root, pool, diff=text)).problem
    assert only(read(root, pool, diff=text, rev="HEAD")).problem == ""


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"diff": "hello"}, "no diff"),
        ({"diff": "--- a/a\n+++ b/a\n@@ -1,9 +1,9 @@\n a\n"}, "no diff that can be read"),
        ({"diff": "diff --cc a\n"}, "combined diff"),
        ({"range": "nowhere..HEAD"}, "no such revision"),
        ({"range": "--output=x"}, "no such revision"),
    ],
)
def test_what_cannot_be_read_is_wrong_use(root: Path, pool: ParsePool, asked: dict, words: str) -> None:
    """A change that is none is a UsageError in words."""
    with pytest.raises(UsageError, match=words):
        read(root, pool, **asked)


def test_without_git_only_a_diff_can_be_read(tmp_path: Path, pool: ParsePool) -> None:
    """A folder without git says how to go on."""
    (tmp_path / "a.py").write_text("x\n")
    with pytest.raises(UsageError, match="without git"):
        read(tmp_path, pool)
    text = "--- a/a.py\n+++ b/a.py\n@@ -1 +1,2 @@\n x\n+import re\n"
    assert imports(only(read(tmp_path, pool, diff=text)), "new") == ["re"]


def test_secrets_and_large_files_are_left_out(root: Path, pool: ParsePool) -> None:
    """A file whose name says that it holds secrets, and one that is too large, are named with the reason."""
    (root / ".env").write_text("TOKEN=x\n")
    (root / "big.txt").write_text("x\n" * 1_100_000)
    git(root, "add", "-A")
    change = read(root, pool, staged=True)
    assert change.left_out == ((".env", "its name says that it holds secrets"),)
    assert (only(change).path, only(change).added) == ("big.txt", ())
    assert "larger than 2 MiB" in only(change).problem


def test_the_lines_of_a_commit(root: Path) -> None:
    """What a commit added to a file and removed from it, by line."""
    (root / "a.py").write_text("import os\n\nx = 1\nY = 2\nz = 3\n")
    git(root, "commit", "-qam", "Shout")
    repository = Git.open(root)
    assert repository is not None
    assert lines_of(repository, git(root, "rev-parse", "HEAD"), "a.py") == (((4, "Y = 2"),), ((4, "y = 2"),))


# -- the work tree as it is at the moment of the question


def changed(change: Change) -> dict[str, str]:
    return {file.path: file.status for file in change.files}


def test_a_file_that_no_index_knows_is_part_of_the_change(root: Path, pool: ParsePool) -> None:
    """New files count from their first moment; ignored ones never do."""
    (root / ".gitignore").write_text("build/\n")
    (root / "build").mkdir()
    (root / "build" / "made.py").write_text("x = 1\n")
    (root / "new.py").write_text("import re\n")
    assert changed(read(root, pool)) == {".gitignore": "A", "new.py": "A"}
    assert differing(Git.open(root), root, {"new.py"}) == {"new.py"}
    with pytest.raises(UsageError, match="git ignores"):
        read(root, pool, paths=("build/made.py",))


@pytest.mark.parametrize(
    "text", ["{root}/a.py", "a.py:3", "a.py#L1", "a.p?", "./a.py", "file://{root}/a.py", "@a.py"]
)
def test_a_named_path_in_every_form(root: Path, pool: ParsePool, text: str) -> None:
    """`check` of a file is about that file, however it is named; the title says what was understood."""
    (root / "a.py").write_text("import re\n")
    (root / "b.py").write_text("import re\n")
    change = read(root, pool, paths=(text.format(root=root),))
    assert changed(change) == {"a.py": "M"}
    assert change.title.startswith("the uncommitted change of ")


def test_a_path_begins_where_the_caller_stands(root: Path, pool: ParsePool) -> None:
    """`.` is the caller's folder."""
    (root / "sub").mkdir()
    (root / "sub" / "c.py").write_text("x = 1\n")
    (root / "a.py").write_text("import re\n")
    assert changed(read(root, pool, paths=(".",), folder=str(root / "sub"))) == {"sub/c.py": "A"}
    assert changed(read(root, pool, paths=(".",), folder=str(root))) == {"a.py": "M", "sub/c.py": "A"}


def test_a_path_that_is_nearly_right_is_no_clean_one(root: Path, pool: ParsePool) -> None:
    """A misspelt path is an error with the name that was meant, never a verdict on nothing."""
    with pytest.raises(UsageError, match="no file of the project fits") as caught:
        read(root, pool, paths=("A.py",))
    assert "`a.py`" in caught.value.next_step


def test_what_is_hidden_from_memoryd_is_not_read(root: Path, pool: ParsePool) -> None:
    """A changed file that `index.exclude` or .memoryignore hides is named, not opened; so are new ones."""
    (root / "b.py").write_text("import re\n")
    (root / "b2.py").write_text("import re\n")
    change = read_change(ChangeRequest(root=str(root)), pool, Limits(exclude=("b*.py",)))
    assert change.files == ()
    assert [path for path, why in change.left_out if "hides it" in why] == ["b.py"]
    assert any("b2.py" in said for said in change.unseen)


@pytest.mark.parametrize(
    ("attributes", "settings", "name", "data"),
    [
        ("*.bat text eol=crlf\n", (), "run.bat", b"@rem\r\necho\r\n"),
        ("", ("core.autocrlf=true",), "run.txt", b"one\r\ntwo\r\n"),
        ("* text=auto eol=crlf\n", (), "run.txt", b"one\r\ntwo\r\n"),
        ("*.c ident\n", (), "v.c", b"/* $Id$ */\n"),
        ("*.txt text working-tree-encoding=UTF-16LE\n", (), "u.txt", "eins\n".encode("utf-16-le")),
    ],
)
@pytest.mark.parametrize("touched", [False, True])
def test_what_git_calls_clean_is_clean(
    root: Path,
    pool: ParsePool,
    attributes: str,
    settings: tuple[str, ...],
    name: str,
    data: bytes,
    touched: bool,
) -> None:
    """By what git's index noted of the file, and where that is another, by the form in which git stores the bytes. A
    real edit shows the lines that differ, and those alone."""
    for setting in settings:
        git(root, "config", *setting.split("="))
    (root / ".gitattributes").write_text(attributes)
    (root / name).write_bytes(data)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Add")
    (root / name).unlink()
    git(root, "checkout", "-q", "--", ".")
    on_disk = (root / name).read_bytes()
    if touched:
        (root / name).write_bytes(on_disk)
    assert git(root, "status", "--short") == ""
    assert read(root, pool).files == ()
    assert not differing(Git.open(root), root, {name, ".gitattributes", "a.py"})
    end = "\n".encode("utf-16-le") if "UTF-16" in attributes else b"\r\n" if b"\r" in on_disk else b"\n"
    more = "mehr".encode("utf-16-le") if "UTF-16" in attributes else b"more"
    (root / name).write_bytes(on_disk + more + end)
    assert [text for _, text in only(read(root, pool)).added] == [
        "mehr" if "UTF-16" in attributes else "more"
    ]
    assert differing(Git.open(root), root, {name})


def test_a_file_of_git_lfs_is_compared_as_its_pointer(root: Path, pool: ParsePool) -> None:
    """What git has is the pointer, what lies on the disk is the file: the same file is clean, without lfs running."""
    data = b"large\0file\n"
    pointer = stored(data, {"filter": "lfs"}, "", None).data
    (root / "big.bin").write_bytes(pointer)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Add")
    (root / ".gitattributes").write_text("*.bin filter=lfs -text\n")
    git(root, "config", "filter.lfs.clean", "false")
    (root / "big.bin").write_bytes(data)
    assert changed(read(root, pool)) == {".gitattributes": "A"}
    (root / "big.bin").write_bytes(data + b"more")
    assert changed(read(root, pool)) == {".gitattributes": "A", "big.bin": "M"}


def test_a_sparse_checkout_is_clean_and_says_what_is_not_here(root: Path, pool: ParsePool) -> None:
    """Files that git was told to leave out are not deleted; one that is deleted is."""
    (root / "far").mkdir()
    (root / "far" / "c.py").write_text("x = 1\n")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Far")
    git(root, "sparse-checkout", "set", "--no-cone", "/*", "!/far/")
    assert not (root / "far").exists()
    change = read(root, pool)
    assert change.files == ()
    assert any("far/c.py" in said and "not checked out" in said for said in change.unseen)
    (root / "b.py").unlink()
    assert changed(read(root, pool)) == {"b.py": "D"}


def test_a_range_or_a_diff_is_narrowed_to_named_files(root: Path, pool: ParsePool) -> None:
    """Paths beside a diff or range mean these files of it; one that it does not have is an error."""
    (root / "a.py").write_text("import re\n")
    (root / "b.py").write_text("import re\n")
    text = _diff(root)
    assert changed(read(root, pool, diff=text, paths=(f"{root}/a.py",))) == {"a.py": "M"}
    git(root, "commit", "-qam", "Both")
    assert changed(read(root, pool, range="HEAD", paths=("b.py",))) == {"b.py": "M"}
    with pytest.raises(UsageError, match="no file"):
        read(root, pool, range="HEAD", paths=("c.py",))


def test_the_lines_of_a_commit_are_without_secrets(root: Path) -> None:
    """What git still has of a secret is never shown, nor anything of a file that is one by its name."""
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    for name in ("a.py", ".env"):
        (root / name).write_text(f"token = '{token}'\nother = 1\n")
    git(root, "add", "-Af")
    git(root, "commit", "-qm", "Add a token")
    repository = Git.open(root)
    assert repository
    head = git(root, "rev-parse", "HEAD")
    added, _ = lines_of(repository, head, "a.py")
    assert [line for line, _ in added] == [1, 2]
    assert token not in str(added)
    assert lines_of(repository, head, ".env") == ((), ())
