"""Whose project an HTTP client is answered from: the one that it names, and no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon_harness import MODERN, Client, RunningDaemon, git, small_project
from http_door import Door

QUESTIONS = {
    "search": {"query": "cookie"},
    "brief": {"task": "sign cookies"},
    "why": {"target": "app.py"},
    "impact": {"target": "app.py"},
    "history": {"query": "cookies"},
    "decisions": {},
    "check": {"paths": ["app.py"]},
    "changes": {},
}
RECORD = {"record": {"kind": "lesson", "text": "Keep it flat"}}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return small_project(tmp_path / "p")


@pytest.fixture
def door(tmp_path: Path, project: Path) -> Iterator[Door]:
    """Of a daemon that knows one project only."""
    daemon = RunningDaemon(tmp_path / "m").ready()
    with Client(daemon.paths) as client:
        client.json("up", path=str(project))
    opened = Door(daemon)
    opened.daemon = daemon
    yield opened
    daemon.end()


def called(door: Door, tool: str, **arguments: object) -> tuple[bool, str]:
    """(whether it is an error, the text)."""
    params = {**MODERN, "name": tool, "arguments": arguments}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params})
    headers = {"MCP_Protocol_Version": "2026-07-28", "Mcp_Method": "tools/call", "Mcp_Name": tool}
    _, text, _ = door.post(body, **headers)
    data = next((line[5:] for line in text.splitlines() if line.startswith("data: {")), text)
    result = json.loads(data)["result"]
    return bool(result.get("isError")), result["content"][0]["text"]


def test_who_names_no_project_is_asked(door: Door, project: Path) -> None:
    """Neither answered from the only project nor recorded into it; the error lists what there is."""
    for tool, arguments in (QUESTIONS | RECORD).items():
        failed, text = called(door, tool, **arguments)
        assert failed, tool
        assert "which project? None was named" in text, tool
        assert f"registered: {project}" in text, tool


def test_each_answer_names_its_project_and_its_view(door: Door, project: Path) -> None:
    """The work tree, and the commit that was asked about."""
    head, before = (git(project, "rev-parse", rev).strip()[:10] for rev in ("HEAD", "HEAD~1"))
    for tool, arguments in QUESTIONS.items():
        failed, text = called(door, tool, project=str(project), **arguments)
        assert not failed, text
        assert f"freshness: {head} = HEAD, main" in text, tool
        assert f", in {project}" in text, tool
        if tool != "check":  # that is of the work tree
            _, text = called(door, tool, project=str(project), rev="HEAD~1", **arguments)
            assert f"freshness: as of {before}, as asked" in text, tool
            assert f", in {project}" in text, tool


def test_a_record_says_whose_it_is(door: Door, project: Path) -> None:
    """And stands in no other project."""
    other = small_project(project.parent / "other")
    with Client(door.daemon.paths) as client:
        client.json("up", path=str(other))
        failed, text = called(door, "record", project=str(project), **RECORD["record"])
        assert not failed
        assert f", in {project}" in text
        assert [len(client.json("proposals", project=str(p))["records"]) for p in (project, other)] == [1, 0]


def test_a_work_tree_begins_and_ends_with_its_folder(door: Door, project: Path) -> None:
    """A new one of a known repository is answered at once, from its own files; a removed one is said to be."""
    tree = project.parent / "feat"
    git(project, "worktree", "add", "-q", str(tree), "-b", "feat")
    (tree / "fresh.py").write_text("def only_on_feat(): ...\n")
    failed, text = called(door, "search", project=str(tree), query="only on feat")
    assert (failed, "fresh.py" in text, f", in {tree}" in text) == (False, True, True)
    assert "fresh.py" not in called(door, "search", project=str(project), query="only on feat")[1]
    git(project, "worktree", "remove", "--force", str(tree))
    for _ in range(2):
        failed, text = called(door, "search", project=str(tree), query="only on feat")
        assert failed
    failed, text = called(door, "search", project=str(project), query="cookie")
    assert not failed
    with Client(door.daemon.paths) as client:
        assert [known["root"] for known in client.json("projects")["projects"]] == [str(project)]
