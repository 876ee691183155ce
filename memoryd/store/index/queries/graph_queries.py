"""Reads of the code graph in index.db: symbols, files, edges of one view. Everything bounded by its arguments.

A *node* is ``path id << 32 | name id``: a qualname in a file; the name id of ``""`` stands for the file itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from memoryd.store.index.reader import MAX_SQL_VARIABLES, batches
from memoryd.store.sqlite import integer

Node = int
NAME_BITS = 32
NAME_MASK = (1 << NAME_BITS) - 1
# One edge, as it comes from SQLite (a search sees hundreds of thousands): used node, using node, provenance id, link
# id, line.
GraphEdge = tuple[Node, Node, int, int, int]
_KINDS = frozenset(("imports", "calls", "inherits", "references", "overrides"))
_SYMBOL = (
    "SELECT p.path, vf.path_id, s.file_id, s.name, s.qualname, s.kind, s.line, s.end_line, s.signature, f.role"
    " FROM symbol s JOIN view_file vf ON vf.file_id = s.file_id AND vf.view_id = ? JOIN path p ON p.id = vf.path_id"
    " JOIN file f ON f.id = s.file_id"
)
# What the edges of one row do, as bits: 1 reads, 2 writes; 0 where that is not told of one that does not write.
_ACCESS = (
    "CASE WHEN sum(e.access & 2) THEN 2 + (sum(e.access & 1) > 0) WHEN sum(e.access = 0) THEN 0 ELSE 1 END"
)
_USE = (
    "SELECT p.path, e.line, e.kind, e.method, e.confidence, n.text, t.path || ':' || d.text,"
    f" {_ACCESS} AS done, max(e.confidence)"
    " FROM edge e JOIN view_file vf ON vf.link_id = e.link_id AND vf.view_id = ?"
    " JOIN path p ON p.id = vf.path_id JOIN name n ON n.id = e.src_name_id JOIN name d ON d.id = e.dst_name_id"
    " JOIN path t ON t.id = e.dst_path_id"
)

_STEP = "SELECT e.dst_path_id << 32 | e.dst_name_id, vf.path_id << 32 | e.src_name_id, e.how_id, e.link_id, e.line"
_OF_VIEW = "CROSS JOIN view_file vf ON vf.link_id = e.link_id AND vf.view_id = ?"


class SymbolRow(Struct, frozen=True):
    path: str
    path_id: int
    file_id: int
    name: str
    qualname: str
    kind: str
    line: int
    end_line: int
    signature: str
    role: str


class FileRow(Struct, frozen=True):
    path: str
    path_id: int
    file_id: int
    hash: bytes
    language: str
    role: str


class EdgeTarget(Struct, frozen=True):
    """What is used: one definition of a file, or anything in it from outside (``qualname`` None)."""

    path_id: int
    qualname: str | None


class UseRow(Struct, frozen=True):
    """A use of a definition: it stands at ``path:line`` in the qualname ``src``; ``dst``: ``path:Qual.name``."""

    path: str
    line: int
    kind: str
    method: str
    confidence: float
    src: str
    dst: str
    access: int


class UseCounts(Struct, frozen=True):
    """How many rows ``uses`` has: in all, those that write, that read, that do both."""

    total: int
    writes: int
    reads: int
    both: int


# -- files and symbols


def file_at(conn: sqlite3.Connection, view_id: int, path: str) -> FileRow | None:
    found = _files(conn, "p.path = ?", view_id, path)
    return found[0] if found else None


def files_at(conn: sqlite3.Connection, view_id: int, paths: Sequence[str]) -> list[FileRow]:
    """The files of the view among ``paths``, ordered by path."""
    found = []
    for part in batches(sorted(set(paths)), MAX_SQL_VARIABLES):
        found += _files(conn, f"p.path IN ({_marks(part)})", view_id, *part)
    return found


def files_ending(conn: sqlite3.Connection, view_id: int, suffix: str, limit: int) -> list[FileRow]:
    """Files whose path ends in ``/suffix``, shortest first."""
    size = len(suffix) + 1
    return _files(
        conn,
        "substr(p.path, -?) = ? ORDER BY length(p.path), p.path LIMIT ?",
        view_id,
        size,
        f"/{suffix}",
        limit,
    )


def _files(conn: sqlite3.Connection, condition: str, view_id: int, *values: str | int) -> list[FileRow]:
    rows = conn.execute(
        "SELECT p.path, vf.path_id, vf.file_id, f.hash, f.language, f.role FROM path p"
        " CROSS JOIN view_file vf ON vf.view_id = ? AND vf.path_id = p.id JOIN file f ON f.id = vf.file_id"
        f" WHERE {condition}",
        (view_id, *values),
    )
    return [FileRow(*row) for row in rows]


class RoleRow(Struct, frozen=True):
    """``role``: an indexers.facts.FileRole; ``test_cases``: how many are seen in the file."""

    role: str
    test_cases: int


def roles(conn: sqlite3.Connection, view_id: int, path_ids: Iterable[int]) -> dict[int, RoleRow]:
    """Path id → what part the file there plays, for those of the view."""
    query = (
        "SELECT vf.path_id, f.role, f.test_cases FROM view_file vf JOIN file f ON f.id = vf.file_id"
        f" WHERE vf.view_id = {int(view_id)} AND vf.path_id"
    )
    return {id_: RoleRow(role, cases) for id_, role, cases in _by(conn, query, sorted(set(path_ids)))}


def test_files(rows: Mapping[int, RoleRow]) -> set[int]:
    """Those of ``roles`` that are for tests as a whole."""
    return {path_id for path_id, row in rows.items() if row.role == "test"}


def symbols_for_tests(
    conn: sqlite3.Connection, view_id: int, path_ids: Iterable[int]
) -> set[tuple[int, str]]:
    """(path id, qualname) of the definitions in these files that are for tests."""
    query = (
        "SELECT vf.path_id, s.qualname FROM view_file vf JOIN symbol s ON s.file_id = vf.file_id"
        f" WHERE vf.view_id = {int(view_id)} AND s.for_tests AND vf.path_id"
    )
    return set(_by(conn, query, sorted(set(path_ids))))


def paths_of_view(conn: sqlite3.Connection, view_id: int) -> list[str]:
    """Every path of the view, in order."""
    rows = conn.execute(
        "SELECT p.path FROM view_file vf JOIN path p ON p.id = vf.path_id WHERE vf.view_id = ? ORDER BY p.path",
        (view_id,),
    )
    return [path for (path,) in rows]


def path_ids_of_view(conn: sqlite3.Connection, view_id: int) -> set[int]:
    return {id_ for (id_,) in conn.execute("SELECT path_id FROM view_file WHERE view_id = ?", (view_id,))}


def paths_under(conn: sqlite3.Connection, view_id: int, prefix: str, limit: int) -> list[str]:
    """Paths of the view that begin with ``prefix``, in order."""
    rows = conn.execute(
        "SELECT p.path FROM path p CROSS JOIN view_file vf ON vf.view_id = ? AND vf.path_id = p.id"
        " WHERE p.path >= ? AND p.path < ? ORDER BY p.path LIMIT ?",
        (view_id, prefix, prefix + "\U0010ffff", limit),
    )
    return [path for (path,) in rows]


def symbols_named(conn: sqlite3.Connection, view_id: int, name: str, limit: int) -> list[SymbolRow]:
    """Definitions whose last component is exactly ``name``, ordered by path and line."""
    rows = conn.execute(f"{_SYMBOL} WHERE s.name = ? ORDER BY p.path, s.line LIMIT ?", (view_id, name, limit))
    return [SymbolRow(*row) for row in rows]


def symbols_like(conn: sqlite3.Connection, view_id: int, name: str, limit: int) -> list[SymbolRow]:
    """Definitions whose name contains ``name`` in any case, shortest first: for suggestions (reads all)."""
    pattern = "%" + name.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    rows = conn.execute(
        f"{_SYMBOL} WHERE s.name LIKE ? ESCAPE '\\' ORDER BY length(s.name), p.path, s.line LIMIT ?",
        (view_id, pattern, limit),
    )
    return [SymbolRow(*row) for row in rows]


def symbols_of(conn: sqlite3.Connection, view_id: int, path_id: int) -> list[SymbolRow]:
    """All definitions of one file in order of line, outer before inner."""
    rows = conn.execute(
        f"{_SYMBOL} WHERE vf.path_id = ? ORDER BY s.line, s.end_line DESC", (view_id, path_id)
    )
    return [SymbolRow(*row) for row in rows]


def count_symbols(conn: sqlite3.Connection, view_id: int) -> int:
    return integer(
        conn,
        "SELECT count(*) FROM view_file vf JOIN symbol s ON s.file_id = vf.file_id WHERE vf.view_id = ?",
        (view_id,),
    )


# -- ids


def name_ids(conn: sqlite3.Connection, texts: Iterable[str]) -> dict[str, int]:
    """Ids of the qualnames that occur in any edge."""
    return {text: id_ for id_, text in _by(conn, "SELECT id, text FROM name WHERE text", sorted(set(texts)))}


def names(conn: sqlite3.Connection, ids: Iterable[int]) -> dict[int, str]:
    return dict(_by(conn, "SELECT id, text FROM name WHERE id", sorted(set(ids))))


def path_names(conn: sqlite3.Connection, ids: Iterable[int]) -> dict[int, str]:
    return dict(_by(conn, "SELECT id, path FROM path WHERE id", sorted(set(ids))))


def path_ids(conn: sqlite3.Connection, paths: Iterable[str]) -> dict[str, int]:
    """Ids of paths ever seen, in this view or another, now or in the history."""
    return {path: id_ for id_, path in _by(conn, "SELECT id, path FROM path WHERE path", sorted(set(paths)))}


def _by(
    conn: sqlite3.Connection, query: str, values: Sequence[int] | Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    for part in batches(list(values), MAX_SQL_VARIABLES):
        yield from conn.execute(f"{query} IN ({_marks(part)})", part)


# -- uses


def uses(
    conn: sqlite3.Connection,
    view_id: int,
    targets: Collection[EdgeTarget],
    limit: int,
    offset: int = 0,
    access: int = 0,
) -> list[UseRow]:
    """Who uses any of ``targets``, once per (path, line, kind) with the surest edge, in that order, but what writes
    comes first. ``access``: only what does this."""
    condition, values = _towards(conn, targets)
    rows = conn.execute(
        f"{_USE} WHERE {condition} GROUP BY p.path, e.line, e.kind HAVING done & ? = ?"
        " ORDER BY done < 2, p.path, e.line, e.kind LIMIT ? OFFSET ?",
        (view_id, *values, access, access, limit, offset),
    )
    return [UseRow(*row[:8]) for row in rows]


def used_by(conn: sqlite3.Connection, view_id: int, user: EdgeTarget) -> list[UseRow]:
    """What the definition ``user`` uses, each once with the surest edge, in order of line; ``path`` and ``line``: of
    the use."""
    rows = conn.execute(
        f"{_USE} WHERE vf.path_id = ? AND n.text = ? AND NOT (e.dst_path_id = vf.path_id AND d.text = n.text)"
        " GROUP BY e.dst_path_id, e.dst_name_id ORDER BY min(e.line), t.path, d.text",
        (view_id, user.path_id, user.qualname),
    )
    return [UseRow(*row[:8]) for row in rows]


def count_uses(conn: sqlite3.Connection, view_id: int, targets: Collection[EdgeTarget]) -> UseCounts:
    """How many rows ``uses`` has."""
    condition, values = _towards(conn, targets)
    row = conn.execute(
        f"SELECT count(*), total(done > 1), total(done & 1), total(done = 3) FROM (SELECT {_ACCESS} AS done"
        f" FROM edge e JOIN view_file vf ON vf.link_id = e.link_id AND vf.view_id = ? WHERE {condition}"
        " GROUP BY vf.path_id, e.line, e.kind)",
        (view_id, *values),
    ).fetchone()
    return UseCounts(*map(int, row))


def _towards(conn: sqlite3.Connection, targets: Collection[EdgeTarget]) -> tuple[str, list[int]]:
    conditions: list[str] = []
    values: list[int] = []
    ids = name_ids(conn, [target.qualname for target in targets if target.qualname is not None])
    for target in targets:
        if target.qualname is None:
            conditions.append("e.dst_path_id = ? AND vf.path_id <> e.dst_path_id")
            values.append(target.path_id)
        elif target.qualname in ids:
            conditions.append("e.dst_path_id = ? AND e.dst_name_id = ?")
            values += [target.path_id, ids[target.qualname]]
    return f"({' OR '.join(conditions) or '0'})", values


# -- walks


def edges_towards(conn: sqlite3.Connection, view_id: int, nodes: Collection[Node]) -> Iterator[GraphEdge]:
    """All edges of the view whose end is one of ``nodes``."""
    for part in batches(sorted(nodes), MAX_SQL_VARIABLES - 1):  # sorted: neighbours share index pages
        # A list of pairs in IN makes SQLite read the whole table; a joined one uses the index.
        yield from conn.execute(
            f"WITH n(node) AS (VALUES {','.join(['(?)'] * len(part))}) {_STEP} FROM n CROSS JOIN edge_row e"
            f" ON e.dst_path_id = n.node >> 32 AND e.dst_name_id = n.node & 4294967295 {_OF_VIEW}",
            (*part, view_id),
        )


def overridden(conn: sqlite3.Connection, view_id: int, nodes: Collection[Node]) -> Iterator[GraphEdge]:
    """The edges of the view by which one of ``nodes`` overrides something."""
    for part in batches(sorted(nodes), MAX_SQL_VARIABLES - 1):
        yield from conn.execute(
            f"WITH n(node) AS (VALUES {','.join(['(?)'] * len(part))}) {_STEP} FROM n CROSS JOIN view_file vf"
            " ON vf.view_id = ? AND vf.path_id = n.node >> 32 CROSS JOIN edge_row e INDEXED BY edge_overriding"
            " ON e.link_id = vf.link_id AND e.src_name_id = n.node & 4294967295 AND e.how_id < 0",
            (*part, view_id),
        )


def edges_into_files(
    conn: sqlite3.Connection, view_id: int, path_ids: Collection[int]
) -> Iterator[GraphEdge]:
    """All edges of the view that end in these files and start in another file."""
    for part in batches(sorted(path_ids), MAX_SQL_VARIABLES - 1):
        yield from conn.execute(
            f"{_STEP} FROM edge_row e {_OF_VIEW}"
            f" WHERE e.dst_path_id IN ({_marks(part)}) AND vf.path_id <> e.dst_path_id",
            (view_id, *part),
        )


class EdgeProvenance(Struct, frozen=True):
    """What kind of edge it is, how it was found, and what it does with data (as in ``indexers.facts.Reference``)."""

    kind: str
    method: str
    confidence: float
    access: int


def provenances(conn: sqlite3.Connection) -> dict[int, EdgeProvenance]:
    """All that occur, by id."""
    return {
        id_: EdgeProvenance(*row)
        for id_, *row in conn.execute("SELECT id, kind, method, confidence, access FROM how")
    }


def node(path_id: int, name_id: int) -> Node:
    return path_id << NAME_BITS | name_id


def import_lines(conn: sqlite3.Connection, link_ids: Collection[int]) -> set[tuple[int, int]]:
    """(link id, line) of the import statements in these links."""
    return set(
        _by(conn, "SELECT link_id, line FROM edge WHERE kind = 'imports' AND link_id", sorted(link_ids))
    )


def outer_symbols(
    conn: sqlite3.Connection, view_id: int, path_ids: Collection[int]
) -> dict[int, list[tuple[int, int, str]]]:
    """Path id → (line, end line, qualname) of the file's outermost definitions."""
    found: dict[int, list[tuple[int, int, str]]] = {}
    query = (
        "SELECT vf.path_id, s.line, s.end_line, s.qualname FROM view_file vf JOIN symbol s ON s.file_id = vf.file_id"
        f" WHERE vf.view_id = {int(view_id)} AND instr(s.qualname, '.') = 0 AND vf.path_id"
    )
    for path_id, line, end_line, qualname in _by(conn, query, sorted(path_ids)):
        found.setdefault(path_id, []).append((line, end_line, qualname))
    return found


