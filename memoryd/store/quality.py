"""The quality tier: a sentence-transformers model in the vector worker, with its vectors kept in quality.db.

The worker has index.db for reading only, so it keeps these vectors in a file of its own beside Chroma's
folder: a cache keyed (model, chunk hash), which may be deleted at any time. The model's id carries a digest
of its weights: another model under the same name starts anew.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sqlite3
import threading
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
_BATCH = 16
_UNSAFE = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".h5", ".msgpack", ".joblib"}
_NEXT = "set vectors.quality_model to a folder with a sentence-transformers model in safetensors form"


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


class QualityStore:
    """quality.db: int8 vectors by (model, chunk hash). A damaged file is deleted; it is a cache."""

    def __init__(self, file: Path) -> None:
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
                found[key] = np.frombuffer(row[0], dtype=np.int8).astype(np.float32) / np.float32(SCALE)
        return found

    def put(self, model: str, rows: dict[bytes, NDArray[np.float32]]) -> None:
        """Keep these; when the file is full it starts anew."""
        held = self._conn.execute("SELECT count(*) FROM embedding").fetchone()[0]
        self._conn.execute("BEGIN")
        if held > MAX_VECTORS:
            self._conn.execute("DELETE FROM embedding")
        self._conn.executemany(
            "INSERT OR REPLACE INTO embedding VALUES (?, ?, ?)",
            [(model, key, np.rint(row * SCALE).astype(np.int8).tobytes()) for key, row in rows.items()],
        )
        self._conn.execute("COMMIT")


class Quality:
    """Answers Embed and Rerank. ``load`` opens a model folder; one model is held at a time."""

    def __init__(self, base: Path, load: Callable[[Path], Encoder]) -> None:
        self._base, self._load = base, load
        self._store: QualityStore | None = None
        self._name = self._id = ""
        self._encode: Encoder | None = None

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
        except (ImportError, OSError, RuntimeError, ValueError, KeyError, TypeError, sqlite3.Error) as error:
            return Failed(request.id, f"the quality model failed: {error}", _NEXT)

    def _model(self, name: str) -> Encoder:
        if self._encode is None or name != self._name:
            folder = model_folder(name)
            self._encode, self._name, self._id = self._load(folder), name, model_id(name, folder)
        return self._encode

    def _rank(self, encode: Encoder, request: Rerank) -> list[float]:
        if self._store is None:
            self._store = QualityStore(self._base / DATABASE)
        rows = self._store.get(self._id, [key for key, _ in request.texts if key])
        lacking = [(at, key, text) for at, (key, text) in enumerate(request.texts) if key not in rows]
        fresh: dict[int, NDArray[np.float32]] = {}
        for start in range(0, len(lacking), _BATCH):
            part = lacking[start : start + _BATCH]
            encoded = encode([text[:MAX_TEXT] for _, _, text in part])
            fresh.update(zip((at for at, _, _ in part), encoded, strict=True))
        self._store.put(self._id, {key: fresh[at] for at, key, _ in lacking if key})
        query = encode([request.query[:MAX_TEXT]])[0]
        return [
            float(query @ (fresh[at] if at in fresh else rows[key]))
            for at, (key, _) in enumerate(request.texts)
        ]


def start(
    quality: Quality, take: Callable[[], Embed | Rerank], reply: Callable[[Any], None]
) -> threading.Thread:
    """Answer in a thread of its own, so that a model's seconds do not hold up Chroma's milliseconds."""

    def serve() -> None:
        while True:
            reply(quality.answer(take()))

    thread = threading.Thread(target=serve, name="quality", daemon=True)
    thread.start()
    return thread
