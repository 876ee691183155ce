"""Whether one name, the piece of a path between two slashes, fits a pattern.

Patterns come from strangers, so no backtracking regex may meet them. Between the stars of a pattern without groups
stand pieces of fixed length: each takes its earliest place (an atomic group of ``re``), which is exact and tries
nothing twice. A pattern with groups is followed as a set of what may still come, one character after the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

NameTest = Callable[[str], object]
MAX_NAME = 255  # characters that a pattern with groups is followed over; file systems allow no more
_MAX_GROUPED = 256  # characters of a pattern in which groups are looked for; in a longer one they are plain
_MAX_DEPTH = 4  # of groups in groups; deeper ones are plain characters
_MAX_KNOWN = 4_096  # steps that are remembered of one pattern with groups
_POSIX = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "blank": r" \t", "cntrl": r"\x00-\x1f\x7f", "digit": "0-9",
    "graph": r"!-~", "lower": "a-z", "print": r" -~", "punct": r"!-/:-@\[-`{-~", "space": r"\s",
    "upper": "A-Z", "xdigit": "0-9A-Fa-f",
}  # fmt: skip


class Malformed(ValueError):
    """A pattern that its dialect does not allow."""


class Dialect(Struct, frozen=True):
    """What the signs of a tool's patterns mean; ``*``, ``?`` and ``**`` (alone between two separators: any number of
    names) are in all of them.

    ``classes``: ``[a-z]``, ``[!a]``, ``[[:digit:]]``, and a backslash takes the next character as it is.
    ``groups``: ``{a,b}``, ``@(a|b)``, ``?(a)``, ``+(a)``, ``*(a)`` and ``!(a)``, as in bash and minimatch.
    ``strict``: a bracket that is not closed, or a last backslash, makes the pattern fit nothing, else they are plain
    characters. ``least``: how many names ``**`` stands for at least."""

    separator: str = "/"
    classes: bool = True
    groups: bool = False
    strict: bool = False
    least: int = 0


class _Star(Struct, frozen=True):
    """Any number of characters."""


class _Group(Struct, frozen=True):
    """``kind``: the sign before the parenthesis; ``{`` is ``@`` in other dress."""

    kind: str
    choices: tuple[tuple[_Node, ...], ...]


_Node = str | _Star | _Group  # a string is a regex of exactly one character
_Nodes = tuple[_Node, ...]
_STAR = _Star()


class _Excluded(Struct, frozen=True):
    """Within ``!(…)``: what would have to follow for one of its choices to fit."""

    rests: frozenset[_Rest]


_Rest = tuple[_Node | _Excluded, ...]


def name_test(pattern: str, dialect: Dialect) -> NameTest:
    """Raises Malformed (only in a ``strict`` dialect)."""
    if not any(char in pattern for char in "*?[\\({"):
        return pattern.__eq__
    nodes = _Parser(pattern, dialect).nodes()
    if any(isinstance(node, _Group) for node in nodes):
        return _Follower(nodes)
    return re.compile(_as_regex(nodes), re.DOTALL).fullmatch


# -- reading


class _Open:
    """A group whose end is not yet found. ``sign``: as written, should the end never come."""

    def __init__(self, kind: str, sign: list[_Node]) -> None:
        self.kind, self.sign = kind, sign
        self.choices: list[list[_Node]] = [[]]

    @property
    def separator(self) -> str:
        return "," if self.kind == "{" else "|"

    def as_written(self) -> list[_Node]:
        found = list(self.sign)
        for number, choice in enumerate(self.choices):
            found += [*([re.escape(self.separator)] if number else []), *choice]
        return found


class _Parser:
    """Reads a pattern once, from left to right; what is opened and never closed turns back into characters."""

    def __init__(self, pattern: str, dialect: Dialect) -> None:
        self._text, self._dialect = pattern, dialect
        self._groups = dialect.groups and len(pattern) <= _MAX_GROUPED
        self._open = [_Open("", [])]
        self._brackets = dialect.classes

    def nodes(self) -> _Nodes:
        at = 0
        while at < len(self._text):
            at = self._take(at)
        while len(self._open) > 1:
            self._unclosed()
        return tuple(self._open[0].choices[0])

    def _take(self, at: int) -> int:
        char = self._text[at]
        if self._groups and (end := self._group(at)):
            return end
        if char == "*":
            nodes = self._open[-1].choices[-1]
            if not nodes or nodes[-1] is not _STAR:
                nodes.append(_STAR)
        elif char == "?":
            self._add(".")
        elif char == "[" and self._brackets:
            return self._class(at)
        elif char == "\\" and self._dialect.classes:
            return self._escaped(at)
        else:
            self._add(re.escape(char))
        return at + 1

    def _add(self, node: _Node) -> None:
        self._open[-1].choices[-1].append(node)

    def _class(self, at: int) -> int:
        try:
            end, expression = bracket(self._text, at + 1)
        except Malformed:
            if self._dialect.strict:
                raise
            self._brackets = False  # nor does a later one close, where this one does not
            self._add(r"\[")
            return at + 1
        self._add(expression)
        return end

    def _escaped(self, at: int) -> int:
        literal = self._text[at + 1 : at + 2]
        if not literal and self._dialect.strict:
            raise Malformed("lone backslash")
        self._add(re.escape(literal or "\\"))
        return at + 2

    def _group(self, at: int) -> int:
        """Where it goes on behind a sign of groups, 0 when there is none at ``at``."""
        char, top = self._text[at], self._open[-1]
        if char == "{" or (char in "@?+*!" and self._text[at + 1 : at + 2] == "("):
            return self._begin(at, char)
        if char == top.separator and len(self._open) > 1:
            top.choices.append([])
            return at + 1
        if char in ")}":
            return self._end(at, char)
        return 0

    def _begin(self, at: int, kind: str) -> int:
        in_excluded = kind == "!" and any(group.kind == "!" for group in self._open)
        if len(self._open) > _MAX_DEPTH or in_excluded:
            return 0
        written = kind if kind == "{" else f"{kind}("
        sign: list[_Node] = [re.escape(char) for char in written]
        if kind in "?*":
            sign[0] = "." if kind == "?" else _STAR
        self._open.append(_Open(kind, sign))
        return at + len(written)

    def _end(self, at: int, char: str) -> int:
        kinds = "{" if char == "}" else "@?+*!"
        if not any(group.kind and group.kind in kinds for group in self._open):
            return 0
        while self._open[-1].kind not in kinds:
            self._unclosed()
        group = self._open.pop()
        if group.kind == "{" and len(group.choices) == 1:
            self._open[-1].choices[-1] += [*group.as_written(), r"\}"]
        else:
            self._add(_Group(group.kind, tuple(tuple(choice) for choice in group.choices)))
        return at + 1

    def _unclosed(self) -> None:
        nodes = self._open.pop().as_written()
        self._open[-1].choices[-1] += nodes


def bracket(glob: str, at: int) -> tuple[int, str]:
    """The class that opens before ``at``: (where it ends, its regex). Raises Malformed when it is unclosed."""
    negated = glob[at : at + 1] in ("!", "^")
    at += negated
    items: list[str] = []
    first = True
    while first or glob[at : at + 1] != "]":
        first = False
        if at >= len(glob):
            raise Malformed("unclosed bracket")
        if glob.startswith("[:", at) and (end := glob.find(":]", at)) > 0:
            items.append(_posix(glob[at + 2 : end]))
            at = end + 2
            continue
        low, at = _literal(glob, at)
        if glob[at : at + 1] == "-" and glob[at + 1 : at + 2] not in ("", "]"):
            high, at = _literal(glob, at + 1)
            # A range that runs backwards still has its first character, as in git.
            items.append(f"{re.escape(low)}-{re.escape(high)}" if low <= high else re.escape(low))
        else:
            items.append(re.escape(low))
    inside = "".join(items)
    if not inside:
        return at + 1, "." if negated else r"(?!)"
    return at + 1, f"[{'^' if negated else ''}{inside}]"


def _posix(name: str) -> str:
    if name not in _POSIX:
        raise Malformed("unknown character class")
    return _POSIX[name]


def _literal(glob: str, at: int) -> tuple[str, int]:
    if glob[at] == "\\":
        at += 1
    if at >= len(glob):
        raise Malformed("unclosed bracket")
    return glob[at], at + 1


# -- without groups


def _as_regex(nodes: _Nodes) -> str:
    pieces = [""]
    for node in nodes:
        if isinstance(node, str):
            pieces[-1] += node
        else:
            pieces.append("")
    if len(pieces) == 1:
        return pieces[0]
    first, *middle, last = pieces
    return first + "".join(f"(?>.*?{piece})" for piece in middle if piece) + ".*" + last


# -- with groups


class _Follower:
    """Whether a name fits a pattern with groups: which rests of the pattern may still come is a finite set, and the
    step from one set to the next is remembered."""

    def __init__(self, nodes: _Nodes) -> None:
        self._start = frozenset((nodes,))
        self._step = lru_cache(_MAX_KNOWN)(_step)

    def __call__(self, name: str) -> bool:
        rests: frozenset[_Rest] = self._start
        for char in name if len(name) <= MAX_NAME else ():
            rests = self._step(rests, char)
        return len(name) <= MAX_NAME and any(map(_may_end, rests))


def _step(rests: frozenset[_Rest], char: str) -> frozenset[_Rest]:
    return frozenset(after for rest in rests for after in _after(rest, char))


def _after(rest: _Rest, char: str) -> Iterator[_Rest]:
    """What may follow when ``char`` is the next character (the partial derivatives of the pattern)."""
    for at, node in enumerate(rest):
        behind = rest[at + 1 :]
        if isinstance(node, str):
            if _is_one(node, char):
                yield behind
        elif isinstance(node, _Star):
            yield rest[at:]
        elif isinstance(node, _Excluded):
            yield (_Excluded(_step(node.rests, char)), *behind)
        elif node.kind == "!":
            yield (_Excluded(_step(frozenset(node.choices), char)), *behind)
        else:
            again = (_Group("*", node.choices),) if node.kind in "+*" else ()
            for choice in node.choices:
                for inner in _after(choice, char):
                    yield (*inner, *again, *behind)
        if not _may_be_empty(node):
            return


def _may_end(rest: _Rest) -> bool:
    return all(map(_may_be_empty, rest))


def _may_be_empty(node: _Node | _Excluded) -> bool:
    if isinstance(node, str):
        return False
    if isinstance(node, _Star):
        return True
    if isinstance(node, _Excluded):
        return not any(map(_may_end, node.rests))
    return node.kind in "?*" or (node.kind == "!") != _any_empty(node.choices)


def _any_empty(choices: Iterable[_Rest]) -> bool:
    return any(map(_may_end, choices))


@lru_cache(1 << 16)
def _is_one(expression: str, char: str) -> bool:
    return re.fullmatch(expression, char, re.DOTALL) is not None
