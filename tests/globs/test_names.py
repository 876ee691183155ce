"""Names fit patterns as bash says, groups included, and no pattern makes that slow."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.globs.names import MAX_NAME, Dialect, Malformed, name_test
from memoryd.globs.paths import GIT, GLOB

_SIMPLE = st.sampled_from(
    ["a", "b", "ab", ".", "-", "*", "?", "[ab]", "[!a]", "[a-c]", "[^-a]", "\\*", "\\a", "[[:alpha:]]"]
)
_TEXT = st.lists(_SIMPLE, max_size=3).map("".join)


def _groups(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(
        lambda kind, choices: f"{kind}({'|'.join(choices)})",
        st.sampled_from("@?+*"),
        st.lists(inner, min_size=1, max_size=3),
    )


_EXCLUDED = st.lists(_TEXT, min_size=1, max_size=2).map(lambda choices: f"!({'|'.join(choices)})")
_NESTED = st.one_of(_TEXT, _groups(_TEXT))
_PATTERN = st.lists(st.one_of(_SIMPLE, _groups(_NESTED), _EXCLUDED), min_size=1, max_size=4).map("".join)
_NAME = st.text("abc.-*", min_size=1, max_size=6)
_BASH = """shopt -s extglob; export LC_ALL=C
while IFS= read -r -d '' pattern && IFS= read -r -d '' name; do
  [[ $name == $pattern ]] && echo yes || echo no
done"""


def _bash(pairs: list[tuple[str, str]]) -> list[bool]:
    said = subprocess.run(
        ["bash", "-c", _BASH],
        input="".join(f"{pattern}\0{name}\0" for pattern, name in pairs),
        capture_output=True,
        text=True,
        check=True,
    )
    return [line == "yes" for line in said.stdout.splitlines()]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(_PATTERN, st.lists(_NAME, min_size=1, max_size=4)), min_size=1, max_size=20))
def test_any_pattern_means_what_bash_means(cases: list[tuple[str, list[str]]]) -> None:
    """Generated patterns over generated names: the same verdicts as ``[[ name == pattern ]]``."""
    pairs = [(pattern, name) for pattern, names in cases for name in names]
    assert [(p, n, bool(name_test(p, GLOB)(n))) for p, n in pairs] == [
        (p, n, said) for (p, n), said in zip(pairs, _bash(pairs), strict=True)
    ]


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        ("*.{ts,tsx}", ["a.ts", "a.tsx"], ["a.t", "a.{ts,tsx}"]),
        ("?(*.)+(spec|test).[jt]s?(x)", ["a.spec.ts", "test.js", "a.test.jsx"], ["a.tests.ts", "atest.ts"]),
        ("!(*.min).js", ["a.js", "a.mini.js"], ["a.ts"]),
        ("{a,b{c,d}}x", ["ax", "bcx", "bdx"], ["bx", "cx"]),
        ("{a,}b", ["ab", "b"], ["a"]),
        ("{slug}", ["{slug}"], ["slug"]),  # no choice: plain characters
        ("a{b", ["a{b"], ["ab"]),
        ("@(a", ["@(a"], ["a"]),
        ("*(a", ["(a", "x(a"], ["a"]),
        ("a)b}c", ["a)b}c"], ["abc"]),
        ("[", ["["], []),
        ("a[b", ["a[b"], ["ab"]),
        ("a\\", ["a\\"], ["a"]),
        ("\\[slug\\]", ["[slug]"], ["s"]),
    ],
)
def test_what_callers_write(pattern: str, fitting: list[str], others: list[str]) -> None:
    """Choices and groups are followed; what is opened and never closed is plain characters."""
    fits = name_test(pattern, GLOB)
    assert [name for name in [*fitting, *others] if fits(name)] == fitting


def test_a_strict_dialect_refuses_what_is_malformed() -> None:
    """As git does: an unclosed bracket, an unknown class, a backslash with nothing behind it."""
    for pattern in ("a[b", "[[:nonsense:]]", "a\\"):
        with pytest.raises(Malformed):
            name_test(pattern, GIT)


def test_signs_that_a_dialect_does_not_know_are_plain() -> None:
    """Without classes a bracket and a backslash are characters, without groups a brace is."""
    fits = name_test("a[b]{c,d}\\*", Dialect(classes=False))
    assert fits("a[b]{c,d}\\x")
    assert not fits("abc*")


@pytest.mark.parametrize(
    "pattern",
    [
        "*a" * 300 + "b",
        "?*" * 300 + "z",
        "[ab]*" * 300 + "c",
        "+(a|aa)" * 36 + "b",
        "+(+(+(+(a))))" * 18 + "b",
        "*(*(a)*(a))" * 22 + "b",
        "+(" + "*a" * 120 + ")b",
        "*!(a*)" * 20 + "b",
        "!(*a*a*a*!(*b*))" * 15 + "c",
        "@(" * 100,
        "{a," * 60 + "}" * 60,
        "?(a)" * 50 + "a" * 50,
        "@(a" * 1_000 + ")" * 1_000,  # too long: plain characters
        "[" * 4_000,
    ],
)
def test_a_hostile_pattern_costs_no_more_than_another(pattern: str) -> None:
    """What makes a backtracking matcher run for years is answered at once (the time limit of a test would tell)."""
    fits = name_test(pattern, GLOB)
    for name in ("a" * MAX_NAME, "ab" * 120, "b" * MAX_NAME):
        fits(name)
