"""Our ignore rules are git's, without its or anybody's backtracking."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memoryd.globs.ignore import PATTERN_LIMIT, Ignore, parse

_NAMES = st.text("abc.*?[]!-\\ #", min_size=1, max_size=4).filter(lambda name: name not in (".", ".."))
_PIECES = st.sampled_from(
    ["a", "b", "ab", "*", "**", "?", "a*", "*b", "*.a", "[ab]", "[!a]", "[a-c]", "[]a]", "[^-a]", "\\*", "\\a",
     "a b", "[[:alpha:]]", "*a*b*", "[", "a\\", ".a", "[b-a]", "[a", "#a"]
)  # fmt: skip
_PATTERNS = st.builds(
    lambda negated, rooted, pieces, folder: f"{'!' * negated}{'/' * rooted}{'/'.join(pieces)}{'/' * folder}",
    st.booleans(), st.booleans(), st.lists(_PIECES, min_size=1, max_size=3), st.booleans(),
)  # fmt: skip
_PATHS = st.lists(
    st.sampled_from(["a", "b", "ab", "ba", "a.a", "c", ".a", "a b", "-", "*", "]", "aab"]),
    min_size=1,
    max_size=4,
)


class Oracle:
    """git itself, asked about paths that need not exist. A path that ends with ``/`` is a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        subprocess.run(["git", "init", "-q", str(root)], check=True)

    def ignored(self, rules: dict[str, str], paths: list[str]) -> set[str]:
        for folder, text in rules.items():
            target = self.root / folder / ".gitignore"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        done = subprocess.run(
            ["git", "-C", str(self.root), "check-ignore", "-z", "--no-index", "--stdin"],
            input="".join(f"./{path}\0" for path in paths).encode(), capture_output=True, check=False,
        )  # fmt: skip
        assert done.returncode in (0, 1), done.stderr
        return {name.removeprefix("./") for name in done.stdout.decode().split("\0") if name}


@pytest.fixture(scope="module")
def oracle(tmp_path_factory: pytest.TempPathFactory) -> Oracle:
    return Oracle(tmp_path_factory.mktemp("oracle"))


def _ours(rules: dict[str, str], paths: list[str]) -> set[str]:
    ignore = Ignore({folder: parse(text) for folder, text in rules.items()})
    return {path for path in paths if ignore.ignored(path.rstrip("/"), path.endswith("/"))}


_LISTED = {
    "": "*.log\n!keep.log\nbuild/\n/top.txt\ndocs/*.md\n**/deep/x\nfoo/**\na/**/z\n# comment\n\\#hash\n\\!bang\n"
    "space\\ \ntrailing   \nweird[\n/*.cfg\n\ufeffbom\nmid/dle\n",
    "sub": "!x.log\ny.txt\n/only\n",
}
_ASKED = [
    "x.log", "keep.log", "q/keep.log", "build/", "build/a", "build", "src/build/", "src/build/x", "top.txt",
    "q/top.txt",
    "docs/a.md", "docs/q/a.md", "deep/x", "q/w/deep/x", "q/deep/x/y", "foo/a", "foo/a/b", "q/foo/a", "a/z",
    "a/b/z", "a/b/c/z", "b/a/z", "#hash", "# comment", "!bang", "space ", "space", "trailing", "weird[", "a.cfg",
    "q/a.cfg", "sub/x.log", "sub/z.log", "sub/y.txt", "y.txt", "sub/q/y.txt", "sub/only", "sub/q/only", "mid/dle",
    "q/mid/dle", "sub/deep/x",
]  # fmt: skip


def test_the_usual_patterns_mean_what_git_means(oracle: Oracle) -> None:
    """Every construct of the manual page, nested files and negation included."""
    assert _ours(_LISTED, _ASKED) == oracle.ignored(_LISTED, _ASKED)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(_PATTERNS, min_size=1, max_size=4),
    st.lists(_PATTERNS, max_size=2),
    st.lists(st.builds("/".join, _PATHS), min_size=1, max_size=12),
)
def test_any_patterns_mean_what_git_means(
    oracle: Oracle, top: list[str], nested: list[str], paths: list[str]
) -> None:
    """Generated patterns over generated paths: the same verdicts as git check-ignore."""
    rules = {"": "\n".join(top) + "\n", "a": "\n".join(nested) + "\n"}
    paths = [path for path in paths if path != "a"]  # that one is a folder here
    assert _ours(rules, paths) == oracle.ignored(rules, paths)


@pytest.mark.parametrize(
    "pattern",
    [
        "*a" * 30 + "b",
        "*a*" * 40 + "b",
        "**/a/" * 30 + "b",
        "a/**/" * 40 + "b",
        "[ab]*" * 30 + "c",
        "?*" * 60 + "z",
    ],
)
def test_a_hostile_pattern_costs_no_more_than_another(pattern: str) -> None:
    """What makes a backtracking matcher run for years takes milliseconds (the time limit of a test would tell)."""
    ignore = Ignore({"": parse(pattern)})
    for path in ("a" * 250, "/".join(["a"] * 500), "/".join(["a" * 50] * 40)):
        ignore.ignored(path)


def test_huge_ignore_files_are_cut() -> None:
    """A million lines do not take the memory of a million patterns."""
    patterns = parse("x\n" * 1_000_000)
    assert len(patterns) == PATTERN_LIMIT
    assert Ignore({"": patterns}).ignored("x")
