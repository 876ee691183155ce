"""Elixir: modules have dotted names that any file may write out; what is taken in holds from there on in the module or
function around it (Kernel.SpecialForms, "alias", "import"; Kernel, "use")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from indexers.facts import Import
from indexers.outline import join
from indexers.profiles import profile
from memoryd.ingest.link.definitions import DefinitionTarget, NamedDefinition
from memoryd.ingest.link.resolution import enclosing
from memoryd.ingest.link.rules import LanguageRules
from memoryd.ingest.link.view import LinkView

_MODULES = frozenset({"module", "interface"})
_FUNCTIONS = frozenset({"function", "macro", "method"})
_USING = "__using__"
_MOST_ALIASES = 4  # that lead from one to the next
_MOST_GIVEN = 60  # modules whose names one place has


class _Given(NamedTuple):
    """Below ``owner`` stand names that a place has. ``public``: only what others may see of it."""

    owner: DefinitionTarget
    public: bool


class Elixir(LanguageRules):
    """``import`` gives the public functions of a module, ``use`` what the macro of the module quotes."""

    self_names = frozenset()
    super_names = frozenset()
    reexports = False
    beside_is_sure = False
    closed_modules = True
    spaces = True
    modules_implement = True
    dotted_modules = True
    written_out = True
    types_capitalised = True
    builtin_types = frozenset(profile("elixir").builtin_types)

    def resolve(self, view: LinkView, path: str, item: Import) -> DefinitionTarget | None:
        module = _written(view, path, item.scope, item.module)
        if module is None or item.name in ("", "*"):
            return module
        return DefinitionTarget(module.path, f"{module.qualname}.{item.name}")

    def module_word(self, view: LinkView, path: str, scope: str, name: str) -> DefinitionTarget | None:
        if name != "__MODULE__":
            return None
        around = (prefix for prefix in enclosing(scope) if view.entry(path, prefix).kind in _MODULES)
        return next((DefinitionTarget(path, prefix) for prefix in around), None)

    def absolute(
        self, view: LinkView, path: str, names: Sequence[str]
    ) -> tuple[DefinitionTarget | None, int]:
        aliased = {item.module for item in view.imports(path) if item.alias == names[0] and not item.name}
        if len(aliased) == 1:
            full = [*aliased.pop().split("."), *names[1:]]
            found, count = self._longest(view, full)
            return found, count - (len(full) - len(names))
        return self._longest(view, names)

    def _longest(self, view: LinkView, names: Sequence[str]) -> tuple[DefinitionTarget | None, int]:
        for count in range(len(names), 0, -1):
            module = _module(view, ".".join(names[:count]))
            if module:
                return module, count
        return None, 0

    def space(self, view: LinkView, path: str, space: str, name: str) -> Sequence[DefinitionTarget]:
        """What a module, function or file has by what it takes in. A module sees the aliases and imports around it,
        and none of the functions."""
        is_module = view.entry(path, space).kind in _MODULES
        scopes = list(enclosing(space)) if is_module else [space]
        if name[:1].isupper():
            return self._alias(view, path, scopes, name)
        for scope in scopes:
            named = [self.resolve(view, path, item) for item in view.entry(path, join(scope, name)).imports]
            if named:
                return [
                    target for target in named if target and view.entry(target.path, target.qualname).kind
                ]
            found = [t for given in _given(view, path, scope) if (t := _named(view, given, name))]
            if found:
                return list(dict.fromkeys(found))
        return ()

    def _alias(
        self, view: LinkView, path: str, scopes: Sequence[str], name: str
    ) -> Sequence[DefinitionTarget]:
        """The module that is known by that name."""
        for scope in scopes:
            entry = view.entry(path, join(scope, name))
            if scope and entry.kind in _MODULES:
                return (DefinitionTarget(path, join(scope, name)),)
            for item in entry.imports:
                found = self.resolve(view, path, item)
                return (found,) if found else ()
            for given in _given(view, path, scope):
                for item in () if given.public else _imports_of(view, given.owner, name):
                    found = self.resolve(view, given.owner.path, item)
                    if found:
                        return (found,)
        top = None if "" not in scopes else _module(view, name)
        return (top,) if top else ()

    def beside(self, view: LinkView, path: str, name: str) -> Sequence[DefinitionTarget]:
        """A macro may put together what it quotes: what any part of a module that the file uses takes in."""
        if name[:1].isupper():
            return ()
        found: dict[DefinitionTarget, None] = {}
        for item in view.imports(path):
            used = self.resolve(view, path, item) if item.name == "*" and item.reexport else None
            for given in _given_anywhere(view, used) if used else ():
                target = _named(view, given, name)
                if target:
                    found[target] = None
        return list(found)

    def parts(self, view: LinkView, owner: DefinitionTarget) -> Iterable[DefinitionTarget]:
        """A behaviour may come with what the module uses."""
        yield owner
        for given in _given(view, owner.path, owner.qualname):
            if not given.public:
                yield given.owner


def _written(view: LinkView, path: str, scope: str, text: str, depth: int = 0) -> DefinitionTarget | None:
    """The module that a name means at ``scope``: its first part may be an alias."""
    head, dot, rest = text.partition(".")
    for prefix in enclosing(scope) if depth < _MOST_ALIASES else ():
        entry = view.entry(path, join(prefix, head))
        if entry.kind in _MODULES and dot:
            found = _module(view, f"{join(prefix, head)}.{rest}")
            if found:
                return found
        for item in entry.imports:
            if item.module != text and not item.name:
                return _written(view, path, prefix, f"{item.module}{dot}{rest}", depth + 1)
    return _module(view, text)


def _module(view: LinkView, name: str) -> DefinitionTarget | None:
    found = view.named("elixir", name.rpartition(".")[2]).by(_of_module, name)
    return found[0].target if len(found) == 1 else None


def _of_module(one: NamedDefinition) -> str | None:
    """Rows of one qualified name of a module or protocol."""
    return one.qualname if one.kind in _MODULES else None


def _given(view: LinkView, path: str, scope: str) -> tuple[_Given, ...]:
    """What gives its names to the module, function or file ``scope``, by the statements that stand right in it."""
    return view.fixpoints(("elixir given", path, scope), lambda: tuple(_read_given(view, path, scope)), ())


def _read_given(view: LinkView, path: str, scope: str) -> Iterator[_Given]:
    found: dict[_Given, None] = {}
    for item in view.imports(path):
        if item.scope != scope or item.alias or not item.name:
            continue
        module = _written(view, path, scope, item.module)
        if module is None:
            continue
        if not item.reexport:
            found[_Given(module, True)] = None
            continue
        macro = f"{module.qualname}.{_USING if item.name == '*' else item.name}"
        found[_Given(DefinitionTarget(module.path, macro), False)] = None
        found.update(dict.fromkeys(_given(view, module.path, macro)))
    yield from list(found)[:_MOST_GIVEN]


def _given_anywhere(view: LinkView, module: DefinitionTarget) -> tuple[_Given, ...]:
    """The same for the module itself and all of its functions."""
    return view.fixpoints(("elixir quoted", module), lambda: tuple(_read_anywhere(view, module)), ())


def _read_anywhere(view: LinkView, module: DefinitionTarget) -> Iterator[_Given]:
    scopes = dict.fromkeys(item.scope for item in view.imports(module.path) if item.name == "*")
    found = (
        given
        for scope in scopes
        if f"{scope}.".startswith(f"{module.qualname}.")
        for given in _given(view, module.path, scope)
    )
    yield from list(dict.fromkeys(found))[:_MOST_GIVEN]


def _named(view: LinkView, given: _Given, name: str) -> DefinitionTarget | None:
    qualname = f"{given.owner.qualname}.{name}"
    entry = view.entry(given.owner.path, qualname)
    is_seen = entry.kind in _FUNCTIONS and (entry.exported or not given.public)
    return DefinitionTarget(given.owner.path, qualname) if is_seen else None


def _imports_of(view: LinkView, owner: DefinitionTarget, name: str) -> Sequence[Import]:
    return [item for item in view.entry(owner.path, join(owner.qualname, name)).imports if not item.name]
