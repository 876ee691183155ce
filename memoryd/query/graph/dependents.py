"""The graph walked against its arrows, breadth first: what depends on a definition or file, at which distance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from typing import TypeVar

from msgspec import Struct

from indexers.outline import CLASS_KINDS
from indexers.profiles import all_of
from memoryd.query.context import Context
from memoryd.query.revision_cache import RevisionCache
from memoryd.query.source_lines import SourceLines
from memoryd.query.targets import Target
from memoryd.store.index.queries import graph_queries
from memoryd.store.index.queries.graph_queries import NAME_BITS, NAME_MASK, EdgeProvenance, GraphEdge, Node

MIN_CONFIDENCE = 0.1  # a chain of guesses below this is no evidence any more
MOST_NODES = 2_000  # reached by then, a walk beyond what was asked for ends
_CONSTRUCTORS = all_of("constructors")
_DISPATCH, _LEAST_DISPATCH = (
    0.8,
    0.3,
)  # how sure a call of a base runs the only override; one of the target, of many

KEPT_FILES = 20_000  # of a view whose top level is kept for the next walk
_BY_IMPORT = 0.5  # how sure who imports a file depends on what its top level calls
_STARTED = ("__name__", "__FILE__", "require.main", "import.meta.main", "import.meta.url", "BASH_SOURCE")

T = TypeVar("T")
OuterSymbol = tuple[int, int, str]  # line, end line, qualname
Reached = tuple[float, GraphEdge]  # the confidence of the whole chain, and its edge farthest from the target


class BreadthFirstSearch(Struct, frozen=True):
    """``hops[h]``: what was reached at distance h + 1, surest first. ``names``: qualnames that the store has no
    id for, by the ids that the search gave them. ``provenances``: by the provenance ids of the edges. ``through[h]``:
    methods whose callers are reached at that distance since they may run what overrides them (the value)."""

    hops: tuple[tuple[Reached, ...], ...]
    names: Mapping[int, str]
    provenances: Mapping[int, EdgeProvenance]
    through: tuple[Mapping[Node, Node], ...] = ()

    @property
    def nodes(self) -> int:
        return sum(len(hop) for hop in self.hops)


def dependents_of(ctx: Context, meant: Sequence[Target], max_hops: int) -> BreadthFirstSearch:
    """What is reached in at most so many hops."""
    walk = DependentsWalk(ctx, meant)
    walk.go(max_hops)
    return walk.found(max_hops)


class DependentsWalk:
    """Breadth first, each node once, at its smallest distance; cycles end by that.

    An import statement is reached but not passed: whoever uses the imported name is reached by that use. So is a
    method that overrides one: who calls it does not call the other. Who calls a method may run each that overrides it,
    the less likely the more there are. A use at the top level of a file goes on through the definition whose lines hold
    it, if any; a call there runs when the file is imported, so the files that import it depend on it, too, the
    less surely the further away they are.
    """

    def __init__(self, ctx: Context, meant: Sequence[Target]) -> None:
        self._ctx = ctx
        self._provenances = graph_queries.provenances(ctx.index)
        self._top = _TopLevel(ctx, self._provenances)
        kinds = {id_: provenance.kind for id_, provenance in self._provenances.items()}
        self._imports = frozenset(id_ for id_, kind in kinds.items() if kind == "imports")
        self._calls = frozenset(id_ for id_, kind in kinds.items() if kind == "calls")
        self._run: dict[Node, float] = {}  # files whose import runs the target
        self._lines = SourceLines(ctx)
        self._overriding = frozenset(id_ for id_, kind in kinds.items() if kind == "overrides")
        self._sure_of = {id_: provenance.confidence for id_, provenance in self._provenances.items()}
        self._files = frozenset(target.path_id for target in meant if not target.qualname)
        self._frontier = dict.fromkeys(_start(ctx, meant), 1.0)
        self._may_run = not any(
            target.kind in CLASS_KINDS for target in meant
        )  # a type is more than what it overrides
        self._seen = set(self._frontier)
        self._hops: list[tuple[Reached, ...]] = []
        self._through: list[Mapping[Node, Node]] = []
        self.is_done = False

    def go(self, max_hops: int, most_nodes: int = 0) -> None:
        """On to that distance, or until nothing more is found, or (0: whatever comes) so many nodes."""
        while not self.is_done and len(self._hops) < max_hops:
            if most_nodes and len(self._seen) > most_nodes:
                return
            self._step()

    def found(self, max_hops: int) -> BreadthFirstSearch:
        """What was reached within that distance."""
        return BreadthFirstSearch(
            tuple(self._hops[:max_hops]), self._top.names, self._provenances, tuple(self._through)
        )

    @property
    def hops(self) -> Sequence[Sequence[Reached]]:
        """All that was reached, by distance."""
        return self._hops

    def _step(self) -> None:
        ctx, is_first = self._ctx, not self._hops
        bases = self._bases() if self._may_run or not is_first else {}
        edges = list(graph_queries.edges_towards(ctx.index, ctx.view.id, {*self._frontier, *bases}))
        imported = graph_queries.edges_towards(ctx.index, ctx.view.id, self._run)
        edges += [edge for edge in imported if edge[2] in self._imports]
        if is_first:
            edges += graph_queries.edges_into_files(ctx.index, ctx.view.id, self._files)
        edges, sure = self._dispatched(edges, bases, _LEAST_DISPATCH if is_first else 0.0)
        sure |= self._run
        best = _used(self._best(self._top.placed(edges), sure), self._seen, self._imports)
        if not best:
            self.is_done = True
            return
        self._hops.append(_surest_first(best.values(), self._imports))
        self._through.append({base: node for base, (_, node) in bases.items()})
        self._seen.update(best)
        self._frontier = {
            node: sure
            for node, (sure, edge) in best.items()
            if node & NAME_MASK != self._top.empty and edge[2] not in self._overriding
        }
        self._frontier.update(_constructed(ctx, self._frontier))
        self._run = self._run_by_import(best)

    def _run_by_import(self, best: Mapping[Node, Reached]) -> dict[Node, float]:
        """The files whose top level calls what was reached, or that import such a file, and how surely who imports
        them depends on it."""
        files = {node: reached for node, reached in best.items() if node & NAME_MASK == self._top.empty}
        found: dict[Node, float] = {}
        for node, (sure, edge) in files.items():
            is_import = edge[2] in self._imports and edge[0] in self._run
            if is_import or (edge[2] in self._calls and not self._is_script(node >> NAME_BITS, edge[4])):
                found[node] = sure * _BY_IMPORT
        return found

    def _is_script(self, path_id: int, line: int) -> bool:
        """Whether the line runs only where the file is what is started."""
        path = graph_queries.path_names(self._ctx.index, {path_id}).get(path_id, "")
        head = self._lines.head_of(path, line)
        return any(word in head for word in _STARTED)

    def _bases(self) -> dict[Node, tuple[float, Node]]:
        """What the frontier's methods override, directly or not: how surely, and which of them does."""
        found: dict[Node, tuple[float, Node]] = {}
        waiting = {node: (sure, node) for node, sure in self._frontier.items()}
        while waiting:
            further: dict[Node, tuple[float, Node]] = {}
            for edge in graph_queries.overridden(self._ctx.index, self._ctx.view.id, waiting):
                base, (sure, node) = edge[0], waiting[edge[1]]
                sure *= self._sure_of[edge[2]]
                if base not in self._frontier and sure > found.get(base, (0.0,))[0]:
                    found[base] = further[base] = (sure, node)
            waiting = further
        return found

    def _dispatched(
        self, edges: Sequence[GraphEdge], bases: Mapping[Node, tuple[float, Node]], least: float
    ) -> tuple[list[GraphEdge], dict[Node, float]]:
        """The edges without those of other overrides of ``bases``, and how sure their ends depend on the target."""
        others = Counter(edge[0] for edge in edges if edge[2] in self._overriding and edge[0] in bases)
        sure = dict(self._frontier)
        for base, (of_base, _) in bases.items():
            sure[base] = of_base * max(_DISPATCH / max(others[base], 1), least)
        return [e for e in edges if not (e[2] in self._overriding and e[0] in bases)], sure

    def _best(self, edges: Iterable[GraphEdge], sure_of: Mapping[Node, float]) -> dict[Node, Reached]:
        """Source → its surest edge, of importing or overriding only where there is no other, for sources never seen and
        outside of the target's own files."""
        best: dict[Node, Reached] = {}
        ranks: dict[Node, float] = {}
        for edge in edges:
            src = edge[1]
            if src in self._seen or src >> NAME_BITS in self._files:
                continue
            sure = sure_of.get(edge[0], 1.0) * self._sure_of[edge[2]]
            rank = sure - (edge[2] in self._overriding) - 0.5 * (edge[2] in self._imports)
            if sure >= MIN_CONFIDENCE and (src not in best or rank > ranks[src]):
                best[src], ranks[src] = (sure, edge), rank
        return best


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
        if target.kind in CLASS_KINDS:
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


