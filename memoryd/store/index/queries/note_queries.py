"""Reads of what commits say and do beside their changes: notes, and which commits turn back which."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection

from msgspec import Struct

from indexers.facts import CommitNote, CommitNoteKind
from memoryd.store.index.queries.history_queries import Reachable
from memoryd.store.index.reader import MAX_SQL_VARIABLES, batches

_NOTE = "SELECT commit_id, kind, subject, how, quote, score FROM commit_note"


class Undoing(Struct, frozen=True):
    """Keys of what a commit does and of what would undo it; both odd when files only came or went as wholes."""

    id: int
    time_s: int
    author_id: int
    effect: int
    inverse: int


def of_commits(conn: sqlite3.Connection, commit_ids: Collection[int]) -> dict[int, list[CommitNote]]:
    """Commit id → its notes, in their order; commits without any are left out."""
    found: dict[int, list[CommitNote]] = {}
    for part in batches(sorted(commit_ids), MAX_SQL_VARIABLES):
        marks = ",".join("?" * len(part))
        for commit_id, *note in conn.execute(f"{_NOTE} WHERE commit_id IN ({marks}) ORDER BY ordinal", part):
            found.setdefault(commit_id, []).append(CommitNote(*note))
    return found


def of_kind(
    conn: sqlite3.Connection, kind: CommitNoteKind, seen: Reachable, subject: str = ""
) -> list[tuple[int, CommitNote]]:
    """(commit id, note) of the visible commits, oldest first; with ``subject`` only those about it."""
    about, values = (" AND subject = ?", [kind, subject]) if subject else ("", [kind])
    rows = conn.execute(f"{_NOTE} WHERE kind = ?{about} ORDER BY commit_id, ordinal", values)
    return [(row[0], CommitNote(*row[1:])) for row in rows if row[0] in seen]


def undoings(conn: sqlite3.Connection, seen: Reachable) -> list[Undoing]:
    """The visible commits that can be compared, oldest first."""
    rows = conn.execute(
        "SELECT id, time_s, author_id, effect, inverse FROM git_commit WHERE effect <> 0 ORDER BY id"
    )
    return [Undoing(*row) for row in rows if row[0] in seen]


def subjects(conn: sqlite3.Connection, seen: Reachable) -> list[tuple[int, str]]:
    """(id, subject) of the visible commits, oldest first."""
    return [row for row in conn.execute("SELECT id, subject FROM git_commit ORDER BY id") if row[0] in seen]
