"""Which repository a folder is a work tree of: only one that says so itself.

A folder may come from strangers, with a `.git` that leads to somebody else's repository. git believes it; here the
repository has to name the folder in turn, as git itself writes it when it makes a work tree or a submodule. A folder
whose `.git` is not believed is a project of its own without history. Starts no process.
"""

from __future__ import annotations

import functools
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from memoryd.errors import GitError
from memoryd.ingest.git.directory import GitDir, read_text, setting

# What git takes from a git directory as the repository's own content; a link there may lead into another one.
_CONTENT = ("HEAD", "index", "objects", "packed-refs", "refs", "reftable", "shallow")
_SMALL_BYTES = 65_536
_PATH_CHARS = 4_096
_ALTERNATES_DEPTH = 5  # git's own limit

STRANGER = "its `.git` leads to a repository that does not name this folder as its work tree"
NOTHING_THERE = "its `.git` leads to no repository"
COMMON_ELSEWHERE = "its `.git` borrows the history of another repository (`commondir`)"
LINKS = "its git directory has links that lead out of it"
ALTERNATES = "its history lies partly in another repository (`objects/info/alternates`)"


class Refused(Struct, frozen=True):
    """There is a `.git`, and it is not followed. ``reason``: in words, without text of the folder's; ``next_step``:
    what its owner can do if the two belong together."""

    reason: str
    next_step: str


def look(root: Path) -> GitDir | Refused | None:
    """What exactly ``root`` (not a folder above it) has for a git directory; None: it claims none.

    Raises GitError when it cannot be looked into: a project that is kept from us is not one without history.
    """
    mark = root / ".git"
    try:
        kind = _kind(mark)
        if kind == stat.S_IFDIR:
            return _own(mark, root)
        if kind == stat.S_IFLNK:
            return _elsewhere(os.path.realpath(mark), root)
        if kind == stat.S_IFREG:
            _, leads, place = read_text(mark, _SMALL_BYTES).partition("gitdir: ")
            return _elsewhere(_resolved(root, place) if leads else "", root)
        return _own(root, root, bare=True)
    except PermissionError as error:
        raise GitError(
            "no right to look into the repository",
            where=str(error.filename or root),
            next_step="check its owner and mode",
        ) from error


def discover(root: Path) -> GitDir | None:
    """The git directory of exactly ``root``, None where there is none or it is not followed. Raises like ``look``."""
    found = look(root)
    return found if isinstance(found, GitDir) else None


def find_root(start: Path) -> Path | None:
    """``start`` or the nearest folder above it that is a work tree or a bare repository, or claims to be one: what
    stands in a folder whose `.git` is not followed is not part of the project around it."""
    start = start.resolve()
    return next((folder for folder in (start, *start.parents) if look(folder)), None)


