"""An inverted index in memory, built from forward rows and grown in segments. Pure: no SQL, no clock.

A document is a number handed out in the order of adding. A segment holds the postings of consecutive
documents sorted by term: 5 bytes a posting plus 8 a distinct term. Adding a changed file makes a small
segment; small ones are merged as they pile up. Documents are never removed, only masked by a `Scope`,
whose statistics (number of documents, lengths, document frequencies) are counted over the live ones
alone: scores depend on what is in scope, not on the order or the segments in which it arrived.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

SEGMENT_POSTINGS = 4_000_000  # keeps the sort's working set near 32 MB
MAX_SMALL_SEGMENTS = 16
MAX_DOCS_PER_SEGMENT = 1 << 24  # a sort key has 24 bits for the document
_Range = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Where the postings of each of some terms start and stop in a segment."""
_NO_DOCS: NDArray[np.uint32] = np.zeros(0, np.uint32)


class Forward(Struct, frozen=True):
    """Decoded forward rows of consecutive documents: ``distinct`` terms per document, its ``lengths`` in
    terms, and the concatenated ``terms`` (u32) with their ``counts`` (u8)."""

    distinct: NDArray[np.uint32]
    lengths: NDArray[np.uint32]
    terms: NDArray[np.uint32]
    counts: NDArray[np.uint8]


EMPTY = Forward(_NO_DOCS, _NO_DOCS, _NO_DOCS, np.zeros(0, np.uint8))


class Segment(Struct, frozen=True):
    """``docs``/``counts`` of term ``terms[i]`` lie at ``starts[i]:starts[i + 1]``; docs are absolute."""

    terms: NDArray[np.uint32]
    starts: NDArray[np.uint32]
    docs: NDArray[np.uint32]
    counts: NDArray[np.uint8]


class Hits(Struct, frozen=True):
    """Postings of the terms of a query, one after the other: for query term i, ``sizes[i]`` rows of
    ``docs`` and ``counts``. A document occurs at most once under a term."""

    sizes: NDArray[np.int64]
    docs: NDArray[np.uint32]
    counts: NDArray[np.uint8]


def decode(blobs: Iterable[bytes]) -> Forward:
    """Parse forward rows as written by ``indexers.terms.encode``, keeping their order."""
    parts = [_decode_one(blob) for blob in blobs]
    return Forward(*(np.concatenate(columns) for columns in zip(*parts, strict=True))) if parts else EMPTY


def _decode_one(blob: bytes) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    n = int.from_bytes(blob[:4], "little")
    distinct = np.frombuffer(blob, "<u4", n, 4)
    lengths = np.frombuffer(blob, "<u4", n, 4 + 4 * n)
    total = int(distinct.sum())
    terms = np.frombuffer(blob, "<u4", total, 4 + 8 * n)
    return distinct, lengths, terms, np.frombuffer(blob, np.uint8, total, 4 + 8 * n + 4 * total)


def count(documents: Sequence[Sequence[int]]) -> Forward:
    """The forward rows of documents given as terms: for many short ones, faster than encoding each."""
    lengths = np.array([len(document) for document in documents], np.uint32)
    docs = np.repeat(np.arange(len(lengths), dtype=np.uint64), lengths)
    terms = np.fromiter(chain.from_iterable(documents), np.uint64, int(lengths.sum()))
    pairs, counts = np.unique(docs << np.uint64(32) | terms, return_counts=True)
    owners = (pairs >> np.uint64(32)).astype(np.int64)
    return Forward(
        np.bincount(owners, minlength=len(lengths)).astype(np.uint32),
        lengths,
        pairs.astype(np.uint32),
        np.minimum(counts, 255).astype(np.uint8),
    )


def join(forwards: Sequence[Forward]) -> Forward:
    """The documents of all, in order."""
    if not forwards:
        return EMPTY
    return Forward(
        np.concatenate([f.distinct for f in forwards]),
        np.concatenate([f.lengths for f in forwards]),
        np.concatenate([f.terms for f in forwards]),
        np.concatenate([f.counts for f in forwards]),
    )


def build(forward: Forward, first_doc: int) -> list[Segment]:
    """The segments of these documents, which are numbered from ``first_doc``."""
    ends = np.cumsum(forward.distinct, dtype=np.int64)
    segments = []
    doc = row = 0
    while doc < len(ends):
        stop = max(doc + 1, int(np.searchsorted(ends, row + SEGMENT_POSTINGS, "right")))
        stop = min(stop, doc + MAX_DOCS_PER_SEGMENT)
        last = int(ends[stop - 1])
        docs = np.repeat(np.arange(stop - doc, dtype=np.uint64), forward.distinct[doc:stop])
        segments.append(
            _sorted_segment(forward.terms[row:last], docs, forward.counts[row:last], first_doc + doc)
        )
        doc, row = stop, last
    return segments


