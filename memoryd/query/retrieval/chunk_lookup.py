"""The rows and texts of chunks, by the search index's own numbers, read when they are asked for."""

from __future__ import annotations

import sqlite3

from memoryd.query.retrieval.lexical import LexicalView
from memoryd.store.index import reader
from memoryd.store.index.queries import lexical_queries
from memoryd.store.index.queries.lexical_queries import ChunkRow


class Pieces:
    """Reads of one view; what was read once is kept."""

    def __init__(self, conn: sqlite3.Connection, view: LexicalView) -> None:
        self._conn, self._view = conn, view
        self._rows: dict[int, list[ChunkRow]] = {}
        self._row: dict[int, ChunkRow | None] = {}
        self._texts: dict[int, bytes] = {}

    def row(self, number: int) -> ChunkRow | None:
        """The row of a chunk; None when its file was replaced between two reads."""
        if number not in self._row:
            file = self._view.slots[self._view.chunk_slot[number]]
            self._row[number] = lexical_queries.chunk_row(self._conn, file.file_id, number - file.first_chunk)
        return self._row[number]

    def text(self, number: int) -> str:
        """The text of a chunk, ``""`` when its file was replaced between two reads."""
        row, file = self.row(number), self._view.slots[self._view.chunk_slot[number]]
        if row is None:
            return ""
        if file.file_id not in self._texts:
            self._texts[file.file_id] = reader.file_text(self._conn, file.file_id)
        return self._texts[file.file_id][row.start_byte : row.end_byte].decode("utf-8", "replace")

    def at_line(self, slot: int, line: int) -> int:
        """The chunk of a file with this line, the shortest where several overlap; -1 where none has it."""
        file = self._view.slots[slot]
        around = [
            (row.end_line - row.line, file.first_chunk + i)
            for i, row in enumerate(self._rows_of(file.file_id)[: file.chunks])
            if row.line <= line <= row.end_line
        ]
        return min(around)[1] if around else -1

    def _rows_of(self, file_id: int) -> list[ChunkRow]:
        if file_id not in self._rows:
            self._rows[file_id] = lexical_queries.chunk_rows(self._conn, file_id)
        return self._rows[file_id]
