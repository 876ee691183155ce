"""Stack traces in a question: which files, lines and functions they pass through, innermost first.

How each language shows them is said in its table (indexers.profiles). What belongs to an interpreter or its library is
left out; what lies in an installed package keeps the part of its path behind the folder of packages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from indexers.profiles import profiles

MAX_FRAMES = 60
MAX_LINES = 4_000
MAX_LINE_CHARS = 400

_FILE = r"(?P<path>(?:[A-Za-z]:[\\/]|file://)?[\w.@+$~/\\-]{1,300}\.[A-Za-z]\w{0,4})"


def _lines(texts: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(text.replace("%FILE%", _FILE)) for text in texts)


_TRACES = tuple(dict.fromkeys(one.traces for one in profiles().values()))
_UPWARDS = _lines(text for one in _TRACES for text in one.outermost_first)
_DOWNWARDS = _lines(text for one in _TRACES for text in one.innermost_first)
_NUMBERED = re.compile(r"[:(]\d|line \d")
_CAUSE = re.compile(r"^\s*(?:Caused by|Traceback \(most recent call last\))\b")
_PACKAGES = re.compile(rf"^.*/(?:{'|'.join(one.packages for one in _TRACES if one.packages)})/")
_FOREIGN = re.compile("|".join(("^<", *(one.library for one in _TRACES if one.library))))
_ANONYMOUS = re.compile(r"^(?:<.*>|anonymous|eval|Object\.<.*|module\.exports)?$")


class Frame(Struct, frozen=True):
    """``path`` as far as it may agree with one of the project, with ``/``; ``line`` 1-based; ``name``: the last part of
    the function's name, ``""`` when the trace does not tell."""

    path: str
    line: int
    name: str = ""


class TraceFrames(Struct, frozen=True):
    """``frames`` of all traces in a text, of each the innermost first, those of a cause before those of what it
    caused; ``rest``: the text without their lines."""

    frames: tuple[Frame, ...]
    rest: str


def traces(text: str) -> TraceFrames:
    """Read a text, in time linear in its length."""
    found: list[list[Frame]] = [[]]
    rest = []
    for line in text.splitlines()[:MAX_LINES]:
        if _CAUSE.match(line):
            found.append([])
        match, is_upwards = _match(line[:MAX_LINE_CHARS])
        frame = _read(match) if match else None
        if frame is not None:
            found[-1].insert(0 if is_upwards else len(found[-1]), frame)
        if match is None:
            rest.append(line)
    frames = dict.fromkeys(frame for trace in reversed(found) for frame in trace)
    return TraceFrames(tuple(frames)[:MAX_FRAMES], "\n".join(rest))


def _match(line: str) -> tuple[re.Match[str] | None, bool]:
    """How a line shows a frame, if it does, and whether such lines come outermost first."""
    if not _NUMBERED.search(line):
        return None, False
    for pattern in _UPWARDS:
        if match := pattern.search(line):
            return match, True
    return next((match for pattern in _DOWNWARDS if (match := pattern.search(line))), None), False


def _read(match: re.Match[str]) -> Frame | None:
    parts = match.groupdict()
    path = parts["path"].removeprefix("file://").replace("\\", "/")
    if parts.get("type"):  # com.example.shop.Cart$Line → com/example/shop/Cart.java
        folder = parts["type"].partition("$")[0].replace(".", "/").rpartition("/")[0]
        path = f"{folder}/{path}" if folder else path
    name = re.split(r"[.#:>\\]+", (parts.get("name") or "").strip())[-1]
    if _FOREIGN.search(path) and not _PACKAGES.match(path):
        return None
    path = _PACKAGES.sub("", path).lstrip("./")
    return Frame(path, int(parts["line"][:9]), "" if _ANONYMOUS.match(name) else name)
