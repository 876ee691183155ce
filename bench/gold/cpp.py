"""What clang says each name of a C or C++ project means.

``python cpp.py CLONE FOLDER[,FOLDER…] [FLAG…] > GOLD.jsonl`` (package ``libclang``): the files of the folders (``.``:
all) are parsed one by one with the flags, and headers with whoever includes them. One JSON array a use: path, line,
name, kind, and the places where it is declared or defined. What stands in a macro's expansion alone, in code that no
compiler saw (``#if``), or depends on the parameter of a template that is not instantiated, is no use.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clang.cindex import Cursor, CursorKind, Index, TranslationUnit

_CODE = (".c", ".cc", ".cpp", ".cxx", ".h", ".hpp", ".hh")
_USES = {
    CursorKind.DECL_REF_EXPR,
    CursorKind.MEMBER_REF_EXPR,
    CursorKind.MEMBER_REF,
    CursorKind.TYPE_REF,
    CursorKind.TEMPLATE_REF,
    CursorKind.MACRO_INSTANTIATION,
}
_KINDS = {
    CursorKind.FUNCTION_DECL: "function",
    CursorKind.CXX_METHOD: "method",
    CursorKind.FIELD_DECL: "field",
    CursorKind.STRUCT_DECL: "type",
    CursorKind.CLASS_DECL: "type",
    CursorKind.UNION_DECL: "type",
    CursorKind.ENUM_DECL: "type",
    CursorKind.TYPEDEF_DECL: "type",
    CursorKind.TYPE_ALIAS_DECL: "type",
    CursorKind.TYPE_ALIAS_TEMPLATE_DECL: "type",
    CursorKind.CLASS_TEMPLATE: "type",
    CursorKind.CLASS_TEMPLATE_PARTIAL_SPECIALIZATION: "type",
    CursorKind.ENUM_CONSTANT_DECL: "constant",
    CursorKind.VAR_DECL: "variable",
    CursorKind.MACRO_DEFINITION: "macro",
}
_SCOPED = {CursorKind.CLASS_DECL, CursorKind.STRUCT_DECL, CursorKind.CLASS_TEMPLATE}
_LOCAL = {
    CursorKind.FUNCTION_DECL,
    CursorKind.CXX_METHOD,
    CursorKind.FUNCTION_TEMPLATE,
    CursorKind.LAMBDA_EXPR,
}


class Gold:
    def __init__(self, clone: Path) -> None:
        self.clone = clone
        self.texts: dict[str, list[bytes]] = {}
        self.places: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self.uses: set[tuple[str, int, str, str, str]] = set()
        self.own: dict[str, str] = {}
        self.done: set[str] = set()

    def read(self, unit: TranslationUnit) -> None:
        """What the unit's file and the headers that no earlier unit had say."""
        heads = [(self._path(head), head) for head in unit.cursor.get_children()]
        new = [(path, head) for path, head in heads if path and path not in self.done]
        for cursor in (cursor for _, head in new for cursor in _all(head)):
            path = self._path(cursor)
            if path and cursor.kind in _USES:
                self._use(path, cursor)
            elif path and (cursor.kind in _KINDS or cursor.kind == CursorKind.FUNCTION_TEMPLATE):
                self.places[_of_record(cursor)].add((path, cursor.location.line))
        self.done.update(path for path, _ in new)

    def _path(self, cursor: Cursor) -> str:
        """The path in the clone, "" for what lies outside."""
        if cursor.location.file is None:
            return ""
        name = cursor.location.file.name
        if name not in self.own:
            real = Path(name).resolve()
            self.own[name] = str(real.relative_to(self.clone)) if real.is_relative_to(self.clone) else ""
        return self.own[name]

    def _use(self, path: str, cursor: Cursor) -> None:
        meant = cursor.referenced
        if meant is None or not self._path(meant) or not self._is_written(path, cursor, meant.spelling):
            return
        kind = _kind(meant)
        if kind:
            usr = _of_record(meant)
            self.places[usr].add((self._path(meant), meant.location.line))
            self.uses.add((path, cursor.location.line, meant.spelling, kind, usr))

    def _is_written(self, path: str, cursor: Cursor, name: str) -> bool:
        if path not in self.texts:
            self.texts[path] = (self.clone / path).read_bytes().split(b"\n")
        lines, at = self.texts[path], cursor.location
        line = lines[at.line - 1] if at.line <= len(lines) else b""
        return line[at.column - 1 :].startswith(name.encode()) and bool(name)

    def rows(self) -> Iterator[list[Any]]:
        for path, line, name, kind, usr in sorted(self.uses):
            yield [path, line, name, kind, sorted(self.places[usr])]


def _all(root: Cursor) -> Iterator[Cursor]:
    stack = [root]
    while stack:
        cursor = stack.pop()
        try:
            kind = cursor.kind
        except ValueError:  # a kind that these bindings do not know
            kind = None
        if kind is not None:
            yield cursor
        stack.extend(cursor.get_children())


def _of_record(cursor: Cursor) -> str:
    """``typedef struct item item;`` is another name for the struct."""
    if cursor.kind == CursorKind.TYPEDEF_DECL:
        record = cursor.underlying_typedef_type.get_declaration()
        if record.spelling == cursor.spelling:
            return record.get_usr()
    return cursor.get_usr()


def _kind(meant: Cursor) -> str:
    """The kind of a definition, "" for locals, parameters and constructors."""
    if meant.kind == CursorKind.VAR_DECL:
        around = meant.semantic_parent
        return (
            ""
            if around is None or around.kind in _LOCAL
            else "field"
            if around.kind in _SCOPED
            else "variable"
        )
    if meant.kind == CursorKind.FUNCTION_TEMPLATE:
        around = meant.semantic_parent
        return "method" if around is not None and around.kind in _SCOPED else "function"
    return _KINDS.get(meant.kind, "")


def main(clone: str, folders: str, *flags: str) -> None:
    root = Path(clone).resolve()
    gold, index = Gold(root), Index.create()
    for path in sorted(path for folder in folders.split(",") for path in (root / folder).rglob("*")):
        if path.suffix in _CODE and path.is_file() and not path.is_symlink():
            unit = index.parse(
                str(path), list(flags), options=TranslationUnit.PARSE_DETAILED_PROCESSING_RECORD
            )
            errors = [found.spelling for found in unit.diagnostics if found.severity >= 3]
            if errors:
                print(path, len(errors), errors[0], file=sys.stderr)
            gold.read(unit)
    for row in gold.rows():
        print(json.dumps(row))


if __name__ == "__main__":
    main(*sys.argv[1:])
