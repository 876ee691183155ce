"""Go: Gin, Echo, Fiber, chi, gorilla/mux and net/http, with the prefixes of their groups."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, Prefixes, SourceCall, fact, literal, url

_VERBS = (
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "HEAD",
    "OPTIONS",
    "Any",
    "Get",
    "Post",
    "Put",
    "Patch",
    "Delete",
    "Head",
    "Options",
    "All",
)
_NAMES = frozenset((*_VERBS, "HandleFunc", "Handle", "Group", "Route", "Mount"))
_FRAMEWORKS = (
    "github.com/gin-gonic/gin", "github.com/labstack/echo", "github.com/gofiber/fiber", "github.com/go-chi/chi",
    "github.com/gorilla/mux", "github.com/julienschmidt/httprouter", "goji.io",
)  # fmt: skip
_GROUP = re.compile(r"\b(\w+)\s*:?=\s*([\w.]+)\.(?:Group|PathPrefix)\(\s*[\"`]([^\"`\n]*)[\"`]")
_HANDLER = re.compile(r"(?:http\.HandlerFunc\()?\s*([A-Za-z_][\w.]*)")
_MUX = re.compile(r"(?:(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+)?([\w.-]*)(/.*)")
_METHODS = re.compile(rb"\s{0,200}\)\s*\.\s*Methods\(([^)\n]*)\)")


def routes(source: OperationSource) -> Iterator[Operation]:
    framework = source.imports(*_FRAMEWORKS)
    if not framework and "net/http" not in source.modules and source.name != "routes.go":
        return
    groups = _groups(source)
    regions = Prefixes()
    for call in source.calls(_NAMES):
        path = literal(call.arguments[0]) if call.arguments else None
        if path is None:
            continue
        if call.name in ("Group", "Route"):
            if len(call.arguments) > 1 and "func(" in call.arguments[-1] and path.startswith("/"):
                regions.add(call.start, call.end, path)
        elif call.name in ("HandleFunc", "Handle"):
            yield from _mux(source, call, path, regions.at(call.start))
        elif framework:
            yield from _verb(
                source, call, path, [*regions.at(call.start), groups.get((call.scope, call.receiver), "")]
            )


def _groups(source: OperationSource) -> dict[tuple[str, str], str]:
    """(enclosing function, variable) → the prefix of the group in it."""
    found: dict[tuple[str, str], str] = {}
    if b".Group(" not in source.data and b".PathPrefix(" not in source.data:
        return found
    functions = [
        (s.start_byte, s.end_byte, s.qualname)
        for s in source.facts.symbols
        if s.kind in ("function", "method")
    ]
    for group in _GROUP.finditer(source.text):
        at = len(source.text[: group.start()].encode()) if not source.text.isascii() else group.start()
        scope = next((name for start, end, name in functions if start <= at < end), "")
        found[scope, group[1]] = url(found.get((scope, group[2]), ""), group[3])
    return found


def _verb(source: OperationSource, call: SourceCall, path: str, prefixes: list[str]) -> Iterator[Operation]:
    if not (path.startswith("/") or path in ("", "*")) or not call.receiver or len(call.arguments) < 2:
        return
    if call.receiver in ("http", "client", "resty", "req") or call.name == "Mount":
        return
    verb = "ANY" if call.name in ("Any", "All") else call.name.upper()
    yield fact(
        "route",
        f"{verb} {url(*prefixes, path)}",
        call.line,
        detail=f"{call.receiver}.{call.name}",
        targets=_handler(call),
        scope=call.scope,
    )


def _handler(call: SourceCall) -> list[str]:
    """The last argument (Echo puts middleware behind the handler: then the second)."""
    given = call.arguments[-1]
    if call.name == "Handle" and len(call.arguments) > 2:
        given = call.arguments[2]
    found = _HANDLER.match(given)
    return (
        [found[1]]
        if found and found[1] not in ("func", "http.HandlerFunc") and not given.startswith("func(")
        else []
    )


def _mux(source: OperationSource, call: SourceCall, path: str, prefixes: list[str]) -> Iterator[Operation]:
    """``mux.HandleFunc("GET /x", h)``; ``r.HandleFunc("/x", h).Methods("GET")``; Gin's ``Handle("GET", "/x", h)``."""
    if call.name == "Handle" and path.isupper() and len(call.arguments) > 2:
        verb, path = path, literal(call.arguments[1]) or ""
        if path.startswith("/"):
            yield fact(
                "route",
                f"{verb} {url(*prefixes, path)}",
                call.line,
                detail=f"{call.receiver}.Handle",
                targets=_handler(call),
                scope=call.scope,
            )
        return
    found = _MUX.fullmatch(path)
    if not found or len(call.arguments) < 2:
        return
    methods = _METHODS.match(source.data, call.end)
    verbs = (
        re.findall(r"(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)", methods[1].decode("utf-8", "replace").upper())
        if methods
        else []
    )
    for verb in verbs or [found[1] or "ANY"]:
        where = f"{found[2]}{url(*prefixes, found[3])}"
        yield fact(
            "route",
            f"{verb} {where}",
            call.line,
            detail=f"{call.receiver}.{call.name}",
            targets=_handler(call),
            scope=call.scope,
        )
