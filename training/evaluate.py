"""Measure the shipped model on a code search set: ``python -m training.evaluate FOLDER [--field code]``.

FOLDER holds ``corpus.jsonl`` ({id, code, code_nodoc}) and ``dev.jsonl`` ({query, gold}), as CoSQA is laid
out. Prints mean reciprocal rank (cut at 100) and hit@10 of BM25, of the vectors, and of both:
N(bm25) + .2 Z(dense), N: divided by the best, Z: standard score over the pool.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import Counter
from pathlib import Path

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from indexers import terms
from memoryd.embedding import static
from memoryd.embedding.exact import exact_scores


class Question(Struct, frozen=True):
    query: str
    gold: list[int]


def bm25(texts: list[str], queries: list[str], k1: float = 1.2, b: float = 0.75) -> NDArray[np.float32]:
    """Scores (queries, texts) over the product's terms."""
    bags = [Counter(terms.terms(text)) for text in texts]
    lengths = np.array([max(1, bag.total()) for bag in bags])
    norm = k1 * (1 - b + b * lengths / lengths.mean())
    postings: dict[int, list[tuple[int, int]]] = {}
    for row, bag in enumerate(bags):
        for term, count in bag.items():
            postings.setdefault(term, []).append((row, count))
    scores = np.zeros((len(queries), len(texts)), dtype=np.float32)
    for number, query in enumerate(queries):
        for term in set(terms.terms(query)) & postings.keys():
            rows, counts = np.array(postings[term]).T
            idf = math.log(1 + (len(texts) - len(rows) + 0.5) / (len(rows) + 0.5))
            scores[number, rows] += idf * counts * (k1 + 1) / (counts + norm[rows])
    return scores


def dense(texts: list[str], queries: list[str]) -> NDArray[np.float32]:
    """Cosines (queries, texts) of the shipped model, stored form included."""
    model = static.load()
    started = time.process_time()
    forwards = [terms.encode([text]) for text in texts]
    tokenised = time.process_time()
    matrix = model.encode_forward(forwards)
    spent = time.process_time() - tokenised
    print(f"{len(texts) / spent:.0f} chunks per cpu-s (terms: {len(texts) / (tokenised - started):.0f})")
    rows = []
    for query in queries:
        bag = Counter(terms.terms(query))
        weights = {term: 1 + math.log(count) for term, count in bag.items()}
        rows.append(exact_scores(matrix, model.encode_query(weights)))
    return np.stack(rows)


def measure(scores: NDArray[np.float32], gold: list[list[int]]) -> str:
    """Mean reciprocal rank and hit@10; equal scores count half."""
    ranks = []
    for row, right in zip(scores, gold, strict=True):
        best = row[right].max()
        ranks.append((row > best).sum() + ((row == best).sum() + 1) / 2)
    rank = np.array(ranks)
    return f"MRR {np.where(rank <= 100, 1 / rank, 0).mean():.3f}  hit@10 {(rank <= 10).mean():.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--field", default="code_nodoc")
    options = parser.parse_args()
    rows = [msgspec.json.decode(line) for line in (options.folder / "corpus.jsonl").open("rb")]
    position = {row["id"]: number for number, row in enumerate(rows)}
    texts = [row[options.field] for row in rows]
    asked = [msgspec.json.decode(line, type=Question) for line in (options.folder / "dev.jsonl").open("rb")]
    queries, gold = [one.query for one in asked], [[position[key] for key in one.gold] for one in asked]
    lexical, vectors = bm25(texts, queries), dense(texts, queries)
    best = np.maximum(lexical.max(axis=1, keepdims=True), 1e-9)
    spread = np.maximum(vectors.std(axis=1, keepdims=True), 1e-9)
    fused = lexical / best + 0.2 * (vectors - vectors.mean(axis=1, keepdims=True)) / spread
    print(static.load().model, options.field, len(texts), "texts,", len(queries), "queries")
    for name, scores in (("bm25", lexical), ("dense", vectors), ("fused", fused)):
        print(f"{name:6}{measure(scores, gold)}")


if __name__ == "__main__":
    main()
