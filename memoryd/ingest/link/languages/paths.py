"""Languages whose files name each other by path, or by a name that is one."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence

from indexers.facts import Import
from indexers.outline import join
from memoryd.ingest.link.definitions import DefinitionTarget, NamedDefinition
from memoryd.ingest.link.rules import LanguageRules
from memoryd.ingest.link.view import LinkView

_WHOLE = "module.exports"


class PathImports(LanguageRules):
    """``endings``: what may follow a path as it is written, in order. ``roots``: folders, below any folder around the
    file, that paths may start from (``""``: that folder itself). ``dotted``: dots are separators."""

    reexports = False
    members_of_values = True

    def __init__(self, *endings: str, roots: tuple[str, ...] = (), dotted: bool = False) -> None:
        self._endings = endings
        self._roots = roots
        self._dotted = dotted

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        folder, language = posixpath.dirname(path), view.language(path)
        key = ("path", language, folder, item.module)
        found = view.fixpoints(key, lambda: self._find(view, folder, item.module), None)
        return DefinitionTarget(found, self.name_in(view, found, item.name)) if found else None

    def name_in(self, view: LinkView, file: str, name: str) -> str:
        """How the file calls what is asked for; ``""``: the file itself."""
        return ""

    def written(self, module: str) -> str:
        """The path that an import writes: without what is no part of it."""
        module = re.split(r"[?#]", module, maxsplit=1)[0]
        return module.replace(".", "/") if self._dotted else module

    def _find(self, view: LinkView, folder: str, module: str) -> str | None:
        module = self.written(module)
        for base in self._bases(view, folder, module):
            path = posixpath.normpath(base)
            if not path.startswith("..") and path != ".":
                found = view.first(*self.spellings(path))
                if found:
                    return found
        return None

    def _bases(self, view: LinkView, folder: str, module: str) -> Iterator[str]:
        if not module.startswith("/"):
            yield posixpath.join(folder, module)
        if module.startswith("."):
            return
        module = module.lstrip("/")
        while self._roots:
            yield from (posixpath.join(folder, root, module) for root in self._roots)
            if not folder:
                return
            folder = posixpath.dirname(folder)
        yield module

    def spellings(self, path: str) -> Iterator[str]:
        """The files that the path may mean."""
        yield from (path + ending for ending in self._endings)


class StyleSheets(PathImports):
    """Sass: a part is a file whose name begins with an underscore."""

    def spellings(self, path: str) -> Iterator[str]:
        folder, base = posixpath.split(path)
        for stem in (path, posixpath.join(folder, f"_{base}")):
            yield from super().spellings(stem)
        yield from super().spellings(f"{path}/_index")


def _of_global(one: NamedDefinition) -> bool | None:
    """What stands at the top of a file, whichever that is."""
    return one.qualname == one.name or None


class Lua(PathImports):
    beside_is_sure = False

    def beside(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        """A global of the one file that sets it."""
        found = view.named("lua", name).by(_of_global)
        shown = [one.target for one in found if view.entry(one.target.path, name).exported]
        return shown if len(shown) == 1 and shown[0].path != path else ()

    def name_in(self, view: LinkView, file: str, name: str) -> str:
        """A module is the table that it returns."""
        hints = view.entry(file, _WHOLE).hints
        table = hints[0].type_text if hints else ""
        return join(table, name) if view.entry(file, table).kind else ""


PATHS: dict[str, LanguageRules] = {
    "css": StyleSheets("", ".scss", ".css", ".less"),
    "dockerfile": PathImports(""),
    "html": PathImports("", ".html", roots=("templates", "static", "public", "")),
    "json": PathImports("", ".json"),
    "lua": Lua(".lua", "/init.lua", roots=("", "src", "lua", "lib"), dotted=True),
    "yaml": PathImports("", ".yaml", ".yml"),
}
