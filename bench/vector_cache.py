"""Exact comparison of vectors against the Chroma cache: time, agreement, memory, disk.

    python bench/vector_cache.py INDEX_DB QUERIES.jsonl … [--times 5]

INDEX_DB: of an indexed project; QUERIES: lines with a ``query``. ``--times N`` makes the project N times as large by
copies of each vector with a little noise. The real worker is driven, over a scratch index.db with these vectors.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memoryd.embedding.static import StaticEmbedder
from memoryd.query.retrieval import ann_candidates
from memoryd.query.retrieval.dense import MIN_SIMILARITY, Vectors
from memoryd.query.retrieval.lexical import LexicalIndex
from memoryd.query.search.question import question
from memoryd.store import sqlite
from memoryd.store.vectors.client import VectorClient, VectorHit

GENERATION = 1
NOISE = 3.0  # per entry of a vector of length 127: cosine .94 with the original
TOP = 10


class Asked(Struct, frozen=True):
    """A question: its vector, and which chunks have one of its words."""

    vector: NDArray[np.float32]
    has_words: NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("index", type=Path)
    parser.add_argument("queries", type=Path, nargs="+")
    parser.add_argument("--times", type=int, default=1)
    args = parser.parse_args()
    vectors, keys, asked = load(args.index, args.queries, args.times)
    with tempfile.TemporaryDirectory(prefix="memoryd-bench-") as folder:
        client = VectorClient(Path(folder, "vectors"), Path(folder, "index.db"), log_file=Path(folder, "log"))
        store(Path(folder, "index.db"), vectors, keys)
        print(f"{len(keys)} chunks, {len(asked)} questions, load {os.getloadavg()[0]:.1f}")
        shares = [float(one.has_words.mean()) for one in asked]
        print(f"share of chunks with a word of the question: median {statistics.median(shares):.2f}")
        print("exact        ", timed(lambda one: vectors.similarity(one.vector), asked))
        print("fill         ", fill(client, vectors.model, asked))
        near = Cache(client)
        print(
            "nearest 256  ",
            timed(lambda one: near.nearest(vectors.model, one.vector, 256, GENERATION), asked),
        )
        print("by the cache ", timed(lambda one: by_cache(vectors, one, near), asked))
        print(agreement(vectors, asked, near))
        status = client.status()
        client.close()
        disk = sum(file.stat().st_size for file in Path(folder, "vectors").rglob("*") if file.is_file())
        print(f"worker {status.rss_bytes / 1e6:.0f} MB resident, {disk / 1e6:.0f} MB on disk")


def load(index: Path, queries: list[Path], times: int) -> tuple[Vectors, list[bytes], list[Asked]]:
    """The project's vectors, enlarged, with a hash for each, and the questions against it."""
    conn = sqlite3.connect(f"{index.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
    embedder = StaticEmbedder()
    view_id = conn.execute("SELECT id FROM view WHERE complete").fetchone()[0]
    view = LexicalIndex().refresh(conn, view_id, embedder)
    assert view.vectors is not None
    random = np.random.default_rng(1)
    rows = np.concatenate([view.vectors.rows, *(noisy(view.vectors.rows, random) for _ in range(times - 1))])
    keys = [random.bytes(16) for _ in rows]
    known = np.tile(view.vectors.known, times)
    at = np.flatnonzero(known)
    prefixes = np.array([int.from_bytes(key[:8], "little") for key in keys], "<u8")
    vectors = Vectors(embedder.model, rows, known, prefixes, at[:: max(1, len(at) // 4_096)])
    asked = []
    for line in (line for file in queries for line in file.open(encoding="utf-8")):
        weights = question(json.loads(line)["query"], view.main_language).weights
        has_words = (view.text.scores(weights) > 0) | (view.names.scores(weights) > 0)
        asked.append(Asked(embedder.encode_query(weights), np.tile(has_words, times)))
    return vectors, keys, [one for one in asked if one.vector.any()]


def noisy(rows: NDArray[np.int8], random: np.random.Generator) -> NDArray[np.int8]:
    moved = rows + random.normal(size=rows.shape, scale=NOISE)
    moved *= 127 / np.linalg.norm(moved, axis=1, keepdims=True)
    return np.where(rows.any(axis=1, keepdims=True), np.rint(moved), 0).astype(np.int8)


def store(file: Path, vectors: Vectors, keys: list[bytes]) -> None:
    with sqlite.connect(file) as conn:
        sqlite.migrate(conn, "index")
        rows = zip(keys, vectors.rows, vectors.known.tolist(), strict=True)
        conn.execute("BEGIN")
        conn.executemany(
            "INSERT INTO embedding VALUES (?, ?, ?)",
            ((vectors.model, key, row.tobytes()) for key, row, known in rows if known),
        )
        conn.execute("INSERT OR REPLACE INTO meta VALUES ('generation', ?)", (str(GENERATION),))
        conn.execute("COMMIT")


def fill(client: VectorClient, model: str, asked: list[Asked]) -> str:
    start = time.perf_counter()
    while client.state != "ready":
        client.nearest(model, asked[0].vector, 1)
        time.sleep(0.2)
    return f"{time.perf_counter() - start:.0f} s from nothing"


class Cache:
    """As the daemon asks, but with time enough."""

    from_chunks = 1

    def __init__(self, client: VectorClient) -> None:
        self._client = client

    def nearest(
        self, model: str, vector: NDArray[np.float32], k: int, generation: int
    ) -> list[VectorHit] | None:
        return self._client.nearest(model, vector, k, generation=generation)


def by_cache(vectors: Vectors, one: Asked, near: ann_candidates.Near) -> NDArray[np.float64]:
    """As ``ranking`` does it: exactly where the cache does not tell."""
    found = ann_candidates.near_similarity(vectors, one.vector, one.has_words, near, GENERATION)
    return vectors.similarity(one.vector) if found is None else found


def agreement(vectors: Vectors, asked: list[Asked], near: ann_candidates.Near) -> str:
    """How often the cache told, and how often the chunks that count then have the same scores."""
    told = same = same_top = 0
    for one in asked:
        found = ann_candidates.near_similarity(vectors, one.vector, one.has_words, near, GENERATION)
        if found is None:
            continue
        exact = vectors.similarity(one.vector)
        for similarity in (found, exact):
            similarity[~one.has_words & (similarity < MIN_SIMILARITY**2)] = 0
        told += 1
        same += bool(np.allclose(found, exact, atol=1e-5))
        best = [np.argsort(-similarity, kind="stable")[:TOP] for similarity in (found, exact)]
        same_top += bool(np.allclose(found[best[0]], exact[best[1]], atol=1e-5))
    return f"the cache told for {told} of {len(asked)}: {same} equal, {same_top} with the same {TOP} nearest"


def timed(work: Callable[[Asked], Any], asked: list[Asked]) -> str:
    times = []
    for one in asked:
        start = time.perf_counter()
        work(one)
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    return f"median {statistics.median(times):6.2f} ms, p90 {times[len(times) * 9 // 10]:6.2f} ms"


if __name__ == "__main__":
    main()
