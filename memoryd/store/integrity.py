"""Whether a database file is whole."""

from __future__ import annotations

import sqlite3


def problem(conn: sqlite3.Connection) -> str:
    """The first thing SQLite's own check complains about; ``""`` when the file is sound."""
    try:
        found = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == "ok" else str(found)
