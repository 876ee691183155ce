"""Lines of code as anchors compare them: by what stands in them, whatever their spacing, and by what stands around."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from zlib import crc32

from msgspec import Struct

from memoryd.store.records.anchor_content import MAX_AROUND, MAX_SKETCH, AnchorContent

_SAYS_SOMETHING = re.compile(r"\w")
_WORD = re.compile(r"\w+")
_REACH = 8  # lines that may have come between two neighbours
_FADE = 4.0  # so many lines away, a neighbour counts half as much
_NEAR = 4  # neighbours on each side, of a line that is in no symbol
_OWN_NAME = "\0"


class NumberedLines:
    """A text as lines, 1-based, spaces aside. Lines without a letter or digit tell nothing and are no neighbours."""

    def __init__(self, text: str) -> None:
        self.plain = [plain(line) for line in text.split("\n")]
        self.hashes = [crc32(line.encode()) if _SAYS_SOMETHING.search(line) else 0 for line in self.plain]

    def at(self, line: int) -> str:
        return self.plain[line - 1] if 1 <= line <= len(self.plain) else ""

    def having(self, text: str) -> list[int]:
        """The numbers of the lines that read so."""
        return [number for number, line in enumerate(self.plain, 1) if line == text]

    def above(self, line: int, first: int = 1, most: int = MAX_AROUND) -> list[int]:
        """Hashes of the lines from ``first`` to the one above ``line``, nearest first."""
        return list(self._telling(range(line - 1, first - 1, -1), most))

    def below(self, line: int, last: int = 0, most: int = MAX_AROUND) -> list[int]:
        """Hashes of the lines below, to ``last`` (0: the end), nearest first."""
        return list(self._telling(range(line + 1, (last or len(self.plain)) + 1), most))

    def body(self, first: int, last: int, name: str) -> set[int]:
        """Hashes of the distinct lines from ``first`` to ``last``, whatever the symbol's own ``name`` is."""
        found = {one for one in self.hashes[first - 1 : last] if one}
        if not name:
            return found
        for number in range(first - 1, min(last, len(self.plain))):
            if name in self.plain[number]:
                found.discard(self.hashes[number])
                found.add(crc32(_without(name, self.plain[number]).encode()))
        return found

    def _telling(self, numbers: range, most: int) -> Iterator[int]:
        left = most
        for number in numbers:
            if not left:
                return
            if number <= len(self.hashes) and self.hashes[number - 1]:
                left -= 1
                yield self.hashes[number - 1]


def _without(name: str, line: str) -> str:
    """The line whatever the name is; a name is a word of its own."""
    return _WORD.sub(lambda word: _OWN_NAME if word[0] == name else word[0], line)


def plain(line: str) -> str:
    return " ".join(line.split())


def sketch(hashes: Collection[int]) -> tuple[int, ...]:
    """The smallest: the same of the same lines, and of half of them about half."""
    return tuple(sorted(hashes)[:MAX_SKETCH])


def left_of(content: AnchorContent, hashes: Collection[int]) -> float:
    """The share of its lines that are among ``hashes``."""
    if not content.sketch:
        return 0.0
    return sum(one in hashes for one in content.sketch) / len(content.sketch)


def likeness(content: AnchorContent, hashes: Collection[int]) -> float:
    """The share of the lines of both that both have, of the larger one's: 1 for the same, less where more was added."""
    most = max(content.size, len(hashes))
    return left_of(content, hashes) * content.size / most if most else 0.0


class Site(Struct, frozen=True):
    """A line that reads as the anchored one did. ``near``: 0..1, the share of its former neighbours inside of the
    symbol that are still around it, ``wide``: of all; ``kept``: how many those are."""

    line: int
    near: float
    wide: float
    kept: int


def sites(content: AnchorContent, lines: NumberedLines, most: int) -> list[Site]:
    """Where the line of ``content`` may be; at most so many, those closest to where it was."""
    found = lines.having(plain(content.text))
    return [_site(content, lines, n) for n in sorted(found, key=lambda n: abs(n - content.line))[:most]]


def gaps(content: AnchorContent, lines: NumberedLines) -> list[int]:
    """The numbers of the lines that stand between the two that were next to the anchored one: it was rewritten."""
    if not content.above or not content.below:
        return []
    telling = [(number, one) for number, one in enumerate(lines.hashes, 1) if one]
    return [
        telling[i + 1][0]
        for i in range(len(telling) - 2)
        if telling[i][1] == content.above[0] and telling[i + 2][1] == content.below[0]
    ]


def _site(content: AnchorContent, lines: NumberedLines, line: int) -> Site:
    inside = content.inside if any(content.inside) else (_NEAR, _NEAR)
    near = wide = most_near = most_wide = 0.0
    kept = 0
    for known, now, close in (
        (content.above, lines.above(line, most=MAX_AROUND + _REACH), inside[0]),
        (content.below, lines.below(line, most=MAX_AROUND + _REACH), inside[1]),
    ):
        there = set(_kept(known, now))
        for i in range(len(known)):
            weight = 1.0 / (1.0 + i / _FADE)
            most_wide += weight
            most_near += weight if i < close else 0.0
            wide += weight if i in there else 0.0
            near += weight if i < close and i in there else 0.0
        kept += len(there)
    whole = wide / most_wide if most_wide else 1.0
    return Site(line, near / most_near if most_near else whole, whole, kept)


def _kept(known: Sequence[int], now: Sequence[int]) -> Iterator[int]:
    """The numbers of those of ``known`` that are still there in this order, few lines apart."""
    at = 0
    for i, one in enumerate(known):
        for step in range(at, min(at + _REACH, len(now))):
            if now[step] == one:
                at = step + 1
                yield i
                break
