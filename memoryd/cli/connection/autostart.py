"""Start the daemon when none listens, and wait for it: bounded, and with the reason when it dies."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from memoryd.cli.connection.client import try_connect
from memoryd.errors import MemorydError
from memoryd.paths import Paths

START_LIMIT_S = 30.0
LOSER_GRACE_S = 2.0  # after our own start ended: another's daemon may be about to listen
POLL_S = 0.01
LOG_TAIL_LINES = 12


class StartFailed(MemorydError):
    """The daemon did not come up."""


def connect(
    paths: Paths,
    settings: Mapping[str, str] | None = None,
    announce: Callable[[str], None] = lambda _: None,
    abandon: Callable[[], bool] = lambda: False,
) -> socket.socket:
    """A socket to the daemon, started if need be. ``settings``: ``section.key`` → text for a new daemon.

    ``announce`` gets one line when a start is under way; ``abandon`` may end the wait early.
    Raises StartFailed with the log's tail, UsageError for a bad setting.
    """
    sock = try_connect(paths)
    if sock:
        return sock
    if settings:
        from memoryd import config

        config.load(paths, flags=settings)  # a bad flag is wrong use, not a daemon that dies
    announce("starting the memoryd daemon …")
    log_start = _size(paths.log)
    return _wait_for(paths, lambda: spawn(paths, settings or {}), log_start, abandon)


def spawn(paths: Paths, settings: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """A detached daemon process: own session, no stdin, output into the log.

    Two may be started at once: one wins the lock, the other ends and its starter finds the winner's socket.
    """
    paths.prepare()
    descriptor = os.open(paths.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        return subprocess.Popen(
            # -P: a folder named memoryd/ where we happen to stand is not our code
            [sys.executable, "-P", "-m", "memoryd.daemon", *daemon_flags(settings)],
            env=environment(paths),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=descriptor,
            start_new_session=True,
        )
    finally:
        os.close(descriptor)


def _wait_for(
    paths: Paths, start: Callable[[], subprocess.Popen[bytes]], log_start: int, abandon: Callable[[], bool]
) -> socket.socket:
    deadline = time.monotonic() + START_LIMIT_S
    child, failed = start(), False
    while time.monotonic() < deadline and not abandon():
        ended = child.poll()
        sock = try_connect(paths)
        if sock:
            _disown(child)
            return sock
        if ended == 0:  # it left the place to a daemon that answered, and that one has ended since
            child = start()
        elif ended and not failed:
            failed = True
            deadline = min(deadline, time.monotonic() + LOSER_GRACE_S)
        time.sleep(POLL_S)
    raise _failure(paths, child, log_start)


def _failure(paths: Paths, child: subprocess.Popen[bytes], log_start: int) -> StartFailed:
    code = child.poll()
    what = (
        f"the daemon did not start within {START_LIMIT_S:g} s"
        if code is None
        else f"the daemon ended while starting (exit code {code})"
    )
    said = log_tail(paths.log, LOG_TAIL_LINES, start=log_start)
    _disown(child)
    tail = "; it ends with:\n" + "\n".join("  | " + line for line in said) if said else ""
    return StartFailed(what, where=str(paths.log), next_step="read the log" + tail)


def _disown(child: subprocess.Popen[bytes]) -> None:
    """The daemon outlives us on purpose: no ResourceWarning about it."""
    if child.returncode is None:
        child.returncode = 0


def daemon_flags(settings: Mapping[str, str]) -> list[str]:
    """``section.key`` → text as the daemon's own ``--section-key=text``."""
    return [f"--{name.replace('.', '-').replace('_', '-')}={text}" for name, text in settings.items()]


def environment(paths: Paths) -> dict[str, str]:
    """Ours, plus the home (found by us, so that both agree) and the way to our code when not installed."""
    variables = {**os.environ, "MEMORYD_HOME": str(paths.home)}
    code = str(Path(__file__).resolve().parents[3])
    if not code.endswith(("site-packages", "dist-packages")):
        inherited = variables.get("PYTHONPATH", "").split(os.pathsep)
        # an empty or relative part means the folder where we happen to stand, which may be anybody's
        variables["PYTHONPATH"] = os.pathsep.join((code, *filter(os.path.isabs, inherited)))
    return variables


def log_tail(log: Path, lines: int, start: int = 0) -> list[str]:
    """The last ``lines`` lines of the log from byte ``start`` on, at most 64 KiB of it."""
    try:
        with open(log, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(start, size - 65_536))
            return file.read().decode(errors="replace").splitlines()[-lines:]
    except OSError:
        return []


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
