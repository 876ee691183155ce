"""Java: packages and types (JLS 6 and 7: a public type lies in the file of its name)."""

from __future__ import annotations

from collections.abc import Sequence

from indexers.facts import Import
from memoryd.ingest.link.rules import Rules
from memoryd.ingest.link.view import Target, View


class Java(Rules):
    members_in_scope = True
    self_names = frozenset({"this"})
    reexports = False

    def resolve(self, view: View, path: str, item: Import) -> Target | None:
        package, name = item.module, item.name
        if name == "*":
            files = view.package("java", package)
            return Target(min(files)) if files else None
        found = _top_level(view, package, name)
        if found:
            return Target(found, name)
        outer, _, last = package.rpartition(".")  # a static or nested member: the module names a type
        found = _top_level(view, outer, last)
        return Target(found, f"{last}.{name}" if name else last) if found else None

    def neighbours(self, view: View, path: str) -> Sequence[str]:
        package = view.files[path].package
        return view.package("java", package) if package else ()


def _top_level(view: View, package: str, name: str) -> str | None:
    if not name:
        return None
    files = view.package("java", package)
    found = [t.path for t, _ in view.named("java", name) if t.qualname == name and t.path in files]
    return found[0] if found else None
