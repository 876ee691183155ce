"""A passphrase before what only a person may do: typed at the terminal, looked at by the daemon, kept nowhere."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import termios
import time
from pathlib import Path

import at_terminal
import pytest
from desk import COMMAND, Desk

from memoryd.paths import Paths

RIGHT, NEXT, WRONG = "correct horse battery", "staple tall amber", "not the words"
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def desk(box):
    opened = Desk(box)
    yield opened
    with contextlib.suppress(subprocess.TimeoutExpired):
        box.run("daemon", "stop")


class Typist:
    """Types the next of ``lines`` at each prompt."""

    def __init__(self, *lines: str) -> None:
        self.lines, self.prompts = list(lines), 0

    def __call__(self, written: bytes) -> str:
        prompts = len(re.findall(rb"(?:assphrase|again): ", written))
        if prompts == self.prompts or not self.lines:
            return ""
        self.prompts = prompts
        return self.lines.pop(0)


def started(desk, *arguments: str):
    environment = {**desk.box.environment, "TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "200"}
    return at_terminal.start([sys.executable, *COMMAND, *arguments], cwd=desk.root, env=environment)


def typed(desk, *arguments: str, lines: tuple[str, ...], code: int = 0) -> str:
    """What a person sees who types ``lines`` where asked; nothing of them is shown."""
    typist = Typist(*lines)
    ended, said = at_terminal.said(*started(desk, *arguments), typist)
    assert ended == code, said
    assert not typist.lines, said
    assert not [line for line in lines if line in said]
    return said


def entries(desk) -> list[tuple[str, str, str]]:
    """(actor's kind, action, assurance), oldest first."""
    found = json.loads(desk.agent("audit", "--json"))["entries"]
    return [(entry["actor"].partition(":")[0], entry["action"], entry["assurance"]) for entry in found][::-1]


def file_of(desk) -> Path:
    return Paths(desk.box.home).passphrase


def state(desk) -> dict[str, object]:
    return json.loads(desk.agent("passphrase", "--json"))


def set_passphrase(desk) -> None:
    typed(desk, "passphrase", "set", lines=(RIGHT, RIGHT))


def earlier(desk, seconds: float, tries: int = 0) -> None:
    """As if the last try had been so long ago, and so many ``tries`` before it."""
    kept = json.loads(file_of(desk).read_bytes())
    kept["tried_s"] -= seconds
    kept["wrong"] += tries
    file_of(desk).write_bytes(json.dumps(kept).encode())


def test_once_it_is_set_it_stands_before_what_only_a_person_may_do(desk):
    """Confirm, retract, restore, supersede, forget and a record that holds at once ask for it; answers and the audit
    show the level `passphrase`; the audit stays whole."""
    first, second = desk.proposed("Flush before redirect"), desk.proposed("Close sockets at the end")
    set_passphrase(desk)
    assert oct(file_of(desk).stat().st_mode & 0o777) == "0o600"
    assert "[confirmed, passphrase]" in typed(desk, "confirm", first, lines=(RIGHT,))
    typed(desk, "retract", first, lines=(RIGHT,))
    typed(desk, "restore", first, lines=(RIGHT,))
    assert desk.status(first) == "confirmed"
    typed(desk, "supersede", first, second, lines=(RIGHT,))
    third = typed(desk, "record", "decision", "Salts are kept in the vault", "--json", lines=(RIGHT,))
    third = json.loads(third[third.index("{") :])["record"]
    assert (third["status"], third["assurance"]) == ("confirmed", "passphrase")
    typed(desk, "forget", third["id"], lines=(RIGHT,))
    assert entries(desk)[2:] == [
        ("human", "passphrase-set", "terminal"),
        ("human", "confirmed", "passphrase"),
        ("human", "retracted", "passphrase"),
        ("human", "confirmed", "passphrase"),
        ("human", "superseded", "passphrase"),
        ("human", "confirmed", "passphrase"),
        ("human", "add", "passphrase"),
        ("human", "forget", "passphrase"),
    ]
    assert "intact" in desk.agent("audit", "verify")
    assert "[confirmed, passphrase]" in desk.agent("proposals", "--status", "confirmed")


def test_questions_and_what_agents_may_do_ask_for_nothing(desk):
    set_passphrase(desk)
    record_id = desk.proposed("Agents still propose")
    assert desk.status(record_id) == "proposed"
    assert "Agents still propose" in desk.person("proposals")
    desk.person("export")


def test_what_was_confirmed_without_it_is_confirmed_again_with_it(desk):
    """The better known comes first in lists; it ranks as the levels do."""
    old, new = desk.proposed("Cookies are signed with a salt"), desk.proposed("Cookies expire after a salt")
    desk.person("confirm", old)
    set_passphrase(desk)
    typed(desk, "confirm", new, lines=(RIGHT,))
    listed = list(map(json.loads, desk.agent("decisions", "--kind", "lesson", "--json").splitlines()))
    assert [(one["id"], one["assurance"]) for one in listed] == [(new, "passphrase"), (old, "terminal")]
    assert "[confirmed, passphrase]" in typed(desk, "confirm", old, lines=(RIGHT,))


def test_a_wrong_one_changes_nothing_and_is_in_the_audit(desk):
    """It may be typed again, three times in all."""
    record_id = desk.proposed("Trust the typist")
    set_passphrase(desk)
    assert "is not the passphrase" in typed(desk, "confirm", record_id, lines=(WRONG, RIGHT))
    assert desk.status(record_id) == "confirmed"
    assert "is not the passphrase" in typed(desk, "retract", record_id, lines=(WRONG,) * 3, code=2)
    assert desk.status(record_id) == "confirmed"
    wrong = ("human", "passphrase-wrong", "terminal")
    assert entries(desk).count(wrong) == 4
    said = desk.agent("audit")
    assert "try 1, to confirm a record" in said
    assert "try 3, to retract a record" in said
    assert "intact" in said


def test_wrong_tries_are_slowed_down_over_the_restart_of_daemons(desk):
    """After three, no other is looked at for a while, not the right one either, whichever daemon is asked; then the
    next wrong one makes it longer, and the right one ends it."""
    record_id = desk.proposed("Trust the patient")
    set_passphrase(desk)
    typed(desk, "confirm", record_id, lines=(WRONG,) * 3, code=2)
    earlier(desk, 0, tries=7)  # a wait of 640 s: a daemon starts within that
    for _ in range(2):
        desk.box.run("daemon", "stop")
        said = typed(desk, "confirm", record_id, lines=(), code=3)
        assert "10 wrong passphrases: no other is looked at for" in said
    waits_s = state(desk)["wait_s"]
    assert (state(desk)["wrong"], 0 < waits_s <= 640) == (10, True)
    assert "10 wrong tries" in desk.agent("status")
    earlier(desk, 640)
    said = typed(desk, "confirm", record_id, lines=(WRONG,), code=2)
    assert "this is not the passphrase; no other is looked at for" in said
    assert 640 < state(desk)["wait_s"] <= 900
    earlier(desk, 900)
    typed(desk, "confirm", record_id, lines=(RIGHT,))
    assert (state(desk)["wrong"], state(desk)["wait_s"]) == (0, 0)


def test_to_change_or_remove_it_takes_it(desk):
    """And a person; without it nothing of that happens."""
    record_id = desk.proposed("Trust the change")
    set_passphrase(desk)
    assert "set already" in typed(desk, "passphrase", "set", lines=(), code=2)
    typed(desk, "passphrase", "change", lines=(WRONG,) * 3, code=2)
    earlier(desk, 60)
    typed(desk, "passphrase", "change", lines=(RIGHT, NEXT, NEXT))
    typed(desk, "confirm", record_id, lines=(RIGHT, NEXT))
    typed(desk, "passphrase", "remove", lines=(NEXT,))
    assert not file_of(desk).exists()
    assert "[confirmed, terminal]" in desk.person("record", "lesson", "A terminal is enough again")
    noted = [entry for entry in entries(desk) if entry[1].startswith("passphrase-")]
    assert noted == [
        ("human", "passphrase-set", "terminal"),
        *[("human", "passphrase-wrong", "terminal")] * 3,
        ("human", "passphrase-changed", "passphrase"),
        ("human", "passphrase-wrong", "terminal"),
        ("human", "passphrase-removed", "passphrase"),
    ]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ((RIGHT, NEXT), "the two are not the same"),
        (("short", "short"), "at least 8 characters"),
        (("",), "no passphrase was typed"),
    ],
)
def test_a_new_one_is_typed_twice_and_is_not_short(desk, lines, why):
    typist = Typist(*lines)
    code, said = (
        at_terminal.said(*started(desk, "passphrase", "set"), typist) if lines != ("",) else _enter(desk)
    )
    assert code == 2
    assert why in said
    assert not file_of(desk).exists()


