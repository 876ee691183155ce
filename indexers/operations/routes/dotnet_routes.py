"""ASP.NET: attributes of controllers, and ``MapGet`` of minimal APIs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact, literal, url

_ATTRIBUTE = re.compile(
    r"""^[ \t]*\[(?:[^\]\n]*,\s*)?(Route|Http(?:Get|Post|Put|Patch|Delete|Head))\b"""
    r"""(?:\(\s*(?:template:\s*)?"([^"\n]*)")?"""
)
_CLASS = re.compile(r"\bclass\s+(\w+)")
_METHOD = re.compile(r"^\s*(?:public|internal|protected|private)\s[^=;{]*?\b(\w+)\s*(?:<[^>\n]*>)?\(")
_MAP = re.compile(rb"\.Map(Get|Post|Put|Patch|Delete|Methods)\(")
_HANDLER = re.compile(r"[A-Za-z_][\w.]*")


def routes(source: OperationSource) -> Iterator[Operation]:
    if re.search(rb"\[(?:Route|Http[A-Z])", source.data):
        yield from _attributes(source)
    for found in _MAP.finditer(source.data):
        line = source.line_at(found.start())
        if source.lines[line - 1].lstrip().startswith(("//", "*")):
            continue
        given, _ = source.arguments(found.end())
        path = literal(given[0]) if given else None
        if path is not None and len(given) > 1:
            handler = _HANDLER.fullmatch(given[-1])
            verb = found[1].decode().upper().replace("METHODS", "ANY")
            yield fact(
                "route",
                f"{verb} {url(path)}",
                line,
                detail="minimal API",
                targets=[handler[0]] if handler else (),
            )


def _attributes(source: OperationSource) -> Iterator[Operation]:
    prefix, owner = "", ""
    waiting: list[tuple[str, str, int]] = []
    for number, line in enumerate(source.lines, 1):
        text = line[:500]
        if text.lstrip().startswith("//"):
            continue
        if found := _ATTRIBUTE.match(text):
            waiting.append((found[1], found[2] or "", number))
        elif declared := _CLASS.search(text):
            owner = declared[1]
            prefix = next((path for word, path, _ in waiting if word == "Route"), "")
            waiting = []
        elif waiting and (method := _METHOD.match(text)):
            yield from _method(waiting, prefix, owner, method[1])
            waiting = []


def _method(waiting: list[tuple[str, str, int]], prefix: str, owner: str, name: str) -> Iterator[Operation]:
    own = next((path for word, path, _ in waiting if word == "Route"), "")
    for word, path, line in waiting:
        if word != "Route":
            path = path or own
            whole = path if path.startswith(("/", "~/")) else f"{prefix}/{path}"
            whole = (
                whole.lstrip("~")
                .replace("[controller]", owner.removesuffix("Controller"))
                .replace("[action]", name)
            )
            yield fact(
                "route", f"{word[4:].upper()} {url(whole)}", line, detail=f"[{word}]",
                targets=[f"{owner}.{name}"], scope=f"{owner}.{name}",
            )  # fmt: skip
