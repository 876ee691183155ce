"""The pool of parse workers: separate processes with limits of time and memory for each file.

Grammars take time that is quadratic in some crafted files. So a file may take as much processor time as its size
explains, several times over; and in a project that has lately lost a minute to such files, less.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterable

import msgspec
from msgspec import Struct, structs

from memoryd.errors import MemorydError
from memoryd.ingest.parse.framing import read_frame_until, write_frame
from memoryd.ingest.parse.worker import PackedFile, ParseJob
from memoryd.ingest.units import patience

_DECODER = msgspec.msgpack.Decoder(PackedFile)
_QUEUE_PER_WORKER = 4
_DEATHS_TO_BLAME = 2
DEATH_S = 1.0  # of processor time, that a new worker takes to start
CPU_S, CPU_S_PER_MB = 2.0, 5.0  # of a file; the slowest of ordinary ones take 1.5 s a megabyte
_USUAL_WALL_S = 10.0  # who allows a file more or less time allows it as much more or less processor time
_BUSY = 6  # so many times longer may a file take by the clock on the wall, for the machine may be busy
_FILES_PER_WORKER = 24  # a second worker pays for its start from here on


class PoolLimits(Struct, frozen=True):
    """``file_wall_s``: what a file may take on an idle machine; a share of it in processor time, or several times as
    long in all, costs it its worker. ``memory_bytes``: private memory of one."""

    workers: int
    file_wall_s: float = _USUAL_WALL_S
    memory_bytes: int = 512 * 1024 * 1024

    @property
    def deadline_s(self) -> float:
        return self.file_wall_s * _BUSY

    def cpu_s(self, size_bytes: int, lost_s: float) -> float:
        """Processor time that a file of that size may take where so much was lost to others."""
        usual = (CPU_S + CPU_S_PER_MB * size_bytes / 1e6) * self.file_wall_s / _USUAL_WALL_S
        return usual * patience(lost_s)


class Outcome(Struct, frozen=True):
    """``packed`` is None when the file cost its worker; ``reason`` says how (``timeout``, ``crashed``,
    ``error``), ``detail`` what is known. ``packed_bytes``: how much the worker sent. ``lost_s``: processor time that a
    file over its limit has taken. ``stays``: another try would end the same, for it was the file's own doing and there
    was time enough."""

    job: ParseJob
    packed: PackedFile | None
    reason: str = ""
    detail: str = ""
    packed_bytes: int = 0
    lost_s: float = 0.0
    stays: bool = False


_Limited = tuple[ParseJob, float]  # with the processor time that it may take, in seconds


class ParsePool:
    """``run`` may be called again and again; workers start when needed and live until ``close``."""

    def __init__(self, limits: PoolLimits) -> None:
        self._limits = limits
        self._jobs: queue.Queue[_Limited | None] = queue.Queue()
        self._outcomes: queue.Queue[Outcome | MemorydError] = queue.Queue()
        self._runners: list[_WorkerThread] = []

    @property
    def cpu_s(self) -> float:
        """CPU seconds that all workers, dead ones too, have used."""
        return sum(runner.cpu_s for runner in self._runners)

    def run(self, jobs: Iterable[ParseJob], lost_s: float = 0.0) -> Generator[Outcome, None, None]:
        """One Outcome for each job, in the order of completion. Takes from ``jobs`` only as it can work. ``lost_s``:
        processor time that was lost lately.

        Raises MemorydError when no worker can be started."""
        source = iter(jobs)
        waiting = taken = 0
        try:
            while True:
                while (
                    waiting < _QUEUE_PER_WORKER * self._limits.workers
                    and (job := next(source, None)) is not None
                ):
                    self._grow(taken)
                    self._jobs.put((job, self._limits.cpu_s(len(job.data), lost_s)))
                    waiting, taken = waiting + 1, taken + 1
                if not waiting:
                    return
                outcome = self._outcomes.get()
                waiting -= 1
                if isinstance(outcome, MemorydError):
                    raise outcome
                lost_s += outcome.lost_s
                yield outcome
        finally:
            self._abandon(waiting)

    def _abandon(self, waiting: int) -> None:
        """Take back what was not started and wait for the rest, so that the next run meets no stranger."""
        while waiting:
            try:
                self._jobs.get_nowait()
            except queue.Empty:
                self._outcomes.get()
            waiting -= 1

    def _grow(self, taken: int) -> None:
        wanted = min(self._limits.workers, 1 + taken // _FILES_PER_WORKER)
        while len(self._runners) < wanted:
            self._runners.append(_WorkerThread(self._limits, self._jobs, self._outcomes))

    def close(self) -> None:
        for _ in self._runners:
            self._jobs.put(None)
        for runner in self._runners:
            runner.thread.join()


class _WorkerThread:
    """One thread that owns one worker process at a time."""

    def __init__(
        self,
        limits: PoolLimits,
        jobs: queue.Queue[_Limited | None],
        outcomes: queue.Queue[Outcome | MemorydError],
    ) -> None:
        self._limits, self._jobs, self._outcomes = limits, jobs, outcomes
        self._process: subprocess.Popen[bytes] | None = None
        self._dead_cpu_s = self._live_cpu_s = 0.0
        self.thread = threading.Thread(target=self._loop, name="parse-runner", daemon=True)
        self.thread.start()

    @property
    def cpu_s(self) -> float:
        return self._dead_cpu_s + self._live_cpu_s

    def _loop(self) -> None:
        while (limited := self._jobs.get()) is not None:
            try:
                outcome: Outcome | MemorydError = self._judge(*limited)
            except MemorydError as error:
                outcome = error
            self._outcomes.put(outcome)
        self._stop()

    def _judge(self, job: ParseJob, cpu_s: float) -> Outcome:
        """A worker may fail at what came before, or be killed: blamed on the file is only what a fresh one finds,
        and a death only when another dies of it as well. In a hurry the first death will do: it is tried again."""
        deaths, hurried = 0, cpu_s < self._limits.cpu_s(len(job.data), 0.0)
        while True:
            is_fresh = self._process is None
            outcome = self._parse(job, cpu_s)
            if outcome.packed is not None or outcome.reason == "timeout":
                return outcome
            deaths += is_fresh and outcome.reason == "crashed"
            is_blamed = deaths == _DEATHS_TO_BLAME or (hurried and outcome.reason == "crashed")
            if is_blamed or (is_fresh and outcome.reason != "crashed"):
                return structs.replace(outcome, lost_s=DEATH_S * max(deaths, 1))
            self._stop()

    def _parse(self, job: ParseJob, cpu_s: float) -> Outcome:
        process = self._process or self._start()
        deadline_s = time.monotonic() + self._limits.deadline_s
        assert process.stdin
        assert process.stdout
        try:
            write_frame(process.stdin, msgspec.msgpack.encode(structs.replace(job, cpu_s=cpu_s)))
            reply = read_frame_until(process.stdout.fileno(), deadline_s)
        except BrokenPipeError:
            reply = None
        if reply is None:
            late = time.monotonic() >= deadline_s
            code = self._stop()
            if late:
                detail = f"no answer within {self._limits.deadline_s:g} s"
                return Outcome(job, None, "timeout", detail, lost_s=self._limits.file_wall_s)
            if code == -signal.SIGPROF:
                detail = f"more than {cpu_s:.1f} s of processor time for {len(job.data)} bytes"
                stays = cpu_s >= self._limits.cpu_s(len(job.data), 0.0)
                return Outcome(job, None, "timeout", detail, lost_s=cpu_s, stays=stays)
            return Outcome(job, None, "crashed", f"its parse worker ended with status {code}")
        packed = _DECODER.decode(reply)
        self._live_cpu_s = packed.cpu_s
        if packed.error:
            return Outcome(job, None, "error", packed.error, stays=True)
        return Outcome(job, packed, packed_bytes=len(reply))

    def _start(self) -> subprocess.Popen[bytes]:
        # -P: a module named like one of ours in the working directory must never be imported
        command = [sys.executable, "-P", "-m", "memoryd.ingest.parse.worker"]
        command += [str(os.getpid()), str(self._limits.memory_bytes)]
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except OSError as error:
            raise MemorydError(
                f"no parse worker can be started: {error.strerror}",
                next_step="see how many processes and open files the system allows, then try again",
            ) from error
        return self._process

    def _stop(self) -> int:
        process, self._process = self._process, None
        self._dead_cpu_s, self._live_cpu_s = self.cpu_s, 0.0
        if process is None:
            return 0
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(
                    BrokenPipeError
                ):  # what a dead worker has not read is still buffered
                    pipe.close()
        return process.wait()
