"""Where the way on from a target is lost: dependents of which no user is known, though their name is used somewhere
that nothing explains. Without them "no test reaches it" would be said of code that is tested through such a use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from msgspec import Struct

from indexers.profiles import all_of
from memoryd.query.context import Context
from memoryd.query.graph.accounting import used_along_with
from memoryd.query.graph.accounting_answers import NamePlace
from memoryd.query.graph.dependents import BreadthFirstSearch
from memoryd.query.safe_text import safe_name
from memoryd.query.text.lines import place
from memoryd.store.index.queries import graph_queries, unresolved_queries
from memoryd.store.index.queries.graph_queries import NAME_BITS, NAME_MASK, Node

MAX_LOOKED_AT = 40  # dependents without a known user, the nearest first
FEW = 50  # with more dependents known, what leads to further ones is not told
MAX_PLACES = 3
_CONSTRUCTORS = all_of("constructors")


class OpenEnd(Struct, frozen=True):
    """``symbol`` in ``path`` depends on the target, and nothing is known to use it; ``uses`` of its name have no known
    meaning and could be of it, ``first`` of them the first."""

    path: str
    symbol: str
    uses: int
    first: tuple[NamePlace, ...] = ()

    def label(self) -> str:
        """With the first place."""
        shown = ", ".join(place(one.path, one.line) for one in self.first[:1])
        count = f"{self.uses} unresolved uses" if self.uses > 1 else "1 unresolved use"
        more = ", …" if self.uses > 1 else ""
        return f"{safe_name(self.symbol)} ({count} of that name: {shown}{more})"


def open_ends(
    ctx: Context, search: BreadthFirstSearch, name_of: Callable[[Node], str], left_out: Collection[int]
) -> tuple[OpenEnd, ...]:
    """Those of what was reached, of the fewest uses first; none where many dependents are known. ``left_out``: files
    whose definitions nobody has to use, as those of tests."""
    if search.nodes > FEW:
        return ()
    ends = [one for one in _ends(ctx, search) if one >> NAME_BITS not in left_out and name_of(one)]
    ends = ends[:MAX_LOOKED_AT]
    paths = graph_queries.path_names(ctx.index, {node >> NAME_BITS for node in ends})
    found = (_open_end(ctx, paths[node >> NAME_BITS], name_of(node)) for node in ends)
    return tuple(sorted((one for one in found if one), key=lambda one: one.uses))


def _ends(ctx: Context, search: BreadthFirstSearch) -> Iterator[Node]:
    """Definitions that were reached and from which nothing was, nearest first. Who makes one of a class runs its
    constructor, who calls a method may run what overrides it."""
    imports = {id_ for id_, one in search.provenances.items() if one.kind == "imports"}
    passed = {edge[0] for hop in search.hops for _, edge in hop}
    passed |= {node for through in search.through for base, node in through.items() if base in passed}
    reached = [edge[1] for hop in search.hops for _, edge in hop if edge[2] not in imports]
    owners = graph_queries.owners_of(ctx.index, {node & NAME_MASK for node in reached}, _CONSTRUCTORS)
    for node in reached:
        owner = owners.get(node & NAME_MASK)
        if node not in passed and (
            owner is None or graph_queries.node(node >> NAME_BITS, owner) not in passed
        ):
            yield node


def _open_end(ctx: Context, path: str, qualname: str) -> OpenEnd | None:
    owner, _, name = qualname.rpartition(".")
    word = owner.rpartition(".")[2] if owner and name in _CONSTRUCTORS else name
    languages = used_along_with(ctx, [path])
    uses = unresolved_queries.unresolved_uses(ctx.index, ctx.view.id, word)
    places = [(use.path_id, line) for use in uses if use.language in languages for line in use.lines]
    if not places:
        return None
    first = sorted(places)[:MAX_PLACES]
    known = graph_queries.path_names(ctx.index, {path_id for path_id, _ in first})
    return OpenEnd(path, qualname, len(places), tuple(NamePlace(known[id_], line) for id_, line in first))
