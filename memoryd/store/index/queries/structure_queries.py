"""Reads over a whole view for its shape: which file needs which, what is used most, what stands in tests."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

from msgspec import Struct

from memoryd.store.index import reader
from memoryd.store.index.queries.graph_queries import NAME_BITS


class OutgoingUse(Struct, frozen=True):
    """A use that stands at ``line`` of a file: of ``qualname`` in ``path``."""

    line: int
    path: str
    qualname: str
    method: str


class Hub(Struct, frozen=True):
    """``files``: other files that use the definition."""

    path: str
    qualname: str
    files: int


class UsedNode(NamedTuple):
    """A definition (node ``path id << 32 | name id``) that a file (path id) uses."""

    node: int
    src: int


def used_nodes(conn: sqlite3.Connection, view_id: int) -> list[UsedNode]:
    """What each file of the view uses of other files, each once. Guesses (confidence below 0.5) are left out."""
    source = _linked(conn, view_id)
    # In the order of the table: no sort, no join.
    rows = conn.execute(
        "SELECT DISTINCT dst_path_id, dst_name_id, link_id FROM edge_row"
        " WHERE how_id IN (SELECT id FROM how WHERE confidence >= 0.5 AND kind <> 'overrides')"
    )
    return [
        UsedNode(path_id << NAME_BITS | name_id, source[link_id])
        for path_id, name_id, link_id in rows
        if link_id in source and source[link_id] != path_id
    ]


def certain_uses(conn: sqlite3.Connection, view_id: int) -> set[tuple[int, int]]:
    """(path id of a file, path id of another that it uses), by the language's own rules: no guess is among them."""
    source = _linked(conn, view_id)
    rows = conn.execute(
        "SELECT DISTINCT dst_path_id, link_id FROM edge_row"
        " WHERE how_id IN (SELECT id FROM how WHERE method = 'exact')"
    )
    return {
        (source[link_id], path_id)
        for path_id, link_id in rows
        if link_id in source and source[link_id] != path_id
    }


def _linked(conn: sqlite3.Connection, view_id: int) -> dict[int, int]:
    """The links of the view's files → path id."""
    rows = conn.execute(
        "SELECT link_id, path_id FROM view_file WHERE view_id = ? AND link_id NOTNULL", (view_id,)
    )
    return dict(rows.fetchall())


def hubs(conn: sqlite3.Connection, used: Mapping[int, int], limit: int) -> list[Hub]:
    """The most used definitions of ``used`` (node → how many files use it); what one file uses is no hub."""
    least = min(heapq.nlargest(4 * limit, used.values()), default=0)
    return _hubs(conn, {node: files for node, files in used.items() if files >= max(least, 2)}, limit)


def _hubs(conn: sqlite3.Connection, used: dict[int, int], limit: int) -> list[Hub]:
    found = []
    for node, files in used.items():
        path, text = conn.execute(
            "SELECT p.path, n.text FROM path p, name n WHERE p.id = ? AND n.id = ?",
            (node >> NAME_BITS, node & ((1 << NAME_BITS) - 1)),
        ).fetchone()
        if text:
            found.append(Hub(path, text, files))
    return sorted(found, key=lambda hub: (-hub.files, hub.path, hub.qualname))[:limit]


def uses_from(conn: sqlite3.Connection, view_id: int, path: str) -> list[OutgoingUse]:
    """What the file uses of definitions, by line."""
    rows = conn.execute(
        "SELECT e.line, d.path, n.text, e.method FROM path p JOIN view_file vf ON vf.path_id = p.id AND vf.view_id = ?"
        " JOIN edge e ON e.link_id = vf.link_id JOIN path d ON d.id = e.dst_path_id"
        " JOIN name n ON n.id = e.dst_name_id WHERE p.path = ? ORDER BY e.line, d.path, n.text",
        (view_id, path),
    )
    return [OutgoingUse(*row) for row in rows]


def one_use(conn: sqlite3.Connection, view_id: int, src: int, dst: int) -> tuple[int, str] | None:
    """(line, used qualname) of the first use between two files that is no guess."""
    found: tuple[int, str] | None = conn.execute(
        "SELECT e.line, n.text FROM view_file vf JOIN edge e ON e.link_id = vf.link_id"
        " JOIN name n ON n.id = e.dst_name_id WHERE vf.view_id = ? AND vf.path_id = ? AND e.dst_path_id = ?"
        " AND e.method = 'exact'"
        " ORDER BY n.text = '', e.line, n.text LIMIT 1",
        (view_id, src, dst),
    ).fetchone()
    return found


def state(conn: sqlite3.Connection, view_id: int) -> tuple[str, int, int, int]:
    """What tells one state of a view from every other: the database, the view, when and what it was indexed last."""
    path = next(file for _, name, file in conn.execute("PRAGMA database_list") if name == "main")
    (at_s,) = conn.execute("SELECT indexed_at_s FROM view WHERE id = ?", (view_id,)).fetchone() or (0,)
    return path, view_id, at_s, reader.generation(conn)
