"""Reads of index.db that tell where a file or folder went."""

from __future__ import annotations

import sqlite3

from memoryd.store.index.queries.history_queries import EMPTY_BLOB_KEY, Reachable

MAX_MOVES = 50  # names that one path is followed through
MAX_FOLDER_FILES = 500  # former files of a folder that are looked at


def moved_to(conn: sqlite3.Connection, path: str, seen: Reachable) -> str:
    """The newest name of the file that was once called ``path``, ``""`` when no visible commit renamed it. Renames
    of empty files are no evidence."""
    row = conn.execute("SELECT id FROM path WHERE path = ?", (path,)).fetchone()
    first = here = row[0] if row else 0
    known = {here}
    for _ in range(MAX_MOVES):
        there = _next(conn, here, seen)
        if not there or there in known:
            break
        known.add(there)
        here = there
    if here == first:
        return ""
    name: str = conn.execute("SELECT path FROM path WHERE id = ?", (here,)).fetchone()[0]
    return name


def was_known(conn: sqlite3.Connection, path: str) -> bool:
    """Whether a file or folder of this name was ever part of the project."""
    there = "SELECT 1 FROM path WHERE path = ? OR (path > ? AND path < ?) LIMIT 1"
    return conn.execute(there, (path, f"{path}/", f"{path}0")).fetchone() is not None


def once_under(conn: sqlite3.Connection, folder: str) -> list[str]:
    """Paths ever known under the folder."""
    rows = conn.execute(
        "SELECT path FROM path WHERE path > ? AND path < ? ORDER BY path LIMIT ?",
        (f"{folder}/", f"{folder}0", MAX_FOLDER_FILES),  # 0 comes after / in every encoding
    )
    return [path for (path,) in rows]


def _next(conn: sqlite3.Connection, path_id: int, seen: Reachable) -> int:
    rows = conn.execute(
        "SELECT path_id, commit_id FROM change WHERE old_path_id = ? AND status = 'R' AND new_blob <> ?"
        " ORDER BY commit_id DESC",
        (path_id, EMPTY_BLOB_KEY),
    )
    return next((there for there, commit_id in rows if commit_id in seen), 0)
