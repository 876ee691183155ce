"""symbol, refs, edges and impact over a graph that is written down here."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import Rows, rename

from memoryd.errors import UsageError
from memoryd.query.graph.impact import impact
from memoryd.query.graph.impact_answers import ImpactRequest
from memoryd.query.graph.symbols import edges, iter_edges, refs, symbol
from memoryd.query.graph.symbols_answers import EdgesRequest, RefsRequest, SymbolRequest
from memoryd.query.history.cochange import cochange
from memoryd.query.history.cochange_answers import CochangeRequest
from memoryd.query.text.render import rendered


@pytest.fixture
def rows(tmp_path):
    """store.py ← service.py ← api.py ← test_api.py, a barrel, and a cycle between api.py and jobs.py."""
    rows = Rows(tmp_path / "index.db")
    rows.file(
        "store.py",
        symbols=[
            ("Store", "class", 1, 20),
            ("Store.__init__", "method", 2, 4),
            ("Store.get", "method", 5, 9),
        ],
    )
    rows.file(
        "service.py",
        symbols=[
            ("Service", "class", 3, 30),
            ("Service.__init__", "method", 4, 6),
            ("Service.find", "method", 8, 12),
        ],
    )
    rows.file("api.py", symbols=[("handler", "function", 5, 9), ("app", "variable", 12, 12)])
    rows.file("jobs.py", symbols=[("job", "function", 3, 9)])
    rows.file("__init__.py")
    rows.file("tests/test_api.py", symbols=[("test_handler", "function", 4, 8)])
    rows.edges("service.py", [
        ("", "imports", "store.py", "", 1),
        ("", "references", "store.py", "Store", 1),
        ("Service.__init__", "calls", "store.py", "Store", 5),
        ("Service.find", "calls", "store.py", "Store.get", 9, "inferred", 0.8),
    ])  # fmt: skip
    rows.edges("api.py", [
        ("", "imports", "service.py", "", 1),
        ("", "references", "service.py", "Service", 1),
        ("handler", "calls", "service.py", "Service.find", 6, "inferred", 0.5),
        ("", "calls", "service.py", "Service", 12),
        ("handler", "calls", "jobs.py", "job", 7),
    ])  # fmt: skip
    rows.edges(
        "jobs.py",
        [("job", "calls", "api.py", "handler", 4), ("job", "calls", "api.py", "app", 5, "name-only", 0.05)],
    )
    rows.edges(
        "__init__.py", [("", "imports", "store.py", "", 1), ("", "references", "store.py", "Store", 1)]
    )
    rows.edges("tests/test_api.py", [
        ("", "imports", "api.py", "", 1),
        ("test_handler", "calls", "api.py", "handler", 5),
    ])  # fmt: skip
    return rows


# -- symbol and refs


def test_a_symbol_is_found_with_the_number_of_its_uses(rows):
    """The definition, its lines and how many uses it has."""
    answer = symbol(rows.context(), SymbolRequest(name="Store"))
    assert (answer.definition.path, answer.definition.line, answer.definition.kind) == (
        "store.py",
        1,
        "class",
    )
    assert (answer.total, answer.references) == (1, 3)


def test_an_unknown_symbol_says_what_was_searched(rows):
    """No definition is an answer, not an error, and it names the extent of the search."""
    answer = symbol(rows.context(), SymbolRequest(name="Nope"))
    assert answer.definition is None
    assert answer.searched == "10 symbols"


def test_an_unknown_symbol_says_where_its_name_stands(rows):
    """That nothing defines it is said beside the places in which the word stands all the same."""
    rows.file("notes.txt", text="one\ncall sail_home()\n", language="text")
    text = rendered(symbol(rows.context(), SymbolRequest(name="Boat.sail_home")), 2_000).text
    assert "No definition of `Boat.sail_home`." in text
    assert "the word stands in 1 place (notes.txt:2)" in text
    assert (
        "the word stands" not in rendered(symbol(rows.context(), SymbolRequest(name="row_home")), 2_000).text
    )


def test_no_use_of_a_symbol_is_said_as_what_is_resolved(rows):
    """A definition without a known use points to what accounts for the rest."""
    rows.file("lone.py", text="def lone(): ...\n", symbols=[("lone", "function", 1)])
    text = rendered(symbol(rows.context(), SymbolRequest(name="lone")), 2_000).text
    assert "No use of it is resolved; where else its name stands: memoryd refs lone.py:lone" in text


def test_refs_are_exact_and_ordered(rows):
    """Every use once, by path and line, with its method and confidence."""
    answer = refs(rows.context(), RefsRequest(target="store.py:Store"))
    found = [(r.path, r.line, r.kind, r.symbol) for r in answer.references]
    assert found == [
        ("__init__.py", 1, "references", ""),
        ("service.py", 1, "references", ""),
        ("service.py", 5, "calls", "Service.__init__"),
    ]
    get = refs(rows.context(), RefsRequest(target="Store.get")).references[0]
    assert (get.method, get.confidence, get.to) == ("inferred", 0.8, "store.py:Store.get")


STORE = """\
class Store:
    def __init__(self, path):
        self.path = path
        self.open()

    def get(self, key):
        row = self.row(key)
        return row

    def open(self):
        pass
