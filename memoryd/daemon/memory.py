"""How much memory this process holds, and giving back what it does not need."""

from __future__ import annotations

import contextlib
import ctypes
import resource
import sys


def rss_mb() -> int:
    """Resident memory in MiB."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * resource.getpagesize() // 2**20
    except OSError:  # not Linux: the peak has to do, in bytes there
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 2**20


def trim() -> None:
    """Return freed memory to the system; the C library keeps it otherwise."""
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError, OSError):  # another C library than glibc
            ctypes.CDLL(None).malloc_trim(0)
