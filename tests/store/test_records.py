"""Contributed memory: what is acknowledged stays, who may change it, and that tampering shows."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from memoryd.errors import BusyError, StoreError, UsageError
from memoryd.store.records import audit
from memoryd.store.records import writer as module
from memoryd.store.records.reader import RecordReader
from memoryd.store.records.snapshots import drop_copies
from memoryd.store.records.values import (
    CONFIRMED,
    IMPORTED,
    PROPOSED,
    NewRecord,
    Origin,
    Record,
    fingerprint,
)
from memoryd.store.records.writer import Records

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
    other = store.add(lesson("Never sign twice", anchors=("c.py",)))
    assert (other.created, other.record.status, other.record.anchors) == (True, "proposed", ("c.py",))
    assert store.get(first.id).anchors == ("a.py", "b.py")
    again = store.add(lesson("Never sign twice", anchors=("c.py",)))
    assert (again.created, again.record.id) == (False, other.record.id)


def test_a_person_widens_what_is_confirmed(store):
    """The same lesson told of a second place is known for that place as well."""
    first = store.add(lesson("Not thread safe", actor=ALICE, anchors=("db.py:query",))).record
    again = store.add(lesson("Not thread safe", actor=ALICE, anchors=("cache.py:load",)))
    assert (again.created, again.record.id) == (False, first.id)
    assert again.record.anchors == ("cache.py:load", "db.py:query")


def test_what_is_nearly_known_is_kept_and_named(store):
    """Opposites of the same words are two records."""
    first = store.add(lesson("Squash the branch, do not merge it")).record
    other = store.add(lesson("Do not squash the branch, merge it"))
    assert (other.created, [near.id for near in other.near]) == (True, [first.id])


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


def test_what_a_person_says_stands_in_the_place_of_the_same_proposal(store):
    """A person's words are theirs and confirmed, though an agent proposed them before."""
    proposal = store.add(lesson("Never sign cookies twice", anchors=("a.py",))).record
    said = store.add(lesson("You must never sign cookies twice.", ALICE))
    assert (said.created, said.record.status, said.record.actor) == (True, "confirmed", ALICE)
    assert (said.record.anchors, said.record.supersedes) == ((), proposal.id)
    assert store.get(proposal.id).status == "superseded"
    assert store.add(lesson("Never sign cookies twice")).record.id == said.record.id


def test_a_near_duplicate_returns_the_known_record(store):
    """Other forms of the same words, without the reason, are the record that is known."""
    known = store.add(lesson("Flush before redirecting, otherwise the cookie is lost", ALICE)).record
    again = store.add(lesson("Always flush before redirecting"))
    assert (again.created, again.record.id) == (False, known.id)
    assert store.add(lesson("Always flush before redirecting in tests")).created


def test_contradictions_about_one_place_are_kept_and_named(store):
    """Both stay as they are; each names the other, as long as both are in force or waiting."""
    use = store.add(lesson("Use redis for sessions", ALICE, anchors=("src/sessions",))).record
    avoid = store.add(
        lesson("Do not use redis for sessions", anchors=("src/sessions/store.py:Store",))
    ).record
    store.add(lesson("Never use redis for sessions", anchors=("tools/",)))
    assert store.get(use.id).status == "confirmed"
    assert store.conflicts(use) == (avoid.id,)
    assert store.conflicts(avoid) == (use.id,)
    store.retract(avoid.id, ALICE)
    assert store.conflicts(use) == ()


def test_a_successor_does_not_contradict_what_it_replaces(store):
    """To say the opposite is what superseding is for."""
    old = store.add(lesson("Use redis", ALICE)).record
    new = store.add(lesson("Do not use redis", supersedes=old.id)).record
    assert store.conflicts(new) == ()


# -- undo


def test_restore_undoes_retract(store):
    """A record comes back as it was: a proposal as a proposal, a confirmed one as confirmed."""
    for actor, status in ((AGENT, "proposed"), (ALICE, "confirmed")):
        record = store.add(lesson(f"Rule of {actor}", actor)).record
        store.retract(record.id, ALICE)
        assert store.restore(record.id, ALICE).status == status
    with pytest.raises(UsageError, match="only a person"):
        store.restore(record.id, AGENT)


def test_restore_undoes_supersede(store):
    """The old record is in force again and the newer one no longer stands in its place."""
    old, new = (store.add(lesson(text, ALICE)).record for text in ("Use sha1", "Use sha256"))
    store.supersede(old.id, new.id, ALICE)
    assert store.restore(old.id, ALICE).status == "confirmed"
    assert (store.get(new.id).status, store.get(new.id).supersedes) == ("confirmed", "")


