"""Opening and upgrading the SQLite files. Disk outlives code: migrations are numbered and append-only."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from importlib import resources
from pathlib import Path

from memoryd.errors import StoreError
from memoryd.store.failures import failure

# records.db must not lose an acknowledged row in a power cut; index.db can be rebuilt.
SYNCHRONOUS = {"records": "FULL", "index": "NORMAL"}
BUSY_TIMEOUT_MS = 5_000
READ_MMAP_BYTES = 256 * 1024 * 1024  # a quarter off wide edge queries; pages stay the kernel's

SqliteError = sqlite3.Error  # what any statement may raise, for an outer loop that knows no SQL


def connect(path: Path, *, readonly: bool = False) -> sqlite3.Connection:
    """A connection in WAL mode with foreign keys on and rows as tuples; usable from any one thread at a time.

    ``path.stem`` names the kind (``records`` or ``index``) and so the synchronous level. A new file is 0600.
    Raises StoreError when the file cannot be opened or is no database.
    """
    try:
        if not readonly:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        mode = "ro" if readonly else "rw"
        conn = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            check_same_thread=False,
            isolation_level=None,
            timeout=BUSY_TIMEOUT_MS / 1000,
        )
        _configure(conn, path, readonly)
    except (OSError, sqlite3.Error) as error:
        raise failure(error, path) from error
    return conn


def immutable(path: Path) -> sqlite3.Connection:
    """A connection to a finished copy: nothing is written beside it, and a log that lies there is not looked at."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)


def _configure(conn: sqlite3.Connection, path: Path, readonly: bool) -> None:
    if not readonly:
        conn.execute("PRAGMA journal_mode=WAL")
        conn.execute(f"PRAGMA synchronous={SYNCHRONOUS.get(path.stem, 'FULL')}")
        conn.execute("PRAGMA journal_size_limit=67108864")
    else:
        conn.execute("PRAGMA query_only=ON")
        conn.execute(f"PRAGMA mmap_size={READ_MMAP_BYTES}")
    conn.execute("PRAGMA foreign_keys=ON")
    conn.execute("PRAGMA cache_size=-16384")
    conn.execute("PRAGMA temp_store=MEMORY")


def _migrations(kind: str) -> list[tuple[int, str]]:
    folder = resources.files("memoryd.store") / "migrations" / kind
    found = []
    for entry in folder.iterdir():
        match = re.fullmatch(r"(\d{4})_\w+\.sql", entry.name)
        if match:
            found.append((int(match[1]), entry.read_text(encoding="utf-8")))
    return sorted(found)


def migrate(conn: sqlite3.Connection, kind: str) -> int:
    """Bring ``conn`` to the newest layout of ``kind``; returns the layout number.

    Each step is one transaction; ``records`` is copied beside itself first. A store written by a newer
    memoryd is refused and left alone (StoreError).
    """
    steps = _migrations(kind)
    newest = steps[-1][0]
    current = conn.execute("PRAGMA user_version").fetchone()[0]
    if current > newest:
        raise StoreError(
            f"this {kind} store has layout {current}, written by a newer memoryd; this one knows {newest}",
            where=file_of(conn),
            next_step="upgrade memoryd, or point MEMORYD_HOME at another folder",
        )
    if current == newest:
        return newest
    if kind == "records" and current:
        backup(conn, Path(f"{file_of(conn)}.layout{current}.bak"))
    for number, sql in steps:
        if number > current:
            conn.executescript(f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version={number};\nCOMMIT;")
    return newest


def backup(conn: sqlite3.Connection, target: Path) -> None:
    """A consistent copy of ``conn``'s database at ``target`` (0600), replaced in one step."""
    aside = target.with_name(f".{target.name}.{os.getpid()}.{time.monotonic_ns()}")
    os.close(os.open(aside, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    copy = sqlite3.connect(aside)
    try:
        conn.backup(copy)
    finally:
        copy.close()
    os.replace(aside, target)


def file_of(conn: sqlite3.Connection) -> str:
    """The path of the database's file."""
    return conn.execute("PRAGMA database_list").fetchone()[2]
