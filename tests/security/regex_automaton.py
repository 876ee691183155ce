"""A pattern of `re` as an automaton: its states are the places where one character is consumed.

What is left out makes more texts possible, never fewer: what a long look-around asks for, that a reference is equal to
its group, what an atomic group prunes. Taken exactly: character classes, ``^ $ \\b``, look-arounds of one character,
possessive loops over one class.
"""

from __future__ import annotations

import re
import re._constants as op  # type: ignore[import-not-found]
import re._parser as parser  # type: ignore[import-not-found]
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

_SAMPLES = [*range(0x180), 0x5D0, 0x660, 0x2003, 0x2028, 0x20AC, 0x4E2D, 0xFF21, 0x1F600]
_COPIES, _COPIES_OF_ONE = 3, 12  # of what has to be repeated more often: enough to see what follows what
_ONE = {op.LITERAL, op.NOT_LITERAL, op.IN, op.ANY, op.CATEGORY}  # consumes one character
LOOPS = {op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT}
_I, _A, _U, _S, _M = (int(flag) for flag in (re.I, re.A, re.U, re.S, re.M))
START, END = 0, 1  # states: before the text; the end of a match


class NotRead(Exception):
    """The pattern has something that this module does not know."""


@dataclass(frozen=True)
class Edge:
    """From one state to the next. ``before``: classes that the last character may be of, ``after``: the next one.
    ``open``: it can be taken whatever was counted before."""

    before: int
    after: int
    target: int
    open: bool = True


@dataclass
class Automaton:
    """``edges`` by state; parallel ones mean several ways. ``classes``: what each state consumes, as a bit set.
    ``back``: edges of bounded loops, which no long run can take again and again, and how often at most."""

    sample: list[str]
    edges: dict[int, list[Edge]] = field(default_factory=lambda: defaultdict(list))
    classes: list[int] = field(default_factory=lambda: [0, 0])
    back: dict[tuple[int, int], int] = field(default_factory=dict)
    search: int = 0


@dataclass(frozen=True)
class _Way:
    """A way without consuming anything: the classes allowed before and behind it, bit ``edge`` of the alphabet
    standing for the text's border. ``open``: see Edge."""

    before: int
    after: int
    open: bool = True


@dataclass
class _Part:
    """A piece of the pattern. ``first`` and ``last``: (state, way that leads to or from it); ``empty``: ways through
    the piece that consume nothing."""

    first: list[tuple[_Way, int]]
    last: list[tuple[int, _Way]]
    empty: list[_Way]


def _joined(one: _Way, two: _Way) -> _Way | None:
    way = _Way(one.before & two.before, one.after & two.after, one.open and two.open)
    return way if way.before and way.after else None


