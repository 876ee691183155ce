"""Rust: crates by Cargo.toml, modules as files or inside of them, ``use`` (reference, "Items" and "Names")."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from indexers.facts import Import
from indexers.languages.rust import PRELUDE
from indexers.outline import join
from indexers.profiles import profile
from memoryd.ingest.link.definitions import DefinitionTarget, NamedDefinition, enough
from memoryd.ingest.link.manifests.cargo import crates_of, manifest_of
from memoryd.ingest.link.rules import LanguageRules
from memoryd.ingest.link.type_text import closing, split_list
from memoryd.ingest.link.view import LinkView

_ROOTS = ("mod.rs", "lib.rs", "main.rs")
_WORDS = frozenset({"crate", "self", "super"})
_STANDARD = frozenset({"std", "core", "alloc", "proc_macro", "test"})
_MAX_MODULES = 40  # modules inside of each other
_MAX_IMPLS = 64  # files of a crate that give one method to types of one name; beyond, the first by path

_PREFIX = re.compile(r"(?:&\s*|'\w+\s+|mut\s+|dyn\s+|impl\s+|\*\s*const\s+|\*\s*mut\s+)+")
_DEREF = frozenset(
    """Box Rc Arc Cow Pin Ref RefMut MutexGuard RwLockReadGuard RwLockWriteGuard LazyLock Lazy ManuallyDrop
    OwnedMutexGuard""".split()  # noqa: SIM905
)  # what passes a method on to the value inside
_OF_DEREF = frozenset(
    {"clone", "borrow", "borrow_mut", "as_ref", "as_mut", "into_owned", "to_owned", "downgrade"}
)
_FALLIBLE = frozenset({"Option", "Result", "Poll"})
_LISTS = frozenset(
    """Vec VecDeque HashSet BTreeSet IndexSet Iter IntoIter Iterator IntoIterator DoubleEndedIterator LinkedList
    BinaryHeap Peekable Stream""".split()  # noqa: SIM905
)
_MAPS = frozenset({"HashMap", "BTreeMap", "IndexMap", "FxHashMap"})
_CELLS = {
    "RefCell": frozenset({"borrow()", "borrow_mut()", "into_inner()"}),
    "Cell": frozenset({"get()", "take()", "replace()", "into_inner()"}),
    "OnceCell": frozenset({"get_or_init()"}),
    "OnceLock": frozenset({"get_or_init()"}),
    "Weak": frozenset({"upgrade()"}),
    "Mutex": frozenset({"lock()", "into_inner()", "get_mut()"}),
    "RwLock": frozenset({"read()", "write()", "into_inner()", "get_mut()"}),
}
_UNWRAPS = frozenset(
    {"[ok]", "unwrap()", "expect()", "unwrap_or()", "unwrap_or_else()", "unwrap_or_default()"}
)
_SAME = frozenset(
    """clone() as_ref() as_mut() as_deref() as_deref_mut() cloned() copied() take() map_err() context() with_context()
    or() or_else() ok() ok_or() ok_or_else() filter() iter() iter_mut() into_iter() rev() skip() peekable() by_ref()
    chain() to_vec() replace() insert() get_or_insert_with() as_slice() drain() inspect() take_while() skip_while()
    await() to_owned()""".split()  # noqa: SIM905
)  # they give an Option (Result, list) of the same
_ONE = frozenset(
    """next() first() last() pop() pop_front() pop_back() first_mut() last_mut() peek() nth() find() max_by_key()
    min_by_key() get() get_mut() remove() swap_remove() front() back()""".split()  # noqa: SIM905
)


class Rust(LanguageRules):
    self_names = frozenset({"self"})
    class_names = frozenset({"Self"})
    super_names: frozenset[str] = frozenset()
    body_sees_members = False
    spaces = True
    modules_apart = True
    files_are_modules = False  # a module is no value: among the tokens of a macro its name may mean anything
    closed_modules = True
    common_methods = frozenset(profile("rust").common_methods)
    manifests = frozenset({"Cargo.toml"})

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        parts = [part for part in item.module.split("::") if part]
        if item.module.startswith('"'):  # ``#[path = "…"] mod name;``
            place = posixpath.join(posixpath.dirname(path), item.module.strip('"'))
            found = view.first(posixpath.normpath(place))
            return DefinitionTarget(found) if found else None
        if item.name and item.name != "*":
            parts.append(item.name)
        return _resolve(view, path, item, parts) if parts else None

    def module_word(self, view: LinkView, path: str, scope: str, name: str) -> DefinitionTarget | None:
        if name not in _WORDS:
            return None
        here = _module_at(view, path, scope)
        if name == "self":
            return here
        return DefinitionTarget(_crate_root(view, path)) if name == "crate" else _parent(view, here)

    def globs(self, view: LinkView, path: str, space: str) -> Sequence[Import]:
        return [item for item in view.outline(path).imports if item.name == "*" and item.scope == space]

    def stars(self, view: LinkView, path: str) -> Sequence[Import]:
        return ()  # a glob holds in its module: see ``globs``

    def encloses(self, view: LinkView, around: DefinitionTarget, module: DefinitionTarget) -> bool:
        here: DefinitionTarget | None = module
        for _ in range(_MAX_MODULES):
            if here is None or here == around or (here.path == around.path and not around.qualname):
                break
            here = _parent(view, here)
        return here is not None and here.path == around.path

    def around(self, view: LinkView, module: DefinitionTarget) -> Iterator[DefinitionTarget]:
        here: DefinitionTarget | None = module
        for _ in range(_MAX_MODULES):
            if here is None:
                break
            yield here
            yield DefinitionTarget(here.path)
            here = _parent(view, here)

    def beside(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        """Another crate, or a macro of the crate."""
        crate = crates_of(view, path).get(name)
        return (DefinitionTarget(crate),) if crate else _macros(view, path, name)

    def homes(self, view: LinkView, owner: DefinitionTarget, name: str) -> Iterator[str]:
        """``impl`` blocks may stand in any file of the crate."""
        yield owner.path
        key = ("rust impls", owner.qualname, name)
        crates = view.fixpoints(key, lambda: _impls(view, owner.qualname, name), {})
        if crates:
            yield from crates.get(_crate_root(view, owner.path), ())

    def outside(self, view: LinkView, path: str, name: str) -> bool:
        return self.is_builtin(name) or name in manifest_of(view, path).dependencies

    def type_texts(self, text: str) -> tuple[str, ...]:
        text = _plain(text)
        name, arguments = _generic(text)
        if name.rpartition("::")[2] in _DEREF and arguments:
            return self.type_texts(arguments[-1])
        return () if not name or name[0] in "([?" or " " in name else (name.replace("::", "."),)

    def has_parts(self, text: str) -> bool:
        return any(sign in text for sign in "<[(")

    def part(self, text: str, part: str) -> str:
        text = _plain(text)
        if part[1:-1].isdigit():
            parts = split_list(text[1 : closing(text, 0)]) if text.startswith("(") else []
            return parts[int(part[1:-1])] if int(part[1:-1]) < len(parts) else ""
        if text.startswith("["):
            inside = text[1 : closing(text, 0)].rpartition(";")
            text = f"Vec<{inside[0] or inside[2]}>"
        name, arguments = _generic(text)
        name = name.rpartition("::")[2]
        if name in _DEREF and arguments:
            return text if part == "clone()" else self.part(arguments[-1], part)
        return _part(text, name, arguments, part) if arguments else ""

    def hides(self, text: str, name: str) -> bool:
        outer, arguments = _generic(_plain(text))
        return bool(arguments) and outer.rpartition("::")[2] in _DEREF and name in _OF_DEREF

    def is_builtin(self, text: str) -> bool:
        return text.encode() in PRELUDE or text in _STANDARD


# -- types as they are written


def _plain(text: str) -> str:
    """``&'a mut (dyn Foo + Send)`` -> ``Foo``."""
    for _ in range(4):
        text = _PREFIX.sub("", text.strip(), count=1)
        if not text.startswith("(") or not text.endswith(")") or len(split_list(text[1:-1])) != 1:
            break
        text = text[1:-1]
    return split_bounds(text)


