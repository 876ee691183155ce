"""The log reader: fields never leak into each other, whatever a message or a file name says."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from indexers.facts import Commit, FileChange
from indexers.history.log import MESSAGE_LIMIT_BYTES, parse

A, B, C = "a" * 40, "b" * 40, "c" * 40
ZERO = "0" * 40
_PATHS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=12)
_TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)


def _row(change: FileChange, score: str = "") -> bytes:
    names = [change.old_path, change.path] if change.old_path else [change.path]
    blobs = f"{change.old_blob or ZERO} {change.new_blob or ZERO}"
    return b"".join(
        f"{part}\0".encode() for part in (f":100644 100644 {blobs} {change.status}{score}", *names)
    )


def _record(
    sha: str, message: str = "m\n", changes: bytes = b"", parents: str = "", author: str = "Ada"
) -> bytes:
    fields = (sha, parents, author, "ada@example.org", "1700000000", message)
    return (
        b"".join(field.encode() + b"\0" for field in fields) + b"\0" + (b"\n" + changes if changes else b"")
    )


def _cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[i : i + size] for i in range(0, len(data), size))


def test_each_kind_of_change_is_read() -> None:
    """Added, modified, deleted, renamed, copied, type-changed; the missing side of a change has no blob."""
    changes = (
        FileChange("A", "new.py", "", "", B),
        FileChange("M", "a b.py", "", A, B),
        FileChange("D", "old.py", "", A, ""),
        FileChange("R", "dir/to.py", "from.py", A, A),
        FileChange("C", "copy.py", "dir/to.py", A, A),
        FileChange("T", "link", "", A, B),
    )
    rows = b"".join(_row(change, "087" if change.old_path else "") for change in changes)
    (commit,) = parse([_record(A, "Do it\n", rows)])
    assert commit.changes == changes


def test_a_merge_keeps_its_parents_and_has_no_changes() -> None:
    """The changes of a merge are its parents'; counting them twice would blame the wrong commit."""
    first, merge = parse([_record(A, "one"), _record(B, "Merge", parents=f"{A} {C}")])
    assert (first.parents, merge.parents, merge.changes) == ((), (A, C), ())


def test_subject_is_the_first_paragraph_on_one_line() -> None:
    """A title wrapped over lines is one subject, as git shows it; the rest is the body, unchanged."""
    (commit,) = parse([_record(A, "\nLong title\nwrapped here\n\nBody\n  indented\n\nTrailer: x\n")])
    assert commit.subject == "Long title wrapped here"
    assert commit.body == "Body\n  indented\n\nTrailer: x"


def test_text_that_is_not_utf8_is_replaced_not_refused() -> None:
    """One odd byte in a name, a message or a path costs that character only."""
    data = _record(A, "caf@", _row(FileChange("M", "na@ve.py", "", A, B)), author="J@rg").replace(
        b"@rg", b"\xf6rg"
    )
    (commit,) = parse([data.replace(b"caf@", b"caf\xe9").replace(b"na@ve", b"na\xefve")])
    assert (commit.author, commit.subject, commit.changes[0].path) == (
        "J\ufffdrg",
        "caf\ufffd",
        "na\ufffdve.py",
    )


def test_a_huge_message_is_cut_and_the_next_commit_is_whole() -> None:
    """50 MB in one message: a bounded commit, and nothing after it is lost."""
    data = _record(A, "Huge\n\n" + "x" * 50_000_000, _row(FileChange("M", "f", "", A, B))) + _record(
        B, "after"
    )
    huge, after = parse(_cut(data, 1 << 20))
    assert len(huge.subject) + len(huge.body) <= MESSAGE_LIMIT_BYTES
    assert (len(huge.changes), after.subject) == (1, "after")


def test_input_cut_off_anywhere_yields_only_whole_commits() -> None:
    """git killed in the middle of a record: the commits before it, never half a one."""
    whole = _record(A, "one", _row(FileChange("M", "f", "", A, B)))
    data = whole + _record(B, "two", _row(FileChange("R", "to", "from", A, B), "100"))
    for end in range(len(whole) + 1, len(data)):
        commits = list(parse([data[:end]]))
        assert commits[0].sha == A
        assert all(change.path == "to" for commit in commits[1:] for change in commit.changes)


@given(
    st.lists(
        st.tuples(_TEXTS, _TEXTS, st.lists(st.tuples(_PATHS, _PATHS, st.booleans()), max_size=4)), max_size=4
    ),
    st.integers(1, 50),
)
def test_nothing_a_person_writes_passes_for_another_field(
    histories: list[tuple[str, str, list[tuple[str, str, bool]]]], size: int
) -> None:
    """Any message, author and file names, in chunks of any size, come back as they were written."""
    data, expected = b"", []
    for number, (message, author, files) in enumerate(histories):
        sha = f"{number:040x}"
        changes = tuple(
            FileChange("R" if renamed else "M", path, old if renamed else "", A, B)
            for path, old, renamed in files
        )
        rows = b"".join(_row(change, "100" if change.old_path else "") for change in changes)
        data += _record(sha, message, rows, A, author)
        expected.append((sha, (A,), author, changes))
    commits: list[Commit] = list(parse(_cut(data, size)))
    assert [(c.sha, c.parents, c.author, c.changes) for c in commits] == expected
