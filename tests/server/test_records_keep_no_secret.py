"""S9 for what is told to memoryd: a secret in it is overwritten before anything is stored."""

from __future__ import annotations

from pathlib import Path

from daemon_harness import Client, RunningDaemon

TOKEN = "ghp_" + "k3Jx9QmZ2vLrT8sWcY4bNfH6dGpA1eRu5oMi"


def test_no_part_of_a_record_keeps_a_secret(
    daemon: RunningDaemon, client: Client, agent: Client, project: Path
) -> None:
    """Text, anchors and the reason of a judgement: the token is in no answer and in no file of the home."""
    where = {"project": str(project)}
    said = agent.tool("record", kind="lesson", text=f"the token was {TOKEN}", anchors=[TOKEN], **where)
    with Client(daemon.paths, person=True) as person:
        first = person.json("proposals", **where)["records"][0]
        confirmed = person.json("confirm", id=first["id"], reason=f"I use {TOKEN} too", **where)
        other = person.json("record", kind="note", text=f"and {TOKEN} again", **where)["record"]
        gone = person.json("retract", id=other["id"], reason=TOKEN, **where)
    assert "the token was ****" in first["text"]
    assert TOKEN not in f"{said} {first} {confirmed} {other} {gone}"
    files = [path for path in daemon.paths.home.rglob("*") if path.is_file()]
    assert any(path.name.startswith("records.db") for path in files)
    assert [path for path in files if TOKEN.encode() in path.read_bytes()] == []
