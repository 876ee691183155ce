"""C and C++: what a file includes it sees; a declaration means its definition (C11 6.2, C++20 [basic.lookup])."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from indexers.facts import Import
from indexers.outline import NO_ENTRY, join
from memoryd.ingest.link.definitions import Definitions, DefinitionTarget, NamedDefinition
from memoryd.ingest.link.languages.includes import (
    COMMANDS,
    LANGUAGES,
    Sight,
    brings_file,
    included,
    sight_of,
)
from memoryd.ingest.link.rules import LanguageRules
from memoryd.ingest.link.type_text import closing, split_list
from memoryd.ingest.link.view import LinkView

_TYPES = frozenset({"class", "struct", "enum", "type"})
_LINKED = frozenset({"class", "struct", "enum", "function", "method"})
_MAX_OPENED = 12  # namespaces that one opens; who opens more means harm
_MAX_BROUGHT = 64  # lines that say what one name stands for; more are not tried
_MAX_TWINS = 4  # a name with more definitions than this is left with its declaration
_MAX_PROGRAMS = 256  # that define one name each for themselves; of more none is looked for
_QUALIFIERS = re.compile(r"\b(?:const|volatile|struct|class|enum|union|typename|mutable|static|inline)\b\s*")
_POINTERS = frozenset({"unique_ptr", "shared_ptr", "weak_ptr", "optional", "atomic", "reference_wrapper"})
_OF_POINTER = frozenset(
    """get reset release swap use_count unique expired lock value value_or has_value emplace load store
    exchange""".split()  # noqa: SIM905
)
_ELEMENTS = frozenset(
    """vector array deque list forward_list set unordered_set multiset span initializer_list stack queue
    priority_queue""".split()  # noqa: SIM905
)
_ITERATOR = re.compile(r">::(?:const_)?(?:reverse_)?(?:iterator|reference|value_type|pointer)\b")
_MAPS = frozenset({"map", "unordered_map", "multimap", "unordered_multimap"})
_GIVES = frozenset({"[]", "front()", "back()", "at()", "top()"})
_POINTS = frozenset(
    {"[each]", "begin()", "end()", "rbegin()", "cbegin()", "find()"}
)  # to an element, or is one
_PAIRS = frozenset({"pair", "tuple"})
_NTH = {".first": 0, ".second": 1, "[0]": 0, "[1]": 1, "[2]": 2, "[3]": 3}
_OPENING = ("{}_BEGIN_NAMESPACE", "{}_NAMESPACE_BEGIN", "{}_OPEN_NAMESPACE", "{}_NAMESPACE_OPEN")


class CFamily(LanguageRules):
    members_in_scope = True
    self_names = frozenset({"this"})
    super_names: frozenset[str] = frozenset()
    reexports = False
    spaces = True
    beside_is_sure = False
    types_apart = True
    arrays_alike = True
    manifests = frozenset({COMMANDS})

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        if self.brings_file(item):
            found = included(view, posixpath.dirname(path), item.module)
            return DefinitionTarget(found) if found else None
        named = _resolve(view, path, item.scope, "::".join(filter(None, (item.module, item.name))))
        return named[0] if named else None

    def brings_file(self, item: Import) -> bool:
        return brings_file(item)

    def stars(self, view: LinkView, path: str) -> Sequence[Import]:
        return ()  # includes bring text: see ``space``

    def space(self, view: LinkView, path: str, space: str, name: str) -> Sequence[DefinitionTarget]:
        if space and view.language(path) == "c":  # it has no namespaces, and its functions none of their own
            return ()
        return _look(view, path, space, name)

    def beside(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        """A function or type that no include defines (it is but announced, the header is generated, or lies where
        only the build knows): the only one of the project."""
        return _only(view, name)

    def is_root(self, view: LinkView, path: str, name: str) -> bool:
        """A namespace that a macro opens, so that the files do not show it."""
        head = name.upper()
        return any(_named(view, form.format(head)) for form in _OPENING)

    def outside(self, view: LinkView, path: str, name: str) -> bool:
        return name == "std"

    def twins(self, view: LinkView, target: DefinitionTarget) -> Sequence[DefinitionTarget]:
        """A declaration means the definitions in other files; of several those that include the declaration."""
        return view.fixpoints(("c twins", target), lambda: _definitions(view, target), (target,))

    def is_constructor(self, owner: str, name: str, kind: str) -> bool:
        return kind in ("method", "function") and owner.rpartition(".")[2] == name

    def type_texts(self, text: str) -> tuple[str, ...]:
        outer, arguments = _template(text)
        is_iterator = _simple(outer) in _ELEMENTS and _ITERATOR.search(text)
        if (_simple(outer) in _POINTERS or is_iterator) and arguments:
            return self.type_texts(arguments[0])
        name = (outer + _inner(text) if arguments else outer).replace("::", ".").strip(". ")
        return (name,) if name and name != "auto" else ()

    def has_parts(self, text: str) -> bool:
        return "<" in text

    def part(self, text: str, part: str) -> str:
        outer, arguments = _template(text)
        name = _simple(outer)
        if not arguments:
            return ""
        if (
            part in ("[]", "[each]")
            and len(arguments) == 1
            and "std::" not in outer
            and name not in _POINTERS
        ):
            return arguments[0]  # a container of the project's own, most likely
        if name in _ELEMENTS and part in _GIVES | _POINTS:
            return arguments[0]
        if name in _MAPS and len(arguments) > 1:
            is_pair = part in _POINTS
            return (
                f"std::pair<{arguments[0]}, {arguments[1]}>"
                if is_pair
                else arguments[1] * (part in ("[]", "at()"))
            )
        if name in _PAIRS and part in _NTH and _NTH[part] < len(arguments):
            return arguments[_NTH[part]]
        return (
            arguments[0] if name in _POINTERS and part in ("get()", "value()", "load()", "release()") else ""
        )

    def hides(self, text: str, name: str) -> bool:
        return _simple(_template(text)[0]) in _POINTERS and name in _OF_POINTER

    def is_builtin(self, text: str) -> bool:
        return text.startswith("std::")


# -- types as they are written


def _template(text: str) -> tuple[str, list[str]]:
    """``const std::map<K, V>&`` -> ``std::map`` and its arguments."""
    text = _QUALIFIERS.sub("", text).strip(" *&")
    at = text.find("<")
    if at < 0:
        return text, []
    return text[:at].strip(), split_list(text[at + 1 : closing(text, at)])


def _inner(text: str) -> str:
    """``Box<T>::Item*`` -> ``::Item``: the type inside of the one that the template gives."""
    at = text.find("<")
    inner = text[closing(text, at) + 1 :].strip(" *&") if at >= 0 else ""
    return inner if inner.startswith("::") and inner.replace("::", "").isidentifier() else ""


def _simple(outer: str) -> str:
    return outer.removeprefix("::").removeprefix("std::")


# -- names


def _both(view: LinkView, name: str) -> list[Definitions]:
    return [view.named(language, name) for language in LANGUAGES]


def _named(view: LinkView, name: str) -> list[Definitions]:
    return [found for found in _both(view, name) if found]


def _is_linked(view: LinkView, target: DefinitionTarget) -> bool:
    """Whether it is a definition that other files reach without including it."""
    entry = view.entry(target.path, target.qualname)
    return entry.exported and not entry.is_declaration


def _definitions(view: LinkView, target: DefinitionTarget) -> tuple[DefinitionTarget, ...]:
    if not view.entry(target.path, target.qualname).is_declaration:
        return (target,)
    found = _linked(view, target.qualname)
    if 1 < len(found) <= _MAX_PROGRAMS:
        found = tuple(t for t in found if sight_of(view).sees(t.path, target.path)) or found
    return found if 0 < len(found) <= _MAX_TWINS else (target,)


def _linked(view: LinkView, qualname: str) -> tuple[DefinitionTarget, ...]:
    """The definitions of that name that other files reach without including them; not all, if there are too many."""
    return view.fixpoints(("c linked", qualname), lambda: tuple(_read_linked(view, qualname)), ())


def _read_linked(view: LinkView, qualname: str) -> Iterator[DefinitionTarget]:
    targets = (
        DefinitionTarget(path, qualname)
        for of in _named(view, _last(qualname))
        for path in of.files(qualname)
    )
    yield from islice((target for target in targets if _is_linked(view, target)), _MAX_PROGRAMS + 1)


def _last(qualname: str) -> str:
    return qualname.rpartition(".")[2]


def _look(view: LinkView, path: str, space: str, name: str) -> tuple[DefinitionTarget, ...]:
    """The definitions that the name means in exactly that namespace, as the file sees it."""
    return view.fixpoints(("c name", path, space, name), lambda: _looked_up(view, path, space, name), ())


def _looked_up(view: LinkView, path: str, space: str, name: str) -> tuple[DefinitionTarget, ...]:
    found = _in_namespace(view, path, space, name)
    for around in () if found else _opened(view, path, space):
        found = found or _in_namespace(view, path, around, name) or _only(view, join(around, name))
    return found or (_only(view, join(space, name)) if space else ())


def _in_namespace(view: LinkView, path: str, space: str, name: str) -> tuple[DefinitionTarget, ...]:
    """What stands in the namespace under that name: a definition, or what ``using`` brought in."""
    if found := _in_sight(view, path, join(space, name)):
        return found
    said = (one for listed in sight_of(view).brought(path, join(space, name)) for one in listed)
    brought = islice(said, _MAX_BROUGHT)
    return next((found for scope, written in brought if (found := _resolve(view, path, scope, written))), ())


def _opened(view: LinkView, path: str, space: str) -> tuple[str, ...]:
    """The namespaces all of whose names are known in ``space`` (``using namespace``), nearest first."""
    return view.fixpoints(("c opened", path, space), lambda: _read_opened(view, path, space), ())


def _read_opened(view: LinkView, path: str, space: str) -> tuple[str, ...]:
    reached = [space]
    for here in reached:
        opened: dict[str, None] = {}
        for listed in sight_of(view).opened(path, here):
            opened.update(dict.fromkeys(listed))
            if len(opened) >= _MAX_OPENED:
                break
        for written in list(opened)[:_MAX_OPENED]:
            for around in _resolve(view, path, here, written)[:1]:
                if around.qualname not in reached and len(reached) <= _MAX_OPENED:
                    reached.append(around.qualname)
    return tuple(reached[1:])


def _only(view: LinkView, qualname: str) -> tuple[DefinitionTarget, ...]:
    """The only function or type of that name in the project, where other files may use it without seeing it."""
    if _is_own_name(qualname) or not any(of.files(qualname) for of in _named(view, _last(qualname))):
        return ()
    return view.fixpoints(("c only", qualname), lambda: _read_only(view, qualname), ())


def _read_only(view: LinkView, qualname: str) -> tuple[DefinitionTarget, ...]:
    rows = (rows for of in _named(view, _last(qualname)) for rows in of.files(qualname).values())
    targets = (one[0].target for one in rows if any(row.kind in _LINKED for row in one))
    found = tuple(islice((target for target in targets if _is_linked(view, target)), 2))
    return found if len(found) == 1 else ()


def _is_own_name(qualname: str) -> bool:
    """Whether it is a constructor's: inside of the class that name means the class."""
    owner, _, name = qualname.rpartition(".")
    return owner.rpartition(".")[2] == name


