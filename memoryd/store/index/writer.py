"""The only writer of index.db. Every public method is one step inside the caller's transaction."""

from __future__ import annotations

import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct, structs

from indexers.facts import Commit, CommitNote
from memoryd.store.index import reader, versions
from memoryd.store.index.queries import embedding_queries, link_queries, word_queries
from memoryd.store.sqlite import connect, integer, migrate

MAX_KNOWN_WORDS = 400_000  # that a run remembers as stored: some 60 MB
MIN_ORPHAN_FILES = 2_000  # files of no view are kept up to this many: branches come back


class NewFileRow(Struct, frozen=True):
    """One file to insert; the fields are those of memoryd.ingest.parse.worker.PackedFile and the table."""

    path: str
    hash: bytes
    language: str
    size_bytes: int
    facts: bytes
    text: bytes
    forward: bytes
    redacted: int
    reference_count: int
    symbols: Sequence[tuple[str, str, str, int, int, str, bool, bool]]
    chunks: Sequence[tuple[str, str, int, int, int, int, bytes]]
    decision: bytes
    decision_row: tuple[str, str, str, str, int] | None
    findings: Sequence[tuple[str, bytes]] = ()
    outline: bytes = b""
    package: str = ""
    role: str = "code"
    test_cases: int = 0
    words: Sequence[tuple[str, int]] = ()
    words_apart: str | None = ""


class ViewEntry(Struct, frozen=True):
    path: str
    file_id: int
    size_bytes: int
    mtime_ns: int
    inode: int


class CommitEntry(Struct, frozen=True):
    """A commit to insert. ``forward``: its terms; ``effect``, ``inverse``: see the table."""

    commit: Commit
    forward: bytes
    notes: Sequence[CommitNote] = ()
    effect: int = 0
    inverse: int = 0


