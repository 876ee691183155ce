"""``memoryd install`` and ``uninstall``: the client's file gains our server and keeps all the rest."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

JSON_CLIENTS = {
    "claude-code": (".claude.json", ".mcp.json", "mcpServers"),
    "cursor": (".cursor/mcp.json", ".cursor/mcp.json", "mcpServers"),
    "vscode": (".config/Code/User/mcp.json", ".vscode/mcp.json", "servers"),
}
CODEX = (".codex/config.toml", ".codex/config.toml", "mcp_servers")
ALL = {**JSON_CLIENTS, "codex": CODEX}

TOML = """\
# my settings
model = "o4"   # the good one

[mcp_servers.other]
command = "npx"
args = ["-y", "other"]

[mcp_servers.other.env]
TOKEN = "t0p-s3cret"

# about me
[profile]
text = '''
[mcp_servers.memoryd]
'''
"""
JSON = """\
{
  "b": 1,
  "%s": {
    "other": {"command": "npx", "env": {"TOKEN": "t0p-s3cret"}}
  },
  "a": [1, 2]
}
"""


def _file(box, client, scope="user"):
    user, project, section = ALL[client]
    return (box.user / user if scope == "user" else box.project / project), section


def _existing(client):
    return TOML if client == "codex" else JSON % ALL[client][2]


def _read(client, text):
    return tomllib.loads(text) if client == "codex" else json.loads(text)


def _write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.mark.parametrize("client", ALL)
def test_the_server_is_added_and_nothing_else_changes(box, client):
    """After install the file has our server, all else means what it did, and the order of keys is the same."""
    file, section = _file(box, client)
    _write(file, _existing(client))
    assert box.run("install", client, "--yes").returncode == 0
    before, after = _read(client, _existing(client)), _read(client, file.read_text())
    entry = after[section].pop("memoryd")
    assert list(after) == list(before)
    assert after == before
    assert [entry["command"], *entry["args"]][-1] == "mcp"
    assert entry["env"] == {"MEMORYD_HOME": str(box.home)}


@pytest.mark.parametrize("scope", ["user", "project"])
@pytest.mark.parametrize("client", ALL)
def test_uninstall_gives_the_file_back_byte_for_byte(box, client, scope):
    """install then uninstall leaves exactly the file that was there."""
    file, _ = _file(box, client, scope)
    _write(file, _existing(client))
    box.run("install", client, "--scope", scope, "--yes")
    assert file.read_text() != _existing(client)
    assert box.run("uninstall", client, "--scope", scope, "--yes").returncode == 0
    assert file.read_text() == _existing(client)


@pytest.mark.parametrize("client", ALL)
def test_a_file_that_install_made_goes_with_uninstall(box, client):
    """Where there was no file before, there is none after; where there was no section, none either."""
    file, _ = _file(box, client)
    box.run("install", client, "--yes")
    assert file.exists()
    box.run("uninstall", client, "--yes")
    assert not file.exists()
    if client != "codex":
        _write(file, '{\n  "a": 1\n}\n')
        box.run("install", client, "--yes")
        box.run("uninstall", client, "--yes")
        assert file.read_text() == '{\n  "a": 1\n}\n'


@pytest.mark.parametrize("client", ALL)
def test_installing_twice_is_installing_once(box, client):
    """A second install finds nothing to do: same bytes, no second backup, exit code 0."""
    file, _ = _file(box, client)
    _write(file, _existing(client))
    box.run("install", client, "--yes")
    once, saved = file.read_bytes(), os.listdir(box.home / "backups")
    again = box.run("install", client, "--yes")
    assert (again.returncode, file.read_bytes(), os.listdir(box.home / "backups")) == (0, once, saved)
    assert "nothing to do" in again.stdout


def test_a_backup_holds_what_was_there(box):
    """The old bytes lie in a private folder of memoryd's own, named in the output, not beside the file."""
    file, _ = _file(box, "cursor")
    _write(file, _existing("cursor"))
    done = box.run("install", "cursor", "--yes", "--json")
    saved = json.loads(done.stdout)["backup"]
    assert Path(saved).read_text() == _existing("cursor")
    assert stat.S_IMODE(os.stat(saved).st_mode) == 0o600
    assert os.listdir(file.parent) == ["mcp.json"]


