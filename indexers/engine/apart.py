"""Which words of a file are proven to be no use of anything beyond it: local names, and what stands in strings and
comments. Kept as offsets, since the text itself has the words."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal, Protocol

from msgspec.structs import replace

from indexers.engine.references import Use
from indexers.engine.scopes import CLASS_KINDS, Scope, Span
from indexers.engine.spans import Spans
from indexers.facts import FileFacts

Proven = Literal["none", "parameters", "all"]
"""Of which local names their scope alone proves that no occurrence inside of it means another thing. ``parameters``:
where other names hold from their binding to the end of the block (Go, C), and a call may mean another thing (Java)."""
Met = tuple[int, int, Scope, bool]
"""Where a name that a local one hides begins and ends, its scope, and whether it is called."""
_BOUND = ("local", "local.header", "variable", "hoisted")
_FEW = 200  # neighbours that are looked at for what is around an offset, and bindings of one name
_MEMBER = (b".", b"->", b"::")


class ScopeRules(Protocol):
    """What a language says of its scopes (``GrammarRules``)."""

    @property
    def locals_proven(self) -> Proven: ...
    @property
    def members_in_scope(self) -> bool: ...


class ScopedFile(Protocol):
    """What is looked at of a file (``FileBuilder``)."""

    source: bytes
    spans: Spans
    scopes: list[Scope]

    @property
    def rules(self) -> ScopeRules: ...
    def scope_at(self, byte: int) -> Scope: ...


def added(file: ScopedFile, facts: FileFacts, met: Iterable[Met], uses: Sequence[Use]) -> FileFacts:
    """The facts with ``local_names``, ``prose`` and ``labels``. ``met``: where names stand that local ones hide;
    ``uses``: the references of the file, which are no local names unless they say so."""
    return replace(
        facts,
        local_names=_local_names(file, met, uses),
        prose=_prose(file),
        labels=_gaps(sorted(start for start, _ in file.spans["label"])),
    )


def _local_names(file: ScopedFile, met: Iterable[Met], uses: Sequence[Use]) -> tuple[int, ...]:
    which = file.rules.locals_proven
    if which == "none" or file.spans["error"]:
        return ()
    source, spans = file.source, file.spans
    bound = [span for capture in _BOUND for span in spans[capture]]
    loose = {source[start:end] for start, end in bound if _around(spans["loose"], start)}
    proven = _proven(file, bound, frozenset(loose))
    no = {use[0] for use in uses if use[2] or not use[5]}
    no.update({start for start, _ in spans["skip"]} - {start for start, _ in bound})
    no.update(start for start, _ in spans["unproven"])
    is_all = which == "all"
    starts = {
        start
        for start, end, scope, called in met
        if source[start:end] in proven[scope] and (is_all or not called)
    }
    starts.update(start for start, end in bound if source[start:end] in proven[file.scope_at(start)])
    if not is_all:
        starts.update(_after_binding(file, bound, met))
    return _gaps(sorted(start for start in starts - no if not _is_member(source, start)))


def _prose(file: ScopedFile) -> tuple[int, ...]:
    edges: list[int] = []
    for start, end in sorted([*file.spans["text"], *file.spans["comment"]]):
        if not edges or start >= edges[-1]:
            edges += (start, end)
    return _gaps(edges)


def _proven(
    file: ScopedFile, bound: Iterable[Span], loose: frozenset[bytes]
) -> dict[Scope, frozenset[bytes]]:
    """By scope. ``loose``: names that are not sure anywhere in the file, as are those that something outside of
    functions binds (a loop of a module). What a class inherits may hide the parameters around it."""
    if file.rules.locals_proven == "all":
        loose = loose.union(
            *(scope.locals for scope in file.scopes if scope.is_open and not scope.in_function)
        )
        return {scope: scope.hidden - loose for scope in file.scopes}
    parameters: dict[Scope, set[bytes]] = defaultdict(set)
    for start, end in bound:
        scope = file.scope_at(start)
        if scope.start <= start < scope.body_start < scope.end:
            parameters[scope].add(file.source[start:end])
    found: dict[Scope, frozenset[bytes]] = {}
    for scope in file.scopes:
        is_apart = file.rules.members_in_scope and scope.kind in CLASS_KINDS | {"scope"}
        around = frozenset() if scope.parent is None or is_apart else found[scope.parent]
        found[scope] = (around | parameters[scope]) - scope.names - scope.globals - loose
    return found


def _after_binding(file: ScopedFile, bound: Iterable[Span], met: Iterable[Met]) -> Iterator[int]:
    """Where names stand behind the statement that binds them, up to the end of its block, and where they are bound. An
    object that is built in the block (Java) may inherit another meaning of them."""
    binds, regions, source = file.spans["binds"], file.spans["region"], file.source
    held: dict[bytes, list[tuple[int, int, Scope]]] = defaultdict(list)
    for start, end in bound:
        statement = _innermost(binds, start)
        block = _innermost(regions, statement[0]) if statement else None
        if statement and block and not file.scope_at(start).is_open:
            held[source[start:end]].append((statement[1], block[1], file.scope_at(start)))
            yield start
    for start, end, scope, called in met:
        bindings = held.get(source[start:end], []) if not called else []
        for first, last, holder in bindings if len(bindings) <= _FEW else ():
            if first <= start < last and _sees(file, scope, holder):
                yield start


def _sees(file: ScopedFile, scope: Scope | None, holder: Scope) -> bool:
    while scope is not None and scope is not holder:
        if file.rules.members_in_scope and scope.kind in CLASS_KINDS | {"scope"}:
            return False
        scope = scope.parent
    return scope is holder


def _innermost(spans: Sequence[Span], at: int) -> Span | None:
    """The last (sorted) span that begins at or before the offset and ends behind it; looks at few only."""
    index = bisect_right(spans, (at, sys.maxsize))
    return next((span for span in reversed(spans[max(0, index - _FEW) : index]) if at < span[1]), None)


def _around(spans: Sequence[Span], at: int) -> bool:
    return any(start <= at < end for start, end in spans)


def _is_member(source: bytes, start: int) -> bool:
    """Chains that are too long to be followed are no references; their parts are no local names for that."""
    return source[max(0, start - 80) : start].rstrip().endswith(_MEMBER)


def _gaps(offsets: Sequence[int]) -> tuple[int, ...]:
    return tuple(now - before for before, now in pairwise((0, *offsets)))
