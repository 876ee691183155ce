"""Java: packages and types, the names of members and of what encloses them (JLS 6, 7 and 8)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from indexers.facts import Import
from indexers.languages.java import LANG
from indexers.profiles import profile
from memoryd.ingest.link.definitions import ENOUGH, DefinitionTarget, NamedDefinition
from memoryd.ingest.link.places import FolderItems, upwards
from memoryd.ingest.link.rules import LanguageRules
from memoryd.ingest.link.type_text import closing, split_list
from memoryd.ingest.link.view import LinkView

_TYPES = frozenset({"class", "interface", "enum"})
_ANNOTATION = re.compile(r"@[\w.]+(?:\([^()]*\))?\s*")
_BOUND = re.compile(r"\?\s*(?:extends|super)\s+")
_ARRAY = re.compile(r"(?<![\s\]])(?:\s*\[\s*\])+\Z|(?<!\s)\s*\.\.\.\Z")
_ONE = frozenset(
    """get getFirst getLast next previous peek poll pop remove removeFirst removeLast take element first last orElse
    orElseThrow orElseGet iterator listIterator stream parallelStream filter sorted distinct limit skip findFirst
    findAny toList subList reversed call join getNow""".split()  # noqa: SIM905
)  # methods of the standard library's containers that give an element, or a container of the same elements
_SAME = frozenset(
    """iterator listIterator stream parallelStream filter sorted distinct limit skip findFirst findAny toList subList
    reversed""".split()  # noqa: SIM905
)
_SECOND = frozenset(
    {"get", "getOrDefault", "put", "remove", "putIfAbsent", "computeIfAbsent", "compute", "merge"}
)
_OF_MAP = {"values": 1, "keySet": 0, "getKey": 0, "getValue": 1, "firstKey": 0, "lastKey": 0}


class Java(LanguageRules):
    members_in_scope = True
    self_names = frozenset({"this"})
    reexports = False
    types_apart = True
    declared_first = True
    decorators_run = False
    calls_apart = True
    accessors = True
    types_capitalised = profile("java").types_capitalised
    common_methods = frozenset(profile("java").common_methods)

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        module, name = item.module, item.name
        if name != "*":
            return _written_out(view, path, f"{module}.{name}")
        files = view.package("java", module)
        return DefinitionTarget(files[0]) if files else _written_out(view, path, module)

    def beside(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        """A type of the same package; then of those that are imported as a whole."""
        package = view.clause(path)
        found = _top_level(view, path, package, name) if package else _without_package(view, path, name)
        if found:
            return found
        for item in self.stars(view, path):
            if view.package("java", item.module):
                found = _top_level(view, path, item.module, name)
            if found:
                return found
        return ()

    def opened(self, view: LinkView, path: str) -> Sequence[DefinitionTarget]:
        """``import static p.Type.*``, ``import p.Outer.*``."""
        stars = [item.module for item in self.stars(view, path) if not view.package("java", item.module)]
        found = [_written_out(view, path, module) for module in stars]
        return [target for target in found if target]

    def absolute(
        self, view: LinkView, path: str, names: Sequence[str]
    ) -> tuple[DefinitionTarget | None, int]:
        for count in range(1, len(names)):
            if view.package("java", ".".join(names[:count])):
                found = _top_level(view, path, ".".join(names[:count]), names[count])
                if found:
                    return found[0], count + 1
        return None, 0

    def is_constructor(self, owner: str, name: str, kind: str) -> bool:
        return kind == "method" and owner.rpartition(".")[2] == name

    def type_texts(self, text: str) -> tuple[str, ...]:
        text = _ANNOTATION.sub("", _BOUND.sub("", text)).strip()
        name = "" if _ARRAY.search(text) else text.partition("<")[0].strip()
        return (name,) if name and "?" not in name else ()

    def has_parts(self, text: str) -> bool:
        return "<" in text or text.endswith(("]", "..."))

    def part(self, text: str, part: str) -> str:
        array = _ARRAY.search(text)
        if array:
            return text[: array.start()] + array[0].strip()[2:].strip(".") if part == "[]" else ""
        arguments = (
            split_list(text[text.find("<") + 1 : closing(text, text.find("<"))]) if "<" in text else []
        )
        name = part.removesuffix("()")
        if len(arguments) == 1 and (part == "[]" or name in _ONE):
            return f"Iterable<{arguments[0]}>" if name in _SAME else arguments[0]
        return _of_map(text, arguments, name) if len(arguments) == 2 else ""

    def is_builtin(self, text: str) -> bool:
        return text.encode() in LANG


def _of_map(text: str, arguments: list[str], name: str) -> str:
    if name == "entrySet":
        return f"Set<Map.Entry<{arguments[0]}, {arguments[1]}>>"
    if name in _SECOND and "Entry" not in text.partition("<")[0]:
        return arguments[1]
    if name in _OF_MAP:
        found = arguments[_OF_MAP[name]]
        return f"Collection<{found}>" if name in ("values", "keySet") else found
    return ""


def _written_out(view: LinkView, path: str, name: str) -> DefinitionTarget | None:
    """The type or member that a dotted name with its package means: the longest package that has such a type."""
    parts = name.split(".")
    for count in range(len(parts) - 1, 0, -1):
        found = _top_level(view, path, ".".join(parts[:count]), parts[count])
        if found:
            return DefinitionTarget(found[0].path, ".".join(parts[count:]))
    return None


def _top_level(view: LinkView, path: str, package: str, name: str) -> tuple[DefinitionTarget, ...]:
    """The type called ``name`` in the package: where several modules define it, the nearest to ``path``."""
    if not view.package("java", package):
        return ()
    found = view.named("java", name).by(_of_package, package)
    if len(found) < 2:
        return tuple(one.target for one in found)
    places = view.fixpoints(("java types", package, name), lambda: _places(view, package, name), _NOWHERE)
    return _nearest(places, posixpath.dirname(path))


def _without_package(view: LinkView, path: str, name: str) -> tuple[DefinitionTarget, ...]:
    """The type that a file without a package sees: of its folder, and for tests of the folder that they are about."""
    folder = posixpath.dirname(path)
    for place in dict.fromkeys((folder, re.sub(r"(^|/)src/test/java\Z", r"\1src/main/java", folder))):
        found = view.named("java", name).by(_of_folder, place)
        if found:
            return tuple(one.target for one in found)
    return ()


def _of_folder(one: NamedDefinition) -> str | None:
    """Rows of the types without a package that one folder defines."""
    is_bare = not one.package and one.qualname == one.name and one.kind in _TYPES
    return posixpath.dirname(one.target.path) if is_bare else None


def _of_package(one: NamedDefinition) -> str | None:
    """Rows of the types that one package defines."""
    return one.package if one.qualname == one.name and one.kind in _TYPES else None


def _places(view: LinkView, package: str, name: str) -> FolderItems[DefinitionTarget]:
    """Where the types of that name in the package lie."""
    all_ = (one.target for one in view.named("java", name).all() if _of_package(one) == package)
    return FolderItems(((posixpath.dirname(target.path), target) for target in all_), 2 * ENOUGH)


def _nearest(places: FolderItems[DefinitionTarget], folder: str) -> tuple[DefinitionTarget, ...]:
    """Those in the folder, around it or below it; else those that share most folders with it."""
    around = [other for other in upwards(folder) if other and other != folder]
    line = [*(places.below(folder) if folder else places.at("")), *(t for a in around for t in places.at(a))]
    if line:
        return tuple(sorted(line, key=lambda target: target.path)[: 2 * ENOUGH])
    return next((tuple(found) for other in upwards(folder) if (found := places.below(other))), ())


_NOWHERE: FolderItems[DefinitionTarget] = FolderItems((), 0)
