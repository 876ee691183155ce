"""The embed phase: vectors for chunks that have none, written into index.db."""

from __future__ import annotations

from hashlib import blake2b

from memoryd.embedding.base import Embedder
from memoryd.ingest.job import Run
from memoryd.ingest.units import Units
from memoryd.store.index import reader
from memoryd.store.index.queries import embedding_queries
from memoryd.store.index.writer import IndexWriter

FILES_PER_TRANSACTION = 500


def fill(writer: IndexWriter, embedder: Embedder, run: Run) -> None:
    """Embed every chunk that lacks a vector of this model, whatever view it is of; nothing is embedded twice. Files
    up to the one embedded last have all of theirs: a saved file must not cost a look at every chunk."""
    if reader.meta(writer.conn, "embedder") != embedder.model:
        with writer.transaction():
            writer.forget_embeddings(embedder.model)
    missing = embedding_queries.files_without_vectors(writer.conn, embedder.model)
    for start in range(0, len(missing), FILES_PER_TRANSACTION):
        run.step("embed", start, len(missing))
        _embed(writer, embedder, run.units, missing[start : start + FILES_PER_TRANSACTION])
    embedding_queries.note_all_embedded(writer.conn)


def _embed(writer: IndexWriter, embedder: Embedder, units: Units, part: list[int]) -> None:
    """Embed these files: at once, or each by itself where at once cost the process. What is left out has no vectors."""
    hashes = embedding_queries.chunk_hashes(writer.conn, part)
    key = blake2b(b"".join(hashes), digest_size=16).hexdigest()
    path = reader.file_path(writer.conn, part[0]) if len(part) == 1 else ""
    if units.leaves_out("embed", key, path):
        for file_id in part if len(part) > 1 else ():
            _embed(writer, embedder, units, [file_id])
        return
    forwards = embedding_queries.forwards(writer.conn, part)
    with units.at("embed", key, path, sum(map(len, forwards))):
        vectors = embedder.encode_forward(forwards)
        with writer.transaction():
            writer.add_embeddings(embedder.model, zip(hashes, map(bytes, vectors), strict=True))
