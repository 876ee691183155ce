"""Where programs start: main guards, main functions."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from indexers.facts import Operation, Reference
from indexers.operations.source import OperationSource, fact

_GUARD = re.compile(
    rb"^if\s+(?:\(\s*)?__name__\s*==\s*[\"']__main__[\"']|^if\s+[\"']__main__[\"']\s*==\s*__name__", re.M
)
_LEFT = re.compile(rb"^\S", re.M)
_RUST = re.compile(r"(?:^|/)(?:src/main|src/bin/[^/]+|src/bin/[^/]+/main|examples/[^/]+)\.rs$")


def python(source: OperationSource) -> Iterator[Operation]:
    found = _GUARD.search(source.data)
    if source.name == "__main__.py" and not found:
        started = [_written(use) for use in source.facts.references if use.kind == "call" and not use.scope]
        yield _main(source, 1, started[-1:], f"python -m {posixpath.basename(source.folder)}")
    elif found:
        line = source.line_at(found.start())
        after = _LEFT.search(source.data, found.end())
        last = source.line_at(after.start()) - 1 if after else len(source.starts)
        calls = [
            _written(use) for use in source.facts.references
            if use.kind == "call" and line <= use.line <= last and "(" not in use.receiver
        ]  # fmt: skip
        yield _main(source, line, calls[:5], "script", last)


def go(source: OperationSource) -> Iterator[Operation]:
    if source.facts.package == "main" and not source.name.endswith("_test.go"):
        for symbol in source.facts.symbols:
            if symbol.qualname == "main" and symbol.kind == "function":
                name = posixpath.basename(source.folder) or "main"
                yield fact(
                    "entry_point",
                    name,
                    symbol.line,
                    end_line=symbol.end_line,
                    detail="Go program",
                    targets=["main"],
                    scope="main",
                )


def rust(source: OperationSource) -> Iterator[Operation]:
    if _RUST.search(source.path):
        for symbol in source.facts.symbols:
            if symbol.qualname == "main" and symbol.kind == "function":
                stem = source.name.removesuffix(".rs")
                name = (
                    stem
                    if stem != "main"
                    else posixpath.basename(source.folder.removesuffix("src").strip("/")) or "main"
                )
                yield fact(
                    "entry_point",
                    name,
                    symbol.line,
                    end_line=symbol.end_line,
                    detail="Rust program",
                    targets=["main"],
                    scope="main",
                )


def java(source: OperationSource) -> Iterator[Operation]:
    for symbol in source.facts.symbols:
        if symbol.name == "main" and symbol.kind in ("method", "function"):
            top_level = source.path.endswith(".kt") and symbol.qualname == "main"
            if top_level or ("static" in symbol.signature and "void" in symbol.signature):
                name = ".".join(
                    part
                    for part in (source.facts.package, symbol.qualname.rpartition(".")[0] or symbol.name)
                    if part
                )
                yield fact(
                    "entry_point",
                    name,
                    symbol.line,
                    end_line=symbol.end_line,
                    detail="main method",
                    targets=[symbol.qualname],
                    scope=symbol.qualname,
                )


def _main(source: OperationSource, line: int, calls: list[str], detail: str, last: int = 0) -> Operation:
    return fact("entry_point", source.path, line, end_line=last, detail=detail, targets=calls)


def _written(use: Reference) -> str:
    return f"{use.receiver}.{use.name}" if use.receiver else use.name
