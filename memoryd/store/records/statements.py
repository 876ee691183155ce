"""When two records say the same, and when they say the opposite. From their words alone, and rather too seldom.

A text is read as statements: a sentence's content words in order, in their base forms, and where it negates.
What follows "because" and the like is its reason. Words that change nothing ("always", "must", "the") are left
out; words that set a scope or a strength ("only", "in", "may", numbers, signs, names of code) never are, nor is what
stands in back-ticks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct, structs

from indexers import terms
from memoryd.store.records import clauses, wording

MAX_STATEMENTS = 40  # of one text; what follows is compared as a whole
_MIN_CORE = 2  # words in common below which an opposition says nothing
_REASON_SHARED = 0.5  # of a new reason's words: below, it is another reason

_REASON = re.compile(r"\b(?:because|since(?!\s+v?\d)|otherwise|or else|so that|due to|in order to)\b")
_LEADING = re.compile(
    r"((?:before|after|when|whenever|if|while|for|in|on|with|during|unless|until|once)\s[^,]{2,120}),\s*+(.+)"
)
_INSTEAD = re.compile(r"(.{1,400}?),? instead of (.{1,400})")
_FILLER_WORDS = """
a an the this that these those always please really just also very simply do does did be is are been being it its
of to then so thus and they them their
"""
_FILLERS = frozenset(_FILLER_WORDS.split())
_DEGREES = frozenset(("always", "really", "just", "also", "very", "simply"))  # "not always" is not "not"
_NEGATIONS = frozenset(("not", "never", "no"))
_AVOIDS = frozenset(("avoid", "stop"))
_OPPOSITES = {
    "disable": "enable", "forbid": "allow", "disallow": "allow", "prohibit": "allow", "deny": "allow",
    "exclude": "include",
}  # fmt: skip
_SAME = {
    "utilize": "use", "employ": "use", "prefer": "use", "configuration": "config", "repository": "repo",
    "database": "db", "directory": "folder", "environment": "env", "each": "all", "every": "all",
    "forbidden": "forbid", "prohibited": "prohibit", "max": "maximum", "min": "minimum", "docs": "documentation",
    "has": "have",
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
    "thirteen": "13", "fourteen": "14", "fifteen": "15", "sixteen": "16",
    "seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "20", "thirty": "30",
    "forty": "40", "fifty": "50", "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
}  # fmt: skip
_SCOPE_WORDS = """
for in on under from within when whenever while if unless except only during before after at by with without into
between inside outside until once
"""
_SCOPE = frozenset(_SCOPE_WORDS.split())
_MUST, _MAY, _WE = "must", "may", "we"
_MOODS = frozenset((_MUST, _WE))
_ACTING = _FILLERS | _NEGATIONS | _AVOIDS | _SCOPE | {*_MOODS, *_SAME}
_INFLECTIONS = frozenset(("", "e", "s", "es", "ed", "d", "ing", "y", "ies", "ied"))


class Statement(Struct, frozen=True):
    """``core``: content words up to the first that sets a scope; ``scope``: the rest; ``negative``: it forbids;
    ``negated``: before which of all these words a negation stands, so that "not all are" is not "all are not";
    ``moods``: whether its subject "must", or it is "we" who do: which is not to say that it is so, nor to order it."""

    core: tuple[str, ...]
    scope: tuple[str, ...]
    negative: bool
    negated: tuple[int, ...] = ()
    moods: frozenset[str] = frozenset()


class StatementMeaning(Struct, frozen=True):
    """A text as it is compared. ``rest``: a text without words, or beyond what is read, compared as it stands.
    ``quoted``: words that the statements set in back-ticks, as spelled; ``bare``: their other words."""

    statements: frozenset[Statement]
    reason: frozenset[str]
    rest: str = ""
    quoted: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()


def meaning(text: str) -> StatementMeaning:
    """Time is linear in the text."""
    statements: list[Statement] = []
    reason: set[str] = set()
    tokens: set[str] = set()
    sentences = wording.sentences(text)
    for sentence in sentences[:MAX_STATEMENTS]:
        said, why = _halves(sentence, first=not statements)
        tokens.update(wording.TOKEN.findall(said))
        said = wording.said(said)
        statements += [found for clause, forbids in _clauses(said) if (found := _statement(clause, forbids))]
        reason.update(word for word, _ in _words(why))
    rest = "\n".join(sentences[MAX_STATEMENTS:]) if statements or reason else text.strip()
    quoted = frozenset(token[1:] for token in tokens if token[0] == wording.CODE)
    bare = frozenset(token for token in tokens if token[0] != wording.CODE)
    return StatementMeaning(frozenset(statements), frozenset(reason), rest, quoted, bare)


def repeats(known: StatementMeaning, new: StatementMeaning, *, are_rules: bool = False) -> bool:
    """Whether ``new`` says what ``known`` says: the same statements, and if it gives a reason, that one. Of two that
    ``are_rules`` by their kind, "X is done" asks for what "do X" asks for, and "may not" forbids."""
    said, known_said = new.statements, known.statements
    if are_rules:
        said, known_said = frozenset(map(_as_rule, said)), frozenset(map(_as_rule, known_said))
    if known.rest != new.rest or said != known_said:
        return False
    if not new.statements:
        return known == new
    if not (_spells(known, new) and _spells(new, known)):
        return False
    return not new.reason or len(new.reason & known.reason) > _REASON_SHARED * len(new.reason)


def _as_rule(one: Statement) -> Statement:
    """Whoever says it in whatever mood; "may not" as "must not"."""
    at = one.core.index(_MAY) if _MAY in one.core else -1
    if at < 0 or at + 1 not in one.negated:
        return structs.replace(one, moods=frozenset())
    core = one.core[:at] + one.core[at + 1 :]
    negated = tuple(i - (i > at) for i in one.negated)
    return structs.replace(one, core=core, negated=negated, moods=frozenset())


def _spells(one: StatementMeaning, other: StatementMeaning) -> bool:
    """Whether each name that ``one`` sets in back-ticks stands in ``other`` as well: `DEBUG` is not `debug`, nor
    `user` `users`; without back-ticks its case says nothing."""
    return all(name in other.quoted or name.casefold() in other.bare for name in one.quoted)


def words_of(said: StatementMeaning) -> tuple[str, ...]:
    """What the statements are about, whatever they say of it: their words in alphabetical order."""
    words = (word for one in said.statements for word in (*one.core, *one.scope))
    return tuple(sorted(word for word in words if word != _MAY))


def opposes(one: StatementMeaning, other: StatementMeaning, *, are_rules: bool = False) -> bool:
    """Whether one forbids just what the other asks for. That one forbids it in some cases only is an exception,
    no opposition; nor is what "we" do, or what "is done", a rule, unless both ``are_rules``: it may be a defect."""
    return any(
        a.core == b.core and len(a.core) >= _MIN_CORE and _meets(a, b)
        for a in one.statements
        for b in other.statements
        if a.negative != b.negative and (are_rules or (_WE in a.moods) == (_WE in b.moods))
    )


def _meets(a: Statement, b: Statement) -> bool:
    forbids = a if a.negative else b
    return a.scope == b.scope or not forbids.scope


def _halves(sentence: str, *, first: bool) -> tuple[str, str]:
    """(what is said, its reason). A later sentence that speaks of a reason is nothing but one."""
    mark = _REASON.search(sentence)
    if mark is None:
        return sentence, ""
    if not first:
        return "", sentence
    return sentence[: mark.start()], sentence[mark.end() :]


def _clauses(sentence: str) -> Iterator[tuple[str, bool]]:
    """(clause, whether its polarity is turned round): "use Y instead of X for Z" is "use Y for Z", and not "use X
    for Z". A leading "when …," goes to the end."""
    sentence = sentence.strip(" ,:")
    leading = _LEADING.fullmatch(sentence)
    if leading:
        sentence = f"{leading[2]} {leading[1]}"
    for part in clauses.contrasted(sentence):
        yield from _alternatives(clauses.canonical(part))


