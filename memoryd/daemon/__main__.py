"""``python -m memoryd.daemon [--section-key VALUE …]``: become the user's daemon, or leave it to the one that is.

Exit codes: 0 ended in order, or another daemon lives; 2 wrong configuration; 3 failure. Clients can connect
some milliseconds after the start: the socket listens before anything heavy is imported.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import sys

from memoryd.daemon.processes.lock import acquire
from memoryd.daemon.processes.process_memory import keep_small
from memoryd.errors import MemorydError, UsageError
from memoryd.paths import default_paths

MANY_FILES = 65_536


def main(arguments: list[str]) -> int:
    os.umask(0o077)
    keep_small()
    _allow_many_files()
    gc.disable()  # until everything is imported: it would look at modules again and again, a fifth of the start
    try:
        paths = default_paths()
        paths.prepare()
        lock = acquire(paths)
        if lock is None:
            return 0
        from memoryd import config
        from memoryd.server.listen import listen

        loaded = config.load(paths, flags=flags_of(arguments))
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # until the daemon ends in order by itself
        listener = listen(paths.socket)
        from memoryd.daemon.daemon import run

        return run(paths, loaded, lock, listener)
    except MemorydError as error:
        print(f"memoryd daemon: {error}", file=sys.stderr)
        return error.exit_code


def _allow_many_files() -> None:
    """Up to the hard limit, since each client and each open store takes a descriptor or more; shells give 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, MANY_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):  # a system with a lower limit of its own
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def flags_of(arguments: list[str]) -> dict[str, str]:
    """``--section-key=value`` (or two arguments) as ``section.key`` → value, which may hold anything."""
    from memoryd.config import settings

    names = {setting.flag: setting.name for setting in settings()}
    found: dict[str, str] = {}
    rest = iter(arguments)
    for argument in rest:
        flag, equals, text = argument.partition("=")
        value = text if equals else next(rest, None)
        if flag not in names or value is None:
            raise UsageError(
                f"unknown flag or missing value: {flag}",
                where="memoryd daemon",
                next_step="see config.example.toml for all flags",
            )
        found[names[flag]] = value
    return found


if __name__ == "__main__":
    sys.stdout.flush()
    status = main(sys.argv[1:])
    sys.stderr.flush()
    # A thread in the middle of a query cannot be stopped, and nothing of ours waits for the interpreter's end.
    os._exit(status)
