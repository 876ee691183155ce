"""Records survive what happens to their file: it is never taken for a new one, and what is whole comes back."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from memoryd.errors import StoreError
from memoryd.store.failures import DamagedStore, LockedStore
from memoryd.store.records import snapshots
from memoryd.store.records.restore import copies, restore
from memoryd.store.records.values import NewRecord
from memoryd.store.records.writer import Records

ANN, AGENT = "human:ann", "agent:assistant"
RULES = (
    "Keep the salt out of the repository", "Flush before the redirect", "Never retry a payment",
    "Read the clock once per request", "Close the socket in the worker", "Log no address of a customer",
)  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """records.db with a first copy of 3 entries and a second of 5; the file itself has 6."""
    file = tmp_path / "records.db"
    _write(file, 3)
    _write(file, 2)
    _write(file, 1, keep=False)
    return file


def _write(file: Path, count: int, *, keep: bool = True) -> None:
    with closing(Records.open(file)) as store:
        for text in RULES[store.count() :][:count]:
            store.add(NewRecord("lesson", text, AGENT, (f"{text[:4]}.py",)))
        if keep:
            store.snapshot(snapshots.folder_of(file))


def _texts(file: Path) -> set[str]:
    with closing(Records.open(file)) as store:
        store.need_whole()
        return {record.text for record in store.list()}


def _damage(file: Path, table: str) -> None:
    """Overwrite the pages of one table or index."""
    with closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = conn.execute("PRAGMA page_size").fetchone()
        root = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    with file.open("r+b") as stream:
        stream.seek((root - 1) * size)
        stream.write(b"\xa5" * size)


@pytest.mark.parametrize("state", ["missing", "empty"])
def test_no_new_store_is_begun_beside_copies(path: Path, state: str) -> None:
    """A records.db that is gone or empty is refused with the command that brings it back, and stays as it is."""
    path.unlink() if state == "missing" else path.write_bytes(b"")
    for _ in range(2):
        with pytest.raises(DamagedStore, match=f"records.db is {state}, but its copies are there") as refused:
            Records.open(path)
        assert "memoryd doctor --repair" in refused.value.next_step
    assert path.exists() == (state == "empty")
    assert snapshots.size_of(path) == 0


def test_a_write_ahead_log_without_its_store_is_not_thrown_away(tmp_path: Path) -> None:
    """Before the first copy too: SQLite would delete the log with the records in it."""
    path, log = tmp_path / "records.db", tmp_path / "records.db-wal"
    store = Records.open(path)
    store.add(NewRecord("lesson", RULES[0], AGENT))
    kept = log.read_bytes()
    path.unlink()
    with pytest.raises(DamagedStore, match="write-ahead log is there"):
        Records.open(path)
    assert log.read_bytes() == kept
    store.close()


def test_an_empty_copy_makes_no_project_old(tmp_path: Path) -> None:
    """Where nothing was ever recorded nothing is missed."""
    path = tmp_path / "records.db"
    with closing(Records.open(path)) as store:
        store.snapshot(snapshots.folder_of(path))
    path.unlink()
    assert _texts(path) == set()


def test_a_store_that_ends_before_its_copy_is_refused(path: Path) -> None:
    """An older file in the place of the newer, or an empty store that another program began."""
    newest = snapshots.newest_first(snapshots.folder_of(path))
    shutil.copy(newest[1].file, path)
    with pytest.raises(DamagedStore, match="ends at audit entry 3, its newest copy at 5") as refused:
        Records.open(path)
    assert "memoryd doctor --repair" in refused.value.next_step


def test_a_missing_store_comes_back_from_the_newest_copy(path: Path) -> None:
    """What is in no copy is said to be lost, and that nobody can say what it was."""
    path.unlink()
    done = restore(path)
    assert (done.source.name, done.entries, done.records, done.aside) == ("records-0000000005.db", 5, 5, "")
    assert [told.startswith("what else was recorded after") for told in done.lost] == [True]
    assert _texts(path) == set(RULES[:5])
    assert path.stat().st_mode & 0o777 == 0o600
    assert not (path.parent / "restoring").exists()


def test_damage_of_an_index_loses_nothing(path: Path) -> None:
    """Rows that can all be read are taken from the damaged file itself; it is kept beside."""
    _damage(path, "record_by_status")
    with pytest.raises(DamagedStore), closing(Records.open(path)) as store:
        store.need_whole()
    done = restore(path)
    assert (done.source, done.entries, done.lost) == (path, 6, ())
    assert _texts(path) == set(RULES)
    assert (path.parent / done.aside).exists()


def test_damage_of_rows_names_what_is_lost(path: Path) -> None:
    """The newest copy takes the place; the later entries of the audit, which can still be read, say what went."""
    _damage(path, "record")
    done = restore(path)
    assert done.entries == 5
    assert len(done.lost) == 1
    assert "agent:assistant add" in done.lost[0]
    assert _texts(path) == set(RULES[:5])


def test_a_damaged_audit_leaves_the_loss_unnamed(path: Path) -> None:
    """What cannot be read is not said to be nothing."""
    _damage(path, "audit")
    assert any(told.startswith("what else was recorded after") for told in restore(path).lost)
    assert _texts(path) == set(RULES[:5])


def test_a_damaged_copy_is_passed_over_and_put_away(path: Path) -> None:
    """The next whole one is taken, and the store is not held to be older than the damaged one."""
    newest = snapshots.newest_first(snapshots.folder_of(path))[0]
    _damage(newest.file, "audit")
    path.write_bytes(b"no database at all" * 400)
    assert [bool(copy.problem) for copy in copies(path)] == [True, False]
    assert restore(path).entries == 3
    assert _texts(path) == set(RULES[:3])
    assert [file.name for file in snapshots.folder_of(path).glob("damaged-*")] == [
        f"damaged-{newest.file.name}"
    ]


def test_a_store_whose_copies_are_all_damaged_stays_as_it_is(path: Path) -> None:
    """Nothing is put in its place, and each copy is named with what is wrong with it."""
    for copy in snapshots.newest_first(snapshots.folder_of(path)):
        copy.file.write_bytes(b"x" * 8_192)
    _damage(path, "record")
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"no whole copy.*0005\.db.*0003\.db"):
        restore(path)
    assert path.read_bytes() == before


def test_a_copy_of_an_upgrade_is_the_last_resort(path: Path) -> None:
    """What an upgrade left is taken where no snapshot is."""
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(path, path.with_name("records.db.layout1.bak"))
    shutil.rmtree(snapshots.folder_of(path))
    path.write_bytes(b"x" * 8_192)
    assert restore(path).entries == 6


def test_a_damaged_store_makes_no_copy_and_lets_no_older_one_go(path: Path) -> None:
    """A snapshot is looked at before the older ones make room for it."""
    folder = snapshots.folder_of(path)
    before = sorted(folder.iterdir())
    _damage(path, "record")
    with closing(Records.open(path)) as store:
        with pytest.raises(DamagedStore, match=r"^records.db"):
            store.snapshot(folder, keep=1)
        assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    ("table", "ask"),
    [
        ("record", lambda store: store.list()),
        ("record", lambda store: store.verify()),
        ("record", lambda store: store.add(NewRecord("lesson", "One more", AGENT))),
        ("anchor", lambda store: store.everything()),
        ("record_by_fingerprint", lambda store: store.add(NewRecord("lesson", "One more", AGENT))),
        ("audit", lambda store: store.audit_rows()),
        ("audit_by_record", lambda store: store.confirmed_by("x")),
    ],
)
def test_damage_met_while_reading_names_the_file_and_the_command(
    path: Path, table: str, ask: Callable[[Records], object]
) -> None:
    """Whatever is asked, the error is one of records.db, with its own way out."""
    _damage(path, table)
    with pytest.raises(DamagedStore) as error, closing(Records.open(path)) as store:
        ask(store)
    assert (error.value.where, "memoryd doctor --repair" in error.value.next_step) == (str(path), True)


def test_a_text_that_is_none_is_damage_and_is_not_shown(path: Path) -> None:
    """The bytes of a record do not come with the error."""
    with closing(sqlite3.connect(path)) as conn, conn:
        conn.execute("UPDATE record SET text = CAST(x'73656372657420ff' AS TEXT)")
    with closing(Records.open(path)) as store, pytest.raises(DamagedStore) as error:
        store.list()
    assert "secret" not in str(error.value)


def test_a_locked_store_is_not_a_damaged_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who keeps it to himself is to be ended; nothing is to be restored."""
    monkeypatch.setattr("memoryd.store.sqlite.BUSY_TIMEOUT_MS", 10)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with (
            pytest.raises(LockedStore, match=r"records.db is locked") as error,
            closing(Records.open(path)) as store,
        ):
            store.add(NewRecord("lesson", "One more", AGENT))
        assert "restore" not in error.value.next_step
