"""The chunks of index.db that a model has not read yet, newest files first."""

from __future__ import annotations

import sqlite3
from collections.abc import Container, Iterator

from msgspec import Struct

from memoryd.store.index import reader
from memoryd.store.index.queries import lexical_queries
from memoryd.store.vectors.quality_model import chunk_text


class Unread(Struct, frozen=True):
    """``files``: file id → hashes of its chunks that lack a vector, in the order in which to read them.
    ``live``: the hashes of all chunks."""

    files: dict[int, set[bytes]]
    live: set[bytes]

    @property
    def chunks(self) -> int:
        """How many there are."""
        return sum(map(len, self.files.values()))


def unread(conn: sqlite3.Connection, known: Container[bytes]) -> Unread:
    """What ``known`` lacks; a chunk that several versions of a file share counts once."""
    files: dict[int, set[bytes]] = {}
    live: set[bytes] = set()
    for file_id, key in conn.execute("SELECT file_id, hash FROM chunk ORDER BY file_id DESC"):
        if key not in live:
            live.add(key)
            if key not in known:
                files.setdefault(file_id, set()).add(key)
    return Unread(files, live)


def texts(conn: sqlite3.Connection, todo: Unread) -> Iterator[tuple[bytes, str]]:
    """(hash, text) of each; without those whose file was replaced meanwhile."""
    for file_id, keys in todo.files.items():
        path = conn.execute(
            "SELECT p.path FROM file f JOIN path p ON p.id = f.path_id WHERE f.id = ?", (file_id,)
        ).fetchone()
        if path is None:
            continue
        rows = {row.hash: row for row in lexical_queries.chunk_rows(conn, file_id) if row.hash in keys}
        whole = reader.file_text(conn, file_id) if rows else b""
        for key, row in rows.items():
            body = whole[row.start_byte : row.end_byte].decode("utf-8", "replace")
            yield key, chunk_text(path[0], row.qualname, body)
