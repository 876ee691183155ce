"""Python: Flask and its kin, FastAPI, Starlette, aiohttp, Tornado, Django, Django REST framework."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, SourceCall, fact, literal, literals, url

_VERBS = {
    "get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE", "head": "HEAD",
    "options": "OPTIONS", "websocket": "WEBSOCKET", "route": "", "api_route": "", "view": "ANY",
}  # fmt: skip
_DJANGO = frozenset({"path", "re_path", "url"})
_CALLS = frozenset({"add_url_rule", "add_api_route", "add_route", "add_get", "add_post", "add_put", "add_patch",
                    "add_delete", "add_view", "register", "Route", "WebSocketRoute", "Mount"})  # fmt: skip
_NAMES = _DJANGO | _CALLS | _VERBS.keys() | {"include_router", "register_blueprint"}
_WEB = frozenset({"Route", "WebSocketRoute", "Mount"})
_PREFIX = re.compile(
    r"^(\w+)(?:\s*:\s*[\w.]+)?\s*=\s*(?:[\w.]+\.)?(?:Blueprint|APIRouter|APIBlueprint)\(((?:[^()\n]|\n(?!\S)){0,1500})",
    re.M,
)
_PREFIX_ARGUMENT = re.compile(r"""\b(?:url_)?prefix\s*=\s*["']([^"'\n]*)["']""")
_TORNADO = re.compile(r"""^[ \t]*\(\s*r?["'](/[^"'\n]*)["']\s*,\s*([A-Za-z_][\w.]*)\s*[,)]""", re.M)
_HANDLER = re.compile(r"[A-Za-z_][\w.]*")
_WRAPPED = re.compile(r"[\w.]+\(\s*([A-Za-z_][\w.]*)(?:\.as_view\(\))?\s*[,)]")
_WRAPPED_TWICE = re.compile(r"[\w.]+\([^()\n]{0,200}\)\(\s*([A-Za-z_][\w.]*)")


def routes(source: OperationSource) -> Iterator[Operation]:
    prefixes = _prefixes(source)
    for call in source.calls(_NAMES):
        if call.decorates:
            yield from _decorated(source, call, prefixes)
        elif call.name in _DJANGO:
            yield from _django(source, call)
        elif call.name in _CALLS:
            yield from _called(source, call, prefixes)
    if source.imports("tornado") or "tornado" in source.modules:
        for found in _TORNADO.finditer(source.text):
            line = source.line_of_char(found.start())
            yield fact("route", f"ANY {found[1]}", line, detail="Tornado", targets=[found[2]])


def _prefixes(source: OperationSource) -> dict[str, str]:
    """Blueprints and routers of the file → what they put before their routes."""
    if b"Blueprint(" not in source.data and b"APIRouter(" not in source.data:
        return {}
    found = {}
    for router in _PREFIX.finditer(source.text):
        prefix = _PREFIX_ARGUMENT.search(router[2])
        found[router[1]] = prefix[1] if prefix else ""
    return found


def _decorated(source: OperationSource, call: SourceCall, prefixes: dict[str, str]) -> Iterator[Operation]:
    if (
        call.name not in _VERBS
        or not call.receiver
        or call.receiver.rpartition(".")[2] in ("mock", "responses", "pytest")
    ):
        return
    path = (
        literal(call.arguments[0])
        if call.arguments and "=" not in call.arguments[0][:6]
        else literal(call.named("path", "rule"))
    )
    if path is None or not (path.startswith("/") or (path == "" and call.receiver in prefixes)):
        return
    whole = url(prefixes.get(call.receiver, ""), path) if call.receiver in prefixes else path
    for verb in _methods(call):
        yield fact(
            "route",
            f"{verb} {whole}",
            call.line,
            detail=f"@{call.receiver}.{call.name}",
            targets=[call.scope],
            scope=call.scope,
        )


def _methods(call: SourceCall) -> list[str]:
    if _VERBS.get(call.name):
        return [_VERBS[call.name]]
    named = [method.upper() for method in literals(call.named("methods"))]
    return named or (
        ["GET"] if call.name in ("route", "add_url_rule", "add_api_route", "api_route") else ["ANY"]
    )


def _called(source: OperationSource, call: SourceCall, prefixes: dict[str, str]) -> Iterator[Operation]:
    if not call.arguments:
        return
    if call.name == "register":
        yield from _router(source, call)
        return
    if call.name.startswith("add_") and call.name not in ("add_url_rule", "add_api_route"):
        yield from _aiohttp(source, call)
        return
    if call.name in _WEB and not source.imports("starlette", "fastapi"):
        return
    path = literal(call.arguments[0])
    handler = _handler(call)
    if path is None or not path.startswith("/") or not handler:
        return
    whole = url(prefixes[call.receiver], path) if call.receiver in prefixes else path
    verbs = (
        ["ANY"]
        if call.name == "Mount"
        else ["WEBSOCKET"]
        if call.name == "WebSocketRoute"
        else _methods(call)
    )
    for verb in ["GET"] if verbs == ["ANY"] and call.name == "Route" else verbs:
        yield fact(
            "route",
            f"{verb} {whole}{'**' if call.name == 'Mount' else ''}",
            call.line,
            detail=call.name,
            targets=[handler],
            scope=call.scope,
        )


def _handler(call: SourceCall) -> str:
    named = call.named("endpoint", "view_func", "handler", "app")
    given = (
        call.arguments[2]
        if call.name == "add_url_rule" and len(call.arguments) > 2
        else call.arguments[1]
        if len(call.arguments) > 1
        else ""
    )
    if call.name == "add_url_rule":
        named = call.named("view_func")
    found = _HANDLER.match(named or ("" if "=" in given else given))
    return found[0].removesuffix(".as_view") if found else ""


def _aiohttp(source: OperationSource, call: SourceCall) -> Iterator[Operation]:
    """``app.router.add_get("/x", handler)``, ``add_route("GET", "/x", handler)``"""
    if not source.imports("aiohttp") and "router" not in call.receiver:
        return
    verb = call.name.removeprefix("add_").upper()
    arguments = call.arguments
    if verb == "ROUTE":
        verb = (literal(arguments[0]) or "ANY").replace("*", "ANY")
        arguments = arguments[1:]
    path = literal(arguments[0]) if len(arguments) > 1 else None
    handler = _HANDLER.match(arguments[1]) if len(arguments) > 1 else None
    if path and path.startswith("/") and handler:
        yield fact(
            "route",
            f"{'ANY' if verb == 'VIEW' else verb} {path}",
            call.line,
            detail="aiohttp",
            targets=[handler[0]],
            scope=call.scope,
        )


def _django(source: OperationSource, call: SourceCall) -> Iterator[Operation]:
    if (
        call.receiver
        or len(call.arguments) < 2
        or not (source.imports("django") or posixpath.basename(source.path) == "urls.py")
    ):
        return
    path = literal(call.arguments[0])
    if path is None:
        return
    view = call.arguments[1]
    shown = f"ANY /{path.lstrip('/')}" if call.name == "path" else f"ANY {path}"
    if view.startswith("include("):
        module = re.match(r"""include\(\s*(?:\(\s*)?["']?([A-Za-z_][\w.]*)""", view)
        targets = [module[1]] if module else []
        yield fact(
            "route", f"{shown}**", call.line, detail="Django include", targets=targets, scope=call.scope
        )
        return
    found = _HANDLER.match(view)
    if found:
        handler = found[0].removesuffix(".as_view")
        if not handler.startswith(("lambda", "re.")):
            yield fact(
                "route",
                shown,
                call.line,
                detail=f"Django {call.name}",
                targets=[_unwrapped(view, handler)],
                scope=call.scope,
            )


def _unwrapped(view: str, handler: str) -> str:
    """``login_required(views.index)`` and ``cache_page(60)(views.index)`` serve views.index."""
    if view.startswith(f"{handler}.as_view"):
        return handler
    inner = _WRAPPED_TWICE.match(view) or _WRAPPED.match(view)
    return inner[1] if inner else handler


def _router(source: OperationSource, call: SourceCall) -> Iterator[Operation]:
    """``router.register(r"users", UserViewSet)``"""
    if "router" not in call.receiver.lower() or len(call.arguments) < 2:
        return
    prefix, handler = literal(call.arguments[0]), _HANDLER.fullmatch(call.arguments[1])
    if prefix is not None and handler:
        yield fact(
            "route",
            f"ANY {url(prefix)}/**",
            call.line,
            detail="REST framework router",
            targets=[handler[0]],
            scope=call.scope,
        )
