"""Stack traces in a question: which files, lines and functions they pass through, innermost first.

Python and pytest, JavaScript, Java and its kin, C#, Go, Rust, Ruby and PHP. What belongs to an interpreter or its
library is left out; what lies in an installed package keeps the part of its path behind the folder of packages.
"""

from __future__ import annotations

import re

from msgspec import Struct

MAX_FRAMES = 60
MAX_LINES = 4_000
MAX_LINE_CHARS = 400

_FILE = r"(?P<path>(?:[A-Za-z]:[\\/]|file://)?[\w.@+$~/\\-]{1,300}\.[A-Za-z]\w{0,4})"
_UPWARDS = (
    re.compile(rf'^\s*File "{_FILE}", line (?P<line>\d+)(?:, in (?P<name>[\w.<>]+))?'),
    re.compile(rf"^{_FILE}:(?P<line>\d+): (?:in (?P<name>\w+)|\w*(?:Error|Exception|Warning|Failed)\b)"),
)
_NUMBERED = re.compile(r"[:(]\d|line \d")
_DOWNWARDS = tuple(  # innermost first
    re.compile(pattern)
    for pattern in (
        rf"^\s*at (?P<name>[\w.`<>\[\], ]{{1,200}})\([^()]*\) in {_FILE}:line (?P<line>\d+)",
        r"^\s*at (?:[\w.@-]+/)*(?P<type>[\w.$]{1,200})\.(?P<name>[\w$<>]+)"
        r"\((?P<path>\w+\.(?:java|kt|scala|groovy)):(?P<line>\d+)\)",
        rf"^\s*at (?:async )?(?:new )?(?P<name>[\w.$<>\[\] ]{{1,200}}?) \({_FILE}:(?P<line>\d+)(?::\d+)?\)",
        rf"^\s*at (?:async )?{_FILE}:(?P<line>\d+)(?::\d+)?\s*$",
        rf"^(?P<name>[\w.$/<]*)@(?:https?://[\w.:-]+/)?{_FILE}:(?P<line>\d+):\d+\s*$",
        rf"\bpanicked at (?:'.{{0,200}}', )?{_FILE}:(?P<line>\d+)",
        rf"^\s+{_FILE}:(?P<line>\d+) \+0x[0-9a-f]+",
        rf"^\s*(?:from |\d+: from )?{_FILE}:(?P<line>\d+):in [`'](?:block in |rescue in )*(?P<name>[\w.#?!]+)'",
        rf"^\s*#\d+ {_FILE}\((?P<line>\d+)\): (?P<name>[\w\\:>-]*)",
    )
)
_CAUSE = re.compile(r"^\s*(?:Caused by|Traceback \(most recent call last\))\b")
_PACKAGES = re.compile(
    r"^.*/(?:(?:site|dist)-packages|node_modules|gems|vendor/bundle|\.cargo/registry/src/[^/]+|pkg/mod)/"
)
_FOREIGN = re.compile(
    r"^(?:node:|/rustc/|<)|/lib(?:64)?/(?:python|ruby|node)[\d./]|/go[\d.]*/src/(?!github)"
    r"|/internal/(?:modules|process)/"
)
_ANONYMOUS = re.compile(r"^(?:<.*>|anonymous|eval|Object\.<.*|module\.exports)?$")


class Frame(Struct, frozen=True):
    """``path`` as far as it may agree with one of the project, with ``/``; ``line`` 1-based; ``name``: the last part of
    the function's name, ``""`` when the trace does not tell."""

    path: str
    line: int
    name: str = ""


class Traces(Struct, frozen=True):
    """``frames`` of all traces in a text, of each the innermost first, those of a cause before those of what it
    caused; ``rest``: the text without their lines."""

    frames: tuple[Frame, ...]
    rest: str


def traces(text: str) -> Traces:
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
    return Traces(tuple(frames)[:MAX_FRAMES], "\n".join(rest))


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
