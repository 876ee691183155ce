"""C and C++: what a file includes it sees; a declaration means its definition (C11 6.2, C++20 [basic.lookup])."""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from indexers.facts import Import
from indexers.outline import join
from memoryd.ingest.link.definitions import Definitions, DefinitionTarget
from memoryd.ingest.link.rules import LanguageRules
from memoryd.ingest.link.type_text import closing, split_list
from memoryd.ingest.link.view import LinkView

_LANGUAGES = ("c", "cpp")
_TYPES = frozenset({"class", "struct", "enum", "type"})
_LINKED = frozenset({"class", "struct", "enum", "function", "method"})
_MAX_OPENED = 12  # namespaces that one opens; who opens more means harm
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
_MAPS = frozenset({"map", "unordered_map", "multimap", "unordered_multimap"})
_GIVES = frozenset({"[]", "front()", "back()", "at()", "top()"})
_STANDARD = re.compile(
    r"(?:assert|complex|ctype|errno|fenv|float|inttypes|iso646|limits|locale|math|setjmp|signal|stdalign|stdarg"
    r"|stdatomic|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|strings|tgmath|threads|time|uchar|unistd|wchar"
    r"|wctype|fcntl|dirent|poll|pthread|dlfcn|netdb|pwd|termios)\.h"
)
_OPENING = ("{}_BEGIN_NAMESPACE", "{}_NAMESPACE_BEGIN", "{}_OPEN_NAMESPACE", "{}_NAMESPACE_OPEN")
_FLAG = re.compile(r"(?:-I|-isystem|-iquote|/I)(.*)", re.S)
_MAX_COMMANDS = 20_000
_COMMANDS = "compile_commands.json"


class CFamily(LanguageRules):
    members_in_scope = True
    self_names = frozenset({"this"})
    super_names: frozenset[str] = frozenset()
    reexports = False
    spaces = True
    beside_is_sure = False
    types_apart = True
    manifests = frozenset({_COMMANDS})

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        if self.brings_file(item):
            found = _include(view, posixpath.dirname(path), item.module)
            return DefinitionTarget(found) if found else None
        named = _resolve(view, path, item.scope, "::".join(filter(None, (item.module, item.name))))
        return named[0] if named else None

    def brings_file(self, item: Import) -> bool:
        return not item.name and not item.alias

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
        if _simple(outer) in _POINTERS and arguments:
            return self.type_texts(arguments[0])
        name = outer.replace("::", ".").strip(". ")
        return (name,) if name and name != "auto" else ()

    def has_parts(self, text: str) -> bool:
        return "<" in text

    def part(self, text: str, part: str) -> str:
        outer, arguments = _template(text)
        name = _simple(outer)
        if not arguments:
            return ""
        if name in _ELEMENTS and part in _GIVES:
            return arguments[0]
        if name in _MAPS and len(arguments) > 1:
            return (
                arguments[1] if part == "at()" else f"pair<{arguments[0]}, {arguments[1]}>" * (part == "[]")
            )
        return (
            arguments[0] if name in _POINTERS and part in ("get()", "value()", "load()", "release()") else ""
        )

    def hides(self, text: str, name: str) -> bool:
        return _simple(_template(text)[0]) in _POINTERS and name in _OF_POINTER

    def is_builtin(self, text: str) -> bool:
        return text.startswith("std::")


class C(CFamily):
    """Without classes an index is that of an array or pointer."""

    arrays_alike = True


# -- types as they are written


def _template(text: str) -> tuple[str, list[str]]:
    """``const std::map<K, V>&`` -> ``std::map`` and its arguments."""
    text = _QUALIFIERS.sub("", text).strip(" *&")
    at = text.find("<")
    if at < 0:
        return text, []
    return text[:at].strip(), split_list(text[at + 1 : closing(text, at)])


def _simple(outer: str) -> str:
    return outer.removeprefix("::").removeprefix("std::")


# -- names


def _named(view: LinkView, name: str) -> list[Definitions]:
    return [found for language in _LANGUAGES if (found := view.named(language, name))]


