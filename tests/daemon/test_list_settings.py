"""A list that a user sets reaches the process that acts on it item by item, whatever the items hold."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from daemon_harness import Client, StartDaemon
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from memoryd import config
from memoryd.cli.connection.autostart import daemon_flags
from memoryd.daemon.__main__ import flags_of
from memoryd.daemon.projects.registry import key_of
from memoryd.errors import UsageError
from memoryd.paths import Paths
from memoryd.store.index import reader
from memoryd.store.sqlite import connect

LISTS = [setting for setting in config.settings() if setting.kind == "list"]
ODD = [
    "notes,old/",
    'a"b',
    "it's",
    "two\nlines",
    " spaces ",
    "naïve-日本",
    "back\\slash",
    "--dash",
    "[a,b]",
    "",
    "#",
    "\0",
]
TEXTS = st.lists(
    st.one_of(
        st.sampled_from(ODD), st.text(max_size=8), st.text(",\"'\\\n\t []{}#!-=\u00a0\u2028é", max_size=6)
    )
)


def given_to_a_child(effective: config.Config) -> config.Config:
    """What a process started with ``effective`` finds in its environment."""
    env = shutil.which("env")
    assert env
    said = subprocess.run(
        [env, "-0"], env=config.for_child(effective), check=True, capture_output=True
    ).stdout
    variables = dict(pair.split(b"=", 1) for pair in said.split(b"\0") if pair)
    return config.of_parent({os.fsdecode(name): os.fsdecode(value) for name, value in variables.items()})


def value_of(effective: config.Config, setting: config.Setting) -> tuple[str, ...]:
    return getattr(getattr(effective, setting.section), setting.key)


@pytest.mark.parametrize("setting", LISTS, ids=lambda setting: setting.name)
@given(items=TEXTS)
@budget(max_examples=60, deadline=None)
def test_every_list_reaches_the_child_as_it_was_given(
    setting: config.Setting, items: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """From file, variable and flag, by the environment of a real process: the same items in the same order."""
    paths = Paths(tmp_path_factory.getbasetemp())
    text = json.dumps(items, ensure_ascii=False)
    paths.config_file.write_text(f"{setting.name} = {text}\n".replace("\x7f", "\\u007f"), "utf-8")
    of_file = config.load(paths, {})
    paths.config_file.unlink()
    of_variable = config.load(paths, {setting.variable: text})
    of_flag = config.load(paths, {}, flags_of(daemon_flags({setting.name: text})))
    for effective in (of_file, of_variable, of_flag):
        assert value_of(effective, setting) == tuple(items)
        assert given_to_a_child(effective) == effective


@given(text=st.one_of(st.text(max_size=20), st.text(",\"'\\\n []{}ab ", max_size=12)))
@budget(max_examples=300, deadline=None)
def test_a_typed_list_is_read_in_one_way_or_refused(text: str) -> None:
    """Text without brackets is split where a person sees its commas, and nothing of it is lost; what could be meant
    otherwise is refused with the JSON form as the next step."""
    try:
        items = config.load(Paths(Path("/nowhere")), {"MEMORYD_INDEX_EXCLUDE": text}).index.exclude
    except UsageError as error:
        refused = error
    else:
        refused = None
    if refused:
        assert refused.where == "MEMORYD_INDEX_EXCLUDE"
        assert "JSON" in refused.next_step or "UTF-8" in refused.what
        return
    if text.lstrip().startswith("["):
        assert items == tuple(json.loads(text))
        return
    assert not set(text) & set("\"'\\\n")
    assert [item.strip() for item in text.split(",") if item.strip()] == list(items)
    assert len(items) <= 1 or not set(text) & set("[]{}")


@pytest.mark.parametrize(
    "text", ['"notes,old/"', "*.{js,ts}", "notes\\,old/", "'a b'", "a\nb", "[notes,old/]", "[1]", '["a"']
)
def test_a_list_with_two_readings_is_refused(text: str) -> None:
    """Quotes, escapes and braces promise that a comma does not separate: never split there, never guessed."""
    with pytest.raises(UsageError) as refused:
        config.load(Paths(Path("/nowhere")), {"MEMORYD_INDEX_EXCLUDE": text})
    assert refused.value.where == "MEMORYD_INDEX_EXCLUDE"
    assert "JSON" in refused.value.next_step


def test_a_default_given_by_a_flag_beats_the_file_in_the_child_too(tmp_path: Path) -> None:
    """What the file or the environment says does not come back in the child where a flag set the default again."""
    paths = Paths(tmp_path)
    paths.config_file.write_text('[index]\nuntracked = false\nexclude = ["a"]\n')
    effective = config.load(paths, {}, {"index.untracked": "yes", "index.exclude": "[]"})
    assert given_to_a_child(effective) == effective == config.Config()


def test_a_flag_keeps_its_equal_signs() -> None:
    """A value may be an argument of its own and hold any text."""
    assert flags_of(["--index-exclude", "a=b", "--search-k=3"]) == {"index.exclude": "a=b", "search.k": "3"}


# --- from the user's setting to what is indexed


def indexed(paths: Paths, root: Path) -> set[str]:
    with closing(connect(paths.project_dir(key_of(root)) / "index.db", readonly=True)) as conn:
        view = reader.view(conn, f"worktree:{root}")
        assert view
        return {row.path for row in reader.view_files(conn, view.id)}


def write(root: Path, names: list[str]) -> None:
    for name in names:
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("secret = 1\n")


@pytest.mark.parametrize("by", ["file", "variable", "flag"])
def test_a_folder_with_a_comma_stays_excluded(
    start: StartDaemon, home: Path, tmp_path: Path, by: str
) -> None:
    """`notes,old/` is one folder: it is not indexed, and neither `notes` nor `old` is left out for it."""
    root = tmp_path / "p"
    write(root, ["notes,old/private.py", "old/public.py", "notes/public.py"])
    value = '["notes,old/"]'
    home.mkdir()
    if by == "file":
        Paths(home).config_file.write_text(f"[index]\nexclude = {value}\n")
    flags = [f"--index-exclude={value}"] if by == "flag" else []
    variables = {"MEMORYD_INDEX_EXCLUDE": value} if by == "variable" else {}
    daemon = start(*flags, **variables).listening()
    with Client(daemon.paths) as client:
        client.json("up", path=str(root))
    assert indexed(daemon.paths, root) == {"old/public.py", "notes/public.py"}


def test_odd_names_are_excluded_each_by_itself(start: StartDaemon, home: Path, tmp_path: Path) -> None:
    """Names with commas, quotes, line ends, spaces, backslashes and leading dashes: each is left out, and of what a
    torn or trimmed item would name instead, nothing is."""
    hidden = [
        "a,b",
        'say "x"',
        "it's",
        "two\nlines",
        " lead",
        "é,日本",
        "back\\slash",
        "-dash",
        "--index-exclude=q",
        "[x,y]",
        "#h",
    ]
    shown = ["a", "b", "x", "two", "lines", "lead", "日本", "slash", "dash", "q", "y", "h"]
    root = tmp_path / "p"
    write(root, [f"{name}/m.py" for name in (*hidden, *shown)])
    patterns = ["/" + re.sub(r"([\\*?\[])", r"\\\1", name) + "/" for name in hidden]
    daemon = start(f"--index-exclude={json.dumps(patterns)}").listening()
    with Client(daemon.paths) as client:
        client.json("up", path=str(root))
    assert indexed(daemon.paths, root) == {f"{name}/m.py" for name in shown}


def test_a_projects_own_file_lifts_nothing_of_the_users(start: StartDaemon, tmp_path: Path) -> None:
    """`!private/` in a repository's .memoryd.toml does not bring back what the user excluded, nor does it switch off
    the repository's own patterns that come before it."""
    root = tmp_path / "p"
    write(root, ["private/a.py", "gen/b.py", "gen/keep.py", "c.py"])
    (root / ".memoryd.toml").write_text('[index]\nexclude = ["!private/", "gen/*", "!gen/keep.py"]\n')
    daemon = start("--index-exclude=private/").listening()
    with Client(daemon.paths) as client:
        client.json("up", path=str(root))
    assert indexed(daemon.paths, root) - {".memoryd.toml"} == {"c.py", "gen/keep.py"}
