"""Tuning behind a real daemon: when idle or when asked, never in the way, and back at once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from daemon_harness import Client, RunningDaemon, StartDaemon, alive, command_line, descendants, git, until

from memoryd.embedding import static, tuned

JARGON = {"zorbul": "cookie", "quuxan": "socket", "frobnix": "invoice", "wibblen": "image"}
NOUNS = [*JARGON.values(), *(f"plain{number}" for number in range(8))]
NEVER = {"MEMORYD_VECTORS_TUNE_IDLE_S": "3600"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with 330 commits whose words nobody else uses."""
    folder = tmp_path_factory.mktemp("tuned") / "project"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=_stream(), check=True)
    git(folder, "checkout", "-q", "main")
    return folder


def _stream() -> bytes:
    chance, out = random.Random(1), []
    for number in range(330):
        word, noun = chance.choice(list(JARGON.items()))
        changed = NOUNS if not number else [noun]
        message = f"Adjust {word} behaviour {number}"
        out.append(
            f"commit refs/heads/main\ncommitter Ann <ann@example.org> {1_600_000_000 + number} +0000\n"
        )
        out.append(f"data {len(message)}\n{message}\n")
        for name in changed:
            text = f"def open_{name}(value):\n    return value.{name}({number})\n"
            out.append(f"M 644 inline {name}.py\ndata {len(text)}\n{text}\n")
    return "".join(out).encode()


class Tuned:
    """A daemon over the project, and what it says of its words."""

    def __init__(self, daemon: RunningDaemon, root: Path) -> None:
        self.daemon, self.root = daemon, root
        self.client = Client(daemon.listening().paths)
        self.client.json("up", path=str(root))

    def tune(self, **arguments: Any) -> dict[str, Any]:
        return self.client.json("tune", project=str(self.root), **arguments)

    def status(self) -> str:
        return self.client.json("status", project=str(self.root))["tuning"]

    def likest(self) -> str:
        """The file that the vectors name for a word of the project's own."""
        answer = self.client.json("search", project=str(self.root), query="zorbul behaviour", kinds=["code"])
        return max((hit for hit in answer["hits"]), key=lambda hit: hit["signals"]["vector"])["path"]

    def save(self) -> None:
        """Change a file and wait until that is indexed."""
        (self.root / "plain0.py").write_text(f"def open_plain0(value):\n    return {time.monotonic_ns()}\n")
        until(lambda: self.client.json("status", project=str(self.root))["dirty"], "the change is seen")

    def file(self) -> Path:
        return next(self.daemon.paths.home.glob("projects/*")) / tuned.FILE

    def workers(self) -> list[int]:
        return [
            pid
            for pid in descendants(self.daemon.pid)
            if b"memoryd.daemon.tuning.worker" in command_line(pid)
        ]


def phases(client: Client) -> set[str]:
    return {notice["params"]["phase"] for notice in client.notices if notice["method"] == "progress"}


Begin = Callable[..., Tuned]


@pytest.fixture
def begin(start: StartDaemon, root: Path) -> Begin:
    def beginning(**variables: str) -> Tuned:
        return Tuned(start(**variables).ready(), root)

    return beginning


def test_tune_learns_now_and_reset_goes_back(begin: Begin) -> None:
    """``tune`` says what it proved and is in use at once; a new daemon knows what the last one learned; ``--reset``
    takes it back and stays so."""
    project = begin(**NEVER)
    assert project.status() == "not tuned yet"
    answer = project.tune()
    assert answer["state"] == "tuned"
    assert answer["alone"][1] > answer["alone"][0]
    assert answer["model"].startswith(static.load().model + "+")
    assert project.status() == answer["detail"]
    assert project.likest() == "cookie.py"
    assert "compare" in phases(project.client)
    until(lambda: not project.workers(), "its process ended")
    project.daemon.end()
    again = begin(**NEVER)
    assert again.status() == answer["detail"]
    assert again.tune(reset=True)["state"] == "off"
    assert again.tune(reset=True)["model"] == static.load().model
    assert tuned.read(again.file()).state == "off"


