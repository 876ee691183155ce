"""How much memory this process holds, and giving back what it does not need."""

from __future__ import annotations

import contextlib
import ctypes
import resource
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # malloc.h
_LARGE_BYTES = 8 * 1024 * 1024  # seven signals of 150k chunks


def rss_mb(pid: int = 0) -> int:
    """Resident memory in MiB, of this process or (0 where it cannot be had) of another one of ours."""
    try:
        with open(f"/proc/{pid or 'self'}/statm", "rb") as file:
            return int(file.read().split()[1]) * resource.getpagesize() // 2**20
    except OSError:  # not Linux: the peak has to do, in bytes there
        return 0 if pid else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**20


def trim() -> None:
    """Return freed memory to the system; the C library keeps it otherwise."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):  # another C library than glibc
            ctypes.CDLL(None).malloc_trim(0)


def keep_small() -> None:
    """Give large freed blocks back at once, and share one arena between threads.

    glibc raises its thresholds with the largest block freed, which keeps what only loading needs. But the arrays of
    one question must stay below them, else each of its pages comes from the system anew: at 150k chunks a threshold
    of 128 kB made questions five times as dear.
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):
            libc = ctypes.CDLL(None)
            for option, value in (
                (_M_MMAP_THRESHOLD, _LARGE_BYTES),
                (_M_TRIM_THRESHOLD, _LARGE_BYTES),
                (_M_ARENA_MAX, 1),
            ):
                libc.mallopt(option, value)
