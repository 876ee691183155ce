"""SQL of any dialect: what is created, and the tables and routines that statements use.

Keyword by keyword: dialects differ too much for one grammar, and a dump must cost what its bytes cost.
"""

from __future__ import annotations

import re

from indexers.engine.plain_builder import PlainBuilder
from indexers.facts import FileFacts, ReferenceKind, SymbolKind

NAME = "sql"
EXTENSIONS = (".sql", ".ddl", ".pgsql", ".plsql")
FILENAMES: tuple[str, ...] = ()

_PART = (
    rb"(?:[A-Za-z_\x80-\xff][\w$\x80-\xff]{0,127}|\"[^\"\n]{1,127}\"|`[^`\n]{1,127}`|\[[^\]\[\n]{1,127}\])"
)
_NAMES = _PART + rb"(?:\." + _PART + rb"){0,3}"
_TOKEN = re.compile(
    rb"(?P<comment>--[^\n]*|/\*[^*]*(?:\*(?!/)[^*]*)*(?:\*/)?)|'[^']*'?|(?P<dollar>\$\w{0,30}\$)"
    rb"|\bCREATE\s{1,99}(?:(?:OR\s{1,9}(?:REPLACE|ALTER)|GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|UNIQUE|EXTERNAL|FOREIGN"
    rb"|MATERIALIZED|VIRTUAL|CLUSTERED|NONCLUSTERED|CONSTRAINT|RECURSIVE|EDITIONABLE|FULLTEXT|SPATIAL)\s{1,99}){0,4}"
    rb"(?P<kind>TABLE|VIEW|FUNCTION|PROCEDURE|PROC|TRIGGER|INDEX|TYPE|DOMAIN|SCHEMA|DATABASE|SEQUENCE|PACKAGE)\s{1,99}"
    rb"(?:CONCURRENTLY\s{1,99})?(?:IF\s{1,9}NOT\s{1,9}EXISTS\s{1,99})?(?!ON\s)(?P<created>" + _NAMES + rb")"
    rb"|\b(?P<verb>(?<!DISTINCT )FROM|JOIN|INTO|(?<!KEY )UPDATE|REFERENCES|TABLE|VIEW|COPY|CALL|EXEC|EXECUTE|ON"
    rb"|INHERITS\s{0,9}\()\s{1,99}"
    rb"(?:ONLY\s{1,9}|IF\s{1,9}EXISTS\s{1,9}|FUNCTION\s{1,9}|PROCEDURE\s{1,9})?(?P<used>" + _NAMES + rb")"
    rb"|\b(?P<select>SELECT|DELETE)\b|(?P<mark>[(),;])|^(?P<go>GO|DELIMITER)\b"
    rb"|(?P<cte>" + _NAMES + rb")(?:(?P<as>\s{1,99}AS\s{0,99}(?=\())|(?P<called>\s{0,9}(?=\()))?",
    re.I | re.M,
)
_BRACKET = re.compile(rb"\s{0,9}\(")
_KINDS: dict[bytes, SymbolKind] = {
    b"TABLE": "struct", b"VIEW": "struct", b"FUNCTION": "function", b"PROCEDURE": "function", b"PROC": "function",
    b"TRIGGER": "function", b"INDEX": "property", b"TYPE": "type", b"DOMAIN": "type", b"SCHEMA": "namespace",
    b"DATABASE": "namespace", b"SEQUENCE": "variable", b"PACKAGE": "module",
}  # fmt: skip
_WITH_BODY = frozenset((b"FUNCTION", b"PROCEDURE", b"PROC", b"TRIGGER", b"PACKAGE"))
_CALLS = frozenset((b"CALL", b"EXEC", b"EXECUTE"))
_NO_COLUMN = frozenset(
    b"CONSTRAINT PRIMARY FOREIGN UNIQUE KEY INDEX CHECK EXCLUDE LIKE PERIOD FULLTEXT SPATIAL PARTITION".split()
)
_NO_TABLE = frozenset(
    b"""SELECT SET VALUES WHERE UNNEST LATERAL DUAL ONLY NEW OLD NOW CURRENT_TIMESTAMP DO CONFLICT DELETE UPDATE
    CASCADE NO RESTRICT NULL IF EXISTS AS EACH ROWS STDIN OUTFILE IMMEDIATE USING""".split()
)
_NO_CALL = frozenset(
    b"""ALL ANALYZE AND ANY AS ARRAY AVG BETWEEN BIGINT BINARY BIT BY CASE CAST CHAR CHARACTER CHECK CLOB
    COALESCE CONCAT CONSTRAINT CONVERT COUNT CROSS CUBE DATE DATEADD DATETIME DATETIME2 DECIMAL DECLARE
    DEFAULT DISTINCT DOUBLE ELSE END ENUM EXCEPT EXCLUDE EXISTS EXTRACT FILTER FIRST FLOAT FOR FOREIGN FULL
    GREATEST GROUP GROUPING HAVING IDENTITY IF IN INCLUDE INDEX INNER INT INTEGER INTERSECT INTERVAL IS
    ISNULL KEY LAST LATERAL LEAST LEFT LENGTH LIKE LIMIT LOWER MAX MIN MONEY NCHAR NOT NOW NULLIF NUMBER
    NUMERIC NVARCHAR NVARCHAR2 OFFSET ON OPERATOR OPTIONS OR ORDER OUTER OVER OVERLAY PARTITION POSITION
    PRIMARY RAW REAL REPLACE RETURN RETURNING RETURNS RIGHT ROLLUP ROUND ROW SELECT SET SETOF SETS SIMILAR
    SOME STORAGE SUBSTRING SUM TABLE THEN TIME TIMESTAMP TIMESTAMPTZ TINYINT TO TREAT TRIM UNION UNIQUE
    UPPER USING VALUES VARBINARY VARBIT VARCHAR VARCHAR2 VARYING WHEN WHERE WINDOW WITH WITHIN XOR""".split()
)
_AFTER_TABLES = frozenset(
    b"WHERE GROUP ORDER HAVING LIMIT UNION EXCEPT INTERSECT ON USING SET RETURNING WINDOW FETCH OFFSET UPDATE".split()
)
_DEFAULT_SCHEMAS = frozenset((b"public", b"dbo", b"main"))


