"""Links and edges in index.db: what linking reads and writes. Writing functions run inside the caller's transaction.

A *link* is the edges of one file together with the keys of all that it looked at elsewhere. It holds in every
view where none of them means anything else.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from hashlib import blake2b

import msgspec
from msgspec import Struct

from memoryd.store.index.reader import MAX_SQL_VARIABLES, batches


class EdgeRow(Struct, frozen=True):
    """``src``/``dst`` are qualnames, ``""`` for the file itself. ``access``: as in ``indexers.facts.Reference``."""

    src: str
    kind: str
    dst_path: str
    dst: str
    line: int
    method: str
    confidence: float
    access: int = 0


class UnresolvedUses(Struct, frozen=True):
    """What the references of a file may mean is unknown: ``uses``: (name, lines), by name. ``imports``: (module, name,
    line) of those that lead out of the project as far as is known; ``name`` ``""``: the module itself."""

    uses: tuple[tuple[str, tuple[int, ...]], ...] = ()
    imports: tuple[tuple[str, str, int], ...] = ()

    @property
    def uses_text(self) -> str:
        """As it is stored: each name between a line's end and a tab."""
        return "".join(f"\n{_plain(name)}\t{' '.join(map(str, lines))}" for name, lines in self.uses) + "\n"

    @property
    def imports_text(self) -> str:
        return "".join(f"\n{_plain(m)}\t{_plain(name)}\t{line}" for m, name, line in self.imports) + "\n"


def _plain(name: str) -> str:
    return name.translate(_SPACES).encode("utf-8", "replace").decode()


NOTHING_UNRESOLVED = UnresolvedUses()
_SPACES = str.maketrans("\t\n", "  ")


class Stale(Struct, frozen=True):
    """A path that changed since its view was linked; ``file_id``: what the links saw there (None: no file)."""

    path_id: int
    path: str
    file_id: int | None


class Defined(Struct, frozen=True):
    """A definition of the view."""

    name: str
    path_id: int
    qualname: str
    kind: str


def stale(conn: sqlite3.Connection, view_id: int) -> list[Stale]:
    """What changed since the view was linked, ordered by path."""
    rows = conn.execute(
        "SELECT s.path_id, p.path, s.file_id FROM stale s JOIN path p ON p.id = s.path_id WHERE s.view_id = ?"
        " ORDER BY p.path",
        (view_id,),
    )
    return [Stale(*row) for row in rows]


def dependency_keys(conn: sqlite3.Connection, view_id: int) -> Iterator[tuple[int, bytes]]:
    """(path id, keys it looked at) of each linked file of the view."""
    yield from conn.execute(
        "SELECT vf.path_id, l.looked FROM view_file vf JOIN link l ON l.id = vf.link_id WHERE vf.view_id = ?",
        (view_id,),
    )


def key_groups(conn: sqlite3.Connection) -> Iterator[tuple[int, bytes]]:
    """(key, keys that it stands for) of every group, inner ones first."""
    yield from conn.execute("SELECT key, members FROM key_group ORDER BY id")


def put_key_groups(conn: sqlite3.Connection, groups: Iterable[tuple[int, bytes]]) -> None:
    """Add groups, inner ones first. One that has the key of another is joined with it."""
    for key, members in groups:
        row = conn.execute("SELECT members FROM key_group WHERE key = ?", (key,)).fetchone()
        if row is None:
            conn.execute("INSERT INTO key_group (key, members) VALUES (?, ?)", (key, members))
        elif row[0] != members:
            joined = array("I", sorted({*array("I", row[0]), *array("I", members)})).tobytes()
            conn.execute("UPDATE key_group SET members = ? WHERE key = ?", (joined, key))


def definitions(conn: sqlite3.Connection, view_id: int, name: str | None) -> Iterator[Defined]:
    """The view's definitions that are called ``name``, or (None) all."""
    yield from _defined(conn, view_id, *(("", ()) if name is None else ("AND s.name = ?", (name,))))


def interfaces(conn: sqlite3.Connection, view_id: int) -> Iterator[Defined]:
    """The view's definitions of interfaces."""
    yield from _defined(conn, view_id, "AND s.kind = 'interface'", ())


def _defined(
    conn: sqlite3.Connection, view_id: int, condition: str, values: tuple[str, ...]
) -> Iterator[Defined]:
    rows = conn.execute(
        "SELECT s.name, vf.path_id, s.qualname, s.kind FROM symbol s"
        f" JOIN view_file vf ON vf.file_id = s.file_id AND vf.view_id = ? WHERE 1 {condition}",
        (view_id, *values),
    )
    for row in rows:
        yield Defined(*row)


