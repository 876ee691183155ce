"""Parts that the lines of many answers have in common."""

from __future__ import annotations

import textwrap

from memoryd.query.safe_text import safe_name

WRAP_CHARS = 200  # a long line of a document is shown in lines of so many characters, so that it can be paged
SHA_CHARS = 10  # of a commit id in a text
MAX_LINE_CHARS = 400


def place(path: str, line: int) -> str:
    """``path:line``, or the path alone where there is no line."""
    return f"{safe_name(path)}:{line}" if line else safe_name(path)


def proof(method: str, confidence: float) -> str:
    """How an item is known and how sure that is (0..1)."""
    return f"[{method} {confidence:.2f}]"


def recorded_on(branch: str) -> str:
    """Of a record that the history of the answer does not have."""
    return f"recorded on the branch {safe_name(branch)}, of which this history has not the commit"


def clipped(line: str) -> str:
    """The line in at most MAX_LINE_CHARS characters."""
    return line if len(line) <= MAX_LINE_CHARS else f"{line[: MAX_LINE_CHARS - 1]}…"


def wrapped(line: str, before: str) -> list[str]:
    """The whole line, as lines of at most WRAP_CHARS characters that each begin with ``before``."""
    parts = textwrap.wrap(line, WRAP_CHARS, replace_whitespace=False, drop_whitespace=False) or [""]
    return [f"{before}{part}" for part in parts]
