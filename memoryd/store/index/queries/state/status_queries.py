"""Reads of index.db for `status`: what a view holds besides its totals, and what it left out."""

from __future__ import annotations

import sqlite3

from msgspec import Struct

from memoryd.store.sqlite import integer

_WAL_RESET_FIXED = (3, 51, 3)  # earlier ones can corrupt a WAL that several processes reset at once


class Extras(Struct, frozen=True):
    """``unresolved``: references inside the project without a target; ``redacted``: secrets overwritten;
    ``commits_known``, ``embeddings`` and ``quarantined`` are of the whole store."""

    unresolved: int
    redacted: int
    commits_known: int
    embeddings: int
    quarantined: int
    bytes: int


def extras(conn: sqlite3.Connection, view_id: int) -> Extras:
    return Extras(
        unresolved=integer(
            conn,
            "SELECT ifnull(sum(l.unresolved), 0) FROM view_file v JOIN link l ON l.id = v.link_id WHERE v.view_id = ?",
            (view_id,),
        ),
        redacted=integer(
            conn,
            "SELECT ifnull(sum(f.redacted), 0) FROM view_file v JOIN file f ON f.id = v.file_id WHERE v.view_id = ?",
            (view_id,),
        ),
        commits_known=integer(conn, "SELECT count(*) FROM git_commit"),
        embeddings=integer(conn, "SELECT count(*) FROM embedding"),
        quarantined=integer(conn, "SELECT count(*) FROM left_out WHERE phase = 'parse'"),
        bytes=integer(conn, "PRAGMA page_count") * integer(conn, "PRAGMA page_size"),
    )


def languages(conn: sqlite3.Connection, view_id: int) -> list[tuple[str, int]]:
    """(language, files), most first."""
    return conn.execute(
        "SELECT f.language, count(*) FROM view_file v JOIN file f ON f.id = v.file_id WHERE v.view_id = ?"
        " GROUP BY f.language ORDER BY 2 DESC, 1",
        (view_id,),
    ).fetchall()


def skipped_reasons(conn: sqlite3.Connection, view_id: int) -> list[tuple[str, int]]:
    """(reason, files), most first."""
    return conn.execute(
        "SELECT reason, count(*) FROM skipped WHERE view_id = ? GROUP BY reason ORDER BY 2 DESC, 1",
        (view_id,),
    ).fetchall()


def skipped(conn: sqlite3.Connection, view_id: int, limit: int) -> list[tuple[str, str, str]]:
    """(path, reason, detail), the rarer reasons first: a denied file says more than the hundredth picture."""
    return conn.execute(
        "SELECT s.path, s.reason, s.detail FROM skipped s JOIN (SELECT reason, count(*) AS files FROM skipped"
        " WHERE view_id = ? GROUP BY reason) r ON r.reason = s.reason WHERE s.view_id = ?"
        " ORDER BY r.files, s.reason, s.path LIMIT ?",
        (view_id, view_id, limit),
    ).fetchall()


def sqlite_version() -> str:
    return sqlite3.sqlite_version


def sqlite_is_fixed() -> bool:
    return sqlite3.sqlite_version_info >= _WAL_RESET_FIXED
