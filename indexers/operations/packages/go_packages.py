"""go.mod and go.work: the module, what it requires, the workspace's folders."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact

_LINE = re.compile(
    r"\s*(?:(module|require|use|replace|exclude|retract|tool|go|toolchain)\b\s*)?(\()?\s*([^\s()]+)?\s*([^\s()]+)?"
)


def go_mod(source: OperationSource) -> Iterator[Operation]:
    block = ""
    folders: list[str] = []
    for number, line in enumerate(source.lines, 1):
        code, _, comment = line.partition("//")
        if code.strip() == ")":
            block = ""
        found = _LINE.match(code)
        if not code.strip() or found is None or code.strip() == ")":
            continue
        word = found[1] or block
        if found[2]:
            block = found[1] or ""
        if word == "module" and found[3]:
            yield fact("package", found[3].strip('"'), number, detail="Go module")
        elif word == "require" and found[3] and found[4]:
            indirect = "indirect" if "indirect" in comment else ""
            yield fact(
                "dependency", found[3], number, detail=f"{found[4]} {indirect}".strip(),
                targets=[f"{found[3]} {found[4]}"],
            )  # fmt: skip
        elif word == "use" and found[3]:
            folders.append(found[3])
    if folders:
        yield fact(
            "package", "go.work", 1, end_line=len(source.lines), detail="Go workspace", targets=folders
        )
