"""Processes at a terminal of their own, as a person's are, and as agents fake them."""

from __future__ import annotations

import array
import contextlib
import fcntl
import os
import select
import signal
import socket
import subprocess
import sys
import termios
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

FOLDER = str(Path(__file__).resolve().parent)
LIMIT_S = 60

_CONNECTS = """
import array, socket, sys
to_test = socket.socket(fileno=int(sys.argv[1]))
daemon = socket.socket(socket.AF_UNIX)
daemon.connect(sys.argv[2])
to_test.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [daemon.fileno()]))])
to_test.recv(1)
"""


def start(
    command: Sequence[str], *, cwd: Path | str, env: Mapping[str, str], keep: Sequence[int] = ()
) -> tuple[subprocess.Popen[bytes], int]:
    """The command with a new terminal that is its input, output and controlling terminal; and the other end of that."""
    parent, child = os.openpty()

    def take_terminal() -> None:
        os.setsid()
        # a suite that runs in the background ignores it, and the process would inherit that
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        command, cwd=cwd, env=env, stdin=child, stdout=child, stderr=child, pass_fds=keep,
        preexec_fn=take_terminal,
    )  # fmt: skip
    os.close(child)
    return process, parent


def said(
    process: subprocess.Popen[bytes], parent: int, answer: Callable[[bytes], str] = lambda _: ""
) -> tuple[int, str]:
    """Its exit code and all that it wrote; ``answer``: what is typed after what it has written."""
    written = b""
    with contextlib.suppress(OSError):  # how Linux tells that the terminal's other end is closed
        while select.select([parent], [], [], LIMIT_S)[0] and (chunk := os.read(parent, 65_536)):
            written += chunk
            if typed := answer(written):
                os.write(parent, f"{typed}\n".encode())
    os.close(parent)
    return process.wait(timeout=LIMIT_S), written.decode().replace("\r\n", "\n")


def connected(place: str) -> tuple[socket.socket, Callable[[], None]]:
    """A connection to ``place`` that a process at a terminal made, for the test to use; and what ends that process."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-c", _CONNECTS, str(theirs.fileno()), place]
    process, parent = start(command, cwd="/", env={}, keep=[theirs.fileno()])
    theirs.close()
    _, ancillary, _, _ = ours.recvmsg(1, socket.CMSG_SPACE(4))
    (descriptor,) = array.array("i", ancillary[0][2])

    def end() -> None:
        ours.close()
        process.wait(timeout=LIMIT_S)
        os.close(parent)

    return socket.socket(fileno=descriptor), end
