"""What a git directory says in plain files: where it is, its HEAD, whether git is busy. Starts no process.

Every file here may be planted: reads never block (fifo), never follow names out of the directory and are
limited in size.
"""

from __future__ import annotations

import os
import re
import stat
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from memoryd.errors import GitError

_READ_LIMIT_BYTES = 64 * 1024 * 1024  # packed-refs of the largest public repositories stay below
_REF = re.compile(r"refs/(?!.*\.\.)[^\0\s]+")
_HEX = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_SHA256 = re.compile(r"^\s*objectformat\s*=\s*sha256", re.IGNORECASE | re.MULTILINE)
_SYMREF_DEPTH = 5
_BUSY_MARKS = (("index.lock", "index.lock"), ("rebase-merge", "rebase"), ("rebase-apply", "rebase"))


class Head(Struct, frozen=True):
    """``sha``: the checked-out commit, ``""`` when unborn. ``branch``: short name, ``""`` when detached."""

    sha: str
    branch: str


class GitDir(Struct, frozen=True):
    """``git_dir``: HEAD and index live here. ``common_dir``: objects and refs; differs in a linked worktree.
    ``bare``: the root is itself the git directory, there is no work tree."""

    git_dir: Path
    common_dir: Path
    bare: bool = False

    def head(self) -> Head:
        """Raises GitError when HEAD is missing, or names something that no plain file resolves (reftable)."""
        text = read_text(self.git_dir / "HEAD")
        for _ in range(_SYMREF_DEPTH):
            if _HEX.fullmatch(text):
                return Head(text, "")
            if not text.startswith("ref: ") or not _REF.fullmatch(text[5:]):
                break
            name = text[5:]
            text = self._ref(name)
            if not text or _HEX.fullmatch(text):
                return Head(text, name.removeprefix("refs/heads/"))
        raise GitError(
            "HEAD of the repository is unreadable",
            where=str(self.git_dir / "HEAD"),
            next_step="see what `git status` says there",
        )

    def busy(self) -> str:
        """``""``, or what is under way: ``index.lock`` (some git command) or ``rebase``."""
        for file_name, word in _BUSY_MARKS:
            if os.path.lexists(self.git_dir / file_name):
                return word
        return ""

    def is_shallow(self) -> bool:
        """The history was cut off when cloning."""
        return (self.common_dir / "shallow").is_file()

    def shallow_boundary(self) -> str:
        """Where the history was cut off, in one word; ``""`` when it was not. Fetching more moves it."""
        shas = read_text(self.common_dir / "shallow").split()
        return sha256(" ".join(sorted(shas)).encode("utf-8", "surrogateescape")).hexdigest() if shas else ""

    def is_partial(self) -> bool:
        """Some objects were left on the server when cloning; memoryd never fetches them."""
        return any((self.common_dir / "objects" / "pack").glob("*.promisor"))

    def uses_reftable(self) -> bool:
        """Refs live in a binary table that only git reads."""
        return (self.common_dir / "reftable").is_dir()

    def object_format(self) -> str:
        """``sha1`` or ``sha256``: how object ids of this repository are made."""
        return "sha256" if _SHA256.search(read_text(self.common_dir / "config")) else "sha1"

    def _ref(self, name: str) -> str:
        for folder in (self.git_dir, self.common_dir):
            if text := read_text(folder / name):
                return text
        suffix = f" {name}"
        for line in read_text(self.common_dir / "packed-refs").splitlines():
            if line.endswith(suffix):
                return line.removesuffix(suffix)
        return ""


def shown_branch(name: str) -> str:
    """The name of a branch fit to be kept and shown: anybody may have put anything into it."""
    from indexers.secrets import redact_text  # not before the first clients are served

    return redact_text(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def discover(root: Path) -> GitDir | None:
    """The git directory of exactly ``root`` (not of a folder above it), or None.

    Raises GitError when it cannot be looked into: a project that is kept from us is not one without history.
    """
    mark = root / ".git"
    try:
        if mark.is_dir():
            return _git_dir(mark)
        if (text := read_text(mark)).startswith("gitdir: "):
            return _git_dir((root / text.removeprefix("gitdir: ")).resolve())
        return _git_dir(root, bare=True)
    except PermissionError as error:
        raise GitError(
            "no right to look into the repository",
            where=str(error.filename or root),
            next_step="check its owner and mode",
        ) from error


def find_root(start: Path) -> Path | None:
    """``start`` or the nearest folder above it that is a work tree or a bare repository."""
    start = start.resolve()
    return next((folder for folder in (start, *start.parents) if discover(folder)), None)


def read_text(path: Path) -> str:
    """The stripped text of a small regular file; ``""`` when it is missing, special or unreadable."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except (OSError, ValueError):  # ValueError: a NUL in a planted name
        return ""
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return ""
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(_READ_LIMIT_BYTES).decode("utf-8", "surrogateescape").strip()
    finally:
        os.close(descriptor)


def _git_dir(folder: Path, *, bare: bool = False) -> GitDir | None:
    common_text = read_text(folder / "commondir")
    common = (folder / common_text).resolve() if common_text else folder
    looks_right = (common / "objects").is_dir() and (common / "refs").is_dir() and (folder / "HEAD").exists()
    return GitDir(folder, common, bare) if looks_right else None
