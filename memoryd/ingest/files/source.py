"""Where a view's bytes come from: a work tree, or the objects of one commit. Both list and both read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from memoryd.errors import MemorydError
from memoryd.ingest.files import scan
from memoryd.ingest.files.attributes import GITATTRIBUTES, WorkTreeEncodings
from memoryd.ingest.files.rooted_files import RootedFiles, Unreadable
from memoryd.ingest.git.directory import shown_branch
from memoryd.ingest.git.repository import Git
from memoryd.ingest.job import IndexJob
from memoryd.store.index.reader import ViewFile

# A file written in the clock tick of its own scan could change again unseen: such a stamp is not trusted.
RACY_NS = 50_000_000


class FileCandidate(Struct, frozen=True):
    """A path that may have to be read. ``hash``: hex blob id where known without reading, else ``""``."""

    path: str
    size_bytes: int
    mtime_ns: int
    inode: int
    hash: str = ""


class Listing(Struct, frozen=True):
    """All paths of the view (or of the asked paths), and what is left out as (path, reason, detail)."""

    candidates: tuple[FileCandidate, ...]
    skipped: tuple[tuple[str, str, str], ...]
    only: frozenset[str] | None = None  # the asked paths; None: all

    def covers(self, path: str) -> bool:
        """Whether the listing would have named ``path`` had it been there."""
        return _wanted(self.only)(path)


class FileSource(Protocol):
    """``read`` yields (candidate, bytes, hex blob id), or (candidate, None, reason) where reading failed.
    ``list`` may leave out what is not in ``only`` (paths or folders; None: everything is wanted); ``looked_at``: see
    `scan`."""

    name: str
    head: str
    branch: str

    def list(self, only: frozenset[str] | None, looked_at: Callable[[int], None]) -> Listing: ...
    def unchanged(self, candidate: FileCandidate, known: ViewFile) -> bool: ...
    def read(
        self, candidates: Sequence[FileCandidate]
    ) -> Iterator[tuple[FileCandidate, bytes | None, str]]: ...


class WorkTree:
    """The files on disk now. ``head`` is taken before the listing, so that it is never newer than the files."""

    def __init__(self, job: IndexJob, git: Git | None) -> None:
        self._job, self._git = job, git
        self._attributes: list[str] = []
        self.name = f"worktree:{job.root}"
        head = git.head() if git else None
        self.head, self.branch = (head.sha, shown_branch(head.branch)) if head else ("", "")

    def list(self, only: frozenset[str] | None, looked_at: Callable[[int], None]) -> Listing:
        started_ns = time.time_ns()
        found = scan.scan(self._job.root, self._git, _limits(self._job), looked_at)
        self._attributes = [e.path for e in found.entries if e.path.rpartition("/")[2] == GITATTRIBUTES]
        wanted = _wanted(only)
        candidates = tuple(
            FileCandidate(e.path, e.size_bytes, _trusted(e.mtime_ns, started_ns), e.inode)
            for e in found.entries
            if wanted(e.path)
        )
        skipped = tuple((s.path, s.reason, s.detail) for s in found.skipped if wanted(s.path))
        return Listing(candidates, skipped, only)

    def unchanged(self, candidate: FileCandidate, known: ViewFile) -> bool:
        stamp = (candidate.size_bytes, candidate.mtime_ns, candidate.inode)
        return candidate.mtime_ns != 0 and stamp == (known.size_bytes, known.mtime_ns, known.inode)

    def read(self, candidates: Sequence[FileCandidate]) -> Iterator[tuple[FileCandidate, bytes | None, str]]:
        algorithm = self._git.object_format if self._git else "sha1"
        with RootedFiles(self._job.root) as rooted:
            encodings = WorkTreeEncodings(rooted, self._attributes)
            for candidate in candidates:
                try:
                    data = rooted.read(candidate.path, self._job.max_file_bytes)
                    data = encodings.as_git_has_it(candidate.path, data)
                except Unreadable as error:
                    yield candidate, None, error.reason
                else:
                    yield candidate, data, scan.blob_hash(data, algorithm)


class CommitTree:
    """The files of one commit, read from git's objects; needs no work tree."""

    def __init__(self, job: IndexJob, git: Git) -> None:
        self._job, self._git = job, git
        self.head, self.branch = git.resolve(job.rev or "HEAD"), ""
        self.name = f"rev:{self.head}"

    def list(self, only: frozenset[str] | None, looked_at: Callable[[int], None]) -> Listing:
        """All of the commit's files: a tree is listed whole, whatever ``only`` says."""
        tree = self._git.ls_tree(self.head)
        found = scan.scan_tree(self._git, tree, _limits(self._job), looked_at)
        candidates = tuple(FileCandidate(e.path, e.size_bytes, 0, 0, e.hash) for e in found.entries)
        return Listing(candidates, tuple((s.path, s.reason, s.detail) for s in found.skipped))

    def unchanged(self, candidate: FileCandidate, known: ViewFile) -> bool:
        return bytes.fromhex(candidate.hash) == known.hash

    def read(self, candidates: Sequence[FileCandidate]) -> Iterator[tuple[FileCandidate, bytes | None, str]]:
        by_hash: dict[str, list[FileCandidate]] = {}
        for candidate in candidates:
            by_hash.setdefault(candidate.hash, []).append(candidate)
        for blob, data in self._git.blobs(by_hash):
            for candidate in by_hash.pop(blob, ()):
                yield candidate, data, blob
        for missing in by_hash.values():
            for candidate in missing:
                yield candidate, None, "missing-object"


def open_source(job: IndexJob) -> tuple[FileSource, Git | None]:
    """The source that the job names. Raises UsageError for roots that are refused or revisions unknown."""
    root = scan.check_root(job.root)
    git = Git.open(root)
    if job.rev is None:
        return WorkTree(job, git), git
    if git is None:
        raise MemorydError(
            "a revision was named, but this is no git repository",
            where=str(root),
            next_step="leave out --rev",
        )
    return CommitTree(job, git), git


def _limits(job: IndexJob) -> scan.Limits:
    return scan.Limits(
        max_file_bytes=job.max_file_bytes,
        exclude=job.exclude,
        project_exclude=job.project_exclude,
        untracked=job.untracked,
    )


def _trusted(mtime_ns: int, started_ns: int) -> int:
    return mtime_ns if mtime_ns < started_ns - RACY_NS else 0


def _wanted(paths: frozenset[str] | None) -> Callable[[str], bool]:
    """Membership in ``paths`` or below one of them; everything when None."""
    if paths is None:
        return lambda path: True

    def wanted(path: str) -> bool:  # as quick for ten thousand paths as for one
        while path and path not in paths:
            path = path.rpartition("/")[0]
        return bool(path)

    return wanted