def owners_of(conn: sqlite3.Connection, ids: Collection[int], members: Collection[str]) -> dict[int, int]:
    """For those name ids that are ``Owner.member`` of one of ``members``: the name id of ``Owner``."""
    like = " OR ".join(["text GLOB ?"] * len(members))
    found: dict[int, str] = {}
    for part in batches(sorted(ids), MAX_SQL_VARIABLES - len(members)):
        query = f"SELECT id, text FROM name WHERE id IN ({_marks(part)}) AND ({like})"
        found.update(conn.execute(query, (*part, *(f"*.{member}" for member in members))).fetchall())
    owners = {text: text.rpartition(".")[0] for text in found.values()}
    known = name_ids(conn, owners.values())
    return {id_: known[owners[text]] for id_, text in found.items() if owners[text] in known}


def neighbour_files(conn: sqlite3.Connection, view_id: int, path_ids: Collection[int]) -> set[int]:
    """Path ids of the files that have an edge from or to one of these."""
    found: set[int] = set()
    into = (
        "SELECT DISTINCT vf.path_id FROM edge_row e CROSS JOIN view_file vf ON vf.link_id = e.link_id"
        f" AND vf.view_id = {int(view_id)} WHERE e.dst_path_id"
    )
    out = (
        "SELECT DISTINCT e.dst_path_id FROM view_file vf JOIN edge_row e ON e.link_id = vf.link_id"
        f" WHERE vf.view_id = {int(view_id)} AND vf.path_id"
    )
    for query in (into, out):
        found.update(id_ for (id_,) in _by(conn, query, sorted(path_ids)))
    return found