def _enter(desk):
    """Only the return key."""
    process, parent = started(desk, "passphrase", "set")
    pressed = []

    def once(written: bytes) -> str:
        if written.endswith(b": ") and not pressed:
            pressed.append(os.write(parent, b"\n"))
        return ""

    return at_terminal.said(process, parent, once)


def test_an_agent_cannot_set_it_nor_give_it(desk):
    """No terminal, a terminal that `script` opened, a field of the protocol, a variable, an argument, a pipe: refused
    without a look at the passphrase, so nothing is learnt of it."""
    record_id = desk.proposed("Trust the agent")
    assert "only a person may set the passphrase" in desk.agent("passphrase", "set", code=2)
    set_passphrase(desk)
    for arguments in (("confirm", record_id), ("passphrase", "remove"), ("passphrase", "change")):
        done = desk.box.run(*arguments, stdin=f"{RIGHT}\n", MEMORYD_PASSPHRASE=RIGHT)
        assert "only a person may" in done.stderr
    answer = _over_the_socket(desk, record_id)
    assert "only a person may confirm a record" in answer["error"]["message"]
    assert desk.box.run("passphrase", "set", RIGHT).returncode == 2
    assert state(desk)["wrong"] == 0
    assert desk.status(record_id) == "proposed"
    assert file_of(desk).exists()


