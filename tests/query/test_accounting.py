"""Answers of refs and impact say how many uses of the name are accounted for, and what is not known: a sentence of
absence is earned."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from pathlib import Path
from threading import Event

import msgspec
import pytest

from indexers.profiles import profiles
from memoryd.ingest.files.rooted_files import text_of
from memoryd.ingest.job import IndexJob
from memoryd.ingest.parse.pool import ParsePool, PoolLimits
from memoryd.ingest.pipeline import index
from memoryd.query.answers import Freshness
from memoryd.query.context import Context
from memoryd.query.graph.accounting_answers import Accounting
from memoryd.query.graph.impact import impact
from memoryd.query.graph.impact_answers import ImpactRequest
from memoryd.query.graph.name_in_text import word_lines
from memoryd.query.graph.symbols import refs
from memoryd.query.graph.symbols_answers import RefsRequest
from memoryd.query.retrieval.lexical import LexicalIndex
from memoryd.query.text.render import rendered
from memoryd.store import sqlite
from memoryd.store.index import reader

FRESH = Freshness("", "", "main", False, 0, False, "ready")
Asked = Callable[[Mapping[str, str], str], tuple[Accounting, str]]


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    shared = ParsePool(PoolLimits(1))
    yield shared
    shared.close()


@pytest.fixture
def ask(tmp_path: Path, pool: ParsePool) -> Asked:
    """What `refs` accounts for in a project, and how `impact` reads."""

    def asked(files: Mapping[str, str], target: str, freshness: Freshness = FRESH) -> tuple[Accounting, str]:
        root, file = tmp_path / "p", tmp_path / "s" / "index.db"
        file.parent.mkdir()
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        index(IndexJob(root=root, index=file), pool, None, lambda *_: None, Event())
        with closing(sqlite.connect(file, readonly=True)) as conn:
            view = reader.view(conn, f"worktree:{root}")
            assert view is not None
            ctx = Context(
                index=conn, records=None, view=view, lexical=LexicalIndex(), embedder=None, freshness=freshness,
                left_out_text=partial(text_of, str(root)),
                root=str(root),
            )  # fmt: skip
            found = refs(ctx, RefsRequest(target=target)).accounting
            answer = impact(ctx, ImpactRequest(target=target))
            assert found is not None
            assert answer.accounting == found
            return found, rendered(answer, 2_000).text

    return asked


def counts(found: Accounting) -> tuple[int, int, int, int]:
    return found.accounted, found.others, found.unresolved, found.in_text


QUERY = "class Query:\n    def choose(self): ...\n\nclass Other:\n    def choose(self): ...\n"


def test_each_place_counts_once_under_what_is_known_of_it(ask: Asked) -> None:
    """Uses of the target, of other definitions of that name, unresolved ones, and words that are no code."""
    use = (
        "from a import Query, Other\n\ndef f(query: Query, other: Other, it):\n    query.choose()\n    other.choose()\n"
        "    it.choose()\n    return 'choose'  # choose\n"
    )
    found, text = ask({"a.py": QUERY, "use.py": use, "notes.md": "How to choose.\n"}, "a.py:Query.choose")
    assert counts(found) == (1, 1, 1, 2)
    assert [(p.path, p.line) for p in found.first_unresolved] == [("use.py", 6)]
    assert [(p.path, p.line) for p in found.first_in_text] == [("use.py", 7), ("notes.md", 1)]
    line = next(line for line in text.splitlines() if line.startswith("uses of"))
    assert line == (
        "uses of the name choose: 1 place accounted for; 1 of other definitions; 1 unresolved, could be it (use.py:6);"
        " the word stands in 2 more places (use.py:7, notes.md:1)"
    )


def test_nothing_is_said_plainly_where_the_name_stands_nowhere_else(ask: Asked) -> None:
    """Comments are no uses."""
    use = "def f(x):\n    # lonely\n    x.alone()\n"
    found, text = ask({"a.py": "def lonely(): ...\n", "use.py": use}, "a.py:lonely")
    assert counts(found) == (0, 0, 0, 0)
    assert not found.is_open
    assert "Nothing in the index uses it; its name stands nowhere else." in text


def test_a_member_that_a_class_is_not_known_to_have_keeps_absence_from_being_claimed(ask: Asked) -> None:
    """Something that nothing tells may give it to the class."""
    files = {
        "ext.py": "class Stacked:\n    def stack(self): ...\n",
        "use.py": "class Crate:\n    pass\n\ndef f(crate: Crate):\n    crate.stack()\n",
    }
    found, text = ask(files, "ext.py:Stacked.stack")
    assert found.is_open
    assert "use.py:5" in text


def test_a_static_call_on_a_type_of_another_project_is_no_use(ask: Asked) -> None:
    """Nothing of the project is called so; a type of the project may get the member from elsewhere."""
    files = {
        "Ids.cs": "namespace A;\npublic struct Id {\n  public static bool Parse(string s) => true;\n}\n",
        "Use.cs": 'namespace B;\npublic class Use {\n  void Go() {\n    int.Parse("");\n    Guid.Parse("");\n'
        '    Use.Parse("");\n  }\n}\n',
    }
    found, _ = ask(files, "Ids.cs:Id.Parse")
    assert [(p.path, p.line) for p in (*found.first_unresolved, *found.first_in_text)] == [("Use.cs", 6)]


def test_a_file_without_a_reader_keeps_absence_from_being_claimed(ask: Asked) -> None:
    """It may use what it names."""
    card = "---\nimport { toPennies } from '../lib/money'\n---\n"
    found, text = ask(
        {"lib/money.ts": "export function toPennies() {}\n", "parts/Card.marko": card}, "toPennies"
    )
    assert counts(found) == (0, 0, 0, 1)
    assert "No use of it is resolved" in text
    assert "Card.marko:2" in text


def test_a_file_without_a_reader_is_named_once(ask: Asked) -> None:
    """Where an answer lists the files that may use it, the line of what is accounted for does not name them again."""
    _, text = ask({"m.py": "def toPennies(): ...\n", "parts/Card.marko": "\n{toPennies(1)}\n"}, "toPennies")
    assert text.count("parts/Card.marko") == 1


def test_an_import_over_an_unknown_alias_may_be_the_projects(ask: Asked) -> None:
    """Nothing says where ``~~/`` leads, but the path behind it is one of the project."""
    files = {
        "lib/money.ts": "export function toPennies() {}\n",
        "app/use.ts": "import { toPennies } from '~~/lib/money'\nimport { other } from '~~/lib/dates'\ntoPennies()\n",
        "app/far.ts": "import { toPennies } from 'some-package'\n",
    }
    found, _ = ask(files, "lib/money.ts:toPennies")
    assert [(p.path, p.line) for p in found.first_unresolved] == [("app/use.ts", 1)]


def test_an_unknown_import_of_a_file_counts_for_the_file(ask: Asked) -> None:
    """As for its definitions."""
    files = {"lib/money.ts": "export const a = 1\n", "app/use.ts": "import * as money from '~~/lib/money'\n"}
    found, text = ask(files, "lib/money.ts")
    assert (found.name, found.unresolved) == ("money", 1)
    assert "app/use.ts:1" in text


def test_uses_of_a_base_are_not_hidden_by_its_override(ask: Asked) -> None:
    """No resolved use of the override itself: who calls its base may run it."""
    classes = "class A:\n    def pull(self): ...\n\nclass B(A):\n    def pull(self): ...\n\n"
    files = {"a.py": f"{classes}def f(a: A):\n    a.pull()\n"}
    found, text = ask(files, "a.py:B.pull")
    assert (found.accounted, found.through_base, found.others) == (0, 1, 0)
    assert "1 through what it overrides" in text


def test_uses_in_another_language_are_none(ask: Asked) -> None:
    """An unresolved call of that name in Ruby is no use of a Python method; its word is named."""
    files = {"a.py": "class A:\n    def choose(self): ...\n", "b.rb": "def f(x)\n  x.choose\nend\n"}
    found, _ = ask(files, "a.py:A.choose")
    assert (found.unresolved, found.in_text) == (0, 1)


def test_an_index_that_is_behind_is_no_ground_for_absence(ask: Asked) -> None:
    """Nor are files that were seen and not indexed."""
    behind = msgspec.structs.replace(FRESH, pending=2)
    found, text = ask({"a.py": "def lonely(): ...\n", "big.js": "x;" * 300_000}, "a.py:lonely", behind)  # type: ignore[call-arg]
    assert found.gaps[0].startswith("the index is behind")
    assert found.gaps[1].startswith("1 files are not indexed")
    assert "stands nowhere else" not in text


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("run rerun\nrunner _run run_\n$run\n(run)\n", [1, 4]),
        ("run", [1]),
        ("\n\nrun.run run", [3]),
        ("", []),
    ],
)
def test_the_very_word_is_found(text: str, lines: list[int]) -> None:
    """Not as a part of another one; each line once."""
    assert word_lines(text.encode(), "run") == lines


@pytest.mark.parametrize(
    ("path", "text", "target", "said"),
    [
        ("a.css", ".gauge-needle { color: red }\n", "a.css:gauge-needle", "CSS"),
        ("a.graphql", "type GaugeNeedle { id: ID }\n", "GaugeNeedle", "GraphQL"),
        ("a.yaml", "gauge: 1\n", "a.yaml", "YAML"),
        ("a.sql", "CREATE TABLE gauges (needle_width int);\n", "gauges.needle_width", "SQL"),
        ("GaugeNeedle.marko", "<b>x</b>\n", "GaugeNeedle.marko", "files that are read as text"),
    ],
)
def test_what_is_not_followed_in_a_language_is_said_of_its_names(
    path: str, text: str, target: str, said: str, ask: Asked
) -> None:
    """Regression: a class of CSS that no page was known to use had an answer of absence without a word of doubt."""
    account, page = ask({path: text}, target)
    assert account.is_open
    assert re.search(rf"references across files[^;]* are not followed in {said}", page)
    assert "Nothing in the index uses it" not in page


def test_tables_of_sql_are_followed(ask: Asked) -> None:
    account, _ = ask({"a.sql": "CREATE TABLE gauges (id int);\n"}, "a.sql:gauges")
    assert account.gaps == ()


def test_the_readme_names_what_is_not_followed() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    limits = " ".join(readme.partition("## Limits")[2].split())
    for language, known in profiles().items():
        if known.not_followed and language != "text":
            assert known.not_followed.rpartition(" in ")[2] in limits.partition("Not followed")[2], language


@pytest.mark.parametrize(
    ("files", "target", "said"),
    [
        ({"a.py": 'app = make()\n@app.route("/x")\ndef shown(): ...\n'}, "a.py:shown", "app.route"),
        (
            {"A.java": 'class A {\n  @GetMapping("/x")\n  void shown() {}\n}\n'},
            "A.java:A.shown",
            "GetMapping",
        ),
        ({"a.ts": 'export class A {\n  @Get("/x")\n  shown() {}\n}\n'}, "a.ts:A.shown", "Get"),
        ({"a.py": "class A:\n    def __repr__(self): ...\n"}, "a.py:A.__repr__", "Python itself calls"),
        ({"conftest.py": "def pytest_configure(config): ...\n"}, "pytest_configure", "pytest calls"),
    ],
)
def test_what_something_unseen_may_call_is_never_said_to_be_unused(
    ask: Asked, files: Mapping[str, str], target: str, said: str
) -> None:
    """A decorator may register what it is applied to; some names are called by the language or by a tool."""
    found, text = ask(files, target)
    assert found.is_open
    assert said in text
    assert "Nothing in the index uses it" not in text


@pytest.mark.parametrize(
    "decorator", ["property", "functools.wraps(f)", "pytest.mark.slow", "typing.override"]
)
def test_a_decorator_that_registers_nothing_leaves_absence_plain(ask: Asked, decorator: str) -> None:
    found, _ = ask({"a.py": f"class A:\n    @{decorator}\n    def lonely(self): ...\n"}, "a.py:A.lonely")
    assert not found.is_open


def test_every_line_of_the_text_is_counted_once(ask: Asked) -> None:
    """By what is known of it; where nothing is left over the answer says so, and a text search brings nothing more."""
    use = "from a import Query, Other\n\ndef f(query: Query, other: Other):\n    query.choose()\n    other.choose()\n"
    more = "# choose well\n"
    found, text = ask(
        {"a.py": QUERY, "use.py": use, "more.py": more, "notes.md": "How to choose.\n"}, "a.py:Query.choose"
    )
    lines = found.lines
    assert lines
    assert lines.complete
    assert (lines.lines, lines.files) == (6, 4)
    assert (lines.used, lines.defined, lines.others, lines.outside) == (1, 2, 1, 0)
    assert (lines.comments, lines.documents, lines.unknown, lines.unresolved) == (1, 1, 0, 0)
    assert [(one.path, one.line) for one in lines.first_comments] == [("more.py", 1)]
    assert (
        "the text has it in 6 lines: 2 as above, 2 in definitions, 1 in comments (more.py:1),"
        " 1 in documents (notes.md:1). COMPLETE: a text search brings nothing more" in text
    )


@pytest.mark.parametrize(
    "use",
    [
        "def f(it):\n    it.choose()\n",  # unresolved
        "def f(it):\n    return getattr(it, 'choose')\n",  # a string
        "def f(it):\n    return '{choose} it'.format(it)\n",  # what a template puts in
        "def f(it):\n    return replace(it, choose=1)\n    it.choose\n",  # beside a use that is not understood
        "def f():\n    global choose\n    choose = 1\n",  # no local name, for all that it is bound here
    ],
)
def test_a_line_of_unknown_meaning_takes_completeness_away(use: str, ask: Asked) -> None:
    """The way to see every line stands instead."""
    found, text = ask({"a.py": QUERY, "use.py": use}, "a.py:Query.choose")
    assert found.lines
    assert not found.lines.complete
    assert "COMPLETE" not in text
    assert "every line: memoryd search choose --exact --word" in text


def test_what_is_not_indexed_takes_completeness_away(ask: Asked) -> None:
    found, _ = ask({"a.py": "def lonely(): ...\n", "big.js": "x;lonely();" * 300_000}, "a.py:lonely")
    assert found.lines
    assert (found.lines.complete, found.lines.gaps) == (False, ("1 file too-large",))


@pytest.mark.parametrize("text", ["x;lonely_;" * 60_000, "x;lonelyx" * 300_000])
def test_a_file_that_is_too_long_is_no_gap_where_it_has_not_the_word(text: str, ask: Asked) -> None:
    """It is looked at when the question is asked. Only whole words are: parts would tell a secret letter by letter."""
    found, said = ask({"a.py": "def lonely(): ...\n", "big.js": text}, "a.py:lonely")
    assert found.lines
    assert (found.lines.complete, found.lines.gaps, found.gaps) == (True, (), ())
    assert "Nothing in the index uses it; its name stands nowhere else." in said


def test_what_may_be_in_another_encoding_stays_a_gap(ask: Asked) -> None:
    """No byte search tells what stands in UTF-16."""
    found, _ = ask({"a.py": "def lonely(): ...\n", "big.js": "x;\0" * 1_000_000}, "a.py:lonely")
    assert found.lines
    assert (found.lines.complete, found.lines.gaps) == (False, ("1 file too-large",))


def test_a_longer_name_beyond_ascii_is_told_apart(ask: Asked) -> None:
    """``grep -w`` finds it, and it is another name."""
    found, _ = ask({"a.py": "def run(): ...\n", "b.php": "<?php\n$run = 1;\n"}, "a.py:run")
    assert found.lines
    assert (found.lines.lines, found.lines.in_words, found.in_text) == (2, 1, 0)


def test_the_parts_of_a_definition_that_are_no_uses_are_told_apart(ask: Asked) -> None:
    found, text = ask({"a.rs": "pub struct Zed;\n\nimpl Zed {\n    pub fn go() {}\n}\n"}, "a.rs:Zed")
    assert found.lines
    assert (found.lines.lines, found.lines.defined, found.lines.beside) == (2, 1, 1)
    assert found.lines.complete
    assert "1 beside a definition of it" in text


def test_what_is_taken_for_something_else_takes_completeness_away(ask: Asked) -> None:
    """Nothing but the linker's word stands behind it."""
    found, _ = ask(
        {"a.py": "def hook(): ...\n", "b.py": "from elsewhere import hook\n\nhook()\n"}, "a.py:hook"
    )
    assert found.lines
    assert found.lines.outside
    assert not found.lines.complete


