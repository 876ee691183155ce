"""`changes` as an agent asks it: what an answer has no room for is had by the question that it names, once."""

from __future__ import annotations

import json
import re
from pathlib import Path

from daemon_harness import Client, RunningDaemon, git, small_project, until

COMMIT = re.compile(r"^([0-9a-f]{10}) \d{4}-", re.MULTILINE)
RECORD = re.compile(r"^(\w{20}) lesson \[", re.MULTILINE)
NEXT = re.compile(r"^next: changes\((.*)\)$", re.MULTILINE)


def _arguments(text: str) -> dict:
    found = NEXT.search(text)
    pairs = re.findall(r'(\w+)=("[^"]*"|\d+)', found[1]) if found else []
    return {name: json.loads(value) for name, value in pairs}


def test_all_that_is_new_is_told_once_however_short_the_answers(tmp_path: Path) -> None:
    """Commits and records: by the question that each answer names, or else with the next answer; to each client."""
    root = small_project(tmp_path / "p")
    daemon = RunningDaemon(tmp_path / "m").ready()
    with (
        Client(daemon.paths, person=True) as person,
        Client(daemon.paths, role="mcp", cwd=str(root)) as one,
        Client(daemon.paths, role="mcp", cwd=str(root)) as two,
    ):
        person.json("up", path=str(root))
        for agent in (one, two):
            agent.initialize()
            agent.tool("changes")
        for number in range(40):
            git(
                root,
                "commit",
                "-q",
                "--allow-empty",
                "-m",
                f"Widen door {number} so that the cart fits through",
            )
        made = {
            person.json(
                "record", project=str(root), kind="lesson", text=f"Door {n} jams in {'wet ' * 20} weather {n}"
            )["record"]["id"]
            for n in range(9)
        }
        head = git(root, "rev-parse", "HEAD").strip()
        until(lambda: _indexed(person, root) == head, "the commits are indexed")
        news = {sha[:10] for sha in git(root, "rev-list", "-40", "HEAD").split()}
        for agent, follows in ((one, True), (two, False)):
            commits, records, arguments = list[str](), list[str](), dict[str, object]()
            for _ in range(60):
                text = agent.tool("changes", **{"max_tokens": 300, **arguments})["content"][0]["text"]
                commits += COMMIT.findall(text)
                records += RECORD.findall(text)
                arguments = _arguments(text) if follows else {}
                if text.startswith("Nothing changed") or (follows and not arguments):
                    break
            assert (sorted(commits), sorted(records)) == (sorted(news), sorted(made))
            assert agent.tool("changes")["content"][0]["text"].startswith("Nothing changed")
    daemon.end()


def _indexed(client: Client, root: Path) -> str:
    return client.json("status", project=str(root))["freshness"]["indexed_commit"]
