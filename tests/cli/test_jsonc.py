"""Editing JSON in place: the wanted member changes, every other byte stays."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.cli.install import jsonc

# before, after setting s.m to 1
CASES = {
    "empty object": ("{}", '{\n  "s": {\n    "m": 1\n  }\n}'),
    "comment alone": ("{\n  // hi\n}\n", '{\n  // hi\n  "s": {\n    "m": 1\n  }\n}\n'),
    "other key": ('{\n  "a": 1\n}\n', '{\n  "a": 1,\n  "s": {\n    "m": 1\n  }\n}\n'),
    "tabs": ('{\n\t"a": 1\n}\n', '{\n\t"a": 1,\n\t"s": {\n\t\t"m": 1\n\t}\n}\n'),
    "four spaces, CRLF": (
        '{\r\n    "s": {\r\n        "x": 2\r\n    }\r\n}',
        '{\r\n    "s": {\r\n        "x": 2,\r\n        "m": 1\r\n    }\r\n}',
    ),
    "one line": ('{"a": 1, "s": {"x": 2}}', '{"a": 1, "s": {"x": 2, "m": 1}}'),
    "comment after the last": ('{\n  "a": 1 // one\n}', '{\n  "a": 1, // one\n  "s": {\n    "m": 1\n  }\n}'),
    "trailing comma": ('{\n  "s": {\n    "x": 2,\n  },\n}', '{\n  "s": {\n    "x": 2,\n    "m": 1,\n  },\n}'),
    "already there": ('{"s": {"m": 0, "z": 1}}', '{"s": {"m": 1, "z": 1}}'),
    "look-alikes": ('{"a": "\\"s\\": {", "s": {"x": "}"}}', '{"a": "\\"s\\": {", "s": {"x": "}", "m": 1}}'),
    "byte-order mark": ('\ufeff{"s": {"x": 2}}', '\ufeff{"s": {"x": 2, "m": 1}}'),
    "escaped key": ('{"\\u0073": {"x": 2}}', '{"\\u0073": {"x": 2, "m": 1}}'),
}


@pytest.mark.parametrize("name", CASES)
def test_a_member_is_set_in_place(name):
    """The new member takes the layout around it; all else is byte for byte as it was."""
    before, after = CASES[name]
    assert jsonc.set_member(before, ("s", "m"), 1) == after


@pytest.mark.parametrize("name", [name for name in CASES if name != "already there"])
def test_removing_undoes_setting(name):
    """Removing what was set gives back the file as it was (an object that was made goes by its own name)."""
    before, after = CASES[name]
    path = ("s", "m") if '"x"' in before else ("s",)
    assert jsonc.remove_member(after, path) == before


def test_removing_from_the_middle_keeps_neighbours_and_comments():
    """A member between others takes its comma along and nothing else."""
    text = '{\n  // first\n  "a": 1,\n  "m": {"x": [1, 2]}, // ours\n  // last\n  "b": 2\n}'
    assert jsonc.remove_member(text, ("m",)) == '{\n  // first\n  "a": 1,\n  // ours\n  // last\n  "b": 2\n}'


def test_removing_what_is_not_there_changes_nothing():
    """A missing member, or a missing object on the way, leaves the text alone."""
    assert jsonc.remove_member('{"a": {}}', ("a", "m")) == '{"a": {}}'
    assert jsonc.remove_member('{"a": {}}', ("b", "m")) == '{"a": {}}'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "nonsense",
        '{"a": 1',
        '{"a" 1}',
        '{"a": 1}}',
        '{"s": []}',
        '{"s": {}, "s": {}}',
        "{'s': 1}",
        '{"a": "\n"}',
        "[" * 100_000,
        '{"s":' * 100_000,
    ],
)
def test_what_is_no_object_is_refused(text):
    """Invalid, doubled, too deep or otherwise wrong documents are refused, never edited."""
    with pytest.raises(jsonc.UnreadableJson):
        jsonc.set_member(text, ("s", "m"), 1) if _valid(text) else jsonc.parse(text, comments=True)


def _valid(text):
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return len(set(jsonc_keys(text))) == len(jsonc_keys(text))


def jsonc_keys(text):
    return [key for key, _ in json.loads(text, object_pairs_hook=list)]


def test_comments_are_read_only_where_allowed():
    """A strict reader's file with comments is refused: its owner could not read it either."""
    assert jsonc.parse('{"a": [1, 2,], /* x */ "b": 3,}', comments=True) == {"a": [1, 2], "b": 3}
    with pytest.raises(jsonc.UnreadableJson):
        jsonc.parse('{"a": 1 // x\n}', comments=False)


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.text(max_size=4), _VALUES, max_size=5), st.sampled_from([None, 2, "\t"]), _VALUES)
def test_any_document_keeps_its_meaning(document, indent, value):
    """For any document: setting a member means just that, and removing it gives the document back."""
    document.pop("memoryd", None)
    text = json.dumps(document, indent=indent, ensure_ascii=False)
    changed = jsonc.set_member(text, ("memoryd",), value)
    assert json.loads(changed) == {**document, "memoryd": value}
    assert jsonc.remove_member(changed, ("memoryd",)) == text
