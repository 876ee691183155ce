"""Whether a pattern of Python's backtracking `re` takes time linear in its text, decided without running it.

A pattern is read (by `re`'s own parser) into an automaton whose states are the places where one character is
consumed. A backtracking matcher takes more than linear time only if many of its attempts read the same text, that
is if there are states p ≠ q and a word v that leads from p to p, from p to q and from q to q (infinite ambiguity:
A. Weber, H. Seidl, "On the degree of ambiguity of finite automata", 1991; for matchers: N. Weideman et al.,
"Analyzing matching time behavior of backtracking regular expression matchers", 2016). A search begins anywhere,
which is a state p of its own that reads everything: `\\s+$` is quadratic when searched for, linear when matched.

What the automaton leaves out makes more attempts possible, never fewer (see `regex_automaton`). So "linear" can be
believed, and "not linear" needs a look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from regex_automaton import END, START, Automaton, Builder, Edge, has_bounds

MAX_BOUND = 4_000  # the most that bounded repetitions may multiply the work by
_MAX_ROUNDS = 8  # of a bounded loop that can be gone through in two ways: each doubles the work


@dataclass(frozen=True)
class Verdict:
    """``problem``: ``""`` for a pattern that is linear, else what is not. ``pump``: a text that, repeated, may show
    it. ``exponential``: it may take time exponential in the text (or in a bound), not only a power."""

    problem: str = ""
    pump: str = ""
    exponential: bool = False


def verdict(pattern: str | bytes, flags: int = 0, *, anywhere: bool = True, whole: bool = False) -> Verdict:
    """Whether searching (``anywhere``) or matching at the start takes linear time. Raises re.error, NotRead."""
    builder = Builder(pattern, flags, bounded=True)
    found = _Ambiguity(builder.build(anywhere=anywhere, whole=whole), builder).verdict()
    if found.problem or not has_bounds(builder.tree):
        return found
    builder = Builder(pattern, flags, bounded=False)
    return _Ambiguity(builder.build(anywhere=anywhere, whole=whole), builder).multiplied()


class _Ambiguity:
    """Looks for p ≠ q and a word v with p –v→ p, p –v→ q, q –v→ q; see the module.

    An attempt that can still succeed whatever follows (``safe``) has not read in vain: the next search begins behind
    what it took. So q is looked for among the states that may fail, p among those where the match cannot end at once.
    """

    def __init__(self, auto: Automaton, builder: Builder) -> None:
        self.auto, self.everything = auto, builder.everything
        self.samples, self.border = builder.samples, builder.border
        self.safe = self._safe()
        self.ends = {state for state in self.safe if self._ends_at_once(state)}
        self.steps = {s: [e for e in edges if e.target != END] for s, edges in auto.edges.items()}
        self.failing = self._without(self.safe)
        self.going_on = self._without(self.ends)
        self.inner_failing = _Inner(self.failing, auto, builder.bounded)
        self.inner_going_on = _Inner(self.going_on, auto, builder.bounded)

    def _without(self, states: set[int]) -> dict[int, list[Edge]]:
        return {
            state: [e for e in edges if e.target not in states]
            for state, edges in self.steps.items()
            if state not in states
        }

    def _ends_at_once(self, state: int) -> bool:
        return any(self._always(state, e) and e.target == END for e in self.auto.edges.get(state, ()))

    def _always(self, state: int, edge: Edge) -> bool:
        """The edge is open whatever was read last; to the end of the match also whatever follows."""
        is_open = edge.open and edge.before == self.auto.classes[state]
        return is_open and (edge.target != END or edge.after == self.everything | self.border)

    def _safe(self) -> set[int]:
        """States from which one track alone succeeds on every text (a greatest fixed point)."""
        safe = {s for s in self.auto.edges if s > END and s != self.auto.search}
        while True:
            left = {state for state in safe if self._is_safe(state, safe)}
            if left == safe:
                return safe
            safe = left

    def _is_safe(self, state: int, safe: set[int]) -> bool:
        covered = 0
        for edge in self.auto.edges[state]:
            is_open = edge.open and edge.before == self.auto.classes[state]
            if is_open and (edge.target == END or edge.target in safe):
                covered |= edge.after
        return covered & (self.everything | self.border) == self.everything | self.border

    def verdict(self) -> Verdict:
        """The first thing that makes more than linear time."""
        for _p, _q, found in self._twofold():
            return found
        for _p, _q, found in self._pairs():
            return found
        return Verdict()

    def multiplied(self) -> Verdict:
        """For a pattern that is linear while its bounds are bounds: whether these multiply the work too much. What one
        loop has read can be read again by each of the loops that share its text."""
        follows: dict[int, set[int]] = defaultdict(set)
        most = 1
        for before, loop, found in (*self._twofold(), *self._pairs()):
            if not found.exponential:
                follows[before].add(loop)
            elif self.inner_failing.bounds.get(loop, 1 << 30) > _MAX_ROUNDS:
                return found
            else:
                most = 1 << _MAX_ROUNDS
        most *= max((self._longest(start, follows) for start in list(follows)), default=1)
        return (
            Verdict(f"bounded repetitions multiply the work by up to {most}")
            if most > MAX_BOUND
            else Verdict()
        )

    def _longest(self, state: int, follows: dict[int, set[int]]) -> int:
        """The greatest product of bounds along loops that share a text."""
        bound = self.inner_failing.bounds.get(state, 1) if state != self.auto.search else 1
        return bound * max((self._longest(other, follows) for other in follows.get(state, ())), default=1)

    def _twofold(self) -> Iterator[tuple[int, int, Verdict]]:
        for state in self.inner_failing.loops:
            if found := self.inner_failing.twice(state):
                yield state, state, Verdict("two ways through one loop", self.show(found), True)

    def _pairs(self) -> Iterator[tuple[int, int, Verdict]]:
        """(p, q, what they do) for every two states that read the same text again and again."""
        search, inner = self.auto.search, self.inner_failing
        for q in inner.loops if search else ():
            graphs = (self.steps, inner.of(q))
            if q != search and (word := self.word((search, q), (q, q), graphs)) is not None:
                yield search, q, Verdict("a search begins again inside of what it has read", word)
        for p in self.inner_going_on.loops:
            for q in inner.loops:
                if search in (p, q) or p == q:
                    continue
                graphs = (self.inner_going_on.of(p), self.going_on, inner.of(q))
                if (word := self.word((p, p, q), (p, q, q), graphs)) is not None:
                    is_one_loop = self.inner_going_on.are_together(p, q)
                    problem = "two ways through one loop" if is_one_loop else "two loops read the same text"
                    yield p, q, Verdict(problem, word, is_one_loop)

    def word(
        self, start: tuple[int, ...], goal: tuple[int, ...], graphs: Sequence[dict[int, list[Edge]]]
    ) -> str | None:
        """A word that leads all tracks from ``start`` to ``goal`` at once, each in its graph, and can be repeated: it
        ends with the character that comes before it."""
        if not self._reaches(start, goal, graphs):
            return None
        common = self.everything
        for state in start:
            common &= self.auto.classes[state]
        words = (self._exact(start, goal, graphs, letter) for letter in _bits(common))
        return next((word for word in words if word is not None), None)

    def _reaches(
        self, start: tuple[int, ...], goal: tuple[int, ...], graphs: Sequence[dict[int, list[Edge]]]
    ) -> bool:
        """Whether such a word may exist: many characters at once, so quickly."""
        begin = self.everything
        for state in start:
            begin &= self.auto.classes[state]
        if not begin:
            return False
        seen, todo = {start: begin}, [start]
        while todo:
            at = todo.pop()
            for target, _before, after in _moves(at, seen[at], graphs):
                if target == goal and after & begin:
                    return True
                known = seen.get(target, 0)
                if known | after != known:
                    seen[target] = known | after
                    todo.append(target)
        return False

    def _exact(
        self,
        start: tuple[int, ...],
        goal: tuple[int, ...],
        graphs: Sequence[dict[int, list[Edge]]],
        letter: int,
    ) -> str | None:
        """The same, character by character; ``letter``: the last of the word."""
        words = {(start, letter): ""}
        todo = [(start, letter)]
        for at, last in todo:
            for target, _before, after in _moves(at, last, graphs):
                for bit in _bits(after):
                    if (target, bit) in words and (target, bit) != (goal, letter):
                        continue
                    words[target, bit] = words[at, last] + self.show(bit)
                    if (target, bit) == (goal, letter):
                        return words[target, bit]
                    todo.append((target, bit))
        return None

    def show(self, mask: int) -> str:
        return self.samples[(mask & -mask).bit_length() - 1]


class _Inner:
    """The loops of a graph: its strongly connected parts, without the edges of loops that count as ``bounded``.
    ``bounds``: how often the loop of a state goes round at most, for those that have a bound."""

    def __init__(self, graph: dict[int, list[Edge]], auto: Automaton, bounded: bool) -> None:
        lasting = {
            state: [e for e in edges if bounded is False or (state, e.target) not in auto.back]
            for state, edges in graph.items()
        }
        component = _components(lasting)
        self._graphs: dict[int, dict[int, list[Edge]]] = defaultdict(dict)
        for state, edges in lasting.items():
            inside = [e for e in edges if component.get(e.target) == component[state]]
            if inside:
                self._graphs[component[state]][state] = inside
        self._component = component
        self.loops = [state for graph in self._graphs.values() for state in graph]
        self.bounds = self._bounds(auto)

    def _bounds(self, auto: Automaton) -> dict[int, int]:
        found: dict[int, int] = {}
        for number, graph in self._graphs.items():
            limits = {
                auto.back.get((state, edge.target), 0)
                for state, edges in graph.items()
                for edge in edges
                if edge.target <= state  # an edge back
            }
            if limits and all(limits):
                found |= dict.fromkeys((s for s, of in self._component.items() if of == number), prod(limits))
        return found

    def are_together(self, one: int, two: int) -> bool:
        """They are states of one loop."""
        return self._component[one] == self._component[two]

    def of(self, state: int) -> dict[int, list[Edge]]:
        """The loop that the state is in."""
        return self._graphs[self._component[state]]

    def twice(self, state: int) -> int:
        """Characters that the loop can consume in two ways from here on."""
        found = self.of(state)[state]
        for at, one in enumerate(found):
            for two in found[at + 1 :]:
                if one.target == two.target and one.before & two.before and one.after & two.after:
                    return one.after & two.after
        return 0


def _moves(
    at: tuple[int, ...], last: int, graphs: Sequence[dict[int, list[Edge]]]
) -> Iterator[tuple[tuple[int, ...], int, int]]:
    """(next states, classes allowed before, characters that lead there), all tracks reading the same character."""
    found: list[tuple[tuple[int, ...], int, int]] = [((), last, -1)]
    for state, graph in zip(at, graphs, strict=True):
        found = [
            ((*targets, edge.target), before & edge.before, after & edge.after)
            for targets, before, after in found
            for edge in graph.get(state, ())
            if before & edge.before and after & edge.after
        ]
    return iter(found)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        bit = mask & -mask
        yield bit
        mask ^= bit


def _components(graph: dict[int, list[Edge]]) -> dict[int, int]:
    """State → the least state of those that it leads to and that lead back to it."""
    reached = {state: _reached(graph, state) for state in graph}
    return {
        state: min((other for other in found if state in reached.get(other, ())), default=state)
        for state, found in reached.items()
    }


def _reached(graph: dict[int, list[Edge]], state: int) -> set[int]:
    found, todo = {state}, [state]
    while todo:
        new = {edge.target for edge in graph.get(todo.pop(), ())} - found
        found |= new
        todo += new
    return found


# -- worst cases to try


def attacks(
    pattern: str | bytes, flags: int = 0, *, anywhere: bool = True, whole: bool = False
) -> list[tuple[str, str]]:
    """(what comes first, what to repeat after it) for every loop of the pattern: where there is a text that shows what
    the pattern costs, it is like one of these."""
    builder = Builder(pattern, flags, bounded=False)
    automaton = builder.build(anywhere=anywhere, whole=whole)
    ambiguity = _Ambiguity(automaton, builder)
    leads = _leads(automaton, ambiguity)
    found: dict[tuple[str, str], None] = {}
    for state in _Inner(ambiguity.steps, automaton, False).loops:
        if state == automaton.search or state not in leads:
            continue
        inner = _Inner(ambiguity.steps, automaton, False).of(state)
        pump = ambiguity.word((state,), (state,), (inner,))
        if pump:
            found[leads[state], pump] = None
            found["", leads[state] + pump] = None
    return list(found)


def _leads(automaton: Automaton, ambiguity: _Ambiguity) -> dict[int, str]:
    """State → the shortest text that leads to it."""
    words, todo = {START: ""}, [START]
    for state in todo:
        for edge in ambiguity.steps.get(state, ()):
            if edge.target not in words:
                added = "" if edge.target == automaton.search else ambiguity.show(edge.after)
                words[edge.target] = words[state] + added
                todo.append(edge.target)
    return words
