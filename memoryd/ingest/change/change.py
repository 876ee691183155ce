"""Reads a change, from wherever it lies, into facts: which lines came and went, and what both versions say.

git only names the versions; contents come from its objects, from the work tree through the rooted, or out of the
diff itself. Nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from indexers.facts import Change, ChangedFile, Version
from indexers.history import diff
from indexers.history.diff import DiffError, FileDiff
from memoryd.errors import UsageError
from memoryd.globs import given
from memoryd.ingest.change import worktree
from memoryd.ingest.change.facts_of_versions import FactsOfVersions, read_facts
from memoryd.ingest.change.versions import MAX_FILE_BYTES, VersionPair, of_objects, with_lines
from memoryd.ingest.files import path_rules
from memoryd.ingest.files.rooted_files import RootedFiles, Unreadable
from memoryd.ingest.files.scan import DEFAULT_LIMITS, Limits
from memoryd.ingest.git.no_history import why_no_history
from memoryd.ingest.git.repository import Git
from memoryd.ingest.parse.pool import ParsePool
from memoryd.ingest.units import Units
from memoryd.store.index.queries.state.version_queries import Known

MAX_FILES = 3_000
MAX_LINES_BYTES = 6 * 1024 * 1024  # of all added and removed lines together
_SNIFF_BYTES = 8_000
_RANGE = re.compile(r"(?P<base>.*?)(?P<dots>\.{2,3})(?P<head>.*)", re.DOTALL)


class ChangeRequest(Struct, frozen=True):
    """Which change: ``range`` (``A..B``, ``A...B`` from their merge base, ``B`` alone: against its first parent),
    else ``staged``, else ``diff`` (text of a unified diff) against ``rev`` or the work tree, else what the work tree
    has that its commit has not, of ``paths`` or of all. ``folder``: where the caller stands, absolute; paths begin
    there. ``index``: the project's index.db."""

    root: str
    index: str = ""
    range: str = ""
    staged: bool = False
    diff: str | None = None
    rev: str = ""
    paths: tuple[str, ...] = ()
    folder: str = ""
    index_file: str = ""


def read_change(
    request: ChangeRequest, pool: ParsePool, limits: Limits = DEFAULT_LIMITS, units: Units | None = None
) -> Change:
    """``units``: where somebody watches this process.

    Raises UsageError (no such revision or path, no diff, no git), GitError, MemorydError when no worker starts."""
    root = Path(request.root)
    git = Git.open(root)
    change = _asked(request, root, git, limits)
    kept, left_out = _kept(change.pairs, units or Units())
    with Known(Path(request.index)) as known:
        versions = read_facts(kept, pool, known, git.object_format if git else "sha1")
    return Change(
        title=change.title,
        files=tuple(_file(number, pair, versions) for number, pair in enumerate(kept)),
        head=change.head,
        left_out=(*left_out, *change.left_out),
        unseen=change.unseen,
    )


class _Asked(Struct, frozen=True):
    """The change before its files are read."""

    title: str
    head: str
    pairs: Sequence[VersionPair]
    left_out: tuple[tuple[str, str], ...] = ()
    unseen: tuple[str, ...] = ()


def _asked(request: ChangeRequest, root: Path, git: Git | None, limits: Limits) -> _Asked:
    if request.diff is not None:
        return _named(request, _Asked("the diff", "", list(_of_diff(request, root, git))))
    if git is None:
        raise _no_git(root)
    if request.range:
        return _named(request, _of_range(request.range, git))
    if request.staged:
        pairs = list(of_objects(git, git.staged(request.index_file)))
        return _named(request, _Asked("the staged change", "", pairs))
    found = worktree.changes(git, root, request.paths, request.folder, limits)
    pairs = [VersionPair(*row[:5], problem=row[5]) for row in found.rows]
    return _Asked(_titled("the uncommitted change", found.named), "", pairs, found.left_out, found.unseen)


def _no_git(root: Path) -> UsageError:
    refused = why_no_history(root)
    step = "give the change as text: memoryd check --diff FILE"
    return UsageError(
        "without git nobody knows what changed" + (f": {refused.reason}" if refused else ""),
        where=str(root),
        next_step=f"{refused.next_step}; or {step}" if refused else step,
    )


def _named(request: ChangeRequest, change: _Asked) -> _Asked:
    """What of a change its caller names. Raises UsageError for a path that the change does not have."""
    if not request.paths:
        return change
    here = given.standpoint(request.root, request.folder)
    known = {pair.path for pair in change.pairs} | {pair.old_path for pair in change.pairs if pair.old_path}
    scopes = []
    for text in request.paths:
        scope = given.scope(text, here, lambda path: any(map(given.literal(path), known)), lambda: known)
        if scope is None:
            raise given.absent(text, here, known)
        scopes.append(scope)
    pairs = [pair for pair in change.pairs if any(s.fits(pair.path) or s.fits(pair.old_path) for s in scopes)]
    return replace(change, pairs=pairs, title=_titled(change.title, [scope.text for scope in scopes]))


def _titled(change: str, named: Sequence[str]) -> str:
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    return change + (f" of {', '.join(named[:3])}{more}" if named else "")


