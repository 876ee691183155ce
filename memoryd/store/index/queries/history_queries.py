"""Reads of the history in index.db: commits and changes that one view can see. Commit ids ascend with time."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from msgspec import Struct

from memoryd.store.index.reader import MAX_SQL_VARIABLES, batches
from memoryd.store.sqlite import integer

_END_OF_TIME = (1 << 62, 0)
MAX_NAMES = 50  # names that one file is followed through
EMPTY_BLOB_KEY = int.from_bytes(bytes.fromhex("e69de29bb2d1d643"), "big", signed=True)
_COMMIT = (
    "SELECT g.id, g.sha, a.name, g.time_s, g.subject, g.files FROM git_commit g"
    " JOIN author a ON a.id = g.author_id"
)


class Reachable(Struct, frozen=True):
    """The commits that a view can see; ``bits``: bit i of byte i // 8, least significant first, for id i."""

    bits: bytes

    def __contains__(self, commit_id: int) -> bool:
        place = commit_id >> 3
        return place < len(self.bits) and bool(self.bits[place] >> (commit_id & 7) & 1)

    def count(self) -> int:
        return int.from_bytes(self.bits, "little").bit_count()


class CommitRow(Struct, frozen=True):
    """``time_s``: committer time, UTC epoch seconds; ``files``: how many files it changed."""

    id: int
    sha: str
    author: str
    time_s: int
    subject: str
    files: int


class Touch(Struct, frozen=True):
    """One change of a followed file: its ``path_id`` after the commit, and the former one for a rename."""

    commit_id: int
    path_id: int
    status: str
    old_path_id: int
    new_blob: int


def reachable(conn: sqlite3.Connection, view_id: int) -> Reachable:
    row = conn.execute("SELECT commits FROM view WHERE id = ?", (view_id,)).fetchone()
    return Reachable(zlib.decompress(row[0]) if row and row[0] else b"")


def other_histories(conn: sqlite3.Connection, view_id: int) -> list[tuple[str, Reachable]]:
    """(branch, its commits) of the other work trees that are indexed, the latest first."""
    rows = conn.execute(
        "SELECT id, branch FROM view WHERE id <> ? AND branch <> '' ORDER BY indexed_at_s DESC, id DESC",
        (view_id,),
    )
    return [(branch, reachable(conn, other)) for other, branch in rows.fetchall()]


def root_commits(conn: sqlite3.Connection, seen: Reachable) -> list[str]:
    """Shas of the commits without parents among ``seen``."""
    rows = conn.execute("SELECT id, sha FROM git_commit WHERE parents = ''")
    return [sha for commit_id, sha in rows if commit_id in seen]


def touches(conn: sqlite3.Connection, path_id: int, seen: Reachable) -> list[Touch]:
    """Every change of the file, newest first, through renames: as ``git log --follow`` without its copies.

    Where a commit gave the file its name, what is older (by date, as git does it) is looked for under the
    former name only.
    """
    found: list[Touch] = []
    before = _END_OF_TIME
    for _ in range(MAX_NAMES):
        former = 0
        for time_s, row in _touches_of_name(conn, path_id):
            if (time_s, row.commit_id) >= before or row.commit_id not in seen:
                continue
            found.append(row)
            if row.status == "R" and row.old_path_id:
                former, before = row.old_path_id, (time_s, row.commit_id)
                break
        if not former:
            break
        path_id = former
    return found


def _touches_of_name(conn: sqlite3.Connection, path_id: int) -> Iterator[tuple[int, Touch]]:
    """Newest first; a rename to another name is a deletion of this one."""
    rows = conn.execute(
        "SELECT g.time_s, c.commit_id, c.path_id, c.status, ifnull(c.old_path_id, 0), c.new_blob FROM change c"
        " JOIN git_commit g ON g.id = c.commit_id WHERE c.path_id = ?1 UNION ALL"
        " SELECT g.time_s, c.commit_id, c.old_path_id, 'D', 0, 0 FROM change c JOIN git_commit g ON g.id = c.commit_id"
        " WHERE c.old_path_id = ?1 AND c.status = 'R' ORDER BY 1 DESC, 2 DESC",
        (path_id,),
    )
    for time_s, *row in rows:
        yield time_s, Touch(*row)


