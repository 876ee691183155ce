"""Nothing of a repository may stop the service: what costs too much is left out, said, and the rest is found.

A library in C that does not come back is played by one call that counts for years; the daemon's children meet it at
files that ask for it.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from daemon_harness import REPOSITORY, Client, StartDaemon, git, small_project, until

from memoryd.daemon.projects.registry import key_of
from memoryd.store.sqlite import connect

# What happens in the daemon's children: HOW is what a unit that speaks of "hopeless" does.
_TRICK = """
import os, sys, signal, time
if sys.argv[:1] == ["-m"] and any(m in sys.orig_argv for m in ("memoryd.ingest", "memoryd.ingest.change")):
    def act():
        with open(os.environ["MET"], "a") as met:
            met.write("x")
        how = os.environ["HOW"]
        if how == "cpu":
            sum(range(10**15))
        elif how == "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        elif how == "raise":
            raise RecursionError("too deep")

    def spoil(module, name, is_hopeless):
        real = getattr(module, name)
        def spoiled(*values, **more):
            if is_hopeless(*values):
                act()
            return real(*values, **more)
        setattr(module, name, spoiled)

    import importlib.abc, importlib.machinery
    class Finder(importlib.abc.MetaPathFinder):
        WHAT = {
            "memoryd.ingest.link.edges": ("link_file", lambda evaluator, path, *more: "hopeless" in path),
            "indexers.history.rationale": ("notes", lambda commit, *more: "hopeless" in commit.subject),
            "indexers.history.dependencies": ("packages", lambda path, data, *more: b"hopeless" in data),
            "indexers.registry": ("language_of", lambda path, data: path.startswith("unread")),
            "indexers.history.diff": ("compare", lambda old, new: b"hopeless" in new),
        }
        def find_spec(self, name, path, target=None):
            if name not in self.WHAT:
                return None
            spec = importlib.machinery.PathFinder.find_spec(name, path)
            run = spec.loader.exec_module
            def exec_module(module):
                run(module)
                spoil(module, *self.WHAT[name])
            spec.loader.exec_module = exec_module
            return spec
    sys.meta_path.insert(0, Finder())
