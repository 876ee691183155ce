"""Reads of index.db that feed the in-memory search index, and the rows behind its hits."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from memoryd.store.index.reader import MAX_SQL_VARIABLES, batches

_CHUNK = "SELECT kind, qualname, line, end_line, start_byte, end_byte, hash FROM chunk"


class FileForward(Struct, frozen=True):
    """A file with its terms. ``names`` and ``kinds``: of its chunks, in chunk order, as are ``forward``'s."""

    file_id: int
    path_id: int
    path: str
    hash: bytes
    language: str
    role: str
    is_decision: bool
    has_secrets: bool
    forward: bytes
    names: tuple[str, ...]
    kinds: tuple[str, ...]


class ChunkRow(Struct, frozen=True):
    """One chunk of a file: ``line``/``end_line`` 1-based, inclusive; bytes 0-based, end exclusive; ``hash``: the
    key of its vectors, 16 bytes."""

    kind: str
    qualname: str
    line: int
    end_line: int
    start_byte: int
    end_byte: int
    hash: bytes = b""


class CommitForward(Struct, frozen=True):
    """A commit as a search document; ``changes``: (path id, id of the former path or 0) of its files."""

    id: int
    files: int
    forward: bytes
    changes: tuple[tuple[int, int], ...]


class CommitText(Struct, frozen=True):
    """What is shown of a commit. ``time_s``: committer time, UTC epoch seconds."""

    id: int
    sha: str
    author: str
    time_s: int
    subject: str
    body: str


class DecisionText(Struct, frozen=True):
    """What search needs of a decision document."""

    title: str
    status: str
    date: str
    line: int


def view_file_keys(conn: sqlite3.Connection, view_id: int) -> list[tuple[int, int, bytes]]:
    """(file id, path id, blob hash) of every file of a view. Ids alone are no identity: SQLite reuses them, and
    equal files (empty ones, licences) lie at many paths."""
    query = (
        "SELECT f.id, f.path_id, f.hash FROM view_file vf JOIN file f ON f.id = vf.file_id WHERE vf.view_id = ?"
        " ORDER BY f.id"
    )
    return conn.execute(query, (view_id,)).fetchall()


def file_forwards(conn: sqlite3.Connection, file_ids: Sequence[int]) -> Iterator[FileForward]:
    """The files with these ids, in ascending order of id inside each batch."""
    for part in batches(list(file_ids), MAX_SQL_VARIABLES):
        marks = ",".join("?" * len(part))
        chunks: dict[int, list[tuple[str, str]]] = {file_id: [] for file_id in part}
        query = (
            f"SELECT file_id, qualname, kind FROM chunk WHERE file_id IN ({marks}) ORDER BY file_id, ordinal"
        )
        for file_id, qualname, kind in conn.execute(query, part):
            chunks[file_id].append((qualname, kind))
        query = (
            "SELECT f.id, f.path_id, p.path, f.hash, f.language, f.role, d.file_id IS NOT NULL, f.redacted > 0,"
            " f.forward FROM file f"
            " JOIN path p ON p.id = f.path_id LEFT JOIN decision d ON d.file_id = f.id"
            f" WHERE f.id IN ({marks}) ORDER BY f.id"
        )
        for row in conn.execute(query, part):
            file_id, path_id, path, blob, language, role, is_decision, has_secrets, forward = row
            names, kinds = zip(*chunks[file_id], strict=True) if chunks[file_id] else ((), ())
            yield FileForward(
                file_id=file_id,
                path_id=path_id,
                path=path,
                hash=blob,
                language=language,
                role=role,
                is_decision=bool(is_decision),
                has_secrets=bool(has_secrets),
                forward=forward,
                names=names,
                kinds=kinds,
            )


def chunk_rows(conn: sqlite3.Connection, file_id: int) -> list[ChunkRow]:
    """The chunks of a file, in order."""
    return [
        ChunkRow(*row) for row in conn.execute(f"{_CHUNK} WHERE file_id = ? ORDER BY ordinal", (file_id,))
    ]


