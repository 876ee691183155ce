"""Reads of decision documents in index.db."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator

import msgspec
from msgspec import Struct

from indexers.facts import Decision
from memoryd.store.index.reader import MAX_SQL_VARIABLES, batches

_DECODER = msgspec.msgpack.Decoder(Decision)


class DecisionRow(Struct, frozen=True):
    """A decision document of a view."""

    path: str
    path_id: int
    file_id: int
    decision: Decision


def decisions(conn: sqlite3.Connection, view_id: int) -> list[DecisionRow]:
    """All decision documents of the view, ordered by path."""
    rows = conn.execute(
        "SELECT p.path, vf.path_id, vf.file_id, d.facts FROM decision d"
        " JOIN view_file vf ON vf.file_id = d.file_id AND vf.view_id = ? JOIN path p ON p.id = vf.path_id"
        " ORDER BY p.path",
        (view_id,),
    )
    return [
        DecisionRow(path, path_id, file_id, _DECODER.decode(facts)) for path, path_id, file_id, facts in rows
    ]


def symbols_named(
    conn: sqlite3.Connection, view_id: int, names: Collection[str]
) -> Iterator[tuple[str, str, str]]:
    """(name, path, qualname) of the view's definitions of these names, ordered by path within a batch of names."""
    for part in batches(sorted(names), MAX_SQL_VARIABLES - 1):
        yield from conn.execute(
            "SELECT DISTINCT s.name, p.path, s.qualname FROM symbol s"
            " JOIN view_file vf ON vf.file_id = s.file_id AND vf.view_id = ? JOIN path p ON p.id = vf.path_id"
            f" WHERE s.name IN ({','.join('?' * len(part))}) ORDER BY p.path, s.line",
            (view_id, *part),
        )
