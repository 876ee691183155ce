"""Stored text is data: what could steer a terminal, hide from a reader or pass for memoryd's own words is shown
instead of obeyed.

In an answer, text of the project stands between “ and ”, which it cannot contain; so does a name with white space,
which could read as a line of ours. How something is known stands in a label such as [exact 1.00] or
[confirmed, terminal], which neither can contain."""

from __future__ import annotations

import re
import sys

# C0 and C1 controls (newline and tab stay), soft hyphen, zero-width and bidi controls, line and paragraph
# separators, invisible operators, BOM, interlinear marks, variation selectors beyond emoji's, tag characters,
# Hangul fillers and lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u070f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff"
    "\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

_QUOTATION_MARKS = re.compile("[\u201c-\u201f]")
_LABEL = re.compile(
    r"\[(?=(?:[a-z][a-z_ -]{0,30} [01]\.\d\d|[a-z][a-z_ -]{0,30}, [^\]\n]{1,60}"
    r"|accepted|confirmed|deprecated|proposed|rejected|retracted|superseded|withdrawn)\])",
    re.IGNORECASE,
)


def safe_text(text: str) -> str:
    """``text`` with invisible and controlling characters spelled out (``\\x1b``, ``\\u202e``).

    Newlines and tabs stay; ``\\r\\n`` becomes ``\\n``. Ordinary letters of every script pass unchanged.
    """
    if "\r\n" in text:
        text = text.replace("\r\n", "\n")
    return _UNSAFE.sub(_spell, text)


def one_line(text: str) -> str:
    """``safe_text`` in one line: newlines and tabs become single spaces. For what memoryd says itself."""
    return safe_text(" ".join(text.split()))


def safe_line(text: str) -> str:
    """Text of the project in ``one_line``; quotation marks and labels of the form that answers use are spelled out."""
    return _LABEL.sub(_spell, _QUOTATION_MARKS.sub(_spell, one_line(text)))


def safe_name(name: str, limit: int = sys.maxsize) -> str:
    """A name of the project (of a file, a branch, an author) in ``one_line``, of at most ``limit`` characters: in
    quotation marks where it has white space, so that it cannot begin or end what memoryd says."""
    line = safe_line(name if len(name) <= limit else f"{name[: limit - 1]}…")
    return f"“{line}”" if any(map(str.isspace, name)) else line


def quote(text: str, limit: int = 300) -> str:
    """Text of the project as one safe line of at most ``limit`` characters, cut with ``…``. Its own curly quotation
    marks become straight ones."""
    line = safe_line(_QUOTATION_MARKS.sub('"', text[: 4 * limit]))
    return line if len(line) <= limit and len(text) <= 4 * limit else f"{line[: limit - 1]}…"


def _spell(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