def _kept(pairs: Sequence[VersionPair], units: Units) -> tuple[list[VersionPair], list[tuple[str, str]]]:
    """(the files that are read, with their lines; (path, why) of the others)."""
    kept: list[VersionPair] = []
    left_out = [(pair.path, "too many changed files") for pair in pairs[MAX_FILES:]]
    room = MAX_LINES_BYTES
    for pair in pairs[:MAX_FILES]:
        reason = "its name says that it holds secrets" if path_rules.denied(pair.path) else _unreadable(pair)
        with units.at("change", "", pair.path, len(pair.old or b"") + len(pair.new or b"")):
            lined = pair if reason else with_lines(pair)
        size = sum(len(text) for lines in lined.lines or () for _, text in lines)
        room -= size
        if not reason and room < 0:
            reason, room = "the change is too large", room + size
        if reason:
            left_out.append((pair.path, reason))
        else:
            kept.append(lined)
    return kept, left_out


def _unreadable(pair: VersionPair) -> str:
    for data in (pair.old, pair.new):
        if data is not None and len(data) > MAX_FILE_BYTES:
            return "the file is too large"
        if data is not None and b"\0" in data[:_SNIFF_BYTES]:
            return "binary"
    return ""


def _file(number: int, pair: VersionPair, versions: FactsOfVersions) -> ChangedFile:
    old, new = versions.get((number, "old")), versions.get((number, "new"))
    added, removed = pair.lines or ((), ())
    return ChangedFile(
        path=pair.path,
        status=pair.status,
        old_path=pair.old_path,
        added=added,
        removed=removed,
        old=old if isinstance(old, Version) else None,
        new=new if isinstance(new, Version) else None,
        problem=pair.problem or next((why for why in (new, old) if isinstance(why, str)), ""),
    )


# -- ranges and the index: git's objects


def _of_range(text: str, git: Git) -> _Asked:
    match = _RANGE.fullmatch(text)
    if match is None:
        head = git.resolve(text)
        parents = git.rev_list(head)
        base = git.resolve(f"{head}^") if len(parents) > 1 else ""
    else:
        base, head = git.resolve(match["base"] or "HEAD"), git.resolve(match["head"] or "HEAD")
        base = _merge_base(git, base, head) if match["dots"] == "..." else base
    for sha in (base, head):
        if sha:
            git.check_size(sha)
    title = f"{base[:10] or 'nothing'}..{head[:10]}"
    return _Asked(title, head, list(of_objects(git, git.between(base, head))))


def _merge_base(git: Git, ours: str, theirs: str) -> str:
    """The newest commit that both reach. Raises UsageError without one."""
    reached = set(git.rev_list(ours))
    common = next((sha for sha in git.rev_list(theirs) if sha in reached), "")
    if not common:
        raise UsageError(
            "the two commits have no common history",
            where=f"{ours[:10]}...{theirs[:10]}",
            next_step="use two dots, or fetch the full history",
        )
    return common


# -- a diff as text


def _of_diff(request: ChangeRequest, root: Path, git: Git | None) -> Iterator[VersionPair]:
    try:
        files = diff.parse((request.diff or "").encode("utf-8", "surrogateescape"))
    except DiffError as error:
        raise UsageError(
            f"this is no diff that can be read: {error}",
            where=f"line {error.line} of the diff",
            next_step="give the output of `git diff` or `diff -u`",
        ) from error
    if not files and (request.diff or "").strip():
        raise UsageError(
            "there is no diff in this text",
            where="diff",
            next_step="give the output of `git diff` or `diff -u`",
        )
    contents = _Contents(request.rev, root, git, files)
    with closing(contents):
        for file in files:
            yield _of_file_diff(file, contents)


class _Contents:
    """The files that a diff speaks of, as the work tree or a commit has them."""

    def __init__(self, rev: str, root: Path, git: Git | None, files: Iterable[FileDiff]) -> None:
        self._rooted = None if rev else RootedFiles(root)
        self._blobs: dict[str, bytes] = {}
        if rev and git:
            named = {name for file in files for name in (file.path, file.old_path)}
            hashes = {
                entry.path: entry.hash for entry in git.ls_tree(git.resolve(rev)) if entry.path in named
            }
            contents = dict(git.blobs(dict.fromkeys(hashes.values()), MAX_FILE_BYTES))
            self._blobs = {path: contents[sha] for path, sha in hashes.items() if sha in contents}

    def of(self, path: str) -> bytes | None:
        if self._rooted is None:
            return self._blobs.get(path)
        try:
            return self._rooted.read(path, MAX_FILE_BYTES)
        except Unreadable:
            return None

    def close(self) -> None:
        if self._rooted is not None:
            self._rooted.__exit__(None, None, None)


def _of_file_diff(file: FileDiff, contents: _Contents) -> VersionPair:
    """Both versions, made from the one at hand; where the diff fits neither, its new lines stand for the file."""
    status = "A" if file.status == "C" else file.status
    lines = diff.changed_lines(file)
    old_path = file.old_path or file.path
    old = b"" if file.status == "A" else contents.of(old_path)
    new = diff.applied(file, old) if old is not None else None
    if new is None and file.status != "D":
        new = contents.of(file.path)
        old = diff.applied(file, new, reverse=True) if new is not None else None
    problem = ""
    if file.status == "D":
        new, problem = None, "" if old is not None else "the removed file is not there"
    elif file.binary:
        problem = "binary"
    elif old is None or new is None:
        old, new, problem = (
            None,
            diff.new_side(file),
            "the diff does not fit the file: only its own lines were read",
        )
    return VersionPair(
        status=status,
        path=file.path,
        old_path=file.old_path if status == "R" else "",
        old=None if file.status == "A" else old,
        new=new,
        lines=lines,
        problem=problem,
    )
