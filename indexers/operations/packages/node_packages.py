"""package.json: the package, its workspaces, dependencies, what it can be started or imported by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from indexers.facts import Operation, OperationKind
from indexers.operations.source import OperationSource, fact

_GROUPS = {
    "dependencies": "", "devDependencies": "dev", "peerDependencies": "peer", "optionalDependencies": "optional",
}  # fmt: skip
_PATH = re.compile(
    r"(?:^|[\s=\"'])((?:\./)?[\w@.-]+/[\w@./*-]+|[\w.-]+\.(?:[cm]?[jt]sx?|sh|py))(?=$|[\s\"';&])"
)


def package_json(source: OperationSource) -> Iterator[Operation]:
    document = source.json()
    name = document.get("name")
    if isinstance(name, str) and name:
        yield fact(
            "package", name, source.line_of('"name"'), detail="npm package", targets=_workspaces(document)
        )
    yield from _entries(
        source, document, name if isinstance(name, str) and name else source.folder or source.name
    )
    for group, label in _GROUPS.items():
        for wanted, version in _pairs(document.get(group)):
            detail = f"{version} {label}".strip()
            yield fact(
                "dependency",
                wanted,
                source.line_of(f'"{wanted}"'),
                detail=detail,
                targets=[f"{wanted} {version}"],
            )
    for script, command in _pairs(document.get("scripts")):
        kind: OperationKind = (
            "test_config" if script == "test" or script.startswith("test:") else "entry_point"
        )
        yield fact(
            kind, f"npm run {script}", source.line_of(f'"{script}"'), detail=command,
            targets=_PATH.findall(command),
        )  # fmt: skip
    if isinstance(document.get("jest"), dict):
        roots = document["jest"].get("roots") or document["jest"].get("testMatch") or []
        yield fact("test_config", "jest", source.line_of('"jest"'), detail="jest", targets=_strings(roots))


def _entries(source: OperationSource, document: dict[str, Any], name: str) -> Iterator[Operation]:
    binaries = document.get("bin")
    if isinstance(binaries, str):
        binaries = {name.rpartition("/")[2]: binaries}
    for binary, path in _pairs(binaries):
        yield fact("entry_point", binary, source.line_of(f'"{path}"'), detail=f"bin {path}", targets=[path])
    exported = [
        document.get("main"),
        document.get("module"),
        document.get("browser"),
        *_leaves(document.get("exports"), 6),
    ]
    targets = [path for path in exported if isinstance(path, str)]
    if targets:
        yield fact(
            "entry_point", name, source.line_of('"main"' if document.get("main") else '"exports"'),
            detail="imported by name", targets=targets,
        )  # fmt: skip


def _leaves(value: Any, depth: int) -> list[str]:
    """The paths of an ``exports`` value, whatever the conditions around them."""
    if isinstance(value, str):
        return [value]
    if depth == 0 or not isinstance(value, dict | list):
        return []
    inner = value.values() if isinstance(value, dict) else value
    return [leaf for entry in inner for leaf in _leaves(entry, depth - 1)]


def _workspaces(document: dict[str, Any]) -> list[str]:
    found = document.get("workspaces")
    return _strings(found.get("packages") if isinstance(found, dict) else found)


def _pairs(value: Any) -> list[tuple[str, str]]:
    return (
        [(key, text) for key, text in value.items() if isinstance(text, str)]
        if isinstance(value, dict)
        else []
    )


def _strings(value: Any) -> list[str]:
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []
