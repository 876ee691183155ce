"""A running vector worker: its pipes without ever blocking a caller."""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec

from memoryd.store.vectors.wire import Frames, Message, Reply, decode_reply, frame

STOP_S = 2.0
_READ_BYTES = 1 << 16


class WorkerProcess:
    """Started by the constructor, which must run in the thread that calls ``turn`` and outlives the child: the
    kernel kills the child when that thread ends."""

    def __init__(self, arguments: Sequence[str], log_file: Path | None) -> None:
        with open(log_file or os.devnull, "ab") as errors:
            self._popen = subprocess.Popen(
                [sys.executable, "-P", "-m", "memoryd.store.vectors.worker", *arguments, "--parent", str(os.getpid())],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, bufsize=0,
                env={**os.environ, "ANONYMIZED_TELEMETRY": "False"}, cwd="/",
            )  # fmt: skip
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._to, self._from = self._popen.stdin.fileno(), self._popen.stdout.fileno()
        os.set_blocking(self._to, False)
        self._wake_out, self._wake_in = (
            os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if hasattr(os, "pipe2") else os.pipe()
        )
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._from, selectors.EVENT_READ)
        self._selector.register(self._wake_out, selectors.EVENT_READ)
        self._frames = Frames()
        self._lock = threading.Lock()
        self._unsent = bytearray()

    @property
    def pid(self) -> int:
        return self._popen.pid

    def send(self, message: Message) -> None:
        """Queue a message; from any thread."""
        with self._lock:
            self._unsent += frame(message)
        self.wake()

    def wake(self) -> None:
        """Make ``turn`` return early; from any thread."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake_in, b"!")

    def turn(self, timeout_s: float) -> list[Reply] | None:
        """Move bytes both ways for up to ``timeout_s`` or until something happens; None when the worker ended
        or talks nonsense."""
        self._want_write()
        replies: list[Reply] = []
        for key, _ in self._selector.select(timeout_s):
            if key.fd == self._wake_out:
                os.read(self._wake_out, 1024)
            elif key.fd == self._to:
                self._write()
            elif data := os.read(self._from, _READ_BYTES):
                try:
                    replies += map(decode_reply, self._frames.feed(data))
                except (ValueError, msgspec.MsgspecError):
                    self.kill()
                    return None
            else:
                return None
        return replies

    def end(self, *, kill: bool = False) -> int:
        """End it (stdin's EOF, then SIGKILL), and give its exit status; negative: the signal."""
        if kill:
            self.kill()
        self._selector.close()
        self._popen.stdin.close()  # type: ignore[union-attr]
        try:
            code = self._popen.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._popen.wait()
        self._popen.stdout.close()  # type: ignore[union-attr]
        with self._lock:
            os.close(self._wake_in)
            os.close(self._wake_out)
        return code

    def kill(self) -> None:
        """SIGKILL; harmless when it is gone."""
        with contextlib.suppress(ProcessLookupError):
            self._popen.kill()

    def _want_write(self) -> None:
        with self._lock:
            waiting = bool(self._unsent)
        registered = self._to in self._selector.get_map()
        if waiting and not registered:
            self._selector.register(self._to, selectors.EVENT_WRITE)
        elif registered and not waiting:
            self._selector.unregister(self._to)

    def _write(self) -> None:
        with self._lock:
            try:
                sent = os.write(self._to, self._unsent)
            except BlockingIOError:
                sent = 0
            except BrokenPipeError:
                sent = len(self._unsent)  # it is ending: stdout's EOF says so
            del self._unsent[:sent]
