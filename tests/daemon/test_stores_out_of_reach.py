"""Damage or a lock of one store takes nothing away that the other one knows, and every answer says what it lacks."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from daemon_harness import Client, RunningDaemon, StartDaemon

from memoryd.store.records.writer import Records

KEEPS_TO_ITSELF = """
import sqlite3, sys
conn = sqlite3.connect(sys.argv[1], isolation_level=None)
conn.execute("PRAGMA locking_mode=EXCLUSIVE")
conn.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another process keeps the database to itself."""
    other = subprocess.Popen(
        [sys.executable, "-c", KEEPS_TO_ITSELF, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdin
    assert other.stdout
    assert other.stdout.readline() == "locked\n"
    try:
        yield
    finally:
        other.stdin.close()
        other.wait()
        other.stdout.close()


class Project:
    """A project with a record, whose daemon was ended; ``asked``: what names it."""

    def __init__(self, root: Path, home: Path, start: StartDaemon) -> None:
        self.root, self.home, self.start = root, home, start
        self.asked = {"project": str(root)}
        root.mkdir()
        (root / "app.py").write_text("def respond():\n    return 'hello'\n")
        daemon = start().listening()
        with Client(daemon.paths, person=True) as person:
            person.json("up", path=str(root))
            made = person.json("record", **self.asked, kind="lesson", text="Flush first", anchors=["app.py"])
            self.id = made["record"]["id"]
        daemon.end()

    def file(self, name: str) -> Path:
        return next(self.home.glob(f"projects/*/{name}"))

    def daemon(self) -> RunningDaemon:
        return self.start().listening()


@pytest.fixture
def project(tmp_path: Path, home: Path, start: StartDaemon) -> Project:
    return Project(tmp_path / "p", home, start)


def _overwrite(file: Path, *names: str) -> None:
    """The first pages of tables."""
    with contextlib.closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = conn.execute("PRAGMA page_size").fetchone()
        roots = [
            conn.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
            for name in names
        ]
    with file.open("r+b") as stream:
        for root in roots:
            stream.seek((root - 1) * size)
            stream.write(b"\xa5" * size)


def _newer(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as conn:
        conn.execute("PRAGMA user_version = 999")


def _use_records(person: Client, project: Project, why: str) -> None:
    """Every verb of records, each of whose answers must say why the index was not looked at."""
    asked = project.asked
    (shown,) = person.json("proposals", **asked, status="")["records"]
    assert (shown["text"], shown["not_looked_for"], shown["moved"]) == ("Flush first", True, [])
    lesson = person.json("record", **asked, kind="lesson", text="Close the socket", anchors=["gone.py"])
    assert lesson["message"] == "Recorded and confirmed."
    other = person.json("record", **asked, kind="lesson", text="Close both sockets")["record"]["id"]
    id_ = lesson["record"]["id"]
    answers = [
        lesson,
        person.json("audit", **asked),
        person.json("retract", **asked, id=id_),
        person.json("restore", **asked, id=id_),
        person.json("supersede", **asked, old=id_, new=other),
        person.json("forget", **asked, id=other),
        person.json("status", **asked),
    ]
    exported = person.request("export", {**asked, "format": "text"})["result"]["text"]
    lines = [line for line in exported.splitlines() if line.startswith("{")]
    answers.append(person.json("import", **asked, lines=lines))
    assert answers[-1]["known"] == 2
    assert [answer["freshness"]["no_index"].startswith(why) for answer in answers] == [True] * len(answers)
    text = person.request("proposals", {**asked, "format": "text", "status": ""})["result"]["text"]
    assert "WITHOUT THE INDEX" in text
    assert "where its places are now is not known" in text


def _header_gone(file: Path) -> None:
    file.write_bytes(b"no database" * 800)


def _view_gone(file: Path) -> None:
    _overwrite(file, "view")


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (_header_gone, "index.db is damaged"),
        (_view_gone, "index.db is damaged"),
        (_newer, "index.db was written by a newer memoryd"),
    ],
)
def test_records_need_no_index(project: Project, harm, why: str) -> None:
    """Whatever became of it; a question about code says what is wrong."""
    harm(project.file("index.db"))
    daemon = project.daemon()
    with Client(daemon.paths, person=True) as person:
        _use_records(person, project, why)
        assert why in person.error("symbol", **project.asked, name="respond")["what"]
    daemon.end()


def test_records_need_no_index_that_another_program_holds(project: Project) -> None:
    """And the index is neither put aside nor built again for that."""
    file = project.file("index.db")
    with locked(file):
        daemon = project.daemon()
        with Client(daemon.paths, person=True) as person:
            _use_records(person, project, "index.db is locked by another program")
            checks = person.json("doctor", **project.asked, repair=True)["checks"]
            assert "locked by another program" in next(c for c in checks if c["name"] == "index")["detail"]
    assert not list(file.parent.glob("index.db.damaged-*"))
    daemon.end()


def test_a_page_damaged_under_the_anchors_takes_no_record_away(project: Project) -> None:
    """Met after the question has begun: the record is changed once, and shown."""
    _overwrite(project.file("index.db"), "view_file", "path")
    daemon = project.daemon()
    with Client(daemon.paths, person=True) as person:
        shown = person.json("retract", **project.asked, id=project.id)
        assert (shown["record"]["status"], shown["record"]["not_looked_for"]) == ("retracted", True)
        entries = person.json("audit", **project.asked)["entries"]
        assert [entry["action"] for entry in entries] == ["retracted", "add"]
    daemon.end()


QUESTIONS = (
    ("symbol", {"name": "respond"}),
    ("search", {"query": "respond"}),
    ("refs", {"target": "respond"}),
    ("history", {"query": "respond"}),
    ("decisions", {}),
    ("why", {"target": "app.py"}),
    ("brief", {"task": "respond faster"}),
    ("changes", {"since": "3d"}),
    ("overview", {}),
    ("status", {}),
)


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (_header_gone, "records.db is damaged"),
        (lambda file: _overwrite(file, "record", "audit"), "records.db is damaged"),
        (_newer, "records.db was written by a newer memoryd"),
        (Path.unlink, "records.db is missing"),
    ],
)
def test_no_question_needs_records(project: Project, harm, why: str) -> None:
    """Answers come, and say in their text too that there may be records: to a person and to an agent."""
    harm(project.file("records.db"))
    daemon = project.daemon()
    with Client(daemon.paths) as client, Client(daemon.paths, role="mcp", cwd=str(project.root)) as agent:
        for verb, more in QUESTIONS:
            answer = client.json(verb, **project.asked, **more)
            assert answer["freshness"]["no_records"].startswith(why), verb
        agent.initialize()
        for tool, more in QUESTIONS:
            if tool in ("history", "search", "why", "decisions", "brief"):
                said = agent.tool(tool, **more)["content"][0]["text"]
                assert "WITHOUT RECORDS, there may be some" in said, tool
        for verb, more in (("search", {"query": "nothing-of-it"}), ("decisions", {})):
            said = client.request(verb, {**project.asked, "format": "text", **more})["result"]["text"]
            assert "the records could not be read." in said, verb
        assert why in client.error("proposals", **project.asked)["what"]
    daemon.end()


def test_no_question_waits_for_records_that_another_program_holds(project: Project) -> None:
    """Not the event loop either; when they are free again they are there."""
    with locked(project.file("records.db")):
        daemon = project.daemon()
        with Client(daemon.paths) as client:
            client.json("symbol", **project.asked, name="respond")
            with ThreadPoolExecutor(16) as pool:
                found = list(pool.map(lambda _: _asked(daemon, project), range(48)))
            assert all("records.db is locked" in answer["freshness"]["no_records"] for answer in found)
            check = next(
                c for c in client.json("status", **project.asked)["checks"] if c["name"] == "records"
            )
            assert (check["state"], "end that program" in check["next_step"]) == ("fail", True)
            assert "locked" in client.error("proposals", **project.asked)["what"]
    with Client(daemon.paths) as client:
        assert len(client.json("records", **project.asked)["copies"]) == 1
        assert client.json("audit", **project.asked)["total"] == 1
        assert client.json("symbol", **project.asked, name="respond")["freshness"]["no_records"] == ""
    daemon.end()


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="another process's limits are set on Linux only")
def test_a_daemon_without_descriptors_says_so(project: Project) -> None:
    """Every answer is whole, or says what it lacks, or what to do: none is a bug, and none denies the record. With
    descriptors again everything is there."""
    daemon = project.daemon().ready()
    with Client(daemon.paths) as client:
        _, hard = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)
        for spare in range(8):
            used = max(map(int, os.listdir(f"/proc/{daemon.pid}/fd"))) + 1
            resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (used + spare, hard))
            for verb in ("search", "status", "proposals"):
                query = {"query": "respond"} if verb == "search" else {}
                answer = client.request(verb, {**project.asked, **query, "format": "text"})
                said = answer["result"]["text"] if "result" in answer else answer["error"]["data"]["what"]
                assert "internal error" not in said
                assert " 0 records" not in said
        resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (hard, hard))
        assert client.json("proposals", **project.asked, status="")["records"][0]["id"] == project.id
    daemon.end()


def test_a_daemon_takes_all_the_descriptors_that_it_may(project: Project) -> None:
    """A shell's 1,024 are few for many clients of many projects."""
    daemon = project.daemon().ready()
    soft, hard = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)
    assert soft == min(hard, 65_536)
    daemon.end()