def _alternatives(clause: str) -> Iterator[tuple[str, bool]]:
    instead = _INSTEAD.fullmatch(clause)
    if instead is None:
        yield clause, False
        return
    rest = instead[2].split()
    at = next((i for i, word in enumerate(rest) if word in _SCOPE), len(rest))
    scope = " ".join(rest[at:])
    verb = instead[1].split(maxsplit=1)[0]
    yield f"{instead[1]} {scope}", False
    yield f"{verb} {' '.join(rest[:at])} {scope}", True


def _statement(clause: str, turned: bool) -> Statement | None:
    """The clause in base forms; None when nothing is left of it."""
    words: list[str] = []
    negated: list[int] = []
    moods: set[str] = set()
    for word, negates in _words(clause):
        if word in _MOODS and (word != _WE or not (words or negated)):
            moods.add(word)
            continue
        if negates:
            negated.append(len(words))
        if word:
            words.append(word)
    if not words:
        return None
    at = next((i for i, word in enumerate(words) if word in _SCOPE), len(words))
    negative = turned ^ (len(negated) % 2 == 1)
    return Statement(tuple(words[:at]), tuple(words[at:]), negative, tuple(negated), frozenset(moods))


def _words(clause: str) -> Iterator[tuple[str, bool]]:
    """(base form, whether it turns the sense); a word that only turns the sense has the form ``""``."""
    tokens = wording.TOKEN.findall(clause)
    for i, token in enumerate(tokens):
        if token[0] == wording.CODE:
            yield _code_word(token), False
        elif token in _NEGATIONS:
            yield "", True
        elif token in _FILLERS and not (token in _DEGREES and i and tokens[i - 1] in _NEGATIONS):
            continue
        elif _base(token) in _AVOIDS:
            yield ("" if _is_doing(tokens, i + 1) else "use"), True
        else:
            word = _base(token)
            yield _OPPOSITES.get(word, word), word in _OPPOSITES


