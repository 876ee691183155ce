"""Stored text is data: what could steer a terminal or hide from a reader is shown instead of obeyed."""

from __future__ import annotations

import re

# C0 and C1 controls (newline and tab stay), soft hyphen, zero-width and bidi controls, line and paragraph
# separators, invisible operators, BOM, interlinear marks, variation selectors beyond emoji's, tag characters,
# Hangul fillers and lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u070f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def safe_text(text: str) -> str:
    """``text`` with invisible and controlling characters spelled out (``\\x1b``, ``\\u202e``).

    Newlines and tabs stay; ``\\r\\n`` becomes ``\\n``. Ordinary letters of every script pass unchanged.
    """
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
    return _UNSAFE.sub(_spell, text)


def safe_line(text: str) -> str:
    """``safe_text`` in one line: newlines and tabs become single spaces."""
    return safe_text(" ".join(text.split()))


def quote(text: str, limit: int = 300) -> str:
    """Stored text as one safe line of at most ``limit`` characters, cut with ``…``."""
    line = safe_line(text[: 4 * limit])
    return line if len(line) <= limit and len(text) <= 4 * limit else f"{line[: limit - 1]}…"


def _spell(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
