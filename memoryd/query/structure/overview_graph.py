"""Packages of a project and how they hang together: a cut through its folders, cycles, layers. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

MAX_PACKAGES = 24
MAX_STARTS = 100  # steps between packages from which a round is looked for
_LARGE = 0.15  # a folder with more of the files than that is shown by its folders


def cut(files: Sequence[str]) -> dict[str, str]:
    """File → its package: a folder (``.`` = the root). Begins with the top folders and opens the largest until
    none is large or there are MAX_PACKAGES."""
    assigned = {path: _folder(path, 1) for path in files}
    final: set[str] = set()
    while True:
        members: dict[str, list[str]] = defaultdict(list)
        for path, package in assigned.items():
            members[package].append(path)
        open_ = [
            p
            for p in members
            if p not in final and p != "." and len(members[p]) > max(2, _LARGE * len(files))
        ]
        if not open_ or len(members) >= MAX_PACKAGES:
            return assigned
        package = min(open_, key=lambda p: (-len(members[p]), p))
        level = package.count("/") + 2
        parts = {path: _folder(path, level) for path in members[package]}
        named = set(parts.values())
        if named == {package} or len(members) - 1 + len(named) > 2 * MAX_PACKAGES:
            final.add(package)
            continue
        if package in named:
            final.add(package)
        assigned.update(parts)


def _folder(path: str, level: int) -> str:
    """The first ``level`` folders of the path, all it has when those are fewer."""
    folders = path.split("/")[:-1]
    return "/".join(folders[:level]) or "."


def components(graph: Mapping[str, Collection[str]]) -> list[tuple[str, ...]]:
    """The strongly connected components, each sorted, every one after those that it needs (Tarjan, no recursion)."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found: list[tuple[str, ...]] = []
    for root in sorted(graph):
        if root in index:
            continue
        work = [(root, iter(sorted(graph[root])))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, rest = work[-1]
            following = next(rest, None)
            if following is None:
                work.pop()
                _close(node, work, low, index, stack, on_stack, found)
            elif following not in index:
                index[following] = low[following] = len(index)
                stack.append(following)
                on_stack.add(following)
                work.append((following, iter(sorted(graph.get(following, ())))))
            elif following in on_stack:
                low[node] = min(low[node], index[following])
    return found


def _close(
    node: str, work: list[tuple[str, Iterator[str]]], low: dict[str, int], index: dict[str, int],
    stack: list[str], on_stack: set[str], found: list[tuple[str, ...]],
) -> None:  # fmt: skip
    if work:
        parent = work[-1][0]
        low[parent] = min(low[parent], low[node])
    if low[node] == index[node]:
        at = stack.index(node)
        found.append(tuple(sorted(stack[at:])))
        on_stack.difference_update(stack[at:])
        del stack[at:]


class FileCycle(NamedTuple):
    """Files of several packages of which each comes back to itself by what it uses. ``round``: a shortest way through
    two packages at least and back, step by step."""

    files: tuple[str, ...]
    round: tuple[tuple[str, str], ...]


def file_cycles(pairs: Iterable[tuple[str, str]], package: Mapping[str, str]) -> list[FileCycle]:
    """Those that span packages, the largest first. ``pairs``: (file, file that it uses)."""
    graph: dict[str, set[str]] = {path: set() for path in package}
    for src, dst in pairs:
        graph[src].add(dst)
    tangled = [
        files for files in components(graph) if len(files) > 1 and len({package[path] for path in files}) > 1
    ]
    found = [FileCycle(files, _shortest_round(files, graph, package)) for files in tangled]
    return sorted(found, key=lambda cycle: (-len(cycle.files), cycle.files))


def _shortest_round(
    files: Collection[str], graph: Mapping[str, Collection[str]], package: Mapping[str, str]
) -> tuple[tuple[str, str], ...]:
    inside = set(files)
    crossing = ((src, dst) for src in sorted(files) for dst in sorted(graph[src]) if dst in inside)
    starts = [(src, dst) for src, dst in crossing if package[src] != package[dst]][:MAX_STARTS]
    rounds = (((src, dst), *_way(dst, src, graph, inside)) for src, dst in starts)
    return min(rounds, key=len)


def _way(
    start: str, end: str, graph: Mapping[str, Collection[str]], inside: Collection[str]
) -> tuple[tuple[str, str], ...]:
    """The shortest way inside a strongly connected component."""
    came: dict[str, str] = {start: ""}
    frontier = [start]
    while end not in came:
        following = []
        for node in frontier:
            for other in sorted(graph[node]):
                if other in inside and other not in came:
                    came[other] = node
                    following.append(other)
        frontier = following
    steps = []
    while end != start:
        steps.append((came[end], end))
        end = came[end]
    return tuple(reversed(steps))


def layers(graph: Mapping[str, Collection[str]]) -> list[tuple[str, ...]]:
    """Packages by how far they stand from those that need nothing, lowest first; a cycle stands as one."""
    level: dict[str, int] = {}
    for component in components(graph):
        needed = {other for node in component for other in graph[node]} - set(component)
        height = 1 + max((level[other] for other in needed), default=-1)
        level.update(dict.fromkeys(component, height))
    rows: dict[int, list[str]] = defaultdict(list)
    for node, height in level.items():
        rows[height].append(node)
    return [tuple(sorted(rows[height])) for height in sorted(rows)]


def between(pairs: Iterable[tuple[str, str]], package: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Package → package it needs → how many pairs of files say so. Every package is a key."""
    graph: dict[str, dict[str, int]] = {name: {} for name in sorted(set(package.values()))}
    for src, dst in pairs:
        one, other = package.get(src), package.get(dst)
        if one is not None and other is not None and one != other:
            graph[one][other] = graph[one].get(other, 0) + 1
    return graph
