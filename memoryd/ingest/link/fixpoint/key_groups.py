"""Dependency keys that many values share, kept once under a key of their own.

A name handed on by 10,000 files was looked at in 10,000 places by everyone who uses it. Such a set of keys is a
*group*: who depends on all of it notes the key of the group alone. Groups may hold keys of other groups, so that what
is handed on file by file stays small at each step. A clash of keys costs a superfluous link, never a missed one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from zlib import crc32

LARGEST = 64  # keys that are noted one by one

Keys = frozenset[int]


class KeyGroups:
    """Group key → the keys that it stands for, of all groups made so far."""

    def __init__(self) -> None:
        self._members: dict[int, Keys] = {}
        self._known: dict[Keys, Keys] = {}

    def shared(self, keys: Keys) -> Keys:
        """The same dependencies in at most LARGEST keys."""
        if len(keys) <= LARGEST:
            return keys
        found = self._known.get(keys)
        if found is None:
            key = crc32(pack(keys))
            while key in self._members:  # those of another group
                key = crc32(b"again", key)
            self._members[key] = keys
            found = self._known[keys] = frozenset({key})
        return found

    def __iter__(self) -> Iterator[int]:
        """The key of each group."""
        return iter(self._members)

    def within(self, keys: Iterable[int], known: set[int]) -> list[tuple[int, Keys]]:
        """The groups that ``keys`` name, directly or through other groups, inner ones first; those in ``known`` left
        out, and the others added to it."""
        found: list[tuple[int, Keys]] = []
        waiting = [(key, False) for key in keys]
        while waiting:
            key, is_expanded = waiting.pop()
            members = self._members.get(key)
            if members is None:
                continue
            if is_expanded:
                found.append((key, members))
            elif key not in known:
                known.add(key)
                waiting.append((key, True))
                waiting.extend((inner, False) for inner in members)
        return found


def pack(keys: Iterable[int]) -> bytes:
    """Keys as they are stored."""
    return array("I", sorted(keys)).tobytes()


def touched(changed: frozenset[int], looked: bytes) -> bool:
    """Whether any of the keys was looked at."""
    return not changed.isdisjoint(array("I", looked))


def with_groups(changed: frozenset[int], groups: Iterable[tuple[int, bytes]]) -> frozenset[int]:
    """``changed`` and the keys of all groups that hold one of them, directly or not. ``groups``: (key, packed members),
    read once if inner groups come first."""
    found, size = set(changed), -1
    waiting = [(key, array("I", members)) for key, members in groups]
    while size != len(found):
        size = len(found)
        for key, members in waiting:
            if not found.isdisjoint(members):
                found.add(key)
    return frozenset(found)
