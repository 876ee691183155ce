"""composer.json."""

from __future__ import annotations

from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact


def composer(source: OperationSource) -> Iterator[Operation]:
    document = source.json()
    name = document.get("name")
    if isinstance(name, str):
        yield fact("package", name, source.line_of('"name"'), detail="Composer package")
    for group, label in {"require": "", "require-dev": "dev"}.items():
        table = document.get(group)
        for wanted, version in table.items() if isinstance(table, dict) else ():
            if "/" in wanted and isinstance(version, str):
                yield fact(
                    "dependency", wanted, source.line_of(f'"{wanted}"'), detail=f"{version} {label}".strip(),
                    targets=[f"{wanted} {version}"],
                )  # fmt: skip
    binaries = document.get("bin")
    for binary in [binaries] if isinstance(binaries, str) else binaries if isinstance(binaries, list) else ():
        if isinstance(binary, str):
            yield fact("entry_point", binary, source.line_of(f'"{binary}"'), detail="bin", targets=[binary])
