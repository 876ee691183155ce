"""Uses of names: from spans of identifiers and member expressions to References."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

from indexers.engine.dotted_chains import DottedChains
from indexers.engine.node import Node
from indexers.engine.scopes import Scope, Segment, Span
from indexers.facts import READS, WRITES, Reference, ReferenceKind

ROOT = re.compile(r"[.(\[]")
_LONG = 256  # bytes

_ACCESS = (("either", 0), ("update", READS | WRITES), ("write", WRITES))  # the last counts
_OF_VALUES = frozenset(("read", "call"))  # kinds of uses that may read or write

Use = tuple[int, str, str, ReferenceKind, str, bool, int]
"""Offset of the name, name, receiver, kind, qualname of the scope, whether the receiver's root is a local name, access
(``Reference.access``)."""


class Accesses(dict[int, int]):
    """What is done with an identifier or member expression, by where it ends. Of what is not captured ``others`` holds:
    it is read, or the language's query does not tell."""

    def __init__(self, nodes: Mapping[str, Sequence[Node]]) -> None:
        super().__init__()
        self.others = READS if "write" in nodes else 0
        for capture, access in _ACCESS:
            self.update({node.end_byte: access for node in nodes.get(capture, ())})

    def __missing__(self, end: int) -> int:
        return self.others


def kinds_by_end(nodes: Mapping[str, Sequence[Node]], names: Mapping[int, int]) -> dict[int, ReferenceKind]:
    """What an identifier or member expression that ends at an offset is used for. No two of them end at the
    same offset, so that the end is enough. ``names``: ends with type arguments, and where the name ends."""
    kinds: dict[int, ReferenceKind] = {node.end_byte: "call" for node in nodes.get("call", ())}
    for node in nodes.get("invocation", ()):
        name = invoked(node)
        if name is not None:
            kinds[name.end_byte] = "call"
    kinds.update({node.end_byte: "inherit" for node in nodes.get("inherit", ())})
    kinds.update({node.end_byte: "decorate" for node in nodes.get("decorate", ())})
    if names:
        kinds = {names.get(end, end): kind for end, kind in kinds.items()}
    return kinds


def invoked(node: Node) -> Node | None:
    """The name of what a call calls, where the callee is no node of its own."""
    return node.child_by_field_name("name") or node.child_by_field_name("method")


def plain_uses(
    source: bytes,
    spans: Iterable[Span],
    segments: Sequence[Segment],
    ignored: frozenset[bytes],
    kinds: Mapping[int, ReferenceKind],
    default: ReferenceKind | None,
    accesses: Accesses,
    met: list[tuple[int, int, Scope, bool]],
    local_calls: bool = False,
) -> list[Use]:
    """Uses of plain names that are neither hidden by a local one nor ``ignored``. ``default``: the kind where
    ``kinds`` says nothing (None: that of the segment). ``local_calls``: a call of a local name is a use.
    Where local names stand is added to ``met``."""
    uses: list[Use] = []
    first = limit = -1
    starts = [*map(itemgetter(0), segments), sys.maxsize]
    for start, end in spans:
        if not first <= start < limit:
            index = bisect_right(starts, start) - 1
            first, limit = starts[index], starts[index + 1]
            _, scope, hidden, here = segments[index]
        name = source[start:end]
        if name and name not in hidden and name not in ignored:
            use = kinds.get(end) or default or here
            uses.append(
                (start, name.decode("utf-8", "replace"), "", use, scope.qualname, False, accesses[end])
            )
        elif name in hidden and b"" not in hidden:
            called = kinds.get(end) == "call"
            met.append((start, end, scope, called))
            if local_calls and called:
                uses.append((start, name.decode("utf-8", "replace"), "", "call", scope.qualname, True, READS))
    return uses


def member_uses(
    source: bytes,
    spans: Iterable[Span],
    segments: Sequence[Segment],
    chains: DottedChains,
    kinds: Mapping[int, ReferenceKind],
    accesses: Accesses,
) -> list[Use]:
    """Uses of the last names of member expressions, whatever their root is."""
    uses: list[Use] = []
    known = chains.known
    first = limit = -1
    starts = [*map(itemgetter(0), segments), sys.maxsize]
    for start, end in spans:
        if not first <= start < limit:
            index = bisect_right(starts, start) - 1
            first, limit = starts[index], starts[index + 1]
            _, scope, hidden, here = segments[index]
            is_opaque = b"" in hidden  # hides everything
        raw = source[start:end] if end - start < _LONG else b""  # a long one is never known, but dear to copy
        name, receiver, length = known.get(raw) or chains.member(start, end)
        if name and not is_opaque:
            is_local = bool(hidden) and ROOT.split(receiver, 1)[0].encode() in hidden
            kind = kinds.get(end) or here
            uses.append((end - length, name, receiver, kind, scope.qualname, is_local, accesses[end]))
    return uses


def references(uses: list[Use], line_starts: Sequence[int]) -> tuple[Reference, ...]:
    """The uses as facts, in order of position."""
    uses.sort(key=itemgetter(0))
    found = []
    line, line_start, next_start = 0, 0, -1
    previous = -1
    for at, name, receiver, kind, scope, is_local, access in uses:
        if at == previous:  # captured by two patterns
            continue
        previous = at
        if at >= next_start:
            line = bisect_right(line_starts, at)
            line_start = line_starts[line - 1]
            next_start = line_starts[line] if line < len(line_starts) else sys.maxsize
        if kind not in _OF_VALUES:
            access = 0
        found.append(Reference(name, receiver, kind, line, at - line_start, scope, is_local, -1, access))
    return tuple(found)