def _kind(path: Path) -> int:
    """The type bits of the mode of ``path`` itself; 0 when nothing is there."""
    try:
        return stat.S_IFMT(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return 0


def _own(folder: Path, root: Path, *, bare: bool = False) -> GitDir | Refused | None:
    """``folder`` is the git directory and holds everything itself."""
    common = read_text(folder / "commondir", _SMALL_BYTES)
    if common and (folder / "HEAD").exists() and _resolved(folder, common) != os.path.realpath(folder):
        return Refused(COMMON_ELSEWHERE, f"if it is yours: remove {folder / 'commondir'}")
    return _checked(GitDir(folder, folder, bare), root)


def _elsewhere(place: str, root: Path) -> GitDir | Refused:
    """The git directory is not ``root/.git`` itself: it has to name ``root`` as its work tree."""
    folder, real_root = Path(place), os.path.realpath(root)
    if not place or not (folder / "HEAD").exists():
        return Refused(NOTHING_THERE, "run `git worktree repair` in the main work tree, or restore it")
    if common_text := read_text(folder / "commondir", _SMALL_BYTES):
        common = _resolved(folder, common_text)
        mark = read_text(folder / "gitdir", _SMALL_BYTES)
        listed = folder.parent == Path(common, "worktrees")
        if not (listed and mark.endswith("/.git") and _resolved(folder, mark[: -len(".git")]) == real_root):
            return Refused(
                STRANGER, f"if it is yours: `git worktree repair {real_root}` in the main work tree"
            )
        return _checked(GitDir(folder, Path(common)), root) or Refused(NOTHING_THERE, "git worktree repair")
    if not _names(folder, real_root):
        return Refused(STRANGER, f"if it is yours: `git -C {real_root} config core.worktree {real_root}`")
    return _checked(GitDir(folder, folder), root) or Refused(NOTHING_THERE, "restore it, or remove `.git`")


def _names(folder: Path, real_root: str) -> bool:
    """The git directory is the one of the work tree ``real_root``: it says so, or says nothing and lies inside it,
    and is not the ``.git`` of a folder there."""
    texts = (read_text(folder / name, _SMALL_BYTES) for name in ("config.worktree", "config"))
    for text in texts:
        if named := setting(text, "core", "worktree"):
            return _resolved(folder, named) == real_root
    return folder.name != ".git" and folder.is_relative_to(real_root)


def _checked(found: GitDir, root: Path) -> GitDir | Refused | None:
    """``found`` if it is a git directory; refused where parts of it lie in another repository."""
    common = found.common_dir
    is_whole = (common / "objects").is_dir() and (common / "refs").is_dir()
    if not is_whole or not (found.git_dir / "HEAD").exists():
        return None
    for folder in dict.fromkeys((found.git_dir, common)):
        if any(_leads_out(path, folder) for path in _content(folder)) or _lends(folder / "objects", folder):
            return Refused(LINKS, "if it is yours: make a clone in its place (`git clone`)")
    inside = (os.path.realpath(root), os.path.realpath(common))
    if _borrows(common / "objects", inside):
        step = "if it is yours: `git repack -a -d`, then remove .git/objects/info/alternates"
        return Refused(ALTERNATES, step)
    return found


def _content(folder: Path) -> Iterator[str]:
    """The parts of a git directory that could be links, objects apart."""
    yield from (os.path.join(folder, name) for name in _CONTENT)


def _lends(objects: Path, folder: Path) -> bool:
    """Something in this store of objects is a link that leads out of ``folder``."""
    return _has_links_out(str(objects), os.path.realpath(folder), _stamp(objects), _stamp(objects / "pack"))


def _stamp(folder: Path) -> tuple[int, int]:
    try:
        state = folder.stat()
    except OSError:
        return 0, 0
    return state.st_ino, state.st_mtime_ns


@functools.lru_cache(maxsize=256)
def _has_links_out(objects: str, folder: str, *_state: tuple[int, int]) -> bool:
    """Looked at once for each state of the folders: there may be thousands of objects, and whoever plants links plants
    them with the rest."""
    waiting = [objects]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_symlink() and not _is_within(os.path.realpath(entry.path), folder):
                        return True
                    if entry.is_dir(follow_symlinks=False) and os.path.dirname(entry.path) == objects:
                        waiting.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):
            continue
    return False


def _leads_out(path: str, folder: Path) -> bool:
    return os.path.islink(path) and not _is_within(os.path.realpath(path), os.path.realpath(folder))


def _borrows(objects: Path, inside: tuple[str, str], depth: int = 0) -> bool:
    """git would read objects that do not lie in one of the folders ``inside``, or more than it can be told."""
    text = read_text(objects / "info" / "alternates", _SMALL_BYTES + 1)
    if len(text) > _SMALL_BYTES or (text and depth == _ALTERNATES_DEPTH):
        return True
    for line in text.split("\n"):
        if not line or line.startswith("#"):
            continue
        place = "" if line.startswith('"') else _resolved(objects, line)
        if not any(_is_within(place, folder) and not _lends(Path(place), Path(folder)) for folder in inside):
            return True
        if _borrows(Path(place), inside, depth + 1):
            return True
    return False


def _is_within(place: str, folder: str) -> bool:
    return place == folder or place.startswith(f"{folder}/")


def _resolved(base: Path, text: str) -> str:
    """``text`` as a path seen from ``base``, links followed; ``""`` for what cannot be one."""
    if not text or "\0" in text or len(text) > _PATH_CHARS:
        return ""
    return os.path.realpath(os.path.join(base, text))
