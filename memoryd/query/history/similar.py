"""Past commits about a text: by what their messages say, and by the files that they changed.

A message is written after the work and in words of its own. The code that a commit left behind has the words of the
task more often, so a commit also counts by how well its files fit, as search ranks files; the newest changes of a file
the most, since work goes on where it was left.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memoryd.query.context import Context
from memoryd.query.retrieval.lexical import LexicalView
from memoryd.query.search import ranking
from memoryd.query.search.question import Question, question
from memoryd.query.search.ranking import RankingEvidence
from memoryd.query.search.relevance import held, is_weak

# Measured by bench/eval_precedent.py: the best message is the unit.
FILES = 0.9  # of the commit whose files fit best
NEWNESS = 0.1  # of the newest commit: a little, since the last piece of work is often gone on with
HALF_AS_NEW = 100  # commits later
BEST = 1.0 + FILES + NEWNESS  # the highest score there can be
Array = NDArray[np.float64]


class SimilarCommits(Struct, frozen=True):
    """Scores over the numbers of a view's commits. ``messages``, ``files``: by either alone, the best is 1.
    ``total``: both together, 0 = nothing in common. ``held``: how much of the text a message holds, rare words counting
    more, 0 to 1."""

    ids: NDArray[np.int64]
    messages: Array
    files: Array
    total: Array
    held: Array

    @property
    def sureness(self) -> Array:
        """How much of the text a message holds, and how it compares with the best: a word that no commit has lowers
        all of them."""
        return self.held * (0.5 + 0.5 * self.messages)

    def best_first(self, at_least: float) -> Sequence[int]:
        """The numbers of the commits with that share of the best score, the newer first among equals."""
        best = float(self.total.max(initial=0.0))
        if best <= 0:
            return []
        found = np.flatnonzero(self.total >= at_least * best)
        order: Sequence[int] = found[np.lexsort((-self.ids[found], -self.total[found]))].tolist()
        return order


def similar(ctx: Context, text: str) -> SimilarCommits:
    """All commits that the view can see, compared with ``text``."""
    view = ctx.lexical.refresh(ctx.index, ctx.view.id, ctx.embedder)
    asked = question(text, view.main_language)
    return compared(
        view, asked, ranking.gather(view, asked, None)
    )  # vectors cost more, and change nothing here


def compared(view: LexicalView, asked: Question, found: RankingEvidence) -> SimilarCommits:
    """The files count only where the project has something on the question: search always finds the least unlike."""
    messages = ranking.of_best(found.commits)
    files = np.zeros(len(messages))
    if not is_weak(view, asked, found):
        ranked = ranking.rank_files(view, found, ranking.priors(view)).total
        files = ranking.of_best(view.votes.credit(ranking.of_best(ranked)))
    own = messages + FILES * files
    total = np.where(own > 0, own + NEWNESS * _newness(view.commits.alive), 0.0)
    return SimilarCommits(view.votes.commit_ids, messages, files, total, _held(view, asked))


def _newness(alive: NDArray[np.bool_]) -> Array:
    """Of the newest visible commit 1, of one with so many later ones half of it."""
    later = np.count_nonzero(alive) - np.cumsum(alive)
    newness: Array = 1.0 / (1.0 + later / HALF_AS_NEW)
    return newness


def _held(view: LexicalView, asked: Question) -> Array:
    terms = np.array(sorted(asked.weights), dtype=np.uint32)
    weights = view.commits.rarity(terms) * [asked.weights[int(term)] for term in terms]
    shares: Array = held(view.commits, terms, weights)[0] / max(float(weights.sum()), 1e-9)
    return shares
