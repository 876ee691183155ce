"""Small facts of life as a child process on Linux and macOS."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_NO_NEW_PRIVS = 38


def die_with_parent(expected_parent: int) -> None:
    """Ask the kernel for SIGKILL when the parent dies (Linux); elsewhere stdin's EOF has to do.

    ``expected_parent``: the parent's pid as the parent gave it, so that a parent that died first is seen. Ctrl-C
    in a terminal reaches all processes of a foreground daemon: it is the daemon's to obey, and we end with it.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if expected_parent and os.getppid() != expected_parent:
        raise SystemExit(0)


def limit_memory(data_bytes: int) -> None:
    """Cap the private memory of this process; an allocation beyond it fails instead of eating the machine."""
    import resource

    with contextlib.suppress(ValueError, OSError):  # a lower hard limit set from outside stands
        resource.setrlimit(resource.RLIMIT_DATA, (data_bytes, data_bytes))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
