"""Paths fit globs as git, editors and the tools that wrote them say."""

from __future__ import annotations

import itertools
import subprocess
from pathlib import Path

import pytest
from grimp import ImportGraph
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from importlinter.domain.helpers import module_expression_to_modules
from importlinter.domain.imports import ModuleExpression

from indexers.operations.codeowners import owned
from memoryd.globs.paths import (
    MODULES,
    PACKAGES,
    any_matcher,
    exact,
    in_scope,
    is_glob,
    matcher,
    package_pattern,
)


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("src/*.py", "src/a.py", True),
        ("src/*.py", "src/b/a.py", False),  # one star stays in its folder
        ("src/**/*.py", "src/a.py", True),
        ("src/**/*.py", "src/b/c/a.py", True),
        ("**/a.py", "a.py", True),
        ("**", "any/thing", True),
        ("*.py", "deep/down/a.py", True),  # without a slash: the last name
        ("*.py", "deep.py/a.txt", False),
        ("./*.py", "a.py", True),
        ("./*.py", "deep/a.py", False),  # from the root, as a shell would
        ("/*.py", "deep/a.py", False),
        ("src", "src/a.py", True),
        ("src/", "src/a.py", True),
        ("./src/", "src/a.py", True),
        ("src", "src2/a.py", False),  # a folder is no prefix of letters
        ("", "any/thing", True),
        ("src/[ab].py", "src/a.py", True),
        ("src/[!ab].py", "src/a.py", False),
        ("src/?.py", "src/a.py", True),
        ("src/?.py", "src/ab.py", False),
        ("a/**/z/*.c", "a/b/z/q/z/x.c", True),
        ("a/**/z/*.c", "a/b/x.c", False),
        ("[", "[", True),
        ("app/[id]/page.ts", "app/[id]/page.ts", True),  # a path fits itself
        ("app/\\[id\\]/*.ts", "app/[id]/page.ts", True),
        ("src/**/*.{ts,tsx}", "src/a/b.tsx", True),
        ("{src,lib/a}/**", "lib/a/b.c", True),
        ("{src,lib/a}/**", "lib/b.c", False),
        ("{**/,}x.c", "a/b/x.c", True),
        ("**/@(test|spec)/**", "a/spec/b.js", True),
        ("cookie/{{name}}/a.py", "cookie/{{name}}/a.py", True),
    ],
)
def test_a_glob_fits(pattern: str, path: str, fits: bool) -> None:
    """Stars, classes, choices and folders mean what they mean in git, editors and minimatch."""
    assert matcher(pattern)(path) is fits


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("a/*.py", True), ("a?", True), ("a[bc]", True), ("{a,b}/c", True), ("@(a|b).js", True), ("\\{a", True),
        ("a/b.py", False), ("{{name}}/a", False), ("app/(group)/page.ts", False), ("@scope/pkg", False),
        ("src/+page.ts", False), ("C:\\Users\\me", False),
    ],
)  # fmt: skip
def test_what_is_a_pattern_and_what_a_name(text: str, pattern: bool) -> None:
    """Signs that frameworks use in names of folders do not make a pattern."""
    assert is_glob(text) is pattern


def test_a_scope_takes_in_and_takes_out() -> None:
    """Patterns with ``!`` take out whatever order they stand in; with nothing else, out of everything."""
    fits = in_scope(("src/**", "!**/*.gen.ts"))
    assert [fits(path) for path in ("src/a.ts", "src/a.gen.ts", "lib/a.ts")] == [True, False, False]
    assert in_scope(("!docs",))("src/a.ts")
    assert not in_scope(("!docs",))("docs/a.md")
    assert in_scope(())("any")
    assert not any_matcher(())("any")


# -- references: git, import-linter, ArchUnit's and GitHub's own documentation

