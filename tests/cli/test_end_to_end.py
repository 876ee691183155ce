"""The command line against the real daemon, on a small repository, as a user runs it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess

import pytest

APP = '''\
"""Signs the session cookie."""
from app.keys import current_key


def sign_cookie(value):
    """Sign the value of the session cookie."""
    return current_key() + value
'''
KEYS = """\
def current_key():
    return "k"
"""


def _git(folder, *arguments):
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1"}
    names = {
        f"GIT_{who}_{what}": f"{what}@x.y".lower()
        for who in ("AUTHOR", "COMMITTER")
        for what in ("NAME", "EMAIL")
    }
    subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *arguments],
        cwd=folder,
        env={**environment, **names},
        check=True,
        capture_output=True,
    )


@pytest.fixture
def real(box):
    """The box with a repository of two commits in its project; its daemon is gone after the test."""
    (box.project / ".git").rmdir()
    _git(box.project, "init")
    (box.project / "app").mkdir()
    (box.project / "app/keys.py").write_text(KEYS)
    _git(box.project, "add", ".")
    _git(box.project, "commit", "-m", "Keep the key in one place")
    (box.project / "app/session.py").write_text(APP)
    _git(box.project, "add", ".")
    _git(box.project, "commit", "-m", "Sign the session cookie")
    yield box
    with contextlib.suppress(subprocess.TimeoutExpired):
        box.run("daemon", "stop")


def test_up_then_ask(real):
    """One command indexes; after it search finds code and commits, refs and edges know the call."""
    up = real.run("up")
    assert up.returncode == 0, up.stderr
    assert "2 files" in up.stdout
    assert "memoryd install claude-code" in up.stdout
    hits = json.loads(real.run("search", "sign", "the", "session", "cookie", "--json").stdout)["hits"]
    assert hits[0]["path"] == "app/session.py"
    references = json.loads(real.run("refs", "current_key", "--json").stdout)["references"]
    assert ("app/session.py", 7) in {(item["path"], item["line"]) for item in references}
    edges = [json.loads(line) for line in real.run("edges").stdout.splitlines()]
    assert ("app/session.py", "app/keys.py") in {(edge["src"], edge["dst"]) for edge in edges}


def test_a_revision_is_another_answer(real):
    """``index --rev`` builds the view of a commit; with the same --rev the first commit has no session.py."""
    assert real.run("up").returncode == 0
    first = subprocess.run(
        ["git", "rev-list", "--max-parents=0", "HEAD"],
        cwd=real.project,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    summary = json.loads(real.run("index", "--rev", first, "--json").stdout)
    assert summary["files"] == 1
    now = json.loads(real.run("symbol", "sign_cookie", "--json").stdout)
    then = real.run("symbol", "sign_cookie", "--rev", first, "--json")
    assert now["definition"]["path"] == "app/session.py"
    assert (then.returncode, json.loads(then.stdout)["definition"]) == (1, None)


def test_a_batch_of_questions(real):
    """A batch against the real daemon answers each row with its id, failures included."""
    real.run("up")
    rows = '{"id": 1, "target": "current_key"}\n{"id": 2, "target": "app/keys.py", "rev": "no-such-branch"}\n'
    done = real.run("refs", "--batch", "-", stdin=rows)
    first, second = map(json.loads, done.stdout.splitlines())
    assert (first["id"], first["definition"]["path"]) == (1, "app/keys.py")
    assert (second["id"], second["error"]["exit_code"]) == (2, 2)


def test_many_commands_at_once_start_one_daemon(real):
    """Commands that all find no daemon start one between them, and each gets its answer."""
    running = [real.start("projects", "--json", stderr=subprocess.STDOUT) for _ in range(4)]
    said = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0, 0], said
    log = (real.home / "daemon.log").read_text()
    assert log.count(" begins, pid ") == 1


def test_a_coding_assistant_talks_through_the_pipe(real):
    """From a cold start ``memoryd mcp`` delivers initialize and tools/list although stdin ends at once."""
    messages = [
        {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-06-18",
                "capabilities": {},
                "clientInfo": {"name": "test", "version": "1"},
            },
        },
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/list"},
    ]
    done = real.run("mcp", stdin="".join(json.dumps(message) + "\n" for message in messages))
    answers = {answer["id"]: answer for answer in map(json.loads, done.stdout.splitlines())}
    assert done.returncode == 0, done.stderr
    assert answers[1]["result"]["serverInfo"]["name"] == "memoryd"
    assert "brief" in {tool["name"] for tool in answers[2]["result"]["tools"]}


def test_the_pipe_outlives_the_daemons_violent_death(real):
    """kill -9 of the daemon ends no session: what the client asks next is answered by a new daemon."""
    pid = json.loads(real.run("daemon", "start", "--json").stdout)["pid"]
    process = real.start("mcp")
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}
    assert _asked(process, id=1, method="initialize", params=hello)["id"] == 1
    os.kill(pid, signal.SIGKILL)
    answer = _asked(process, id=2, method="tools/list")
    assert (answer["id"], len(answer["result"]["tools"])) == (2, 9)
    process.communicate()
    assert process.returncode == 0
    assert json.loads(real.run("daemon", "start", "--json").stdout)["pid"] != pid


def _asked(process, **message):
    process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())
