"""parse_file: one version of one file, whatever its bytes."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexers import parse
from indexers.facts import ParsedFile
from indexers.parse import parse_file
from indexers.registry import LANGUAGES, language_of

PYTHON = 'def añadir(item):\n    """Add."""\n    return item\n\n\nclass Cart:\n    size = 1\n    kind = 2\n'


def symbols(parsed: ParsedFile) -> list[tuple[str, int, bytes]]:
    """(qualname, line, first bytes of its text) of each symbol."""
    return [(s.qualname, s.line, parsed.text[s.start_byte : s.end_byte][:9]) for s in parsed.facts.symbols]


EXPECTED = [
    ("añadir", 1, "def aña".encode() + b"d"),
    ("Cart", 6, b"class Car"),
    ("Cart.size", 7, b"size = 1"),
    ("Cart.kind", 8, b"kind = 2"),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_with_a_mark_give_the_same_facts(encoding: str) -> None:
    """UTF-8 with and without mark and UTF-16 with one: same names, lines and texts; offsets fit ``text``."""
    parsed = parse_file("a.py", "python", PYTHON.encode(encoding))
    assert symbols(parsed) == EXPECTED
    assert parsed.facts.problems == ()


def test_crlf_keeps_lines_and_offsets() -> None:
    """Line ends are not changed, and lines are counted as editors do."""
    data = PYTHON.replace("\n", "\r\n").encode()
    parsed = parse_file("a.py", "python", data)
    assert symbols(parsed) == EXPECTED
    assert parsed.text == data


def test_invalid_utf8_is_kept_and_reported() -> None:
    """A broken byte in UTF-8 stays in the text, costs no symbol, and is a problem with its line."""
    data = "# café crème brûlée".encode() + b"\xe9\n" + b"def f():\n    return 1\n"
    parsed = parse_file("a.py", "python", data)
    assert parsed.text == data
    assert [s.qualname for s in parsed.facts.symbols] == ["f"]
    assert [(p.code, p.line) for p in parsed.facts.problems] == [("encoding", 1)]


def test_a_guessed_encoding_is_read_and_said() -> None:
    """Bytes that are no UTF-8 are read as the likeliest encoding, and that is a problem with its line."""
    parsed = parse_file("a.py", "python", b"x = 1\n" + "# Größe des Maßstabs\n".encode("latin-1"))
    assert parsed.text.decode() == "x = 1\n# Größe des Maßstabs\n"
    assert [(p.code, p.line, p.message) for p in parsed.facts.problems] == [
        ("encoding", 2, "encoding guessed: cp1252")
    ]


def test_keys_of_data_are_no_symbols() -> None:
    """Of thousands of manifests the keys are words; of a configuration they are asked for by name."""
    data = b"kind: Service\nmetadata:\n  name: quince\n"
    assert parse_file("deploy/1.2.3/service.yaml", "yaml", data).facts.symbols == ()
    for path in (
        ".github/workflows/ci.yml",
        "docker-compose.yml",
        "src/settings.yaml",
        ".pre-commit-config.yaml",
    ):
        assert [s.name for s in parse_file(path, "yaml", data).facts.symbols] == [
            "kind",
            "metadata",
            "name",
        ], path
    assert parse_file("package-lock.json", "json", b'{"name": "a"}').facts.symbols == ()


def test_broken_utf16_is_reported_not_raised() -> None:
    """An odd byte at the end of UTF-16 text."""
    parsed = parse_file("a.txt", "text", "key = value".encode("utf-16") + b"x")
    assert parsed.text.startswith(b"key = value")
    assert [p.code for p in parsed.facts.problems] == ["encoding"]


def test_secrets_are_overwritten_before_anything_else() -> None:
    """No fact, chunk or term comes from a secret; length and lines stay."""
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    data = f'TOKEN = "{token}"\ndef f():\n    pass\n'.encode()
    for encoded in (data, data.decode().encode("utf-16")):
        parsed = parse_file("a.py", "python", encoded)
        assert parsed.redacted == 1
        assert len(parsed.text) == len(data)
        assert token.encode() not in parsed.text
        assert token not in str(parsed.facts)


def test_chunks_and_terms_go_together() -> None:
    """One row of terms per chunk; a chunk's terms hold its path and qualified name too."""
    parsed = parse_file("shop/cart.py", "python", PYTHON.encode())
    (rows,) = struct.unpack_from("<I", parsed.forward)
    assert rows == len(parsed.chunks) == 2
    assert [c.qualname for c in parsed.chunks] == ["añadir", "Cart"]


