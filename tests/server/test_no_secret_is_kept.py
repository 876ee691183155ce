"""S9 over a real daemon: tokens and passwords in every place that memoryd reads are in no file of its home."""

from __future__ import annotations

import json
import random
import string
import subprocess
from pathlib import Path

from daemon_harness import LEGACY, Client, RunningDaemon

_DRAW = random.Random(20)


def _some(count: int, characters: str = string.ascii_letters + string.digits) -> str:
    return "".join(_DRAW.choices(characters, k=count))


_HEX = "0123456789abcdef"
TOKENS = [
    "gh" + "p_" + _some(36), "gl" + "pat-" + _some(20), "xo" + "xb-" + _some(12, string.digits) + "-" + _some(24),
    "sk" + "_live_" + _some(24), "np" + "m_" + _some(36), "sk" + "-ant-api03-" + _some(80), "h" + "f_" + _some(34),
    "hv" + "s." + _some(90), "da" + "pi" + _some(32, _HEX), "gl" + "sa_" + _some(32) + "_" + _some(8, _HEX),
    "NR" + "AK-" + _some(27), "dop" + "_v1_" + _some(64, _HEX), "shp" + "at_" + _some(32, _HEX),
    "gs" + "k_" + _some(52),
    "xa" + "i-" + _some(80), "tv" + "ly-" + _some(32) + "7", "nv" + "api-" + _some(64), "fi" + "gd_" + _some(40),
    "r8" + "_" + _some(37), "sb" + "p_" + _some(40, _HEX),
]  # fmt: skip


def _git(project: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(project), *arguments], check=True, capture_output=True)


def test_no_file_of_the_home_keeps_a_token(daemon: RunningDaemon, agent: Client, project: Path) -> None:
    """Files, a file's name, a message, an author, an address and a record: twenty kinds, none is kept."""
    for number, token in enumerate(TOKENS):
        (project / f"f{number}.py").write_text(
            f'# the key {token} works\nURL = "https://x/?a%3D{token}\\n{token}"\n'
        )
    (project / f"{TOKENS[0]}.py").write_text("A = 1\n")
    _git(project, "add", "-A")
    for token in TOKENS:
        who = f"user.name=Me {token}", f"user.email={token}@example.com"
        options = [part for setting in who for part in ("-c", setting)]
        _git(project, *options, "commit", "--allow-empty", "-qm", f"Use {token}\n\nsince {token} is new")
    where = {"project": str(project)}
    with Client(daemon.paths, interactive=True) as person:
        person.json("index", path=str(project))
        said = [person.json("search", query="key works", **where), person.json("status", **where)]
    said += [agent.tool("record", kind="note", text=f"we use {token}", **where) for token in TOKENS]
    assert [token for token in TOKENS if token in str(said)] == []
    kept = [path for path in daemon.paths.home.rglob("*") if path.is_file()]
    held = b"".join(path.read_bytes() for path in kept)
    assert any(path.name.startswith("index.db") for path in kept)
    assert [token for token in TOKENS if token.encode() in held] == []