LOCAL = {
    "b.py": "def f(\n    hook):\n    return [hook() for x in hook]\n",
    "b.ts": "function f(hook: any) {\n  return () => hook()\n}\n",
    "b.go": "package b\n\nfunc f(hook int) int {\n\treturn hook + 1\n}\n",
    "b.java": "class B {\n  int f(int hook) {\n    return hook;\n  }\n}\n",
    "b.rs": "fn f(hook: u32) -> u32 {\n    hook + 1\n}\n",
    "b.c": "int f(int hook) {\n  return hook;\n}\n",
    "b.cpp": "int f(int hook) {\n  return hook;\n}\n",
}


@pytest.mark.parametrize("path", LOCAL)
def test_a_name_that_its_scope_proves_to_be_local_is_no_use(path: str, ask: Asked) -> None:
    """Where it is bound and where it is used."""
    found, text = ask({"a.py": "def hook(): ...\n", path: LOCAL[path]}, "a.py:hook")
    assert found.lines
    assert (found.lines.local, found.lines.unknown, found.lines.complete) == (2, 0, True)
    assert "2 local. COMPLETE: a text search brings nothing more" in text


NOT_PROVEN = {
    "b.java": "class B extends Base {\n  int f(int hook) {\n    return hook();\n  }\n}\n",  # methods are apart
    "c.java": "class C {\n  int f(int hook) {\n    return new Base() { int g() { return hook; } }.g();\n  }\n}\n",
    "b.go": "package b\n\nfunc f() int {\n\thook := hook()\n\treturn hook\n}\n",  # the second is the outer one
    "b.rs": "fn f(hook: u32) {\n    say!(hook);\n}\n",  # a macro may do anything with it
    "b.ts": "function f() {\n  [hook, other] = read()\n  return hook\n}\n",  # nothing is declared here
    "c.ts": "function f(hook: any) {\n  return { hook }\n}\n",  # it names a member, too
    "b.js": f"function f(hook) {{\n  return a{'.b' * 150}\n    .hook\n}}\n",  # a chain that is not followed
}


