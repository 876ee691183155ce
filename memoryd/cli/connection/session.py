"""A command's way to the daemon: connect, start it when need be, replace one of an older release."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from argparse import Namespace
from typing import Any

import memoryd
from memoryd.cli.connection import project
from memoryd.cli.connection.client import DaemonConnection, OnNotice, OtherVersion, RemoteError, try_connect
from memoryd.cli.connection.wire import ConnectionLost, Message
from memoryd.cli.terminal.output import note
from memoryd.errors import NEW_PASSPHRASE, PASSPHRASE, TOO_MANY_CLIENTS, MemorydError
from memoryd.paths import Paths, default_paths

STOP_LIMIT_S = 10.0
ENDINGS_BORNE = 3  # of daemons in a row that took the connection and ended before their hello
AGAIN_S = 0.2
ASKED_FOR = (PASSPHRASE, NEW_PASSPHRASE)

_TEXTS = ("query", "topic", "task", "text")  # given as words, sent as one text


class Session:
    """Opened on the first question. ``settings``: ``section.key`` → text, for a daemon that this one starts."""

    def __init__(self, paths: Paths | None = None, settings: dict[str, str] | None = None) -> None:
        self.paths = paths or default_paths()
        self._settings = settings or {}
        self._daemon: DaemonConnection | None = None
        self._restarted = False
        self._endings = 0

    @property
    def daemon(self) -> DaemonConnection:
        """The connection; a daemon is started when none listens. Raises StartFailed."""
        if self._daemon is None:
            sock = try_connect(self.paths)
            if sock is None:
                from memoryd.cli.connection import autostart

                sock = autostart.connect(self.paths, self._settings, announce=_announce)
            elif self._settings:
                note(
                    "the daemon runs already: its settings stay (`memoryd daemon stop` first to change them)"
                )
            self._daemon = DaemonConnection(sock, on_version=self._judge_version)
        return self._daemon

    def ask(self, method: str, params: Message, on_notice: OnNotice | None = None) -> Message:
        """See Daemon.ask. An older release's daemon is stopped politely and ours asked instead, as is the next one
        where a daemon was ending when it took the connection; a person is asked for what the daemon says that the
        call needs of one."""
        daemon = self.daemon
        try:
            return daemon.ask(method, params, on_notice)
        except ConnectionLost:
            if daemon.greeted or self._endings == ENDINGS_BORNE:
                raise
            self._endings += 1
            self.close()
            time.sleep(AGAIN_S)
            return self.ask(method, params, on_notice)
        except RemoteError as error:
            if error.name not in ASKED_FOR:
                raise
            from memoryd.cli.connection import typed

            return typed.answered(error, lambda given: self.daemon.ask(method, params, on_notice, given))
        except OtherVersion as other:
            note(f"the daemon is memoryd {other.version}; starting {memoryd.__version__} in its place")
            self._restarted = True
            self.close()
            stop(self.paths)
            return self.ask(method, params, on_notice)

    def close(self) -> None:
        if self._daemon:
            self._daemon.close()
            self._daemon = None

    def _judge_version(self, version: str) -> None:
        """A newer daemon speaks our protocol as well; an older one makes way, once."""
        if _release(version) < _release(memoryd.__version__) and not self._restarted:
            raise OtherVersion(version)
        if version != memoryd.__version__:
            note(f"the daemon is memoryd {version}, this command is {memoryd.__version__}")


def common_params(args: Namespace, as_json: bool | None = None) -> dict[str, Any]:
    """What every question carries: its project, and text or JSON (by ``--json`` unless said)."""
    wants_json = args._json if as_json is None else as_json
    return {"project": project.folder(args._project), "format": "json" if wants_json else "text"}


def stop(paths: Paths) -> int:
    """Ask the daemon to end and wait for it. Returns its pid, 0 when none listened. Raises MemorydError."""
    sock = try_connect(paths)
    if sock is None:
        return 0
    daemon = DaemonConnection(sock)
    try:
        pid: int = daemon.ask("daemon_stop", {"format": "json"}).get("json", {}).get("pid", 0)
    except ConnectionLost:
        pid = 0  # it ended before its answer was out
    except RemoteError as refused:
        if refused.name != TOO_MANY_CLIENTS:
            raise
        pid = _signalled(sock, refused)
    finally:
        daemon.close()
    deadline_s = time.monotonic() + STOP_LIMIT_S
    while (sock := try_connect(paths)) is not None:
        sock.close()
        if time.monotonic() > deadline_s:
            raise MemorydError(
                f"the daemon was told to stop but still answers after {STOP_LIMIT_S:g} s",
                where=f"pid {pid}",
                next_step="see `memoryd daemon logs`",
            )
        time.sleep(0.02)
    return pid


def _signalled(sock: socket.socket, refused: RemoteError) -> int:
    """The pid of the daemon, which is told to end by a signal: it has no place left for a command."""
    from memoryd.server.callers.process import caller_of

    peer = caller_of(sock)
    if peer is None:
        raise refused
    os.kill(peer.pid, signal.SIGTERM)
    return peer.pid


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _announce(text: str) -> None:
    if sys.stderr.isatty():
        note(text)


def params(args: Namespace, as_json: bool | None = None) -> dict[str, Any]:
    """What the daemon gets: the common parameters and every argument that was given."""
    given = {name: value for name, value in vars(args).items() if not name.startswith("_")}
    for name in _TEXTS:
        if isinstance(given.get(name), list) and given[name]:
            given[name] = " ".join(given[name])
    own = {name: value for name, value in given.items() if _is_given(value)}
    return {**own, **common_params(args, as_json)}


def _is_given(value: Any) -> bool:
    """``-k 0`` and ``--rev ''`` were given: the daemon says what is wrong with them."""
    return value is not None and value is not False and value != []
