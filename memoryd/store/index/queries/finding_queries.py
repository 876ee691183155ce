"""Reads of what files declare beside their symbols: constraints, evidence, operations."""

from __future__ import annotations

import sqlite3
from typing import Any, TypeVar

import msgspec

from indexers.facts import Constraint, Evidence, Operation, Problem

Finding = TypeVar("Finding", Constraint, Evidence, Operation, Problem)

_KINDS: dict[type, str] = {
    Constraint: "constraint",
    Evidence: "evidence",
    Operation: "operation",
    Problem: "problem",
}
_DECODERS: dict[type, msgspec.msgpack.Decoder[Any]] = {
    type_: msgspec.msgpack.Decoder(type_) for type_ in _KINDS
}


def findings(
    conn: sqlite3.Connection, view_id: int, type_: type[Finding], path: str | None = None
) -> list[tuple[str, Finding]]:
    """(path, finding) of the view, or of its file ``path`` alone, ordered by path and place in the file."""
    decode = _DECODERS[type_].decode
    condition = "AND p.path = ?" if path is not None else ""
    values: list[str] = [path] if path is not None else []
    rows = conn.execute(
        "SELECT p.path, f.facts FROM finding f JOIN view_file vf ON vf.file_id = f.file_id AND vf.view_id = ?"
        f" JOIN path p ON p.id = vf.path_id WHERE f.kind = ? {condition} ORDER BY p.path, f.ordinal",
        (view_id, _KINDS[type_], *values),
    )
    return [(found, decode(facts)) for found, facts in rows]


def operations(conn: sqlite3.Connection, view_id: int) -> list[tuple[str, str, Operation]]:
    """(path, role of that file, operation) of the view, ordered by path and place in the file."""
    rows = conn.execute(
        "SELECT p.path, o.role, f.facts FROM finding f JOIN view_file vf ON vf.file_id = f.file_id AND vf.view_id = ?"
        " JOIN path p ON p.id = vf.path_id JOIN file o ON o.id = f.file_id WHERE f.kind = 'operation'"
        " ORDER BY p.path, f.ordinal",
        (view_id,),
    )
    decode = _DECODERS[Operation].decode
    return [(path, role, decode(facts)) for path, role, facts in rows]
