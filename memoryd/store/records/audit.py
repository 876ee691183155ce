"""The append-only audit log of records.db: each row's hash covers the row before it."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from memoryd.store.sqlite import integer

GENESIS = bytes(32)
_HEAD = "audit_head"  # meta key: hash of the last row, so that a cut-off tail shows


class AuditReport(Struct, frozen=True):
    """``rows`` checked; ``problem`` is ``""`` when all is well, else what is wrong at row ``seq``."""

    rows: int
    problem: str = ""
    seq: int = 0

    @property
    def ok(self) -> bool:
        return not self.problem


class AuditRow(Struct, frozen=True):
    """One entry. ``status``: the record's after it; ``assurance``: how it is known who
    did it, of an earlier release's by the name that it noted; ``payload``: its JSON, as the hash covers it; hashes in
    hex."""

    seq: int
    at_s: int
    actor: str
    action: str
    record_id: str
    status: str
    reason: str
    assurance: str
    payload: str
    prev_hash: str
    hash: str


class _Payload(Struct, frozen=True):
    status: str = ""
    digest: str = ""
    reason: str = ""
    assurance: str = ""


_ROW = "SELECT seq, at_s, actor, action, record_id, payload, prev_hash, hash FROM audit"
_SELECTED = "WHERE at_s >= ? AND (? = '' OR actor = ?)"


def append(
    conn: sqlite3.Connection, at_s: int, actor: str, action: str, record_id: str, payload: Mapping[str, str]
) -> None:
    """Add one row, inside the caller's transaction."""
    last = conn.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    seq, prev_hash = (last[0] + 1, last[1]) if last else (1, GENESIS)
    text = _canonical(payload).decode()
    row_hash = _row_hash(prev_hash, (seq, at_s, actor, action, record_id, text))
    conn.execute(
        "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (seq, at_s, actor, action, record_id, text, prev_hash, row_hash),
    )
    conn.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_HEAD, row_hash.hex()))


def rows(conn: sqlite3.Connection, since_s: int, actor: str, limit: int, offset: int) -> tuple[AuditRow, ...]:
    """Entries of ``since_s`` or later, newest first; ``actor`` ``""``: everybody's; ``limit`` -1: all."""
    found = conn.execute(
        f"{_ROW} {_SELECTED} ORDER BY seq DESC LIMIT ? OFFSET ?", (since_s, actor, actor, limit, offset)
    )
    return tuple(map(_row, found))


def count(conn: sqlite3.Connection, since_s: int, actor: str) -> int:
    return integer(conn, f"SELECT count(*) FROM audit {_SELECTED}", (since_s, actor, actor))


def rows_of(conn: sqlite3.Connection, record_id: str) -> tuple[AuditRow, ...]:
    """The entries of one record, newest first."""
    return tuple(map(_row, conn.execute(f"{_ROW} WHERE record_id = ? ORDER BY seq DESC", (record_id,))))


def rows_after(conn: sqlite3.Connection, seq: int) -> Iterator[AuditRow]:
    """The entries later than ``seq``, oldest first, as far as they can be read."""
    return map(_row, conn.execute(f"{_ROW} WHERE seq > ? ORDER BY seq", (seq,)))


def _row(row: tuple[Any, ...]) -> AuditRow:
    seq, at_s, actor, action, record_id, payload, prev_hash, row_hash = row
    said = msgspec.json.decode(payload, type=_Payload)
    return AuditRow(
        seq,
        at_s,
        actor,
        action,
        record_id,
        said.status,
        said.reason,
        said.assurance or ("claimed" if actor.startswith("human:") else "agent"),
        payload,
        prev_hash.hex(),
        row_hash.hex(),
    )


def length(conn: sqlite3.Connection) -> int:
    return integer(conn, "SELECT ifnull(max(seq), 0) FROM audit")


def verify(conn: sqlite3.Connection, digests: Mapping[str, str]) -> AuditReport:
    """Check the chain, its head, and ``digests`` (record id → digest of what the record says now) against
    what the chain last said of each record."""
    report, sealed = _walk(conn)
    if not report.ok:
        return report
    for record_id, (seq, expected) in sealed.items():
        if digests.get(record_id, "") != expected:
            return AuditReport(report.rows, f"record {record_id} is not as the audit left it", seq)
    for record_id in digests:
        if record_id not in sealed:
            return AuditReport(report.rows, f"record {record_id} was added past the audit", report.rows)
    return report


def is_whole(conn: sqlite3.Connection) -> bool:
    """Every entry can be read, from the first to the last that was written."""
    return _walk(conn)[0].ok


def _walk(conn: sqlite3.Connection) -> tuple[AuditReport, Mapping[str, tuple[int, str]]]:
    """The chain with its head, and record id → (entry, digest) as the chain last said it."""
    sealed: dict[str, tuple[int, str]] = {}
    previous, seq = GENESIS, 0
    for *fields, prev_hash, row_hash in conn.execute(f"{_ROW} ORDER BY seq"):
        seq += 1
        if fields[0] != seq:
            return AuditReport(seq - 1, "a row is missing from the audit", seq), {}
        if prev_hash != previous or row_hash != _row_hash(previous, tuple(fields)):
            return AuditReport(seq - 1, "an audit row was changed", seq), {}
        sealed[fields[4]] = (seq, msgspec.json.decode(fields[5], type=_Payload).digest)
        previous = row_hash
    head = conn.execute("SELECT value FROM meta WHERE key = ?", (_HEAD,)).fetchone()
    if (head[0] if head else GENESIS.hex()) != previous.hex():
        return AuditReport(seq, "the audit's end was cut off", seq), {}
    return AuditReport(seq), sealed


def sha256(value: Any) -> bytes:
    """Of the canonical JSON of ``value``."""
    return hashlib.sha256(_canonical(value)).digest()


def _row_hash(prev_hash: bytes, row: tuple[Any, ...]) -> bytes:
    return hashlib.sha256(prev_hash + _canonical(row)).digest()


def _canonical(value: Any) -> bytes:
    return msgspec.json.encode(value, order="sorted")
