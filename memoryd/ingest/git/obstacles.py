"""What git must not meet in the files that it opens: fifos and devices, on which it would wait for ever, files without
an end, which it reads into memory, and links that lead it to the refs of somebody else.

They are looked for before git is started, and once more when it stays silent. Sockets are none of them: git keeps one
in its directory, and opening it fails at once.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

from msgspec import Struct

from memoryd.ingest.git.directory import GitDir

Scope = Literal["objects", "refs", "worktree"]
"""What a command of git may look at: the objects alone, the refs too, or the names in the work tree as well."""

_BELIEVED_S = 5.0  # so long a git directory that had nothing of the kind is not looked through again
_MAX_ENTRIES = 500_000  # of a work tree that are looked at while git is silent
_REF_BYTES = 64 * 1024  # of a file that holds one name or one id
_LIST_BYTES = 64 * 1024 * 1024  # packed-refs of the largest public repositories stay below
RULES_BYTES = 4 * 1024 * 1024
_LISTS = frozenset(("packed-refs", "shallow"))
_REF_FILES = ("HEAD", "packed-refs", "commondir", "gitdir", "shallow")
_RULE_FILES = frozenset((".gitignore", ".gitattributes", ".gitmodules"))
_RULES_OF_GIT_DIR = ("exclude", "attributes", "grafts", "sparse-checkout")
_NESTED_FILES = (
    "HEAD",
    "config",
    "commondir",
    "gitdir",
)  # of a repository inside, which git looks at to know it
_clean_at_s: dict[tuple[Path, Path, Scope], float] = {}


class Obstacle(Struct, frozen=True):
    """``what`` git would do at ``path``, in words."""

    path: str
    what: str


def in_git_dir(directory: GitDir, scope: Scope, *, anew: bool = False) -> Obstacle | None:
    """One in the git directory, as far as commands of ``scope`` read it; ``anew``: whenever it was last looked at."""
    key = (directory.git_dir, directory.common_dir, scope)
    now_s = time.monotonic()
    if not anew and now_s - _clean_at_s.get(key, -_BELIEVED_S) < _BELIEVED_S:
        return None
    found = next(_found(directory, scope), None)
    if not found:
        _clean_at_s[key] = now_s
    return found


def in_root(root: Path) -> Obstacle | None:
    """The same for the rule files in ``root`` itself."""
    paths = (os.path.join(root, name) for name in sorted(_RULE_FILES))
    return next(_at(paths, RULES_BYTES), None)


def in_work_tree(root: Path) -> Obstacle | None:
    """The same for all folders of the work tree. Takes as long as the tree is large: only for a git that is silent."""
    pending, seen = [str(root)], 0
    while pending and seen < _MAX_ENTRIES:
        folder = pending.pop()
        for entry in _entries(folder):
            seen += 1
            found = None
            if entry.name in _RULE_FILES and not entry.is_dir(follow_symlinks=False):
                found = _obstacle(entry.path, RULES_BYTES)
            elif entry.name == ".git" and folder != str(root):
                nested = (os.path.join(entry.path, name) for name in _NESTED_FILES)
                found = next(_at(nested, RULES_BYTES), None)
            elif entry.name != ".git" and entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
            if found:
                return found
    return None


def _at(paths: Iterator[str], max_bytes: int) -> Iterator[Obstacle]:
    yield from filter(None, (_obstacle(path, max_bytes) for path in paths))


def _obstacle(path: str, max_bytes: int) -> Obstacle | None:
    """``/dev/null``, as people put it in the place of a file, is none. ``max_bytes`` 0: git does not read it whole."""
    try:
        state = os.stat(path)
    except (OSError, ValueError):  # ValueError: a NUL in a planted name
        return None
    kind = stat.S_IFMT(state.st_mode)
    is_device = kind == stat.S_IFCHR and state.st_rdev != _null_device()
    if is_device or kind in (stat.S_IFIFO, stat.S_IFBLK):
        return Obstacle(path, "wait for ever on a fifo or a device")
    if max_bytes and kind == stat.S_IFREG and state.st_size > max_bytes:
        return Obstacle(path, f"read a file of more than {max_bytes >> 10:,} KiB into memory")
    return None


@cache
def _null_device() -> int:
    return os.stat(os.devnull).st_rdev


def _found(directory: GitDir, scope: Scope) -> Iterator[Obstacle]:
    common = str(directory.common_dir)
    folders = dict.fromkeys((str(directory.git_dir), common))
    yield from _at(iter([os.path.join(common, "shallow")]), _LIST_BYTES)
    yield from _among_objects(os.path.join(common, "objects"), os.path.realpath(common))
    if scope == "objects":
        return
    for folder in folders:
        for name in _REF_FILES:
            yield from _at(iter([os.path.join(folder, name)]), _LIST_BYTES if name in _LISTS else _REF_BYTES)
        yield from _at((os.path.join(folder, "info", name) for name in _RULES_OF_GIT_DIR), RULES_BYTES)
        yield from _among_refs(os.path.join(folder, "refs"), _REF_BYTES)
        yield from _among_refs(os.path.join(folder, "reftable"), 0)
    if scope == "worktree":
        git_dir = str(directory.git_dir)
        yield from _at(iter([os.path.join(git_dir, "index")]), 0)
        shared = (entry.path for entry in _entries(git_dir) if entry.name.startswith("sharedindex."))
        yield from _at(shared, 0)


def _among_refs(folder: str, max_bytes: int) -> Iterator[Obstacle]:
    """git follows links there, also into another repository, and round in circles. Here none is followed; one to a file
    of the same folder, as git once wrote a HEAD, is let be."""
    pending, here = [folder], os.path.realpath(folder)
    while pending:
        for entry in _entries(pending.pop()):
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
            elif found := _obstacle(entry.path, max_bytes):
                yield found
            elif entry.is_symlink() and os.path.exists(entry.path):
                target = os.path.realpath(entry.path)
                if os.path.isdir(target) or not target.startswith(f"{here}/"):
                    yield Obstacle(entry.path, "follow a link among the refs")


def _among_objects(folder: str, jail: str) -> Iterator[Obstacle]:
    """What leads out of the repository is followed by nobody (`discovery.py`); other links to folders once each. There
    may be a hundred thousand files: what the folder says to be an ordinary one is not touched."""
    pending, visited = [folder], set[str]()
    while pending:
        for entry in _entries(pending.pop()):
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
            elif entry.is_file(follow_symlinks=False):
                continue
            elif found := _obstacle(entry.path, 0):
                yield found
            elif entry.is_symlink() and entry.is_dir():
                real = os.path.realpath(entry.path)
                if real.startswith(f"{jail}/") and real not in visited:
                    visited.add(real)
                    pending.append(real)


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:  # gone, or kept from us: git will not come further either
        return
