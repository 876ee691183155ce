"""Text -> hashed search terms. Indexing and querying both go through here, so that they always agree.

A word is a run of letters, digits and ``_``. It yields the stems of its camelCase and snake_case parts
and, when it has several parts, the whole identifier (case and ``_`` folded: ``readOnly`` meets
``read_only`` and ``readonly``). English function words, single characters and words beyond
``MAX_WORD`` characters (encoded data) yield nothing. Terms are CRC-32 values: one in a few thousand
collides in a large project, which costs less than keeping the strings.

Changing what a word yields changes stored data: raise EXTRACTOR_VERSION (memoryd/store/index/versions.py) with it.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import chain
from zlib import crc32

import Stemmer
from msgspec import Struct

MAX_WORD = 64
MAX_TF = 255
MAX_APART_CHARS = 4_000  # of the words of a file that no term leads to
NO_TERM = 0  # of a word that yields nothing
_TOO_LONG = -1
_CACHED_WORDS = 1 << 17  # about 50 MB of cached expansions at most

_ENGLISH_FUNCTION_WORDS = """
a an and are as at be but by can could did do does for from had has have he her his how i if in is it its
me my no not of on or our she should so than that the their them then there these they this those to us
was we were what when where which who why will with would you your
"""
STOP_WORDS = frozenset(_ENGLISH_FUNCTION_WORDS.split())

_WORD = re.compile(r"\w\w+")
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
# Scripts written without spaces between words: a run is searched by its pairs of characters.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")
_stem = Stemmer.Stemmer("english", 0).stemWord


def words(text: str) -> list[str]:
    """The words of ``text`` as written, in order, of two characters or more."""
    return _WORD.findall(text)


def stem(part: str) -> str:
    """One lower-cased word or sub-word without its endings."""
    stemmed: str = _stem(part)
    return stemmed


def term(part: str) -> int:
    """The hash of one lower-cased word or sub-word, stemmed."""
    return crc32(_stem(part).encode())


def expand(word: str) -> tuple[int, ...]:
    """The terms that one word stands for: its parts, then the whole where it has several parts."""
    if len(word) > MAX_WORD:
        return ()
    parts = [part for part in _parts(word) if len(part) > 1 and part not in STOP_WORDS]
    whole = word.lower().replace("_", "")
    if [whole] != parts and len(whole) > 1 and whole not in STOP_WORDS:
        parts.append(whole)
    return tuple(map(term, parts))


def _parts(word: str) -> list[str]:
    if word.isascii():
        return [part.lower() for part in _PART.findall(word)]
    pairs = [run[i : i + 2] for run in _UNSPACED.findall(word) for i in range(len(run) - 1)]
    return pairs or [part.lower() for part in word.split("_")]


class _Expansions(dict[str, tuple[int, ...]]):
    """Word -> its terms, filled on demand: source repeats its words about twenty times, and those that yield nothing
    (``if``, ``for``, ``is``) most of all. What is too long to be a word is not kept: it may be megabytes."""

    def __missing__(self, word: str) -> tuple[int, ...]:
        found = expand(word)
        if len(word) <= MAX_WORD:
            if len(self) >= _CACHED_WORDS:
                self.clear()
            self[word] = found
        return found


_expansion = _Expansions().__getitem__


def of_word(word: str) -> tuple[int, ...]:
    """The terms that one word, as ``words`` gives them, stands for; kept, as most are asked for again."""
    return _expansion(word)


def terms(text: str) -> list[int]:
    """The terms of ``text`` in order, repeated as often as they occur."""
    return list(chain.from_iterable(map(_expansion, _WORD.findall(text))))


def encode(texts: Iterable[str]) -> bytes:
    """The forward index of a file's chunks, one text per chunk (path, qualified name, body by lines).

    Little-endian: u32 n; u32[n] number of distinct terms; u32[n] length in terms; u32[sum] terms,
    ascending inside a chunk; u8[sum] their counts, capped at 255.
    """
    distinct, lengths, hashes, counts = array("I"), array("I"), array("I"), bytearray()
    for text in texts:
        tf = Counter(chain.from_iterable(map(_expansion, _WORD.findall(text))))
        keys = sorted(tf)
        tfs = list(map(tf.__getitem__, keys))
        distinct.append(len(keys))
        lengths.append(sum(tfs))
        hashes.extend(keys)
        if keys and max(tfs) > MAX_TF:
            tfs = [min(n, MAX_TF) for n in tfs]
        counts.extend(tfs)
    return b"".join(map(_little_endian, (array("I", [len(distinct)]), distinct, lengths, hashes))) + counts


class FileWords(Struct, frozen=True):
    """What it takes to find any piece of a file's text by the words in it. ``known``: (word, folded; one of its terms,
    NO_TERM where it yields none). ``apart``: words that no term of the file leads to, since they are too long or were
    cut, folded and a line each; None: too many to be kept, so that the file has to be looked at in any case."""

    known: tuple[tuple[str, int], ...]
    apart: str | None


def file_words(text: str, forward: bytes) -> FileWords:
    """The words of a file with the terms of ``forward``, as ``encode`` made it of the file's chunks."""
    held = _distinct(forward)
    known = set(map(_known, set(_WORD.findall(text))))
    apart = {row for row in known if row[1] not in held and row[1] != NO_TERM}
    known -= apart
    kept = "\n".join(sorted({word for word, _ in apart}))
    return FileWords(tuple(sorted(known)), kept if len(kept) <= MAX_APART_CHARS else None)


class _Known(dict[str, tuple[str, int]]):
    """Word -> (it folded, one of its terms), filled on demand, as expansions are."""

    def __missing__(self, word: str) -> tuple[str, int]:
        if len(word) > MAX_WORD:
            return word.casefold(), _TOO_LONG
        found = _expansion(word)
        row = word.casefold(), found[-1] if found else NO_TERM
        if len(self) >= _CACHED_WORDS:
            self.clear()
        self[word] = row
        return row


_known = _Known().__getitem__


def _distinct(forward: bytes) -> Collection[int]:
    """The terms in what ``encode`` gave."""
    chunks = int.from_bytes(forward[:4], "little")
    counts, hashes = array("I"), array("I")
    counts.frombytes(forward[4 : 4 + 4 * chunks])
    if sys.byteorder == "big":
        counts.byteswap()
    start = 4 + 8 * chunks
    hashes.frombytes(forward[start : start + 4 * sum(counts)])
    if sys.byteorder == "big":
        hashes.byteswap()
    return frozenset(hashes)


def _little_endian(values: array[int]) -> bytes:
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values.tobytes()
