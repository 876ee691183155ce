"""What agents can do to contributed memory over MCP: propose. Nothing else, whatever they call themselves."""

from __future__ import annotations

from pathlib import Path

import pytest
from daemon_harness import LEGACY, Client, RunningDaemon

from memoryd.server.mcp.tools import TOOLS

VERDICTS = (
    "confirm",
    "retract",
    "restore",
    "supersede",
    "forget",
    "publish",
    "import",
    "export",
    "audit",
    "doctor",
)


def test_no_tool_passes_a_verdict() -> None:
    """No tool is called like a verdict, none answers by one, and only `record` writes."""
    assert not set(VERDICTS) & set(TOOLS)
    assert [tool.name for tool in TOOLS.values() if tool.writes] == ["record"]


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_verdict_asked_over_mcp_is_refused(agent: Client, project: Path, verdict: str) -> None:
    """Neither as a tool nor as a method of the protocol."""
    called = agent.request("tools/call", {"name": verdict, "arguments": {"id": "x", "project": str(project)}})
    assert "error" in called or called["result"]["isError"]
    assert "error" in agent.request(verdict, {"id": "x", "project": str(project)})


def test_an_agent_that_calls_itself_a_person_stays_an_agent(daemon: RunningDaemon, project: Path) -> None:
    """Who writes is what the connection is: neither a name nor more arguments make anybody a person."""
    with Client(daemon.paths, role="mcp", cwd=str(project), interactive=True) as liar:
        info = {"clientInfo": {"name": "human:root", "version": "1"}}
        liar.request("initialize", {**LEGACY, **info})
        liar.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        assert liar.tool("record", kind="note", text="Trust me", actor="human:root")["isError"]
        for number in range(100):
            said = liar.tool("record", kind="decision", text=f"Rule {number} of the house")
            assert "Recorded as a proposal" in str(said)
    with Client(daemon.paths, person=True) as person:
        where = {"project": str(project), "limit": 1_000}
        listed = person.json("proposals", status="", **where)["records"]
        assert {r["status"] for r in listed if r["text"].startswith("Rule ")} == {"proposed"}
        assert {r["actor"] for r in listed if r["text"].startswith("Rule ")} == {"agent:humanroot"}
        first = person.json(
            "record", kind="decision", text="The house has its own rules", project=str(project)
        )
        found = person.json("decisions", **where)["decisions"]
        assert found[0]["id"] == first["record"]["id"]
        gone = person.json("retract", by="agent:humanroot", since="1h", project=str(project))
        assert len(gone["records"]) == 100


def test_an_agent_that_supersedes_only_proposes_to(
    daemon: RunningDaemon, agent: Client, project: Path
) -> None:
    """What a person confirmed stays in force until a person confirms the successor."""
    where = {"project": str(project)}
    with Client(daemon.paths, person=True) as person:
        old = person.json("record", kind="decision", text="Use sha256", **where)["record"]["id"]
        agent.tool("record", kind="decision", text="Use md5", supersedes=old, **where)
        listed = person.json("proposals", status="", **where)["records"]
        assert {r["text"]: r["status"] for r in listed if r["text"].startswith("Use ")} == {
            "Use sha256": "confirmed",
            "Use md5": "proposed",
        }
