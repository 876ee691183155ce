"""JavaScript and TypeScript: Node's resolution, tsconfig paths, workspace packages."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from typing import Any

from indexers.facts import Import
from memoryd.ingest.link.rules import Rules
from memoryd.ingest.link.view import Target, View

_EXTENSIONS = (".ts", ".tsx", ".d.ts", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".json")
_TS_OF_JS = {".js": (".ts", ".tsx", ".d.ts"), ".jsx": (".tsx",), ".mjs": (".mts",), ".cjs": (".cts",)}


class Script(Rules):
    self_names = frozenset({"this"})
    manifests = frozenset({"package.json", "tsconfig.json"})

    def resolve(self, view: View, path: str, item: Import) -> Target | None:
        folder = posixpath.dirname(path)
        file = view.memo(("script", folder, item.module), lambda: _resolve(view, folder, item.module), None)
        if not file:
            return None
        return Target(file, "" if item.name in ("", "*") else item.name)


def _resolve(view: View, folder: str, module: str) -> str | None:
    if module.startswith("."):
        return _file(view, posixpath.normpath(posixpath.join(folder, module)))
    return next((f for base in _bases(view, folder, module) if (f := _file(view, base))), None)


def _file(view: View, base: str) -> str | None:
    base = "" if base == "." else base
    stem, extension = posixpath.splitext(base)
    swapped = tuple(stem + other for other in _TS_OF_JS.get(extension, ()))
    index = f"{base}/index" if base else "index"
    return view.first(base, *swapped, *(base + e for e in _EXTENSIONS), *(index + e for e in _EXTENSIONS))


def _bases(view: View, folder: str, module: str) -> Iterator[str]:
    configs = view.memo("tsconfigs", lambda: _tsconfigs(view), {})
    while True:
        if folder in configs:
            yield from _tsconfig_bases(folder, configs[folder], module)
        if not folder:
            break
        folder = posixpath.dirname(folder)
    yield from _workspace_bases(view.memo("workspaces", lambda: _workspaces(view), {}), module)


def _tsconfigs(view: View) -> dict[str, dict[str, Any]]:
    """Folder -> compilerOptions of its tsconfig.json."""
    found = {}
    for manifest, text in view.texts("tsconfig.json"):
        options = _jsonc(text).get("compilerOptions")
        found[posixpath.dirname(manifest)] = options if isinstance(options, dict) else {}
    return found


def _tsconfig_bases(folder: str, options: dict[str, Any], module: str) -> Iterator[str]:
    base = posixpath.normpath(posixpath.join(folder, str(options.get("baseUrl") or ".")))
    base = "" if base == "." else base
    paths = options.get("paths")
    for pattern, targets in paths.items() if isinstance(paths, dict) else ():
        head, star, tail = pattern.partition("*")
        matches = module.startswith(head) and module.endswith(tail) if star else module == pattern
        if matches and isinstance(targets, list):
            middle = module[len(head) : len(module) - len(tail)] if star else ""
            for target in targets:
                yield posixpath.normpath(posixpath.join(base, str(target).replace("*", middle)))
    if options.get("baseUrl"):
        yield posixpath.normpath(posixpath.join(base, module))


def _workspaces(view: View) -> dict[str, tuple[str, str]]:
    """Package name -> (folder, main file) of every package.json."""
    found = {}
    for manifest, text in view.texts("package.json"):
        data = _jsonc(text)
        if isinstance(data.get("name"), str):
            main = data.get("main")
            found[data["name"]] = (posixpath.dirname(manifest), main if isinstance(main, str) else "")
    return found


def _workspace_bases(workspaces: dict[str, tuple[str, str]], module: str) -> Iterator[str]:
    parts = module.split("/")
    size = 2 if module.startswith("@") else 1
    name, rest = "/".join(parts[:size]), "/".join(parts[size:])
    if name in workspaces:
        folder, main = workspaces[name]
        for place in (rest, f"src/{rest}") if rest else ("src/index", "src", main, "index"):
            yield posixpath.normpath(posixpath.join(folder, place))


def _jsonc(text: str) -> dict[str, Any]:
    """An object of JSON with comments and trailing commas; ``{}`` when it is none."""
    bare = re.sub(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*.*?\*/', lambda m: m[1] or "", text, flags=re.S)
    try:
        found = json.loads(re.sub(r",(\s*[}\]])", r"\1", bare))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
