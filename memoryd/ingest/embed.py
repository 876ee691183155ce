"""The embed phase: vectors for chunks that have none, written into index.db."""

from __future__ import annotations

from memoryd.embedding.base import Embedder
from memoryd.ingest.job import Run
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
        part = missing[start : start + FILES_PER_TRANSACTION]
        forwards = embedding_queries.forwards(writer.conn, part)
        vectors = embedder.encode_forward(forwards)
        hashes = embedding_queries.chunk_hashes(writer.conn, part)
        with writer.transaction():
            writer.add_embeddings(embedder.model, zip(hashes, map(bytes, vectors), strict=True))
    embedding_queries.note_all_embedded(writer.conn)
