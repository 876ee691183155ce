"""Meaning by way of the cache: it may change the cost of an answer, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from search_project import FRESH, SearchProject

from memoryd.embedding.static import StaticEmbedder
from memoryd.query.context import Context
from memoryd.query.retrieval import ann_candidates
from memoryd.query.retrieval.dense import MIN_SIMILARITY, Vectors
from memoryd.query.search.answers import SearchAnswer, SearchRequest
from memoryd.query.search.hybrid import search
from memoryd.store.index import reader
from memoryd.store.vectors.client import VectorClient, VectorHit

SUBJECTS = (
    "cookie",
    "template",
    "socket",
    "password",
    "invoice",
    "thread",
    "migration",
    "image",
    "queue",
    "matrix",
)
ACTIONS = (
    "open",
    "close",
    "render",
    "validate",
    "compress",
    "delete",
    "encode",
    "compare",
    "parse",
    "schedule",
)
QUERIES = ("render a template", "close the connection", "remove pictures", "check credentials of a user",
           "sort jobs by time", "parse an invoice", "multiply", "thread safety of the queue")  # fmt: skip


class Cache:
    """The real worker, waited for as long as it takes."""

    from_chunks = 1

    def __init__(self, client: VectorClient) -> None:
        self.client = client
        self.answered = 0

    def nearest(self, model: str, vector: np.ndarray, k: int, generation: int) -> Sequence[VectorHit] | None:
        end_s = time.monotonic() + 40
        found = None
        while found is None and time.monotonic() < end_s:
            found = self.client.nearest(model, vector, k, generation=generation)
        self.answered += found is not None
        return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SearchProject:
    """2,000 functions: more than the cache names."""
    made = SearchProject(tmp_path_factory.mktemp("legs"))
    made.embedder = StaticEmbedder()
    for part in range(20):
        made.put(
            {
                f"part{part}/{subject}.py": {
                    f"{action}_{subject}{part}": f"def {action}_{subject}{part}(x):\n    return {subject}.{action}(x)\n"
                    for action in ACTIONS
                }
                for subject in SUBJECTS
            }
        )
    made.embed()
    return made


@pytest.fixture(scope="module")
def cache(project: SearchProject, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cache]:
    folder = tmp_path_factory.mktemp("cache")
    index = Path(project.conn.execute("PRAGMA database_list").fetchone()[2])
    client = VectorClient(folder / "vectors", index, log_file=folder / "log")
    yield Cache(client)
    client.close()


def _ask(project: SearchProject, query: str, **legs) -> SearchAnswer:
    view = reader.view(project.conn, "worktree:/p")
    assert view
    ctx = Context(project.conn, project.records, view, project.index, project.embedder, FRESH, "/p", **legs)
    return search(ctx, SearchRequest(query=query, k=50))


def test_the_cache_changes_no_answer(project: SearchProject, cache: Cache) -> None:
    """By way of the cache every answer is the same as by exact comparison: hits, order, scores and totals."""
    legs = []
    for query in QUERIES:
        exact, cached = _ask(project, query), _ask(project, query, near=cache)
        legs.append(cached.legs.vectors)
        assert msgspec.structs.replace(cached, legs=exact.legs) == exact
    assert legs.count("cache") >= len(QUERIES) // 2
    assert cache.answered >= legs.count("cache")


def test_a_cache_that_is_behind_says_nothing(project: SearchProject, cache: Cache) -> None:
    """What was written since the cache was filled is missing in it: it is not believed until it has caught up,
    which it does by being asked."""
    assert project.embedder
    model, query = project.embedder.model, np.full(256, 1 / 16, np.float32)
    assert cache.nearest(model, query, 3, reader.generation(project.conn))
    project.put({"new.py": {"fold_paper": "def fold_paper(paper):\n    return paper.fold()\n"}})
    generation = reader.generation(project.conn)
    assert cache.client.nearest(model, query, 3, generation=generation) is None
    assert cache.nearest(model, query, 3, generation)


def _vectors(count: int) -> Vectors:
    random = np.random.default_rng(3)
    rows = random.normal(size=(count, 64))
    rows = np.rint(127 * rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.int8)
    keys = np.arange(1, count + 1, dtype="<u8") << np.uint64(40)
    return Vectors("m", rows, np.ones(count, bool), keys, np.arange(count))


class Naming:
    """A cache that names chunks by number."""

    from_chunks = 1

    def __init__(self, vectors: Vectors, query: np.ndarray, numbers: Sequence[int]) -> None:
        cosines = vectors.rows[list(numbers)].astype(np.float32) @ query / 127
        keys = [int(vectors.keys[number]).to_bytes(8, "little") + bytes(8) for number in numbers]
        self._named = [VectorHit(key, float(cosine)) for key, cosine in zip(keys, cosines, strict=True)]

    def nearest(self, model: str, vector: np.ndarray, k: int, generation: int) -> Sequence[VectorHit] | None:
        return self._named[:k]


@pytest.fixture(scope="module")
def field() -> tuple[Vectors, np.ndarray, np.ndarray]:
    """Vectors, a question near the first of them, and the chunks from near to far."""
    vectors = _vectors(1_000)
    query = vectors.rows[0].astype(np.float32) / np.linalg.norm(vectors.rows[0].astype(np.float32))
    return vectors, query, np.argsort(-vectors.similarity(query), kind="stable")


def test_near_chunks_without_a_word_come_from_the_cache(field) -> None:
    """Chunks with a word are compared by us, near ones without are named by the cache: together all that counts."""
    vectors, query, order = field
    has_words = np.zeros(1_000, bool)
    has_words[order[600:700]] = True
    found = ann_candidates.near_similarity(
        vectors, query, has_words, Naming(vectors, query, order[:256].tolist()), 0
    )
    exact = vectors.similarity(query)
    assert found is not None
    counts = has_words | (exact >= MIN_SIMILARITY**2)
    assert np.allclose(found[counts], exact[counts], atol=1e-6)


def test_a_cache_that_missed_something_is_not_believed(field) -> None:
    """If a chunk with a word is as near as those that count without one but is not named, the cache missed it and
    may have missed others: everything is compared."""
    vectors, query, order = field
    has_words = np.zeros(1_000, bool)
    has_words[order[5]] = True
    named = [number for number in order[:257].tolist() if number != order[5]]
    assert ann_candidates.near_similarity(vectors, query, has_words, Naming(vectors, query, named), 0) is None


def test_a_cache_that_names_too_few_is_not_believed(field) -> None:
    """If all that it named are much nearer than the median, there may be more of them: everything is compared."""
    vectors, query, _ = field
    close = np.tile(vectors.rows[:1], (300, 1))
    crowded = Vectors("m", np.concatenate([close, vectors.rows]), np.ones(1_300, bool),
                      np.arange(1, 1_301, dtype="<u8") << np.uint64(40), np.arange(1_300))  # fmt: skip
    has_words = np.zeros(1_300, bool)
    assert (
        ann_candidates.near_similarity(crowded, query, has_words, Naming(crowded, query, range(256)), 0)
        is None
    )


def test_a_question_of_common_words_is_compared_exactly(field) -> None:
    """Where most chunks have a word of the question, the cache would save nothing and is not asked."""
    vectors, query, _ = field
    assert (
        ann_candidates.near_similarity(
            vectors, query, np.ones(1_000, bool), Naming(vectors, query, range(256)), 0
        )
        is None
    )
