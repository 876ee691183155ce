"""What a name means at a place: scopes, the object of a method, imports and re-exports, namespaces and modules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from indexers.facts import Binding, Import
from indexers.outline import CLASS_KINDS, NO_ENTRY, NameEntry, join
from memoryd.ingest.link.definitions import DefinitionTarget, of_top_level
from memoryd.ingest.link.fixpoint.reach import Reach
from memoryd.ingest.link.resolution import (
    OUTSIDE_ONLY,
    Meanings,
    Resolved,
    SharedLookups,
    any_of,
    distinct,
    enclosing,
)
from memoryd.ingest.link.rules import LanguageRules
from memoryd.ingest.link.view import LinkView

_OBJECTS = frozenset({"variable", "constant", "field"})  # an accessor has no members of its own
_MODULES = frozenset({"file", "definition"})


_UNCLEAR = ("a glob that only names tell",)
_HIDDEN = "a name that only those inside see"


class _GlobTargets(NamedTuple):
    """What the globs of a module mean, as far as files and modules tell that. ``handed_on``: those that
    whoever sees the module gets; ``is_unclear``: there are others, of something that is itself brought by name."""

    targets: tuple[DefinitionTarget, ...]
    handed_on: frozenset[DefinitionTarget]
    is_unclear: bool


class NameResolver(SharedLookups):
    """Names in scope and names that other files hand out."""

    def __init__(self, view: LinkView, rules: Mapping[str, LanguageRules]) -> None:
        super().__init__(view, rules)
        self._stars: Reach[str] = Reach(view, self._star_files, self._top_names)
        self._modules: Reach[DefinitionTarget] = Reach(
            view, lambda module: self._glob_targets(module).targets, self._names_in
        )
        self._names_below: dict[str, defaultdict[str, list[Hashable]]] = {}

    def name(self, path: str, name: str, scope: str, line: int = 0, local: bool | None = False) -> Meanings:
        """What a bare name means at ``scope`` of the file. ``local``: it is bound by an enclosing function (None:
        it may be). ``line``: where it stands, for a local name that is bound more than once."""
        special = self._own_object(path, name, scope) or self.module_word(path, scope, name)
        if special:
            return special
        rules = self.rules(path)
        for prefix in enclosing(scope):
            entry = self.entry(path, join(prefix, name))
            if local is not False and not entry.kind and not entry.imports:
                if entry.hints and not (rules.declared_first and line and _is_later(entry.hints, line)):
                    return self.local_value(path, entry.hints, line)
                if path == self.own and not self.view.is_computing and join(prefix, name) in self.handed:
                    return self.handed[join(prefix, name)]
            if local or (entry is NO_ENTRY and not (rules.members_in_scope or rules.spaces)):
                continue
            found = self._in_scope(rules, path, prefix, name, entry, prefix == scope)
            if found or (found := self._beyond(rules, path, prefix, name)):
                return found
            if rules.closed_modules and self.entry(path, prefix).kind == "module":
                break
        return () if local else self._from_elsewhere(rules, path, name) or self._unbound(rules, path, name)

    def _unbound(self, rules: LanguageRules, path: str, name: str) -> Meanings:
        """What a name may mean that neither the file nor what it sees binds."""
        found = any_of(rules.unbound(self.view, path, name))
        if not found and rules.is_root(self.view, path, name):
            return (Resolved("space", DefinitionTarget(path), False),)
        return found or (OUTSIDE_ONLY if rules.outside(self.view, path, name) else ())

    def module_word(self, path: str, scope: str, name: str) -> Meanings:
        found = self.rules(path).module_word(self.view, path, scope, name)
        return (Resolved("definition" if found.qualname else "file", found),) if found else ()

    def _own_object(self, path: str, name: str, scope: str) -> Meanings:
        rules = self.rules(path)
        in_object, in_class = name in rules.self_names, name in rules.class_names
        if not (in_object or in_class or name in rules.super_names):
            return ()
        owner = self.owner(path, scope)
        if owner is None:
            return ()
        return (Resolved("instance" if in_object else "definition" if in_class else "super", owner),)

    def owner(self, path: str, scope: str) -> DefinitionTarget | None:
        """The class around ``scope``; where a method stands outside of its type, the type's own definition."""
        for prefix in enclosing(scope):
            kind = self.entry(path, prefix).kind if prefix else "file"
            is_object = kind in _OBJECTS and self.rules(path).members_of_values
            if kind in CLASS_KINDS or is_object:
                return DefinitionTarget(path, prefix)
            if not kind:
                return self.defined_elsewhere(path, prefix)
            if anonymous := self._anonymous(path, prefix):
                return anonymous
        return None

    def defined_elsewhere(self, path: str, qualname: str) -> DefinitionTarget:
        """The definition of a type that the file gives methods to."""
        space, _, name = qualname.rpartition(".")
        found = self.in_space(path, space, name)
        return next((m.target for m in found if m.kind == "definition"), DefinitionTarget(path, qualname))

    def _in_scope(
        self, rules: LanguageRules, path: str, prefix: str, name: str, entry: NameEntry, here: bool
    ) -> Meanings:
        kind = self.entry(path, prefix).kind
        is_class = bool(prefix) and (
            kind in CLASS_KINDS or not kind
        )  # without a kind: it is defined elsewhere
        if is_class and not rules.members_in_scope and not (here and rules.body_sees_members):
            return ()
        if (entry.kind or entry.imports) and not rules.is_constructor(prefix, name, entry.kind):
            return self._bound(path, join(prefix, name), entry)
        if is_class and rules.members_in_scope:
            owner = DefinitionTarget(path, prefix) if kind else self.defined_elsewhere(path, prefix)
            return self.definitions(self.member(owner, name))
        anonymous = self._anonymous(path, prefix) if rules.members_in_scope else None
        return self.definitions(self.member(anonymous, name)) if anonymous else ()

    def _anonymous(self, path: str, method: str) -> DefinitionTarget | None:
        """The type whose method a class without a name defines under that qualname."""
        hints = [hint for hint in self.entry(path, method).hints if hint.how == "receiver"]
        found = [m.target for hint in hints for m in self.hinted(path, hint) if m.kind == "instance"]
        return found[0] if found else None

    def _beyond(self, rules: LanguageRules, path: str, space: str, name: str) -> Meanings:
        """What the name means in the namespace by what other files add to it."""
        if not rules.spaces:
            return ()
        targets = rules.space(self.view, path, space, name)
        if targets and self.kind(targets[0]) == "namespace":
            return (Resolved("space", DefinitionTarget(path, targets[0].qualname)),)
        if targets:
            return distinct(m for t in targets for m in self.definitions(t, len(targets) == 1))
        return self._from_globs(rules, DefinitionTarget(path, space), name)

    def _from_globs(self, rules: LanguageRules, here: DefinitionTarget, name: str) -> Meanings:
        """What the nearest module that has the name says it means, of those whose names are all known in ``here``."""
        if self._glob_targets(here).is_unclear or self._modules.having(here, _UNCLEAR):
            return next((f for at in self._globbed(here) if (f := self._of_module(at, name, here))), ())
        if self._modules.is_alone(here):
            return ()
        self.view.anywhere(name)
        self.view.anywhere(f".{name}")
        around = self._modules.known(m for m in rules.around(self.view, here) if m != here)
        hidden = self._modules.having(here, (_HIDDEN, name)) & around
        found, only = self._modules.having(here, name) | hidden, self._modules.only(here)
        if only is not None and found & (found - 1) and not self._modules.within(here, around):
            return self._of_module(only, name, None) or self._handed_on(only, name)

        def may_pass(module: DefinitionTarget, target: DefinitionTarget) -> bool:
            return target in self._glob_targets(module).handed_on or rules.encloses(self.view, module, here)

        reached = self._modules.nearest(here, found, may_pass)
        return next((f for at in reached if (f := self._of_module(at, name, here))), ())

    def _handed_on(self, module: DefinitionTarget, name: str) -> Meanings:
        """What the module's globs hand on to anyone under that name: of modules in a row, each asks the next."""
        key = ("handed on", module, name)
        return self.view.fixpoints(key, lambda: self._read_handed_on(module, name), ())

    def _read_handed_on(self, module: DefinitionTarget, name: str) -> Meanings:
        found, only = self._modules.having(module, name), self._modules.only(module)
        if only is not None and found & (found - 1):
            if only not in self._glob_targets(module).handed_on:
                return ()
            return self._of_module(only, name, None) or self._handed_on(only, name)
        reached = self._modules.nearest(module, found, lambda at, to: to in self._glob_targets(at).handed_on)
        return next((f for at in reached if (f := self._of_module(at, name, None))), ())

    def _glob_targets(self, module: DefinitionTarget) -> _GlobTargets:
        key = ("glob targets", module)
        return self.view.fixpoints(
            key, lambda: self._read_glob_targets(module), _GlobTargets((), frozenset(), False)
        )

    def _read_glob_targets(self, module: DefinitionTarget) -> _GlobTargets:
        rules, found, is_unclear = self.rules(module.path), dict[DefinitionTarget, bool](), False
        for item in rules.globs(self.view, module.path, module.qualname):
            target = rules.resolve(self.view, module.path, item)
            entry = self.view.entry(target.path, target.qualname) if target and target.qualname else None
            if target is None:
                continue
            if entry is None or (entry.kind and not entry.imports):
                found[target] = found.get(target, False) or item.reexport
            else:
                is_unclear = True
        return _GlobTargets(
            tuple(found), frozenset(t for t, handed_on in found.items() if handed_on), is_unclear
        )

    def _names_in(self, module: DefinitionTarget) -> Iterator[Hashable]:
        """The names that a module binds, as other modules ask for them."""
        if self._glob_targets(module).is_unclear:
            yield _UNCLEAR
        names = self._names_below.get(module.path)
        if names is None:
            names = self._names_below[module.path] = defaultdict(list)
            for dotted, entry in self.view.entries(module.path).items():
                if entry.kind or entry.imports:
                    around, _, name = dotted.rpartition(".")
                    names[around].append(name if _is_shown(entry) else (_HIDDEN, name))
        yield from names.get(module.qualname, ())

    def in_space(self, path: str, space: str, name: str) -> Meanings:
        """What the name means in a namespace or module, as the file at ``path`` sees it."""
        rules, qualname = self.rules(path), join(space, name)
        entry = self.entry(path, qualname)
        if entry.kind or entry.imports:
            return self._bound(path, qualname, entry)
        found = self._beyond(rules, path, space, name)
        return found or (() if space else self._from_elsewhere(rules, path, name))

    def _globbed(self, module: DefinitionTarget) -> tuple[DefinitionTarget, ...]:
        """The modules and enums all of whose names are known in ``module``, nearest first."""
        return self.view.fixpoints(("globs", module), lambda: self._read_globs(module), ())

    def _read_globs(self, module: DefinitionTarget) -> tuple[DefinitionTarget, ...]:
        """Which module a glob means may depend on what another glob brings: they are read until nothing is new."""
        reached = {module: None}
        waiting, is_new = [(module, item) for item in self._globs(module, module)], True
        while is_new:
            todo, waiting, is_new = waiting, [], False
            for here, item in todo:
                found = self._glob(here, item, module, tuple(reached))
                if not found:
                    waiting.append((here, item))
                for target in found:
                    if target not in reached:
                        reached[target], is_new = None, True
                        waiting += [(target, other) for other in self._globs(target, module)]
        return tuple(reached)[1:]

    def _globs(self, here: DefinitionTarget, seen_from: DefinitionTarget) -> Iterator[Import]:
        rules = self.rules(here.path)
        for item in rules.globs(self.view, here.path, here.qualname):
            outer = item.reexport or rules.encloses(self.view, here, seen_from)
            if outer and rules.resolve(self.view, here.path, item):
                yield item

    def _glob(
        self,
        here: DefinitionTarget,
        item: Import,
        module: DefinitionTarget,
        reached: Sequence[DefinitionTarget],
    ) -> list[DefinitionTarget]:
        """What a glob means, as far as the modules ``reached`` tell."""
        target = self.rules(here.path).resolve(self.view, here.path, item)
        if target is None or not target.qualname:
            return [target] if target else []
        head, _, rest = target.qualname.partition(".")
        found = self.held_by(target.path, target.qualname) or (
            self.held_by(target.path, head) if rest else ()
        )
        if not found and here == module:
            seen = reached[1:] if target.path == module.path else ()
            found = next((f for at in seen if (f := self._of_module(at, head, module))), ())
            outer, _, own = module.qualname.rpartition(".")
            if not found and own and self.kind(module) != "module":  # a function sees what is around it
                found = self.name(module.path, head, outer)
            for part in rest.split(".") if rest else ():
                found = self.attribute(found, part)
        elif not found or rest:
            found = self.export(target.path, target.qualname)
        return [m.target for m in found if m.kind in _MODULES]

    def _of_module(self, module: DefinitionTarget, name: str, seen_from: DefinitionTarget | None) -> Meanings:
        """What a module itself binds, as far as ``seen_from`` (None: anyone) may see it."""
        qualname = join(module.qualname, name)
        entry = self.entry(module.path, qualname)
        if not (entry.kind or entry.imports):
            return ()
        inside = seen_from is not None and self.rules(module.path).encloses(self.view, module, seen_from)
        return self._bound(module.path, qualname, entry) if inside or _is_shown(entry) else ()

    def definitions(self, found: DefinitionTarget | None, sure: bool = True) -> Meanings:
        """A definition, with all others of which only the build decides which one it is."""
        if found is None:
            return ()
        all_ = self.rules(found.path).twins(self.view, found)
        return tuple(Resolved("definition", target, sure and len(all_) == 1) for target in all_)

    def _bound(self, path: str, qualname: str, entry: NameEntry) -> Meanings:
        """What a name of the file stands for: its own definition, or what it imports. Both, where a conditional
        statement decides."""
        found = self._imported_first(path, entry.imports)
        if not entry.kind:
            return found
        target, sure = DefinitionTarget(path, qualname), not found
        own = (
            self.definitions(target, sure)
            if entry.is_declaration
            else (Resolved("definition", target, sure),)
        )
        return distinct((*(m._replace(sure=False) for m in found if m.kind != "outside"), *own)) or own

    def _imported_first(self, path: str, imports: Iterable[Import]) -> Meanings:
        """The first of several imports of one name that lies in the project: ``try`` before ``except``."""
        found: Meanings = ()
        for item in imports:
            meanings = self.imported(path, item)
            if any(m.kind != "outside" for m in meanings):
                return meanings
            found = found or meanings
        return found

    def _from_elsewhere(self, rules: LanguageRules, path: str, name: str) -> Meanings:
        beside = rules.beside(self.view, path, name)
        return any_of(beside, rules.beside_is_sure) or self._from_stars(rules, path, name)

    def _from_stars(self, rules: LanguageRules, path: str, name: str) -> Meanings:
        for owner in rules.opened(self.view, path):
            if member := self.member(owner, name):
                return self.definitions(member)
        if self._stars.is_alone(path):
            return ()
        self.view.anywhere(name)
        found = self._stars.having(path, name)
        if found and not rules.reexports:
            named = self.view.named(self.view.language(path), name)
            files = (file for file in self._stars.nearest(path, found) if named.by(of_top_level, file))
            sure = not any(rules.is_guess(item) for item in rules.stars(self.view, path))
            return next(((Resolved("definition", DefinitionTarget(file, name), sure),) for file in files), ())
        return self._over_stars(path, name) if found else ()

    def _over_stars(self, path: str, name: str) -> Meanings:
        """What the nearest file that is reached over star imports holds under that name."""
        found, only = self._stars.having(path, name), self._stars.only(path)
        if only is not None and found & (found - 1):  # of a chain, each file asks the next
            held = self.held_by(only, name)
            key = ("over stars", only, name)
            return held or self.view.fixpoints(key, lambda: self._over_stars(only, name), ())
        return next(
            (held for file in self._stars.nearest(path, found) if (held := self.held_by(file, name))), ()
        )

    def imported(self, path: str, item: Import) -> Meanings:
        """What an import brings, followed to the definition. Empty: the file is known, the name in it is not."""
        key = ("import", path, item.module, item.name, item.scope)
        return self.view.fixpoints(key, lambda: self._imported(path, item), ())

    def _imported(self, path: str, item: Import) -> Meanings:
        target = self.rules(path).resolve(self.view, path, item)
        if target is None:
            return OUTSIDE_ONLY
        if target.qualname and self.rules(path).spaces and self.kind(target) == "namespace":
            return (Resolved("space", DefinitionTarget(path, target.qualname)),)
        return self.export(target.path, target.qualname) if target.qualname else (Resolved("file", target),)

    def export(self, path: str, name: str) -> Meanings:
        """What other files get when they ask the file (or folder) at ``path`` for a dotted name."""
        return self.view.fixpoints(("export", path, name), lambda: self._export(path, name), ())

    def _export(self, path: str, name: str) -> Meanings:
        if path.endswith("/"):
            return self._inside(path, name)
        head, _, rest = name.partition(".")
        found = () if rest else self.module_word(path, "", head)
        found = found or self.held_by(path, name)
        if not found:
            rules = self.rules(path)
            found = found or (self.held_by(path, head) if rest else ())
            found = found or self._beyond(rules, path, "", head) or self._from_elsewhere(rules, path, head)
            found = found or self._inside(path, head)
            for part in rest.split(".") if rest else ():
                found = self.attribute(found, part)
        if len(found) == 1 and found[0].kind == "definition":
            return self.definitions(found[0].target, found[0].sure)
        return found

    def not_modules(self, found: Meanings, name: str) -> Meanings:
        """A module cannot be called: in its place the function of its name that it hands to the module around."""
        held = (
            self.held_by(m.target.path, join(m.target.qualname, name)) if m.kind == "file" else (m,)
            for m in found
        )
        return distinct(m for meanings in held for m in meanings) or found

    def _inside(self, path: str, name: str) -> Meanings:
        rules = self.rules(path) if not path.endswith("/") else self._rules["python"]
        below = rules.inside(self.view, path, name)
        return (Resolved("file", below),) if below else ()

    def held_by(self, path: str, name: str) -> Meanings:
        """``name`` as the file itself has it: defined, imported, or handed out under another name."""
        entry = self.entry(path, name)
        if entry.kind or (entry.imports and self.rules(path).reexports):
            return self._bound(path, name, entry)
        for hint in entry.hints:  # ``export default Foo``, ``export { Foo as name }``
            if hint.how == "alias" and hint.type_text != name:
                return self.view.fixpoints(
                    ("alias", path, hint.type_text),
                    lambda text=hint.type_text: self.expression(path, "", text),  # type: ignore[misc]
                    (),
                )
        return ()

    def _star_files(self, path: str) -> Iterator[str]:
        """The files all of whose names the file has, as it names them."""
        rules = self.rules(path)
        for star in rules.stars(self.view, path):
            target = rules.resolve(self.view, path, star)
            if target and not target.qualname and target.path in self.view.files:
                yield target.path

    def _top_names(self, path: str) -> Iterator[str]:
        return (name for name in self.view.entries(path) if "." not in name)


def _is_shown(entry: NameEntry) -> bool:
    """Whether others than those inside of the module see it."""
    return entry.exported or any(item.reexport for item in entry.imports)


def _is_later(hints: Sequence[Binding], line: int) -> bool:
    """Whether all of them begin to hold after that line."""
    return all(hint.line > line for hint in hints)
