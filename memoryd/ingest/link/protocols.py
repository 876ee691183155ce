"""Classes of Python that implement a ``typing.Protocol`` without naming it (PEP 544).

To have the methods of one is not yet to be meant: a class is taken for one that implements a protocol if it has all
its methods, their parameters under the same names, and either is the only one that does or the protocol asks for
several.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from indexers.method_shape import fits
from indexers.outline import CLASS_KINDS, join
from memoryd.ingest.link.definitions import DefinitionTarget
from memoryd.ingest.link.evaluate import Evaluator
from memoryd.store.index.queries.link_queries import EdgeRow

_SURE = 0.85
_MOST_DEFINITIONS = 200  # of one method's name: of more none is compared
_MOST_CLASSES = 8  # that implement one protocol
_SEVERAL = 2  # methods


def implemented_protocols(evaluator: Evaluator, method: DefinitionTarget, line: int) -> Iterator[EdgeRow]:
    """The edges from a method to those of protocols that its class does not name as a base."""
    scope, _, name = method.qualname.rpartition(".")
    owner = DefinitionTarget(method.path, scope)
    for protocol in _by_method(evaluator).get(name, ()):
        if owner in _classes(evaluator, protocol):
            declared = join(protocol.qualname, name)
            yield EdgeRow(method.qualname, "overrides", protocol.path, declared, line, "inferred", _SURE)


def _by_method(evaluator: Evaluator) -> Mapping[str, Sequence[DefinitionTarget]]:
    """Name of a method → the protocols of the project that ask for it themselves."""
    view = evaluator.view

    def find() -> Mapping[str, Sequence[DefinitionTarget]]:
        found: dict[str, list[DefinitionTarget]] = defaultdict(list)
        for protocol in view.interfaces("python"):
            for name in view.members(protocol.path, protocol.qualname):
                found[name].append(protocol)
        return found

    return view.fixpoints(("protocols",), find, {})


def _classes(evaluator: Evaluator, protocol: DefinitionTarget) -> frozenset[DefinitionTarget]:
    """The classes that implement the protocol by what they define themselves."""
    key = ("implements protocol", protocol)
    return evaluator.view.fixpoints(key, lambda: _find_classes(evaluator, protocol), frozenset())


def _find_classes(evaluator: Evaluator, protocol: DefinitionTarget) -> frozenset[DefinitionTarget]:
    view = evaluator.view
    asked = [
        (name, one)
        for one in evaluator.linear(protocol)
        if evaluator.kind(one) == "interface"
        for name in view.members(one.path, one.qualname)
    ]
    rows = [view.named("python", name).all() for name, _ in asked]
    if not asked or min(map(len, rows)) > _MOST_DEFINITIONS:
        return frozenset()
    owners = (
        DefinitionTarget(one.target.path, one.qualname.rpartition(".")[0])
        for one in min(rows, key=len)
        if one.kind in ("method", "property")
    )
    found = [owner for owner in dict.fromkeys(owners) if _implements(evaluator, owner, protocol, asked)]
    most = _MOST_CLASSES if len(asked) >= _SEVERAL else 1
    return frozenset(found if len(found) <= most else ())


def _implements(
    evaluator: Evaluator,
    owner: DefinitionTarget,
    protocol: DefinitionTarget,
    asked: Sequence[tuple[str, DefinitionTarget]],
) -> bool:
    if evaluator.kind(owner) not in CLASS_KINDS - {"interface"} or protocol in evaluator.linear(owner):
        return False
    for name, one in asked:
        member = evaluator.member(owner, name)
        if member is None or evaluator.kind(member) not in ("method", "property"):
            return False
        own, wanted = (evaluator.entry(m.path, m.qualname).shape for m in (member, _member_of(one, name)))
        if not own or not wanted or not fits(own, wanted):
            return False
    return True


def _member_of(owner: DefinitionTarget, name: str) -> DefinitionTarget:
    return DefinitionTarget(owner.path, join(owner.qualname, name))
