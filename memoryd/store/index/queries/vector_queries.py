"""Reads of index.db's embedding table as arrays. A vector is int8[d], a unit vector times 127; zero means that
nothing of the chunk is known to the model, and such a chunk is near nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from memoryd.store.index.reader import MAX_SQL_VARIABLES, batches

_NOT_ZERO = "vector != zeroblob(length(vector))"


def searchable(conn: sqlite3.Connection, model: str) -> set[bytes]:
    """The chunk hashes that have a non-zero vector of ``model``."""
    rows = conn.execute(f"SELECT hash FROM embedding WHERE model = ? AND {_NOT_ZERO}", (model,))
    return {row[0] for row in rows}


def models(conn: sqlite3.Connection) -> set[str]:
    """The models that have any vector."""
    return {row[0] for row in conn.execute("SELECT DISTINCT model FROM embedding")}


def vectors(conn: sqlite3.Connection, model: str, hashes: Sequence[bytes]) -> dict[bytes, bytes]:
    """hash → vector bytes, for those of ``hashes`` that the table has."""
    found: dict[bytes, bytes] = {}
    for part in batches(list(hashes), MAX_SQL_VARIABLES):
        marks = ",".join("?" * len(part))
        query = f"SELECT hash, vector FROM embedding WHERE model = ? AND hash IN ({marks})"
        found.update(conn.execute(query, (model, *part)))
    return found


def matrix(vectors_of: Iterable[bytes], dimensions: int) -> NDArray[np.int8]:
    """Vector bytes as rows (n, dimensions)."""
    joined = np.frombuffer(b"".join(vectors_of), dtype=np.int8)
    return joined.reshape(-1, dimensions)
