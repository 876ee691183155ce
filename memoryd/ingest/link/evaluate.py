"""What a name, a member or a call means: from text at a place in a file to definitions.

Only what the files and their imports say is followed: scopes, imports and re-exports, the object of a method,
written types, constructors, results, base classes. Whatever else remains unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from indexers.facts import Binding
from indexers.method_shape import takes
from indexers.outline import CLASS_KINDS, join
from memoryd.ingest.link.definitions import DefinitionTarget
from memoryd.ingest.link.extensions import Extensions
from memoryd.ingest.link.resolution import (
    OUTSIDE,
    OUTSIDE_ONLY,
    Meanings,
    Resolved,
    WrittenType,
    distinct,
    enclosing,
    less_sure,
)
from memoryd.ingest.link.rules import MAX_ANCESTORS

_STEP = re.compile(r"(?<![^.()\[\]])([^.()\[\]]+)((?:\(\d*\)|\[\w*\])*)(?:\.|$)")
_PART = re.compile(r"\(\d*\)|\[\w*\]")
_GIVEN = re.compile(r"(?:^|[&|(] ?)\$(\d)(?=$| ?[&|)])")
_SUBSCRIPT = "operator[]"
_VALUES = frozenset({"variable", "constant", "field", "property"})
_FUNCTIONS = frozenset({"function", "method"})
_OF_ITSELF = frozenset({"return", "underlying"})  # hints that say nothing of the value of a name
_NAMESPACES = frozenset({"module", "namespace"})


class Evaluator(Extensions):
    """Answers over one view. Results that other files may share are kept in the view's fixpoints."""

    def bases(self, owner: DefinitionTarget) -> tuple[DefinitionTarget, ...]:
        """The classes that ``owner`` names as its bases, those of the project."""
        return self.view.fixpoints(("bases", owner), lambda: tuple(self._bases(owner)), ())

    def _bases(self, owner: DefinitionTarget) -> Iterator[DefinitionTarget]:
        found: dict[DefinitionTarget, None] = {}
        inside = self.rules(owner.path).modules_implement
        for part in self.rules(owner.path).parts(self.view, owner):
            around = part.qualname if inside else part.qualname.rpartition(".")[0]
            for text in self.entry(part.path, part.qualname).bases:
                for meaning in self.expression(part.path, around, text):
                    if meaning.kind == "definition" and meaning.target != owner:
                        found.setdefault(self._class_of(meaning.target))
        if self.kind(owner) == "type" and self.rules(owner.path).members_of_values:
            found.update(dict.fromkeys(self._composed_of(owner)))
        yield from found

    def _composed_of(self, alias: DefinitionTarget) -> Iterator[DefinitionTarget]:
        """The types that one is written as being made of: ``type A = B & C``."""
        for hint in self.entry(alias.path, alias.qualname).hints:
            for text in self.rules(alias.path).type_texts(hint.type_text):
                values = self.instances(alias.path, hint.scope, text)
                yield from (m.target for m in values if m.kind == "instance" and m.target != alias)

    def _class_of(self, target: DefinitionTarget) -> DefinitionTarget:
        """The class behind a name that only stands for it (``type A = B``)."""
        if self.kind(target) in CLASS_KINDS - {"type"}:
            return target
        return next((m.target for m in self.value(target) if m.kind == "definition"), target)

    def linear(self, owner: DefinitionTarget) -> tuple[DefinitionTarget, ...]:
        """``owner`` and its bases in the order in which a member is looked for."""
        return self.view.fixpoints(("linear", owner), lambda: self._linear(owner), (owner,))

    def _linear(self, owner: DefinitionTarget) -> tuple[DefinitionTarget, ...]:
        orders = [self.linear(base) for base in self.bases(owner)[:MAX_ANCESTORS]]
        return tuple(self.rules(owner.path).linear(owner, orders))

    def member(self, owner: DefinitionTarget, name: str, skip: int = 0) -> DefinitionTarget | None:
        """``name`` in the class ``owner`` or the nearest of its bases that has it; the first ``skip`` left out."""
        return self.view.fixpoints(
            ("member", owner, name, skip), lambda: self._member(owner, name, skip), None
        )

    def _member(self, owner: DefinitionTarget, name: str, skip: int) -> DefinitionTarget | None:
        for cls in self.linear(owner)[skip:]:
            qualname = join(cls.qualname, name)
            rules = self.rules(cls.path)
            for path in rules.homes(self.view, cls, name):
                is_told_apart = rules.spaces and not rules.reopened and path != cls.path
                if is_told_apart and self.defined_elsewhere(path, cls.qualname) != cls:
                    continue  # it means another type of that name
                entry = self.entry(path, qualname)
                if (entry.kind or entry.hints) and not rules.is_constructor(cls.qualname, name, entry.kind):
                    return DefinitionTarget(path, qualname)
        return next(
            (
                m
                for cls in self.linear(owner)[skip:]
                for m in self.rules(cls.path).added(self.view, cls, name)
            ),
            None,
        )

    def taking(self, meanings: Meanings, given: int) -> Meanings:
        """In the place of a method that does not take so many arguments the nearest one above it that does."""
        return distinct(self._taking(meaning, given) for meaning in meanings)

    def _taking(self, meaning: Resolved, given: int) -> Resolved:
        target = meaning.target
        shape = self.entry(target.path, target.qualname).shape if meaning.kind == "definition" else ""
        if not shape or takes(shape, given):
            return meaning
        around, _, name = target.qualname.rpartition(".")
        for cls in self.linear(DefinitionTarget(target.path, around))[1:]:
            above = DefinitionTarget(cls.path, join(cls.qualname, name))
            shape = self.entry(above.path, above.qualname).shape
            if shape and takes(shape, given):
                return meaning._replace(target=above)
        return meaning

    def expression(
        self, path: str, scope: str, text: str, line: int = 0, local: bool | None = None
    ) -> Meanings:
        """What a dotted chain (``a.b().c``) means at a place; empty when it is unknown."""
        steps = _STEP.findall(text)
        if not steps or "?" in text or text[0] in "[(":
            return ()
        meanings, used = self._root(path, steps[0][0], scope, line, local), 1
        if len(steps) > 1 and not local and (not meanings or self._is_namespace(path, meanings)):
            absolute, count = self._absolute(path, [name for name, _ in steps], meanings)
            meanings, used = (absolute, count) if absolute or not meanings else (meanings, 1)
        before, fields = "", self.rules(path).arrays_alike
        for index, (name, suffix) in enumerate(steps[used - 1 :]):
            parts = _PART.findall(suffix)
            if index:
                is_called = parts[:1] == ["()"]
                inner = (
                    self.part(meanings, f"{name}()" if is_called else f".{name}")
                    if is_called or fields
                    else ()
                )
                meanings, parts = (
                    (inner, parts[is_called:])
                    if inner
                    else (self.seen_member(path, meanings, name, before), parts)
                )
            for part in parts:
                meanings = self.result(meanings) if part == "()" else self.part_or_argument(meanings, part)
            before = f"{before}.{name}{suffix}" if index else name + suffix
            if not meanings and not self.rules(path).extensions:
                break
        return meanings

    def _root(self, path: str, name: str, scope: str, line: int, local: bool | None) -> Meanings:
        """What a chain begins with: a name, or a value of a written type (``<T>``)."""
        if name.startswith("<"):
            return less_sure(self.typed(path, scope, name[1:-1]), False)
        return self.name(path, name, scope, line, local)

    def _is_namespace(self, path: str, meanings: Meanings) -> bool:
        """Whether what is no definition of the project, or a module with dots, may be a part of a name that is written
        out."""
        rules = self.rules(path)
        if rules.dotted_modules and len(meanings) == 1 and self._is_module(meanings[0]):
            return True
        return rules.written_out and all(m.kind == "outside" and not m.written for m in meanings)

    def _is_module(self, meaning: Resolved) -> bool:
        return meaning.kind == "definition" and self.kind(meaning.target) in _NAMESPACES | {"interface"}

    def seen_member(self, path: str, meanings: Meanings, name: str, receiver: str) -> Meanings:
        """``meanings.name`` as the file at ``path`` sees it: a member, or a function that extends their type.
        ``receiver``: what is written in front of the name."""
        found = self.attribute(meanings, name)
        if not self.rules(path).extensions or any(m.kind != "outside" for m in found):
            return found
        return self._extended(path, meanings, name, receiver) or found

    def _absolute(self, path: str, names: Sequence[str], head: Meanings) -> tuple[Meanings, int]:
        """What the first names mean where a package is written out (``a.b.Type.member``), and how many those are.
        ``head``: the module that the first of them is, if any."""
        full = head[0].target.qualname.split(".") if head and head[0].kind == "definition" else names[:1]
        found, used = self.rules(path).absolute(self.view, path, [*full, *names[1:]])
        used -= len(full) - 1
        return ((Resolved("definition", found),), used) if found and used > 0 else ((), 1)

    def part_or_argument(self, meanings: Meanings, part: str) -> Meanings:
        """A part of the values, or what they take as their n-th argument where they are called (``(0)``)."""
        if not part.startswith("("):
            return self.part(meanings, part)
        return distinct(found for meaning in meanings for found in self._taken(meaning, part))

    def _taken(self, meaning: Resolved, part: str) -> Meanings:
        target, kind = meaning.target, self.kind(meaning.target) if meaning.kind == "definition" else ""
        if kind in _FUNCTIONS or kind in CLASS_KINDS:
            return self._declared_argument(target, kind, part)
        if kind in _VALUES:
            if self.entry(target.path, join(target.qualname, part)).hints:
                return self._declared_argument(target, kind, part)
            values = self.value(target)
            written = self.part(tuple(m for m in values if m.written), part)
            return written or self.part_or_argument(tuple(m for m in values if m.kind == "definition"), part)
        return self._part(meaning, part) if meaning.written else OUTSIDE_ONLY

    def _declared_argument(self, target: DefinitionTarget, kind: str, part: str) -> Meanings:
        """Of a class what its constructor takes; of a component that is one, its props."""
        if kind in CLASS_KINDS:
            props = self.attribute((Resolved("instance", target),), "props") if part == "(0)" else ()
            if any(m.kind != "outside" for m in props):
                return self.held(props)
            target = self.member(target, "constructor") or target
        hints = self.entry(target.path, join(target.qualname, part)).hints
        found = distinct(m for hint in hints for m in self.hinted(target.path, hint))
        return less_sure(found, False) or OUTSIDE_ONLY

    def part(self, meanings: Meanings, part: str) -> Meanings:
        """An element (``[]``), a key (``[key]``), the n-th (``[1]``) of values whose types say so."""
        return distinct(found for meaning in meanings for found in self._part(meaning, part))

    def _part(self, meaning: Resolved, part: str) -> Meanings:
        target, written = meaning.target, meaning.written
        if meaning.kind == "outside" and written is None:
            return OUTSIDE_ONLY
        if meaning.kind == "definition" and self._is_variant(target):
            hints = self.entry(target.path, target.qualname).hints
            written = next(
                (WrittenType(target.path, h.scope, h.type_text) for h in hints if h.how == "underlying"), None
            )
        elif meaning.kind == "definition" and self.kind(target) in _VALUES:
            return self.part(self.value(target), part)
        if written is None and meaning.kind == "instance":
            if part in ("[]", "[each]") and self.rules(target.path).arrays_alike:
                return self._subscript(meaning)
            hints = self.entry(target.path, target.qualname).hints
            written = next(
                (WrittenType(target.path, "", h.type_text) for h in hints if h.how == "underlying"), None
            )
        inner = self.rules(written.path).part(written.text, part) if written else ""
        return less_sure(self.typed(written.path, written.scope, inner), False) if written and inner else ()

    def _subscript(self, meaning: Resolved) -> Meanings:
        """What an index gives: of a class that has an operator for it what that returns, else it is an array of such
        values. Unknown where a base of another project may have one."""
        given = self.member(meaning.target, _SUBSCRIPT)
        if given:
            return self.returned(given)
        entry = self.entry(meaning.target.path, meaning.target.qualname)
        return (meaning,) if len(self.bases(meaning.target)) == len(entry.bases) else ()

    def attribute(self, meanings: Meanings, name: str) -> Meanings:
        """``meanings.name``; outside when they are known and have no such name in the project."""
        return distinct(found for meaning in meanings for found in self._attribute(meaning, name))

    def _attribute(self, meaning: Resolved, name: str) -> Meanings:
        target = meaning.target
        if meaning.kind == "outside":
            return OUTSIDE_ONLY
        if meaning.kind == "file":
            return self.export(target.path, name) or OUTSIDE_ONLY
        if meaning.kind == "space":
            return less_sure(self.in_space(target.path, target.qualname, name), meaning.sure)
        if meaning.written and self.rules(meaning.written.path).hides(meaning.written.text, name):
            return OUTSIDE_ONLY
        if meaning.kind == "definition":
            return self._of_definition(meaning, self.kind(target), name)
        return self._of_class(meaning, target, name)

    def _of_class(self, meaning: Resolved, cls: DefinitionTarget, name: str) -> Meanings:
        found = self.member(cls, name, skip=int(meaning.kind == "super"))
        if found and self.rules(found.path).members_of_values and not self.kind(found):
            return self.held_by(found.path, found.qualname) or self.value(found)
        return OUTSIDE_ONLY if found is None else self.definitions(found, meaning.sure)

    def _of_definition(self, meaning: Resolved, kind: str, name: str) -> Meanings:
        target, rules = meaning.target, self.rules(meaning.target.path)
        if kind in _NAMESPACES and rules.spaces:
            return self._in_module(target, name)
        if kind in _VALUES | _FUNCTIONS and rules.members_of_values:
            member = DefinitionTarget(target.path, join(target.qualname, name))
            is_local = kind in _FUNCTIONS and self.kind(member) == "function"
            own = () if is_local else self.held_by(member.path, member.qualname)
            if own:
                return less_sure(own, meaning.sure)
        if handed_out := self._of_whole(target, name):
            return less_sure(handed_out, meaning.sure)
        if kind in _VALUES:
            return self.attribute(less_sure(self.value(target), meaning.sure), name)
        if kind in _FUNCTIONS:
            field = self.value(target) if rules.fields_apart else ()
            return self.attribute(self.returned(target) if rules.calls_bare else field, name)
        if name in rules.creators and not self.member(target, name):
            return (Resolved("instance", target, meaning.sure),)
        if name in rules.self_names and rules.members_in_scope:  # Outer.this
            return (Resolved("instance", target, meaning.sure),)
        return self._of_class(meaning, self._class_of(target) if kind == "type" else target, name)

    def _of_whole(self, target: DefinitionTarget, name: str) -> Meanings:
        """What a module hands out beside the one thing that it is as a whole (``module.exports.b = …``)."""
        whole = self.rules(target.path).whole
        hints = self.entry(target.path, whole).hints if whole else ()
        if not any(hint.type_text == target.qualname for hint in hints):
            return ()
        is_handed_out = name in (self.view.outline(target.path).exports or ())
        return self.held_by(target.path, name) if is_handed_out else ()

    def _in_module(self, module: DefinitionTarget, name: str) -> Meanings:
        above = self.module_word(module.path, module.qualname, name)
        return above or self.in_space(module.path, module.qualname, name) or OUTSIDE_ONLY

    def result(self, meanings: Meanings) -> Meanings:
        """What calling them gives."""
        return distinct(found for meaning in meanings for found in self._result(meaning))

    def _result(self, meaning: Resolved) -> Meanings:
        target = meaning.target
        if meaning.kind in ("outside", "super"):
            return self._part(meaning, "()") or (meaning,)
        if meaning.kind == "instance":
            invoke = self.rules(target.path).invoke
            called = self.member(target, invoke) if invoke else None
            return (
                self.returned(called) if called else (meaning,) if self.rules(target.path).calls_bare else ()
            )
        if meaning.kind == "file":
            return ()
        kind = self.kind(target)
        if kind in CLASS_KINDS:
            return (Resolved("instance", target, meaning.sure),)
        if kind in _FUNCTIONS:
            return self.returned(target)
        if kind in _VALUES:
            value = self.value(target)
            as_is = self.rules(target.path).accessors or self._is_variant(target)
            return value if as_is else self.result(value)
        return ()

    def called(self, meaning: Resolved) -> Meanings | None:
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
                runs.append(Resolved("definition", run, False))
            elif held.kind == "definition":
                runs.append(held._replace(sure=False))
        return tuple(runs)

    def returned(self, function: DefinitionTarget) -> Meanings:
        """What the function is said to give, or, where no type is written, what its statements return."""
        return self.view.fixpoints(("returned", function), lambda: self._returned(function), ())

    def _returned(self, function: DefinitionTarget) -> Meanings:
        entry = self.entry(function.path, function.qualname)
        if any(hint.how == "return" for hint in entry.hints):
            return self._hinted(function, ("return",))
        return self._hinted(DefinitionTarget(function.path, f"{function.qualname}.return"), ())

    def value(self, target: DefinitionTarget) -> Meanings:
        """What a variable, field or property is said to hold."""
        if self.kind(target) == "property":
            return self._with_own_members(target, self.returned(target))
        if self._is_variant(target):
            return (Resolved("instance", DefinitionTarget(target.path, target.qualname.rpartition(".")[0])),)
        return self.view.fixpoints(("value", target), lambda: self._hinted(target, ()), ())

    def _with_own_members(self, target: DefinitionTarget, values: Meanings) -> Meanings:
        """What a property gives, and where an object type is written for it, a value of that."""
        hints = self.entry(target.path, target.qualname).hints
        is_own = any(hint.how == "underlying" for hint in hints)
        return distinct((*values, Resolved("instance", target, False))) if is_own else values

    def _is_variant(self, target: DefinitionTarget) -> bool:
        """Whether it is one of the values that an enum lists."""
        owner = DefinitionTarget(target.path, target.qualname.rpartition(".")[0])
        entry = self.entry(target.path, target.qualname)
        typed = any(hint.how != "underlying" for hint in entry.hints)
        return entry.kind == "constant" and not typed and self.kind(owner) == "enum"

    def _hinted(self, target: DefinitionTarget, hows: Sequence[str]) -> Meanings:
        hints = [
            h
            for h in self.entry(target.path, target.qualname).hints
            if (h.how in hows if hows else h.how not in _OF_ITSELF)
        ]
        written = [hint for hint in hints if hint.how == "annotation"]
        found = (m for hint in written or hints for m in self.hinted(target.path, hint))
        return less_sure(distinct(found), False)

    def local_value(self, path: str, hints: Sequence[Binding], line: int) -> Meanings:
        """A local name is what the nearest binding above says."""
        above = [hint for hint in hints if not line or hint.line <= line <= (hint.until or line)]
        if not above and hints[0].until:
            return ()
        hint = max(above, key=lambda hint: (hint.line, hint.until > 0)) if above else hints[0]
        return less_sure(self.hinted(path, hint), hint.how == "receiver")

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
        return self.view.fixpoints(key, lambda: self._hint(path, hint), ())

    def _hint(self, path: str, hint: Binding) -> Meanings:
        if hint.how in ("constructor", "alias"):
            is_called = hint.how == "constructor"
            text = f"{hint.type_text}()" if is_called else hint.type_text
            found = self.expression(path, hint.scope, text, hint.line - 1)
            return found if is_called else self.held(found)
        of_function = hint.how == "return" and self.rules(path).types_apart
        return self.typed(path, join(hint.scope, hint.name) if of_function else hint.scope, hint.type_text)

    def typed(self, path: str, scope: str, text: str) -> Meanings:
        """Values of the written type, with what it says of their parts."""
        rules = self.rules(path)
        names = rules.type_texts(text)
        found = distinct(m for name in names for m in self.instances(path, scope, name))
        given = tuple(self._given(path, scope, text)) if "<" in text else ()
        found = distinct((*found, *given)) or found
        if not found and rules.is_builtin(text):
            found = OUTSIDE_ONLY
        if rules.has_parts(text):
            written = WrittenType(path, scope, text)
            return tuple(m._replace(written=written) for m in found or (OUTSIDE._replace(sure=False),))
        return found

    def _given(self, path: str, scope: str, text: str) -> Iterator[Resolved]:
        """Values of the types that are given to an alias which stands for them: ``$0`` is its first parameter."""
        for name, given in self.rules(path).given(text):
            for meaning in self.instances(path, scope, name):
                if meaning.kind != "instance" or self.kind(meaning.target) != "type":
                    continue
                hints = self.entry(meaning.target.path, meaning.target.qualname).hints
                for index in sorted({int(n) for h in hints for n in _GIVEN.findall(h.type_text)}):
                    yield from self.typed(path, scope, given[index]) if index < len(given) else ()

    def held(self, meanings: Meanings) -> Meanings:
        """The values behind names: a variable's value, everything else as it is."""
        return distinct(
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

    def _instances_of(self, path: str, meaning: Resolved) -> Meanings:
        if meaning.kind != "definition":
            is_bound = meaning.kind == "instance" and self.rules(path).members_of_values  # a type parameter
            return (meaning,) if meaning.kind == "outside" or is_bound else ()
        kind = self.kind(meaning.target)
        if kind == "type":
            return self._instances_of_type(meaning)
        if kind in CLASS_KINDS:
            return (meaning._replace(kind="instance"),)
        of_value = kind in _VALUES and self.rules(path).members_of_values
        return self.value(meaning.target) if of_value else ()

    def _instances_of_type(self, meaning: Resolved) -> Meanings:
        """Of a name for a type: values of the type that it stands for, unless it is a new type."""
        values = self.value(meaning.target)
        return tuple(
            m._replace(kind="instance")
            if m.kind == "definition" and self.kind(m.target) in CLASS_KINDS
            else m
            for m in values or (meaning._replace(kind="instance"),)
        )
