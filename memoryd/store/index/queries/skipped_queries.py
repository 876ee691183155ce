"""What a view leaves out."""

from __future__ import annotations

import sqlite3


def skipped_paths(conn: sqlite3.Connection, view_id: int) -> frozenset[str]:
    """Paths of the view that were seen and not indexed."""
    return frozenset(
        path for (path,) in conn.execute("SELECT path FROM skipped WHERE view_id = ?", (view_id,))
    )
