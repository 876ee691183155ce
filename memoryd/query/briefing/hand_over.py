"""`changes` since the last visit: everything is handed over once, and what did not fit can be had."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec import structs

from memoryd.query.briefing import told as told_state
from memoryd.query.briefing.changes import first_visit, known_records, told_of
from memoryd.query.briefing.changes_answers import ChangesAnswer, ChangesRequest, TouchedFile
from memoryd.query.briefing.told import News, Told, Visit
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.history.history import commit_item
from memoryd.store.index.queries import history_queries

MAX_PENDING = 5_000
_After = Callable[[int], Told]
_Uncommitted = Mapping[str, tuple[str, str]]


def hand_over(ctx: Context, request: ChangesRequest, visit: Visit) -> tuple[ChangesAnswer, _After]:
    """(the answer, what is told from then on when the first so many commits of its page are shown)."""
    known = bool(visit.before) and told_state.is_known(ctx, visit.before or Told())
    if not known:
        visit = structs.replace(visit, before=None)
    news = told_state.news(ctx, visit)
    if not visit.before or not (visit.before.heads or visit.before.branch):  # no history was there to be told
        news = _of_first_visit(ctx, news)
    uncommitted = _uncommitted(ctx, visit)
    records = known_records(ctx)
    old = set(visit.before.records) if visit.before else {r.id for r in records}
    if visit.until:
        records = [r for r in records if r.id in visit.until.records]
    request = structs.replace(request, since=visit.name)
    answer = told_of(ctx, request, _words(ctx, visit), news.commits, [r for r in records if r.id not in old])
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
    shown: int,
) -> Told:
    done = {item.sha for item in answer.commits[:shown]}
    if visit.until:  # told again, or the rest of it
        return structs.replace(
            visit.until, pending=tuple(sha for sha in visit.until.pending if sha not in done)
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
        else {path: blob for path, (_, blob) in uncommitted.items()},
        records=tuple(dict.fromkeys([*(r.id for r in known_records(ctx)), *before.records])),
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
