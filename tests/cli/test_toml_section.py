"""One table of a TOML file changes; all else stays, byte for byte."""

from __future__ import annotations

import sys
import tomllib
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.cli.install.toml_section import Tables, _statements

OURS = ("mcp_servers", "memoryd")
ENTRY = {"command": "/a b/memoryd", "args": ["-P", "x"], "env": {"MEMORYD_HOME": '/h"\\é\u2028\x7f'}}

# Pieces of a file as people and assistants write it; {n} keeps names apart.
PIECES = [
    "[mcp_servers.other{n}]\ncommand = 'npx' # why\n",
    '[mcp_servers.other{n}.env]\nTOKEN = "t"\n',
    '[projects."/home/a.b/{n}"]\ntrust_level = "trusted"\n',
    "[[hooks]]\nrun = {n}\n\n[hooks.inner]\nx = 1\n",
    '  [ indented{n} . "x.y" ]  # a comment [not.a.table]\n  a.b.c = 1\n',
    "[text{n}]\nt = '''\n[mcp_servers.memoryd]\n\n# no comment\n'''\n",
    'x{n} = 1\n[long{n}]\nt = """\n[[a]]\n\\""" \n"""\nlist = [\n  [1], # [x]\n  [2],\n]\n',
    "# about nothing\n\n\n",
    '[odd{n}]\ns = "a\u2028# b\x0b\u0085 c"\n',
    "[empty{n}]\n",
]


def _document(pieces: list[int], newline: str) -> str:
    text = "".join(PIECES[piece].replace("{n}", str(n)) for n, piece in enumerate(pieces))
    return text.replace("\n", newline)


@given(st.lists(st.integers(0, len(PIECES) - 1), max_size=7), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=400, deadline=None)
def test_what_is_set_and_removed_leaves_no_trace(pieces: list[int], newline: str) -> None:
    """Set says the table and nothing else; remove gives back every byte; a second set changes nothing."""
    text = _document(pieces, newline)
    try:
        before = tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # a key or table twice
        return
    after = Tables(text).set(OURS, ENTRY)
    says = tomllib.loads(after)
    assert says.get("mcp_servers", {}).pop("memoryd") == ENTRY
    assert says == before or says == before | {"mcp_servers": {}}
    assert Tables(after).set(OURS, ENTRY) == after
    assert Tables(after).remove(OURS) == text


def test_comments_and_keys_inside_of_our_table_stay() -> None:
    """Only values that differ are written; the user's own keys, comments and order are as they were."""
    text = (
        "[a]\n\n# ours\n[mcp_servers.memoryd] # here\n# the program\ncommand = 'old' # mine\nenabled = true\n"
        "\n# about b\n[b]\n"
    )
    assert Tables(text).set(OURS, {"command": "new", "args": ["mcp"], "enabled": True}) == (
        '[a]\n\n# ours\n[mcp_servers.memoryd] # here\n# the program\ncommand = "new" # mine\nenabled = true\n'
        'args = ["mcp"]\n\n# about b\n[b]\n'
    )


def test_our_tables_go_wherever_they_stand() -> None:
    """Also tables below ours that stand apart; comments before the next table are that one's."""
    text = "[mcp_servers.memoryd]\nx = 1\n\n# b's\n[b]\ny = 2\n\n[mcp_servers.memoryd.env]\nA = 'a'\n# last\n"
    assert Tables(text).remove(OURS) == "\n# b's\n[b]\ny = 2\n# last\n"


def test_a_file_without_a_last_newline_is_edited_in_place() -> None:
    """The end of the file is as it was."""
    assert Tables("[mcp_servers.memoryd]\ncommand = 'a'").set(OURS, {"command": "b"}) == (
        '[mcp_servers.memoryd]\ncommand = "b"'
    )


def test_a_dotted_key_is_replaced_as_a_whole() -> None:
    """What two statements said together is said by one, in the place of the first."""
    text = "[mcp_servers.memoryd]\nenv.A = 'a'\ncommand = 'c'\nenv.B = 'b'\n"
    assert Tables(text).set(OURS, {"env": {"M": "m"}}) == (
        "[mcp_servers.memoryd]\nenv = { M = \"m\" }\ncommand = 'c'\n"
    )


@pytest.mark.parametrize(
    "text",
    ["'''", '"""', '\\"""', '"', "[", "a = [ ", "#", '""""""" ', "'''''''", "{}]", '"\\\n', "\n", "'''\n'"],
)
def test_text_that_is_no_toml_is_cut_in_one_pass_too(text: str) -> None:
    """Every character is in one statement, and none is looked at again and again: this would take minutes."""
    many = text * 200_000
    assert "".join(_statements(many)) == many


def _calls(count: int) -> int:
    """Function calls that it takes to add our table to ``count`` others, all of a few lines."""
    text = "".join(f"[projects.p{n}]\nlevel = 'trusted'\n# and\n\n" for n in range(count))
    calls = 0

    def counted(_frame: FrameType, event: str, _value: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        Tables(Tables(text).set(OURS, ENTRY)).remove(OURS)
    finally:
        sys.setprofile(None)
    return calls


def test_the_work_grows_with_the_file_and_not_with_its_square() -> None:
    """Four times the tables take about four times the work."""
    _calls(10)  # what is imported once
    assert _calls(400) < 5 * _calls(100)


def test_a_value_that_cannot_be_read_back_is_never_written() -> None:
    """Whatever stands in a value, TOML says it again."""
    values = {"a b": "\x00\x1f\x7f\"'\\", "c": ["\n", "é"], "d": {"x.y": "\t"}}
    assert tomllib.loads(Tables("").set(OURS, values)) == {"mcp_servers": {"memoryd": values}}
