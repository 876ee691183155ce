"""Captures as byte spans, and what lies around or inside of one."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Mapping, Sequence

from indexers.engine.node import Node
from indexers.engine.scopes import Span


class Spans(dict[str, list[Span]]):
    """Captures by name as sorted byte spans, made when asked for; a name never captured has none."""

    def __init__(self, nodes: Mapping[str, Sequence[Node]]) -> None:
        super().__init__()
        self._nodes = nodes

    def __missing__(self, name: str) -> list[Span]:
        spans = [node.byte_range for node in self._nodes.get(name, ())]
        spans.sort()
        self[name] = spans
        return spans

    def get(self, name: str, default: object = None) -> list[Span]:
        return self[name]

    def in_any_order(self, name: str) -> list[Span]:
        """The same, unsorted where nobody asked for them sorted."""
        if name in self:
            return self[name]
        return [node.byte_range for node in self._nodes.get(name, ())]


def within(spans: Sequence[Span], start: int, end: int) -> Sequence[Span]:
    """The (sorted) spans that start in this range."""
    return spans[bisect_right(spans, (start, -1)) : bisect_right(spans, (end, -1))]


def innermost(declarations: Sequence[Span], span: Span) -> Span:
    """The innermost declaration around the span, or the span itself. Looks at few neighbours only."""
    index = bisect_right(declarations, (span[0], sys.maxsize))
    for candidate in reversed(declarations[max(0, index - 8) : index]):
        if candidate[1] >= span[1]:
            return candidate
    return span