def _is_linked(view: LinkView, target: DefinitionTarget) -> bool:
    """Whether it is a definition that other files reach without including it."""
    entry = view.entry(target.path, target.qualname)
    return entry.exported and not entry.is_declaration


def _definitions(view: LinkView, target: DefinitionTarget) -> tuple[DefinitionTarget, ...]:
    if not view.entry(target.path, target.qualname).is_declaration:
        return (target,)
    found = _linked(view, target.qualname)
    if 1 < len(found) <= _MAX_PROGRAMS:
        found = tuple(t for t in found if target.path in _visible(view, t.path)) or found
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
    brought = _usings(view, path).names.get(join(space, name), ())
    return next((found for scope, written in brought if (found := _resolve(view, path, scope, written))), ())


def _opened(view: LinkView, path: str, space: str) -> tuple[str, ...]:
    """The namespaces all of whose names are known in ``space`` (``using namespace``), nearest first."""
    return view.fixpoints(("c opened", path, space), lambda: _read_opened(view, path, space), ())


def _read_opened(view: LinkView, path: str, space: str) -> tuple[str, ...]:
    reached, spaces = [space], _usings(view, path).spaces
    for here in reached:
        for written in spaces.get(here, ())[:_MAX_OPENED]:
            for around in _resolve(view, path, here, written)[:1]:
                if around.qualname not in reached and len(reached) <= _MAX_OPENED:
                    reached.append(around.qualname)
    return tuple(reached[1:])


def _usings(view: LinkView, path: str) -> _Usings:
    return view.fixpoints(("c using", path), lambda: _read_usings(view, path), _NO_USINGS)


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
    found = list(dict.fromkeys(_visible_definitions(view, path, qualname)))
    if len(found) > 1:
        found = [(t, k) for t, k in found if not view.entry(t.path, t.qualname).is_declaration] or found[:1]
        found = [(t, k) for t, k in found if k in _TYPES] or found
        found = found[:1] if found[0][1] == "namespace" else found
    return tuple(target for target, _ in found) if len(found) <= _MAX_TWINS else ()


def _visible_definitions(view: LinkView, path: str, qualname: str) -> Iterator[tuple[DefinitionTarget, str]]:
    is_own_name = _is_own_name(qualname)
    for named in _named(view, _last(qualname)):
        files = named.files(qualname)
        if files:
            seen = _visible(view, path)
            for file in files if len(files) <= len(seen) else sorted(files.keys() & seen):
                if file in seen:
                    yield from (
                        (one.target, one.kind) for one in files[file] if one.kind in _TYPES or not is_own_name
                    )


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


class _Usings(NamedTuple):
    """By namespace: those opened in it; by qualified name: the scope and text of what it stands for."""

    spaces: dict[str, tuple[str, ...]]
    names: dict[str, tuple[tuple[str, str], ...]]


_NO_USINGS = _Usings({}, {})


def _read_usings(view: LinkView, path: str) -> _Usings:
    spaces: dict[str, dict[str, None]] = {}
    names: dict[str, dict[tuple[str, str], None]] = {}
    for file in sorted(_visible(view, path)):
        for item in view.outline(file).imports if view.language(file) == "cpp" else ():
            if item.name == "*":
                spaces.setdefault(item.scope, {})[item.module] = None
            elif item.alias:
                written = "::".join(filter(None, (item.module, item.name)))
                names.setdefault(join(item.scope, item.alias), {})[item.scope, written] = None
    return _Usings({s: tuple(f) for s, f in spaces.items()}, {n: tuple(f) for n, f in names.items()})


# -- includes


def _visible(view: LinkView, path: str) -> frozenset[str]:
    """The file and all that it includes, directly or not."""
    return view.fixpoints(("c visible", path), lambda: _read_visible(view, path), frozenset({path}))


def _read_visible(view: LinkView, path: str) -> frozenset[str]:
    reached, at = {path}, [path]
    for file in at:
        for other in view.fixpoints(("c includes", file), lambda file=file: _includes(view, file), ()):  # type: ignore[misc]
            if other not in reached:
                reached.add(other)
                at.append(other)
    return frozenset(reached)


