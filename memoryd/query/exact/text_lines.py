"""The lines of a view in which a pattern stands: all of them, from the stored texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memoryd.query.context import Context
from memoryd.query.exact.patterns import AllOf, AnyOf, TextPattern
from memoryd.query.retrieval.dictionary import Dictionary, WordPart, word_parts
from memoryd.query.retrieval.lexical import FileSlot, LexicalView
from memoryd.store.index.queries import word_queries

FEW_FILES = 32  # are read sooner than narrowed further
_TEXTS_AT_ONCE = 64
Marks = NDArray[np.bool_]


class FileLines(Struct, frozen=True):
    """The lines of one file in which a match begins: (line, from 1; byte of the text where the first begins)."""

    file: FileSlot
    text: bytes
    lines: tuple[tuple[int, int], ...]


class TextSearch:
    """Looks for one pattern. ``files``: those that may have it, by path."""

    def __init__(self, ctx: Context, pattern: TextPattern, wanted: Marks | None = None) -> None:
        self._ctx, self._pattern = ctx, pattern
        view = ctx.lexical.refresh(ctx.index, ctx.view.id, ctx.embedder)
        marks = view.paths.alive if wanted is None else view.paths.alive & wanted
        likely = _Candidates(ctx, view).having_all(pattern.needs)
        if likely is not None:
            marks = marks & likely
        self.files = sorted(
            (view.slots[i] for i in np.flatnonzero(marks).tolist()), key=lambda slot: slot.path
        )

    def found(self, files: Sequence[FileSlot]) -> Iterator[FileLines]:
        """Those of ``files`` that have it, in their order."""
        for start in range(0, len(files), _TEXTS_AT_ONCE):
            part = files[start : start + _TEXTS_AT_ONCE]
            texts = dict(word_queries.texts(self._ctx.index, [file.file_id for file in part], len(part)))
            for file in part:
                lines = tuple(self._pattern.lines(texts[file.file_id]))
                if lines:
                    yield FileLines(file, texts[file.file_id], lines)


class _Candidates:
    """Which files may hold what a pattern needs; None: any."""

    def __init__(self, ctx: Context, view: LexicalView) -> None:
        self._view = view
        self._dictionary: Dictionary = ctx.lexical.dictionary(ctx.index)

    def having_all(self, needs: AllOf) -> Marks | None:
        """The longest runs first, since they tell most, and no more of them than it takes."""
        found: Marks | None = None
        for marks in self._known(needs):
            found = marks if found is None else found & marks
            if np.count_nonzero(found) <= FEW_FILES:
                break
        return found

    def _known(self, needs: AllOf) -> Iterator[Marks]:
        words = [one for part in needs.parts if isinstance(part, str) for one in word_parts(part)]
        for word in sorted(words, key=lambda one: -len(one.text)):
            if (marks := self._having(word)) is not None:
                yield marks
        for part in needs.parts:
            if isinstance(part, AnyOf) and (marks := self._having_any(part)) is not None:
                yield marks

    def _having_any(self, needs: AnyOf) -> Marks | None:
        found = np.zeros(self._view.files, bool)
        for choice in needs.choices:
            marks = self.having_all(choice)
            if marks is None:
                return None
            found |= marks
        return found

    def _having(self, part: WordPart) -> Marks | None:
        known = self._dictionary.terms_with(part)
        if known is None:
            return None
        found = np.zeros(self._view.files, bool)
        found[self._view.chunk_slot[self._view.text.having_any(known)]] = True
        for slot, words in self._view.apart:
            found[slot] |= words is None or part.in_lines in words
        return found
