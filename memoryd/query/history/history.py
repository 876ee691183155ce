"""What happened: the commits of one path through its renames, one commit, or the commits about some words; what was
tried and undone stands first."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterable, Mapping, Sequence

from memoryd.globs import given
from memoryd.query.answers import paging
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.history import dependencies, mending, reverts
from memoryd.query.history.cochange import changed_after, is_no_code
from memoryd.query.history.commit_items import CommitItem, RevertItem
from memoryd.query.history.commit_lines import changed_file
from memoryd.query.history.history_answers import HistoryAnswer, HistoryRequest
from memoryd.query.history.reverts import Pair
from memoryd.query.history.similar import similar
from memoryd.query.history.standing import standing
from memoryd.query.safe_text import quote
from memoryd.store.index.queries import graph_queries, history_queries, note_queries
from memoryd.store.index.queries.history_queries import CommitRow, Reachable, Touch

MIN_SCORE = 0.15  # of the best score: what is below shares a common word only
MIN_CLOSE = 0.45  # of the best score: reverts below are about something else
MAX_REVERTS = 20
MAX_DEPENDENCIES = 20
MAX_SIBLINGS = 30  # files of one commit that a new one may have been split from
MAX_FILES = 50  # of one commit that are named
MAX_SHOWN_FILES = 5  # whose lines are shown
MAX_FOLLOWING = 3
MIN_SURE = 0.35  # reverts below are about something else
MIN_MOVED = 3  # lines of a new file that are older than it, to say where it was split from
_OPENING_CHARS = 160  # of a message that gives no reason
_ASKING = frozenset((
    "has", "have", "had", "been", "was", "were", "is", "are", "did", "do", "does", "it", "this", "that", "the", "a",
    "an", "we", "anybody", "someone", "ever", "before", "already", "why", "when", "who", "how", "what", "whether",
    "revert", "reverts", "reverted", "reverting", "undone", "undo", "undid", "tried", "try", "out", "back", "taken",
))  # fmt: skip
_SHA = re.compile(r"[0-9a-f]{7,64}")


def history(ctx: Context, request: HistoryRequest) -> HistoryAnswer:
    """Commits, newest first for a path and best first for words. Words that nothing is about give an empty answer."""
    commit = _commit_named(ctx, request.query.strip().lower())
    if commit:
        return _of_commit(ctx, request, commit)
    path = _known_path(ctx, request.query)
    return _of_path(ctx, request, path) if path else _of_words(ctx, request)


def commit_item(
    row: CommitRow,
    *,
    path: str = "",
    status: str = "",
    score: float = 0.0,
    body: str = "",
    reachable: bool = True,
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
        reachable=reachable,
    )


def reasons(ctx: Context, commit_ids: Collection[int]) -> dict[int, str]:
    """Commit id → the sentence of its message that says why; commits that do not say are left out."""
    found = {
        id_: dependencies.reason(notes)
        for id_, notes in note_queries.of_commits(ctx.index, commit_ids).items()
    }
    return {id_: text for id_, text in found.items() if text}


def pairs_of(ctx: Context, commit_ids: Iterable[int]) -> list[Pair]:
    """The reverts that these commits are in, in their order, each once."""
    return reverts.undone(ctx).counted(commit_ids)


# -- one commit


def _commit_named(ctx: Context, text: str) -> CommitRow | None:
    found = history_queries.commits_with_prefix(ctx.index, text, 2) if _SHA.fullmatch(text) else ()
    return found[0] if len(found) == 1 else None


def _of_commit(ctx: Context, request: HistoryRequest, row: CommitRow) -> HistoryAnswer:
    """Also one that a force-push left behind: it stays readable, and says that it is no part of this history."""
    body = history_queries.bodies(ctx.index, [row.id]).get(row.id, "")
    said = reasons(ctx, [row.id]).get(row.id, body)
    seen = history_queries.reachable(ctx.index, ctx.view.id)
    there = row.id in seen
    changed = history_queries.changes_of(ctx.index, [row.id])
    paths = graph_queries.path_names(ctx.index, {path_id for _, path_id, _, _ in changed})
    mends, mended_by = mending.of_commit(ctx, row, seen)
    files = _code_first(ctx, [(status, path_id) for _, path_id, status, _ in changed], paths)
    shown = files[:MAX_SHOWN_FILES]
    here = standing(ctx, row, {path for _, path in shown})
    return HistoryAnswer(
        ctx.freshness,
        query=request.query,
        mode="commit",
        commits=(commit_item(row, body=said, reachable=there),),
        total=1,
        reverts=_reverts(ctx, pairs_of(ctx, [row.id])),
        dependencies=tuple(dependencies.of_commits(ctx, [row.id], MAX_DEPENDENCIES)[0]),
        files=tuple(f"{status} {path}" for status, path in files[:MAX_FILES]),
        changes=tuple(changed_file(ctx, row.sha, *file, here.get(file[1])) for file in shown),
        mends=tuple(map(commit_item, mends)),
        mended_by=tuple(map(commit_item, mended_by)),
        followed=tuple(
            map(
                commit_item,
                changed_after(ctx, row, [p for _, p, _, _ in changed][:MAX_SIBLINGS], MAX_FOLLOWING),
            )
        ),
        command=_command(request),
    )


def _code_first(
    ctx: Context, changed: Sequence[tuple[str, int]], paths: Mapping[int, str]
) -> list[tuple[str, str]]:
    """(what was done, path); tests after code and the rest last, for the lines of the first few are shown."""
    roles = graph_queries.roles(ctx.index, ctx.view.id, {path_id for _, path_id in changed})
    test_files = graph_queries.test_files(roles)

    def rank(file: tuple[str, int]) -> tuple[bool, bool, str, str]:
        return is_no_code(paths[file[1]]), file[1] in test_files, file[0], paths[file[1]]

    in_order = sorted(changed, key=rank)
    return [(status, paths[path_id]) for status, path_id in in_order]


# -- a path


def _known_path(ctx: Context, text: str) -> str:
    """The path that ``text`` is, in this view or ever in the history; ``""`` when it is words."""
    text = text.strip()
    if len(text) > 1_024 or "\n" in text:
        return ""
    for reading in given.readings(text, ctx.here):
        if reading.path and graph_queries.path_ids(ctx.index, [reading.path]):
            return reading.path
    if " " in text or ("/" not in text and "." not in text):
        return ""
    near = graph_queries.files_ending(ctx.index, ctx.view.id, text, 2)
    return near[0].path if len(near) == 1 else ""


def _of_path(ctx: Context, request: HistoryRequest, path: str) -> HistoryAnswer:
    past = followed(ctx, path)
    page = past[request.offset : request.offset + request.limit]
    rows = history_queries.commits(ctx.index, [touch.commit_id for touch in page])
    names = graph_queries.path_names(ctx.index, {touch.path_id for touch in past})
    said = reasons(ctx, rows)
    all_ids = dict.fromkeys(touch.commit_id for touch in past)
    return HistoryAnswer(
        ctx.freshness,
        query=request.query,
        mode="path",
        commits=tuple(
            commit_item(
                rows[touch.commit_id],
                path=names[touch.path_id],
                status=touch.status,
                body=said.get(touch.commit_id, ""),
            )
            for touch in page
        ),
        total=len(past),
        names=tuple(dict.fromkeys(names[touch.path_id] for touch in past)) or (path,),
        searched="" if past else f"the commits that changed {path}",
        reverts=_reverts(ctx, reverts.of_file(ctx, all_ids, all_ids)[:MAX_REVERTS]),
        **paging(_command(request), request.offset, len(page), len(past)),
    )


def followed(ctx: Context, path: str) -> list[Touch]:
    """Every change of the file, newest first, through renames, and into the file that it was split from."""
    path_id = graph_queries.path_ids(ctx.index, [path]).get(path, 0)
    seen = history_queries.reachable(ctx.index, ctx.view.id)
    past = history_queries.touches(ctx.index, path_id, seen)
    if past and past[-1].status == "A" and ctx.blame and ctx.view.head:
        parent = _split_from(ctx, path, past, seen)
        if parent:
            older = history_queries.touches(ctx.index, parent, seen)
            past += [touch for touch in older if touch.commit_id < past[-1].commit_id]
    return past


def _split_from(ctx: Context, path: str, past: Sequence[Touch], seen: Reachable) -> int:
    """The path id of the file whose lines this one began with: its lines are older than it is, and the commit that
    added it changed, or deleted, the file that those commits had changed. 0 for none."""
    born = past[-1]
    siblings = [
        path_id
        for _, path_id, status, _ in history_queries.changes_of(ctx.index, [born.commit_id])
        if status in "MDR"
    ]
    if not siblings or not ctx.blame:
        return 0
    newest = history_queries.commits(ctx.index, [past[0].commit_id])[past[0].commit_id]
    spans = ctx.blame(path, newest.sha)
    older = {
        row.id
        for row in history_queries.commits_by_sha(ctx.index, {span.sha for span in spans}).values()
        if row.id < born.commit_id
    }
    shas = {row.sha for row in history_queries.commits(ctx.index, older).values()}
    if sum(span.count for span in spans if span.sha in shas) < MIN_MOVED:
        return 0
    weight = {
        path_id: sum(touch.commit_id in older for touch in history_queries.touches(ctx.index, path_id, seen))
        for path_id in siblings[:MAX_SIBLINGS]
    }
    best = max(weight, key=lambda path_id: (weight[path_id], -path_id))
    return best if weight[best] else 0


# -- words


def _of_words(ctx: Context, request: HistoryRequest) -> HistoryAnswer:
    found = similar(ctx, _topic(request.query))
    numbers = found.best_first(MIN_SCORE)
    ids = found.ids[numbers].tolist()
    page = ids[request.offset : request.offset + request.limit]
    rows = history_queries.commits(ctx.index, page)
    bodies = _openings(ctx, page) | reasons(ctx, page)
    is_close = (found.messages >= MIN_CLOSE) & (found.sureness >= MIN_SURE)
    close = [id_ for number, id_ in zip(numbers, ids, strict=True) if is_close[number]]
    scores = found.sureness[numbers[request.offset :]].tolist()
    return HistoryAnswer(
        ctx.freshness,
        query=request.query,
        mode="query",
        commits=tuple(
            commit_item(rows[id_], score=score, body=bodies.get(id_, ""))
            for id_, score in zip(page, scores, strict=False)
        ),
        total=len(ids),
        searched=f"{history_queries.reachable(ctx.index, ctx.view.id).count()} commit messages",
        reverts=_reverts(ctx, pairs_of(ctx, close)[:MAX_REVERTS]),
        dependencies=tuple(dependencies.of_words(ctx, request.query, MAX_DEPENDENCIES)),
        **paging(_command(request), request.offset, len(page), len(ids)),
    )


def _topic(text: str) -> str:
    """The text without words that its title asks by: whether something was reverted is the question, not its topic."""
    title, _, body = text.strip().partition("\n")
    words = [word for word in title.split() if word.strip("?!.,:;\"'").casefold() not in _ASKING]
    return f"{' '.join(words) or title}\n{body}"


def _openings(ctx: Context, commit_ids: Collection[int]) -> dict[int, str]:
    """How the messages begin; a revert's own words only name a sha."""
    known = reverts.undone(ctx).by_commit
    undoing = {id_ for id_ in commit_ids if any(pair.by == id_ for pair in known.get(id_, ()))}
    bodies = history_queries.bodies(ctx.index, set(commit_ids) - undoing)
    return {id_: body[:_OPENING_CHARS] for id_, body in bodies.items()}


def _reverts(ctx: Context, pairs: Sequence[Pair]) -> tuple[RevertItem, ...]:
    """One per back and forth: the last word."""
    known = reverts.undone(ctx)
    last: dict[tuple[int, ...], Pair] = {}
    for pair in pairs:
        key = known.chain(pair.by) if pair.target else (pair.by,)
        if key not in last or pair.by > last[key].by:
            last[key] = pair
    return tuple(reverts.items(ctx, list(last.values())))


def _command(request: HistoryRequest) -> str:
    return f"memoryd history {shlex.quote(request.query)}"
