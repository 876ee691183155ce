"""Arguments of tools as clients really send them, and where a client stands."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from daemon_harness import LEGACY, Client, RunningDaemon, git, small_project

from memoryd.server.mcp import arguments, next_call
from memoryd.server.mcp.tools import TOOLS


@pytest.mark.parametrize(
    ("tool", "given", "meant"),
    [
        ("why", {"target": "a.py", "rev": "", "project": " "}, {"target": "a.py"}),
        ("why", {"target": "a.py", "rev": None, "max_tokens": "null"}, {"target": "a.py"}),
        ("impact", {"target": "a", "hops": "3"}, {"target": "a", "hops": 3}),
        ("impact", {"target": "a", "hops": 3.0}, {"target": "a", "hops": 3}),
        ("impact", {"target": "a", "hops": "many"}, {"target": "a", "hops": "many"}),
        ("search", {"query": "q", "paths": '["a", "b"]'}, {"query": "q", "paths": ["a", "b"]}),
        ("search", {"query": "q", "paths": "a,b.py"}, {"query": "q", "paths": ["a,b.py"]}),
        ("search", {"query": "q", "paths": "app/[id].ts"}, {"query": "q", "paths": ["app/[id].ts"]}),
        ("search", {"query": "q", "kinds": "code, doc"}, {"query": "q", "kinds": ["code", "doc"]}),
        ("search", {"query": "q", "kinds": [], "paths": [""]}, {"query": "q"}),
        ("search", {"query": "q", "kinds": "[]"}, {"query": "q"}),
        ("search", {"query": ""}, {"query": ""}),  # needed: its emptiness is said
        ("history", {"query": "", "target": "a.py"}, {"query": "a.py"}),
        ("check", {"diff": "", "paths": ["a"]}, {"paths": ["a"]}),
        ("decisions", {"id": 12}, {"id": "12"}),
    ],
)
def test_what_is_plainly_meant_is_taken(tool: str, given: dict, meant: dict) -> None:
    """An empty text is an argument that was not given; numbers and lists may come as texts."""
    assert arguments.read(TOOLS[tool], given) == meant


@pytest.mark.parametrize(
    ("tool", "given", "says"),
    [
        ("record", {"kind": "decree", "text": "x"}, "one of constraint"),
        ("impact", {"target": "app.py", "hops": "many"}, "a number from 1 to"),
        ("search", {"query": "x", "kinds": ["cod"]}, "one of code"),
    ],
)
def test_an_error_gives_the_values_that_are_allowed(
    agent: Client, project: Path, tool: str, given: dict, says: str
) -> None:
    """A model is told what would be right, not a command line."""
    text = agent.tool(tool, **given)["content"][0]["text"]
    assert says in text
    assert "memoryd " not in text


@pytest.fixture
def other(daemon: RunningDaemon, tmp_path: Path) -> Path:
    """A second registered project."""
    root = small_project(tmp_path / "other")
    (root / "elsewhere.py").write_text("def only_elsewhere(): ...\n")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Elsewhere")
    with Client(daemon.paths) as client:
        client.json("up", path=str(root))
    return root


class RootedClient(Client):
    """One that answers `roots/list`."""

    def __init__(self, *args: object, roots: list[str], **more: object) -> None:
        super().__init__(*args, **more)
        self._roots = [{"uri": f"file://{root}"} for root in roots]
        self.request("initialize", {**LEGACY, "capabilities": {"roots": {"listChanged": True}}})

    def tool_text(self, name: str, **given: object) -> str:
        self.send(
            {"jsonrpc": "2.0", "id": 77, "method": "tools/call", "params": {"name": name, "arguments": given}}
        )
        while True:
            message = json.loads(self.file.readline())
            if message.get("method") == "roots/list":
                self.send({"jsonrpc": "2.0", "id": message["id"], "result": {"roots": self._roots}})
            elif message.get("id") == 77:
                return message["result"]["content"][0]["text"]


def test_a_client_is_answered_from_its_roots(daemon: RunningDaemon, project: Path, other: Path) -> None:
    """Wherever its server was started; the answer names the project."""
    with RootedClient(daemon.paths, role="mcp", cwd=str(project), roots=[str(other)]) as client:
        text = client.tool_text("search", query="only elsewhere")
    assert "elsewhere.py" in text
    assert f"in {other}" in text


def test_a_client_outside_every_project_gets_none(
    daemon: RunningDaemon, project: Path, tmp_path: Path
) -> None:
    """Neither answered from the only project nor recorded into it."""
    with Client(daemon.paths, role="mcp", cwd=str(tmp_path)) as agent:
        agent.initialize()
        for call in (
            ("search", {"query": "cookie"}),
            ("record", {"kind": "decision", "text": "Keep it flat"}),
        ):
            result = agent.tool(call[0], **call[1])
            assert result["isError"]
            assert "which project" in result["content"][0]["text"]


def test_a_new_work_tree_is_answered_and_a_removed_one_ends(
    daemon: RunningDaemon, project: Path, tmp_path: Path
) -> None:
    """A linked work tree of a known repository needs no set-up; once it is removed it is off the list."""
    tree = tmp_path / "feat"
    git(project, "worktree", "add", "-q", str(tree), "-b", "feat")
    (tree / "fresh.py").write_text("def only_on_feat(): ...\n")
    with Client(daemon.paths, role="mcp", cwd=str(tree)) as agent:
        agent.initialize()
        assert "fresh.py" in agent.tool("search", query="only on feat")["content"][0]["text"]
        git(project, "worktree", "remove", "--force", str(tree))
        result = agent.tool("search", query="only on feat", project=str(tree))
        assert "work tree was removed" in result["content"][0]["text"]
    with Client(daemon.paths) as client:
        roots = [known["root"] for known in client.json("projects")["projects"]]
    assert str(tree) not in roots


@pytest.mark.parametrize(
    ("command", "call"),
    [
        ("memoryd impact 'a b.py:f' --hops 3 --offset 20", 'impact(target="a b.py:f", hops=3, offset=20)'),
        ("memoryd why src/a.py:12 --offset 5", 'why(target="src/a.py:12", offset=5)'),
        (
            """memoryd history 'it'"'"'s "gone"' --json""",
            """history(query="it's \\"gone\\"", max_tokens=8000)""",
        ),
        ("memoryd decision show 0003 --offset 40", 'decisions(id="0003", max_tokens=8000)'),
        ("memoryd decisions cache --path src", 'decisions(topic="cache", path="src")'),
        ("memoryd changes --since @3+20", 'changes(since="@3+20")'),
        ("memoryd brief 'do it' --max-tokens 3000", 'brief(task="do it", max_tokens=3000)'),
        ("memoryd check --json", "check(max_tokens=8000)"),
        ("memoryd check HEAD~2..HEAD --json", ""),  # the tool judges no range
        ("memoryd overview --json", ""),  # there is no such tool
    ],
)
def test_the_next_question_is_a_call_of_a_tool(command: str, call: str) -> None:
    """What a person types next, as a model that has only the tools asks it; nothing where it cannot."""
    assert next_call.tool_call(command) == call


@pytest.mark.parametrize("tool", ["why", "impact", "history"])
def test_the_rest_of_a_long_answer_is_reached_by_what_it_names(
    agent: Client, project: Path, tool: str
) -> None:
    """Following ``next`` from a text of few tokens comes to each item, and ends."""
    target, seen = "app.py", ""
    call: dict[str, object] = {"target": target}
    for _ in range(40):
        answer = agent.tool(tool, **{"max_tokens": 60, **call})
        seen += answer["content"][0]["text"]
        following = answer["_meta"]["memoryd/answer"]["next"]
        assert "memoryd " not in following
        if not following:
            break
        name, _, rest = following.partition("(")
        assert name == tool
        parts = (part.split("=", 1) for part in rest.rstrip(")").split(", "))
        call = {key: json.loads(value) for key, value in parts}
    else:
        pytest.fail(f"no end: {seen}")
    assert "app.py" in seen
