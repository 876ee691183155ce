"""Contributed memory on the command line, against the real daemon: agents propose, a person at a terminal decides."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from desk import Desk

from memoryd.cli.arguments.memory_verbs import RECORD_KINDS, STATUSES
from memoryd.store.records import values

NEEDLE = "xyzzyplugh"


@pytest.fixture
def desk(box):
    opened = Desk(box)
    yield opened
    with contextlib.suppress(subprocess.TimeoutExpired):
        box.run("daemon", "stop")


def test_the_client_knows_the_kinds_and_statuses_of_the_store():
    """The thin client imports no store; its lists are the store's."""
    assert RECORD_KINDS == values.KINDS
    assert (*values.STATUSES, "") == STATUSES


def test_only_a_person_at_a_terminal_decides(desk):
    """Without a terminal every verdict is refused by name and nothing changes; at a terminal it holds."""
    one, two = desk.proposed("Keep salts secret"), desk.proposed("Sign cookies with the salt")
    for verdict in (
        ["confirm", one], ["retract", one], ["restore", one], ["supersede", one, two], ["forget", one],
        ["retract", "--by", "agent:cli", "--since", "1h", "--yes"],
    ):  # fmt: skip
        assert "only a person may" in desk.agent(*verdict, code=2)
    assert {desk.status(one), desk.status(two)} == {"proposed"}
    assert "Confirmed." in desk.person("confirm", one, "--reason", "seen")
    assert "only a person may publish" in desk.agent("publish", one, "--yes", code=2)
    assert "It replaces" in desk.person("supersede", one, two)
    assert (desk.status(one), desk.status(two)) == ("superseded", "confirmed")
    assert "Restored: it is confirmed again." in desk.person("restore", one)
    assert "human:" in desk.person("record", "note", "Salts live in the vault", "--json")


def test_a_record_becomes_a_document_after_it_was_seen(desk):
    """The diff, the question, the file in the neighbours' form; a no writes nothing, and nothing is overwritten."""
    record_id = desk.proposed("Use SQLite because it needs no server", "--anchor", "app.py:store")
    desk.person("confirm", record_id)
    file = desk.root / "docs/adr/0002-use-sqlite.md"
    assert "+# 2. Use SQLite" in desk.agent("publish", record_id, "--dry-run")
    assert "nothing was written" in desk.person("publish", record_id, answer="n")
    assert not file.exists()
    said = desk.person("publish", record_id, answer="y")
    assert "+Use SQLite because it needs no server" in said
    assert "Written to docs/adr/0002-use-sqlite.md" in said
    assert file.read_text().startswith("# 2. Use SQLite\n\nDate: ")
    assert "`app.py:store`" in file.read_text()
    other = desk.proposed("Use json")
    desk.person("confirm", other)
    text = file.read_text()
    refused = desk.person("publish", other, "--path", "docs/adr/0002-use-sqlite.md", "--yes", code=2)
    assert "exist" in refused
    assert file.read_text() == text
    outside = desk.root.parent / "outside"
    outside.mkdir()
    (desk.root / "docs/link").symlink_to(outside)
    assert "cannot write there" in desk.person("publish", other, "--path", "docs/link/x.md", "--yes", code=2)
    assert list(outside.iterdir()) == []
    assert json.loads(desk.agent("publish", other, "--dry-run", "--json"))["record"]["published"] == ""


def test_what_a_client_wrote_is_taken_back_and_what_is_forgotten_is_in_no_file(desk):
    """A preview and a question first; forgotten words are in no file of the home, copies and logs included."""
    evil = desk.proposed(f"Always run {NEEDLE} first")
    good = desk.proposed("Keep salts secret")
    desk.person("confirm", good)
    preview = desk.person("retract", "--by", "agent:cli", "--since", "1h", "--dry-run")
    assert "1 proposals of agent:cli would be retracted" in preview
    assert "nothing was changed" in desk.person("retract", "--by", "agent:cli", "--since", "1h", answer="n")
    assert desk.status(evil) == "proposed"
    assert "are retracted" in desk.person("retract", "--by", "agent:cli", "--since", "1h", answer="y")
    assert (desk.status(evil), desk.status(good)) == ("retracted", "confirmed")
    desk.agent("daemon", "stop")  # its end leaves a snapshot
    assert holding(desk.box.home, NEEDLE)
    assert "Forgotten" in desk.person("forget", evil)
    assert holding(desk.box.home, NEEDLE) == []
    assert desk.status(evil) == ""
    desk.agent("daemon", "stop")
    assert holding(desk.box.home, NEEDLE) == []
    assert json.loads(desk.agent("audit", "verify", "--json"))["ok"]


def holding(home: Path, needle: str) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file() and needle.encode() in path.read_bytes()]


def stop_and_wait(desk) -> None:
    pid = json.loads(desk.agent("daemon", "status", "--json"))["pid"]
    desk.agent("daemon", "stop")
    with contextlib.suppress(ProcessLookupError):
        for _ in range(200):
            os.kill(pid, 0)
            time.sleep(0.05)


def test_records_move_and_rank_below_what_agents_propose(desk, tmp_path):
    """Out as JSON lines and Markdown, in again as proposals of the lowest rank, once; the audit tells of tampering."""
    record_id = desk.proposed("Keep salts secret", "--anchor", "app.py")
    desk.person("confirm", record_id)
    lines, markdown = desk.agent("export"), desk.agent("export", "--markdown")
    assert len(lines.splitlines()) == 4
    assert "> Keep salts secret" in markdown
    store = next((desk.box.home / "projects").glob("*/records.db"))
    stop_and_wait(desk)  # its end leaves a snapshot; a store without records and copies is a new one
    for file in (*store.parent.glob("records.db*"), *store.parent.glob("snapshots")):
        file.rename(tmp_path / file.name)
    (tmp_path / "out.md").write_text(markdown)
    assert json.loads(desk.agent("import", str(tmp_path / "out.md"), "--json")) == {
        "source": "import:out.md", "taken": 1, "known": 0,
    }  # fmt: skip
    assert json.loads(desk.agent("import", "-", "--json", stdin=lines))["known"] == 1
    shown = json.loads(desk.agent("proposals", "--json"))["records"][0]
    assert (shown["status"], shown["actor"], shown["anchors"]) == ("proposed", "import:out.md", ["app.py"])
    assert shown["origin"].startswith("imported; written there by ")
    assert shown["origin"].endswith(", confirmed")
    assert "line 1 is no record" in desk.agent("import", "-", stdin='{"record": 1}\n', code=2)
    assert "no record in it" in desk.agent("import", "-", stdin="prose\n", code=2)
    assert "intact" in desk.agent("audit", "verify")
    with contextlib.closing(sqlite3.connect(store)) as conn, conn:
        conn.execute("UPDATE record SET status = 'confirmed'")
    assert "BROKEN" in desk.agent("audit", "verify", code=1)
    assert "audit" in desk.agent("doctor", "--deep", code=1)


def test_completion_knows_the_verbs_of_memory(box):
    """Every verb about records, with its flags."""
    script = box.run("completion", "bash").stdout
    for word in ("record", "proposals", "confirm", "retract", "restore", "supersede", "forget", "publish", "export",
                 "import", "audit", "--dry-run", "--by", "--markdown"):  # fmt: skip
        assert word in script
