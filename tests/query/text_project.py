"""A small real index.db of whole files, for what looks at their texts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from indexers.parse import parse_file
from memoryd.ingest.parse.worker import pack
from memoryd.query.answers import Freshness
from memoryd.query.context import Context
from memoryd.query.retrieval.lexical import LexicalIndex
from memoryd.query.search.answers import SearchRequest
from memoryd.query.search.by_text import search
from memoryd.query.search.text_answers import TextAnswer
from memoryd.store.index import reader
from memoryd.store.index.writer import IndexWriter, NewFileRow, ViewEntry
from memoryd.store.sqlite import connect

VIEW = "worktree:/p"
FRESH = Freshness("", "", "", dirty=False, pending=0, indexing=False, vectors="absent")


class TextProject:
    """Writes like the ingest process, reads like the daemon."""

    def __init__(self, folder: Path) -> None:
        self.writer = IndexWriter(folder / "index.db")
        self.conn = connect(folder / "index.db", readonly=True)
        self.index = LexicalIndex()

    def put(self, files: Mapping[str, bytes]) -> None:
        """These are the files of the view now."""
        with self.writer.transaction():
            view_id = self.writer.open_view(VIEW)
            gone = [row.path for row in reader.view_files(self.writer.conn, view_id) if row.path not in files]
            self.writer.drop_view_files(view_id, gone)
            entries = [
                ViewEntry(path, self._file(path, data), len(data), 0, 0) for path, data in files.items()
            ]
            self.writer.put_view_files(view_id, entries)

    def skip(self, *rows: tuple[str, str]) -> None:
        """(path, reason) of what is not indexed."""
        with self.writer.transaction():
            self.writer.put_skipped(self.writer.open_view(VIEW), [(*row, "") for row in rows], None)

    def _file(self, path: str, data: bytes) -> int:
        blob = hashlib.sha1(data).digest()
        known = self.writer.find_file(path, blob)
        if known is not None:
            return known
        language = "python" if path.endswith(".py") else "text"
        packed = msgspec.structs.asdict(pack(path, parse_file(path, language, data)))
        wanted = {name: packed[name] for name in NewFileRow.__struct_fields__ if name in packed}
        row = NewFileRow(
            path=path, hash=blob, language=language, size_bytes=len(data), reference_count=0, **wanted
        )
        return self.writer.add_file(row)

    @property
    def ctx(self) -> Context:
        view = reader.view(self.conn, VIEW)
        assert view
        return Context(
            index=self.conn, records=None, view=view, lexical=self.index, embedder=None, freshness=FRESH, root="/p"
        )  # fmt: skip

    def texts(self) -> dict[str, bytes]:
        """Path → text as stored."""
        view_id = self.ctx.view.id
        return {
            row.path: reader.file_text(self.conn, row.file_id)
            for row in reader.view_files(self.conn, view_id)
        }

    def find(self, query: str, mode: Any = "exact", **given: Any) -> TextAnswer:
        answer = search(self.ctx, SearchRequest(query=query, mode=mode, **given))
        assert isinstance(answer, TextAnswer)
        return answer

    def places(self, query: str, mode: Any = "exact", **given: Any) -> set[tuple[str, int]]:
        return {(one.path, one.line) for one in self.find(query, mode, limit=10_000, **given).lines}

    def close(self) -> None:
        self.conn.close()
        self.writer.close()
