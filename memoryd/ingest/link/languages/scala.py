"""Scala: packages and the members of objects, taken in by name or as a whole, relative to what is seen (Scala
Language Specification, 2 and 4.7). A class and an object of one name in one file are companions: one definition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from indexers.facts import Import
from memoryd.ingest.link.definitions import DefinitionTarget, NamedDefinition
from memoryd.ingest.link.languages.packages import MAX_ALIKE, Extensible
from memoryd.ingest.link.type_text import split_list
from memoryd.ingest.link.view import LinkView

_ELEMENTS = frozenset({"head", "last", "get", "next", "headOption", "min", "max"})
_SAME = frozenset(
    {"filter", "filterNot", "take", "drop", "tail", "init", "reverse", "toList", "toSeq", "distinct"}
)
_SAME_SORTS = frozenset({"sorted", "sortBy", "toVector", "toSet", "takeWhile", "dropWhile"})


class Scala(Extensible):
    """Of the names that no statement binds, those that are imported as a whole come before those of the package in
    other files; one without a name is seen by none that has one."""

    calls_bare = True
    extended_at_top = False

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        if item.name in ("", "*"):
            return None
        for around in self._around(view, path):
            module = ".".join((*around, item.module))
            found = self._defined(view, "scala", module, item.name)
            if found:
                return found[0] if len(found) == 1 else None
            owner = _owner(view, module)
            member = DefinitionTarget(owner.path, f"{owner.qualname}.{item.name}") if owner else None
            if member and view.entry(member.path, member.qualname).kind:
                return member
        return None

    def beside(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        packages = [package for package, _ in self._whole(view, path) if package]
        direct = (DefinitionTarget(o.path, f"{o.qualname}.{name}") for o in self.opened(view, path))
        for package in (*packages, view.clause(path)):
            found = [t for t in self._defined(view, "scala", package, name) if t.path != path]
            if (
                found
                and package == view.clause(path)
                and any(view.entry(t.path, t.qualname).kind for t in direct)
            ):
                return ()  # the member of an object that is imported comes first: see ``opened``
            if found:
                return found
        return ()

    def opened(self, view: LinkView, path: str) -> Sequence[DefinitionTarget]:
        """The objects that are imported as a whole, and the package's own."""
        own = view.clause(path)
        imported = (owner for _, owner in self._whole(view, path) if owner)
        return list(dict.fromkeys((*imported, *((found,) if own and (found := _owner(view, own)) else ()))))

    def _whole(self, view: LinkView, path: str) -> Sequence[tuple[str, DefinitionTarget | None]]:
        """(package or ``""``, object or None) of each import of all names."""
        return view.fixpoints(("scala whole", path), lambda: tuple(self._read_whole(view, path)), ())

    def _read_whole(self, view: LinkView, path: str) -> Iterator[tuple[str, DefinitionTarget | None]]:
        for item in self.stars(view, path):
            for around in (*self._renamed(view, path, item), *self._plain_around(view, path)):
                module = ".".join((*around, item.module))
                package, owner = module if view.package("scala", module) else "", _owner(view, module)
                if package or owner:
                    yield package, owner
                    break

    def _renamed(self, view: LinkView, path: str, item: Import) -> Iterator[Sequence[str]]:
        """What the first name of the import stands for, where another one brings it."""
        head = item.module.partition(".")[0]
        for other in view.entry(path, head).imports:
            if other.module and other.name == head:
                yield (other.module,)

    def _around(self, view: LinkView, path: str) -> Iterator[Sequence[str]]:
        """What a name may be relative to: the root, the package, what is imported as a whole."""
        yield from self._plain_around(view, path)
        yield from ((package,) for package, _ in self._whole(view, path) if package)

    def _plain_around(self, view: LinkView, path: str) -> Iterator[Sequence[str]]:
        yield ()
        if view.clause(path):
            yield (view.clause(path),)

    def _defined(self, view: LinkView, language: str, package: str, name: str) -> list[DefinitionTarget]:
        return list(dict.fromkeys(super()._defined(view, language, package, name)))

    def extended(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        """Those at the top of a package that is seen, and those of an object that is imported as a whole."""
        key = ("scala extensions", name)
        of_owner = view.fixpoints(key, lambda: _extensions(view, name), {})
        if not of_owner:
            return ()
        packages = (view.clause(path), *(package for package, _ in self._whole(view, path) if package))
        owners = (
            *((package, "") for package in packages),
            *((view.clause(o.path), o.qualname) for o in self.opened(view, path)),
        )
        own = [t for targets in of_owner.values() for t in targets if t.path == path]
        named = [t for item in view.entry(path, name).imports if (t := self.resolve(view, path, item))]
        found = dict.fromkeys(target for owner in owners for target in of_owner.get(owner, ()))
        known = {target for targets in of_owner.values() for target in targets}
        return [t for t in named if t in known] or list(dict.fromkeys((*own, *found)))

    def type_texts(self, text: str) -> tuple[str, ...]:
        bare = text.removeprefix("=>").strip().rstrip("*").partition("[")[0].partition(" with ")[0].strip()
        return () if "=>" in text or bare[:1] in ("(", "{") or "|" in text else (bare,)

    def part(self, text: str, part: str) -> str:
        """Of what has one type argument, or two as maps have."""
        at = text.find("[")
        arguments = split_list(text[at + 1 : text.rfind("]")]) if at >= 0 else []
        name = part.removesuffix("()")
        if len(arguments) == 1 and (part == "[]" or name in _ELEMENTS):
            return arguments[0]
        if len(arguments) == 1 and name in _SAME | _SAME_SORTS:
            return text
        return ""


def _extensions(view: LinkView, name: str) -> Mapping[tuple[str, str], tuple[DefinitionTarget, ...]]:
    """(package, object or ``""``) -> the functions called ``name`` there that extend a type."""
    found: dict[tuple[str, str], list[DefinitionTarget]] = {}
    for one in view.named("scala", name).all():
        if not view.entry(one.target.path, f"{one.qualname}.this").hints:
            continue
        around = one.qualname.rpartition(".")[0]
        implicit = (
            around.rpartition(".")[0] if view.entry(one.target.path, around).kind == "class" else around
        )
        for owner in dict.fromkeys((around, implicit)):
            row = found.setdefault((one.package, owner), [])
            if len(row) < MAX_ALIKE and one.target not in row:
                row.append(one.target)
    return {owner: tuple(row) for owner, row in found.items()}


def _owner(view: LinkView, module: str) -> DefinitionTarget | None:
    """The object that ``a.b.Object.Inner`` writes out; of a package its package object."""
    return view.fixpoints(("scala owner", module), lambda: _read_owner(view, module), None)


def _read_owner(view: LinkView, module: str) -> DefinitionTarget | None:
    parts = module.split(".")
    for count in range(len(parts) - 1, -1, -1):
        package, qualname = ".".join(parts[:count]), ".".join(parts[count:])
        if package and not view.package("scala", package):
            continue
        found = dict.fromkeys(
            one.target for one in view.named("scala", parts[-1]).by(_of_owner, (package, qualname))
        )
        if found:
            return next(iter(found)) if len(found) == 1 else None
    return None


def _of_owner(one: NamedDefinition) -> tuple[str, str] | None:
    """Rows of what has members, by package and qualified name."""
    return (one.package, one.qualname) if one.kind in _OWNERS else None


_OWNERS = frozenset({"class", "module", "enum", "trait"})