"""
SHOP = """\
from store import Store

def price(name):
    store = Store("prices")
    return store.get(name)

def tax(name):
    return price(name) * 0.2
"""


@pytest.fixture
def shop(tmp_path):
    """store.py ← shop.py, with their texts."""
    rows = Rows(tmp_path / "index.db")
    store = [("Store", "class", 1, 11), ("Store.__init__", "method", 2, 4), ("Store.get", "method", 6, 8)]
    rows.file("store.py", STORE, symbols=[*store, ("Store.open", "method", 10, 11)])
    rows.file("shop.py", SHOP, symbols=[("price", "function", 3, 5), ("tax", "function", 7, 8)])
    rows.edges("shop.py", [
        ("", "imports", "store.py", "", 1),
        ("price", "calls", "store.py", "Store", 4),
        ("price", "calls", "store.py", "Store.get", 5, "inferred", 0.8),
        ("tax", "calls", "shop.py", "price", 8),
    ])  # fmt: skip
    return rows


def test_the_line_of_a_use_stands_in_the_answer(shop):
    """Nobody has to open a file to see the call: by default where the uses are few."""
    text = rendered(refs(shop.context(), RefsRequest(target="Store.get")), 2_000).text
    assert "shop.py:5 calls in price [inferred 0.80]\n      | return store.get(name)" in text
    places = refs(shop.context(), RefsRequest(target="Store.get", detail="places"))
    assert [one.text for one in places.references] == [""]
    assert "|" not in rendered(places, 2_000).text


def test_many_uses_are_places_unless_their_lines_are_asked_for(shop):
    """A long list keeps to places, so that more of it fits."""
    shop.file("many.py", "price()\n" * 21)
    shop.edges("many.py", [("", "calls", "shop.py", "price", line) for line in range(1, 22)])
    few, all_ = (
        refs(shop.context(), RefsRequest(target="price", detail=detail)) for detail in ("auto", "lines")
    )
    assert {one.text for one in few.references} == {""}
    assert {one.text for one in all_.references} == {"price()", "return price(name) * 0.2"}


def test_the_functions_of_the_uses_are_shown_once_each(shop):
    """With `source` the definition that each use stands in comes with the numbers of its lines."""
    shop.edges(
        "shop.py", [("price", "calls", "store.py", "Store", 4), ("price", "calls", "store.py", "Store", 5)]
    )
    answer = refs(shop.context(), RefsRequest(target="store.py:Store", detail="source"))
    assert [(part.symbol, [number for number, _ in part.lines]) for part in answer.sources] == [
        ("price", [3, 4, 5])
    ]
    assert "    | 3 def price(name):\n    | 4     store = Store" in rendered(answer, 2_000).text


def test_functions_that_are_not_shown_are_counted(shop):
    """Regression: after the first fifty the list ended as if it were whole."""
    body = "".join(f"def f{n}():\n    tax('x')\n" for n in range(60))
    shop.file("many.py", body, symbols=[(f"f{n}", "function", 1 + 2 * n, 2 + 2 * n) for n in range(60)])
    shop.edges("many.py", [(f"f{n}", "calls", "shop.py", "tax", 2 + 2 * n) for n in range(60)])
    for answer in (
        refs(shop.context(), RefsRequest(target="tax", detail="source")),
        impact(shop.context(), ImpactRequest(target="tax", detail="source")),
    ):
        assert (len(answer.sources), answer.sources_total) == (50, 60)
        assert "… 10 more" in rendered(answer, 20_000).text


def test_of_a_long_function_the_lines_around_the_use_are_shown(shop):
    """Its first line tells which it is; gaps are marked."""
    body = "".join(f"    step_{number}()\n" for number in range(60))
    shop.file("long.py", f"def long():\n{body}", symbols=[("long", "function", 1, 61)])
    shop.edges("long.py", [("long", "calls", "shop.py", "tax", 40)])
    (part,) = refs(shop.context(), RefsRequest(target="tax", detail="source")).sources
    assert [number for number, _ in part.lines] == [1, *range(37, 44)]
    assert part.text().splitlines()[:2] == ["    | 1 def long():", "    | …"]


def test_impact_shows_the_lines_of_direct_dependents_only(shop):
    """What is further away is reached through them."""
    answer = impact(shop.context(), ImpactRequest(target="Store.get"))
    assert [[one.text for one in hop] for hop in answer.hops] == [["return store.get(name)"], [""]]
    assert "      | return store.get(name)" in rendered(answer, 2_000).text
    (part,) = impact(shop.context(), ImpactRequest(target="Store.get", detail="source")).sources
    assert part.symbol == "price"


def test_a_symbol_comes_with_its_source_its_callers_and_what_it_uses(shop):
    """One question instead of three."""
    answer = symbol(shop.context(), SymbolRequest(name="price"))
    assert [line for _, line in answer.source.lines] == SHOP.splitlines()[2:5]
    assert [(one.line, one.symbol, one.text) for one in answer.callers] == [
        (8, "tax", "return price(name) * 0.2")
    ]
    assert [(one.line, one.to) for one in answer.uses] == [
        (4, "store.py:Store"),
        (5, "store.py:Store.get"),
    ]
    text = rendered(answer, 2_000).text
    assert "    | 3 def price(name):" in text
    assert "5 calls store.py:Store.get [inferred 0.80]" in text


def test_of_a_long_class_the_first_lines_of_its_members_are_shown(shop):
    """They tell more than its first forty lines; what is in a member is none of them."""
    body = "".join(f"    def m{n}(self):\n        self.x{n} = 1\n\n" for n in range(20))
    members = [(f"Big.m{n}", "method", 2 + 3 * n, 3 + 3 * n) for n in range(20)]
    attributes = [(f"Big.x{n}", "attribute", 3 + 3 * n, 3 + 3 * n) for n in range(20)]
    shop.file("big.py", f"class Big:\n{body}", symbols=[("Big", "class", 1, 61), *members, *attributes])
    answer = symbol(shop.context(), SymbolRequest(name="Big"))
    assert [number for number, _ in answer.source.lines] == [1, *(2 + 3 * n for n in range(20))]
    assert "… 40 more of its 61 lines (its members)" in rendered(answer, 2_000).text


def test_refs_of_a_file_are_its_users_outside(rows):
    """A file's references are what other files use of it; its own inner calls are not."""
    rows.edges("store.py", [("Store.get", "calls", "store.py", "Store.__init__", 6)])
    answer = refs(rows.context(), RefsRequest(target="store.py"))
    assert {r.path for r in answer.references} == {"__init__.py", "service.py"}
    assert answer.total == 6  # two imports, two imported names, two calls


