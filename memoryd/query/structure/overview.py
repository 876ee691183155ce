"""The architecture at a glance, computed from the index: packages, layers, entry points, hubs, cycles, operation."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import TypedDict

from msgspec import structs

from memoryd.query.context import Context
from memoryd.query.retrieval.roles import weighed_as
from memoryd.query.safe_text import safe_line
from memoryd.query.structure import operations, overview_graph
from memoryd.query.structure.operations import Tied
from memoryd.query.structure.overview_answers import (
    CycleItem,
    NamedPart,
    OverviewAnswer,
    OverviewRequest,
    PackageItem,
)
from memoryd.store.index.queries import graph_queries, structure_queries, survey_queries
from memoryd.store.index.queries.graph_queries import NAME_BITS
from memoryd.store.index.queries.survey_queries import SurveyFile

MAX_HUBS, MAX_CYCLES, MAX_NAMES = 10, 5, 20
_NO_CODE = frozenset(("text", "markdown", "yaml", "toml", "json", "html", "css", "dockerfile"))
_CACHED = 4
_PLAIN = "text"  # the language of what no reader knows


_cache: OrderedDict[tuple[str, int, int, int], OverviewAnswer] = OrderedDict()
_lock = threading.Lock()


def overview(ctx: Context, request: OverviewRequest) -> OverviewAnswer:
    """The answer for the whole view. Kept until the index changes."""
    key = structure_queries.state(ctx.index, ctx.view.id)
    with _lock:
        known = _cache.get(key)
    if known is None:
        known = _computed(ctx)
        with _lock:
            _cache[key] = known
            while len(_cache) > _CACHED:
                _cache.popitem(last=False)
    return structs.replace(known, freshness=ctx.freshness)


def _computed(ctx: Context) -> OverviewAnswer:
    files = survey_queries.files(ctx.index, ctx.view.id)
    source = [file for file in files if file.language not in _NO_CODE]
    own = [file for file in source if file.role == "code"] or [
        file for file in source if weighed_as(file.role) != "test"
    ]
    package = overview_graph.cut([file.path for file in own])
    path_of = {file.path_id: file.path for file in own}
    used = [
        one
        for one in structure_queries.used_nodes(ctx.index, ctx.view.id)
        if one.src in path_of and one.node >> NAME_BITS in path_of
    ]
    pairs = sorted({(path_of[one.src], path_of[one.node >> NAME_BITS]) for one in used})
    graph = overview_graph.between(pairs, package)
    layers = overview_graph.layers(graph)
    certain = structure_queries.certain_uses(ctx.index, ctx.view.id)
    certain_pairs = [
        (path_of[src], path_of[dst]) for src, dst in certain if src in path_of and dst in path_of
    ]
    cycles, cycles_total = _cycles(ctx, certain_pairs, package, path_of)
    tied = operations.all_tied(ctx)
    return OverviewAnswer(
        ctx.freshness,
        root=ctx.root,
        files=len(files),
        symbols=graph_queries.count_symbols(ctx.index, ctx.view.id),
        languages=_languages(source),
        unread=_unread(files),
        packages=_packages(own, package, graph, layers),
        layers=tuple(layers),
        cycles=cycles,
        cycles_total=cycles_total,
        certain_uses=len(certain_pairs),
        hubs=tuple(structure_queries.hubs(ctx.index, Counter(one.node for one in used), MAX_HUBS)),
        test_files=sum(file.role == "test" for file in source),
        test_cases=sum(file.test_cases for file in source),
        **_declared(tied),
        searched="" if own else f"{len(files)} files, none of them source code of a language that is read",
    )


def _unread(files: Sequence[SurveyFile]) -> tuple[tuple[str, int], ...]:
    found = (file for file in files if file.language == _PLAIN and file.role in ("code", "test"))
    names = (file.path.rpartition("/")[2] for file in found)
    count = Counter("." + end.lower() if stem else end for stem, _, end in (n.rpartition(".") for n in names))
    return tuple(sorted(count.items(), key=lambda item: (-item[1], item[0])))


def _languages(files: Sequence[SurveyFile]) -> tuple[tuple[str, int, int], ...]:
    count: Counter[str] = Counter()
    size: Counter[str] = Counter()
    for file in files:
        count[file.language] += 1
        size[file.language] += file.size_bytes
    return tuple((name, count[name], size[name]) for name in sorted(count, key=lambda n: (-size[n], n)))


def _packages(
    files: Sequence[SurveyFile], package: Mapping[str, str], graph: Mapping[str, Mapping[str, int]],
    layers: Sequence[Collection[str]],
) -> tuple[PackageItem, ...]:  # fmt: skip
    members: dict[str, list[SurveyFile]] = defaultdict(list)
    for file in files:
        members[package[file.path]].append(file)
    needed = Counter(other for needs in graph.values() for other in needs)
    layer = {name: number for number, names in enumerate(layers) for name in names}
    found = [
        PackageItem(
            name=name,
            language=Counter(file.language for file in held).most_common(1)[0][0],
            files=len(held),
            bytes=sum(file.size_bytes for file in held),
            layer=layer[name],
            needs=tuple(sorted(graph[name], key=lambda other: (-graph[name][other], other))),
            needed_by=needed[name],
        )
        for name, held in members.items()
    ]
    return tuple(sorted(found, key=lambda item: (-item.bytes, item.name)))


def _cycles(
    ctx: Context, pairs: Sequence[tuple[str, str]], package: Mapping[str, str], path_of: Mapping[int, str]
) -> tuple[tuple[CycleItem, ...], int]:
    """The largest cycles of files, and how many there are. That packages need each other is none: two of their files
    may have nothing to do with each other."""
    found = overview_graph.file_cycles(pairs, package)
    id_of = {path: id_ for id_, path in path_of.items()}
    shown = (
        CycleItem(
            packages=tuple(sorted({package[path] for path in cycle.files})),
            example=tuple(_step(ctx, src, dst, id_of) for src, dst in cycle.round),
            files=len(cycle.files),
        )
        for cycle in found[:MAX_CYCLES]
    )
    return tuple(shown), len(found)


def _step(ctx: Context, src: str, dst: str, id_of: Mapping[str, int]) -> str:
    line, name = structure_queries.one_use(ctx.index, ctx.view.id, id_of[src], id_of[dst]) or (1, "")
    return f"{src}:{line} → {dst}{f':{name}' if name else ''}"


class _Declared(TypedDict):
    """Fields of OverviewAnswer that come from declarations."""

    entry_points: NamedPart
    routes: NamedPart
    dependencies: NamedPart
    dev_dependencies: int
    declared_packages: NamedPart
    ci_jobs: NamedPart
    containers: NamedPart
    migrations: NamedPart
    flags: NamedPart
    owners: NamedPart
    test_configs: NamedPart


def _declared(tied: Sequence[Tied]) -> _Declared:
    """What the project's own files declare, tests and examples left out."""
    own = [one for one in tied if one.role not in ("test", "example", "generated")]
    kinds: dict[str, list[Tied]] = defaultdict(list)
    for one in own:
        kinds[one.operation.kind].append(one)
    scripts = [one for one in kinds["entry_point"] if not one.operation.name.startswith("npm run ")]
    needed = [one for one in kinds["dependency"] if not _is_aside(one.operation.detail)]
    return {
        "entry_points": _named(sorted(scripts, key=_by_standing)),
        "routes": _named(kinds["route"]),
        "dependencies": _named(needed, once=True),
        "dev_dependencies": len(_names(kinds["dependency"])) - len(_names(needed)),
        "declared_packages": _named(kinds["package"]),
        "ci_jobs": _named(kinds["ci_job"]),
        "containers": _named([*kinds["image"], *kinds["service"]]),
        "migrations": _named(kinds["migration"]),
        "flags": _named(kinds["flag"], once=True),
        "owners": _named(kinds["owner"]),
        "test_configs": _named(kinds["test_config"]),
    }


def _is_aside(detail: str) -> bool:
    words = detail.replace("(", " ").split()
    return "dev" in words or "indirect" in words


def _by_standing(one: Tied) -> tuple[bool, int, str]:
    """Declared scripts before main guards, near the root before deep."""
    return one.operation.detail == "script", one.path.count("/"), one.path


def _names(tied: Sequence[Tied]) -> set[str]:
    return {one.operation.name for one in tied}


def _named(tied: Sequence[Tied], *, once: bool = False) -> NamedPart:
    if once:
        tied = list({one.operation.name: one for one in reversed(tied)}.values())[::-1]
    return NamedPart(
        total=len(tied),
        names=tuple(safe_line(one.operation.name) for one in tied[:MAX_NAMES]),
        places=tuple(f"{one.path}:{one.operation.line}" for one in tied[:MAX_NAMES]),
    )
