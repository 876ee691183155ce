"""Languages whose names live in packages or namespaces that their files name: by the clause, not by the path."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexers.facts import Import
from memoryd.ingest.link.definitions import DefinitionTarget, NamedDefinition, of_qualname
from memoryd.ingest.link.languages.paths import PathImports
from memoryd.ingest.link.rules import LanguageRules
from memoryd.ingest.link.view import LinkView

_NOT_TOP = frozenset({"field", "property"})


class PackageRules(LanguageRules):
    """``outer_seen``: a file sees the namespaces around its own (C#, Scala)."""

    members_in_scope = True
    self_names = frozenset({"this"})
    super_names = frozenset({"super", "base", "parent"})
    reexports = False

    def __init__(self, separator: str = ".", *, outer_seen: bool = False) -> None:
        self._separator = separator
        self._outer_seen = outer_seen

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        if item.name in ("", "*"):
            return None
        language = view.language(path)
        found = self._defined(view, language, item.module, item.name)
        return found[0] if len(found) == 1 else self._member(view, language, item)

    def _member(self, view: LinkView, language: str, item: Import) -> DefinitionTarget | None:
        """``import a.Type.member``"""
        package, _, owner = item.module.rpartition(self._separator)
        found = self._defined(view, language, package, owner)
        if len(found) != 1:
            return None
        qualname = f"{owner}.{item.name}"
        return DefinitionTarget(found[0].path, qualname) if view.entry(found[0].path, qualname).kind else None

    def beside(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        """What the package defines, then what those define that are imported as a whole."""
        language = view.language(path)
        for package in self._seen(view, path):
            found = [t for t in self._defined(view, language, package, name) if t.path != path]
            if found:
                return found
        return ()

    def _seen(self, view: LinkView, path: str) -> Iterator[str]:
        package = view.clause(path)
        yield package
        while self._outer_seen and self._separator in package:
            package = package.rpartition(self._separator)[0]
            yield package
        yield from (item.module for item in self.stars(view, path))

    def _defined(self, view: LinkView, language: str, package: str, name: str) -> list[DefinitionTarget]:
        if not package or not view.package(language, package):
            return []
        return [one.target for one in view.named(language, name).by(_of_package, package)]


def _of_package(one: NamedDefinition) -> str | None:
    """Rows of what one package defines at its top."""
    return one.package if one.qualname == one.name and one.kind not in _NOT_TOP else None


class CSharp(PackageRules):
    """Static members are called on types, those of the language among them."""

    types_capitalised = True
    builtin_types = frozenset(
        """bool byte sbyte char decimal double float int uint nint nuint long ulong short ushort object string
        dynamic""".split()  # noqa: SIM905
    )


class Kotlin(PackageRules):
    """Functions of a package may be extensions, which only the type of a receiver tells apart."""

    types_capitalised = True
    beside_is_sure = False


class Php(PackageRules):
    """Members have a receiver; files are taken in by path as well."""

    members_in_scope = False
    self_names = frozenset({"$this", "this"})
    class_names = frozenset({"self", "static"})

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        return super().resolve(view, path, item) if item.name else _REQUIRED.resolve(view, path, item)


class Haskell(PackageRules):
    """A module is what it says of itself; it may be called by an alias."""

    members_in_scope = False
    self_names = frozenset()
    super_names = frozenset()

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        files = view.package("haskell", item.module)
        if len(files) != 1:
            return None
        return DefinitionTarget(files[0], "" if item.name in ("", "*") else item.name)


class Elixir(LanguageRules):
    """Modules have dotted names that any file may write out."""

    self_names = frozenset()
    super_names = frozenset()
    reexports = False

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        module = _module(view, item.module)
        if module is None or item.name in ("", "*"):
            return module
        return DefinitionTarget(module.path, f"{module.qualname}.{item.name}")

    def absolute(
        self, view: LinkView, path: str, names: Sequence[str]
    ) -> tuple[DefinitionTarget | None, int]:
        for count in range(len(names), 0, -1):
            module = _module(view, ".".join(names[:count]))
            if module:
                return module, count
        return None, 0


def _module(view: LinkView, name: str) -> DefinitionTarget | None:
    found = view.named("elixir", name.rpartition(".")[2]).by(of_qualname, name)
    return found[0].target if len(found) == 1 else None


_REQUIRED = PathImports("")
PACKAGES: dict[str, LanguageRules] = {
    "csharp": CSharp(outer_seen=True),
    "elixir": Elixir(),
    "haskell": Haskell(),
    "kotlin": Kotlin(),
    "php": Php("\\"),
    "scala": PackageRules(outer_seen=True),
}
