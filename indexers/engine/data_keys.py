"""Keys of data files (JSON, YAML, TOML) as symbols: as deep as the file stays a configuration.

A configuration has tens of keys, data has thousands. So keys are kept down to the deepest level at which all of
them are at most ``MAX_KEYS``; what was left out is a Problem ``limit``. Keys inside of lists are data.
"""

from __future__ import annotations

from collections import Counter

from msgspec import Struct

from indexers.engine.plain_builder import PlainBuilder
from indexers.facts import FileFacts

MAX_KEYS = 400
MAX_DEPTH = 6
_MAX_NAME = 120  # bytes; a longer key is a sentence


class _Key(Struct):
    """``depth`` is 1 at the top; ``end`` is set when its value ends."""

    depth: int
    name: bytes
    path: str
    at: int
    start: int
    end: int = -1


class DataKeys:
    """The keys of one file while it is read; ``notes`` takes its comments and imports."""

    def __init__(self, language: str, source: bytes) -> None:
        self.notes = PlainBuilder(language, source)
        self._limit = MAX_DEPTH
        self._kept: list[_Key] = []
        self._per_depth: Counter[int] = Counter()
        self._open: list[_Key] = []
        self._seen: set[str] = set()

    def open(self, depth: int, name: bytes, at: int, start: int) -> None:
        """A key begins at ``depth`` (1: top): those open there or deeper must have been closed. ``at``: where its
        name stands, ``start``: where it begins (a quote, a bracket)."""
        if depth > self._limit:
            self._leave_out(at)
            return
        if not name or len(name) > _MAX_NAME:
            return
        outer = self._open[-1].path if self._open else ""
        text = name.decode("utf-8", "replace")
        path = f"{outer}.{text}" if outer else text
        key = _Key(depth, name, path, at, start)
        self._open.append(key)
        if path not in self._seen:
            self._keep(key)

    def close(self, depth: int, end: int) -> None:
        """All keys open at ``depth`` or deeper end here."""
        while self._open and self._open[-1].depth >= depth:
            self._open.pop().end = end

    def facts(self) -> FileFacts:
        """The keys that were kept, with all that ``notes`` was told."""
        self.close(1, len(self.notes.source))
        for key in self._kept:
            owner = key.path[: -len(key.name.decode("utf-8", "replace"))].removesuffix(".")
            self.notes.define(key.name, "property", key.at, (key.start, max(key.end, key.at)), owner=owner)
        return self.notes.facts()

    def _keep(self, key: _Key) -> None:
        if self._limit == 1 and len(self._kept) >= MAX_KEYS:
            self._leave_out(key.at)
            return
        self._seen.add(key.path)
        self._kept.append(key)
        self._per_depth[key.depth] += 1
        while len(self._kept) > MAX_KEYS and self._limit > 1:
            self._limit -= 1
            if self._per_depth[self._limit + 1]:
                self._leave_out(key.at)
                self._kept = [kept for kept in self._kept if kept.depth <= self._limit]

    def _leave_out(self, at: int) -> None:
        self.notes.limit(at, "keys that are nested deeper, or after the first few hundred, are left out")
