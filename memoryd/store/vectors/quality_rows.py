"""quality.db: what one quality model read, by chunk hash, on disk and in memory.

The worker has index.db for reading only, so it keeps these vectors in a file of its own beside Chroma's folder: a
cache, which may be deleted at any time. Another model, or another one under the same name, starts anew.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from memoryd.embedding.base import SCALE
from memoryd.embedding.exact import exact_scores
from memoryd.store.sqlite import NewerStore

_FIRST_ROOM = 256
LAYOUT = 1  # raise when the tables or what a vector means change, and say here how older files are brought up
_TABLES = f"""
PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA user_version={LAYOUT};
CREATE TABLE IF NOT EXISTS model (id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS vector (hash BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID;
"""


class QualityRows:
    """Vectors of ``model`` in ``file``; a damaged file is deleted, one of a newer memoryd is refused (NewerStore). May
    be used by several threads.

    A vector is int8, as long as its largest entry allows: one byte a dimension, and the order of the cosines is that
    of float32."""

    def __init__(self, file: Path, model: str) -> None:
        self._lock = Lock()
        self._at: dict[bytes, int] = {}
        self._rows: NDArray[np.int8] = np.zeros((0, 0), np.int8)
        self._scale: NDArray[np.float32] = np.zeros(
            0, np.float32
        )  # of a row's products, to make cosines of them
        try:
            self._conn = self._open(file, model)
        except sqlite3.DatabaseError:
            for suffix in ("", "-wal", "-shm"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)
            self._conn = self._open(file, model)

    def _open(self, file: Path, model: str) -> sqlite3.Connection:
        os.close(os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        conn = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        if (found := conn.execute("PRAGMA user_version").fetchone()[0]) > LAYOUT:
            conn.close()
            raise NewerStore(
                f"{file.name} was written by a newer memoryd: it has layout {found}, this one knows {LAYOUT}",
                where=str(file),
                next_step="upgrade memoryd; or delete the file: it is only a cache",
            )
        conn.executescript(_TABLES)
        if conn.execute("SELECT id FROM model").fetchall() != [(model,)]:
            conn.executescript("BEGIN; DELETE FROM model; DELETE FROM vector; COMMIT; VACUUM")
            conn.execute("INSERT INTO model VALUES (?)", (model,))
        rows = conn.execute("SELECT hash, vector FROM vector").fetchall()
        if rows:
            matrix = np.frombuffer(b"".join(vector for _, vector in rows), np.int8)
            self._hold([key for key, _ in rows], matrix.reshape(len(rows), -1))
        return conn

    def __len__(self) -> int:
        return len(self._at)

    def __contains__(self, key: object) -> bool:
        return key in self._at

    def put(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Keep these unit rows; those that are kept already stay as they are."""
        largest = np.abs(vectors).max(axis=1, keepdims=True)
        rows = np.rint(vectors / np.maximum(largest, 1e-9) * SCALE).astype(np.int8)
        with self._lock:
            new = {key: number for number, key in enumerate(keys) if key not in self._at}
            self._conn.execute("BEGIN")
            self._conn.executemany(
                "INSERT OR IGNORE INTO vector VALUES (?, ?)",
                [(key, rows[number].tobytes()) for key, number in new.items()],
            )
            self._conn.execute("COMMIT")
            self._hold(list(new), rows[list(new.values())])

    def keep_only(self, live: Collection[bytes]) -> None:
        """Drop what is not in ``live``, once that is more than half of all: code that went may come back."""
        with self._lock:
            gone = [key for key in self._at if key not in live]
            if len(gone) <= len(self._at) // 2:
                return
            self._conn.execute("BEGIN")
            self._conn.executemany("DELETE FROM vector WHERE hash = ?", [(key,) for key in gone])
            self._conn.execute("COMMIT")
            kept = {key: at for key, at in self._at.items() if key in live}
            rows = self._rows[list(kept.values())]
            self._at, self._rows = {}, np.zeros((0, rows.shape[1]), np.int8)
            self._hold(list(kept), rows)

    def cosines(self, query: NDArray[np.float32]) -> tuple[bytes, NDArray[np.float32]]:
        """The 16-byte keys of all chunks, one after the other, and how near each is to ``query`` (unit)."""
        with self._lock:
            keys, rows, scale = list(self._at), self._rows[: len(self._at)], self._scale[: len(self._at)]
        return b"".join(keys), exact_scores(rows, query) * scale

    def _hold(self, keys: Sequence[bytes], rows: NDArray[np.int8]) -> None:
        """In memory; pictures taken before stay valid."""
        first, last = len(self._at), len(self._at) + len(keys)
        if last > len(self._rows):
            room = max(_FIRST_ROOM, last + last // 8)
            grown, scale = np.zeros((room, rows.shape[1]), np.int8), np.zeros(room, np.float32)
            if first:
                grown[:first], scale[:first] = self._rows[:first], self._scale[:first]
            self._rows, self._scale = grown, scale
        self._rows[first:last] = rows
        lengths = np.linalg.norm(rows.astype(np.float32), axis=1)
        self._scale[first:last] = SCALE / np.maximum(lengths, 1.0)
        self._at.update((key, first + number) for number, key in enumerate(keys))
