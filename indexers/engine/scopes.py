"""Lexical scopes of one file: who encloses what, which names are local, what a position belongs to.

All positions are byte offsets. A *span* is ``(start, end)``, end exclusive. No tree is touched here: the
engine hands in spans, so that this part stays the same for every language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from indexers.facts import ReferenceKind, SymbolKind

_CONSTANT = re.compile(r"_*[A-Z][A-Z0-9_]*\Z")
_ARGUMENTS = re.compile(r"<[^<>]*>")
_MAX_ARGUMENT_DEPTH = 8

Span = tuple[int, int]
Mark = tuple[int, "Scope"]
"""From this offset on the text belongs to this scope."""
Segment = tuple[int, "Scope", frozenset[bytes], ReferenceKind]
"""From this offset on: the scope the text belongs to, the names that are no uses here, and the kind that a
plain use has here (``read`` or ``type``)."""

FUNCTION_KINDS = frozenset({"function", "method", "property", "macro", "scope", "block"})
"""Scopes whose variables are locals; in all others they are symbols of their own."""
CLASS_KINDS = frozenset({"class", "interface", "struct", "enum", "trait", "container"})
TRANSPARENT_KINDS = frozenset({"block", "scope"})

# In the order in which spans that are alike are read: a body that is one definition is the outer one's body.
_OUTER, _BODY, _OPEN, _OWNER, _NAME = range(5)
_RANKS = {
    "outer": (_OUTER, ""),
    "owner": (_OWNER, ""),
    "name": (_NAME, ""),
    "body": (_BODY, ""),
    "container": (_OPEN, "container"),
    "scope": (_OPEN, "scope"),
    "block": (_OPEN, "block"),
}
_NO_NAMES: frozenset[bytes] = frozenset()


class Everything(frozenset[bytes]):
    """The set that holds every name: inside an import statement no identifier is a use."""

    def __contains__(self, name: object) -> bool:
        return True


class Scope:
    """One scope. ``kind``: a SymbolKind, or ``file``, ``container`` (names its members, is no symbol),
    ``scope`` (lambda, comprehension) or ``block``. ``outer_start``: where its decorators begin.
    ``body_start``: where the text after its header begins (its end when it has no body). ``names``: bound
    here by a definition or an import; ``locals``: bound here otherwise; ``globals``: taken from the file;
    ``header_locals``: bound for the header and the body.
    ``is_open``: its variables are symbols, not locals. ``in_function``: it or a scope around it is not open."""

    __slots__ = (
        "body_start", "end", "globals", "header_locals", "hidden", "in_function", "is_open", "kind", "locals",
        "name", "name_start", "names", "outer_start", "owner", "parent", "qualname", "start",
    )  # fmt: skip

    def __init__(self, kind: str, start: int, end: int, parent: Scope | None) -> None:
        self.kind, self.start, self.end, self.parent = kind, start, end, parent
        self.outer_start, self.body_start, self.name_start = start, end, -1
        self.name = self.owner = self.qualname = ""
        self.locals: set[bytes] = set()
        self.names: set[bytes] = set()
        self.globals: set[bytes] = set()
        self.header_locals: set[bytes] = set()
        self.hidden = _NO_NAMES
        self.is_open = kind not in FUNCTION_KINDS
        self.in_function: bool = not self.is_open or (parent is not None and parent.in_function)

    def binds(self, name: bytes) -> bool:
        """Whether the name is a local one of this scope or one around it."""
        scope: Scope | None = self
        while scope is not None and name not in scope.locals:
            scope = scope.parent
        return scope is not None

    def enclosing_class(self) -> Scope | None:
        """The nearest enclosing class-like scope, itself included, or None."""
        scope: Scope | None = self
        while scope is not None and scope.kind not in CLASS_KINDS:
            scope = scope.parent
        return scope


def build_scopes(
    source: bytes,
    spans: Mapping[str, Sequence[Span]],
    captures: Iterable[str],
    dropped_owners: frozenset[str],
) -> tuple[list[Scope], list[Mark]]:
    """All scopes, parents before children, the first is the file; and the marks that tell which scope an
    offset belongs to (decorators belong to what they decorate). Of the ``captures`` it reads ``def.*``,
    ``container``, ``scope``, ``block``, ``outer``, ``owner``, ``name`` and ``body``. ``dropped_owners``: parts
    of a dotted name that are left out of the qualname."""
    file = Scope("file", 0, len(source) + 1, None)
    scopes, stack, marks = [file], [file], [(0, file)]
    outer: Span | None = None
    for start, negative_end, rank, kind in _events(spans, captures):
        end = -negative_end
        while stack[-1].end <= start:
            marks.append((stack.pop().end, stack[-1]))
        if rank == _OPEN:
            scope = Scope(kind, start, end, stack[-1])
            marks.append((start, scope))
            if outer and kind not in TRANSPARENT_KINDS:
                _take_outer(scope, outer, marks)
                outer = None
            scopes.append(scope)
            stack.append(scope)
        elif rank == _OUTER:
            outer = outer if outer and end <= outer[1] else (start, end)
        else:
            _fill(stack, rank, start, source[start:end])
    while len(stack) > 1:
        marks.append((stack.pop().end, stack[-1]))
    for scope in scopes:
        if scope.name_start >= 0:
            _qualify(scope, dropped_owners)
        elif scope.parent:
            scope.qualname = scope.parent.qualname
    return scopes, marks


def _events(spans: Mapping[str, Sequence[Span]], captures: Iterable[str]) -> list[tuple[int, int, int, str]]:
    events: list[tuple[int, int, int, str]] = []
    for capture in captures:
        is_definition = capture.startswith("def.")
        if is_definition or capture in _RANKS:
            rank, kind = (_OPEN, capture[4:]) if is_definition else _RANKS[capture]
            events += [(start, -end, rank, kind) for start, end in spans[capture]]
    events.sort()
    return events


def _take_outer(scope: Scope, outer: Span, marks: list[Mark]) -> None:
    """The text of its wrapper belongs to the scope already (lambdas in decorators keep theirs)."""
    start, end = outer
    if not start < scope.start < scope.end <= end:
        return
    scope.outer_start = start
    index = len(marks)
    while index and marks[index - 1][0] >= start:
        index -= 1
        if marks[index][1] is scope.parent:
            marks[index] = (marks[index][0], scope)
    marks.insert(index, (start, scope))


def _fill(stack: list[Scope], rank: int, start: int, text: bytes) -> None:
    """Give the name (owner, body start) to the innermost definition that waits for one."""
    for scope in reversed(stack):
        if scope.kind in TRANSPARENT_KINDS:
            continue
        if rank == _NAME and scope.name_start < 0:
            scope.name, scope.name_start = text.decode("utf-8", "replace"), start
        elif rank == _OWNER and not scope.owner:
            scope.owner = text.decode("utf-8", "replace")
        elif rank == _BODY and scope.body_start == scope.end:
            scope.body_start = start
        else:
            continue
        return


def _qualify(scope: Scope, dropped_owners: frozenset[str]) -> None:
    parent = scope.parent
    if parent is None:  # a name outside of any definition
        scope.name = ""
        return
    name, owner = scope.name, scope.owner
    if name[:1] == "`" == name[-1:]:  # any text may be a name so (Kotlin)
        name = scope.name = name[1:-1]
    elif not name.isidentifier() or owner:
        inner, _, name = dotted(without_arguments(name)).rpartition(".")
        parts = [*dotted(owner).split("."), *inner.split(".")]
        owner = ".".join(part for part in parts if part and part not in dropped_owners)
    if scope.name.endswith(name):  # of ``A.b`` the name is where b is
        scope.name_start += len(scope.name.encode()) - len(name.encode())
    prefix = f"{parent.qualname}.{owner}" if owner and parent.qualname else owner or parent.qualname
    scope.name, scope.qualname = name, f"{prefix}.{name}" if prefix else name
    if not owner and not (
        scope.kind == "container" and parent.in_function
    ):  # of those only members are symbols
        parent.names.add(name.encode())
    if scope.kind == "function" and (owner or parent.kind in CLASS_KINDS):
        scope.kind = "method"


def dotted(text: str) -> str:
    """``a::b``, ``a->b``, ``a?->b``, ``a\\b``, ``a?.b``, ``a&.b`` and ``a!.b`` as ``a.b``, without white space."""
    if text.replace(".", "").isidentifier():
        return text
    for separator in ("::", "->", "\\", "?.", "!.", "&."):
        text = text.replace(separator, ".")
    return "".join(text.split()).strip(".")


def without_arguments(text: str) -> str:
    """``Cart<T, U>::add`` as ``Cart::add``; the signs of an operator and deeply nested arguments stay."""
    if "<" not in text:
        return text
    head, operator, signs = text.partition("operator")
    for _ in range(_MAX_ARGUMENT_DEPTH):
        head, changes = _ARGUMENTS.subn("", head)
        if not changes:
            break
    return head + operator + signs or text


def hide_names(scopes: Iterable[Scope], members_in_scope: bool) -> None:
    """Compute ``hidden`` of each scope: the names that are no references inside it, because they are bound
    locally. A class body's names are seen by its methods only in languages where ``members_in_scope``."""
    for scope in scopes:
        enclosing, parameters = scope.parent, scope.header_locals
        while enclosing is not None and enclosing.kind in CLASS_KINDS and not members_in_scope:
            parameters = parameters | enclosing.header_locals
            enclosing = enclosing.parent
        hidden = enclosing.hidden if enclosing is not None else _NO_NAMES
        if scope.locals or parameters:
            hidden = hidden | scope.locals | parameters
        if hidden and (scope.names or scope.globals):
            hidden = hidden - scope.names - scope.globals
        scope.hidden = hidden


