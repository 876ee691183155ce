"""Reads around the embedding table: what lacks a vector, and what to make it from."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from memoryd.store.index import reader
from memoryd.store.index.reader import MAX_SQL_VARIABLES, batches

EMBEDDED = "embedded"
"""The meta key of the id up to which all files have their vectors."""


def files_without_vectors(conn: sqlite3.Connection, model: str) -> list[int]:
    """Ids of the files above EMBEDDED that have a chunk without a vector of ``model``, ascending."""
    rows = conn.execute(
        "SELECT DISTINCT c.file_id FROM chunk c WHERE c.file_id > ? AND NOT EXISTS"
        " (SELECT 1 FROM embedding e WHERE e.model = ? AND e.hash = c.hash) ORDER BY c.file_id",
        (int(reader.meta(conn, EMBEDDED) or 0), model),
    )
    return [row[0] for row in rows]


def note_all_embedded(conn: sqlite3.Connection) -> None:
    """To be called when no file lacks a vector. Says nothing new to readers, so it is no new generation."""
    last = str(conn.execute("SELECT ifnull(max(id), 0) FROM file").fetchone()[0])
    if reader.meta(conn, EMBEDDED) != last:
        conn.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (EMBEDDED, last))


def follow_removal(conn: sqlite3.Connection) -> None:
    """To be called when files were removed: SQLite gives the ids of the last ones to the next ones."""
    conn.execute(
        "UPDATE meta SET value = min(CAST(value AS INTEGER), (SELECT ifnull(max(id), 0) FROM file)) WHERE key = ?",
        (EMBEDDED,),
    )


def forwards(conn: sqlite3.Connection, file_ids: list[int]) -> list[bytes]:
    """The forward rows (indexers.terms) of the files, in the order of ``file_ids``."""
    found: dict[int, bytes] = {}
    for part in batches(file_ids, MAX_SQL_VARIABLES):
        found.update(conn.execute(f"SELECT id, forward FROM file WHERE id IN ({_marks(part)})", part))
    return [found[file_id] for file_id in file_ids]


def chunk_hashes(conn: sqlite3.Connection, file_ids: list[int]) -> list[bytes]:
    """Hashes of all chunks of the files: files in the given order, chunks in theirs."""
    found: dict[int, list[bytes]] = {file_id: [] for file_id in file_ids}
    for part in batches(file_ids, MAX_SQL_VARIABLES):
        query = f"SELECT file_id, hash FROM chunk WHERE file_id IN ({_marks(part)}) ORDER BY file_id, ordinal"
        for file_id, key in conn.execute(query, part):
            found[file_id].append(key)
    return [key for file_id in file_ids for key in found[file_id]]


def _marks(part: Sequence[object]) -> str:
    return ",".join("?" * len(part))
