"""Bash: what a script sources gives it all of its names (Bash manual, "Bourne Shell Builtins")."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from indexers.facts import Import
from memoryd.ingest.link.definitions import DefinitionTarget
from memoryd.ingest.link.languages.paths import PathImports
from memoryd.ingest.link.view import LinkView

_ELSEWHERE = ("$", "`", "/")
_SYSTEM = ("/etc/", "/usr/")
_SCRIPTS = (".sh", ".bash")


class Bash(PathImports):
    """A path from the script's own folder begins with a dot; one from a folder that is not known (``$LIB/log.sh``)
    means the only file of the project that ends so."""

    members_of_values = False

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        if not self.is_guess(item):
            return super().resolve(view, path, item)
        key = ("bash ending", item.module)
        found = view.fixpoints(key, lambda: _ending_so(view, item.module), None)
        return DefinitionTarget(found) if found and found != path else None

    def is_guess(self, item: Import) -> bool:
        return item.module.startswith(_ELSEWHERE)

    def _bases(self, view: LinkView, folder: str, module: str) -> Iterator[str]:
        """From the folder of the script; then from the root, where scripts are often started."""
        yield from super()._bases(view, folder, module)
        if module.startswith("./"):
            yield module


def _ending_so(view: LinkView, module: str) -> str | None:
    """The one file whose path ends as the module says. Of a file that is installed somewhere a part of its path will
    do, or its name if that is one of a script."""
    if not module.startswith("/"):
        head = max(module.rfind(mark) for mark in ")}`")
        _, _, rest = module[head + 1 :].partition("/")
        return None if "$" in rest else _only(view, rest)
    found, ending = None, module[1:]
    while ending and not found:
        by_name = "/" not in ending
        if by_name and (not ending.endswith(_SCRIPTS) or module.startswith(_SYSTEM)):
            return None
        found, ending = _only(view, ending), ending.partition("/")[2]
    return found


def _only(view: LinkView, ending: str) -> str | None:
    """The one file whose path ends so."""
    files = view.called(posixpath.basename(ending)) if ending else ()
    found = [path for path in files if path == ending or path.endswith(f"/{ending}")]
    return found[0] if len(found) == 1 else None


BASH = Bash("", ".sh", ".bash")