def test_what_was_said_anew_is_not_restored_beside_it(store):
    """Two records in force never say the same words."""
    first = store.add(lesson("Never sign twice", ALICE)).record
    store.retract(first.id, ALICE)
    again = store.add(lesson("Never sign twice", ALICE)).record
    with pytest.raises(UsageError, match=again.id):
        store.restore(first.id, ALICE)


# -- taking back what a client wrote


def test_a_clients_writes_are_taken_back_from_a_time_on(tmp_path):
    """Its proposals since then, and its anchors on others' records; what a person confirmed and what is older stays."""
    ticks = iter(range(1_000, 2_000))
    store = Records(Records.open(tmp_path / "records.db")._conn, clock=lambda: next(ticks))
    other = store.add(lesson("Keep salts secret", "agent:other", anchors=("a.py",))).record
    old = store.add(lesson("An old rule")).record
    since_s = next(ticks)
    bad, vouched = (store.add(lesson(text)).record for text in ("A bad rule", "A good rule"))
    store.confirm(vouched.id, ALICE)
    store.add(lesson("Keep salts secret", anchors=("evil.py",)))
    found = store.writes_of(AGENT, since_s)
    assert {record.id for record in found} == {bad.id, vouched.id}
    waiting = [record.id for record in found if record.status == "proposed"]
    assert store.count_joined(AGENT, since_s) == 1
    assert store.retract_all(waiting, AGENT, since_s, ALICE, "talked into it") == 1
    statuses = {record.id: store.get(record.id).status for record in (old, bad, vouched)}
    assert statuses == {old.id: "proposed", bad.id: "retracted", vouched.id: "confirmed"}
    assert store.get(other.id).anchors == ("a.py",)
    assert store.verify().ok
    with pytest.raises(UsageError, match="only a person"):
        store.retract_all([old.id], AGENT, 0, AGENT)


# -- moving


def exported(text: str, status: str = "confirmed", id_: str = "old1", **more) -> Record:
    return Record(id_, "lesson", text, status, "human:bob", 5, "ab" * 20, more.pop("supersedes", ""), **more)


def test_an_import_raises_no_trust(store):
    """What was confirmed elsewhere is a proposal of the lowest rank here, with its origin as told."""
    record = store.bring_in([exported("Use sha256", anchors=("a.py",))], "import:team.jsonl")[0].record
    assert (record.status, record.actor, record.trust) == ("proposed", "import:team.jsonl", IMPORTED)
    assert record.origin == Origin("old1", "human:bob", "confirmed", 5)
    assert (record.text, record.anchors, record.head) == ("Use sha256", ("a.py",), "ab" * 20)
    assert store.add(lesson("An agents rule")).record.trust == PROPOSED
    assert store.confirm(record.id, ALICE).trust == CONFIRMED


def test_an_import_takes_nothing_twice(store):
    """Known words and what an earlier import brought are not taken again."""
    store.add(lesson("Use sha256", ALICE))
    rows = [exported("use SHA256!"), exported("Use salts", id_="old2")]
    assert [added.created for added in store.bring_in(rows, "import:a")] == [False, True]
    assert [added.created for added in store.bring_in(rows, "import:b")] == [False, False]
    assert store.count() == 2


def test_an_import_silences_nobody(store):
    """What an import says was retracted can still be proposed here; what a person here retracted cannot."""
    store.bring_in([exported("Never log passwords", "retracted")], "import:evil")
    assert store.count("retracted") == 1
    assert store.add(lesson("Never log passwords")).created


def test_an_import_keeps_links_and_makes_no_circle(store):
    """Links between imported records hold; two that claim to replace each other end in one link."""
    rows = [exported("A", "superseded", "o1", supersedes="o2"), exported("B", id_="o2", supersedes="o1")]
    first, second = (added.record for added in store.bring_in(rows, "import:x"))
    assert [first.supersedes, second.supersedes].count("") == 1
    assert store.verify().ok


def test_a_refused_import_leaves_nothing(store):
    """One bad record, and none of its batch is taken."""
    with pytest.raises(UsageError):
        store.bring_in([exported("A good one"), exported("x" * 9_000, id_="old2")], "import:x")
    assert store.count() == 0
    assert store.verify().ok


# -- surviving


