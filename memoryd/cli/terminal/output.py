"""What people and programs see: text (coloured on a terminal only), JSON, JSON lines, errors."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable
from typing import IO, Any

from memoryd.errors import MemorydError
from memoryd.query.safe_text import safe_text

BOLD, DIM, RED, GREEN, YELLOW, CYAN = "1", "2", "31", "32", "33", "36"
_PLACE = re.compile(r"(?<![\w/.:@+-])((?:[\w.@+-]+/)*[\w.@+-]+\.\w+:\d+(?:-\d+)?)")
_VERDICT = re.compile(r"\b(BLOCK|WARN|OK)\b")
_VERDICT_COLOURS = {"BLOCK": RED, "WARN": YELLOW, "OK": GREEN}
_HEADING = re.compile(r"^(#{1,6} .*|[A-Za-z][^:]{0,60}:)$")
_FRESHNESS = re.compile(r"^\(?(?:freshness|indexed|next|more)\b", re.IGNORECASE)


def wants_colour(stream: IO[str]) -> bool:
    """Colour goes to a terminal only, and never under NO_COLOR or TERM=dumb."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def prepare_streams() -> None:
    """Names in a repository may hold bytes that the terminal's encoding lacks: escape them, never fail.

    A standard stream that we were launched without becomes /dev/null: else the next descriptor opened, such
    as the daemon's socket, would take its number.
    """
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number: this one
    sys.stdin = sys.stdin or open(0)  # noqa: SIM115 - it lives as long as the process
    sys.stdout = sys.stdout or open(1, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(2, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def print_text(text: str) -> None:
    """A rendered answer on stdout."""
    text = safe_text(text).rstrip("\n")
    if wants_colour(sys.stdout):
        text = "\n".join(_paint(line) for line in text.split("\n"))
    sys.stdout.write(text + "\n")


def print_json(value: Any) -> None:
    """One JSON document: indented on a terminal, one line otherwise."""
    sys.stdout.write(_json(value, indent=2 if sys.stdout.isatty() else None) + "\n")


def print_json_lines(rows: Iterable[Any]) -> None:
    """One JSON value a line, each written as soon as it is known."""
    for row in rows:
        sys.stdout.write(_json(row, None) + "\n")


def print_error(error: MemorydError, as_json: bool) -> None:
    """The thing, the place and the next step, on stderr."""
    if as_json:
        sys.stderr.write(_json({"error": error.values}, None) + "\n")
        return
    name = colour("memoryd:", RED, sys.stderr)
    sys.stderr.write(f"{name} {safe_text(str(error))}\n")


def note(text: str) -> None:
    """A line for a person, on stderr: answers on stdout stay clean."""
    sys.stderr.write(f"memoryd: {safe_text(text)}\n")


def colour(text: str, code: str, stream: IO[str]) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if wants_colour(stream) else text


def _json(value: Any, indent: int | None) -> str:
    """ASCII only: controls, bidi marks and lone surrogates of hostile names arrive as JSON's own escapes."""
    return json.dumps(value, indent=indent, separators=(",", ": ") if indent else (",", ":"))


def _paint(line: str) -> str:
    """Colour by what the text says: the renderer knows nothing of terminals."""
    if _HEADING.match(line):
        return f"\x1b[{BOLD}m{line}\x1b[0m"
    if _FRESHNESS.match(line):
        return f"\x1b[{DIM}m{line}\x1b[0m"
    line = _VERDICT.sub(lambda m: f"\x1b[{_VERDICT_COLOURS[m[0]]}m{m[0]}\x1b[0m", line)
    return _PLACE.sub(lambda m: f"\x1b[{CYAN}m{m[0]}\x1b[0m", line)