class _KnownTopLevels:
    """What one state of a view has at the top level of its files, read when a walk first comes there. Threads that
    share it may read the same twice, which gives the same."""

    def __init__(self) -> None:
        self._outer: dict[int, Sequence[OuterSymbol]] = {}
        self._imports: dict[int, set[int]] = {}

    def outer_of(self, ctx: Context, path_ids: Set[int]) -> Mapping[int, Sequence[OuterSymbol]]:
        """By path id, the outermost definitions."""
        found = {id_: known for id_ in path_ids if (known := self._outer.get(id_)) is not None}
        if unknown := path_ids - found.keys():
            read = graph_queries.outer_symbols(ctx.index, ctx.view.id, unknown)
            new = {path_id: read.get(path_id, []) for path_id in unknown}
            _keep(self._outer, new)
            found |= new
        return found

    def imports_of(self, ctx: Context, links: Set[int]) -> Mapping[int, Set[int]]:
        """By link id, the lines of the import statements."""
        found = {link: known for link in links if (known := self._imports.get(link)) is not None}
        if unknown := links - found.keys():
            new: dict[int, set[int]] = {link: set() for link in unknown}
            for link, line in graph_queries.import_lines(ctx.index, unknown):
                new[link].add(line)
            _keep(self._imports, new)
            found |= new
        return found