_PIECES = st.sampled_from(
    ["a", "b", "ab", "*", "**", "?", "a*", "*b", "[ab]", "[!a]", "*a*b*", "\\a", "a**b"]
)
_NAMES = st.sampled_from(["a", "b", "ab", "ba", "c", "aab", "axb"])


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose index holds every path of up to three of the names."""
    root = tmp_path_factory.mktemp("tree")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    names = ["a", "b", "ab", "ba", "c", "aab", "axb"]
    paths = [f"{one}/{two}/{three}.x" for one in names for two in names for three in names]
    paths += [f"{one}/{two}.x" for one in names for two in names] + [f"{one}.x" for one in names]
    listed = "".join(f"100644 {'1' * 40}\t{path}\n" for path in paths)
    subprocess.run(
        ["git", "-C", str(root), "update-index", "--index-info"], input=listed, text=True, check=True
    )
    return root


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_PIECES, min_size=1, max_size=4))
def test_any_path_fits_as_git_says(tree: Path, pieces: list[str]) -> None:
    """Generated globs over a tree: the same files as ``git ls-files ':(glob)…'``."""
    pattern = "/".join(pieces) + (".x" if pieces[-1] != "**" else "")
    said = subprocess.run(
        ["git", "-C", str(tree), "ls-files", f":(glob){pattern}"], capture_output=True, text=True, check=True
    )
    every = subprocess.run(["git", "-C", str(tree), "ls-files"], capture_output=True, text=True, check=True)
    fits = exact(pattern)
    assert {path for path in every.stdout.splitlines() if fits(path)} == set(said.stdout.splitlines())


def _is_expression(parts: list[str]) -> bool:
    """import-linter refuses a wildcard beside a recursive one."""
    return not any("**" in pair and {*pair} <= {"*", "**"} for pair in itertools.pairwise(parts))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "*", "**"]), min_size=1, max_size=4).filter(_is_expression))
def test_any_module_fits_as_import_linter_says(parts: list[str]) -> None:
    """Generated expressions over a graph: the same modules as import-linter's own code finds."""
    names = ["a", "b", "c"]
    graph = ImportGraph()
    for one in names:
        for module in [
            one,
            *(f"{one}.{x}" for x in names),
            *(f"{one}.{x}.{y}" for x in names for y in names),
        ]:
            graph.add_module(module)
    pattern = ".".join(parts)
    found = module_expression_to_modules(graph, ModuleExpression(pattern))
    assert {module.name for module in found} & graph.modules == set(
        filter(exact(pattern, MODULES), graph.modules)
    )


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        ("..pack..", ["pack", "a.pack", "a.pack.b", "a.b.pack.c.d"], ["a.packa.b"]),
        ("com.shop..", ["com.shop", "com.shop.web.api"], ["com", "com.shopping"]),
        ("com.shop.*", ["com.shop.web"], ["com.shop", "com.shop.web.api"]),
        ("..service", ["service", "a.b.service"], ["service.a"]),
        ("a..b..c", ["a.b.c", "a.x.b.y.z.c"], ["a.c"]),
        ("com.shop", ["com.shop"], ["com.shop.web"]),
        ("..*impl", ["a.userimpl", "impl"], ["a.impl.b"]),
    ],
)
def test_packages_fit_as_archunit_says(pattern: str, fitting: list[str], others: list[str]) -> None:
    """``..`` is any number of packages, none included; ``*`` is part of one name."""
    fits = exact(package_pattern(pattern), PACKAGES)
    assert [name for name in [*fitting, *others] if fits(name)] == fitting


@pytest.mark.parametrize(
    ("pattern", "owns", "others"),
    [
        ("*", ["a.py", "x/a.py"], []),
        ("*.js", ["a.js", "x/a.js", "x.js/a"], ["a.jsx"]),
        ("/*.js", ["a.js"], ["x/a.js"]),
        ("/build/logs/", ["build/logs/a", "build/logs/x/a"], ["x/build/logs/a"]),
        ("build/logs", ["build/logs/a", "build/logs"], ["x/build/logs/a"]),
        ("docs/*", ["docs/a.md"], ["docs/x/a.md", "y/docs/a.md"]),
        ("docs/**", ["docs/a.md", "docs/x/a.md"], ["doc/a"]),
        ("docs/*.md", ["docs/a.md"], ["docs/x/a.md"]),
        ("apps/", ["apps/a", "x/apps/a", "x/apps/y/a"], ["apps2/a"]),
        ("apps", ["apps/a", "x/apps/a", "x/apps"], ["apps2/a"]),
        ("/docs/", ["docs/a"], ["x/docs/a"]),
        ("**/logs", ["logs/a", "x/y/logs/a"], ["x/logs2"]),
        ("/apps/*/web", ["apps/a/web/b", "apps/a/web"], ["apps/web"]),
        ("/apps/g*", ["apps/github", "apps/github/x"], ["apps/x"]),
        ("/a[bc].py", ["a[bc].py"], ["ab.py"]),  # no classes, unlike .gitignore
        ("/{a,b}.py", ["{a,b}.py"], ["a.py"]),
    ],
)
def test_files_are_owned_as_codeowners_says(pattern: str, owns: list[str], others: list[str]) -> None:
    """The examples of GitHub's documentation, and where its patterns are none of .gitignore's."""
    fits = any_matcher(owned(pattern))
    assert [path for path in [*owns, *others] if fits(path)] == owns


@pytest.mark.parametrize(
    "pattern",
    [
        "**/a" * 200 + "*", "*a" * 300, "a*" * 300 + "/**", "[" * 500, "**/**/**/**/**/*x", "**/a/" * 600 + "b",
        "{a/b,**}" * 500, "{" * 4_000, "{a,b/}" * 6, "?" * 10_000,
    ],
)  # fmt: skip
def test_a_hostile_glob_costs_no_more_than_another(pattern: str) -> None:
    """No pattern makes matching explode (the time limit of a test would tell)."""
    for path in ("a/" * 100 + "a" * 200, "a/" * 2_000 + "a"):
        matcher(pattern)(path)
