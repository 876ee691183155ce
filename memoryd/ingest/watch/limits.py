"""Why the kernel refuses file events, told apart by the call and its errno, and what a person does about it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from memoryd.errors import MemorydError

_INOTIFY = Path("/proc/sys/fs/inotify")
_ANEW = "then `memoryd daemon stop`: the next command starts it anew"


class EventsRefused(MemorydError):
    """The kernel gives no file events, or none of one more folder."""


def no_instance(error: OSError) -> EventsRefused:
    """inotify_init failed. EMFILE has two origins: the user's inotify instances, the descriptors of this process."""
    if error.errno == errno.EMFILE and not _has_free_descriptors():
        return EventsRefused(
            "this process's limit of open files is reached",
            next_step=f"raise `ulimit -n` where the daemon is started, {_ANEW}",
        )
    if error.errno == errno.EMFILE:
        return _limit("instances", "max_user_instances", at_least=1024)
    return _other(error)


def no_watch(error: OSError) -> EventsRefused:
    """inotify_add_watch failed."""
    if error.errno == errno.ENOSPC:
        return _limit("watches", "max_user_watches", at_least=1_048_576)
    return _other(error)


def _limit(what: str, name: str, at_least: int) -> EventsRefused:
    try:
        wanted = max(at_least, 2 * int((_INOTIFY / name).read_text()))
    except (OSError, ValueError):  # not shown in this container
        wanted = at_least
    return EventsRefused(
        f"the user's limit of inotify {what} is reached (fs.inotify.{name})",
        next_step=f"sudo sysctl fs.inotify.{name}={wanted}, {_ANEW}",
    )


def _other(error: OSError) -> EventsRefused:
    if error.errno == errno.ENFILE:
        return EventsRefused(
            "the system's limit of open files is reached (fs.file-max)",
            next_step=f"end what holds them, or raise it with `sudo sysctl fs.file-max=…`, {_ANEW}",
        )
    return EventsRefused(
        f"the kernel refuses file events: {error.strerror or error}", next_step="see daemon.log"
    )


def _has_free_descriptors() -> bool:
    """Two, as many as a watcher needs beside inotify's own."""
    try:
        ends = os.pipe()
    except OSError:
        return False
    for end in ends:
        os.close(end)
    return True