def test_what_the_user_added_to_our_entry_stays(box):
    """Reinstalling over an edited entry changes the command and keeps the keys that are not ours."""
    file, _ = _file(box, "cursor")
    _write(file, '{"mcpServers": {"memoryd": {"command": "old", "disabled": true}}}')
    box.run("install", "cursor", "--yes")
    entry = json.loads(file.read_text())["mcpServers"]["memoryd"]
    assert entry["disabled"] is True
    assert entry["command"] != "old"


def test_codex_tables_below_ours_survive_a_reinstall(box):
    """A ``[mcp_servers.memoryd.tools]`` table of the user's is kept, and goes only with uninstall."""
    file, _ = _file(box, "codex")
    mine = '[mcp_servers.memoryd]\ncommand = "old"\n\n[mcp_servers.memoryd.tools]\nsearch = "auto"\n\n[last]\nx = 1\n'
    _write(file, mine)
    box.run("install", "codex", "--yes")
    servers = tomllib.loads(file.read_text())["mcp_servers"]
    assert servers["memoryd"]["tools"] == {"search": "auto"}
    assert servers["memoryd"]["args"][-1] == "mcp"
    box.run("uninstall", "codex", "--yes")
    assert tomllib.loads(file.read_text()) == {"last": {"x": 1}}


def test_comments_of_vscode_survive(box):
    """VS Code's file may hold comments and trailing commas; they stay."""
    file, _ = _file(box, "vscode")
    _write(file, '{\n\t// mine\n\t"servers": {\n\t\t"x": { "command": "y" }, // keep\n\t},\n}\n')
    box.run("install", "vscode", "--yes")
    text = file.read_text()
    assert "// mine" in text
    assert '"x": { "command": "y" }, // keep' in text
    box.run("uninstall", "vscode", "--yes")
    assert file.read_text() == '{\n\t// mine\n\t"servers": {\n\t\t"x": { "command": "y" }, // keep\n\t},\n}\n'


