"""What holds for the readers without a grammar: bounds, order, speed, and files that only look like others."""

from __future__ import annotations

import json

import pytest
from growth import assert_linear

from indexers import registry
from indexers.chunks import chunk
from indexers.engine.data_keys import MAX_KEYS
from indexers.engine.plain_builder import MAX_REFERENCES, MAX_SYMBOLS

PLAIN = ["css", "dockerfile", "graphql", "hcl", "html", "json", "proto", "sql", "toml", "yaml"]
KEY_FILES = ["json", "toml", "yaml"]


def keyed(language: str, tops: int, inner: int) -> bytes:
    """A file with ``tops`` keys at the top, each with ``inner`` keys in it."""
    data = {f"k{top}": {f"i{number}": number for number in range(inner)} for top in range(tops)}
    if language == "json":
        return json.dumps(data).encode()
    head, line = ("[{}]", "{} = {}") if language == "toml" else ("{}:", "  {}: {}")
    lines = []
    for name, values in data.items():
        lines.append(head.format(name))
        lines += [line.format(key, value) for key, value in values.items()]
    return "\n".join(lines).encode()


@pytest.mark.parametrize("language", KEY_FILES)
def test_configuration_keeps_nested_keys(language: str) -> None:
    """All keys of a small file are symbols, and nothing is said to be left out."""
    facts = registry.extract(language, keyed(language, 3, 4))
    assert len(facts.symbols) == 3 + 3 * 4
    assert facts.symbols[1].qualname == "k0.i0"
    assert facts.problems == ()


@pytest.mark.parametrize("language", KEY_FILES)
def test_many_nested_keys_leave_the_top(language: str) -> None:
    """Where the keys of a level are too many, that level is left out whole, and the file says so."""
    facts = registry.extract(language, keyed(language, 50, 100))
    assert [symbol.qualname for symbol in facts.symbols] == [f"k{number}" for number in range(50)]
    assert [problem.code for problem in facts.problems] == ["limit"]


@pytest.mark.parametrize("language", KEY_FILES)
def test_data_is_bounded(language: str) -> None:
    """A data file of megabytes has at most MAX_KEYS symbols."""
    facts = registry.extract(language, keyed(language, 5_000, 40))
    assert len(facts.symbols) == MAX_KEYS
    assert [problem.code for problem in facts.problems] == ["limit"]


def test_generated_files_are_bounded() -> None:
    """Symbols and references of one file have a limit, and a problem says when it was reached."""
    sheet = b"".join(b".c%d { color: var(--x%d) }\n" % (number, number) for number in range(10_000))
    facts = registry.extract("css", sheet)
    assert (len(facts.symbols), len(facts.references)) == (MAX_SYMBOLS, MAX_REFERENCES)
    assert {problem.code for problem in facts.problems} == {"limit"}


@pytest.mark.parametrize("language", PLAIN)
@pytest.mark.parametrize(
    "source",
    [
        b'{"a":' * 100_000,
        b'"\\' * 200_000,
        b"<a>" * 200_000,
        b"<!--" * 100_000,
        b"RUN <<EOF\n" * 20_000,
        b"a: " + b"!" * 500_000,
        b"a '''\n" * 50_001,
        b"SELECT a FROM (" * 50_000,
        b"$a$ $b$ " * 50_000,
        b'"${a.b' * 100_000,
        b"message A { " * 40_000,
        b" " * 500_000 + b"x",
    ],
    ids=[
        "keys",
        "quotes",
        "tags",
        "comments",
        "heredocs",
        "marks",
        "long",
        "queries",
        "dollars",
        "dots",
        "blocks",
        "blank",
    ],
)
def test_linear_in_hostile_bytes(language: str, source: bytes) -> None:
    """Openings without an end, of any kind, are not looked through again and again."""
    assert_linear(lambda size: registry.extract(language, source[:size]), len(source))


def test_sql_is_cut_at_statements() -> None:
    """A table is one piece for search, with the comment above it; what only has names is cut in windows."""
    source = b"-- All who buy.\nCREATE TABLE users (\n  id INT\n);\n\nCREATE TABLE orders (\n  id INT\n);\n"
    pieces = chunk("sql", source, registry.extract("sql", source))
    assert [(piece.kind, piece.qualname, piece.line) for piece in pieces] == [
        ("class", "users", 1),
        ("class", "orders", 6),
    ]
    data = b'{"a": {\n"b": 1\n}}\n'
    assert [piece.kind for piece in chunk("json", data, registry.extract("json", data))] == ["window"]


def test_routine_bodies_belong_to_the_routine() -> None:
    """A semicolon inside a routine's body does not end it; the next CREATE, GO or the closing quote does."""
    source = (
        b"CREATE PROCEDURE pay AS BEGIN\n UPDATE a SET x = 1;\n DELETE FROM b;\nEND\nGO\nSELECT 1 FROM c;\n"
        b"CREATE FUNCTION f() RETURNS int AS $x$ BEGIN SELECT 1; PERFORM 2 FROM d; END $x$ LANGUAGE plpgsql;\n"
        b"SELECT extract(year FROM e) FROM g;\n"
    )
    facts = registry.extract("sql", source)
    assert [(use.name, use.scope) for use in facts.references] == [
        ("a", "pay"), ("b", "pay"), ("c", ""), ("d", "f"), ("g", ""),
    ]  # fmt: skip


def test_windows_line_ends_change_no_keys() -> None:
    """Carriage returns are no part of names, values or keys."""
    yaml = b"a:\r\n  b: |\r\n    c: 1\r\n  d: 2\r\n"
    assert [s.qualname for s in registry.extract("yaml", yaml).symbols] == ["a", "a.b", "a.d"]
    toml = b"[a]\r\nb = 1\r\n[c]\r\n"
    assert [s.qualname for s in registry.extract("toml", toml).symbols] == ["a", "a.b", "c"]
