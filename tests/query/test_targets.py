"""What a TARGET means, in all its forms."""

from __future__ import annotations

import pytest
from msgspec import structs
from rows import Rows

from memoryd.errors import UsageError
from memoryd.query.graph.symbols import symbol
from memoryd.query.graph.symbols_answers import SymbolRequest
from memoryd.query.targets import anchor, resolve


@pytest.fixture
def ctx(tmp_path):
    rows = Rows(tmp_path / "index.db")
    rows.file(
        "src/app/views.py",
        "\n" * 60,
        symbols=[
            ("View", "class", 10, 40),
            ("View.get", "method", 12, 20),
            ("View.get.inner", "function", 14, 16),
            ("render", "function", 50, 60),
        ],
    )
    rows.file("src/app/models.py", symbols=[("Model", "class", 1, 30), ("Model.save", "method", 5, 9)])
    rows.file("src/lib/store.py", symbols=[("Store", "class", 1, 30), ("Store.save", "method", 5, 9)])
    rows.file("tests/test_views.py", symbols=[("render", "function", 3, 4), ("View", "variable", 1, 1)])
    rows.file("pkg/__init__.py", symbols=[("start", "function", 1, 2)])
    rows.close()
    return rows.context()


def texts(ctx, target: str) -> list[str]:
    return [found.text for found in resolve(ctx, target).targets]


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("src/app/views.py", ["src/app/views.py"]),
        ("/project/src/app/views.py", ["src/app/views.py"]),
        ("./src/app/views.py", ["src/app/views.py"]),
        ("views.py", ["src/app/views.py"]),
        ("app/views.py:View.get", ["src/app/views.py:View.get"]),
        ("src/app/views.py:get", ["src/app/views.py:View.get"]),
        ("src/app/views.py:12", ["src/app/views.py:View.get"]),  # begins there
        ("src/app/views.py:15", ["src/app/views.py:View.get.inner"]),  # innermost around
        ("src/app/views.py:19", ["src/app/views.py:View.get"]),
        ("src/app/views.py:45", ["src/app/views.py"]),  # between definitions: the file
        ("src/app/views.py:12-20", ["src/app/views.py:View.get"]),
        ("View.get", ["src/app/views.py:View.get"]),
        ("View::get", ["src/app/views.py:View.get"]),
        ("View#get", ["src/app/views.py:View.get"]),
        ("`View.get()`", ["src/app/views.py:View.get"]),
        ("get", ["src/app/views.py:View.get"]),
        ("View", ["src/app/views.py:View"]),  # code before tests, a class before a variable
        ("render", ["src/app/views.py:render"]),
        ("Model.save", ["src/app/models.py:Model.save"]),
        ("src/app", ["src/app/models.py", "src/app/views.py"]),
        ("src/app/", ["src/app/models.py", "src/app/views.py"]),
        ("src/*/m*.py", ["src/app/models.py"]),
        ("**/store.py", ["src/lib/store.py"]),
        ("app.views.View.get", ["src/app/views.py:View.get"]),
        ("app.views", ["src/app/views.py"]),
        ("pkg.start", ["pkg/__init__.py:start"]),
    ],
)
def test_a_target_means(ctx, target, meant):
    """Each documented form names what a reader would expect."""
    assert texts(ctx, target) == meant


def test_an_ambiguous_name_lists_its_candidates(ctx):
    """Nothing is guessed between equals: both are listed, and counted."""
    found = resolve(ctx, "save")
    assert found.targets == ()
    assert [c.text for c in found.candidates] == [
        "src/app/models.py:Model.save",
        "src/lib/store.py:Store.save",
    ]
    assert found.total == 2


def test_a_target_that_means_nothing_is_named_with_what_was_searched(ctx):
    """The error names the target, the extent of the search, and what is spelled alike."""
    with pytest.raises(UsageError) as caught:
        resolve(ctx, "Vie")
    assert "`Vie`" in caught.value.what
    assert caught.value.where == "searched 5 files and 11 symbols"
    assert "View" in caught.value.next_step


def test_a_name_that_is_nowhere_may_be_newer_than_the_index(ctx):
    """What is behind, not checked out or not watched is no ground for saying that something is not there."""
    fresh = structs.replace(
        ctx.freshness, pending=1, not_here=3, unseen="changed files are looked for every 5 s (polling)"
    )
    with pytest.raises(UsageError) as caught:
        resolve(structs.replace(ctx, freshness=fresh), "nowhere_to_be_seen")
    assert caught.value.where == (
        "searched 5 files and 11 symbols; the index is behind: files that changed are not indexed yet; 3 files are not"
        " checked out (sparse); changed files are looked for every 5 s (polling)"
    )


