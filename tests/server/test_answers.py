"""Answers through the surfaces: the right project, who writes, secrets, hostile text, both formats."""

from __future__ import annotations

import shutil
import unicodedata
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from daemon_harness import Client, RunningDaemon, git, small_project, until

from memoryd.query.answers import Answer
from memoryd.server.mcp.server import META_KEY
from memoryd.server.verbs import VERBS, QueryFunction

HOSTILE = [
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;http://evil\x07link",
    "a\u202egpj.exe",
    "zero\u200bwidth\u200d\u2060",
    "tag\U000e0041\U000e0042",
    "\u2066isolate\u2069",
    "line\u2028break",
    "bell\x07back\x08",
    "c1\x9b31m",
]


@pytest.fixture
def here(daemon: RunningDaemon, project: Path) -> Client:
    """An agent that stands in the project."""
    agent = Client(daemon.paths, role="mcp", cwd=str(project))
    agent.initialize()
    yield agent
    agent.close()


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_can_be_asked(name: str) -> None:
    """Each verb of the table has its request type and, where it is a question, a function that answers as it says."""
    verb = VERBS[name]
    assert verb.request.__struct_fields__ is not None
    if isinstance(verb.run, QueryFunction):
        assert get_type_hints(verb.run.function)["return"] == verb.answer


@pytest.mark.parametrize("name", [name for name, verb in VERBS.items() if verb.answer])
def test_every_answer_has_a_text(name: str) -> None:
    """What questions answer knows how it reads."""
    for answer in get_args(VERBS[name].answer) or (VERBS[name].answer,):
        assert not issubclass(answer, Answer) or answer.page is not Answer.page


@pytest.mark.parametrize(
    ("tool", "arguments", "says"),
    [
        ("search", {"query": "where is the session cookie signed"}, "cookies.py"),
        ("impact", {"target": "sign_cookie"}, "app.py"),
        ("why", {"target": "app.py:5"}, "never send an unsigned cookie"),
        ("history", {"target": "app.py"}, "Say why the cookie is signed"),
        ("history", {"query": "session cookies"}, "Sign session cookies"),
        ("decisions", {"topic": "storage"}, "No decision"),
        ("changes", {"since": "30d"}, "Sign session cookies"),
        ("brief", {"task": "rotate the cookie key"}, "cookies.py"),
    ],
)
def test_a_tool_answers(here: Client, tool: str, arguments: dict, says: str) -> None:
    """Each tool answers with text that carries the payload, and counts and freshness beside it, not twice."""
    result = here.tool(tool, **arguments)
    assert result.get("isError") is False, result
    text = result["content"][0]["text"]
    assert says in text
    assert "structuredContent" not in result
    meta = result["_meta"][META_KEY]
    assert {"total", "shown", "truncated", "next", "freshness"} == set(meta)
    assert says not in str(meta)


def test_text_keeps_its_budget(here: Client) -> None:
    """`max_tokens` bounds the text at about four characters a token."""
    text = here.tool("search", query="cookie", max_tokens=60)["content"][0]["text"]
    assert len(text) <= 60 * 4


def test_the_directory_picks_the_project(daemon: RunningDaemon, project: Path, tmp_path: Path) -> None:
    """The argument wins over the agent's directory; a directory in no project is no reason to guess."""
    other = small_project(tmp_path / "other")
    (other / "only_here.py").write_text("def only_in_other():\n    return 1\n")
    with Client(daemon.paths) as client:
        client.json("up", path=str(other))
    with Client(daemon.paths, role="mcp", cwd=str(other)) as agent:
        agent.initialize()
        assert "only_here.py" in agent.tool("search", query="only_in_other")["content"][0]["text"]
        answer = agent.tool("search", query="only_in_other", project=str(project))
        assert "only_here.py" not in answer["content"][0]["text"]
    with Client(daemon.paths, role="mcp", cwd="/") as agent:
        agent.initialize()
        lost = agent.tool("search", query="only_in_other")
        assert lost["isError"] is True
        assert str(other) in lost["content"][0]["text"]
    with Client(daemon.paths) as client:
        client.json("projects", forget=str(other))
    with Client(daemon.paths, role="mcp", cwd="/") as agent:  # nor is that it would be the only one
        agent.initialize()
        assert agent.tool("search", query="sign_cookie")["isError"] is True


