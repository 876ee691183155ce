"""Index jobs: one ingest process per project store, one job at a time in it, any number of followers.

Jobs that wait for the same view are merged. A process that dies under a job is started again and the job
is repeated, because a run goes on where the last one stopped. Where a unit of its work is to blame (a file, a commit),
the next process is told, and leaves it out after two tries; after CRASHES_ALLOWED other deaths the job fails.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from memoryd.daemon.processes.child_process import Child
from memoryd.daemon.processes.watched_child import WatchedChild
from memoryd.errors import MemorydError, StoreError
from memoryd.ingest.job import IndexSummary
from memoryd.ingest.units import Ended
from memoryd.server.protocol import encode
from memoryd.server.service import OnProgress, Progress

log = logging.getLogger(__name__)

MODULE = "memoryd.ingest"
CRASHES_ALLOWED = 3
BLAMES_ALLOWED = 2  # on one unit: then it is left out, and what happens at it is no longer its doing
RETRY_S = 0.5
TRY_AGAIN_S = (2.0, 10.0, 60.0, 300.0)  # after each failure in a row; the last one from then on
COMPARED_S = 1.0
LATE_PHASES = frozenset({"link", "embed"})  # after them search knows the files already
LINKS_OVERDUE_S = 10.0  # so long may links wait for a project that is saved again and again


class JobError(MemorydError):
    """The ingest process reported a failure; ``exit_code`` is its word."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        super().__init__(
            values.get("what", "indexing failed"),
            where=values.get("where", ""),
            next_step=values.get("next_step", ""),
        )
        self.exit_code = values.get("exit_code", 3)


class IngestLine(Struct, frozen=True):
    """One line from the ingest process: exactly one of the three is set."""

    id: int
    progress: Progress | None = None
    result: IndexSummary | None = None
    error: dict[str, Any] | None = None


_REPLY = msgspec.json.Decoder(IngestLine)


class IndexTarget(Struct, frozen=True):
    """What a job brings up to date. ``rev``: a sha, None for the work tree."""

    root: str
    rev: str | None = None


@dataclass
class Job:
    """A job waiting or under way. ``paths`` None: look at everything."""

    target: IndexTarget
    paths: set[str] | None
    full: bool
    done: asyncio.Future[IndexSummary]
    background: bool = False  # nobody has to wait for it: it goes on when the last follower leaves
    followers: list[OnProgress] = field(default_factory=list)
    progress: Progress | None = None
    number: int = 0  # its id in the ingest process, 0 while it waits
    canceller: asyncio.Task[None] | None = None
    overtaken: bool = False

    def merge(self, other: Job) -> None:
        self.paths = None if other.paths is None or self.paths is None else self.paths | other.paths
        self.full = self.full or other.full
        self.background = self.background or other.background

    def report(self, progress: Progress) -> None:
        self.progress = progress
        for follower in self.followers:
            follower(progress)


class _Failure(Struct, frozen=True):
    """Why the last run failed, how often in a row, and what it was to index."""

    why: str
    times: int
    job: Job


