"""A child process that answers in JSON lines: started on demand, ended when idle, never outliving the daemon."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from memoryd.server.protocol import LineTooLong, read_line

log = logging.getLogger(__name__)

LINE_BYTES = 16 * 1024 * 1024
STOP_S = 1.0
NICENESS = 5  # reads go before indexing when the machine is full


class Child:
    """One running ``python -m <module> <our pid> <descriptors>``. Its stderr goes to ``log_file``.

    It leads a process group of its own: what it has started (a git, which the kernel tells nothing of the end of its
    parent) ends with it.
    """

    def __init__(self, module: str, process: asyncio.subprocess.Process) -> None:
        self.module = module
        self._process = process
        self.is_told_to_end = False  # by us, and not for what it does

    @classmethod
    async def start(
        cls, module: str, environment: Mapping[str, str], log_file: Path, share: Sequence[int] = ()
    ) -> Child:
        """``share``: descriptors that it gets as well. Raises OSError when no process can be started."""
        with open(log_file, "ab") as errors:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", module, str(os.getpid()), *map(str, share), pass_fds=tuple(share),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors,
                env=dict(environment), cwd="/", limit=LINE_BYTES, process_group=0,
            )  # fmt: skip
        with contextlib.suppress(OSError):  # it ended already: its reader will see
            os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        log.info("started %s, pid %d", module, process.pid)
        return cls(module, process)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self.exit_code is None

    async def send(self, line: bytes) -> None:
        """Raises ConnectionError when the child is gone."""
        assert self._process.stdin is not None
        self._process.stdin.write(line)
        await self._process.stdin.drain()

    async def read_line(self) -> bytes:
        """The next line; ``b""`` when the child has ended its output."""
        assert self._process.stdout is not None
        try:
            return await read_line(self._process.stdout)
        except (LineTooLong, ConnectionError):
            return b""

    @property
    def exit_code(self) -> int | None:
        """None while it runs; less than 0: minus the signal that ended it."""
        return self._process.returncode

    async def ended(self) -> str:
        """Wait for the end; how it ended, in words."""
        code = await self._process.wait()
        self._end_group()
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    async def stop(self) -> None:
        """End it: stdin's EOF first, then SIGTERM, then SIGKILL within STOP_S. Does nothing when it is gone."""
        self.is_told_to_end = True
        if not self.running:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        for end in (None, signal.SIGTERM, signal.SIGKILL):
            if end:
                self._signal(end)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_S / 3):
                    await self._process.wait()
                    break
        self._end_group()
        log.info("ended %s, pid %d", self.module, self.pid)

    def kill(self) -> None:
        """At once, without waiting for its end."""
        if self.running:
            self._end_group()

    def _end_group(self) -> None:
        """Its number is not given anew as long as anything of the group runs."""
        with contextlib.suppress(OSError):
            os.killpg(self.pid, signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        """By its pid: ``Process.kill`` first asks the kernel whether it has ended, and so takes the exit status away
        from asyncio's watcher, which then reports 255."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def kill_children() -> None:
    """Whatever this process started and still runs (a git that does not answer) ends now, and what those of them have
    started that lead a group. Linux only."""
    for listing in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # that thread has just ended
            for pid in listing.read_text().split():
                with contextlib.suppress(ProcessLookupError):
                    leads = os.getpgid(int(pid)) == int(pid) != os.getpgrp()
                    end = os.killpg if leads else os.kill
                    end(int(pid), signal.SIGKILL)
