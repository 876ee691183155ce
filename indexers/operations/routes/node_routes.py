"""JavaScript and TypeScript: Express and its kin, Fastify, Nest; files that are routes in Next.js and Remix."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, SourceCall, fact, literal, literals, url

_VERBS = {
    "get": "GET", "post": "POST", "put": "PUT", "patch": "PATCH", "delete": "DELETE", "del": "DELETE",
    "head": "HEAD", "options": "OPTIONS", "all": "ANY",
}  # fmt: skip
_NAMES = frozenset((*_VERBS, "route", "use"))
_SERVER = re.compile(
    r"(?:^|[._(])(?:app|router|routes?|server|fastify|api|express|instance|hono|koa)\w{0,200}(?:[.)(]|$)|[rR]outer$|[aA]pp$"
)
_CREATED = re.compile(
    r"""\b(?:const|let|var)\s+(\w+)(?:\s*:\s*[\w.<>]+)?\s*=\s*(?:new\s+)?(?:await\s+)?(?:[\w.]+\.)?(?:express|[rR]outer|Router|fastify|Fastify|Hono|OpenAPIHono|Koa)\b"""
)
_FRAMEWORKS = (
    "express",
    "fastify",
    "hono",
    "koa-router",
    "@koa/router",
    "restify",
    "polka",
    "find-my-way",
    "router",
    "itty-router",
)
_ROUTE_CALL = re.compile(r"""route\(\s*(["'`])([^"'`\n]+)\1\s*\)""")
_HANDLER = re.compile(r"[A-Za-z_$][\w$.]*")
_NEST_CLASS = re.compile(r"^[ \t]*@Controller\(([^)\n]*)\)", re.M)
_NEST_METHOD = re.compile(r"^[ \t]*@(Get|Post|Put|Patch|Delete|Head|Options|All)\(([^)\n]*)\)", re.M)
_OBJECT = re.compile(
    r"""\b(method|url|path|handler)\s*:\s*(\[[^\]\n]{0,2000}\]|["'][^"'\n]*["']|[A-Za-z_$][\w$.]*)"""
)
_EXPORTED_VERB = re.compile(
    r"^export\s+(?:async\s+)?(?:function|const)\s+(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b", re.M
)
_APP_FILE = re.compile(r"(?:^|/)app/(?:(.{0,300})/)?(page|route)\.[cm]?[jt]sx?$")
_PAGE_FILE = re.compile(r"(?:^|/)pages/(.{0,300})\.[jt]sx?$")
_REMIX_FILE = re.compile(r"(?:^|/)app/routes/(.{0,300}?)(?:/(?:route|index))?\.[jt]sx?$")
_DEFAULT = re.compile(r"^export\s+default\b|\bexport\s*\{[^}\n]{0,2000}\bas default\b", re.M)


def routes(source: OperationSource) -> Iterator[Operation]:
    if source.path.endswith(".d.ts"):
        return
    if source.imports("@nestjs"):
        yield from _nest(source)
    framework = source.imports(*_FRAMEWORKS) or any(name in source.modules for name in _FRAMEWORKS)
    created = set(_CREATED.findall(source.text)) if framework else set()
    for call in source.calls(_NAMES):
        yield from _call(source, call, framework, created)
    yield from _files(source)


def _call(
    source: OperationSource, call: SourceCall, framework: bool, created: set[str]
) -> Iterator[Operation]:
    receiver = call.receiver
    head = receiver.partition(".")[0].partition("(")[0]
    if not receiver or not (head in created or _SERVER.search(receiver)):
        return
    if call.name == "route":
        yield from _fastify(call)
    elif call.name == "use":
        yield from _mounted(call, framework)
    else:
        yield from _verb(source, call, framework)


def _verb(source: OperationSource, call: SourceCall, framework: bool) -> Iterator[Operation]:
    """``app.get("/x", …, handler)``, ``router.route("/x").get(handler)``"""
    path = literal(call.arguments[0]) if call.arguments else None
    handlers = call.arguments[1:]
    if call.receiver.endswith("route()"):
        before = source.data[max(0, source.starts[call.line - 1] - 400) : call.start].decode(
            "utf-8", "replace"
        )
        found = list(_ROUTE_CALL.finditer(before))
        path, handlers = (found[-1][2], call.arguments) if found else (None, ())
    if path is None or not handlers or not (path.startswith("/") or (framework and path == "*")):
        return
    if not framework and handlers[-1][:1] in "{'\"`[":
        return  # a client's request: axios.get("/x", {…})
    yield fact(
        "route", f"{_VERBS[call.name]} {path}", call.line, detail=f"{call.receiver}.{call.name}",
        targets=_names(handlers), scope=call.scope,
    )  # fmt: skip


def _names(handlers: tuple[str, ...]) -> list[str]:
    """The handler is the last argument; an inline one names nothing."""
    found = _HANDLER.fullmatch(handlers[-1].partition("(")[0]) if handlers else None
    return [found[0]] if found and found[0] not in ("async", "function") else []


def _mounted(call: SourceCall, framework: bool) -> Iterator[Operation]:
    path = literal(call.arguments[0]) if len(call.arguments) > 1 else None
    if framework and path and path.startswith("/"):
        files = [text for text in literals(call.arguments[-1]) if text.startswith(".")]
        targets = files or _names(call.arguments)
        yield fact(
            "route",
            f"ANY {url(path)}/**",
            call.line,
            detail=f"{call.receiver}.use",
            targets=targets,
            scope=call.scope,
        )


def _fastify(call: SourceCall) -> Iterator[Operation]:
    """``fastify.route({ method: "GET", url: "/x", handler })``"""
    if not call.arguments or not call.arguments[0].startswith("{"):
        return
    fields: dict[str, str] = {}
    for key, value in _OBJECT.findall(call.arguments[0]):
        fields.setdefault(key, value)
    path = literal(fields.get("url") or fields.get("path") or "")
    for method in literals(fields.get("method", "")):
        if path is not None and path.startswith("/"):
            handler = fields.get("handler", "")
            yield fact(
                "route", f"{method.upper()} {path}", call.line, detail=f"{call.receiver}.route",
                targets=[] if handler in ("async", "function") else [handler], scope=call.scope,
            )  # fmt: skip


def _nest(source: OperationSource) -> Iterator[Operation]:
    classes = [
        (found.start(), (literals(found[1]) or [""])[0]) for found in _NEST_CLASS.finditer(source.text)
    ]
    for found in _NEST_METHOD.finditer(source.text):
        prefix = next((path for start, path in reversed(classes) if start < found.start()), None)
        line = source.line_of_char(found.start())
        if prefix is None:
            continue
        symbol = next(
            (s for s in source.facts.symbols if s.end_line >= line and s.kind == "method" and s.line >= line),
            None,
        )
        verb = "ANY" if found[1] == "All" else found[1].upper()
        path = (literals(found[2]) or [""])[0]
        name = symbol.qualname if symbol else ""
        yield fact(
            "route",
            f"{verb} {url(prefix, path)}",
            line,
            detail=f"Nest @{found[1]}",
            targets=[name],
            scope=name,
        )


def _files(source: OperationSource) -> Iterator[Operation]:
    path = f"/{source.path}"
    if found := _APP_FILE.search(path):
        verbs = (
            _EXPORTED_VERB.findall(source.text)
            if found[2] == "route"
            else ["GET"]
            if _DEFAULT.search(source.text)
            else []
        )
        for verb in verbs:
            target = verb if found[2] == "route" else source.path
            yield fact(
                "route",
                f"{verb} {_next(found[1] or '')}",
                1,
                end_line=len(source.lines),
                detail=f"Next.js {found[2]} file",
                targets=[target],
            )
    elif (found := _PAGE_FILE.search(path)) and source.imports("next") and _DEFAULT.search(source.text):
        name = "" if found[1] == "index" else found[1].removesuffix("/index")
        if not name.rpartition("/")[2].startswith("_"):
            verb = "ANY" if name.startswith("api/") else "GET"
            yield fact(
                "route",
                f"{verb} {_next(name)}",
                1,
                end_line=len(source.lines),
                detail="Next.js page file",
                targets=[source.path],
            )
    elif (found := _REMIX_FILE.search(path)) and source.imports(
        "@remix-run", "react-router", "@react-router"
    ):
        yield fact(
            "route",
            f"ANY {_remix(found[1])}",
            1,
            end_line=len(source.lines),
            detail="Remix route file",
            targets=[source.path],
        )


def _next(path: str) -> str:
    parts = [
        part
        for part in path.split("/")
        if part and not (part.startswith("(") and part.endswith(")")) and part[0] != "@"
    ]
    return url(*(re.sub(r"^\[\[?(\.\.\.)?(\w+)\]?\]$", r"{\2\1}", part) for part in parts))


def _remix(path: str) -> str:
    parts = [part for piece in path.split("/") for part in piece.split(".")]
    shown = [f"{{{part[1:] or '*'}}}" if part.startswith("$") else part.rstrip("_") for part in parts]
    return url(*(part for part in shown if part not in ("_index", "index") and not part.startswith("_")))
