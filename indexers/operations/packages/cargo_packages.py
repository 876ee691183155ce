"""Cargo.toml: the crate or workspace, what it needs, its binaries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact

_GROUPS = {"dependencies": "", "dev-dependencies": "dev", "build-dependencies": "build"}


def cargo(source: OperationSource) -> Iterator[Operation]:
    document = source.toml()
    package = _table(document.get("package"))
    workspace = _table(document.get("workspace"))
    members = [entry for entry in workspace.get("members", ()) if isinstance(entry, str)]
    if isinstance(package.get("name"), str):
        line = source.line_of(f'"{package["name"]}"')
        yield fact("package", package["name"], line, detail="Rust crate", targets=members)
    elif members:
        yield fact(
            "package", "workspace", source.line_of("[workspace]"), detail="Cargo workspace", targets=members
        )
    yield from _dependencies(source, document)
    yield from _dependencies(source, workspace)
    for target in _table(document.get("target")).values():
        yield from _dependencies(source, _table(target))
    for binary in document.get("bin", ()):
        name = _table(binary).get("name")
        if isinstance(name, str):
            path = binary.get("path")
            path = path if isinstance(path, str) else f"src/bin/{name}.rs"
            yield fact(
                "entry_point", name, source.line_of(f'"{name}"'), detail=f"binary {path}", targets=[path]
            )


def _dependencies(source: OperationSource, table: dict[str, Any]) -> Iterator[Operation]:
    for group, label in _GROUPS.items():
        for name, wanted in _table(table.get(group)).items():
            version = _table(wanted).get("version", "") if not isinstance(wanted, str) else wanted
            path = _table(wanted).get("path")
            detail = " ".join(part for part in (str(version), label, f"path {path}" if path else "") if part)
            yield fact(
                "dependency", name, source.line_of(f"\n{name}") + 1, detail=detail,
                targets=[f"{name} {version}".strip()],
            )  # fmt: skip


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
