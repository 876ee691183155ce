"""Tuning as the daemon uses it: when a project may learn, who does it, and what its questions are read by."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from memoryd.config import VectorsSection
from memoryd.daemon.indexing.jobs import JobError
from memoryd.daemon.processes.child_process import Child
from memoryd.errors import MemorydError, StoreError
from memoryd.server.protocol import encode
from memoryd.server.service import OnProgress, Progress

if TYPE_CHECKING:
    from memoryd.embedding.tuned import Tuning

log = logging.getLogger(__name__)

MODULE = "memoryd.daemon.tuning.worker"
# One core, so that equal stores give equal words: sums depend on how they are shared out.
ONE_CORE = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class TuneAnswer(Struct, frozen=True):
    """``state``: ``tuned`` (in use), ``base`` (tried, did not help), ``few`` (too few commits), ``off``, ``newer`` (of
    a newer memoryd).
    ``detail``: the same in words. ``model``: what questions are read by now. MRR before and after on ``questions``
    held-back commits: of ``files`` and ``pieces`` by the whole ranking, and of files by the vectors ``alone``."""

    root: str
    state: str
    detail: str
    model: str
    commits: int
    questions: int
    files: tuple[float, ...]
    pieces: tuple[float, ...]
    alone: tuple[float, ...]
    cpu_seconds: float


class TunerLine(Struct, frozen=True, omit_defaults=True):
    """A line from the tuning process: how far it is, that the result is in its file, or a MemorydError's values."""

    progress: Progress | None = None
    done: bool = False
    error: dict[str, Any] | None = None


_SAID = msgspec.json.Decoder(TunerLine)


class LearnedWords:
    """What was learned for one project store, read on first use. Methods may be called from any thread.
    ``look``: the index changed since somebody looked whether tuning is due. ``failed``: it could not be done here;
    only a person tries again."""

    def __init__(self, folder: Path, settings: VectorsSection) -> None:
        self._folder, self._wanted = folder, settings.enabled and settings.tune
        self._lock = Lock()
        self._read = False
        self._tuning: Tuning | None = None
        self._embedder: Any = None
        self.look, self.failed = True, False

    @property
    def tuning(self) -> Tuning | None:
        with self._lock:
            return self._current()

    def _current(self) -> Tuning | None:
        from memoryd.embedding import tuned

        if not self._read:
            self._read, self._tuning, self._embedder = True, tuned.read(self.file), None
        return self._tuning

    @property
    def file(self) -> Path:
        from memoryd.embedding import tuned

        return self._folder / tuned.FILE

    def forget(self) -> None:
        """The file was written anew: read it on the next use."""
        with self._lock:
            self._read = False

    def set_back(self, base: Any) -> None:
        """To the shipped model, until a person asks for tuning. Raises StoreError."""
        from memoryd.embedding import tuned

        tuned.write(self.file, tuned.Tuning(tuned.VERSION, base.model if base else "", "off"))
        self.forget()

    def is_due(self, base: Any, known: int) -> bool:
        """Whether learning from ``known`` commits may find something that was not found yet."""
        from memoryd.embedding import tuned

        return self.tuning.is_due(base.model, known) if self.tuning else known >= tuned.MIN_COMMITS

    def embedder(self, base: Any) -> Any:
        """What the project's questions are read by: ``base``, or what was learned on top of it."""
        if base is None or not self._wanted:
            return base
        from memoryd.embedding import tuned

        with self._lock:
            tuning = self._current()
            if self._embedder is None or self._embedder[0] is not base:
                self._embedder = (base, tuned.tuned(base, tuning))
            return self._embedder[1]

    def in_words(self) -> str:
        """For ``memoryd status``."""
        from memoryd.embedding import tuned

        return tuned.in_words(self.tuning) if self._wanted else "not tuned: vectors.tune is off"

    def answer(self, root: str, base: Any) -> TuneAnswer:
        """What ``memoryd tune`` says."""
        tuning, embedder = self.tuning, self.embedder(base)
        proof = tuning.proof if tuning else None
        return TuneAnswer(
            root=root,
            state=tuning.state if tuning else "base",
            detail=self.in_words(),
            model=getattr(embedder, "id", embedder.model if embedder else ""),
            commits=tuning.commits if tuning else 0,
            questions=proof.questions if proof else 0,
            files=proof.files if proof else (),
            pieces=proof.pieces if proof else (),
            alone=proof.alone if proof else (),
            cpu_seconds=tuning.cpu_s if tuning else 0.0,
        )


class Tuner:
    """Lets one project at a time learn, in a process of its own that ends with it."""

    def __init__(self, log_file: Path, environment: Mapping[str, str]) -> None:
        self._log_file, self._environment = log_file, {**environment, **ONE_CORE}
        self._turn = asyncio.Lock()

    async def learn(self, index: Path, view: str, file: Path, on_progress: OnProgress) -> None:
        """Write into ``file`` what the view called ``view`` teaches. Raises MemorydError; cancelled, it ends the
        process and leaves the file as it was."""
        async with self._turn:
            try:
                child = await Child.start(MODULE, self._environment, self._log_file)
            except OSError as error:
                raise _failed(f"no process can be started: {error.strerror}") from error
            try:
                await child.send(encode({"index": str(index), "view": view, "file": str(file)}))
                await _follow(child, on_progress)
            except ConnectionError:
                raise _failed(await child.ended()) from None
            finally:
                child.kill()


async def _follow(child: Child, on_progress: OnProgress) -> None:
    while line := await child.read_line():
        try:
            said = _SAID.decode(line)
        except msgspec.DecodeError as error:
            raise _failed(f"it wrote no reply: {error}") from error
        if said.done:
            return
        if said.error is not None:
            raise JobError(said.error)
        if said.progress:
            on_progress(said.progress)
    raise _failed(await child.ended())


def _failed(how: str) -> MemorydError:
    return StoreError(
        f"tuning failed: {how}", where=MODULE, next_step="answers go on without; see `memoryd daemon logs`"
    )