def test_an_answer_of_none_says_why_it_may_be_wrong(ctx):
    """HEAD moved on and is not indexed; at a commit that was asked for nothing can be missing."""
    behind = structs.replace(ctx.freshness, indexed_commit="a" * 40, head="b" * 40)
    answer = symbol(structs.replace(ctx, freshness=behind), SymbolRequest(name="nowhere"))
    head = answer.page().head
    assert head.endswith("The index is behind: aaaaaaaaaa is indexed, HEAD is bbbbbbbbbb.")
    assert structs.replace(behind, rev="a" * 40).doubts() == ()


@pytest.mark.parametrize(
    "target",
    [
        "nothing",
        "no/such/file.py",
        "src/app/views.py:Nope",
        "*.rs",
        "../../etc/passwd",
        "%",
        ":",
        "a:b:c",
        "\x00",
    ],
)
def test_unknown_targets_are_wrong_use(ctx, target):
    """Whatever is asked for and does not exist ends in UsageError, never in an empty answer."""
    with pytest.raises(UsageError):
        resolve(ctx, target)


@pytest.mark.parametrize("line", [0, 62, 10**8])
def test_a_line_that_the_file_lacks_is_wrong_use(tmp_path, line):
    """A line beyond the file is named with the lines there are, never answered as if the file had been meant."""
    rows = Rows(tmp_path / "index.db")
    rows.file("long.py", "\n" * 60)
    with pytest.raises(UsageError, match=f"no line {line}") as caught:
        resolve(rows.context(), f"long.py:{line}")
    assert caught.value.next_step == "name a line from 1 to 61"


def test_files_of_other_views_are_not_seen(tmp_path):
    """A file that left the view is no target any more, though its rows are kept."""
    rows = Rows(tmp_path / "index.db")
    rows.file("a.py", symbols=[("gone", "function", 1)])
    with rows.writer.transaction():
        rows.writer.drop_view_files(rows.view_id, ["a.py"])
    rows.close()
    for target in ("a.py", "gone", "a.py:gone"):
        with pytest.raises(UsageError):
            resolve(rows.context(), target)


@pytest.mark.parametrize(
    ("target", "folder", "meant"),
    [
        ("app/[slug]/page.tsx", "", ["app/[slug]/page.tsx"]),
        ("app/[slug]/page.tsx:Page", "", ["app/[slug]/page.tsx:Page"]),
        ("app/[slug]/page.tsx:1", "", ["app/[slug]/page.tsx:Page"]),
        ("app/[slug]", "", ["app/[slug]/page.tsx"]),
        ("app/[s]/page.tsx", "", ["app/s/page.tsx"]),  # no such file: a pattern
        ("page.tsx", "app/s", ["app/s/page.tsx"]),
        ("page.tsx:Page", "app/s", ["app/s/page.tsx:Page"]),
        ("../[slug]/page.tsx", "app/s", ["app/[slug]/page.tsx"]),
        ("lib/a:b.py:sym", "", ["lib/a:b.py:sym"]),
        ("@lib/a:b.py#L1", "", ["lib/a:b.py:sym"]),
        ("lib/a:b.py::sym[case-1]", "", ["lib/a:b.py:sym"]),  # as pytest names a test
        ("file:///project/lib/a:b.py", "", ["lib/a:b.py"]),
    ],
)
def test_a_path_that_exists_wins_before_a_pattern(tmp_path, target, folder, meant):
    """Another file is never answered silently, and a path begins where its caller stands."""
    rows = Rows(tmp_path / "index.db")
    for path in ("app/[slug]/page.tsx", "app/s/page.tsx"):
        rows.file(path, "\n" * 9, symbols=[("Page", "function", 1, 5)])
    rows.file("lib/a:b.py", "\n" * 9, symbols=[("sym", "function", 1, 5)])
    rows.close()
    ctx = structs.replace(rows.context(), folder=folder)
    assert texts(ctx, target) == meant


def test_an_anchor_is_kept_relative_to_the_root(tmp_path):
    """A record is about the same file for whoever reads it, wherever it was made; a name stays a name."""
    rows = Rows(tmp_path / "index.db")
    rows.file("till/pay.py", "\n" * 9, symbols=[("refund", "function", 1, 5)])
    rows.close()
    ctx = structs.replace(rows.context(), folder="till")
    kept = {
        text: anchor(ctx, text)
        for text in ("/project/till/pay.py", "pay.py:3", "pay.py::refund", "refund", "*.py")
    }
    assert kept == {
        "/project/till/pay.py": "till/pay.py",
        "pay.py:3": "till/pay.py:3",
        "pay.py::refund": "till/pay.py:refund",
        "refund": "refund",
        "*.py": "till/**/*.py",
    }