class IngestQueue:
    """The jobs of one project store, and the process that works on them while there are any."""

    def __init__(
        self, index_file: Path, log_file: Path, environment: Mapping[str, str], idle_s: float,
        on_done: Callable[[IndexTarget, IndexSummary], None],
    ) -> None:  # fmt: skip
        self._index_file, self._log_file = index_file, log_file
        self._environment, self._idle_s, self._on_done = environment, idle_s, on_done
        self._ids = itertools.count(1)
        self._waiting: dict[IndexTarget, Job] = {}
        self._current: Job | None = None
        self._child: WatchedChild | None = None
        self._ended: Ended | None = None  # what the next process is to know of the last one
        self._worker: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._noticed: dict[IndexTarget, str] = {}
        self._finished_s: dict[IndexTarget, float] = {}
        self._compared: dict[
            IndexTarget, tuple[float, float]
        ] = {}  # when all was looked at, and how long it took
        self._failures: dict[IndexTarget, _Failure] = {}

    @property
    def busy(self) -> bool:
        return bool(self._waiting) or self._current is not None

    @property
    def pid(self) -> int:
        """Of the ingest process; 0 when none runs."""
        return self._child.child.pid if self._child and self._child.child.running else 0

    def job_of(self, target: IndexTarget) -> Job | None:
        """The job under way or waiting for ``target``; not one that was told to stop."""
        if self._current and self._current.target == target and not self._current.canceller:
            return self._current
        return self._waiting.get(target)

    def finished(self, target: IndexTarget) -> float:
        """When its last job ended; 0.0 for none."""
        return self._finished_s.get(target, 0.0)

    def was_compared(self, target: IndexTarget) -> bool:
        """All of it was looked at a moment ago: the longer that takes, the longer it counts."""
        at_s, took_s = self._compared.get(target, (0.0, 0.0))
        return time.monotonic() - at_s < max(COMPARED_S, 10 * took_s) if at_s else False

    def failure(self, target: IndexTarget) -> str:
        """Why its last job failed, ``""`` where it did not."""
        failed = self._failures.get(target)
        return failed.why if failed else ""

    def pending_paths(self, target: IndexTarget) -> int:
        """Files known to have changed and not indexed yet."""
        failed = self._failures.get(target)
        jobs = [self._waiting.get(target), self._current, failed and failed.job]
        return len(set[str]().union(*(job.paths or () for job in jobs if job and job.target == target)))

    def post(
        self,
        target: IndexTarget,
        paths: set[str] | None = None,
        *,
        full: bool = False,
        background: bool = True,
    ) -> Job:
        """Queue a job; one already waiting for the same view takes this one in, and it takes in one that failed. One
        that is not ``background`` is stopped when its last follower leaves."""
        job = Job(target, paths, full, self._loop.create_future(), background)
        if failed := self._failures.get(target):
            job.merge(failed.job)  # else what was saved then would be forgotten when this one goes well
        waiting = self._waiting.get(target)
        if waiting:
            waiting.merge(job)
            return waiting
        job.done.add_done_callback(_retrieve)
        self._waiting[target] = job
        self._wake.set()
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work())
        self._overtake(target)
        return job

    def _overtake(self, target: IndexTarget) -> None:
        """A change saved a moment after another is to be found at once: it does not wait for the links of the
        first, which its own job sees to. Nor do links wait for ever, or a job that somebody follows end early."""
        job = self._current
        if not job or job.target != target or job.canceller or job.followers or not job.progress:
            return
        waited_s = time.monotonic() - self._finished_s.get(target, 0.0)
        if job.progress.phase in LATE_PHASES and waited_s < LINKS_OVERDUE_S:
            job.overtaken = True
            self._cancel(job)

    def notice_standing(self, target: IndexTarget, standing: str) -> None:
        """From any thread: the checkout or the depth of its history moved to ``standing`` and no event said so. Looks
        once at each."""
        if self._noticed.get(target) != standing and self.job_of(target) is None:
            self._noticed[target] = standing
            self._loop.call_soon_threadsafe(self.post, target)

    async def follow(self, job: Job, on_progress: OnProgress) -> IndexSummary:
        """Wait for a job. Raises its failure. When the last follower is cancelled, so is the job."""
        job.followers.append(on_progress)
        try:
            return await asyncio.shield(job.done)
        except asyncio.CancelledError:
            if job.followers == [on_progress] and not job.background:
                self._cancel(job)
            raise
        finally:
            job.followers.remove(on_progress)

    def _cancel(self, job: Job) -> None:
        """A waiting job is dropped; one under way is told to stop and keeps what it has stored."""
        if self._waiting.get(job.target) is job:
            del self._waiting[job.target]
            job.done.cancel()
        elif self._child and job.number:
            line = encode({"id": job.number, "job": "cancel"})
            job.canceller = asyncio.create_task(_send_quietly(self._child.child, line))

    async def rest(self) -> None:
        """Let the process go, so that it holds no file; a job under way begins again."""
        if self._child:
            await self._child.child.stop()

    async def end_idle(self) -> None:
        """Let the process go without waiting for the idle time, if it has nothing to do."""
        if not self.busy:
            await self._let_go()

    async def close(self) -> None:
        """End the process and fail what waits."""
        if self._worker:
            self._worker.cancel()
        await self._let_go()
        for job in [*self._waiting.values(), *([self._current] if self._current else [])]:
            if not job.done.done():
                job.done.set_exception(StoreError("the daemon is ending", next_step="try again"))

    async def _work(self) -> None:
        """Take jobs until none came for the idle time, then let the process go."""
        while self._waiting or await self._more():
            target = next(iter(self._waiting))
            self._current = job = self._waiting.pop(target)
            begun_s = time.monotonic()
            try:
                summary = await self._run(job)
            except MemorydError as error:
                if not job.overtaken:
                    log.warning("indexing %s: %s", job.target.root, error.what)
                    self._try_again(job, error)
                job.done.set_exception(error)
            else:
                self._failures.pop(target, None)
                self._finished_s[target] = time.monotonic()
                if job.paths is None:
                    self._compared[target] = (begun_s, self._finished_s[target] - begun_s)
                job.done.set_result(summary)
                self._on_done(job.target, summary)
            finally:
                self._current = None
        await self._let_go()
        if self._waiting:  # posted while the process was let go
            self._worker = asyncio.create_task(self._work())

    def _try_again(self, job: Job, error: MemorydError) -> None:
        """What was saved must not be forgotten because a disk was full or a database locked for a while."""
        if job.target.rev is not None or error.exit_code != StoreError.exit_code or job.canceller:
            return
        before = self._failures.get(job.target)
        times = before.times + 1 if before else 1
        self._failures[job.target] = _Failure(error.what, times, job)
        if waiting := self._waiting.get(job.target):
            waiting.merge(job)
        wait_s = TRY_AGAIN_S[min(times, len(TRY_AGAIN_S)) - 1]
        self._loop.call_later(wait_s, self._post_again, job)

    def _post_again(self, job: Job) -> None:
        failed = self._failures.get(job.target)
        if failed and failed.job is job and self.job_of(job.target) is None:  # no later run took it in
            self.post(job.target, job.paths)

    async def _let_go(self) -> None:
        child = self._child
        if child:
            await child.child.stop()
            if self._child is child:  # else another call did the rest
                self._child = None
                child.close()

    async def _more(self) -> bool:
        self._wake.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._idle_s):
                await self._wake.wait()
        return bool(self._waiting)

    async def _run(self, job: Job) -> IndexSummary:
        crashes, blamed = 0, Counter[tuple[str, str, str]]()
        while True:
            try:
                return await self._attempt(job)
            except _Died as death:
                log.warning("the ingest process of %s died: %s", job.target.root, death)
                self._ended = death.ended or self._ended
                job.full = job.full and job.progress is None  # what it forgot is forgotten
                if death.ended:
                    blamed[death.ended.unit.name] += 1
                if not death.ended or blamed[death.ended.unit.name] > BLAMES_ALLOWED:
                    crashes += 1
                if crashes == CRASHES_ALLOWED:
                    raise StoreError(
                        f"the indexing process died {CRASHES_ALLOWED} times ({death})",
                        where=job.target.root,
                        next_step="see `memoryd daemon logs`; what was indexed before is kept",
                    ) from None
            await asyncio.sleep(RETRY_S * crashes)

    async def _attempt(self, job: Job) -> IndexSummary:
        watched = await self._ensure_child()
        job.number = next(self._ids)
        try:
            await watched.child.send(encode(self._line(job)))
            while line := await watched.read_line():
                reply = _decoded(line)
                if reply is None or reply.id != job.number:
                    continue
                if reply.progress:
                    self._ended = None  # it is noted by now
                    job.report(reply.progress)
                elif reply.result:
                    return reply.result
                elif reply.error is not None:
                    raise JobError(reply.error)
        except ConnectionError:
            pass  # it died before reading: the same as dying while working
        watched.child.kill()
        raise _Died(*await watched.ended())

    async def _ensure_child(self) -> WatchedChild:
        if self._child is None or not self._child.child.running:
            await self._let_go()
            try:
                self._child = await WatchedChild.start(MODULE, self._environment, self._log_file)
            except OSError as error:
                raise _Died(f"it cannot be started: {error.strerror}") from error
        return self._child

    def _line(self, job: Job) -> dict[str, Any]:
        return {
            "id": job.number,
            "job": "index",
            "root": job.target.root,
            "index": str(self._index_file),
            "rev": job.target.rev,
            "paths": None if job.paths is None else sorted(job.paths),
            "full": job.full,
            "ended": self._ended,
        }


async def _send_quietly(child: Child, line: bytes) -> None:
    with contextlib.suppress(ConnectionError):  # it has ended: what was to be stopped has stopped
        await child.send(line)


class _Died(Exception):
    """The ingest process ended under a job; ``ended``: the unit that is to blame."""

    def __init__(self, words: str, ended: Ended | None = None) -> None:
        super().__init__(words)
        self.ended = ended


def _decoded(line: bytes) -> IngestLine | None:
    try:
        return _REPLY.decode(line)
    except msgspec.DecodeError:
        log.warning("the ingest process wrote a line that is no reply: %.200r", line)
        return None


def _retrieve(future: asyncio.Future[IndexSummary]) -> None:
    """Mark a failure as seen: jobs of the watcher have no follower."""
    if not future.cancelled():
        future.exception()
