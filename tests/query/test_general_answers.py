"""What holds in general: conventions, hot spots and owners, forgotten files."""

from __future__ import annotations

import pytest
from rows import Rows, rename

from indexers.facts import FileFacts, Import
from memoryd.errors import UsageError
from memoryd.query.history.cochange import cochanged_files, is_forgotten, touched, worth_showing
from memoryd.query.history.conventions import MAX_COMMITS, MAX_FILES, NamingCase, conventions, mined, style
from memoryd.query.history.conventions_answers import ConventionsRequest
from memoryd.query.history.hotspots import hotspots
from memoryd.query.history.hotspots_answers import HotspotsRequest
from memoryd.store.index.queries import graph_queries


@pytest.fixture
def rows(tmp_path):
    return Rows(tmp_path / "index.db")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("run_all", "snake_case"), ("runAll", "camelCase"), ("RunAll", "PascalCase"), ("RUN_ALL", "UPPER_CASE"),
     ("run-all", "kebab-case"), ("run", ""), ("_run_all", "snake_case"), ("HTTPServer", "PascalCase"),
     ("cJSON_AddItem", "mixed"), ("title__icon-big", "mixed"), ("RFC5424e", "PascalCase"), ("is_empty?", "snake_case"),
     ("operator==", ""), ("RFC3164", "")],
)  # fmt: skip
def test_the_style_of_a_name(name, expected):
    """One word alone fits several styles and counts for none."""
    assert style(name) == expected


def test_only_what_holds_widely_is_a_convention():
    """90 % of twelve cases; the share is exact, and places that do otherwise are named."""
    cases = [
        *(NamingCase("so", f"a.py:{n}") for n in range(18)),
        NamingCase("otherwise", "b.py:1"),
        NamingCase("", "b.py:2"),
    ]
    item = mined("topic", "it is done {}", cases)
    assert item is not None
    assert (item.rule, item.share, item.seen) == ("it is done so", 0.9, 20)
    assert item.exceptions == ("b.py:1 (otherwise)", "b.py:2")
    assert mined("topic", "{}", cases[:11]) is None
    assert mined("topic", "{}", cases[1:]) is None  # 17 of 19
    assert mined("topic", "{}", [*cases, *(NamingCase("x", "c.py") for _ in range(9))]) is None


def _named(rows, language, kind, name, folder="src"):
    for n in range(14):
        rows.file(f"{folder}/{n}.x", "x\n", [(name.format(n), kind, 1, 1)], language=language)
    return [
        c.rule for c in conventions(rows.context(), ConventionsRequest()).conventions if c.topic == "names"
    ]


def test_names_in_no_style_are_otherwise(rows):
    """Fourteen in snake_case are no convention beside as many in a style of their own."""
    assert _named(rows, "c", "function", "lib_{}_open") == ["functions are named in snake_case"]
    assert _named(rows, "c", "function", "cLib_Add{}", "api") == []


@pytest.mark.parametrize(
    ("language", "found"), [("javascript", []), ("lua", []), ("go", ["constants are named in UPPER_CASE"])]
)
def test_that_constants_are_capitals_is_no_custom_where_capitals_make_them(rows, language, found):
    """In JavaScript and Lua nothing else tells them from variables; in Go the language does."""
    assert _named(rows, language, "constant", "LIMIT_OF_{}") == found


def test_a_comment_over_a_template_documents_it(rows):
    """What stands between a definition and its comment belongs to the definition."""
    for n in range(14):
        rows.file(
            f"{n}.h",
            f"// Doubles.\ntemplate <typename T>\nT run{n}(T x);\n",
            [(f"run{n}", "function", 3, 3)],
            language="cpp",
        )
    found = [c.rule for c in conventions(rows.context(), ConventionsRequest()).conventions]
    assert found == ["exported definitions are documented"]


@pytest.mark.parametrize(
    ("path", "language", "text", "line", "is_documented"),
    [
        ("a.java", "java", '/** Runs. */\n@Retry(\n  times = 3,\n  on = Down.class)\nvoid run() {}\n', 5, True),
        ("a.java", "java", 'int n = of(3)\n\n@Retry(times = 3)\nvoid run() {}\n', 4, False),
        ("a.rs", "rust", '/// Runs.\n#[cfg(all(\n  unix,\n))]\npub fn run() {}\n', 5, True),
        ("a.rs", "rust", 'fn x() {}\n#[inline]\npub fn run() {}\n', 3, False),
        ("a.py", "python", 'def run(\n    x,\n):  # noqa: X\n    """Run."""\n', 1, True),
        ("a.py", "python", 'def run(x): ...\n\n"""No doc of it."""\n', 1, False),
        ("a.py", "python", 'def run(x): return 1\n"""No doc of it."""\n', 1, False),
    ],
)  # fmt: skip
def test_where_documentation_of_a_definition_stands(rows, path, language, text, line, is_documented):
    """Above annotations, of however many lines; in Python below the head and nowhere else."""
    for n in range(14):
        rows.file(f"{n}/{path}", text, [(f"run{n}", "function", line, line)], language=language)
    found = [c.rule for c in conventions(rows.context(), ConventionsRequest()).conventions]
    assert ("exported definitions are documented" in found) is is_documented
    assert ("exported definitions are not documented" in found) is not is_documented


