"""Written types as text: brackets and lists."""

from __future__ import annotations

_CLOSING = {"(": ")", "[": "]", "{": "}", "<": ">"}
_CLOSERS = frozenset(_CLOSING.values())


def closing(text: str, at: int) -> int:
    """Where the bracket that opens at ``at`` is closed; the end of the text when it is not."""
    depth = 0
    for index in range(at, len(text)):
        char = text[index]
        depth += _step(text, index, char)
        if not depth:
            return index
    return len(text)


def split_list(text: str, separator: str = ",") -> list[str]:
    """``A<B, C>, D`` -> ``A<B, C>`` and ``D``."""
    found, depth, start = [], 0, 0
    for index, char in enumerate(text):
        depth += _step(text, index, char)
        if char == separator and not depth:
            found.append(text[start:index].strip())
            start = index + 1
    last = text[start:].strip()
    return [*found, last] if last or found else []


def _step(text: str, index: int, char: str) -> int:
    """How much deeper in brackets this character leads; arrows (``->``, ``=>``, ``<-``) are none."""
    if char in _CLOSING:
        return 0 if text[index : index + 2] == "<-" else 1
    return -1 if char in _CLOSERS and text[index - 1 : index] not in ("-", "=") else 0


def type_name(text: str) -> str:
    """``a.B<C>?`` -> ``B``; of an array its brackets, too."""
    head = text.partition("<")[0].rstrip("? ")
    return head.rpartition(".")[2].strip()
