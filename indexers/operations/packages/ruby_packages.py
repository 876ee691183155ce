"""Gemfile and gemspecs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact

_GEM = re.compile(r"""^\s*gem[ (]\s*["']([\w.-]+)["']\s*(?:,\s*["']([^"'\n]*)["'])?(.*)""")
_GROUP = re.compile(r"^\s*group\b(.*)\bdo\b")
_SPEC = re.compile(
    r"""^\s*\w+\.add_(development_|runtime_)?dependency[ (]\s*["']([\w.-]+)["']\s*(?:,\s*["']([^"'\n]*)["'])?"""
)
_NAME = re.compile(r"""^\s*\w+\.name\s*=\s*["']([\w.-]+)["']""")
_EXECUTABLE = re.compile(r"""^\s*\w+\.executables?\s*(?:=|<<)\s*(.*)""")
_DEV = re.compile(r":(?:test|development|dev)\b")


def gemfile(source: OperationSource) -> Iterator[Operation]:
    group = ""
    for number, line in enumerate(source.lines, 1):
        opened = _GROUP.match(line[:500])
        if opened:
            group = opened[1]
        elif line.strip() == "end":
            group = ""
        found = _GEM.match(line[:500])
        if found:
            label = "dev" if _DEV.search(group + found[3]) else ""
            version = found[2] or ""
            yield fact(
                "dependency", found[1], number, detail=f"{version} {label}".strip(),
                targets=[f"{found[1]} {version}".strip()],
            )  # fmt: skip


def gemspec(source: OperationSource) -> Iterator[Operation]:
    for number, line in enumerate(source.lines, 1):
        line = line[:500]
        if name := _NAME.match(line):
            yield fact("package", name[1], number, detail="Ruby gem")
        elif found := _SPEC.match(line):
            label = "dev" if found[1] == "development_" else ""
            version = found[3] or ""
            yield fact(
                "dependency", found[2], number, detail=f"{version} {label}".strip(),
                targets=[f"{found[2]} {version}".strip()],
            )  # fmt: skip
        elif executable := _EXECUTABLE.match(line):
            for binary in re.findall(r"""["']([\w.-]+)["']""", executable[1]):
                yield fact(
                    "entry_point",
                    binary,
                    number,
                    detail="gem executable",
                    targets=[f"exe/{binary}", f"bin/{binary}"],
                )