def _in_sight(view: LinkView, path: str, qualname: str) -> tuple[DefinitionTarget, ...]:
    """What the file and its includes define under that name: definitions before declarations, and of those one."""
    sight, is_own_name = sight_of(view), _is_own_name(qualname)
    seen = []
    for rows in _rows_of(view, qualname):
        if files := sight.seen(path, rows.types if is_own_name else rows.all):
            seen.append((rows, files))
    found = list(_kinds(seen, sight, _TYPES if is_own_name else None))
    if len(found) > 1:
        view.anywhere(qualname)
        defined = [(rows, left) for rows, files in seen if (left := rows.defined(view, files))]
        of_types = [(rows, files & rows.types) for rows, files in defined if files & rows.types]
        wanted = _TYPES if of_types or is_own_name else None
        found = list(_kinds(of_types or defined, sight, wanted)) if defined else found[:1]
        found = found[:1] if found[0][1] == "namespace" else found
    return tuple(target for target, _ in found) if len(found) <= _MAX_TWINS else ()


class _Rows:
    """The definitions of one qualified name in one language: the files that have one, as bits. ``types``: those that
    define a type."""

    def __init__(self, sight: Sight, files: Mapping[str, Sequence[NamedDefinition]], qualname: str) -> None:
        self.files, self._sight, self._qualname = files, sight, qualname
        self.all = sight.bits(files)
        self.types = sight.bits(f for f, rows in files.items() if any(one.kind in _TYPES for one in rows))
        self._told = self._declared = 0

    def defined(self, view: LinkView, files: int) -> int:
        """Those of the files that do more than announce it. Noted by who asks: ``LinkView.anywhere``."""
        new = files & ~self._told
        self._told |= new
        self._declared |= self._sight.bits(
            path
            for path in self._sight.paths(new)
            if view.entries(path).get(self._qualname, NO_ENTRY).is_declaration
        )
        return files & ~self._declared


