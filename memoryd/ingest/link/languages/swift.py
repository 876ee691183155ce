"""Swift: what one file of a module defines all of its files see; an import brings another module's names, and any file
may extend a type (The Swift Programming Language, "Access Control", "Extensions")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from indexers.facts import Import
from memoryd.ingest.link.definitions import ENOUGH, DefinitionTarget, of_qualname
from memoryd.ingest.link.rules import LanguageRules
from memoryd.ingest.link.view import LinkView

_FOLDER = re.compile(r"(?:^|/)(?:Sources|Tests)/([^/]+)/")
_NAME = re.compile(r"\bname:\s*\"(\w+)\"")
_MANIFEST = "Package.swift"
_MOST = 2 * ENOUGH  # definitions of one name in one module


class Swift(LanguageRules):
    """A module is a folder of ``Sources`` or ``Tests`` that a Package.swift names (Swift Package Manager); all other
    files of a project count as one module."""

    members_in_scope = True
    self_names = frozenset({"self"})
    class_names = frozenset({"Self"})
    reexports = False
    files_are_modules = False
    reopened = True
    manifests = frozenset({_MANIFEST})
    types_capitalised = True

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        """``import class Module.Type``; of a module no file is the one that is meant."""
        if item.name in ("", "*"):
            return None
        found = self._of(view, item.module, item.name)
        return found[0] if len(found) == 1 else None

    def beside(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        """What the module defines, then the modules that the file imports, then what belongs to none."""
        imported = [item.module for item in self.stars(view, path)]
        for module in dict.fromkeys((_module(view, path), *imported, "")):
            found = [target for target in self._of(view, module, name) if target.path != path]
            if found:
                return found
        return ()

    def _of(self, view: LinkView, module: str, name: str) -> list[DefinitionTarget]:
        found = view.fixpoints(("swift names", name), lambda: _by_module(view, name), {})
        return list(found.get(module, ()))

    def homes(self, view: LinkView, owner: DefinitionTarget, name: str) -> Iterable[str]:
        """The type's own file, then those of its extensions."""
        found = view.named("swift", name).by(of_qualname, f"{owner.qualname}.{name}")
        return dict.fromkeys((owner.path, *(one.target.path for one in found)))

    def type_texts(self, text: str) -> tuple[str, ...]:
        words = text.replace("?", "").replace("!", "").split()
        bare = words[-1] if words else ""  # ``some P``, ``any P``, ``inout T``
        return () if bare[:1] in ("[", "(") or "->" in text else (bare.partition("<")[0],)

    def has_parts(self, text: str) -> bool:
        return text.startswith("[")

    def part(self, text: str, part: str) -> str:
        """Of ``[T]`` and ``[Key: T]``."""
        inner = text.rstrip("?!")[1:-1] if text.startswith("[") and text.rstrip("?!").endswith("]") else ""
        key, colon, value = inner.partition(":")
        return (value if colon else key).strip() if part in ("[]", "first", "last") else ""


def _module(view: LinkView, path: str) -> str:
    """The name of the module that a file belongs to; ``""``: of the one that has none."""
    found = _FOLDER.search(path)
    return (
        found[1] if found and found[1] in view.fixpoints("swift modules", lambda: _modules(view), ()) else ""
    )


def _modules(view: LinkView) -> frozenset[str]:
    return frozenset(name for _, text in view.texts(_MANIFEST) for name in _NAME.findall(text))


def _by_module(view: LinkView, name: str) -> Mapping[str, Sequence[DefinitionTarget]]:
    """Module -> what it defines under that name at the top of its files."""
    found: dict[str, list[DefinitionTarget]] = {}
    for one in view.named("swift", name).all():
        if one.qualname == one.name:
            row = found.setdefault(_module(view, one.target.path), [])
            if len(row) < _MOST and one.target not in row:
                row.append(one.target)
    return found
