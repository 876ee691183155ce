"""Rust: Axum's routers, Actix and Rocket attributes and services."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact, literal, url

_NAMES = frozenset({"route", "nest", "nest_service", "resource", "scope", "route_service"})
_HANDLED = re.compile(r"\b(get|post|put|patch|delete|head|options|any)\(\s*([A-Za-z_][\w:]*)")
_ACTIX = re.compile(r"\b(get|post|put|patch|delete|head)\(\)\s*\.to\(\s*([A-Za-z_][\w:]*)")
_ATTRIBUTE = re.compile(
    r"""^[ \t]*#\[(?:\w+::)?(get|post|put|patch|delete|head|options)\(\s*(?:uri\s*=\s*)?"([^"\n]*)\"""", re.M
)
_BUILT = re.compile(r"[A-Za-z_][\w:]*")


def routes(source: OperationSource) -> Iterator[Operation]:
    for found in _ATTRIBUTE.finditer(source.text):
        line = source.line_of_char(found.start())
        symbol = next(
            (s for s in source.facts.symbols if s.line > line - 1 and s.kind in ("function", "method")), None
        )
        if found[2].startswith("/") and symbol and symbol.line - line < 12:
            yield fact(
                "route", f"{found[1].upper()} {found[2]}", line, detail=f"#[{found[1]}]",
                targets=[symbol.qualname], scope=symbol.qualname,
            )  # fmt: skip
    for call in source.calls(_NAMES):
        path = literal(call.arguments[0]) if call.arguments else None
        if path is None or not path.startswith("/"):
            continue
        if call.name in ("nest", "nest_service") and len(call.arguments) > 1:
            built = _BUILT.match(call.arguments[1])
            targets = [_dotted(built[0])] if built else []
            yield fact(
                "route",
                f"ANY {url(path)}/**",
                call.line,
                detail=f".{call.name}",
                targets=targets,
                scope=call.scope,
            )
        elif call.name == "route" and len(call.arguments) > 1:
            handled = _ACTIX.findall(call.arguments[1]) or _HANDLED.findall(call.arguments[1])
            for verb, handler in handled:
                shown = "ANY" if verb == "any" else verb.upper()
                yield fact(
                    "route",
                    f"{shown} {path}",
                    call.line,
                    detail=".route",
                    targets=[_dotted(handler)],
                    scope=call.scope,
                )
        elif call.name == "resource":
            chained = source.data[call.end : call.end + 600].decode("utf-8", "replace").partition(";")[0]
            for verb, handler in _ACTIX.findall(chained.partition("resource(")[0]):
                yield fact(
                    "route",
                    f"{verb.upper()} {path}",
                    call.line,
                    detail="resource",
                    targets=[_dotted(handler)],
                    scope=call.scope,
                )


def _dotted(path: str) -> str:
    return path.strip(":").replace("::", ".")
