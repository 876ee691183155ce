"""What cost too much is left out by its content, for as long as the reason holds."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

import pytest
from projects import Repository, run_index

from memoryd.ingest.job import IndexJob, IndexSummary
from memoryd.ingest.parse.pool import DEATH_S, ParsePool, PoolLimits
from memoryd.ingest.parse.worker import ParseJob
from memoryd.ingest.pipeline import index
from memoryd.ingest.units import LOST_S, MUCH_LOST_S, Ended, Unit, UnitNote, Units, patience
from memoryd.store.index.queries.state.left_out_queries import AGAIN_S, RECENT_S
from memoryd.store.index.writer import IndexWriter
from memoryd.store.sqlite import connect

CRAFTED = "}\n" * 30_000  # quadratic for the grammar of Lua


@contextmanager
def _pool(file_wall_s: float) -> Iterator[ParsePool]:
    pool = ParsePool(PoolLimits(workers=1, file_wall_s=file_wall_s))
    try:
        yield pool
    finally:
        pool.close()


def _change(store: Path, statement: str, *values: object) -> None:
    with closing(connect(store / "index.db")) as conn:
        conn.execute(statement, values)


def _left_out(store: Path) -> list[tuple[str, int]]:
    with closing(connect(store / "index.db", readonly=True)) as conn:
        return conn.execute("SELECT phase, tries FROM left_out").fetchall()


def test_what_was_given_up_in_a_hurry_is_tried_again(tmp_path: Path, pool: ParsePool) -> None:
    """A file that had no time on a busy machine stays out for hours, not for ever; then it is parsed."""
    repo, store = Repository(tmp_path / "repo"), tmp_path / "store"
    repo.commit("one", a_dot_py="x = 1\n")
    with _pool(0.0) as hasty:
        assert run_index(hasty, repo.root, store).failed == 1
    assert run_index(pool, repo.root, store).failed == 1
    _change(store, "UPDATE left_out SET at_s = at_s - ?", AGAIN_S + 1)
    summary = run_index(pool, repo.root, store)
    assert (summary.files, summary.failed, _left_out(store)) == (1, 0, [])


def test_what_takes_too_long_by_itself_stays_left_out(tmp_path: Path, pool: ParsePool) -> None:
    """A file that was over the limit of its own processor time would be so again: nobody tries until it changes, or
    the readers do."""
    repo, store = Repository(tmp_path / "repo"), tmp_path / "store"
    repo.commit("one", a_dot_lua=CRAFTED, b_dot_py="x = 1\n")
    assert run_index(pool, repo.root, store).failed == 1
    _change(store, "UPDATE left_out SET at_s = 0")
    with _pool(1000.0) as patient:  # who tried would parse it
        assert (run_index(patient, repo.root, store).failed, _left_out(store)) == (1, [("parse", 2)])
    _change(store, "UPDATE meta SET value = '0' WHERE key = 'extractor'")
    with _pool(0.0) as hasty:
        run_index(hasty, repo.root, store)
    assert len(_left_out(store)) == 2, "both were tried anew"


def test_a_project_that_lost_much_is_less_patient(tmp_path: Path, pool: ParsePool) -> None:
    """What was lost in the last hour counts, whichever run lost it; what is given up for it may be tried again."""
    assert (patience(0), patience(LOST_S + 1), patience(MUCH_LOST_S + 1)) == (1.0, 0.25, 0.1)
    repo, store = Repository(tmp_path / "repo"), tmp_path / "store"
    repo.commit("one", b_dot_py="x = 1\n")
    run_index(pool, repo.root, store)
    row = "INSERT INTO left_out VALUES ('parse', 'x:lua', '', 2, '', 1, ?, strftime('%s') - ?)"
    _change(store, row, LOST_S + 1, 0)
    repo.commit("two", a_dot_lua=CRAFTED)
    run_index(pool, repo.root, store)
    with closing(connect(store / "index.db", readonly=True)) as conn:
        where = "phase = 'parse' AND key <> 'x:lua'"
        assert conn.execute(f"SELECT stays, lost_s < 1 FROM left_out WHERE {where}").fetchall() == [(0, 1)]
    _change(store, "UPDATE left_out SET at_s = at_s - ?", max(RECENT_S, AGAIN_S) + 1)
    run_index(pool, repo.root, store)
    with closing(connect(store / "index.db", readonly=True)) as conn:
        assert conn.execute(f"SELECT stays, lost_s > 2 FROM left_out WHERE {where}").fetchall() == [(1, 1)]


def test_crafted_files_together_take_a_bounded_time() -> None:
    """The limits of 200 files for which a grammar is quadratic add up to minutes, not to a quarter of an hour."""
    limits, lost_s = PoolLimits(workers=1), 0.0
    for _ in range(200):
        lost_s += limits.cpu_s(60_000, lost_s)
    assert lost_s < 180


# -- units


def _run_with(store: Path, root: Path, pool: ParsePool, ended: Ended | None) -> IndexSummary:
    store.mkdir(exist_ok=True)
    job = IndexJob(root=root, index=store / "index.db", ended=ended)
    return index(job, pool, None, lambda *_: None, Event())


def _blob(repo: Repository, path: str) -> str:
    return repo.git("rev-parse", f"HEAD:{path}")


def test_two_ends_at_a_file_leave_its_links_out(tmp_path: Path, pool: ParsePool) -> None:
    """After the first it is tried again; after the second it has no edges, and its references count as unresolved.
    When its content changes, or after some hours, it is linked."""
    repo, store = Repository(tmp_path / "repo"), tmp_path / "store"
    repo.commit("one", a_dot_py="def f():\n    pass\n", b_dot_py="from a import f\n\nf()\n")
    unit = Unit("link", _blob(repo, "b.py"), "b.py", 20.0)
    assert _run_with(store, repo.root, pool, Ended(unit, "crashed", "signal 11")).edges > 0
    _change(store, "UPDATE view_file SET link_id = NULL")
    summary = _run_with(store, repo.root, pool, Ended(unit, "crashed", "signal 11"))
    assert (summary.edges, _left_out(store)) == (0, [("link", 2)])
    with closing(connect(store / "index.db", readonly=True)) as conn:
        assert conn.execute("SELECT sum(unresolved) FROM link").fetchone()[0] > 0
    _change(store, "UPDATE left_out SET at_s = at_s - ?", AGAIN_S + 1)
    assert (_run_with(store, repo.root, pool, None).edges > 0, _left_out(store)) == (True, [])


def test_another_content_is_another_unit(tmp_path: Path, pool: ParsePool) -> None:
    """What is left out is a content, not a path: the corrected file is linked at once."""
    repo, store = Repository(tmp_path / "repo"), tmp_path / "store"
    repo.commit("one", a_dot_py="def f():\n    pass\n", b_dot_py="from a import f\n\nf()\n")
    for _ in range(2):
        _run_with(store, repo.root, pool, Ended(Unit("link", _blob(repo, "b.py"), "b.py"), "cpu"))
    repo.commit("two", b_dot_py="from a import f\n\nf(1)\n")
    assert _run_with(store, repo.root, pool, None).edges > 0


def test_another_linker_tries_all_links_again(tmp_path: Path) -> None:
    """What the linker could not do is forgotten with its version, what the readers could not is not."""
    store = tmp_path / "index.db"
    with closing(IndexWriter(store).conn) as conn:
        for phase in ("link", "workspace", "parse"):
            conn.execute("INSERT INTO left_out VALUES (?, 'k', '', 2, '', 1, 0, 0)", (phase,))
    writer = IndexWriter(store)
    writer.forget_links()
    writer.close()
    assert _left_out(tmp_path) == [("parse", 2)]


_WORK = """
import sys, time
from memoryd.ingest.units import UnitNote, Units
units = Units(UnitNote(int(sys.argv[1])), cpu_s=0.2)
with units.at("link", "outer", "o.py"):
    with units.at("workspace", "inner", "i.toml"):
        pass
    if sys.argv[2] == "outer":
        sum(range(10**15))
