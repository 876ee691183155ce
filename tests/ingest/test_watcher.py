"""The watcher names what changed, or says that it cannot; it never stays silent about a change."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest
from projects import Repository

from memoryd.ingest.git.repository import Git
from memoryd.ingest.watch.debounce import PATHS_LIMIT, PendingPaths
from memoryd.ingest.watch.mounts import sends_no_events
from memoryd.ingest.watch.visibility import Visibility
from memoryd.ingest.watch.watcher import Watcher, WatchSettings

_QUICK = WatchSettings(quiet_s=0.05, max_delay_s=0.4, polling_s=0.1, mode="native")
_WAIT_S = 10.0


class Ear:
    """A watcher and what it reported."""

    def __init__(self, root: Path, settings: WatchSettings = _QUICK) -> None:
        self.root = root
        self.heard: Queue[frozenset[str] | str] = Queue()
        self.rules = Visibility(root, Git.open(root))
        self.watcher = Watcher(root, self.hidden, self.heard.put, self.on_rescan, settings)

    def hidden(self, paths: object) -> frozenset[str]:
        return self.rules.hidden(paths)  # type: ignore[arg-type]

    def on_rescan(self, reason: str) -> None:
        self.rules = Visibility(self.root, Git.open(self.root))
        self.heard.put(reason)

    def until(self, enough: Callable[[set[str], list[str]], bool]) -> tuple[set[str], list[str]]:
        """Collect reports until ``enough(paths, reasons)``; fails the test when that never comes."""
        paths: set[str] = set()
        reasons: list[str] = []
        end = time.monotonic() + _WAIT_S
        while not enough(paths, reasons):
            try:
                report = self.heard.get(timeout=max(0.0, end - time.monotonic()))
            except Empty:
                pytest.fail(f"heard only {sorted(paths)[:20]} and {reasons}")
            if isinstance(report, str):
                reasons.append(report)
            else:
                paths |= report
        return paths, reasons

    def paths(self, *wanted: str) -> set[str]:
        return self.until(lambda paths, _reasons: paths >= set(wanted))[0]

    def reason(self, wanted: str) -> None:
        self.until(lambda _paths, reasons: wanted in reasons)

    def quiet(self, seconds: float = 0.3) -> list[object]:
        time.sleep(seconds)
        return list(self.heard.queue)


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repo")
    made.write("src/a.py", "a = 1\n")
    made.write(".gitignore", "build/\n*.log\n")
    made.git("add", "-A")
    made.git("commit", "-q", "-m", "start")
    return made


@pytest.fixture
def ear(repo: Repository) -> Iterator[Ear]:
    listening = Ear(repo.root)
    listening.watcher.start()
    yield listening
    listening.watcher.stop()


def test_saved_created_moved_and_deleted_files_are_named(repo: Repository, ear: Ear) -> None:
    """Every way a file can change names its path, the old and the new one for a move."""
    repo.write("src/a.py", "a = 2\n")
    assert ear.paths("src/a.py") == {"src/a.py"}
    (repo.root / "src/a.py").rename(repo.root / "src/b.py")
    assert ear.paths("src/a.py", "src/b.py") == {"src/a.py", "src/b.py"}
    (repo.root / "src/b.py").unlink()
    assert ear.paths("src/b.py") == {"src/b.py"}


def test_an_editor_that_replaces_the_file_is_one_report(repo: Repository, ear: Ear) -> None:
    """Write aside and rename over, as editors do: the file's path is in the report."""
    repo.write("src/.a.py.tmp", "a = 3\n")
    (repo.root / "src/.a.py.tmp").replace(repo.root / "src/a.py")
    assert "src/a.py" in ear.paths("src/a.py")


def test_files_made_inside_a_new_folder_are_covered(repo: Repository, ear: Ear) -> None:
    """A folder made and filled before it could be watched is reported itself; later changes name the file."""
    repo.write("new/deep/deeper/c.py", "c = 1\n")
    assert "new" in ear.paths("new")
    time.sleep(0.2)
    repo.write("new/deep/deeper/c.py", "c = 2\n")
    assert "new/deep/deeper/c.py" in ear.paths("new/deep/deeper/c.py")


def test_a_folder_that_moves_is_watched_at_its_new_place_only(
    repo: Repository, ear: Ear, tmp_path: Path
) -> None:
    """Moved inside: named by its new path. Moved out: silence."""
    (repo.root / "src").rename(repo.root / "lib")
    ear.paths("src", "lib")
    repo.write("lib/a.py", "a = 4\n")
    assert ear.paths("lib/a.py") == {"lib/a.py"}
    (repo.root / "lib").rename(tmp_path / "outside")
    ear.paths("lib")
    (tmp_path / "outside/a.py").write_text("a = 5\n")
    assert ear.quiet() == []


