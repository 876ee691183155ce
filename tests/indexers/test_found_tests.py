"""Test cases are seen in what a file says, whatever it is called; where a name proves nothing the path decides."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from indexers import found_tests, profiles, registry
from indexers.found_tests import Tests
from indexers.roles import role_of


def find(path: str, text: str) -> tuple[Tests, str]:
    data = text.encode()
    language = registry.language_of(path, data) or "text"
    tests = found_tests.find(path, data, registry.extract(language, data))
    return tests, role_of(path, language, tests)


def cases(path: str, text: str) -> list[str]:
    """The qualname of a definition; ``line: qualname`` where a call makes the case."""
    tests, _ = find(path, text)
    return [case.qualname if case.is_definition else f"{case.line}: {case.qualname}" for case in tests.cases]


CASES = tomllib.loads((Path(__file__).parent / "found_tests.toml").read_text("utf-8"))


@pytest.mark.parametrize("case", CASES["seen"], ids=lambda case: case["tool"])
def test_cases_are_seen_without_a_telling_path(case: dict[str, Any]) -> None:
    """The attributes, base classes, macros and calls of each language's test tools; the file is a test by them."""
    assert cases(case["path"], case["text"]) == case["cases"]
    assert find(case["path"], case["text"])[1] == "test"


@pytest.mark.parametrize("case", CASES["none"], ids=lambda case: case["what"])
def test_what_only_sounds_like_a_test_is_none(case: dict[str, Any]) -> None:
    """Names alone prove nothing in a file that no test tool would look into."""
    assert cases(case["path"], case["text"]) == []


def test_tests_within_the_file_that_they_are_about() -> None:
    """Rust: the file stays code, and what is in ``mod tests`` is for tests, helpers included."""
    text = (
        "pub fn total() -> i32 { helper() }\nfn helper() -> i32 { 1 }\n#[cfg(test)]\nmod tests {\n  use super::*;\n"
        "  fn shared() {}\n  #[test] fn sums() { total(); }\n  #[test] fn more() {}\n}\n"
    )
    tests, role = find("src/price.rs", text)
    assert role == "code"
    assert [case.qualname for case in tests.cases] == ["tests.sums", "tests.more"]
    assert tests.parts == {"tests", "tests.shared", "tests.sums", "tests.more"}


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("src/app.py", "code"),
        ("t/unit/app.py", "test"),
        ("tests/data/a.json", "test"),
        ("conftest.py", "test"),
        ("pkg/cmd/pr_test.go", "test"),
        ("src/Button.spec.ts", "test"),
        ("src/cart.e2e-spec.ts", "test"),
        ("src/__tests__/a.js", "test"),
        ("Acme.Tests/Fixture.cs", "test"),
        ("Acme.UnitTests/data.xml", "test"),
        ("Tests/PriceTests/Support.swift", "test"),
        ("app/src/androidTest/java/a/Shared.kt", "test"),
        ("src/test/java/a/Shared.java", "test"),
        ("src/FooTest.java", "test"),
        ("src/price_unittest.cc", "test"),
        ("src/price/tests.rs", "test"),
        ("src/PriceSpec.scala", "test"),
        ("src/PriceTest.php", "test"),
        ("lib/foo_test.exs", "test"),
        ("lib/a_test.dart", "test"),
        ("src/HIT.java", "code"),
        ("src/latest.py", "code"),
        ("contest.py", "code"),
        ("attestation/a.py", "code"),
        ("src/testament.go", "code"),
        ("src/Contest.java", "code"),
        ("test.md", "doc"),
        ("fixtures/a.sql", "test-support"),
        ("benchmarks/run.py", "test-support"),
        ("docs/usage.md", "doc"),
        ("CHANGELOG", "doc"),
        ("examples/demo.py", "example"),
        ("samples/A.java", "example"),
        ("src/main/java/org/example/samples/A.java", "code"),
        ("dist/app.js", "generated"),
        ("static/app.min.js", "generated"),
        ("setup.cfg", "config"),
        (".github/workflows/ci.yml", "config"),
        ("Makefile", "code"),
        ("ChangeLog", "doc"),
        ("ChangeLog-2013", "doc"),
        ("HISTORY.txt", "doc"),
        ("News", "doc"),
        ("LICENSE.MIT", "doc"),
        ("man/tool.1", "doc"),
        ("docs/manual.yml", "doc"),
        ("expat/doc/reference.html", "doc"),
        ("src/CMakeLists.txt", "config"),
        ("requirements-dev.txt", "config"),
        ("study.ipynb", "code"),
        ("docs/tutorial.ipynb", "doc"),
        ("docs/conf.py", "code"),
        ("web/templates/page.html", "code"),
        ("src/changes.go", "code"),
        ("install.sh", "code"),
        ("newsletter", "code"),
        ("src/boot.asm", "code"),
        ("shaders/water.glsl", "code"),
        ("data/rows.xyz", "config"),
        ("poetry.lock", "generated"),
        ("third-party/zlib/inflate.c", "generated"),
        ("Deps/zlib.c", "generated"),
        ("src/deps/graph.py", "code"),
        ("pkg/cache/cache.go", "code"),
        ("web/jquery-3.6.0.js", "generated"),
        ("site/styles/jsdoc-default.css", "generated"),
        ("api/user_pb2.py", "generated"),
    ],
)
def test_a_path_tells_where_no_test_is_seen(path: str, role: str) -> None:
    """Names that test tools look for, folders, and what only sounds alike."""
    assert role_of(path, registry.language_of(path, b"") or "text") == role


