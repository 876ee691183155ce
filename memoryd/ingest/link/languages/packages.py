"""Languages whose names live in packages or namespaces that their files name: by the clause, not by the path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from indexers.facts import Import
from indexers.outline import CLASS_KINDS
from indexers.profiles import profile
from memoryd.ingest.link.definitions import ENOUGH, DefinitionTarget, NamedDefinition
from memoryd.ingest.link.languages.dotnet import MANIFESTS, global_usings
from memoryd.ingest.link.languages.paths import PathImports
from memoryd.ingest.link.rules import LanguageRules, bare_types
from memoryd.ingest.link.type_text import closing, split_list
from memoryd.ingest.link.view import LinkView

_NOT_TOP = frozenset({"field", "property"})
ELEMENT = frozenset(
    """first First firstOrNull FirstOrDefault last Last lastOrNull LastOrDefault single Single singleOrNull
    SingleOrDefault get ElementAt elementAt find random Peek Pop Dequeue""".split()  # noqa: SIM905
)
SAME = frozenset(
    """filter Where sorted sortedBy OrderBy OrderByDescending reversed Reverse Take take Skip drop ToList toList ToArray
    distinct Distinct Concat filterNot AsEnumerable asSequence""".split()  # noqa: SIM905
)
MAX_ALIKE = 2 * ENOUGH  # extensions of one name in one package


class PackageRules(LanguageRules):
    """``outer_seen``: a file sees the namespaces around its own (C#, Scala), that without a name last."""

    members_in_scope = True
    self_names = frozenset({"this"})
    super_names = frozenset({"super", "base", "parent"})
    reexports = False
    written_out = True

    def __init__(self, separator: str = ".", *, outer_seen: bool = False) -> None:
        self._separator = separator
        self._outer_seen = outer_seen

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        if item.name == "*":
            return None
        language = view.language(path)
        if not item.name:
            found = self._defined(view, language, "", item.module)
            return found[0] if len(found) == 1 else None
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

    def absolute(
        self, view: LinkView, path: str, names: Sequence[str]
    ) -> tuple[DefinitionTarget | None, int]:
        language = view.language(path)
        for around in self._around(view, path):
            for count in range(1, len(names)):
                package = self._separator.join((*around, *names[:count]))
                found = self._defined(view, language, package, names[count])
                if found:
                    return (found[0] if len(found) == 1 else None), count + 1
        return None, 0

    def _around(self, view: LinkView, path: str) -> Iterator[Sequence[str]]:
        """What the first names of one that is written out may stand below."""
        yield ()
        package = view.clause(path).split(self._separator) if self._outer_seen else []
        yield from (package[:count] for count in range(len(package), 0, -1))

    def _seen(self, view: LinkView, path: str) -> Iterator[str]:
        package = view.clause(path)
        yield package
        while self._outer_seen and self._separator in package:
            package = package.rpartition(self._separator)[0]
            yield package
        yield from (item.module for item in self.stars(view, path))
        if self._outer_seen and package:
            yield ""

    def _defined(self, view: LinkView, language: str, package: str, name: str) -> list[DefinitionTarget]:
        if package and not view.package(language, package):
            return []
        return [one.target for one in view.named(language, name).by(_of_package, package)]


def _of_package(one: NamedDefinition) -> str | None:
    """Rows of what one package defines at its top."""
    return one.package if one.qualname == one.name and one.kind not in _NOT_TOP else None


def _of_place(one: NamedDefinition) -> tuple[str, str]:
    """Rows of one qualified name in one package."""
    return one.package, one.qualname


class Extensible(PackageRules):
    """Functions may extend types; the written type of a value says which."""

    types_capitalised = True
    extensions = True
    extended_at_top = True  # what extends a type is a member of none itself

    def has_parts(self, text: str) -> bool:
        """What is written is kept: a type of another project may be extended here."""
        return True

    def part(self, text: str, part: str) -> str:
        """Of what has one type argument, or two as maps have."""
        if text.rstrip("?").endswith("[]"):
            return text.rstrip("?")[:-2] if part == "[]" else ""
        at = text.find("<")
        arguments = split_list(text[at + 1 : closing(text, at)]) if at >= 0 else []
        name = part.removesuffix("()")
        if len(arguments) == 1 and (part == "[]" or name in ELEMENT):
            return arguments[0]
        if len(arguments) == 1 and name in SAME:
            return text
        return arguments[1] if len(arguments) == 2 and part == "get()" else ""

    def extended(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        language = view.language(path)
        key = ("extensions", language, name)
        of_package = view.fixpoints(key, lambda: self._extensions(view, language, name), {})
        if not of_package:
            return ()
        named = [
            target
            for item in view.entry(path, name).imports
            if (target := self.resolve(view, path, item))
            and target in of_package.get(view.clause(target.path), ())
        ]
        seen = dict.fromkeys((*self._seen(view, path), ""))
        return named or [target for package in seen for target in of_package.get(package, ())]

    def _extensions(
        self, view: LinkView, language: str, name: str
    ) -> Mapping[str, tuple[DefinitionTarget, ...]]:
        """Package -> the functions called ``name`` in it that extend a type."""
        found: dict[str, list[DefinitionTarget]] = {}
        for one in view.named(language, name).all():
            target, row = one.target, found.setdefault(one.package, [])
            if (one.qualname == one.name) != self.extended_at_top:
                continue
            extends = len(row) < MAX_ALIKE and view.entry(target.path, f"{target.qualname}.this").hints
            if extends and target not in row:
                row.append(target)
        return {package: tuple(row) for package, row in found.items() if row}


class CSharp(Extensible):
    """Static members are called on types, those of the language among them; the parts of a partial class are one."""

    extended_at_top = False
    reopened = True
    manifests = MANIFESTS
    common_methods = frozenset(profile("csharp").common_methods)
    builtin_types = frozenset(profile("csharp").builtin_types)

    def is_constructor(self, owner: str, name: str, kind: str) -> bool:
        return kind == "method" and owner.rpartition(".")[2] == name

    def beside(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        """Of the parts of one class the first stands for it."""
        found = super().beside(view, path, name)
        parts = len({(view.clause(t.path), t.qualname) for t in found}) == 1 and len(found) > 1
        return found[:1] if parts and _is_type(view, found[0]) else found

    def homes(self, view: LinkView, owner: DefinitionTarget, name: str) -> Iterable[str]:
        return (part.path for part in self.parts(view, owner))

    def parts(self, view: LinkView, owner: DefinitionTarget) -> Iterable[DefinitionTarget]:
        last = owner.qualname.rpartition(".")[2]
        place = view.clause(owner.path), owner.qualname
        found = [one.target for one in view.named("csharp", last).by(_of_place, place)]
        return dict.fromkeys((owner, *found))

    def opened(self, view: LinkView, path: str) -> Sequence[DefinitionTarget]:
        """``using static Namespace.Type``"""
        opened = []
        for module in self._used(view, path):
            package, _, name = module.rpartition(".")
            if not view.package("csharp", module):
                opened += self._defined(view, "csharp", package, name)
        return opened

    def _used(self, view: LinkView, path: str) -> Iterator[str]:
        yield from (item.module for item in self.stars(view, path))
        yield from global_usings(view, path)

    def _seen(self, view: LinkView, path: str) -> Iterator[str]:
        yield from super()._seen(view, path)
        yield from global_usings(view, path)


def _is_type(view: LinkView, target: DefinitionTarget) -> bool:
    return view.entry(target.path, target.qualname).kind in CLASS_KINDS


class Kotlin(Extensible):
    """Functions of a package may be extensions, which only the type of a receiver tells apart."""

    beside_is_sure = False
    common_methods = frozenset(profile("kotlin").common_methods)

    def is_builtin(self, text: str) -> bool:
        return False


class Php(PackageRules):
    """Members have a receiver; files are taken in by path as well. What a namespace has no function or constant for is
    that of the global one (PHP manual, "Name resolution rules")."""

    members_in_scope = False
    self_names = frozenset({"$this", "this"})
    class_names = frozenset({"self", "static"})
    fields_apart = True

    def type_texts(self, text: str) -> tuple[str, ...]:
        """``A|B<C>`` may be an A and a B; ``A[]`` and ``array<A>`` have no members."""
        written = [part for part in split_list(text, "|") if not part.endswith("[]")]
        return tuple(name for part in written for name in bare_types(part) if name.lower() not in _LISTS)

    def has_parts(self, text: str) -> bool:
        return "[]" in text or "<" in text

    def part(self, text: str, part: str) -> str:
        """The element of ``A[]``, ``array<K, A>``, ``Items<A>``."""
        written = [one.strip() for one in split_list(text, "|")] if part == "[]" else ()
        elements = (one[:-2] if one.endswith("[]") else _last_argument(one) for one in written)
        return next(filter(None, elements), "")

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        found = super().resolve(view, path, item)
        return found or (None if item.name else _REQUIRED.resolve(view, path, item))

    def beside(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        found = super().beside(view, path, name)
        if found or not view.clause(path):
            return found
        return [t for t in self._defined(view, "php", "", name) if not _is_type(view, t)]

    def absolute(
        self, view: LinkView, path: str, names: Sequence[str]
    ) -> tuple[DefinitionTarget | None, int]:
        """The first name may be one that a namespace is imported under."""
        for item in view.entry(path, names[0]).imports:
            prefix = (*item.module.split(self._separator), *([item.name] if item.name else []))
            found, count = super().absolute(view, path, (*prefix, *names[1:]))
            if found:
                return found, count - len(prefix) + 1
        return super().absolute(view, path, names)

    def _around(self, view: LinkView, path: str) -> Iterator[Sequence[str]]:
        yield ()
        if view.clause(path):
            yield view.clause(path).split(self._separator)


def _last_argument(text: str) -> str:
    at = text.find("<")
    arguments = split_list(text[at + 1 : closing(text, at)]) if at > 0 else []
    return arguments[-1].strip() if arguments else ""


_LISTS = frozenset({"array", "iterable", "list", "non-empty-array", "non-empty-list"})


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


_REQUIRED = PathImports("")
PACKAGES: dict[str, LanguageRules] = {
    "csharp": CSharp(outer_seen=True),
    "haskell": Haskell(),
    "kotlin": Kotlin(),
    "php": Php("\\"),
}
