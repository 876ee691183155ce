"""What of a repository is left out, since working on it took more than it may. Writing functions run inside the
caller's transaction.

Times are of the clock on the wall, in seconds, since they outlive processes.
"""

from __future__ import annotations

import sqlite3

from msgspec import Struct

TRIES = 2  # so often something may cost its process before it is left out
AGAIN_S = 6 * 3600  # then what need not stay left out is tried again
RECENT_S = 3600  # what was lost longer ago makes nobody impatient

TRIED_AGAIN = ("parse", "read", "link", "workspace")
"""Phases in which something can be tried again by itself; the others are done once, with all of history."""
_IS_LEFT_OUT = f"tries >= {TRIES}"
_IS_DUE = (
    f"NOT stays AND at_s <= :now_s - {AGAIN_S} AND phase IN ({','.join(repr(name) for name in TRIED_AGAIN)})"
)


class LeftOut(Struct, frozen=True):
    """``phase``, ``key``, ``path``: see the table. ``reason``: in words."""

    phase: str
    key: str
    path: str
    reason: str


def known(conn: sqlite3.Connection) -> dict[tuple[str, str, str], str]:
    """(phase, key, path) → why it is left out."""
    rows = conn.execute(f"SELECT phase, key, path, reason FROM left_out WHERE {_IS_LEFT_OUT}")
    return {(phase, key, path): reason for phase, key, path, reason in rows}


def lost_s(conn: sqlite3.Connection, now_s: int) -> float:
    """Processor time that was lost lately to what is left out, or may be."""
    row = conn.execute("SELECT total(lost_s) FROM left_out WHERE at_s > ?", (now_s - RECENT_S,)).fetchone()
    total: float = row[0]
    return total


def give_up(conn: sqlite3.Connection, found: LeftOut, *, stays: bool, cost_s: float, now_s: int) -> None:
    """Leave it out from now on."""
    conn.execute(
        "INSERT OR REPLACE INTO left_out VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (found.phase, found.key, found.path, TRIES, found.reason, stays, cost_s, now_s),
    )


def note_try(conn: sqlite3.Connection, found: LeftOut, *, stays: bool, cost_s: float, now_s: int) -> None:
    """The process ended at it once more."""
    conn.execute(
        "INSERT INTO left_out VALUES (?, ?, ?, 1, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET tries = tries + 1,"
        " reason = excluded.reason, stays = excluded.stays, lost_s = lost_s + excluded.lost_s, at_s = excluded.at_s",
        (found.phase, found.key, found.path, found.reason, stays, cost_s, now_s),
    )


def forget_due(conn: sqlite3.Connection, now_s: int) -> None:
    """Have what is due tried again: a file that has no edges because of it is linked anew."""
    due = conn.execute(f"SELECT phase, key, path FROM left_out WHERE {_IS_DUE}", {"now_s": now_s}).fetchall()
    for phase, key, path in due:
        conn.execute("DELETE FROM left_out WHERE phase = ? AND key = ? AND path = ?", (phase, key, path))
        if phase == "link":
            conn.execute(
                "UPDATE view_file SET link_id = NULL WHERE file_id IN (SELECT f.id FROM file f JOIN path p"
                " ON p.id = f.path_id WHERE p.path = ? AND lower(hex(f.hash)) = ?)",
                (path, key),
            )
        elif phase == "workspace":  # others looked at it: with the next change of it, or of them
            conn.execute("UPDATE view_file SET link_id = NULL")


def of_view(conn: sqlite3.Connection, view_id: int) -> list[LeftOut]:
    """What answers from the view lack: its files as they are now, and commits. Files that are not in the view at all
    are in its list of skipped ones."""
    rows = conn.execute(
        f"SELECT phase, key, path, reason FROM left_out l WHERE {_IS_LEFT_OUT} AND phase NOT IN ('parse', 'read')"
        " AND (phase IN ('changes', 'commit', 'dependencies', 'history') OR EXISTS (SELECT 1 FROM path p"
        " JOIN view_file v ON v.view_id = ? AND v.path_id = p.id JOIN file f ON f.id = v.file_id WHERE p.path = l.path"
        " AND (l.phase = 'embed' OR lower(hex(f.hash)) = l.key))) ORDER BY phase, path, key",
        (view_id,),
    )
    return [LeftOut(*row) for row in rows]


def count_of_view(conn: sqlite3.Connection, view_id: int) -> int:
    """How much answers from the view lack, files that could not be read included. Quick where nothing does."""
    if not conn.execute(f"SELECT EXISTS (SELECT 1 FROM left_out WHERE {_IS_LEFT_OUT})").fetchone()[0]:
        return 0
    quarantined: int = conn.execute(
        "SELECT count(*) FROM skipped WHERE view_id = ? AND reason = 'quarantined'", (view_id,)
    ).fetchone()[0]
    return quarantined + len(of_view(conn, view_id))
