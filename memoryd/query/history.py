"""What happened: the commits of one path through its renames, or the commits about some words."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import numpy as np

from indexers import terms
from memoryd.query.answers import CommitItem, HistoryAnswer
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.paging import paging
from memoryd.query.requests import HistoryRequest
from memoryd.query.safe_text import quote
from memoryd.store import graph_rows, history_rows
from memoryd.store.history_rows import CommitRow

MIN_SCORE = 0.15  # of the best score: what is below shares a common word only


def history(ctx: Context, request: HistoryRequest) -> HistoryAnswer:
    """Commits, newest first for a path and best first for words. Words that nothing is about give an empty answer."""
    path = _known_path(ctx, request.query)
    return _of_path(ctx, request, path) if path else _of_words(ctx, request)


def commit_item(
    row: CommitRow, *, path: str = "", status: str = "", score: float = 0.0, body: str = ""
) -> CommitItem:
    return CommitItem(
        sha=row.sha,
        date=day(row.time_s),
        author=quote(row.author, 80),
        subject=quote(row.subject, 200),
        files=row.files,
        path=path,
        status=status,
        score=round(score, 4),
        body=quote(body, 300) if body.strip() else "",
    )


# -- a path


def _known_path(ctx: Context, text: str) -> str:
    """The path that ``text`` is, in this view or ever in the history; ``""`` when it is words."""
    text = text.strip().removeprefix(f"{ctx.root}/").removeprefix("./").rstrip("/")
    if len(text) > 1_024 or "\n" in text:
        return ""
    for place in (text, text.partition(":")[0]):
        if place and graph_rows.path_ids(ctx.index, [place]):
            return place
    if " " in text or ("/" not in text and "." not in text):
        return ""
    near = graph_rows.files_ending(ctx.index, ctx.view.id, text, 2)
    return near[0].path if len(near) == 1 else ""


def _of_path(ctx: Context, request: HistoryRequest, path: str) -> HistoryAnswer:
    path_id = graph_rows.path_ids(ctx.index, [path]).get(path, 0)
    past = history_rows.touches(ctx.index, path_id, history_rows.reachable(ctx.index, ctx.view.id))
    page = past[request.offset : request.offset + request.limit]
    rows = history_rows.commits(ctx.index, [touch.commit_id for touch in page])
    names = graph_rows.path_names(ctx.index, {touch.path_id for touch in past})
    return HistoryAnswer(
        ctx.freshness,
        query=request.query,
        mode="path",
        commits=tuple(
            commit_item(rows[touch.commit_id], path=names[touch.path_id], status=touch.status)
            for touch in page
        ),
        total=len(past),
        names=tuple(dict.fromkeys(names[touch.path_id] for touch in past)) or (path,),
        searched="" if past else f"the commits that changed {path}",
        **paging(_command(request), request.offset, len(page), len(past)),
    )


# -- words


def _of_words(ctx: Context, request: HistoryRequest) -> HistoryAnswer:
    ids, scores = ranked(ctx, request.query)
    page = ids[request.offset : request.offset + request.limit]
    rows = history_rows.commits(ctx.index, page)
    bodies = history_rows.bodies(ctx.index, page)
    return HistoryAnswer(
        ctx.freshness,
        query=request.query,
        mode="query",
        commits=tuple(
            commit_item(rows[id_], score=score, body=bodies.get(id_, ""))
            for id_, score in zip(page, scores[request.offset :], strict=False)
        ),
        total=len(ids),
        searched=f"{history_rows.reachable(ctx.index, ctx.view.id).count()} commit messages",
        **paging(_command(request), request.offset, len(page), len(ids)),
    )


def ranked(ctx: Context, text: str) -> tuple[Sequence[int], Sequence[float]]:
    """Ids of the visible commits about ``text`` and their scores (best = 1), best first, the newer first among
    equals."""
    view = ctx.lexical.refresh(ctx.index, ctx.view.id, ctx.embedder)
    weights = dict.fromkeys(terms.terms(text), 1.0)
    found = view.commits.scores(weights)
    best = float(found.max(initial=0.0))
    if best <= 0:
        return [], []
    numbers = np.flatnonzero(found >= MIN_SCORE * best)
    order = numbers[np.lexsort((-view.votes.commit_ids[numbers], -found[numbers]))]
    return view.votes.commit_ids[order].tolist(), (found[order] / best).tolist()


def _command(request: HistoryRequest) -> str:
    return f"memoryd history {shlex.quote(request.query)}"
