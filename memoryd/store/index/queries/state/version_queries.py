"""Reads of one version of a file that the index knows already, in whatever view."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from indexers.facts import Constraint, FileFacts, FileRole, Operation, Symbol, Version
from indexers.outline import Outline
from memoryd.store.index.versions import open_current

_FACTS, _OUTLINE = msgspec.msgpack.Decoder(FileFacts), msgspec.msgpack.Decoder(Outline)
_CONSTRAINT, _OPERATION = msgspec.msgpack.Decoder(Constraint), msgspec.msgpack.Decoder(Operation)


class Known:
    """The index, if there is one that need not be brought up first, opened for reading: a context manager."""

    def __init__(self, index: Path) -> None:
        self._conn = open_current(index)

    def __enter__(self) -> Known:
        return self

    def __exit__(self, *_: object) -> None:
        if self._conn:
            self._conn.close()

    def version(self, path: str, blob: bytes) -> Version | None:
        """See the function of this name; None without an index."""
        return version(self._conn, path, blob) if self._conn else None


def version(conn: sqlite3.Connection, path: str, blob: bytes) -> Version | None:
    """What the content ``blob`` says at ``path``; None when it was never indexed there. Its facts are whole but for
    byte offsets, signatures and bindings."""
    row = conn.execute(
        "SELECT f.id, f.facts, f.outline, f.role FROM file f JOIN path p ON p.id = f.path_id"
        " WHERE p.path = ? AND f.hash = ?",
        (path, blob),
    ).fetchone()
    if row is None:
        return None
    file_id, facts, outline, role = row
    symbols = conn.execute(
        "SELECT name, qualname, kind, line, end_line, exported FROM symbol WHERE file_id = ? ORDER BY id",
        (file_id,),
    )
    findings = conn.execute(
        "SELECT kind, facts FROM finding WHERE file_id = ? AND kind IN ('constraint', 'operation')"
        " ORDER BY kind, ordinal",
        (file_id,),
    )
    return unpacked(facts, outline, symbols.fetchall(), findings.fetchall(), role)


def unpacked(
    facts: bytes,
    outline: bytes,
    symbols: list[tuple[Any, ...]],
    findings: Sequence[tuple[str, bytes]],
    role: FileRole,
) -> Version:
    """The stored parts put together. ``symbols``: (name, qualname, kind, line, end line, exported)."""
    rest, shown = _FACTS.decode(zlib.decompress(facts)), _OUTLINE.decode(zlib.decompress(outline))
    return Version(
        facts=FileFacts(
            language=rest.language,
            symbols=tuple(
                Symbol(name, qualname, kind, line, end_line, 0, 0, exported=bool(exported))
                for name, qualname, kind, line, end_line, exported in symbols
            ),
            references=rest.references,
            imports=shown.imports,
            comments=rest.comments,
            package=shown.package,
        ),
        constraints=tuple(_CONSTRAINT.decode(data) for kind, data in findings if kind == "constraint"),
        operations=tuple(_OPERATION.decode(data) for kind, data in findings if kind == "operation"),
        role=role,
    )
