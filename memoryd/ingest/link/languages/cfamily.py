"""C and C++: includes from the including file's folder, then the one file of the tree that ends so."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from indexers.facts import Import
from memoryd.ingest.link.rules import Rules
from memoryd.ingest.link.view import Target, View


class CFamily(Rules):
    members_in_scope = True
    self_names = frozenset({"this"})
    super_names: frozenset[str] = frozenset()
    reexports = False

    def resolve(self, view: View, path: str, item: Import) -> Target | None:
        name = posixpath.normpath(item.module)
        near = view.first(posixpath.normpath(posixpath.join(posixpath.dirname(path), name)))
        if near:
            return Target(near)
        matches = [f for f in view.called(posixpath.basename(name)) if f == name or f.endswith(f"/{name}")]
        return Target(matches[0]) if len(matches) == 1 else None

    def stars(self, view: View, path: str) -> Sequence[Import]:
        return view.outline(path).imports
