"""``memoryd daemon start|stop|status|logs``."""

from __future__ import annotations

import os
import sys
import time
from argparse import Namespace
from typing import Any

from memoryd.cli.arguments.parser import flags
from memoryd.cli.connection import session
from memoryd.cli.connection.client import try_connect
from memoryd.cli.connection.session import Session
from memoryd.cli.terminal.output import print_json, print_text
from memoryd.errors import UsageError
from memoryd.paths import Paths, default_paths

FOLLOW_POLL_S = 0.25
NOT_RUNNING = 1


def run(args: Namespace) -> int:
    actions = {"start": _start, "stop": _stop, "status": _status, "logs": _logs}
    return actions[args._action](args, default_paths())


def _start(args: Namespace, paths: Paths) -> int:
    if args._foreground:
        return _foreground(args, paths)
    own = Session(paths, flags(args))
    status = own.ask("daemon_status", {"format": "json"}).get("json") or {}
    return _show(args, status, f"the daemon runs (pid {status.get('pid')}), socket {paths.socket}")


def _foreground(args: Namespace, paths: Paths) -> int:
    """Become the daemon; its log goes to daemon.log as ever, a failed start to this terminal."""
    from memoryd.cli.connection import autostart

    if sock := try_connect(paths):
        sock.close()
        raise UsageError(
            "a daemon runs already", where=str(paths.socket), next_step="`memoryd daemon stop` first"
        )
    command = [sys.executable, "-P", "-m", "memoryd.daemon", *autostart.daemon_flags(flags(args))]
    os.execve(sys.executable, command, autostart.environment(paths))


def _stop(args: Namespace, paths: Paths) -> int:
    pid = session.stop(paths)
    return _show(
        args, {"stopped": bool(pid), "pid": pid}, f"stopped (pid {pid})" if pid else "no daemon was running"
    )


def _status(args: Namespace, paths: Paths) -> int:
    """Never starts one. Exit code 1 when none runs."""
    sock = try_connect(paths)
    if sock is None:
        _show(args, {"running": False, "home": str(paths.home)}, f"no daemon runs for {paths.home}")
        return NOT_RUNNING
    sock.close()
    status = {"running": True, **(Session(paths).ask("daemon_status", {"format": "json"}).get("json") or {})}
    return _show(args, status, describe(status))


def describe(status: dict[str, Any]) -> str:
    """The daemon's own state, a name and a value a line."""
    width = max(len(name) for name in status)
    return "\n".join(f"{name:<{width}}  {_plain(value)}" for name, value in status.items())


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(item)}" for name, item in value.items()) or "none"
    return "none" if value in (None, "") else str(value)


def _logs(args: Namespace, paths: Paths) -> int:
    from memoryd.cli.connection.autostart import log_tail

    if not paths.log.exists():
        raise UsageError("there is no log yet", where=str(paths.log), next_step="memoryd daemon start")
    position = paths.log.stat().st_size
    lines = log_tail(paths.log, max(args._lines, 0) or 1)
    if args._json:
        print_json({"file": str(paths.log), "lines": lines})
        return 0
    print_text("\n".join(lines))
    while args._follow:
        sys.stdout.flush()
        time.sleep(FOLLOW_POLL_S)
        position = _print_from(paths, position)
    return 0


def _print_from(paths: Paths, position: int) -> int:
    """Print what was added after byte ``position``; a rotated log is read from its start."""
    with open(paths.log, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(position if position <= size else 0)
        added = file.read()
        end = file.tell()
    if added:
        print_text(added.decode(errors="replace"))
    return end


def _show(args: Namespace, value: dict[str, Any], text: str) -> int:
    if args._json:
        print_json(value)
    else:
        print_text(text)
    return 0