def test_overloads_and_what_a_header_announces_are_one_definition(rows):
    """Documented where one of the places is; a style sheet has no definitions to document."""
    for n in range(14):
        rows.file(f"inc/{n}.h", "// Runs.\nvoid run();\n", [(f"run{n}", "function", 2, 2)], language="cpp")
        rows.file(f"src/{n}.cpp", "void run() {}\n", [(f"run{n}", "function", 1, 1)], language="cpp")
        overloads = [(f"go{n}", "function", 2, 2), (f"go{n}", "function", 3, 3)]
        rows.file(f"{n}.ts", "// Goes.\nf(x: A)\nf(x: B)\n", overloads, language="typescript")
        rows.file(f"{n}.css", ".a {}\n", [(f"side{n}", "class", 1, 1)], language="css")
    found = conventions(rows.context(), ConventionsRequest()).conventions
    assert {(c.language, c.rule, c.share, c.seen) for c in found if c.topic == "documentation"} == {
        ("cpp", "exported definitions are documented", 1.0, 14),
        ("typescript", "exported definitions are documented", 1.0, 14),
    }


def test_other_peoples_work_shows_no_custom(rows):
    """Neither generated and vendored files nor the tests of what is vendored; nor copies of one file in many places,
    and names that a tool asks for."""
    for n in range(14):
        generated = [(f"makeItAll{n}", "function", 1, 1)]
        rows.file(f"src/generated/api_{n}.js", "x\n", generated, language="javascript")
        rows.file(
            f"vendor/lib/tests/test_part{n}.py", "def test_it(): pass\n", [("test_it", "function", 1, 1)]
        )
        rows.file(
            f"api/{n}/script.js",
            "function showAll() {}\n",
            [("showAll", "function", 1, 1)],
            language="javascript",
        )
    for n, tool in enumerate(("Gemfile", "Rakefile", "Guardfile", "Capfile", "Vagrantfile", "Brewfile") * 3):
        rows.file(f"{n}/{tool}{'x' * n}", "x\n", language="ruby")
    assert conventions(rows.context(), ConventionsRequest()).conventions == ()


def test_only_what_go_returns_is_an_error_returned(rows):
    """Regression: an error that is taken counted as one that is not returned last."""
    for n in range(14):
        taken = "func (r *Request) Reject(err error, f func(int) error) Renderer {"
        given = f"func Open{n}(name string) (*File, error) {{"
        rows.file(f"{n}.go", "x\ny\n", [(f"Reject{n}", "method", 1, 1, taken), (f"Open{n}", "function", 2, 2, given)],
                  language="go")  # fmt: skip
    found = {(c.rule, c.share, c.seen) for c in conventions(rows.context(), ConventionsRequest()).conventions}
    assert ("an error is returned last", 1.0, 14) in found


def test_classes_are_called_classes(rows):
    """A language with nothing else, as CSS, has no types."""
    assert _named(rows, "css", "class", "side-bar-{}") == ["classes are named in kebab-case"]


def test_conventions_of_a_project(rows):
    """Names, tests, documentation, imports and commits, each with its language and examples."""
    for number in range(14):
        rows.file(
            f"src/mod_{number}.py",
            f'def do_this_{number}(x):\n    """Do it."""\n    return x\n',
            [(f"do_this_{number}", "function", 1, 3)],
        )
        rows.file(
            f"tests/test_mod_{number}.py", "def test_it():\n    pass\n", [("test_it", "function", 1, 2)]
        )
        rows.commit(f"feat(core): add number {number}", [f"src/mod_{number}.py"])
    answer = conventions(rows.context(), ConventionsRequest())
    found = {(c.topic, c.rule, c.share) for c in answer.conventions}
    assert ("names", "functions are named in snake_case", 1.0) in found
    assert ("file names", "files are named in snake_case", 1.0) in found
    assert ("tests", "test files are called test_*.py", 1.0) in found
    assert ("tests", "tests live under tests/", 1.0) in found
    assert ("documentation", "exported definitions are documented", 1.0) in found
    assert ("commits", "subjects follow Conventional Commits (`type(scope): …`)", 1.0) in found
    assert not any("part: …" in rule for _, rule, _ in found)
    with pytest.raises(UsageError, match="nowhere"):
        conventions(rows.context(), ConventionsRequest(path="nowhere/"))


def test_what_only_the_newest_commits_do_is_said_of_them(rows):
    """Not of all: an older habit may have been another one."""
    rows.file("a.py", "x = 1\n", [])
    for number in range(MAX_COMMITS + 20):
        rows.commit(f"did {number}" if number < 20 else f"feat: add {number}", ["a.py"])
    found = conventions(rows.context(), ConventionsRequest()).conventions
    assert {(c.share, c.sample) for c in found if "Conventional" in c.rule} == {
        (1.0, "the newest of 420 commits")
    }


