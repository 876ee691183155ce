"""Rails: config/routes.rb read line by line, with its namespaces, scopes and resources."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator

from msgspec import Struct

from indexers.facts import Operation
from indexers.operations.source import OperationSource, fact, url

_WORD = re.compile(r"^\s*(\w+!?)\b")
_VERB = re.compile(
    r"""^\s*(get|post|put|patch|delete|match|root)\b\s*\(?\s*(?:(?:to:\s*)?(?:["']([^"'\n]*)["']|:(\w+)))?(.*)"""
)
_TO = re.compile(r"""(?:\bto:|:to\s*=>|=>)\s*["']([\w/]+#\w+)["']""")
_ACTION = re.compile(r"""\baction:\s*[:"'](\w+)|:action\s*=>\s*[:"'](\w+)""")
_CONTROLLER = re.compile(r"""\bcontroller:\s*[:"']([\w/]+)|:controller\s*=>\s*[:"']([\w/]+)""")
_NAMES = re.compile(r"""[:"'](\w+)""")
_ONLY = re.compile(r"""\b(only|except):\s*(\[[^\]\n]{0,1000}\]|%i[\[(][^\])\n]{0,1000}[\])]|:\w+)""")
_OPTION = re.compile(r"""\b(path|module):\s*[:"']([^"',\n\s]*)["']?""")
_ON = re.compile(r"\bon:\s*:(member|collection)")
_SCOPED = re.compile(r"""^\s*scope\s*(?:\(\s*)?(?:["']([^"'\n]*)["']|:(\w+))""")
_VIA = re.compile(r"\bvia:\s*(.*)")
_BLOCK = re.compile(r"\bdo\b\s*(?:\|[^|\n]*\|\s*)?$")
_OPENS = re.compile(r"^\s*(?:if|unless|case|begin|def|while)\b")
_MAX_LEVELS = 20
_MANY = {
    "index": "GET", "new": "GET /new", "create": "POST", "show": "GET /{id}", "edit": "GET /{id}/edit",
    "update": "PATCH /{id}", "destroy": "DELETE /{id}",
}  # fmt: skip
_ONE = {
    "new": "GET /new",
    "create": "POST",
    "show": "GET",
    "edit": "GET /edit",
    "update": "PATCH",
    "destroy": "DELETE",
}
_COMMENT = re.compile(r"\s#[^{].*$")


class _Level(Struct, frozen=True):
    """What an open block puts before the routes inside of it. ``member``: of a resource with an id."""

    path: str = ""
    module: str = ""
    controller: str = ""
    kind: str = ""


def routes(source: OperationSource) -> Iterator[Operation]:
    levels: list[_Level] = []
    for number, raw in enumerate(source.lines, 1):
        line = _COMMENT.sub("", raw[:1000])
        word = _WORD.match(line)
        if line.lstrip().startswith("#") or not line.strip():
            continue
        if line.strip() == "end":
            levels = levels[:-1]
            continue
        opened = _Level()
        if word and word[1] in ("resources", "resource"):
            opened = yield from _resources(levels, line, number, word[1])
        elif word and word[1] in ("namespace", "scope", "member", "collection", "controller", "concern"):
            opened = _scope(line, word[1])
        elif word and (verb := _VERB.match(line)):
            yield from _single(levels, verb, number)
        if _BLOCK.search(line) or _OPENS.match(line):
            levels.append(opened if len(levels) < _MAX_LEVELS else _Level())


def _scope(line: str, word: str) -> _Level:
    names = _NAMES.search(line.partition(word)[2])
    name = names[1] if names else ""
    options: dict[str, str] = dict(_OPTION.findall(line))
    if word == "namespace":
        return _Level(path=options.get("path", name), module=options.get("module", name))
    if word == "scope":
        path = _first(_SCOPED, line) or options.get("path") or ""
        return _Level(path=path, module=options.get("module", ""))
    if word == "controller":
        return _Level(controller=name)
    return _Level(kind=word)


def _resources(levels: list[_Level], line: str, number: int, word: str) -> Generator[Operation, None, _Level]:
    head = re.split(
        r"\b(?:only|except|path|controller|module|as|via|param|constraints|concerns|shallow)\b|\bdo\b",
        line,
        maxsplit=1,
    )[0]
    names = _NAMES.findall(head)
    actions = _MANY if word == "resources" else _ONE
    limit = _ONLY.search(line)
    listed = set(re.findall(r"\w+", limit[2].removeprefix("%i"))) if limit else set()
    kept = {a: p for a, p in actions.items() if not limit or (a in listed) == (limit[1] == "only")}
    options = dict(_OPTION.findall(line))
    base, module, _ = _around(levels)
    for name in names:
        path = options.get("path", name)
        controller = _first(_CONTROLLER, line) or (name if word == "resources" else _plural(name))
        for action, pattern in kept.items():
            verb, _, rest = pattern.partition(" ")
            yield fact(
                "route", f"{verb} {url(base, path, rest)}", number, detail=f"Rails {word}",
                targets=[f"{_joined(module, options.get('module', ''), controller)}#{action}"],
            )  # fmt: skip
    if not names:
        return _Level()
    controller = _first(_CONTROLLER, line) or (names[-1] if word == "resources" else _plural(names[-1]))
    return _Level(
        path=options.get("path", names[-1]),
        module=options.get("module", ""),
        controller=controller,
        kind=word,
    )


def _single(levels: list[_Level], found: re.Match[str], number: int) -> Iterator[Operation]:
    verb, path, symbol, rest = found.groups()
    on = _ON.search(rest)
    base, module, controller = _around([*levels, _Level(kind=on[1])] if on else levels)
    target = _first(_TO, found[0])
    if verb == "root":
        target, path = target or path or "", ""
    name = path if path is not None else symbol or ""
    if not target and controller:
        action = _first(_ACTION, rest) or name.rpartition("/")[2]
        target = f"{_first(_CONTROLLER, rest) or controller}#{action}"
    elif not target and _first(_CONTROLLER, rest):
        target = f"{_first(_CONTROLLER, rest)}#{_first(_ACTION, rest) or name}"
    elif not target and name.count("/") == 1 and re.fullmatch(r"\w+/\w+", name):
        target = name.replace("/", "#")
    verbs = _via(rest) if verb == "match" else ["GET"] if verb == "root" else [verb.upper()]
    redirects = "redirect" in rest
    if name or verb == "root":
        for each in verbs:
            yield fact(
                "route", f"{each} {url(base, name)}", number, detail="Rails redirect" if redirects else "Rails",
                targets=[_joined(module, target)] if target and not redirects else (),
            )  # fmt: skip


def _via(rest: str) -> list[str]:
    found = _VIA.search(rest)
    words = (
        [word.upper() for word in re.findall(r"\b(get|post|put|patch|delete|all)\b", found[1])]
        if found
        else []
    )
    return ["ANY" if word == "ALL" else word for word in words] or ["ANY"]


def _around(levels: list[_Level]) -> tuple[str, str, str]:
    """Path, module and controller of the open blocks."""
    levels = levels[:_MAX_LEVELS]
    parts: list[str] = []
    inside = [level.kind for level in levels]
    for i, level in enumerate(levels):
        parts.append(level.path)
        if level.kind == "resources" and "collection" not in inside[i + 1 :]:
            member = inside[i + 1 :].count("member") > 0
            parts.append("{id}" if member else f"{{{_singular(level.path)}_id}}")
    module = _joined(*(level.module for level in levels))
    controller = next((level.controller for level in reversed(levels) if level.controller), "")
    return url(*parts).rstrip("/"), module, controller


def _joined(*parts: str) -> str:
    return "/".join(part.strip("/") for part in parts if part)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return next((group for group in found.groups() if group), "") if found else ""


def _singular(name: str) -> str:
    name = name.rpartition("/")[2]
    return f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s")


def _plural(name: str) -> str:
    """Rails serves ``resource :session`` by SessionsController."""
    if name.endswith(("s", "x", "ch", "sh")):
        return name if name.endswith("s") else f"{name}es"
    return f"{name[:-1]}ies" if name.endswith("y") and name[-2:-1] not in ("a", "e", "o", "u") else f"{name}s"
