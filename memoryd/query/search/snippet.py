"""The few lines of a piece of text that answer a question best."""

from __future__ import annotations

from collections.abc import Mapping

from indexers import terms
from memoryd.query.safe_text import safe_text

MAX_LINES = 5
MAX_CHARS = 400
MAX_LINE_CHARS = 160
_CONTEXT_WEIGHT = 0.1  # a term that was seen on an earlier line of the window says little new


def snippet(text: str, weights: Mapping[int, float]) -> str:
    """The ``MAX_LINES`` consecutive lines of ``text`` with the most distinct weighted terms (the first such),
    common indentation and blank ends removed, unsafe characters spelled out."""
    lines = text.splitlines()
    matched = _matched(text, lines, weights)
    last = max(len(lines) - MAX_LINES, 0)
    near = {max(at - back, 0) for at, found in enumerate(matched) if found for back in range(MAX_LINES)}
    starts = [start for start in sorted(near) if start <= last] or [0]  # no other window holds a term
    best = max(starts, key=lambda start: (_value(matched[start : start + MAX_LINES], weights), -start))
    return _shown(lines[best : best + MAX_LINES])


def _matched(text: str, lines: list[str], weights: Mapping[int, float]) -> list[set[int]]:
    """The weighted terms of each line. Few words of a text have any, and most of them stand in it again and again."""
    telling = {
        word: found
        for word in set(terms.words(text))
        if (found := [term for term in terms.of_word(word) if term in weights])
    }
    if not telling:
        return [set() for _ in lines]
    return [
        {term for word in terms.words(line) if word in telling for term in telling[word]} for line in lines
    ]


def _value(window: list[set[int]], weights: Mapping[int, float]) -> float:
    everywhere = set().union(*window)
    repeated = sum(weights[term] for found in window for term in found)
    return sum(weights[term] for term in everywhere) + _CONTEXT_WEIGHT * repeated


def _shown(lines: list[str]) -> str:
    while lines and not lines[0].strip():
        lines = lines[1:]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    indent = min((len(line) - len(line.lstrip()) for line in lines if line.strip()), default=0)
    shown = "\n".join(_cut(line[indent:].rstrip(), MAX_LINE_CHARS) for line in lines)
    return safe_text(_cut(shown, MAX_CHARS))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
