"""Unified diffs from git, from diff -u, from mailers and from nobody's friend."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from growth import assert_linear
from hypothesis import given
from hypothesis import strategies as st

from indexers.history import diff
from indexers.history.diff import DiffError, applied, changed_lines, compare, new_side, parse

PLAIN = b"""\
diff --git a/app.py b/app.py
index 1111111..2222222 100644
--- a/app.py
+++ b/app.py
@@ -1,3 +1,4 @@ def f():
 one
-two
+TWO
+2.5
 three
"""


def only(data: bytes) -> diff.FileDiff:
    (file,) = parse(data)
    return file


def test_added_and_removed_lines_have_their_own_numbers() -> None:
    """An added line counts in the new version, a removed one in the old."""
    file = only(PLAIN)
    assert (file.status, file.path, file.old_blob, file.new_blob) == ("M", "app.py", "1111111", "2222222")
    assert changed_lines(file) == (((2, "TWO"), (3, "2.5")), ((2, "two"),))


EDIT = "@@ -1 +1 @@\n-a\n+b\n"
NAMED = {
    "new": ("new file mode 100644\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+a\n", "A", "", "x"),
    "new and empty": ("new file mode 100644\nindex 0000000..e69de29\n", "A", "", "x"),
    "gone": ("deleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", "D", "", "x"),
    "renamed": ("similarity index 100%\nrename from o\nrename to n\n", "R", "o", "n"),
    "copied": ("similarity index 90%\ncopy from o\ncopy to n\n", "C", "o", "n"),
    "another mode": ("old mode 100644\nnew mode 100755\n", "M", "", "x"),
    "quoted": (f'--- "a/\\303\\244\\t"\n+++ "b/\\303\\244\\t"\n{EDIT}', "M", "", "\u00e4\t"),
    "mnemonic prefixes": (f"--- i/x\n+++ w/x\n{EDIT}", "M", "", "x"),
    "no prefixes, a folder called a": (f"--- a/x\n+++ a/x\n{EDIT}", "M", "", "a/x"),
    "dates": (f"--- x.orig\t2026-01-01\n+++ x\t2026-01-02\n{EDIT}", "M", "", "x"),
    "binary": ("index 1..2 100644\nBinary files a/x and b/x differ\n", "M", "", "x"),
}


@pytest.mark.parametrize("case", NAMED)
def test_names_and_kinds(case: str) -> None:
    """Every way in which git and diff write a file's name and what happened to it."""
    text, *expected = NAMED[case]
    head = "" if case == "dates" else "diff --git a/x b/x\n"
    file = only((head + text).encode())
    assert [file.status, file.old_path, file.path] == expected


def test_a_name_with_blanks_and_no_other_line_that_has_it() -> None:
    """`diff --git a/a b b/a b` alone names the file twice: the halves are the same."""
    assert only(b"diff --git a/a b b/a b\nold mode 100644\nnew mode 100755\n").path == "a b"


def test_a_line_that_looks_like_a_header_is_a_line() -> None:
    """A hunk is read by its counts: `--- a/x` in it is a removed line, `diff --git` an added one."""
    file = only(b"--- a/q.sql\n+++ b/q.sql\n@@ -1,2 +1,2 @@\n--- a/x\n+diff --git a/y b/y\n same\n")
    assert changed_lines(file) == (((1, "diff --git a/y b/y"),), ((1, "-- a/x"),))


def test_no_newline_and_crlf() -> None:
    """The mark for a missing newline is no line; a carriage return is no part of a line's text."""
    file = only(
        b"--- a/x\r\n+++ b/x\r\n@@ -1 +1,2 @@\r\n-a\r\n\\ No newline at end of file\n"
        b"+b\r\n+c\r\n\\ No newline at end of file\n"
    )
    assert changed_lines(file) == (((1, "b"), (2, "c")), ((1, "a"),))
    assert applied(file, b"a") is not None


def test_text_around_a_diff_is_passed_over() -> None:
    """A mail from format-patch: a letter before, a signature after."""
    mail = b"From 123 Mon Sep 17\nSubject: [PATCH] x\n\n---\n app.py | 2 +-\n\n" + PLAIN + b"-- \n2.43.0\n\n"
    assert [file.path for file in parse(mail)] == ["app.py"]