# -- export


def file_edges(
    conn: sqlite3.Connection, view_id: int, kinds: Sequence[str]
) -> Iterator[tuple[str, str, str, str, float]]:
    """(path, used path, kind, method, confidence) between files, ordered, each once with its surest edge.

    ``imports``: as the import statement says; ``depends``: names the file, or uses a definition in it by whatever
    route (guesses by name alone and overriding do not count); the others: has such an edge to a definition in the file.
    """
    kept = {"imports": "e.kind = 'imports'", "depends": "e.method <> 'name-only' AND e.kind <> 'overrides'"}
    for kind in kinds:
        condition = kept.get(kind, f"n.text <> '' AND e.kind = '{kind}'" if kind in _KINDS else "0")
        yield from conn.execute(
            "SELECT s.path, d.path, ?, e.method, max(e.confidence)"
            " FROM view_file vf JOIN edge e ON e.link_id = vf.link_id JOIN path s ON s.id = vf.path_id"
            " JOIN path d ON d.id = e.dst_path_id JOIN name n ON n.id = e.dst_name_id"
            f" WHERE vf.view_id = ? AND e.dst_path_id <> vf.path_id AND {condition}"
            " GROUP BY s.path, d.path ORDER BY s.path, d.path",
            (kind, view_id),
        )


def symbol_edges(
    conn: sqlite3.Connection, view_id: int
) -> Iterator[tuple[str, str, str, str, str, str, float]]:
    """(path, qualname, used path, used qualname, kind, method, confidence), ordered, each once."""
    yield from conn.execute(
        "SELECT s.path, a.text, d.path, b.text, e.kind, e.method, max(e.confidence)"
        " FROM view_file vf JOIN edge e ON e.link_id = vf.link_id JOIN path s ON s.id = vf.path_id"
        " JOIN path d ON d.id = e.dst_path_id JOIN name a ON a.id = e.src_name_id JOIN name b ON b.id = e.dst_name_id"
        " WHERE vf.view_id = ? GROUP BY s.path, a.text, d.path, b.text, e.kind"
        " ORDER BY s.path, a.text, d.path, b.text, e.kind",
        (view_id,),
    )


def _marks(values: Collection[object]) -> str:
    return ",".join("?" * len(values))
