"""The quality model of one project, asked with a deadline: a verdict in time, or none.

A search never waits for the model to load, nor behind a question that was late itself. The worker judges the best
finds first and says after a second how far it came; it goes on with the rest when nobody asks, and keeps every
vector, so the next question about the same code is judged further.
"""

from __future__ import annotations

import importlib.util
import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Literal

from msgspec import Struct

from memoryd.errors import StoreError
from memoryd.store.quality import model_folder
from memoryd.store.vector_client import VectorClient
from memoryd.store.vector_wire import Answer, Failed, Ranked

WORK_S = 1.0  # of the worker, for one question
QUALITY_WAIT_S = 1.5  # of the caller
RETRY_S = 300.0  # after a failure: a model may be installed while we run
LIBRARY = "sentence_transformers"

QualityState = Literal["off", "starting", "used", "late", "failed"]

log = logging.getLogger(__name__)


class Verdict(Struct, frozen=True):
    """``scores``: cosines of the first texts, as many as there was time for; empty unless ``used``."""

    state: QualityState
    scores: tuple[float, ...] = ()


def problem(model: str) -> tuple[str, str]:
    """What stands in the way of ``model``, and what to do about it; two empty texts when nothing is seen."""
    if importlib.util.find_spec(LIBRARY) is None:
        return (
            f"vectors.quality_model is {model}, but {LIBRARY} is not installed",
            "pip install 'memoryd[quality]', or leave vectors.quality_model empty",
        )
    try:
        model_folder(model)
    except StoreError as error:
        return f"{error.what}: {error.where}", error.next_step
    return "", ""


class QualityClient:
    """Asks the worker behind ``client`` for ``model``. May be used from any thread."""

    def __init__(self, client: VectorClient, model: str) -> None:
        self._client, self._model = client, model
        self._lock = threading.RLock()
        self._loaded_in = 0  # the worker's life that has the model in memory
        self._pending: Future[Answer] | None = None  # the load, or a question that was late
        self._failed_s = 0.0
        self._verdict = Verdict("off")
        self.detail = ""  # why it failed

    @property
    def state(self) -> QualityState:
        """How the last question fared."""
        return self._verdict.state

    def rerank(
        self, query: str, texts: Sequence[tuple[bytes, str]], wait_s: float = QUALITY_WAIT_S
    ) -> Verdict:
        """How well each (16-byte chunk hash or ``b""``, text) answers ``query``. Returns within ``wait_s``, and at
        once while the model is loading, behind or failed."""
        if not self._is_free():
            return self._verdict
        future = self._client.ask_rerank(self._model, query, texts, WORK_S)
        try:
            return self._take(future.result(wait_s))
        except FutureTimeout:
            with self._lock:
                self._pending = future
            return self._say(Verdict("late"))
        except CancelledError:  # the worker ended
            return self._say(Verdict("starting"))

    def _is_free(self) -> bool:
        """Whether an answer can be had now; sees to it that the model gets loaded."""
        with self._lock:
            if self._pending is not None:
                if not self._pending.done():
                    return False
                if not self._pending.cancelled():
                    self._take(self._pending.result())
                self._pending = None
            if self.state == "failed" and time.monotonic() - self._failed_s < RETRY_S:
                return False
            if self._loaded_in and self._loaded_in == self._client.run:
                return True
            what, next_step = problem(self._model)
            if what:
                self._fail(f"{what}; {next_step}")
            else:
                self._say(Verdict("starting"))
                self._pending = self._client.ask_rerank(self._model, "", [], 0)
            return False

    def _take(self, answer: Answer) -> Verdict:
        if isinstance(answer, Ranked):
            self._loaded_in, self.detail = self._client.run, ""
            return self._say(Verdict("used", tuple(answer.scores)) if answer.scores else Verdict("late"))
        return self._fail(f"{answer.what}; {answer.next_step}" if isinstance(answer, Failed) else "no answer")

    def _fail(self, detail: str) -> Verdict:
        if detail != self.detail:
            log.warning("searches keep the default order: %s", detail)
        self.detail, self._failed_s = detail, time.monotonic()
        return self._say(Verdict("failed"))

    def _say(self, verdict: Verdict) -> Verdict:
        with self._lock:
            self._verdict = Verdict(verdict.state)
        return verdict
