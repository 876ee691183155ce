"""The shipped model: one trained int8 row per term hash, summed and normalised.

A chunk's vector is computed in whole numbers (rows are int8, weights are rounded to integers), so that
it is the same to the bit on every machine, whatever the library below adds up first. The data files
(``data/``, see training/MODEL_CARD.md):

* ``hashes.npy`` u32[n], ascending: the terms;
* ``rows.npy`` i8[n, d]: their vectors, each scaled to use the whole range;
* ``weights.npy`` f32[2, n]: the scale of each row, times its weight in code (0) and in queries (1).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memoryd.embedding.base import SCALE
from memoryd.errors import StoreError

DATA = Path(__file__).parent / "data"
FILES = ("hashes.npy", "rows.npy", "weights.npy")
NAME = "memoryd-static-1"
_BATCH_TERMS = 1 << 19  # bounds the working memory of a batch: about 10 MB
_STEPS = 256  # integer steps of a typical term weight
# Sums of integers below 2**24 are exact in float32 in any order; a row entry is at most 127.
_EXACT_IN_FLOAT32 = (1 << 24) // SCALE
_TF = np.concatenate([[0.0], 1.0 + np.log(np.arange(1, 256))])


class _Chunks(Struct, frozen=True):
    """Chunks of one or more files: number of distinct terms of each; the terms and their counts, in a row."""

    sizes: NDArray[np.int64]
    hashes: NDArray[np.uint32]
    tfs: NDArray[np.uint8]


class StaticEmbedder:
    """The model in ``folder``; opening it reads the weights and maps the rows. Raises StoreError when a data
    file is missing or damaged."""

    def __init__(self, folder: Path = DATA) -> None:
        self._hashes, self._rows, weights = (_load(folder / name) for name in FILES)
        _check(folder, self._hashes, self._rows, weights)
        unit = float(np.median(weights[0])) / _STEPS
        self._code = weights[0].astype(np.float64) / unit
        self._query = weights[1]
        self.model = f"{NAME}-{_digest(folder)}"

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._rows.shape[1])

    def encode_forward(self, forwards: Sequence[bytes]) -> NDArray[np.int8]:
        """One row per chunk of ``forwards``, in order: unit vector · 127, zero where no term is known."""
        parts = [self._encode(chunks) for chunks in _batches(map(_chunks, forwards))]
        return np.concatenate([np.empty((0, self.dimensions), dtype=np.int8), *parts])

    def encode_query(self, weights: Mapping[int, float]) -> NDArray[np.float32]:
        """The unit vector of weighted terms (1 + ln tf, or the caller's own weights); zero if none is known."""
        terms = np.array(sorted(weights), dtype=np.uint32)
        at, known = self._find(terms)
        given = np.array([weights[int(term)] for term in terms[known]], dtype=np.float32)
        summed = (given * self._query[at]) @ self._rows[at].astype(np.float32)
        norm = float(np.linalg.norm(summed))
        unit: NDArray[np.float32] = (summed / norm if norm > 0 else summed).astype(np.float32)
        return unit

    def question_rows(self, terms: NDArray[np.uint32]) -> NDArray[np.float32]:
        """What each term of weight 1 adds to a question's vector, before it is normalised; zero if unknown."""
        rows = np.zeros((len(terms), self.dimensions), np.float32)
        at, known = self._find(terms)
        rows[known] = self._rows[at] * self._query[at, None]
        return rows

    def _find(self, terms: NDArray[np.uint32]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Row numbers of the known terms, and which of ``terms`` are known."""
        at = np.minimum(np.searchsorted(self._hashes, terms), len(self._hashes) - 1)
        known = self._hashes[at] == terms
        return at[known], known

    def _encode(self, chunks: _Chunks) -> NDArray[np.int8]:
        at, known = self._find(chunks.hashes)
        weights = np.rint(self._code[at] * _TF[chunks.tfs[known]])
        ends = np.concatenate([[0], np.cumsum(known)])[np.cumsum(chunks.sizes)].tolist()
        sums = np.zeros((len(chunks.sizes), self.dimensions))
        start = 0
        for row, end in enumerate(ends):
            if end > start:
                sums[row] = _weighted_sum(weights[start:end], self._rows[at[start:end]])
            start = end
        return _unit(sums)


@lru_cache(maxsize=1)
def load() -> StaticEmbedder:
    """The shipped model, opened once a process. Raises StoreError."""
    return StaticEmbedder()


def _weighted_sum(weights: NDArray[np.float64], rows: NDArray[np.int8]) -> NDArray[Any]:
    """Exact sum of integer weights times rows."""
    if weights.sum() < _EXACT_IN_FLOAT32:
        return weights.astype(np.float32) @ rows.astype(np.float32)
    return weights @ rows.astype(np.float64)


def _unit(sums: NDArray[np.float64]) -> NDArray[np.int8]:
    """Rows scaled to length ``SCALE`` and rounded; zero rows stay zero."""
    whole = sums.astype(np.int64)
    squares = np.einsum("ij,ij->i", whole, whole)  # whole numbers: exact, in any order
    lengths = np.sqrt(np.maximum(squares, 1).astype(np.float64))
    scaled: NDArray[np.int8] = np.rint(sums * SCALE / lengths[:, None]).astype(np.int8)
    return scaled


def _chunks(forward: bytes) -> _Chunks:
    """The chunks of one forward index (``indexers.terms.encode``)."""
    count = int.from_bytes(forward[:4], "little")
    head = 4 + 8 * count
    if len(forward) >= head:
        sizes = np.frombuffer(forward, "<u4", count, 4).astype(np.int64)
        total = int(sizes.sum())
        if len(forward) == head + 5 * total:
            hashes = np.frombuffer(forward, "<u4", total, head)
            return _Chunks(sizes, hashes, np.frombuffer(forward, "u1", total, head + 4 * total))
    raise StoreError(
        "a forward index has an unknown form", where="index.db", next_step="run `memoryd doctor --repair`"
    )


def _batches(chunks: Iterable[_Chunks]) -> Iterator[_Chunks]:
    """The same chunks in fewer, bounded arrays (one file alone may exceed the bound)."""
    held: list[_Chunks] = []
    terms = 0
    for part in chunks:
        held.append(part)
        terms += len(part.hashes)
        if terms >= _BATCH_TERMS:
            yield _joined(held)
            held, terms = [], 0
    if held:
        yield _joined(held)


def _joined(held: Sequence[_Chunks]) -> _Chunks:
    return _Chunks(
        np.concatenate([part.sizes for part in held]),
        np.concatenate([part.hashes for part in held]),
        np.concatenate([part.tfs for part in held]),
    )


def _load(file: Path) -> NDArray[Any]:
    try:
        array: NDArray[Any] = np.load(file, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError, SyntaxError) as error:
        raise _damaged(file, str(error)) from error
    return array


def _check(folder: Path, hashes: NDArray[Any], rows: NDArray[Any], weights: NDArray[Any]) -> None:
    shapes_fit = (
        hashes.dtype == np.uint32
        and rows.dtype == np.int8
        and weights.dtype == np.float32
        and hashes.ndim == 1
        and rows.ndim == 2
        and len(hashes) == len(rows) > 0
        and weights.shape == (2, len(hashes))
    )
    if not shapes_fit:
        raise _damaged(folder, "the arrays do not fit together")
    if not (np.all(hashes[1:] > hashes[:-1]) and np.all(np.isfinite(weights)) and np.all(weights > 0)):
        raise _damaged(folder, "the terms are not ascending or a weight is not positive")


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for name in FILES:
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()[:8]


def _damaged(where: Path, reason: str) -> StoreError:
    return StoreError(
        f"the embedding model cannot be read: {reason}",
        where=str(where),
        next_step="reinstall memoryd",
    )
