"""The coding assistants that ``memoryd install`` knows: where each keeps its MCP servers, and what goes there."""

from __future__ import annotations

import os
import shutil
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from memoryd.cli.install import jsonc
from memoryd.cli.install.toml_section import Tables
from memoryd.paths import default_paths

NAME = "memoryd"


class Assistant(NamedTuple):
    """``section``: the key in its file under which servers stand. ``comments``: it reads JSON with comments.
    ``workspace``: the project folder in its own notation, where it may start servers elsewhere."""

    title: str
    section: str
    user_file: Path
    project_file: str
    comments: bool = False
    workspace: str = ""
    reload: str = "restart it"

    @property
    def is_toml(self) -> bool:
        return self.project_file.endswith(".toml")


def assistant(name: str) -> Assistant:
    """One of the CLI's ``CLIENTS``, with the user file where this environment has it."""
    home = Path.home()
    if name == "claude-code":
        folder = Path(os.environ.get("CLAUDE_CONFIG_DIR") or home)
        return Assistant(
            "Claude Code",
            "mcpServers",
            folder / ".claude.json",
            ".mcp.json",
            reload="start a new session; /mcp shows it",
        )
    if name == "cursor":
        return Assistant(
            "Cursor",
            "mcpServers",
            home / ".cursor/mcp.json",
            ".cursor/mcp.json",
            True,
            "${workspaceFolder}",
            "look under Settings → MCP",
        )
    if name == "vscode":
        return Assistant(
            "VS Code",
            "servers",
            _vscode_folder(home) / "Code/User/mcp.json",
            ".vscode/mcp.json",
            True,
            "${workspaceFolder}",
            "run “MCP: List Servers”",
        )
    folder = Path(os.environ.get("CODEX_HOME") or home / ".codex")
    return Assistant(
        "Codex",
        "mcp_servers",
        folder / "config.toml",
        ".codex/config.toml",
        reload="start a new session; /mcp shows it",
    )


def _vscode_folder(home: Path) -> Path:
    if sys.platform == "darwin":
        return home / "Library/Application Support"
    return Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")


def server_entry(chosen: Assistant, scope: str) -> dict[str, Any]:
    """The server as the assistant starts it. A project's file is shared, so nothing of this machine is in it
    where that can be avoided."""
    program, *arguments = _command(scope)
    arguments.append("mcp")
    if scope == "project" and chosen.workspace:
        arguments += ["-C", chosen.workspace]
    entry: dict[str, Any] = {} if chosen.is_toml else {"type": "stdio"}
    entry |= {"command": program, "args": arguments}
    home = _unusual_home()
    if scope == "user" and home:  # assistants start servers with little environment
        entry["env"] = {"MEMORYD_HOME": home}
    return entry


def _command(scope: str) -> list[str]:
    if scope == "project" and shutil.which(NAME):
        return [NAME]
    script = Path(sys.executable).parent / NAME
    return [str(script)] if script.exists() else [sys.executable, "-P", "-m", NAME]


def _unusual_home() -> str:
    """MEMORYD_HOME where a process without our environment would look elsewhere, else ``""``."""
    home = str(default_paths().home)
    usual = os.path.expanduser("~/.local/share/memoryd")
    return home if os.environ.get("MEMORYD_HOME") or (sys.platform == "linux" and home != usual) else ""


def parse(chosen: Assistant, text: str) -> dict[str, Any]:
    """The file's content; an empty file is an empty one. Raises jsonc.Unreadable."""
    if not text.strip("\ufeff \t\r\n"):
        return {}
    if not chosen.is_toml:
        return jsonc.parse(text, comments=chosen.comments)
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise jsonc.UnreadableJson(str(error) or "it is nested too deeply") from error


def with_server(chosen: Assistant, text: str, entry: Mapping[str, Any]) -> str:
    """``text`` with our server set. Keys that the user added to its entry stay. Raises jsonc.Unreadable."""
    before = parse(chosen, text)
    merged = {**_servers(before, chosen).get(NAME, {}), **entry}
    if _servers(before, chosen).get(NAME) == merged:
        return text
    after = {**before, chosen.section: {**_servers(before, chosen), NAME: merged}}
    if chosen.is_toml:
        tables, place = Tables(text), (chosen.section, NAME)
        # what stands in a table of its own ([mcp_servers.memoryd.env]) is the user's and left there
        own = {
            key: value
            for key, value in merged.items()
            if not (isinstance(value, dict) and tables.has((*place, key)))
        }
        return _checked(chosen, tables.set(place, own), after)
    blank = not text.strip("\ufeff \t\r\n")
    return _checked(
        chosen, jsonc.set_member("{}\n" if blank else text, (chosen.section, NAME), merged), after
    )


def without_server(chosen: Assistant, text: str, drop_section: bool) -> str:
    """``text`` without our server; ``drop_section``: nor the servers' key when nothing else is in it.

    Raises jsonc.Unreadable.
    """
    before = parse(chosen, text)
    others = {key: value for key, value in _servers(before, chosen).items() if key != NAME}
    if NAME not in _servers(before, chosen):
        return text
    if chosen.is_toml:
        after = {**before, chosen.section: others}
        return _checked(chosen, Tables(text).remove((chosen.section, NAME)), after)
    if drop_section and not others:
        after = {key: value for key, value in before.items() if key != chosen.section}
        return _checked(chosen, jsonc.remove_member(text, (chosen.section,)), after)
    after = {**before, chosen.section: others}
    return _checked(chosen, jsonc.remove_member(text, (chosen.section, NAME)), after)


def _servers(document: Mapping[str, Any], chosen: Assistant) -> Mapping[str, Any]:
    servers = document.get(chosen.section, {})
    if not isinstance(servers, dict) or not isinstance(servers.get(NAME, {}), dict):
        raise jsonc.UnreadableJson(f"its {chosen.section!r} is not what {chosen.title} writes there")
    return servers


def _checked(chosen: Assistant, text: str, wanted: Mapping[str, Any]) -> str:
    """``text`` if it says exactly what is ``wanted``: an edit that says anything else is not made."""
    says = parse(chosen, text)
    if says != wanted and says != {key: value for key, value in wanted.items() if value != {}}:
        raise jsonc.UnreadableJson("it is laid out in a way that cannot be edited safely")
    return text
