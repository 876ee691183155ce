"""What came of tuning to a project, on disk and in use: one small file beside the project's stores."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from memoryd.embedding.static import StaticEmbedder
from memoryd.embedding.tuning import Words
from memoryd.errors import StoreError
from memoryd.paths import replace_private

FILE = "tuned.msgpack"
VERSION = 1
MIN_COMMITS = 300  # usable ones: with fewer there is little to learn, and too little to prove that it helped
GROWTH = 1.2  # tried again when the history has grown by so much

State = Literal["tuned", "base", "few", "off", "newer"]


class Proof(Struct, frozen=True):
    """Mean reciprocal rank on ``questions`` held-back commits, before and after: of ``files`` and of ``pieces`` in the
    whole ranking, and of files by the vectors ``alone``. ``gain``: mean change of files and pieces; ``error``: the
    standard error of the change of ``alone``."""

    questions: int
    files: tuple[float, float]
    pieces: tuple[float, float]
    alone: tuple[float, float]
    gain: float
    error: float


class Tuning(Struct, frozen=True):
    """``state``: ``tuned`` (in use), ``base`` (tried, did not help), ``few`` (too few usable commits), ``off`` (a
    person went back), ``newer`` (the file is of a newer memoryd, and left as it is). ``base``: id of the model that it
    was learned for. ``known``: commits of the view when it was tried; ``commits``: those learned from. ``hashes``,
    ``rows``, ``scales``: the Words, little-endian."""

    version: int
    base: str
    state: State
    known: int = 0
    commits: int = 0
    proof: Proof | None = None
    cpu_s: float = 0.0
    hashes: bytes = b""
    rows: bytes = b""
    scales: bytes = b""

    @property
    def id(self) -> str:
        """Names the words that questions are read by: the shipped model, and a digest of what was learned."""
        digest = hashlib.sha256(self.hashes + self.rows + self.scales).hexdigest()[:8]
        return f"{self.base}+{digest}" if self.state == "tuned" else self.base

    def is_due(self, base: str, known: int) -> bool:
        """Whether trying again may find something: another model, or a history grown enough."""
        return self.state not in ("off", "newer") and (
            self.base != base or known >= GROWTH * max(self.known, 1)
        )


class _Head(Struct, frozen=True):
    """What a Tuning of any version says."""

    version: int


def packed(words: Words) -> dict[str, bytes]:
    """The fields of a Tuning that hold ``words``."""
    return {
        "hashes": words.hashes.astype("<u4").tobytes(),
        "rows": words.rows.tobytes(),
        "scales": words.scales.astype("<f4").tobytes(),
    }


def in_words(tuning: Tuning | None) -> str:
    """What people are told of it."""
    if tuning is None:
        return "not tuned yet"
    if tuning.state == "off":
        return "not tuned: `memoryd tune --reset` switched it off, `memoryd tune` learns again"
    if tuning.state == "newer":
        return "not tuned: what was learned is of a newer memoryd; upgrade it, or `memoryd tune` begins anew"
    if tuning.state == "few":
        return f"not tuned: {tuning.commits:,} usable commits, at least {MIN_COMMITS} are needed"
    proof = tuning.proof
    measured = ""
    if proof:
        files, pieces = (f"{before:.3f} → {after:.3f}" for before, after in (proof.files, proof.pieces))
        measured = f"; MRR on commits kept apart: files {files}, of pieces {pieces} (n={proof.questions})"
    if tuning.state == "base":
        return f"not tuned: what {tuning.commits:,} commits teach did not improve the ranking{measured}"
    return f"tuned on {tuning.commits:,} commits{measured}"


def read(file: Path) -> Tuning | None:
    """None where there is none, or none that this version wrote whole: it is only ever learned again. What a newer
    memoryd learned has the state ``newer``: a person may replace it, idle time may not."""
    try:
        data = file.read_bytes()
        if (version := msgspec.msgpack.decode(data, type=_Head).version) > VERSION:
            return Tuning(version, "", "newer")
        tuning = msgspec.msgpack.decode(data, type=Tuning)
    except (OSError, msgspec.DecodeError):
        return None
    count = len(tuning.hashes) // 4
    whole = len(tuning.scales) == 4 * count and len(tuning.rows) % max(count, 1) == 0
    return tuning if tuning.version == VERSION and whole else None


def write(file: Path, tuning: Tuning) -> None:
    """Whole or not at all. Raises StoreError."""
    try:
        replace_private(file, msgspec.msgpack.encode(tuning))
    except OSError as error:
        raise StoreError(
            f"what was learned cannot be kept: {error.strerror}",
            where=str(file),
            next_step="free disk space or repair the rights, then `memoryd tune`",
        ) from error


def tuned(base: StaticEmbedder, tuning: Tuning | None) -> StaticEmbedder | TunedEmbedder:
    """``base`` with what was learned, or as it is where nothing was, or for another model."""
    if tuning is None or tuning.state != "tuned" or tuning.base != base.model:
        return base
    count = len(tuning.hashes) // 4
    if len(tuning.rows) != count * base.dimensions:
        return base
    rows = np.frombuffer(tuning.rows, np.int8).reshape(count, base.dimensions)
    words = Words(np.frombuffer(tuning.hashes, "<u4"), rows, np.frombuffer(tuning.scales, "<f4"))
    return TunedEmbedder(base, words, tuning.id)


class TunedEmbedder:
    """An Embedder whose chunks are those of ``base`` and whose questions are read by ``words`` where those know a
    term. ``model`` names the chunks' vectors; ``id`` also what was learned."""

    def __init__(self, base: StaticEmbedder, words: Words, name: str = "") -> None:
        self._base, self._words = base, words
        self.model, self.id = base.model, name or base.model

    @property
    def dimensions(self) -> int:
        return self._base.dimensions

    def encode_forward(self, forwards: Sequence[bytes]) -> NDArray[np.int8]:
        """As the shipped model does."""
        return self._base.encode_forward(forwards)

    def encode_query(self, weights: Mapping[int, float]) -> NDArray[np.float32]:
        """The unit vector of weighted terms; zero if none is known."""
        terms = np.array(sorted(weights), dtype=np.uint32)
        rows = self._base.question_rows(terms)
        known = self._words.hashes
        if len(known):
            at = np.minimum(np.searchsorted(known, terms), len(known) - 1)
            ours = known[at] == terms
            rows[ours] = self._words.rows[at[ours]] * self._words.scales[at[ours], None]
        summed = np.array([weights[int(term)] for term in terms], dtype=np.float32) @ rows
        norm = float(np.linalg.norm(summed))
        return (summed / norm if norm > 0 else summed).astype(np.float32)
