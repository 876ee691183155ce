"""What breaks when something changes: the graph walked against its arrows, each hop with its evidence."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from memoryd.query import cochange, targets
from memoryd.query.answers import (
    CochangeItem,
    Dependent,
    ImpactAnswer,
    ImpactTotals,
    OwnerItem,
    ReachingTest,
)
from memoryd.query.context import Context
from memoryd.query.dates import day
from memoryd.query.globs import is_test
from memoryd.query.requests import ImpactRequest
from memoryd.query.safe_text import safe_line
from memoryd.query.targets import Target
from memoryd.store import graph_rows, history_rows
from memoryd.store.graph_rows import Node, Step
from memoryd.store.history_rows import Touch

MIN_CONFIDENCE = 0.1  # a chain of guesses below this is no evidence any more
MAX_TESTS, MAX_TEST_SYMBOLS = 200, 5
MAX_COCHANGE, MAX_OWNERS = 10, 5
_CONSTRUCTORS = frozenset(("__init__", "__new__", "__post_init__", "constructor", "initialize"))
_TYPES = frozenset(("class", "interface", "struct", "enum", "trait", "type"))


class Reached(Struct, frozen=True, gc=False):
    """A node, the step that reached it first and surest, and the confidence of the whole chain."""

    node: Node
    step: Step
    confidence: float


class Walk(Struct, frozen=True):
    """``hops[h]``: what was reached at distance h + 1, surest first. ``names``: qualnames of name ids < 0."""

    hops: tuple[tuple[Reached, ...], ...]
    names: Mapping[int, str]

    @property
    def nodes(self) -> int:
        return sum(len(hop) for hop in self.hops)


def impact(ctx: Context, request: ImpactRequest) -> ImpactAnswer:
    """Everything within ``hops`` steps, with exact counts. Raises UsageError when the target means nothing;
    an ambiguous one is answered with its candidates only."""
    resolution = targets.resolve(ctx, request.target)
    if not resolution.targets:
        return _ambiguous(ctx, request, resolution)
    walk = walk_back(ctx, resolution.targets, request.hops)
    labels = _Labels(ctx, walk)
    paths = {target.path_id for target in resolution.targets}
    past = cochange.touched(ctx, paths) if len(paths) <= MAX_OWNERS else []
    coupled = _coupled(ctx, paths, past)
    tests = _tests(walk, labels)
    hops = _page(walk, labels, request)
    shown = request.offset + sum(map(len, hops))
    return ImpactAnswer(
        ctx.freshness,
        target=request.target,
        definitions=tuple(target.definition for target in resolution.targets[:20]),
        hops=hops,
        tests=tests[:MAX_TESTS],
        cochange=tuple(coupled[:MAX_COCHANGE]),
        owners=_owners(ctx, past),
        totals=ImpactTotals(
            dependents=walk.nodes,
            hops=tuple(len(hop) for hop in walk.hops),
            files=len({reached.node[0] for hop in walk.hops for reached in hop}),
            tests=len(tests),
            cochange=len(coupled),
        ),
        truncated=shown < walk.nodes,
        next=f"memoryd impact {shlex.quote(request.target)} --hops {request.hops} --offset {shown}"
        if shown < walk.nodes
        else "",
    )


def _ambiguous(ctx: Context, request: ImpactRequest, resolution: targets.Resolution) -> ImpactAnswer:
    return ImpactAnswer(
        ctx.freshness, target=request.target, definitions=(), hops=(), tests=(), cochange=(), owners=(),
        totals=ImpactTotals(0, (), 0, 0, 0),
        candidates=tuple(target.definition for target in resolution.candidates),
        truncated=resolution.total > len(resolution.candidates),
        next=f"memoryd impact {shlex.quote(resolution.candidates[0].text)}",
    )  # fmt: skip


# -- the walk


def walk_back(ctx: Context, meant: Sequence[Target], max_hops: int) -> Walk:
    """Breadth first, each node once, at its smallest distance; cycles end by that.

    An import statement is reached but not passed: whoever uses the imported name is reached by that use. A
    use at the top level of a file goes on through the definition whose lines hold it, if any.
    """
    top = _TopLevel(ctx)
    files = frozenset(target.path_id for target in meant if not target.qualname)
    frontier = dict.fromkeys(_start(ctx, meant), 1.0)
    seen = set(frontier)
    steps = [
        *graph_rows.steps_towards(ctx.index, ctx.view.id, frontier),
        *graph_rows.steps_into_files(ctx.index, ctx.view.id, files),
    ]
    hops: list[tuple[Reached, ...]] = []
    while len(hops) < max_hops:
        if hops:
            steps = list(graph_rows.steps_towards(ctx.index, ctx.view.id, frontier))
        best = _best(top.placed(steps), frontier, seen, files)
        if not best:
            break
        hops.append(tuple(sorted(best.values(), key=lambda r: (-r.confidence, r.node))))
        seen.update(best)
        frontier = {node: reached.confidence for node, reached in best.items() if node[1] != top.empty}
        frontier.update(_constructed(ctx, frontier))
    return Walk(tuple(hops), top.names)


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
            rows = graph_rows.symbols_of(ctx.index, ctx.view.id, target.path_id)
            wanted.update(row.qualname for row in rows if row.qualname.startswith(f"{target.qualname}."))
        nodes.update((target.path_id, id_) for id_ in graph_rows.name_ids(ctx.index, wanted).values())
    return nodes


def _constructed(ctx: Context, frontier: Mapping[Node, float]) -> dict[Node, float]:
    """The types of the constructors in ``frontier``: who makes one runs the constructor."""
    owners = graph_rows.owners_of(ctx.index, {name for _, name in frontier}, _CONSTRUCTORS)
    return {
        (path, owners[name]): confidence
        for (path, name), confidence in frontier.items()
        if name in owners and (path, owners[name]) not in frontier
    }


def _best(
    steps: Iterable[Step], frontier: Mapping[Node, float], seen: Collection[Node], files: Collection[int]
) -> dict[Node, Reached]:
    """Source → its surest step, for sources never seen and outside of the target's own files."""
    best: dict[Node, Reached] = {}
    for step in steps:
        node = step.src
        if node in seen or node[0] in files:
            continue
        confidence = frontier.get(step.dst, 1.0) * step.confidence
        known = best.get(node)
        if confidence >= MIN_CONFIDENCE and (known is None or confidence > known.confidence):
            best[node] = Reached(node, step, confidence)
    return best


