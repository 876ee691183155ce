"""S9 over a real daemon: tokens and passwords in every place that memoryd reads are in no file of its home."""

from __future__ import annotations

import random
import string
import subprocess
from pathlib import Path

from daemon_harness import Client, RunningDaemon

_DRAW = random.Random(20)


def _some(count: int, characters: str = string.ascii_letters + string.digits) -> str:
    return "".join(_DRAW.choices(characters, k=count))


_HEX = "0123456789abcdef"
TOKENS = [
    "gh" + "p_" + _some(36), "gl" + "pat-" + _some(20), "xo" + "xb-" + _some(12, string.digits) + "-" + _some(24),
    "sk" + "_live_" + _some(24), "np" + "m_" + _some(36), "sk" + "-ant-api03-" + _some(80), "h" + "f_" + _some(34),
    "hv" + "s." + _some(90), "da" + "pi" + _some(32, _HEX), "gl" + "sa_" + _some(32) + "_" + _some(8, _HEX),
    "NR" + "AK-" + _some(27), "dop" + "_v1_" + _some(64, _HEX), "shp" + "at_" + _some(32, _HEX),
    "gs" + "k_" + _some(52),
    "xa" + "i-" + _some(80), "tv" + "ly-" + _some(32) + "7", "nv" + "api-" + _some(64), "fi" + "gd_" + _some(40),
    "r8" + "_" + _some(37), "sb" + "p_" + _some(40, _HEX),
]  # fmt: skip


def _git(project: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(project), *arguments], check=True, capture_output=True)


def test_no_file_of_the_home_keeps_a_token(daemon: RunningDaemon, agent: Client, project: Path) -> None:
    """Files, a file's name, a message, an author, an address and a record: twenty kinds, none is kept."""
    for number, token in enumerate(TOKENS):
        (project / f"f{number}.py").write_text(
            f'# the key {token} works\nURL = "https://x/?a%3D{token}\\n{token}"\n'
        )
    (project / f"{TOKENS[0]}.py").write_text("A = 1\n")
    _git(project, "add", "-A")
    for token in TOKENS:
        who = f"user.name=Me {token}", f"user.email={token}@example.com"
        options = [part for setting in who for part in ("-c", setting)]
        _git(project, *options, "commit", "--allow-empty", "-qm", f"Use {token}\n\nsince {token} is new")
    where = {"project": str(project)}
    with Client(daemon.paths, interactive=True) as person:
        person.json("index", path=str(project))
        said = [person.json("search", query="key works", **where), person.json("status", **where)]
    said += [agent.tool("record", kind="note", text=f"we use {token}", **where) for token in TOKENS]
    assert [token for token in TOKENS if token in str(said)] == []
    kept = [path for path in daemon.paths.home.rglob("*") if path.is_file()]
    held = b"".join(path.read_bytes() for path in kept)
    assert any(path.name.startswith("index.db") for path in kept)
    assert [token for token in TOKENS if token.encode() in held] == []
