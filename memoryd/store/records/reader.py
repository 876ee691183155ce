"""Reads of records.db: what people and agents contributed, and the audit of it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from memoryd.store import integrity, sqlite
from memoryd.store.failures import damaged, failure
from memoryd.store.index.reader import MAX_SQL_VARIABLES, batches
from memoryd.store.records import audit
from memoryd.store.records.anchor_content import AnchorContent, decoded
from memoryd.store.records.similarity import SimilarRecords, meet
from memoryd.store.records.values import Origin, Record, digest
from memoryd.store.sqlite import integer

COLUMNS = (
    "id, kind, text, status, actor, created_at_s, head, ifnull(supersedes, ''), origin, published, assured"
)
# Anchors that a client added since to records of others; parameters: client, time, client.
JOINED = "actor = ? AND at_s >= ? AND record_id IN (SELECT id FROM record WHERE actor <> ?)"


class RecordReader:
    """One project's records, usable from any thread. Every method may raise StoreError: the file is damaged
    (DamagedStore), kept by another program (LockedStore), or cannot be read."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn
        self._path = Path(sqlite.file_of(conn))
        self._lock = threading.RLock()
        self._similar: SimilarRecords | None = None
        self._similar_version = 0

    @classmethod
    def open_readonly(cls, path: Path, wait_ms: int | None = None) -> RecordReader:
        """On a connection that cannot write; ``wait_ms``: see ``sqlite.connect``. Raises StoreError when there is no
        store or it cannot be read."""
        return RecordReader(sqlite.connect(path, readonly=True, wait_ms=wait_ms))

    def close(self) -> None:
        self._conn.close()

    def get(self, record_id: str) -> Record | None:
        with self._reading():
            rows = self._conn.execute(f"SELECT {COLUMNS} FROM record WHERE id = ?", (record_id,)).fetchall()
            return next(iter(self._records(rows)), None)

    def list(
        self, *, status: str = "", kind: str = "", limit: int = 10_000, offset: int = 0
    ) -> tuple[Record, ...]:
        """Records, newest first; empty filters mean all, ``limit`` -1 means no limit."""
        with self._reading():
            rows = self._conn.execute(
                f"SELECT {COLUMNS} FROM record WHERE (? = '' OR status = ?) AND (? = '' OR kind = ?)"
                " ORDER BY created_at_s DESC, id DESC LIMIT ? OFFSET ?",
                (status, status, kind, kind, limit, offset),
            ).fetchall()
            return self._records(rows)

    def everything(self) -> tuple[tuple[Record, ...], tuple[audit.AuditRow, ...]]:
        """All records and all entries of the audit, oldest first, of one moment."""
        with self._reading():
            return self.list(limit=-1)[::-1], audit.rows(self._conn, 0, "", -1, 0)[::-1]

    def count(self, status: str = "") -> int:
        with self._reading():
            return integer(
                self._conn, "SELECT count(*) FROM record WHERE ? = '' OR status = ?", (status, status)
            )

    def writes_of(self, by: str, since_s: int) -> tuple[Record, ...]:
        """What client ``by`` recorded since and is in force or waiting, newest first."""
        with self._reading():
            rows = self._conn.execute(
                f"SELECT {COLUMNS} FROM record WHERE actor = ? AND created_at_s >= ?"
                " AND status IN ('proposed', 'confirmed') ORDER BY created_at_s DESC, id DESC",
                (by, since_s),
            ).fetchall()
            return self._records(rows)

    def confirmed_by(self, record_id: str) -> str:
        """The actor who last made the record confirmed, ``""`` for nobody."""
        with self._reading():
            rows = audit.rows_of(self._conn, record_id)
            return next((row.actor for row in rows if row.action in ("confirmed", "add")), "")

    def count_joined(self, by: str, since_s: int) -> int:
        """How many anchors client ``by`` added since to records of others."""
        with self._reading():
            return integer(self._conn, f"SELECT count(*) FROM anchor WHERE {JOINED}", (by, since_s, by))

    def conflicts(self, record: Record) -> tuple[str, ...]:
        """Ids of other records in force or waiting that say the opposite about the same, oldest first."""
        if not record.is_live:
            return ()
        with self._reading():
            others = (self.get(record_id) for record_id in self._words().opposing(record))
            return tuple(
                other.id
                for other in others
                if other and other.is_live and meet(record, other)
                and record.id != other.supersedes and other.id != record.supersedes
            )  # fmt: skip

    def audit_rows(
        self, *, since_s: int = 0, actor: str = "", limit: int = -1, offset: int = 0
    ) -> tuple[audit.AuditRow, ...]:
        """The audit, newest first."""
        with self._reading():
            return audit.rows(self._conn, since_s, actor, limit, offset)

    def count_audit(self, *, since_s: int = 0, actor: str = "") -> int:
        with self._reading():
            return audit.count(self._conn, since_s, actor)

    def notes(self) -> tuple[audit.AuditRow, ...]:
        """The entries of the audit that are about no record, newest first."""
        with self._reading():
            return audit.rows_of(self._conn, "")

    def verify(self) -> audit.AuditReport:
        """Whether the audit chain is whole and every record is as the chain last saw it."""
        with self._reading():
            digests = {record.id: digest(record) for record in self.list(limit=-1)}
            return audit.verify(self._conn, digests)

    def size_bytes(self) -> int:
        with self._reading():
            return integer(self._conn, "PRAGMA page_count") * integer(self._conn, "PRAGMA page_size")

    def need_whole(self) -> None:
        """Raises DamagedStore unless SQLite finds no damage, the audit is whole and every record as it left it."""
        with self._reading():
            problem = integrity.problem(self._conn)
            report = None if problem else self.verify()
        if report is None:
            raise damaged(self._path, f"{self._path.name} is damaged: {problem}")
        if not report.ok:
            raise damaged(
                self._path, f"the audit in {self._path.name} breaks at entry {report.seq}: {report.problem}"
            )

    # -- inside

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """All statements inside see one state, whatever other connections write meanwhile."""
        with self._lock:
            outermost = not self._conn.in_transaction
            try:
                if outermost:
                    self._conn.execute("BEGIN")
                yield
            except (sqlite3.Error, msgspec.DecodeError) as error:
                raise failure(error, self._path) from error
            finally:
                if outermost and self._conn.in_transaction:
                    self._conn.rollback()

    def _records(self, rows: Sequence[tuple[Any, ...]]) -> tuple[Record, ...]:
        anchors: dict[str, list[str]] = {row[0]: [] for row in rows}
        contents: dict[str, list[AnchorContent]] = {row[0]: [] for row in rows}
        for part in batches([*anchors], MAX_SQL_VARIABLES):
            marks = ",".join("?" * len(part))
            query = (
                f"SELECT record_id, target, content FROM anchor WHERE record_id IN ({marks}) ORDER BY 1, 2"
            )
            for record_id, target, content in self._conn.execute(query, part):
                anchors[record_id].append(target)
                if known := decoded(content):
                    contents[record_id].append(known)
        return tuple(
            Record(
                id_,
                kind,
                text,
                status,
                actor,
                at_s,
                head,
                older,
                tuple(anchors[id_]),
                _origin(origin),
                published,
                assured,
                tuple(contents[id_]),
            )
            for id_, kind, text, status, actor, at_s, head, older, origin, published, assured in rows
        )

    def _words(self) -> SimilarRecords:
        """Built on the first use: opening a store costs nothing. Built anew once another connection has written."""
        version = self._conn.execute("PRAGMA data_version").fetchone()[0]
        if self._similar is None or version != self._similar_version:
            self._similar, self._similar_version = SimilarRecords(), version
            for record in self.list(limit=-1):
                self._similar.put(record.id, record.kind, record.text)
        return self._similar


def _origin(text: str) -> Origin | None:
    return msgspec.json.decode(text, type=Origin) if text else None
