"""``memoryd mcp``: what goes in comes out, and the process ends whenever nobody needs it any more."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from memoryd.cli.connection.pipe import DaemonGone, Pump


def _line(**message):
    return json.dumps(message).encode() + b"\n"


def _gone(pid, within_s=3.0):
    deadline_s = time.monotonic() + within_s
    while time.monotonic() < deadline_s:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            if Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z":
                time.sleep(0.02)
                continue
        return True
    return False


def test_bytes_pass_both_ways_after_one_hello(box, fake):
    """The daemon gets a hello with the working directory, then the client's lines; answers come back at once."""
    process = box.start("mcp")
    process.stdin.write(_line(id=1))
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["echo"] == {"id": 1}
    hello = box.seen()[0]["hello"]
    assert (hello["role"], hello["cwd"]) == ("mcp", os.path.realpath(box.project))
    process.kill()
    process.communicate()


def test_the_end_of_stdin_waits_for_pending_answers(box, fake):
    """After stdin's end what was asked is still answered; then the exit code is 0."""
    process = box.start("mcp")
    said, errors = process.communicate(_line(id=1, sleep_s=0.3) + _line(id=2), timeout=60)
    assert [json.loads(line)["echo"]["id"] for line in said.splitlines()] == [1, 2]
    assert (process.returncode, errors) == (0, b"")


def test_the_end_of_stdin_ends_an_idle_pipe_at_once(box, fake):
    """With nothing pending the pipe is gone well within two seconds."""
    process = box.start("mcp")
    process.stdin.write(_line(id=1))
    process.stdin.flush()
    process.stdout.readline()
    started_s = time.monotonic()
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert time.monotonic() - started_s < 1


class Daemons:
    """One after the other, each on a socket of its own; what they heard is kept."""

    def __init__(self):
        self.heard, self.ends = [], []
        self._stdin, self.stdin = os.pipe()
        self.stdout, self._stdout = os.pipe()
        self.pump = Pump(self.connect, b"hello\n", self._stdin, self._stdout)
        self.failed = []
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def connect(self):
        if len(self.ends) >= 6:
            raise DaemonGone("no daemon can be had")
        ours, theirs = socket.socketpair()
        theirs.settimeout(30)
        self.ends.append(theirs)
        self.heard.append(theirs.makefile("rb"))
        return ours

    def _run(self):
        try:
            self.pump.run()
        except DaemonGone as error:
            self.failed.append(error.what)

    def say(self, **message):
        os.write(self.stdin, _line(**message))

    def hear(self):
        """What the newest daemon is told next; the hello is left out."""
        line = self.heard[-1].readline()
        return json.loads(line if line != b"hello\n" else self.heard[-1].readline())

    def answer(self, **message):
        self.ends[-1].sendall(_line(**message))

    def come_back(self):
        """The newest daemon ends; waits until the next one is connected to."""
        count = len(self.ends)
        self.heard[-1].close()
        self.ends[-1].close()
        deadline_s = time.monotonic() + 30
        while len(self.ends) == count and not self.failed and time.monotonic() < deadline_s:
            time.sleep(0.01)

    def read(self):
        return json.loads(os.read(self.stdout, 1 << 16))

    def end(self):
        os.close(self.stdin)
        for end in (*self.heard, *self.ends):
            end.close()
        self._thread.join(30)
        assert not self._thread.is_alive()


@pytest.fixture
def daemons():
    made = Daemons()
    yield made
    made.end()


def test_a_session_goes_on_with_the_next_daemon(daemons):
    """The next daemon is told how the session was opened and what is not answered yet; the client hears each answer
    once."""
    daemons.say(id=0, method="initialize", params={"clientInfo": {"name": "x"}})
    assert daemons.hear()["method"] == "initialize"
    daemons.answer(id=0, result={"of": "first"})
    assert daemons.read() == {"id": 0, "result": {"of": "first"}}
    daemons.say(method="notifications/initialized")
    daemons.say(id=1, method="tools/call")
    assert [daemons.hear().get("method") for _ in range(2)] == ["notifications/initialized", "tools/call"]
    daemons.come_back()
    told = [daemons.hear() for _ in range(3)]
    assert [line.get("method") for line in told] == ["initialize", "notifications/initialized", "tools/call"]
    daemons.answer(id=0, result={"of": "second"})
    daemons.answer(id=1, result={})
    assert daemons.read() == {"id": 1, "result": {}}