def _code_word(token: str) -> str:
    """As its base form, or with its mark where that is a word that does more here than to stand for itself."""
    word = token[1:].casefold()
    base = _base(word)
    acts = {word, base} & _ACTING or _OPPOSITES.get(base)
    return wording.CODE + word if acts else base


def _is_doing(tokens: Sequence[str], at: int) -> bool:
    """ "avoid calling X", as against "avoid X"."""
    return at < len(tokens) and tokens[at].endswith("ing")


@lru_cache(maxsize=8_192)  # texts repeat their words
def _base(word: str) -> str:
    """The word without its inflection, spelled the American way; a name of code, a number or a sign as it is."""
    if not word.isalpha():
        return word
    word = re.sub(r"(?<=\w{2})is(e[sd]?|ing|ation)$", r"iz\1", word)
    word = re.sub(r"(?<=\w{2})our(s|ed|ing)?$", r"or\1", word)
    word = _SAME.get(word, word)
    stem = terms.stem(word)
    if word in _SCOPE:
        return word
    if not _is_inflection(word, stem):
        shorter = _uninflected(word, stem)
        return _base(shorter) if shorter else word
    return _SAME.get(stem, _BASES.get(stem, stem))


def _uninflected(word: str, stem: str) -> str:
    """Without the ending of a word that the stem shortens by more: ``operation`` for ``operations``, ``validate`` for
    ``validated``; else ``""``."""
    shorter = ""
    if word.endswith(("s", "ed")) and not word.endswith(("ss", "eed")):
        shorter = word[:-1]
    elif word.endswith("ing"):
        shorter = word[:-3] + "e"
    return shorter if len(shorter) > len(stem) and terms.stem(shorter) == stem else ""


def _is_inflection(word: str, stem: str) -> bool:
    """The stem lost no more than an ending for number or tense: ``import`` is no form of ``important``."""
    if stem.endswith("i") and word[len(stem) - 1 : len(stem)] == "y":
        return len(word) == len(stem)
    root = stem.removesuffix("e")
    tail = word[len(root) :]
    if tail[:1] == root[-1:] and tail[1:] in ("ed", "ing"):  # stopped, running
        return True
    return word.startswith(root) and tail in _INFLECTIONS


_BASES = {
    terms.stem(word): word
    for word in (*_AVOIDS, *_OPPOSITES, *_OPPOSITES.values(), *_SAME.values())
}  # fmt: skip
