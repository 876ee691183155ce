"""In which history records were made: this one, that of another branch, or one that is gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from memoryd.query.context import Context
from memoryd.store.index.queries import history_queries
from memoryd.store.records.values import Record

MAX_ASKED = 20  # commits of one answer that git is asked about


class Histories(Struct, frozen=True):
    """Of the commits at which records were made: ``here``: those that the view's history holds, empty where there is
    none to ask; ``branches``: commit → the branch that holds it, of others; ``gone``: those that no branch holds."""

    here: frozenset[str] = frozenset()
    branches: Mapping[str, str] = {}
    gone: frozenset[str] = frozenset()


def histories(ctx: Context, records: Iterable[Record]) -> Histories:
    shas = {record.head for record in records if record.head}
    here = _here(ctx, shas)
    others = sorted(shas - here) if here else []
    branches = _indexed(ctx, others)
    left = [sha for sha in others if sha not in branches][:MAX_ASKED]
    told = ctx.branches_with(left) if ctx.branches_with is not None and left else {}
    gone = [sha for sha in left if sha not in told] if told is not None else []
    return Histories(frozenset(here), branches | dict(told or {}), frozenset(gone))


def _here(ctx: Context, shas: set[str]) -> set[str]:
    seen = history_queries.reachable(ctx.index, ctx.view.id)
    if not shas or not seen.count():
        return set()
    known = history_queries.commits_by_sha(ctx.index, shas)
    newest = {ctx.freshness.head, ctx.view.head}  # may not be indexed yet
    return {sha for sha, row in known.items() if row.id in seen} | newest


def _indexed(ctx: Context, shas: Iterable[str]) -> dict[str, str]:
    """Of other work trees that are indexed."""
    known = history_queries.commits_by_sha(ctx.index, shas)
    others = history_queries.other_histories(ctx.index, ctx.view.id) if known else []
    return {sha: branch for sha, row in known.items() for branch, seen in reversed(others) if row.id in seen}
