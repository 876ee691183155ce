"""Records survive what happens to their file: it is never taken for a new one, and what is whole comes back."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from memoryd.errors import StoreError, UsageError
from memoryd.store.failures import DamagedStore, LockedStore
from memoryd.store.records import snapshots
from memoryd.store.records.copies import copies
from memoryd.store.records.restore import restore, undo
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
        assert "memoryd records restore" in refused.value.next_step
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


@pytest.mark.parametrize("state", ["missing", "empty"])
def test_a_log_that_holds_everything_gives_everything_back(tmp_path: Path, state: str) -> None:
    """While nothing was written back into the file the log is the whole store: a process killed at that moment loses
    nothing when its file goes."""
    path, log = tmp_path / "records.db", tmp_path / "records.db-wal"
    store = Records.open(path)
    for text in RULES:
        store.add(NewRecord("lesson", text, AGENT))
    kept = log.read_bytes()
    store.close()
    path.unlink() if state == "missing" else path.write_bytes(b"")
    log.write_bytes(kept)
    assert restore(path).lost == ()
    assert _texts(path) == set(RULES)


def test_a_log_that_does_not_hold_everything_is_not_taken_for_it(tmp_path: Path) -> None:
    """Part of the store was in the file that is gone: nothing is put in its place, and the log stays."""
    path, log = tmp_path / "records.db", tmp_path / "records.db-wal"
    store = Records.open(path)
    store.add(NewRecord("lesson", RULES[0], AGENT))
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.add(NewRecord("lesson", RULES[1], AGENT))
    kept = log.read_bytes()
    store.close()
    path.unlink()
    log.write_bytes(kept)
    with pytest.raises(StoreError, match="no whole copy"):
        restore(path)
    assert log.read_bytes() == kept


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
    assert "memoryd records restore" in refused.value.next_step


def test_a_missing_store_comes_back_from_the_newest_copy(path: Path) -> None:
    """What is in no copy is said to be lost, and that nobody can say what it was."""
    path.unlink()
    done = restore(path)
    assert (done.source, done.entries, done.records, done.aside) == ("records-0000000005.db", 5, 5, "")
    assert [told.startswith("what else was recorded after") for told in done.lost] == [True]
    assert _texts(path) == set(RULES[:5])
    assert path.stat().st_mode & 0o777 == 0o600
    assert not list(path.parent.glob("restoring*"))


def test_damage_of_an_index_loses_nothing(path: Path) -> None:
    """Rows that can all be read are taken from the damaged file itself; it is kept beside."""
    _damage(path, "record_by_status")
    with pytest.raises(DamagedStore), closing(Records.open(path)) as store:
        store.need_whole()
    done = restore(path)
    assert (done.source, done.entries, done.lost) == (path.name, 6, ())
    assert _texts(path) == set(RULES)
    assert (path.parent / done.aside).exists()


def test_damage_of_rows_names_what_is_lost(path: Path) -> None:
    """The newest copy takes the place; the later entries of the audit, which can still be read, say what went."""
    _damage(path, "record")
    done = restore(path)
    assert done.entries == 5
    assert len(done.lost) == 2
    assert done.lost[0].startswith("lost: 1 added record, between ")
    assert "(entries 6 to 6 of the audit)" in done.lost[0]
    assert "agent:assistant add" in done.lost[1]
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
    assert (error.value.where, "memoryd records restore" in error.value.next_step) == (str(path), True)


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


def test_a_whole_store_is_not_restored(path: Path) -> None:
    """Going back to a copy would drop what was recorded since."""
    with pytest.raises(UsageError, match="nothing to restore"):
        restore(path)
    assert _texts(path) == set(RULES)


def test_undo_puts_the_damaged_file_back_and_restore_what_was_recorded_since(path: Path) -> None:
    """Byte for byte; what was written between the two is in the copy that the next restore takes."""
    _damage(path, "record")
    damaged = path.read_bytes()
    restore(path)
    with closing(Records.open(path)) as store:
        store.add(NewRecord("note", "Written after the restore", AGENT))
        store.add(NewRecord("note", "And another", AGENT))
    done = undo(path)
    assert path.read_bytes() == damaged
    assert (path.parent / done.aside).exists()
    with pytest.raises(UsageError, match="nothing to undo"):
        undo(path)
    assert restore(path).source == done.aside
    assert _texts(path) == {*RULES[:5], "Written after the restore", "And another"}


@pytest.mark.parametrize("left", ["records.db.damaged-17", "records.db.undone-17", "records.db.layout1.bak"])
def test_a_file_that_was_put_aside_says_that_there_were_records(tmp_path: Path, left: str) -> None:
    """Also where no snapshot was ever taken."""
    path = tmp_path / "records.db"
    (tmp_path / left).write_bytes(b"something")
    with pytest.raises(DamagedStore, match="is missing"):
        Records.open(path)
    assert not path.exists()


# Ends the process before its Nth change of a file name; the last argument says what it does.
KILLED = """
import os, signal, sys
from pathlib import Path
from memoryd.store.records import restore
left = int(sys.argv[2])
def counted(call):
    def counting(*args, **more):
        global left
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return call(*args, **more)
    return counting
