"""Golden cases of linking: small projects, and the edges that they have from file to file.

An edge is written ``path:caller -> path:callee method``, a reference ``~>``, a base ``=>``, an import ``<-``, an
override ``|>``. A case lists all of its edges of those kinds that it lists at all; without any it has no calls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from in_memory import Project

_SIGN = {"calls": "->", "references": "~>", "inherits": "=>", "imports": "<-", "overrides": "|>"}

Case = tuple[Mapping[str, str], Iterable[str]]


def check(case: Case) -> None:
    """The project of the case has exactly these edges, in whatever order its files are linked."""
    sources, expected = case
    expected = sorted(expected)
    signs = {line.split()[1] for line in expected} or {"->"}
    for order in (sorted(sources), sorted(sources, reverse=True)):
        assert [edge for edge in edges(sources, order) if edge.split()[1] in signs] == expected


def edges(sources: Mapping[str, str], order: Iterable[str] | None = None) -> list[str]:
    """All edges that lead to another file and start in a definition (imports and calls: in a file, too)."""
    links = Project(sources, order).links
    return sorted(
        {
            f"{path}:{edge.src} {_SIGN[edge.kind]} {edge.dst_path}:{edge.dst} {edge.method}"
            for path, link in links.items()
            for edge in link.edges
            if edge.dst_path != path and (edge.src or edge.kind in ("imports", "calls"))
        }
    )


def check_what_holds(case: Case) -> None:
    """Whichever file of the case is missing or empty at first, or later: the links that looked at nothing of it are
    those of a clean run."""
    whole = Project(dict(case[0]))
    for path in case[0]:
        without = {other: text for other, text in case[0].items() if other != path}
        for fewer in (Project(without), Project({**without, path: ""})):
            for before, after in ((whole, fewer), (fewer, whole)):
                kept = before.links.keys() & after.links.keys() - before.void(after)
                assert {p: before.links[p].edges for p in kept} == {p: after.links[p].edges for p in kept}
