"""What the work tree has that its commit has not, found without git reading it: the disk is looked at when it is
asked, never what an index remembers of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from memoryd.errors import UsageError
from memoryd.globs import given
from memoryd.globs.given import EVERYTHING, PathScope, Standpoint
from memoryd.globs.paths import PathTest
from memoryd.ingest.change.versions import MAX_FILE_BYTES
from memoryd.ingest.files.rooted_files import RootedFiles, Unreadable
from memoryd.ingest.files.scan import DEFAULT_LIMITS, Limits, scan
from memoryd.ingest.files.tracked import TrackedFiles
from memoryd.ingest.git.cat_file import blob_hash
from memoryd.ingest.git.repository import Git

MAX_RENAMES = 40  # of so many gone and new files each the pairs are compared
MAX_NAMED = 3
_SIMILAR = 0.5  # as git: this share of the larger one's lines is the same
_HIDDEN = "index.exclude or .memoryignore hides it: it was not read"
_NO_TEXT = frozenset(("vendored", "repository", "submodule", "too-deep"))
_WHY = {
    "ignored": _HIDDEN,
    "denied": "its name says that it holds secrets",
    "link": "it is a link: not followed",
}

Row = tuple[str, str, str, bytes | None, bytes | None, str]
"""(status A M D R, path, former path or ``""``, old content, new content, why it may be another)."""


class WorkTreeChange(Struct, frozen=True):
    """``left_out``: (path, why) of what changed and was not read; ``unseen``: what was not looked at, in sentences;
    ``named``: the paths that were asked for, as they were understood."""

    rows: tuple[Row, ...]
    left_out: tuple[tuple[str, str], ...]
    unseen: tuple[str, ...]
    named: tuple[str, ...] = ()


def changes(git: Git, root: Path, paths: Sequence[str], folder: str, limits: Limits) -> WorkTreeChange:
    """The files that differ, in order; with ``paths`` only what these mean for a caller who stands in ``folder``.
    Raises UsageError for a path that means nothing."""
    with RootedFiles(root) as rooted:
        found = scan(root, git, limits)
        look = _Look(
            git,
            rooted,
            limits,
            files=(row.path for row in found.entries),
            skipped={row.path: row.reason for row in found.skipped},
        )
        scopes = [look.scope(text, given.standpoint(str(root), folder)) for text in paths] or [EVERYTHING]
        look.take(lambda path: any(scope.fits(path) for scope in scopes))
    rows = _renamed(look.rows())
    return WorkTreeChange(
        tuple(rows),
        tuple(look.left_out.items()),
        tuple(look.unseen()),
        tuple(scope.text or "." for scope in scopes if paths),
    )


def differing(git: Git, root: Path, paths: Collection[str]) -> frozenset[str]:
    """Those of these files that are not what the checked-out commit has, as `git status` would say."""
    with RootedFiles(root) as rooted:
        look = _Look(git, rooted, DEFAULT_LIMITS, files=paths)
        look.take(lambda path: path in paths)
    return frozenset({name for row in look.rows() for name in row[1:3] if name} | set(look.left_out))


class _Look:
    """One look at the work tree, its commit and git's index."""

    def __init__(
        self,
        git: Git,
        rooted: RootedFiles,
        limits: Limits,
        *,
        files: Iterable[str],
        skipped: Mapping[str, str] | None = None,
    ) -> None:
        head = git.head().sha
        self._git, self._rooted = git, rooted
        self._algorithm, self._limits = git.object_format, limits
        self._committed = (
            {e.path: e.hash for e in git.ls_tree(head) if e.mode.startswith("100")} if head else {}
        )
        self._tracked = TrackedFiles(git)
        self._skipped, self._files = skipped or {}, set(files)
        self._gone: set[str] = set()
        self._contents: dict[str, bytes] = {}
        self._staged: dict[str, str] = {}
        self._hidden: list[str] = []
        self._not_here: list[str] = []
        self.left_out: dict[str, str] = {}

    @property
    def _known(self) -> set[str]:
        return {*self._committed, *self._tracked.entries, *self._files, *self._skipped}

    def scope(self, text: str, here: Standpoint) -> PathScope:
        """Raises UsageError where no file of the commit, of git's index or of the disk is called so."""
        known = self._known
        folders = {folder for path in known for folder in _above(path)}
        found = given.scope(
            text, here, lambda path: path in known or path in folders or not path, lambda: known
        )
        if found:
            return found
        if ignored := next((r.path for r in given.readings(text, here) if self._is_file(r.path)), ""):
            raise UsageError(
                f"git ignores `{ignored[:200]}`: it is part of no change",
                where="paths",
                next_step="name a file that git does not ignore",
            )
        raise given.absent(text, here, known)

    def _is_file(self, path: str) -> bool:
        try:
            return bool(path and self._rooted.stat(path))
        except Unreadable:
            return False

    def take(self, wanted: PathTest) -> None:
        """Judge all files that are wanted."""
        for path in sorted(filter(wanted, self._known)):
            reason = self._skipped.get(path, "")
            if reason == "ignored" or reason in _NO_TEXT:
                self._hide(path, reason)
            else:
                self._judge(path, reason)

    def _hide(self, path: str, reason: str) -> None:
        """It is not read; whether it changed is said as far as its stamp tells."""
        if path not in self._tracked.entries:
            self._hidden += [path] if reason == "ignored" else []
        elif reason == "ignored" and self._moved_on(path):
            self.left_out[path] = _HIDDEN

    def _moved_on(self, path: str) -> bool:
        entry = self._tracked.entries[path]
        try:
            as_noted = self._tracked.is_unchanged(path, self._rooted.stat(path))
        except Unreadable:
            as_noted = entry.sparse
        return not as_noted or entry.hash != self._committed.get(path)

    def _judge(self, path: str, reason: str) -> None:
        entry = self._tracked.entries.get(path)
        try:
            state = self._rooted.stat(path)
        except Unreadable:
            self._absent(path)
            return
        if entry and self._tracked.is_unchanged(path, state) and entry.hash == self._committed.get(path):
            return
        if reason in _WHY:
            self.left_out[path] = _WHY[reason]
            return
        try:
            self._contents[path] = self._rooted.read(path, MAX_FILE_BYTES)
        except Unreadable as error:
            if error.reason == "vanished":
                self._absent(path)
            else:
                self.left_out[path] = (
                    "the file is too large" if error.reason == "too-large" else str(error.what)
                )

    def _absent(self, path: str) -> None:
        entry = self._tracked.entries.get(path)
        if entry and entry.sparse:
            self._not_here.append(path)
            if entry.hash != self._committed.get(path):
                self._staged[path] = entry.hash
        elif path in self._committed:
            self._gone.add(path)

    def rows(self) -> list[Row]:
        """What differs in the form in which git stores it."""
        differing = {
            path: data
            for path, data in self._contents.items()
            if blob_hash(data, self._algorithm) != self._committed.get(path)
        }
        blobs = {self._committed[p] for p in (*differing, *self._gone, *self._staged) if p in self._committed}
        blobs |= set(self._staged.values())
        known = dict(self._git.blobs(sorted(blobs), MAX_FILE_BYTES))
        before = {path: known.get(sha) for path, sha in self._committed.items() if sha in blobs}
        self._tracked.look_up([path for path in differing if path in self._tracked.entries])
        found = [
            _row(path, before, known.get(sha), "", self._committed) for path, sha in self._staged.items()
        ]
        found += [("D", path, "", before.get(path), None, "") for path in self._gone]
        for path, data in differing.items():
            form = self._tracked.as_stored(path, data, before.get(path))
            if blob_hash(form.data, self._algorithm) != self._committed.get(path):
                found.append(_row(path, before, form.data, form.problem, self._committed))
        return sorted(found, key=lambda row: row[1])

    def unseen(self) -> Iterator[str]:
        """Sentences about files that nobody looked at."""
        if self._hidden:
            yield f"new files that index.exclude or .memoryignore hides: {_some(self._hidden)}"
        if not self._limits.untracked:
            yield "files that git does not track (index.untracked is off)"
        if self._not_here:
            yield f"files that are not checked out (sparse checkout): {_some(self._not_here)}"