def _sorted_segment(
    terms: NDArray[np.uint32], docs: NDArray[np.uint64], counts: NDArray[np.uint8], base: int
) -> Segment:
    """Sort by (term, document). One in-place sort of packed 64-bit keys beats an index sort in time and memory."""
    keys = terms.astype(np.uint64) << np.uint64(32)
    keys |= docs << np.uint64(8)
    keys |= counts
    keys.sort()
    high = (keys >> np.uint64(32)).astype(np.uint32)
    first = np.ones(len(high), bool)
    first[1:] = high[1:] != high[:-1]
    starts = np.append(np.flatnonzero(first), len(high)).astype(np.uint32)
    docs32 = ((keys >> np.uint64(8)) & np.uint64(0xFFFFFF)).astype(np.uint32) + np.uint32(base)
    return Segment(high[first], starts, docs32, keys.astype(np.uint8))


def merge(segments: Sequence[Segment]) -> Segment:
    """One segment with the postings of all."""
    base = min((int(s.docs.min()) for s in segments if len(s.docs)), default=0)
    terms = np.concatenate([np.repeat(s.terms, np.diff(s.starts)) for s in segments])
    docs = np.concatenate([s.docs for s in segments]).astype(np.uint64) - np.uint64(base)
    return _sorted_segment(terms, docs, np.concatenate([s.counts for s in segments]), base)


