"""Reads of what linking could not tell: uses of unknown meaning, and imports that lead out of the project."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from msgspec import Struct


class UnresolvedUse(Struct, frozen=True):
    """``name`` stands in ``lines`` of the file in ``language``; nothing tells what it means."""

    path_id: int
    language: str
    lines: tuple[int, ...]


class OutsideImport(Struct, frozen=True):
    """The import of ``name`` (``""``: of the module itself) from ``module``, which is nothing in the project as far as
    is known."""

    path_id: int
    language: str
    module: str
    name: str
    line: int


_FILES = (
    " FROM view_file vf JOIN unresolved u ON u.link_id = vf.link_id JOIN file f ON f.id = vf.file_id"
    " WHERE vf.view_id = ?"
)


def unresolved_uses(conn: sqlite3.Connection, view_id: int, name: str) -> Iterator[UnresolvedUse]:
    """Those of one name."""
    begin = f"\n{name}\t"
    query = f"SELECT vf.path_id, f.language, u.uses{_FILES} AND instr(u.uses, ?)"
    for path_id, language, text in conn.execute(query, (view_id, begin)):
        at = text.index(begin) + len(begin)
        yield UnresolvedUse(path_id, language, tuple(map(int, text[at : text.index("\n", at)].split())))


def outside_imports(conn: sqlite3.Connection, view_id: int, word: str) -> Iterator[OutsideImport]:
    """Those whose module or name holds ``word``."""
    query = f"SELECT vf.path_id, f.language, u.imports{_FILES} AND instr(u.imports, ?)"
    for path_id, language, text in conn.execute(query, (view_id, word)):
        for row in text.strip("\n").split("\n"):
            if word in row:
                module, name, line = row.split("\t")
                yield OutsideImport(path_id, language, module, name, int(line))
