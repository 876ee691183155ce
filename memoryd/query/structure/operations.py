"""The operational side of a project, tied to its code: what is declared, what it runs, and what a change comes to."""

from __future__ import annotations

import shlex
import threading
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from indexers.facts import Operation
from memoryd.globs.paths import any_matcher
from memoryd.query import targets
from memoryd.query.answers import paging
from memoryd.query.context import Context
from memoryd.query.retrieval.roles import weighed_as
from memoryd.query.safe_text import quote, safe_line
from memoryd.query.structure.operation_targets import Finder, OperationPlace
from memoryd.query.structure.operations_answers import (
    OperationItem,
    OperationReach,
    OperationsAnswer,
    OperationsRequest,
)
from memoryd.store.index.queries import finding_queries, graph_queries, structure_queries

MAX_REACHES = 30
_REACHING = ("entry_point", "route", "flag", "ci_job", "image", "service", "test_config")
_CACHED_VIEWS = 4
_OWNER_FILES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


class Tied(Struct, frozen=True):
    """An operation with the code that it names. ``role``: of the file that declares it."""

    path: str
    operation: Operation
    places: tuple[OperationPlace, ...]
    role: str


_cache: OrderedDict[tuple[str, int, int, int], tuple[Tied, ...]] = OrderedDict()
_lock = threading.Lock()


def operations(ctx: Context, request: OperationsRequest) -> OperationsAnswer:
    """What is declared, the project's own before that of its tests and examples; exact counts."""
    wanted = _wanted(ctx, request.target)
    tied = all_tied(ctx)
    found = [one for one in tied if not request.kinds or one.operation.kind in request.kinds]
    if wanted:
        owner = owner_of(tied, wanted)
        found = [one for one in found if one is owner or _concerns(one, wanted)]
    found.sort(key=lambda one: one.role not in ("code", "config", "doc"))
    page = tuple(_item(one) for one in found[request.offset : request.offset + request.limit])
    kinds = f" --kind {','.join(request.kinds)}" if request.kinds else ""
    command = f"memoryd operations{f' {shlex.quote(request.target)}' if request.target else ''}{kinds}"
    return OperationsAnswer(
        ctx.freshness,
        target=request.target,
        operations=page,
        total=len(found),
        kinds=tuple(Counter(one.operation.kind for one in found).most_common()),
        searched="" if found else f"{len(tied)} operations declared in this project",
        **paging(command, request.offset, len(page), len(found)),
    )


def _wanted(ctx: Context, text: str) -> str:
    """A path of the project, or a part of a name."""
    known = targets.find_scope(ctx, text) if text.strip() else None
    return known.text if known and not known.is_pattern else text.strip().removeprefix("./").rstrip("/")


def all_tied(ctx: Context) -> tuple[Tied, ...]:
    """Every operation of the view with its code, by path and line. Kept until the index changes."""
    key = structure_queries.state(ctx.index, ctx.view.id)
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    finder = Finder(ctx)
    tied = tuple(
        Tied(path, operation, finder.places(path, operation), weighed_as(role))
        for path, role, operation in finding_queries.operations(ctx.index, ctx.view.id)
    )
    with _lock:
        _cache[key] = tied
        while len(_cache) > _CACHED_VIEWS:
            _cache.popitem(last=False)
    return tied


def owner_of(tied: Iterable[Tied], path: str) -> Tied | None:
    """Whose the path is by CODEOWNERS: the last line that matches it, of the first such file that forges read."""
    lines: dict[str, list[Tied]] = {}
    for one in tied:
        if one.operation.kind == "owner":
            lines.setdefault(one.path, []).append(one)
    file = next((file for file in _OWNER_FILES if file in lines), None)
    matching = [one for one in lines.get(file or "", ()) if any_matcher(one.operation.targets)(path)]
    return matching[-1] if matching and matching[-1].operation.detail else None


def _concerns(one: Tied, wanted: str) -> bool:
    """Declared there, named like it, or running it."""
    if one.operation.kind == "owner":
        return False
    if (
        one.path == wanted
        or one.path.startswith(f"{wanted}/")
        or wanted.lower() in one.operation.name.lower()
    ):
        return True
    return any(
        place.text == wanted or place.path == wanted or place.path.startswith(f"{wanted}/")
        or (place.path.endswith("/") and wanted.startswith(place.path))
        for place in one.places
    )  # fmt: skip


def _item(one: Tied) -> OperationItem:
    operation = one.operation
    methods = {place.method for place in one.places}
    return OperationItem(
        kind=operation.kind,
        name=safe_line(operation.name),
        path=one.path,
        line=operation.line,
        end_line=operation.end_line,
        detail=quote(operation.detail),
        targets=tuple(map(safe_line, operation.targets)),
        code=tuple(place.text for place in one.places),
        method="" if not methods else "exact" if methods == {"exact"} else "inferred",
        role=one.role,
        scope=operation.scope,
    )


