"""What breaks when something changes: the graph walked against its arrows, each hop with its evidence."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from indexers.profiles import all_of
from memoryd.query import targets
from memoryd.query.answers import paging
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.graph.impact_answers import (
    Dependent,
    ImpactAnswer,
    ImpactRequest,
    ImpactTotals,
    ReachingTest,
)
from memoryd.query.graph.plain_mentions import plain_mentions
from memoryd.query.history import cochange
from memoryd.query.history.hotspots_answers import OwnerItem
from memoryd.query.safe_text import safe_line
from memoryd.query.structure import operations
from memoryd.query.targets import Target
from memoryd.store.index.queries import graph_queries, history_queries
from memoryd.store.index.queries.graph_queries import NAME_BITS, NAME_MASK, EdgeProvenance, GraphEdge, Node
from memoryd.store.index.queries.history_queries import Touch

__all__ = ["dependents_of", "impact", "tests_of"]

MIN_CONFIDENCE = 0.1  # a chain of guesses below this is no evidence any more
MAX_TESTS, MAX_TEST_SYMBOLS = 200, 5
MAX_COCHANGE, MAX_OWNERS, MAX_MENTIONS = 10, 5, 20
_CONSTRUCTORS = all_of("constructors")
_TYPES = frozenset(("class", "interface", "struct", "enum", "trait", "type"))


Reached = tuple[float, GraphEdge]  # the confidence of the whole chain, and its edge farthest from the target


class BreadthFirstSearch(Struct, frozen=True):
    """``hops[h]``: what was reached at distance h + 1, surest first. ``names``: qualnames that the store has no
    id for, by the ids that the search gave them. ``provenances``: by the provenance ids of the edges."""

    hops: tuple[tuple[Reached, ...], ...]
    names: Mapping[int, str]
    provenances: Mapping[int, EdgeProvenance]

    @property
    def nodes(self) -> int:
        return sum(len(hop) for hop in self.hops)


def impact(ctx: Context, request: ImpactRequest) -> ImpactAnswer:
    """Everything within ``hops`` edges, with exact counts. Raises UsageError when the target means nothing;
    an ambiguous one is answered with its candidates only."""
    resolution = targets.resolve(ctx, request.target)
    if not resolution.targets:
        return _ambiguous(ctx, request, resolution)
    search = dependents_of(ctx, resolution.targets, request.hops)
    labels = _Labels(ctx, search)
    paths = {target.path_id for target in resolution.targets}
    past = cochange.touched(ctx, paths) if len(paths) <= MAX_OWNERS else []
    cochange_items = cochange.cochange_items(ctx, paths, past)
    tests = _tests(ctx, search, labels)
    hops = _page(search, labels, request)
    shown = sum(map(len, hops))
    meant = {(target.path, target.qualname) for target in resolution.targets}
    mentions = plain_mentions(ctx, resolution.targets)
    operated = operations.reaching(ctx, meant, [[edge[1] for _, edge in hop] for hop in search.hops])
    return ImpactAnswer(
        ctx.freshness,
        target=request.target,
        definitions=tuple(target.definition for target in resolution.targets[:20]),
        hops=hops,
        tests=tests[:MAX_TESTS],
        cochange=tuple(cochange_items[:MAX_COCHANGE]),
        owners=_owners(ctx, past),
        totals=ImpactTotals(
            dependents=search.nodes,
            hops=tuple(len(hop) for hop in search.hops),
            files=len({edge[1] >> NAME_BITS for hop in search.hops for _, edge in hop}),
            tests=len(tests),
            cochange=len(cochange_items),
        ),
        **paging(_command(request), request.offset, shown, search.nodes),
        operations=tuple(operated[: operations.MAX_REACHES]),
        operations_total=len(operated),
        mentions=mentions[:MAX_MENTIONS],
        mentions_total=len(mentions),
    )


def _ambiguous(ctx: Context, request: ImpactRequest, resolution: targets.Resolution) -> ImpactAnswer:
    return ImpactAnswer(
        ctx.freshness, target=request.target, definitions=(), hops=(), tests=(), cochange=(), owners=(),
        totals=ImpactTotals(0, (), 0, 0, 0),
        candidates=tuple(target.definition for target in resolution.candidates),
        truncated=resolution.total > len(resolution.candidates),
        next=f"memoryd impact {shlex.quote(resolution.candidates[0].text)}",
        command=_command(request),
    )  # fmt: skip


def _command(request: ImpactRequest) -> str:
    return f"memoryd impact {shlex.quote(request.target)} --hops {request.hops}"


# -- the search, breadth first


def dependents_of(ctx: Context, meant: Sequence[Target], max_hops: int) -> BreadthFirstSearch:
    """Breadth first, each node once, at its smallest distance; cycles end by that.

    An import statement is reached but not passed: whoever uses the imported name is reached by that use. A
    use at the top level of a file goes on through the definition whose lines hold it, if any.
    """
    provenances = graph_queries.provenances(ctx.index)
    top = _TopLevel(ctx, provenances)
    imports = frozenset(id_ for id_, provenance in provenances.items() if provenance.kind == "imports")
    sure_of = {id_: provenance.confidence for id_, provenance in provenances.items()}
    files = frozenset(target.path_id for target in meant if not target.qualname)
    frontier = dict.fromkeys(_start(ctx, meant), 1.0)
    seen = set(frontier)
    edges = [
        *graph_queries.edges_towards(ctx.index, ctx.view.id, frontier),
        *graph_queries.edges_into_files(ctx.index, ctx.view.id, files),
    ]
    hops: list[tuple[Reached, ...]] = []
    while len(hops) < max_hops:
        if hops:
            edges = list(graph_queries.edges_towards(ctx.index, ctx.view.id, frontier))
        best = _used(_best(top.placed(edges), frontier, seen, files, sure_of), seen, imports)
        if not best:
            break
        hops.append(_surest_first(best.values(), imports))
        seen.update(best)
        frontier = {node: sure for node, (sure, _) in best.items() if node & NAME_MASK != top.empty}
        frontier.update(_constructed(ctx, frontier))
    return BreadthFirstSearch(tuple(hops), top.names, provenances)


def _start(ctx: Context, meant: Sequence[Target]) -> set[Node]:
    """The nodes of the target symbols; a type stands for its members, a constructor for its type."""
    nodes: set[Node] = set()
    for target in meant:
        if not target.qualname:
            continue
        wanted = {target.qualname}
        owner, _, name = target.qualname.rpartition(".")
        if owner and (name in _CONSTRUCTORS or name == owner.rpartition(".")[2]):
            wanted.add(owner)
        if target.kind in _TYPES:
            rows = graph_queries.symbols_of(ctx.index, ctx.view.id, target.path_id)
            wanted.update(row.qualname for row in rows if row.qualname.startswith(f"{target.qualname}."))
        nodes.update(
            graph_queries.node(target.path_id, id_)
            for id_ in graph_queries.name_ids(ctx.index, wanted).values()
        )
    return nodes


def _constructed(ctx: Context, frontier: Mapping[Node, float]) -> dict[Node, float]:
    """The types of the constructors in ``frontier``: who makes one runs the constructor."""
    owners = graph_queries.owners_of(ctx.index, {node & NAME_MASK for node in frontier}, _CONSTRUCTORS)
    made = {
        graph_queries.node(node >> NAME_BITS, owners[node & NAME_MASK]): sure
        for node, sure in frontier.items()
        if node & NAME_MASK in owners
    }
    return {node: sure for node, sure in made.items() if node not in frontier}


def _best(
    edges: Iterable[GraphEdge],
    frontier: Mapping[Node, float],
    seen: Collection[Node],
    files: Collection[int],
    sure_of: Mapping[int, float],
) -> dict[Node, Reached]:
    """Source → its surest edge, for sources never seen and outside of the target's own files."""
    best: dict[Node, Reached] = {}
    for edge in edges:
        src = edge[1]
        if src in seen or src >> NAME_BITS in files:
            continue
        sure = frontier.get(edge[0], 1.0) * sure_of[edge[2]]
        known = best.get(src)
        if sure >= MIN_CONFIDENCE and (known is None or sure > known[0]):
            best[src] = (sure, edge)
    return best


