"""records.db: what people and agents contributed. The only store that cannot be rebuilt.

Every write is one transaction with synchronous=FULL and one row of a hash-chained audit log. The log never
holds the text, only its digest, so that ``forget`` really removes it. Texts arrive already redacted.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct

from indexers import terms
from memoryd.errors import BusyError, StoreError, UsageError
from memoryd.store import audit, sqlite

KINDS = ("decision", "lesson", "constraint", "convention", "note")
STATUSES = ("proposed", "confirmed", "retracted", "superseded")
MAX_TEXT_CHARS = 8_192
MAX_ANCHORS = 20
MAX_ANCHOR_CHARS = 1_024
MAX_PROPOSALS = 1_000
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_ACTOR = re.compile(r"(human|agent|import):[^\x00-\x1f]{1,200}")
_WORD = re.compile(r"\w+")
_ARTICLES = frozenset(("a", "an", "the"))
_COLUMNS = "id, kind, text, status, actor, created_at_s, head, ifnull(supersedes, '')"


class NewRecord(Struct, frozen=True):
    """What is to be remembered. ``actor``: ``human:<user>``, ``agent:<client>`` or ``import:<source>``, set
    by the server, never by the caller; ``head``: the project's commit now, ``""`` without git."""

    kind: str
    text: str
    actor: str
    anchors: tuple[str, ...] = ()
    head: str = ""
    supersedes: str = ""


class Record(Struct, frozen=True):
    """One stored record; ``supersedes`` is ``""`` where it replaces nothing."""

    id: str
    kind: str
    text: str
    status: str
    actor: str
    created_at_s: int
    head: str
    supersedes: str
    anchors: tuple[str, ...] = ()


class Added(Struct, frozen=True):
    """``created`` is false where a record with the same words existed: ``record`` is that one."""

    record: Record
    created: bool