def test_an_idle_session_does_not_start_a_daemon(daemons):
    """A daemon that was stopped stays stopped until the client wants something."""
    daemons.say(id=1, method="ping")
    assert daemons.hear()["id"] == 1
    daemons.answer(id=1, result={})
    assert daemons.read()["id"] == 1
    daemons.ends[-1].shutdown(socket.SHUT_RDWR)
    time.sleep(0.3)
    assert len(daemons.ends) == 1
    daemons.say(id=2, method="ping")
    deadline_s = time.monotonic() + 30
    while len(daemons.ends) == 1 and time.monotonic() < deadline_s:
        time.sleep(0.01)
    assert daemons.hear()["id"] == 2


def test_a_daemon_that_never_answers_is_given_up(daemons):
    """After some daemons that ended without a word the pipe ends and says what to look at."""
    daemons.say(id=1, method="ping")
    for _ in range(5):
        daemons.come_back()
    assert daemons.failed == ["the daemon closed the connection"]


def test_what_the_dying_daemon_had_answered_is_delivered(box, fake):
    """Answers that were on the way when the daemon died still reach the client."""
    process = box.start("mcp")
    said, _ = process.communicate(_line(id=1, pad=500_000) + _line(die=True), timeout=60)
    assert json.loads(said.splitlines()[0])["echo"]["id"] == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_end_it_quietly(box, fake, number):
    """SIGTERM and SIGINT end the pipe with exit code 0 and no trace."""
    process = box.start("mcp")
    process.stdin.write(_line(id=1))
    process.stdin.flush()
    process.stdout.readline()
    process.send_signal(number)
    assert process.wait(timeout=60) == 0
    assert process.stderr.read() == b""
    process.communicate()


def test_the_parents_death_ends_it(box, fake, tmp_path):
    """A pipe whose parent was killed ends although somebody else still holds its stdin open."""
    reading, writing = os.pipe()
    launcher = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([{sys.executable!r}, '-m', 'memoryd', 'mcp'], stdin={reading})\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", launcher], env=box.environment, pass_fds=(reading,), stdout=subprocess.PIPE
    )
    pid = int(parent.stdout.readline())
    os.write(writing, _line(id=1))
    parent.stdout.readline()  # the pipe works
    parent.kill()
    assert _gone(pid)
    parent.communicate()
    os.close(reading)
    os.close(writing)


def test_a_client_that_closes_its_end_ends_it(box, fake):
    """When the client no longer reads, the pipe leaves with exit code 0."""
    process = box.start("mcp")
    process.stdout.close()
    process.stdin.write(_line(id=1))
    process.stdin.flush()
    assert process.wait(timeout=60) == 0
    process.stdin.close()


def test_a_slow_client_holds_back_the_daemon_not_the_memory(box, fake):
    """While the client reads nothing, megabytes of answers wait in the daemon; none is lost afterwards."""
    process = box.start("mcp")
    process.stdin.write(b"".join(_line(id=number, pad=400_000) for number in range(50)))
    process.stdin.close()
    time.sleep(0.5)
    resident_kb = int(Path(f"/proc/{process.pid}/status").read_text().split("VmRSS:")[1].split()[0])
    said = process.stdout.read()
    assert [json.loads(line)["echo"]["id"] for line in said.splitlines()] == list(range(50))
    assert process.wait(timeout=60) == 0
    assert resident_kb < 40_000
    assert process.stderr.read() == b""


def test_little_environment_is_enough(box, fake):
    """HOME and PATH alone (besides where its code and data are) are enough to serve."""
    environment = {name: box.environment[name] for name in ("HOME", "PATH", "MEMORYD_HOME", "PYTHONPATH")}
    done = subprocess.run(
        [sys.executable, "-m", "memoryd", "mcp"],
        env=environment,
        input=_line(id=1),
        capture_output=True,
        timeout=30,
    )
    assert (done.returncode, json.loads(done.stdout)["echo"]) == (0, {"id": 1})


def test_a_closed_stdin_is_an_ended_one(box, fake):
    """Launched without any stdin the pipe leaves at once with exit code 0."""
    done = subprocess.run(
        ["sh", "-c", f"exec {sys.executable} -m memoryd mcp <&-"],
        env=box.environment,
        capture_output=True,
        timeout=30,
    )
    assert done.returncode == 0