def _used(
    best: Mapping[Node, Reached], seen: Collection[Node], imports: Collection[int]
) -> dict[Node, Reached]:
    """Without the import statements of files that are reached by a use as well: they say nothing new."""
    importing = {node for node, (_, edge) in best.items() if edge[2] in imports}
    if not importing:
        return dict(best)
    using = {node >> NAME_BITS for node in (*seen, *(best.keys() - importing))}
    return {
        node: reached
        for node, reached in best.items()
        if node not in importing or node >> NAME_BITS not in using
    }


def _surest_first(found: Iterable[Reached], imports: Collection[int]) -> tuple[Reached, ...]:
    """Uses before mere imports; users of one thing stand together."""
    keyed = [(edge[2] in imports, -sure, edge, sure) for sure, edge in found]
    keyed.sort()
    return tuple([(sure, edge) for _, _, edge, sure in keyed])


class _TopLevel:
    """Uses at the top level of a file: at which definition they stand. ``names``: qualnames of definitions
    that no edge names, under ids that the store does not use."""

    def __init__(self, ctx: Context, provenances: Mapping[int, EdgeProvenance]) -> None:
        self._ctx = ctx
        self._import = next(
            (id_ for id_, provenance in provenances.items() if provenance.kind == "imports"), 0
        )
        self.empty = graph_queries.name_ids(ctx.index, [""]).get("", 0)
        self.names: dict[int, str] = {}
        self._ids: dict[str, int] = {}
        self._outer: dict[int, list[tuple[int, int, str]]] = {}

    def placed(self, edges: Sequence[GraphEdge]) -> Iterable[GraphEdge]:
        """The edges, those that start at the top level moved to the definition around their line."""
        loose = [edge for edge in edges if edge[1] & NAME_MASK == self.empty]
        if not loose:
            return edges
        ctx = self._ctx
        imports = graph_queries.import_lines(ctx.index, {edge[3] for edge in loose})
        unknown = {edge[1] >> NAME_BITS for edge in loose} - self._outer.keys()
        found = graph_queries.outer_symbols(ctx.index, ctx.view.id, unknown)
        self._outer.update({path_id: found.get(path_id, []) for path_id in unknown})
        return [edge if edge[1] & NAME_MASK != self.empty else self._moved(edge, imports) for edge in edges]

    def _moved(self, edge: GraphEdge, imports: Collection[tuple[int, int]]) -> GraphEdge:
        dst, src, provenance, link_id, line = edge
        if (link_id, line) in imports:
            return dst, src, self._import, link_id, line
        path_id = src >> NAME_BITS
        holder = next((q for first, last, q in self._outer[path_id] if first <= line <= last), "")
        if not holder:
            return edge
        return dst, graph_queries.node(path_id, self._id(holder)), provenance, link_id, line

    def _id(self, qualname: str) -> int:
        if qualname not in self._ids:
            known = graph_queries.name_ids(self._ctx.index, [qualname]).get(qualname)
            self._ids[qualname] = NAME_MASK - len(self.names) if known is None else known
            if known is None:
                self.names[self._ids[qualname]] = qualname
        return self._ids[qualname]


