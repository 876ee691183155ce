"""What happened since: for somebody who comes back."""

from __future__ import annotations

import re
import shlex
import time
from collections import Counter
from collections.abc import Sequence

from memoryd.errors import UsageError
from memoryd.query.answers import paging
from memoryd.query.briefing.changes_answers import ChangesAnswer, ChangesRequest, ChangesTotals, TouchedFile
from memoryd.query.context import Context
from memoryd.query.dates import day, moment
from memoryd.query.decision_item import DecisionItem
from memoryd.query.decisions import listing
from memoryd.query.history import dependencies, reverts
from memoryd.query.history.history import commit_item, pairs_of, reasons
from memoryd.query.records.shown import items
from memoryd.store.index.queries import graph_queries, history_queries
from memoryd.store.index.queries.history_queries import CommitRow, Reachable
from memoryd.store.records.values import Record

MAX_FILES = 200
MAX_RECORDS = 1_000
MAX_REVERTS = 100
MAX_PACKAGES = 100
_SHA = re.compile(r"[0-9a-f]{4,64}")
_FIRST_VISIT_S = 14 * 86_400


def changes(ctx: Context, request: ChangesRequest) -> ChangesAnswer:
    """Commits of the view since ``since``, newest first, with the files, decisions and records they brought.
    Raises UsageError when ``since`` is no revision, time or age."""
    seen = history_queries.reachable(ctx.index, ctx.view.id)
    words, since_s, commits = _since(ctx, request, seen)
    records = [record for record in known_records(ctx) if record.created_at_s >= since_s]
    return told_of(ctx, request, words, commits, records)


def told_of(
    ctx: Context, request: ChangesRequest, words: str, commits: Sequence[CommitRow], records: Sequence[Record]
) -> ChangesAnswer:
    """These commits and records, with what the commits brought. ``words``: since when."""
    page = commits[request.offset : request.offset + request.limit]
    files = _files(ctx, commits)
    decided = _decided(ctx, {file.path for file in files})
    ids = [row.id for row in commits]
    undone = [pair for pair in pairs_of(ctx, ids) if pair.by in set(ids)]
    packages, package_total = dependencies.of_commits(ctx, ids, MAX_PACKAGES)
    said = reasons(ctx, [row.id for row in page])
    return ChangesAnswer(
        ctx.freshness,
        since=words,
        commits=tuple(commit_item(row, body=said.get(row.id, "")) for row in page),
        files=tuple(files[:MAX_FILES]),
        decisions=decided,
        records=tuple(items(ctx, records)),
        totals=ChangesTotals(
            len(commits), len(files), len(decided), len(records), len(undone), package_total
        ),
        reverts=tuple(reverts.items(ctx, undone[:MAX_REVERTS])),
        dependencies=tuple(packages),
        **paging(
            f"memoryd changes --since {shlex.quote(request.since)}", request.offset, len(page), len(commits)
        ),
    )


def _since(ctx: Context, request: ChangesRequest, seen: Reachable) -> tuple[str, int, list[CommitRow]]:
    """(what it means in words, its moment, the commits since)."""
    text = request.since.strip() or "last"
    now_s = int(time.time())
    if text == "last":
        return first_visit(ctx, seen)
    if _SHA.fullmatch(text.lower()):
        base = _commit(ctx, text.lower())
        if base:
            return f"{base.sha[:10]} ({day(base.time_s)})", base.time_s, _not_in(ctx, {base.sha}, seen)
    at_s = moment(text, now_s)
    if at_s is None:
        return _since_revision(ctx, text, seen)
    return f"{text} ({day(at_s)})", at_s, history_queries.commits_since(ctx.index, at_s, seen)


def _since_revision(ctx: Context, text: str, seen: Reachable) -> tuple[str, int, list[CommitRow]]:
    """``text`` as git reads it. The commit need not lie on the view's own branch."""
    behind = ctx.behind(text) if ctx.behind else ()
    if not behind:
        raise UsageError(
            f"`{text[:100]}` is no known commit, branch, tag, time or age",
            where="since",
            next_step="give a commit, branch or tag (also HEAD~5), an ISO day or time, an age such as 3d, or `last`",
        )
    known = history_queries.commits_by_sha(ctx.index, behind)
    newest = next((known[sha] for sha in behind if sha in known), None)  # what the view and ``text`` share
    words = f"{text} ({behind[0][:10]})"
    return words, newest.time_s if newest else 0, _not_in(ctx, set(behind), seen)


def first_visit(ctx: Context, seen: Reachable) -> tuple[str, int, list[CommitRow]]:
    """Without an earlier visit: the last two weeks of the history, whenever they were."""
    newest = history_queries.newest(ctx.index, seen, 1)
    at = newest[0].time_s - _FIRST_VISIT_S if newest else 0
    return f"{day(at)} (no earlier visit is known)", at, history_queries.commits_since(ctx.index, at, seen)


def _commit(ctx: Context, prefix: str) -> CommitRow | None:
    found = history_queries.commits_with_prefix(ctx.index, prefix, 2)
    if len(found) > 1:
        raise UsageError(
            f"several commits begin with `{prefix}`", where="since", next_step="give more of its id"
        )
    return found[0] if found else None


def _not_in(ctx: Context, behind: set[str], seen: Reachable) -> list[CommitRow]:
    """Visible commits that are neither in ``behind`` nor reached from there. Uses ``behind`` up."""
    fresh = []
    for id_, sha, parents in history_queries.parents(ctx.index):
        if sha in behind:
            behind.update(parents.split())
        elif id_ in seen:
            fresh.append(id_)
    rows = history_queries.commits(ctx.index, fresh)
    return [rows[id_] for id_ in fresh]


def _files(ctx: Context, commits: Sequence[CommitRow]) -> list[TouchedFile]:
    """Files by the number of commits that changed them."""
    times: Counter[int] = Counter()
    last: dict[int, str] = {}
    for _, path_id, status, _ in sorted(history_queries.changes_of(ctx.index, [row.id for row in commits])):
        times[path_id] += 1
        last[path_id] = status
    paths = graph_queries.path_names(ctx.index, times)
    found = [TouchedFile(paths[id_], last[id_], count) for id_, count in times.items()]
    return sorted(found, key=lambda file: (-file.commits, file.path))


def _decided(ctx: Context, changed: set[str]) -> tuple[DecisionItem, ...]:
    """Decision documents among the changed files."""
    return tuple(entry.item for entry in listing.entries(ctx) if entry.item.path in changed)


def known_records(ctx: Context) -> Sequence[Record]:
    """The newest of the project's records."""
    return ctx.records.list(limit=MAX_RECORDS) if ctx.records else ()