def test_a_full_disk_refuses_writes_and_loses_nothing(tmp_path):
    """The error is clear, reads go on, and writing works again once there is room, without a restart."""
    store = filled(tmp_path / "records.db")
    before = store.list()
    pages = store._conn.execute("PRAGMA page_count").fetchone()[0]
    store._conn.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StoreError, match="full") as caught:
        store.bring_in([exported(f"{'long ' * 900} {n}", id_=f"o{n}") for n in range(200)], "import:x")
    assert "disk" in caught.value.next_step
    kept = store.list()
    assert set(before) <= set(kept)
    assert store.verify().ok
    store._conn.execute("PRAGMA max_page_count=1073741823")
    assert store.add(lesson("There is room again", ALICE)).created
    store.close()


def test_a_store_of_the_first_layout_is_upgraded_after_a_copy_was_made(tmp_path):
    """Records and audit of layout 1 stay whole and verify; the copy is as it was, and ours alone to read."""
    path = tmp_path / "records.db"
    first = resources.files("memoryd.store") / "migrations" / "records" / "0001_initial.sql"
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.executescript(first.read_text() + "PRAGMA user_version=1;")
        old = Record("0" * 20, "lesson", "Use sha256", "confirmed", ALICE, 7, "", "", ("a.py",))
        values = (
            old.id,
            old.kind,
            old.text,
            old.status,
            old.actor,
            7,
            "",
            None,
            fingerprint(old.kind, old.text),
        )
        conn.execute("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
        conn.execute("INSERT INTO anchor VALUES (?, 'a.py')", (old.id,))
        seal = audit.sha256([*(getattr(old, field) for field in old.__struct_fields__[:9])]).hex()
        audit.append(conn, 7, ALICE, "add", old.id, {"status": "confirmed", "digest": seal})
    store = Records.open(path)
    assert store.list() == (old,)
    assert store.verify().ok
    assert store.retract(old.id, ALICE).status == "retracted"
    copy = tmp_path / "records.db.layout1.bak"
    assert copy.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copy)) as conn:
        assert conn.execute("SELECT text, status FROM record").fetchall() == [("Use sha256", "confirmed")]
    store.forget(old.id, ALICE)
    drop_copies(path)
    assert not copy.exists()
    store.close()


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
        (
            "INSERT INTO record VALUES ('x', 'note', 't', 'confirmed', 'human:a', 1, '', NULL, x'00', '', '', '')",
        ),
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


def test_a_reader_cannot_write_and_sees_what_another_connection_wrote(tmp_path):
    """Questions read records on a connection of their own: it refuses writes, and opposites written since are found."""
    path = tmp_path / "records.db"
    store = Records.open(path)
    first = store.add(NewRecord("decision", "Use redis for sessions", "human:ann", ("a.py",))).record
    reader = RecordReader.open_readonly(path)
    assert reader.conflicts(first) == ()
    second = store.add(NewRecord("decision", "Never use redis for sessions", "human:ann", ("a.py",))).record
    assert reader.conflicts(first) == (second.id,)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._conn.execute("DELETE FROM record")


def test_what_a_reader_compares_is_of_one_moment(tmp_path):
    """Regression: a write between reading the records and reading the audit made a healthy store look broken."""
    path = tmp_path / "records.db"
    store = Records.open(path)
    store.add(NewRecord("note", "first", "human:ann", ()))

    class WritesBetween(RecordReader):
        def list(self, **kept):
            found = super().list(**kept)
            store.add(NewRecord("note", f"later than {len(found)}", "human:ann", ()))
            return found

    conn = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)
    reader = WritesBetween(conn)
    assert reader.verify().ok
    records, entries = reader.everything()
    assert len(records) == len(entries)


BY_ANOTHER_PROGRAM = """
import sqlite3, sys
conn = sqlite3.connect(sys.argv[1])
print(conn.execute("SELECT count(*) FROM record").fetchone()[0])
conn.close()
"""


def test_a_second_look_from_our_process_leaves_the_store_locked_for_others(tmp_path: Path) -> None:
    """A file that is opened and closed beside SQLite's own descriptors ends all locks that the process holds: another
    program that closes the store would then take itself for the last one and delete the log that is being written."""
    path = tmp_path / "records.db"
    store = Records.open(path)
    store.add(NewRecord("lesson", "Keep the salt out", "agent:a"))
    Records.open(path).close()
    look = [sys.executable, "-c", BY_ANOTHER_PROGRAM, str(path)]
    assert subprocess.run(look, capture_output=True, text=True, check=True).stdout == "1\n"
    store.add(NewRecord("lesson", "Flush before the redirect", "agent:a"))
    assert subprocess.run(look, capture_output=True, text=True, check=True).stdout == "2\n"
    store.close()
