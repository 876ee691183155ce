"""Python: pyproject.toml, setup.cfg, setup.py, requirements files, Pipfile: packages, dependencies, console scripts."""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact, literal, literals

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*([^;#]*)")
_DEV = re.compile(r"test|dev|doc|lint|typing|type|ci|example|bench|check|style", re.I)
_SCRIPT = re.compile(r"([\w.-]+)\s*=\s*([\w.]+)\s*(?::\s*([\w.]+))?")


def pyproject(source: OperationSource) -> Iterator[Operation]:
    document = source.toml()
    project = _table(document, "project")
    poetry = _table(document, "tool", "poetry")
    name = project.get("name") or poetry.get("name")
    if isinstance(name, str):
        members = _table(document, "tool", "uv", "workspace").get("members", ())
        yield fact(
            "package", name, source.line_of(f'"{name}"'), detail="Python package", targets=_strings(members)
        )
    yield from _required(source, _strings(project.get("dependencies", ())), "")
    for group, wanted in _table(project, "optional-dependencies").items():
        yield from _required(source, _strings(wanted), group)
    for group, wanted in _table(document, "dependency-groups").items():
        yield from _required(source, _strings(wanted), group if _DEV.search(group) else f"dev {group}")
    yield from _poetry(source, poetry)
    yield from _tools(source, _table(document, "tool"))
    scripts = {
        **_table(project, "scripts"), **_table(project, "gui-scripts"), **_table(poetry, "scripts"),
    }  # fmt: skip
    for script, target in scripts.items():
        if isinstance(target, str):
            yield fact(
                "entry_point", script, source.line_of(target), detail=f"console script {target}",
                targets=[_entry(target)],
            )  # fmt: skip
    for group, plugins in _table(project, "entry-points").items():
        for plugin, target in plugins.items() if isinstance(plugins, dict) else ():
            if isinstance(target, str):
                yield fact(
                    "entry_point", f"{group}:{plugin}", source.line_of(target), detail=f"plugin {target}",
                    targets=[_entry(target)],
                )  # fmt: skip


def setup_cfg(source: OperationSource) -> Iterator[Operation]:
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    try:
        parser.read_string(source.text)
    except (configparser.Error, ValueError):
        return
    name = parser.get("metadata", "name", fallback="")
    if name:
        yield fact("package", name, source.line_of(name), detail="Python package")
    yield from _required(source, _lines(parser.get("options", "install_requires", fallback="")), "")
    if parser.has_section("options.extras_require"):
        for group, wanted in parser.items("options.extras_require"):
            yield from _required(source, _lines(wanted), group)
    if parser.has_section("options.entry_points"):
        for group, entries in parser.items("options.entry_points"):
            yield from _scripts(source, _lines(entries), group)


def setup_py(source: OperationSource) -> Iterator[Operation]:
    """What literals of the ``setup(…)`` call say; computed values are left alone."""
    for call in source.calls({"setup"}):
        name = literal(call.named("name"))
        if name:
            yield fact("package", name, call.line, detail="Python package")
        wanted = call.named("install_requires", "requires")
        yield from _required(source, literals(wanted) if wanted.startswith("[") else (), "")
        entries = call.named("entry_points")
        yield from _scripts(source, [text for text in literals(entries) if "=" in text], "")


def requirements(source: OperationSource) -> Iterator[Operation]:
    group = "dev" if _DEV.search(source.path) else ""
    for number, line in enumerate(source.lines, 1):
        text = line.strip()
        if text[:1] in ("#", "-", "", ".", "/") or "://" in text.partition("@")[0]:
            continue
        found = _requirement(text)
        if found:
            yield fact("dependency", found[0], number, detail=_detail(found[1], group), targets=[found[2]])


def pipfile(source: OperationSource) -> Iterator[Operation]:
    document = source.toml()
    yield from _poetry_table(source, _table(document, "packages"), "")
    yield from _poetry_table(source, _table(document, "dev-packages"), "dev")


def _tools(source: OperationSource, tools: Mapping[str, Any]) -> Iterator[Operation]:
    """What PDM, uv and Hatch take for developing, in tables of their own."""
    for group, wanted in _table(tools, "pdm", "dev-dependencies").items():
        yield from _required(source, _strings(wanted), group if _DEV.search(group) else f"dev {group}")
    yield from _required(source, _strings(_table(tools, "uv").get("dev-dependencies", ())), "dev")
    for name, environment in _table(tools, "hatch", "envs").items():
        wanted = environment.get("dependencies", ()) if isinstance(environment, dict) else ()
        yield from _required(source, _strings(wanted), f"env {name}")


def _poetry(source: OperationSource, poetry: Mapping[str, Any]) -> Iterator[Operation]:
    yield from _poetry_table(source, _table(poetry, "dependencies"), "")
    yield from _poetry_table(source, _table(poetry, "dev-dependencies"), "dev")
    for group, table in _table(poetry, "group").items():
        yield from _poetry_table(source, _table({"group": table}, "group", "dependencies"), group)


def _poetry_table(source: OperationSource, table: Mapping[str, Any], group: str) -> Iterator[Operation]:
    for name, wanted in table.items():
        if name.lower() == "python":
            continue
        version = wanted.get("version", "") if isinstance(wanted, dict) else wanted
        version = version if isinstance(version, str) else ""
        line = source.line_of(f"\n{name}") + 1
        yield fact(
            "dependency", name, line, detail=_detail(version, group or "main"), targets=[f"{name} {version}"]
        )


def _required(source: OperationSource, wanted: Iterable[str], group: str) -> Iterator[Operation]:
    for text in wanted:
        found = _requirement(text)
        if found:
            yield fact(
                "dependency",
                found[0],
                source.line_of(text),
                detail=_detail(found[1], group),
                targets=[found[2]],
            )


def _requirement(text: str) -> tuple[str, str, str] | None:
    """(name, version part, the requirement as written without marker and comment)."""
    found = _REQUIREMENT.match(text[:500])
    if not found or not found[1]:
        return None
    version = found[3].strip()
    return (
        (found[1], version, found[0].strip())
        if version[:1] in ("", "<", ">", "=", "!", "~", "(", "@")
        else None
    )


def _detail(version: str, group: str) -> str:
    """``dev`` marks what only development needs."""
    kind = group if group in ("", "main", "dev") or not _DEV.search(group) else f"dev ({group})"
    kind = "" if kind == "main" else kind
    return " ".join(part for part in (version, kind) if part)


def _scripts(source: OperationSource, entries: Iterable[str], group: str) -> Iterator[Operation]:
    for entry in entries:
        found = _SCRIPT.match(entry)
        if found and found[2]:
            name = found[1] if group in ("", "console_scripts", "gui_scripts") else f"{group}:{found[1]}"
            yield fact(
                "entry_point", name, source.line_of(entry), detail=f"console script {found[2]}:{found[3] or ''}",
                targets=[f"{found[2]}:{found[3] or ''}"],
            )  # fmt: skip


def _entry(target: str) -> str:
    module, _, qualname = target.partition("[")[0].partition(":")
    return f"{module.strip()}:{qualname.strip()}"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _table(document: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    found: Any = document
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _strings(value: Any) -> list[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []
