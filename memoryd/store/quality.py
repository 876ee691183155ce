"""The quality tier: a sentence-transformers model in the vector worker, with its vectors kept in quality.db.

The worker has index.db for reading only, so it keeps these vectors in a file of its own beside Chroma's
folder: a cache keyed (model, chunk hash), which may be deleted at any time. The model's id carries a digest
of its weights: another model under the same name starts anew.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memoryd.embedding.base import SCALE
from memoryd.errors import StoreError
from memoryd.store.vector_wire import Answer, Embed, Embedded, Failed, Ranked, Rerank

DATABASE = "quality.db"
MAX_TEXT = 4_000  # characters of a text that are read
MAX_VECTORS = 200_000  # kept in quality.db
_BATCH = 4  # texts at a time: a fraction of a second on one processor
_FAILURES = (ImportError, OSError, RuntimeError, ValueError, KeyError, TypeError, sqlite3.Error)
_UNSAFE = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".h5", ".msgpack", ".joblib"}
_NEXT = "set vectors.quality_model to a folder with a sentence-transformers model in safetensors form"


log = logging.getLogger("memoryd.vectors")


class Encoder(Protocol):
    """A loaded model: texts → unit rows."""

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


class _Module(Struct):
    """An entry of modules.json."""

    type: str


def model_folder(name: str) -> Path:
    """Where the model ``name`` lies: a folder, or an installed package that carries one as ``model/``.

    Raises StoreError when there is none, or when it holds anything that runs code on loading: pickled
    weights, or modules that are not sentence-transformers' own.
    """
    folder = Path(name).expanduser()
    if not folder.is_dir() and name.isidentifier():
        spec = importlib.util.find_spec(name)
        places = spec.submodule_search_locations if spec else None
        folder = Path(next(iter(places)), "model") if places else folder
    modules = folder / "modules.json"
    if not modules.is_file():
        raise StoreError("there is no such quality model", where=name, next_step=_NEXT)
    unsafe = [file.name for file in folder.rglob("*") if file.suffix in _UNSAFE]
    if unsafe:
        raise StoreError(
            f"the quality model holds {unsafe[0]}, which is not safe to load", where=name, next_step=_NEXT
        )
    try:
        parts = msgspec.json.decode(modules.read_bytes(), type=list[_Module])
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreError(f"modules.json cannot be read: {error}", where=name, next_step=_NEXT) from error
    foreign = [part.type for part in parts if not part.type.startswith("sentence_transformers.")]
    if foreign:
        raise StoreError(f"the quality model wants the code {foreign[0]}", where=name, next_step=_NEXT)
    return folder


def model_id(name: str, folder: Path) -> str:
    """The name with a digest of the configuration and the weights."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*.safetensors")) + sorted(folder.rglob("*.json")):
        digest.update(file.read_bytes())
    return f"{name}-{digest.hexdigest()[:8]}"


class _Text(Struct, frozen=True):
    """One text of a Rerank: its position, key and words."""

    at: int
    key: bytes
    text: str


