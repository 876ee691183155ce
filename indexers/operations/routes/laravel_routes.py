"""Laravel: ``Route::get('/x', [Controller::class, 'method'])`` in the files under routes/."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, Prefixes, fact, literal, literals, url

_CALL = re.compile(
    rb"(?:\bRoute::|->)(get|post|put|patch|delete|options|any|match|view|redirect|resource|apiResource|resources|group|prefix|controller)\(",
)
_HIDDEN = re.compile(rb"^[ \t]*(?://|#|\*|/\*)[^\n]*", re.M)
_CLASS = re.compile(r"\[\s*([\w\\]+)::class\s*,\s*['\"](\w+)['\"]\s*\]")
_AT = re.compile(r"['\"]([\w\\]+)@(\w+)['\"]")
_INVOKED = re.compile(r"([\w\\]+)::class")
_PREFIX = re.compile(r"['\"]prefix['\"]\s*=>\s*['\"]([^'\"\n]*)['\"]")
_MANY = {
    "index": "GET", "create": "GET /create", "store": "POST", "show": "GET /{id}", "edit": "GET /{id}/edit",
    "update": "PUT /{id}", "destroy": "DELETE /{id}",
}  # fmt: skip
_ONLY = re.compile(rb"\s{0,200}\)\s*->\s*(only|except)\(([^)]{0,500})\)")


def routes(source: OperationSource) -> Iterator[Operation]:
    data = _HIDDEN.sub(lambda found: b" " * len(found[0]), source.data)
    regions = Prefixes()
    controllers = Prefixes()
    prefix = controller = ""
    for found in _CALL.finditer(data):
        name = found[1].decode()
        if found[0].startswith(b"Route"):
            prefix, controller = "", ""
        given, end = source.arguments(found.end())
        if name == "prefix":
            prefix = (literal(given[0]) if given else "") or ""
        elif name == "controller":
            controller = _class(given[0]) if given else ""
        elif name == "group":
            inner = _PREFIX.search(given[0]) if len(given) > 1 else None
            regions.add(found.end(), end, inner[1] if inner else prefix)
            controllers.add(found.end(), end, controller)
        else:
            before = [*regions.at(found.start()), prefix]
            around = next((c for c in reversed(controllers.at(found.start())) if c), "")
            yield from _route(source, name, given, (found.start(), end), before, around)


def _route(
    source: OperationSource,
    name: str,
    given: tuple[str, ...],
    span: tuple[int, int],
    before: list[str],
    around: str,
) -> Iterator[Operation]:
    line = source.line_at(span[0])
    verbs = [name.upper()]
    if name == "match" and given:
        verbs, given = [verb.upper() for verb in literals(given[0])], given[1:]
    path = literal(given[0]) if given else None
    if path is None or len(given) < 2 or name == "redirect":
        return
    if name in ("resource", "apiResource"):
        yield from _resource(source, name, given, span, url(*before, path))
        return
    target = _target(given[1], around)
    if name == "view":
        verbs, target = ["GET"], ""
    for verb in verbs:
        yield fact("route", f"{verb} {url(*before, path)}", line, detail=f"Laravel {name}", targets=[target])


def _resource(
    source: OperationSource, name: str, given: tuple[str, ...], span: tuple[int, int], base: str
) -> Iterator[Operation]:
    limit = _ONLY.match(source.data, span[1])
    listed = set(literals(limit[2].decode("utf-8", "replace"))) if limit else set()
    for action, pattern in _MANY.items():
        if name == "apiResource" and action in ("create", "edit"):
            continue
        if limit and (action in listed) != (limit[1] == b"only"):
            continue
        verb, _, rest = pattern.partition(" ")
        target = f"{_class(given[1])}.{action}" if _class(given[1]) else ""
        yield fact(
            "route",
            f"{verb} {url(base, rest)}",
            source.line_at(span[0]),
            detail=f"Laravel {name}",
            targets=[target],
        )


def _target(handler: str, around: str) -> str:
    for pattern in (_CLASS, _AT):
        found = pattern.search(handler)
        if found:
            return f"{_last(found[1])}.{found[2]}"
    if around and (method := literal(handler)):
        return f"{around}.{method}"
    invoked = _INVOKED.match(handler)
    return f"{_last(invoked[1])}.__invoke" if invoked else ""


def _class(text: str) -> str:
    found = re.match(r"['\"]?([\w\\]+)(?:::class)?['\"]?$", text)
    return _last(found[1]) if found else ""


def _last(name: str) -> str:
    return name.rpartition("\\")[2]
