"""`changes` since the last visit: everything is handed over once, and what did not fit can be had."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import structs

from memoryd.query.briefing import told as told_state
from memoryd.query.briefing.changes import first_visit, known_records, told_of
from memoryd.query.briefing.changes_answers import ChangesAnswer, ChangesRequest, Shown, TouchedFile
from memoryd.query.briefing.told import News, Told, Visit
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.history.history import commit_item
from memoryd.store.index.queries import history_queries
from memoryd.store.records.values import Record

MAX_PENDING = 5_000
_After = Callable[[Shown], Told]
_Uncommitted = Mapping[str, tuple[str, str]]


def hand_over(ctx: Context, request: ChangesRequest, visit: Visit) -> tuple[ChangesAnswer, _After]:
    """(the answer, what is told from then on when so much of it is shown)."""
    known = bool(visit.before) and told_state.is_known(ctx, visit.before or Told())
    if not known:
        visit = structs.replace(visit, before=None)
    news = told_state.news(ctx, visit)
    if not visit.before or not (visit.before.heads or visit.before.branch):  # no history was there to be told
        news = _of_first_visit(ctx, news)
    uncommitted = _uncommitted(ctx, visit)
    request = structs.replace(request, since=visit.name)
    answer = told_of(ctx, request, _words(ctx, visit), news.commits, _records(ctx, visit))
    shown_before = visit.before.uncommitted if visit.before else {}
    answer = structs.replace(
        answer,
        visit=visit.name,
        earlier=visit.earlier,
        gone=tuple(commit_item(row, reachable=False) for row in news.gone),
        returned=news.returned,
        moved=_moved(ctx, visit),
        uncommitted=tuple(
            TouchedFile(path, status, 0)
            for path, (status, blob) in sorted(uncommitted.items())
            if shown_before.get(path) != blob
        ),
    )
    return answer, lambda shown: _after(ctx, visit, news, request, answer, uncommitted, shown)


def _after(
    ctx: Context,
    visit: Visit,
    news: News,
    request: ChangesRequest,
    answer: ChangesAnswer,
    uncommitted: _Uncommitted,
    shown: Shown,
) -> Told:
    done = {item.sha for item in answer.commits[: shown.commits]}
    read = {item.id for item in answer.records[: shown.records]}
    if visit.until:  # told again, or the rest of it
        return structs.replace(
            visit.until,
            pending=tuple(sha for sha in visit.until.pending if sha not in done),
            pending_records=tuple(id_ for id_ in visit.until.pending_records if id_ not in read),
        )
    before = visit.before or Told()
    now = [row.sha for row in news.commits]
    away = [sha for sha in before.pending if sha not in set(now)]  # with a branch that may come back
    return Told(
        head=news.head,
        branch=_branch(ctx, before),
        heads=news.heads,
        pending=tuple(sha for sha in [*now, *away] if sha not in done)[:MAX_PENDING],
        uncommitted=before.uncommitted
        if ctx.freshness.no_history
        else _told_files(before, uncommitted, answer.uncommitted[: shown.uncommitted]),
        records=tuple(dict.fromkeys([*(r.id for r in known_records(ctx)), *before.records])),
        pending_records=tuple(item.id for item in answer.records if item.id not in read),
        at_s=ctx.view.indexed_at_s,
    )


def _of_first_visit(ctx: Context, found: News) -> News:
    """Not the whole history, but what was new lately."""
    _, _, recent = first_visit(ctx, history_queries.reachable(ctx.index, ctx.view.id))
    return structs.replace(found, commits=recent)


def _uncommitted(ctx: Context, visit: Visit) -> _Uncommitted:
    if visit.until or ctx.uncommitted is None or ctx.freshness.no_history:
        return {}
    return ctx.uncommitted()


def _told_files(before: Told, uncommitted: _Uncommitted, shown: Sequence[TouchedFile]) -> dict[str, str]:
    """Without those that did not fit."""
    now = {path: blob for path, (_, blob) in uncommitted.items()}
    paths = {file.path for file in shown}
    return {path: blob for path, blob in now.items() if path in paths or before.uncommitted.get(path) == blob}


def _records(ctx: Context, visit: Visit) -> Sequence[Record]:
    """Those that are news; of an earlier answer what it told, or its rest."""
    known = known_records(ctx)
    if visit.until and visit.rest:
        return [r for r in known if r.id in set(visit.until.pending_records)]
    old = visit.before.told_records if visit.before else {r.id for r in known}
    found = [r for r in known if r.id not in old]
    return [r for r in found if r.id in set(visit.until.records)] if visit.until else found


def _words(ctx: Context, visit: Visit) -> str:
    if not visit.before:
        words, _, _ = first_visit(ctx, history_queries.reachable(ctx.index, ctx.view.id))
        return words
    before = visit.before
    place = f"{before.head[:10]}, " if before.head else ""
    return f"your last visit ({place}{day(before.at_s)})"


def _moved(ctx: Context, visit: Visit) -> Sequence[str]:
    """The branch then and now, where that is another one."""
    before = visit.before
    branch = visit.until.branch if visit.until else _branch(ctx, before or Told())
    return (before.branch, branch) if before and before.branch != branch else ()


def _branch(ctx: Context, before: Told) -> str:
    """Where the checkout stands; where it stood, as long as nobody can say."""
    return before.branch if ctx.freshness.no_history else ctx.view.branch