# -- what is shown of it


class _Labels:
    """Paths of everything that a search reached, and qualnames where they are asked for."""

    def __init__(self, ctx: Context, search: BreadthFirstSearch) -> None:
        self._ctx = ctx
        self._names = dict(search.names)
        self.provenances = search.provenances
        ends = {end >> NAME_BITS for hop in search.hops for _, edge in hop for end in edge[:2]}
        self.path = graph_queries.path_names(ctx.index, ends)

    def load(self, nodes: Iterable[Node]) -> None:
        wanted = {node & NAME_MASK for node in nodes} - self._names.keys()
        self._names.update(graph_queries.names(self._ctx.index, wanted))

    def name(self, node: Node) -> str:
        return self._names[node & NAME_MASK]

    def path_of(self, node: Node) -> str:
        return self.path[node >> NAME_BITS]

    def text(self, node: Node) -> str:
        name = self.name(node)
        return f"{self.path_of(node)}:{name}" if name else self.path_of(node)


def _page(
    search: BreadthFirstSearch, labels: _Labels, request: ImpactRequest
) -> tuple[tuple[Dependent, ...], ...]:
    """The hops' items ``offset`` … ``offset + limit``; hops outside of that are empty."""
    skip, room = request.offset, request.limit
    pages = []
    for hop in search.hops:
        part = hop[skip : skip + room]
        skip, room = max(0, skip - len(hop)), room - len(part)
        labels.load(node for _, edge in part for node in edge[:2])
        pages.append(tuple(_dependent(reached, labels) for reached in part))
    return tuple(pages)