def chunk_row(conn: sqlite3.Connection, file_id: int, ordinal: int) -> ChunkRow | None:
    """One of them; None where the file has not so many."""
    row = conn.execute(f"{_CHUNK} WHERE file_id = ? AND ordinal = ?", (file_id, ordinal)).fetchone()
    return ChunkRow(*row) if row else None


def chunk_names(conn: sqlite3.Connection, view_id: int) -> Iterator[tuple[int, int, str]]:
    """(file id, ordinal, qualified name) of the view's chunks that have a name, in order."""
    query = (
        "SELECT c.file_id, c.ordinal, c.qualname FROM view_file vf JOIN chunk c ON c.file_id = vf.file_id"
        " WHERE vf.view_id = ? AND c.qualname <> '' ORDER BY c.file_id, c.ordinal"
    )
    return iter(conn.execute(query, (view_id,)))


def decision_row(conn: sqlite3.Connection, file_id: int) -> DecisionText | None:
    row = conn.execute(
        "SELECT title, status, date, line FROM decision WHERE file_id = ?", (file_id,)
    ).fetchone()
    return DecisionText(*row) if row else None


def last_commit(conn: sqlite3.Connection, up_to_id: int) -> tuple[int, str]:
    """(how many commits have an id ≤ ``up_to_id``, the sha of the newest of them): tells whether what was
    loaded before is still a prefix of what is stored."""
    count = conn.execute("SELECT count(*) FROM git_commit WHERE id <= ?", (up_to_id,)).fetchone()[0]
    query = "SELECT sha FROM git_commit WHERE id <= ? ORDER BY id DESC LIMIT 1"
    row = conn.execute(query, (up_to_id,)).fetchone()
    return count, row[0] if row else ""


def commit_forwards(conn: sqlite3.Connection, after_id: int, max_files: int) -> Iterator[CommitForward]:
    """Commits with an id above ``after_id``, ascending. Those of more than ``max_files`` files come without
    their changes."""
    changes: dict[int, list[tuple[int, int]]] = {}
    query = (
        "SELECT c.commit_id, c.path_id, coalesce(c.old_path_id, 0) FROM change c JOIN git_commit g ON g.id ="
        " c.commit_id WHERE c.commit_id > ? AND (g.files <= ? OR c.old_path_id IS NOT NULL) ORDER BY c.commit_id"
    )
    for commit_id, path_id, old_path_id in conn.execute(query, (after_id, max_files)):
        changes.setdefault(commit_id, []).append((path_id, old_path_id))
    query = "SELECT id, files, forward FROM git_commit WHERE id > ? ORDER BY id"
    for commit_id, files, forward in conn.execute(query, (after_id,)):
        yield CommitForward(commit_id, files, forward, tuple(changes.get(commit_id, ())))


def commit_rows(conn: sqlite3.Connection, commit_ids: Iterable[int]) -> dict[int, CommitText]:
    """Commit id → row, for those that exist."""
    found = {}
    for part in batches(list(commit_ids), MAX_SQL_VARIABLES):
        query = (
            "SELECT c.id, c.sha, a.name, c.time_s, c.subject, c.body FROM git_commit c JOIN author a ON a.id ="
            f" c.author_id WHERE c.id IN ({','.join('?' * len(part))})"
        )
        for row in conn.execute(query, part):
            found[row[0]] = CommitText(*row)
    return found


def vectors(
    conn: sqlite3.Connection, model: str, file_ids: Sequence[int]
) -> Iterator[list[tuple[int, int, bytes, bytes]]]:
    """(file id, chunk ordinal, chunk hash, int8 vector) for the chunks of these files that have a vector of ``model``,
    in batches."""
    for part in batches(list(file_ids), MAX_SQL_VARIABLES - 1):
        query = (
            "SELECT c.file_id, c.ordinal, c.hash, e.vector FROM chunk c"
            " JOIN embedding e ON e.model = ? AND e.hash = c.hash"
            f" WHERE c.file_id IN ({','.join('?' * len(part))})"
        )
        yield conn.execute(query, (model, *part)).fetchall()
