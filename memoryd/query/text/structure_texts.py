"""How the overview and the operations read: short lines, each with its place."""

from __future__ import annotations

from collections.abc import Sequence

from memoryd.query.safe_text import quote, safe_line
from memoryd.query.structure.operation_answers import OperationItem, OperationsAnswer
from memoryd.query.structure.overview_answers import CycleItem, Named, OverviewAnswer, PackageItem
from memoryd.query.text.budget import Page, Section
from memoryd.query.text.texts import freshness

_NAMES, _PACKAGES, _HUBS = 6, 18, 8


def operations(answer: OperationsAnswer) -> Page:
    about = f" about {quote(answer.target, 100)}" if answer.target else ""
    if not answer.total:
        return Page(
            head=f"No operation{about}: no package, entry point, route, CI job, container, migration, flag or owner;"
            f" searched {answer.searched}",
            foot=freshness(answer.freshness),
        )
    kinds = ", ".join(f"{count} {kind}" for kind, count in answer.kinds)
    return Page(
        head=f"{answer.total} operations{about}: {kinds}",
        sections=[
            Section(
                items=[_operation(item) for item in answer.operations],
                total=answer.total,
                main=True,
                before=answer.offset,
            )
        ],
        foot=freshness(answer.freshness),
        more=lambda shown: f"{answer.command} --offset {answer.offset + shown}",
    )


def _operation(item: OperationItem) -> str:
    code = f" → {', '.join(map(safe_line, item.code[:3]))}" if item.code else ""
    more = f" +{len(item.code) - 3}" if len(item.code) > 3 else ""
    proof = f" [{item.method}]" if item.method else ""
    role = f" ({item.role})" if item.role in ("test", "example") else ""
    detail = f" “{item.detail}”" if item.detail else ""
    return f"{item.kind} {quote(item.name, 120)}{detail} {safe_line(item.path)}:{item.line}{role}{code}{more}{proof}"


# -- overview


def overview(answer: OverviewAnswer) -> Page:
    languages = ", ".join(f"{name} {files} files {_size(size)}" for name, files, size in answer.languages[:6])
    head = f"overview: {answer.files} files, {answer.symbols} symbols"
    head += f"\nsource: {languages}" if languages else ""
    if answer.searched:
        head += f"\nNo package to show: searched {answer.searched}."
    packages = [_package(item) for item in answer.packages[:_PACKAGES]]
    layers = [
        f"  {number}: {_listed(names, 10)}" for number, names in reversed(list(enumerate(answer.layers)))
    ]
    hubs = [
        f"  {safe_line(hub.path)}:{safe_line(hub.qualname)} used by {hub.files} files"
        for hub in answer.hubs[:_HUBS]
    ]
    return Page(
        head=head,
        sections=[
            Section(items=packages, total=len(answer.packages), title="packages (largest first):", keep=12),
            Section(items=layers if len(layers) > 1 else [], title="layers (upper need lower):", keep=6),
            Section(items=_cycles(answer.cycles), total=answer.cycles_total, title="cycles:", keep=3),
            Section(items=hubs, title="hubs:", keep=6),
            Section(items=_operation_lines(answer), title="operation:", keep=12),
        ],
        foot=freshness(answer.freshness),
        rest="memoryd overview --json",
    )


def _package(item: PackageItem) -> str:
    needs = f", needs {_listed(item.needs, 4)}" if item.needs else ""
    used = f", needed by {item.needed_by}" if item.needed_by else ""
    return f"  {safe_line(item.name)} {item.language} {item.files} files {_size(item.bytes)}{used}{needs}"


def _cycles(cycles: Sequence[CycleItem]) -> list[str]:
    return [
        f"  {_listed(cycle.packages, 6)}: {'; '.join(map(safe_line, cycle.example[:3]))}" for cycle in cycles
    ]


def _operation_lines(answer: OverviewAnswer) -> list[str]:
    lines = [
        _named("entry points", answer.entry_points, places=True),
        _named("routes", answer.routes),
        _named("packages declared", answer.declared_packages),
        _named(
            "external dependencies",
            answer.dependencies,
            f", and {answer.dev_dependencies} indirect or for development",
        ),
        f"  tests: {answer.test_cases} cases in {answer.test_files} files" if answer.test_files else "",
        _named("test runs", answer.test_configs),
        _named("CI jobs", answer.ci_jobs, places=True),
        _named("images and services", answer.containers),
        _named("migrations", answer.migrations, last=True),
        _named("flags", answer.flags),
        _named("code owners' lines", answer.owners),
    ]
    return [line for line in lines if line]


def _named(title: str, named: Named, more: str = "", *, places: bool = False, last: bool = False) -> str:
    if not named.total:
        return ""
    shown = [
        f"{quote(name, 60)} ({safe_line(place)})"
        if places and place.rpartition(":")[0] != name
        else quote(name, 60)
        for name, place in list(zip(named.names, named.places, strict=True))[
            : 4 if places or last else _NAMES
        ]
    ]
    rest = f" … {named.total - len(shown)} more" if named.total > len(shown) else ""
    return f"  {title}: {named.total}{more}: {', '.join(shown)}{rest}"


def _listed(names: Sequence[str], most: int) -> str:
    rest = f" +{len(names) - most}" if len(names) > most else ""
    return ", ".join(map(safe_line, names[:most])) + rest


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1_000_000 else f"{max(1, size_bytes // 1000)} kB"