class Builder:
    """``bounded``: a repetition with a bound is taken for one; else it counts as endless (its bound is noted)."""

    def __init__(self, pattern: str | bytes, flags: int, bounded: bool) -> None:
        self.bounded = bounded
        tree = parser.parse(pattern, int(flags))
        self.flags = int(tree.state.flags)
        self.is_text = isinstance(pattern, str)
        self.groups: dict[int, Any] = {}
        self._masks: dict[str, int] = {}
        self._number_groups(tree)
        self._signatures(tree)
        self.auto = Automaton(self.samples)
        self.in_loop = 0
        self.tree = tree

    # -- the alphabet

    def _number_groups(self, tree: Any) -> None:
        for code, value in _walk(tree):
            if code is op.SUBPATTERN and value[0] is not None:
                self.groups[value[0]] = value[3]

    def _signatures(self, tree: Any) -> None:
        """Characters that no class of the pattern tells apart are one letter of the alphabet."""
        points = set(_SAMPLES) if self.is_text else set(range(256))
        sets = list({repr(found): found for found in _sets(tree, self.flags)}.values())
        for code, value, flags in sets:
            points |= _literals(code, value, flags)
        points = {p for p in points if p < (0x110000 if self.is_text else 256)}
        by_signature: dict[tuple[bool, ...], int] = {}
        for point in sorted(points, key=_readable_first):
            signature = (
                *(_member(code, value, flags, point) for code, value, flags in sets),
                _is_word(point, self.flags),
                point == 10,
            )
            by_signature.setdefault(signature, point)
        self.points = list(by_signature.values())
        self.samples = [chr(point) for point in self.points]
        self.border = 1 << len(self.points)
        self.everything = self.border - 1
        self.anywhere = self.everything | self.border
        self.words = self._mask(lambda point: _is_word(point, self.flags))
        self.newline = self._mask(lambda point: point == 10)

    def _mask(self, test: Any) -> int:
        return sum(1 << at for at, point in enumerate(self.points) if test(point))

    def of_set(self, code: Any, value: Any, flags: int) -> int:
        key = repr((code, value, flags))
        if key not in self._masks:
            self._masks[key] = self._mask(lambda point: _member(code, value, flags, point))
        return self._masks[key]

    # -- pieces

    def free(self) -> _Way:
        return _Way(self.anywhere, self.anywhere)

    def nothing(self) -> _Part:
        return _Part([], [], [self.free()])

    def sequence(self, items: Iterable[tuple[Any, Any]], flags: int) -> _Part:
        part = self.nothing()
        for code, value in items:
            part = self.then(part, self.item(code, value, flags))
        return part

    def then(self, one: _Part, two: _Part) -> _Part:
        for state, out in one.last:
            for into, target in two.first:
                self.edge(state, out, into, target)
        first = one.first + [(w, s) for e in one.empty for i, s in two.first if (w := _joined(e, i))]
        last = two.last + [(s, w) for s, o in one.last for e in two.empty if (w := _joined(o, e))]
        empty = [w for e in one.empty for f in two.empty if (w := _joined(e, f))]
        return _Part(first, last, empty)

    def edge(self, state: int, out: _Way, into: _Way, target: int, back: int = 0) -> None:
        way = _joined(out, into)
        if way is None:
            return
        before = way.before & (self.border if state == START else self.auto.classes[state])
        after = way.after & (self.anywhere if target == END else self.auto.classes[target])
        if before and after:
            self.auto.edges[state].append(Edge(before, after, target, way.open))
            if back:
                self.auto.back[state, target] = back

    def item(self, code: Any, value: Any, flags: int) -> _Part:
        if code in _ONE:
            return self.one(self.of_set(code, value, flags))
        if code in LOOPS:
            return self.loop(code, value, flags)
        if code in (op.ASSERT, op.ASSERT_NOT):
            return self.look(code, value, flags)
        if code is op.FAILURE:
            return _Part([], [], [])
        readers = {
            op.SUBPATTERN: self.group,
            op.BRANCH: lambda branches, flags: self.either([self.sequence(b, flags) for b in branches[1]]),
            op.ATOMIC_GROUP: self.atomic,
            op.AT: self.at,
            op.GROUPREF: self.reference,
            op.GROUPREF_EXISTS: lambda both, flags: self.either(
                [self.sequence(b or [], flags) for b in both[1:]]
            ),
        }
        if code not in readers:
            raise NotRead(str(code))
        return readers[code](value, flags)

    def group(self, value: Any, flags: int) -> _Part:
        _number, add, remove, inner = value
        return self.sequence(inner, (flags | add) & ~remove)

    def one(self, mask: int) -> _Part:
        if not mask:
            return _Part([], [], [])
        self.auto.classes.append(mask)
        state = len(self.auto.classes) - 1
        return _Part([(self.free(), state)], [(state, self.free())], [])

    def either(self, parts: Sequence[_Part]) -> _Part:
        return _Part(
            [x for p in parts for x in p.first],
            [x for p in parts for x in p.last],
            [x for p in parts for x in p.empty],
        )

    def loop(self, code: Any, value: Any, flags: int) -> _Part:
        low, high, inner = value
        if high == 0:
            return self.nothing()
        if high == 1:
            return self.optional(self.sequence(inner, flags), low)
        part = self.nothing()
        copies = _COPIES_OF_ONE if self.single(inner, flags) else _COPIES
        for _ in range(min(low, copies) - (1 if low else 0)):
            part = self.then(part, self.sequence(inner, flags))
        endless = high is op.MAXREPEAT or not self.bounded
        body = self.optional(self.rounds(inner, flags, high, endless), low)
        if low > copies:  # what follows comes after more rounds than these
            body.last = [(s, _Way(w.before, w.after, False)) for s, w in body.last]
        mask = self.single(inner, flags)
        if code is op.POSSESSIVE_REPEAT and endless and mask:  # also with a bound: one way only
            behind = _Way(self.anywhere, self.anywhere & ~mask)
            body.last = [(s, w) for s, o in body.last if (w := _joined(o, behind))]
            body.empty = [w for e in body.empty if (w := _joined(e, behind))]
        return self.then(part, body)

    def rounds(self, inner: Any, flags: int, high: Any, endless: bool) -> _Part:
        """The piece once, with the ways back to its beginning. A round that consumes nothing is a way of its own."""
        limit = 0 if high is op.MAXREPEAT or (self.bounded and self.in_loop) else int(high)
        self.in_loop += endless
        body = self.sequence(inner, flags)
        self.in_loop -= endless
        for _ in range(2 if body.empty and endless else 1):
            for state, out in body.last:
                for into, target in body.first:
                    self.edge(state, out, into, target, limit)
        return body

    def optional(self, part: _Part, low: int) -> _Part:
        return part if low else _Part(part.first, part.last, [*part.empty, self.free()])

    def atomic(self, inner: Any, flags: int) -> _Part:
        items = list(inner)
        if len(items) == 1 and items[0][0] is op.MAX_REPEAT:
            return self.loop(op.POSSESSIVE_REPEAT, items[0][1], flags)
        return self.sequence(items, flags)

    def single(self, inner: Any, flags: int) -> int:
        """The classes of a piece that always consumes one character; 0 for any other piece."""
        items = list(inner)
        if len(items) != 1:
            return 0
        code, value = items[0]
        if code in _ONE:
            return self.of_set(code, value, flags)
        if code is op.SUBPATTERN:
            return self.single(value[3], (flags | value[1]) & ~value[2])
        if code is op.BRANCH:
            masks = [self.single(branch, flags) for branch in value[1]]
            return 0 if 0 in masks else _union(masks)
        return 0

    # -- assertions

    def at(self, where: Any, flags: int) -> _Part:
        anywhere, border = self.anywhere, self.border
        words, others = self.words, anywhere & ~self.words
        ways = {
            op.AT_BEGINNING: [(border | (self.newline if flags & _M else 0), anywhere)],
            op.AT_BEGINNING_STRING: [(border, anywhere)],
            op.AT_END: [(anywhere, border | self.newline)],
            op.AT_END_STRING: [(anywhere, border)],
            op.AT_BOUNDARY: [(words, others), (others, words)],
            op.AT_NON_BOUNDARY: [(words, words), (others, others)],
        }.get(where)
        if ways is None:
            raise NotRead(str(where))
        return _Part([], [], [_Way(*way) for way in ways])

    def look(self, code: Any, value: Any, flags: int) -> _Part:
        direction, inner = value
        mask = self.one_character(inner, flags)
        negative = code is op.ASSERT_NOT
        if mask is not None:
            allowed = self.anywhere & ~mask if negative else mask
            way = _Way(self.anywhere, allowed) if direction > 0 else _Way(allowed, self.anywhere)
            return _Part([], [], [way] if allowed else [])
        if direction < 0:  # of fixed width, so of constant cost
            return self.nothing()
        ahead = self.sequence(inner, flags)
        return _Part(ahead.first, [], [self.free()])  # it is read, and then the text behind it once more

    def one_character(self, inner: Any, flags: int) -> int | None:
        """The classes (the border included) of which the next character has to be for the piece to match."""
        items = list(inner)
        if len(items) == 1 and items[0][0] is op.BRANCH:
            masks = [self.one_character(branch, flags) for branch in items[0][1][1]]
            return None if None in masks else _union(mask for mask in masks if mask is not None)
        if len(items) == 1 and items[0][0] is op.SUBPATTERN:
            _number, add, remove, sub = items[0][1]
            return self.one_character(sub, (flags | add) & ~remove)
        if len(items) == 1 and items[0][0] is op.AT and items[0][1] in (op.AT_END, op.AT_END_STRING):
            return self.border | (self.newline if items[0][1] is op.AT_END else 0)
        if len(items) == 1 and items[0][0] is op.AT and items[0][1] is op.AT_BEGINNING:
            return self.border | (self.newline if flags & _M else 0)
        return self.single(items, flags) or None

    def reference(self, group: int, flags: int) -> _Part:
        inner = self.groups.get(group)
        if inner is None or any(code in LOOPS and value[1] is op.MAXREPEAT for code, value in _walk(inner)):
            raise NotRead("a reference to a group of any length")
        return self.sequence(inner, flags)

    # -- all of it

    def build(self, *, anywhere: bool, whole: bool) -> Automaton:
        """``anywhere``: a match may begin at any character. ``whole``: it has to reach the end of the text."""
        body = self.sequence(self.tree, self.flags)
        end = _Way(self.anywhere, self.border if whole else self.anywhere)
        starts = [START]
        if anywhere:
            self.auto.classes.append(self.everything)
            self.auto.search = search = len(self.auto.classes) - 1
            for state in (START, search):
                self.edge(state, self.free(), self.free(), search)
            starts.append(search)
        for state in starts:
            for into, target in body.first:
                self.edge(state, self.free(), into, target)
            for way in body.empty:
                self.edge(state, way, end, END)
        for state, out in body.last:
            self.edge(state, out, end, END)
        return self.auto