units.end()
if sys.argv[2] == "sleep":
    with units.at("link", "asleep"):
        time.sleep(1)
units.end()
deadline = time.process_time() + 1
while time.process_time() < deadline:
    pass
"""


@pytest.mark.parametrize(
    ("what", "code", "at"),
    [("outer", -signal.SIGPROF, Unit("link", "outer", "o.py", 0.2)), ("sleep", 0, None), ("none", 0, None)],
)
def test_the_kernel_ends_a_process_whose_unit_takes_too_long(what: str, code: int, at: Unit | None) -> None:
    """Also inside one call of C; the note says at what. Time that is not the processor's, or that passes between
    units, counts for none."""
    note = UnitNote.new()
    try:
        done = subprocess.run(
            [sys.executable, "-c", _WORK, str(note.descriptor), what],
            pass_fds=(note.descriptor,),
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            timeout=100,
            check=False,
        )
        assert (done.returncode, note.read()) == (code, at)
    finally:
        note.close()


def test_a_note_holds_any_path() -> None:
    """Names that are no UTF-8, or longer than any system allows, neither fail nor spoil the note."""
    note = UnitNote.new()
    try:
        for path in ("caf\udce9.py", "x" * 100_000, "é" * 1_000, ""):
            units = Units()
            with units.at("link", "k" * 64, path):
                note.write(units.working_on)
            found = note.read()
            assert found is not None
            units.left_out = {found.name: "too costly"}
            assert units.leaves_out("link", "k" * 64, path)
        note.write(None)
        assert note.read() is None
    finally:
        note.close()


def test_a_file_that_kills_its_worker_costs_two_of_them_and_in_a_hurry_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A parser that crashes takes no time by itself, but each new worker does: that is counted as lost."""
    crash = (
        "import os, sys\nif 'memoryd.ingest.parse.worker' in sys.orig_argv:\n    os.kill(os.getpid(), 11)\n"
    )
    (tmp_path / "sitecustomize.py").write_text(crash)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *sys.path]))
    job = ParseJob("a.py", "python", b"x = 1\n")
    with _pool(10.0) as own:
        (patient,) = own.run([job])
        (hurried,) = own.run([job], LOST_S + 1)
    assert [(o.reason, o.stays) for o in (patient, hurried)] == [("crashed", False)] * 2
    assert (patient.lost_s, hurried.lost_s) == (2 * DEATH_S, DEATH_S)
