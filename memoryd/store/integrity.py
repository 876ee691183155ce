"""Whether a database file is whole, and has the tables that its layout says."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from memoryd.store.failures import DamagedStore, failure
from memoryd.store.sqlite import file_of, layout, migrate, newest_layout


def problem(conn: sqlite3.Connection, *, deep: bool = False) -> str:
    """The first thing SQLite's own check of every page complains about; ``""`` when the file is sound. ``deep``: it
    also compares each index with its table. Raises StoreError where the file cannot be read, which is no damage."""
    try:
        found = conn.execute(f"PRAGMA {'integrity_check' if deep else 'quick_check'}(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        what = failure(error, Path(file_of(conn)))
        if isinstance(what, DamagedStore):
            return str(error)
        raise what from error
    said = str(found).removeprefix("*** in database main ***\n")
    return "" if said == "ok" else "; ".join(said.splitlines())


def other_tables(conn: sqlite3.Connection, kind: str) -> str:
    """What is not as a new store of ``kind`` has it, in words; ``""`` when all is, or where the layout is an older one.
    Builds before the first release changed the first layout in place."""
    if layout(conn) != newest_layout(kind):
        return ""
    with closing(sqlite3.connect(":memory:")) as fresh:
        migrate(fresh, kind)
        expected, found = _columns(fresh), _columns(conn)
    names = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    return f"other tables than its layout has: {', '.join(names)}" if names else ""


def _columns(conn: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """Table or view → its columns."""
    names = conn.execute(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    ).fetchall()
    return {
        name: tuple(row[0] for row in conn.execute("SELECT name FROM pragma_table_info(?)", (name,)))
        for (name,) in names
    }
