"""index.db as a process reads it that keeps it open for long: the file may be replaced meanwhile."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from memoryd.errors import StoreError
from memoryd.store import sqlite


class IndexFile:
    """One thread's read-only connection."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._conn: sqlite3.Connection | None = None
        self._inode = 0

    def open(self) -> sqlite3.Connection:
        """The connection, opened anew when the file was replaced. Raises StoreError when it is gone."""
        try:
            inode = os.stat(self._file).st_ino
        except FileNotFoundError as error:
            raise StoreError("there is no index", where=str(self._file)) from error
        if self._conn is None or inode != self._inode:
            self._conn, self._inode = sqlite.connect(self._file, readonly=True), inode
        return self._conn
