"""Agents propose, people confirm: what an agent can do on this machine to pass for a person, with real processes."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import at_terminal
import pytest
from desk import Desk

from memoryd.paths import Paths

REPOSITORY = Path(__file__).resolve().parents[2]
CONFIRM = f"{sys.executable} -m memoryd confirm"
FAKE_AGENT = """#!{python}
import os, pty, sys
os.environ.pop("CLAUDECODE", None)
pty.spawn({command})
"""


@pytest.fixture
def desk(box):
    """With a daemon that knows nobody of these tests: neither this Python nor what is above it."""
    opened = Desk(box)
    yield opened
    with contextlib.suppress(subprocess.TimeoutExpired):
        box.run("daemon", "stop")


def strict(box) -> None:
    """Start the daemon as it is installed, without what the tests add to it."""
    box.run("daemon", "stop")
    done = box.run("daemon", "start", PYTHONPATH=str(REPOSITORY))
    assert done.returncode == 0, done.stderr


def fake_agent(desk, name: str, record_id: str):
    """A program of that name which runs the command in a pseudo-terminal that it opened."""
    file = desk.box.user / name
    command = [sys.executable, "-m", "memoryd", "confirm", record_id]
    file.write_text(FAKE_AGENT.format(python=sys.executable, command=command))
    file.chmod(0o755)
    return [str(file)]


def audited(desk) -> set[tuple[str, str, str]]:
    entries = json.loads(desk.agent("audit", "--json"))["entries"]
    return {(entry["actor"].partition(":")[0], entry["action"], entry["assurance"]) for entry in entries}


def test_a_field_of_the_hello_makes_nobody_a_person(desk):
    """Whatever JSON a client sends about itself: it has no terminal, and the refusal says so."""
    record_id = desk.proposed("Trust the socket")
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(Paths(desk.box.home).socket))
        hello = {"memoryd": 1, "role": "cli", "cwd": str(desk.root), "interactive": True, "uid": 0, "pid": 1,
                 "assurance": "passphrase", "actor": "human:root"}  # fmt: skip
        ask = {"jsonrpc": "2.0", "id": 1, "method": "confirm", "params": {"id": record_id}}
        sock.sendall("".join(f"{json.dumps(line)}\n" for line in (hello, ask)).encode())
        with sock.makefile() as lines:
            answer = next(line for line in map(json.loads, lines) if line.get("id") == 1)
    assert "only a person may confirm a record" in answer["error"]["message"]
    assert "terminal" in answer["error"]["message"]
    assert desk.status(record_id) == "proposed"


@pytest.mark.skipif(shutil.which("script") is None, reason="needs script(1)")
def test_script_is_no_person(desk):
    """`script -qec "memoryd confirm ID" /dev/null` opens a terminal that nobody sees."""
    record_id = desk.proposed("Trust the script")
    strict(desk.box)
    done = subprocess.run(
        ["setsid", "-w", "script", "-qec", f"{CONFIRM} {record_id}", "/dev/null"],
        cwd=desk.root, env=desk.box.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert "only a person may confirm a record" in done.stdout
    assert desk.status(record_id) == "proposed"


def test_an_agent_with_a_terminal_of_its_own_is_an_agent(desk):
    """A fake `claude` in a terminal runs the command in another that it opened: refused by its name, and noted nowhere
    as a person."""
    record_id = desk.proposed("Trust the agent")
    strict(desk.box)
    command = fake_agent(desk, "claude", record_id)
    started = at_terminal.start(command, cwd=desk.root, env=desk.box.environment)
    _, said = at_terminal.said(*started)
    assert "only a person may confirm a record" in said
    assert "it runs below `claude`" in said
    assert desk.status(record_id) == "proposed"
    assert audited(desk) == {("agent", "add", "agent")}


def test_the_same_terminal_without_an_agent_above_is_a_persons(desk):
    """It is the agent that is refused, not the pseudo-terminal in a person's terminal."""
    record_id = desk.proposed("Trust the person")
    for name, becomes in (("tests-agent", "proposed"), ("recorder", "confirmed")):
        command = fake_agent(desk, name, record_id)
        _, said = at_terminal.said(*at_terminal.start(command, cwd=desk.root, env=desk.box.environment))
        assert desk.status(record_id) == becomes, said
    assert audited(desk) == {("agent", "add", "agent"), ("human", "confirmed", "terminal")}


def test_a_command_cut_loose_from_its_agent_is_no_persons(desk):
    """An agent at a person's terminal starts the command so that nothing above it is the agent's any more."""
    record_id = desk.proposed("Trust the orphan")
    agent = desk.box.user / "tests-agent"
    agent.write_text(
        f"#!/bin/sh\n({sys.executable} -m memoryd confirm {record_id} </dev/tty >/dev/tty 2>&1 &)\nsleep 4\n"
    )
    agent.chmod(0o755)
    _, said = at_terminal.said(*at_terminal.start([str(agent)], cwd=desk.root, env=desk.box.environment))
    assert "only a person may confirm a record" in said
    time.sleep(0.1)
    assert desk.status(record_id) == "proposed"


def test_answers_say_how_it_is_known_who_vouches(desk):
    """In JSON and in text: of records, of decisions and in the audit."""
    record_id = json.loads(desk.agent("record", "decision", "Salts are kept in the vault", "--json"))[
        "record"
    ]["id"]
    listed = json.loads(desk.agent("proposals", "--json"))["records"][0]
    assert (listed["status"], listed["assurance"]) == ("proposed", "agent")
    desk.person("confirm", record_id)
    assert "[confirmed, terminal]" in desk.agent("proposals", "--status", "confirmed")
    assert json.loads(desk.agent("decision", "show", record_id, "--json"))["assurance"] == "terminal"
    assert "(terminal)" in desk.agent("decision", "show", record_id)
    hits = json.loads(desk.agent("search", "salts vault", "--json"))["hits"]
    assert {hit["assurance"] for hit in hits if hit["id"] == record_id} == {"terminal"}
    assert "human:" in desk.agent("audit")
    assert "(terminal) confirmed" in desk.agent("audit")
