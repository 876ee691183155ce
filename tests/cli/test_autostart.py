"""Starting the daemon on demand: once, from the right code, with a reason when it fails."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from memoryd.cli.connection import autostart
from memoryd.paths import Paths


def test_a_daemon_that_cannot_start_says_why(box):
    """The error of a daemon that dies while starting holds the end of its log, exit code 3."""
    box.home.mkdir()
    (box.home / "config.toml").write_text("[search]\nk = 'many'\n")
    done = box.run("search", "x")
    assert done.returncode == 3
    assert "ended while starting (exit code 2)" in done.stderr
    assert "search.k" in done.stderr
    assert str(box.home / "daemon.log") in done.stderr


def test_a_stale_socket_is_no_daemon(box, start_fake):
    """A socket that nobody listens on counts as none."""
    gone = start_fake()
    gone.kill()
    gone.wait()
    assert (box.home / "daemon.sock").exists()
    done = box.run("daemon", "status")
    assert (done.returncode, done.stdout) == (1, f"no daemon runs for {box.home}\n")


def test_code_of_the_working_directory_is_never_run(box):
    """A folder ``memoryd`` or a ``json.py`` in the project is not imported by the daemon that a command starts."""
    box.home.mkdir()
    (box.home / "config.toml").write_text("broken")  # the daemon ends at once either way
    for name in ("json.py", "memoryd/__init__.py", "memoryd/daemon/__main__.py"):
        file = box.project / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"open({str(box.user / 'canary')!r}, 'w')\n")
    launcher = box.user / "launch.py"  # as an installed script: its own folder is first on the path
    launcher.write_text("from memoryd.cli.main import main\nraise SystemExit(main())\n")
    done = subprocess.run(
        [sys.executable, str(launcher), "search", "x"],
        cwd=box.project,
        env=box.environment,
        capture_output=True,
    )
    assert done.returncode == 3
    assert not (box.user / "canary").exists()


def test_relative_parts_of_the_path_are_not_handed_on(monkeypatch, tmp_path):
    """`PYTHONPATH=:/x`, as `$PYTHONPATH:/x` leaves it, means the folder where a command is typed, too."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(("", "lib", str(tmp_path))))
    given = autostart.environment(Paths(tmp_path))["PYTHONPATH"].split(os.pathsep)
    assert given[1:] == [str(tmp_path)]
    assert os.path.isabs(given[0])


def test_a_folder_of_others_is_refused(box):
    """A home that others can write is refused: whoever owns the socket's folder could read along."""
    box.home.mkdir()
    box.home.chmod(0o777)
    done = box.run("search", "x")
    assert done.returncode == 3
    assert "can be written by others" in done.stderr


def test_home_and_log_are_private(box):
    """Starting a daemon makes the home 0700 and the log 0600 whatever the umask."""
    previous = os.umask(0)
    try:
        box.home.mkdir(mode=0o755)
        (box.home / "config.toml").write_text("broken")
        box.run("search", "x")
    finally:
        os.umask(previous)
    assert stat.S_IMODE(box.home.stat().st_mode) == 0o700
    assert stat.S_IMODE((box.home / "daemon.log").stat().st_mode) == 0o600


def test_an_older_daemon_makes_way(box, start_fake):
    """A daemon of an older release is said, stopped politely, and the question goes to a new one."""
    old = start_fake(FAKE_VERSION="0.0.1")
    (box.home / "config.toml").write_text(
        "broken"
    )  # so that the new one fails fast: here only the handover counts
    done = box.run("search", "x")
    assert "the daemon is memoryd 0.0.1; starting 0.1.0 in its place" in done.stderr
    assert old.wait(timeout=60) == 0
    assert "ended while starting" in done.stderr


def test_a_newer_daemon_is_used(box, start_fake):
    """A daemon of a newer release answers; the difference is said on stderr."""
    start_fake(FAKE_VERSION="9.0.0")
    done = box.run("search", "x")
    assert (done.returncode, done.stdout) == (0, "src/app.py:12 x\n")
    assert done.stderr == "memoryd: the daemon is memoryd 9.0.0, this command is 0.1.0\n"


def test_stop_waits_until_nobody_listens(box, fake):
    """``daemon stop`` returns when the daemon is gone; a second one finds nothing to stop and is no error."""
    assert box.run("daemon", "stop").stdout == f"stopped (pid {fake.pid})\n"
    assert fake.wait(timeout=60) == 0
    again = box.run("daemon", "stop")
    assert (again.returncode, again.stdout) == (0, "no daemon was running\n")


def test_settings_for_a_running_daemon_are_not_silently_lost(box, fake):
    """Settings given to a command while a daemon runs already are said to have no effect."""
    done = box.run("up", "--search-k", "5")
    assert "its settings stay" in done.stderr


def test_logs_show_the_end(box):
    """``daemon logs -n 2`` prints the last two lines of the log, terminal-safe."""
    box.home.mkdir(mode=0o700)
    (box.home / "daemon.log").write_text("one\ntwo\nthr\x1b[31mee\n")
    assert box.run("daemon", "logs", "-n", "2").stdout == "two\nthr\\x1b[31mee\n"
    assert Path(box.home / "daemon.log").exists()


ENDING = """
import fcntl, os, socket, sys, time
home = sys.argv[1]
lock = os.open(home + "/daemon.lock", os.O_RDWR | os.O_CREAT, 0o600)
fcntl.flock(lock, fcntl.LOCK_EX)
listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
print("holds the lock", flush=True)
time.sleep(float(sys.argv[2]))
listener.bind(home + "/daemon.sock")
listener.listen()
print("listens", flush=True)
listener.accept()
"""


@pytest.mark.parametrize("listens_after_s", [0.0, 1.0])
def test_a_daemon_that_ends_while_it_is_asked_is_followed_by_the_next(box, listens_after_s):
    """A killed daemon keeps lock and socket until the kernel is done with it: whoever meets it there, the command or
    the daemon that the command starts, goes on to a new one."""
    box.home.mkdir(mode=0o700)
    arguments = [sys.executable, "-c", ENDING, str(box.home), str(listens_after_s)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as ending:
        for line in ["holds the lock\n", *(["listens\n"] if not listens_after_s else [])]:
            assert ending.stdout.readline() == line
        started = box.run("daemon", "start")
        assert (started.returncode, started.stderr) == (0, "")
        assert ending.wait(timeout=60) == 0
    assert "stopped" in box.run("daemon", "stop").stdout
