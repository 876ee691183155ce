"""The engine's promises that hold for every language and any bytes."""

from __future__ import annotations

import random
import time
from pathlib import Path

import msgspec
import pytest
from golden import cases, split
from hypothesis import given, settings
from hypothesis import strategies as st

from indexers import registry
from indexers.facts import FileFacts

GRAMMARS = sorted(registry.LANGUAGES.keys() - {"text", "markdown"})
SOURCES = {path: split(path.read_text("utf-8"))[0] for path in cases()}
PIECES = st.sampled_from(
    b"""def class import from as return ( ) [ ] { } : ; , . = => -> :: ?. ... @ # // /* */ \" ' ` \\ \n \t self. this.
    x Foo::bar fn let const function async await interface enum impl struct template<T> #define #include <a.h> f"{x}"
    match case if else for in while try except lambda yield global export default \xff\xfe \xc3 \x00 \xe2\x82\xac
    """.split(b" ")
)
BYTES = st.one_of(st.binary(max_size=300), st.lists(PIECES, max_size=60).map(b" ".join))


def assert_inside(facts: FileFacts, source: bytes) -> None:
    """Every span lies in the file, every line is one of its lines."""
    lines = source.split(b"\n")
    for symbol in facts.symbols:
        assert 0 <= symbol.start_byte <= symbol.end_byte <= len(source)
        assert 1 <= symbol.line <= symbol.end_line <= len(lines)
    for reference in facts.references:
        assert 1 <= reference.line <= len(lines)
        assert 0 <= reference.column < len(lines[reference.line - 1])
        assert reference.name
    for comment in facts.comments:
        assert 1 <= comment.line <= comment.end_line <= len(lines)
    for fact in (*facts.imports, *facts.bindings, *facts.problems):
        assert 1 <= fact.line <= len(lines)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(facts), type=FileFacts) == facts


@pytest.mark.parametrize("language", GRAMMARS)
@settings(max_examples=60, deadline=None)
@given(source=BYTES)
def test_any_bytes(language: str, source: bytes) -> None:
    """No bytes raise, and all that is found lies inside the file."""
    assert_inside(registry.extract(language, source), source)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_damaged_source(path: Path) -> None:
    """Real source with bytes cut out, doubled or replaced is read without an exception."""
    chance = random.Random(path.name)
    for _ in range(4):
        source = bytearray(SOURCES[path])
        for _ in range(5):
            at = chance.randrange(len(source) + 1)
            source[at : at + chance.randrange(20)] = chance.choice(
                (b"", b"(", b"}", b"\xff", b"\n", b'"', b"x = ")
            )
        assert_inside(registry.extract(path.parent.name, bytes(source)), bytes(source))


@pytest.mark.parametrize("language", GRAMMARS)
@pytest.mark.parametrize(
    "source",
    [
        b"(" * 200_000,
        b"(" * 200_000 + b")" * 200_000,
        b"x = " + b"[" * 100_000 + b"]" * 100_000,
        b"{" * 100_000,
        b"a" + b".b()" * 100_000,
        b"-" * 200_000 + b"x",
        b"f(" * 100_000,
        b"class A { " * 20_000,
        b"x = " * 100_000 + b"1",
    ],
    ids=["open", "nested", "lists", "braces", "chain", "minus", "calls", "classes", "assignments"],
)
def test_deep_nesting(language: str, source: bytes) -> None:
    """Nesting of any depth ends in facts or a problem, soon, without Python recursion."""
    start = time.process_time()
    facts = registry.extract(language, source)
    assert facts.language == language
    assert time.process_time() - start < 20


@pytest.mark.parametrize("language", ["python", "javascript", "typescript"])
def test_one_long_line(language: str) -> None:
    """A long line costs what its bytes cost (nothing is quadratic in a line)."""
    source = b"a.b(c, d.e).f = g(1); /* x */ " if language != "python" else b"a.b(c, d.e).f = g(1); "
    source *= 400_000 // len(source)
    start = time.process_time()
    facts = registry.extract(language, source)
    assert time.process_time() - start < 5
    assert len(facts.references) > 40_000
    assert {reference.line for reference in facts.references} == {1}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_same_bytes_same_facts(path: Path) -> None:
    """Extraction is a pure function of the bytes."""
    language, source = path.parent.name, SOURCES[path]
    assert registry.extract(language, source) == registry.extract(language, source)


def test_windows_lines() -> None:
    """Carriage returns change neither lines nor names."""
    source = (
        b'"""doc\r\nmore"""\r\nimport a\r\n\r\nclass B(a.C):\r\n    """d"""\r\n    def m(self): a.x()\r\n'
    )
    facts = registry.extract("python", source)
    plain = registry.extract("python", source.replace(b"\r\n", b"\n"))
    assert facts.references == plain.references
    assert [(s.qualname, s.line, s.signature) for s in facts.symbols] == [
        (s.qualname, s.line, s.signature) for s in plain.symbols
    ]


def test_names_beyond_ascii() -> None:
    """Identifiers are Unicode; columns are counted in bytes."""
    facts = registry.extract("python", "été = 1\nprint(été.größe)\n".encode())
    assert [(r.name, r.receiver, r.column) for r in facts.references] == [
        ("été", "", 6),
        ("größe", "été", 12),
    ]
