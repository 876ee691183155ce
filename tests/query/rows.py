"""A small index.db by hand: rows through the real writer, so that tests say exactly what is known."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from indexers import found_tests, operations, terms
from indexers.constraints import read
from indexers.decisions import comments
from indexers.facts import Commit, CommitNote, Decision, FileChange, FileFacts, Symbol
from indexers.outline import outline
from indexers.roles import role_of
from memoryd.ingest.history.commits import entry
from memoryd.query.answers import Freshness
from memoryd.query.context import Context
from memoryd.query.retrieval.lexical import LexicalIndex
from memoryd.store import sqlite
from memoryd.store.index import reader
from memoryd.store.index.queries import link_queries
from memoryd.store.index.queries.link_queries import EdgeRow
from memoryd.store.index.writer import IndexWriter, NewFileRow, ViewEntry
from memoryd.store.records.writer import Records

VIEW = "worktree:/project"
FRESH = Freshness("", "", "main", False, 0, False, "ready")
DAY_S = 86_400
_KINDS = {"class": "class", "variable": "remainder"}


class Rows:
    """Open one store; every method commits. ``symbols``: (qualname, kind, line) or (…, line, end_line)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.writer = IndexWriter(path)
        with self.writer.transaction():
            self.view_id = self.writer.open_view(VIEW)
        self.commits: list[Commit] = []

    def close(self) -> None:
        self.writer.close()

    def file(
        self, path: str, text: str = "", symbols: Sequence[tuple] = (), decision: Decision | None = None,
        facts: FileFacts | None = None, language: str = "python",
    ) -> str:  # fmt: skip
        """Put one file into the view, with what its comments say and the rules it declares; returns its blob id.
        ``symbols``: (qualname, kind, first line, last line[, signature])."""
        data = text.encode()
        blob = hashlib.sha1(b"blob %d\0" % len(data) + data)
        named = [(q.rpartition(".")[2], q, kind, *_lines(at[:2])) for q, kind, *at in symbols]
        signatures = [at[2] if len(at) > 2 else f"def {q}" for q, _, *at in symbols]
        seen = FileFacts(language, tuple(Symbol(*row, 0, 0, f"def {row[1]}") for row in named))
        tests = found_tests.find(path, data, seen)
        rows = [
            (*row, signature, True, row[1] in tests.parts)
            for row, signature in zip(named, signatures, strict=True)
        ]
        chunk = ("remainder", "", 1, text.count("\n") + 1, 0, len(data), blob.digest()[:16])
        said = comments.evidence(path, facts or FileFacts(language), data)
        ruled = read.constraints(path, data, facts or FileFacts(language))
        declared = operations.operations(path, data, facts or FileFacts(language))
        forward = terms.encode([f"{path}\n\n{text}"])
        words = terms.file_words(text, forward)
        row = NewFileRow(
            words=words.known, words_apart=words.apart,
            path=path, hash=blob.digest(), language=language, size_bytes=len(data),
            facts=zlib.compress(msgspec.msgpack.encode(facts or FileFacts(language))), text=zlib.compress(data),
            forward=forward, redacted=0, reference_count=0, symbols=rows,
            chunks=[chunk], decision=msgspec.msgpack.encode(decision) if decision else b"",
            decision_row=(decision.title, decision.status, decision.status_source, decision.date, decision.line)
            if decision else None,
            outline=zlib.compress(msgspec.msgpack.encode(outline(facts or FileFacts(language)))),
            role=role_of(path, language, tests), test_cases=len(tests.cases),
            findings=[("evidence", msgspec.msgpack.encode(e)) for e in said]
            + [("constraint", msgspec.msgpack.encode(c)) for c in ruled]
            + [("operation", msgspec.msgpack.encode(o)) for o in declared]
            + [("problem", msgspec.msgpack.encode(p)) for p in (facts.problems if facts else ())],
        )  # fmt: skip
        with self.writer.transaction():
            file_id = self.writer.find_file(path, row.hash) or self.writer.add_file(row)
            self.writer.put_view_files(self.view_id, [ViewEntry(path, file_id, len(data), 0, 0)])
        return blob.hexdigest()

    def edges(self, path: str, edges: Iterable[tuple]) -> None:
        """(src, kind, used path, used qualname, line[, method, confidence]) of one file of the view."""
        rows = [EdgeRow(*edge, *("exact", 1.0)[len(edge) - 5 :]) for edge in edges]
        path_id = self.writer.path_id(path)
        file_id = self.writer.conn.execute(
            "SELECT file_id FROM view_file WHERE view_id = ? AND path_id = ?", (self.view_id, path_id)
        ).fetchone()[0]
        with self.writer.transaction():
            link_id = self.writer.put_link(file_id, b"", 0, rows)
            link_queries.assign(self.writer.conn, self.view_id, [(path_id, link_id)])

    def commit(
        self, subject: str, changes: Iterable[str | FileChange], *, author: str = "Ann", day: int | None = None,
        body: str = "", blob: str = "", notes: Sequence[CommitNote] = (),
    ) -> str:  # fmt: skip
        """Add one commit on top of the last; a plain path means it was modified. Returns its sha."""
        number = len(self.commits) + 1
        rows = tuple(c if isinstance(c, FileChange) else FileChange("M", c, new_blob=blob) for c in changes)
        commit = Commit(
            f"{number:040x}", (self.commits[-1].sha,) if self.commits else (), author, f"{author}@example.org",
            (day if day is not None else number) * DAY_S, subject, body, rows,
        )  # fmt: skip
        self.commits.append(commit)
        with self.writer.transaction():
            known = entry(commit)
            self.writer.add_commits([msgspec.structs.replace(known, notes=(*known.notes, *notes))])
            bits = ((1 << (number + 1)) - 1) >> 1 << 1  # ids 1..number
            self.writer.finish_view(
                self.view_id, commit.sha, "main", bits.to_bytes(number // 8 + 1, "little")
            )
        return commit.sha

    def context(self, records: Records | None = None, blame=None) -> Context:
        conn: sqlite3.Connection = sqlite.connect(self.path, readonly=True)
        view = reader.view(conn, VIEW)
        assert view is not None
        return Context(
            index=conn, records=records, view=view, lexical=LexicalIndex(), embedder=None, freshness=FRESH,
            root="/project", blame=blame,
        )  # fmt: skip


def _lines(at: Sequence[int]) -> tuple[int, int]:
    return (at[0], at[1] if len(at) > 1 else at[0])


def rename(old: str, new: str, blob: str = "12" * 20) -> FileChange:
    return FileChange("R", new, old, blob, blob)