class IndexWriter:
    """Owns the writing connection of one project's index.db. Close it; a crash loses only the open transaction."""

    def __init__(self, path: Path) -> None:
        self.conn = connect(path)
        migrate(self.conn, "index")
        self._paths: dict[str, int] = {}
        self._names: dict[str, int] = {}
        self._authors: dict[tuple[str, str], int] = {}
        self._words: set[tuple[str, int]] = set()

    def close(self) -> None:
        self.conn.execute("PRAGMA optimize")
        self.conn.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; on success readers see a new generation."""
        self.conn.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.set_meta("generation", str(reader.generation(self.conn) + 1))
            self.conn.execute("COMMIT")
        except BaseException:
            if self.conn.in_transaction:  # a full disk makes SQLite roll back by itself
                self.conn.execute("ROLLBACK")
            self._paths, self._names, self._authors, self._words = {}, {}, {}, set()
            raise

    def set_meta(self, key: str, value: str) -> None:
        self.conn.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def forget_outdated(self) -> None:
        """Drop what other versions of the readers or of the linker made; it is made again as views are indexed."""
        if not versions.is_read_by_us(self.conn):
            self.forget_files()
            self.forget_history()
            self.conn.execute("DELETE FROM embedding")  # vectors are of terms
        if not versions.is_linked_by_us(self.conn):
            self.forget_links()
        versions.note_ours(self.conn)

    # -- files

    def forget_files(self) -> None:
        """Drop everything extracted from files, so that they are read again; history stays."""
        for table in (
            "view_file",
            "stale",
            "link",
            "key_group",
            "unresolved",
            "edge_row",
            "decision",
            "finding",
            "symbol",
            "chunk",
            "words_apart",
            "word",
            "file",
            "left_out",
        ):
            self.conn.execute(f"DELETE FROM {table}")
        self._words = set()
        word_queries.note_change(self.conn)
        embedding_queries.follow_removal(self.conn)
        self.conn.execute("UPDATE view SET complete = 0")

    def forget_links(self) -> None:
        """Drop all edges. Views count as incomplete until they are linked again: without edges they would deny every
        use."""
        self.conn.execute("UPDATE view_file SET link_id = NULL")
        for table in ("edge_row", "unresolved", "link", "stale", "key_group"):
            self.conn.execute(f"DELETE FROM {table}")
        self.conn.execute("DELETE FROM left_out WHERE phase IN ('link', 'workspace')")
        self.conn.execute("UPDATE view SET complete = 0")

    def path_id(self, path: str) -> int:
        return self._intern(self._paths, "path", "path", path)

    def name_id(self, text: str) -> int:
        return self._intern(self._names, "name", "text", text)

    def _intern(self, known: dict[str, int], table: str, column: str, value: str) -> int:
        found = known.get(value)
        if found is None:
            cursor = self.conn.execute(f"INSERT OR IGNORE INTO {table} ({column}) VALUES (?)", (value,))
            if cursor.rowcount == 1:
                found = cursor.lastrowid or 0
            else:
                row = self.conn.execute(f"SELECT id FROM {table} WHERE {column} = ?", (value,)).fetchone()
                found = row[0]
            known[value] = found
        return found

    def find_file(self, path: str, blob: bytes) -> int | None:
        row = self.conn.execute(
            "SELECT f.id FROM file f JOIN path p ON p.id = f.path_id WHERE p.path = ? AND f.hash = ?",
            (path, blob),
        ).fetchone()
        return row[0] if row else None

    def add_file(self, row: NewFileRow) -> int:
        """Insert a file with its symbols, chunks and decision; returns its id."""
        cursor = self.conn.execute(
            "INSERT INTO file (path_id, hash, language, package, size_bytes, outline, facts, text, forward, redacted,"
            " reference_count, role, test_cases) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.path_id(row.path),
                row.hash,
                row.language,
                row.package,
                row.size_bytes,
                row.outline,
                row.facts,
                row.text,
                row.forward,
                row.redacted,
                row.reference_count,
                row.role,
                row.test_cases,
            ),
        )
        file_id = _rowid(cursor)
        self.conn.executemany(
            "INSERT INTO symbol (file_id, name, qualname, kind, line, end_line, signature, exported, for_tests)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(file_id, *symbol) for symbol in row.symbols],
        )
        self.conn.executemany(
            "INSERT INTO chunk (file_id, ordinal, kind, qualname, line, end_line, start_byte, end_byte, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(file_id, ordinal, *chunk) for ordinal, chunk in enumerate(row.chunks)],
        )
        if row.decision_row:
            self.conn.execute(
                "INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?)",
                (file_id, *row.decision_row, row.decision),
            )
        self.conn.executemany(
            "INSERT INTO finding VALUES (?, ?, ?, ?)",
            [(file_id, kind, ordinal, facts) for ordinal, (kind, facts) in enumerate(row.findings)],
        )
        self._add_words(row.words)
        if row.words_apart != "":
            self.conn.execute("INSERT INTO words_apart VALUES (?, ?)", (file_id, row.words_apart))
        return file_id

    def _add_words(self, words: Sequence[tuple[str, int]]) -> None:
        """In order, and each once in a run: nearly all words of a file are those of others."""
        new = set(words) - self._words
        if self.conn.executemany("INSERT OR IGNORE INTO word VALUES (?, ?)", sorted(new)).rowcount > 0:
            word_queries.note_change(self.conn)
        if len(self._words) >= MAX_KNOWN_WORDS:
            self._words.clear()
        self._words |= new

    # -- views

    def open_view(self, name: str) -> int:
        """The id of the view, created incomplete when it is new."""
        now_s = int(time.time())
        self.conn.execute(
            "INSERT OR IGNORE INTO view (name, head, branch, indexed_at_s, used_at_s, complete, commits)"
            " VALUES (?, '', '', 0, ?, 0, x'')",
            (name, now_s),
        )
        self.conn.execute("UPDATE view SET used_at_s = ? WHERE name = ?", (now_s, name))
        return integer(self.conn, "SELECT id FROM view WHERE name = ?", (name,))

    def put_view_files(self, view_id: int, entries: Iterable[ViewEntry]) -> None:
        """Insert or replace rows; a row whose file changed loses its link, and what it was is noted as stale."""
        entries = list(entries)
        self.conn.executemany(
            "INSERT OR IGNORE INTO stale SELECT ?1, ?2, (SELECT file_id FROM view_file WHERE view_id = ?1 AND path_id"
            " = ?2) WHERE NOT EXISTS (SELECT 1 FROM view_file WHERE view_id = ?1 AND path_id = ?2 AND file_id = ?3)",
            [(view_id, self.path_id(e.path), e.file_id) for e in entries],
        )
        self.conn.executemany(
            "INSERT INTO view_file (view_id, path_id, file_id, link_id, size_bytes, mtime_ns, inode)"
            " VALUES (?, ?, ?, NULL, ?, ?, ?) ON CONFLICT (view_id, path_id) DO UPDATE SET"
            " link_id = CASE WHEN file_id = excluded.file_id THEN link_id END, file_id = excluded.file_id,"
            " size_bytes = excluded.size_bytes, mtime_ns = excluded.mtime_ns, inode = excluded.inode",
            [(view_id, self.path_id(e.path), e.file_id, e.size_bytes, e.mtime_ns, e.inode) for e in entries],
        )

    def drop_view_files(self, view_id: int, paths: Iterable[str]) -> None:
        paths = list(paths)
        self.conn.executemany(
            "INSERT OR IGNORE INTO stale SELECT view_id, path_id, file_id FROM view_file"
            " WHERE view_id = ? AND path_id = ?",
            [(view_id, self.path_id(p)) for p in paths],
        )
        self.conn.executemany(
            "DELETE FROM view_file WHERE view_id = ? AND path_id = ?",
            [(view_id, self.path_id(p)) for p in paths],
        )

    def put_skipped(
        self, view_id: int, rows: Iterable[tuple[str, str, str]], only: Iterable[str] | None
    ) -> None:
        """Replace the (path, reason, detail) list of the view, or of the paths in ``only`` and below them."""
        if only is None:
            self.conn.execute("DELETE FROM skipped WHERE view_id = ?", (view_id,))
        else:
            self.conn.executemany(  # "0" is the character after "/"
                "DELETE FROM skipped WHERE view_id = ?1 AND (path = ?2 OR path > ?2 || '/' AND path < ?2 || '0')",
                [(view_id, path) for path in only],
            )
        self.conn.executemany(
            "INSERT OR REPLACE INTO skipped VALUES (?, ?, ?, ?)", [(view_id, *r) for r in rows]
        )

    def finish_view(self, view_id: int, head: str, branch: str, commits: bytes | None) -> None:
        """Mark the view complete at ``head``. ``commits``: bitmap over commit ids (None: unchanged)."""
        self.conn.execute(
            "UPDATE view SET head = ?, branch = ?, indexed_at_s = ?, complete = 1 WHERE id = ?",
            (head, branch, int(time.time()), view_id),
        )
        if commits is not None:
            self.conn.execute(
                "UPDATE view SET commits = ? WHERE id = ?", (zlib.compress(commits, 1), view_id)
            )

    def put_link(
        self,
        file_id: int,
        keys: bytes,
        unresolved: int,
        edges: Sequence[link_queries.EdgeRow],
        unknown: link_queries.UnresolvedUses = link_queries.NOTHING_UNRESOLVED,
    ) -> int:
        """The id of the file's link with these edges, which may exist already. ``keys``: its dependency keys;
        ``unresolved``: how many of its references have no known meaning."""
        return link_queries.put(
            self.conn, file_id, keys, unresolved, edges, unknown, self.name_id, self.path_id
        )

    # -- embeddings

    def add_embeddings(self, model: str, rows: Iterable[tuple[bytes, bytes]]) -> None:
        """(chunk hash, int8 vector) pairs."""
        self.conn.executemany(
            "INSERT OR IGNORE INTO embedding VALUES (?, ?, ?)", [(model, key, vector) for key, vector in rows]
        )

    def forget_embeddings(self, model: str) -> None:
        """``model`` is the one from now on: drop the vectors of every other."""
        self.conn.execute("DELETE FROM embedding WHERE model <> ?", (model,))
        self.set_meta("embedder", model)
        self.set_meta(embedding_queries.EMBEDDED, "0")

    # -- history

    def add_commits(self, rows: Iterable[CommitEntry]) -> None:
        """Parents before children; known commits are left alone."""
        for row in rows:
            commit = row.commit
            cursor = self.conn.execute(
                "INSERT OR IGNORE INTO git_commit"
                " (sha, parents, author_id, time_s, subject, body, files, forward, effect, inverse)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    commit.sha,
                    " ".join(commit.parents),
                    self._author_id(commit.author, commit.email),
                    commit.time_s,
                    commit.subject,
                    commit.body,
                    len(commit.changes),
                    row.forward,
                    row.effect,
                    row.inverse,
                ),
            )
            if cursor.rowcount:
                commit_id = _rowid(cursor)
                self._add_changes(commit_id, commit)
                self._add_notes(commit_id, row.notes)

    def rename_authors(self, rows: Iterable[CommitEntry]) -> None:
        """Give the stored ones of these commits the author that they name now, and what follows from it."""
        for row in rows:
            commit = row.commit
            found = self.conn.execute(
                "UPDATE git_commit SET author_id = ?, effect = ?, inverse = ? WHERE sha = ? RETURNING id",
                (self._author_id(commit.author, commit.email), row.effect, row.inverse, commit.sha),
            ).fetchone()
            if found:
                self.conn.execute("DELETE FROM commit_note WHERE commit_id = ?", found)
                self._add_notes(found[0], row.notes)

    def _add_notes(self, commit_id: int, notes: Sequence[CommitNote]) -> None:
        self.conn.executemany(
            "INSERT INTO commit_note VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(commit_id, ordinal, *structs.astuple(note)) for ordinal, note in enumerate(notes)],
        )

    def _add_changes(self, commit_id: int, commit: Commit) -> None:
        self.conn.executemany(
            "INSERT OR IGNORE INTO change VALUES (?, ?, ?, ?, ?, ?)",
            [
                (
                    commit_id,
                    self.path_id(c.path),
                    c.status,
                    self.path_id(c.old_path) if c.old_path else None,
                    blob_key(c.old_blob),
                    blob_key(c.new_blob),
                )
                for c in commit.changes
            ],
        )

    def _author_id(self, name: str, email: str) -> int:
        found = self._authors.get((name, email))
        if found is None:
            self.conn.execute("INSERT OR IGNORE INTO author (name, email) VALUES (?, ?)", (name, email))
            row = self.conn.execute(
                "SELECT id FROM author WHERE name = ? AND email = ?", (name, email)
            ).fetchone()
            found = self._authors[name, email] = row[0]
        return found

    def forget_history(self) -> None:
        """Drop all commits. Views count as incomplete until they are indexed again: their bitmaps are void."""
        for table in ("change", "commit_note", "git_commit"):
            self.conn.execute(f"DELETE FROM {table}")
        self.conn.execute("UPDATE view SET complete = 0, commits = x''")
        self.set_meta("history_tips", "")

    # -- housekeeping

    def prune(self, revision_views: int) -> int:
        """Drop all but so many views of commits, the longest unused first, and, beyond a margin, files and links
        that no view holds; returns files dropped."""
        self.conn.execute(
            "DELETE FROM view WHERE name LIKE 'rev:%' AND id NOT IN"
            " (SELECT id FROM view WHERE name LIKE 'rev:%' ORDER BY used_at_s DESC, id DESC LIMIT ?)",
            (revision_views,),
        )
        dropped = self._prune_files()
        link_queries.prune(self.conn, MIN_ORPHAN_FILES)
        return dropped

    def _prune_files(self) -> int:
        orphans = (
            "SELECT id FROM file WHERE id NOT IN (SELECT file_id FROM view_file)"
            " AND id NOT IN (SELECT file_id FROM stale WHERE file_id IS NOT NULL)"
        )
        total, live = (
            self.conn.execute(f"SELECT count(*) FROM ({query})").fetchone()[0]
            for query in ("SELECT id FROM file", "SELECT DISTINCT file_id FROM view_file")
        )
        if total - live <= max(MIN_ORPHAN_FILES, live):
            return 0
        dropped = self.conn.execute(f"DELETE FROM file WHERE id IN ({orphans})").rowcount
        self.conn.execute("DELETE FROM embedding WHERE hash NOT IN (SELECT hash FROM chunk)")
        embedding_queries.follow_removal(self.conn)
        return dropped


def blob_key(hex_id: str) -> int:
    """First 8 bytes of a blob id as a signed integer; 0 for none."""
    return int.from_bytes(bytes.fromhex(hex_id[:16]), "big", signed=True) if hex_id.strip("0") else 0


def _rowid(cursor: sqlite3.Cursor) -> int:
    """The id of the row that ``cursor`` has just inserted."""
    assert cursor.lastrowid is not None
    return cursor.lastrowid