def _includes(view: LinkView, path: str) -> tuple[str, ...]:
    folder = posixpath.dirname(path)
    items = view.outline(path).imports
    found = (_include(view, folder, item.module) for item in items if not item.name and not item.alias)
    return tuple(dict.fromkeys(file for file in found if file and view.language(file) in _LANGUAGES))


def _include(view: LinkView, folder: str, module: str) -> str | None:
    return view.fixpoints(("c include", folder, module), lambda: _included(view, folder, module), None)


def _included(view: LinkView, folder: str, module: str) -> str | None:
    """The file that an include means: beside the including file, in a folder that the build searches, else the one
    that ends so, the nearest of those that lie in a folder of headers."""
    name = posixpath.normpath(module)
    near = view.first(posixpath.normpath(posixpath.join(folder, name)))
    if near:
        return near
    searched = view.fixpoints("c folders", lambda: tuple(_searched(view)), ())
    found = view.first(*(posixpath.normpath(posixpath.join(place, name)) for place in searched))
    if found or _STANDARD.fullmatch(name):
        return found
    matches = sorted(f for f in view.called(posixpath.basename(name)) if f == name or f.endswith(f"/{name}"))
    if len(matches) < 2:
        return matches[0] if matches else None
    ranked = sorted(matches, key=lambda file: _rank(folder, file, name))
    first, second = (_rank(folder, file, name) for file in ranked[:2])
    return ranked[0] if first < second else None


def _rank(folder: str, file: str, name: str) -> tuple[int, int]:
    """The lower the likelier: from how many folders up it is found, then whether those are folders of headers."""
    root = file.removesuffix(name).rstrip("/")
    pairs = zip(folder.split("/"), root.split("/"), strict=False)
    common = next(
        (index for index, (a, b) in enumerate(pairs) if a != b), min(folder.count("/"), root.count("/")) + 1
    )
    return -common, posixpath.basename(root) not in ("include", "inc", "src", "lib", "")


def _searched(view: LinkView) -> Iterator[str]:
    """The folders that compile_commands.json has searched, the most frequent first, as paths of the project."""
    counts: Counter[str] = Counter()
    for _, text in view.texts(_COMMANDS):
        try:
            commands = json.loads(text)
        except (ValueError, RecursionError):
            continue
        entries = (
            [c for c in commands[:_MAX_COMMANDS] if isinstance(c, dict)] if isinstance(commands, list) else []
        )
        root = next((r for entry in entries[:20] if (r := _root(view, entry)) is not None), None)
        for entry in entries if root is not None else ():
            for folder in _flags(entry):
                if folder == root or folder.startswith(f"{root}/"):
                    counts[folder.removeprefix(str(root)).strip("/")] += 1
    yield from (folder for folder, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _root(view: LinkView, entry: dict[str, Any]) -> str | None:
    """Where the project lay when it was built: the part of the file's path that is not its path here."""
    file = posixpath.normpath(posixpath.join(str(entry.get("directory", "")), str(entry.get("file", ""))))
    parts = file.split("/")
    for start in range(1, len(parts)):
        if "/".join(parts[start:]) in view:
            return "/".join(parts[:start])
    return None


def _flags(entry: dict[str, Any]) -> Iterator[str]:
    """The folders that one command searches for headers."""
    directory = str(entry.get("directory", ""))
    for folder in _written_folders(_words(entry)):
        yield posixpath.normpath(posixpath.join(directory, folder))


def _words(entry: dict[str, Any]) -> list[str]:
    words = entry.get("arguments")
    if isinstance(words, list):
        return [str(word) for word in words]
    try:
        return shlex.split(str(entry.get("command", "")))
    except ValueError:  # a quote without its partner
        return str(entry.get("command", "")).split()


def _written_folders(words: Iterable[str]) -> Iterator[str]:
    is_next = False
    for word in words:
        flag = _FLAG.fullmatch(word)
        if is_next:
            yield word
        elif flag and flag[1]:
            yield flag[1]
        is_next = flag is not None and not flag[1] and not is_next
