"""What decision documents call their parts and their statuses in other languages than English: ``languages.toml``."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from importlib import resources

import msgspec
from msgspec import Struct


class _Language(Struct, frozen=True, forbid_unknown_fields=True):
    months: tuple[str, ...]
    superseded_by: tuple[str, ...]
    supersedes: tuple[str, ...]
    sections: dict[str, tuple[str, ...]]
    statuses: dict[str, tuple[str, ...]]


def folded(text: str) -> str:
    """Lower case without accents, so that words compare however they are typed."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part)).replace("\u0131", "i")


def _read() -> Mapping[str, _Language]:
    text = resources.files("indexers.decisions").joinpath("languages.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, _Language])


_LANGUAGES = _read()

_SECTIONS = tuple(
    {folded(name): english for english, names in language.sections.items() for name in names}
    for language in _LANGUAGES.values()
)
_ENGLISH_TOO = frozenset(("data",))  # means something else in English

STATUSES: Mapping[str, str] = {
    folded(word): status
    for language in _LANGUAGES.values()
    for status, words in language.statuses.items()
    for word in words
}
"""Word of a status, folded → its meaning."""

MONTHS: Mapping[str, int] = {
    folded(name): number for language in _LANGUAGES.values() for number, name in enumerate(language.months, 1)
}
"""Month, folded → 1..12."""

SUPERSEDED_BY = tuple(sorted({folded(p) for one in _LANGUAGES.values() for p in one.superseded_by}))
SUPERSEDES = tuple(sorted({folded(p) for one in _LANGUAGES.values() for p in one.supersedes}))


def in_english(names: Collection[str]) -> dict[str, str]:
    """Of the headings and keys of one document, those of another language → the English ones that they stand for."""
    found: dict[str, str] = {}
    for sections in _SECTIONS:
        words = {name: sections[word] for name in names if (word := folded(name)) in sections}
        if words.keys() - _ENGLISH_TOO:
            found |= words
    return found


_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")  # kana and ideographs: words stand without spaces


def words_pattern(words: Iterable[str]) -> str:
    """A pattern that finds any of these folded words, the longest first; as whole words where the script has spaces
    between words. It stands alone or in a group."""
    ordered = sorted(words, key=len, reverse=True)
    spaced = "|".join(re.escape(word) for word in ordered if not _has_no_spaces(word))
    unspaced = "|".join(re.escape(word) for word in ordered if _has_no_spaces(word))
    return "|".join(part for part in (rf"\b(?:{spaced})\b" if spaced else "", unspaced) if part)


def _has_no_spaces(word: str) -> bool:
    return bool(_UNSPACED.search(word)) or any("\u1100" <= letter <= "\u11ff" for letter in word)
