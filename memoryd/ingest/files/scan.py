"""Which files of a work tree or commit are the project's text, and which are left out and why.

Looks at names and `stat` only; contents are read one by one through `read_file`. Ignored files are not
listed at all; every other file left out is, with one of these reasons: ``too-large``, ``binary`` (by its
extension), ``denied`` (its name carries secrets), ``ignored`` (.memoryignore or the user's settings),
``link``, ``submodule``, ``repository`` (one inside another), ``special`` (fifo, socket, device),
``name`` (not UTF-8), ``vendored``, ``unreadable``, ``too-deep``, ``not-checked-out`` (git tracks it and a sparse
checkout leaves it out).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from indexers.files.path_facts import TOOL_FOLDERS, is_binary_name
from indexers.secrets import redact_text
from memoryd.errors import UsageError
from memoryd.globs.ignore import Ignore, parse
from memoryd.ingest.files import path_rules
from memoryd.ingest.files.ignore_files import (
    MEMORYIGNORE,
    SIZE_LIMIT_BYTES,
    Gitignores,
    Narrowing,
    join,
    read_rules,
)
from memoryd.ingest.files.rooted_files import RootedFiles, Unreadable
from memoryd.ingest.git.cat_file import blob_hash
from memoryd.ingest.git.process import GitSilent
from memoryd.ingest.git.repository import Git
from memoryd.ingest.git.rows import LINK, SUBMODULE, TreeEntry

__all__ = [
    "Limits",
    "Scan",
    "ScannedFile",
    "Skipped",
    "TreeScan",
    "Unreadable",
    "blob_hash",
    "check_root",
    "read_file",
    "scan",
    "scan_tree",
]  # fmt: skip

NOT_CHECKED_OUT = "not-checked-out"
_DEPTH_LIMIT = 200
_SAY_EVERY = 1_000
_SYSTEM_FOLDERS = (
    "/ /bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp /usr "
    "/usr/local /var /var/tmp /Users /Volumes /System /Library /Applications /private /private/tmp"
)
_NOT_A_PROJECT = frozenset(_SYSTEM_FOLDERS.split())
_NEVER_BELOW = ("/proc/", "/sys/", "/dev/")


class Limits(Struct, frozen=True):
    """``exclude``: the user's patterns in .gitignore syntax, one an item; ``project_exclude``: those of the project's
    own settings, which lift none of the user's. ``untracked``: also files that git does not track."""

    max_file_bytes: int = 2 * 1024 * 1024
    max_files: int = 500_000
    exclude: tuple[str, ...] = ()
    project_exclude: tuple[str, ...] = ()
    untracked: bool = True


DEFAULT_LIMITS = Limits()


class ScannedFile(Struct, frozen=True):
    """A regular file to be read. The three numbers change when the file does; ``mtime_ns`` is the time of its last
    change of any kind."""

    path: str
    size_bytes: int
    mtime_ns: int
    inode: int


class Skipped(Struct, frozen=True):
    """A path left out; for the reasons see the module. A name that is not UTF-8 is shown with U+FFFD, a secret in it
    with stars."""

    path: str
    reason: str
    detail: str = ""


class Scan(Struct, frozen=True):
    """Both sorted by path."""

    entries: tuple[ScannedFile, ...]
    skipped: tuple[Skipped, ...]


class TreeScan(Struct, frozen=True):
    """The same for a commit. Both sorted by path."""

    entries: tuple[TreeEntry, ...]
    skipped: tuple[Skipped, ...]


def check_root(path: Path | str) -> Path:
    """The resolved folder, if it can be a project. Raises UsageError: missing, no folder, no rights, or a
    folder that is never one project (``/``, the home folder or one above it, system folders)."""
    given = str(path)
    try:
        root = Path(given).expanduser().resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError("there is no such folder", where=given, next_step="check the path") from error
    if not root.is_dir():
        raise UsageError("not a folder", where=given, next_step="name the folder that contains the project")
    if not os.access(root, os.R_OK | os.X_OK):
        raise UsageError("no right to read the folder", where=given, next_step="check its owner and mode")
    home = Path.home().resolve()
    if (
        str(root) in _NOT_A_PROJECT
        or root == home
        or root in home.parents
        or f"{root}/".startswith(_NEVER_BELOW)
    ):
        raise UsageError(
            "this folder is never one project: indexing it would read everything below",
            where=str(root),
            next_step="name the project's own folder inside it",
        )
    if ".git" in root.parts and not (root / ".git").exists():
        raise UsageError(
            "this folder is git's own, no work tree",
            where=str(root),
            next_step=f"name the work tree, such as {given.partition('/.git')[0] or '.'}",
        )
    return root


