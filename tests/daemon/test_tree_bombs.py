"""A commit whose tree has no end to speak of, cloned like any other: git is bounded, the rest of history is read."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from daemon_harness import alive, children, until
from tree_bombs import bombed

from memoryd.ingest.change.change import ChangeRequest, read_change
from memoryd.ingest.git import costly, limits
from memoryd.ingest.git.costly import CostlyCommits
from memoryd.ingest.git.process import GitCommand, GitTooCostly
from memoryd.ingest.git.repository import Git
from memoryd.ingest.parse.pool import ParsePool, PoolLimits

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only there git has limits from outside")


def _opened(root: Path) -> Git:
    git = Git.open(root)
    assert git is not None
    return git


@pytest.mark.parametrize("of_files", [True, False])
def test_a_tree_without_end_costs_its_own_changes_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of_files: bool
) -> None:
    """The commit and the one that takes it back are told without their changes; those before and after whole."""
    monkeypatch.setattr(costly, "SUSPICIOUS_CPU_S", 1)
    bomb, mended = bombed(tmp_path / "r", of_files=of_files)
    git, found = _opened(tmp_path / "r"), CostlyCommits()
    told = list(git.log(git.head().sha, costly=found))
    assert [(commit.subject, len(commit.changes)) for commit in told] == [
        ("before", 1),
        ("bomb", 0),
        ("unbomb", 0),
        ("after", 1),
    ]
    assert set(found.found) == {bomb, mended}
    assert all("more than 1,000,000 files" in why for why in found.found.values())
    known = CostlyCommits(frozenset(found.found))
    assert list(git.log(git.head().sha, costly=known)) == told
    assert known.lost_s == 0, "what is known is not tried again"


def test_a_commit_without_end_is_refused_whoever_asks(tmp_path: Path) -> None:
    """Its files, what it changed, and what was staged against it; what is asked of commits around it is answered."""
    bomb, mended = bombed(tmp_path / "r")
    git = _opened(tmp_path / "r")
    with pytest.raises(GitTooCostly, match="more than 1,000,000 files"):
        git.ls_tree(bomb)
    pool = ParsePool(PoolLimits(workers=1, file_wall_s=10.0))
    try:
        for named in (bomb, mended, f"{bomb}^..{bomb}"):
            with pytest.raises(GitTooCostly, match="more than 1,000,000 files"):
                read_change(ChangeRequest(str(tmp_path / "r"), range=named), pool)
    finally:
        pool.close()
    assert [commit.subject for commit in git.commits([git.head().sha, bomb, "f" * 40])] == ["after"]
    (tmp_path / "r/.git/refs/heads/main").write_text(f"{bomb}\n")
    with pytest.raises(GitTooCostly):
        git.staged()


def test_when_much_was_lost_history_ends_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A history of nothing but such commits takes a bounded time."""
    monkeypatch.setattr(costly, "SUSPICIOUS_CPU_S", 1)
    monkeypatch.setattr(costly, "MOST_LOST_S", 0)
    bombed(tmp_path / "r")
    git, found = _opened(tmp_path / "r"), CostlyCommits()
    told = list(git.log(git.head().sha, costly=found))
    assert [commit.subject for commit in told] == ["before"]
    assert found.last == told[-1].sha


def test_git_gets_no_more_memory_than_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernel refuses it more, and the error says how much it had."""
    monkeypatch.setattr(limits, "MOST_DATA_BYTES", 64 * 1024 * 1024)
    bomb, _ = bombed(tmp_path / "r")
    with pytest.raises(GitTooCostly, match="64 MiB of memory"):
        _opened(tmp_path / "r").between("", bomb)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss > 0


_ORPHANS = """
import sys
from pathlib import Path
from memoryd.ingest.git.process import GitCommand
from memoryd.ingest.git.repository import Git
git = Git.open(Path(sys.argv[1]))
git._runner.output(GitCommand("diff-tree", ("-r", sys.argv[2] + "^", sys.argv[2]), silent_cpu_s=1))
"""


def test_a_git_whose_starter_was_killed_ends(tmp_path: Path) -> None:
    """No one is there to end it: the kernel does, for the processor time that it takes."""
    bomb, _ = bombed(tmp_path / "r", of_files=False)
    code = [sys.executable, "-c", _ORPHANS, str(tmp_path / "r"), bomb]
    starter = subprocess.Popen(code, env={**os.environ, "MEMORYD_HOME": str(tmp_path / "home")})
    until(lambda: _limited(starter.pid), "git runs, and has its limits")
    (git,) = children(starter.pid)
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    until(lambda: not alive(git), "it has ended")


def _limited(pid: int) -> bool:
    return any(resource.prlimit(child, resource.RLIMIT_CPU)[0] == 1 for child in children(pid))


def test_a_git_that_goes_on_answering_has_all_the_time_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its limit is of processor time between two answers, not of the whole."""
    monkeypatch.setattr(limits, "_RENEWED_EVERY_S", 0.0)
    bomb, _ = bombed(tmp_path / "r")
    call = GitCommand("ls-tree", ("-r", "-t", bomb), endless=True, silent_cpu_s=1)
    before, read = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime, 0
    stream = _opened(tmp_path / "r")._runner.stream(call)
    while read < 1_000_000_000:
        read += len(next(stream))
    stream.close()
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before > 1.0
