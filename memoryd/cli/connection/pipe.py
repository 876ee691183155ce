"""``memoryd mcp``: a pump between an MCP client's stdio and the daemon's socket.

After one hello line, lines go through unchanged, with bounded buffers both ways. It outlives the daemon: what the
client said to open its session, and what was not answered yet, is said to the next one again (see dialogue.py).
Clients leak such processes, so a copy is cheap and ends by itself: at the end of stdin once pending replies
are delivered (exit 0), when its parent dies or on SIGTERM (exit 0), when no daemon can be had (exit 3).
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable

from memoryd.cli.connection.dialogue import Dialogue, LineSplitter
from memoryd.errors import MemorydError

BUFFER_BYTES = 1 << 20  # held per direction while the other side is slow
READ_BYTES = 1 << 16
WRITE_BYTES = 4096  # PIPE_BUF: a blocking pipe that polls writable takes this much without waiting
PARENT_POLL_MS = 2000  # where pidfd_open is missing
DEATHS_ALLOWED = 4  # of daemons in a row that ended before they said anything
AGAIN_S = 0.3
DRAIN_LIMIT_MS = 30_000  # of silence after stdin's end, for replies still to come


class DaemonGone(MemorydError):
    """The daemon ended while the client was still there."""


class Parent:
    """Tells when the process that launched us has died, through a descriptor where the system has one.

    PR_SET_PDEATHSIG would be wrong here: it fires when the launching *thread* ends, and editors launch
    from pool threads.
    """

    def __init__(self) -> None:
        self._pid = os.getppid()
        self.descriptor = -1
        if hasattr(os, "pidfd_open"):
            with contextlib.suppress(OSError):  # old kernel or sandbox: getppid is polled instead
                self.descriptor = os.pidfd_open(self._pid)

    @property
    def gone(self) -> bool:
        return os.getppid() != self._pid


class Pump:
    """Moves lines until one side ends. ``connect``: a socket to the daemon, started if need be.

    ``run`` returns when all is delivered. A daemon that ends is connected to again as soon as the client wants
    something of it; raises DaemonGone when that fails, and what ``connect`` raises.
    """

    def __init__(
        self, connect: Callable[[], socket.socket], hello: bytes, stdin: int = 0, stdout: int = 1
    ) -> None:
        self._connect, self._hello, self._stdin, self._stdout = connect, hello, stdin, stdout
        self._from_client, self._from_daemon = LineSplitter(), LineSplitter()
        self._to_client = bytearray()
        self._dialogue = Dialogue()
        self._stdin_open = True
        self._deaths = 0  # in a row, of daemons that said nothing
        self._parent = Parent()
        self._open(hello)

    def _open(self, first: bytes) -> None:
        self._daemon = self._connect()
        self._daemon.setblocking(False)
        self._to_daemon = bytearray(first)
        self._daemon_open, self._half_closed = True, False

    def run(self) -> None:
        while self._daemon_open or self._to_client or self._stdin_open:
            if not self._daemon_open and self._stdin_open and self._dialogue.is_waited_for:
                self._reopen()
            if not self._step():
                return

    def close(self) -> None:
        self._daemon.close()

    def _reopen(self) -> None:
        """Connect to the daemon that comes after the one that ended, and say again what the client had said."""
        self._deaths += 1
        if self._deaths > DEATHS_ALLOWED:
            raise DaemonGone(
                "the daemon closed the connection",
                next_step="see why in `memoryd daemon logs`; the client can start `memoryd mcp` again",
            )
        self._daemon.close()
        time.sleep(AGAIN_S * (self._deaths - 1))
        self._from_daemon.drop()
        self._open(self._hello + self._dialogue.again())

    def _step(self) -> bool:
        """One round of waiting and moving; False when nobody needs us any more."""
        if not self._stdin_open:
            timeout_ms: int | None = DRAIN_LIMIT_MS
        else:
            timeout_ms = None if self._parent.descriptor >= 0 else PARENT_POLL_MS
        events = dict(self._interest().poll(timeout_ms))
        if self._parent.gone or (not events and not self._stdin_open):
            return False
        self._move(events)
        return True

    def _interest(self) -> select.poll:
        poller = select.poll()
        daemon_events = 0
        if self._daemon_open:
            if len(self._to_client) < BUFFER_BYTES:
                daemon_events |= select.POLLIN
            if self._to_daemon:
                daemon_events |= select.POLLOUT
        if daemon_events:  # never with 0: a hang-up is reported even so, and would spin
            poller.register(self._daemon, daemon_events)
        if self._stdin_open and len(self._to_daemon) < BUFFER_BYTES:
            poller.register(self._stdin, select.POLLIN)
        if self._to_client:
            poller.register(self._stdout, select.POLLOUT)
        if self._parent.descriptor >= 0:
            poller.register(self._parent.descriptor, select.POLLIN)
        return poller

    def _move(self, events: dict[int, int]) -> None:
        if self._stdin in events:
            self._read_client()
        happened = events.get(self._daemon.fileno(), 0)
        if happened & (select.POLLOUT | select.POLLERR):
            self._write_daemon()
        if happened & ~select.POLLOUT:
            self._read_daemon()
        if self._stdout in events:
            self._write_client()
        if not self._stdin_open and not self._to_daemon and not self._half_closed and self._daemon_open:
            self._half_close()

    def _read_client(self) -> None:
        try:
            data = os.read(self._stdin, READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""  # stdin was never open
        for piece, is_line in self._from_client.pieces(data):
            if is_line:
                self._dialogue.asked(piece)
            if self._daemon_open:
                self._to_daemon += piece
        self._stdin_open = bool(data)

    def _write_daemon(self) -> None:
        try:
            sent = self._daemon.send(bytes(self._to_daemon[:READ_BYTES]))
        except BlockingIOError:
            return
        except OSError:
            sent = len(self._to_daemon)  # it is going; what it had answered is still read to the end
        del self._to_daemon[:sent]

    def _read_daemon(self) -> None:
        try:
            data = self._daemon.recv(READ_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        for piece, is_line in self._from_daemon.pieces(data):
            if not is_line or self._dialogue.answered(piece):
                self._to_client += piece
                self._deaths = 0
        self._daemon_open = bool(data)

    def _write_client(self) -> None:
        with contextlib.suppress(BlockingIOError):
            del self._to_client[: os.write(self._stdout, self._to_client[:WRITE_BYTES])]

    def _half_close(self) -> None:
        self._half_closed = True
        with contextlib.suppress(OSError):  # it closed at the same moment
            self._daemon.shutdown(socket.SHUT_WR)


def pump(connect: Callable[[], socket.socket], hello: bytes) -> int:
    """Run until the client ends, or the daemon for good. Returns the exit code; raises DaemonGone."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    pump = Pump(connect, hello)
    try:
        pump.run()
    except BrokenPipeError:
        return 0  # the client closed our stdout: it has left
    finally:
        pump.close()
    return 0


def _leave(_signal: int, _frame: object) -> None:
    sys.stderr.flush()
    os._exit(0)