def variable_kind(scope: Scope, name: str, capture: str) -> SymbolKind:
    """What a variable that is a symbol is called; ``capture``: how the query names it."""
    if capture == "constant":
        return "constant"
    if scope.kind in CLASS_KINDS:
        return "field"
    return "constant" if _CONSTANT.match(name) else "variable"


def build_segments(
    scopes: Sequence[Scope], opaque: Sequence[Span], types: Sequence[Span], header_outside: bool
) -> list[Segment]:
    """The file cut where scope, hidden names or default kind change, in order; the first starts at 0.
    ``header_outside``: decorators, defaults and annotations are evaluated outside of the definition."""
    file = scopes[0]
    stack: list[Segment] = [(file.end, file, file.hidden, "read")]
    segments: list[Segment] = [(0, file, file.hidden, "read")]
    everything = Everything()
    for start, negative_end, index, what in _changes(scopes, opaque, types, header_outside):
        while stack[-1][0] <= start:
            segments.append((stack.pop()[0], *stack[-1][1:]))
        end, label, hidden, kind = stack[-1]
        if what == _TYPE:
            kind = "type"
        elif what == _OPAQUE:
            hidden = everything
        else:
            label, kind = scopes[index], "read"
            hidden = hidden | label.header_locals if what == _HEADER else label.hidden
        stack.append((min(-negative_end, end), label, hidden, kind))
        segments.append((start, label, hidden, kind))
    while len(stack) > 1:
        segments.append((stack.pop()[0], *stack[-1][1:]))
    return segments


_HEADER, _INSIDE, _OPAQUE, _TYPE = range(4)


def _changes(
    scopes: Sequence[Scope], opaque: Sequence[Span], types: Sequence[Span], header_outside: bool
) -> list[tuple[int, int, int, int]]:
    innermost = len(scopes)  # of spans that are alike the outer scope comes first, what only marks text last
    changes = [(start, -end, innermost, _OPAQUE) for start, end in opaque]
    changes += [(start, -end, innermost, _TYPE) for start, end in types]
    for index, scope in enumerate(scopes[1:], 1):
        body_start, end = scope.body_start, scope.end
        if header_outside and body_start < end:
            changes.append((scope.outer_start, -end, index, _HEADER))
            changes.append((body_start, -end, index, _INSIDE))
        else:
            changes.append((scope.outer_start, -end, index, _INSIDE))
    changes.sort()
    return changes
