"""Lexical scopes of one file: who encloses what, which names are local, what a position belongs to.

All positions are byte offsets. A *span* is ``(start, end)``, end exclusive. No tree is touched here: the
engine hands in spans, so that this part stays the same for every language.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence

Span = tuple[int, int]

FUNCTION_KINDS = frozenset({"function", "method", "property", "macro", "scope", "block"})
"""Scopes whose variables are locals; in all others they are symbols of their own."""
CLASS_KINDS = frozenset({"class", "interface", "struct", "enum", "trait", "container"})
TRANSPARENT_KINDS = frozenset({"block", "scope"})

_OUTER, _OPEN, _OWNER, _NAME, _BODY = range(5)
_NO_NAMES: frozenset[bytes] = frozenset()


class Everything(frozenset[bytes]):
    """The set that holds every name: inside an import statement no identifier is a use."""

    def __contains__(self, name: object) -> bool:
        return True


class Scope:
    """One scope. ``kind``: a SymbolKind, or ``file``, ``container`` (names its members, is no symbol),
    ``scope`` (lambda, comprehension) or ``block``. ``outer_start``: where its decorators begin.
    ``body_start``: where the text after its header begins (its end when it has no body)."""

    __slots__ = (
        "body_start", "end", "globals", "hidden", "kind", "locals", "name", "name_start", "names",
        "outer_start", "owner", "parent", "qualname", "start",
    )  # fmt: skip

    def __init__(self, kind: str, start: int, end: int, parent: Scope | None) -> None:
        self.kind, self.start, self.end, self.parent = kind, start, end, parent
        self.outer_start, self.body_start, self.name_start = start, end, -1
        self.name = self.owner = self.qualname = ""
        self.locals: set[bytes] = set()
        self.names: set[bytes] = set()  # bound here by a definition or an import
        self.globals: set[bytes] = set()
        self.hidden: frozenset[bytes] = _NO_NAMES

    @property
    def is_open(self) -> bool:
        return self.kind not in FUNCTION_KINDS

    @property
    def in_function(self) -> bool:
        """True when a function, lambda or block encloses it or it is one itself."""
        scope: Scope | None = self
        while scope is not None:
            if not scope.is_open:
                return True
            scope = scope.parent
        return False

    def enclosing_class(self) -> Scope | None:
        """The nearest enclosing class-like scope, itself included, or None."""
        scope: Scope | None = self
        while scope is not None and scope.kind not in CLASS_KINDS:
            scope = scope.parent
        return scope


class Segment:
    """From ``start`` up to the next segment: which symbol the text belongs to (``label``), which names are
    not to be reported (``hidden``) and the kind a plain name has here (``read`` or ``type``)."""

    __slots__ = ("hidden", "kind", "label", "start")

    def __init__(self, start: int, label: Scope, hidden: frozenset[bytes], kind: str) -> None:
        self.start, self.label, self.hidden, self.kind = start, label, hidden, kind


def build_scopes(source: bytes, spans: Mapping[str, Sequence[Span]]) -> list[Scope]:
    """All scopes, parents before children; the first is the file. Reads the captures ``def.*``,
    ``container``, ``scope``, ``block``, ``outer``, ``owner``, ``name`` and ``body``."""
    scopes = [Scope("file", 0, len(source) + 1, None)]
    stack = [scopes[0]]
    outer: Span | None = None
    for start, negative_end, rank, kind in _events(spans):
        end = -negative_end
        while len(stack) > 1 and (stack[-1].end <= start or stack[-1].end < end):
            stack.pop()
        if rank == _OUTER:
            outer = (start, end)
        elif rank == _OPEN:
            scope = Scope(kind, start, end, stack[-1])
            if outer and kind not in TRANSPARENT_KINDS:
                if outer[0] <= start and end <= outer[1]:
                    scope.outer_start = outer[0]
                outer = None
            scopes.append(scope)
            stack.append(scope)
        else:
            _fill(stack, rank, start, source[start:end].decode("utf-8", "replace"))
    for scope in scopes[1:]:
        _qualify(scope)
    return scopes


def _events(spans: Mapping[str, Sequence[Span]]) -> list[tuple[int, int, int, str]]:
    events: list[tuple[int, int, int, str]] = []
    for capture, found in spans.items():
        rank, kind = (
            _RANKS.get(capture, (_OPEN, "")) if not capture.startswith("def.") else (_OPEN, capture[4:])
        )
        if rank != _OPEN or kind:
            events += [(start, -end, rank, kind) for start, end in found]
    events.sort()
    return events


_RANKS = {
    "outer": (_OUTER, ""), "owner": (_OWNER, ""), "name": (_NAME, ""), "body": (_BODY, ""),
    "container": (_OPEN, "container"), "scope": (_OPEN, "scope"), "block": (_OPEN, "block"),
}  # fmt: skip


def _fill(stack: list[Scope], rank: int, start: int, text: str) -> None:
    """Give the name (owner, body start) to the innermost definition that waits for one."""
    for scope in reversed(stack):
        if scope.kind in TRANSPARENT_KINDS:
            continue
        if rank == _NAME and scope.name_start < 0:
            scope.name, scope.name_start = text, start
        elif rank == _OWNER and not scope.owner:
            scope.owner = text
        elif rank == _BODY and scope.body_start == scope.end:
            scope.body_start = start
        else:
            continue
        return


def _qualify(scope: Scope) -> None:
    parent = scope.parent
    assert parent is not None  # only the file has none
    owner, _, simple = dotted(scope.name).rpartition(".")
    parts = [parent.qualname, dotted(scope.owner), owner, simple]
    scope.qualname = ".".join(part for part in parts if part)
    if not simple:
        return
    scope.name = simple
    has_owner = bool(scope.owner or owner)
    if not has_owner:
        parent.names.add(simple.encode())
    if scope.kind == "function" and (has_owner or parent.kind in CLASS_KINDS):
        scope.kind = "method"


def dotted(text: str) -> str:
    """``a::b``, ``a->b``, ``a?.b`` and ``a!.b`` as ``a.b``, without white space."""
    if text.isidentifier():
        return text
    for separator in ("::", "->", "?.", "!."):
        text = text.replace(separator, ".")
    return "".join(text.split()).strip(".")


def hide_names(scopes: Iterable[Scope], ignored: frozenset[bytes], members_in_scope: bool) -> None:
    """Compute ``hidden`` of each scope: the names that are no reference inside it, because they are
    ``ignored`` (built in) or bound locally. A class body's names are seen by its methods only in languages
    where ``members_in_scope``."""
    for scope in scopes:
        base = ignored
        enclosing = scope.parent
        while enclosing is not None and enclosing.kind in CLASS_KINDS and not members_in_scope:
            enclosing = enclosing.parent
        if enclosing is not None:
            base = enclosing.hidden
        if scope.locals and not scope.locals <= base:
            base = base | scope.locals
        shown = scope.names | scope.globals
        scope.hidden = base if base.isdisjoint(shown) else base - shown


def build_segments(
    scopes: Sequence[Scope], opaque: Sequence[Span], types: Sequence[Span], header_outside: bool
) -> list[Segment]:
    """The file cut where label, hidden names or default kind change, in order; the first starts at 0.
    ``header_outside``: decorators, defaults and annotations are evaluated outside of the definition."""
    file = scopes[0]
    marks: list[tuple[int, int, int, int]] = []
    for index, scope in enumerate(scopes[1:], 1):
        if header_outside and scope.body_start != scope.end:
            marks.append((scope.outer_start, -scope.end, 0, index))
            marks.append((scope.body_start, -scope.end, 1, index))
        else:
            marks.append((scope.outer_start, -scope.end, 2, index))
    marks += [(start, -end, 3, 0) for start, end in opaque]
    marks += [(start, -end, 4, 0) for start, end in types]
    marks.sort()
    everything = Everything()
    stack = [(file.end, file, file.hidden, "read")]
    segments = [Segment(0, file, file.hidden, "read")]
    for start, negative_end, what, index in marks:
        _close(stack, start, segments)
        _, label, hidden, kind = stack[-1]
        if what <= 2:
            label = scopes[index]
            hidden = label.hidden if what else hidden
            kind = "read"
        elif what == 3:
            hidden = everything
        else:
            kind = "type"
        stack.append((min(-negative_end, stack[-1][0]), label, hidden, kind))
        segments.append(Segment(start, label, hidden, kind))
    _close(stack, file.end - 1, segments)
    return segments


def _close(
    stack: list[tuple[int, Scope, frozenset[bytes], str]], start: int, segments: list[Segment]
) -> None:
    while len(stack) > 1 and stack[-1][0] <= start:
        end = stack.pop()[0]
        segments.append(Segment(end, *stack[-1][1:]))


class Positions:
    """Answers which scope a byte offset belongs to."""

    def __init__(self, scopes: Sequence[Scope]) -> None:
        segments = build_segments(scopes, (), (), False)
        self._starts = [segment.start for segment in segments]
        self._labels = [segment.label for segment in segments]

    def scope_at(self, byte: int) -> Scope:
        """The innermost scope around the offset (decorators belong to what they decorate)."""
        return self._labels[bisect_right(self._starts, byte) - 1]