def _row(
    path: str,
    before: Mapping[str, bytes | None],
    now: bytes | None,
    problem: str,
    committed: Mapping[str, str],
) -> Row:
    return "M" if path in committed else "A", path, "", before.get(path), now, problem


def _some(paths: Sequence[str]) -> str:
    rest = len(paths) - MAX_NAMED
    return ", ".join(paths[:MAX_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def _above(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _renamed(rows: list[Row]) -> list[Row]:
    """A file that went and one that came with most of its lines are one file that was renamed."""
    gone = [row for row in rows if row[0] == "D" and row[3]]
    came = [row for row in rows if row[0] == "A" and row[4]]
    if not gone or not came or len(gone) > MAX_RENAMES or len(came) > MAX_RENAMES:
        return rows
    scored = sorted(
        ((_similarity(old[3], new[4]), old, new) for old in gone for new in came),
        key=lambda entry: (-entry[0], entry[1][1], entry[2][1]),
    )
    pairs: dict[str, Row] = {}
    for similarity, old, new in scored:
        if (
            similarity >= _SIMILAR
            and old[1] not in {row[1] for row in pairs.values()}
            and new[1] not in pairs
        ):
            pairs[new[1]] = old
    taken = {row[1] for row in pairs.values()}
    return [
        ("R", row[1], pairs[row[1]][1], pairs[row[1]][3], row[4], row[5]) if row[1] in pairs else row
        for row in rows if row[1] not in taken
    ]  # fmt: skip


def _similarity(old: bytes | None, new: bytes | None) -> float:
    """The share of the larger one's lines that both have."""
    left, right = (Counter(_lines(text)) for text in (old or b"", new or b""))
    return (left & right).total() / max(left.total(), right.total(), 1)


def _lines(text: bytes) -> Iterable[bytes]:
    return text.split(b"\n")
