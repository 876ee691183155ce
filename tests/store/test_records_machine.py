"""Contributed memory against a model: whatever people, agents and imports do, in whatever order."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from memoryd.errors import MemorydError, UsageError
from memoryd.store import sqlite
from memoryd.store.records.values import IMPORTED, LIVE, STATUSES, NewRecord, Record, fingerprint, is_import
from memoryd.store.records.writer import Records

ALICE, AGENT = "human:alice", "agent:assistant"

TEXTS = st.sampled_from([f"rule {n}" for n in range(6)] + ["Rule 1!", "the RULE 2"])


def empty_store() -> Records:
    conn = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    sqlite.migrate(conn, "records")
    return Records(conn)


class RecordsMachine(RuleBasedStateMachine):
    """Against a model: id → (text fingerprint, status, supersedes)."""

    ids = Bundle("ids")

    def __init__(self):
        super().__init__()
        self.store = empty_store()
        self.model: dict[str, list] = {}
        self.was_live: dict[str, set] = {}

    def teardown(self):
        self.store.close()

    @rule(target=ids, text=TEXTS, person=st.booleans())
    def add(self, text, person):
        key = fingerprint("lesson", text)
        same = [i for i, (k, status, _) in self.model.items() if k == key]
        alive = [i for i in same if self.model[i][1] in ("proposed", "confirmed")]
        added = self.store.add(NewRecord("lesson", text, ALICE if person else AGENT))
        proposed = [i for i in alive if self.model[i][1] == "proposed"]
        if person and alive == proposed != []:
            assert added.created
            old = added.record.supersedes
            assert old in proposed
            self.model[old][1] = "superseded"
            self.model[added.record.id] = [key, "confirmed", old]
            return added.record.id
        here = [i for i in same if not is_import(self.store.get(i).actor)]
        if alive or (here and not person):
            assert not added.created
            assert added.record.id in (alive or here)
            return multiple()
        assert added.created
        self.model[added.record.id] = [key, "confirmed" if person else "proposed", ""]
        return added.record.id

    @rule(record_id=ids)
    def confirm(self, record_id):
        self._expect(record_id in self.model and self.model[record_id][1] in ("proposed", "confirmed"),
                     lambda: self.store.confirm(record_id, ALICE), record_id, "confirmed")  # fmt: skip

    @rule(record_id=ids)
    def retract(self, record_id):
        allowed = ("proposed", "confirmed", "retracted")
        self._expect(record_id in self.model and self.model[record_id][1] in allowed,
                     lambda: self.store.retract(record_id, ALICE), record_id, "retracted")  # fmt: skip

    def _expect(self, allowed, act, record_id, status):
        if allowed:
            act()
            self.model[record_id][1] = status
        else:
            with pytest.raises(MemorydError):
                act()

    @rule(old=ids, new=ids)
    def supersede(self, old, new):
        try:
            self.store.supersede(old, new, ALICE)
        except UsageError:
            return
        assert old != new
        self.model[old][1] = "superseded"
        self.model[new][1:] = ["confirmed", old]

    @rule(record_id=ids)
    def restore(self, record_id):
        if record_id not in self.model:
            return
        key, status, _ = self.model[record_id]
        twins = [i for i, (k, s, _) in self.model.items() if k == key and i != record_id and s in LIVE]
        if status in LIVE:
            assert self.store.restore(record_id, ALICE).status == status
        elif twins:
            with pytest.raises(UsageError):
                self.store.restore(record_id, ALICE)
        else:
            self.model[record_id][1] = self.store.restore(record_id, ALICE).status
            assert self.model[record_id][1] in self.was_live[record_id]
            for row in self.model.values():
                if row[2] == record_id:
                    row[2] = ""

    @rule(target=ids, text=TEXTS, status=st.sampled_from(STATUSES), person=st.booleans())
    def bring_in(self, text, status, person):
        number = len(self.was_live)
        was = Record(f"old{number}", "lesson", text, status, ALICE if person else AGENT, 1, "", "")
        added = self.store.bring_in([was], "import:x")[0]
        if not added.created:
            return multiple()
        assert added.record.status not in ("confirmed",)
        assert added.record.trust == IMPORTED
        self.model[added.record.id] = [fingerprint("lesson", text), added.record.status, ""]
        return added.record.id

    @rule()
    def move(self):
        """Export into an empty store: all words arrive, nothing is confirmed, and coming back changes nothing."""
        there = empty_store()
        records, _ = self.store.everything()
        there.bring_in(records, "import:here")
        moved, _ = there.everything()
        live = {fingerprint(r.kind, r.text) for r in records if r.is_live}
        assert {fingerprint(r.kind, r.text) for r in moved if r.is_live} >= live
        assert there.count("confirmed") == 0
        assert there.verify().ok
        back = self.store.bring_in([r for r in moved if r.is_live], "import:back")
        assert not any(added.created for added in back)
        there.close()

    @rule(record_id=consumes(ids))
    def forget(self, record_id):
        if record_id not in self.model:
            return
        self.store.forget(record_id, ALICE)
        del self.model[record_id]
        for row in self.model.values():
            if row[2] == record_id:
                row[2] = ""

    @rule(record_id=ids)
    def agent_judges(self, record_id):
        for verb in (self.store.confirm, self.store.retract, self.store.forget, self.store.restore):
            with pytest.raises(UsageError):
                verb(record_id, AGENT)

    @invariant()
    def store_equals_model(self):
        stored = {r.id: [fingerprint(r.kind, r.text), r.status, r.supersedes] for r in self.store.list()}
        assert stored == self.model

        for record in stored.values():
            assert record[1] in STATUSES
        for record_id, (_, status, _) in self.model.items():
            seen = self.was_live.setdefault(record_id, {"proposed"})
            if status in LIVE:
                seen.add(status)

    @invariant()
    def no_two_in_force_say_the_same(self):
        live = [key for key, status, _ in self.model.values() if status in LIVE]
        assert len(live) == len(set(live))

    @invariant()
    def audit_is_whole(self):
        assert self.store.verify().ok

    @invariant()
    def no_circles(self):
        for record_id in self.model:
            seen = set()
            while record_id:
                assert record_id not in seen
                seen.add(record_id)
                record_id = self.model.get(record_id, ["", "", ""])[2]


TestRecordsMachine = RecordsMachine.TestCase
TestRecordsMachine.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