def test_a_hunk_whose_empty_context_line_lost_its_blank() -> None:
    """Mailers cut trailing blanks: an empty line in a hunk is an empty context line."""
    file = only(b"--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n\n-b\n+c\n")
    assert applied(file, b"a\n\nb\n") == b"a\n\nc\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"diff --cc x\nindex 1,2..3\n--- a/x\n+++ b/x\n@@@ -1,1 -1,1 +1,1 @@@\n--a\n", "combined diff"),
        (b"--- a/x\n+++ b/x\n@@ -1,5 +1,5 @@\n a\n", "ends inside a hunk"),
        (b"--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n?b\n", "fewer lines"),
        (b"@@ -1 +1 @@\n-a\n+b\n", "without the names"),
        (PLAIN + PLAIN, "comes twice"),
    ],
)
def test_what_is_no_diff_is_refused_with_its_line(text: bytes, words: str) -> None:
    """A diff that cannot be right is an error that says what and where, never half an answer."""
    with pytest.raises(DiffError, match=words) as caught:
        parse(text)
    assert caught.value.line > 0


def test_applying_is_exact() -> None:
    """Hunks are applied where they say and nowhere else; the reverse gives the old version back."""
    file, old = only(PLAIN), b"one\ntwo\nthree\nfour\n"
    new = applied(file, old)
    assert new == b"one\nTWO\n2.5\nthree\nfour\n"
    assert applied(file, new, reverse=True) == old
    assert applied(file, b"\n" + old) is None
    assert new_side(file) == b"one\nTWO\n2.5\nthree"


@given(
    st.lists(st.sampled_from([b"a", b"b", b"", b"c\r"]), max_size=12),
    st.lists(st.sampled_from([b"a", b"b", b"d"]), max_size=12),
)
def test_a_comparison_accounts_for_every_line(old: list[bytes], new: list[bytes]) -> None:
    """What is removed and added turns the one number of lines into the other, at lines that exist."""
    added, removed = compare(b"\n".join(old), b"\n".join(new))
    count = lambda lines: len(b"\n".join(lines).removesuffix(b"\n").split(b"\n")) if b"\n".join(lines) else 0  # noqa: E731
    assert count(new) - count(old) == len(added) - len(removed)
    assert all(1 <= line <= count(new) for line, _ in added)


def test_a_comparison_of_hostile_texts_ends() -> None:
    """Texts that repeat one line tens of thousands of times are compared by counting, in linear time."""

    def repeated(lines: int) -> tuple[object, ...]:
        return compare(b"x\n" * (lines + lines // 5) + b"end\n", b"y\n" + b"x\n" * lines + b"z\n")

    added, removed = repeated(50_000)
    assert "y" in {text for _, text in added}
    assert len(removed) >= 10_000
    assert_linear(repeated, 50_000)
    assert_linear(lambda hunks: parse(b"--- a/x\n+++ b/x\n" + b"@@ -1 +1 @@\n-a\n+b\n" * hunks), 40_000)


def test_hunks_at_absurd_lines_cost_nothing() -> None:
    """A hunk that says that it stands at line 999,999,999 is not looked for there."""
    file = only(b"--- a/x\n+++ b/x\n@@ -999999999 +999999999 @@\n-a\n+b\n")
    assert applied(file, b"a\n") is None
    assert new_side(file) == b""


@given(st.binary(max_size=300))
def test_any_bytes_are_a_diff_or_refused(data: bytes) -> None:
    """Nothing but DiffError ever comes out of bytes that are no diff."""
    for text in (data, PLAIN + data, b"diff --git " + data, b"--- a\n+++ b\n@@ -1,2 +1,2 @@\n" + data):
        try:
            parse(text)
        except DiffError:
            continue


def test_what_git_writes_is_read_back(tmp_path: Path) -> None:
    """git's own diff of two folders, applied to the old texts, gives the new ones."""
    old, new = tmp_path / "a", tmp_path / "b"
    texts = {
        "x.txt": ("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3!\n4\n5\n6\n7\n8\n9\n10"),
        "with blank": ("a\n", "b\n"),
    }
    for folder, which in ((old, 0), (new, 1)):
        folder.mkdir()
        for name, pair in texts.items():
            (folder / name).write_text(pair[which])
    done = subprocess.run(
        ["git", "diff", "--no-index", "a", "b"], cwd=tmp_path, capture_output=True, check=False
    )
    for file in parse(done.stdout):
        before, after = texts[file.path.removeprefix("a/").removeprefix("b/")]
        assert applied(file, before.encode()).removesuffix(b"\n") == after.encode().removesuffix(b"\n")
