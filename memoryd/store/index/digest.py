"""The canonical digest of derived state: two stores that know the same have the same digest.

Row ids, order of arrival, time stamps and other views leave no trace in it; this is what "incremental ==
clean" is checked with.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from typing import Any

from memoryd.store.index import reader

_TABLES = {
    "file": "SELECT p.path, hex(f.hash), f.language, f.size_bytes, f.redacted, hex(f.outline), hex(f.facts),"
    " hex(f.forward)"
    " FROM view_file v JOIN file f ON f.id = v.file_id JOIN path p ON p.id = v.path_id"
    " WHERE v.view_id = ? ORDER BY p.path",
    "symbol": "SELECT p.path, s.qualname, s.kind, s.line, s.end_line, s.signature, s.exported"
    " FROM view_file v JOIN symbol s ON s.file_id = v.file_id JOIN path p ON p.id = v.path_id"
    " WHERE v.view_id = ? ORDER BY p.path, s.line, s.qualname, s.kind, s.end_line",
    "role": "SELECT p.path, f.role, f.test_cases, s.qualname"
    " FROM view_file v JOIN file f ON f.id = v.file_id JOIN path p ON p.id = v.path_id"
    " LEFT JOIN symbol s ON s.file_id = f.id AND s.for_tests WHERE v.view_id = ? ORDER BY p.path, s.line, s.qualname",
    "chunk": "SELECT p.path, c.ordinal, c.kind, c.qualname, c.line, c.end_line, hex(c.hash)"
    " FROM view_file v JOIN chunk c ON c.file_id = v.file_id JOIN path p ON p.id = v.path_id"
    " WHERE v.view_id = ? ORDER BY p.path, c.ordinal",
    "edge": "SELECT p.path, n.text, e.kind, dp.path, dn.text, e.line, e.method, e.confidence,"
    " e.access"
    " FROM view_file v JOIN edge e ON e.link_id = v.link_id JOIN path p ON p.id = v.path_id"
    " JOIN name n ON n.id = e.src_name_id JOIN path dp ON dp.id = e.dst_path_id"
    " JOIN name dn ON dn.id = e.dst_name_id WHERE v.view_id = ? ORDER BY 1, 6, 2, 3, 4, 5, 7",
    "unresolved": "SELECT p.path, u.uses, u.imports"
    " FROM view_file v JOIN unresolved u ON u.link_id = v.link_id JOIN path p ON p.id = v.path_id"
    " WHERE v.view_id = ? ORDER BY p.path",
    "decision": "SELECT p.path, d.title, d.status, d.status_source, d.date, d.line"
    " FROM view_file v JOIN decision d ON d.file_id = v.file_id JOIN path p ON p.id = v.path_id"
    " WHERE v.view_id = ? ORDER BY p.path",
    "finding": "SELECT p.path, f.kind, f.ordinal, hex(f.facts)"
    " FROM view_file v JOIN finding f ON f.file_id = v.file_id JOIN path p ON p.id = v.path_id"
    " WHERE v.view_id = ? ORDER BY p.path, f.kind, f.ordinal",
    "embedding": "SELECT DISTINCT e.model, hex(e.hash), hex(e.vector)"
    " FROM view_file v JOIN chunk c ON c.file_id = v.file_id JOIN embedding e ON e.hash = c.hash"
    " WHERE v.view_id = ? ORDER BY 1, 2",
    "words_apart": "SELECT p.path, a.words"
    " FROM view_file v JOIN words_apart a ON a.file_id = v.file_id JOIN path p ON p.id = v.path_id"
    " WHERE v.view_id = ? ORDER BY p.path",
    "skipped": "SELECT path, reason FROM skipped WHERE view_id = ? ORDER BY path",
}


def digest(conn: sqlite3.Connection, view_id: int) -> dict[str, str]:
    """sha256 (first 16 hex) of each derived part of the view, and of all of them under ``all``."""
    parts = {name: _hash(conn.execute(query, (view_id,))) for name, query in _TABLES.items()}
    parts["commit"] = _hash(_commits(conn, view_id))
    parts["all"] = _hash(iter(sorted(parts.items())))
    return parts


def _commits(conn: sqlite3.Connection, view_id: int) -> Iterator[tuple[Any, ...]]:
    bits = int.from_bytes(reader.view_commits(conn, view_id), "little")
    rows = conn.execute(
        "SELECT c.id, c.sha, c.parents, a.name, a.email, c.time_s, c.subject, c.body, c.files, c.effect, c.inverse"
        " FROM git_commit c JOIN author a ON a.id = c.author_id ORDER BY c.sha"
    ).fetchall()
    for commit_id, *values in rows:
        if bits >> commit_id & 1:
            changes = conn.execute(
                "SELECT p.path, ch.status, op.path, ch.old_blob, ch.new_blob FROM change ch"
                " JOIN path p ON p.id = ch.path_id LEFT JOIN path op ON op.id = ch.old_path_id"
                " WHERE ch.commit_id = ? ORDER BY p.path",
                (commit_id,),
            ).fetchall()
            notes = conn.execute(
                "SELECT kind, subject, how, quote, score FROM commit_note WHERE commit_id = ? ORDER BY ordinal",
                (commit_id,),
            ).fetchall()
            yield (*values, changes, notes)


def _hash(rows: Iterator[tuple[Any, ...]]) -> str:
    total = hashlib.sha256()
    for row in rows:
        total.update(repr(row).encode("utf-8", "surrogateescape") + b"\n")
    return total.hexdigest()[:16]
