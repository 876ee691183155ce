"""What a git directory says in plain files: its HEAD, whether git is busy, its settings. Starts no process.

Every file here may be planted: reads never block (fifo), never follow names out of the directory and are
limited in size.
"""

from __future__ import annotations

import logging
import os
import re
import stat
from hashlib import sha256
from pathlib import Path

from msgspec import Struct

from memoryd.errors import GitError
from memoryd.ingest.git.ref_names import is_ref_name

_READ_LIMIT_BYTES = 64 * 1024 * 1024  # packed-refs of the largest public repositories stay below
_CONFIG_LIMIT_BYTES = 1024 * 1024
_LOG_LIMIT_BYTES = 4 * 1024 * 1024
_BLANKS = " \t\n\v\f\r"  # what git takes for white space
_HEX = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_YES = ("true", "yes", "on", "1")
_ESCAPES = {"n": "\n", "t": "\t", "b": "\b"}
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
            prefix, name = text[:4], text[4:].lstrip(_BLANKS)
            if prefix != "ref:" or not (name.startswith("refs/") and is_ref_name(name)):
                break
            text = self._ref(name)
            if not text or _HEX.fullmatch(text):
                return Head(text, name.removeprefix("refs/heads/"))
        raise GitError(
            "HEAD of the repository is unreadable",
            where=str(self.git_dir / "HEAD"),
            next_step="see what `git status` says there",
        )

    def were_checked_out(self, limit: int) -> list[str]:
        """The commits that HEAD was at by its own log, the newest ``limit``. A clone begins with an empty one."""
        lines = read_text(self.git_dir / "logs" / "HEAD", _LOG_LIMIT_BYTES).split("\n")[-limit:]
        shas = (line.partition("\t")[0].split(" ", 2)[:2] for line in lines)
        return list(
            dict.fromkeys(sha for pair in shas for sha in pair if _HEX.fullmatch(sha) and sha.strip("0"))
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
        config = read_text(self.common_dir / "config", _CONFIG_LIMIT_BYTES)
        return "sha256" if setting(config, "extensions", "objectformat").lower() == "sha256" else "sha1"

    def is_set(self, section: str, name: str) -> bool:
        """The repository's configuration itself says yes to this."""
        config = read_text(self.common_dir / "config", _CONFIG_LIMIT_BYTES)
        return setting(config, section, name).lower() in _YES

    def _ref(self, name: str) -> str:
        """No link among the refs is followed out of them: it would be somebody else's that is read."""
        for folder in (self.git_dir, self.common_dir):
            real = os.path.realpath(folder / name)
            if real.startswith(f"{os.path.realpath(folder / 'refs')}/") and (text := read_text(Path(real))):
                return text
        suffix = f" {name}"
        for line in read_text(self.common_dir / "packed-refs").split("\n"):
            if line.endswith(suffix):
                return line.removesuffix(suffix)
        return ""


def shown_branch(name: str) -> str:
    """The name of a branch fit to be kept and shown: anybody may have put anything into it."""
    from indexers.secrets import redact_text  # not before the first clients are served

    return redact_text(name.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def read_text(path: Path, max_bytes: int = _READ_LIMIT_BYTES) -> str:
    """The stripped text of a small regular file; ``""`` when it is missing or special. Of a longer one the first
    ``max_bytes``. Raises GitError when it is kept from us: what it would have said is not nothing."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # opening a device may do something
            return ""
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except PermissionError as error:
        raise GitError(
            "no right to look into the repository",
            where=str(path),
            next_step="check its owner and mode",
        ) from error
    except (OSError, ValueError):  # ValueError: a NUL in a planted name
        return ""
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return ""
        with open(descriptor, "rb", closefd=False) as file:
            return file.read(max_bytes).decode("utf-8", "surrogateescape").strip(_BLANKS)
    finally:
        os.close(descriptor)


def ignore_rules(path: Path) -> str:
    """The text of an ignore file; ``""`` also where it is kept from us: such rules are none, as git has it."""
    try:
        return read_text(path)
    except GitError as error:
        logging.getLogger(__name__).warning("%s: %s", error.what, path)
        return ""


def setting(config: str, section: str, name: str) -> str:
    """The last value of ``name`` in ``[section]`` of a git configuration, ``""`` when there is none. What the file
    includes is not read, nor are values that go over several lines."""
    inside, value = False, ""
    for line in map(str.strip, config.split("\n")):
        if line.startswith("["):
            header, _, line = line[1:].partition("]")
            inside = header.strip().lower() == section
        key, equals, given = line.partition("=")
        if inside and equals and key.strip().lower() == name:
            value = _unquoted(given.strip())
    return value


def _unquoted(text: str) -> str:
    """A value as git reads it: without quotes, escapes and a comment at its end."""
    kept, quoted, characters = "", False, iter(text)
    for character in characters:
        if character == "\\":
            following = next(characters, "")
            kept += _ESCAPES.get(following, following)
        elif character == '"':
            quoted = not quoted
        elif character in "#;" and not quoted:
            return kept.rstrip()
        else:
            kept += character
    return kept