def _over_the_socket(desk, record_id: str):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(Paths(desk.box.home).socket))
        hello = {"memoryd": 1, "role": "cli", "cwd": str(desk.root)}
        ask = {"jsonrpc": "2.0", "id": 1, "method": "confirm", "params": {"id": record_id},
               "typed": {"passphrase": RIGHT}}  # fmt: skip
        sock.sendall("".join(f"{json.dumps(line)}\n" for line in (hello, ask)).encode())
        with sock.makefile() as lines:
            return next(line for line in map(json.loads, lines) if line.get("id") == 1)


@pytest.mark.skipif(shutil.which("script") is None, reason="needs script(1)")
def test_an_agent_that_knows_it_is_still_an_agent(desk):
    """`script -qec` below an agent, with the right passphrase typed into it."""
    record_id = desk.proposed("Trust the script")
    set_passphrase(desk)
    desk.box.run("daemon", "stop")
    assert desk.box.run("daemon", "start", PYTHONPATH=str(REPOSITORY)).returncode == 0
    command = f"{sys.executable} -m memoryd confirm {record_id}"
    done = subprocess.run(
        ["setsid", "-w", "script", "-qec", command, "/dev/null"],
        cwd=desk.root, env=desk.box.environment, input=f"{RIGHT}\n", capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert "only a person may confirm a record" in done.stdout
    assert desk.status(record_id) == "proposed"


@pytest.mark.parametrize("mode", [0o640, 0o602, 0o666])
def test_a_file_that_others_can_use_is_not_used(desk, mode):
    """Nothing that needs the passphrase is done until it is the owner's alone; the doctor says so."""
    record_id = desk.proposed("Trust the file")
    set_passphrase(desk)
    file_of(desk).chmod(mode)
    said = typed(desk, "confirm", record_id, lines=(), code=3)
    assert "it is not yours alone" in said
    assert str(file_of(desk)) in said
    assert "FAIL passphrase" in desk.agent("doctor", code=1)
    file_of(desk).chmod(0o600)
    typed(desk, "confirm", record_id, lines=(RIGHT,))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: (file.unlink(), file.symlink_to("/dev/null")),
        lambda file: (file.unlink(), file.mkdir()),
        lambda file: (file.unlink(), os.mkfifo(file, 0o600)),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(
            file.read_bytes().replace(b"65536", b"1048576").replace(b':8,"l', b':16,"l')
        ),
        lambda file: file.write_bytes(file.read_bytes().replace(b"65536", b"70000")),
    ],
    ids=["a link", "a folder", "a pipe", "empty", "costly", "no power of two"],
)
def test_what_lies_in_its_place_lets_nobody_in(desk, spoil):
    """Neither as if none were set, nor as if it were right."""
    record_id = desk.proposed("Trust what lies there")
    set_passphrase(desk)
    spoil(file_of(desk))
    said = typed(desk, "confirm", record_id, lines=(), code=3)
    assert "the file of the passphrase cannot be used" in said
    assert desk.status(record_id) == "proposed"