def test_refs_of_an_ambiguous_name_are_the_uses_of_all_it_may_mean(rows):
    """Each use says which definition it means; the candidates are listed."""
    rows.file("other.py", symbols=[("Other", "class", 1), ("Other.get", "method", 2)])
    rows.edges("jobs.py", [("job", "calls", "other.py", "Other.get", 8)])
    answer = refs(rows.context(), RefsRequest(target="get"))
    assert [c.qualname for c in answer.candidates] == ["Other.get", "Store.get"]
    assert {r.to for r in answer.references} == {"other.py:Other.get", "store.py:Store.get"}


def test_pages_of_refs_join_without_gap(rows):
    """Offset and limit cut one list; total stays exact and the handle leads on."""
    ctx = rows.context()
    whole = refs(ctx, RefsRequest(target="store.py")).references
    parts = [refs(ctx, RefsRequest(target="store.py", limit=2, offset=at)) for at in (0, 2, 4)]
    assert tuple(r for part in parts for r in part.references) == whole
    assert [part.truncated for part in parts] == [True, True, False]
    assert parts[0].next == "memoryd refs store.py --offset 2"
    assert {part.total for part in parts} == {6}


def test_a_second_view_does_not_leak(tmp_path, rows):
    """Edges of a link that no file of the view holds are not answered."""
    rows.edges("service.py", [])
    assert refs(rows.context(), RefsRequest(target="store.py:Store")).total == 1


# -- edges


