"""The one door through which memoryd writes into a project: new files only, inside only, whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from memoryd.errors import UsageError
from memoryd.ingest.documents import MAX_BYTES, write_new


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo-evil").mkdir()
    return tmp_path / "repo"


def test_the_file_and_its_folders_are_made(root):
    """Content as given, mode as the user's umask has it."""
    write_new(root, "docs/adr/0001-x.md", b"# X\n")
    file = root / "docs/adr/0001-x.md"
    assert file.read_bytes() == b"# X\n"
    assert file.stat().st_mode & 0o777 == 0o666 & ~umask()


def umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_nothing_is_overwritten(root):
    """Neither a file nor a link, dangling or not, nor a folder."""
    (root / "x.md").write_text("mine")
    (root / "link.md").symlink_to(root.parent / "repo-evil/new.md")
    (root / "folder.md").mkdir()
    for path in ("x.md", "link.md", "folder.md"):
        with pytest.raises(UsageError, match="exists"):
            write_new(root, path, b"theirs")
    assert (root / "x.md").read_text() == "mine"
    assert list((root.parent / "repo-evil").iterdir()) == []


@pytest.mark.parametrize(
    "path",
    [
        "../repo-evil/x.md",
        "/tmp/x.md",
        "a/../../x.md",
        "",
        ".",
        "a//x.md",
        "a/./x.md",
        "x\0.md",
        ".git/hooks/x",
    ],
)
def test_no_path_leads_outside(root, path):
    """Only a plain relative path, and never into .git."""
    with pytest.raises(UsageError):
        write_new(root, path, b"x")
    assert list(root.parent.rglob("x*")) == []


def test_no_linked_folder_is_followed(root):
    """Neither as the folder nor above it, whether it leads outside or inside."""
    (root / "docs").mkdir()
    (root / "docs/out").symlink_to(root.parent / "repo-evil")
    (root / "docs/in").symlink_to(root)
    for path in ("docs/out/x.md", "docs/out/deep/x.md", "docs/in/x.md"):
        with pytest.raises(UsageError, match="link"):
            write_new(root, path, b"x")
    assert list((root.parent / "repo-evil").iterdir()) == []


def test_a_file_in_the_way_is_no_folder(root):
    """What is a file is not made a folder, and the error names the path."""
    (root / "docs").write_text("a file")
    with pytest.raises(UsageError) as caught:
        write_new(root, "docs/x.md", b"x")
    assert caught.value.where == "docs/x.md"


def test_a_document_that_is_too_large_is_refused(root):
    """No record makes one."""
    with pytest.raises(UsageError):
        write_new(root, "x.md", b"x" * (MAX_BYTES + 1))


LIMITED = """
import resource, signal, sys
from pathlib import Path
from memoryd.errors import StoreError
from memoryd.ingest.documents import write_new
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
try:
    write_new(Path(sys.argv[1]), "x.md", b"x" * 1000)
except StoreError as error:
    sys.exit(7)
"""


def test_a_file_that_cannot_be_written_whole_does_not_stay(root):
    """A limit (as a full disk) in the middle: a clear error, and no half of a document."""
    done = subprocess.run([sys.executable, "-c", LIMITED, str(root)], check=False)
    assert done.returncode == 7
    assert list(root.iterdir()) == []