# -- the parser's trees


def has_bounds(tree: Any) -> bool:
    """Some repetition has a bound that matters."""
    return _greatest_bound(tree) > 1


def greatest_bound(pattern: str | bytes) -> int:
    """Of its repetitions that have one; 0 without any."""
    return _greatest_bound(parser.parse(pattern))


def _greatest_bound(tree: Any) -> int:
    bounds = (value[1] for code, value in _walk(tree) if code in LOOPS)
    return max((int(bound) for bound in bounds if bound is not op.MAXREPEAT), default=0)


def _parts(code: Any, value: Any) -> list[Any]:
    if code is op.SUBPATTERN:
        return [value[3]]
    if code is op.BRANCH:
        return list(value[1])
    if code in LOOPS:
        return [value[2]]
    if code is op.ATOMIC_GROUP:
        return [value]
    if code in (op.ASSERT, op.ASSERT_NOT):
        return [value[1]]
    if code is op.GROUPREF_EXISTS:
        return [part for part in value[1:] if part]
    return []


def _walk(tree: Any) -> Iterator[tuple[Any, Any]]:
    for code, value in tree:
        yield code, value
        for part in _parts(code, value):
            yield from _walk(part)


def _sets(tree: Any, flags: int) -> Iterator[tuple[Any, Any, int]]:
    for code, value in tree:
        if code in _ONE:
            yield code, value, flags
        inside = (flags | value[1]) & ~value[2] if code is op.SUBPATTERN else flags
        for part in _parts(code, value):
            yield from _sets(part, inside)


