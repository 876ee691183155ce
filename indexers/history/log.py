"""`git log --raw -z` bytes -> Commit values. Runs no git; the caller passes `ARGUMENTS` to it, and `CHANGES`
where it wants these as well.

Every field and every path ends with NUL and no field can contain one, so whatever a message or a file
name says, it cannot pass for the next field.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from indexers.facts import Commit, FileChange

MESSAGE_LIMIT_BYTES = 64 * 1024
"""Longer messages (and any other single field) are cut here."""

ARGUMENTS = (
    "-z", "--no-abbrev", "--no-diff-merges", "--no-color",
    "--no-notes", "--use-mailmap", "--encoding=UTF-8",
    "--format=tformat:%H%x00%P%x00%aN%x00%aE%x00%ct%x00%B%x00",
)  # fmt: skip
CHANGES = ("--raw",)
_FIELDS = 6


def parse(chunks: Iterable[bytes], max_changes: int = sys.maxsize) -> Iterator[Commit]:
    """Commits in the order of the input. A merge has no changes (git shows them in its parents already).

    Text that is not UTF-8 is decoded with replacement characters. Input that ends inside a commit, as
    when git was killed, yields all commits before it. Of a commit with more than ``max_changes`` one more than that
    is given.
    """
    head: list[bytes] = []  # the fields of the commit being read; complete when it has _FIELDS
    changes: list[FileChange] = []
    row: list[bytes] = []  # a raw row still waiting for its paths
    for field in _fields(chunks):
        if row:
            row.append(field)
            if len(row) == _row_length(row[0]):
                if len(changes) <= max_changes:
                    changes.append(_change(row))
                row = []
        elif 0 < len(head) < _FIELDS:
            head.append(field)
        elif (start := field.lstrip(b"\n"))[:1] == b":":
            row = [start]
        elif start:  # neither filler nor a row: the next commit's sha
            if head:
                yield _commit(head, changes)
            head, changes = [start], []
    if len(head) == _FIELDS and not row:
        yield _commit(head, changes)


def changes(data: bytes) -> list[FileChange]:
    """The rows of ``diff-tree`` or ``diff-index`` with ``--raw -z``, as in a commit."""
    found: list[FileChange] = []
    row: list[bytes] = []
    for field in _fields([data]):
        row.append(field)
        if len(row) > 1 and len(row) == _row_length(row[0]):
            found.append(_change(row))
            row = []
    return found


def _fields(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The NUL-terminated fields, each cut at MESSAGE_LIMIT_BYTES; memory stays within one chunk + limit."""
    rest = b""
    for chunk in chunks:
        first, nul, tail = chunk.partition(b"\0")
        if len(rest) < MESSAGE_LIMIT_BYTES:
            rest += first
        if not nul:
            continue
        yield rest[:MESSAGE_LIMIT_BYTES]
        *whole, rest = tail.split(b"\0")
        for field in whole:
            yield field[:MESSAGE_LIMIT_BYTES]


def _row_length(row: bytes) -> int:
    """How many fields the raw row takes: itself and one path, or two for a rename or copy."""
    return 3 if row.rpartition(b" ")[2][:1] in b"RC" else 2


def _change(row: list[bytes]) -> FileChange:
    _old_mode, _new_mode, old_blob, new_blob, status = row[0].split(b" ")
    return FileChange(
        status=status[:1].decode("ascii", "replace"),
        path=row[-1].decode("utf-8", "replace"),
        old_path=row[1].decode("utf-8", "replace") if len(row) == 3 else "",
        old_blob=_blob(old_blob),
        new_blob=_blob(new_blob),
    )


def _blob(hex_id: bytes) -> str:
    """``""`` for git's all-zero id, which stands for "no such side"."""
    return hex_id.decode("ascii", "replace") if hex_id.strip(b"0") else ""


def _commit(fields: list[bytes], changes: list[FileChange]) -> Commit:
    sha, parents, author, email, time_s, message = (field.decode("utf-8", "replace") for field in fields)
    title, _blank, body = message.lstrip("\n").partition("\n\n")
    return Commit(
        sha=sha,
        parents=tuple(parents.split()),
        author=author,
        email=email,
        time_s=int(time_s or 0),
        subject=" ".join(title.split()),
        body=body.strip("\n"),
        changes=tuple(changes),
    )
