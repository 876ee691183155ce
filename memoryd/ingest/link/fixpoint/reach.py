"""What each file takes in over a relation (star imports, includes), and which of those have a name.

One file may take in all others and be taken in by all of them. So what is reached is known once for each circle of the
relation (strongly connected components: R. Tarjan, "Depth-first search and linear graph algorithms", 1972), as a set
of numbers where it is small and as the bits of an integer where it is large, and nobody goes through it: who asks for
a name looks at the few that have it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

from memoryd.ingest.link.fixpoint.cache import FixpointCache
from memoryd.ingest.link.fixpoint.key_groups import Keys

N = TypeVar("N", bound=Hashable)
_FEW = 64  # numbers that are kept one by one
Numbers = int | frozenset[int]  # bits, or one by one


class Reach(Generic[N]):
    """The relation ``direct`` over nodes, which are files or modules; it must ask for no value that asks for this one.
    ``names``: what a node has. ``numbers``: a number of each node, if their order matters; else they are numbered as
    they are met. What ``direct`` looked at is noted in ``cache`` for everyone who asks; what ``names`` looked at is
    not, since it is asked of nodes that the answer may leave out."""

    def __init__(
        self,
        cache: FixpointCache,
        direct: Callable[[N], Iterable[N]],
        names: Callable[[N], Iterable[Hashable]],
        numbers: Mapping[N, int] | None = None,
    ) -> None:
        self._cache, self._direct, self._names = cache, direct, names
        self._numbers: dict[N, int] = {}
        self._given = numbers
        self._nodes: dict[int, N] = {}
        self._edges: dict[N, dict[N, int]] = {}  # the direct ones, each with its place among them
        self._looked: dict[N, Keys] = {}
        self._reached: dict[N, tuple[Numbers, Keys]] = {}
        self._holders: dict[Hashable, list[int]] = {}
        self._masks: dict[Hashable, tuple[int, int]] = {}  # of how many holders, their bits

    def is_alone(self, start: N) -> bool:
        """Whether ``start`` takes in nothing."""
        self._from(start)
        return not self._edges[start]

    def only(self, start: N) -> N | None:
        """What ``start`` takes in directly, if that is one thing."""
        self._from(start)
        direct = self._edges[start]
        return next(iter(direct)) if len(direct) == 1 else None

    def direct(self, start: N) -> Iterable[N]:
        """What ``start`` takes in directly, as written."""
        self._from(start)
        return self._edges[start].keys()

    def has(self, start: N, node: N) -> bool:
        """Whether ``node`` is reached from ``start``."""
        reached, number = self._from(start), self._numbers.get(node)
        return number is not None and _is_in(number, reached)

    def having(self, start: N, name: Hashable) -> int:
        """The bits of all that are reached from ``start`` and have the name, without ``start``."""
        reached, held = self._from(start), self._holders.get(name)
        if held is None:
            return 0
        if len(held) > _FEW:
            found = self.within(start, self._mask(name, held))
        else:
            found = bits(number for number in held if _is_in(number, reached))
        own = self._numbers.get(start)
        return found if own is None else found & ~(1 << own)

    def within(self, start: N, wanted: int) -> int:
        """Those of the bits that are reached from ``start``."""
        reached = self._from(start)
        return wanted & (reached if isinstance(reached, int) else bits(reached))

    def known(self, nodes: Iterable[N]) -> int:
        """The bits of these nodes, as far as something is known to take them in."""
        return bits(self._numbers[node] for node in nodes if node in self._numbers)

    def holding(self, name: Hashable) -> int:
        """The bits of all that are known by now and have the name."""
        held = self._holders.get(name)
        return self._mask(name, held) if held else 0

    def ordered(self, found: int) -> Iterator[N]:
        """The nodes of these bits, the lowest number first."""
        return (self._nodes[number] for number in numbers(found))

    def nearest(self, start: N, found: int, may_pass: Callable[[N, N], bool] | None = None) -> Iterator[N]:
        """The nodes of these bits as a breadth-first search from ``start`` meets them. ``may_pass``: whether it may go
        from one node to the next."""
        if may_pass is None and not found & (found - 1):
            yield from self.ordered(found)
            return
        left, seen, level = found, {start}, [start]
        while left and level:
            for node in level:
                for target in self._hits(node, left):
                    if may_pass is None or may_pass(node, target):
                        left &= ~(1 << self._numbers[target])
                        yield target
            level = list(self._next(level, left, seen, may_pass)) if left else []

    def _hits(self, node: N, wanted: int) -> list[N]:
        """Those of the wanted bits that ``node`` takes in directly, as written."""
        direct = self._edges[node]
        if len(direct) <= _FEW:
            return [target for target in direct if wanted >> self._numbers[target] & 1]
        return sorted((t for t in self.ordered(wanted) if t in direct), key=direct.__getitem__)

    def _next(
        self, level: Iterable[N], wanted: int, seen: set[N], may_pass: Callable[[N, N], bool] | None
    ) -> Iterator[N]:
        """What the nodes of a level take in, as far as it leads to wanted bits."""
        for node in level:
            for target in self._edges[node]:
                if target in seen or (may_pass is not None and not may_pass(node, target)):
                    continue
                seen.add(target)
                reached = self._reached[target][0]
                if reached & wanted if isinstance(reached, int) else any(wanted >> n & 1 for n in reached):
                    yield target

    # -- what is reached

    def _from(self, start: N) -> Numbers:
        found = self._reached.get(start)
        if found is None:
            self._cache.apart(lambda: self._walk(start))
            found = self._reached[start]
        self._cache.seen |= found[1]
        return found[0]

    def _walk(self, start: N) -> None:
        """Tarjan's algorithm without calls inside of calls."""
        order, low = {start: 0}, {start: 0}
        stack, calls = [start], [(start, iter(self._read(start)))]
        while calls:
            node, targets = calls[-1]
            following = next((target for target in targets if target not in self._reached), None)
            if following is None:
                calls.pop()
                if calls:
                    caller = calls[-1][0]
                    low[caller] = min(low[caller], low[node])
                if low[node] == order[node]:
                    circle = [stack.pop()]
                    while circle[-1] != node:
                        circle.append(stack.pop())
                    self._settle(circle)
            elif following in order:
                low[node] = min(low[node], order[following])
            else:
                order[following] = low[following] = len(order)
                stack.append(following)
                calls.append((following, iter(self._read(following))))

    def _read(self, node: N) -> Iterable[N]:
        found = self._edges.get(node)
        if found is None:
            self._cache.seen = set()
            targets = tuple(dict.fromkeys(self._direct(node)))
            self._looked[node] = frozenset(self._cache.seen)
            for target in targets:
                self._number(target)
            found = self._edges[node] = {target: place for place, target in enumerate(targets)}
        return found

    def _number(self, node: N) -> None:
        """Give the node its number, and note what it has."""
        if node not in self._numbers:
            number = len(self._numbers) if self._given is None else self._given[node]
            self._numbers[node], self._nodes[number] = number, node
            for name in self._names(node):
                self._holders.setdefault(name, []).append(number)

    def _settle(self, circle: list[N]) -> None:
        """What the nodes of one circle reach, which is the same for all of them."""
        few: set[int] = set()
        large, keys = 0, set[int]()
        for node in circle:
            keys |= self._looked[node]
            for target in self._edges[node]:
                few.add(self._numbers[target])
                reached, looked = self._reached.get(target, _NOTHING)
                keys |= looked
                if isinstance(reached, int):
                    large |= reached
                else:
                    few |= reached
        is_large = large or len(few) > _FEW
        settled = (
            large | bits(few) if is_large else frozenset(few),
            self._cache.groups.shared(frozenset(keys)),
        )
        for node in circle:
            self._reached[node] = settled

    def _mask(self, name: Hashable, held: list[int]) -> int:
        count, mask = self._masks.get(name, (0, 0))
        if count < len(held):
            mask |= bits(held[count:])
            self._masks[name] = len(held), mask
        return mask


_NOTHING: tuple[Numbers, Keys] = frozenset(), frozenset()


def _is_in(number: int, reached: Numbers) -> bool:
    return bool(reached >> number & 1) if isinstance(reached, int) else number in reached


def bits(found: Iterable[int]) -> int:
    """The integer with these bits."""
    listed = list(found)
    if len(listed) <= 1:
        return 1 << listed[0] if listed else 0
    row = bytearray(max(listed) // 8 + 1)
    for number in listed:
        row[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(row, "little")


def numbers(found: int) -> Iterator[int]:
    """The bits of the integer, the lowest first."""
    while found:
        lowest = found & -found
        yield lowest.bit_length() - 1
        found ^= lowest