@pytest.mark.parametrize("path", NOT_PROVEN)
def test_a_name_that_may_be_another_is_not_taken_for_a_local_one(path: str, ask: Asked) -> None:
    found, _ = ask({"a.py": "def hook(): ...\n", path: NOT_PROVEN[path]}, "a.py:hook")
    assert found.lines
    assert not found.lines.complete


def test_sentences_are_counted_with_their_places(ask: Asked) -> None:
    """In strings and behind code; the name of an argument is no use of a function, and one of a field for all that is
    known."""
    files = {
        "a.py": "def hook(): ...\n\nclass A:\n    hook = 1\n",
        "b.py": 'def f(x):\n    """Calls a hook."""\n    x = 1  # the hook\n    return g(hook=1)\n',
    }
    found, text = ask(files, "a.py:hook")
    assert found.lines
    assert (found.lines.prose, found.lines.unknown, found.lines.complete) == (3, 0, True)
    assert (
        "3 in strings (b.py:2, b.py:3, …). COMPLETE: a text search brings only more of the same text" in text
    )


def test_the_name_of_an_argument_may_set_a_field(ask: Asked) -> None:
    files = {"a.py": "class A:\n    hook = 1\n", "b.py": "def f(x):\n    return change(x, hook=1)\n"}
    found, _ = ask(files, "a.py:A.hook")
    assert found.lines
    assert (found.lines.prose, found.lines.unknown, found.lines.complete) == (0, 1, False)


