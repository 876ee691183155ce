"""records.db: what people and agents contributed. The only store that cannot be rebuilt.

Every write is one transaction with synchronous=FULL and one row of a hash-chained audit log. The log never
holds the text, only its digest, so that ``forget`` really removes it. Texts arrive already redacted.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec
from msgspec import structs

from memoryd.errors import BusyError, StoreError, UsageError
from memoryd.store import sqlite
from memoryd.store.failures import damaged, failure
from memoryd.store.records import audit, replacement, snapshots
from memoryd.store.records.anchor_content import encoded
from memoryd.store.records.reader import JOINED, RecordReader
from memoryd.store.records.similarity import meet
from memoryd.store.records.values import (
    ASSURANCES,
    LIVE,
    MAX_ANCHORS,
    STATUSES,
    Added,
    NewRecord,
    Origin,
    Record,
    checked,
    digest,
    fingerprint,
    is_import,
    is_person,
    new_id,
)
from memoryd.store.sqlite import integer

MAX_PROPOSALS = 1_000
MAX_IMPORTED = 10_000
_MAX_NEAR = 3
CHECKPOINT_LIMIT_S = 5.0


class Records(RecordReader):
    """One project's records. Usable from any thread; every method is one atomic step."""

    def __init__(self, conn: sqlite3.Connection, clock: Callable[[], float] = time.time) -> None:
        super().__init__(conn)
        self._clock = clock
        self._assured = ""
        conn.execute("PRAGMA secure_delete=ON")  # what `forget` removes must not stay in free pages

    @classmethod
    def open(cls, path: Path, wait_ms: int | None = None) -> Records:
        """Open or create the store at ``path`` (0600). ``wait_ms``: for a program that keeps it to itself. Raises
        StoreError when it is damaged or newer, when it is gone although copies of it are there, and when it ends before
        its newest copy."""
        replacement.refuse_interrupted(path)
        snapshots.refuse_lost(path)
        conn = sqlite.connect(path, wait_ms=wait_ms)
        try:
            sqlite.migrate(conn, "records")
            snapshots.refuse_older(path, conn)
            sqlite.note_version(conn)
            sqlite.wait_as_usual(conn)
            return cls(conn)
        except StoreError:
            conn.close()
            raise
        except sqlite3.Error as error:
            conn.close()
            raise failure(error, path) from error

    def snapshot(self, folder: Path, keep: int = 5) -> Path:
        """A consistent copy in ``folder`` (0700), named by the audit's length; older ones beyond ``keep`` go.
        An unchanged store makes no second copy. A copy that is not whole is not kept, and no older one goes for it.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._reading():
            target = folder / snapshots.name_of(audit.length(self._conn))
            if not target.exists():
                sqlite.backup(self._conn, target)
                self._need_whole_copy(target)
        for old in snapshots.newest_first(folder)[keep:]:
            old.file.unlink(missing_ok=True)
        return target

    # -- writing

    @contextmanager
    def assured(self, level: str) -> Iterator[None]:
        """All that is written inside is by somebody who is known at this level of ASSURANCES."""
        with self._lock:
            before, self._assured = self._assured, level
            try:
                yield
            finally:
                self._assured = before

    def add(self, new: NewRecord) -> Added:
        """Remember ``new``: as ``proposed``, or ``confirmed`` when a person says it.

        What a record says already returns that record, and new anchors join it; an agent's join a proposal only, and
        what it says of another place than a confirmed record does is a proposal. What a person retracted cannot be
        proposed again by an agent. A person who says what is only proposed gets a record of their own in its place.
        What is nearly said already is kept, with the records that say it. Raises UsageError on bad kind, actor, sizes
        or an unknown ``supersedes``, BusyError when too many proposals wait.
        """
        new = checked(new)
        by_person = is_person(new.actor)
        with self._write():
            if new.supersedes:
                self._need(new.supersedes)
            known = self._known(new)
            if (
                known
                and not (by_person and known.status == "proposed")
                and not self._is_of_another_place(known, new)
            ):
                return Added(self._merge_anchors(known, new), created=False)
            if known and not by_person:
                known = None
            if known and not new.supersedes:
                new = structs.replace(new, supersedes=known.id)
            if not by_person and self._waiting(imports=is_import(new.actor)) >= MAX_PROPOSALS:
                raise _too_many(MAX_PROPOSALS)
            record = self._insert(new, "confirmed" if by_person else "proposed")
            replaced = [self._need(i) for i in (record.supersedes, known.id if known else "") if i]
            if by_person:
                for old in {old.id: old for old in replaced if old.is_live}.values():
                    self._set_status(old.id, "superseded", new.actor, f"by {record.id}")
            return Added(record, created=True, near=self._near(record))

    def bring_in(self, exported: Sequence[Record], source: str) -> tuple[Added, ...]:
        """Take in records of an export, as the lowest rank of trust (``source``: ``import:…``): what was in force
        becomes a proposal, what was not stays so. Ids are given anew; a record that is here already, by its words
        or from an earlier import, is not taken twice. Links are kept where both ends are here. All or nothing."""
        with self._write():
            added = [self._take_in(record, source) for record in exported]
            if self._waiting(imports=True) > MAX_IMPORTED:
                raise _too_many(MAX_IMPORTED)
            for result, was in zip(added, exported, strict=True):
                if result.created and was.supersedes:
                    self._link_imported(result.record.id, was.supersedes, source)
            return tuple(Added(self._need(result.record.id), result.created) for result in added)

    def confirm(self, record_id: str, actor: str, reason: str = "") -> Record:
        """A person vouches for a proposal; what it supersedes becomes superseded. What is confirmed already is
        confirmed again by who is known better than whoever did it."""
        with self._write():
            record = self._judge(record_id, actor, LIVE, "confirm")
            if record.status == "confirmed" and not self._is_better_than(record):
                return record
            if record.supersedes and self._need(record.supersedes).is_live:
                self._set_status(record.supersedes, "superseded", actor, f"by {record.id}")
            return self._set_status(record_id, "confirmed", actor, reason)

    def retract(self, record_id: str, actor: str, reason: str = "") -> Record:
        """A person takes a record back; it stays readable as retracted."""
        with self._write():
            record = self._judge(record_id, actor, (*LIVE, "retracted"), "retract")
            if record.status == "retracted":
                return record
            return self._set_status(record_id, "retracted", actor, reason)

    def retract_all(self, ids: Iterable[str], by: str, since_s: int, actor: str, reason: str = "") -> int:
        """A person takes back what client ``by`` wrote since: the proposals ``ids`` (see ``writes_of``), and the
        anchors that it added to others' records. Returns the number of anchors."""
        with self._write():
            for record_id in ids:
                self._judge(record_id, actor, ("proposed",), "retract")
                self._set_status(record_id, "retracted", actor, reason)
            touched = self._conn.execute(
                f"SELECT DISTINCT record_id FROM anchor WHERE {JOINED}", (by, since_s, by)
            ).fetchall()
            removed = self._conn.execute(f"DELETE FROM anchor WHERE {JOINED}", (by, since_s, by)).rowcount
            for (record_id,) in touched:
                self._reseal(record_id, actor, "unanchor", reason)
            return removed

    def restore(self, record_id: str, actor: str, reason: str = "") -> Record:
        """A person undoes ``retract`` or ``supersede``: the record has the status again that it had in force, and
        what replaced it no longer does. Raises UsageError when another record says the same by now."""
        with self._write():
            record = self._judge(record_id, actor, STATUSES, "restore")
            if record.is_live:
                return record
            twins = (self.get(i) for i in self._words().repeated(record.kind, record.text) if i != record_id)
            for twin in twins:
                if twin and twin.is_live and twin.anchors == record.anchors:
                    raise UsageError(
                        f"{twin.id} says the same and is {twin.status}",
                        where=record_id,
                        next_step=f"retract {twin.id} first, or leave it",
                    )
            self._unlink_successors(record_id, actor)
            return self._set_status(record_id, self._last_live_status(record_id), actor, reason or "restored")

    def supersede(self, old_id: str, new_id: str, actor: str) -> Record:
        """A person says that ``new_id`` replaces ``old_id``; this confirms a proposal. Returns the new."""
        with self._write():
            old = self._judge(old_id, actor, (*LIVE, "superseded"), "supersede")
            new = self._judge(new_id, actor, LIVE, "put in its place")
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

    def forget(self, record_id: str, actor: str) -> Record:
        """A person deletes a record for good. The audit keeps that it existed, not what it said. Copies taken
        before still hold it: see ``snapshots.drop_copies``. Returns what it was."""
        with self._write():
            record = self._judge(record_id, actor, STATUSES, "forget")
            newer = self._conn.execute("SELECT id FROM record WHERE supersedes = ?", (record_id,)).fetchall()
            self._conn.execute("UPDATE record SET supersedes = NULL WHERE supersedes = ?", (record_id,))
            self._conn.execute("DELETE FROM record WHERE id = ?", (record_id,))
            self._note(actor, "forget", record_id, {})
            for (other,) in newer:
                self._reseal(other, actor, "unlink")
            if self._similar:
                self._similar.drop(record_id)
        self._empty_log()
        return record

    def set_published(self, record_id: str, path: str, actor: str) -> Record:
        """A person wrote a confirmed record to a decision document at ``path``; ``""``: it is in none any more."""
        with self._write():
            self._judge(record_id, actor, ("confirmed",), "publish")
            self._conn.execute("UPDATE record SET published = ? WHERE id = ?", (path, record_id))
            self._reseal(record_id, actor, "publish" if path else "unpublish", path)
            return self._need(record_id)

    def note(self, actor: str, action: str, reason: str) -> None:
        """An entry of the audit that is about no record."""
        with self._write():
            self._note(actor, action, "", {"reason": reason})

    # -- inside

    def _need_whole_copy(self, target: Path) -> None:
        try:
            with closing(sqlite.immutable(target)) as conn:
                RecordReader(conn).need_whole()
        except StoreError as error:
            target.unlink(missing_ok=True)
            raise damaged(self._path, error.what.replace(target.name, self._path.name)) from error

    @contextmanager
    def _write(self) -> Iterator[None]:
        with self._lock:
            try:
                self._conn.execute("BEGIN IMMEDIATE")
                yield
                self._conn.execute("COMMIT")
            except sqlite3.Error as error:
                raise failure(error, self._path) from error
            finally:
                if self._conn.in_transaction:
                    self._conn.rollback()

    def _empty_log(self) -> None:
        """Move everything out of the write-ahead log, where deleted text would stay for a while."""
        deadline_s = time.monotonic() + CHECKPOINT_LIMIT_S
        with self._lock:
            while self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                if time.monotonic() > deadline_s:
                    raise StoreError(
                        "the record is deleted, but another program reads the store: its log may still hold the text",
                        where=str(self._path),
                        next_step="end that program, then restart memoryd: `memoryd daemon stop`",
                    )
                time.sleep(0.01)

    def _now(self) -> int:
        return int(self._clock())

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
                next_step=_way_back(record, allowed),
            )
        return record

    def _waiting(self, *, imports: bool) -> int:
        """Proposals of agents, or what was imported."""
        return integer(
            self._conn,
            "SELECT count(*) FROM record WHERE status = 'proposed' AND (actor LIKE 'import:%') = ?",
            (imports,),
        )

    def _known(self, new: NewRecord) -> Record | None:
        """The record that says what ``new`` says: one in force or waiting, the most trusted first; for an agent
        also one that a person took back here."""
        repeated = (self.get(record_id) for record_id in self._words().repeated(new.kind, new.text))
        found = [record for record in repeated if record]
        live = sorted((record for record in found if record.is_live), key=lambda one: self._rank(one, new))
        if live or is_person(new.actor):
            return live[0] if live else None
        return next((record for record in found if not is_import(record.actor)), None)

    def _is_better_than(self, record: Record) -> bool:
        """Who writes now is known better than who gave the record its status."""
        return bool(self._assured) and ASSURANCES.index(self._assured) > ASSURANCES.index(record.assurance)

    def _rank(self, known: Record, new: NewRecord) -> tuple[bool, int, int]:
        """The most trusted first; an agent's new place may be known by another record than the most trusted."""
        return not is_person(new.actor) and self._is_of_another_place(known, new), known.trust, known.doubts

    def _is_of_another_place(self, known: Record, new: NewRecord) -> bool:
        """An agent may not add a place to what a person confirmed: it proposes the same for that place."""
        is_agents = not is_person(new.actor) and not is_import(new.actor)
        return is_agents and known.status == "confirmed" and not set(new.anchors) <= set(known.anchors)

    def _near(self, record: Record) -> tuple[Record, ...]:
        """Records in force or waiting that say nearly what ``record`` says, newest first."""
        found = (
            self.get(record_id) for record_id in self._words().near(record.text) if record_id != record.id
        )
        return tuple(other for other in found if other and other.is_live and meet(record, other))[:_MAX_NEAR]

    def _merge_anchors(self, known: Record, new: NewRecord) -> Record:
        extra = [target for target in new.anchors if target not in known.anchors]
        room = MAX_ANCHORS - len(known.anchors)
        may_add = known.status == "proposed" or (known.status == "confirmed" and is_person(new.actor))
        if not may_add or not extra or room <= 0:
            return known
        self._anchor(known.id, extra[:room], new)
        self._reseal(known.id, new.actor, "anchor")
        return self._need(known.id)

    def _anchor(self, record_id: str, targets: Iterable[str], new: NewRecord) -> None:
        there = {content.anchor: encoded(content) for content in new.contents}
        self._conn.executemany(
            "INSERT INTO anchor VALUES (?, ?, ?, ?, ?)",
            [(record_id, target, new.actor, self._now(), there.get(target, "")) for target in targets],
        )

    def _insert(self, new: NewRecord, status: str, origin: Origin | None = None) -> Record:
        now = self._clock()
        record_id = new_id(now)
        kept = msgspec.json.encode(origin).decode() if origin else ""
        self._conn.execute(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?)",
            (record_id, new.kind, new.text, status, new.actor, int(now), new.head, new.supersedes or None,
             fingerprint(new.kind, new.text), kept, self._assured),
        )  # fmt: skip
        self._anchor(record_id, new.anchors, new)
        self._words().put(record_id, new.kind, new.text)
        self._reseal(record_id, new.actor, "import" if origin else "add")
        return self._need(record_id)

    def _take_in(self, was: Record, source: str) -> Added:
        new = checked(NewRecord(was.kind, was.text, source, was.anchors, was.head, contents=was.contents))
        known = self._known(new) or self._imported(was.id)
        if known:
            return Added(known, created=False)
        status = "proposed" if was.status in LIVE else was.status
        origin = Origin(was.id, was.actor, was.status, was.created_at_s)
        return Added(self._insert(new, status, origin), created=True)

    def _imported(self, origin_id: str) -> Record | None:
        row = self._conn.execute(
            "SELECT id FROM record WHERE origin <> '' AND json_extract(origin, '$.id') = ?", (origin_id,)
        ).fetchone()
        return self._need(row[0]) if row else None

    def _link_imported(self, record_id: str, old_origin_id: str, source: str) -> None:
        old = self._imported(old_origin_id)
        if old and record_id not in self._lineage(old.id):
            self._conn.execute("UPDATE record SET supersedes = ? WHERE id = ?", (old.id, record_id))
            self._reseal(record_id, source, "link")

    def _unlink_successors(self, record_id: str, actor: str) -> None:
        newer = self._conn.execute("SELECT id FROM record WHERE supersedes = ?", (record_id,)).fetchall()
        self._conn.execute("UPDATE record SET supersedes = NULL WHERE supersedes = ?", (record_id,))
        for (other,) in newer:
            self._reseal(other, actor, "unlink")

    def _last_live_status(self, record_id: str) -> str:
        """What it was while it was in force or waiting; ``proposed`` for what never was, here."""
        statuses = (row.status for row in audit.rows_of(self._conn, record_id))
        return next((status for status in statuses if status in LIVE), "proposed")

    def _set_status(self, record_id: str, status: str, actor: str, reason: str) -> Record:
        self._conn.execute(
            "UPDATE record SET status = ?, assured = ? WHERE id = ?", (status, self._assured, record_id)
        )
        self._reseal(record_id, actor, status, reason)
        return self._need(record_id)

    def _reseal(self, record_id: str, actor: str, action: str, reason: str = "") -> None:
        record = self._need(record_id)
        self._note(
            actor, action, record_id, {"status": record.status, "digest": digest(record), "reason": reason}
        )

    def _note(self, actor: str, action: str, record_id: str, said: dict[str, str]) -> None:
        """One entry of the audit; what is empty is not in it."""
        payload = {name: text for name, text in (said | {"assurance": self._assured}).items() if text}
        audit.append(self._conn, self._now(), actor, action, record_id, payload)

    def _lineage(self, record_id: str) -> set[str]:
        """``record_id`` and all that it replaces, directly or not."""
        seen: set[str] = set()
        while record_id and record_id not in seen:
            seen.add(record_id)
            record = self.get(record_id)
            record_id = record.supersedes if record else ""
        return seen


def _way_back(record: Record, allowed: tuple[str, ...]) -> str:
    """The next step for a record that is not what the verb needs."""
    if not record.is_live:
        return f"`memoryd restore {record.id}` gives it back the status that it had"
    if record.status == "proposed":
        return f"`memoryd confirm {record.id}` first"
    return f"it has to be {' or '.join(allowed)}"


def _too_many(limit: int) -> BusyError:
    return BusyError(
        f"{limit} proposals are waiting for a person",
        next_step="review them: `memoryd proposals`, then `memoryd confirm ID` or `retract ID`",
    )
