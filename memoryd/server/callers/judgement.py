"""Who asks: a person at a terminal, or a program. Judged by what the kernel tells, never by what a client says."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from memoryd.server.callers.process import PeerProcess, Processes, SystemProcess

MAX_ANCESTORS = 100


class KnownPrograms(Struct, frozen=True, forbid_unknown_fields=True):
    """known.toml."""

    agents: frozenset[str]
    agent_paths: tuple[str, ...]
    agent_variables: frozenset[str]
    interpreters: frozenset[str]
    terminals: frozenset[str]


@cache
def known() -> KnownPrograms:
    return msgspec.convert(
        tomllib.loads(Path(__file__).with_name("known.toml").read_text("utf-8")), KnownPrograms
    )


def doubt(caller: PeerProcess | None, table: Processes, data: KnownPrograms) -> str:
    """Why the caller is not taken for a person at a terminal, ``""`` when it is.

    It has to be in the foreground of its terminal, with its input and output there; the processes above it lead without
    a gap to a program that shows terminals to people (known by name, its file root's), to a console, or out of the
    container; and no agent is among them or at one of the terminals.
    """
    asking = table.get(caller.pid) if caller else None
    if caller is None or asking is None or asking.started != caller.started:
        return "the system does not say who asks"
    if not asking.terminal:
        return "it has no terminal"
    if not asking.reads_terminal:
        return "its input and output are not its terminal"
    if asking.foreground != asking.group:
        return "it does not run in the foreground of its terminal"
    chain = list(_upwards(asking, table))
    for process in chain:
        if agent := _as_agent(process, data):
            return f"it runs below {agent}"
    return _way_out(chain, table, data)


def _upwards(process: SystemProcess, table: Processes) -> Iterator[SystemProcess]:
    """It, and each that started the one before."""
    found: SystemProcess | None = process
    for _ in range(MAX_ANCESTORS):
        if found is None:
            return
        yield found
        found = table.get(found.parent) if found.parent else None


def _way_out(chain: list[SystemProcess], table: Processes, data: KnownPrograms) -> str:
    """From terminal to terminal, to where a person can be; why not there, ``""`` when it leads there."""
    terminal = ""
    for at, process in enumerate(chain):
        if process.terminal == terminal:
            continue
        if terminal and (table.is_console(terminal) or _shows_terminals(process, chain[at + 1 :], data)):
            return ""
        if not process.terminal:
            name = process.program[:40]
            return f"its terminal belongs to `{name}` (pid {process.pid}), which is known for no terminal program"
        terminal = process.terminal
        for other in table.at_terminal(terminal):
            if agent := _as_agent(other, data):
                return f"{agent} runs at its terminal"
    return "" if chain[-1].parent == 0 else "the processes above it cannot be seen"


def _as_agent(process: SystemProcess, data: KnownPrograms) -> str:
    """What shows that it is an agent or was started by one, ``""`` for nothing."""
    first = process.command[:1]
    runs_agent = False
    names = [_plain(name) for name in (process.program, *process.names, *first)]
    if any(name.rstrip(".0123456789") in data.interpreters for name in names):
        script = next((part for part in process.command[1:] if not part.startswith("-")), "")
        names.append(_plain(script))
        runs_agent = any(part in script for part in data.agent_paths)
    if runs_agent or any(name in data.agents for name in names):
        return f"`{_shown(process)}` (pid {process.pid}), a coding agent"
    if _is_pipe(process):
        return f"`memoryd mcp` (pid {process.pid})"
    marks = sorted(process.variables & data.agent_variables)
    return f"a coding agent, which set {marks[0]}" if marks else ""


def _is_pipe(process: SystemProcess) -> bool:
    """``memoryd mcp``, however it was started."""
    return any(
        _plain(one) == "memoryd" and other == "mcp"
        for one, other in zip(process.command, process.command[1:], strict=False)
    )


def _shows_terminals(process: SystemProcess, above: list[SystemProcess], data: KnownPrograms) -> bool:
    """A name alone can be anybody's: the file is root's, or it is hidden as sshd hides its processes and root's."""
    if _plain(process.program) not in data.terminals:
        return False
    if process.can_be_read:
        return process.is_installed
    owners = (process, *above[:1])
    return any(owner.uid == 0 and _plain(owner.program) in data.terminals for owner in owners)


def _plain(name: str) -> str:
    """The name of an executable, without its folder and extension; a login shell's has a dash before it."""
    stem = os.path.basename(name.split(": ")[0]).lstrip("-").casefold()
    for extension in (".js", ".mjs", ".cjs", ".py", ".exe"):
        stem = stem.removesuffix(extension)
    return stem


def _shown(process: SystemProcess) -> str:
    return (process.names[0] if process.names else process.program)[:40]
