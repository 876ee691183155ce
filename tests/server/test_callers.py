"""Who is taken for a person: golden tables of processes as the kernel tells them."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from memoryd.server.callers.judgement import doubt, known
from memoryd.server.callers.process import PeerProcess, PsTable, SystemProcess, caller_of, processes

CONSOLE, WINDOW, INNER = "1025", "34816", "34817"


class Table:
    """Processes from the first that began to the one that asks, each started by the one before."""

    def __init__(self, *chain: SystemProcess, others: tuple[SystemProcess, ...] = ()) -> None:
        self.chain, self.others = chain, others

    def get(self, pid: int) -> SystemProcess | None:
        return next((process for process in self.chain if process.pid == pid), None)

    def at_terminal(self, terminal: str) -> Iterator[SystemProcess]:
        return (process for process in (*self.chain, *self.others) if process.terminal == terminal)

    def is_console(self, terminal: str) -> bool:
        return terminal == CONSOLE


def chain(*given: tuple[str, str] | SystemProcess, others: tuple[SystemProcess, ...] = (), **asking) -> str:
    """The doubt about the last of (program, terminal), the first of which is started by nobody. Programs are root's."""
    made: list[SystemProcess] = []
    for pid, one in enumerate(given, 1):
        last = asking if pid == len(given) else {}
        fields = {"foreground": 7, "group": 7, **last}
        if isinstance(one, SystemProcess):
            fields |= {
                name: getattr(one, name) for name in one.__struct_fields__ if name not in ("pid", "parent")
            }
            made.append(SystemProcess(**(fields | {"pid": pid, "parent": pid - 1})))
        else:
            name, terminal = one
            made.append(SystemProcess(pid=pid, parent=pid - 1, program=name, names=(name,), is_installed=True,
                                terminal=terminal, **fields))  # fmt: skip
    return doubt(PeerProcess(len(made), 1000), Table(*made, others=others), known())


INIT, SHELL, ASKING = ("systemd", ""), ("bash", WINDOW), ("python3", WINDOW)
INNER_SHELL, INNER_ASKING = ("bash", INNER), ("python3", INNER)


@pytest.mark.parametrize(
    "given",
    [
        [INIT, ("gnome-terminal-server", ""), SHELL, ASKING],
        [INIT, ("tmux", ""), SHELL, ASKING],
        [INIT, ("login", CONSOLE), ("bash", CONSOLE), ("python3", CONSOLE)],
        [INIT, ("xterm", ""), SHELL, ("script", WINDOW), INNER_SHELL, INNER_ASKING],
        [INIT, ("xterm", ""), SHELL, ("sudo", WINDOW), ("sudo", INNER), INNER_ASKING],
        [SHELL, ASKING],
    ],
    ids=[
        "a window",
        "a multiplexer",
        "the console",
        "script in a window",
        "sudo",
        "a container's own terminal",
    ],
)
def test_a_person_at_a_terminal(given) -> None:
    """From the command up to what shows the terminal, without a gap."""
    assert chain(*given) == ""


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ([INIT, ("xterm", ""), SHELL, ("claude", WINDOW), ASKING], "runs below `claude`"),
        ([INIT, ("xterm", ""), SHELL, ("codex", WINDOW), ("script", WINDOW), INNER_ASKING], "runs below `codex`"),
        ([INIT, ("cursor", ""), SHELL, ASKING], "runs below `cursor`"),
        ([INIT, ("script", ""), SHELL, ASKING], "belongs to `script`"),
        ([INIT, ("code", ""), SHELL, ASKING], "belongs to `code`"),
        ([INIT, ("expect", ""), SHELL, ("script", WINDOW), INNER_ASKING], "belongs to `expect`"),
        ([INIT, SHELL, ASKING], "belongs to `systemd`"),
        ([INIT, ("xterm", ""), ("bash", ""), ("python3", "")], "has no terminal"),
    ],
)  # fmt: skip
def test_who_is_no_person(given, why: str) -> None:
    """An agent above; a terminal that a tool opened and nobody sees; a process whose parents are gone; no terminal."""
    assert why in chain(*given)


