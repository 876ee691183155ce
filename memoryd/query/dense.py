"""The chunks' vectors in memory, in the search index's own numbering, filled as they are embedded."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memoryd.embedding.base import Embedder
from memoryd.embedding.exact import exact_scores
from memoryd.store import lexical_rows

_FILES_PER_READ = 500
_ROWS_IN_CACHE = 1_024  # 1 MB as float32: the product is five times as fast as in blocks beyond the cache


class Vectors(Struct, frozen=True):
    """``rows[i]``: int8 vector of chunk i; ``known[i]``: it has one."""

    model: str
    rows: NDArray[np.int8]
    known: NDArray[np.bool_]

    def likeness(self, query: NDArray[np.float32]) -> NDArray[np.float64]:
        """Per chunk: how much nearer to ``query`` than the median chunk it is, squared (differences among near
        ones matter, among far ones not); 0 without a vector."""
        if not self.known.any():
            return np.zeros(len(self.known))
        blocks = range(0, len(self.rows), _ROWS_IN_CACHE)
        parts = [exact_scores(self.rows[start : start + _ROWS_IN_CACHE], query) for start in blocks]
        cosine = np.concatenate(parts).astype(np.float64)
        above = np.maximum(cosine - np.median(cosine[self.known]), 0.0)
        return np.where(self.known, above * above, 0.0)


class Chunked(Protocol):
    """A file whose chunks have consecutive numbers."""

    @property
    def file_id(self) -> int: ...
    @property
    def first_chunk(self) -> int: ...
    @property
    def chunks(self) -> int: ...


class VectorRows:
    """Grows with the index. Pictures taken before stay valid: rows are filled, never moved or changed."""

    def __init__(self) -> None:
        self._model = ""
        self._rows: NDArray[np.int8] = np.zeros((0, 0), np.int8)
        self._known: NDArray[np.bool_] = np.zeros(0, bool)

    def load(
        self, conn: sqlite3.Connection, embedder: Embedder, files: Sequence[Chunked], chunks: int
    ) -> Vectors:
        """Read the vectors that ``files`` lack, as far as they are stored, and picture all ``chunks``.

        The writer embeds files in ascending order of id, so the first batch that has none ends the reading:
        while a large project is being embedded, a question costs one look.
        """
        if embedder.model != self._model:
            self._model = embedder.model
            self._rows = np.zeros((0, embedder.dimensions), np.int8)
            self._known = np.zeros(0, bool)
        self._reserve(chunks)
        lacking = {f.file_id: f.first_chunk for f in files if f.chunks and not self._known[f.first_chunk]}
        ids = sorted(lacking)
        for start in range(0, len(ids), _FILES_PER_READ):
            found = False
            batch = ids[start : start + _FILES_PER_READ]
            for file_id, ordinal, vector in lexical_rows.vectors(conn, self._model, batch):
                number = lacking[file_id] + ordinal
                self._rows[number] = np.frombuffer(vector, np.int8)
                self._known[number] = found = True
            if not found:
                break
        return Vectors(self._model, self._rows[:chunks], self._known[:chunks].copy())

    def _reserve(self, chunks: int) -> None:
        if chunks > len(self._known):
            room = chunks + chunks // 8
            rows = np.zeros((room, self._rows.shape[1]), np.int8)
            rows[: len(self._rows)] = self._rows
            known = np.zeros(room, bool)
            known[: len(self._known)] = self._known
            self._rows, self._known = rows, known
