"""The quality model of one project, asked with a deadline: an opinion in time, or none.

A search never waits for the model to load, nor behind a question that was late itself. Between questions the model
reads the project, while the daemon says that the machine has nothing else to do.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Literal

from msgspec import Struct

from memoryd.store.vectors.client import VectorClient
from memoryd.store.vectors.quality_model import problem
from memoryd.store.vectors.wire import Answer, Failed, Filled, Judged

WORK_S = 1.0  # of the worker, for one question
QUALITY_WAIT_S = 1.5  # of the caller
RETRY_S = 300.0  # after a failure: a model may be installed while we run

QualityState = Literal["off", "starting", "used", "late", "failed"]

log = logging.getLogger(__name__)


class QualityVerdict(Struct, frozen=True):
    """``keys``: 16-byte hashes of the chunks that the model has an opinion of, one after the other; ``scores``:
    float32 of each. Empty unless ``used``."""

    state: QualityState
    keys: bytes = b""
    scores: bytes = b""


class QualityClient:
    """Asks the worker behind ``client`` for ``model``. May be used from any thread."""

    def __init__(self, client: VectorClient, model: str) -> None:
        self._client, self._model = client, model
        self._lock = threading.RLock()
        self._loaded_in = 0  # the worker's life that has the model in memory
        self._pending: Future[Answer] | None = None  # the load, or a question that was late
        self._failed_s = 0.0
        self._state: QualityState = "off"
        self._reads = False  # it was told to
        self._before: Filled | None = None  # what it had said then
        self._complete = False  # everything was read, and nothing changed since
        self.detail = ""  # why it failed

    @property
    def state(self) -> QualityState:
        """How the last question fared."""
        return self._state

    # --- questions

    def judge(
        self, questions: Sequence[str], texts: Iterable[tuple[bytes, str]], wait_s: float = QUALITY_WAIT_S
    ) -> QualityVerdict:
        """See ``memoryd.query.search.rerank.Model``. Returns within ``wait_s``, and at once while the model is loading,
        behind or failed."""
        if not self._is_free():
            return QualityVerdict(self._state)
        is_read = self._complete and self.progress[1] > 0  # a cross-encoder has nothing to read beforehand
        unread = [] if is_read else list(texts)
        future = self._client.ask_judge(self._model, questions, unread, WORK_S)
        try:
            return self._take(future.result(wait_s))
        except FutureTimeout:
            with self._lock:
                self._pending = future
            return self._say(QualityVerdict("late"))
        except CancelledError:  # the worker ended
            return self._say(QualityVerdict("starting"))

    def _is_free(self) -> bool:
        """Whether an answer can be had now; sees to it that the model gets loaded."""
        with self._lock:
            if self._pending is not None:
                if not self._pending.done():
                    return False
                if not self._pending.cancelled():
                    self._take(self._pending.result())
                self._pending = None
            if self._gave_up:
                return False
            if self._loaded_in and self._loaded_in == self._client.run:
                return True
            if self._is_possible():
                self._say(QualityVerdict("starting"))
                self._pending = self._client.ask_judge(self._model, [], [], 0)
            return False

    @property
    def _gave_up(self) -> bool:
        return self.state == "failed" and time.monotonic() - self._failed_s < RETRY_S

    def _is_possible(self) -> bool:
        what, next_step = problem(self._model)
        if what:
            self._fail(f"{what}; {next_step}")
        return not what

    def _take(self, answer: Answer) -> QualityVerdict:
        if isinstance(answer, Judged):
            was_loading = self._loaded_in != self._client.run
            self._loaded_in, self.detail = self._client.run, ""
            if len(answer.keys) < 16 * self.progress[1]:  # somebody deleted what was read
                self._complete = False
            if answer.keys:
                return self._say(QualityVerdict("used", answer.keys, answer.scores))
            return self._say(QualityVerdict("starting" if was_loading else "late"))
        return self._fail(f"{answer.what}; {answer.next_step}" if isinstance(answer, Failed) else "no answer")

    def _fail(self, detail: str) -> QualityVerdict:
        if detail != self.detail:
            log.warning("searches keep the default order: %s", detail)
        self.detail, self._failed_s = detail, time.monotonic()
        return self._say(QualityVerdict("failed"))

    def _say(self, verdict: QualityVerdict) -> QualityVerdict:
        with self._lock:
            self._state = verdict.state
        return verdict

    # --- reading

    def read(self) -> bool:
        """Read what is unread, in the background; False when there is nothing to read, or no way to. To be called
        now and then while the machine is idle."""
        with self._lock:
            filled = self._client.filled
            if self._reads and filled is not self._before and filled and filled.done == filled.total:
                self._end(filled)
            if self._complete or self._gave_up or self._client.state == "failed":
                return False
            if not self._reads:
                if not self._is_possible():
                    return False
                self._reads, self._before = True, filled
                self._client.read_on(self._model, on=True)
            return True

    def rest(self) -> None:
        """Stop reading, at once: somebody wants something."""
        with self._lock:
            if self._reads:
                self._reads = False
                self._client.read_on(self._model, on=False)

    def changed(self) -> None:
        """There may be more to read."""
        self._complete = False

    @property
    def progress(self) -> tuple[int, int, bool]:
        """(chunks read, all chunks, it is reading now) as far as known."""
        filled = self._client.filled or Filled(self._model, 0, 0)
        return filled.done, filled.total, self._reads

    def _end(self, filled: Filled) -> None:
        """It has read all, or cannot."""
        self.rest()
        self._complete = not filled.detail
        if filled.detail:
            self._fail(filled.detail)
