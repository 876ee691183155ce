"""Processes as the kernel tells of them: who started which, at which terminal. Nothing here is what one says of itself
over the socket."""

from __future__ import annotations

import contextlib
import os
import stat
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from socket import SOL_SOCKET, socket
from typing import Protocol

from msgspec import Struct

PROC = Path("/proc")
READ_BYTES = 1 << 18
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH
_SOL_LOCAL, _LOCAL_PEERPID = 0, 2  # macOS, <sys/un.h>
_PS = ("/bin/ps", "-axo", "pid=,ppid=,pgid=,tpgid=,uid=,tty=,comm=")
_PS_LIMIT_S = 5.0


class PeerProcess(Struct, frozen=True):
    """The process at the other end of a connection when it connected. ``started``: when it began, in the kernel's own
    count, so that a later process of that number is not taken for it; 0 where that is not told."""

    pid: int
    uid: int
    started: int = 0


class SystemProcess(Struct, frozen=True):
    """``terminal``: number or name of its controlling terminal, ``""`` for none. ``program``: the name of its
    executable, by the file where that can be read (``is_installed``: the file is root's, and nobody else's to write),
    else what it calls itself. ``names``: what else it goes by. ``reads_terminal``: its input and
    output are its terminal."""

    pid: int
    parent: int
    uid: int = -1
    group: int = 0
    foreground: int = 0
    terminal: str = ""
    started: int = 0
    program: str = ""
    is_installed: bool = False
    can_be_read: bool = True
    names: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    variables: frozenset[str] = frozenset()
    reads_terminal: bool = True


class Processes(Protocol):
    """All processes of the machine, looked at when asked for."""

    def get(self, pid: int) -> SystemProcess | None:
        """None where there is none, or it may not be seen."""

    def at_terminal(self, terminal: str) -> Iterator[SystemProcess]:
        """Those whose controlling terminal it is."""

    def is_console(self, terminal: str) -> bool:
        """A screen or a line of the machine itself: no program is at its other end."""


def caller_of(sock: socket) -> PeerProcess | None:
    """Who connected, as the kernel says. None where it does not."""
    try:
        if sys.platform == "darwin":
            pid = sock.getsockopt(_SOL_LOCAL, _LOCAL_PEERPID)
            return PeerProcess(pid, os.getuid())  # the socket's folder is ours alone
        from socket import SO_PEERCRED

        pid, uid, _ = struct.unpack("3i", sock.getsockopt(SOL_SOCKET, SO_PEERCRED, struct.calcsize("3i")))
    except (ImportError, OSError):
        return None
    fields = _stat_of(pid)
    return PeerProcess(pid, uid, int(fields[19]) if fields else 0)


def processes() -> Processes:
    """Of /proc, else of ``ps``, which tells less."""
    return ProcFs() if PROC.joinpath("self/stat").exists() else PsTable.read()


class ProcFs:
    """As Linux tells them: proc(5)."""

    def get(self, pid: int) -> SystemProcess | None:
        fields = _stat_of(pid)
        if pid <= 0 or fields is None:
            return None
        folder, terminal = PROC / str(pid), int(fields[4])
        command = tuple(_split(_bytes(folder / "cmdline")))
        program, is_installed = _program(folder)
        called = _bytes(folder / "comm").decode("utf-8", "replace").strip()
        return SystemProcess(
            pid=pid,
            parent=int(fields[1]),
            uid=_uid(folder),
            group=int(fields[2]),
            foreground=int(fields[5]),
            terminal=str(terminal) if terminal else "",
            started=int(fields[19]),
            program=program or called,
            is_installed=is_installed,
            can_be_read=bool(program),
            names=(called,),
            command=command,
            variables=frozenset(each.partition("=")[0] for each in _split(_bytes(folder / "environ"))),
            reads_terminal=all(_is_terminal(folder / "fd" / fd, terminal) for fd in "01"),
        )

    def at_terminal(self, terminal: str) -> Iterator[SystemProcess]:
        for name in os.listdir(PROC):
            fields = _stat_of(int(name)) if name.isdecimal() else None
            if fields and fields[4] == terminal and (found := self.get(int(name))):
                yield found

    def is_console(self, terminal: str) -> bool:
        """Virtual consoles and serial lines (major 4), the hypervisor's (229, 204)."""
        return _major(int(terminal)) in (4, 204, 229)