def test_an_agent_proposes_under_its_own_name(here: Client, client: Client, project: Path) -> None:
    """A record of an MCP client is a proposal of `agent:<its name>`; secrets in it are gone before it is kept."""
    secret = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
    said = here.tool("record", kind="lesson", text=f"Never log {secret}.", anchors=["app.py"])
    assert secret not in said["content"][0]["text"]
    listed = client.json("proposals", project=str(project))["records"]
    mine = next(record for record in listed if record["text"].startswith("Never log"))
    assert (mine["status"], mine["actor"]) == ("proposed", "agent:test")
    assert secret not in mine["text"]


def test_only_a_person_confirms(daemon: RunningDaemon, client: Client, project: Path) -> None:
    """A program on the CLI's socket cannot confirm; a person at a terminal can."""
    made = client.json("record", project=str(project), kind="note", text="The key lives in the vault.")[
        "record"
    ]
    assert made["status"] == "proposed"
    assert client.error("confirm", project=str(project), id=made["id"])["exit_code"] == 2
    with Client(daemon.paths, person=True) as person:
        done = person.json("confirm", project=str(project), id=made["id"])
    assert done["record"]["status"] == "confirmed"


def test_last_is_this_clients_last_visit(here: Client, project: Path) -> None:
    """`changes` without `since` tells what happened since the same client asked before."""
    here.tool("changes")
    assert "no earlier visit" not in here.tool("changes")["content"][0]["text"]


def test_hostile_text_comes_out_as_data(daemon: RunningDaemon, tmp_path: Path) -> None:
    """Control, bidi, zero-width and tag characters of names, comments and commits never reach an answer's text."""
    root = small_project(tmp_path / "hostile")
    for number, text in enumerate(HOSTILE):
        name = "".join(char for char in text if char not in "\x00/")
        (root / f"{number}{name}.py").write_text(
            f"# must never {text}\ndef hostile{number}():\n    '''{text}'''\n"
        )
        git(root, "add", "-A")
        git(root, "commit", "-qm", f"hostile {text}")
    git(root, "checkout", "-q", "-b", "branch\u202egnp")
    with Client(daemon.paths) as client, Client(daemon.paths, role="mcp", cwd=str(root)) as agent:
        client.json("up", path=str(root))
        agent.initialize()
        calls = [
            ("search", {"query": "hostile must never"}),
            ("history", {"query": "hostile"}),
            ("changes", {}),
        ]
        calls += [("why", {"target": f"hostile{number}"}) for number in range(len(HOSTILE))]
        for tool, arguments in calls:
            result = agent.tool(tool, **arguments)
            assert not _unsafe(result["content"][0]["text"]), (tool, result)
        status = client.request("status", {"project": str(root), "format": "text"})["result"]["text"]
        assert not _unsafe(status)
        client.json("projects", forget=str(root))


def test_status_and_doctor(client: Client, project: Path) -> None:
    """`status` knows that the project is watched; `doctor --digest` is stable; `--repair` of a sound index does
    nothing."""
    until(lambda: client.json("status", project=str(project))["watch"] == "native", "watched")
    first = client.json("doctor", project=str(project), digest=True)
    assert first == client.json("doctor", project=str(project), digest=True)
    checks = client.json("doctor", project=str(project), repair=True)["checks"]
    assert all(check["state"] != "fail" for check in checks)