def split_bounds(text: str) -> str:
    """The first of ``A + B``."""
    depth = 0
    for index, char in enumerate(text):
        depth += (char in "<([") - (char in ">)]" and text[index - 1 : index] != "-")
        if char == "+" and not depth:
            return text[:index].strip()
    return text.strip()


def _generic(text: str) -> tuple[str, list[str]]:
    """``a::B<'x, C, Item = D>`` -> ``a::B``, its types."""
    at = text.find("<")
    if at < 0:
        return text, []
    arguments = split_list(text[at + 1 : closing(text, at)])
    types = [
        a.removeprefix("Item").strip().removeprefix("=").strip() for a in arguments if not a.startswith("'")
    ]
    return text[:at].removesuffix("::").strip(), types


def _part(text: str, name: str, arguments: list[str], part: str) -> str:
    if name in _FALLIBLE:
        if part in _UNWRAPS:
            return arguments[0]
        if part == "[err]":
            return arguments[1] if len(arguments) > 1 else ""
        return f"{name}<{', '.join(arguments)}>" if part in _SAME else ""
    if name in _LISTS:
        if part == "enumerate()":
            return f"Vec<(usize, {arguments[0]})>"
        return (
            arguments[0]
            if part == "[]"
            else f"Option<{arguments[0]}>"
            if part in _ONE
            else text * (part in _SAME)
        )
    if name in _MAPS and len(arguments) > 1:
        key, value = arguments[:2]
        named = {"values()": value, "values_mut()": value, "into_values()": value, "keys()": key}
        if part in named:
            return f"Vec<{named[part]}>"
        return (
            f"({key}, {value})"
            if part == "[]"
            else f"Option<{value}>"
            if part in _ONE
            else text * (part in _SAME)
        )
    if part in _CELLS.get(name, ()):
        inner = arguments[0]
        return (
            f"Result<{inner}>"
            if name in ("Mutex", "RwLock")
            else f"Option<{inner}>"
            if name == "Weak"
            else inner
        )
    return ""


