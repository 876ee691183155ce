"""The ingest process: index jobs in on stdin, progress and results out on stdout, one JSON line each.

It is the only process that writes index.db. It ends at stdin's EOF and dies with its parent.
"""

from __future__ import annotations

import gc
import os
import queue
import sys
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from memoryd.config import Config, of_parent
from memoryd.embedding.static import StaticEmbedder
from memoryd.errors import MemorydError, StoreError
from memoryd.ingest.job import IndexJob
from memoryd.ingest.own_config import own_settings
from memoryd.ingest.parse.child_limits import die_with_parent
from memoryd.ingest.parse.pool import ParsePool, PoolLimits
from memoryd.ingest.pipeline import index
from memoryd.ingest.units import Ended, UnitNote, Units
from memoryd.store.failures import failure
from memoryd.store.sqlite import SqliteError

_PROGRESS_EVERY_S = 0.1


def _stuck(why: str, line: JobLine, next_step: str) -> dict[str, str | int]:
    return StoreError(f"indexing cannot go on: {why}", where=line.index, next_step=next_step).values


class JobLine(Struct, frozen=True):
    """One line of stdin: a job, or ``cancel`` with the id of the job to stop."""

    id: int
    job: str = "index"  # index | cancel
    root: str = ""
    index: str = ""
    rev: str | None = None
    paths: list[str] | None = None
    full: bool = False
    ended: Ended | None = None


class JobServer:
    """Keeps what outlives one job: the parse workers, the embedder, the configuration."""

    def __init__(self, config: Config, note: UnitNote) -> None:
        self._config, self._units = config, Units(note, config.index.unit_cpu_s)
        workers = config.index.parse_workers or min(8, os.cpu_count() or 1)
        limits = PoolLimits(
            workers, config.index.parse_timeout_s, config.index.worker_memory_mb * 1024 * 1024
        )
        self._pool = ParsePool(limits)
        self._embedder = StaticEmbedder()

    def work(self, line: JobLine, cancelled: threading.Event) -> None:
        """Run one job to its end; its failure is an answer, not the end of the process."""
        try:
            job = self._job(line)
            progress = _ProgressWriter(line.id)
            summary = index(job, self._pool, self._embedder, progress, cancelled, self._units)
        except MemorydError as error:
            _say({"id": line.id, "error": error.values})
        except SqliteError as error:
            why = failure(error, Path(line.index))
            _say({"id": line.id, "error": _stuck(why.what, line, why.next_step)})
        except OSError as error:
            step = "free disk space; if there is enough, run `memoryd doctor --repair`"
            _say({"id": line.id, "error": _stuck(str(error), line, step)})
        else:
            _say({"id": line.id, "result": msgspec.to_builtins(summary)})
        self._units.end()

    def _job(self, line: JobLine) -> IndexJob:
        root = Path(line.root)
        narrowed = own_settings(root, self._config)
        return IndexJob(
            root=root,
            index=Path(line.index),
            rev=line.rev,
            paths=None if line.paths is None else frozenset(line.paths),
            full=line.full,
            exclude=self._config.index.exclude,
            project_exclude=narrowed.exclude,
            max_file_bytes=narrowed.max_file_bytes,
            untracked=narrowed.untracked,
            revision_views=self._config.index.revision_views,
            notes=narrowed.ignored,
            ended=line.ended,
        )

    def close(self) -> None:
        self._pool.close()


class _ProgressWriter:
    """Writes progress, but not more often than a reader can use; a phase's start is always said."""

    def __init__(self, job_id: int) -> None:
        self._id, self._phase, self._last_s = job_id, "", 0.0

    def __call__(self, phase: str, done: int, total: int) -> None:
        now_s = time.monotonic()
        if phase != self._phase or now_s - self._last_s >= _PROGRESS_EVERY_S or (total and done == total):
            self._phase, self._last_s = phase, now_s
            _say({"id": self._id, "progress": {"phase": phase, "done": done, "total": total}})


def _say(message: dict[str, Any]) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
    sys.stdout.buffer.flush()


def _listen(jobs: queue.Queue[tuple[JobLine, threading.Event] | None]) -> None:
    """Read lines until EOF: jobs are queued, a cancel stops its job, EOF stops all of them."""
    decoder = msgspec.json.Decoder(JobLine)
    open_jobs: dict[int, threading.Event] = {}
    # unbuffered: a buffered reader's lock would abort a failing exit
    with open(0, "rb", buffering=0, closefd=False) as source:
        for text in source:
            line = decoder.decode(text)
            if line.job == "cancel":
                open_jobs.pop(line.id, threading.Event()).set()
            else:
                open_jobs[line.id] = threading.Event()
                jobs.put((line, open_jobs[line.id]))
    for event in open_jobs.values():
        event.set()
    jobs.put(None)


def main() -> int:
    """argv: parent pid, descriptor of the note of units."""
    die_with_parent(int(sys.argv[1]))
    gc.set_threshold(
        200_000, 20, 20
    )  # millions of values without cycles: by default the collector takes a fifth
    jobs: queue.Queue[tuple[JobLine, threading.Event] | None] = queue.Queue()
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
    server = JobServer(of_parent(), UnitNote(int(sys.argv[2])))
    while (item := jobs.get()) is not None:
        server.work(*item)
    server.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
