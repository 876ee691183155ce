"""Opening and upgrading the SQLite files. Disk outlives code: migrations are numbered and append-only."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import sqlite3
import time
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from memoryd import __version__
from memoryd.errors import StoreError
from memoryd.store.failures import failure

# records.db must not lose an acknowledged row in a power cut; index.db can be rebuilt.
SYNCHRONOUS = {"records": "FULL", "index": "NORMAL"}
BUSY_TIMEOUT_MS = 5_000
READ_MMAP_BYTES = 256 * 1024 * 1024  # a quarter off wide edge queries; pages stay the kernel's

_WITHOUT_IT = {
    "index": "upgrade memoryd; or move the file away: it is built again from the project",
    "records": "upgrade memoryd; until then answers go on without these records, which stay as they are",
}

_WRITTEN_BY = "written_by"  # key of meta

SqliteError = sqlite3.Error  # what any statement may raise, for an outer loop that knows no SQL


class NewerStore(StoreError):
    """The file was written by a newer memoryd. It is left as it is: nobody migrates it down or puts it aside."""


def connect(path: Path, *, readonly: bool = False, wait_ms: int | None = None) -> sqlite3.Connection:
    """A connection in WAL mode with foreign keys on and rows as tuples; usable from any one thread at a time.

    ``path.stem`` names the kind (``records`` or ``index``) and so the synchronous level. A new file is 0600.
    ``wait_ms``: for another program that keeps the file to itself; default BUSY_TIMEOUT_MS.
    Raises StoreError when the file cannot be opened or is no database, NewerStore when it has a later layout.
    """
    try:
        if not readonly:
            _create(path)
        mode = "ro" if readonly else "rw"
        conn = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            check_same_thread=False,
            isolation_level=None,
            timeout=(BUSY_TIMEOUT_MS if wait_ms is None else wait_ms) / 1000,
        )
        try:
            _refuse_newer(conn, path)  # before anything is set in the file
            _configure(conn, path, readonly)
        except BaseException:
            conn.close()
            raise
    except (OSError, sqlite3.Error) as error:
        raise failure(error, path) from error
    return conn


def empty(kind: str) -> sqlite3.Connection:
    """A new database of ``kind`` in memory, usable from any one thread at a time."""
    conn = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    migrate(conn, kind)
    return conn


def wait_as_usual(conn: sqlite3.Connection) -> None:
    """From now on ``conn`` waits BUSY_TIMEOUT_MS for other programs."""
    conn.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")


def _create(path: Path) -> None:
    """An empty file that nobody else may read, where there is none. One that is there is not opened: closing it again
    would end every lock that this process holds on it, and another program would delete the log under us."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600))


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


def _refuse_newer(conn: sqlite3.Connection, path: Path) -> None:
    kind = path.stem
    if kind in SYNCHRONOUS and (found := layout(conn)) > newest_layout(kind):
        by, ours = written_by(conn), f"this one ({__version__}) knows {newest_layout(kind)}"
        raise NewerStore(
            f"{path.name} was written by a newer memoryd{f' ({by})' if by else ''}: it has layout {found}, {ours}",
            where=str(path),
            next_step=_WITHOUT_IT[kind],
        )


def note_version(conn: sqlite3.Connection) -> None:
    """What is written from now on is by this memoryd: an older one will say so where it cannot read it."""
    if written_by(conn) != __version__:
        conn.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_WRITTEN_BY, __version__))


def written_by(conn: sqlite3.Connection) -> str:
    """The version of memoryd that wrote the database last; ``""`` where none was noted, or not in words of ours."""
    try:
        found = conn.execute("SELECT value FROM meta WHERE key = ?", (_WRITTEN_BY,)).fetchone()
    except sqlite3.DatabaseError:  # of a layout that we do not know
        return ""
    return found[0] if found and re.fullmatch(r"[0-9A-Za-z.+-]{1,40}", str(found[0])) else ""


def layout(conn: sqlite3.Connection) -> int:
    """The number of the last migration that the database went through; 0 for an empty one."""
    return integer(conn, "PRAGMA user_version")


def newest_layout(kind: str) -> int:
    """The layout that this memoryd writes."""
    return _migrations(kind)[-1][0]


@functools.cache
def _migrations(kind: str) -> tuple[tuple[int, str], ...]:
    folder = resources.files("memoryd.store") / "migrations" / kind
    found = []
    for entry in folder.iterdir():
        match = re.fullmatch(r"(\d{4})_\w+\.sql", entry.name)
        if match:
            found.append((int(match[1]), entry.read_text(encoding="utf-8")))
    return tuple(sorted(found))


def migrate(conn: sqlite3.Connection, kind: str) -> int:
    """Bring ``conn``, which ``connect`` gave, to the newest layout of ``kind``; returns the layout number.

    Each step is one transaction; ``records`` is copied beside itself first.
    """
    current, newest = layout(conn), newest_layout(kind)
    if current >= newest:
        return current
    if kind == "records" and current:
        backup(conn, Path(f"{file_of(conn)}.layout{current}.bak"))
    for number, sql in _migrations(kind):
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
    file: str = conn.execute("PRAGMA database_list").fetchone()[2]
    return file


def integer(conn: sqlite3.Connection, query: str, values: Sequence[Any] = ()) -> int:
    """The whole number that is the only value of the only row of ``query``."""
    found: int = conn.execute(query, values).fetchone()[0]
    return found