def _keep(known: dict[int, T], new: Mapping[int, T]) -> None:
    if len(known) > KEPT_FILES:
        known.clear()
    known.update(new)


_top_levels: RevisionCache[_KnownTopLevels] = RevisionCache(8)


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
        self._known = _top_levels.get(ctx, (), _KnownTopLevels)

    def placed(self, edges: Sequence[GraphEdge]) -> Iterable[GraphEdge]:
        """The edges, those that start at the top level moved to the definition around their line."""
        loose = [edge for edge in edges if edge[1] & NAME_MASK == self.empty]
        if not loose:
            return edges
        outer = self._known.outer_of(self._ctx, {edge[1] >> NAME_BITS for edge in loose})
        imports = self._known.imports_of(self._ctx, {edge[3] for edge in loose})
        return [
            edge if edge[1] & NAME_MASK != self.empty else self._moved(edge, outer, imports) for edge in edges
        ]

    def _moved(
        self, edge: GraphEdge, outer: Mapping[int, Sequence[OuterSymbol]], imports: Mapping[int, Set[int]]
    ) -> GraphEdge:
        dst, src, provenance, link_id, line = edge
        if line in imports[link_id]:
            return dst, src, self._import, link_id, line
        path_id = src >> NAME_BITS
        holder = next((q for first, last, q in outer[path_id] if first <= line <= last), "")
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
