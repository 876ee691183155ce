"""The daemon's side of the vector worker: starts it on demand, restarts it when it fails, ends it when idle.

No caller ever waits for a start: while the cache is not ready, ``nearest`` gives None and the caller scores
exactly over index.db (``memoryd.embedding.exact``).
"""

from __future__ import annotations

import itertools
import logging
import signal
import threading
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memoryd.store.vectors.process import WorkerProcess
from memoryd.store.vectors.wire import (  # fmt: skip
    EXIT_DAMAGED,
    EXIT_INDEX,
    Answer,
    Failed,
    Filled,
    JudgeMessage,
    Nearest,
    Query,
    ReadOn,
    State,
    Status,
    Sync,
    WorkerReport,
)

VectorState = Literal["off", "starting", "rebuilding", "ready", "failed"]
QUERY_WAIT_S = 1.0  # then the caller scores exactly
HANG_S = 30.0  # without an answer to a query: killed
LOAD_WAIT_S = 300.0  # for a quality model, to be loaded and to answer; then the worker is taken to hang
POLL_S = 0.5
BACK_OFF_S = (0.0, 0.0, 2.0, 10.0, 60.0, 300.0)  # before a start, after n failures in a row
SUSPECT_AFTER = 2  # failures in a row: then the folder is put aside whatever they were

log = logging.getLogger(__name__)


class VectorHit(Struct, frozen=True):
    """A chunk near the query; ``score`` is the exact cosine."""

    hash: bytes
    score: float


class VectorStatus(Struct, frozen=True):
    """``done`` of ``total`` vectors of ``model`` are in the cache. ``rss_bytes`` and ``pid`` are 0 while no
    worker runs. ``detail``: the last failure, or why a damaged cache was put aside (``""``: nothing)."""

    state: VectorState
    model: str = ""
    done: int = 0
    total: int = 0
    rss_bytes: int = 0
    pid: int = 0
    detail: str = ""


class _PendingReply(Struct):
    """A request under way. ``hang_s``: monotonic time after which the worker is taken to hang."""

    request: Query | JudgeMessage | Status
    future: Future[Answer]
    hang_s: float


