"""Reads of index.db that tell where a file or folder went."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator

from memoryd.store.index.queries.history_queries import EMPTY_BLOB_KEY, Reachable
from memoryd.store.index.reader import MAX_SQL_VARIABLES, batches

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


def former_paths(
    conn: sqlite3.Connection, path_ids: Collection[int], seen: Reachable
) -> dict[int, list[str]]:
    """Path id → the names that its file had before, the newest first; only those that had one."""
    found: dict[int, list[str]] = {}
    now = {path_id: path_id for path_id in path_ids}  # a former name's id → whose
    for _ in range(MAX_MOVES):
        before: dict[int, int] = {}
        for old, path, new in _renamed_to(conn, now, seen):
            if path not in (names := found.setdefault(now[new], [])):
                names.append(path)
                before[old] = now[new]
        if not before:
            break
        now = before
    return found


def _renamed_to(
    conn: sqlite3.Connection, path_ids: Collection[int], seen: Reachable
) -> Iterator[tuple[int, str, int]]:
    """(id of the former path, its name, id of the new one)."""
    for part in batches(sorted(path_ids), MAX_SQL_VARIABLES - 1):
        rows = conn.execute(
            "SELECT c.old_path_id, p.path, c.path_id, c.commit_id FROM change c JOIN path p ON p.id = c.old_path_id"
            f" WHERE c.path_id IN ({','.join('?' * len(part))}) AND c.status = 'R' AND c.new_blob <> ?"
            " ORDER BY c.commit_id DESC",
            (*part, EMPTY_BLOB_KEY),
        )
        yield from ((old, path, new) for old, path, new, commit_id in rows if commit_id in seen)


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
