"""The past change that a task can follow: named where it is surely the nearest, listed with others where it may be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from msgspec import Struct, structs

from memoryd.query.briefing.brief_answers import BriefItem, BriefSection
from memoryd.query.briefing.brief_places import BriefPlace, Places
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.history import cochange, reverts
from memoryd.query.history.similar import BEST, SimilarCommits
from memoryd.query.retrieval.roles import Role
from memoryd.query.safe_text import quote, safe_name
from memoryd.query.text.lines import SHA_CHARS
from memoryd.store.index.queries import graph_queries, history_queries
from memoryd.store.index.queries.history_queries import CommitRow

MAX_FILES = 30  # of a change that another can follow; a sweep over more is none
MAX_SHOWN = 10  # files of the precedent that are named
MAX_SIMILAR = 3
MAX_VOTERS = 5  # changes whose files may have to change again
VOTE = 2.0  # of the likeliest change for its one file, were its score the best there can be; the best hit is the unit
MAX_CANDIDATES = 20
MIN_SHARE = 0.5  # of the best: a change below is not listed
# Of the evidence (0 to 3): its share of the best score there can be, its lead before the second, its share of the
# task's words. With less, more of the named changes were wrong than right; with this much six in ten were right, with
# 1.5 eight or nine.
MIN_EVIDENCE = 1.3
MIN_LEAD = 0.03  # of several alike none is named, however well they fit
LEAST_SURE, SLOPE, MOST_SURE = 0.6, 0.75, 0.95  # how sure the least evidence makes, and more of it
SIMILAR = 0.3  # of each of some changes of which none is surely the precedent
_ROLE: dict[str, Role] = {"tests": "test", "docs": "doc", "changelog": "doc", "configuration": "config"}
_PART = {"code": "source", "doc": "docs", "config": "configuration", "example": "examples"}


class FollowedChange(Struct, frozen=True):
    """``likeness``: its share of the best score there can be. ``files``: path today → the part it plays, in the order
    in which they are said; ``gone``: how many others it changed that are no longer there."""

    row: CommitRow
    likeness: float
    files: Mapping[str, str]
    gone: int


class Precedents(Struct, frozen=True):
    """``changes``: the likeliest first. ``evidence`` for the first before the others. ``searched``: commits."""

    changes: tuple[FollowedChange, ...]
    evidence: float
    searched: int

    @property
    def is_sure(self) -> bool:
        """Whether the first is named as the precedent."""
        return self.evidence >= MIN_EVIDENCE


def precedents(ctx: Context, past: SimilarCommits) -> Precedents:
    """The changes nearest to what ``past`` was compared with; merges, sweeps and what was undone are none."""
    searched = history_queries.reachable(ctx.index, ctx.view.id).count()
    numbers = past.best_first(MIN_SHARE)[:MAX_CANDIDATES]
    rows = history_queries.commits(ctx.index, past.ids[numbers].tolist())
    undone = reverts.undone(ctx).out
    fit = [
        n for n in numbers if 0 < rows[int(past.ids[n])].files <= MAX_FILES and int(past.ids[n]) not in undone
    ]
    if not fit:
        return Precedents((), 0.0, searched)
    best = [(rows[int(past.ids[n])], float(past.total[n]) / BEST) for n in fit[:MAX_VOTERS]]
    files = _files(ctx, [row for row, _ in best])
    changes = tuple(FollowedChange(row, likeness, *files[row.id]) for row, likeness in best)
    return Precedents(changes, _evidence(past, fit), searched)


def followed(found: Places, known: Precedents) -> Places:
    """``found`` with the files that the nearest past changes changed: what was changed then may have to change again,
    in a large change each file less likely, and less where no change is surely the precedent."""
    places = {place.path: place for place in found.files}
    trust = min(1.0, known.evidence / MIN_EVIDENCE)
    for rank, change in enumerate(known.changes):
        vote = trust * VOTE * change.likeness**2 / (1 + rank) / math.sqrt(len(change.files) or 1)
        for path, part in change.files.items():
            place = places.get(path) or BriefPlace(path, _ROLE.get(part, "code"), 0.0)
            by = place.followed or change.row.sha
            places[path] = structs.replace(place, score=place.score + vote, followed=by)
    ordered = sorted(places.values(), key=lambda place: (-place.score, place.path))
    return structs.replace(found, files=tuple(ordered))


def _evidence(past: SimilarCommits, numbers: Sequence[int]) -> float:
    first = numbers[0]
    best, second = (float(past.total[n]) for n in (first, (numbers[1:] or numbers)[0]))
    lead = (best - second) / best if len(numbers) > 1 else 1.0
    return best / BEST + lead + float(past.held[first]) if lead >= MIN_LEAD else 0.0


def _files(ctx: Context, rows: Sequence[CommitRow]) -> dict[int, tuple[dict[str, str], int]]:
    """Commit id → its files as they are called today with their parts, and how many are gone."""
    changed: dict[int, list[int]] = {row.id: [] for row in rows}
    for commit_id, path_id, _, _ in history_queries.changes_of(ctx.index, changed):
        changed[commit_id].append(path_id)
    now = cochange.names(ctx)
    today = {id_: now.of(id_) for ids in changed.values() for id_ in ids}
    there = {id_ for id_ in today.values() if id_ is not None}
    paths = graph_queries.path_names(ctx.index, there)
    roles = graph_queries.roles(ctx.index, ctx.view.id, there)
    parts = {id_: _part(paths[id_], roles[id_].role if id_ in roles else "") for id_ in there}
    found = {}
    for commit_id, ids in changed.items():
        here = {present for id_ in ids if (present := today[id_]) is not None}
        ordered = sorted(here, key=lambda id_: (_ORDER.index(parts[id_]), paths[id_]))
        found[commit_id] = {paths[id_]: parts[id_] for id_ in ordered}, len(ids) - len(here)
    return found


_ORDER = ("source", "tests", "docs", "changelog", "configuration", "examples", "others")


def _part(path: str, role: str) -> str:
    if cochange.is_always_touched(path):
        return "changelog"
    return "tests" if role.startswith("test") else _PART.get(role, "others")


def precedent_section(found: Precedents) -> BriefSection:
    """One change under `precedent`, or a few under `similar past changes`, or that none is known; empty where there
    is no history to know one from."""
    if not found.searched:
        return BriefSection("precedent", (), 0)
    if not found.changes:
        said = BriefItem("none known", f"{found.searched} commits searched", "absence", 1.0, "history")
        return BriefSection("precedent", (said,), 1)
    if found.is_sure:
        sure = min(MOST_SURE, LEAST_SURE + SLOPE * (found.evidence - MIN_EVIDENCE))
        return BriefSection("precedent", (_item(found.changes[0], "precedent", sure),), 1)
    items = tuple(_item(change, "similar", SIMILAR) for change in found.changes[:MAX_SIMILAR])
    return BriefSection("similar past changes (none is surely the precedent)", items, len(items))


def _item(change: FollowedChange, kind: str, sure: float) -> BriefItem:
    """The files of the precedent are named, those of others counted: they stand in no list of what may change."""
    row, is_named = change.row, kind == "precedent"
    text = f"“{quote(row.subject, 120)}” - {day(row.time_s)} - {_by_part(change, is_named)}"
    shown = tuple(change.files)[:MAX_SHOWN] if is_named else ()
    return BriefItem(text, row.sha[:SHA_CHARS], kind, round(sure, 2), "history", shown)


def _by_part(change: FollowedChange, is_named: bool) -> str:
    by_part: dict[str, list[str]] = {}
    for path in list(change.files)[: MAX_SHOWN if is_named else MAX_FILES]:
        by_part.setdefault(change.files[path], []).append(safe_name(path))
    if not is_named:
        counted = [f"{part} {len(paths)}" for part, paths in by_part.items()]
        return ", ".join([*counted, f"{change.gone} gone since"] if change.gone else counted)
    said = [f"{part}: {', '.join(paths)}" for part, paths in by_part.items()]
    said += [f"{len(change.files) - MAX_SHOWN} more"] if len(change.files) > MAX_SHOWN else []
    said += [f"{change.gone} gone since"] if change.gone else []
    return "; ".join(said)