def scan(
    root: Path,
    git: Git | None,
    limits: Limits = DEFAULT_LIMITS,
    looked_at: Callable[[int], None] | None = None,
) -> Scan:
    """Every file of the work tree: with git what it tracks and what it neither tracks nor ignores; else a
    walk that honours ``.gitignore`` files. A file that vanishes meanwhile is in neither list. ``looked_at``: is told
    now and then how many files and folders that were; what it raises ends the look.

    Raises GitError, Unreadable (the root itself), UsageError (more than ``max_files``).
    """
    if git is not None and git.bare:
        return Scan((), ())
    with RootedFiles(root) as rooted:
        sieve = _Sieve(limits, read_rules(rooted, MEMORYIGNORE), looked_at)
        walk = _FolderWalk(rooted, sieve)
        listed = _git_paths(git, limits, walk) if git is not None else iter(walk)
        for path, reason in listed:
            sieve.take(path, reason, rooted)
    return sieve.result()


def scan_tree(
    git: Git,
    tree: Iterable[TreeEntry],
    limits: Limits = DEFAULT_LIMITS,
    looked_at: Callable[[int], None] | None = None,
) -> TreeScan:
    """The same choice over ``git.ls_tree(sha)``, by that commit's own ``.memoryignore``. A file of unknown
    size (-1, partial clone) is listed as an entry."""
    rows = sorted(tree, key=lambda row: row.path)
    rules = [row.hash for row in rows if row.path == MEMORYIGNORE and not _mode_reason(row.mode)]
    texts = [data.decode("utf-8", "replace") for _, data in git.blobs(rules, SIZE_LIMIT_BYTES)]
    sieve = _Sieve(limits, texts[0] if texts else "", looked_at)
    entries = [row for row in rows if sieve.by_name(row.path, _mode_reason(row.mode)) and sieve.by_size(row)]
    return TreeScan(tuple(entries), sieve.result().skipped)


def read_file(root: Path, path: str, max_bytes: int) -> bytes:
    """The bytes of a regular file below ``root``; no link is followed at any component, nothing blocks.
    Raises Unreadable (see its reasons)."""
    if path_rules.denied(path):
        raise Unreadable(path, "denied")
    with RootedFiles(root) as rooted:
        return rooted.read(path, max_bytes)


class _Sieve:
    """Sorts listed paths into entries and skipped ones."""

    def __init__(
        self, limits: Limits, memoryignore: str, looked_at: Callable[[int], None] | None = None
    ) -> None:
        self._limits, self._looked_at, self._count = limits, looked_at, 0
        self.narrowing = Narrowing(limits.exclude, limits.project_exclude, memoryignore)
        self._entries: list[ScannedFile] = []
        self._skipped: list[Skipped] = []

    def by_name(self, path: str, reason: str = "") -> bool:
        """Nothing speaks against the path; if something does, it is noted. ``reason``: already known."""
        self.count()
        reason = reason or _name_reason(path) or ("ignored" if self.narrowing.ignored(path) else "")
        if reason:
            self.skip(path, reason)
        return not reason

    def count(self) -> None:
        """One more file or folder is looked at."""
        self._count += 1
        if self._looked_at and self._count % _SAY_EVERY == 0:
            self._looked_at(self._count)

    def by_size(self, row: TreeEntry) -> bool:
        """The same for the size."""
        if row.size_bytes > self._limits.max_file_bytes:
            self.skip(row.path, "too-large", f"{row.size_bytes} bytes")
            return False
        return True

    def skip(self, path: str, reason: str, detail: str = "") -> None:
        printable = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        self._skipped.append(Skipped(redact_text(printable), reason, detail))

    def take(self, path: str, reason: str, rooted: RootedFiles) -> None:
        """Judge one path of the work tree."""
        sparse = reason == NOT_CHECKED_OUT
        if not self.by_name(path, "" if sparse else reason):
            return
        try:
            state = rooted.stat(path)
        except Unreadable as error:
            if sparse:
                self.skip(path, reason)
            elif error.reason not in ("vanished", "link"):  # behind a link git has no such file either
                self.skip(path, error.reason, error.detail)
            return
        if not stat.S_ISREG(state.st_mode):
            if not stat.S_ISDIR(state.st_mode):  # a folder now stands where git tracks a file: deleted
                self.skip(path, "link" if stat.S_ISLNK(state.st_mode) else "special")
        elif state.st_size > self._limits.max_file_bytes:
            self.skip(path, "too-large", f"{state.st_size} bytes")
        else:
            # a program can set a modification time back, but not the time of the change itself
            changed_ns = max(state.st_mtime_ns, state.st_ctime_ns)
            self._entries.append(ScannedFile(path, state.st_size, changed_ns, state.st_ino))
            self._check_count()

    def result(self) -> Scan:
        by_path = {row.path: row for row in self._skipped}  # two bad names can print alike
        return Scan(
            tuple(sorted(self._entries, key=lambda entry: entry.path)),
            tuple(by_path[path] for path in sorted(by_path)),
        )

    def _check_count(self) -> None:
        if len(self._entries) > self._limits.max_files:
            raise UsageError(
                f"the project has more than {self._limits.max_files} files",
                next_step=f"leave folders out in {MEMORYIGNORE}, or name a smaller folder",
            )