def symbol_lines(conn: sqlite3.Connection, file_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """File id → where each of its definitions begins, by qualname: the first of several."""
    found: dict[int, dict[str, int]] = {file_id: {} for file_id in file_ids}
    for part in batches(list(file_ids), MAX_SQL_VARIABLES):
        query = (
            f"SELECT file_id, qualname, line FROM symbol WHERE file_id IN ({','.join('?' * len(part))})"
            " ORDER BY file_id, line DESC"
        )
        for file_id, qualname, line in conn.execute(query, part):
            found[file_id][qualname] = line
    return found


def adopt(conn: sqlite3.Connection, view_id: int) -> None:
    """Give a view without links those of the view that shares most files with it, and note as stale where the two
    differ. Nothing happens when no wholly linked view shares any."""
    base = conn.execute(
        "SELECT b.view_id FROM view_file a JOIN view_file b ON b.path_id = a.path_id AND b.file_id = a.file_id"
        " WHERE a.view_id = ?1 AND b.view_id <> ?1 AND b.link_id IS NOT NULL"
        " AND b.view_id NOT IN (SELECT view_id FROM stale) GROUP BY b.view_id ORDER BY count(*) DESC LIMIT 1",
        (view_id,),
    ).fetchone()
    if base is None:
        return
    ids = {"view": view_id, "base": base[0]}
    conn.execute("DELETE FROM stale WHERE view_id = :view", ids)
    conn.execute(
        "INSERT INTO stale SELECT :view, path_id, file_id FROM view_file b WHERE view_id = :base AND NOT EXISTS"
        " (SELECT 1 FROM view_file a WHERE a.view_id = :view AND a.path_id = b.path_id AND a.file_id = b.file_id)",
        ids,
    )
    conn.execute(
        "INSERT OR IGNORE INTO stale SELECT :view, path_id, NULL FROM view_file a WHERE view_id = :view"
        " AND NOT EXISTS (SELECT 1 FROM view_file b WHERE b.view_id = :base AND b.path_id = a.path_id)",
        ids,
    )
    conn.execute(
        "UPDATE view_file SET link_id = b.link_id FROM view_file b WHERE view_file.view_id = :view"
        " AND b.view_id = :base AND b.path_id = view_file.path_id AND b.file_id = view_file.file_id",
        ids,
    )


def drop(conn: sqlite3.Connection, view_id: int, path_ids: Iterable[int] | None) -> None:
    """The links of these files (None: of all) are void; what was stale is accounted for."""
    if path_ids is None:
        conn.execute("UPDATE view_file SET link_id = NULL WHERE view_id = ?", (view_id,))
    else:
        conn.executemany(
            "UPDATE view_file SET link_id = NULL WHERE view_id = ? AND path_id = ?",
            [(view_id, path_id) for path_id in path_ids],
        )
    conn.execute("DELETE FROM stale WHERE view_id = ?", (view_id,))


def put(
    conn: sqlite3.Connection,
    file_id: int,
    keys: bytes,
    unresolved: int,
    edges: Sequence[EdgeRow],
    unknown: UnresolvedUses,
    name_id: Callable[[str], int],
    path_id: Callable[[str], int],
) -> int:
    """The id of the link with these edges, which may exist already."""
    uses, imports = unknown.uses_text, unknown.imports_text
    said = keys + msgspec.msgpack.encode((edges, uses, imports))
    digest = blake2b(said, digest_size=16).digest()
    found = conn.execute("SELECT id FROM link WHERE file_id = ? AND digest = ?", (file_id, digest)).fetchone()
    if found:
        known: int = found[0]
        return known
    link_id = conn.execute(
        "INSERT INTO link (file_id, digest, looked, unresolved) VALUES (?, ?, ?, ?)",
        (file_id, digest, keys, unresolved),
    ).lastrowid
    assert link_id is not None
    conn.execute("INSERT INTO unresolved VALUES (?, ?, ?)", (link_id, uses, imports))
    provenances = _provenances(conn, {_how(e) for e in edges})
    conn.executemany(
        "INSERT INTO edge_row VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                path_id(e.dst_path),
                name_id(e.dst),
                link_id,
                ordinal,
                name_id(e.src),
                e.line,
                provenances[_how(e)],
            )
            for ordinal, e in enumerate(edges)
        ],
    )
    return link_id


_How = tuple[str, str, float, int]


def _how(edge: EdgeRow) -> _How:
    return edge.kind, edge.method, edge.confidence, edge.access


def _provenances(conn: sqlite3.Connection, wanted: Collection[_How]) -> dict[_How, int]:
    """Their ids."""
    rows = conn.execute("SELECT id, kind, method, confidence, access FROM how")
    known = {(kind, method, sure, access): id_ for id_, kind, method, sure, access in rows}
    for how in sorted(set(wanted) - known.keys()):
        ids = known.values()
        known[how] = (
            min((0, *ids)) - 1 if how[0] == "overrides" else max((0, *ids)) + 1
        )  # see edge_overriding
        conn.execute(
            "INSERT INTO how (id, kind, method, confidence, access) VALUES (?, ?, ?, ?, ?)",
            (known[how], *how),
        )
    return known


def assign(conn: sqlite3.Connection, view_id: int, links: Iterable[tuple[int, int]]) -> None:
    """(path id, link id) of files linked anew."""
    conn.executemany(
        "UPDATE view_file SET link_id = ? WHERE view_id = ? AND path_id = ?",
        [(link_id, view_id, path_id) for path_id, link_id in links],
    )


def prune(conn: sqlite3.Connection, margin: int) -> None:
    """Drop links that no view holds once there are more than ``margin`` and more than live ones: they may come back
    with a branch, but not for ever."""
    total, live = (
        conn.execute(query).fetchone()[0]
        for query in ("SELECT count(*) FROM link", "SELECT count(DISTINCT link_id) FROM view_file")
    )
    if total - live > max(margin, live):
        conn.execute(
            "DELETE FROM link WHERE id NOT IN (SELECT link_id FROM view_file WHERE link_id IS NOT NULL)"
        )
        prune_key_groups(conn)


def prune_key_groups(conn: sqlite3.Connection) -> None:
    """Drop the groups that no link holds, directly or through another group."""
    groups = {key: array("I", members) for key, members in key_groups(conn)}
    used: set[int] = set()
    waiting = [array("I", looked) for (looked,) in conn.execute("SELECT looked FROM link")]
    while waiting:
        found = groups.keys() & set(waiting.pop()) - used
        used |= found
        waiting += [groups[key] for key in found]
    conn.executemany("DELETE FROM key_group WHERE key = ?", [(key,) for key in groups.keys() - used])
