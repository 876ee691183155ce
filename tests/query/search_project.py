"""A small real index.db for search tests: files are given as {qualname: body}, one chunk each."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from indexers import terms
from indexers.facts import Commit, FileChange
from indexers.roles import role_of
from memoryd.embedding.base import Embedder
from memoryd.query.answers import Freshness
from memoryd.query.context import Context
from memoryd.query.retrieval.lexical import LexicalIndex, LexicalView
from memoryd.query.search.answers import SearchAnswer, SearchRequest
from memoryd.query.search.hybrid import search
from memoryd.store.index import reader
from memoryd.store.index.writer import CommitEntry, IndexWriter, NewFileRow, ViewEntry
from memoryd.store.records.writer import Records
from memoryd.store.sqlite import connect

FRESH = Freshness("", "", "", dirty=False, pending=0, indexing=False, vectors="absent")
NO_KINDS: Mapping[str, str] = {}
LANGUAGES = {"py": "python", "go": "go", "md": "markdown"}


class SearchProject:
    """Writes like the ingest process, reads like the daemon."""

    def __init__(self, folder: Path) -> None:
        self.writer = IndexWriter(folder / "index.db")
        self.conn = connect(folder / "index.db", readonly=True)
        self.index = LexicalIndex()
        self.records = Records.open(folder / "records.db")
        self.embedder: Embedder | None = None

    def put(
        self,
        files: Mapping[str, Mapping[str, str]],
        view: str = "worktree:/p",
        decision: str = "",
        kinds: Mapping[str, str] = NO_KINDS,
    ) -> None:
        """Insert or replace files of a view. ``decision``: the title all of them have as decision documents.
        ``kinds``: of chunks that are no function, by qualname."""
        with self.writer.transaction():
            view_id = self.writer.open_view(view)
            self.writer.put_view_files(
                view_id, [ViewEntry(p, self._file(p, c, decision, kinds), 1, 0, 0) for p, c in files.items()]
            )

    def embed(self) -> None:
        """The vectors of all chunks, by ``embedder``."""
        assert self.embedder
        rows = self.conn.execute("SELECT id, forward FROM file").fetchall()
        with self.writer.transaction():
            for file_id, forward in rows:
                keys = self.conn.execute(
                    "SELECT hash FROM chunk WHERE file_id = ? ORDER BY ordinal", (file_id,)
                )
                vectors = self.embedder.encode_forward([forward])
                pairs = zip((key for (key,) in keys.fetchall()), map(bytes, vectors), strict=True)
                self.writer.add_embeddings(self.embedder.model, pairs)

    def drop(self, *paths: str, view: str = "worktree:/p") -> None:
        with self.writer.transaction():
            self.writer.drop_view_files(self.writer.open_view(view), paths)

    def commit(
        self, subject: str, paths: Sequence[str], view: str = "worktree:/p", renamed_from: str = ""
    ) -> str:
        """Add a commit reachable from the view; ``renamed_from``: the former path of the first of ``paths``."""
        sha = hashlib.sha1(f"{subject}{paths}".encode()).hexdigest()
        changes = [FileChange("R" if renamed_from else "M", paths[0], renamed_from)]
        changes += [FileChange("M", path) for path in paths[1:]]
        with self.writer.transaction():
            known = Commit(sha, (), "Ann", "ann@example.org", 1_600_000_000, subject, "", tuple(changes))
            self.writer.add_commits([CommitEntry(known, terms.encode([subject]))])
            view_id = self.writer.open_view(view)
            bits = int.from_bytes(reader.view_commits(self.writer.conn, view_id), "little")
            bits |= 1 << reader.commit_shas(self.writer.conn)[sha]
            self.writer.finish_view(view_id, sha, "main", bits.to_bytes(bits.bit_length() // 8 + 1, "little"))
        return sha

    def view(self, name: str = "worktree:/p") -> LexicalView:
        found = reader.view(self.conn, name)
        assert found
        return self.index.refresh(self.conn, found.id, self.embedder)

    def ask(self, query: str, view: str = "worktree:/p", **rest) -> SearchAnswer:
        found = reader.view(self.conn, view)
        assert found
        context = Context(self.conn, self.records, found, self.index, self.embedder, FRESH, "/p")
        return search(context, SearchRequest(query=query, **rest))

    def _file(self, path: str, chunks: Mapping[str, str], decision: str, kinds: Mapping[str, str]) -> int:
        text = "".join(chunks.values()).encode()
        blob = hashlib.sha1(text).digest()
        language = LANGUAGES.get(path.rpartition(".")[2], "text")
        return self.writer.find_file(path, blob) or self.writer.add_file(
            NewFileRow(
                path=path,
                hash=blob,
                language=language,
                role=role_of(path, language),
                size_bytes=len(text),
                facts=b"",
                text=zlib.compress(text),
                forward=terms.encode(f"{path}\n{name}\n{body}" for name, body in chunks.items()),
                redacted=0,
                reference_count=0,
                symbols=(),
                chunks=_chunk_rows(path, chunks, kinds),
                decision=b"",
                decision_row=(decision, "accepted", "explicit", "2024-05-01", 1) if decision else None,
            )
        )


def _chunk_rows(
    path: str, chunks: Mapping[str, str], kinds: Mapping[str, str]
) -> list[tuple[str, str, int, int, int, int, bytes]]:
    rows, start, line = [], 0, 1
    for name, body in chunks.items():
        end, lines = start + len(body.encode()), max(body.count("\n"), 1)
        key = hashlib.blake2b(f"{path}{name}{body}".encode(), digest_size=16).digest()
        rows.append((kinds.get(name, "function"), name, line, line + lines - 1, start, end, key))
        start, line = end, line + lines
    return rows


def paths(answer: SearchAnswer) -> list[str]:
    return [hit.path for hit in answer.hits]