def test_file_edges_tell_imports_from_dependence(rows):
    """`imports` is as written; `depends` leads to the file that is named and to the one that defines what is used."""
    rows.edges(
        "__init__.py", [("", "imports", "api.py", "", 1), ("", "references", "service.py", "Service", 1)]
    )
    ctx = rows.context()
    found = {
        (e.src, e.dst) for e in iter_edges(ctx, EdgesRequest(kinds=("imports",))) if e.src == "__init__.py"
    }
    assert found == {("__init__.py", "api.py")}
    found = {
        (e.src, e.dst) for e in iter_edges(ctx, EdgesRequest(kinds=("depends",))) if e.src == "__init__.py"
    }
    assert found == {("__init__.py", "api.py"), ("__init__.py", "service.py")}


def test_symbol_edges_name_both_ends(rows):
    """At symbol level an end is `path:Qual.name`, at the top of a file the path."""
    found = {(e.src, e.dst, e.kind) for e in iter_edges(rows.context(), EdgesRequest(level="symbol"))}
    assert ("service.py:Service.find", "store.py:Store.get", "calls") in found
    assert ("api.py", "service.py:Service", "references") in found


def test_edge_pages_join_to_the_whole(rows):
    """Pages by offset repeat and drop nothing; the last one says so."""
    ctx = rows.context()
    whole = list(iter_edges(ctx, EdgesRequest(level="symbol")))
    got, offset = [], 0
    while True:
        page = edges(ctx, EdgesRequest(level="symbol", limit=3, offset=offset))
        got += page.edges
        offset += len(page.edges)
        if not page.truncated:
            break
    assert got == whole


# -- impact


def hops(answer):
    return [[f"{d.path}:{d.symbol}" if d.symbol else d.path for d in hop] for hop in answer.hops]


def test_impact_goes_hop_by_hop_with_evidence(rows):
    """Each dependent appears once, at its distance, with the step that leads to it and the chain's confidence."""
    answer = impact(rows.context(), ImpactRequest(target="Store.get", hops=6))
    assert hops(answer) == [
        ["service.py:Service.find"],
        ["api.py:handler"],
        ["jobs.py:job", "tests/test_api.py:test_handler"],
    ]
    first, second, third = answer.hops
    assert (first[0].via, first[0].method, first[0].confidence) == (
        "calls store.py:Store.get",
        "inferred",
        0.8,
    )
    assert (second[0].via, second[0].confidence, second[0].line) == ("calls service.py:Service.find", 0.4, 6)
    assert third[1].confidence == 0.4
    assert answer.totals.hops == (1, 1, 2)
    assert answer.totals.dependents == 4


def test_files_that_no_reader_understands_are_named_when_they_name_the_target(rows):
    """Nothing follows a template, but impact does not sound as if nothing depended on its target: the very name
    counts, not a longer one, nor prose about it."""
    rows.file("money.ts", symbols=[("toPennies", "function", 1, 1)], language="typescript")
    rows.file("Card.marko", "---\nimport { toPennies } from './money'\n---\n", language="text")
    rows.file("List.marko", "---\nimport { toPenniesOrNot } from './money'\n---\n", language="text")
    rows.file("ChangeLog", "toPennies was added\n", language="text")
    answer = impact(rows.context(), ImpactRequest(target="money.ts:toPennies"))
    assert [(one.path, one.line, one.name) for one in answer.mentions] == [("Card.marko", 2, "toPennies")]
    assert answer.mentions_total == 1
    assert "No use of it is resolved" in rendered(answer, 2_000).text


def test_tests_to_run_are_those_that_reach_the_target(rows):
    """A test file is named with its distance and the tests in it."""
    answer = impact(rows.context(), ImpactRequest(target="Store.get", hops=6))
    (test,) = answer.tests
    assert (test.path, test.hop, test.symbols) == ("tests/test_api.py", 3, ("test_handler",))


def test_tests_in_the_file_that_they_are_about_are_tests_to_run(rows):
    """Regression: Rust's ``mod tests`` reached the target, and no test was named."""
    rows.file(
        "src/lib.rs",
        "pub fn fill() {\n}\n\n#[cfg(test)]\nmod tests {\n  #[test]\n  fn fills() {\n    fill() } }\n",
        symbols=[("fill", "function", 1, 2), ("tests", "module", 5, 8), ("tests.fills", "function", 7, 8)],
        language="rust",
    )
    rows.file("src/main.rs", symbols=[("main", "function", 1, 3)], language="rust")
    rows.edges("src/lib.rs", [("tests.fills", "calls", "src/lib.rs", "fill", 8)])
    rows.edges("src/main.rs", [("main", "calls", "src/lib.rs", "fill", 2)])
    (test,) = impact(rows.context(), ImpactRequest(target="src/lib.rs:fill")).tests
    assert (test.path, test.hop, test.symbols) == ("src/lib.rs", 1, ("tests.fills",))


