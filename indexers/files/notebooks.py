"""Jupyter notebooks as text: the sources of their cells, each line where it stands in the file; outputs left out.

A notebook on disk is JSON with one string for each line of a cell, so a line of code keeps its line number, and
loses what JSON puts around it. Where several lines share one string, their words stay on its line, as prose.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from indexers.facts import Chunk

EXTENSION = ".ipynb"
_TOKEN = re.compile(
    rb'(?P<string>"[^"\\\n]*(?:\\.[^"\\\n]*)*"?)(?P<colon>[ \t\r\n]{0,9}:)?|(?P<bracket>[{}\[\]])'
)
_LANGUAGE = re.compile(
    rb'"(?:kernelspec|language_info)"\s{0,99}:\s{0,99}\{[^{}]{0,999}(?:\{[^{}]{0,999}\}[^{}]{0,999})?'
)
_NAMED = re.compile(rb'"language"\s{0,99}:\s{0,99}"([\w+# .-]{1,40})"')
_OF_KERNEL = {"c++": "cpp", "c#": "csharp", ".net": "csharp"}
_OTHER_CELL = re.compile(r"%%(?!time|timeit|capture|prun|memit)\w")  # a cell of a shell, of SQL, of HTML …
LineKind = Literal["code", "prose", ""]  # the last: neither


class Notebook(Struct, frozen=True):
    """``text``: as many lines as the file. ``kinds``: of each line."""

    text: bytes
    kinds: tuple[LineKind, ...]

    def only(self, text: bytes, wanted: LineKind) -> bytes:
        """``text``, from this notebook and of its length, with blanks where lines are of another kind."""
        lines = zip(text.split(b"\n"), self.kinds, strict=True)
        return b"\n".join(line if kind == wanted else b" " * len(line) for line, kind in lines)

    def cut(self, text: bytes, pieces: Iterable[Chunk], wanted: LineKind) -> Iterator[Chunk]:
        """Chunks of ``only(text, wanted)`` without the lines of the other kind that they reach over."""
        starts = [0, *(found.end() for found in re.finditer(rb"\n", text)), len(text)]
        for piece in pieces:
            if piece.line == piece.end_line:
                yield piece
                continue
            lines = [n for n in range(piece.line - 1, piece.end_line) if self.kinds[n] != ""]
            for kind, run in groupby(lines, self.kinds.__getitem__):
                own = list(run)
                if kind == wanted:
                    yield replace(
                        piece,
                        line=own[0] + 1,
                        end_line=own[-1] + 1,
                        start_byte=starts[own[0]],
                        end_byte=starts[own[-1] + 1],
                    )


def language(data: bytes) -> str:
    """The language of the kernel, as readers are called; Python where the notebook does not say."""
    for found in _LANGUAGE.finditer(data):
        named = _NAMED.search(found[0])
        if named:
            name = named[1].decode().lower()
            return _OF_KERNEL.get(name, name)
    return "python"


def read(data: bytes) -> Notebook:
    """``data``: UTF-8. What is no notebook has no text."""
    starts = [0, *(found.end() for found in re.finditer(rb"\n", data))]
    lines: dict[int, list[tuple[str, LineKind]]] = {}
    for kind, spans in _cells(data):
        for at, text in _sources(data, spans):
            lines.setdefault(bisect_right(starts, at) - 1, []).append((text, kind))
    texts = [b""] * len(starts)
    kinds: list[LineKind] = [""] * len(starts)
    for number, parts in lines.items():
        shared = len(parts) > 1 or "\n" in parts[0][0].rstrip("\n")
        words = " ".join(text.lstrip("# ") for text, _ in parts) if shared else parts[0][0]
        texts[number] = " ".join(words.splitlines()).encode("utf-8", "replace")
        kinds[number] = "prose" if shared else parts[0][1]
    return Notebook(b"\n".join(texts), tuple(kinds))


def _sources(data: bytes, spans: list[tuple[int, int]]) -> Iterator[tuple[int, str]]:
    for start, end in spans:
        try:
            yield start, str(json.loads(data[start:end].decode("utf-8", "replace"), strict=False))
        except ValueError:  # cut off, or an escape that is none
            continue


def _cells(data: bytes) -> Iterator[tuple[LineKind, list[tuple[int, int]]]]:
    """Of each cell: what it holds, and the places of the strings of its source."""
    depth, cell = 0, -1
    keys: dict[int, bytes] = {}
    kind = b""
    spans: list[tuple[int, int]] = []
    for token in _TOKEN.finditer(data):
        if token["bracket"] in (b"{", b"["):
            depth += 1
            if cell < 0 and keys.get(depth - 2) == b'"cells"' and token["bracket"] == b"{":
                cell, kind, spans = depth, b"", []
        elif token["bracket"]:
            if depth == cell:
                yield _kind(data, kind, spans), spans
                cell = -1
            keys.pop(depth, None)
            depth -= 1
        elif token["colon"]:
            keys[depth] = token["string"]
        elif cell > 0 and keys.get(cell) == b'"cell_type"' and depth == cell:
            kind = token["string"]
        elif cell > 0 and keys.get(cell) == b'"source"' and depth <= cell + 1:
            spans.append(token.span("string"))


def _kind(data: bytes, cell_type: bytes, spans: list[tuple[int, int]]) -> LineKind:
    if cell_type != b'"code"':
        return "prose"
    first = next((text for _, text in _sources(data, spans[:1])), "")
    return "prose" if _OTHER_CELL.match(first) else "code"


def without_magic(code: bytes) -> bytes:
    """Lines that speak to IPython (``%time``, ``!pip install``) as comments, of the same length."""
    lines = code.split(b"\n")
    for number, line in enumerate(lines):
        if line.lstrip()[:1] in (b"%", b"!", b"?"):
            at = len(line) - len(line.lstrip())
            lines[number] = line[:at] + b"#" + line[at + 1 :]
    return b"\n".join(lines)