def _rows_of(view: LinkView, qualname: str) -> Iterator[_Rows]:
    for language, named in zip(LANGUAGES, _both(view, _last(qualname)), strict=True):
        if files := named.files(qualname):
            key = ("c rows", language, qualname)
            yield view.fixpoints(key, lambda files=files: _Rows(sight_of(view), files, qualname), None)  # type: ignore[misc]


def _kinds(
    seen: Iterable[tuple[_Rows, int]], sight: Sight, kinds: frozenset[str] | None
) -> Iterator[tuple[DefinitionTarget, str]]:
    """The definitions in these files, of these kinds, as many as make the name ambiguous."""
    found: dict[tuple[DefinitionTarget, str], None] = {}
    for rows, files in seen:
        for path in sight.paths(files):
            found |= {(o.target, o.kind): None for o in rows.files[path] if not kinds or o.kind in kinds}
            if len(found) > _MAX_TWINS:
                break
    yield from found


def _resolve(view: LinkView, path: str, scope: str, written: str) -> tuple[DefinitionTarget, ...]:
    """What ``a::b::c`` means at ``scope``: its first part is looked up from inside out."""
    head, *rest = [part.strip() for part in written.removeprefix("::").split("::")]
    spaces = [""] if written.startswith("::") else _around(scope)
    for space in spaces:
        found = _look(view, path, space, head)
        for part in rest:
            found = _look(view, path, found[0].qualname, part) if found else ()
        if found:
            return found
    return ()


def _around(scope: str) -> list[str]:
    parts = scope.split(".") if scope else []
    return [".".join(parts[:count]) for count in range(len(parts), -1, -1)]
