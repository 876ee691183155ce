"""The documents say what the program does: every verb, flag, setting and tool, and nothing that is not there."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin

import msgspec
import pytest

from memoryd.cli.arguments.cli_verb import OneOf
from memoryd.cli.arguments.client_verbs import CLIENTS
from memoryd.cli.arguments.parser import verb_parser
from memoryd.cli.arguments.verbs import VERBS
from memoryd.config import settings
from memoryd.server.mcp.tools import TOOLS
from memoryd.server.params import Common
from memoryd.server.verbs import VERBS as ASKED

ROOT = Path(__file__).resolve().parents[2]
COMMON = {"-C", "--project", "--json", "--rev", "--max-tokens", "-h", "--help"}


def _page(name):
    return (ROOT / name).read_text()


def _sections():
    parts = re.split(r"(?m)^## memoryd (\w+)\n", _page("docs/cli.md"))
    return parts[0], dict(zip(parts[1::2], parts[2::2], strict=True))


def _actions(verb):
    return [action for action in verb_parser(verb)._actions if action.dest != "help"]


def test_the_documents_repeat_what_the_code_says():
    """Sections of verbs, arguments, JSON, tools, resources and settings are what docs/generate.py writes."""
    command = [sys.executable, str(ROOT / "docs" / "generate.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_new_verb_gets_a_section():
    """The generator adds what a document lacks, leaves out what is gone, and keeps what is written by hand."""
    generate = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    known = _page("docs/cli.md")
    lacking = re.sub(r"(?s)## memoryd symbol\n.*?(?=## memoryd refs)", "", known)
    stale = lacking + "\n## memoryd gone\n\nOf old.\n"
    made = generate["_cli"](stale)
    assert "## memoryd symbol\n" in made
    assert "Of old." not in made
    assert "Exit code 1 when nothing has that name." not in made  # by hand, so only git still has it
    assert generate["_cli"](known) == known


@pytest.mark.parametrize("verb", VERBS)
def test_no_flag_is_documented_that_does_not_exist(verb):
    """A flag in a verb's section is one of that verb, or a setting's."""
    flags = {flag for action in _actions(verb) for flag in action.option_strings} | {
        s.flag for s in settings()
    }
    mentioned = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", _sections()[1][verb]))
    assert mentioned <= flags | COMMON


@pytest.mark.parametrize("verb", VERBS)
def test_every_verbs_help_shows_an_example(verb):
    """``-h`` of every verb ends with an example of itself that its own parser understands."""
    help_text = verb_parser(verb, with_settings=False).format_help()
    assert "example:" in help_text
    assert f"memoryd {verb}" in VERBS[verb].example


@pytest.mark.parametrize("verb", [name for name, verb in VERBS.items() if verb.question])
def test_the_daemon_knows_every_argument_of_a_question(verb):
    """What the CLI sends under its own names, the daemon's request has under the same names."""
    asked = "decisions" if verb == "decision" else verb
    known = {*ASKED[asked].request.__struct_fields__, *Common.__struct_fields__}
    sent = {action.dest for action in _actions(verb) if not action.dest.startswith("_")}
    assert sent <= known


@pytest.mark.parametrize("verb", [name for name, verb in VERBS.items() if verb.question])
def test_the_choices_of_an_argument_are_those_of_the_daemon(verb):
    """Where the daemon's request takes certain words only, the command line offers just these, as words or as a flag
    for each; what it takes without a flag needs none."""
    fields = {
        f.name: f for f in msgspec.structs.fields(ASKED["decisions" if verb == "decision" else verb].request)
    }
    offered = defaultdict(set)
    for action in _actions(verb):
        if action.dest in fields:
            words = action.type.known if isinstance(action.type, OneOf) else action.choices
            offered[action.dest] |= set(words or (action.const, fields[action.dest].default))
    for name, words in offered.items():
        kind = fields[name].type
        while get_origin(kind) in (Annotated, tuple):
            kind = get_args(kind)[0]
        if get_origin(kind) is Literal:
            assert words == set(get_args(kind)), name


@pytest.mark.parametrize("verb", [name for name, verb in VERBS.items() if verb.takes_settings])
def test_every_setting_is_a_flag(verb):
    """The verbs that may start a daemon take every setting as a flag."""
    flags = {
        flag for action in verb_parser(verb, with_settings=True)._actions for flag in action.option_strings
    }
    assert {setting.flag for setting in settings()} <= flags


def test_every_client_is_documented():
    """The table of clients in docs/cli.md has each one."""
    section = _sections()[1]["install"]
    assert re.findall(r"(?m)^\| `([\w-]+)` \| `~", section) == list(CLIENTS)


def test_the_readme_names_only_verbs_that_exist():
    """Each ``memoryd VERB`` in README's examples is a verb."""
    named = set(re.findall(r"(?:^\$ |/bin/)memoryd (\w+)", _page("README.md"), re.MULTILINE))
    assert named <= set(VERBS)
    assert {"up", "search", "install"} <= named


def test_the_readme_names_the_tools():
    """README lists exactly the tools that an assistant gets."""
    listed = re.search(r"tools \((`\w+`(?:, `\w+`)*)\)", _page("README.md"))
    assert listed
    assert re.findall(r"`(\w+)`", listed[1]) == list(TOOLS)


def test_links_between_documents_lead_somewhere():
    """A relative link in a document points at a file that exists."""
    for page in (
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "docs/cli.md",
        "docs/mcp.md",
        "docs/config.md",
    ):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", _page(page)):
            assert ((ROOT / page).parent / target).exists(), f"{page}: {target}"
