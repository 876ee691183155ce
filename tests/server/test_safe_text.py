"""Nothing that steers a terminal, reorders text or hides from a reader passes; ordinary writing does."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from memoryd.query.safe_text import safe_line, safe_text

VISIBLE_FORMATS = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u0890\u0891\u08e2\U000110bd\U000110cd")


def test_every_control_of_unicode_is_spelled_out() -> None:
    """Of all code points, no control, format, separator or surrogate passes, but newline, tab and visible signs."""
    passed = {
        char
        for char in map(chr, range(sys.maxunicode + 1))
        if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Cs") and safe_text(char) == char
    }
    assert passed - VISIBLE_FORMATS == {"\n", "\t"}


@pytest.mark.parametrize(
    "text", ["naïve", "日本語 テスト", "שלום עולם", "مرحبا", "हिन्दी", "❤️ 🚀", "a\tb\nc", "½ π €"]
)
def test_ordinary_writing_passes(text: str) -> None:
    """Letters of every script, emoji with their selector, tabs and newlines stay as they are."""
    assert safe_text(text) == text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("evil\u202egnp.exe", "evil\\u202egnp.exe"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("a\r\nb\rc", "a\nb\\x0dc"),
        ("\udc80", "\\udc80"),
    ],
)
def test_what_is_hidden_is_shown(text: str, safe: str) -> None:
    """The reader sees that something was there, and what."""
    assert safe_text(text) == safe
    safe_text(text).encode()


def test_a_line_is_one_line() -> None:
    """Newlines, tabs and runs of blanks become single spaces."""
    assert safe_line("a\n\tb   c\x1b") == "a b c\\x1b"
