"""What would make git wait for ever: fifos and devices in the places of files that it opens.

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

from memoryd.ingest.git.directory import GitDir

Scope = Literal["objects", "refs", "worktree"]
"""What a command of git may look at: the objects alone, the refs too, or the names in the work tree as well."""

_BELIEVED_S = 5.0  # so long a git directory that had nothing of the kind is not looked through again
_MAX_ENTRIES = 500_000  # of a work tree that are looked at while git is silent
_REF_FILES = ("HEAD", "packed-refs", "commondir", "gitdir", "shallow")
_RULE_FILES = frozenset((".gitignore", ".gitattributes", ".gitmodules"))
_NESTED_FILES = (
    "HEAD",
    "config",
    "commondir",
    "gitdir",
)  # of a repository inside, which git looks at to know it
_clean_at_s: dict[tuple[Path, Path, Scope], float] = {}


def in_git_dir(directory: GitDir, scope: Scope, *, anew: bool = False) -> str:
    """The path of such a file in the git directory, as far as commands of ``scope`` read it; ``""`` for none.
    ``anew``: a look a moment ago is not enough."""
    key = (directory.git_dir, directory.common_dir, scope)
    now_s = time.monotonic()
    if not anew and now_s - _clean_at_s.get(key, -_BELIEVED_S) < _BELIEVED_S:
        return ""
    found = next(_found(directory, scope), "")
    if not found:
        _clean_at_s[key] = now_s
    return found


def in_root(root: Path) -> str:
    """The same for the rule files in ``root`` itself."""
    return next((path for name in sorted(_RULE_FILES) if blocks(path := os.path.join(root, name))), "")


def in_work_tree(root: Path) -> str:
    """The same for all folders of the work tree. Takes as long as the tree is large: only for a git that is silent."""
    pending, seen = [str(root)], 0
    while pending and seen < _MAX_ENTRIES:
        folder = pending.pop()
        for entry in _entries(folder):
            seen += 1
            if entry.is_dir(follow_symlinks=False):
                if entry.name != ".git":
                    pending.append(entry.path)
                elif folder != str(root) and (found := _nested(entry.path)):
                    return found
            elif (
                entry.name in _RULE_FILES and not entry.is_file(follow_symlinks=False) and blocks(entry.path)
            ):
                return entry.path
    return ""


def blocks(path: str) -> bool:
    """Opening it may wait for ever, or do something (a tape rewinds). ``/dev/null`` does neither."""
    try:
        state = os.stat(path)
    except (OSError, ValueError):  # ValueError: a NUL in a planted name
        return False
    kind = stat.S_IFMT(state.st_mode)
    if kind == stat.S_IFCHR:
        return state.st_rdev != _null_device()
    return kind in (stat.S_IFIFO, stat.S_IFBLK)


@cache
def _null_device() -> int:
    return os.stat(os.devnull).st_rdev


def _found(directory: GitDir, scope: Scope) -> Iterator[str]:
    folders = dict.fromkeys((str(directory.git_dir), str(directory.common_dir)))
    common = str(directory.common_dir)
    files = [os.path.join(common, "shallow")]
    inside = [os.path.join(common, "objects")]
    if scope != "objects":
        files += [os.path.join(folder, name) for folder in folders for name in _REF_FILES]
        inside += [os.path.join(folder, name) for folder in folders for name in ("refs", "reftable", "info")]
    if scope == "worktree":
        git_dir = str(directory.git_dir)
        files.append(os.path.join(git_dir, "index"))
        files += [entry.path for entry in _entries(git_dir) if entry.name.startswith("sharedindex.")]
    yield from (path for path in files if blocks(path))
    for folder in inside:
        yield from _below(folder)


def _below(folder: str) -> Iterator[str]:
    """Such files anywhere below the folder; links to folders are followed, each folder once."""
    pending, visited = [folder], set[str]()
    while pending:
        at = pending.pop()
        for entry in _entries(at):
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
            elif entry.is_file(follow_symlinks=False):  # told by the folder: no file is touched
                continue
            elif blocks(entry.path):
                yield entry.path
            elif (
                entry.is_symlink()
                and entry.is_dir()
                and (real := os.path.realpath(entry.path)) not in visited
            ):
                visited.add(real)
                pending.append(real)


def _nested(git_dir: str) -> str:
    return next((path for name in _NESTED_FILES if blocks(path := os.path.join(git_dir, name))), "")


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:  # gone, or kept from us: git will not come further either
        return
