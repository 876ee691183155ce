"""Notebooks as text, code and documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from indexers.parse import parse_file
from indexers.registry import language_of


def cell(kind: str, source: object, **more: object) -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {}, "source": source, **more}


CELLS = [
    cell("markdown", ["# Churn\n", "Why accounts before the merger are left out\n"]),
    cell(
        "code",
        [
            "%matplotlib inline\n",
            "from lib import features\n",
            "def score(df):\n",
            "    return features(df)",
        ],
        outputs=[{"data": {"image/png": "iVBORw0KGgo" + "A" * 60_000}, "text": ["secret sauce"]}],
    ),
    cell("code", ["%%bash\n", "make kumquat\n"], outputs=[]),
    cell("markdown", ["## Result\n", "It fell.\n"]),
]


def notebook(cells: list[dict[str, Any]], language: str = "python", indent: int | None = 1) -> bytes:
    kernel = {"kernelspec": {"display_name": "x", "language": language, "name": "x"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4}, indent=indent).encode()


def test_cells_of_code_are_code_and_others_documents() -> None:
    """Symbols and sections stand on the lines of the file; outputs are in no chunk and not in the text."""
    data = notebook(CELLS)
    parsed = parse_file("study.ipynb", language_of("study.ipynb", data) or "", data)
    lines = data.split(b"\n")
    (score,) = parsed.facts.symbols
    assert lines[score.line - 1].strip() == b'"def score(df):\\n",'
    assert [(item.module, item.name) for item in parsed.facts.imports] == [("lib", "features")]
    shown = [(c.kind, c.qualname, parsed.text[c.start_byte : c.end_byte].split()[0]) for c in parsed.chunks]
    assert shown == [
        ("section", "Churn", b"#"),
        ("function", "score", b"%matplotlib"),
        ("section", "Churn", b"%%bash"),
        ("section", "Churn > Result", b"##"),
    ]
    for piece in parsed.chunks:
        first = parsed.text[piece.start_byte : piece.end_byte].split(b"\n")[0]
        assert json.dumps(first.decode())[1:-1].encode() in lines[piece.line - 1]
    assert parsed.text.count(b"\n") == data.count(b"\n")
    assert b"sauce" not in parsed.text
    assert b"AAAA" not in parsed.text


@pytest.mark.parametrize("language", ["R", "julia"])
def test_a_kernel_without_a_reader_gives_text(language: str) -> None:
    """Its cells are searched, its names are not known."""
    data = notebook([cell("code", ["quince <- 1\n"])], language)
    assert language_of("a.ipynb", data) == "text"
    parsed = parse_file("a.ipynb", "text", data)
    assert parsed.facts.symbols == ()
    assert [parsed.text[c.start_byte : c.end_byte].strip() for c in parsed.chunks] == [b"quince <- 1"]


def test_what_shares_a_line_is_prose() -> None:
    """A notebook on one line has no lines to show: its words are found, no symbol is placed wrongly."""
    data = notebook(CELLS, indent=None)
    parsed = parse_file("a.ipynb", "python", data)
    assert parsed.facts.symbols == ()
    assert b"features" in parsed.text
    assert all(piece.line == 1 for piece in parsed.chunks)


@pytest.mark.parametrize(
    "data", [b"", b"{", b'{"cells": [{"source": ["a', b"[]", b'{"cells": {"a": 1}}', b"\xff"]
)
def test_what_is_no_notebook_has_no_text(data: bytes) -> None:
    """Nothing is raised for any bytes."""
    assert parse_file("a.ipynb", "python", data).facts.symbols == ()


def test_secrets_in_cells_are_overwritten() -> None:
    """The source of a cell is redacted like any other."""
    token = "ghp_" + "a1B2c3D4e5" * 3 + "f6G7h8"
    parsed = parse_file("a.ipynb", "python", notebook([cell("code", [f"t = '{token}'\n"])]))
    assert token.encode() not in parsed.text
    assert parsed.redacted == 1
