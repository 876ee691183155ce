"""Reads over a whole view, for what holds in general: its files with their size, and how often each changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator

from msgspec import Struct

from memoryd.store.index.queries.history_queries import Reachable
from memoryd.store.index.reader import MAX_SQL_VARIABLES, batches


class SurveyFile(Struct, frozen=True):
    path: str
    path_id: int
    file_id: int
    language: str
    size_bytes: int
    role: str
    test_cases: int


class Churn(Struct, frozen=True):
    """One change of a file of the view, under the name that it had."""

    path_id: int
    commit_id: int
    author: str
    time_s: int
    files: int


def files(conn: sqlite3.Connection, view_id: int) -> list[SurveyFile]:
    """All files of the view, ordered by path."""
    rows = conn.execute(
        "SELECT p.path, p.id, f.id, f.language, f.size_bytes, f.role, f.test_cases"
        " FROM view_file v JOIN file f ON f.id = v.file_id JOIN path p ON p.id = v.path_id"
        " WHERE v.view_id = ? ORDER BY p.path",
        (view_id,),
    )
    return [SurveyFile(*row) for row in rows]


class SurveySymbol(Struct, frozen=True):
    name: str
    qualname: str
    kind: str
    line: int
    signature: str
    exported: bool


def symbols(conn: sqlite3.Connection, file_ids: Collection[int]) -> dict[int, list[SurveySymbol]]:
    """File id → its definitions, by line."""
    found: dict[int, list[SurveySymbol]] = {}
    for part in batches(sorted(file_ids), MAX_SQL_VARIABLES):
        rows = conn.execute(
            "SELECT file_id, name, qualname, kind, line, signature, exported FROM symbol"
            f" WHERE file_id IN ({','.join('?' * len(part))}) ORDER BY file_id, line",
            part,
        )
        for file_id, name, qualname, kind, line, signature, exported in rows:
            symbol = SurveySymbol(name, qualname, kind, line, signature, bool(exported))
            found.setdefault(file_id, []).append(symbol)
    return found


def churn(conn: sqlite3.Connection, seen: Reachable, most_files: int) -> Iterator[Churn]:
    """Every change by visible commits of at most ``most_files`` files, oldest first."""
    rows = conn.execute(
        "SELECT c.path_id, g.id, a.name, g.time_s, g.files FROM git_commit g JOIN change c ON c.commit_id = g.id"
        " JOIN author a ON a.id = g.author_id WHERE g.files <= ? ORDER BY g.id",
        (most_files,),
    )
    return (Churn(*row) for row in rows if row[1] in seen)


def ends_of_file(conn: sqlite3.Connection, view_id: int) -> dict[int, int]:
    """Path id → last line of the last chunk: how long the file is."""
    rows = conn.execute(
        "SELECT v.path_id, max(c.end_line) FROM view_file v JOIN chunk c ON c.file_id = v.file_id"
        " WHERE v.view_id = ? GROUP BY v.path_id",
        (view_id,),
    )
    return dict(rows.fetchall())
