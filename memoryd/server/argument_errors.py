"""What is wrong with an argument, in words for its caller rather than for the programmer of the type."""

from __future__ import annotations

import re

_WORDS = (
    (re.compile(r"Object missing required field `(\w+)`"), "`{1}` is missing"),
    (re.compile(r"Expected `str` of length >= 1"), "{0} is empty"),
    (re.compile(r"Expected `str` matching regex .*"), "{0} is blank"),
    (re.compile(r"Expected `str` of length <= (\d+)"), "{0} is longer than {1} characters"),
    (re.compile(r"Expected `array` of length <= (\d+)"), "{0} has more than {1} items"),
    (re.compile(r"Expected `(?:int|float)` >= (.+)"), "{0} is less than {1}"),
    (re.compile(r"Expected `(?:int|float)` <= (.+)"), "{0} is more than {1}"),
    (re.compile(r"Invalid enum value (.+)"), "{0} cannot be {1}"),
)


def in_words(problem: str) -> tuple[str, str]:
    """(what is wrong, the argument it is about or ``""``) of a msgspec validation message."""
    what, _, place = problem.partition(" - at `$")
    argument = place.strip("`.")
    name = f"`{argument}`" if argument else "it"
    for pattern, words in _WORDS:
        if match := pattern.fullmatch(what):
            return words.format(name, *match.groups()), argument
    return f"{name}: {what[:1].lower()}{what[1:]}", argument