class VectorClient:
    """The vector worker of one project. All methods may be called from any thread."""

    def __init__(
        self, folder: Path, index: Path, *, log_file: Path | None = None, idle_stop_s: float = 600.0
    ) -> None:
        self._folder, self._index, self._log_file, self._idle_stop_s = folder, index, log_file, idle_stop_s
        self._lock = threading.RLock()
        self._ids = itertools.count(1)
        self._waiting: dict[int, _PendingReply] = {}
        self._process: WorkerProcess | None = None
        self._supervisor: threading.Thread | None = None
        self._state: VectorState = "off"
        self._progress = State("starting", "", 0, 0)
        self._reading = ReadOn("", on=False)
        self._filled: Filled | None = None
        self._model = self._detail = self._suspect = ""
        self._failures = 0
        self._used_s = 0.0
        self._runs = 0
        self._synced = -1  # generation of index.db that was last asked for
        self._closing = threading.Event()

    @property
    def state(self) -> VectorState:
        """Where the cache stands now."""
        return self._state

    @property
    def run(self) -> int:
        """The number of the worker's life; 0 while none runs. What a worker had loaded ends with its life."""
        return self._runs if self._process else 0

    def nearest(
        self,
        model: str,
        vector: NDArray[np.float32],
        k: int,
        *,
        generation: int | None = None,
        wait_s: float = QUERY_WAIT_S,
    ) -> list[VectorHit] | None:
        """The ``k`` chunks of the whole store nearest to ``vector`` (unit or zero), best first; None when the
        cache cannot answer within ``wait_s`` or does not hold index.db as of ``generation``. Asking starts the
        worker. The caller drops chunks that its view has not."""
        with self._lock:
            self._run()
            if model != self._model:
                self._model, self._state = model, "starting"
                self._sync()
            if self._state != "ready":
                return None
            request = Query(next(self._ids), model, vector.astype("<f4").tobytes(), k)
            future = self._ask(request, HANG_S)
        answer = self._result(future, wait_s)
        if not isinstance(answer, Nearest):
            return None
        if generation is not None and answer.generation != generation:
            self._catch_up(generation)
            return None
        return [VectorHit(key, score) for key, score in zip(answer.hashes, answer.scores, strict=True)]

    def changed(self) -> None:
        """index.db has other vectors: bring the cache up to date if the worker runs. Returns at once."""
        with self._lock:
            self._sync()

    def ask_judge(
        self, model: str, questions: Sequence[str], texts: Sequence[tuple[bytes, str]], within_s: float
    ) -> Future[Answer]:
        """See ``Judge``; without waiting. The future is cancelled when the worker ends before the answer."""
        with self._lock:
            self._run()
            request = JudgeMessage(next(self._ids), model, list(questions), list(texts), within_s)
            return self._ask(request, LOAD_WAIT_S)

    def read_on(self, model: str, *, on: bool) -> None:
        """Have the worker read chunks, or stop that; it is begun for the former. Returns at once."""
        with self._lock:
            self._reading = ReadOn(model, on)
            if on:
                self._run()
            if self._process:
                self._process.send(self._reading)

    @property
    def filled(self) -> Filled | None:
        """What the worker said last of its reading; None when it has not yet. No worker's end makes that untrue."""
        return self._filled

    @property
    def known(self) -> VectorStatus:
        """What is known without asking the worker: no ``rss_bytes``."""
        with self._lock:
            progress, pid = self._progress, self._process.pid if self._process else 0
            return VectorStatus(
                self._state, self._model, progress.done, progress.total, pid=pid, detail=self._detail
            )

    def status(self) -> VectorStatus:
        """What is known; asks a running worker for its memory, at most QUERY_WAIT_S long."""
        with self._lock:
            progress = self._progress
            if self._process is None:
                return VectorStatus(
                    self._state, self._model, progress.done, progress.total, detail=self._detail
                )
            pid, future = self._process.pid, self._ask(Status(next(self._ids)), HANG_S)
        answer = self._result(future, QUERY_WAIT_S)
        rss_bytes = answer.rss_bytes if isinstance(answer, WorkerReport) else 0
        if isinstance(answer, WorkerReport) and answer.quarantined:
            self._detail = answer.quarantined
        return VectorStatus(
            self._state, self._model, progress.done, progress.total, rss_bytes, pid, self._detail
        )

    def close(self, wait_s: float | None = None) -> None:
        """End the worker; the client cannot be used again. After ``wait_s`` its end is not waited for."""
        self._closing.set()
        with self._lock:
            supervisor = self._supervisor
            if self._process:
                self._process.wake()
        if supervisor:
            supervisor.join(wait_s)

    # --- requests, under the lock unless said otherwise

    def _run(self) -> None:
        """See that a worker runs or is about to."""
        self._used_s = time.monotonic()
        if self._supervisor is None and not self._closing.is_set():
            self._state = "starting"
            self._supervisor = threading.Thread(target=self._supervise, name="vectors", daemon=True)
            self._supervisor.start()

    def _sync(self) -> None:
        if self._process and self._model:
            self._process.send(Sync(self._model))

    def _ask(self, request: Query | JudgeMessage | Status, hang_s: float) -> Future[Answer]:
        """Send now, or as soon as a worker runs."""
        future: Future[Answer] = Future()
        self._waiting[request.id] = _PendingReply(request, future, time.monotonic() + hang_s)
        if self._process:
            self._process.send(request)
        return future

    def _catch_up(self, generation: int) -> None:
        """The cache is behind index.db: say so once."""
        with self._lock:
            if self._synced != generation:
                self._synced = generation
                self._sync()

    def _result(self, future: Future[Answer], wait_s: float) -> Answer | None:
        """Without the lock: wait; None when no answer came."""
        try:
            return future.result(wait_s)
        except (FutureTimeout, CancelledError):
            return None

    # --- the supervisor's thread

    def _supervise(self) -> None:
        while self._pause():
            if not self._serve():
                break
        with self._lock:
            self._supervisor = None
            self._state = "off" if self._state != "failed" else "failed"
            self._drop_waiting()

    def _pause(self) -> bool:
        """Wait out the back-off; False when there is nothing to go on for."""
        wait_s = BACK_OFF_S[min(self._failures, len(BACK_OFF_S) - 1)]
        return not self._closing.wait(wait_s) and not self._idle(wait_s)

    def _idle(self, grace_s: float = 0.0) -> bool:
        """Nobody asked for a while; what is under way is finished first."""
        busy = self._state == "rebuilding" or self._reading.on
        return not busy and time.monotonic() - self._used_s > self._idle_stop_s + grace_s

    def _serve(self) -> bool:
        """Run one worker to its end. True: it failed and another one is due."""
        process = self._start()
        failure = ""
        while not failure:
            replies = process.turn(POLL_S)
            if replies is None:
                failure = "it ended by itself"
            for reply in replies or ():
                self._take(reply)
            if self._closing.is_set() or self._idle():
                break
            failure = failure or self._hang()
        with self._lock:
            self._process = None
        code = process.end(kill=failure.startswith("no answer"))
        with self._lock:
            self._drop_waiting()
        if failure:
            self._judge(code, failure)
        return bool(failure)

    def _start(self) -> WorkerProcess:
        arguments = ["--dir", str(self._folder), "--index", str(self._index)]
        if self._suspect:
            arguments += ["--suspect", self._suspect]
        process = WorkerProcess(arguments, self._log_file)
        log.info("started the vector worker, pid %d", process.pid)
        with self._lock:
            self._suspect = ""
            self._process = process
            self._runs += 1
            self._sync()
            if self._reading.on:
                process.send(self._reading)
            for waiting in self._waiting.values():
                process.send(waiting.request)
        return process

    def _take(self, reply: State | Filled | Answer) -> None:
        with self._lock:
            if isinstance(reply, Filled):
                if self._filled is None or reply.done > self._filled.done:  # not for merely having started
                    self._failures = 0
                self._filled = reply
                return
            if isinstance(reply, State):
                self._progress = reply
                if reply.model == self._model:
                    self._state = reply.state
                return
            waiting = self._waiting.pop(reply.id, None)
            if not isinstance(reply, Failed | WorkerReport):
                self._failures = 0
        if waiting and not waiting.future.cancelled():
            waiting.future.set_result(reply)

    def _hang(self) -> str:
        now = time.monotonic()
        with self._lock:
            late = [waiting for waiting in self._waiting.values() if waiting.hang_s < now]
        return f"no answer to {type(late[0].request).__name__.lower()} in time" if late else ""

    def _drop_waiting(self) -> None:
        for waiting in self._waiting.values():
            waiting.future.cancel()
        self._waiting.clear()

    def _judge(self, code: int, failure: str) -> None:
        """What the end of a worker means for the next one."""
        self._failures += 1
        killed = code in (-signal.SIGKILL, -signal.SIGTERM, 0)
        wrong = code == EXIT_DAMAGED or not (killed or code == EXIT_INDEX)
        self._detail = f"{failure} (status {code})"
        if wrong or (killed and self._failures >= SUSPECT_AFTER):
            self._suspect = self._detail
        with self._lock:
            self._state = "failed" if self._failures > SUSPECT_AFTER else "starting"
        log.warning("the vector worker failed: %s", self._detail)
