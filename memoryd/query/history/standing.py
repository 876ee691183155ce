"""How much of what a commit added is in its files here, and which later commits took the rest out.

A commit that is shown without that is taken for what the code does now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence, Set

from msgspec import Struct, structs

from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.history.cochange import changed_after
from memoryd.query.history.in_force import ViewLines
from memoryd.query.safe_text import safe_name
from memoryd.query.text.lines import SHA_CHARS
from memoryd.store.index.queries import graph_queries
from memoryd.store.index.queries.history_queries import CommitRow

MAX_LATER = 40  # commits to its files, the next ones, that are looked at for what they took out
MAX_TAKERS = 2  # of one file that are named


class Taker(Struct, frozen=True):
    """A later commit that took ``lines`` of the added lines out of the file."""

    sha: str
    date: str
    lines: int


class StandingLines(Struct, frozen=True):
    """Of one file of a commit. ``added``: the different lines with words that it added; ``here``: how many of them are
    in the view's ``path``, as the file is called there (``""``: it is gone). ``taken``: who took out most of the
    others, as far as the next MAX_LATER commits say it."""

    added: int
    here: int
    path: str
    taken: tuple[Taker, ...] = ()

    def label(self, of_then: str) -> str:
        """In words, of the file that was called ``of_then``."""
        place = f" in {safe_name(self.path)}" if self.path != of_then else ""
        count = f"{self.here} of {self.added} lines that it added are here{place}"
        by = ", ".join(f"{one.lines} by {one.sha[:SHA_CHARS]} {one.date}" for one in self.taken)
        return (count if self.path else "the file is not here") + (f"; taken out: {by}" if by else "")


def standing(ctx: Context, row: CommitRow, paths: Collection[str]) -> dict[str, StandingLines]:
    """Path of then → what stands, for those of ``paths`` where the commit added lines with words, and both its change
    and the file of today can be read."""
    done = ctx.effects([row.sha]).get(row.sha, ()) if ctx.effects else ()
    effects = [one for one in done if one.path in paths and one.added and not one.problem]
    today = ViewLines(ctx, effects, {})
    found: dict[str, StandingLines] = {}
    missing: dict[str, Set[bytes]] = {}  # by the path of then
    for effect in effects:
        place, lines = today.lines(effect)
        if lines is not None:
            missing[effect.path] = effect.added - lines
            here = len(effect.added & lines)
            found[effect.path] = StandingLines(len(effect.added), here, place if today.has(place) else "")
    left = {path: lines for path, lines in missing.items() if lines}
    names = {name for path in left for name in (path, found[path].path) if name}
    ids = graph_queries.path_ids(ctx.index, names).values()
    taken = _taken(ctx, changed_after(ctx, row, ids, MAX_LATER), left) if left else {}
    return {path: structs.replace(one, taken=tuple(taken.get(path, ()))) for path, one in found.items()}


def _taken(
    ctx: Context, later: Sequence[CommitRow], missing: Mapping[str, Set[bytes]]
) -> dict[str, list[Taker]]:
    """Path → the later commits that took most of these lines out of it."""
    effects = ctx.effects([one.sha for one in later]) if ctx.effects else {}
    dates = {one.sha: day(one.time_s) for one in later}
    taken: dict[str, list[Taker]] = {}
    for path, lines in missing.items():
        counts: Counter[str] = Counter()
        left = set(lines)
        for one in later:
            gone = {line for effect in effects.get(one.sha, ()) for line in effect.removed & left}
            counts[one.sha] += len(gone)
            left -= gone
        taken[path] = [Taker(sha, dates[sha], n) for sha, n in counts.most_common(MAX_TAKERS) if n]
    return taken