def test_an_idle_project_learns_by_itself_once(begin: Begin) -> None:
    """After the idle time a project that is due learns; what it found is not looked for again."""
    project = begin(MEMORYD_VECTORS_TUNE_IDLE_S="0.2")
    until(lambda: project.file().exists() and not project.workers(), "it learned")
    assert project.status().startswith("tuned on 330 commits")
    written = project.file().stat().st_mtime_ns
    project.save()
    ticks = project.client.json("daemon_status")["uptime_s"] + 3
    until(lambda: project.client.json("daemon_status")["uptime_s"] >= ticks, "time passes")
    assert project.workers() == []
    assert project.file().stat().st_mtime_ns == written


def test_work_goes_before_learning(begin: Begin) -> None:
    """A file that is saved ends the tuning of an idle project; it learns when there is peace again."""
    project = begin(MEMORYD_VECTORS_TUNE_IDLE_S="0.2")
    until(lambda: bool(project.workers()), "it learns")
    pid = project.workers()[0]
    os.kill(pid, signal.SIGSTOP)  # it would be done too soon
    until(lambda: project.save() or not alive(pid), "it made way")
    until(lambda: project.file().exists(), "it learned")


def test_a_client_that_leaves_stops_its_tuning(begin: Begin) -> None:
    """Ctrl-C ends the process; what was in use before stays."""
    project = begin(**NEVER)
    leaving = Client(project.daemon.paths)
    leaving.post("tune", {"project": str(project.root)})
    until(lambda: bool(project.workers()), "it works")
    pid = project.workers()[0]
    leaving.close()
    until(lambda: not alive(pid), "it ended")
    assert not project.file().exists()
    assert project.status() == "not tuned yet"


def test_a_killed_tuning_process_leaves_what_was_in_use(begin: Begin) -> None:
    """As the kernel does it when memory runs out: who waits is told, nothing of it is used, it can be tried again."""
    project = begin(**NEVER)
    waiting = Client(project.daemon.paths)
    number = waiting.post("tune", {"project": str(project.root)})
    until(lambda: bool(project.workers()), "it works")
    os.kill(project.workers()[0], signal.SIGKILL)
    message = waiting.receive()
    while message.get("id") != number:
        message = waiting.receive()
    assert message.get("error") or message["result"]["json"]["state"] != "tuned"
    assert not project.file().exists()
    assert project.tune()["state"] == "tuned"


def test_a_daemon_that_has_just_begun_can_tune(start: StartDaemon, root: Path) -> None:
    """Regression: before the shipped model was loaded, tuning was refused as switched off."""
    Tuned(start(**NEVER), root).daemon.end()
    client = Client(start(**NEVER).listening().paths)
    assert client.json("tune", project=str(root))["state"] == "tuned"


def test_switched_off_is_said(begin: Begin) -> None:
    """Without the setting nothing learns, nothing learned is used, and asking for it is refused with the next step."""
    project = begin(MEMORYD_VECTORS_TUNE="false", MEMORYD_VECTORS_TUNE_IDLE_S="0")
    assert project.status() == "not tuned: vectors.tune is off"
    error = project.client.request("tune", {"project": str(project.root)})["error"]
    assert "vectors.tune" in str(error)
    assert not project.file().exists()


def test_a_short_history_is_said(begin: Begin, tmp_path: Path) -> None:
    """With too few commits nothing is learned, and status says how many it takes."""
    folder = tmp_path / "young"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "cookie.py").write_text("def open_cookie():\n    return 1\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Begin with the cookie")
    project = Tuned(begin(**NEVER).daemon, folder)
    assert project.tune()["state"] == "few"
    assert project.status() == "not tuned: 1 usable commits, at least 300 are needed"
