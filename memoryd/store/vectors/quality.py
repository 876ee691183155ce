"""The quality tier: a sentence-transformers model in the vector worker.

Two threads share it. One answers questions; the other reads the project's chunks, a few at a time, while the daemon
says that nobody wants anything. What is read is kept (``quality_rows``), by the hash of the text, so reading goes on
where it was, whatever ended it.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import queue
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from memoryd.errors import StoreError
from memoryd.store.index.index_file import IndexFile
from memoryd.store.vectors.quality_model import MAX_TEXT, NEXT_STEP, SentenceModel, model_folder, model_id
from memoryd.store.vectors.quality_rows import QualityRows
from memoryd.store.vectors.unembedded_chunks import texts, unread
from memoryd.store.vectors.wire import Answer, Failed, Filled, Judged, JudgeMessage, ReadOn

DATABASE = "quality.db"
NICENESS = 19  # of the reading thread
REPORT_EVERY_S = 1.0
_SORTED_TOGETHER = 16  # batches: texts of about the same length are read together, for less padding
_FAILURES = (ImportError, OSError, RuntimeError, ValueError, KeyError, TypeError, sqlite3.Error)

log = logging.getLogger("memoryd.vectors")


class Quality:
    """``base``: where quality.db lies; ``index``: index.db; ``load`` opens a model folder; ``reply`` sends a message.
    One model is held at a time."""

    def __init__(
        self, base: Path, index: Path, load: Callable[[Path], SentenceModel], reply: Callable[[Any], None]
    ) -> None:
        self._base, self._index, self._load, self._reply = base, index, load, reply
        self._lock = threading.RLock()  # of the model and the rows, while they are being opened
        self._name = self._id = ""
        self._model: SentenceModel | None = None
        self._rows: QualityRows | None = None
        self._questions: queue.SimpleQueue[JudgeMessage] = queue.SimpleQueue()
        self._orders: queue.SimpleQueue[ReadOn] = queue.SimpleQueue()

    def start(self) -> None:
        """Begin the two threads; they end with the process."""
        for work in (self._serve, self._read_on):
            threading.Thread(target=work, name=f"quality{work.__name__}", daemon=True).start()

    def put(self, request: JudgeMessage | ReadOn) -> None:
        """From any thread; Judge is answered by Judged or Failed, ReadOn by Filled every now and then."""
        if isinstance(request, ReadOn):
            self._orders.put(request)
        else:
            self._questions.put(request)

    # --- questions

    def _serve(self) -> None:
        while True:
            self._reply(self._answer(self._questions.get()))

    def _answer(self, request: JudgeMessage) -> Answer:
        try:
            keys, scores = self._judge(self._opened(request.model), request)
        except StoreError as error:
            return Failed(request.id, f"{error.what} ({error.where})", error.next_step)
        except _FAILURES as error:
            return Failed(request.id, f"the quality model failed: {error}", NEXT_STEP)
        return Judged(request.id, keys, scores.astype("<f4").tobytes())

    def _judge(self, model: SentenceModel, request: JudgeMessage) -> tuple[bytes, NDArray[np.float32]]:
        until_s = time.monotonic() + request.within_s
        if not request.questions:  # the model was to be loaded, no more
            return b"", np.zeros(0, np.float32)
        if model.embed is None:
            return _judged_together(model, request, until_s)
        rows = self._kept()
        mean = model.embed([text[:MAX_TEXT] for text in request.questions]).mean(axis=0)
        lacking = [(key, text) for key, text in request.texts if key not in rows]
        for part in _batches(lacking, model.batch):
            if time.monotonic() >= until_s:
                break
            _read(model, rows, part)
        return rows.cosines(mean / max(float(np.linalg.norm(mean)), 1e-9))

    # --- reading

    def _read_on(self) -> None:
        index = IndexFile(self._index)
        while True:
            order = self._orders.get()
            if order.on and self._orders.empty():
                self._reply(self._filled(order.model, index))

    def _filled(self, name: str, index: IndexFile) -> Filled:
        try:
            return self._fill(name, index)
        except StoreError as error:
            return Filled(name, 0, 0, f"{error.what} ({error.where}); {error.next_step}")
        except _FAILURES as error:
            return Filled(name, 0, 0, f"the quality model failed: {error}; {NEXT_STEP}")

    def _fill(self, name: str, index: IndexFile) -> Filled:
        """Read until all is read or another order comes."""
        model, conn = self._opened(name), index.open()
        _stand_back()  # not before: a question may wait for the model to be loaded
        if model.embed is None:
            return Filled(name, 0, 0)
        rows = self._kept()
        todo = unread(conn, rows)
        total, done = len(todo.live), len(todo.live) - todo.chunks
        reported_s = 0.0
        for group in _batches(texts(conn, todo), _SORTED_TOGETHER * model.batch):
            for part in _batches(sorted(group, key=lambda chunk: len(chunk[1])), model.batch):
                if not self._orders.empty():
                    return Filled(name, done, total)
                if time.monotonic() - reported_s >= REPORT_EVERY_S:
                    reported_s = time.monotonic()
                    self._reply(Filled(name, done, total))
                _read(model, rows, part)
                done += len(part)
        rows.keep_only(todo.live)
        return Filled(
            name, total, total
        )  # a file that was replaced meanwhile is a change, and asked for anew

    # --- what both need

    def _opened(self, name: str) -> SentenceModel:
        with self._lock:
            if self._model is None or name != self._name:
                folder = model_folder(name)
                self._model, self._name, self._id = self._load(folder), name, model_id(name, folder)
                self._rows = None
            return self._model

    def _kept(self) -> QualityRows:
        """quality.db, made again when somebody deleted it."""
        with self._lock:
            file = self._base / DATABASE
            if self._rows is None or not file.exists():  # whoever uses the old ones still may
                self._base.mkdir(parents=True, exist_ok=True, mode=0o700)
                self._rows = QualityRows(file, self._id)
            return self._rows


def _stand_back() -> None:
    """This thread works when no other wants to; where threads have a niceness of their own."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _read(model: SentenceModel, rows: QualityRows, part: Sequence[tuple[bytes, str]]) -> None:
    assert model.embed is not None
    rows.put([key for key, _ in part], model.embed([text[:MAX_TEXT] for _, text in part]))


def _judged_together(
    model: SentenceModel, request: JudgeMessage, until_s: float
) -> tuple[bytes, NDArray[np.float32]]:
    """By a cross-encoder: the first texts, as many as there is time for."""
    assert model.judge is not None
    keys: list[bytes] = []
    scores = [np.zeros(0, np.float32)]
    for part in _batches(request.texts, model.batch):
        if time.monotonic() >= until_s:
            break
        scores.append(model.judge(request.questions[0][:MAX_TEXT], [text[:MAX_TEXT] for _, text in part]))
        keys += [key for key, _ in part]
    return b"".join(keys), np.concatenate(scores)


def _batches(items: Any, size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    while part := list(itertools.islice(iterator, size)):
        yield part