class QualityStore:
    """quality.db: int8 vectors by (model, chunk hash). A damaged file is deleted; it is a cache."""

    def __init__(self, file: Path) -> None:
        self._held = -1  # not counted yet
        try:
            self._conn = self._open(file)
        except sqlite3.DatabaseError:
            for suffix in ("", "-wal", "-shm"):
                file.with_name(file.name + suffix).unlink(missing_ok=True)
            self._conn = self._open(file)

    @staticmethod
    def _open(file: Path) -> sqlite3.Connection:
        os.close(os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        conn = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        conn.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
            " CREATE TABLE IF NOT EXISTS embedding (model TEXT NOT NULL, hash BLOB NOT NULL,"
            " vector BLOB NOT NULL, PRIMARY KEY (model, hash)) WITHOUT ROWID"
        )
        conn.execute("SELECT count(*) FROM (SELECT 1 FROM embedding LIMIT 1)").fetchone()
        return conn

    def get(self, model: str, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """The known ones of ``keys`` as unit rows."""
        found = {}
        for key in keys:
            row = self._conn.execute(
                "SELECT vector FROM embedding WHERE model = ? AND hash = ?", (model, key)
            ).fetchone()
            if row:
                found[key] = _unit(np.frombuffer(row[0], dtype=np.int8))
        return found

    def put(self, model: str, rows: dict[bytes, NDArray[np.int8]]) -> None:
        """Keep these (unit · 127); when the file is full it starts anew."""
        if self._held < 0:
            self._held = self._conn.execute("SELECT count(*) FROM embedding").fetchone()[0]
        self._conn.execute("BEGIN")
        if self._held > MAX_VECTORS:
            self._held = 0
            self._conn.execute("DELETE FROM embedding")
        self._held += len(rows)
        self._conn.executemany(
            "INSERT OR REPLACE INTO embedding VALUES (?, ?, ?)",
            [(model, key, row.tobytes()) for key, row in rows.items()],
        )
        self._conn.execute("COMMIT")

    def close(self) -> None:
        self._conn.close()


class Quality:
    """Answers Embed and Rerank. ``load`` opens a model folder; one model is held at a time."""

    def __init__(self, base: Path, load: Callable[[Path], Encoder]) -> None:
        self._base, self._load = base, load
        self._store: QualityStore | None = None
        self._name = self._id = ""
        self._encode: Encoder | None = None
        self._rest: list[_Text] = []

    def answer(self, request: Embed | Rerank) -> Answer:
        """Failed for a model that is missing or refused; the reason says what to do."""
        try:
            encode = self._model(request.model)
            if isinstance(request, Embed):
                rows = encode([text[:MAX_TEXT] for text in request.texts])
                return Embedded(request.id, rows.shape[1], rows.astype("<f4").tobytes())
            return Ranked(request.id, self._rank(encode, request))
        except StoreError as error:
            return Failed(request.id, f"{error.what} ({error.where})", error.next_step)
        except _FAILURES as error:
            return Failed(request.id, f"the quality model failed: {error}", _NEXT)

    def go_on(self) -> bool:
        """Encode a few of the texts that there was no time for; False when there are none."""
        part, self._rest = self._rest[:_BATCH], self._rest[_BATCH:]
        try:
            if part and self._encode:
                self._encoded(self._encode, part)
        except _FAILURES as error:
            log.warning("the quality model failed: %s", error)
            self._rest = []
        return bool(self._rest)

    def _model(self, name: str) -> Encoder:
        if self._encode is None or name != self._name:
            folder = model_folder(name)
            self._encode, self._name, self._id = self._load(folder), name, model_id(name, folder)
        return self._encode

    def _rank(self, encode: Encoder, request: Rerank) -> list[float]:
        until_s = time.monotonic() + (request.within_s or float("inf"))
        texts = [_Text(at, key, text) for at, (key, text) in enumerate(request.texts)]
        kept = self._kept().get(self._id, [text.key for text in texts if text.key])
        query = encode([request.query[:MAX_TEXT]])[0]
        rows = {text.at: kept[text.key] for text in texts if text.key in kept}
        lacking = [text for text in texts if text.at not in rows]
        while lacking and time.monotonic() < until_s:
            part, lacking = lacking[:_BATCH], lacking[_BATCH:]
            rows.update(self._encoded(encode, part))
        self._rest = [text for text in lacking if text.key]
        in_time = lacking[0].at if lacking else len(texts)
        return [float(query @ rows[at]) for at in range(in_time)]

    def _encoded(self, encode: Encoder, texts: Sequence[_Text]) -> dict[int, NDArray[np.float32]]:
        """Rows by position, as they are kept, so that a question has the same answer when it is asked again."""
        rows = np.rint(encode([text.text[:MAX_TEXT] for text in texts]) * SCALE).astype(np.int8)
        keyed = zip(texts, rows, strict=True)
        self._kept().put(self._id, {text.key: row for text, row in keyed if text.key})
        return {text.at: _unit(row) for text, row in zip(texts, rows, strict=True)}

    def _kept(self) -> QualityStore:
        """quality.db, made again when somebody deleted it."""
        file = self._base / DATABASE
        if self._store is None or not file.exists():
            if self._store:
                self._store.close()
            self._base.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._store = QualityStore(file)
        return self._store


def _unit(row: NDArray[np.int8]) -> NDArray[np.float32]:
    return row.astype(np.float32) / np.float32(SCALE)


def start(
    quality: Quality, requests: queue.SimpleQueue[Embed | Rerank], reply: Callable[[Any], None]
) -> threading.Thread:
    """Answer in a thread of its own, so that a model's seconds do not hold up Chroma's milliseconds."""

    def serve() -> None:
        while True:
            reply(quality.answer(requests.get()))
            while requests.empty() and quality.go_on():
                pass

    thread = threading.Thread(target=serve, name="quality", daemon=True)
    thread.start()
    return thread
