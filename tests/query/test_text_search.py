"""Search for the very text or an expression finds every line that has it, as a scan of all texts would, and says what
was not looked at."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import re2
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from text_project import TextProject

from indexers import terms
from memoryd.errors import UsageError
from memoryd.query.exact import patterns
from memoryd.query.exact.patterns import AllOf, AnyOf
from memoryd.query.text.render import rendered
from memoryd.server.mcp.next_call import tool_call

LETTERS = "aAb_1 .$-(\\éßſ\u212aσςΣİι\u0345\ufffd日本語"
LONGER = ("\n", "\r\n", "the", "Where", "readOnly", "read_only", "foo", "Bar", "x" * 70, "y" * 2_500)
PIECES = st.sampled_from([*LETTERS, *LONGER])
TEXT = st.lists(PIECES, max_size=30).map("".join)
FILES = st.dictionaries(st.sampled_from(["a.py", "b.txt", "c/d.py", "e.md"]), TEXT, min_size=1, max_size=4)
LITERAL = st.lists(
    PIECES.filter(lambda piece: len(piece) < 20 and "\n" not in piece), min_size=1, max_size=3
).map("".join)


CLASSES = (
    "[ab]", "[^a\\]]", "[[:alpha:]_]", ".", "^", "$", "\\b", "\\w", "\\s", "\\pL", "\\p{Lu}", "\\x61", "\\x{df}",
    "\\141", "(?i)", "(?i:foo)", "\\Qa.b\\E", "\\Q(", "foo{", "x{,2}", "\\n", "()", "(?P<n>a)",
)  # fmt: skip


def _repeated(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}){two[1]}"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{0,2}", "{2}", "{1,}", "*?", "+?"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
        st.tuples(inner, st.sampled_from(["*", "?", "+", "{0}", "|a", "|"])).map("".join),
    )


EXPRESSION = st.recursive(
    st.one_of(
        LITERAL.map(re2.escape),
        st.sampled_from(CLASSES),
    ),
    _repeated,
    max_leaves=6,
)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[TextProject]:
    with closing(TextProject(tmp_path)) as made:
        yield made


def scanned(project: TextProject, has: Callable[[bytes], bool]) -> set[tuple[str, int]]:
    """What reading every line of every text finds."""
    return {
        (path, number)
        for path, text in project.texts().items()
        for number, line in enumerate(text.removesuffix(b"\n").split(b"\n") if text else (), 1)
        if has(line)
    }


def each(*files: dict[str, str]) -> Iterator[TextProject]:
    """A project with these files, one state after the other."""
    with tempfile.TemporaryDirectory() as folder, closing(TextProject(Path(folder))) as made:
        for state in files:
            made.put({path: text.encode() for path, text in state.items()})
            yield made


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILES, FILES, st.data())
def test_exact_search_is_a_scan_of_all_texts(
    before: dict[str, str], after: dict[str, str], data: st.DataObject
) -> None:
    """Whatever the script, the case, the length of words, and what was indexed before."""
    every = "".join([*before.values(), *after.values()])
    start = data.draw(st.integers(0, max(0, len(every) - 1)))
    part = every[start : start + data.draw(st.integers(1, 12))]
    needle = data.draw(st.one_of(LITERAL, st.just(part)))
    assume(needle.strip() and "\n" not in needle)
    word, fold = data.draw(st.booleans()), data.draw(st.booleans())
    for project in each(before, after):
        edges = tuple(
            r"\b" if char.isascii() and (char.isalnum() or char == "_") else r"\B" for char in needle
        )
        source = f"{edges[0]}{re2.escape(needle)}{edges[-1]}" if word else re2.escape(needle)
        expected = re2.compile((f"(?i){source}" if fold else source).encode())
        found = project.places(needle, word=word, ignore_case=fold)
        assert found == scanned(project, lambda line, form=expected: form.search(line) is not None)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FILES, EXPRESSION, st.booleans())
@example({"a.py": "foo\nBar\n"}, "(?:foo|Ba)r?", False)
@example({"a.py": "a1b\n"}, r"\x61\d", False)
@example({"a.py": "\n\nfoo"}, "^$", False)
def test_an_expression_is_looked_for_in_every_line(files: dict[str, str], source: str, fold: bool) -> None:
    """As RE2 has it in each line by itself: what is taken from it to find files leaves none out."""
    assume(source.strip())
    for project in each(files):
        try:
            found = project.places(source, "regex", ignore_case=fold)
        except UsageError:  # no expression, or too large a one
            return
        expected = re2.compile((f"(?i){source}" if fold else source).encode())
        assert found == scanned(project, lambda line, form=expected: form.search(line) is not None)


@given(TEXT)
def test_every_word_leads_to_its_file(text: str) -> None:
    """By a term that the file has, or since it is kept apart; never by nothing."""
    for cut in (len(text), len(text) // 2):
        forward = terms.encode([text[:cut], text[cut:]])
        held = set(terms.terms(text[:cut])) | set(terms.terms(text[cut:]))
        words = terms.file_words(text, forward)
        assert all(term in held or term == terms.NO_TERM for _, term in words.known)
        known = {word for word, _ in words.known} | set((words.apart or "").split("\n"))
        assert words.apart is None or {word.casefold() for word in terms.words(text)} <= known


def test_a_text_of_several_lines_is_found_where_it_begins(project: TextProject) -> None:
    project.put({"a.py": b"x = 1\nif x:\n    pass\n"})
    assert project.places("1\nif x:\n") == {("a.py", 1)}


def test_an_expression_never_reaches_over_the_end_of_a_line(project: TextProject) -> None:
    """However it may be written."""
    project.put({"a.py": b"one\ntwo\n"})
    for source in (r"one\s*two", r"one[^a]two", r"(?s)one.two", r"one\ntwo"):
        assert project.find(source, "regex").total == 0


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("(foo", "this is no expression of RE2: missing ): (foo"),
        (r"(?=x)", "invalid perl operator"),
        (r"(a)\1", "invalid escape sequence"),
        ("a{1001}", "invalid repetition size"),
        ("[^y]{0,900}z", "the expression is too large"),
        ("x" * 2_001, "the expression is longer than 2000 characters"),
    ],
)
def test_what_is_no_expression_is_said_with_a_way_on(source: str, said: str, project: TextProject) -> None:
    project.put({"a.py": b"x\n"})
    with pytest.raises(UsageError) as caught:
        project.find(source, "regex")
    assert said in caught.value.what
    assert caught.value.next_step


@pytest.mark.parametrize(
    "given",
    [
        {"mode": "exact", "files": True},
        {"mode": "regex", "word": True},
        {"mode": "exact", "kinds": ("code",)},
    ],
)
def test_arguments_that_do_not_go_together_are_refused(
    given: dict[str, object], project: TextProject
) -> None:
    project.put({"a.py": b"x\n"})
    with pytest.raises(UsageError, match="does not go with mode"):
        project.find("x", **given)


def test_lines_come_in_pages_with_exact_counts(project: TextProject) -> None:
    """By path and line; the next page is a question that can be asked, over MCP too."""
    project.put({"b.py": b"hit\n" * 3, "a.py": b"no\nhit\n"})
    pages = [project.find("hit", limit=2, offset=offset) for offset in (0, 2)]
    assert [(one.path, one.line) for page in pages for one in page.lines] == [
        ("a.py", 2), ("b.py", 1), ("b.py", 2), ("b.py", 3),
    ]  # fmt: skip
    assert {(page.total, page.files, page.searched) for page in pages} == {(4, 2, 2)}
    assert (pages[0].next, pages[1].next) == ("memoryd search hit --exact --offset 2", "")
    assert tool_call(pages[0].next) == 'search(query="hit", mode="exact", max_tokens=8000)'


def test_only_the_files_under_a_path_are_looked_at(project: TextProject) -> None:
    project.put({"src/a.py": b"hit\n", "tests/a.py": b"hit\n"})
    answer = project.find("hit", paths=("src",))
    assert ([one.path for one in answer.lines], answer.searched) == (["src/a.py"], 1)


def test_a_secret_is_never_found(project: TextProject) -> None:
    """It was overwritten before it was stored; neither its text nor whether some text is a part of it can be learnt."""
    token = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    project.put({"a.py": f"token = '{token}'\n".encode()})
    for piece in (token, token[:20], token[10:14]):
        answer = project.find(piece)
        assert answer.total == 0
        assert answer.left_out == project.find("z" * len(piece)).left_out
    assert project.find("token =").lines[0].text == f"token = '{'*' * len(token)}'"


def test_what_was_not_looked_at_is_said(project: TextProject) -> None:
    """What should have been takes the completeness away; what never is is said beside."""
    project.put({"a.py": b"hit\n", "b.ipynb": b'{"cells": []}'})
    assert project.find("hit").complete
    project.skip(("c/.env", "denied"), ("d.png", "binary"))
    answer = project.find("hit")
    assert (answer.complete, answer.left_out) == (True, ("1 file denied", "outputs of notebooks in 1 file"))
    project.skip(("big.js", "too-large"))
    answer = project.find("miss")
    assert (answer.complete, answer.gaps) == (False, ("1 file too-large",))
    assert (
        "No line has “miss”. Searched 2 files. Not searched: 1 file too-large;" in rendered(answer, 400).text
    )


def test_a_long_line_is_shown_around_what_was_found(project: TextProject) -> None:
    project.put({"a.txt": b"x " * 1_000 + b"hit" + b" y" * 1_000})
    text = project.find("hit").lines[0].text
    assert len(text) <= 400
    assert "hit" in text
    assert text[0] == text[-1] == "…"


@pytest.mark.parametrize(
    ("source", "needs"),
    [
        ("foo.*bar", ("foo", "bar")),
        ("fo+ba?r", ("fo", "b", "r")),
        ("(?:foo|bar)x", (AnyOf((AllOf(("foo",)), AllOf(("bar",)))), "x")),
        ("(foo)?x", ("x",)),
        (r"\Qa.b\Ec", ("a.bc",)),
        (r"\x{61}b", ("b",)),
        ("[(]b", ("b",)),
        ("größe", ("gr", "e")),
    ],
)
def test_what_a_text_must_hold_is_read_from_an_expression(source: str, needs: tuple[object, ...]) -> None:
    def plain(part: object) -> object:
        if isinstance(part, AnyOf) and len(part.choices) == 1:
            return part.choices[0].parts
        return part

    assert patterns.regex(source).needs.parts == needs
