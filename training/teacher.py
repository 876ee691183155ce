"""Optional start of the term vectors: what a sentence-transformers model says about each word by itself."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from indexers import terms
from training.pairs import NAME_PART


def surfaces(words: Iterable[Path], vocabulary: NDArray[np.uint32]) -> list[str]:
    """For each term of the vocabulary the text that most often stands for it in the mined ``*.words.json``."""
    total: Counter[str] = Counter()
    for file in words:
        total.update(msgspec.json.decode(file.read_bytes(), type=dict[str, int]))
    seen: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for word, count in total.items():
        parts = [part.lower() for part in NAME_PART.findall(word)]
        for part in parts:
            seen[terms.term(part)][part] += count
        if len(parts) > 1:
            seen[terms.term(word.lower().replace("_", ""))][" ".join(parts)] += count
    return [seen[int(term)].most_common(1)[0][0] if int(term) in seen else "" for term in vocabulary]


def start_vectors(model: str, texts: list[str], dimensions: int) -> NDArray[np.float32]:
    """Unit rows (len(texts), dimensions): the model's vectors of ``texts``, centred and projected on their
    first principal components; zero for ``""``."""
    from sentence_transformers import SentenceTransformer

    encoder = SentenceTransformer(model, device="cpu", local_files_only=True)
    encoder.max_seq_length = 16
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    full = np.zeros((len(texts), encoder.get_embedding_dimension()), dtype=np.float32)
    full[order] = encoder.encode([texts[row] for row in order], batch_size=256, show_progress_bar=False)
    full -= full.mean(axis=0)
    _, axes = np.linalg.eigh(full.T @ full)
    rows = full @ axes[:, ::-1][:, :dimensions]
    rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    rows[[row for row, text in enumerate(texts) if not text]] = 0
    return rows.astype(np.float32)
