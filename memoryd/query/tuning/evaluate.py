"""Tuning to one project, and the proof that it helps: the newest commits are held back, and only if they are found
better by what the older ones teach, by the whole ranking as it is, is anything used. Then the same is learned from all
of them, since the newest teach most about what is asked next."""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Callable, Sequence

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from memoryd.embedding import tuned
from memoryd.embedding.base import Embedder
from memoryd.embedding.static import StaticEmbedder
from memoryd.embedding.tuned import MIN_COMMITS, Proof, Tuning
from memoryd.embedding.tuning import Lessons, Words, tune
from memoryd.errors import StoreError
from memoryd.query.retrieval.lexical import K1, TEXT_B, LexicalIndex, LexicalView
from memoryd.query.retrieval.postings import SearchScope
from memoryd.query.search import ranking
from memoryd.query.search.question import question
from memoryd.query.tuning.examples import PastChange, of_commits, of_names, past_changes, source_chunks

HELD_SHARE = 0.25
MAX_HELD = 200
ERRORS = 2.0  # standard errors: what is more is not chance
MIN_HELD = 60
CHUNKS_COMPARED = 10_000_000  # by all held-back questions together: fewer are asked of a huge project
Array = NDArray[np.float64]
ReportProgress = Callable[[str, int, int], None]  # phase, done, total


def is_better(proof: Proof) -> bool:
    """The vectors find more than chance explains, and the whole ranking, of which they are a small part, loses nothing.

    Its own gain is mostly within one standard error: to ask for more would turn down most of what helps.
    """
    before, after = proof.alone
    return after - before > ERRORS * proof.error and proof.gain > 0


def learn(
    conn: sqlite3.Connection,
    view_id: int,
    base: StaticEmbedder,
    step: ReportProgress,
    judge: Callable[[Proof], bool] = is_better,
) -> Tuning:
    """Tune to the view's history, and keep what ``judge`` takes for better. ``step(phase, done, total)`` is called
    while it works. Raises StoreError while chunks lack their vectors."""
    started_s = time.process_time()
    step("read", 0, 0)
    view = LexicalIndex().refresh(conn, view_id, base)
    changes = past_changes(conn, view)
    attempt = Tuning(tuned.VERSION, base.model, "few", known=view.commits.documents, commits=len(changes))
    if len(changes) < MIN_COMMITS:
        return attempt
    _check_vectors(view)
    older, held = split(changes, len(view.chunk_slot))
    names = of_names(conn, view_id, view)
    words = study(view, older, names, base, step)
    proof = prove(view, held, base, tuned.TunedEmbedder(base, words), step)
    attempt = structs.replace(attempt, state="base", proof=proof)
    if judge(proof):
        words = study(view, changes, names, base, step)
        attempt = structs.replace(attempt, state="tuned", **tuned.packed(words))
    return structs.replace(attempt, cpu_s=round(time.process_time() - started_s, 2))


def _check_vectors(view: LexicalView) -> None:
    if view.vectors is None or not view.vectors.known[source_chunks(view)].all():
        raise StoreError(
            "the chunks have no vectors to learn from yet",
            where="index.db",
            next_step="run `memoryd up` first",
        )


def split(changes: Sequence[PastChange], chunks: int) -> tuple[Sequence[PastChange], Sequence[PastChange]]:
    """(older, newest): the newest are held back."""
    most = max(MIN_HELD, min(MAX_HELD, CHUNKS_COMPARED // max(chunks, 1)))
    held = min(most, int(len(changes) * HELD_SHARE))
    return changes[: len(changes) - held], changes[len(changes) - held :]


def study(
    view: LexicalView,
    changes: Sequence[PastChange],
    names: Lessons,
    base: StaticEmbedder,
    step: ReportProgress,
) -> Words:
    """What ``changes`` and the ``names`` of the code teach. The view has vectors."""
    assert view.vectors is not None
    return tune(
        base,
        view.vectors.rows,
        source_chunks(view),
        of_commits(view, changes),
        names,
        step=lambda done, total: step("tune", done, total),
    )


def prove(
    view: LexicalView,
    held: Sequence[PastChange],
    base: Embedder,
    candidate: Embedder,
    step: ReportProgress = lambda phase, done, total: None,
) -> Proof:
    """How both rank what the held-back commits changed, when none of these votes. Their subjects are the questions."""
    view = without_commits(view, [change.number for change in held])
    rows = []
    for done, change in enumerate(held):
        step("compare", done, len(held))
        rows.append([_ranks(view, change, embedder) for embedder in (base, candidate)])
    before, after = np.array(rows).transpose(1, 2, 0)
    gain = float((after[:2] - before[:2]).mean())
    files, pieces, alone = ((float(b.mean()), float(a.mean())) for b, a in zip(before, after, strict=True))
    error = float((after[2] - before[2]).std(ddof=1)) / math.sqrt(len(held))
    return Proof(len(held), files, pieces, alone, gain, error)


def without_commits(view: LexicalView, numbers: Sequence[int]) -> LexicalView:
    """The view as if these commits had never been written down; the files stay as they are."""
    alive = view.commits.alive.copy()
    alive[list(numbers)] = False
    commits = view.commits
    return structs.replace(
        view, commits=SearchScope.of(commits.segments, commits.lengths, alive, k1=K1, b=TEXT_B)
    )


def _ranks(view: LexicalView, change: PastChange, embedder: Embedder) -> list[float]:
    """Reciprocal ranks of the first changed file: by files, by pieces, by the vectors alone."""
    asked = question(change.subject, view.main_language)
    found = ranking.gather(view, asked, embedder.encode_query(asked.weights))
    factors = ranking.priors(view)
    files = ranking.rank_files(view, found, factors)
    pieces = ranking.rank_chunks(view, found, factors).total
    best = np.zeros(view.files)
    np.maximum.at(best, view.chunk_slot, pieces)
    vectors = files.parts[ranking.SIGNALS.index("vector")]
    return [_reciprocal(scores, change.slots) for scores in (files.total, best, vectors)]


def _reciprocal(scores: Array, right: Sequence[int]) -> float:
    """Of the rank of the best of ``right``; 0 when none is found."""
    best = scores[list(right)].max()
    return 1.0 / (1 + int(np.count_nonzero(scores > best))) if best > 0 else 0.0
