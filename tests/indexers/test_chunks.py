"""Chunks: what search ranks."""

from __future__ import annotations

from itertools import pairwise

from growth import assert_linear
from hypothesis import given, settings
from hypothesis import strategies as st

from indexers.chunks import MAX_BYTES, WINDOW_LINES, chunk
from indexers.facts import Chunk, FileFacts, Symbol

KINDS = ("function", "method", "class", "struct", "macro", "module", "variable", "constant")
LINES = st.lists(
    st.one_of(
        st.sampled_from(
            ["", "   ", "}", "# Title", "## Part", "```", "def f():", "// note", "@deco", "é" * 30]
        ),
        st.text(max_size=60),
        st.builds(lambda c, n: c * n, st.sampled_from("xé \U0001f600"), st.integers(1, 3 * MAX_BYTES)),
    ),
    max_size=120,
)


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, FileFacts]:
    """A file and symbols over it, nested or apart, as a tree gives them."""
    data = draw(st.sampled_from(["\n", "\r\n"])).join(draw(LINES)).encode("utf-8", "replace")
    starts = [0]
    for line in data.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    symbols: list[Symbol] = []
    free = [(1, data.count(b"\n") + 1)]
    for index in range(draw(st.integers(0, 12))):
        if not free:
            break
        low, high = free.pop(draw(st.integers(0, len(free) - 1)))
        first = draw(st.integers(low, high))
        last = draw(st.integers(first, high))
        symbols.append(
            Symbol(
                name=f"s{index}", qualname=f"s{index}", kind=draw(st.sampled_from(KINDS)), line=first,
                end_line=last, start_byte=starts[first - 1], end_byte=min(starts[last], len(data)),
            )
        )  # fmt: skip
        free += [pair for pair in ((low, first - 1), (first, last), (last + 1, high)) if pair[0] <= pair[1]]
    return data, FileFacts(language="go", symbols=tuple(symbols))


def bodies(data: bytes, chunks: tuple[Chunk, ...]) -> list[str]:
    return [data[c.start_byte : c.end_byte].decode() for c in chunks]


@settings(max_examples=150, deadline=None)
@given(files(), st.sampled_from(["go", "python", "markdown", "text"]))
def test_chunks_cover_every_line_with_text_in_order_and_in_bounds(
    file: tuple[bytes, FileFacts], language: str
) -> None:
    """Chunks ascend, lie inside the file, are never larger than the limit, and leave out only blank lines."""
    data, facts = file
    chunks = chunk(language, data, facts)
    lines = data.split(b"\n")
    starts = [c.start_byte for c in chunks]
    assert starts == sorted(set(starts))
    covered = set()
    for c in chunks:
        assert 0 <= c.start_byte < c.end_byte <= len(data)
        assert c.end_byte - c.start_byte <= MAX_BYTES
        assert c.line == data.count(b"\n", 0, c.start_byte) + 1
        assert c.end_line == data.count(b"\n", 0, c.end_byte - 1) + 1
        covered |= set(range(c.start_byte, c.end_byte))
    offset = 0
    for line in lines:
        if line.strip():
            assert covered >= set(range(offset, offset + len(line))), line[:80]
        offset += len(line) + 1
    if language != "text":
        assert all(a.end_byte <= b.start_byte for a, b in pairwise(chunks))


@settings(max_examples=50, deadline=None)
@given(st.text(alphabet="ae\u00e9\U0001f600", min_size=1, max_size=20), st.integers(2, 4))
def test_a_long_line_is_cut_between_characters(piece: str, times: int) -> None:
    """No chunk begins or ends inside a UTF-8 character."""
    text = piece * (times * MAX_BYTES // len(piece))
    data = text.encode()
    assert "".join(bodies(data, chunk("text", data, FileFacts(language="text")))) == text


GO = b"""// Package shop sells.
package shop

import (
\t"fmt"
\t"net/http"
\t"example.org/some/quite/long/module/path/that/fills/the/line"
\t"example.org/another/quite/long/module/path/that/fills/it"
)

// Cart holds items.
type Cart struct {
\tItems []string
}

// Add puts one in.
func (c *Cart) Add(item string) {
\tadd := func() {
\t\tc.Items = append(c.Items, item)
\t}
\tadd()
}

func Empty() bool { return true }
"""


def symbol(name: str, kind: str, line: int, end_line: int) -> Symbol:
    sizes = [len(text) for text in GO.splitlines(keepends=True)]
    return Symbol(
        name=name.rpartition(".")[2],
        qualname=name,
        kind=kind,
        line=line,
        end_line=end_line,
        start_byte=sum(sizes[: line - 1]),
        end_byte=sum(sizes[:end_line]),
    )


def test_code_is_cut_at_definitions_with_the_comments_above_them() -> None:
    """Functions and class headers are chunks with their doc comments; nested functions stay inside; a
    one-line function stays in the remainder."""
    facts = FileFacts(
        language="go",
        symbols=(
            symbol("Cart", "struct", 12, 14),
            symbol("Cart.Add", "method", 17, 22),
            symbol("Cart.Add.add", "function", 18, 20),
            symbol("Empty", "function", 24, 24),
        ),
    )
    found = [(c.kind, c.qualname, c.line, c.end_line) for c in chunk("go", GO, facts)]
    assert found == [
        ("remainder", "", 1, 9),
        ("class", "Cart", 11, 14),
        ("function", "Cart.Add", 16, 22),
        ("remainder", "", 24, 24),
    ]


def test_a_document_is_cut_at_its_headings() -> None:
    """A section's qualname is the path of headings; a fenced heading is none; an empty heading goes along."""
    data = b"intro\n\n# Guide\n\n## Install\nrun it\n```sh\n# not a heading\n```\n## Use\nso\n"
    found = [
        (c.kind, c.qualname, c.line, c.end_line)
        for c in chunk("markdown", data, FileFacts(language="markdown"))
    ]
    assert found == [
        ("section", "", 1, 1),
        ("section", "Guide > Install", 3, 9),
        ("section", "Guide > Use", 10, 11),
    ]


def test_text_is_cut_in_windows_that_overlap() -> None:
    """Without a grammar a window has 40 lines and starts 30 lines after the one before."""
    data = b"".join(b"line %d\n" % n for n in range(1, 101))
    found = [(c.line, c.end_line) for c in chunk("text", data, FileFacts(language="text"))]
    assert found == [(1, 40), (31, 70), (61, 100)]
    assert found[0][1] == WINDOW_LINES


def test_work_is_linear_in_the_size_of_the_file() -> None:
    """Five megabytes on one line, and 100,000 nested classes."""

    def nested(classes: int) -> None:
        symbols = tuple(
            Symbol(name="n", qualname="n", kind="class", line=n + 1, end_line=2 * classes - n, start_byte=2 * n,
                   end_byte=4 * classes - 2 * n)
            for n in range(classes)
        )  # fmt: skip
        assert chunk("go", b"a\n" * (2 * classes), FileFacts(language="go", symbols=symbols))

    assert_linear(nested, 100_000)
    assert_linear(lambda size: chunk("go", b"x" * size, FileFacts(language="go")), 5_000_000)