def test_ignored_files_and_folders_are_silent(repo: Repository, ear: Ear) -> None:
    """Build output neither reports nor costs watches; a secret file is not even named."""
    for index in range(20):
        repo.write(f"build/{index}/out.py", "x\n")
    repo.write("debug.log", "x\n")
    repo.write(".env", "X=1\n")
    repo.write("node_modules/m/index.js", "x\n")
    assert ear.quiet() == []
    assert not [path for path in ear.watcher._native._watches if path.startswith(("build", "node_modules"))]  # type: ignore[union-attr]


def test_a_changed_ignore_file_means_look_again_and_watch_by_the_new_rules(
    repo: Repository, ear: Ear
) -> None:
    """What was ignored is watched once the rules let it in."""
    repo.write("build/gen.py", "g = 1\n")
    assert ear.quiet() == []
    repo.write(".gitignore", "*.log\n")
    ear.reason("ignore-rules")
    time.sleep(0.2)
    repo.write("build/gen.py", "g = 2\n")
    assert ear.paths("build/gen.py") == {"build/gen.py"}


def test_commits_branches_and_checkouts_are_noticed(repo: Repository, ear: Ear) -> None:
    """git's own moves are a rescan, on branches with a slash in their name too."""
    repo.git("commit", "-q", "--allow-empty", "-m", "two")
    ear.reason("git")
    repo.git("checkout", "-q", "-b", "topic/one")
    ear.reason("git")
    ear.quiet()
    while not ear.heard.empty():
        ear.heard.get()
    repo.git("update-ref", "refs/heads/topic/one", "HEAD~1")
    ear.reason("git")


def test_a_linked_worktree_hears_its_own_head(repo: Repository, tmp_path: Path) -> None:
    """HEAD of a linked worktree lies in the main repository; its commits are noticed all the same."""
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    ear = Ear(tmp_path / "linked")
    ear.watcher.start()
    try:
        repo.git("-C", str(tmp_path / "linked"), "commit", "-q", "--allow-empty", "-m", "there")
        ear.reason("git")
    finally:
        ear.watcher.stop()


def test_links_are_not_followed(repo: Repository, ear: Ear, tmp_path: Path) -> None:
    """A link to a folder outside is one path; what happens behind it is not seen."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (repo.root / "link").symlink_to(outside)
    ear.paths("link")
    (outside / "secret.py").write_text("s = 1\n")
    assert ear.quiet() == []


def test_a_lost_event_queue_means_rescan_and_the_watch_goes_on(repo: Repository, ear: Ear) -> None:
    """The kernel's real overflow: reported, and changes afterwards are named again."""
    native = ear.watcher._native
    assert native is not None
    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    with native._lock:  # the reader waits, the kernel's queue fills
        for index in range(limit + 5000):
            os.close(os.open(repo.root / "src" / f"f{index % 2}", os.O_CREAT | os.O_WRONLY))
    ear.reason("overflow")
    time.sleep(0.3)
    repo.write("src/a.py", "a = 9\n")
    assert "src/a.py" in ear.paths("src/a.py")