def grow(segments: tuple[Segment, ...], forward: Forward, first_doc: int) -> tuple[Segment, ...]:
    """``segments`` with the documents of ``forward`` added. The small ones are merged when there are many."""
    grown = [*segments, *build(forward, first_doc)]
    small = [s for s in grown if len(s.docs) < SEGMENT_POSTINGS // 8]
    if len(small) <= MAX_SMALL_SEGMENTS:
        return tuple(grown)
    return (*(s for s in grown if len(s.docs) >= SEGMENT_POSTINGS // 8), merge(small))


def lookup(segments: Sequence[Segment], terms: NDArray[np.uint32]) -> Hits:
    """The postings of each of ``terms``, in their order."""
    found = [_ranges(segment, terms) for segment in segments]
    sizes = _sizes(found, len(terms))
    docs, counts = [_NO_DOCS], [np.zeros(0, np.uint8)]
    for i in np.flatnonzero(sizes):
        for segment, (starts, stops) in zip(segments, found, strict=True):
            if stops[i] > starts[i]:
                docs.append(segment.docs[starts[i] : stops[i]])
                counts.append(segment.counts[starts[i] : stops[i]])
    return Hits(sizes, np.concatenate(docs), np.concatenate(counts))


def _sizes(ranges: Sequence[_Range], terms: int) -> NDArray[np.int64]:
    """How many postings each term has."""
    sizes = np.zeros(terms, np.int64)
    for starts, stops in ranges:
        sizes += stops - starts
    return sizes


def _ranges(segment: Segment, terms: NDArray[np.uint32]) -> _Range:
    if not len(segment.terms):
        return np.zeros(len(terms), np.int64), np.zeros(len(terms), np.int64)
    at = np.minimum(np.searchsorted(segment.terms, terms), len(segment.terms) - 1)
    present = segment.terms[at] == terms
    starts = segment.starts[at].astype(np.int64)
    return starts, np.where(present, segment.starts[at + 1].astype(np.int64), starts)


class SearchScope(Struct, frozen=True):
    """The live documents of a set of segments, ready to score: their ``lengths`` in terms, ``alive`` (bool per
    document), how many there are, and ``norms``: the BM25 length part k1·(1 - b + b·length / average) of each."""

    segments: tuple[Segment, ...]
    lengths: NDArray[np.uint32]
    alive: NDArray[np.bool_]
    documents: int
    norms: NDArray[np.float32]
    k1: float

    @classmethod
    def of(
        cls,
        segments: tuple[Segment, ...],
        lengths: NDArray[np.uint32],
        alive: NDArray[np.bool_],
        *,
        k1: float,
        b: float,
    ) -> SearchScope:
        documents = int(np.count_nonzero(alive))
        average = int(lengths[alive].sum(dtype=np.int64)) / documents if documents else 1.0
        norms = k1 * (1.0 - b + b * lengths / max(average, 1.0))
        return cls(segments, lengths, alive, documents, norms.astype(np.float32), k1)

    def idf(self, live: Sequence[int]) -> NDArray[np.float64]:
        """BM25's inverse document frequency of terms that occur in so many live documents."""
        n = self.documents
        return np.array([math.log(1 + (n - df + 0.5) / (df + 0.5)) for df in live])

    def rarity(self, terms: NDArray[np.uint32]) -> NDArray[np.float64]:
        """The inverse document frequency of each of ``terms``."""
        if self._is_whole:
            return self.idf(
                _sizes([_ranges(segment, terms) for segment in self.segments], len(terms)).tolist()
            )
        hits = lookup(self.segments, terms)
        return self.idf(_frequency(hits, self._dead(hits)).tolist())

    def having_all(self, terms: Collection[int]) -> NDArray[np.int64]:
        """The live documents that hold every one of ``terms``, ascending; none for no terms."""
        wanted = np.array(sorted(set(terms)), dtype=np.uint32)
        kept = [_NO_DOCS, *(_holding(segment, wanted) for segment in self.segments if len(wanted))]
        docs = np.concatenate(kept)
        return np.sort(docs[self.alive[docs]]).astype(np.int64)

    def having_any(self, terms: Collection[int]) -> NDArray[np.int64]:
        """The live documents that hold one of ``terms``, ascending."""
        docs = np.unique(lookup(self.segments, np.array(sorted(terms), dtype=np.uint32)).docs)
        return docs[self.alive[docs]].astype(np.int64)

    def held(self, document: int, terms: NDArray[np.uint32]) -> NDArray[np.uint32]:
        """Those of ``terms`` that the document holds, in their order."""
        marks = np.zeros(len(terms), bool)
        for segment in self.segments:
            marks |= _holds(segment, document, *_ranges(segment, terms))
        return terms[marks]

    def scores(self, weights: dict[int, float]) -> NDArray[np.float64]:
        """BM25 of every document for weighted query terms; 0 for documents out of scope or without a hit.

        Sums run in ascending order of terms, so equal contents give bit-equal scores.
        """
        terms = np.array(sorted(weights), dtype=np.uint32)
        if not len(terms) or not self.documents:
            return np.zeros(len(self.alive))
        hits = lookup(self.segments, terms)
        dead = self._dead(hits)
        idf = self.idf(_frequency(hits, dead).tolist())
        gain = idf * np.array([weights[t] for t in terms.tolist()]) * (self.k1 + 1)
        counts = hits.counts.astype(np.float64)
        parts = np.repeat(gain, hits.sizes)
        parts *= counts
        counts += self.norms[hits.docs]
        parts /= counts
        parts[dead] = 0.0
        return np.bincount(hits.docs, parts, minlength=len(self.alive)).astype(np.float64)

    @property
    def _is_whole(self) -> bool:
        return self.documents == len(self.alive)

    def _dead(self, hits: Hits) -> NDArray[np.int64]:
        """The rows of ``hits`` whose document is out of scope: none or few of them, mostly."""
        if self._is_whole:
            return np.zeros(0, np.int64)
        return np.flatnonzero(~self.alive[hits.docs])


def _frequency(hits: Hits, dead: NDArray[np.int64]) -> NDArray[np.int64]:
    """In how many documents each term occurs, the ``dead`` rows left out."""
    terms = np.searchsorted(np.cumsum(hits.sizes), dead, "right")
    return hits.sizes - np.bincount(terms, minlength=len(hits.sizes))


def _holds(
    segment: Segment, document: int, starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Which of these postings name the document: one binary search in all of them at once."""
    low, high = starts, stops
    while (low < high).any():
        middle = (low + high) // 2
        before = (low < high) & (segment.docs[np.minimum(middle, len(segment.docs) - 1)] < document)
        low, high = np.where(before, middle + 1, low), np.where(before, high, middle)
    found = low < stops
    found[found] = segment.docs[low[found]] == document
    return found


def _holding(segment: Segment, wanted: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The documents of the segment that hold all ``wanted`` terms: those of the rarest, looked up in the others."""
    starts, stops = _ranges(segment, wanted)
    rarest, *others = np.argsort(stops - starts).tolist()
    docs = segment.docs[starts[rarest] : stops[rarest]]
    for i in others if len(docs) else ():
        more = segment.docs[starts[i] : stops[i]]
        docs = docs[more[np.minimum(np.searchsorted(more, docs), len(more) - 1)] == docs]
    return docs
