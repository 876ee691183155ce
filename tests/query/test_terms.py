"""How text becomes search terms: both sides of a search must cut words in the same way."""

from __future__ import annotations

import struct
import zlib

import pytest
from growth import assert_linear
from hypothesis import given
from hypothesis import strategies as st

from indexers import terms

CASES = {
    "getHTTPResponse": ["get", "http", "respons", "gethttprespons"],
    "read_only": ["read", "onli", "readon"],
    "readonly": ["readon"],
    "__init__": ["init"],
    "Base64Encoder": ["base", "64", "encod", "base64encod"],
    "timeouts": ["timeout"],
    "TIMEOUT": ["timeout"],
    "the": [],
    "x": [],
    "日本語": ["日本", "本語", "日本語"],
    "Größe": ["größe"],
}


@pytest.mark.parametrize(("word", "stems"), CASES.items())
def test_word_yields_its_parts_and_the_whole(word: str, stems: list[str]) -> None:
    """A word yields the stems of its parts, then the folded whole where there are several; function words nothing."""
    assert terms.terms(word) == [zlib.crc32(stem.encode()) for stem in stems]


def test_spellings_of_one_identifier_meet() -> None:
    """readOnly, read_only and READ_ONLY are the same terms, and all of them hold readonly."""
    variants = {tuple(terms.terms(word)) for word in ("readOnly", "read_only", "READ_ONLY", "ReadOnly")}
    assert len(variants) == 1
    assert set(terms.terms("readonly")) <= set(variants.pop())


def test_encoded_data_is_not_indexed() -> None:
    """A word beyond 64 characters yields no term, however often it comes, and is not kept in memory."""
    assert terms.terms("A1b2" * 40) == []


def test_words_are_kept_as_written() -> None:
    """words() returns identifiers in order and unchanged."""
    assert terms.words("Call foo_bar(x, BazQux) — 42!") == ["Call", "foo_bar", "BazQux", "42"]


def decode(blob: bytes) -> list[tuple[int, dict[int, int]]]:
    """An independent reading of the documented layout: (length, term → count) per chunk."""
    (n,) = struct.unpack_from("<I", blob)
    distinct = struct.unpack_from(f"<{n}I", blob, 4)
    lengths = struct.unpack_from(f"<{n}I", blob, 4 + 4 * n)
    total = sum(distinct)
    hashes = struct.unpack_from(f"<{total}I", blob, 4 + 8 * n)
    counts = blob[4 + 8 * n + 4 * total :]
    assert len(counts) == total
    chunks, at = [], 0
    for size, length in zip(distinct, lengths, strict=True):
        rows = hashes[at : at + size]
        assert list(rows) == sorted(set(rows))
        chunks.append((length, dict(zip(rows, counts[at : at + size], strict=True))))
        at += size
    return chunks


@given(st.lists(st.text(max_size=200), max_size=6))
def test_forward_index_says_what_the_texts_say(texts: list[str]) -> None:
    """The forward index holds, per chunk, exactly the terms of its text with their counts, in ascending order."""
    for text, (length, counts) in zip(texts, decode(terms.encode(texts)), strict=True):
        found = terms.terms(text)
        assert length == len(found)
        assert counts == {term: min(found.count(term), 255) for term in found}


def test_count_is_capped() -> None:
    """A term that comes more than 255 times counts 255; the chunk's length is not capped."""
    [(length, counts)] = decode(terms.encode(["word " * 1000]))
    assert (length, list(counts.values())) == (1000, [255])


def test_encoding_takes_linear_time() -> None:
    """Also of code in which each line has a name of its own."""
    assert_linear(
        lambda size: terms.encode([f"def handle_{i}(request): return pool[{i}]\n" for i in range(size)]),
        40_000,
    )
