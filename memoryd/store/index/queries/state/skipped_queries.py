"""What a view leaves out."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from memoryd.store.sqlite import integer


def skipped_paths(conn: sqlite3.Connection, view_id: int) -> frozenset[str]:
    """Paths of the view that were seen and not indexed."""
    return frozenset(
        path for (path,) in conn.execute("SELECT path FROM skipped WHERE view_id = ?", (view_id,))
    )


def paths_of(
    conn: sqlite3.Connection, view_id: int, reasons: Sequence[str], limit: int
) -> list[tuple[str, str]]:
    """(path, reason) of the first that the view leaves out for one of these reasons, by path."""
    query = (
        f"SELECT path, reason FROM skipped WHERE view_id = ? AND reason IN ({','.join('?' * len(reasons))})"
        " ORDER BY path LIMIT ?"
    )
    return conn.execute(query, (view_id, *reasons, limit)).fetchall()


def count(conn: sqlite3.Connection, view_id: int, reason: str) -> int:
    """How many paths the view leaves out for the reason."""
    return integer(conn, "SELECT count(*) FROM skipped WHERE view_id = ? AND reason = ?", (view_id, reason))