class _TopLevel:
    """Uses at the top level of a file: at which definition they stand. ``names``: qualnames of definitions
    that no edge names, under ids below zero."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self.empty = graph_rows.name_ids(ctx.index, [""]).get("", 0)
        self.names: dict[int, str] = {}
        self._ids: dict[str, int] = {}
        self._outer: dict[int, list[tuple[int, int, str]]] = {}

    def placed(self, steps: Sequence[Step]) -> Iterable[Step]:
        """The steps, those that start at the top level moved to the definition around their line."""
        loose = [step for step in steps if step.src[1] == self.empty]
        if not loose:
            return steps
        ctx = self._ctx
        imports = graph_rows.import_lines(ctx.index, {step.link_id for step in loose})
        unknown = {step.src[0] for step in loose} - self._outer.keys()
        found = graph_rows.outer_symbols(ctx.index, ctx.view.id, unknown)
        self._outer.update({path_id: found.get(path_id, []) for path_id in unknown})
        return [
            self._moved(step)
            if step.src[1] == self.empty and (step.link_id, step.line) not in imports
            else step
            for step in steps
        ]

    def _moved(self, step: Step) -> Step:
        holder = next((q for first, last, q in self._outer[step.src[0]] if first <= step.line <= last), "")
        if not holder:
            return step
        return Step(step.dst, (step.src[0], self._id(holder)), *_rest(step))

    def _id(self, qualname: str) -> int:
        if qualname not in self._ids:
            known = graph_rows.name_ids(self._ctx.index, [qualname]).get(qualname)
            self._ids[qualname] = -1 - len(self.names) if known is None else known
            if known is None:
                self.names[self._ids[qualname]] = qualname
        return self._ids[qualname]


def _rest(step: Step) -> tuple[int, str, int, str, float]:
    return step.link_id, step.kind, step.line, step.method, step.confidence


# -- what is shown of it


class _Labels:
    """Paths of everything that a walk reached, and qualnames where they are asked for."""

    def __init__(self, ctx: Context, walk: Walk) -> None:
        self._ctx = ctx
        self._names = dict(walk.names)
        steps = [reached.step for hop in walk.hops for reached in hop]
        self.path = graph_rows.path_names(ctx.index, {id_ for s in steps for id_ in (s.src[0], s.dst[0])})

    def load(self, nodes: Iterable[Node]) -> None:
        self._names.update(
            graph_rows.names(self._ctx.index, {name for _, name in nodes} - self._names.keys())
        )

    def name(self, node: Node) -> str:
        return self._names[node[1]]

    def text(self, node: Node) -> str:
        name = self.name(node)
        return f"{self.path[node[0]]}:{name}" if name else self.path[node[0]]


def _page(walk: Walk, labels: _Labels, request: ImpactRequest) -> tuple[tuple[Dependent, ...], ...]:
    """The hops' items ``offset`` … ``offset + limit``; hops outside of that are empty."""
    skip, room = request.offset, request.limit
    pages = []
    for hop in walk.hops:
        part = hop[skip : skip + room]
        skip, room = max(0, skip - len(hop)), room - len(part)
        labels.load(node for reached in part for node in (reached.node, reached.step.dst))
        pages.append(tuple(_dependent(reached, labels) for reached in part))
    return tuple(pages)


