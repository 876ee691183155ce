"""What stood at an anchor when its record was made, so that the place is known again when its number or name is not.

The code itself is kept in a few lines only; of the rest there are hashes. Everything here came out of the index, where
secrets are overwritten.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

MAX_LINE_CHARS = 300
MAX_AROUND = 30  # lines above and below a line, by hash
MAX_SKETCH = 96  # lines of a body or file, by hash: the smallest ones, which stand for all of them
MAX_WORDS = 32
MAX_ENCODED_CHARS = 8_192


class AnchorContent(Struct, frozen=True, omit_defaults=True):
    """``anchor``: as the record has it. ``path``, ``blob`` (hex), ``qualname``, ``line``: where that was, ``qualname``
    the symbol that is meant or, of a line, the innermost one around it; ``""`` for none. ``text``: the line that is
    meant, ``""`` of a file or symbol; ``above`` and ``below``: hashes of the lines around it, nearest first, of which
    the first ``inside`` are in the same symbol.
    ``sketch``: the smallest hashes of the distinct lines of the symbol or file, ``size``: how many there are.
    ``words``: terms by which its like is looked for."""

    anchor: str
    path: str
    blob: str
    qualname: str = ""
    line: int = 0
    text: str = ""
    above: tuple[int, ...] = ()
    below: tuple[int, ...] = ()
    inside: tuple[int, int] = (0, 0)
    sketch: tuple[int, ...] = ()
    size: int = 0
    words: tuple[int, ...] = ()

    @property
    def is_line(self) -> bool:
        return bool(self.text)

    @property
    def is_definition(self) -> bool:
        """The line is the first of its symbol."""
        return self.is_line and bool(self.qualname) and self.inside[0] == 0

    @property
    def is_bounded(self) -> bool:
        """No larger than what is made here: what an import brings may be anything."""
        return (
            len(encoded(self)) <= MAX_ENCODED_CHARS
            and len(self.text) <= MAX_LINE_CHARS
            and max(len(self.above), len(self.below)) <= MAX_AROUND
            and len(self.sketch) <= MAX_SKETCH
            and len(self.words) <= MAX_WORDS
        )


def encoded(content: AnchorContent | None) -> str:
    """As the store keeps it; ``""`` for nothing."""
    return msgspec.json.encode(content).decode() if content else ""


def decoded(text: str) -> AnchorContent | None:
    return msgspec.json.decode(text, type=AnchorContent) if text else None