"""
_QUICK = ("--index-unit-cpu-s", "1")


class Tricks:
    """The variables of a daemon whose children stumble over hopeless units."""

    def __init__(self, place: Path) -> None:
        (place / "code").mkdir()
        (place / "code" / "sitecustomize.py").write_text(_TRICK)
        self.met = place / "met"
        self.met.touch()

    def variables(self, how: str) -> dict[str, str]:
        return {"PYTHONPATH": f"{self.met.parent / 'code'}:{REPOSITORY}", "HOW": how, "MET": str(self.met)}

    @property
    def times(self) -> int:
        return len(self.met.read_text())


@pytest.fixture
def tricks(tmp_path: Path) -> Tricks:
    return Tricks(tmp_path)


def _project(root: Path, **files: str) -> Path:
    small_project(root)
    for name, text in files.items():
        (root / name.replace("_dot_", ".")).write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-qm", "Add more")
    return root


@pytest.mark.parametrize("how", ["cpu", "crash", "raise"])
def test_a_file_that_cannot_be_linked_is_left_out(
    start: StartDaemon, tricks: Tricks, tmp_path: Path, how: str
) -> None:
    """Two processes end at the file, inside C code or out; then the run ends well, all else is found and linked, and
    answers, `status` and `doctor` say what is missing."""
    root = _project(
        tmp_path / "p",
        hopeless_dot_py="from cookies import sign_cookie\n\n\ndef lost():\n    return sign_cookie(1, 2)\n",
    )
    daemon = start(*_QUICK, **tricks.variables(how)).ready()
    with Client(daemon.paths) as client:
        up = client.json("up", path=str(root))
        assert up["files"] == 3, up
        assert tricks.times == 2
        found = client.json("refs", project=str(root), target="sign_cookie")
        assert {use["path"] for use in found["references"]} == {"app.py"}
        assert found["freshness"]["left_out"] == 1
        assert client.json("symbol", project=str(root), name="lost")["definition"]["path"] == "hopeless.py"
        status = client.json("status", project=str(root))
        assert [(item["path"], item["phase"]) for item in status["left_out"]] == [("hopeless.py", "link")]
        checks = {
            check["name"]: check["state"] for check in client.json("doctor", project=str(root))["checks"]
        }
        assert checks["left out"] == "warn"
        client.json("index", path=str(root))
        assert tricks.times == 2, "it is not tried again and again"


def test_the_tries_outlive_the_daemon(start: StartDaemon, tricks: Tricks, tmp_path: Path) -> None:
    """One try in the life of one daemon, and the next in that of another, are two."""
    root = _project(tmp_path / "p", hopeless_dot_py="def lost():\n    return 1\n")
    daemon = start(*_QUICK, **tricks.variables("crash")).ready()
    with Client(daemon.paths) as client:
        client.post("up", {"path": str(root)})
        index = daemon.paths.project_dir(key_of(root)) / "index.db"
        until(lambda: _tries(index) == [1], "the first try is noted")
        daemon.end(9)
    before = tricks.times
    second = start(*_QUICK, **tricks.variables("crash")).ready()
    with Client(second.paths) as client:
        client.json("up", path=str(root))
    assert tricks.times - before <= 2
    assert _tries(index) == [2]


def _tries(index: Path) -> list[int]:
    if not index.exists():
        return []
    with contextlib.closing(connect(index, readonly=True)) as conn:
        if not conn.execute("SELECT 1 FROM sqlite_master WHERE name = 'left_out'").fetchone():
            return []
        return [tries for (tries,) in conn.execute("SELECT tries FROM left_out")]


@pytest.mark.parametrize(
    ("files", "message", "phase"),
    [
        ({"a_dot_py": "A = 1\n"}, "A hopeless message", "commit"),
        ({"package_dot_json": '{"dependencies": {"hopeless": "1"}}'}, "Depend on it", "dependencies"),
    ],
)
def test_history_goes_on_without_what_costs_too_much(
    start: StartDaemon, tricks: Tricks, tmp_path: Path, files: dict[str, str], message: str, phase: str
) -> None:
    """A commit keeps its place and its changes without its message; a manifest counts as empty."""
    root = _project(tmp_path / "p", package_dot_json='{"dependencies": {}}')
    for name, text in files.items():
        (root / name.replace("_dot_", ".")).write_text(text)
    git(root, "add", "-A")
    git(root, "commit", "-qm", message)
    daemon = start(*_QUICK, **tricks.variables("cpu")).ready()
    with Client(daemon.paths) as client:
        assert client.json("up", path=str(root))["commits"] == 4
        assert tricks.times == 2
        status = client.json("status", project=str(root))
        assert [item["phase"] for item in status["left_out"]] == [phase]
        assert len(client.json("history", project=str(root), query="app.py")["commits"]) == 2


def test_a_file_that_cannot_be_looked_into_is_skipped(
    start: StartDaemon, tricks: Tricks, tmp_path: Path
) -> None:
    """Where telling its language already costs too much, a file is in the list of skipped ones, with the reason."""
    root = _project(tmp_path / "p", unread_dot_py="A = 1\n")
    daemon = start(*_QUICK, **tricks.variables("cpu")).ready()
    with Client(daemon.paths) as client:
        assert client.json("up", path=str(root))["files"] == 2
        (skipped,) = client.json("status", project=str(root))["skipped"]
    assert (skipped["path"], skipped["reason"]) == ("unread.py", "quarantined")
    assert "processor time" in skipped["detail"]


def test_a_change_that_cannot_be_compared_is_a_plain_error(
    start: StartDaemon, tricks: Tricks, tmp_path: Path
) -> None:
    """`check` ends with the path that costs too much and with what to do; the next check is answered."""
    root = _project(tmp_path / "p", a_dot_py="A = 1\n")
    daemon = start(*_QUICK, **tricks.variables("cpu")).ready()
    with Client(daemon.paths) as client:
        client.json("up", path=str(root))
        (root / "a.py").write_text("HOPELESS = 'hopeless'\n")
        refused = client.error("check", project=str(root))
        assert refused["where"] == "a.py"
        assert "processor time" in refused["what"]
        assert tricks.times == 1
        (root / "a.py").write_text("A = 2\n")
        assert client.json("check", project=str(root))["verdict"] == "OK"
