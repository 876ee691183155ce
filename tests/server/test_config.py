"""Every setting has one meaning, one default, and three ways to be given."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec import structs

from memoryd import config
from memoryd.errors import UsageError
from memoryd.paths import Paths, default_paths

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


def test_the_example_uncommented_is_the_default(paths: Paths) -> None:
    """Every line of the example is a valid setting at its default."""
    paths.config_file.write_text(
        re.sub(r"(?m)^# (\w+ = )", r"\1", (REPOSITORY / "config.example.toml").read_text())
    )
    assert config.load(paths, {}) == config.Config()


def test_every_setting_is_documented() -> None:
    """Each setting has a sentence of help, a variable and a flag of its own."""
    known = list(config.settings())
    assert all(setting.doc.endswith((".", "BUSY.")) for setting in known)
    assert (
        len({setting.variable for setting in known}) == len({setting.flag for setting in known}) == len(known)
    )


def test_flags_beat_environment_beats_file(paths: Paths) -> None:
    """Later sources win, setting by setting."""
    paths.config_file.write_text("[search]\nk = 3\nmax_tokens = 300\n[daemon]\nidle_stop_s = 1\n")
    environment = {"MEMORYD_SEARCH_K": "4", "MEMORYD_SEARCH_MAX_TOKENS": "400", "MEMORYD_HOME": "/x"}
    loaded = config.load(paths, environment, {"search.max_tokens": "500"})
    assert (loaded.search.k, loaded.search.max_tokens, loaded.daemon.idle_stop_s) == (4, 500, 1.0)


@pytest.mark.parametrize(
    ("text", "named", "suggested"),
    [
        ("[serch]\nk = 1\n", "serch.k", "search.k"),
        ("[search]\nkk = 1\n", "search.kk", "search.k"),
        ("search = 1\n", "search", ""),
        ("[search]\nk = 0\n", "search.k", ""),
        ('[search]\nk = "ten"\n', "search.k", ""),
        ('[watch]\nmode = "fast"\n', "watch.mode", ""),
        ("[search\n", "TOML", ""),
    ],
)
def test_a_wrong_file_is_named(paths: Paths, text: str, named: str, suggested: str) -> None:
    """An unknown name or a bad value in config.toml is refused with the setting and the file."""
    paths.config_file.write_text(text)
    with pytest.raises(UsageError) as refused:
        config.load(paths, {})
    assert named in refused.value.what
    assert refused.value.where == str(paths.config_file)
    assert suggested in refused.value.next_step


@pytest.mark.parametrize(
    ("environment", "named"),
    [({"MEMORYD_SEARCH_KK": "1"}, "search.kk"), ({"MEMORYD_SEARCH_K": "many"}, "search.k")],
)
def test_a_wrong_variable_is_named(paths: Paths, environment: dict[str, str], named: str) -> None:
    """A variable of a known section with an unknown key or a bad value is refused by its own name."""
    with pytest.raises(UsageError) as refused:
        config.load(paths, environment)
    assert named in refused.value.what
    assert refused.value.where == next(iter(environment))


def test_a_repository_can_only_narrow() -> None:
    """A project's own .memoryd.toml adds exclusions and lowers caps; raising one has no effect."""
    own = config.Config()
    wide = b"[index]\nmax_file_bytes = 999999999\nuntracked = true\n"
    same = config.narrow(own, wide)
    assert (same.exclude, same.max_file_bytes, same.untracked) == ((), own.index.max_file_bytes, True)
    assert config.narrow(own, b"") == same
    narrow = b'[index]\nexclude = ["gen/"]\nmax_file_bytes = 1000\nuntracked = false\n'
    narrowed = config.narrow(own, narrow)
    assert (narrowed.exclude, narrowed.max_file_bytes, narrowed.untracked) == (("gen/",), 1000, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"[http]\nport = 1\n", "cannot set `http.port`"),
        (b"[index]\nparse_workers = 64\n", "cannot set `index.parse_workers`"),
        (b"[a]\nb=1\n", "cannot set `a.b`"),
        (b"index = 3\n", "cannot set `index`"),
        (b'["\\u001b[2J"]\nb = 1\n', r"cannot set `\x1b[2J.b`"),
        (b"".join(b"[s%d]\nk = 1\n" % n for n in range(9)), "`s4.k` and 4 more"),
        (b"\xff", "no valid TOML"),
        (b"[" * 50_000, "no valid TOML"),
        (b"[index]\nmax_file_bytes = 'many'\n", "value of `index.max_file_bytes` is wrong"),
        (b"[index]\nmax_file_bytes = 0\n", "value of `index.max_file_bytes` is wrong"),
        (b"[index]\nuntracked = 2020-01-01\n", "value of `index.untracked` is wrong"),
        (b"[index]\nexclude = 'x/'\n", "value of `index.exclude` is wrong"),
    ],
)
def test_what_a_repository_cannot_set_has_no_effect_and_is_named(text: bytes, said: str) -> None:
    """Other settings, wrong values and broken files change nothing, and each is told."""
    narrowed = config.narrow(config.Config(), text)
    assert [said in told for told in narrowed.ignored] == [True]
    assert structs.replace(narrowed, ignored=()) == config.narrow(config.Config(), b"")


def test_what_is_right_beside_what_is_wrong_holds() -> None:
    """A forbidden key or an item that is no text takes no exclusion away."""
    text = b"[index]\nexclude = ['a/', 7]\nuntracked = false\nparse_workers = 1\n"
    narrowed = config.narrow(config.Config(), text)
    assert (narrowed.exclude, narrowed.untracked, len(narrowed.ignored)) == (("a/",), False, 2)


def test_the_default_home_is_the_platforms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without MEMORYD_HOME the home is what platformdirs says."""
    import platformdirs

    monkeypatch.delenv("MEMORYD_HOME", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert str(default_paths().home) == platformdirs.user_data_dir("memoryd", appauthor=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert str(default_paths().home) == platformdirs.user_data_dir("memoryd", appauthor=False)
