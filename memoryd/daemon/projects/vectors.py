"""The vector worker of one project store, as answers use it: begun with the first question that gains from it, never
waited for, ended when idle. Whatever is wrong with it, answers compare vectors exactly and keep the default order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from memoryd.config import VectorsSection
from memoryd.daemon.processes import process_memory
from memoryd.query.status_answers import Check

if TYPE_CHECKING:
    from memoryd.store.vectors.client import VectorClient, VectorHit
    from memoryd.store.vectors.quality_client import QualityClient

NEAR_WAIT_S = 0.1  # exact comparison takes less
CLOSE_S = 1.0


class ProjectVectors:
    """``folder``: where the worker keeps its files. ``busy``: whether the project is being indexed; no worker is
    begun meanwhile. Methods may be called from any thread."""

    def __init__(
        self, folder: Path, index: Path, settings: VectorsSection, log_file: Path, busy: Callable[[], bool]
    ) -> None:
        self._folder, self._index, self._log_file = folder, index, log_file
        self._settings, self._busy = settings, busy
        self._lock = Lock()
        self._client: VectorClient | None = None
        self._quality: QualityClient | None = None
        self._cached = False  # the project is large enough: somebody asked the cache
        self._closed = False

    @property
    def from_chunks(self) -> int:
        """With fewer vectors than this, comparing all of them is cheaper than asking."""
        return self._settings.cache_from_chunks

    def nearest(self, model: str, vector: Any, k: int, generation: int) -> Sequence[VectorHit] | None:
        """See ``memoryd.query.retrieval.ann_candidates.Near``."""
        client = self._worker()
        if client is None or (self._busy() and not client.run):
            return None
        self._cached = True
        return client.nearest(model, vector, k, generation=generation, wait_s=NEAR_WAIT_S)

    @property
    def quality(self) -> QualityClient | None:
        """The quality model, None when none is configured."""
        if not self._settings.quality_model:
            return None
        client = self._worker()
        with self._lock:
            if self._quality is None and client is not None:
                from memoryd.store.vectors.quality_client import QualityClient

                self._quality = QualityClient(client, self._settings.quality_model)
            return self._quality

    def _worker(self) -> VectorClient | None:
        """Made on first use; the process behind it begins later."""
        with self._lock:
            if self._client is None and self._settings.enabled and not self._closed:
                from memoryd.store.vectors.client import VectorClient

                self._client = VectorClient(
                    self._folder,
                    self._index,
                    log_file=self._log_file,
                    idle_stop_s=self._settings.idle_stop_s,
                )
            return self._client

    def changed(self) -> None:
        """The index has other chunks and vectors now."""
        if self._client and self._cached:
            self._client.changed()
        if self._quality:
            self._quality.changed()

    def read(self) -> bool:
        """The machine is idle: have the quality model read the project, if it is wanted. False when there is nothing
        to do."""
        quality = self.quality if self._settings.quality_fill else None
        return quality is not None and quality.read()

    def rest(self) -> None:
        """Somebody wants something: no more reading."""
        if self._quality:
            self._quality.rest()

    @property
    def rebuilding(self) -> bool:
        """The cache is being made; answers do without it."""
        return self._cached and self._client is not None and self._client.state in ("starting", "rebuilding")

    def checks(self) -> Iterator[Check]:
        """What ``doctor`` says of it."""
        if not self._settings.enabled:
            yield Check("vectors", "ok", "switched off")
            return
        yield self._cache_check()
        if self._settings.quality_model:
            yield self._quality_check()

    def _cache_check(self) -> Check:
        client = self._client
        if client is None or not self._cached:
            return Check(
                "vectors",
                "ok",
                f"questions are compared with every vector (a cache is used from {self.from_chunks} chunks on)",
            )
        known = client.known
        held = f"cache {known.state}, {known.done} of {known.total} vectors"
        running = f", worker {known.pid}, {process_memory.rss_mb(known.pid)} MB" if known.pid else ""
        if known.state == "failed":
            step = "see daemon.log; `rm -r` of the project's vectors folder is safe"
            return Check(
                "vectors", "warn", f"{held}: {known.detail}; questions are compared with every vector", step
            )
        return Check("vectors", "ok", f"{held}{running}")

    def _quality_check(self) -> Check:
        from memoryd.store.vectors.quality_model import problem

        model, quality = self._settings.quality_model, self._quality
        what, step = problem(model)
        if what:
            return Check("quality", "warn", f"{what}; answers keep the default order", step)
        if quality is not None and quality.state == "failed":
            return Check(
                "quality", "warn", f"{quality.detail}; answers keep the default order", "see daemon.log"
            )
        return Check("quality", "ok", f"{model}: {_progress(quality)}")

    def close(self) -> None:
        """End the worker; nobody may ask any more."""
        with self._lock:
            client, self._client, self._quality, self._closed = self._client, None, None, True
        if client:
            client.close(CLOSE_S)


def _progress(quality: QualityClient | None) -> str:
    """How far the model is, in words."""
    if quality is None:
        return "not needed yet"
    done, total, _ = quality.progress
    rest = "" if done == total else ", the rest while nobody asks"
    return f"{quality.state}; {done:,} of {total:,} chunks read{rest}" if total else quality.state