def _dependent(reached: Reached, labels: _Labels) -> Dependent:
    step = reached.step
    return Dependent(
        path=labels.path[reached.node[0]],
        symbol=labels.name(reached.node),
        via=f"{step.kind} {labels.text(step.dst)}",
        method=step.method,
        confidence=round(reached.confidence, 3),
        line=step.line,
    )


def _tests(walk: Walk, labels: _Labels) -> tuple[ReachingTest, ...]:
    """Test files that reach the target, nearest first."""
    test_files = {path_id for path_id, path in labels.path.items() if is_test(path)}
    reaching: dict[int, list[tuple[int, Reached]]] = defaultdict(list)
    for hop, found in enumerate(walk.hops, 1):
        for reached in found:
            if reached.node[0] in test_files:
                reaching[reached.node[0]].append((hop, reached))
    order = sorted(
        reaching.items(), key=lambda row: (row[1][0][0], -row[1][0][1].confidence, labels.path[row[0]])
    )
    few = {path_id: list(islice(rows, MAX_TEST_SYMBOLS)) for path_id, rows in order[:MAX_TESTS]}
    labels.load(reached.node for rows in few.values() for _, reached in rows)
    return tuple(
        ReachingTest(
            path=labels.path[path_id],
            hop=rows[0][0],
            method=rows[0][1].step.method,
            confidence=round(rows[0][1].confidence, 3),
            symbols=tuple(labels.name(r.node) for _, r in few.get(path_id, ()) if labels.name(r.node)),
        )
        for path_id, rows in order
    )


def _coupled(ctx: Context, paths: Collection[int], past: Sequence[Touch]) -> list[CochangeItem]:
    """Files that change with the target's, those without an edge to explain it first."""
    found = cochange.worth_showing(cochange.couplings(ctx, paths, past)) if past else []
    linked = cochange.neighbours(ctx, paths) if found else set()
    items = [CochangeItem(c.path, round(c.score, 4), c.support, c.path_id in linked) for c in found]
    return sorted(items, key=lambda item: item.explained)


def _owners(ctx: Context, past: Sequence[Touch]) -> tuple[OwnerItem, ...]:
    """Who changed the target's files most often."""
    commits = history_rows.commits(ctx.index, {touch.commit_id for touch in past}).values()
    count: dict[str, int] = defaultdict(int)
    last: dict[str, int] = defaultdict(int)
    for commit in commits:
        count[commit.author] += 1
        last[commit.author] = max(last[commit.author], commit.time_s)
    names = sorted(count, key=lambda name: (-count[name], name))[:MAX_OWNERS]
    return tuple(
        OwnerItem(safe_line(n), count[n], round(count[n] / len(commits), 3), day(last[n])) for n in names
    )