def _asked(daemon: RunningDaemon, project: Project):
    with Client(daemon.paths) as client:
        return client.json("symbol", **project.asked, name="respond")


def test_doctor_names_each_damaged_file_without_being_asked_for_more(project: Project) -> None:
    """Pages that no question of the day touches; one way out for each, and `audit` names the same."""
    _overwrite(
        project.file("index.db"), "commit_row" if _has(project.file("index.db"), "commit_row") else "path"
    )
    _overwrite(project.file("records.db"), "audit_by_record")
    daemon = project.daemon()
    with Client(daemon.paths) as client:
        checks = {check["name"]: check for check in client.json("doctor", **project.asked)["checks"]}
        assert str(project.file("index.db")) in checks["index"]["detail"]
        assert "memoryd doctor --repair" in checks["index"]["next_step"]
        assert str(project.file("records.db")) in checks["records"]["detail"]
        assert "memoryd records restore" in checks["records"]["next_step"]
        repaired = client.json("doctor", **project.asked, repair=True)["checks"]
        assert any("built again" in check["detail"] for check in repaired)
        assert next(c for c in repaired if c["name"] == "records")["state"] == "fail"
    daemon.end()


def _has(file: Path, table: str) -> bool:
    with contextlib.closing(sqlite3.connect(file)) as conn:
        return bool(conn.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone())


def test_records_whose_file_is_removed_in_use_lose_nothing(project: Project) -> None:
    """What the daemon still holds is copied; the next write is refused, and the restore brings everything."""
    daemon = project.daemon()
    file = project.file("records.db")
    with Client(daemon.paths, person=True) as person:
        person.json("record", **project.asked, kind="lesson", text="Written just before")
        for part in file.parent.glob("records.db*"):
            part.unlink()
        refused = person.error("record", **project.asked, kind="lesson", text="Into nowhere")
        assert "records.db is missing" in refused["what"]
        done = person.json("records", **project.asked, action="restore")
        assert done["records"] == 2
        person.json("record", **project.asked, kind="lesson", text="Written after")
    daemon.end()
    with contextlib.closing(Records.open(file)) as store:
        store.need_whole()
        assert {record.text for record in store.list()} == {
            "Flush first",
            "Written just before",
            "Written after",
        }
    assert json.loads(json.dumps(done["lost"])) == done["lost"]