def test_cycles_end(rows):
    """A cycle is walked once; the target is never its own dependent."""
    answer = impact(rows.context(), ImpactRequest(target="api.py:handler", hops=12))
    assert hops(answer) == [["jobs.py:job", "tests/test_api.py:test_handler"]]


def test_who_constructs_a_class_runs_its_constructor(rows):
    """From a constructor the walk goes on to those that make an instance."""
    answer = impact(rows.context(), ImpactRequest(target="Store.__init__", hops=2))
    assert "service.py:Service.__init__" in hops(answer)[0]
    assert "api.py:app" in hops(answer)[1]  # app = Service() at the top level stands for `app`


def test_a_top_level_use_goes_on_through_the_definition_that_holds_it(rows):
    """`app = Service()`: who uses `app` depends on Service."""
    rows.edges("jobs.py", [("job", "references", "api.py", "app", 5)])
    answer = impact(rows.context(), ImpactRequest(target="service.py:Service", hops=3))
    assert "api.py:app" in hops(answer)[0]
    assert "jobs.py:job" in hops(answer)[1]


def test_an_import_is_named_only_where_nothing_is_used(rows):
    """A file that imports and uses is shown by its use; a mere import is shown, and passed no further."""
    answer = impact(rows.context(), ImpactRequest(target="store.py:Store", hops=3))
    assert hops(answer)[0] == ["service.py:Service.__init__", "service.py:Service.find", "__init__.py"]
    assert answer.hops[0][2].via == "imports store.py:Store"


def test_weak_chains_end(rows):
    """Below a confidence of one in ten there is no evidence left."""
    answer = impact(rows.context(), ImpactRequest(target="api.py:app", hops=3))
    assert answer.totals.dependents == 0


def test_impact_of_a_file_begins_with_the_users_of_anything_in_it(rows):
    """A file's first hop is every use from outside."""
    answer = impact(rows.context(), ImpactRequest(target="service.py", hops=1))
    assert hops(answer) == [["api.py:app", "api.py:handler"]]


def test_an_ambiguous_target_gets_candidates_and_no_guess(rows):
    """Impact of one of several things would mislead."""
    rows.file("other.py", symbols=[("Other", "class", 1), ("Other.get", "method", 2)])
    answer = impact(rows.context(), ImpactRequest(target="get"))
    assert [c.qualname for c in answer.candidates] == ["Other.get", "Store.get"]
    assert answer.hops == ()


def test_code_comes_before_tests_in_each_hop(tmp_path):
    """What is cut off first are tests: they are named by themselves."""
    made = Rows(tmp_path / "index.db")
    made.file("src/a.py", "def f(): ...\n", [("f", "function", 1, 1)])
    made.file("tests/test_a.py", "def test_f(): f()\n", [("test_f", "function", 1, 1)])
    made.file("src/z.py", "def g(): f()\n", [("g", "function", 1, 1)])
    made.edges("tests/test_a.py", [("test_f", "calls", "src/a.py", "f", 1)])
    made.edges("src/z.py", [("g", "calls", "src/a.py", "f", 1, "inferred", 0.8)])
    answer = impact(made.context(), ImpactRequest(target="src/a.py:f"))
    assert [one.path for one in answer.hops[0]] == ["src/z.py", "tests/test_a.py"]
    paged = impact(made.context(), ImpactRequest(target="src/a.py:f", offset=1, limit=1))
    assert [one.path for one in paged.hops[0]] == ["tests/test_a.py"]
    made.close()


def test_pages_of_impact_keep_their_hop(rows):
    """With an offset the hops keep their place and the totals stay exact."""
    ctx = rows.context()
    answer = impact(ctx, ImpactRequest(target="Store.get", hops=6, limit=2, offset=1))
    assert hops(answer) == [[], ["api.py:handler"], ["jobs.py:job"]]
    assert (answer.totals.dependents, answer.truncated) == (4, True)
    assert answer.next.endswith("--offset 3")


