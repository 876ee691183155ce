"""What changes together: counted over past commits, weighted towards the recent ones. Statistics, no verdict."""

from __future__ import annotations

import math
import re
import shlex
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial

from msgspec import Struct

from indexers.profiles import is_lock
from memoryd.errors import UsageError
from memoryd.globs import given
from memoryd.query import targets
from memoryd.query.context import Context
from memoryd.query.history.cochange_answers import CochangeAnswer, CochangeItem, CochangeRequest, is_often
from memoryd.query.revision_cache import RevisionCache
from memoryd.store.index.queries import graph_queries, history_queries
from memoryd.store.index.queries.history_queries import CommitRow, Touch
from memoryd.store.index.queries.state import skipped_queries

MAX_FILES = 30  # a commit over more files says little, and costs its square
HALF_LIFE_COMMITS = 500  # of all commits, merges included; measured on five histories
NO_CODE_WEIGHT = 0.1  # in the order of what changes with code; measured on five histories
FORGOTTEN_SCORE, FORGOTTEN_SUPPORT = 0.9, 5  # below .9 more than one complete change in fifty is suspected
KEPT_TOUCHES = 256  # files whose changes are kept for the next question
MAX_COMMITS = 2_000  # of the target's newest that are looked at
_ALWAYS_TOUCHED = re.compile(
    r"(^|/)(CHANGE[^/]*|CHANGES|HISTORY|NEWS|RELEASES?|AUTHORS|CONTRIBUTORS)(\.\w+)?$", re.IGNORECASE
)


_NO_CODE = re.compile(
    r"\.(?:md|rst|txt|adoc|json|jsonc|toml|ya?ml|cfg|ini|conf|lock|xml|properties|svg|png|csv|po|pot|in|map|sum|mod)$"
    r"|(?:^|/)[^./]+$|(?:^|/)\.[^/]+$",
    re.IGNORECASE,
)


class CochangedFile(Struct, frozen=True):
    """``support``: how many of the target's ``commits`` over at most MAX_FILES files changed ``path`` too; ``score``:
    their share, recent ones counting more, 0..1."""

    path_id: int
    path: str
    score: float
    support: int
    commits: int

    @property
    def share(self) -> float:
        return self.support / self.commits


def cochange(ctx: Context, request: CochangeRequest) -> CochangeAnswer:
    """The ``k`` files that changed most with the target's file. Raises UsageError when it means nothing."""
    paths = _paths(ctx, request.target)
    past = touched(ctx, paths)
    found = cochanged_files(ctx, paths, past)
    linked = neighbours(ctx, paths)
    command = f"memoryd cochange {shlex.quote(request.target)}"
    items = tuple(_item(one, linked) for one in found[: request.k])
    return CochangeAnswer(
        ctx.freshness,
        target=request.target,
        files=items,
        commits=len({touch.commit_id for touch in past}),
        total=len(found),
        searched=_searched(ctx, past),
        truncated=len(found) > len(items),
        next=f"{command} -k {min(1_000, len(found))}" if len(found) > len(items) else "",
        command=command,
    )


def _searched(ctx: Context, past: Sequence[Touch]) -> str:
    """Which commits an answer rests on."""
    ids = list(dict.fromkeys(touch.commit_id for touch in past))
    rows = history_queries.commits(ctx.index, ids[:MAX_COMMITS])
    large = sum(row.files > MAX_FILES for row in rows.values())
    parts = [f"the {len(ids)} commits that changed it" if len(ids) != 1 else "the 1 commit that changed it"]
    parts += [f"the newest {MAX_COMMITS} of them"] if len(ids) > MAX_COMMITS else []
    parts += [f"without {large} that changed more than {MAX_FILES} files"] if large else []
    return ", ".join(parts)


def _paths(ctx: Context, target: str) -> set[int]:
    """Ids of the files that are meant; also one that is not indexed (generated, binary) but has a history."""
    try:
        resolution = targets.resolve(ctx, target)
    except UsageError:
        known = graph_queries.path_ids(ctx.index, [one.path for one in given.readings(target, ctx.here)])
        if not known:
            raise
        return set(known.values())
    return {found.path_id for found in resolution.targets or resolution.candidates}


def touched(ctx: Context, path_ids: Collection[int]) -> list[Touch]:
    """Every change of these files through renames, newest first."""
    found = [touch for id_ in path_ids for touch in _touches.get(ctx, id_, partial(_touches_of, ctx, id_))]
    return sorted(found, key=lambda touch: -touch.commit_id)


def changed_after(ctx: Context, row: CommitRow, path_ids: Collection[int], most: int) -> list[CommitRow]:
    """The next commits to these files, oldest first."""
    later = {touch.commit_id for touch in touched(ctx, path_ids) if touch.commit_id > row.id}
    first = sorted(later)[:most]
    rows = history_queries.commits(ctx.index, first)
    return [rows[id_] for id_ in first]


def _touches_of(ctx: Context, path_id: int) -> tuple[Touch, ...]:
    seen = history_queries.reachable(ctx.index, ctx.view.id)
    return tuple(history_queries.touches(ctx.index, path_id, seen))