@pytest.mark.parametrize(
    ("path", "data", "role"),
    [
        ("src/parser.c", b"/* A Bison parser, made by GNU Bison 3.8.  */\n", "generated"),
        (
            "api/user.go",
            b"// Copyright\n\n// Code generated by mockgen. DO NOT EDIT.\npackage api\n",
            "generated",
        ),
        ("src/gen.py", b"\n" * 9 + b"MARK = 'this file was automatically generated'\n", "code"),
        ("web/app.js", b"var a=1;" * 400 + b"\n", "generated"),
        ("all/lib.hpp", b"// Lib 3\n//  This file is an amalgamation of multiple files.\n", "generated"),
        ("lib.h", b"// == DO NOT MODIFY THIS FILE BY HAND - IT IS AUTO GENERATED! ==\n", "generated"),
        ("site/api/stylesheet.css", b"/*\n * Javadoc style sheet\n */\n", "generated"),
        ("web/app.js", b"var a = 1;\n" * 400, "code"),
    ],
)
def test_a_generator_is_known_by_its_mark(path: str, data: bytes, role: str) -> None:
    """What a generator writes at the top of its output, or lines that nobody writes."""
    assert role_of(path, registry.language_of(path, data) or "", data=data) == role


def test_every_table_of_a_language_is_whole() -> None:
    """Each belongs to a language, its regular expressions can be used, and its names are base names."""
    for language, profile in profiles.profiles().items():
        assert language in registry.LANGUAGES
        rules, traces = profile.tests, profile.traces
        for text in (
            rules.frameworks,
            rules.calls,
            rules.argument,
            rules.lines,
            traces.packages,
            traces.library,
        ):
            re.compile(text)
        for name in (*profile.manifests, *profile.locks, *rules.files, *rules.support):
            assert "/" not in name, (language, name)
        assert not rules.calls or rules.argument, language
    assert profiles.profile("typescript").tests == profiles.profile("javascript").tests
    assert profiles.profile("no such language") == profiles.Profile()


@pytest.mark.parametrize(
    "piece", ["#[test]\n", "it('", "describe('x', () => {", "@Test ", "def test_a(): pass\n", "TEST(", "/*"]
)
def test_hostile_repetition_is_read_in_bounded_time(piece: str) -> None:
    """A large file of any mark gives at most so many cases (the time limit of a test would tell)."""
    text = piece * (50_000 // len(piece))
    for path in ("a.rs", "a.ts", "a_test.py", "A.java", "a.cc", "a_spec.rb"):
        tests, _ = find(path, text)
        assert len(tests.cases) <= found_tests.MAX_CASES