def _literals(code: Any, value: Any, flags: int) -> set[int]:
    found: set[int] = set()
    items = value if code is op.IN else [(code, value)]
    for kind, of in items:
        if kind in (op.LITERAL, op.NOT_LITERAL):
            found.add(of)
        elif kind is op.RANGE:
            found |= {of[0], of[1], max(0, of[0] - 1), of[1] + 1}
    if flags & _I:
        found |= {
            ord(c)
            for p in list(found)
            if p < 0x110000
            for c in (chr(p).lower(), chr(p).upper())
            if len(c) == 1
        }
    return found


def _member(code: Any, value: Any, flags: int, point: int) -> bool:
    if code is op.ANY:
        return point != 10 or bool(flags & _S)
    if code is op.CATEGORY:
        return _in_category(value, flags, point)
    cases = {point}
    if flags & _I and (not flags & _A or point < 128):
        text = chr(point)
        cases |= {ord(c) for c in (text.lower(), text.upper()) if len(c) == 1}
    if code is op.LITERAL:
        return value in cases
    if code is op.NOT_LITERAL:
        return value not in cases
    negated = bool(value) and value[0][0] is op.NEGATE
    inside = any(
        (kind is op.LITERAL and of in cases)
        or (kind is op.RANGE and any(of[0] <= case <= of[1] for case in cases))
        or (kind is op.CATEGORY and _in_category(of, flags, point))
        for kind, of in value
    )
    return inside != negated


def _in_category(name: Any, flags: int, point: int) -> bool:
    text, is_ascii = chr(point), bool(flags & _A) or not flags & _U
    if name in (op.CATEGORY_WORD, op.CATEGORY_NOT_WORD):
        return _is_word(point, flags) == (name is op.CATEGORY_WORD)
    if name in (op.CATEGORY_DIGIT, op.CATEGORY_NOT_DIGIT):
        inside = text.isdecimal() and (point < 128 or not is_ascii)
        return inside == (name is op.CATEGORY_DIGIT)
    inside = text.isspace() and not (is_ascii and point >= 128) and not (is_ascii and 28 <= point <= 31)
    return inside == (name is op.CATEGORY_SPACE)


def _is_word(point: int, flags: int) -> bool:
    is_ascii = bool(flags & _A) or not flags & _U
    text = chr(point)
    return (text.isalnum() or text == "_") and (point < 128 or not is_ascii)


def _readable_first(point: int) -> tuple[bool, int]:
    return not 32 <= point < 127, point


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found