class PsTable:
    """As ``ps`` tells them, where there is no /proc: neither environments nor what is open."""

    def __init__(self, text: str) -> None:
        self._all: dict[int, SystemProcess] = {}
        for line in text.splitlines():
            fields = line.split(None, 6)
            if len(fields) < 7:
                continue
            pid, parent, group, foreground, uid, terminal, command = fields
            name = os.path.basename(command).lstrip("-")
            self._all[int(pid)] = SystemProcess(
                pid=int(pid), parent=int(parent), uid=int(uid), group=int(group), foreground=int(foreground),
                terminal="" if terminal in ("?", "??", "-") else terminal, program=name, names=(name,),
                is_installed=_is_roots(command), command=(command,),
            )  # fmt: skip

    @classmethod
    def read(cls) -> PsTable:
        """Empty, so that nobody is taken for a person, where ``ps`` fails."""
        try:
            said = subprocess.run(
                _PS, capture_output=True, timeout=_PS_LIMIT_S, stdin=subprocess.DEVNULL, env={}, check=True
            )
        except (OSError, subprocess.SubprocessError):
            return cls("")
        return cls(said.stdout.decode("utf-8", "replace"))

    def get(self, pid: int) -> SystemProcess | None:
        return self._all.get(pid)

    def at_terminal(self, terminal: str) -> Iterator[SystemProcess]:
        return (process for process in self._all.values() if process.terminal == terminal)

    def is_console(self, terminal: str) -> bool:
        return terminal in ("console", "co")


def _stat_of(pid: int) -> list[str] | None:
    """The fields after the name, which may hold anything: state, parent, group, session, terminal, foreground group …
    (19: start)."""
    fields = _bytes(PROC / str(pid) / "stat").decode("utf-8", "replace").rpartition(")")[2].split()
    return fields if len(fields) > 19 else None


def _uid(folder: Path) -> int:
    """The real user: of a process that hides itself the folder is root's."""
    for line in _bytes(folder / "status").splitlines():
        if line.startswith(b"Uid:"):
            return int(line.split()[1])
    return -1


def _program(folder: Path) -> tuple[str, bool]:
    """Name of the executable, and whether only root could have put it there; ``""`` where it may not be seen."""
    with contextlib.suppress(OSError):
        path = os.readlink(folder / "exe")
        return os.path.basename(path.removesuffix(" (deleted)")), _is_roots(path)
    return "", False


def _is_roots(path: str) -> bool:
    try:
        status = os.stat(path)
    except OSError:
        return False
    return status.st_uid == 0 and not status.st_mode & _OTHERS_MAY_WRITE


def _is_terminal(descriptor: Path, terminal: int) -> bool:
    """It is open on that terminal, or on /dev/tty, which stands for it."""
    try:
        device = os.stat(descriptor).st_rdev
    except OSError:
        return False
    return (os.major(device), os.minor(device)) in ((5, 0), (_major(terminal), _minor(terminal)))


def _major(terminal: int) -> int:
    return terminal >> 8 & 0xFFF


def _minor(terminal: int) -> int:
    return terminal & 0xFF | terminal >> 12 & 0xFFF00


def _split(data: bytes) -> Iterator[str]:
    return (part.decode("utf-8", "replace") for part in data.split(b"\0") if part)


def _bytes(path: Path) -> bytes:
    """The beginning of the file, empty where it cannot be read."""
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(READ_BYTES)
    except OSError:
        return b""
