"""Mined pairs as arrays of term hashes, through the product's own ``indexers.terms``."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from zlib import crc32

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from indexers import terms
from training.pairs import Pair

MAX_TERMS = 400  # distinct ones of a text
_LOG = [0.0] + [1.0 + math.log(n) for n in range(1, 256)]


class Bags(Struct, frozen=True):
    """Bags of terms, one per text: text i has ``ids[starts[i]:starts[i+1]]`` with ``weights`` 1 + ln tf."""

    ids: NDArray[np.int64]
    weights: NDArray[np.float32]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, rows: NDArray[np.int64]) -> Bags:
        """The bags of ``rows``, in that order."""
        sizes = self.starts[rows + 1] - self.starts[rows]
        starts = np.concatenate([[0], np.cumsum(sizes)])
        index = np.arange(starts[-1]) + np.repeat(self.starts[rows] - starts[:-1], sizes)
        return Bags(self.ids[index], self.weights[index], starts)


class Corpus(Struct, frozen=True):
    """Pairs of repositories. ``query_key`` is equal for pairs of one query; ``code_key`` likewise."""

    queries: Bags
    codes: Bags
    repository: NDArray[np.int64]
    kind: NDArray[np.int64]
    query_key: NDArray[np.int64]
    code_key: NDArray[np.int64]


KINDS = ("doc", "name", "comment", "commit", "section", "detail", "test")


def read_pairs(file: Path) -> Iterator[Pair]:
    """The pairs of one mined file."""
    decoder = msgspec.json.Decoder(Pair)
    with file.open("rb") as lines:
        yield from map(decoder.decode, lines)


def code_text(pair: Pair) -> str:
    """What the product indexes for a chunk (path, name, body), or in half of the cases the body alone, so
    that the model does not lean on the path. Name and test pairs never show the path: it often is the name."""
    if pair.kind in ("name", "test") or crc32(pair.code.encode("utf-8", "replace")) & 1:
        return pair.code
    return f"{pair.path}\n{pair.name}\n{pair.code}"


class Builder:
    """Collects pairs as term hashes; vocabulary ids are given out by ``corpus``."""

    def __init__(self) -> None:
        self._hashes = (array("L"), array("L"))
        self._weights = (array("f"), array("f"))
        self._sizes = (array("L"), array("L"))
        self._rows: list[tuple[int, int, int, int]] = []

    def add(self, pair: Pair, repository: int) -> None:
        """One more pair; skipped when a side has no term at all."""
        sides = [Counter(terms.terms(text)) for text in (pair.query, code_text(pair))]
        if not all(sides):
            return
        for side, tf in enumerate(sides):
            kept = list(islice(tf.items(), MAX_TERMS))
            self._hashes[side].extend(term for term, _ in kept)
            self._weights[side].extend(_LOG[min(n, 255)] for _, n in kept)
            self._sizes[side].append(len(kept))
        keys = [crc32(text.encode("utf-8", "replace")) for text in (pair.query, pair.code)]
        self._rows.append((repository, KINDS.index(pair.kind), keys[0], keys[1]))

    def corpus(self, vocabulary: NDArray[np.uint32]) -> Corpus:
        """All pairs over a sorted vocabulary; terms outside of it are dropped."""
        rows = np.array(self._rows, dtype=np.int64).reshape(-1, 4)
        bags = [self._bags(side, vocabulary) for side in (0, 1)]
        return Corpus(bags[0], bags[1], *rows.T)

    def _bags(self, side: int, vocabulary: NDArray[np.uint32]) -> Bags:
        hashes = np.array(self._hashes[side], dtype=np.uint32)
        found = np.minimum(np.searchsorted(vocabulary, hashes), len(vocabulary) - 1)
        known = vocabulary[found] == hashes
        owner = np.repeat(np.arange(len(self._sizes[side])), np.array(self._sizes[side], dtype=np.int64))
        sizes = np.bincount(owner[known], minlength=len(self._sizes[side]))
        starts = np.concatenate([[0], np.cumsum(sizes)])
        weights = np.array(self._weights[side], dtype=np.float32)
        return Bags(found[known].astype(np.int64), weights[known], starts)


def vocabulary_of(words: Iterable[Path], *, size: int, repositories: int) -> NDArray[np.uint32]:
    """The ``size`` terms found in most files, each in at least ``repositories`` of the repositories whose mined
    ``*.words.json`` these are. Ascending."""
    seen: Counter[int] = Counter()
    frequency: Counter[int] = Counter()
    for file in words:
        here: Counter[int] = Counter()
        for word, count in msgspec.json.decode(file.read_bytes(), type=dict[str, int]).items():
            for term in set(terms.expand(word)):
                here[term] += count
        frequency.update(here)
        seen.update(here.keys())
    wide = [(count, term) for term, count in frequency.items() if seen[term] >= repositories]
    return np.array(sorted(term for _, term in sorted(wide, reverse=True)[:size]), dtype=np.uint32)