def test_no_door_keeps_or_repeats_a_token(daemon: RunningDaemon, project: Path, tmp_path: Path) -> None:
    """What clients send: questions, wrong arguments, names of verbs, tools, branches, tags, files and clients, ids,
    a supersede, an import, a change to check; and what comes out again: answers, errors, exports, the log."""
    token = TOKENS[1]
    where = {"project": str(project)}
    (project / "plain.py").write_text("PLAIN = 1\n")
    _git(project, "add", "-A")
    _git(project, "-c", "user.name=Me", "-c", "user.email=me@x.y", "commit", "-qm", "Add a plain file")
    (project / ".memoryd.toml").write_text(f'[index]\n"{token}" = 1\n["{token}"]\nx = 1\n')
    _git(project, "branch", token)
    _git(project, "tag", f"v-{token}")
    said: list[str] = []
    with Client(daemon.paths) as client:
        client.json("index", path=str(project))
        for verb, arguments in _with_token(token):
            said.append(str(client.request(verb, {**where, **arguments})))
        said.append(str(client.request(token, where)))
        said.append(str(client.request("search", {**where, token: 1})))
    with Client(daemon.paths, role="mcp", cwd=str(project)) as agent:
        named = {**LEGACY, "clientInfo": {"name": f"agent {token}", "version": token}}
        agent.request("initialize", named)
        agent.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        calls: list[tuple[str, dict[str, str]]] = [
            ("search", {"query": token}),
            ("symbol", {"name": token}),
            (token, {}),
            ("search", {token: "1"}),
            ("record", {"kind": "note", "text": f"the {token} key"}),
        ]
        for tool, arguments in calls:
            said.append(str(agent.request("tools/call", {"name": tool, "arguments": arguments})))
        said.append(str(agent.request(token, {})))
        said.append(str(agent.request("resources/read", {"uri": f"memoryd://{token}"})))
    with Client(daemon.paths) as client:
        said.append(str(client.request("export", where)) + str(client.notices))
        said.append(str(client.request("export", {"markdown": True, **where})) + str(client.notices))
        said.append(str(client.json("audit", **where)))
    assert [text for text in said if token in text] == []
    assert any("****" in text for text in said)
    held = [
        path
        for path in daemon.paths.home.rglob("*")
        if path.is_file() and token.encode() in path.read_bytes()
    ]
    assert held == []


def _with_token(token: str) -> list[tuple[str, dict[str, object]]]:
    line = {
        "record": {"id": "r1", "kind": "note", "text": f"the key {token}", "status": "proposed",
                   "actor": f"agent:{token}", "anchors": [f"{token}.py"]}
    }  # fmt: skip
    head = "diff --git a/plain.py b/plain.py\n--- a/plain.py\n+++ b/plain.py\n@@ -1 +1,2 @@\n PLAIN = 1\n"
    diff = f'{head}+KEY = "{token}"\n'
    return [
        ("search", {"query": f"where is {token}", "paths": [f"{token}.py"]}),
        ("symbol", {"name": token}),
        ("refs", {"target": token}),
        ("impact", {"target": token}),
        ("why", {"target": f"{token}.py:1"}),
        ("history", {"query": f"{token}.py"}),
        ("decisions", {"id": token}),
        ("decisions", {"topic": token}),
        ("brief", {"task": f"rotate {token}"}),
        ("changes", {"since": token}),
        ("status", {"rev": token}),
        ("check", {"range": token}),
        ("check", {"diff": diff}),
        ("check", {"diff": diff.replace("plain.py", f"{token}.py")}),
        ("record", {"kind": "note", "text": "a plain note", "supersedes": token}),
        ("supersede", {"old": token, "new": token}),
        ("confirm", {"id": token, "reason": token}),
        ("retract", {"by": f"agent:{token}", "since": "1d"}),
        ("audit", {"by": f"agent:{token}", "since": token}),
        ("import", {"lines": [json.dumps(line)], "name": f"{token}.jsonl"}),
        ("import", {"lines": [json.dumps({"record": {"id": token}})], "name": f"{token}.jsonl"}),
        ("import", {"lines": [f'{{"record": {token}'], "name": "x"}),
        ("status", {"project": f"/nowhere/{token}"}),
        ("projects", {"forget": f"/nowhere/{token}"}),
        ("status", {"format": token}),
    ]  # fmt: skip


def test_a_file_whose_name_holds_a_token_is_found_in_history(daemon: RunningDaemon, project: Path) -> None:
    """Under its own name, as who asks knows it; the answer names it as it is kept."""
    token = TOKENS[3]
    (project / f"{token}.py").write_text("B = 1\n")
    _git(project, "add", "-A")
    _git(project, "-c", "user.name=Me", "-c", "user.email=me@x.y", "commit", "-qm", "Add the odd file")
    with Client(daemon.paths) as client:
        client.json("index", path=str(project))
        found = client.json("history", query=f"{token}.py", project=str(project))
    assert [commit["subject"] for commit in found["commits"]] == ["Add the odd file"]
    assert token not in str(found)
