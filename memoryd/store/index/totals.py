"""Counts of a view, for summaries and status."""

from __future__ import annotations

import sqlite3

from msgspec import Struct

from memoryd.store.index import reader


class Totals(Struct, frozen=True):
    files: int
    symbols: int
    references: int
    edges: int
    commits: int
    decisions: int
    chunks: int
    skipped: int


_OF_VIEW = {
    "files": "SELECT count(*) FROM view_file WHERE view_id = ?",
    "symbols": "SELECT count(*) FROM view_file v JOIN symbol s ON s.file_id = v.file_id WHERE v.view_id = ?",
    "references": "SELECT ifnull(sum(f.reference_count), 0) FROM view_file v JOIN file f ON f.id = v.file_id"
    " WHERE v.view_id = ?",
    "edges": "SELECT count(*) FROM view_file v JOIN edge_row e ON e.link_id = v.link_id WHERE v.view_id = ?",
    "decisions": "SELECT count(*) FROM view_file v JOIN decision d ON d.file_id = v.file_id WHERE v.view_id = ?",
    "chunks": "SELECT count(*) FROM view_file v JOIN chunk c ON c.file_id = v.file_id WHERE v.view_id = ?",
    "skipped": "SELECT count(*) FROM skipped WHERE view_id = ?",
}


def view_totals(conn: sqlite3.Connection, view_id: int) -> Totals:
    counts = {name: conn.execute(query, (view_id,)).fetchone()[0] for name, query in _OF_VIEW.items()}
    seen = int.from_bytes(reader.view_commits(conn, view_id), "little").bit_count()
    return Totals(commits=seen, **counts)
