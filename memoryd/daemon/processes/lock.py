"""Who lives: the process that holds the flock on daemon.lock. A pid file would prove nothing."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import time

from memoryd.errors import StoreError
from memoryd.paths import Paths

# A daemon that is ending lets go within two seconds, one that was killed when its last write to the disk returns, and
# one that is starting on a busy machine takes its time to listen.
HANDOVER_S = 12.0
_POLL_S = 0.02


class Lock:
    """The held lock. It goes with the process, whatever ends it."""

    def __init__(self, paths: Paths, descriptor: int) -> None:
        self._paths, self._descriptor = paths, descriptor

    def still_ours(self) -> bool:
        """False when the file was removed or replaced: another daemon could start beside this one."""
        try:
            return os.path.samestat(os.stat(self._paths.lock), os.fstat(self._descriptor))
        except OSError:
            return False


def acquire(paths: Paths) -> Lock | None:
    """The lock, or None when another daemon lives and answers.

    A daemon that holds the lock without answering is ending or starting: it is waited for, up to
    HANDOVER_S; then StoreError.
    """
    descriptor = os.open(paths.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    deadline_s = time.monotonic() + HANDOVER_S
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if _answers(paths):
                os.close(descriptor)
                return None
        else:
            lock = Lock(paths, descriptor)
            if lock.still_ours():
                _note_pid(descriptor)
                return lock
            os.close(descriptor)  # its holder removed the file while we waited: lock the new one
            return acquire(paths)
        if time.monotonic() > deadline_s:
            os.close(descriptor)
            raise StoreError(
                "another memoryd daemon holds the lock but does not answer",
                where=str(paths.lock),
                next_step="look at daemon.log beside it; end that process, then try again",
            )
        time.sleep(_POLL_S)


def _answers(paths: Paths) -> bool:
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(paths.socket))
        except OSError:
            return False
        return True


def _note_pid(descriptor: int) -> None:
    """For people who look; no program trusts it."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
