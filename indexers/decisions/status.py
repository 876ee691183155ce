"""The words that decision documents use for their status, and the dates they carry."""

from __future__ import annotations

import re
from difflib import get_close_matches

# First match by position in the text wins, longer words first at one position. Sources of the less usual
# words: PEP 1 (final, active), Kubernetes (implementable, provisional, replaced), Aries (adopted, stalled,
# demonstrated, retired), Oxide RFD (ideation, prediscussion, committed), Rust (postponed).
_WORDS = {
    "rejected": "rejected declined denied refused vetoed not-accepted not-approved wont-do",
    "withdrawn": "withdrawn abandoned cancelled canceled dropped",
    "superseded": "superseded superceded supersede supercede replaced obsoleted",
    "deprecated": "deprecated retired obsolete removed reverted expired archived outdated discontinued "
    "revoked no-longer sunset",
    "proposed": "proposed proposal draft drafted drafting pending on-hold provisional deferred postponed "
    "stalled demonstrated review reviewing reviewed open discussion discussing prediscussion wip "
    "work-in-progress in-progress candidate ideation idea experimental unresolved undecided tbd "
    "last-call request-for-comments",
    "accepted": "accepted accept approved adopted implemented implementable implementing final finalized "
    "active done decided agreed ratified completed complete merged enacted stable committed "
    "applied published living in-force in-effect current resolved valid chosen",
}
_STATUS_OF = {word.replace("-", " "): status for status, words in _WORDS.items() for word in words.split()}
_VOCABULARY = sorted(_STATUS_OF, key=len, reverse=True)
_KEYWORD = re.compile(r"\b(?:" + "|".join(_VOCABULARY) + r")\b")
_SUPERSEDED_LINE = re.compile(
    r"(?im)(?:^(?:[^\w\n]|_)*|\()(?:(?:was|has been|is|now|partially|partly)\s+){0,3}"
    r"(?:super[sc]eded|replaced|obsoleted)[- ]+by\b"
)
_ASIDE = re.compile(r"~~[^~\n]{0,200}~~|\([^()\n]{0,300}\)")
_LINK = re.compile(r"\[([^\[\]\n]{0,300})\]\([^()\n]{0,500}\)")
_CHECKED = re.compile(r"(?im)^[^\S\n]*[-*+]\s*\[x\]\s*(.+)$")
_UNCHECKED = re.compile(r"(?m)^[^\S\n]*[-*+]\s*\[ \]")
_PLACEHOLDER = re.compile(r"^[^\w{]*\{.{0,400}\}\W*$|^[^\w<]*<[^>]+>\W*$")
_LIMIT = 2_000  # characters of a status text that are looked at


def normalise(raw: str) -> str:
    """The status that ``raw`` states (see ``Decision``), ``""`` where it states none: no known word, a
    placeholder, or a template's list of choices."""
    text = raw[:_LIMIT].strip()
    if _UNCHECKED.search(text):
        checked = _CHECKED.search(text)
        text = checked[1] if checked else ""
    if _SUPERSEDED_LINE.search(text):
        return "superseded"
    lines = [line for line in (_plain(line) for line in text.splitlines()) if line]
    if not lines or _is_choice(lines[0]) or _PLACEHOLDER.match(lines[0]):
        return ""
    return _first(lines[0]) or _misspelt(lines[0]) or _first(" ".join(lines))


def _plain(line: str) -> str:
    """The line without links' targets, asides in brackets, struck text and emphasis."""
    return (
        _ASIDE.sub(" ", _LINK.sub(r"\1", line)).replace("'", "").replace("-", " ").strip(" \t*_`>|:.").lower()
    )


def _first(text: str) -> str:
    word = _KEYWORD.search(text)
    return _STATUS_OF[word[0]] if word else ""


def _misspelt(text: str) -> str:
    """A single mistyped word ("imlpemented"); a sentence is not guessed at."""
    words = text.split()
    if len(words) != 1 or len(words[0]) < 6:
        return ""
    close = get_close_matches(words[0], _VOCABULARY, n=1, cutoff=0.9)
    return _STATUS_OF[close[0]] if close else ""


def _is_choice(line: str) -> bool:
    """A template's menu: three different states in one line ("proposed | accepted | rejected")."""
    return len({_STATUS_OF[word] for word in _KEYWORD.findall(line)}) >= 3


_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = "(" + "|".join(_MONTHS) + r")[a-z]*\.?"
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_DAY_NAMED = re.compile(r"(?i)(?<!\d)(\d{1,2})(?:st|nd|rd|th)?[-\s,]+" + _MONTH + r"[-\s,]+((?:19|20)\d\d)")
_NAMED_DAY = re.compile(r"(?i)\b" + _MONTH + r"\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20)\d\d)(?!\d)")


def dates(text: str) -> list[str]:
    """Every date in ``text`` as an ISO day, in order of form, then of place. ``03/04/2022`` is read day
    first, unless another such date in ``text`` can only be month first."""
    found = [(year, month, day) for year, month, day in _ISO.findall(text)]
    found += _COMPACT.findall(text)
    found += [(year, _month(name), day) for day, name, year in _DAY_NAMED.findall(text)]
    found += [(year, _month(name), day) for name, day, year in _NAMED_DAY.findall(text)]
    numeric = _NUMERIC.findall(text)
    month_first = any(int(second) > 12 for _, second, _ in numeric)
    found += [(year, a, b) if month_first else (year, b, a) for a, b, year in numeric]
    return [day for day in (_iso(*parts) for parts in found) if day]


def _month(name: str) -> str:
    return str(_MONTHS.index(name.lower()) + 1)


def _iso(year: str, month: str, day: str) -> str:
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return ""
    return f"{year}-{int(month):02}-{int(day):02}"
