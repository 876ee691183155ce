"""Parse workers: a file may cost its worker, never the run."""

from __future__ import annotations

import os
import signal
import threading
import time
from itertools import islice

import pytest

from memoryd.errors import MemorydError
from memoryd.ingest.parse.pool import ParsePool, PoolLimits
from memoryd.ingest.parse.worker import ParseJob
from memoryd.ingest.units import LOST_S


def _jobs(count: int) -> list[ParseJob]:
    return [ParseJob(f"a{n}.py", "python", b"def f():\n    pass\n") for n in range(count)]


def test_every_job_has_one_outcome(pool: ParsePool) -> None:
    """Each job comes back once, parsed."""
    outcomes = list(pool.run(_jobs(30)))
    assert sorted(o.job.path for o in outcomes) == sorted(j.path for j in _jobs(30))
    assert all(o.packed and o.packed.symbols[0][1] == "f" for o in outcomes)


def test_a_slow_file_is_given_up() -> None:
    """A worker that does not answer in time is killed, and its file named with `timeout`; others go on."""
    pool = ParsePool(PoolLimits(workers=1, file_wall_s=0.000_01))
    try:
        assert [o.reason for o in pool.run(_jobs(2))] == ["timeout", "timeout"]
    finally:
        pool.close()


def test_a_file_may_take_the_processor_time_that_its_size_explains() -> None:
    """A grammar is quadratic in some texts: the kernel ends the worker of a small file long before any deadline."""
    limits = PoolLimits(workers=1)
    assert limits.cpu_s(60_000, 0.0) < 2.5
    assert limits.cpu_s(2_000_000, 0.0) > 10.0
    assert limits.cpu_s(60_000, LOST_S + 1) < 0.6, "a run that has lost much is less patient"
    pool = ParsePool(limits)
    try:
        crafted = ParseJob("a.lua", "lua", b"}\n" * 30_000)
        ordinary = ParseJob("b.lua", "lua", b"local function f() return 1 end\n" * 20)
        found = {outcome.job.path: outcome for outcome in pool.run([crafted, ordinary])}
    finally:
        pool.close()
    assert (found["a.lua"].reason, found["b.lua"].reason) == ("timeout", "")
    assert "of processor time for 60000 bytes" in found["a.lua"].detail
    assert found["a.lua"].lost_s == limits.cpu_s(60_000, 0.0)


def test_a_killed_worker_costs_no_file() -> None:
    """kill -9 of a worker is not blamed on the file it had: a new worker takes it."""
    pool = ParsePool(PoolLimits(workers=1))
    try:
        run = pool.run(_jobs(40))
        next(run)
        process = pool._runners[0]._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        assert [o.reason for o in run] == [""] * 39
    finally:
        pool.close()


def test_a_fresh_worker_that_is_killed_costs_no_file_either() -> None:
    """A death in the middle of the first file of a worker is looked into by another worker before it is blamed."""
    pool = ParsePool(PoolLimits(workers=1))
    try:
        outcomes = pool.run([ParseJob("big.py", "python", b"def f(): return [g(1), h.i.j]\n" * 5_000)])
        killer = threading.Thread(target=_kill_first_worker, args=(pool,))
        killer.start()
        assert [o.reason for o in outcomes] == [""]
        killer.join()
    finally:
        pool.close()


def _kill_first_worker(pool: ParsePool) -> None:
    while not (pool._runners and pool._runners[0]._process):
        time.sleep(0.001)
    os.kill(pool._runners[0]._process.pid, signal.SIGKILL)


@pytest.mark.parametrize(
    "data", [b"(" * 200_000, b"{" * 200_000, b"def f():\n" + b" if x:\n" * 100_000, b"\xff\xfe\x00" * 9999]
)
def test_hostile_bytes_cost_at_most_their_own_file(pool: ParsePool, data: bytes) -> None:
    """Deep nesting and garbage come back as facts, or as one failure; the next file parses."""
    outcomes = list(islice(pool.run([ParseJob("bad.py", "python", data), *_jobs(1)]), 2))
    assert [o.packed is not None for o in outcomes if o.job.path == "a0.py"] == [True]


def test_an_abandoned_run_leaves_nothing_behind(pool: ParsePool) -> None:
    """Regression: outcomes of a cancelled run came up in the next one."""
    abandoned = pool.run([ParseJob(f"old{n}.py", "python", b"x = 1\n") for n in range(30)])
    next(abandoned)
    abandoned.close()
    assert {o.job.path for o in pool.run(_jobs(5))} == {f"a{n}.py" for n in range(5)}


def test_a_worker_that_died_between_runs_costs_nothing() -> None:
    """A worker found dead (killed from outside, out of memory) is replaced and its file tried again: no file is
    blamed for what happened before it."""
    pool = ParsePool(PoolLimits(workers=1))
    try:
        assert all(o.packed for o in pool.run(_jobs(1)))
        process = pool._runners[0]._process
        assert process is not None
        os.kill(process.pid, signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert all(o.packed for o in pool.run(_jobs(3)))
    finally:
        pool.close()


def test_a_worker_that_cannot_start_is_an_error_not_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a worker the run ends with a plain error; nobody waits for outcomes that will never come."""
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    pool = ParsePool(PoolLimits(workers=1))
    try:
        with pytest.raises(MemorydError, match="parse worker"):
            list(pool.run(_jobs(3)))
    finally:
        pool.close()


def test_ctrl_c_is_not_for_workers() -> None:
    """The interrupt that a terminal sends to all of a foreground daemon ends no worker, so no file is blamed."""
    pool = ParsePool(PoolLimits(workers=1))
    try:
        assert all(o.packed for o in pool.run(_jobs(1)))
        process = pool._runners[0]._process
        assert process is not None
        os.kill(process.pid, signal.SIGINT)
        assert all(o.packed for o in pool.run(_jobs(2)))
        assert pool._runners[0]._process is process
    finally:
        pool.close()
