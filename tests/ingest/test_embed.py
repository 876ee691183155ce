"""The embed phase: every chunk has a vector after it, and what has one is not looked at again."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
from projects import Repository, run_index

from memoryd.embedding import static
from memoryd.ingest import embed
from memoryd.ingest.job import Run
from memoryd.ingest.parse.pool import ParsePool
from memoryd.store.index import reader
from memoryd.store.index.queries import embedding_queries
from memoryd.store.index.writer import IndexWriter

LACKING = "SELECT count(*) FROM chunk WHERE hash NOT IN (SELECT hash FROM embedding)"


def fill(store: Path) -> None:
    writer = IndexWriter(store / "index.db")
    try:
        embed.fill(writer, static.load(), Run(lambda *_: None, Event()))
        assert writer.conn.execute(LACKING).fetchone() == (0,)
        assert embedding_queries.files_without_vectors(writer.conn, static.load().model) == []
    finally:
        writer.close()


def forget(store: Path) -> None:
    writer = IndexWriter(store / "index.db")
    with writer.transaction():
        writer.forget_files()
    writer.close()


@pytest.mark.parametrize("meanwhile", ["changed", "read again"])
def test_new_files_get_vectors_whatever_their_ids(pool: ParsePool, tmp_path: Path, meanwhile: str) -> None:
    """A changed file has a new id, and files that were forgotten leave their ids to others: all are embedded."""
    repo, store = Repository(tmp_path / "repo"), tmp_path / "store"
    repo.commit("one", a_dot_py="def alpha():\n    return 1\n", b_dot_py="def beta():\n    return 2\n")
    run_index(pool, repo.root, store)
    fill(store)
    repo.commit("two", a_dot_py="def gamma():\n    return 3\n")
    if meanwhile == "read again":
        forget(store)
    run_index(pool, repo.root, store)
    fill(store)


def test_embedding_nothing_is_no_new_generation(pool: ParsePool, tmp_path: Path) -> None:
    """Where every chunk has its vector, readers are told of no change."""
    repo, store = Repository(tmp_path / "repo"), tmp_path / "store"
    repo.commit("one", a_dot_py="def alpha():\n    return 1\n")
    run_index(pool, repo.root, store)
    fill(store)
    writer = IndexWriter(store / "index.db")
    before = reader.generation(writer.conn)
    embed.fill(writer, static.load(), Run(lambda *_: None, Event()))
    assert reader.generation(writer.conn) == before
    writer.close()