_touches: RevisionCache[tuple[Touch, ...]] = RevisionCache(KEPT_TOUCHES)


def cochanged_files(ctx: Context, path_ids: Collection[int], past: Sequence[Touch]) -> list[CochangedFile]:
    """Files of the view that changed in the commits ``past``, strongest first; the target's own are left out, under
    whatever names they had or have. For code, what is no code comes later: a version number or a page of the manual
    changes with anything."""
    ids = list(dict.fromkeys(touch.commit_id for touch in past))[:MAX_COMMITS]
    rows = history_queries.commits(ctx.index, ids)
    small = {id_ for id_ in ids if rows[id_].files <= MAX_FILES}
    if not small:
        return []
    weight = _weights(ctx, [rows[id_] for id_ in small])
    now = names(ctx)
    own = now.with_present({*path_ids, *(touch.path_id for touch in past)})
    score: dict[int, float] = defaultdict(float)
    support: dict[int, int] = defaultdict(int)
    for commit_id, path_id, _, _ in history_queries.changes_of(ctx.index, small):
        today = now.of(path_id)
        if today is not None and today not in own:
            score[today] += weight[commit_id]
            support[today] += 1
    total = sum(weight.values())
    paths = graph_queries.path_names(ctx.index, {*score, *path_ids})
    of_code = any(not is_no_code(paths[id_]) for id_ in path_ids if id_ in paths)
    found = [CochangedFile(id_, paths[id_], score[id_] / total, support[id_], len(small)) for id_ in score]

    def rank(one: CochangedFile) -> float:
        return one.score * (NO_CODE_WEIGHT if of_code and is_no_code(one.path) else 1.0)

    return sorted(found, key=lambda one: (-rank(one), -one.support, one.path))


def worth_showing(found: Sequence[CochangedFile]) -> list[CochangedFile]:
    """Without what every commit touches and what is too seldom to mean anything."""
    return [c for c in found if is_often(c.score, c.support, c.commits) and not is_always_touched(c.path)]


def is_forgotten(one: CochangedFile) -> bool:
    """Whether a change without this file is likely to have left it out by mistake: it nearly always came along. On
    five histories three in four are right, and one complete change in fifty is suspected."""
    return min(one.score, one.share) >= FORGOTTEN_SCORE and one.support >= FORGOTTEN_SUPPORT


def is_always_touched(path: str) -> bool:
    """A change log or lock file: it changes with everything, which says nothing."""
    return bool(_ALWAYS_TOUCHED.search(path)) or is_lock(path)


def is_no_code(path: str) -> bool:
    """A page of documentation, a configuration, a change log."""
    return bool(_NO_CODE.search(path))


def cochange_items(ctx: Context, path_ids: Collection[int], past: Sequence[Touch]) -> list[CochangeItem]:
    """What is worth showing of ``cochanged_files``, first what no edge explains."""
    found = worth_showing(cochanged_files(ctx, path_ids, past)) if past else []
    linked = neighbours(ctx, path_ids) if found else set()
    return sorted((_item(one, linked) for one in found), key=lambda item: item.explained)


def _item(one: CochangedFile, linked: Collection[int]) -> CochangeItem:
    return CochangeItem(one.path, round(one.score, 4), one.support, one.path_id in linked, one.commits)


def neighbours(ctx: Context, path_ids: Collection[int]) -> set[int]:
    """Files tied to these by an edge, in either direction."""
    return graph_queries.neighbour_files(ctx.index, ctx.view.id, path_ids)


def _weights(ctx: Context, commits: Collection[CommitRow]) -> Mapping[int, float]:
    """By commit id: halved for each HALF_LIFE_COMMITS later commits, and less for a commit over many files."""
    last = history_queries.last_id(ctx.index)
    return {
        row.id: 0.5 ** ((last - row.id) / HALF_LIFE_COMMITS) / math.sqrt(max(1, row.files - 1))
        for row in commits
    }


def names(ctx: Context) -> Names:
    """Where the files of the past are in the view."""
    return _names.get(ctx, (), lambda: Names(ctx))


class Names:
    """From a path in the past to the path of the view that it became."""

    def __init__(self, ctx: Context) -> None:
        self._renamed = history_queries.renames(ctx.index, history_queries.reachable(ctx.index, ctx.view.id))
        left_out = skipped_queries.skipped_paths(ctx.index, ctx.view.id)
        self._alive = graph_queries.path_ids_of_view(ctx.index, ctx.view.id)
        self._alive |= set(graph_queries.path_ids(ctx.index, left_out).values())

    def of(self, path_id: int) -> int | None:
        """None: the file is gone."""
        for _ in range(history_queries.MAX_NAMES):
            if path_id in self._alive:
                return path_id
            if path_id not in self._renamed:
                return None
            path_id = self._renamed[path_id]
        return None

    def with_present(self, path_ids: Iterable[int]) -> set[int]:
        """These, and the paths of the view that they became."""
        known = set(path_ids)
        return known | {today for id_ in known if (today := self.of(id_)) is not None}


_names: RevisionCache[Names] = RevisionCache(4)
