"""Where change and size meet, and who knows the place: counted over the commits, the recent ones the most."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection

from msgspec import Struct

from memoryd.globs.given import EVERYTHING
from memoryd.query import targets
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.history.cochange import is_always_touched, names
from memoryd.query.history.hotspots_answers import HotspotItem, HotspotsAnswer, HotspotsRequest, OwnerItem
from memoryd.query.safe_text import safe_line
from memoryd.store.index.queries import history_queries, survey_queries
from memoryd.store.index.queries.survey_queries import Churn

HALF_LIFE_COMMITS = 500
MAX_FILES = 100  # a commit over more is a sweep, no work on any of them
MAX_OWNERS = 3
_PROSE = ("markdown", "text", "yaml")


class _Heat(Struct):
    """Of one file or of all. ``weight``: its changes, each halved for every HALF_LIFE_COMMITS commits since.
    ``authors``: name → (commits, the last one's time)."""

    weight: float = 0.0
    commits: int = 0
    last_s: int = 0
    last_id: int = 0
    authors: dict[str, tuple[int, int]] = {}

    def add(self, change: Churn, weight: float) -> None:
        if change.commit_id != self.last_id:  # a commit counts once, however many files it changed
            self.last_id = change.commit_id
            self.weight += weight
            self.commits += 1
            self.last_s = max(self.last_s, change.time_s)
            self.authors[change.author] = (self.authors.get(change.author, (0, 0))[0] + 1, change.time_s)


def hotspots(ctx: Context, request: HotspotsRequest) -> HotspotsAnswer:
    """Files of code by recent changes × size, and the owners of ``path``. Raises UsageError when no file is there."""
    asked = targets.scope(ctx, request.path) if request.path else EVERYTHING
    paths = {f.path_id: f for f in survey_queries.files(ctx.index, ctx.view.id) if asked.fits(f.path)}
    heat, whole = _heat(ctx, paths)
    lines = survey_queries.ends_of_file(ctx.index, ctx.view.id)
    scores = {
        id_: found.weight * math.log1p(lines.get(id_, 0))
        for id_, found in heat.items()
        if paths[id_].language not in _PROSE and not is_always_touched(paths[id_].path)
    }
    worst = max(scores.values(), default=0.0) or 1.0
    order = sorted(scores, key=lambda id_: (-scores[id_], paths[id_].path))
    return HotspotsAnswer(
        ctx.freshness,
        path=asked.text,
        hotspots=tuple(
            HotspotItem(
                path=paths[id_].path,
                score=round(scores[id_] / worst, 3),
                commits=heat[id_].commits,
                lines=lines.get(id_, 0),
                last_date=day(heat[id_].last_s),
                owners=_owners(heat[id_]),
            )
            for id_ in order[: request.limit]
        ),
        owners=_owners(whole),
        total=len(order),
        searched="" if order else "the commits of these files",
    )


def _heat(ctx: Context, paths: Collection[int]) -> tuple[dict[int, _Heat], _Heat]:
    """(path id of today → how it was worked on, under all its names; the same of all of them together)."""
    present = names(ctx)
    seen = history_queries.reachable(ctx.index, ctx.view.id)
    last_id = history_queries.last_id(ctx.index)
    found: dict[int, _Heat] = defaultdict(_Heat)
    whole = _Heat()
    for change in survey_queries.churn(ctx.index, seen, MAX_FILES):
        today = present.of(change.path_id)
        if today is not None and today in paths:
            weight = 0.5 ** ((last_id - change.commit_id) / HALF_LIFE_COMMITS)
            found[today].add(change, weight)
            whole.add(change, weight)
    return found, whole


def _owners(heat: _Heat) -> tuple[OwnerItem, ...]:
    most = sorted(heat.authors.items(), key=lambda row: (-row[1][0], row[0]))[:MAX_OWNERS]
    return tuple(
        OwnerItem(safe_line(name), count, round(count / max(1, heat.commits), 3), day(last_s))
        for name, (count, last_s) in most
    )
