"""Cases of linking: files, and the edges across files that are expected. One line per edge, in the order of the
files and their lines: ``caller -> callee method`` (``path:qualname``, ``path:`` for the file itself)."""

from __future__ import annotations

from pathlib import Path

from projects import run_index

from memoryd.ingest.pool import ParsePool
from memoryd.store.sqlite import connect

Case = tuple[dict[str, str], list[str]]


def edges(pool: ParsePool, folder: Path, files: dict[str, str], kinds: tuple[str, ...]) -> list[str]:
    """The edges of those kinds between different files, of a project with these files."""
    for path, text in files.items():
        (folder / "repo" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "repo" / path).write_text(text)
    run_index(pool, folder / "repo", folder / "store")
    conn = connect(folder / "store" / "index.db", readonly=True)
    marks = ",".join("?" * len(kinds))
    rows = conn.execute(
        "SELECT p.path, n.text, dp.path, dn.text, e.method FROM view_file v JOIN edge e ON e.link_id = v.link_id"
        " JOIN path p ON p.id = v.path_id JOIN name n ON n.id = e.src_name_id JOIN path dp ON dp.id = e.dst_path_id"
        f" JOIN name dn ON dn.id = e.dst_name_id WHERE e.kind IN ({marks}) AND dp.path <> p.path"
        " ORDER BY p.path, e.line, dn.text, dp.path",
        kinds,
    ).fetchall()
    conn.close()
    return [f"{path}:{src} -> {to}:{dst} {method}" for path, src, to, dst, method in rows]