def test_unknown_targets_are_refused(rows):
    """An impact of nothing is an error that names it."""
    with pytest.raises(UsageError, match="nosuch"):
        impact(rows.context(), ImpactRequest(target="nosuch"))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_impact_equals_a_plain_walk(tmp_path_factory, seed, max_hops):
    """On any graph the hops are the levels of a breadth-first search against the arrows."""
    rng = random.Random(seed)
    nodes = [(f"f{i}.py", f"s{j}") for i in range(4) for j in range(3)]
    arrows = {(rng.choice(nodes), rng.choice(nodes)) for _ in range(rng.randint(0, 30))}
    rows = Rows(tmp_path_factory.mktemp("g") / "index.db")
    for path in sorted({path for path, _ in nodes}):
        rows.file(path, symbols=[(f"s{j}", "function", j + 1) for j in range(3)])
    for path in sorted({path for path, _ in nodes}):
        rows.edges(path, sorted((s[1], "calls", d[0], d[1], 1) for s, d in arrows if s[0] == path))
    start = nodes[0]
    expected, seen, level = [], {start}, {start}
    for _ in range(max_hops):
        level = {s for s, d in arrows if d in level} - seen
        if not level:
            break
        seen |= level
        expected.append({f"{path}:{name}" for path, name in level})
    rows.close()
    answer = impact(rows.context(), ImpactRequest(target="f0.py:s0", hops=max_hops))
    assert [set(hop) for hop in hops(answer)] == expected
    assert answer.totals.dependents == sum(map(len, expected))


# -- history behind it


def test_cochange_counts_through_renames_and_skips_sweeping_commits(rows):
    """Files that changed together, folded to their names of today; commits over many files do not count."""
    for _ in range(3):
        rows.commit("together", ["old_api.py", "service.py"])
    rows.commit("rename", [rename("old_api.py", "api.py")])
    rows.commit("sweep", [f"x{n}.py" for n in range(40)] + ["service.py", "jobs.py"])
    rows.commit("gone", ["service.py", "deleted.py"])
    answer = cochange(rows.context(), CochangeRequest(target="service.py"))
    assert [(f.path, f.support) for f in answer.files] == [("api.py", 3)]
    assert answer.commits == 5
    assert 0.7 < answer.files[0].score < 0.8  # 3 of 4 commits of at most 30 files


def test_what_changed_together_twice_is_no_hidden_coupling(rows):
    """Regression: any file without an edge was listed before the strongest one."""
    for _ in range(9):
        rows.commit("both", ["store.py", "service.py"])
    for path in ("docs.md", "jobs.py"):
        rows.file(path)
        rows.commit("once", ["store.py", path])
    answer = cochange(rows.context(), CochangeRequest(target="store.py"))
    lines = rendered(answer, 800).text.splitlines()
    assert lines[1].startswith("  service.py changed together in 9 of 11 commits")


def test_a_file_is_no_companion_of_its_own_former_name(rows):
    """Regression: a file asked about by its former name seemed to have changed with its present one in every commit,
    though one commit, the move, is all that both names share."""
    for number in range(12):
        rows.commit(f"edit {number}", ["old_api.py", *(["service.py"] if number < 4 else [])])
    rows.commit("move", [rename("old_api.py", "api.py")])
    for number in range(3):
        rows.commit(f"edit again {number}", ["api.py"])
    answer = cochange(rows.context(), CochangeRequest(target="old_api.py"))
    assert [(f.path, f.support, f.commits) for f in answer.files] == [("service.py", 4, 13)]


def test_a_file_that_came_along_lately_is_not_worth_showing_for_all_times(rows):
    """The numbers that are shown decide too: three of the last commits are no habit of two hundred."""
    for number in range(200):
        rows.commit(f"alone {number}", ["store.py"])
    for number in range(2_000):
        rows.commit(f"elsewhere {number}", ["jobs.py"])
    for number in range(3):
        rows.commit(f"both {number}", ["store.py", "service.py"])
    assert impact(rows.context(), ImpactRequest(target="store.py")).cochange == ()


def test_coupling_that_no_edge_explains_comes_first(rows):
    """In an impact the surprising files lead; change logs and lock files are left out."""
    rows.file("docs.md")
    rows.file("CHANGES.rst")
    for _ in range(5):
        rows.commit("both", ["store.py", "service.py", "CHANGES.rst"])
    for _ in range(3):
        rows.commit("doc", ["store.py", "docs.md"], author="Bob")
    answer = impact(rows.context(), ImpactRequest(target="store.py"))
    assert [(c.path, c.support, c.explained) for c in answer.cochange] == [
        ("docs.md", 3, False),
        ("service.py", 5, True),
    ]
    assert [(o.name, o.commits, o.share) for o in answer.owners] == [("Ann", 5, 0.625), ("Bob", 3, 0.375)]
