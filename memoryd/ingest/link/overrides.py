"""Which methods a method overrides or implements: who calls one of those may run this one.

A base is what the class names as one: a class, an interface, a trait, a protocol, a module that is mixed in. The method
that is overridden is the one that a call through that base finds. In Go a type names no interface: it implements each
whose methods it has (specification, "Implementing an interface"), so their names and types are compared.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from indexers.method_shape import takes
from indexers.outline import CLASS_KINDS
from indexers.profiles import all_of
from memoryd.ingest.link.definitions import DefinitionTarget
from memoryd.ingest.link.evaluate import Evaluator
from memoryd.ingest.link.hooks import implemented_hooks
from memoryd.ingest.link.protocols import implemented_protocols
from memoryd.store.index.queries.link_queries import EdgeRow

_OVERRIDABLE = frozenset({"method", "property", "function"})
_ANNOUNCED = frozenset({"method"})  # callbacks of behaviours and functions of protocols
_VALUES = frozenset({"variable", "constant", "field", "property"})
_CONSTRUCTORS = all_of("constructors")
_EXACT, _IMPLICIT, _ONE_OF_SEVERAL = 1.0, 0.85, 0.6
_COUNTS = range(64)
_MOST_INTERFACES = 60  # that have a method of one name; of more none is compared


def overrides(evaluator: Evaluator, path: str, lines: Mapping[str, int]) -> Iterator[EdgeRow]:
    """The edges from the file's methods to those of other types that they stand in for. ``lines``: where each
    definition of the file begins, by qualname."""
    rules = evaluator.rules(path)
    for qualname, entry in evaluator.view.entries(path).items():
        scope, _, name = qualname.rpartition(".")
        if entry.decorators and entry.kind in _OVERRIDABLE:
            yield from implemented_hooks(evaluator, DefinitionTarget(path, qualname), lines.get(qualname, 0))
        if not scope or entry.kind not in _OVERRIDABLE or _is_its_own(name):
            continue
        if rules.is_constructor(scope, name, entry.kind):
            continue
        method, line = DefinitionTarget(path, qualname), lines.get(qualname, 0)
        if rules.implicit_interfaces:
            yield from _implemented(evaluator, method, line)
            continue
        for base in _bases(evaluator, path, scope, qualname):
            yield from (e for e in _overridden(evaluator, method, base, line) if _alike(evaluator, method, e))
        if rules.protocols:
            yield from implemented_protocols(evaluator, method, line)


def _is_its_own(name: str) -> bool:
    """Whether a method of that name never stands in for one of a base: constructors, Python's private names."""
    return name in _CONSTRUCTORS or (name.startswith("__") and not name.endswith("__"))


def _bases(evaluator: Evaluator, path: str, scope: str, method: str) -> Iterator[DefinitionTarget]:
    """The bases of the class around a method, as the file says them and as the class's own definition does."""
    kind = evaluator.entry(path, scope).kind
    if kind in _VALUES:  # an object that is written out implements the type that it is declared to be of
        found = evaluator.value(DefinitionTarget(path, scope))
        yield from dict.fromkeys(meaning.target for meaning in found if meaning.kind == "instance")
        return
    is_type = kind in CLASS_KINDS or evaluator.rules(path).modules_implement
    if kind and not is_type:  # a class without a name has its type for a base
        owner = evaluator.owner(path, method)
        if owner and not method.startswith(f"{owner.qualname}."):
            yield owner
        return
    here = DefinitionTarget(path, scope)
    owner = here if kind else evaluator.defined_elsewhere(path, scope)
    yield from dict.fromkeys((*evaluator.bases(here), *(evaluator.bases(owner) if owner != here else ())))


def _overridden(
    evaluator: Evaluator, method: DefinitionTarget, base: DefinitionTarget, line: int
) -> Iterator[EdgeRow]:
    found = evaluator.member(base, method.qualname.rpartition(".")[2])
    overridable = _ANNOUNCED if evaluator.rules(base.path).modules_implement else _OVERRIDABLE
    meant = [m.target for m in evaluator.definitions(found) if m.target != method]
    for target in meant:
        if evaluator.kind(target) in overridable:
            how = ("exact", _EXACT) if len(meant) == 1 else ("inferred", _ONE_OF_SEVERAL)
            yield EdgeRow(method.qualname, "overrides", target.path, target.qualname, line, *how)


def _alike(evaluator: Evaluator, method: DefinitionTarget, edge: EdgeRow) -> bool:
    """Whether both take some one number of arguments, where their language tells methods apart by that."""
    if evaluator.view.language(method.path) != "java":
        return True
    own = evaluator.entry(method.path, method.qualname).shape
    other = evaluator.entry(edge.dst_path, edge.dst).shape
    return not own or not other or any(takes(own, given) and takes(other, given) for given in _COUNTS)


# -- types that implement an interface without naming it


def _implemented(evaluator: Evaluator, method: DefinitionTarget, line: int) -> Iterator[EdgeRow]:
    scope, _, name = method.qualname.rpartition(".")
    shape = evaluator.entry(method.path, method.qualname).shape
    interfaces = _interfaces(evaluator, evaluator.view.language(method.path), name) if shape else ()
    if not interfaces:
        return
    owner = evaluator.defined_elsewhere(method.path, scope)
    if evaluator.kind(owner) == "interface":
        return
    for interface in interfaces:
        declared = DefinitionTarget(interface.path, f"{interface.qualname}.{name}")
        same = evaluator.view.entry(declared.path, declared.qualname).shape == shape
        if same and implements(evaluator, owner, interface):
            yield EdgeRow(
                method.qualname, "overrides", declared.path, declared.qualname, line, "inferred", _IMPLICIT
            )


def _interfaces(evaluator: Evaluator, language: str, name: str) -> tuple[DefinitionTarget, ...]:
    """The interfaces of the project that declare a method of that name themselves."""
    view = evaluator.view

    def find() -> tuple[DefinitionTarget, ...]:
        owners = (
            DefinitionTarget(one.target.path, one.qualname.rpartition(".")[0])
            for one in view.named(language, name).all()
            if one.kind == "method"
        )
        found = tuple(dict.fromkeys(o for o in owners if view.entry(o.path, o.qualname).kind == "interface"))
        return found if len(found) <= _MOST_INTERFACES else ()

    return view.fixpoints(("interfaces", language, name), find, ())


def implements(evaluator: Evaluator, owner: DefinitionTarget, interface: DefinitionTarget) -> bool:
    """Whether the type has every method of the interface, with its parameters and results. Never of an interface that
    takes in one of another project: what that asks for is unknown."""
    view = evaluator.view
    key = ("implements", owner, interface)
    return view.fixpoints(key, lambda: _implements(evaluator, owner, interface), False)


def _implements(evaluator: Evaluator, owner: DefinitionTarget, interface: DefinitionTarget) -> bool:
    view = evaluator.view
    for one in evaluator.linear(interface):
        entry = view.entry(one.path, one.qualname)
        if len(evaluator.bases(one)) != len(entry.bases):
            return False
        for name in view.members(one.path, one.qualname):
            if name[:1].islower() and posixpath.dirname(owner.path) != posixpath.dirname(one.path):
                return False  # a method that only its own package can have
            found = evaluator.member(owner, name)
            wanted = view.entry(one.path, f"{one.qualname}.{name}").shape
            if found is None or view.entry(found.path, found.qualname).shape != wanted or not wanted:
                return False
    return True
