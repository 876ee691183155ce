"""One Chroma folder as a search cache over index.db's embedding table, never trusted further than checked.

Chroma answers wrongly without an error when its files are damaged (trust.md), so: its files must equal the
manifest of the last quiet moment before they are opened; after opening, ids are compared with SQLite's and
sample vectors must find themselves; every answer is checked for length, known ids and true distances.
``Damaged`` means: put the folder aside and fill a new one from SQLite. Nothing here embeds anything.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from memoryd.embedding.base import SCALE
from memoryd.embedding.exact import exact_scores
from memoryd.store.index.queries import vector_queries

FOLDER = "chroma"
QUARANTINE = "chroma.damaged"
MANIFEST = "manifest.json"
BATCH = 500  # vectors an add; about 0.1 s
PROBES = 64
PROBES_MAY_MISS = 2  # the search is approximate
DISTANCE_TOLERANCE = 2e-3
HNSW = {
    "space": "ip", "ef_construction": 100, "max_neighbors": 16, "ef_search": 2_000,
    "sync_threshold": 2_000, "batch_size": 1_000, "num_threads": 1,
}  # fmt: skip


class Damaged(Exception):
    """Chroma's folder or answer is wrong; the message says how."""


def quarantine(base: Path) -> None:
    """Put the Chroma folder of ``base`` aside, in place of an earlier one put aside."""
    (base / MANIFEST).unlink(missing_ok=True)
    if (base / FOLDER).exists():
        shutil.rmtree(base / QUARANTINE, ignore_errors=True)
        (base / FOLDER).rename(base / QUARANTINE)


def check_files(base: Path) -> None:
    """Compare the closed folder with its manifest; without one (killed while filling) let SQLite check its
    file. Raises Damaged."""
    if not (base / FOLDER).exists():
        return
    try:
        expected = msgspec.json.decode((base / MANIFEST).read_bytes(), type=dict[str, tuple[int, int]])
    except FileNotFoundError:
        return _quick_check(base / FOLDER / "chroma.sqlite3")
    except msgspec.MsgspecError as error:
        raise Damaged(f"the manifest is unreadable: {error}") from error
    found = _fingerprints(base)
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            raise Damaged(f"{name} is not as it was left")
    return None


def _quick_check(file: Path) -> None:
    try:
        with sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True) as conn:
            said = conn.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise Damaged(f"{file.name}: {error}") from error
    if said != "ok":
        raise Damaged(f"{file.name}: {said}")


def _fingerprints(base: Path) -> dict[str, tuple[int, int]]:
    return {name: _fingerprint(base / FOLDER / name) for name in _files(base / FOLDER)}


def _files(folder: Path) -> Iterator[str]:
    for parent, _, names in os.walk(folder):
        yield from (str(Path(parent, name).relative_to(folder)) for name in names)


def _fingerprint(file: Path) -> tuple[int, int]:
    size = crc = 0
    with file.open("rb") as data:
        while block := data.read(1 << 20):
            size, crc = size + len(block), zlib.crc32(block, crc)
    return size, crc


class VectorCache:
    """The open folder. ``open_client`` is called with the folder and gives a Chroma client."""

    def __init__(self, base: Path, open_client: Callable[[Path], Any]) -> None:
        self._base = base
        (base / FOLDER).mkdir(parents=True, exist_ok=True)
        (base / MANIFEST).unlink(missing_ok=True)  # opening already changes the files
        self._settled = False
        self._identity = _identity(base)
        self._client = open_client(base / FOLDER)
        self._collections: dict[str, ModelCache] = {}

    def of_model(self, model: str) -> ModelCache:
        """The collection of one model, made when missing."""
        if model not in self._collections:
            self._collections[model] = ModelCache(self._client, model, self._writing)
        return self._collections[model]

    def drop_models(self, keep: set[str]) -> None:
        """Delete the collections of all other models."""
        kept = {collection_name(model) for model in keep}
        for collection in self._client.list_collections():
            if collection.name not in kept:
                self._writing()
                self._client.delete_collection(collection.name)

    def check_place(self) -> None:
        """Raises Damaged when the folder was removed or replaced under us."""
        if _identity(self._base) != self._identity:
            raise Damaged("the folder was removed or replaced")

    def settle(self) -> None:
        """Write the manifest unless it is there: call in a quiet moment."""
        if not self._settled:
            aside = self._base / f".{MANIFEST}"
            aside.write_bytes(msgspec.json.encode(_fingerprints(self._base)))
            aside.replace(self._base / MANIFEST)
            self._settled = True

    def close(self) -> None:
        """Leave the folder as the next start expects it."""
        self._writing()
        self._client.close()
        self.check_place()
        self.settle()

    def _writing(self) -> None:
        """Called before every change: a manifest must never describe files that may be changing."""
        if self._settled:
            (self._base / MANIFEST).unlink(missing_ok=True)
            self._settled = False


