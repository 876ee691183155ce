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
from memoryd.store.index.queries import lexical_queries, vector_queries

_SAMPLE = 4_096  # at least so many chunks stand for all when the median is taken
# Without any of the question's words a chunk must be this much nearer in meaning than the median one (cosine):
# below it, the shipped model finds resemblance to nonsense.
MIN_SIMILARITY = 0.3


class Vectors(Struct, frozen=True):
    """``rows[i]``: int8 vector of chunk i; ``known[i]``: it has one; ``keys[i]``: the first 8 bytes of its hash;
    ``sample``: numbers of known chunks, evenly spread."""

    model: str
    rows: NDArray[np.int8]
    known: NDArray[np.bool_]
    keys: NDArray[np.uint64]
    sample: NDArray[np.int64]

    def similarity(self, query: NDArray[np.float32]) -> NDArray[np.float64]:
        """Per chunk: how much nearer to ``query`` than the median chunk it is, squared (differences among near
        ones matter, among far ones not); 0 without a vector."""
        if not len(self.sample):
            return np.zeros(len(self.known))
        cosine = exact_scores(self.rows, query)
        return np.where(self.known, above(cosine, float(np.median(cosine[self.sample]))), 0.0)

    def numbers(self, hashes: Sequence[bytes]) -> NDArray[np.int64]:
        """The chunks with these hashes, ascending; versions of one file may share a chunk."""
        wanted = np.frombuffer(b"".join(key[:8] for key in hashes), "<u8")
        marks = np.zeros(1 << 16, bool)
        marks[wanted >> np.uint64(48)] = True
        likely = np.flatnonzero(marks[self.keys.view("<u2")[3::4]])
        return likely[np.isin(self.keys[likely], wanted)]


def above(cosine: NDArray[np.float32], middle: float) -> NDArray[np.float64]:
    """Likeness of cosines, given the median one."""
    over = np.maximum(cosine.astype(np.float64) - middle, 0.0)
    return over * over


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
        self._keys: NDArray[np.uint64] = np.zeros(0, "<u8")

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
            self._known, self._keys = np.zeros(0, bool), np.zeros(0, "<u8")
        self._reserve(chunks)
        lacking = {f.file_id: f.first_chunk for f in files if f.chunks and not self._known[f.first_chunk]}
        ids = sorted(lacking)
        for rows in lexical_queries.vectors(conn, self._model, ids):
            if not rows:
                break
            files, ordinals, keys, vectors = zip(*rows, strict=True)
            numbers = np.array([lacking[file_id] for file_id in files]) + ordinals
            self._rows[numbers] = vector_queries.matrix(vectors, embedder.dimensions)
            self._keys[numbers] = np.frombuffer(b"".join(keys), "<u8")[::2]  # of 16 bytes each
            self._known[numbers] = True
        known = self._known[:chunks].copy()
        at = np.flatnonzero(known)
        sample = at[:: max(1, len(at) // _SAMPLE)]
        return Vectors(self._model, self._rows[:chunks], known, self._keys[:chunks], sample)

    def _reserve(self, chunks: int) -> None:
        if chunks > len(self._known):
            room = chunks + chunks // 8
            rows = np.zeros((room, self._rows.shape[1]), np.int8)
            rows[: len(self._rows)] = self._rows
            known = np.zeros(room, bool)
            known[: len(self._known)] = self._known
            keys = np.zeros(room, "<u8")
            keys[: len(self._keys)] = self._keys
            self._rows, self._known, self._keys = rows, known, keys
