"""Every word of a project's files, in memory: by which terms the files are found that may hold a piece of text.

A run of letters and digits stands inside some word of each file that has it. The words lead to terms, and these to
files by the postings that search has anyway. What is so found is looked at afterwards; only that nothing is left out
matters here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from indexers import terms

MAX_WORDS = 1_000  # that hold a part; with more it says next to nothing
_RUN = re.compile(r"\w\w+")


class WordPart(Struct, frozen=True):
    """Characters that stand in one word, folded. ``is_start``, ``is_end``: the word begins, ends with them."""

    text: str
    is_start: bool = False
    is_end: bool = False

    @property
    def in_lines(self) -> str:
        """As it stands in a list of words, a line each, with a line end before the first."""
        return "\n" * self.is_start + self.text + "\n" * self.is_end


def word_parts(piece: str) -> list[WordPart]:
    """The runs of characters that a text which holds ``piece`` has in its words."""
    return [
        WordPart(found[0].casefold(), found.start() > 0, found.end() < len(piece))
        for found in _RUN.finditer(piece)
    ]


class Dictionary:
    """Words and their terms, to be looked through as one text. ``state``: of the store that they were read in."""

    def __init__(self, state: str, rows: Sequence[tuple[str, int]]) -> None:
        self.state = state
        lines = [word.encode("utf-8", "surrogatepass") for word, _ in rows]
        self._text = b"\n" + b"".join(line + b"\n" for line in lines)
        self._starts = np.cumsum([1, *(len(line) + 1 for line in lines)], dtype=np.int64)
        self._terms = np.array([term for _, term in rows], np.uint32)

    def terms_with(self, part: WordPart) -> set[int] | None:
        """One term of each word that holds the part; None where a word has none, or there are too many words."""
        wanted = part.in_lines.encode("utf-8", "surrogatepass")
        found: set[int] = set()
        words = 0
        at = self._text.find(wanted)
        while at >= 0:
            row = int(np.searchsorted(self._starts, at + part.is_start, "right")) - 1
            found.add(int(self._terms[row]))
            words += 1
            if words > MAX_WORDS or terms.NO_TERM in found:
                return None
            at = self._text.find(wanted, int(self._starts[row + 1]) - 1)
        return found
