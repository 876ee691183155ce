"""What a name, a member or a call means: from text at a place in a file to definitions.

Only what the files and their imports say is followed: scopes, imports and re-exports, the object of a method,
written types, constructors, results, base classes. Whatever else remains unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from indexers.facts import Binding, Import
from indexers.outline import CLASS_KINDS, NO_ENTRY, Entry, join
from memoryd.ingest.link.rules import Rules
from memoryd.ingest.link.view import Target, View

MAX_MEANINGS = 4  # a name that may be more things than this is called unknown
_STEP = re.compile(r"([^.()\[\]]+)((?:\(\)|\[\w*\])*)(?:\.|$)")
_PART = re.compile(r"\(\)|\[\w*\]")
_VALUES = frozenset({"variable", "constant", "field", "property"})
_FUNCTIONS = frozenset({"function", "method"})
_OF_ITSELF = frozenset({"return", "underlying"})  # hints that say nothing of the value of a name
_NAMESPACES = frozenset({"module", "namespace"})
_MODULES = frozenset({"file", "definition"})


class Written(NamedTuple):
    """A type as it is written at ``scope`` of the file at ``path``: what the parts of its values are."""

    path: str
    scope: str
    text: str


class Meaning(NamedTuple):
    """``definition``: the definition itself; ``instance``: a value whose type it is; ``super``: the bases of the
    class; ``file``: a file or folder; ``space``: a namespace as the file of the target sees it; ``outside``: known,
    and not in this project. ``sure``: by names alone, without trusting a written type. ``written``: of a value, where
    its type says what its parts are (``[]Foo``)."""

    kind: Literal["definition", "instance", "super", "file", "space", "outside"]
    target: Target
    sure: bool = True
    written: Written | None = None


Meanings = tuple[Meaning, ...]
OUTSIDE = Meaning("outside", Target(""))
_OUTSIDE: Meanings = (OUTSIDE,)


class Evaluator:
    """Answers over one view. Results that other files may share are kept in the view's memo."""

    def __init__(self, view: View, rules: Mapping[str, Rules]) -> None:
        self.view = view
        self._rules = rules
        self._default = Rules()
        self.own = ""  # the file that is being linked: its own names need not be noted
        self._own_entries: Mapping[str, Entry] = {}
        self._rules_of: dict[str, Rules] = {}
        self.handed: dict[str, Meanings] = {}  # of its parameters: what its own calls hand to them

    def begin(self, path: str) -> None:
        """From now on this file is linked."""
        self.own, self.handed = path, {}
        self._own_entries = self.view.entries(path)

    def local_names(self) -> set[str]:
        """Names of the file that is linked of whose values something is known although they define nothing."""
        known = (*(name for name, entry in self._own_entries.items() if not entry.kind), *self.handed)
        return {name.rpartition(".")[2] for name in known}

    def rules(self, path: str) -> Rules:
        found = self._rules_of.get(path)
        if found is None:
            found = self._rules_of[path] = self._rules.get(self.view.language(path), self._default)
        return found

    def entry(self, path: str, name: str) -> Entry:
        if path == self.own and not self.view.is_computing:
            return self._own_entries.get(name, NO_ENTRY)
        return self.view.entry(path, name)

    def kind(self, target: Target) -> str:
        return self.entry(target.path, target.qualname).kind

    # -- names in scope

    def name(self, path: str, name: str, scope: str, line: int = 0, local: bool | None = False) -> Meanings:
        """What a bare name means at ``scope`` of the file. ``local``: it is bound by an enclosing function (None:
        it may be). ``line``: where it stands, for a local name that is bound more than once."""
        special = self._own_object(path, name, scope) or self._module_word(path, scope, name)
        if special:
            return special
        rules = self.rules(path)
        for prefix in enclosing(scope):
            entry = self.entry(path, join(prefix, name))
            if local is not False and not entry.kind and not entry.imports:
                if entry.hints and not (rules.declared_first and line and _is_later(entry.hints, line)):
                    return self._local_value(path, entry.hints, line)
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

    def _unbound(self, rules: Rules, path: str, name: str) -> Meanings:
        """What a name may mean that neither the file nor what it sees binds."""
        found = _any_of(rules.unbound(self.view, path, name))
        if not found and rules.is_root(self.view, path, name):
            return (Meaning("space", Target(path), False),)
        return found or (_OUTSIDE if rules.outside(self.view, path, name) else ())

    def _module_word(self, path: str, scope: str, name: str) -> Meanings:
        found = self.rules(path).module_word(self.view, path, scope, name)
        return (Meaning("definition" if found.qualname else "file", found),) if found else ()

    def _own_object(self, path: str, name: str, scope: str) -> Meanings:
        rules = self.rules(path)
        in_object, in_class = name in rules.self_names, name in rules.class_names
        if not (in_object or in_class or name in rules.super_names):
            return ()
        owner = self.owner(path, scope)
        if owner is None:
            return ()
        return (Meaning("instance" if in_object else "definition" if in_class else "super", owner),)

    def owner(self, path: str, scope: str) -> Target | None:
        """The class around ``scope``; where a method stands outside of its type, the type's own definition."""
        for prefix in enclosing(scope):
            kind = self.entry(path, prefix).kind if prefix else "file"
            if kind in CLASS_KINDS or (kind in _VALUES and self.rules(path).members_of_values):
                return Target(path, prefix)
            if not kind:
                return self._defined_elsewhere(path, prefix)
            if anonymous := self._anonymous(path, prefix):
                return anonymous
        return None

    def _defined_elsewhere(self, path: str, qualname: str) -> Target:
        """The definition of a type that the file gives methods to."""
        space, _, name = qualname.rpartition(".")
        found = self.in_space(path, space, name)
        return next((m.target for m in found if m.kind == "definition"), Target(path, qualname))

    def _in_scope(
        self, rules: Rules, path: str, prefix: str, name: str, entry: Entry, here: bool
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
            owner = Target(path, prefix) if kind else self._defined_elsewhere(path, prefix)
            return self._definitions(self.member(owner, name))
        anonymous = self._anonymous(path, prefix) if rules.members_in_scope else None
        return self._definitions(self.member(anonymous, name)) if anonymous else ()

    def _anonymous(self, path: str, method: str) -> Target | None:
        """The type whose method a class without a name defines under that qualname."""
        hints = [hint for hint in self.entry(path, method).hints if hint.how == "receiver"]
        found = [m.target for hint in hints for m in self.hinted(path, hint) if m.kind == "instance"]
        return found[0] if found else None

    def _beyond(self, rules: Rules, path: str, space: str, name: str) -> Meanings:
        """What the name means in the namespace by what other files add to it."""
        if not rules.spaces:
            return ()
        targets = rules.space(self.view, path, space, name)
        if targets and self.kind(targets[0]) == "namespace":
            return (Meaning("space", Target(path, targets[0].qualname)),)
        if targets:
            return _distinct(m for t in targets for m in self._definitions(t, len(targets) == 1))
        here = Target(path, space)
        return next((f for at in self._globbed(here) if (f := self._of_module(at, name, here))), ())

    def in_space(self, path: str, space: str, name: str) -> Meanings:
        """What the name means in a namespace or module, as the file at ``path`` sees it."""
        rules, qualname = self.rules(path), join(space, name)
        entry = self.entry(path, qualname)
        if entry.kind or entry.imports:
            return self._bound(path, qualname, entry)
        found = self._beyond(rules, path, space, name)
        return found or (() if space else self._from_elsewhere(rules, path, name))

    def _globbed(self, module: Target) -> tuple[Target, ...]:
        """The modules and enums all of whose names are known in ``module``, nearest first."""
        return self.view.memo(("globs", module), lambda: self._read_globs(module), ())

    def _read_globs(self, module: Target) -> tuple[Target, ...]:
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

    def _globs(self, here: Target, seen_from: Target) -> Iterator[Import]:
        rules = self.rules(here.path)
        for item in rules.globs(self.view, here.path, here.qualname):
            outer = item.reexport or rules.encloses(self.view, here, seen_from)
            if outer and rules.resolve(self.view, here.path, item):
                yield item

    def _glob(self, here: Target, item: Import, module: Target, reached: Sequence[Target]) -> list[Target]:
        """What a glob means, as far as the modules ``reached`` tell."""
        target = self.rules(here.path).resolve(self.view, here.path, item)
        if target is None or not target.qualname:
            return [target] if target else []
        head, _, rest = target.qualname.partition(".")
        found = self._held(target.path, target.qualname) or (self._held(target.path, head) if rest else ())
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

    def _of_module(self, module: Target, name: str, seen_from: Target) -> Meanings:
        """What a module itself binds, as far as ``seen_from`` may see it."""
        qualname = join(module.qualname, name)
        entry = self.entry(module.path, qualname)
        if not (entry.kind or entry.imports):
            return ()
        shown = entry.exported or any(item.reexport for item in entry.imports)
        if shown or self.rules(module.path).encloses(self.view, module, seen_from):
            return self._bound(module.path, qualname, entry)
        return ()

    def _definitions(self, found: Target | None, sure: bool = True) -> Meanings:
        """A definition, with all others of which only the build decides which one it is."""
        if found is None:
            return ()
        all_ = self.rules(found.path).twins(self.view, found)
        return tuple(Meaning("definition", target, sure and len(all_) == 1) for target in all_)

    def _bound(self, path: str, qualname: str, entry: Entry) -> Meanings:
        """What a name of the file stands for: its own definition, or what it imports. Both, where a conditional
        statement decides."""
        found = self._imported_first(path, entry.imports)
        if entry.kind:
            target, sure = Target(path, qualname), not found
            own = (
                self._definitions(target, sure)
                if entry.is_declaration
                else (Meaning("definition", target, sure),)
            )
            return (*(m._replace(sure=False) for m in found if m.kind != "outside"), *own)
        return found

    def _imported_first(self, path: str, imports: Iterable[Import]) -> Meanings:
        """The first of several imports of one name that lies in the project: ``try`` before ``except``."""
        found: Meanings = ()
        for item in imports:
            meanings = self.imported(path, item)
            if any(m.kind != "outside" for m in meanings):
                return meanings
            found = found or meanings
        return found

    def _from_elsewhere(self, rules: Rules, path: str, name: str) -> Meanings:
        beside = rules.beside(self.view, path, name)
        return _any_of(beside, rules.beside_is_sure) or self._from_stars(rules, path, name)

    def _from_stars(self, rules: Rules, path: str, name: str) -> Meanings:
        for owner in rules.opened(self.view, path):
            if member := self.member(owner, name):
                return self._definitions(member)
        files = self.star_files(path)
        if not files:
            return ()
        if not rules.reexports:
            defined = {
                t.path: t for t, _ in self.view.named(self.view.language(path), name) if t.qualname == name
            }
            return next(((Meaning("definition", defined[f]),) for f in files if f in defined), ())
        return next((found for file in files if (found := self._held(file, name))), ())

    # -- imports

    def imported(self, path: str, item: Import) -> Meanings:
        """What an import brings, followed to the definition. Empty: the file is known, the name in it is not."""
        key = ("import", path, item.module, item.name, item.scope)
        return self.view.memo(key, lambda: self._imported(path, item), ())

    def _imported(self, path: str, item: Import) -> Meanings:
        target = self.rules(path).resolve(self.view, path, item)
        if target is None:
            return _OUTSIDE
        if target.qualname and self.rules(path).spaces and self.kind(target) == "namespace":
            return (Meaning("space", Target(path, target.qualname)),)
        return self.export(target.path, target.qualname) if target.qualname else (Meaning("file", target),)

    def export(self, path: str, name: str) -> Meanings:
        """What other files get when they ask the file (or folder) at ``path`` for a dotted name."""
        return self.view.memo(("export", path, name), lambda: self._export(path, name), ())

    def _export(self, path: str, name: str) -> Meanings:
        if path.endswith("/"):
            return self._inside(path, name)
        head, _, rest = name.partition(".")
        found = () if rest else self._module_word(path, "", head)
        found = found or self._held(path, name)
        if not found:
            rules = self.rules(path)
            found = found or (self._held(path, head) if rest else ())
            found = found or self._beyond(rules, path, "", head) or self._from_elsewhere(rules, path, head)
            found = found or self._inside(path, head)
            for part in rest.split(".") if rest else ():
                found = self.attribute(found, part)
        if len(found) == 1 and found[0].kind == "definition":
            return self._definitions(found[0].target, found[0].sure)
        return found

    def _inside(self, path: str, name: str) -> Meanings:
        rules = self.rules(path) if not path.endswith("/") else self._rules["python"]
        below = rules.inside(self.view, path, name)
        return (Meaning("file", below),) if below else ()

    def _held(self, path: str, name: str) -> Meanings:
        """``name`` as the file itself has it: defined, imported, or handed out under another name."""
        entry = self.entry(path, name)
        if entry.kind or (entry.imports and self.rules(path).reexports):
            return self._bound(path, name, entry)
        for hint in entry.hints:  # ``export default Foo``, ``export { Foo as name }``
            if hint.how == "alias" and hint.type_text != name:
                return self.view.memo(
                    ("alias", path, hint.type_text),
                    lambda text=hint.type_text: self.expression(path, "", text),  # type: ignore[misc]
                    (),
                )
        return ()

    def star_files(self, path: str) -> tuple[str, ...]:
        """Files reached over star imports, nearest first, without ``path``."""
        return self.view.memo(("stars", path), lambda: self._star_files(path), ())

    def _star_files(self, path: str) -> tuple[str, ...]:
        reached, at = {path: None}, [path]
        for file in at:
            rules = self.rules(file)
            for star in rules.stars(self.view, file):
                target = rules.resolve(self.view, file, star)
                if (
                    target
                    and not target.qualname
                    and target.path in self.view.files
                    and target.path not in reached
                ):
                    reached[target.path] = None
                    at.append(target.path)
        return tuple(at[1:])

    # -- classes

    def bases(self, owner: Target) -> tuple[Target, ...]:
        """The classes that ``owner`` names as its bases, those of the project."""
        return self.view.memo(("bases", owner), lambda: tuple(self._bases(owner)), ())

    def _bases(self, owner: Target) -> Iterator[Target]:
        found: dict[Target, None] = {}
        for text in self.entry(owner.path, owner.qualname).bases:
            for meaning in self.expression(owner.path, owner.qualname.rpartition(".")[0], text):
                if meaning.kind == "definition" and meaning.target != owner:
                    found.setdefault(self._class_of(meaning.target))
        yield from found

    def _class_of(self, target: Target) -> Target:
        """The class behind a name that only stands for it (``type A = B``)."""
        if self.kind(target) in CLASS_KINDS - {"type"}:
            return target
        return next((m.target for m in self.value(target) if m.kind == "definition"), target)

    def linear(self, owner: Target) -> tuple[Target, ...]:
        """``owner`` and its bases in the order in which a member is looked for."""
        return self.view.memo(("linear", owner), lambda: self._linear(owner), (owner,))

    def _linear(self, owner: Target) -> tuple[Target, ...]:
        orders = [self.linear(base) for base in self.bases(owner)]
        return tuple(self.rules(owner.path).linear(owner, orders))

    def member(self, owner: Target, name: str, skip: int = 0) -> Target | None:
        """``name`` in the class ``owner`` or the nearest of its bases that has it; the first ``skip`` left out."""
        return self.view.memo(("member", owner, name, skip), lambda: self._member(owner, name, skip), None)

    def _member(self, owner: Target, name: str, skip: int) -> Target | None:
        for cls in self.linear(owner)[skip:]:
            qualname = join(cls.qualname, name)
            rules = self.rules(cls.path)
            for path in rules.homes(self.view, cls, name):
                if rules.spaces and path != cls.path and self._defined_elsewhere(path, cls.qualname) != cls:
                    continue  # it means another type of that name
                entry = self.entry(path, qualname)
                if (entry.kind or entry.hints) and not rules.is_constructor(cls.qualname, name, entry.kind):
                    return Target(path, qualname)
        return None

    # -- expressions

    def expression(
        self, path: str, scope: str, text: str, line: int = 0, local: bool | None = None
    ) -> Meanings:
        """What a dotted chain (``a.b().c``) means at a place; empty when it is unknown."""
        steps = _STEP.findall(text)
        if not steps or "?" in text or text[0] in "[(":
            return ()
        meanings, used = self.name(path, steps[0][0], scope, line, local), 1
        if not meanings and not local and len(steps) > 1:
            meanings, used = self._absolute(path, [name for name, _ in steps])
        for index, (name, suffix) in enumerate(steps[used - 1 :]):
            parts = _PART.findall(suffix)
            if index:
                inner = self.part(meanings, f"{name}()") if parts[:1] == ["()"] else ()
                meanings, parts = (inner, parts[1:]) if inner else (self.attribute(meanings, name), parts)
            for part in parts:
                meanings = self.result(meanings) if part == "()" else self.part(meanings, part)
            if not meanings:
                break
        return meanings

    def _absolute(self, path: str, names: Sequence[str]) -> tuple[Meanings, int]:
        """What the first names mean where a package is written out (``a.b.Type.member``), and how many those are."""
        found, used = self.rules(path).absolute(self.view, path, names)
        return ((Meaning("definition", found),), used) if found else ((), 1)

    def part(self, meanings: Meanings, part: str) -> Meanings:
        """An element (``[]``), a key (``[key]``), the n-th (``[1]``) of values whose types say so."""
        return _distinct(found for meaning in meanings for found in self._part(meaning, part))

    def _part(self, meaning: Meaning, part: str) -> Meanings:
        target, written = meaning.target, meaning.written
        if meaning.kind == "outside" and written is None:
            return _OUTSIDE
        if meaning.kind == "definition" and self._is_variant(target):
            hints = self.entry(target.path, target.qualname).hints
            written = next(
                (Written(target.path, h.scope, h.type_text) for h in hints if h.how == "underlying"), None
            )
        elif meaning.kind == "definition" and self.kind(target) in _VALUES:
            return self.part(self.value(target), part)
        if written is None and meaning.kind == "instance":
            if part == "[]" and self.rules(target.path).arrays_alike:
                return (meaning,)
            hints = self.entry(target.path, target.qualname).hints
            written = next(
                (Written(target.path, "", h.type_text) for h in hints if h.how == "underlying"), None
            )
        inner = self.rules(written.path).part(written.text, part) if written else ""
        return _less_sure(self.typed(written.path, written.scope, inner), False) if written and inner else ()

    def attribute(self, meanings: Meanings, name: str) -> Meanings:
        """``meanings.name``; outside when they are known and have no such name in the project."""
        return _distinct(found for meaning in meanings for found in self._attribute(meaning, name))

    def _attribute(self, meaning: Meaning, name: str) -> Meanings:
        target = meaning.target
        if meaning.kind == "outside":
            return _OUTSIDE
        if meaning.kind == "file":
            return self.export(target.path, name) or _OUTSIDE
        if meaning.kind == "space":
            return _less_sure(self.in_space(target.path, target.qualname, name), meaning.sure)
        if meaning.written and self.rules(meaning.written.path).hides(meaning.written.text, name):
            return _OUTSIDE
        if meaning.kind == "definition":
            return self._of_definition(meaning, self.kind(target), name)
        return self._of_class(meaning, target, name)

    def _of_class(self, meaning: Meaning, cls: Target, name: str) -> Meanings:
        found = self.member(cls, name, skip=int(meaning.kind == "super"))
        if found and self.rules(found.path).members_of_values and not self.kind(found):
            return self._held(found.path, found.qualname)
        return _OUTSIDE if found is None else self._definitions(found, meaning.sure)

    def _of_definition(self, meaning: Meaning, kind: str, name: str) -> Meanings:
        target, rules = meaning.target, self.rules(meaning.target.path)
        if kind in _NAMESPACES and rules.spaces:
            return self._in_module(target, name)
        if kind in _VALUES | _FUNCTIONS and rules.members_of_values:
            own = self._held(target.path, join(target.qualname, name))
            if own:
                return _less_sure(own, meaning.sure)
        if kind in _VALUES:
            return self.attribute(_less_sure(self.value(target), meaning.sure), name)
        if kind in _FUNCTIONS:
            return ()
        if name in rules.self_names and rules.members_in_scope:  # Outer.this
            return (Meaning("instance", target, meaning.sure),)
        return self._of_class(meaning, self._class_of(target) if kind == "type" else target, name)

    def _in_module(self, module: Target, name: str) -> Meanings:
        above = self._module_word(module.path, module.qualname, name)
        return above or self.in_space(module.path, module.qualname, name) or _OUTSIDE

    def result(self, meanings: Meanings) -> Meanings:
        """What calling them gives."""
        return _distinct(found for meaning in meanings for found in self._result(meaning))

    def _result(self, meaning: Meaning) -> Meanings:
        target = meaning.target
        if meaning.kind in ("outside", "super"):
            return self._part(meaning, "()") or (meaning,)
        if meaning.kind == "instance":
            invoke = self.rules(target.path).invoke
            called = self.member(target, invoke) if invoke else None
            return self.returned(called) if called else ()
        if meaning.kind == "file":
            return ()
        kind = self.kind(target)
        if kind in CLASS_KINDS:
            return (Meaning("instance", target, meaning.sure),)
        if kind in _FUNCTIONS:
            return self.returned(target)
        if kind in _VALUES:
            value = self.value(target)
            as_is = self.rules(target.path).accessors or self._is_variant(target)
            return value if as_is else self.result(value)
        return ()

    def called(self, meaning: Meaning) -> Meanings | None:
        """What a call of a variable or instance really runs, as far as that is known; None for everything else."""
        if meaning.kind == "definition" and self.kind(meaning.target) in _VALUES - {"property"}:
            found = self.held((meaning,))
        elif meaning.kind == "instance":
            found = (meaning,)
        else:
            return None
        runs = []
        for held in found:
            invoke = self.rules(held.target.path).invoke if held.kind == "instance" else ""
            run = self.member(held.target, invoke) if invoke else None
            if run:
                runs.append(Meaning("definition", run, False))
            elif held.kind == "definition":
                runs.append(held._replace(sure=False))
        return tuple(runs)

    def returned(self, function: Target) -> Meanings:
        """What the function is said to give, or, where no type is written, what its statements return."""
        return self.view.memo(("returned", function), lambda: self._returned(function), ())

    def _returned(self, function: Target) -> Meanings:
        entry = self.entry(function.path, function.qualname)
        if any(hint.how == "return" for hint in entry.hints):
            return self._hinted(function, ("return",))
        return self._hinted(Target(function.path, f"{function.qualname}.return"), ())

    def value(self, target: Target) -> Meanings:
        """What a variable, field or property is said to hold."""
        if self.kind(target) == "property":
            return self.returned(target)
        if self._is_variant(target):
            return (Meaning("instance", Target(target.path, target.qualname.rpartition(".")[0])),)
        return self.view.memo(("value", target), lambda: self._hinted(target, ()), ())

    def _is_variant(self, target: Target) -> bool:
        """Whether it is one of the values that an enum lists."""
        owner = Target(target.path, target.qualname.rpartition(".")[0])
        entry = self.entry(target.path, target.qualname)
        typed = any(hint.how != "underlying" for hint in entry.hints)
        return entry.kind == "constant" and not typed and self.kind(owner) == "enum"

    def _hinted(self, target: Target, hows: Sequence[str]) -> Meanings:
        hints = [
            h
            for h in self.entry(target.path, target.qualname).hints
            if (h.how in hows if hows else h.how not in _OF_ITSELF)
        ]
        written = [hint for hint in hints if hint.how == "annotation"]
        found = (m for hint in written or hints for m in self.hinted(target.path, hint))
        return _less_sure(_distinct(found), False)

    def _local_value(self, path: str, hints: Sequence[Binding], line: int) -> Meanings:
        """A local name is what the nearest binding above says."""
        above = [hint for hint in hints if not line or hint.line <= line <= (hint.until or line)]
        if not above and hints[0].until:
            return ()
        hint = max(above, key=lambda hint: (hint.line, hint.until > 0)) if above else hints[0]
        return _less_sure(self.hinted(path, hint), hint.how == "receiver")

    def hinted(self, path: str, hint: Binding) -> Meanings:
        """What a hint in the file at ``path`` says a name holds."""
        key = (
            "hint",
            path,
            hint.scope,
            hint.type_text,
            hint.how,
            hint.name if hint.how in ("alias", "return") else "",
        )
        return self.view.memo(key, lambda: self._hint(path, hint), ())

    def _hint(self, path: str, hint: Binding) -> Meanings:
        if hint.how in ("constructor", "alias"):
            found = self.expression(path, hint.scope, hint.type_text, hint.line - 1)
            return self.result(found) if hint.how == "constructor" else self.held(found)
        of_function = hint.how == "return" and self.rules(path).types_apart
        return self.typed(path, join(hint.scope, hint.name) if of_function else hint.scope, hint.type_text)

    def typed(self, path: str, scope: str, text: str) -> Meanings:
        """Values of the written type, with what it says of their parts."""
        rules = self.rules(path)
        names = rules.type_texts(text)
        found = _distinct(m for name in names for m in self.instances(path, scope, name))
        if not found and rules.is_builtin(text):
            found = _OUTSIDE
        if rules.has_parts(text):
            written = Written(path, scope, text)
            return tuple(m._replace(written=written) for m in found or (OUTSIDE._replace(sure=False),))
        return found

    def held(self, meanings: Meanings) -> Meanings:
        """The values behind names: a variable's value, everything else as it is."""
        return _distinct(
            found
            for m in meanings
            for found in (
                self.value(m.target) if m.kind == "definition" and self.kind(m.target) in _VALUES else (m,)
            )
        )

    def instances(self, path: str, scope: str, text: str) -> Meanings:
        """Values of the type written as ``text``. Where types have names of their own, a field of that name hides
        none."""
        apart = self.rules(path).types_apart
        for around in enclosing(scope):
            meanings = self.expression(path, around, text, local=False if apart else None)
            found = tuple(value for meaning in meanings for value in self._instances_of(path, meaning))
            if found or not meanings or not apart:
                return found
        return ()

    def _instances_of(self, path: str, meaning: Meaning) -> Meanings:
        if meaning.kind != "definition":
            return (meaning,) if meaning.kind == "outside" else ()
        kind = self.kind(meaning.target)
        if kind == "type":
            return self._instances_of_type(meaning)
        if kind in CLASS_KINDS:
            return (meaning._replace(kind="instance"),)
        of_value = kind in _VALUES and self.rules(path).members_of_values
        return self.value(meaning.target) if of_value else ()

    def _instances_of_type(self, meaning: Meaning) -> Meanings:
        """Of a name for a type: values of the type that it stands for, unless it is a new type."""
        values = self.value(meaning.target)
        return tuple(
            m._replace(kind="instance")
            if m.kind == "definition" and self.kind(m.target) in CLASS_KINDS
            else m
            for m in values or (meaning._replace(kind="instance"),)
        )


def _distinct(meanings: Iterable[Meaning]) -> Meanings:
    found = tuple(dict.fromkeys(meanings))
    return found if len(found) <= MAX_MEANINGS else ()


def _any_of(targets: Sequence[Target], sure: bool = True) -> Meanings:
    """One of these definitions or files."""
    sure = sure and len(targets) == 1
    return _distinct(Meaning("definition" if t.qualname else "file", t, sure) for t in targets)


def _is_later(hints: Sequence[Binding], line: int) -> bool:
    """Whether all of them begin to hold after that line."""
    return all(hint.line > line for hint in hints)


def _less_sure(meanings: Meanings, sure: bool) -> Meanings:
    return meanings if sure else tuple(m._replace(sure=False) for m in meanings)


def enclosing(scope: str) -> Iterator[str]:
    """``a.b`` → ``a.b``, ``a``, ````."""
    while scope:
        yield scope
        scope = scope.rpartition(".")[0]
    yield ""
