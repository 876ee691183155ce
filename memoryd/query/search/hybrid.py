"""Search over code, documents, decisions, commits and notes: one question, one fusion, one list."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable
from functools import partial

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memoryd.query.context import Context
from memoryd.query.retrieval.chunk_lookup import Pieces
from memoryd.query.retrieval.lexical import LexicalView
from memoryd.query.retrieval.top_k import order
from memoryd.query.search import ranking
from memoryd.query.search.answers import Hit, RetrievalPaths, SearchAnswer, SearchRequest
from memoryd.query.search.filters import commits_of, wanted_files
from memoryd.query.search.hits import Candidate, Group, Reader, Snippets
from memoryd.query.search.notes import notes
from memoryd.query.search.question import Question, question
from memoryd.query.search.ranking import WEIGHTS, Array, RankingEvidence
from memoryd.query.search.relevance import is_weak
from memoryd.query.search.rerank import POOL, Judge

MAX_HITS_PER_FILE = 3  # in a short list, a third of a long one: a big file must not fill it
_NOTHING = Group((), 0)


class Gathered(Struct, frozen=True):
    """What a question stirs in the view that it is asked of, whatever of that is shown then."""

    view: LexicalView
    asked: Question
    pieces: Pieces
    found: RankingEvidence


def gathered(ctx: Context, query: str) -> Gathered:
    """Everything in the view, scored once."""
    view = ctx.lexical.refresh(ctx.index, ctx.view.id, ctx.embedder)
    asked = question(query, view.main_language)
    meaning = ctx.embedder.encode_query(asked.weights) if ctx.embedder else None
    pieces = Pieces(ctx.index, view)
    return Gathered(view, asked, pieces, ranking.gather(view, asked, meaning, ctx.near, pieces))


def search(ctx: Context, request: SearchRequest) -> SearchAnswer:
    """The ``k`` best finds. Raises UsageError for a glob or language that fits no file of the project."""
    return shown(ctx, request, gathered(ctx, request.query))


def shown(
    ctx: Context, request: SearchRequest, what: Gathered, *, snippets: Snippets = "all"
) -> SearchAnswer:
    """``search`` of what was ``gathered`` for the request's query, with the lines of those finds that ``snippets``
    says."""
    view, asked, pieces, found = what.view, what.asked, what.pieces, what.found
    wanted = wanted_files(ctx, view, request)
    factors = ranking.priors(view, request.kinds) * wanted
    reader = Reader(ctx.index, view, asked, found, pieces, snippets=snippets)
    judge = Judge(ctx.quality, reader, factors)
    if request.files:
        groups = [_files(reader, judge, request, factors)]
    else:
        groups = [
            _chunks(reader, judge, request, factors),
            _commits(reader, request, wanted),
            notes(ctx, view, asked) if _wants(request, "note") else _NOTHING,
        ]
    hits = _shown((candidate for group in groups for candidate in group.best), request)
    total = sum(group.total for group in groups)
    return SearchAnswer(
        freshness=ctx.freshness,
        query=request.query,
        hits=hits,
        total=total,
        searched=_searched(request, int(np.count_nonzero(factors)), view.commits.documents),
        truncated=total > len(hits),
        next=_next(request, total) if total > len(hits) else "",
        legs=RetrievalPaths(found.comparison, judge.state, judge.judged, judge.read),
        weak=bool(hits) and all(hit.kind != "note" for hit in hits) and is_weak(view, asked, found),
    )


def _wants(request: SearchRequest, kind: str) -> bool:
    return not request.kinds or kind in request.kinds


def _shown(candidates: Iterable[Candidate], request: SearchRequest) -> tuple[Hit, ...]:
    """The best hits; of the pieces of one symbol the best only, and of a file not too many."""
    per_file = request.k if request.paths else max(MAX_HITS_PER_FILE, request.k // 3)
    hits: list[Hit] = []
    taken: Counter[str] = Counter()
    symbols: set[tuple[str, str]] = set()
    for candidate in sorted(candidates, key=lambda c: (-c.score, c.key)):
        if len(hits) == request.k:
            break
        path = candidate.key[0]
        hit = candidate.show() if not path or taken[path] < per_file else None
        if hit is None or (hit.symbol and (path, hit.symbol) in symbols):
            continue  # None: too many of the file, or its rows were replaced between two reads
        hits.append(hit)
        taken[path] += 1
        symbols.add((path, hit.symbol))
    return tuple(hits)


def _files(reader: Reader, judge: Judge, request: SearchRequest, factors: Array) -> Group:
    view = reader.view
    scores = ranking.rank_files(view, reader.found, factors)
    pieces = ranking.rank_chunks(view, reader.found, factors).total
    pool = order(scores.total, POOL, partial(_path_order, view))
    scores, pieces = judge.judged_files(scores, pool, pieces)
    best = order(scores.total, request.k, partial(_path_order, view))
    candidates = [reader.file(int(slot), scores, pieces) for slot in best]
    return Group(tuple(candidates), int(np.count_nonzero(scores.total > 0)))


def _path_order(view: LexicalView, slots: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of these slots by path: equal scores must not depend on the order of indexing."""
    paths = [view.slots[slot].path for slot in slots.tolist()]
    places = np.zeros(len(slots), np.int64)
    places[sorted(range(len(slots)), key=paths.__getitem__)] = np.arange(len(slots))
    return places


def _chunks(reader: Reader, judge: Judge, request: SearchRequest, factors: Array) -> Group:
    view = reader.view
    scores = ranking.rank_chunks(view, reader.found, factors)
    scores = judge.judged_chunks(scores, order(scores.total, POOL))
    best = order(scores.total, request.k * 10)
    candidates = [reader.chunk(number, scores) for number in best.tolist()]
    return Group(tuple(candidates), int(np.count_nonzero(scores.total > 0)))


def _commits(reader: Reader, request: SearchRequest, wanted: NDArray[np.bool_]) -> Group:
    if not _wants(request, "commit"):
        return _NOTHING
    scores = reader.found.commits
    if request.paths or request.langs:
        scores = scores * commits_of(reader.view, wanted)
    best = order(scores, request.k, np.negative)  # the newer commit first
    if not len(best):
        return _NOTHING
    unit = WEIGHTS.commit * reader.fit_of_commit(int(best[0])) / float(scores[best[0]])
    candidates = [reader.commit(int(number), unit * float(scores[number])) for number in best]
    return Group(tuple(candidates), int(np.count_nonzero(scores > 0)))


def _searched(request: SearchRequest, files: int, commits: int) -> str:
    what = [f"{files} files"]
    if not request.files and _wants(request, "commit"):
        what.append(f"{commits} commits")
    if not request.files and _wants(request, "note"):
        what.append("notes")
    return ", ".join(what)


def _next(request: SearchRequest, total: int) -> str:
    if request.k >= 100:
        return ""
    title = request.query.strip().partition("\n")[0][:80]
    files = " --files" if request.files else ""
    return f"memoryd search {shlex.quote(title)}{files} -k {min(total, 100, 3 * request.k)}"
