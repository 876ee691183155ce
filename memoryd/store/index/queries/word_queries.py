"""The words by which pieces of text are found, and the texts themselves."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Sequence

from memoryd.store.index import reader

_STATE = "words"  # key of meta: how often the words changed


def state(conn: sqlite3.Connection) -> str:
    """Another one whenever the words are others."""
    return reader.meta(conn, _STATE)


def note_change(conn: sqlite3.Connection) -> None:
    """The words are others from now on."""
    changes = int(state(conn) or 0) + 1
    conn.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_STATE, str(changes)))


def words(conn: sqlite3.Connection) -> list[tuple[str, int]]:
    """(word, term) of all files ever stored, ordered."""
    return conn.execute("SELECT text, term FROM word ORDER BY text, term").fetchall()


def apart(conn: sqlite3.Connection, view_id: int) -> list[tuple[int, str | None]]:
    """(path id, words that no term leads to, a line each; None: too many) of those files of the view that have some."""
    query = "SELECT v.path_id, a.words FROM words_apart a JOIN view_file v ON v.file_id = a.file_id WHERE v.view_id = ?"
    return conn.execute(query, (view_id,)).fetchall()


def texts(conn: sqlite3.Connection, file_ids: Sequence[int], at_once: int) -> Iterator[tuple[int, bytes]]:
    """(file id, text without secrets) for each known id, in no particular order."""
    for part in reader.batches(list(file_ids), at_once):
        marks = ",".join("?" * len(part))
        for file_id, packed in conn.execute(f"SELECT id, text FROM file WHERE id IN ({marks})", part):
            yield file_id, zlib.decompress(packed)
