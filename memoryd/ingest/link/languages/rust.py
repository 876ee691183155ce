"""Rust: crates by Cargo.toml, modules as files (reference, "Paths" and "Modules")."""

from __future__ import annotations

import posixpath
import re

from indexers.facts import Import
from memoryd.ingest.link.rules import Rules
from memoryd.ingest.link.view import Target, View

_NAME = re.compile(r'^\s*name\s*=\s*"([^"]+)"', re.M)


class Rust(Rules):
    self_names = frozenset({"self"})
    class_names = frozenset({"Self"})
    super_names: frozenset[str] = frozenset()
    manifests = frozenset({"Cargo.toml"})

    def resolve(self, view: View, path: str, item: Import) -> Target | None:
        parts = [part for part in item.module.split("::") if part]
        if item.name and item.name != "*":
            parts.append(item.name)
        start = _start(view, path, parts)
        return _walk(view, *start) if start else None


def _start(view: View, path: str, parts: list[str]) -> tuple[str, list[str]] | None:
    """The file where the path begins, and what remains of it."""
    if not parts:
        return None
    head, rest = parts[0], parts[1:]
    if head == "crate":
        root = _crate_root(view, path)
        return (root, rest) if root else None
    if head in ("self", "super"):
        here: str | None = path
        while parts and parts[0] in ("self", "super"):
            here = _parent(view, here) if parts[0] == "super" and here else here
            parts = parts[1:]
        return (here, parts) if here else None
    crates = view.memo("rust crates", lambda: _crates(view), {})
    if head in crates:
        return crates[head], rest
    return (path, parts) if _child(view, path, head) or view.entry(path, head).kind else None


def _crates(view: View) -> dict[str, str]:
    """Crate name -> its root file."""
    found = {}
    for manifest, text in view.texts("Cargo.toml"):
        name = _NAME.search(text)
        root = view.first(posixpath.join(posixpath.dirname(manifest), "src/lib.rs"))
        if name and root:
            found[name[1].replace("-", "_")] = root
    return found


def _walk(view: View, file: str, parts: list[str]) -> Target | None:
    for number, part in enumerate(parts):
        child = _child(view, file, part)
        if child is None:
            return Target(file, ".".join(parts[number:]))
        file = child
    return Target(file)


def _folder(file: str) -> str:
    folder, name = posixpath.split(file)
    return folder if name in ("mod.rs", "lib.rs", "main.rs") else file.removesuffix(".rs")


def _child(view: View, file: str, name: str) -> str | None:
    folder = _folder(file)
    return view.first(posixpath.join(folder, f"{name}.rs"), posixpath.join(folder, name, "mod.rs"))


def _parent(view: View, file: str) -> str | None:
    folder = posixpath.dirname(_folder(file)) if file.endswith("/mod.rs") else posixpath.dirname(file)
    return view.first(*(posixpath.join(folder, n) for n in ("mod.rs", "lib.rs", "main.rs")), f"{folder}.rs")


def _crate_root(view: View, path: str) -> str | None:
    folder = posixpath.dirname(path)
    while True:
        root = view.first(posixpath.join(folder, "lib.rs"), posixpath.join(folder, "main.rs"))
        if root or not folder:
            return root
        folder = posixpath.dirname(folder)
