"""Low-level reads of index.db that both sides need: views, files, texts, facts."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec
from msgspec import Struct

from indexers.facts import FileFacts, FileRole
from indexers.outline import Outline

_FACTS = msgspec.msgpack.Decoder(FileFacts)
_OUTLINE = msgspec.msgpack.Decoder(Outline)
MAX_SQL_VARIABLES = 900  # below SQLite's oldest default of 999

Item = TypeVar("Item")


class View(Struct, frozen=True):
    """One state of the project. ``name``: ``worktree:<root>`` or ``rev:<sha>``. ``head``: the commit it was
    indexed at, ``""`` without git. ``complete`` is false while its first index is under way."""

    id: int
    name: str
    head: str
    branch: str
    indexed_at_s: int
    complete: bool


class ViewFile(Struct, frozen=True):
    """One path of a view. ``mtime_ns`` and ``inode`` are 0 in views of commits."""

    path_id: int
    path: str
    file_id: int
    link_id: int | None
    hash: bytes
    language: str
    size_bytes: int
    mtime_ns: int
    inode: int
    package: str
    role: FileRole


def view(conn: sqlite3.Connection, name: str) -> View | None:
    row = conn.execute(
        "SELECT id, name, head, branch, indexed_at_s, complete FROM view WHERE name = ?", (name,)
    ).fetchone()
    return View(*(*row[:5], bool(row[5]))) if row else None


def view_heads(conn: sqlite3.Connection) -> list[str]:
    """The commits that views were indexed at, the latest first."""
    rows = conn.execute("SELECT head FROM view WHERE head <> '' ORDER BY indexed_at_s DESC, id DESC")
    return list(dict.fromkeys(row[0] for row in rows))


def view_head(conn: sqlite3.Connection, view_id: int) -> str:
    """The commit that the view was last completely indexed at, ``""`` for none."""
    row = conn.execute("SELECT head FROM view WHERE id = ? AND complete", (view_id,)).fetchone()
    return row[0] if row else ""


def is_complete(conn: sqlite3.Connection, view_id: int) -> bool:
    """Whether the view was indexed to its end at least once since its files were last forgotten."""
    return bool(conn.execute("SELECT 1 FROM view WHERE id = ? AND complete", (view_id,)).fetchone())


def view_commits(conn: sqlite3.Connection, view_id: int) -> bytes:
    """Bitmap of the commits that the view can see: bit i (least significant first) is commit id i."""
    row = conn.execute("SELECT commits FROM view WHERE id = ?", (view_id,)).fetchone()
    return zlib.decompress(row[0]) if row and row[0] else b""


def view_files(conn: sqlite3.Connection, view_id: int) -> list[ViewFile]:
    """All files of a view, ordered by path."""
    rows = conn.execute(
        "SELECT vf.path_id, p.path, vf.file_id, vf.link_id, f.hash, f.language, vf.size_bytes, vf.mtime_ns,"
        " vf.inode, f.package, f.role FROM view_file vf JOIN path p ON p.id = vf.path_id"
        " JOIN file f ON f.id = vf.file_id"
        " WHERE vf.view_id = ? ORDER BY p.path",
        (view_id,),
    )
    return [ViewFile(*row) for row in rows]


def file_path(conn: sqlite3.Connection, file_id: int) -> str:
    """Where the file of a known id lies."""
    rows = conn.execute(
        "SELECT p.path FROM file f JOIN path p ON p.id = f.path_id WHERE f.id = ?", (file_id,)
    )
    path: str = rows.fetchone()[0]
    return path


def file_text(conn: sqlite3.Connection, file_id: int) -> bytes:
    """The file's bytes as indexed, secrets overwritten."""
    row = conn.execute("SELECT text FROM file WHERE id = ?", (file_id,)).fetchone()
    return zlib.decompress(row[0]) if row else b""


def file_facts(conn: sqlite3.Connection, file_ids: Iterable[int]) -> Iterator[tuple[int, FileFacts]]:
    """(file id, facts) for each known id, in no particular order: references, comments, problems. What a file
    shows to others is in its outline."""
    for file_id, facts in _blobs(conn, "facts", file_ids):
        yield file_id, _FACTS.decode(facts)


def outlines(conn: sqlite3.Connection, file_ids: Iterable[int]) -> Iterator[tuple[int, Outline]]:
    """(file id, outline) for each known id, in no particular order."""
    for file_id, shown in _blobs(conn, "outline", file_ids):
        yield file_id, _OUTLINE.decode(shown)


def _blobs(conn: sqlite3.Connection, column: str, file_ids: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    for part in batches(list(file_ids), MAX_SQL_VARIABLES):
        marks = ",".join("?" * len(part))
        for file_id, blob in conn.execute(f"SELECT id, {column} FROM file WHERE id IN ({marks})", part):
            yield file_id, zlib.decompress(blob)


def generation(conn: sqlite3.Connection) -> int:
    """A number that grows whenever the writer commits derived rows; 0 for an empty store."""
    row = conn.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
    return int(row[0]) if row else 0


def meta(conn: sqlite3.Connection, key: str) -> str:
    row = conn.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return row[0] if row else ""


def commit_shas(conn: sqlite3.Connection) -> dict[str, int]:
    """sha → commit id, for all commits ever indexed."""
    return dict(conn.execute("SELECT sha, id FROM git_commit"))


def commit_ids(conn: sqlite3.Connection, shas: Iterable[str]) -> dict[str, int]:
    """sha → commit id, for those of ``shas`` that are stored."""
    found: dict[str, int] = {}
    for part in batches(sorted(set(shas)), MAX_SQL_VARIABLES):
        marks = ",".join("?" * len(part))
        found.update(conn.execute(f"SELECT sha, id FROM git_commit WHERE sha IN ({marks})", part))
    return found


def batches(items: list[Item], size: int) -> Iterator[list[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