def test_repair_builds_a_damaged_index_again(client: Client, tmp_path: Path, daemon: RunningDaemon) -> None:
    """A damaged index.db is put aside and rebuilt to the same digest; records are not touched."""
    root = small_project(tmp_path / "damaged")
    client.json("up", path=str(root))
    before = client.json("doctor", project=str(root), digest=True)["digest"]
    until(lambda: not client.json("daemon_status")["indexing"], "quiet")
    folders = daemon.paths.home.glob("projects/*")
    file = next(f / "index.db" for f in folders if _holds(f / "index.db", str(root).encode()))
    for suffix in ("-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)
    data = bytearray(file.read_bytes())
    data[4096:] = b"\xde\xad" * ((len(data) - 4096) // 2)
    with file.open("r+b") as damaged:  # in place: to cut short what the daemon has mapped would kill it
        damaged.write(data)
    checks = client.json("doctor", project=str(root), repair=True)["checks"]
    assert any("built again" in check["detail"] for check in checks)
    assert client.json("doctor", project=str(root), digest=True)["digest"] == before
    client.json("projects", forget=str(root))


def test_edges_stream(client: Client, project: Path) -> None:
    """The graph comes as JSON with paths at file level."""
    edges = client.json("edges", project=str(project))["edges"]
    assert ("app.py", "cookies.py") in {(edge["src"], edge["dst"]) for edge in edges}


def _unsafe(text: str) -> list[str]:
    return [
        char
        for char in text
        if char not in "\n\t" and unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Cs")
    ]


def _holds(file: Path, name: bytes) -> bool:
    return any(name in part.read_bytes() for part in file.parent.glob("index.db*"))


def test_damaged_records_are_restored(tmp_path: Path) -> None:
    """Records that were snapshot when a daemon ended come back after damage; until then questions go on without."""
    root, home = small_project(tmp_path / "p"), tmp_path / "m"
    daemon = RunningDaemon(home).listening()
    with Client(daemon.paths) as client:
        client.json("up", path=str(root))
        client.json("record", project=str(root), kind="note", text="The key lives in the vault.")
    daemon.end()
    file = next(home.glob("projects/*/records.db"))
    file.write_bytes(b"\xde\xad" * 4096)
    daemon = RunningDaemon(home).listening()
    asked = {"project": str(root)}
    with Client(daemon.paths, person=True) as person, Client(daemon.paths) as client:
        answer = client.json("symbol", **asked, name="respond")
        assert answer["definition"]
        assert "records.db is damaged" in answer["freshness"]["no_records"]
        for repair in (False, True):
            response = client.request("doctor", {**asked, "repair": repair})["result"]
            checks = {check["name"]: check for check in response["json"]["checks"]}
            assert response["exit_code"] == 1
            assert str(file) in checks["records"]["detail"]
            assert "memoryd records restore" in checks["records"]["next_step"]
        assert "only a person" in client.error("records", **asked, action="restore")["what"]
        (copy,) = client.json("records", **asked)["copies"]
        assert (copy["records"], copy["whole"]) == (1, True)
        assert "Nothing is lost" not in person.json("records", **asked, action="restore")["message"]
        found = client.json("proposals", **asked)["records"]
        assert [record["text"] for record in found] == ["The key lives in the vault."]
        assert client.json("records", **asked)["whole"]
        assert person.json("records", **asked, action="undo")["undo"] == "memoryd records restore"
        assert file.read_bytes() == b"\xde\xad" * 4096
        person.json("records", **asked, action="restore")
        assert all(check["state"] != "fail" for check in client.json("doctor", **asked)["checks"])
    daemon.end()


LEFT_BEHIND = (  # by upgrades, repairs, and daemons that were killed over them
    "records.db.layout1.bak", ".records.db.layout1.bak.77.123", "records.db.damaged-17", "records.db.damaged-17-wal",
    "records.db.undone-18", "restoring/records.db", "restoring-x1/records.db",
    "snapshots/damaged-records-0000000009.db",
    "snapshots/.records-0000000001.db.77.123", "snapshots/.records-0000000001.db.77.123-journal",
    "snapshots/records-0000000001.db-wal",
)  # fmt: skip


def test_forgotten_means_gone(tmp_path: Path) -> None:
    """After a person forgets a record its words are in no file of the home."""
    root, home = small_project(tmp_path / "p"), tmp_path / "m"
    daemon = RunningDaemon(home).listening()
    with Client(daemon.paths, person=True) as person:
        person.json("up", path=str(root))
        made = person.json("record", project=str(root), kind="note", text="Xylophone rehearsal at dawn.")[
            "record"
        ]
    daemon.end()  # takes a snapshot
    (snapshot,) = home.glob("projects/*/snapshots/*")
    folder = snapshot.parent.parent
    for left in LEFT_BEHIND:
        (folder / left).parent.mkdir(exist_ok=True)
        shutil.copy(snapshot, folder / left)
    daemon = RunningDaemon(home).listening()
    with Client(daemon.paths, person=True) as person:
        person.json("forget", project=str(root), id=made["id"])
    daemon.end()
    assert not [file for file in home.rglob("*") if file.is_file() and b"Xylophone" in file.read_bytes()]