HOSTILE = {
    "broken": ("cursor", b'{"mcpServers": '),
    "comments where none may be": ("claude-code", b'{"a": 1} // x'),
    "an array": ("cursor", b"[]"),
    "servers are a list": ("cursor", b'{"mcpServers": []}'),
    "our entry is a text": ("cursor", b'{"mcpServers": {"memoryd": "x"}}'),
    "a key twice": ("cursor", b'{"mcpServers": {}, "mcpServers": {}}'),
    "no UTF-8": ("cursor", b'{"a": "\xff"}'),
    "NUL bytes": ("cursor", b"\0\0\0\0"),
    "too deep": ("cursor", b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    "broken TOML": ("codex", b"[mcp_servers\n"),
    "inline servers": ("codex", b'mcp_servers = { other = { command = "x" } }\n'),
    "ours inline": ("codex", b'[mcp_servers]\nmemoryd = { command = "x" }\n'),
    "servers are a number": ("codex", b"mcp_servers = 5\n"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_cannot_be_edited_safely_is_left_alone(box, name):
    """Whatever is not surely understood is refused with a next step, exit code 2, and not a byte changes."""
    client, data = HOSTILE[name]
    file, _ = _file(box, client)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    done = box.run("install", client, "--yes")
    assert done.returncode == 2, done.stderr
    assert "left as it is" in done.stderr
    assert "next:" in done.stderr
    assert "Traceback" not in done.stderr
    assert file.read_bytes() == data


def test_print_shows_and_writes_nothing(box):
    """``--print`` shows entry, file and diff; nothing is created."""
    done = box.run("install", "cursor", "--print")
    file, _ = _file(box, "cursor")
    assert done.returncode == 0
    assert str(file) in done.stdout
    assert '+    "memoryd": {' in done.stdout
    assert not file.exists()
    assert not (box.home / "installs.json").exists()


def test_without_yes_and_without_a_terminal_nothing_is_written(box):
    """Nobody can be asked: exit code 2, and the two ways on are named."""
    done = box.run("install", "cursor")
    file, _ = _file(box, "cursor")
    assert done.returncode == 2
    assert "--print" in done.stderr
    assert "--yes" in done.stderr
    assert not file.exists()


def test_other_peoples_secrets_are_not_in_the_diff(box):
    """The diff masks values of lines that are not ours, also of the line that only gains a comma."""
    file, _ = _file(box, "cursor")
    for text in (
        '{\n  "mcpServers": {\n    "other": {"env": {"TOKEN": "t0p-s3cret"}}\n  }\n}\n',
        '{"mcpServers": {"other": {"env": {"TOKEN": "%s t0p-s3cret"}}}}' % ("x" * 200),
        '{\n  "mcpServers": {},\n  "token": "t0p-s3cret"\n}\n',
    ):
        _write(file, text)
        done = box.run("install", "cursor", "--print")
        assert "t0p-s3cret" not in done.stdout + done.stderr
        assert "memoryd" in done.stdout


def test_a_link_in_a_project_is_not_followed(box):
    """A repository that links its client's file elsewhere cannot have memoryd write there."""
    outside = box.user / "precious.json"
    outside.write_text("{}")
    (box.project / ".mcp.json").symlink_to(outside)
    (box.project / ".cursor").symlink_to(box.user)
    for client in ("claude-code", "cursor"):
        done = box.run("install", client, "--scope", "project", "--yes")
        assert done.returncode == 2
        assert "link" in done.stderr
    assert outside.read_text() == "{}"
    assert not (box.user / "mcp.json").exists()


def test_a_link_of_the_users_own_is_followed(box):
    """Dotfiles are often links into another folder: the target is edited, the link stays."""
    real = box.user / "dotfiles.json"
    real.write_text("{}")
    (box.user / ".claude.json").symlink_to(real)
    box.run("install", "claude-code", "--yes")
    assert (box.user / ".claude.json").is_symlink()
    assert "memoryd" in json.loads(real.read_text())["mcpServers"]


def test_mode_stays_and_no_litter_is_left(box):
    """The file keeps its mode, a new user file is 0600, and no temporary file remains."""
    file, _ = _file(box, "claude-code")
    _write(file, "{}")
    file.chmod(0o640)
    box.run("install", "claude-code", "--yes")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    box.run("install", "cursor", "--yes")
    cursor, _ = _file(box, "cursor")
    assert stat.S_IMODE(cursor.stat().st_mode) == 0o600
    assert sorted(os.listdir(box.user)) == [".claude.json", ".cursor"]


def test_a_projects_file_holds_nothing_of_this_machine(box):
    """With ``memoryd`` on the PATH a project's file names just that, no home and no absolute path."""
    tools = box.user / "bin"
    tools.mkdir()
    (tools / "memoryd").write_text("#!/bin/sh\n")
    (tools / "memoryd").chmod(0o755)
    path = f"{tools}:{os.environ['PATH']}"
    box.run("install", "vscode", "--scope", "project", "--yes", PATH=path)
    entry = json.loads((box.project / ".vscode/mcp.json").read_text())["servers"]["memoryd"]
    assert entry == {"type": "stdio", "command": "memoryd", "args": ["mcp", "-C", "${workspaceFolder}"]}


def test_what_is_installed_starts(box, fake):
    """The command that install writes answers as an MCP server with the client's little environment."""
    box.run("install", "claude-code", "--yes")
    entry = json.loads((box.user / ".claude.json").read_text())["mcpServers"]["memoryd"]
    environment = {"HOME": str(box.user), "PATH": "/usr/bin:/bin", **entry["env"]}
    if "-m" in entry["args"]:  # run from a checkout: the code is found through the path
        environment["PYTHONPATH"] = box.environment["PYTHONPATH"]
    done = subprocess.run(
        [entry["command"], *entry["args"]],
        env=environment,
        input=b'{"id": 1}\n',
        capture_output=True,
        timeout=30,
    )
    assert json.loads(done.stdout)["echo"] == {"id": 1}
    assert sys.executable in entry["command"] or entry["command"].endswith("memoryd")


def test_a_terminal_is_asked(box):
    """On a terminal the change is shown and only a yes writes it."""
    file, _ = _file(box, "cursor")
    for answer, written in ((b"n\n", False), (b"y\n", True)):
        parent, child = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "memoryd", "install", "cursor"],
            env=box.environment,
            cwd=box.project,
            stdin=child,
            stdout=child,
            stderr=child,
        )
        os.close(child)
        os.write(parent, answer)
        shown = b""
        try:
            while chunk := os.read(parent, 65536):
                shown += chunk
        except OSError:
            pass
        os.close(parent)
        assert process.wait(timeout=60) == 0
        assert b"Write this?" in shown
        assert file.exists() is written