def test_who_forgot_it_removes_the_file_and_the_audit_says_so(desk):
    """The way back; another file in its place is told as well."""
    record_id, other = desk.proposed("Trust the memory"), desk.proposed("Trust the other file")
    set_passphrase(desk)
    mark = state(desk)["mark"]
    file_of(desk).unlink()
    desk.person("confirm", record_id)
    assert entries(desk)[-2:] == [
        ("agent", "passphrase-reset", "agent"),
        ("human", "confirmed", "terminal"),
    ]
    assert f"passphrase {mark}: its file is gone, and no command noted here removed it" in desk.agent("audit")
    desk.person("retract", other)
    assert len([entry for entry in entries(desk) if entry[1] == "passphrase-reset"]) == 1
    set_passphrase(desk)
    kept = file_of(desk).read_bytes()
    typed(desk, "passphrase", "change", lines=(RIGHT, NEXT, NEXT))
    file_of(desk).write_bytes(kept)
    typed(desk, "restore", other, lines=(RIGHT,))
    assert entries(desk)[-2:] == [
        ("agent", "passphrase-found", "agent"),
        ("human", "proposed", "passphrase"),
    ]


def test_every_project_hears_of_it(desk):
    """One that is opened later hears of it with the first thing that a person does there."""
    other = desk.box.user / "other"
    other.mkdir()
    (other / "a.py").write_text("def a():\n    return 1\n")
    desk.proposed("In this project")
    set_passphrase(desk)
    desk.agent("up", str(other))
    desk.agent("record", "lesson", "In another project", "-C", str(other))
    typed(desk, "record", "lesson", "By a person there", "-C", str(other), lines=(RIGHT,))
    found = json.loads(desk.agent("audit", "--json", "-C", str(other)))["entries"][::-1]
    assert [entry["action"] for entry in found] == ["add", "passphrase-found", "add"]
    typed(desk, "passphrase", "remove", lines=(RIGHT,))
    for place in (str(desk.root), str(other)):
        assert "passphrase-removed" in desk.agent("audit", "-C", place)


def test_ctrl_c_at_the_prompt_leaves_all_as_it_was(desk):
    """Exit code 130, the terminal shows what is typed again, nothing is done, no try is counted."""
    record_id = desk.proposed("Trust the interrupt")
    set_passphrase(desk)
    process, parent = started(desk, "confirm", record_id)
    shown = termios.tcgetattr(parent)[3] & termios.ECHO
    pressed = []

    def interrupt(written: bytes) -> str:
        if written.endswith(b"Passphrase: ") and not pressed:
            assert not termios.tcgetattr(parent)[3] & termios.ECHO
            pressed.append(os.write(parent, b"half of it\x03"))
        if pressed:
            seen.append(termios.tcgetattr(parent)[3] & termios.ECHO)
        return ""

    seen: list[int] = []
    code, said = at_terminal.said(process, parent, interrupt)
    assert (code, shown) == (130, seen[-1])
    assert "half of it" not in said
    assert desk.status(record_id) == "proposed"
    assert state(desk)["wrong"] == 0


def test_a_daemon_that_is_killed_while_it_looks_has_counted_the_try(desk):
    """Else tries would be free for who kills it in time."""
    record_id = desk.proposed("Trust the count")
    set_passphrase(desk)
    pid = json.loads(desk.agent("daemon", "status", "--json"))["pid"]
    process, parent = started(desk, "confirm", record_id)
    typed_at = []

    def kill(written: bytes) -> str:
        if written.endswith(b"Passphrase: ") and not typed_at:
            typed_at.append(os.write(parent, f"{WRONG}\n".encode()))
            before = file_of(desk).stat().st_ino
            while file_of(desk).stat().st_ino == before:
                time.sleep(0.001)
            os.kill(pid, signal.SIGKILL)
        return ""

    code, said = at_terminal.said(process, parent, kill)
    assert code == 3, said
    assert state(desk)["wrong"] == 1


def content(file):
    """None: no file, or one that the daemon took away since it was listed."""
    try:
        return file.read_bytes() if file.is_file() else None
    except FileNotFoundError:
        return None


def test_it_is_kept_nowhere(desk):
    """Neither right nor wrong ones: no file of the data folder has it, logs and the store's own log included; and the
    daemon writes no core."""
    record_id = desk.proposed("Trust the folder")
    set_passphrase(desk)
    typed(desk, "confirm", record_id, lines=(WRONG, RIGHT))
    pid = json.loads(desk.agent("daemon", "status", "--json"))["pid"]
    limits = Path(f"/proc/{pid}/limits")
    if limits.exists():
        assert re.search(r"Max core file size\s+0\s+0", limits.read_text())
    for _ in range(2):
        held = {file: data for file in desk.box.home.rglob("*") if (data := content(file)) is not None}
        assert file_of(desk) in held
        for file, data in held.items():
            assert RIGHT.encode() not in data, file
            assert WRONG.encode() not in data, file
        desk.box.run("daemon", "stop")
