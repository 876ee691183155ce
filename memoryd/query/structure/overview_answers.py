"""`overview`: what it may be asked, what it answers, and how that reads: short lines, each with its place."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from memoryd.query.answers import Answer
from memoryd.query.requests import Request
from memoryd.query.safe_text import quote, safe_line, safe_name
from memoryd.query.text.budget import Page, TextSection
from memoryd.store.index.queries.structure_queries import Hub

_NAMES, _PACKAGES, _HUBS, _STEPS = 6, 18, 8, 5


class OverviewRequest(Request, frozen=True, kw_only=True):
    """The architecture of the project; it takes nothing."""


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

    def label(self) -> str:
        needs = f", needs {_listed(self.needs, 4)}" if self.needs else ""
        used = f", needed by {self.needed_by}" if self.needed_by else ""
        return f"{safe_line(self.name)} {self.language} {self.files} files {_size(self.bytes)}{used}{needs}"


class CycleItem(Struct, frozen=True):
    """Files of several packages that use each other in a circle. ``packages``: of those files; ``example``: ``path:line
    → path:symbol``, the use of each step of a round through them and back; ``files``: how many are in the circle."""

    packages: tuple[str, ...]
    example: tuple[str, ...]
    files: int = 0

    def label(self) -> str:
        rest = len(self.example) - _STEPS
        more = f"; … {rest} more steps (--json)" if rest > 0 else ""
        proof = "; ".join(map(safe_line, self.example[:_STEPS]))
        return f"{self.files} files of {_listed(self.packages, 6)}: {proof}{more}"


class NamedPart(Struct, frozen=True):
    """The first of ``total`` names of something, with their places (``path:line``)."""

    total: int
    names: tuple[str, ...]
    places: tuple[str, ...] = ()

    def lines(self, title: str, more: str = "", *, most: int = _NAMES, places: bool = False) -> list[str]:
        """One line with the first ``most`` names; none where there is no name."""
        if not self.total:
            return []
        shown = [
            f"{quote(name, 60)} ({safe_line(place)})"
            if places and place.rpartition(":")[0] != name
            else quote(name, 60)
            for name, place in list(zip(self.names, self.places, strict=True))[:most]
        ]
        rest = f" … {self.total - len(shown)} more" if self.total > len(shown) else ""
        return [f"  {title}: {self.total}{more}: {', '.join(shown)}{rest}"]


class OverviewAnswer(Answer, frozen=True):
    """``languages``: (language, files, bytes) of source files, tests included, largest first. ``unread``: of code in
    languages without a reader, found by its words alone, (extension or name, files). ``layers``: packages, lowest
    first. ``certain_uses``: pairs of files of which one certainly uses the other; cycles are looked for in them alone.
    ``hubs``: definitions used by most other source files. ``dev_dependencies``: what only development needs, or another
    dependency."""

    root: str
    files: int
    symbols: int
    languages: tuple[tuple[str, int, int], ...]
    packages: tuple[PackageItem, ...]
    layers: tuple[tuple[str, ...], ...]
    cycles: tuple[CycleItem, ...]
    cycles_total: int
    certain_uses: int
    hubs: tuple[Hub, ...]
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
    test_files: int
    test_cases: int
    test_configs: NamedPart
    searched: str = ""
    unread: tuple[tuple[str, int], ...] = ()

    def page(self) -> Page:
        packages = [f"  {item.label()}" for item in self.packages[:_PACKAGES]]
        layers = [
            f"  {number}: {_listed(names, 10)}" for number, names in reversed(list(enumerate(self.layers)))
        ]
        cycles = [f"  {cycle.label()}" for cycle in self.cycles]
        hubs = [
            f"  {safe_name(hub.path)}:{safe_name(hub.qualname)} used by {hub.files} files"
            for hub in self.hubs[:_HUBS]
        ]
        return Page(
            head=self._head(),
            sections=[
                TextSection(
                    items=packages, total=len(self.packages), title="packages (largest first):", keep=12
                ),
                TextSection(
                    items=layers if len(layers) > 1 else [],
                    title="layers (a package needs packages of lower layers, or of its own):",
                    keep=6,
                ),
                TextSection(
                    items=cycles,
                    total=self.cycles_total,
                    title="cycles (files that use each other across packages):",
                    keep=3,
                ),
                TextSection(items=self._no_cycles(), keep=1),
                TextSection(items=hubs, title="hubs (used by most files):", keep=6),
                TextSection(items=self._operations(), title="operations:", keep=12),
            ],
            foot=self.freshness.line(),
            rest="memoryd overview --json",
        )

    def _no_cycles(self) -> list[str]:
        if self.cycles_total or not self.certain_uses or len(self.packages) < 2:
            return []
        return [
            f"cycles across packages: none in the {self.certain_uses} pairs of files of which one certainly uses the"
            " other; uses that are not certain are not counted"
        ]

    def _head(self) -> str:
        languages = ", ".join(
            f"{name} {files} files {_size(size)}" for name, files, size in self.languages[:6]
        )
        head = f"overview: {self.files} files, {self.symbols} symbols"
        head += f"\nsource: {languages}" if languages else ""
        if self.unread:
            names = ", ".join(f"{safe_line(name)} {files}" for name, files in self.unread[:6])
            head += (
                f"\nfound by words alone, without symbols: {sum(n for _, n in self.unread)} files ({names})"
            )
        return head + (f"\nNo package to show: searched {self.searched}." if self.searched else "")

    def _operations(self) -> list[str]:
        indirect = f", and {self.dev_dependencies} indirect or for development"
        tests = f"  tests: {self.test_cases} cases in {self.test_files} files"
        return [
            *self.entry_points.lines("entry points", most=4, places=True),
            *self.routes.lines("routes"),
            *self.declared_packages.lines("packages declared"),
            *self.dependencies.lines("external dependencies", indirect),
            *([tests] if self.test_files else []),
            *self.test_configs.lines("test runs"),
            *self.ci_jobs.lines("CI jobs", most=4, places=True),
            *self.containers.lines("images and services"),
            *self.migrations.lines("migrations", most=4),
            *self.flags.lines("flags"),
            *self.owners.lines("code owner rules"),
        ]


def _listed(names: Sequence[str], most: int) -> str:
    rest = f" +{len(names) - most}" if len(names) > most else ""
    return ", ".join(map(safe_line, names[:most])) + rest


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1_000_000 else f"{max(1, size_bytes // 1000)} kB"
