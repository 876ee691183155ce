"""The vector worker: ``python -m memoryd.store.vectors.worker --dir VECTORS --index INDEX_DB --parent PID``.

The only process that opens Chroma or a sentence-transformers model. It may be killed at any time and has
nothing of its own that cannot be made again from index.db. It is built to crash: when Chroma is wrong or
raises, the process ends with EXIT_DAMAGED (or dies), and its successor, told ``--suspect``, starts on a
fresh folder. Requests come on stdin, answers go to stdout (``vector_wire``); it ends at stdin's EOF.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import logging
import os
import queue
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from memoryd.errors import StoreError
from memoryd.store.index import reader
from memoryd.store.index.index_file import IndexFile
from memoryd.store.index.queries import vector_queries
from memoryd.store.vectors import chroma_cache
from memoryd.store.vectors.chroma_cache import Damaged, ModelCache, VectorCache
from memoryd.store.vectors.quality import Quality
from memoryd.store.vectors.quality_model import SentenceModel, is_cross_encoder
from memoryd.store.vectors.wire import (  # fmt: skip
    EXIT_DAMAGED,
    EXIT_INDEX,
    Failed,
    Frames,
    JudgeMessage,
    Message,
    Nearest,
    Query,
    ReadOn,
    Request,
    State,
    Status,
    Stop,
    Sync,
    WorkerReport,
    WorkerState,
    decode_request,
    frame,
)

QUIET_S = 5.0  # without a write, then the manifest is written
TICK_S = 1.0
CHECK_S = 900.0  # the ids are compared and probed again this often
NICENESS = 5
MAX_TOKENS = 128  # that a quality model reads of a text: ranks as well as 256 and takes half the time
PROCESSOR_BATCH = 4  # texts at a time: a tenth of a second, and as fast as any
CARD_BATCH = 64
_PR_SET_PDEATHSIG = 1

log = logging.getLogger("memoryd.vectors")


def open_chroma(folder: Path) -> Any:
    """A Chroma client on ``folder``, without telemetry. The import takes a second or two."""
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(
        path=str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False)
    )


def open_model(folder: Path) -> SentenceModel:
    """A sentence-transformers model from a local folder: nothing is downloaded, no code of the model runs. Raises
    ValueError for weights that cannot be read, and what the library raises."""
    from safetensors import SafetensorError

    try:
        return _opened(folder)
    except SafetensorError as error:
        raise ValueError(f"its weights cannot be read: {error}") from error


def _opened(folder: Path) -> SentenceModel:
    os.environ.update(HF_HUB_OFFLINE="1", TRANSFORMERS_OFFLINE="1", TOKENIZERS_PARALLELISM="false")
    import torch
    from sentence_transformers import CrossEncoder, SentenceTransformer

    torch.set_num_threads(max(1, (os.cpu_count() or 2) // 2))  # the machine is somebody's
    batch = CARD_BATCH if torch.cuda.is_available() or torch.backends.mps.is_available() else PROCESSOR_BATCH
    safe: dict[str, Any] = {
        "local_files_only": True,
        "trust_remote_code": False,
        "model_kwargs": {"use_safetensors": True},
    }
    if is_cross_encoder(folder):
        cross = CrossEncoder(str(folder), **safe)
        cross.max_seq_length = min(cross.max_seq_length or MAX_TOKENS, 2 * MAX_TOKENS)

        def judge(question: str, texts: Sequence[str]) -> NDArray[np.float32]:
            scores = cross.predict([(question, text) for text in texts], show_progress_bar=False)
            return np.asarray(scores, np.float32).reshape(len(texts), -1)[:, -1]

        return SentenceModel(batch, judge=judge)
    model = SentenceTransformer(str(folder), **safe)
    model.max_seq_length = min(model.max_seq_length or MAX_TOKENS, MAX_TOKENS)

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = model.encode(
            list(texts), batch_size=batch, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32)

    return SentenceModel(batch, embed=embed)


class Worker:
    """Takes requests one at a time and fills the cache in between."""

    def __init__(self, base: Path, index: Path, suspect: str) -> None:
        self._base, self._index, self._quarantined = base, IndexFile(index), suspect
        self._requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._quality = Quality(base, index, open_model, self._send)
        self._out = _claim_stdout()
        self._out_lock = threading.Lock()
        self._cache: VectorCache | None = None
        self._model = ""
        self._state: WorkerState = "starting"
        self._adding: list[bytes] = []
        self._generation = self._adding_generation = 0  # of index.db: held completely; being brought in
        self._written_s = self._checked_s = time.monotonic()

    def run(self) -> None:
        """Until Stop or stdin's EOF. Raises Damaged, StoreError or sqlite3.Error for ``main``."""
        threading.Thread(target=self._read, name="stdin", daemon=True).start()
        self._quality.start()
        while True:
            try:
                request = self._requests.get(timeout=0 if self._adding else TICK_S)
            except queue.Empty:
                self._fill() if self._adding else self._rest()
                continue
            if isinstance(request, Stop):
                break
            self._answer(request)
        if self._cache:
            self._cache.close()

    def _read(self) -> None:
        frames = Frames()
        while data := os.read(0, 1 << 16):
            for body in frames.feed(data):
                request = decode_request(body)
                if isinstance(request, JudgeMessage | ReadOn):
                    self._quality.put(request)
                else:
                    self._requests.put(request)
        self._requests.put(Stop())

    def _answer(self, request: Request) -> None:
        if isinstance(request, Sync):
            self._sync(request.model)
        elif isinstance(request, Query):
            self._send(self._nearest(request))
        elif isinstance(request, Status):
            held = len(self._collection().known) if self._cache and self._model else 0
            self._send(WorkerReport(request.id, self._state, held, _rss_bytes(), self._quarantined))

    def _sync(self, model: str) -> None:
        index = self._index.open()
        if self._cache is None:
            self._cache = self._open_cache()
        self._cache.check_place()
        new_model, self._model = model != self._model, model
        # Read before the hashes: what is written in between then counts as not held.
        self._adding_generation = reader.generation(index)
        wanted = vector_queries.searchable(index, model)
        self._adding, surplus = self._collection().difference(wanted, index)
        for start in range(0, len(surplus), chroma_cache.BATCH):
            self._collection().remove(surplus[start : start + chroma_cache.BATCH])
        if new_model:
            self._cache.drop_models(vector_queries.models(index) | {model})
        # A few new chunks do not make the rest unsearchable.
        small = self._state == "ready" and not new_model and len(self._adding) <= len(wanted) // 10
        self._note_generation()
        self._enter("ready" if small or not self._adding else "rebuilding")

    def _nearest(self, request: Query) -> Message:
        if self._state != "ready" or self._cache is None or request.model != self._model:
            return Failed(request.id, f"the vectors are {self._state}")
        self._cache.check_place()
        vector = np.frombuffer(request.vector, dtype="<f4")
        hashes, scores = self._collection().nearest(self._index.open(), vector, request.k)
        return Nearest(request.id, hashes, scores, self._generation)

    def _fill(self) -> None:
        assert self._cache is not None
        self._cache.check_place()
        part, self._adding = self._adding[: chroma_cache.BATCH], self._adding[chroma_cache.BATCH :]
        self._collection().add(self._index.open(), part)
        self._written_s = time.monotonic()
        self._note_generation()
        self._enter(self._state if self._adding else "ready")

    def _note_generation(self) -> None:
        if not self._adding:
            self._generation = self._adding_generation

    def _rest(self) -> None:
        """Nothing to do: look after the folder."""
        if self._cache is None:
            return
        self._cache.check_place()
        now = time.monotonic()
        if now - self._written_s >= QUIET_S:
            self._cache.settle()
        if self._model and now - self._checked_s >= CHECK_S:
            self._collection().check(self._index.open())
            self._checked_s = now

    def _collection(self) -> ModelCache:
        assert self._cache is not None
        return self._cache.of_model(self._model)

    def _open_cache(self) -> VectorCache:
        if self._quarantined:
            chroma_cache.quarantine(self._base)
        try:
            chroma_cache.check_files(self._base)
        except Damaged as reason:
            log.warning("the vector cache is damaged and will be filled again: %s", reason)
            self._quarantined = str(reason)
            chroma_cache.quarantine(self._base)
        self._enter("rebuilding")
        return VectorCache(self._base, open_chroma)

    def _enter(self, state: WorkerState) -> None:
        self._state = state
        held = len(self._collection().known) if self._cache and self._model else 0
        self._send(State(state, self._model, held, held + len(self._adding)))

    def _send(self, message: Message) -> None:
        with self._out_lock:
            self._out.write(frame(message))
            self._out.flush()


def _claim_stdout() -> Any:
    """The real stdout, for frames alone; what a library prints goes to stderr."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def _rss_bytes() -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


def _die_with(parent: int) -> None:
    """SIGKILL when the thread that started us ends (Linux); elsewhere stdin's EOF has to do."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if parent and os.getppid() != parent:
        raise SystemExit(0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="memoryd.store.vectors.worker", description=__doc__)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--parent", type=int, default=0)
    parser.add_argument("--suspect", default="", help="why the folder is to be put aside")
    options = parser.parse_args()
    _die_with(options.parent)
    os.umask(0o077)
    with contextlib.suppress(OSError):
        os.nice(NICENESS)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s vectors: %(message)s")
    options.dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        Worker(options.dir, options.index, options.suspect).run()
    except Damaged as reason:
        log.warning("the vector cache is wrong: %s", reason)
        os._exit(EXIT_DAMAGED)  # no clean-up of a library that is in an unknown state
    except (StoreError, sqlite3.Error) as error:
        log.warning("index.db cannot be read: %s", error)
        os._exit(EXIT_INDEX)
    except BrokenPipeError:
        os._exit(0)
    os._exit(0)


if __name__ == "__main__":
    main()
