"""A search text as weighted terms: a title says what is meant, a long body mostly repeats it."""

from __future__ import annotations

import math
import re
from collections import Counter

from msgspec import Struct

from indexers import terms

# All body terms together may weigh this many title terms: a page of log output must not drown the title.
BODY_BUDGET = 30.0
BODY_WEIGHT = 0.7  # of one body term, while the body is short
MAX_REPETITION = 1.5  # repeating a body term counts ln(1 + n), up to this
MAX_TEXT_CHARS = 20_000
MAIN_LANGUAGE_WEIGHT = 0.3

_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.S)
_LINK_TARGET = re.compile(r"\]\([^)\s]*\)")
# Addresses and absolute paths name files (see mentions); their many parts are not words of the question.
_ADDRESS = re.compile(r"https?://\S+|(?<![\w.])(?:[A-Za-z]:)?[/\\](?:[\w.+@-]+[/\\])+[\w.+@-]*")


class Question(Struct, frozen=True):
    """``text``: what was asked, hidden comments left out; ``title``: its first line; ``weights``: term → how much it
    matters, ``{}`` when the text has no word."""

    text: str
    title: str
    weights: dict[int, float]


def question(text: str, main_language: str = "") -> Question:
    """Read a search text. ``main_language``: the language that nearly all of the project is written in; naming it
    says little about where to look ("python read file" in a Python project)."""
    shown = _COMMENT.sub("\n", text[:MAX_TEXT_CHARS]).strip()
    title, _, body = _ADDRESS.sub(" ", _LINK_TARGET.sub("]", shown)).partition("\n")
    weights = dict.fromkeys(terms.terms(title), 1.0)
    for term, weight in _body_weights(body).items():
        weights[term] = weights.get(term, 0.0) + weight
    for term in terms.terms(main_language):
        if term in weights:
            weights[term] *= MAIN_LANGUAGE_WEIGHT
    return Question(shown, title.strip(), weights)


def _body_weights(body: str) -> dict[int, float]:
    counts = {t: min(math.log1p(n), MAX_REPETITION) for t, n in Counter(terms.terms(body)).items()}
    unit = min(BODY_WEIGHT, BODY_BUDGET / max(sum(counts.values()), 1.0))
    return {term: unit * count for term, count in counts.items()}