def _dependent(reached: Reached, labels: _Labels) -> Dependent:
    sure, (dst, src, provenance_id, _, line) = reached
    provenance = labels.provenances[provenance_id]
    return Dependent(
        path=labels.path_of(src),
        symbol=labels.name(src),
        via=f"{provenance.kind} {labels.text(dst)}",
        method=provenance.method,
        confidence=round(sure, 3),
        line=line,
    )


def _tests(ctx: Context, search: BreadthFirstSearch, labels: _Labels) -> tuple[ReachingTest, ...]:
    """Test files, and the tests within other files, that reach the target, nearest first."""
    roles = graph_queries.roles(ctx.index, ctx.view.id, labels.path)
    test_files = {path_id for path_id, row in roles.items() if row.role == "test"}
    mixed = {path_id for path_id, row in roles.items() if row.test_cases} - test_files
    for_tests = graph_queries.symbols_for_tests(ctx.index, ctx.view.id, mixed)
    labels.load(edge[1] for hop in search.hops for _, edge in hop if edge[1] >> NAME_BITS in mixed)
    reaching: dict[int, list[tuple[int, Reached]]] = defaultdict(list)
    for hop, found in enumerate(search.hops, 1):
        for reached in found:
            src = reached[1][1]
            path_id = src >> NAME_BITS
            if path_id in test_files or (path_id in mixed and (path_id, labels.name(src)) in for_tests):
                reaching[path_id].append((hop, reached))
    order = sorted(reaching.items(), key=lambda row: (row[1][0][0], -row[1][0][1][0], labels.path[row[0]]))
    labels.load(edge[1] for _, rows in order for _, (_, edge) in rows[:MAX_TEST_SYMBOLS])
    return tuple(_reaching(labels, rows) for _, rows in order)


def _reaching(labels: _Labels, rows: Sequence[tuple[int, Reached]]) -> ReachingTest:
    hop, (sure, edge) = rows[0]
    names = [labels.name(edge[1]) for _, (_, edge) in rows[:MAX_TEST_SYMBOLS]]
    return ReachingTest(
        path=labels.path_of(edge[1]), hop=hop, method=labels.provenances[edge[2]].method, confidence=round(sure, 3),
        symbols=tuple(name for name in names if name),
    )  # fmt: skip


def tests_of(ctx: Context, search: BreadthFirstSearch) -> tuple[ReachingTest, ...]:
    """Test files from which the search's target is reached, nearest first."""
    return _tests(ctx, search, _Labels(ctx, search))


def _owners(ctx: Context, past: Sequence[Touch]) -> tuple[OwnerItem, ...]:
    """Who changed the target's files most often."""
    commits = history_queries.commits(ctx.index, {touch.commit_id for touch in past}).values()
    count: dict[str, int] = defaultdict(int)
    last: dict[str, int] = defaultdict(int)
    for commit in commits:
        count[commit.author] += 1
        last[commit.author] = max(last[commit.author], commit.time_s)
    names = sorted(count, key=lambda name: (-count[name], name))[:MAX_OWNERS]
    return tuple(
        OwnerItem(safe_line(n), count[n], round(count[n] / len(commits), 3), day(last[n])) for n in names
    )
