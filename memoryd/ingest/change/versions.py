"""Both versions of what changed between two states that git's objects hold, and the lines that differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

from indexers.facts import FileChange
from indexers.history import diff
from indexers.secrets import redact
from memoryd.ingest.files import path_rules
from memoryd.ingest.git.repository import Git

MAX_FILE_BYTES = 2 * 1024 * 1024


class VersionPair(Struct, frozen=True):
    """A changed file with its contents; None: no such version, or none that can be had. ``lines``: (added, removed)
    where they are known already."""

    status: str
    path: str
    old_path: str = ""
    old: bytes | None = None
    new: bytes | None = None
    lines: tuple[diff.Lines, diff.Lines] | None = None
    problem: str = ""


def with_lines(pair: VersionPair) -> VersionPair:
    """The pair with the lines that make the difference; where a version cannot be had nothing is added."""
    if pair.lines is not None:
        return pair
    missing = (pair.status != "A" and pair.old is None) or (pair.status != "D" and pair.new is None)
    lines = ((), ()) if missing else diff.compare(pair.old or b"", pair.new or b"")
    problem = "a version of it is missing, or larger than 2 MiB" if missing else pair.problem
    return msgspec.structs.replace(pair, lines=lines, problem=problem)


def of_objects(git: Git, changes: Sequence[FileChange]) -> Iterator[VersionPair]:
    wanted = [blob for change in changes for blob in (change.old_blob, change.new_blob) if blob]
    contents = dict(git.blobs(dict.fromkeys(wanted), MAX_FILE_BYTES))
    for change in changes:
        status = {"C": "A", "T": "M"}.get(change.status, change.status)
        is_new = status == "A"
        yield VersionPair(
            status=status,
            path=change.path,
            old_path=change.old_path if status == "R" else "",
            old=None if is_new else contents.get(change.old_blob),
            new=contents.get(change.new_blob),
        )


def lines_of(git: Git, sha: str, path: str) -> tuple[diff.Lines, diff.Lines]:
    """(added, removed) by commit ``sha`` in ``path``, against its first parent, without secrets; nothing for a merge,
    nor of a file whose name says that it holds secrets."""
    if path_rules.denied(path):
        return (), ()
    for pair in of_objects(git, git.done_by(sha, path)):
        old, new = (redact(text)[0] if text else text for text in (pair.old, pair.new))
        return with_lines(msgspec.structs.replace(pair, old=old, new=new)).lines or ((), ())
    return (), ()
