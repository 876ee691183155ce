"""The overview as a value."""

from __future__ import annotations

from msgspec import Struct

from memoryd.query.answers import Answer
from memoryd.store.index.queries.structure_queries import Hub


class PackageItem(Struct, frozen=True):
    """A folder of source files. ``language``: of most of them; ``layer``: 0 needs none of the others;
    ``needs``: packages it uses, the most used first; ``needed_by``: how many use it."""

    name: str
    language: str
    files: int
    bytes: int
    layer: int
    needs: tuple[str, ...]
    needed_by: int


class CycleItem(Struct, frozen=True):
    """Packages that need each other. ``example``: ``path:line → path:symbol``, one use per step of a round."""

    packages: tuple[str, ...]
    example: tuple[str, ...]


class Named(Struct, frozen=True):
    """The first of ``total`` names of something, with their places (``path:line``)."""

    total: int
    names: tuple[str, ...]
    places: tuple[str, ...] = ()


class OverviewAnswer(Answer, frozen=True):
    """``languages``: (language, files, bytes) of source files, tests included, largest first. ``layers``: packages,
    lowest first. ``hubs``: definitions used by most other source files. ``dev_dependencies``: what only
    development needs, or another dependency."""

    root: str
    files: int
    symbols: int
    languages: tuple[tuple[str, int, int], ...]
    packages: tuple[PackageItem, ...]
    layers: tuple[tuple[str, ...], ...]
    cycles: tuple[CycleItem, ...]
    cycles_total: int
    hubs: tuple[Hub, ...]
    entry_points: Named
    routes: Named
    dependencies: Named
    dev_dependencies: int
    declared_packages: Named
    ci_jobs: Named
    containers: Named
    migrations: Named
    flags: Named
    owners: Named
    test_files: int
    test_cases: int
    test_configs: Named
    searched: str = ""