for name in ("replace", "unlink", "rename", "fsync", "rmdir"):
    setattr(os, name, counted(getattr(os, name)))
getattr(restore, sys.argv[3])(Path(sys.argv[1]))
"""


def _killed(path: Path, after: int, step: str = "restore") -> bool:
    """Whether the step was killed, so that there may be more to try."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(path), str(after), step], stderr=subprocess.PIPE)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


def _refusal(path: Path) -> str | None:
    """The next step for whoever opens the store, None where it opens."""
    try:
        Records.open(path).close()
    except StoreError as error:
        return error.next_step
    return None


def _missing(path: Path) -> None:
    path.unlink()


def _index_damaged(path: Path) -> None:
    """All rows can be read, and no copy has any."""
    shutil.rmtree(snapshots.folder_of(path))
    _damage(path, "record_by_status")


def _rows_damaged(path: Path) -> None:
    _damage(path, "record")


@pytest.mark.parametrize(
    ("damage", "expected"), [(_missing, RULES[:5]), (_index_damaged, RULES), (_rows_damaged, RULES[:5])]
)
def test_a_restore_that_is_killed_between_any_two_steps_is_finished_by_the_next(
    path: Path, tmp_path: Path, damage: Callable[[Path], None], expected: Sequence[str]
) -> None:
    """Until then nobody begins a new store in the place, and all that can be had is had."""
    damage(path)
    for after in itertools.count():
        tried = tmp_path / f"try{after}" / "records.db"
        shutil.copytree(
            tmp_path, tried.parent, ignore=lambda _, names: [n for n in names if n.startswith("try")]
        )
        was_killed = _killed(tried, after)
        refused = _refusal(tried)
        assert refused is None or "memoryd records restore" in refused
        with contextlib.suppress(UsageError):  # it was done already
            restore(tried)
        assert _texts(tried) == set(expected), after
        assert not list(tried.parent.glob("re*ing*")), after
        if not was_killed:
            break
    assert after > 5


def test_an_undo_that_is_killed_between_any_two_steps_is_finished_by_the_next(
    path: Path, tmp_path: Path
) -> None:
    """The whole store is never gone: it is in the place, or aside and found by the next restore."""
    _damage(path, "record")
    restore(path)
    for after in itertools.count():
        tried = tmp_path / f"try{after}" / "records.db"
        shutil.copytree(
            tmp_path, tried.parent, ignore=lambda _, names: [n for n in names if n.startswith("try")]
        )
        was_killed = _killed(tried, after, "undo")
        with contextlib.suppress(UsageError):
            undo(tried)
        with pytest.raises(DamagedStore), closing(Records.open(tried)) as store:
            store.need_whole()
        restore(tried)
        assert _texts(tried) == set(RULES[:5]), after
        if not was_killed:
            break
    assert after > 3
