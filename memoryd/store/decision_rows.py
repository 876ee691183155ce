"""Reads of decision documents in index.db."""

from __future__ import annotations

import sqlite3

import msgspec
from msgspec import Struct

from indexers.facts import Decision

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
