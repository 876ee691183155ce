"""Protocol Buffers: a type is looked for in the scopes around, from within, among what the file itself and the files
that it imports define (Protobuf, "Packages and Name Resolution")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexers.facts import Import
from indexers.outline import join
from memoryd.ingest.link.definitions import DefinitionTarget
from memoryd.ingest.link.languages.paths import PathImports
from memoryd.ingest.link.view import LinkView

_TYPES = frozenset({"struct", "enum", "interface"})
_MOST_STEPS = 20  # folders of an import's path
_MOST_SEEN = 100  # files that one file sees by public imports of others


class Protobuf(PathImports):
    """Only an import brings names; what that file imports publicly comes along."""

    members_of_values = False
    body_sees_members = False
    spaces = True
    written_out = True

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        found = super().resolve(view, path, item)
        return found or self._below(view, item.module)

    def _below(self, view: LinkView, module: str) -> DefinitionTarget | None:
        """The root of the project may have a name in front of it: that of the folder that it is checked out to."""
        for _ in range(_MOST_STEPS):
            _, slash, module = module.partition("/")
            if "/" not in module:
                return None
            if slash and module in view:
                return DefinitionTarget(module)
        return None

    def space(self, view: LinkView, path: str, space: str, name: str) -> Sequence[DefinitionTarget]:
        if space:
            return self._types(view, path, join(space, name))
        return self._in_packages(view, path, name)

    def absolute(
        self, view: LinkView, path: str, names: Sequence[str]
    ) -> tuple[DefinitionTarget | None, int]:
        found = self._in_packages(view, path, ".".join(names))
        return (found[0] if len(found) == 1 else None), len(names)

    def _in_packages(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        """In the package of the file, then in those around it."""
        package = view.clause(path)
        files = view.fixpoints(("proto sees", path), lambda: tuple(self._seen(view, path)), (path,))
        while True:
            dotted = join(package, name)
            found = [t for file in files for t in self._types(view, file, _within(view.clause(file), dotted))]
            if found or not package:
                return found
            package = package.rpartition(".")[0]

    def _types(self, view: LinkView, path: str, qualname: str) -> Sequence[DefinitionTarget]:
        is_type = bool(qualname) and view.entry(path, qualname).kind in _TYPES
        return (DefinitionTarget(path, qualname),) if is_type else ()

    def _seen(self, view: LinkView, path: str) -> Iterator[str]:
        """The file, what it imports, and what those hand on."""
        yield path
        found = dict.fromkeys(self._imported(view, path, view.imports(path)))
        waiting = list(found)
        while waiting and len(found) < _MOST_SEEN:
            file = waiting.pop()
            for other in self._imported(view, file, [i for i in view.imports(file) if i.reexport]):
                if other not in found:
                    found[other] = None
                    waiting.append(other)
        yield from (file for file in found if file != path)

    def _imported(self, view: LinkView, path: str, items: Sequence[Import]) -> Iterator[str]:
        for item in items:
            target = self.resolve(view, path, item)
            if target and target.path in view.files:
                yield target.path


def _within(package: str, dotted: str) -> str:
    """The qualified name in a file of ``package``; ``""``: it is not of that package."""
    if not package:
        return dotted
    return dotted.removeprefix(f"{package}.") if dotted.startswith(f"{package}.") else ""


PROTOBUF = Protobuf("", roots=("", "proto", "protos", "src/main/proto"))
