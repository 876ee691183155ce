"""What is asked of the quality model, a sentence-transformers model in a process of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

State = Literal["off", "starting", "used", "late", "failed"]


class Verdict(Protocol):
    """``keys``: 16-byte hashes of the chunks that the model has an opinion of, one after the other; ``scores``:
    float32 of each, more is better. Empty unless ``state`` is ``used``."""

    @property
    def state(self) -> State: ...
    @property
    def keys(self) -> bytes: ...
    @property
    def scores(self) -> bytes: ...


class Model(Protocol):
    """A sentence-transformers model somewhere else."""

    def judge(self, questions: Sequence[str], texts: Iterable[tuple[bytes, str]]) -> Verdict:
        """Its opinion, within a second or two. ``questions``: one question in one or more ways. ``texts``: (16-byte
        hash, text) of chunks that it should have an opinion of, the likeliest first; not looked at if it has read
        everything."""
