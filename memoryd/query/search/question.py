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

EMPHASIS = 0.5  # what a term gains that the body sets in backquotes

_COMMENT = re.compile(r"<!--.*?(-->|\Z)", re.S)
_LINK_TARGET = re.compile(r"\]\([^)\s]{0,1000}\)")
# Addresses and absolute paths name files (see mentions); their many parts are not words of the question.
_ADDRESS = re.compile(r"https?://\S+|(?<![\w.])(?:[A-Za-z]:)?[/\\](?:[\w.+@-]+[/\\])+[\w.+@-]*")
# "since v2.3.1": numbers that parts of other numbers meet everywhere.
_VERSION = re.compile(r"(?<![\w.])v?\d+(?:\.\d+)+[\w.+-]*")
_TICKED = re.compile(r"`([^`\n]{2,80})`")
# Headings that a form puts into every issue: each of its words is of the form.
_HEADING = re.compile(r"^[ ]{0,3}(?:#{1,6}[ \t]*|\*\*)?([A-Za-z][A-Za-z /'(),-]{2,60})[?:*# \t]*$", re.M)
_FORM = """a about actual additional and any are behavior behaviour bug can checklist code configuration context current
describe description details did do environment example expected explain feature fix for happened how i information is
issue issues log logs minimal motivation operating output please possible problem proposed relevant reproduce
reproduction request result results screenshots see snippet solution steps suggested summary system test the this to
traceback trace stack version versions what workaround you your"""
_FORM_WORDS = frozenset(_FORM.split())


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
    for term, weight in _body_weights(_without_form(body)).items():
        weights[term] = weights.get(term, 0.0) + weight
    for term in terms.terms(main_language):
        if term in weights:
            weights[term] *= MAIN_LANGUAGE_WEIGHT
    return Question(shown, title.strip(), weights)


def _without_form(body: str) -> str:
    """The body without the headings of an issue form and without version numbers."""
    kept = _HEADING.sub(lambda match: "" if set(match[1].lower().split()) <= _FORM_WORDS else match[0], body)
    return _VERSION.sub(" ", kept)


def _body_weights(body: str) -> dict[int, float]:
    counts = {t: min(math.log1p(n), MAX_REPETITION) for t, n in Counter(terms.terms(body)).items()}
    unit = min(BODY_WEIGHT, BODY_BUDGET / max(sum(counts.values()), 1.0))
    weights = {term: unit * count for term, count in counts.items()}
    for term in set(terms.terms(" ".join(_TICKED.findall(body)))):
        weights[term] = weights.get(term, 0.0) + EMPHASIS
    return weights