# -- modules


def _module_at(view: LinkView, path: str, scope: str) -> DefinitionTarget:
    """The innermost module around ``scope``."""
    while scope and view.entry(path, scope).kind != "module":
        scope = scope.rpartition(".")[0]
    return DefinitionTarget(path, scope)


def _parent(view: LinkView, module: DefinitionTarget) -> DefinitionTarget | None:
    if module.qualname:
        return _module_at(view, module.path, module.qualname.rpartition(".")[0])
    return view.fixpoints(("rust parent", module.path), lambda: _declaring(view, module.path), None)


def _declaring(view: LinkView, path: str) -> DefinitionTarget | None:
    """The module that declares the file: ``mod name;`` where it has its usual place, or ``#[path]``."""
    folder, base = posixpath.split(path)
    if base == "mod.rs":
        folder, stem = posixpath.split(folder)
    else:
        stem = base.removesuffix(".rs")
    usual = [posixpath.join(folder, name) for name in _ROOTS] + [f"{folder}.rs"]
    for file in usual:
        if file != path and file in view and _declares(view, file, stem, path):
            return DefinitionTarget(file)
    others = _declared(view, folder)  # not before: who has its usual place depends on no file beside it
    for file in others.named.get(stem, ()):
        if file != path and _declares(view, file, stem, path):
            return DefinitionTarget(file)
    beside = (file for file in others.placed.get(path, ()) if file not in usual)
    above = _declared(view, posixpath.dirname(folder)).placed.get(path, ())
    found = next(beside, None) or next(iter(above), None)
    return DefinitionTarget(found) if found else None


class _Declared(NamedTuple):
    """The modules that the files of one folder declare: name -> files with ``mod name;``, path -> files that place one
    there with ``#[path]``, both ordered."""

    named: dict[str, list[str]]
    placed: dict[str, list[str]]


def _declared(view: LinkView, folder: str) -> _Declared:
    return view.fixpoints(("rust declared", folder), lambda: _read_declared(view, folder), _Declared({}, {}))


def _read_declared(view: LinkView, folder: str) -> _Declared:
    found = _Declared({}, {})
    for file in sorted(view.folder(folder)):
        for item in view.imports(file) if file.endswith(".rs") else ():
            if placed := _at(file, item):
                found.placed.setdefault(placed, []).append(file)
            elif item.module == "self":
                found.named.setdefault(item.name, []).append(file)
    return found


def _declares(view: LinkView, file: str, name: str, path: str) -> bool:
    """Whether ``mod name;`` in the file means ``path``."""
    items = view.entry(file, name).imports
    return (
        any(item.module == "self" and item.name == name for item in items)
        and _usual(view, file, "", name) == path
    )


def _at(file: str, item: Import) -> str:
    """The file of ``#[path = "…"] mod name;``."""
    if not item.module.startswith('"'):
        return ""
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), item.module.strip('"')))


def _usual(view: LinkView, file: str, space: str, name: str) -> str | None:
    """The file of ``mod name;`` in a module of the file."""
    folder, base = posixpath.split(file)
    folder = posixpath.join(folder, *space.split(".")) if space else folder
    places = (
        [folder]
        if base in _ROOTS
        else [posixpath.join(file.removesuffix(".rs"), *space.split(".")).rstrip("/")]
    )
    if base not in _ROOTS and _is_root(view, file):
        places.append(folder)
    return view.first(
        *(
            f
            for place in places
            for f in (posixpath.join(place, f"{name}.rs"), posixpath.join(place, name, "mod.rs"))
        )
    )


def _is_root(view: LinkView, file: str) -> bool:
    """Whether the file is a program or test of its own: its modules lie beside it."""
    folder = posixpath.basename(posixpath.dirname(file))
    return folder in ("tests", "benches", "examples", "bin") or file in manifest_of(view, file).roots


