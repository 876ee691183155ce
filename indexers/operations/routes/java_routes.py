"""Java and Kotlin: Spring and JAX-RS annotations, the class's path before the method's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, SourceCall, fact, literals, url

_SPRING = {
    "GetMapping": "GET", "PostMapping": "POST", "PutMapping": "PUT", "PatchMapping": "PATCH",
    "DeleteMapping": "DELETE", "RequestMapping": "",
}  # fmt: skip
_JAX = frozenset(("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"))
_NAMES = frozenset((*_SPRING, *_JAX, "Path"))
_METHOD = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b")
_TYPES = ("class", "interface", "enum")


def routes(source: OperationSource) -> Iterator[Operation]:
    found = [call for call in source.calls(_NAMES) if call.decorates]
    if not found:
        return
    types = {symbol.qualname for symbol in source.facts.symbols if symbol.kind in _TYPES}
    prefixes = {call.scope: (_paths(call) or [""])[0] for call in found if call.scope in types}
    paths = {call.scope: (_paths(call) or [""])[0] for call in found if call.name == "Path"}
    for call in found:
        if call.scope in types or call.name == "Path":
            continue
        prefix = prefixes.get(call.scope.rpartition(".")[0], "")
        wanted = [paths.get(call.scope, "")] if call.name in _JAX else _paths(call) or [""]
        for verb in _verbs(call):
            for path in wanted:
                yield fact(
                    "route", f"{verb} {url(prefix, path)}", call.line, detail=f"@{call.name}",
                    targets=[call.scope], scope=call.scope,
                )  # fmt: skip


def _verbs(call: SourceCall) -> list[str]:
    if call.name in _JAX:
        return [call.name]
    return [_SPRING[call.name]] if _SPRING[call.name] else _METHOD.findall(call.named("method")) or ["ANY"]


def _paths(call: SourceCall) -> list[str]:
    named = call.named("value", "path")
    if named:
        return literals(named)
    first = call.arguments[0] if call.arguments else ""
    return literals(first) if first.startswith(('"', "{", "[")) else []
