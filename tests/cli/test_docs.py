"""The documents say what the program does: every verb, flag, setting and tool, and nothing that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from memoryd.cli.arguments.parser import verb_parser
from memoryd.cli.arguments.verbs import CLIENTS, VERBS
from memoryd.config import settings
from memoryd.server.mcp import resources
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


def test_every_verb_has_its_section_and_no_other():
    """docs/cli.md has a section per verb, in the order of the help."""
    assert list(_sections()[1]) == list(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_flag_is_documented_in_its_section(verb):
    """Each argument and flag of a verb stands in its section, its example too; common ones in the first part."""
    intro, sections = _sections()
    for action in _actions(verb):
        for flag in action.option_strings:
            assert f"`{flag}" in (intro if flag in COMMON else sections[verb])
        if not action.option_strings:
            assert f"`{action.metavar}`".replace("|", "\\|") in sections[verb]
    assert f"$ {VERBS[verb].example}\n" in sections[verb]


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


def test_every_setting_is_documented():
    """docs/config.md has a row per setting with default, help, variable and flag, and no other row."""
    page = _page("docs/config.md")
    rows = re.findall(r"(?m)^\| `(\w+\.\w+)` \| `([^`]*)` \| (.*?) \| `(\w+)`, `(--[\w-]+)` \|$", page)
    documented = {name: (default, variable, flag) for name, default, _, variable, flag in rows}
    assert documented == {
        s.name: (msgspec.json.encode(s.default).decode(), s.variable, s.flag) for s in settings()
    }
    for setting in settings():
        assert setting.doc in page


@pytest.mark.parametrize("verb", ["up", "index", "serve", "daemon"])
def test_every_setting_is_a_flag(verb):
    """The verbs that may start a daemon take every setting as a flag."""
    flags = {
        flag for action in verb_parser(verb, with_settings=True)._actions for flag in action.option_strings
    }
    assert {setting.flag for setting in settings()} <= flags


def test_every_tool_and_resource_is_documented():
    """docs/mcp.md names exactly the tools, each with exactly its arguments, and the resources."""
    page = _page("docs/mcp.md")
    rows = re.findall(r"(?m)^\| `(\w+)` \| ((?:`\w+`(?:, )?)+) \| .* \|$", page)
    documented = {name: re.findall(r"`(\w+)`", arguments) for name, arguments in rows}
    assert documented == {name: [a.name for a in tool.arguments] for name, tool in TOOLS.items()}
    assert set(re.findall(r"(?m)^\| `(memoryd://\w+)`", page)) == {str(r["uri"]) for r in resources.LISTED}


def test_every_client_is_documented():
    """The table of clients in docs/cli.md has each one."""
    section = _sections()[1]["install"]
    assert re.findall(r"(?m)^\| `([\w-]+)` \| `~", section) == list(CLIENTS)


def test_the_readme_names_only_verbs_that_exist():
    """Each ``memoryd VERB`` in README's examples is a verb."""
    named = set(re.findall(r"(?:^\$ |/bin/)memoryd (\w+)", _page("README.md"), re.MULTILINE))
    assert named <= set(VERBS)
    assert {"up", "search", "install"} <= named


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
