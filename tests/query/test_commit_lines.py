"""What a commit did to the lines of a file, as answers show it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from rows import Rows

from indexers.history import diff
from memoryd.query.context import Context
from memoryd.query.history import commit_lines
from memoryd.query.history.commit_lines import MAX_LINES, ChangedLine, change_of_line, changed_file

OLD = b"import a\n\ndef f():\n    x = 1\n    return x\n\ndef g():\n    return 2\n"
NEW = b"import a\nimport b\n\ndef f():\n    x = 3\n    y = 4\n    return x\n\ndef g():\n    return 5\n"
texts = st.lists(st.sampled_from("abcd"), max_size=12)


def context(tmp_path: Path, old: bytes, new: bytes) -> Context:
    """A project with ``f.py``, which every commit changes from ``old`` to ``new``."""
    rows = Rows(tmp_path / "index.db")
    rows.file("f.py", new.decode())
    return structs.replace(rows.context(), lines=lambda sha, path: diff.compare(old, new))


@given(old=texts, new=texts)
def test_lines_come_in_the_order_of_a_diff(old: list[str], new: list[str]) -> None:
    """What is shown, applied to the old version from top to bottom, makes the new one."""
    added, removed = diff.compare("\n".join(old).encode(), "\n".join(new).encode())
    result, at = [], 0
    for line, place in commit_lines._in_order(added, removed):
        while len(result) < place - (line.sign == "+"):
            result.append(old[at])
            at += 1
        if line.sign == "+":
            assert line.line == len(result) + 1
            result.append(line.text)
        else:
            assert (line.line, line.text) == (at + 1, old[at])
            at += 1
    lines = "\n".join([*result, *old[at:]])
    assert lines.split("\n") == "\n".join(new).split("\n") or not (result or old[at:] or any(new))


def test_a_line_comes_with_what_it_replaced_and_its_neighbours(tmp_path: Path) -> None:
    """Of all that the commit did to the file, only the block of that line."""
    found = change_of_line(context(tmp_path, OLD, NEW), "c1", "f.py", 6)
    assert found == (
        ChangedLine("-", 4, "    x = 1"),
        ChangedLine("+", 5, "    x = 3"),
        ChangedLine("+", 6, "    y = 4"),
    )
    assert [one.line for one in change_of_line(context(tmp_path, OLD, NEW), "c1", "f.py", 10)] == [8, 10]


def test_a_line_that_the_commit_did_not_touch_has_none(tmp_path: Path) -> None:
    """Git blames a merge, or a line moved from elsewhere: then no lines are made up."""
    assert change_of_line(context(tmp_path, OLD, NEW), "c1", "f.py", 4) == ()


def test_a_large_block_is_cut_around_the_line(tmp_path: Path) -> None:
    """The asked line is among those shown."""
    new = OLD + b"".join(b"line %d\n" % n for n in range(9, 60))
    found = change_of_line(context(tmp_path, OLD, new), "c1", "f.py", 40)
    assert len(found) == MAX_LINES
    assert "line 40" in [one.text for one in found]


def test_a_file_tells_how_much_changed_and_shows_the_first_lines(tmp_path: Path) -> None:
    """The counts are of all lines."""
    file = changed_file(context(tmp_path, OLD, NEW), "c1", "M", "f.py")
    assert (file.added, file.removed) == (4, 2)
    assert file.label().splitlines()[:2] == ["  M f.py +4 -2", "    | 2 +import b"]


def test_lines_of_files_outside_of_the_index_are_not_shown(tmp_path: Path) -> None:
    """What was left out of the index on purpose is not read from git instead."""
    file = changed_file(context(tmp_path, OLD, NEW), "c1", "M", "secret/f.py")
    assert file.lines == ()
    assert file.label() == "  M secret/f.py"