def _identity(base: Path) -> tuple[int, int] | None:
    """What tells the folder from another at the same place; None when it is gone."""
    try:
        found = (base / FOLDER).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def collection_name(model: str) -> str:
    """A name that Chroma accepts, different for different models."""
    plain = re.sub(r"[^a-zA-Z0-9._-]+", "-", model).strip("._-")[:200]
    return f"m-{plain}-{zlib.crc32(model.encode()):08x}"


class ModelCache:
    """The collection of one model. ``known``: the chunk hashes it holds."""

    def __init__(self, client: Any, model: str, writing: Callable[[], None]) -> None:
        self._client, self._model, self._writing = client, model, writing
        self._collection = self._open()
        self.known = self._ids()
        self._checked = not self.known

    def check(self, index: sqlite3.Connection) -> None:
        """Compare the ids with ``known``, and let sample vectors find themselves. Raises Damaged."""
        if self._ids() != self.known:
            raise Damaged("the ids changed by themselves")
        sample = sorted(self.known)[:: max(1, len(self.known) // PROBES)][:PROBES]
        rows = vector_queries.vectors(index, self._model, sample)
        if rows:
            queries = _rows(list(rows.values()))
            found = self._collection.query(query_embeddings=queries, n_results=1, include=["distances"])
            itself = 1 - np.einsum("ij,ij->i", queries, queries)  # the inner product of a vector with itself
            missed = sum(
                not near or near[0] > distance + DISTANCE_TOLERANCE
                for near, distance in zip(found["distances"], itself.tolist(), strict=True)
            )
            if missed > PROBES_MAY_MISS:
                raise Damaged(f"{missed} of {len(rows)} sample vectors do not find themselves")
        self._checked = True

    def difference(self, wanted: set[bytes], index: sqlite3.Connection) -> tuple[list[bytes], list[bytes]]:
        """What is missing and what is too much, given what SQLite has. The first call checks the contents; a
        collection with much to remove is emptied instead, since removed nodes stay in its graph."""
        if not self._checked:
            self.check(index)
        surplus = self.known - wanted
        if len(surplus) > len(self.known) // 3:
            self._writing()
            self._client.delete_collection(collection_name(self._model))
            self._collection = self._open()
            self.known, surplus = set(), set()
        return sorted(wanted - self.known), sorted(surplus)

    def add(self, index: sqlite3.Connection, hashes: list[bytes]) -> None:
        """Copy these vectors from SQLite; those that are gone from it are passed over."""
        rows = vector_queries.vectors(index, self._model, hashes)
        if rows:
            self._writing()
            self._collection.add(ids=[key.hex() for key in rows], embeddings=_rows(list(rows.values())))
            self.known.update(rows)

    def remove(self, hashes: list[bytes]) -> None:
        """Take these out."""
        self._writing()
        self._collection.delete(ids=[key.hex() for key in hashes])
        self.known.difference_update(hashes)

    def nearest(
        self, index: sqlite3.Connection, query: NDArray[np.float32], k: int
    ) -> tuple[list[bytes], list[float]]:
        """The chunks nearest to ``query`` with exact cosines, best first. Raises Damaged for an answer that
        is short, foreign, or at odds with SQLite's vectors."""
        k = min(k, len(self.known))
        if k == 0 or not query.any():
            return [], []
        query = query / np.linalg.norm(query)
        found = self._collection.query(query_embeddings=[query], n_results=k, include=["distances"])
        hashes = [bytes.fromhex(name) for name in found["ids"][0]]
        if len(hashes) != k or not self.known.issuperset(hashes):
            raise Damaged(f"{len(hashes)} of {k} answers, {len(set(hashes) - self.known)} of them unknown")
        rows = vector_queries.vectors(index, self._model, hashes)
        cached_scores = {
            key: 1 - distance for key, distance in zip(hashes, found["distances"][0], strict=True)
        }
        return _scored(rows, cached_scores, query)

    def _open(self) -> Any:
        return self._client.get_or_create_collection(
            collection_name(self._model), embedding_function=None, configuration={"hnsw": HNSW}
        )

    def _ids(self) -> set[bytes]:
        return {bytes.fromhex(name) for name in self._collection.get(include=[])["ids"]}


def _rows(vectors: list[bytes]) -> NDArray[np.float32]:
    """As Chroma gets them: it ranks by inner product, so that its scores are those of exact search."""
    return vector_queries.matrix(vectors, len(vectors[0])).astype(np.float32) / np.float32(SCALE)


def _scored(
    rows: dict[bytes, bytes], cached_scores: dict[bytes, float], query: NDArray[np.float32]
) -> tuple[list[bytes], list[float]]:
    if not rows:
        return [], []
    vectors = list(rows.values())
    scores = exact_scores(vector_queries.matrix(vectors, len(vectors[0])), query)
    exact = dict(zip(rows, scores.tolist(), strict=True))
    if any(abs(cached_scores[key] - score) > DISTANCE_TOLERANCE for key, score in exact.items()):
        raise Damaged("a distance does not fit the vector")
    hashes = sorted(exact, key=lambda key: (-exact[key], key))
    return hashes, [exact[key] for key in hashes]
