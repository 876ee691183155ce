"""Go: packages are folders (specification, "Packages"), modules by go.mod."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from indexers.facts import Import
from memoryd.ingest.link.rules import Rules
from memoryd.ingest.link.view import Target, View

_MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.M)


class Go(Rules):
    self_names: frozenset[str] = frozenset()
    super_names: frozenset[str] = frozenset()
    reexports = False
    manifests = frozenset({"go.mod"})

    def resolve(self, view: View, path: str, item: Import) -> Target | None:
        for module, folder in view.memo("go modules", lambda: _modules(view), {}).items():
            if item.module == module or item.module.startswith(f"{module}/"):
                found = posixpath.normpath(posixpath.join(folder, item.module[len(module) + 1 :]))
                return _package(view, "" if found == "." else found)
        return None

    def neighbours(self, view: View, path: str) -> Sequence[str]:
        """The files of the folder with the same package clause."""
        package = view.files[path].package
        return [file for file in view.folder(posixpath.dirname(path)) if view.files[file].package == package]

    def homes(self, view: View, owner: Target) -> Sequence[str]:
        return (owner.path, *(file for file in self.neighbours(view, owner.path) if file != owner.path))


def _modules(view: View) -> dict[str, str]:
    """Module path -> folder, the longest path first (a nested module wins)."""
    found = {}
    for manifest, text in view.texts("go.mod"):
        match = _MODULE.search(text)
        if match:
            found[match[1]] = posixpath.dirname(manifest)
    return dict(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))


def _package(view: View, folder: str) -> Target | None:
    files = [f for f in view.folder(folder) if f.endswith(".go") and not f.endswith("_test.go")]
    return Target(min(files)) if files else None
