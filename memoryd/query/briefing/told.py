"""What a client was told of a checkout, and what is news to it: by commits, never by clocks.

Commits come late (a pull, a lagging index), with any date, and go (a reset, a force-push, another branch). So what was
told is a set of heads: what they reach is known, whatever its date, and what the last of them reaches and the view
does not has left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from memoryd.query.context import Context
from memoryd.store.index.queries import history_queries
from memoryd.store.index.queries.history_queries import CommitRow

MAX_HEADS = 200  # that are remembered as told; those that others reach are none of them
MAX_GONE = 500


class Told(Struct, frozen=True):
    """``heads``: what they reach was told, but for ``pending``, the commits that did not fit into the answer.
    ``head``, ``branch``: where the checkout stood. ``uncommitted``: path → blob. ``records``: ids of those that are
    known, with ``pending_records``, which did not fit."""

    head: str = ""
    branch: str = ""
    heads: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    uncommitted: dict[str, str] = {}
    records: tuple[str, ...] = ()
    pending_records: tuple[str, ...] = ()
    at_s: int = 0

    @property
    def told_records(self) -> set[str]:
        return set(self.records) - set(self.pending_records)


class Visit(Struct, frozen=True):
    """One hand-over: what was told before it, and, where it is told again, what it told. ``name``: as `--since` takes
    it; ``earlier``: that of the hand-over before. ``rest``: only what of it did not fit is asked for."""

    name: str
    earlier: str = ""
    before: Told | None = None
    until: Told | None = None
    rest: bool = False


class News(Struct, frozen=True):
    """Newest first. ``gone``: commits that were told and are in this history no longer; ``returned``: how many are
    in it again that were told before they left."""

    commits: Sequence[CommitRow]
    gone: Sequence[CommitRow]
    returned: int
    head: str
    heads: tuple[str, ...]


def news(ctx: Context, visit: Visit) -> News:
    """What the visit brings, of the view or of the commit that it led to."""
    before = visit.before or Told()
    if ctx.freshness.no_history:  # nobody can say what came or went
        return News((), (), 0, before.head, before.heads)
    head = visit.until.head if visit.until else ctx.view.head
    ancestry = _Ancestry(ctx)
    there = ancestry.reached([head])
    told = ancestry.reached(before.heads)
    last = ancestry.reached([before.head]) if before.head else set[int]()
    pending = {row.id for row in history_queries.commits_by_sha(ctx.index, before.pending).values()}
    rows = history_queries.commits(ctx.index, (there - told) | (there & pending) | (last - there))
    heads = ancestry.maximal([*before.heads, head] if head else before.heads)
    return News(
        commits=_newest_first(rows, (there - told) | (there & pending)),
        gone=_newest_first(rows, last - there)[:MAX_GONE],
        returned=len((there & told) - last) if before.head else 0,
        head=head,
        heads=tuple(heads[-MAX_HEADS:]),
    )


def is_known(ctx: Context, told: Told) -> bool:
    """The index still has the commits that the answer would be compared with."""
    is_kept = not told.heads or ctx.freshness.no_history
    return bool(is_kept or history_queries.commits_by_sha(ctx.index, told.heads))


def _newest_first(rows: Mapping[int, CommitRow], ids: Iterable[int]) -> list[CommitRow]:
    return [rows[id_] for id_ in sorted(ids, reverse=True) if id_ in rows]


class _Ancestry:
    """The commits of the store, also those that no view reaches any more, and who their parents are."""

    def __init__(self, ctx: Context) -> None:
        self._rows = list(history_queries.parents(ctx.index))  # children before their parents

    def reached(self, heads: Iterable[str]) -> set[int]:
        wanted, found = set(heads), set[int]()
        for id_, sha, parents in self._rows:
            if sha in wanted:
                found.add(id_)
                wanted.update(parents.split())
        return found

    def maximal(self, heads: Sequence[str]) -> list[str]:
        """Those that no other of them reaches, in their order."""
        distinct, below = set(heads), set[str]()
        for _, sha, parents in self._rows:
            if sha in distinct or sha in below:
                below.update(parents.split())
        return [head for head in dict.fromkeys(heads) if head not in below]