def commits(conn: sqlite3.Connection, ids: Iterable[int]) -> dict[int, CommitRow]:
    return {row[0]: CommitRow(*row) for row in _in(conn, f"{_COMMIT} WHERE g.id", sorted(set(ids)))}


def commits_by_sha(conn: sqlite3.Connection, shas: Iterable[str]) -> dict[str, CommitRow]:
    return {row[1]: CommitRow(*row) for row in _in(conn, f"{_COMMIT} WHERE g.sha", sorted(set(shas)))}


def commits_with_prefix(conn: sqlite3.Connection, prefix: str, limit: int) -> list[CommitRow]:
    """Commits whose sha begins with ``prefix`` (hex)."""
    rows = conn.execute(
        f"{_COMMIT} WHERE g.sha >= ? AND g.sha < ? ORDER BY g.sha LIMIT ?", (prefix, prefix + "g", limit)
    )
    return [CommitRow(*row) for row in rows]


def last_with_subject(conn: sqlite3.Connection, parts: Sequence[str], before: int, seen: Reachable) -> int:
    """The newest visible commit below id ``before`` whose subject holds one of ``parts``; 0 for none."""
    condition = " OR ".join("instr(subject, ?)" for _ in parts)
    rows = conn.execute(
        f"SELECT id FROM git_commit WHERE id < ? AND ({condition}) ORDER BY id DESC", (before, *parts)
    )
    return next((id_ for (id_,) in rows if id_ in seen), 0)


def commits_since(conn: sqlite3.Connection, time_s: int, seen: Reachable) -> list[CommitRow]:
    """Visible commits of ``time_s`` or later, newest first."""
    rows = conn.execute(f"{_COMMIT} WHERE g.time_s >= ? ORDER BY g.id DESC", (time_s,))
    return [CommitRow(*row) for row in rows if row[0] in seen]


def parents(conn: sqlite3.Connection) -> Iterator[tuple[int, str, str]]:
    """(id, sha, parents joined by spaces) of all commits, newest first."""
    yield from conn.execute("SELECT id, sha, parents FROM git_commit ORDER BY id DESC")


def newest(conn: sqlite3.Connection, seen: Reachable, limit: int) -> list[CommitRow]:
    """The newest visible commits."""
    found: list[CommitRow] = []
    for row in conn.execute(f"{_COMMIT} ORDER BY g.id DESC"):
        if row[0] in seen:
            found.append(CommitRow(*row))
            if len(found) == limit:
                break
    return found


def last_id(conn: sqlite3.Connection) -> int:
    """The newest commit id of the store, 0 without history."""
    return integer(conn, "SELECT ifnull(max(id), 0) FROM git_commit")


def bodies(conn: sqlite3.Connection, ids: Iterable[int]) -> dict[int, str]:
    """The message bodies of these commits."""
    return dict(_in(conn, "SELECT id, body FROM git_commit WHERE id", sorted(set(ids))))


def changes_of(conn: sqlite3.Connection, commit_ids: Collection[int]) -> list[tuple[int, int, str, int]]:
    """(commit id, path id, status, former path id or 0) of these commits."""
    query = "SELECT commit_id, path_id, status, ifnull(old_path_id, 0) FROM change WHERE commit_id"
    return list(_in(conn, query, sorted(commit_ids)))


def renames(conn: sqlite3.Connection, seen: Reachable) -> dict[int, int]:
    """Former path id → the path id that it was last renamed to; renames of empty files are no evidence."""
    rows = conn.execute(
        "SELECT old_path_id, path_id, commit_id FROM change WHERE old_path_id IS NOT NULL AND status = 'R'"
        " AND new_blob <> ? ORDER BY commit_id",
        (EMPTY_BLOB_KEY,),
    )
    return {old: new for old, new, commit_id in rows if commit_id in seen}


def _in(
    conn: sqlite3.Connection, query: str, values: Sequence[int] | Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    for part in batches(list(values), MAX_SQL_VARIABLES):
        yield from conn.execute(f"{query} IN ({','.join('?' * len(part))})", part)
