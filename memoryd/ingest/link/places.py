"""Paths by the folders around them: which of many files of one name is the nearest, without going through them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class FolderItems(Generic[T]):
    """What lies where. ``items``: (folder, item), the first ones of a folder are kept: ``limit`` of them."""

    def __init__(self, items: Iterable[tuple[str, T]], limit: int) -> None:
        self._limit = limit
        self._at: dict[str, list[T]] = {}
        self._below: dict[str, list[T]] = {}
        for folder, item in items:
            self._add(self._at, folder, item)
            for around in upwards(folder):
                self._add(self._below, around, item)

    def _add(self, rows: dict[str, list[T]], folder: str, item: T) -> None:
        row = rows.setdefault(folder, [])
        if len(row) < self._limit:
            row.append(item)

    def at(self, folder: str) -> Sequence[T]:
        """Those in the folder itself."""
        return self._at.get(folder, ())

    def below(self, folder: str) -> Sequence[T]:
        """Those in the folder and in all that lie in it."""
        return self._below.get(folder, ())


def upwards(folder: str) -> Iterator[str]:
    """``folder`` and those around it, the root (``""``) last."""
    while folder:
        yield folder
        folder = posixpath.dirname(folder)
    yield ""