# -- what a change comes to


def reaching(
    ctx: Context, targets: Collection[tuple[str, str]], hops: Sequence[Iterable[int]]
) -> list[OperationReach]:
    """The operations that run, serve or own ``targets`` ((path, qualname), ``""`` = the file) or what a walk back from
    them reached (``hops``: nodes at distance 1, 2 …), nearest first, each once. Those of tests are left out."""
    tied = all_tied(ctx)
    found = []
    nodes = _Nodes(ctx, targets, hops)
    for one in tied:
        if one.operation.kind not in _REACHING or one.role in ("test", "example", "generated"):
            continue
        reach = _first(one, nodes)
        if reach is not None:
            found.append(reach)
    for path in sorted({path for path, _ in targets}):
        owner = owner_of(tied, path)
        if owner is not None:
            found.append(
                _reach(owner, 0, OperationPlace(path, "", "exact"), quote(owner.operation.detail, 100))
            )
    unique = {(r.kind, r.name, r.path): r for r in reversed(sorted(found, key=_nearest))}
    return sorted(unique.values(), key=_nearest)


def _first(one: Tied, nodes: _Nodes) -> OperationReach | None:
    operation = one.operation
    places = list(one.places)
    if operation.kind == "flag":
        places = [OperationPlace(one.path, operation.scope, "exact")]
    elif operation.kind == "entry_point" and not places:
        places = [OperationPlace(one.path, "", "exact")]
    best: tuple[int, OperationPlace] | None = None
    for place in places:
        hop = nodes.hop(place)
        if hop is not None and (best is None or hop < best[0]):
            best = (hop, place)
    return _reach(one, *best) if best else None


def _reach(one: Tied, hop: int, place: OperationPlace, detail: str = "") -> OperationReach:
    return OperationReach(
        kind=one.operation.kind, name=safe_line(one.operation.name), path=one.path, line=one.operation.line,
        hop=hop, via=place.text, method=place.method, detail=detail,
    )  # fmt: skip


def _nearest(reach: OperationReach) -> tuple[int, str, str, str]:
    return reach.hop, reach.kind, reach.path, reach.name


class _Nodes:
    """At which distance a place is reached: 0 for the targets themselves."""

    def __init__(
        self, ctx: Context, targets: Collection[tuple[str, str]], hops: Sequence[Iterable[int]]
    ) -> None:
        self._ctx = ctx
        self._targets = set(targets)
        self._files = {path for path, _ in targets}
        self._hop: dict[int, int] = {}
        self._file_hop: dict[int, int] = {}
        for number, reached in enumerate(hops, 1):
            for node in reached:
                self._hop.setdefault(node, number)
                self._file_hop.setdefault(node >> graph_queries.NAME_BITS, number)
        self._path_ids: dict[str, int] | None = None
        self._by_folder: Mapping[str, int] | None = None
        self._members: dict[tuple[int, str], list[int]] = {}

    def hop(self, place: OperationPlace) -> int | None:
        if place.path.endswith("/"):
            return self._folder(place.path)
        if not place.qualname:
            return 0 if place.path in self._files else self._file_hop.get(self._path_id(place.path), None)
        if any(
            path == place.path
            and (not name or name == place.qualname or name.startswith(f"{place.qualname}."))
            for path, name in self._targets
        ):
            return 0
        reached = [self._hop[node] for node in self._nodes_of(place) if node in self._hop]
        return min(reached, default=None)

    def _folder(self, folder: str) -> int | None:
        if any(path.startswith(folder) for path in self._files):
            return 0
        if self._by_folder is None:
            self._by_folder = self._folders()
        return self._by_folder.get(folder)

    def _folders(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for id_, path in graph_queries.path_names(self._ctx.index, self._file_hop).items():
            parts = path.split("/")
            for depth in range(1, len(parts)):
                folder = "/".join(parts[:depth]) + "/"
                found[folder] = min(found.get(folder, 99), self._file_hop[id_])
        return found

    def _path_id(self, path: str) -> int:
        if self._path_ids is None:
            names = graph_queries.path_names(self._ctx.index, self._file_hop)
            self._path_ids = {name: id_ for id_, name in names.items()}
        return self._path_ids.get(path, -1)

    def _nodes_of(self, place: OperationPlace) -> list[int]:
        """The place's node and, of a type, those of its members."""
        path_id = self._path_id(place.path)
        if path_id < 0:
            return []
        key = path_id, place.qualname
        if key not in self._members:
            rows = graph_queries.symbols_of(self._ctx.index, self._ctx.view.id, path_id)
            names = {row.qualname for row in rows if row.qualname.startswith(f"{place.qualname}.")}
            ids = graph_queries.name_ids(self._ctx.index, names | {place.qualname})
            self._members[key] = [graph_queries.node(path_id, id_) for id_ in ids.values()]
        return self._members[key]
