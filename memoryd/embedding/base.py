"""What the rest of memoryd knows of an embedding model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SCALE = 127  # of stored vectors: int8 = round(127 · unit vector)


class Embedder(Protocol):
    """Turns terms into vectors whose dot product says how alike two texts are."""

    @property
    def model(self) -> str:
        """The id that stored vectors carry: a name and a digest of the weights."""

    @property
    def dimensions(self) -> int:
        """Length of a vector."""

    def encode_forward(self, forwards: Sequence[bytes]) -> NDArray[np.int8]:
        """One row per chunk of ``forwards`` (``indexers.terms.encode``), in order: a unit vector times
        ``SCALE``; zero where no term is known. Raises StoreError for bytes of another form."""

    def encode_query(self, weights: Mapping[int, float]) -> NDArray[np.float32]:
        """The unit vector of weighted terms; zero where none is known."""