def test_at_the_watch_limit_it_polls_and_says_what_to_do(tmp_path: Path) -> None:
    """Without enough watches nothing is lost: polling, and the setting to raise is named."""
    script = f"""
import sys, time
from pathlib import Path
Path("/proc/sys/user/max_inotify_watches").write_text("3")
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from memoryd.ingest.watch.watcher import Watcher, WatchSettings
root, heard = Path(sys.argv[1]), []
for i in range(9):
    (root / f"d{{i}}").mkdir()
watcher = Watcher(root, lambda paths: (), heard.append, heard.append, WatchSettings(0.05, 0.2, 0.1))
watcher.start()
(root / "d7" / "x.py").write_text("x")
end = time.monotonic() + 10
while frozenset({{"d7/x.py"}}) not in heard and time.monotonic() < end:
    time.sleep(0.02)
watcher.stop()
print(watcher.mode, "|", watcher.degraded, "|", watcher.next_step, "|", heard)
"""
    (tmp_path / "root").mkdir()
    command = ["unshare", "-Ur", sys.executable, "-c", script, str(tmp_path / "root")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if "unshare" in done.stderr or "max_inotify_watches" in done.stderr:
        pytest.skip(f"no user namespaces here: {done.stderr.strip()[-100:]}")
    mode, degraded, next_step, heard = done.stdout.strip().split(" | ")
    assert mode == "polling"
    assert "limit of inotify watches" in degraded
    assert "sysctl fs.inotify.max_user_watches=" in next_step
    assert "d7/x.py" in heard


@pytest.mark.parametrize(
    ("limit", "said", "step", "other"),
    [
        (
            'Path("/proc/sys/user/max_inotify_instances").write_text("0")',
            "limit of inotify instances",
            "sysctl fs.inotify.max_user_instances=",
            "max_user_watches",
        ),
        (
            "while has_free_descriptors(): pass",
            "limit of open files",
            "ulimit -n",
            "fs.inotify",
        ),
    ],
)
def test_limits_with_one_errno_are_told_apart(
    limit: str, said: str, step: str, other: str, tmp_path: Path
) -> None:
    """EMFILE means too many inotify instances of the user, or too many open files of this process: the one that is
    reached is named, with the setting that raises it and no other."""
    script = f"""
import os, resource, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
from memoryd.ingest.watch.limits import EventsRefused
from memoryd.ingest.watch.watcher import Inotify
from watchdog.observers import inotify_c
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
held = []
def has_free_descriptors():
    try:
        held.append(os.dup(0))
    except OSError:
        return False
    return True
{limit}
try:
    Inotify(Path(sys.argv[1]), print)
except EventsRefused as refused:
    print(refused.what, "|", refused.next_step)
"""
    command = ["unshare", "-Ur", sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if "unshare" in done.stderr or "max_inotify_instances" in done.stderr:
        pytest.skip(f"no user namespaces here: {done.stderr.strip()[-100:]}")
    assert done.stdout, done.stderr
    what, next_step = done.stdout.strip().split(" | ")
    assert said in what
    assert step in next_step
    assert other not in what + next_step


def test_polling_names_the_same_changes(repo: Repository) -> None:
    """Where it polls, edits, deletions, new folders and commits are found as well."""
    ear = Ear(repo.root, WatchSettings(0.05, 0.2, 0.05, "polling"))
    ear.watcher.start()
    try:
        repo.write("src/a.py", "a = 22\n")
        repo.write("new/b.py", "b = 1\n")
        repo.write("build/c.py", "c = 1\n")
        assert ear.paths("src/a.py", "new/b.py") == {"src/a.py", "new/b.py"}
        (repo.root / "src/a.py").unlink()
        ear.paths("src/a.py")
        repo.git("commit", "-q", "--allow-empty", "-m", "two")
        ear.reason("git")
        assert ear.watcher.mode == "polling"
        assert ear.watcher.degraded == ""  # it was asked for
    finally:
        ear.watcher.stop()


def test_a_root_that_goes_away_is_said(tmp_path: Path) -> None:
    """Moved or removed: one word, no crash, and stop still works."""
    root = tmp_path / "plain"
    root.mkdir()
    ear = Ear(root)
    ear.watcher.start()
    root.rename(tmp_path / "elsewhere")
    ear.reason("root")
    assert ear.watcher.degraded
    assert "sysctl" not in ear.watcher.next_step
    ear.watcher.stop()
    ear.watcher.stop()


def test_a_storm_of_changes_waits_no_longer_than_its_limit(repo: Repository, ear: Ear) -> None:
    """Constant writing does not put a report off for ever."""
    start = time.monotonic()
    while ear.heard.empty() and time.monotonic() - start < 5:
        repo.write("src/a.py", str(time.monotonic()))
        time.sleep(0.01)
    assert time.monotonic() - start < 2.0


def test_pending_is_due_when_quiet_or_when_waited_long_enough() -> None:
    """Debounce: quiet_s after the last change, max_delay_s after the first."""
    pending = PendingPaths(quiet_s=0.3, max_delay_s=2.0)
    assert pending.wait_s(0.0) is None
    pending.path("a", 10.0)
    assert pending.wait_s(10.0) == pytest.approx(0.3)
    for tenth in range(1, 20):
        pending.path("a", 10.0 + tenth / 10)
    assert pending.wait_s(11.9) == pytest.approx(0.1)
    assert pending.take() == (frozenset({"a"}), ())
    assert pending.wait_s(12.0) is None


def test_too_many_paths_become_one_rescan() -> None:
    """A branch switch of a huge tree is one look at everything, in bounded memory."""
    pending = PendingPaths(0.3, 2.0)
    for index in range(PATHS_LIMIT + 1):
        pending.path(str(index), 0.0)
    assert pending.take() == (frozenset(), ("storm",))


def test_file_systems_that_report_nothing_are_known(tmp_path: Path) -> None:
    """The mount that covers the root decides, not one beside it."""
    table = tmp_path / "mountinfo"
    table.write_text(
        "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
        "2 1 0:3 / /mnt/c rw - 9p C: rw\n"
        "3 1 0:4 / /mnt/my\\040disk rw - nfs4 host:/x rw\n"
    )
    assert sends_no_events(Path("/home/ada"), table) == ""
    assert sends_no_events(Path("/mnt/cc"), table) == ""
    assert "9p" in sends_no_events(Path("/mnt/c/code"), table)
    assert "nfs4" in sends_no_events(Path("/mnt/my disk"), table)


def test_it_waits_until_a_change_is_reported(repo: Repository) -> None:
    """While a change is looked at before it is reported, it still counts as one that is to come: a question that finds
    nothing must not take that moment for silence."""
    seen: list[bool] = []
    ear = Ear(repo.root)
    ear.watcher = Watcher(
        repo.root, ear.hidden, lambda _: seen.append(ear.watcher.is_waiting), ear.on_rescan, _QUICK
    )
    ear.watcher.start()
    repo.write("src/b.py", "b = 1\n")
    end = time.monotonic() + _WAIT_S
    while not seen and time.monotonic() < end:
        time.sleep(0.01)
    ear.watcher.stop()
    assert seen[:1] == [True]