class Records:
    """One project's records. Usable from any thread; every method is one atomic step."""

    def __init__(self, conn: sqlite3.Connection, clock: Callable[[], float] = time.time) -> None:
        self._conn = conn
        self._clock = clock
        self._lock = threading.RLock()
        self._where = conn.execute("PRAGMA database_list").fetchone()[2]
        conn.execute("PRAGMA secure_delete=ON")  # what `forget` removes must not stay in free pages

    @classmethod
    def open(cls, path: Path) -> Records:
        """Open or create the store at ``path`` (0600). Raises StoreError when it is damaged or newer."""
        conn = sqlite.connect(path)
        try:
            sqlite.migrate(conn, "records")
            return cls(conn)
        except sqlite3.Error as error:
            conn.close()
            raise _failed(error, str(path)) from error

    def close(self) -> None:
        self._conn.close()

    # -- writing

    def add(self, new: NewRecord) -> Added:
        """Remember ``new``: as ``proposed``, or ``confirmed`` when a person says it.

        Words already known return the existing record; while that is a proposal, new anchors join it. What a
        person retracted cannot be proposed again by an agent. Raises UsageError on bad kind, actor, sizes or
        an unknown ``supersedes``, BusyError when too many proposals wait.
        """
        new = _checked(new)
        by_person = is_person(new.actor)
        with self._write():
            if new.supersedes:
                self._need(new.supersedes)
            known = self._same_words(new, by_person)
            if known:
                return Added(self._merge_anchors(known, new), created=False)
            if not by_person and self.count("proposed") >= MAX_PROPOSALS:
                raise BusyError(
                    f"{MAX_PROPOSALS} proposals are waiting for a person",
                    next_step="review them: `memoryd proposals`, then `memoryd confirm ID` or `retract ID`",
                )
            record = self._insert(new, "confirmed" if by_person else "proposed")
            if by_person and record.supersedes:
                self._set_status(record.supersedes, "superseded", new.actor, f"by {record.id}")
            return Added(record, created=True)

    def confirm(self, record_id: str, actor: str, reason: str = "") -> Record:
        """A person vouches for a proposal; what it supersedes becomes superseded."""
        with self._write():
            record = self._judge(record_id, actor, ("proposed", "confirmed"), "confirm")
            if record.status == "confirmed":
                return record
            if record.supersedes and self._need(record.supersedes).status in ("proposed", "confirmed"):
                self._set_status(record.supersedes, "superseded", actor, f"by {record.id}")
            return self._set_status(record_id, "confirmed", actor, reason)

    def retract(self, record_id: str, actor: str, reason: str = "") -> Record:
        """A person takes a record back; it stays readable as retracted."""
        with self._write():
            record = self._judge(record_id, actor, ("proposed", "confirmed", "retracted"), "retract")
            return (
                record
                if record.status == "retracted"
                else self._set_status(record_id, "retracted", actor, reason)
            )

    def supersede(self, old_id: str, new_id: str, actor: str) -> Record:
        """A person says that ``new_id`` replaces ``old_id``; this confirms a proposal. Returns the new."""
        with self._write():
            old = self._judge(old_id, actor, ("proposed", "confirmed", "superseded"), "supersede")
            new = self._judge(new_id, actor, ("proposed", "confirmed"), "put in its place")
            if new.supersedes == old_id and new.status == "confirmed" and old.status == "superseded":
                return new
            if new_id in self._lineage(old_id):
                raise UsageError(
                    f"{old_id} is the same as or newer than {new_id}",
                    where=new_id,
                    next_step="name the old record first, then the one that replaces it",
                )
            self._conn.execute("UPDATE record SET supersedes = ? WHERE id = ?", (old_id, new_id))
            self._set_status(old_id, "superseded", actor, f"by {new_id}")
            return self._set_status(new_id, "confirmed", actor, f"in place of {old_id}")

    def forget(self, record_id: str, actor: str) -> None:
        """A person deletes a record for good. The audit keeps that it existed, not what it said. Snapshots
        taken before still hold it: take a new one and drop the older (``snapshot(keep=1)``)."""
        with self._write():
            self._judge(record_id, actor, STATUSES, "forget")
            newer = self._conn.execute("SELECT id FROM record WHERE supersedes = ?", (record_id,)).fetchall()
            self._conn.execute("UPDATE record SET supersedes = NULL WHERE supersedes = ?", (record_id,))
            self._conn.execute("DELETE FROM record WHERE id = ?", (record_id,))
            audit.append(self._conn, self._now(), actor, "forget", record_id, {})
            for (other,) in newer:
                self._reseal(other, actor)
        with self._lock:
            self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    # -- reading

    def get(self, record_id: str) -> Record | None:
        with self._lock:
            row = self._conn.execute(f"SELECT {_COLUMNS} FROM record WHERE id = ?", (record_id,)).fetchone()
            return self._record(row) if row else None

    def list(
        self, *, status: str = "", kind: str = "", limit: int = 10_000, offset: int = 0
    ) -> tuple[Record, ...]:
        """Records, newest first; empty filters mean all."""
        with self._lock:
            rows = self._conn.execute(
                f"SELECT {_COLUMNS} FROM record WHERE (? = '' OR status = ?) AND (? = '' OR kind = ?)"
                " ORDER BY created_at_s DESC, id DESC LIMIT ? OFFSET ?",
                (status, status, kind, kind, limit, offset),
            ).fetchall()
            return tuple(self._record(row) for row in rows)

    def count(self, status: str = "") -> int:
        with self._lock:
            return self._conn.execute(
                "SELECT count(*) FROM record WHERE ? = '' OR status = ?", (status, status)
            ).fetchone()[0]

    def verify(self) -> audit.Report:
        """Whether the audit chain is whole and every record is as the chain last saw it."""
        with self._lock:
            digests = {record.id: digest(record) for record in self.list(limit=-1)}
            return audit.verify(self._conn, digests)

    def size_bytes(self) -> int:
        with self._lock:
            pages, size = (
                self._conn.execute(f"PRAGMA {p}").fetchone()[0] for p in ("page_count", "page_size")
            )
            return pages * size

    def snapshot(self, folder: Path, keep: int = 5) -> Path:
        """A consistent copy in ``folder`` (0700), named by the audit's length; older ones beyond ``keep`` go.
        An unchanged store makes no second copy."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._lock:
            target = folder / f"records-{audit.length(self._conn):010d}.db"
            if not target.exists():
                sqlite.backup(self._conn, target)
        for old in sorted(folder.glob("records-*.db"))[:-keep]:
            old.unlink(missing_ok=True)
        return target

    # -- inside

    @contextmanager
    def _write(self) -> Iterator[None]:
        with self._lock:
            try:
                self._conn.execute("BEGIN IMMEDIATE")
                yield
                self._conn.execute("COMMIT")
            except sqlite3.Error as error:
                raise _failed(error, self._where) from error
            finally:
                if self._conn.in_transaction:
                    self._conn.rollback()

    def _now(self) -> int:
        return int(self._clock())

    def _record(self, row: tuple[str, str, str, str, str, int, str, str]) -> Record:
        anchors = self._conn.execute(
            "SELECT target FROM anchor WHERE record_id = ? ORDER BY target", (row[0],)
        )
        return Record(*row, tuple(target for (target,) in anchors))

    def _need(self, record_id: str) -> Record:
        record = self.get(record_id)
        if record is None:
            raise UsageError(
                "there is no such record",
                where=record_id,
                next_step="`memoryd proposals --status ''` lists all",
            )
        return record

    def _judge(self, record_id: str, actor: str, allowed: tuple[str, ...], verb: str) -> Record:
        if not is_person(actor):
            raise UsageError(
                f"only a person may {verb} a record",
                where=record_id,
                next_step="run the command in a terminal of your own; agents can only propose",
            )
        record = self._need(record_id)
        if record.status not in allowed:
            raise UsageError(
                f"cannot {verb} a record that is {record.status}",
                where=record_id,
                next_step=f"it has to be {' or '.join(allowed)}; record it anew to have it back",
            )
        return record

    def _same_words(self, new: NewRecord, by_person: bool) -> Record | None:
        rows = self._conn.execute(
            f"SELECT {_COLUMNS} FROM record WHERE fingerprint = ? ORDER BY id DESC",
            (fingerprint(new.kind, new.text),),
        ).fetchall()
        found = [self._record(row) for row in rows]
        alive = [record for record in found if record.status in ("proposed", "confirmed")]
        if alive or by_person:
            return alive[0] if alive else None
        return found[0] if found else None

    def _merge_anchors(self, known: Record, new: NewRecord) -> Record:
        extra = [target for target in new.anchors if target not in known.anchors]
        room = MAX_ANCHORS - len(known.anchors)
        if known.status != "proposed" or not extra or room <= 0:
            return known
        self._conn.executemany(
            "INSERT INTO anchor VALUES (?, ?)", [(known.id, target) for target in extra[:room]]
        )
        self._reseal(known.id, new.actor, "anchor")
        return self._need(known.id)

    def _insert(self, new: NewRecord, status: str) -> Record:
        now = self._clock()
        record_id = _new_id(now)
        self._conn.execute(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (record_id, new.kind, new.text, status, new.actor, int(now), new.head, new.supersedes or None,
             fingerprint(new.kind, new.text)),
        )  # fmt: skip
        self._conn.executemany(
            "INSERT INTO anchor VALUES (?, ?)", [(record_id, target) for target in new.anchors]
        )
        self._reseal(record_id, new.actor, "add")
        return self._need(record_id)

    def _set_status(self, record_id: str, status: str, actor: str, reason: str) -> Record:
        self._conn.execute("UPDATE record SET status = ? WHERE id = ?", (status, record_id))
        self._reseal(record_id, actor, status, reason)
        return self._need(record_id)

    def _reseal(self, record_id: str, actor: str, action: str = "unlink", reason: str = "") -> None:
        record = self._need(record_id)
        payload = {"status": record.status, "digest": digest(record)} | ({"reason": reason} if reason else {})
        audit.append(self._conn, self._now(), actor, action, record_id, payload)

    def _lineage(self, record_id: str) -> set[str]:
        """``record_id`` and all that it replaces, directly or not."""
        seen: set[str] = set()
        while record_id and record_id not in seen:
            seen.add(record_id)
            record = self.get(record_id)
            record_id = record.supersedes if record else ""
        return seen


def is_person(actor: str) -> bool:
    return actor.startswith("human:")


def fingerprint(kind: str, text: str) -> bytes:
    """Equal for texts that differ only in case, punctuation, spacing, articles or word endings. The order of
    words counts: "A imports B" is not "B imports A"."""
    words = [terms.term(word) for word in _WORD.findall(text.casefold()) if word not in _ARTICLES]
    return audit.sha256([kind, words or text])


def digest(record: Record) -> str:
    """Hex digest of all that a record says."""
    return audit.sha256([*(getattr(record, field) for field in record.__struct_fields__)]).hex()


def restore_newest(path: Path, snapshots: Path) -> str:
    """Put the newest snapshot in the place of a damaged ``path``; the damaged files stay beside it. Returns
    what was done and lost, in words. Raises StoreError when there is no snapshot."""
    found = sorted(snapshots.glob("records-*.db"))
    if not found:
        raise StoreError(
            "records.db is damaged and there is no snapshot",
            where=str(path),
            next_step="keep the file; `sqlite3 records.db .recover` may save its rows",
        )
    aside = f"damaged-{int(time.time())}"
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(part.with_name(f"{path.name}.{aside}{suffix}"))
    source = sqlite.connect(found[-1])
    try:
        sqlite.backup(source, path)
        rows = audit.length(source)
    finally:
        source.close()
    return f"restored {found[-1].name} ({rows} audit rows); what came later is only in {path.name}.{aside}"


def _checked(new: NewRecord) -> NewRecord:
    text = _storable(new.text).strip()
    anchors = tuple(dict.fromkeys(_storable(anchor).strip() for anchor in new.anchors))
    if new.kind not in KINDS:
        raise UsageError(
            f"unknown kind `{new.kind}`", where="kind", next_step=f"use one of {', '.join(KINDS)}"
        )
    if not _ACTOR.fullmatch(new.actor):
        raise UsageError(
            "an actor reads `human:NAME` or `agent:NAME`", where="actor", next_step="name who writes so"
        )
    if not 0 < len(text) <= MAX_TEXT_CHARS:
        raise UsageError(
            f"a record has 1 to {MAX_TEXT_CHARS} characters, this has {len(text)}",
            where="text",
            next_step="say it in one or two sentences",
        )
    if len(anchors) > MAX_ANCHORS or any(not 0 < len(anchor) <= MAX_ANCHOR_CHARS for anchor in anchors):
        raise UsageError(
            f"at most {MAX_ANCHORS} anchors of 1 to {MAX_ANCHOR_CHARS} characters",
            where="anchors",
            next_step="name the few files or symbols that it is about",
        )
    return NewRecord(new.kind, text, new.actor, anchors, new.head, new.supersedes)


def _storable(text: str) -> str:
    """``text`` without what UTF-8 cannot carry (lone surrogates)."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _new_id(now_s: float) -> str:
    """20 characters: 10 of time in milliseconds, then 10 random ones (50 bits)."""
    number = (int(now_s * 1_000) << 50) | secrets.randbits(50)
    return "".join(_ALPHABET[(number >> shift) & 31] for shift in range(95, -1, -5))


def _failed(error: sqlite3.Error, where: str) -> StoreError:
    return StoreError(
        f"the records could not be written or read: {error}", where=where,
        next_step="check free disk space and rights, then run `memoryd doctor`",
    )  # fmt: skip