def test_decisions_come_from_documents_only() -> None:
    """A decision document gives a Decision; a source file in the same folder gives none."""
    text = b"# 1. Use X\n\n## Status\n\nAccepted\n\n## Decision\n\nUse X.\n"
    found = parse_file("docs/adr/0001-use-x.md", "markdown", text).decision
    assert found is not None
    assert (found.title, found.status) == ("Use X", "accepted")
    assert parse_file("docs/adr/0001-use-x.py", "python", text).decision is None


def test_empty_files_have_no_chunks() -> None:
    """Nothing in, nothing out."""
    for language in LANGUAGES:
        parsed = parse_file("x", language, b"")
        assert (parsed.chunks, parsed.facts.symbols, parsed.facts.references) == ((), (), ())


PIECES = """def f(:
class A(B):
{ } ( ) < > :: => ` ${ \\ ' " /* // @ | ---
fn a() {
impl X for Y {
#define A(x) x
#if 1
#else
#endif
template <
package a
import (
func (c *C) M() {
public class A {
use a::{b, c as d};
enum E { A,
struct S {
x.y()
new A()
using namespace a;
# H
```
|a|b|"""
SNIPPETS = st.sampled_from([*PIECES.splitlines(), *PIECES.splitlines()[2].split(), "\n", " ", "é"])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(SNIPPETS, st.text(max_size=5)), max_size=40), st.sampled_from(sorted(LANGUAGES)))
def test_broken_source_is_no_error(pieces: list[str], language: str) -> None:
    """Any text of any language gives facts whose positions lie inside of it."""
    data = " ".join(pieces).encode("utf-8", "replace")
    parsed = parse_file("a/b.c", language, data)
    lines = (
        data.count(b"\n" if b"\n" in data else b"\r") + 1
    )  # a text without \n has the line ends of old Macs
    for symbol in parsed.facts.symbols:
        assert 0 <= symbol.start_byte <= symbol.end_byte <= len(data)
        assert 1 <= symbol.line <= symbol.end_line <= lines
        assert symbol.qualname.endswith(symbol.name)
    for reference in parsed.facts.references:
        assert 1 <= reference.line <= lines


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(sorted(LANGUAGES)))
def test_any_bytes_are_no_error(data: bytes, language: str) -> None:
    """Noise is read too."""
    assert parse_file("x", language, data).facts.language == language


def test_the_text_of_a_chunk_is_what_is_indexed() -> None:
    """Path, qualified name and body, by lines."""
    parsed = parse_file("a.py", "python", PYTHON.encode())
    text = parse._indexed_text("a.py", parsed.text, parsed.chunks[1])
    assert text == "a.py\nCart\nclass Cart:\n    size = 1\n    kind = 2\n"


@pytest.mark.parametrize(
    ("head", "language"),
    [
        (b"#include <stdio.h>\nstruct item { int x : 3; };\n/* class of items */\nint f(void);\n", "c"),
        (b'#ifdef __cplusplus\nextern "C" {\n#endif\nint f(void);\n', "c"),
        (b"#include <vector>\n", "cpp"),
        (b"namespace shop {\nint f();\n}\n", "cpp"),
        (b"class EXPORT Cart : public Base {\n", "cpp"),
        (b"struct Cart : Base {\n", "cpp"),
        (b"  template <typename T>\n", "cpp"),
        (b" public:\n", "cpp"),
        (b"using Alias = int;\n", "cpp"),
    ],
)
def test_a_header_is_cpp_when_it_says_so(head: bytes, language: str) -> None:
    """``.h`` is C unless something in it is only C++."""
    assert language_of("shop/cart.h", head) == language
