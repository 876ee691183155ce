"""The tuning process: one project in on stdin, progress out on stdout, the result into its file; then it ends.

It only reads the stores. It runs at the lowest priority, on one core, within bounds.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from contextlib import closing
from pathlib import Path

import msgspec
from msgspec import Struct

from memoryd.daemon.tuning.tuner import TunerLine
from memoryd.embedding.static import StaticEmbedder
from memoryd.embedding.tuned import Tuning, write
from memoryd.errors import MemorydError, StoreError
from memoryd.ingest.parse.child_limits import die_with_parent, limit_memory
from memoryd.query.tuning.evaluate import learn
from memoryd.server.service import Progress
from memoryd.store.index import reader
from memoryd.store.sqlite import SqliteError, connect

MEMORY_BYTES = 2 << 30
CPU_S = 120  # a fuse: the work is bounded far below
LOWEST = 19
_PROGRESS_EVERY_S = 0.1


class TuningRequest(Struct, frozen=True):
    """The line of stdin: an index.db, a view in it by name, and where to write what was learned."""

    index: str
    view: str
    file: str


def run(line: TuningRequest) -> Tuning:
    """Learn from the view as it is now. Raises StoreError."""
    with closing(connect(Path(line.index), readonly=True)) as conn:
        conn.execute("BEGIN")  # one state, whatever is indexed meanwhile
        view = reader.view(conn, line.view)
        if view is None or not view.complete:
            raise StoreError(
                "there is no whole index to learn from", where=line.view, next_step="run `memoryd up` first"
            )
        return learn(conn, view.id, StaticEmbedder(), _TuningProgress())


class _TuningProgress:
    """Writes progress, not more often than a reader can use."""

    def __init__(self) -> None:
        self._phase, self._last_s = "", 0.0

    def __call__(self, phase: str, done: int, total: int) -> None:
        now_s = time.monotonic()
        if phase != self._phase or now_s - self._last_s >= _PROGRESS_EVERY_S:
            self._phase, self._last_s = phase, now_s
            _say(TunerLine(progress=Progress(phase, done, total)))


def _say(said: TunerLine) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(said) + b"\n")
    sys.stdout.buffer.flush()


def main() -> int:
    """argv: parent pid."""
    die_with_parent(int(sys.argv[1]))
    line = msgspec.json.decode(sys.stdin.buffer.readline(), type=TuningRequest)
    os.setpriority(os.PRIO_PROCESS, 0, LOWEST)
    limit_memory(MEMORY_BYTES)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    try:
        write(Path(line.file), run(line))
        _say(TunerLine(done=True))
    except MemorydError as error:
        _say(TunerLine(error=error.values))
    except (SqliteError, MemoryError) as error:
        failure = StoreError(
            f"tuning cannot go on: {str(error) or 'out of memory'}",
            where=line.index,
            next_step="answers go on without; see `memoryd doctor`",
        )
        _say(TunerLine(error=failure.values))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
