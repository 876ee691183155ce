"""`check` through the daemon's doors: the CLI's exit codes, the MCP tool, the child that reads changes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from daemon_harness import REPOSITORY, Client, RunningDaemon, StartDaemon, children, command_line, git, until
from room_coverage import measured

RULES = (
    '[tool.importlinter]\nroot_packages = ["app"]\n\n# The store knows nothing of the pages.\n'
    '[[tool.importlinter.contracts]]\nname = "doors"\ntype = "layers"\nlayers = ["app.pages", "app.store"]\n'
)
BREAK = "def save():\n    from app import pages\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "p"
    (root / "app").mkdir(parents=True)
    for name, text in {"__init__": "", "pages": "x = 1\n", "store": "def save():\n    return 1\n"}.items():
        (root / "app" / f"{name}.py").write_text(text)
    (root / "pyproject.toml").write_text(RULES)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Begin")
    return root


@pytest.fixture
def daemon(start: StartDaemon, project: Path) -> RunningDaemon:
    running = start(MEMORYD_WATCH_ENABLED="false").ready()
    with Client(running.paths) as client:
        client.json("up", path=str(project))
    return running


def memoryd(
    daemon: RunningDaemon, root: Path, *arguments: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "MEMORYD_HOME": str(daemon.paths.home),
        "PYTHONPATH": str(REPOSITORY),
        **measured(),
    }
    command = [sys.executable, "-P", "-m", "memoryd", *arguments]
    return subprocess.run(
        command,
        cwd=root,
        env=environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_command_line_blocks_with_exit_code_1(daemon: RunningDaemon, project: Path) -> None:
    """0 for OK, 1 for BLOCK, 2 for wrong use; staged, uncommitted, committed and as a diff it is the same verdict."""
    done = memoryd(daemon, project, "check", "--staged")
    assert (done.returncode, done.stdout.partition(":")[0]) == (0, "OK"), done.stderr
    (project / "app/store.py").write_text(BREAK)
    text = git(project, "diff")
    for arguments in (("check",), ("check", "--path", "app"), ("check", "--diff", "-")):
        done = memoryd(daemon, project, *arguments, stdin=text)
        assert (done.returncode, done.stdout.partition(":")[0]) == (1, "BLOCK"), done.stdout + done.stderr
        assert "app/store.py:2" in done.stdout
        assert "The store knows nothing of the pages." in done.stdout
    git(project, "add", "-A")
    assert memoryd(daemon, project, "check", "--staged").returncode == 1
    git(project, "commit", "-qm", "Break it")
    for arguments in (("check", "HEAD"), ("check", "HEAD~1..HEAD")):
        assert memoryd(daemon, project, *arguments).returncode == 1
    assert memoryd(daemon, project, "check").returncode == 0
    for wrong in (("check", "HEAD", "--staged"), ("check", "nowhere"), ("check", "--diff", "/none")):
        assert memoryd(daemon, project, *wrong).returncode == 2


def test_a_commit_that_is_not_checked_out_is_judged_by_its_own_view(
    daemon: RunningDaemon, project: Path
) -> None:
    """The rules of a range are those of the commit that it leads to, wherever the work tree stands."""
    git(project, "checkout", "-qb", "topic")
    (project / "app/store.py").write_text(BREAK)
    git(project, "commit", "-qam", "Break it")
    git(project, "checkout", "-q", "main")
    (project / "pyproject.toml").write_text("")
    git(project, "commit", "-qam", "No rules any more")
    with Client(daemon.paths) as client:
        assert client.json("check", project=str(project), range="main...topic")["verdict"] == "BLOCK"


def test_the_tool_checks_what_is_uncommitted(daemon: RunningDaemon, project: Path) -> None:
    """Without arguments the tool judges the work tree, with paths a part of it, with a diff the diff."""
    (project / "app/store.py").write_text(BREAK)
    with Client(daemon.paths, role="mcp", cwd=str(project)) as client:
        client.initialize()
        for arguments in ({}, {"paths": ["app/store.py"]}, {"diff": git(project, "diff")}):
            result = client.tool("check", **arguments)
            assert result["content"][0]["text"].startswith("BLOCK"), result
        assert client.tool("check", paths=["app/pages.py"])["content"][0]["text"].startswith("OK")
        refused = client.tool("check", diff="x" * 70_000)
        assert refused["isError"]


def test_the_change_reader_is_one_child_that_leaves(daemon: RunningDaemon, project: Path) -> None:
    """Checks share one child; a client that hangs up loses its check and nobody else's."""
    with Client(daemon.paths) as client:
        for _ in range(2):
            client.json("check", project=str(project), staged=True)
    readers = [pid for pid in children(daemon.pid) if b"memoryd.ingest.change" in command_line(pid)]
    assert len(readers) == 1
    with Client(daemon.paths) as client:
        client.post("check", {"project": str(project)})
    with Client(daemon.paths) as client:
        assert client.json("check", project=str(project))["verdict"] == "OK"
    daemon.end()
    until(lambda: not any(command_line(pid) for pid in readers), "the reader is gone")


def test_it_goes_on_after_its_reader_was_killed(daemon: RunningDaemon, project: Path) -> None:
    """The child that reads changes may die at any time: the next check starts another."""
    with Client(daemon.paths) as client:
        client.json("check", project=str(project))
        (reader,) = [pid for pid in children(daemon.pid) if b"memoryd.ingest.change" in command_line(pid)]
        os.kill(reader, 9)
        until(lambda: not command_line(reader), "it is dead")
        assert client.json("check", project=str(project))["verdict"] == "OK"
