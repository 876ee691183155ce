"""Stores as earlier builds left them: SQL in fixtures/, which no build has to be able to write."""

from __future__ import annotations

import sqlite3
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent / "fixtures"
ROOT = "@ROOT@"  # in a fixture: where its project was


def restore(fixture: str, file: Path, root: Path | None = None) -> Path:
    """Make ``file`` of ``fixture``, as if its project were at ``root``."""
    text = (FIXTURES / f"{fixture}.sql").read_text("utf-8")
    file.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(file)) as conn:
        conn.executescript(text.replace(ROOT, str(root)))
        conn.execute("PRAGMA journal_mode=WAL")
    return file


@contextmanager
def changed(file: Path) -> Iterator[sqlite3.Connection]:
    """The file as a connection that another program has; closed and written afterwards."""
    with closing(sqlite3.connect(file)) as conn, conn:
        yield conn


def make_newer(file: Path) -> None:
    """The file as a later memoryd would leave it: a higher layout, a table that we do not know, its name."""
    with changed(file) as conn:
        conn.execute("CREATE TABLE later (x)")
        conn.execute("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
        conn.execute("INSERT OR REPLACE INTO meta VALUES ('written_by', '9.9.9')")
        conn.execute("PRAGMA user_version=99")


def pack_here(file: Path) -> None:
    """Compress what index.db keeps compressed as this machine does: another zlib gives other bytes."""
    with changed(file) as conn:
        conn.create_function("packed", 1, lambda blob: zlib.compress(zlib.decompress(blob), 1))
        conn.execute("UPDATE file SET facts = packed(facts), outline = packed(outline), text = packed(text)")


def dump(file: Path, root: str = "") -> str:
    """A fixture of ``file``, whose project is at ``root``: what ``restore`` reads."""
    with closing(sqlite3.connect(file)) as conn:
        lines = [
            line for line in conn.iterdump() if "sqlite_stat" not in line and not line.startswith("ANALYZE")
        ]
        layout = conn.execute("PRAGMA user_version").fetchone()[0]
    text = "\n".join([*lines, f"PRAGMA user_version={layout};"]) + "\n"
    return text.replace(root, ROOT) if root else text


if (
    __name__ == "__main__"
):  # python tests/versions/stores.py FILE [ROOT] > tests/versions/fixtures/KIND-LAYOUT.sql
    sys.stdout.write(dump(Path(sys.argv[1]), *sys.argv[2:]))