class _FolderWalk:
    """The files of a folder without git, as (path, known reason or ``""``)."""

    def __init__(self, rooted: RootedFiles, sieve: _Sieve) -> None:
        self._rooted, self._sieve = rooted, sieve
        self._gitignores = Gitignores(rooted)
        self._excludes: list[Ignore] = []

    def heed(self, texts: Iterable[str]) -> None:
        """Leave out what these ignore files exclude as well; no .gitignore takes anything of that back."""
        self._excludes = [Ignore({"": parse(text)}) for text in texts]

    def _ignored(self, path: str, is_folder: bool) -> bool:
        excluded = any(rules.ignored(path, is_folder) for rules in self._excludes)
        return excluded or self._gitignores.ignored(path, is_folder)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        pending = [""]
        while pending:
            folder = pending.pop()
            self._sieve.count()
            try:
                listing = sorted(self._rooted.listing(folder), key=lambda entry: entry.name)
            except Unreadable as error:
                if error.reason not in ("vanished", "link"):
                    yield folder, error.reason
                continue
            found = {entry.name for entry in listing}
            if folder and (reason := _foreign(found)):
                yield folder, reason
                continue
            yield from self._level(folder, listing, pending)

    def _level(
        self, folder: str, listing: Sequence[os.DirEntry[str]], pending: list[str]
    ) -> Iterator[tuple[str, str]]:
        for entry in listing:
            path = join(folder, entry.name)
            is_folder = entry.is_dir(follow_symlinks=False)
            if entry.name == ".git" or self._ignored(path, is_folder):
                continue
            if not is_folder:
                yield path, ""
            elif entry.name in TOOL_FOLDERS:
                yield path, "vendored"
            elif path.count("/") >= _DEPTH_LIMIT:
                yield path, "too-deep"
            elif path_rules.denied_folder(path):
                yield path, "denied"
            elif self._sieve.narrowing.ignored(path, True):
                yield path, "ignored"
            else:
                pending.append(path)


def _git_paths(git: Git, limits: Limits, walk: _FolderWalk) -> Iterator[tuple[str, str]]:
    """What git knows, sorted so that folders come together. Where a planted fifo would hang git's own walk, ``walk``
    finds what is not tracked."""
    reasons: dict[str, str] = {
        row.path: _mode_reason(row.mode) or (NOT_CHECKED_OUT if row.sparse else "")
        for row in git.index_entries()
    }
    try:
        untracked = git.untracked() if limits.untracked else []
    except GitSilent:
        untracked = []
        walk.heed(git.exclude_texts())
        for path, reason in walk:
            reasons.setdefault(path, reason)
    for path in untracked:
        if path.endswith("/"):
            reasons.setdefault(path[:-1], "repository")
        elif vendored := path_rules.vendored(path):
            reasons.setdefault(vendored, "vendored")
        else:
            reasons.setdefault(path, "")
    return iter(sorted(reasons.items(), key=lambda item: item[0].split("/")))


def _mode_reason(mode: str) -> str:
    return {LINK: "link", SUBMODULE: "submodule"}.get(mode, "")


def _name_reason(path: str) -> str:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return "name"
    if path_rules.denied(path):
        return "denied"
    return "binary" if is_binary_name(path) else ""


def _foreign(found: Collection[str]) -> str:
    """Why a folder with these names is not the project's own, or ``""``."""
    if ".git" in found:
        return "repository"
    return "vendored" if "CACHEDIR.TAG" in found or "pyvenv.cfg" in found else ""