def test_where_tests_live_is_told_of_where_they_are(rows):
    """Beside the code only where code stands beside them, whatever a folder of tests is called."""
    for number in range(14):
        rows.file(f"src/depot/part{number}.py", f"def part_{number}():\n    pass\n")
        rows.file(
            f"proofs/test_part{number}.py", "def test_it():\n    pass\n", [("test_it", "function", 1, 2)]
        )
    rows.close()
    found = [c.rule for c in conventions(rows.context(), ConventionsRequest()).conventions]
    assert "tests live in a folder of their own, proofs/" in found


def test_what_is_no_custom_of_the_project_is_no_convention(rows):
    """Regression: cases of enums were constants, a tool's file name in each folder was a style, and a foreign package
    was the project's own where an example's folder is called like it."""
    for number in range(13):
        rows.file(f"crate_{number}/Cargo.toml", "x = 1\n", language="toml")
        rows.file(
            f"crate_{number}/lib.rs", "enum Mode {\n  FastPath,\n}\n",
            [("Mode", "enum", 1, 3), ("Mode.FastPath", "constant", 2, 2)], language="rust",
        )  # fmt: skip
        rows.file(f"examples/broker/m{number}.py", facts=importing("broker.app"))
        rows.file(f"pkg/m{number}.py", facts=importing("." if number else "pkg.core"))
    rows.file("pkg/__init__.py")
    found = {(c.topic, c.rule, c.seen) for c in conventions(rows.context(), ConventionsRequest()).conventions}
    assert not any(rule.startswith(("constants", "files are named")) for _, rule, _ in found)
    assert ("imports", "imports inside the package are relative", 13) in found


def test_the_own_package_is_known_in_a_project_too_large_to_be_read_whole(rows):
    """Regression: of more than 400 files some are read, and the one that makes a package may not be among them; then
    its absolute imports were none of the package, and the few relative ones were all."""
    rows.file("pkg/__init__.py")
    rows.file("pkg/__about__.py")
    for n in range(MAX_FILES):
        rows.file(f"pkg/m{n:03}.py", facts=importing(".x" if n % 20 < 2 else "pkg.core"))
    found = {c.rule for c in conventions(rows.context(), ConventionsRequest()).conventions}
    assert "imports inside the package are absolute" in found


def importing(module: str) -> FileFacts:
    return FileFacts("python", imports=(Import(module, "x", "", 1),))


def test_hot_spots_are_recent_changes_times_size(rows):
    """A large file that changes often leads; documents are none; renames keep their past; owners by commits."""
    for path, lines in (("big.py", 400), ("small.py", 4), ("README.md", 400), ("new.py", 50)):
        rows.file(path, "x\n" * lines, language="markdown" if path.endswith("md") else "python")
    for number in range(6):
        author = "Ann" if number < 4 else "Bo"
        rows.commit(f"work {number}", ["big.py", "small.py", "README.md"], author=author, day=10 + number)
    rows.commit("before", ["old.py"], day=20)
    rows.commit("move", [rename("old.py", "new.py")], day=21)
    answer = hotspots(rows.context(), HotspotsRequest())
    assert [h.path for h in answer.hotspots] == ["big.py", "small.py", "new.py"]
    first = answer.hotspots[0]
    assert (first.score, first.commits, first.lines, first.last_date) == (1.0, 6, 401, "1970-01-16")
    assert [(o.name, o.commits, o.share, o.last_date) for o in first.owners] == [
        ("Ann", 4, 0.667, "1970-01-14"),
        ("Bo", 2, 0.333, "1970-01-16"),
    ]
    assert answer.hotspots[2].commits == 2
    assert answer.owners[0].commits == 6  # a commit counts once, however many of the files it changed


def test_an_empty_project_has_no_conventions_and_no_hot_spots(rows):
    """Regression: without any file, a path that nobody gave was called wrong."""
    assert conventions(rows.context(), ConventionsRequest()).searched == "0 files"
    assert hotspots(rows.context(), HotspotsRequest()).total == 0


def test_a_file_is_forgotten_only_where_it_nearly_always_came_along(rows):
    """Nine times in ten and at least five times; logs that change with everything never are."""
    for path in ("api.py", "client.py", "often.py"):
        rows.file(path)
    rows.file("CHANGES.md", language="markdown")
    for number in range(8):
        rows.commit(
            f"both {number}", ["api.py", "client.py", "CHANGES.md", *(["often.py"] if number % 2 else [])]
        )
    ctx = rows.context()
    ids = list(graph_queries.path_ids(ctx.index, ["api.py"]).values())
    shown = worth_showing(cochanged_files(ctx, ids, touched(ctx, ids)))
    assert {one.path: is_forgotten(one) for one in shown} == {"client.py": True, "often.py": False}
