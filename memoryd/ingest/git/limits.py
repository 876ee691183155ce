"""What one git may take: memory in all, and processor time between two signs of life.

Both are held by the kernel, so that they hold for a git whose starter was killed, too. They are set on the process once
it runs: nothing of ours is executed between fork and exec, which in a process with threads may hang. Where the
system has no such call (macOS) only the time of silence bounds git.
"""

from __future__ import annotations

import contextlib
import math
import os
import resource
import sys
import time

MOST_DATA_BYTES = 4 * 1024**3
_RENEWED_EVERY_S = 1.0


def data_limit_bytes() -> int:
    """Of memory that git may write to. What it maps of packs does not count."""
    return min(MOST_DATA_BYTES, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2)


class Leash:
    """The limits of the running process ``pid``. ``silent_cpu_s``: processor time without output."""

    def __init__(self, pid: int, silent_cpu_s: int) -> None:
        self._pid, self._silent_cpu_s = pid, silent_cpu_s
        self._renewed_s = time.monotonic()
        if sys.platform == "linux":
            self._set(resource.RLIMIT_CORE, 0)
            self._set(resource.RLIMIT_DATA, data_limit_bytes())
            self._set(resource.RLIMIT_CPU, silent_cpu_s)

    def renew(self) -> None:
        """It gave a sign of life: its time begins anew."""
        now_s = time.monotonic()
        if sys.platform == "linux" and now_s - self._renewed_s > _RENEWED_EVERY_S:
            self._renewed_s = now_s
            self._set(resource.RLIMIT_CPU, math.ceil(_used_cpu_s(self._pid)) + self._silent_cpu_s)

    def _set(self, what: int, amount: int) -> None:
        """The soft limit: only that can be raised again, and a lower hard one set from outside stands."""
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # it has ended
                _soft, hard = resource.prlimit(self._pid, what)
                allowed = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
                resource.prlimit(self._pid, what, (allowed, hard))


def _used_cpu_s(pid: int) -> float:
    """0 where it has ended."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return 0.0
    user, system = int(fields[11]), int(fields[12])
    return (user + system) / os.sysconf("SC_CLK_TCK")
