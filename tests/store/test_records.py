"""Contributed memory: what is acknowledged stays, who may change it, and that tampering shows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from memoryd.errors import BusyError, MemorydError, StoreError, UsageError
from memoryd.store import records as module
from memoryd.store.record_values import NewRecord, fingerprint
from memoryd.store.records import Records
from memoryd.store.snapshots import restore_newest

ALICE, AGENT = "human:alice", "agent:assistant"


@pytest.fixture
def store(tmp_path: Path):
    opened = Records.open(tmp_path / "records.db")
    yield opened
    opened.close()


def lesson(text: str, actor: str = AGENT, **more) -> NewRecord:
    return NewRecord("lesson", text, actor, **more)


def test_an_agents_record_starts_as_a_proposal_and_a_persons_is_confirmed(store):
    """Agents propose; only a person confirms."""
    assert store.add(lesson("Never sign cookies twice")).record.status == "proposed"
    assert store.add(lesson("Keep the salt out of the repository", ALICE)).record.status == "confirmed"


@pytest.mark.parametrize("verb", ["confirm", "retract", "forget"])
def test_an_agent_cannot_judge(store, verb):
    """No agent confirms, retracts or deletes, not even its own record."""
    record = store.add(lesson("Never sign cookies twice")).record
    with pytest.raises(UsageError, match="only a person"):
        getattr(store, verb)(record.id, AGENT)
    assert store.get(record.id) == record


def test_a_hundred_agent_writes_confirm_nothing(store):
    """However much an agent writes, nothing of it is confirmed."""
    for number in range(100):
        store.add(lesson(f"Rule {number} of the house"))
    assert store.count("proposed") == 100
    assert store.count("confirmed") == 0


@pytest.mark.parametrize(
    "again", ["never  SIGN the cookies, twice!", "Never sign cookie twice", "Never signed cookies twice."]
)
def test_the_same_words_return_the_known_record(store, again):
    """Case, punctuation, articles and word endings make no new record."""
    first = store.add(lesson("Never sign cookies twice")).record
    added = store.add(lesson(again))
    assert (added.created, added.record.id) == (False, first.id)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A imports B", "B imports A"),
        ("Use tabs", "Do not use tabs"),
        ("!!!", "???"),
    ],
)
def test_words_that_mean_something_else_are_kept_apart(store, one, other):
    """Order and negation make another record."""
    assert store.add(lesson(one)).created
    assert store.add(lesson(other)).created


def test_new_anchors_join_a_proposal_but_never_a_confirmed_record(store):
    """An agent cannot widen what a person confirmed."""
    first = store.add(lesson("Never sign twice", anchors=("a.py",))).record
    assert store.add(lesson("Never sign twice", anchors=("b.py",))).record.anchors == ("a.py", "b.py")
    store.confirm(first.id, ALICE)
    assert store.add(lesson("Never sign twice", anchors=("c.py",))).record.anchors == ("a.py", "b.py")


def test_what_a_person_retracted_is_not_proposed_again(store):
    """A retracted record answers the agent that proposes it again; a person may record it anew."""
    first = store.add(lesson("Never sign twice")).record
    store.retract(first.id, ALICE, "wrong")
    again = store.add(lesson("Never sign twice"))
    assert (again.created, again.record.status) == (False, "retracted")
    assert store.add(lesson("Never sign twice", ALICE)).created


def test_confirming_a_successor_supersedes_the_old_one(store):
    """The old record stays readable; a proposal alone changes nothing."""
    old = store.add(lesson("Use sha1", ALICE)).record
    new = store.add(lesson("Use sha256", supersedes=old.id)).record
    assert store.get(old.id).status == "confirmed"
    store.confirm(new.id, ALICE)
    assert store.get(old.id).status == "superseded"
    assert store.get(new.id).supersedes == old.id


def test_supersession_has_no_circles(store):
    """A record cannot replace what replaced it."""
    old, new = (store.add(lesson(text, ALICE)).record for text in ("Use sha1", "Use sha256"))
    store.supersede(old.id, new.id, ALICE)
    with pytest.raises(UsageError):
        store.supersede(new.id, old.id, ALICE)
    with pytest.raises(UsageError):
        store.supersede(new.id, new.id, ALICE)


@pytest.mark.parametrize(
    "bad",
    [
        NewRecord("gossip", "text", AGENT),
        NewRecord("note", " \n ", AGENT),
        NewRecord("note", "x" * 8_193, AGENT),
        NewRecord("note", "text", "alice"),
        NewRecord("note", "text", "admin:alice"),
        NewRecord("note", "text", AGENT, anchors=("a",) * 1 + tuple(f"f{n}" for n in range(20))),
        NewRecord("note", "text", AGENT, anchors=("x" * 1_025,)),
        NewRecord("note", "text", AGENT, supersedes="nothing"),
    ],
)
def test_a_record_that_cannot_be_kept_is_refused_by_name(store, bad):
    """Limits and unknown names are errors, and nothing is written."""
    with pytest.raises(UsageError):
        store.add(bad)
    assert store.count() == 0
    assert store.verify().ok


def test_waiting_proposals_are_limited(store, monkeypatch):
    """A flood of proposals ends in a clear refusal; a person can still write."""
    monkeypatch.setattr(module, "MAX_PROPOSALS", 3)
    for number in range(3):
        store.add(lesson(f"Rule {number}"))
    with pytest.raises(BusyError):
        store.add(lesson("One more"))
    assert store.add(lesson("A person's", ALICE)).created


def test_odd_text_survives_a_round_trip(store):
    """NUL, lone surrogates and every script are kept as far as UTF-8 can."""
    text = "nul\x00 surrogate\ud800 עברית 漢字 \u202e"
    assert store.get(store.add(lesson(text)).record.id).text == text.replace("\ud800", "?")


def test_forget_leaves_no_byte_of_the_text(store, tmp_path):
    """After ``forget`` the words are in no file of the store."""
    record = store.add(lesson("the needle is xyzzyplugh", ALICE)).record
    newer = store.add(lesson("another", ALICE, supersedes=record.id)).record
    store.forget(record.id, ALICE)
    assert store.get(record.id) is None
    assert store.get(newer.id).supersedes == ""
    assert store.verify().ok
    assert not [path for path in tmp_path.iterdir() if b"xyzzyplugh" in path.read_bytes()]


def test_ids_sort_by_time_and_cannot_be_guessed(tmp_path):
    """Later records have greater ids; two of one instant differ."""
    ticks = iter([1_000.0] * 4 + [2_000.0] * 4)
    conn = Records.open(tmp_path / "records.db")._conn
    store = Records(conn, clock=lambda: next(ticks))
    first, second, later = (store.add(lesson(text, ALICE)).record.id for text in ("one", "two", "three"))
    assert first[:10] == second[:10]
    assert first[10:] != second[10:]
    assert later > max(first, second)


# -- the audit


def tamper(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as conn, conn:
        for statement in statements:
            conn.execute(statement)


def filled(path: Path) -> Records:
    store = Records.open(path)
    for text in ("one", "two", "three"):
        record = store.add(lesson(text, anchors=("a.py",))).record
    store.confirm(record.id, ALICE)
    assert store.verify().ok
    return store


def test_the_audit_cannot_be_changed_through_sql(tmp_path):
    """UPDATE and DELETE on the audit are refused by the store itself."""
    filled(tmp_path / "records.db").close()
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
        with pytest.raises(sqlite3.IntegrityError):
            tamper(tmp_path / "records.db", statement)


@pytest.mark.parametrize(
    "statements",
    [
        ("DROP TRIGGER audit_no_update", "UPDATE audit SET actor = 'human:eve' WHERE seq = 2"),
        ("DROP TRIGGER audit_no_update", "UPDATE audit SET payload = '{}' WHERE seq = 4"),
        ("DROP TRIGGER audit_no_delete", "DELETE FROM audit WHERE seq = 2"),
        ("DROP TRIGGER audit_no_delete", "DELETE FROM audit WHERE seq = 4"),
        ("DROP TRIGGER audit_no_delete", "DELETE FROM audit WHERE seq = 1"),
        ("UPDATE record SET status = 'confirmed'",),
        ("UPDATE record SET text = 'other' WHERE text = 'two'",),
        ("UPDATE record SET actor = 'human:alice'",),
        ("UPDATE anchor SET target = 'b.py'",),
        ("DELETE FROM anchor",),
        ("DELETE FROM record WHERE text = 'one'",),
        ("INSERT INTO record VALUES ('x', 'note', 't', 'confirmed', 'human:a', 1, '', NULL, x'00', '', '')",),
    ],
)
def test_a_change_behind_the_stores_back_is_found(tmp_path, statements):
    """Whatever row of records, anchors or audit is edited, added or removed, verify says so."""
    path = tmp_path / "records.db"
    filled(path).close()
    tamper(path, *statements)
    store = Records.open(path)
    report = store.verify()
    store.close()
    assert not report.ok
    assert report.problem


def test_a_snapshot_is_a_whole_store_and_is_made_once_per_change(tmp_path):
    """Snapshots open, verify, are private, and an unchanged store makes no second one."""
    store = filled(tmp_path / "records.db")
    first = store.snapshot(tmp_path / "backup")
    assert store.snapshot(tmp_path / "backup") == first
    for number in range(4):
        store.add(lesson(f"more {number}"))
        newest = store.snapshot(tmp_path / "backup", keep=2)
    assert len(list((tmp_path / "backup").iterdir())) == 2
    assert newest.stat().st_mode & 0o777 == 0o600
    copy = Records.open(newest)
    assert copy.verify().ok
    assert copy.list() == store.list()
    copy.close()
    store.close()


def test_a_damaged_store_is_named_and_restored_from_the_newest_snapshot(tmp_path):
    """A damaged records.db raises StoreError, never an empty store; the snapshot brings its rows back."""
    path = tmp_path / "records.db"
    store = filled(path)
    store.snapshot(tmp_path / "backup")
    kept = store.list()
    store.close()
    path.write_bytes(b"not a database, but long enough to be read as one" * 40)
    with pytest.raises(StoreError):
        Records.open(path)
    assert "restored" in restore_newest(path, tmp_path / "backup")
    again = Records.open(path)
    assert again.list() == kept
    assert again.verify().ok
    again.close()
    assert list(tmp_path.glob("records.db.damaged-*"))


# -- the state machine

TEXTS = st.sampled_from([f"rule {n}" for n in range(6)] + ["Rule 1!", "the RULE 2"])


class RecordsMachine(RuleBasedStateMachine):
    """Against a model: id → (text fingerprint, status, supersedes)."""

    ids = Bundle("ids")

    def __init__(self):
        super().__init__()
        conn = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        module.sqlite.migrate(conn, "records")
        self.store = Records(conn)
        self.model: dict[str, list] = {}

    def teardown(self):
        self.store.close()

    @rule(target=ids, text=TEXTS, person=st.booleans())
    def add(self, text, person):
        key = fingerprint("lesson", text)
        same = [i for i, (k, status, _) in self.model.items() if k == key]
        alive = [i for i in same if self.model[i][1] in ("proposed", "confirmed")]
        added = self.store.add(lesson(text, ALICE if person else AGENT))
        proposed = [i for i in alive if self.model[i][1] == "proposed"]
        if person and alive == proposed != []:
            assert added.created
            old = added.record.supersedes
            assert old in proposed
            self.model[old][1] = "superseded"
            self.model[added.record.id] = [key, "confirmed", old]
            return added.record.id
        if alive or (same and not person):
            assert not added.created
            assert added.record.id in (alive or same)
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
        for verb in (self.store.confirm, self.store.retract, self.store.forget):
            with pytest.raises(UsageError):
                verb(record_id, AGENT)

    @invariant()
    def store_equals_model(self):
        stored = {
            r.id: [fingerprint(r.kind, r.text), r.status, r.supersedes] for r in self.store.list()
        }
        assert stored == self.model

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
