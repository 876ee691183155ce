"""The words that decision documents use for their status, and the dates they carry."""

from __future__ import annotations

import re
from difflib import get_close_matches

from indexers.decisions.languages import MONTHS, STATUSES, SUPERSEDED_BY, folded, words_pattern

# First match by position in the text wins, longer words first at one position. Sources of the less usual
# words: PEP 1 (final, active), Kubernetes (implementable, provisional, replaced), Aries (adopted, stalled,
# demonstrated, retired), Oxide RFD (ideation, prediscussion, committed), Rust (postponed).
_WORDS = {
    "rejected": "rejected declined denied refused vetoed not-accepted not-approved wont-do",
    "withdrawn": "withdrawn abandoned cancelled canceled dropped",
    "superseded": "superseded superceded supersede supercede replaced obsoleted",
    "deprecated": "deprecated retired obsolete removed reverted expired archived outdated discontinued "
    "revoked rescinded repealed annulled voided no-longer sunset",
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
_STATUS_OF = {**STATUSES, **_STATUS_OF}
_KEYWORD = re.compile(words_pattern(_STATUS_OF))
_SUPERSEDED_LINE = re.compile(
    r"(?m)(?:^(?:[^\w\n]|_)*|\()(?:(?:was|has been|is|now)\s+){0,3}"
    rf"(?:(?:super[sc]eded|replaced|obsoleted)[- ]+by\b|(?:{words_pattern(SUPERSEDED_BY)}))"
)
_IN_PART = re.compile(
    r"\b(?:partially|partly|in part|parts of it|teilweise|partiellement|parcialmente|parzialmente)\b"
    r"[^.;\n]{0,40}?\b(?:super[sc]eded|replaced|obsoleted|" + words_pattern(SUPERSEDED_BY) + ")"
)
_CLAUSE = re.compile(r"[,;.:|]\s|\s(?:but|aber|mais|pero|mas|ma|maar)\s|\s[\u2013\u2014>]+\s")
_FORMER = re.compile(r"\b(?:was|were|formerly|previously|originally|initially|once|used to be)\b")
_NOW = re.compile(r"\b(?:now|since then|currently|today)\b")
_NEVER = re.compile(r"\b(?:wont|never|will not|shall not|decided not|decided against)\b")
_NOT = re.compile(r"\b(?:not|isnt|wasnt|nicht|nie|niet|inte|не|нет)\b|\bne\s")
_NOT_YET = re.compile(
    r"\b(?:not (?:been )?yet|not \w{1,20} yet|yet to be|noch nicht|pas encore|nog niet|еще не)\b"
)
_ASIDE = re.compile(r"~~[^~\n]{0,200}~~|\([^()\n]{0,300}\)")
_LINK = re.compile(r"\[([^\[\]\n]{0,300})\]\([^()\n]{0,500}\)")
_CHECKED = re.compile(r"(?im)^[^\S\n]*[-*+]\s*\[x\]\s*(.+)$")
_UNCHECKED = re.compile(r"(?m)^[^\S\n]*[-*+]\s*\[ \]")
_PLACEHOLDER = re.compile(r"^[^\w{]*\{.{0,400}\}\W*$|^[^\w<]*<[^>]+>\W*$")
_BRACED = re.compile(r"\{[ \t]*([\w-]+(?: [\w-]+){0,2})[ \t]*\}\Z")
_PICTURE = re.compile(r"!\[[^\[\]\n]{0,300}\]\([^()\n]{0,500}\)")
_SAYS_NOTHING = frozenset(
    ("status", "none", "n/a", "na", "unknown", "null", "unspecified", "not specified", "todo")
)
_LIMIT = 2_000  # characters of a status text that are looked at
_MAX_STATED = 100  # characters of a status that is shown as it stands


def normalise(raw: str) -> str:
    """The status that ``raw`` states (see ``Decision``), ``""`` where it states none: no known word, a
    placeholder, or a template's list of choices. What is replaced in part is in force for the rest."""
    text = _chosen(raw)
    low = folded(text)
    if _SUPERSEDED_LINE.search(low):
        return "superseded"
    lines = [line for line in (_plain(line) for line in text.splitlines()) if line]
    if not lines or _is_choice(lines[0]) or _PLACEHOLDER.match(lines[0]):
        return ""
    if _IN_PART.search(low):
        return "accepted"
    return _of_clauses(lines[0]) or _misspelt(lines[0]) or _of_clauses(" ".join(lines[1:]))


def not_understood(raw: str) -> str:
    """What ``raw`` says in place of a status, in one line, where it says something and ``normalise`` knows no word of
    it; ``""`` for a placeholder, a list of choices, a dash, a picture."""
    text = _PICTURE.sub(" ", _chosen(raw))
    lines = [line for line in map(_plain, text.splitlines()) if line]
    if (
        not lines
        or lines[0] in _SAYS_NOTHING
        or _is_choice(lines[0])
        or _PLACEHOLDER.match(_first_line(text))
    ):
        return ""
    if normalise(raw) or not any(letter.isalpha() for letter in lines[0]):
        return ""
    return _first_line(_chosen(raw))


def in_part(raw: str) -> str:
    """What ``raw`` says, in one line, where it is that a part is replaced; else ``""``."""
    text = _chosen(raw)
    return (
        _first_line(text)
        if _IN_PART.search(folded(text)) and not _SUPERSEDED_LINE.search(folded(text))
        else ""
    )


def _first_line(text: str) -> str:
    return next((" ".join(line.split())[:_MAX_STATED] for line in text.splitlines() if _plain(line)), "")


def _chosen(raw: str) -> str:
    """Of a list with boxes to tick, the ticked one; a word that was put into a template's braces."""
    text = raw[:_LIMIT].strip()
    if (braced := _BRACED.match(text)) and folded(braced[1].replace("-", " ")) in _STATUS_OF:
        return braced[1]
    if _UNCHECKED.search(text):
        checked = _CHECKED.search(text)
        return checked[1] if checked else ""
    return text


def _plain(line: str) -> str:
    """The line without links' targets, asides in brackets, struck text and emphasis."""
    bare = _ASIDE.sub(" ", _LINK.sub(r"\1", line))
    return folded(bare.replace("'", "").replace("\u2019", "").replace("-", " ").strip(" \t*_`>|:."))


def _of_clauses(text: str) -> str:
    """The status that is true now: of the first clause that states one, but "was accepted, now withdrawn" is no longer
    what it was."""
    stated = [(clause, status) for clause in _CLAUSE.split(text) if (status := _of_clause(clause))]
    now = [status for clause, status in stated if _NOW.search(clause)]
    lasting = [status for clause, status in stated if not _FORMER.search(clause)]
    return next(iter([*now, *lasting, *(status for _, status in stated)]), "")


def _of_clause(clause: str) -> str:
    word = _KEYWORD.search(clause)
    if not word:
        return ""
    status, before = _STATUS_OF[word[0]], clause[: word.start()]
    if status == "accepted":
        if _NEVER.search(before):
            return "rejected"
        if _NOT_YET.search(clause) or before.endswith("to be "):
            return "proposed"
    return "" if _NOT.search(before) else status


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


_SHORT_MONTHS = {name: number for number, name in enumerate(
    ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
)}  # fmt: skip
_MONTH = (
    "("
    + "|".join([*sorted(MONTHS, key=len, reverse=True), *(f"{name}[a-z]*" for name in _SHORT_MONTHS)])
    + r")\.?"
)
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_EAST_ASIAN = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_DAY_NAMED = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.)?[-\s,]+(?:de\s+)?" + _MONTH + r"[-\s,]+(?:de\s+)?((?:19|20)\d\d)"
)
_NAMED_DAY = re.compile(r"\b" + _MONTH + r"\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20)\d\d)(?!\d)")


def dates(text: str) -> list[str]:
    """Every date in ``text`` as an ISO day, in order of form, then of place. ``03/04/2022`` is read day
    first, unless another such date in ``text`` can only be month first."""
    found = [(year, month, day) for year, month, day in _ISO.findall(text)]
    found += _COMPACT.findall(text)
    found += _EAST_ASIAN.findall(text)
    words = folded(text)
    found += [(year, _month(name), day) for day, name, year in _DAY_NAMED.findall(words)]
    found += [(year, _month(name), day) for name, day, year in _NAMED_DAY.findall(words)]
    numeric = _NUMERIC.findall(text)
    month_first = any(int(second) > 12 for _, second, _ in numeric)
    found += [(year, a, b) if month_first else (year, b, a) for a, b, year in numeric]
    return [day for day in (_iso(*parts) for parts in found) if day]


def _month(name: str) -> str:
    return str(MONTHS.get(name) or _SHORT_MONTHS[name[:3]])


def _iso(year: str, month: str, day: str) -> str:
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return ""
    return f"{year}-{int(month):02}-{int(day):02}"