def _crate_root(view: LinkView, path: str) -> str:
    return view.fixpoints(("rust root", path), lambda: _walk_up(view, path), path)


def _walk_up(view: LinkView, path: str) -> str:
    for _ in range(_MAX_MODULES):
        above = _parent(view, DefinitionTarget(path))
        if above is None:
            break
        path = above.path
    return path


def _resolve(view: LinkView, path: str, item: Import, parts: list[str]) -> DefinitionTarget | None:
    """Where a path of ``use`` or ``mod`` leads, as far as modules go; the rest is a name there."""
    here = _module_at(view, path, item.scope)
    head = parts[0]
    local = _in_function(view, path, item.scope, here.qualname, head)
    if local:
        return DefinitionTarget(path, join(local, ".".join(parts[1:])))
    if head in _WORDS:
        at: DefinitionTarget | None = DefinitionTarget(_crate_root(view, path)) if head == "crate" else here
        rest = parts[1:] if head in ("crate", "self") else parts
        while rest and rest[0] == "super" and at is not None:
            at, rest = _parent(view, at), rest[1:]
        return _descend(view, at, rest) if at else None
    crate = crates_of(view, path).get(head)
    if item.module.startswith("::"):
        return _descend(view, DefinitionTarget(crate), parts[1:]) if crate else None
    entry = view.entry(path, join(here.qualname, head))
    others = [other for other in entry.imports if other != item]
    if entry.kind or others:
        return _descend(view, here, parts)
    if crate:
        return _descend(view, DefinitionTarget(crate), parts[1:])
    known = head in _STANDARD or head in manifest_of(view, path).dependencies
    has_globs = not known and any(i.name == "*" for i in view.outline(path).imports)
    return DefinitionTarget(here.path, join(here.qualname, ".".join(parts))) if has_globs else None


def _in_function(view: LinkView, path: str, scope: str, module: str, name: str) -> str:
    """The qualname of what a function around ``scope`` defines under that name."""
    while scope and scope != module:
        if view.entry(path, join(scope, name)).kind:
            return join(scope, name)
        scope = scope.rpartition(".")[0]
    return ""


def _descend(view: LinkView, at: DefinitionTarget, parts: Sequence[str]) -> DefinitionTarget:
    for number, part in enumerate(parts):
        below = _child(view, at, part)
        if below is None:
            return DefinitionTarget(at.path, join(at.qualname, ".".join(parts[number:])))
        at = below
    return at


def _child(view: LinkView, at: DefinitionTarget, name: str) -> DefinitionTarget | None:
    """The module ``name`` in the module ``at``."""
    entry = view.entry(at.path, join(at.qualname, name))
    if entry.kind == "module":
        return DefinitionTarget(at.path, join(at.qualname, name))
    for item in entry.imports:
        if item.module == "self" and item.name == name:
            found = _usual(view, at.path, at.qualname, name)
            return DefinitionTarget(found) if found else None
        if placed := _at(at.path, item):
            return DefinitionTarget(placed) if placed in view else None
    return None


def _impls(view: LinkView, owner: str, name: str) -> dict[str, list[str]]:
    """Root of the crate -> its files that give ``name`` to a type ``owner`` which they do not define: the first."""
    crates: dict[str, list[str]] = {}
    qualname = join(owner, name)
    for one in view.named("rust", name).all():
        path = one.target.path
        if one.qualname == qualname and not view.entry(path, owner).kind:
            row = crates.setdefault(_crate_root(view, path), [])
            if len(row) < _MAX_IMPLS and row[-1:] != [path]:
                row.append(path)
    return crates


def _macros(view: LinkView, path: str, name: str) -> list[DefinitionTarget]:
    """The macros of that name in the crate, by name alone: their scope is textual."""
    if not view.named("rust", name).by(_of_macro):
        return []
    crates = view.fixpoints(("rust macros", name), lambda: _macros_of_crates(view, name), {})
    return [target for target in crates.get(_crate_root(view, path), ()) if target.path != path]


def _of_macro(one: NamedDefinition) -> bool | None:
    return one.kind == "macro" or None


def _macros_of_crates(view: LinkView, name: str) -> dict[str, list[DefinitionTarget]]:
    """Root of the crate -> its macros of that name, as many as make the name ambiguous."""
    crates: dict[str, list[NamedDefinition]] = {}
    for one in view.named("rust", name).all():
        if _of_macro(one):
            crates.setdefault(_crate_root(view, one.target.path), []).append(one)
    return {crate: [one.target for one in enough(found)] for crate, found in crates.items()}
