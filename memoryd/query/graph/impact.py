"""What breaks when something changes: the graph walked against its arrows, each hop with its evidence."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import structs

from memoryd.query import targets
from memoryd.query.answers import paging
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.graph.access import NodeAccess, by_user
from memoryd.query.graph.accounting import accounting
from memoryd.query.graph.dependents import (
    MOST_NODES,
    BreadthFirstSearch,
    DependentsWalk,
    Reached,
    dependents_of,
)
from memoryd.query.graph.impact_answers import (
    MAX_HOPS,
    Beyond,
    Dependent,
    ImpactAnswer,
    ImpactRequest,
    ImpactTotals,
    ReachingTest,
)
from memoryd.query.graph.implementors import implementors
from memoryd.query.graph.open_ends import open_ends
from memoryd.query.graph.plain_mentions import plain_mentions
from memoryd.query.history import cochange
from memoryd.query.history.hotspots_answers import OwnerItem
from memoryd.query.safe_text import safe_line
from memoryd.query.source_lines import Detail, SourceLines, wants_lines
from memoryd.query.structure import operations
from memoryd.store.index.queries import graph_queries, history_queries
from memoryd.store.index.queries.graph_queries import NAME_BITS, NAME_MASK, Node
from memoryd.store.index.queries.history_queries import Touch

__all__ = ["BreadthFirstSearch", "dependents_of", "impact", "tests_of"]

MAX_TESTS, MAX_TEST_SYMBOLS = 200, 5
MAX_COCHANGE, MAX_OWNERS, MAX_MENTIONS = 10, 5, 20
MAX_OPEN_ENDS, MAX_IMPLEMENTORS = 10, 50
_UNTOLD = NodeAccess("", 0)
_OVERRIDE = "override"  # the method of a use that may run the target through what it overrides


def impact(ctx: Context, request: ImpactRequest) -> ImpactAnswer:
    """Everything within ``hops`` edges, with exact counts. Raises UsageError when the target means nothing;
    an ambiguous one is answered with its candidates only."""
    resolution = targets.resolve(ctx, request.target)
    if not resolution.targets:
        return _ambiguous(ctx, request, resolution)
    walk = DependentsWalk(ctx, resolution.targets)
    walk.go(request.hops)
    search = walk.found(request.hops)
    labels = _Labels(ctx, search)
    paths = {target.path_id for target in resolution.targets}
    past = cochange.touched(ctx, paths) if len(paths) <= MAX_OWNERS else []
    cochange_items = cochange.cochange_items(ctx, paths, past)
    roles = graph_queries.roles(ctx.index, ctx.view.id, labels.path)
    test_files = graph_queries.test_files(roles)
    tests = _tests(ctx, search, labels, roles)
    lines = SourceLines(ctx)
    done = by_user(ctx, resolution.targets, search.provenances)
    hops = _with_lines(_page(search, labels, request, test_files, done), request.detail, lines)
    direct = hops[0] if hops and request.detail == "source" else ()
    sources, sources_total = lines.enclosing((one.path, one.line) for one in direct)
    shown = sum(map(len, hops))
    meant = {(target.path, target.qualname) for target in resolution.targets}
    mentions = plain_mentions(ctx, resolution.targets)
    types = implementors(ctx, resolution.targets)
    ends = open_ends(ctx, search, labels.name_of, test_files)
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
            writers=sum(one.written > 0 for one in done.values()),
            readers=sum(one.done == "read" for one in done.values()),
        ),
        **paging(_command(request), request.offset, shown, search.nodes),
        operations=tuple(operated[: operations.MAX_REACHES]),
        operations_total=len(operated),
        mentions=mentions[:MAX_MENTIONS],
        mentions_total=len(mentions),
        beyond=_beyond(ctx, walk, request.hops, {test.path for test in tests}),
        accounting=accounting(ctx, resolution.targets),
        sources=sources,
        sources_total=sources_total,
        implementors=types[:MAX_IMPLEMENTORS],
        implementors_total=len(types),
        open_ends=ends[:MAX_OPEN_ENDS],
        open_ends_total=len(ends),
    )


def _with_lines(
    hops: tuple[tuple[Dependent, ...], ...], detail: Detail, lines: SourceLines
) -> tuple[tuple[Dependent, ...], ...]:
    """With the lines in which the direct dependents use the target."""
    if not hops or not wants_lines(detail, len(hops[0])):
        return hops
    direct = tuple(structs.replace(one, text=lines.line(one.path, one.line)) for one in hops[0])
    return (direct, *hops[1:])


def _beyond(ctx: Context, walk: DependentsWalk, hops: int, known: Collection[str]) -> Beyond:
    """What lies further away than so many hops, and which of the test files there are not ``known``."""
    walk.go(MAX_HOPS, MOST_NODES)
    if len(walk.hops) <= hops:
        return Beyond(hops=len(walk.hops), is_whole=walk.is_done)
    search = walk.found(MAX_HOPS)
    tests = [test for test in tests_of(ctx, search) if test.path not in known]
    return Beyond(
        hops=len(search.hops),
        dependents=sum(map(len, search.hops[hops:])),
        tests=len(tests),
        nearest_test_hop=tests[0].hop if tests else 0,
        nearest_test=tests[0].path if tests else "",
        is_whole=walk.is_done,
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
    detail = f" --detail {request.detail}" if request.detail != "auto" else ""
    return f"memoryd impact {shlex.quote(request.target)} --hops {request.hops}{detail}"


# -- what is shown of it


class _Labels:
    """Paths of everything that a search reached, and qualnames where they are asked for."""

    def __init__(self, ctx: Context, search: BreadthFirstSearch) -> None:
        self._ctx = ctx
        self._names = dict(search.names)
        self.provenances = search.provenances
        ends = {end >> NAME_BITS for hop in search.hops for _, edge in hop for end in edge[:2]}
        ends |= {node >> NAME_BITS for through in search.through for node in through.values()}
        self.path = graph_queries.path_names(ctx.index, ends)

    def load(self, nodes: Iterable[Node]) -> None:
        wanted = {node & NAME_MASK for node in nodes} - self._names.keys()
        self._names.update(graph_queries.names(self._ctx.index, wanted))

    def name(self, node: Node) -> str:
        return self._names[node & NAME_MASK]

    def name_of(self, node: Node) -> str:
        """Also of one that was not asked for before."""
        self.load([node])
        return self.name(node)

    def path_of(self, node: Node) -> str:
        return self.path[node >> NAME_BITS]

    def text(self, node: Node) -> str:
        name = self.name(node)
        return f"{self.path_of(node)}:{name}" if name else self.path_of(node)


def _page(
    search: BreadthFirstSearch,
    labels: _Labels,
    request: ImpactRequest,
    test_files: Collection[int],
    done: Mapping[Node, NodeAccess],
) -> tuple[tuple[Dependent, ...], ...]:
    """The hops' items ``offset`` … ``offset + limit``; hops outside of that are empty. In each hop what stands in
    files of tests comes last: those are named by themselves, and an answer that is cut off should lose them first. What
    writes the target comes before what reads it. ``done``: what the direct dependents do."""
    skip, room = request.offset, request.limit
    pages: list[tuple[Dependent, ...]] = []
    for hop, through in zip(search.hops, search.through, strict=False):
        direct = {} if pages else done
        in_order = sorted(hop, key=lambda one: _rank(one[1][1], test_files, direct))
        part = in_order[skip : skip + room]
        skip, room = max(0, skip - len(hop)), room - len(part)
        labels.load(node for _, edge in part for node in edge[:2])
        labels.load(through[edge[0]] for _, edge in part if edge[0] in through)
        pages.append(tuple(_dependent(reached, labels, through, direct) for reached in part))
    return tuple(pages)


def _rank(node: Node, test_files: Collection[int], done: Mapping[Node, NodeAccess]) -> tuple[bool, bool]:
    return node >> NAME_BITS in test_files, not (node in done and done[node].written)


def _dependent(
    reached: Reached, labels: _Labels, through: Mapping[Node, Node], done: Mapping[Node, NodeAccess]
) -> Dependent:
    sure, (dst, src, provenance_id, _, line) = reached
    access = done.get(src, _UNTOLD)
    provenance = labels.provenances[provenance_id]
    overriding = through.get(dst)
    return Dependent(
        path=labels.path_of(src),
        symbol=labels.name(src),
        via=f"{provenance.kind} {labels.text(dst)}",
        method=provenance.method if overriding is None else _OVERRIDE,
        confidence=round(sure, 3),
        line=access.written or line,
        access=access.done,
        overridden_by="" if overriding is None else labels.text(overriding),
    )


def _tests(
    ctx: Context, search: BreadthFirstSearch, labels: _Labels, roles: Mapping[int, graph_queries.RoleRow]
) -> tuple[ReachingTest, ...]:
    """Test files, and the tests within other files, that reach the target, nearest first. ``roles``: of the files that
    the search reached."""
    test_files = graph_queries.test_files(roles)
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
    labels = _Labels(ctx, search)
    return _tests(ctx, search, labels, graph_queries.roles(ctx.index, ctx.view.id, labels.path))


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
