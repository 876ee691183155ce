"""The files of one view as the linker sees them: who is where, and who defines what."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from msgspec import Struct

from indexers.facts import FileFacts, Import

T = TypeVar("T")
MAX_HOPS = 12  # re-export chains longer than this are loops or art


class Unit(Struct, frozen=True):
    """One file of the view."""

    path: str
    path_id: int
    file_id: int
    facts: FileFacts


class Target(Struct, frozen=True):
    """A definition (``qualname`` in ``path``) or, with ``""``, the file itself."""

    path: str
    qualname: str = ""


class Tree:
    """Look-ups over all units. ``manifests``: texts of package files (package.json, go.mod …) by path."""

    def __init__(self, units: Iterable[Unit], manifests: Mapping[str, str]) -> None:
        self.units = {unit.path: unit for unit in units}
        self.manifests = manifests
        self.folders: dict[str, list[str]] = defaultdict(list)
        self.by_basename: dict[str, list[str]] = defaultdict(list)
        self._derived: dict[Callable, Any] = {}
        self._symbols: dict[str, dict[str, str]] = {}
        self._imports: dict[str, dict[str, Import]] = {}
        self.methods: dict[str, list[Target]] = defaultdict(list)
        for path, unit in self.units.items():
            self.folders[posixpath.dirname(path)].append(path)
            self.by_basename[posixpath.basename(path)].append(path)
            for symbol in unit.facts.symbols:
                if symbol.kind in ("method", "function"):
                    self.methods[symbol.name].append(Target(path, symbol.qualname))
        self.packages = self._packages()

    def derive(self, make: Callable[[Tree], T]) -> T:
        """``make(self)``, computed once: what a language reads from the manifests."""
        if make not in self._derived:
            self._derived[make] = make(self)
        return self._derived[make]

    def __contains__(self, path: str) -> bool:
        return path in self.units

    def language(self, path: str) -> str:
        return self.units[path].facts.language

    def first(self, *paths: str) -> str | None:
        """The first of ``paths`` that is a file of the view."""
        return next((path for path in paths if path in self.units), None)

    def symbols(self, path: str) -> dict[str, str]:
        """qualname → kind of everything that the file defines."""
        found = self._symbols.get(path)
        if found is None:
            found = self._symbols[path] = {s.qualname: s.kind for s in self.units[path].facts.symbols}
        return found

    def module_imports(self, path: str) -> dict[str, Import]:
        """Local name → import, for imports at file level (the last one wins, as at run time)."""
        found = self._imports.get(path)
        if found is None:
            imports = self.units[path].facts.imports
            found = self._imports[path] = {i.alias: i for i in imports if i.alias and not i.scope}
        return found

    def _packages(self) -> dict[tuple[str, str], list[str]]:
        """(language, package name) → its files, where a package clause says so (Java), or folder (Go)."""
        found: dict[tuple[str, str], list[str]] = defaultdict(list)
        for path, unit in self.units.items():
            language = unit.facts.language
            if language == "go":
                found[language, f"{posixpath.dirname(path)}:{unit.facts.package}"].append(path)
            elif unit.facts.package:
                found[language, unit.facts.package].append(path)
        return found

    def neighbours(self, unit: Unit) -> list[str]:
        """Files that share the unit's package, itself included: their top-level names need no import."""
        if unit.facts.language == "go":
            return self.packages["go", f"{posixpath.dirname(unit.path)}:{unit.facts.package}"]
        if unit.facts.language == "java":
            return self.packages.get(("java", unit.facts.package), [unit.path])
        return [unit.path]
