"""Wrong arguments: each is named in words for its caller, with a next step."""

from __future__ import annotations

import pytest
from daemon_harness import Client, git


@pytest.mark.parametrize(
    ("verb", "arguments", "what"),
    [
        ("search", {}, "search: `query` is missing"),
        ("search", {"query": ""}, "search: `query` is empty"),
        ("search", {"query": " \t\n"}, "search: `query` is blank"),
        ("search", {"query": "a" * 100_000}, "search: `query` is longer than 61440 characters"),
        ("search", {"query": 7}, "search: `query`: expected `str`, got `int`"),
        ("search", {"query": "a", "k": 0}, "search: `k` is less than 1"),
        ("search", {"query": "a", "k": 1000}, "search: `k` is more than 100"),
        ("search", {"query": "a", "rev": ""}, "search: `rev` is empty"),
        ("search", {"query": "a", "kinds": ["poem"]}, "search: `kinds[0]` cannot be 'poem'"),
        ("search", {"query": "a", "paths": ["x"] * 21}, "search: `paths` has more than 20 items"),
        ("search", {"query": "a", "colour": "red"}, "search has no argument 'colour'"),
        ("impact", {"target": "a", "hops": 13}, "impact: `hops` is more than 12"),
        ("proposals", {"status": "bogus"}, "proposals: `status` cannot be 'bogus'"),
        ("record", {"kind": "note", "text": "  "}, "record: `text` is blank"),
    ],
)
def test_a_wrong_argument_is_named_in_words(client: Client, project, verb: str, arguments, what: str) -> None:
    """The error says which argument is wrong and how, without a word of the types behind it."""
    error = client.error(verb, project=str(project), **arguments)
    assert error["what"] == what
    assert (error["exit_code"], bool(error["next_step"])) == (2, True)


@pytest.mark.parametrize("since", ["HEAD~1", "main", "v1"])
def test_changes_know_every_name_of_a_commit(client: Client, project, since: str) -> None:
    """``changes --since`` takes a branch, a tag and HEAD~n, in the words that git has for them."""
    git(project, "tag", "-f", "v1", "HEAD~1")
    answer = client.json("changes", project=str(project), since=since)
    assert [commit["subject"] for commit in answer["commits"]] == (
        [] if since == "main" else ["Say why the cookie is signed"]
    )


def test_an_answer_about_a_revision_says_which(client: Client, project) -> None:
    """``freshness.rev`` is the commit that was asked about; the work tree's answers have none."""
    base = git(project, "rev-parse", "HEAD~1").strip()
    fresh = client.json("search", project=str(project), query="cookie", rev="HEAD~1")["freshness"]
    assert (fresh["rev"], fresh["indexed_commit"]) == (base, base)
    assert client.json("search", project=str(project), query="cookie")["freshness"]["rev"] == ""