@pytest.mark.parametrize(
    "agent",
    [
        SystemProcess(0, 0, terminal=WINDOW, program="node", names=("claude",)),
        SystemProcess(0, 0, terminal=WINDOW, program="node", command=("node", "--x", "/opt/bin/gemini.js")),
        SystemProcess(
            0, 0, terminal=WINDOW, program="node", command=("node", "/lib/@openai/codex/bin/start.js")
        ),
        SystemProcess(0, 0, terminal=WINDOW, program="python3.12", command=("python3", "/usr/bin/aider")),
        SystemProcess(0, 0, terminal=WINDOW, program="python3", command=("python3", "-m", "memoryd", "mcp")),
        SystemProcess(0, 0, terminal=WINDOW, program="bash", variables=frozenset(("CLAUDECODE", "HOME"))),
    ],
    ids=["its own name", "a script", "a package", "python", "memoryd mcp", "a variable"],
)
def test_how_an_agent_shows(agent: SystemProcess) -> None:
    """By its name, by what an interpreter runs, by what it set for those below; also one at the same terminal, from
    which a command was cut loose. What a person edits is not what runs."""
    assert "runs below" in chain(INIT, ("xterm", ""), SHELL, agent, ASKING)
    assert "runs at its terminal" in chain(INIT, ("xterm", ""), SHELL, ASKING, others=(agent,))
    editing = SystemProcess(0, 0, terminal=WINDOW, program="vim", command=("vim", "claude.py"))
    assert chain(INIT, ("xterm", ""), SHELL, editing, ASKING) == ""


def test_a_terminal_program_is_known_by_a_file_that_only_root_can_write() -> None:
    """A copy under its name is none; a process that hides itself is one if root started it, as sshd's are."""
    copy = SystemProcess(0, 0, uid=1000, program="xterm", is_installed=False)
    assert "belongs to `xterm`" in chain(INIT, copy, SHELL, ASKING)
    root = SystemProcess(0, 0, uid=0, program="sshd", can_be_read=False)
    session = SystemProcess(0, 0, uid=1000, program="sshd", can_be_read=False)
    assert chain(INIT, root, session, SHELL, ASKING) == ""
    assert "belongs to `sshd`" in chain(INIT, session, SHELL, ASKING)


def test_the_command_itself_has_to_be_at_its_terminal() -> None:
    """In the foreground, its input and output there; and it is the process that connected, not a later one."""
    person = [INIT, ("xterm", ""), SHELL, ASKING]
    assert "foreground" in chain(*person, foreground=8)
    assert "input and output" in chain(*person, reads_terminal=False)
    assert "does not say who" in chain(*person, started=5)
    assert "does not say who" in doubt(None, Table(), known())


def test_the_kernel_names_who_connected() -> None:
    """By the socket, not by a word of the client; the table has that process, and its parent."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        caller = caller_of(ours)
    assert caller is not None
    found = processes().get(caller.pid)
    assert found is not None
    assert found.started == caller.started
    assert found.program.startswith("python")
    assert processes().get(found.parent) is not None or found.parent == 0


def test_ps_tells_what_is_known_without_proc() -> None:
    """The columns of ``ps``; names with spaces, commands without a terminal, lines that are none."""
    table = PsTable(
        "    1     0     1     0     0 ??       /sbin/launchd\n"
        "  500     1   500     0   501 ??       /System/Applications/Utilities/Terminal.app/Contents/MacOS/Terminal\n"
        "  501   500   501   600     0 ttys001  login\n"
        "  502   501   502   600   501 ttys001  -zsh\n"
        "  600   502   600   600   501 ttys001  /opt/my tools/python3\n"
        "broken\n"
    )
    asking = table.get(600)
    assert asking == SystemProcess(
        pid=600, parent=502, uid=501, group=600, foreground=600, terminal="ttys001", program="python3",
        names=("python3",), command=("/opt/my tools/python3",),
    )  # fmt: skip
    assert [process.pid for process in table.at_terminal("ttys001")] == [501, 502, 600]
    assert "belongs to `Terminal`" in doubt(
        PeerProcess(600, 501), table, known()
    )  # its file is not on this machine
    assert PsTable.read().get(1) is not None