def test_a_lost_way_to_the_tests_is_said(ask: Asked) -> None:
    """The parser is tested through a value of unknown type: that no test reaches `raw` would be false. A definition
    that is used by name nowhere, and one whose users are known, end the way in earnest."""
    files = {
        "parser.js": (
            "function raw () {}\nfunction Parser () {}\nParser.prototype.run = function () { raw() }\n"
            "function known () { raw() }\nfunction user () { known() }\nmodule.exports = { Parser, user }\n"
        ),
        "handle.js": "function handle (context) {\n  context.parser.run()\n}\nmodule.exports = handle\n",
        "test/handle.test.js": "const handle = require('../handle')\ntest('it', () => { handle(make()) })\n",
    }
    _, text = ask(files, "parser.js:raw")
    assert "; no test file is known to reach it\n" in text
    (line,) = (line for line in text.splitlines() if line.startswith("more may depend on it"))
    assert line == (
        "more may depend on it through uses that are not known of Parser.run"
        " (1 unresolved use of that name: handle.js:2)"
    )


def test_uses_of_a_namesake_beside_it_may_be_of_the_target(ask: Asked) -> None:
    """`Strategy` and `Strategy<T>` of C# are two types of one name; of a definition for another build the same holds:
    nothing is called unused, and no list COMPLETE, while its namesake has uses."""
    files = {
        "src/Strategy.cs": "namespace A;\npublic abstract class Strategy { }\n",
        "src/StrategyT.cs": "namespace A;\npublic abstract class Strategy<T> { }\n",
        "src/Retry.cs": "namespace A;\npublic class Retry<T> : Strategy<T> { }\npublic class Timeout : Strategy { }\n",
        "other/Strategy.cs": "namespace B;\npublic class Strategy { }\n",
    }
    found, text = ask(files, "src/StrategyT.cs:Strategy")
    assert found.accounted == 0  # all uses are taken for those of the first
    assert found.gaps[0] == (
        "2 uses are of the definition of the same name beside it (src/Strategy.cs:2), and may be of this one"
    )
    assert "Nothing in the index uses it" not in text
    assert "; no test file is known to reach it" in text
    assert found.lines
    assert not found.lines.complete