def extract(source: bytes) -> FileFacts:
    """The facts of an SQL file. Tables and views are ``struct``, columns ``field``; the tables that a statement or
    foreign key names are ``read`` references, called routines ``call``. The schema is left out where it is the
    default one (``public``, ``dbo``, ``main``)."""
    reader = _SqlReader(source)
    for token in _TOKEN.finditer(source):
        reader.read(token)
    return reader.notes.facts()


class _SqlReader:
    """``kind``: what the open statement creates. ``queries``: for each open bracket, whether a query is inside.
    ``quote``: the dollar quote that is open; ``quoted``: whether the body is one, ``begun``: whether it has a
    ``BEGIN``. ``columns``: whether the next name is a column's. ``from_depth``: how many brackets are open around the
    list of tables that is read (-1: none is), ``is_table``: whether the next name is in that list."""

    def __init__(self, source: bytes) -> None:
        self.notes = PlainBuilder(NAME, source)
        self.kind = self.quote = b""
        self.queries: list[bool] = []
        self.local: set[bytes] = set()
        self.columns = self.quoted = self.begun = self.is_table = False
        self.from_depth = -1

    def read(self, token: re.Match[bytes]) -> None:
        if token["mark"]:
            self._mark(token["mark"], token.end())
        elif token["cte"]:
            self._name(token)
        elif token["used"]:
            self._used(token)
        elif token["created"]:
            self._created(token)
        elif token["comment"]:
            self.notes.comments.append(token.span())
        elif token["select"]:
            self.from_depth = -1
            if self.queries:
                self.queries[-1] = True
        elif token["dollar"]:
            self._dollar(token["dollar"])
        elif token["go"]:
            self._finish(token.start())

    def _created(self, token: re.Match[bytes]) -> None:
        if self.quote:
            return
        self._finish(token.start())
        self.kind = token["kind"].upper()
        schema, name, at = _split(token["created"], token.start("created"))
        self.notes.open(name, _KINDS[self.kind], at, token.start(), owner=schema)

    def _used(self, token: re.Match[bytes]) -> None:
        verb, at = token["verb"].upper().split(b"(")[0].strip(), token.start("used")
        schema, name, name_at = _split(token["used"], at)
        self.columns = False
        self.quoted |= verb == b"EXECUTE"  # all that a trigger does
        if verb == b"ON" and (self.kind not in (b"INDEX", b"TRIGGER") or self.queries or self.quoted):
            return
        if verb == b"FROM" and self.queries and not self.queries[-1]:
            return  # extract(year from x)
        if verb not in (b"JOIN", b"ON"):
            self.from_depth = len(self.queries) if verb == b"FROM" else -1
        is_function = verb in (b"FROM", b"JOIN") and _BRACKET.match(self.notes.source, token.end())
        self._use(schema, name, name_at, "call" if verb in _CALLS or is_function else "read")

    def _use(self, schema: bytes, name: bytes, at: int, kind: ReferenceKind) -> None:
        if name.upper() not in _NO_TABLE and (schema or name not in self.local):
            self.notes.use(name, at, kind, schema)

    def _name(self, token: re.Match[bytes]) -> None:
        name, word = token["cte"], token["cte"].upper()
        is_column = self.columns and self.kind == b"TABLE"
        self.begun |= word == b"BEGIN"
        if token["as"]:
            self.local.add(name)
        if word in _AFTER_TABLES:
            self.from_depth = -1
        self._used_name(token, word, is_column)
        self.is_table = False
        if is_column:
            self.columns = False
            if word not in _NO_COLUMN:
                _, bare, at = _split(name, token.start("cte"))
                self.notes.define(bare, "field", at)

    def _used_name(self, token: re.Match[bytes], word: bytes, is_column: bool) -> None:
        """A table in the list after ``FROM``, or what is called."""
        is_call = token["called"] is not None
        if self.is_table or (is_call and word not in _NO_CALL and not is_column):
            schema, name, at = _split(token["cte"], token.start("cte"))
            self._use(schema, name, at, "call" if is_call else "read")

    def _mark(self, mark: bytes, end: int) -> None:
        if mark == b"(":
            self.queries.append(False)
        elif mark == b")":
            del self.queries[-1:]
        elif mark == b";":
            self.queries.clear()
            self.local.clear()
            if not self.quote and (self.kind not in _WITH_BODY or self.quoted or not self.begun):
                self._finish(end)
        self.columns = len(self.queries) == 1 and mark != b")"
        if mark == b";" or len(self.queries) < self.from_depth:
            self.from_depth = -1
        self.is_table = mark == b"," and len(self.queries) == self.from_depth

    def _dollar(self, quote: bytes) -> None:
        if not self.quote:
            self.quote, self.quoted = quote, True
        elif self.quote == quote:
            self.quote = b""

    def _finish(self, end: int) -> None:
        """The statement that creates something ends."""
        self.notes.close(end)
        self.kind, self.quoted, self.begun = b"", False, False
        self.queries.clear()


def _split(names: bytes, at: int) -> tuple[bytes, bytes, int]:
    """Schema (without the default ones), name, and where the name begins, without quotes."""
    parts = re.findall(_PART, names)
    last = parts[-1]
    name = last.strip(b'"`[]')
    at += len(names) - len(last) + (last[:1] in b'"`[')
    schema = b".".join(part.strip(b'"`[]') for part in parts[:-1])
    return (b"" if schema.lower() in _DEFAULT_SCHEMAS else schema), name, at
