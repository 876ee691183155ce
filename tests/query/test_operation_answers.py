"""operations, overview and what impact says of operation, over a project that is written down here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rows import Rows

from indexers import registry
from memoryd.query.graph.impact import impact
from memoryd.query.graph.impact_answers import ImpactRequest
from memoryd.query.structure import overview_graph
from memoryd.query.structure.operations import operations
from memoryd.query.structure.operations_answers import OperationsRequest
from memoryd.query.structure.overview import overview
from memoryd.query.structure.overview_answers import OverviewRequest
from memoryd.query.text.render import render

VIEWS = """
from flask import Blueprint
from shop.carts import total
bp = Blueprint("shop", __name__, url_prefix="/shop")

@bp.get("/total")
def show():
    return total()
"""


@pytest.fixture
def rows(tmp_path):
    """web/views.py → shop/carts.py ⇄ shop/prices.py of core; a script, a job, an image, owners, a test."""
    rows = Rows(tmp_path / "index.db")

    def add(path: str, text: str = "", *symbols: tuple, language: str = "text") -> None:
        facts = registry.extract(language, text.encode()) if language == "python" else None
        rows.file(path, text, symbols=symbols, facts=facts, language=language)

    add(
        "pyproject.toml",
        '[project]\nname = "shop"\ndependencies = ["flask"]\n[project.scripts]\nshop = "shop.cli:main"\n',
    )
    add(
        ".github/workflows/ci.yml",
        "name: CI\non: push\njobs:\n  unit:\n    steps:\n      - run: pytest tests/unit\n",
    )
    add("Dockerfile", "FROM python:3\nCOPY src/shop ./shop\nCMD python -m shop.cli\n", language="dockerfile")
    add(".github/CODEOWNERS", "* @everyone\n/src/web/ @web\n*.md\n")
    add("src/shop/__init__.py", language="python")
    add("src/shop/cli.py", "def main(): ...", ("main", "function", 1, 3), language="python")
    add("src/shop/carts.py", "def total(): ...", ("total", "function", 1, 9), language="python")
    add("src/core/prices.py", "def price(): ...", ("price", "function", 1, 9), language="python")
    add("src/web/views.py", VIEWS, ("show", "function", 7, 8), language="python")
    add(
        "tests/unit/test_carts.py",
        "def test_total(): ...",
        ("test_total", "function", 1, 2),
        language="python",
    )
    rows.edges("src/web/views.py", [("show", "calls", "src/shop/carts.py", "total", 8)])
    rows.edges("src/shop/cli.py", [("main", "calls", "src/shop/carts.py", "total", 2)])
    rows.edges("src/shop/carts.py", [("total", "calls", "src/core/prices.py", "price", 3)])
    rows.edges("src/core/prices.py", [("price", "references", "src/shop/carts.py", "total", 4)])
    rows.edges("tests/unit/test_carts.py", [("test_total", "calls", "src/shop/carts.py", "total", 1)])
    yield rows
    rows.close()


def found(rows: Rows, **asked) -> list[str]:
    answer = operations(rows.context(), OperationsRequest(**asked))
    assert answer.total == len(answer.operations)
    return [f"{o.kind} {o.name} -> {' '.join(o.code)}".strip() for o in answer.operations]


def test_targets_are_tied_to_code(rows):
    """A console script to its function, a job and an image to the paths that they name, a route to its handler."""
    assert found(rows, kinds=("entry_point", "ci_job", "image", "route")) == [
        "ci_job CI / unit -> tests/unit/",
        "image python:3 -> src/shop/ src/shop/cli.py",
        "entry_point shop -> src/shop/cli.py:main",
        "route GET /shop/total -> src/web/views.py:show",
    ]


def test_a_path_is_asked_for_what_runs_serves_and_owns_it(rows):
    """Of the owners the last line that matches; a line without owners means nobody."""
    assert found(rows, target="src/web/views.py") == [
        "owner /src/web/ ->",
        "route GET /shop/total -> src/web/views.py:show",
    ]
    assert found(rows, target="README.md", kinds=("owner",)) == []
    assert found(rows, target="nothing-like-this", kinds=("route",)) == []


def test_impact_names_the_operations_that_a_change_comes_to(rows):
    """Nearest first: what runs or owns the target itself, then what the walk reached."""
    answer = impact(rows.context(), ImpactRequest(target="src/shop/carts.py:total"))
    assert [(o.kind, o.name, o.hop) for o in answer.operations] == [
        ("image", "python:3", 0),
        ("owner", "*", 0),
        ("ci_job", "CI / unit", 1),
        ("entry_point", "shop", 1),
        ("route", "GET /shop/total", 1),
    ]
    assert answer.operations_total == 5
    assert "route GET /shop/total src/web/views.py:6 hop 1 through src/web/views.py:show [exact]" in render(
        answer, 800
    )


def test_the_overview_shows_packages_layers_and_cycles_with_an_example(rows):
    """Tests are no package; a cycle's packages share a layer, below what needs them."""
    answer = overview(rows.context(), OverviewRequest())
    assert {p.name: (p.files, p.layer, p.needs) for p in answer.packages} == {
        "src/core": (1, 0, ("src/shop",)),
        "src/shop": (3, 0, ("src/core",)),
        "src/web": (1, 1, ("src/shop",)),
    }
    assert answer.layers == (("src/core", "src/shop"), ("src/web",))
    (cycle,) = answer.cycles
    assert cycle.example == (
        "src/core/prices.py:4 → src/shop/carts.py:total",
        "src/shop/carts.py:3 → src/core/prices.py:price",
    )
    assert (answer.test_files, answer.test_cases, answer.entry_points.total, answer.dependencies.names) == (
        1,
        1,
        1,
        ("flask",),
    )
    assert answer.hubs[0].qualname == "total"
    assert len(render(answer, 1_500)) <= 6_000


def test_packages_that_need_each_other_by_files_that_do_not_are_no_cycle(tmp_path):
    """A top module that starts everything and a constant beside it, which everything reads, are grouped in one package:
    the packages need each other, and no file comes back to itself."""
    rows = Rows(tmp_path / "index.db")
    for path in (
        "app/__init__.py",
        "app/__main__.py",
        "app/cli/main.py",
        "app/cli/more.py",
        "app/store/db.py",
    ):
        rows.file(path, "x = 1\n")
    rows.edges("app/__main__.py", [("", "imports", "app/cli/main.py", "", 1)])
    rows.edges("app/cli/main.py", [("", "imports", "app/__init__.py", "", 1)])
    rows.edges("app/cli/more.py", [("", "imports", "app/store/db.py", "", 1)])
    answer = overview(rows.context(), OverviewRequest())
    needs = {package.name: package.needs for package in answer.packages}
    assert (needs["app"], needs["app/cli"]) == (("app/cli",), ("app", "app/store"))
    assert (answer.cycles, answer.cycles_total) == ((), 0)
    assert answer.certain_uses == 3
    assert "cycles across packages: none in the 3 pairs of files" in render(answer, 1_500)
    rows.close()


@given(
    st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40),
    st.lists(st.sampled_from("abc"), min_size=10, max_size=10),
)
def test_every_cycle_is_a_closed_round_through_packages_and_none_is_missed(uses, packages):
    """Compared with what walking from each file reaches."""
    package = {f"f{number}": name for number, name in enumerate(packages)}
    pairs = [(f"f{src}", f"f{dst}") for src, dst in sorted(uses) if src != dst]
    reached = {start: _reached(start, pairs) for start in package}
    together = {
        frozenset(other for other in package if other in reached[path] and path in reached[other])
        for path in package
    }
    expected = {files for files in together if len({package[path] for path in files}) > 1}
    found = overview_graph.file_cycles(pairs, package)
    assert {frozenset(cycle.files) for cycle in found} == expected
    for cycle in found:
        assert set(cycle.round) <= set(pairs)
        assert [dst for _, dst in cycle.round] == [src for src, _ in (*cycle.round[1:], cycle.round[0])]
        assert len({package[path] for step in cycle.round for path in step}) > 1


def _reached(start, pairs):
    found, frontier = set(), [start]
    while frontier:
        node = frontier.pop()
        for src, dst in pairs:
            if src == node and dst not in found:
                found.add(dst)
                frontier.append(dst)
    return found


def test_an_overview_of_nothing_says_so(tmp_path):
    """No files: no package, and what was searched."""
    rows = Rows(tmp_path / "index.db")
    rows.file("README.md", "# hello", language="markdown")
    answer = overview(rows.context(), OverviewRequest())
    assert answer.packages == ()
    assert answer.layers == ()
    assert "No package to show: searched 1 files" in render(answer, 1_500)
    rows.close()


def test_large_folders_are_opened_and_small_ones_are_not():
    """The cut goes down where the files are."""
    files = [f"src/app/{part}/{i}.py" for part in ("a", "b") for i in range(9)] + ["lib/x.py", "setup.py"]
    assert set(overview_graph.cut(files).values()) == {"src/app/a", "src/app/b", "lib", "."}
    assert overview_graph.cut([]) == {}


def test_components_come_after_what_they_need():
    """A long chain needs no recursion."""
    chain = {f"{i:04}": {f"{i + 1:04}"} for i in range(3000)} | {"3000": {"2999"}}
    found = overview_graph.components(chain)
    assert found[0] == ("2999", "3000")
    assert found[-1] == ("0000",)


def test_a_word_of_a_command_is_no_folder_by_its_name_alone(rows):
    """Regression: `gh api` and `go test ./...` were tied to the folders api and test."""
    rows.file("api/client.py")
    rows.file("test/data.py")
    job = "jobs:\n  gh:\n    steps:\n      - run: gh api x && go test ./...\n      - run: pytest -q test\n"
    rows.file(".github/workflows/gh.yml", job, language="text")
    assert found(rows, target=".github/workflows/gh.yml") == ["owner * ->", "ci_job gh / gh -> test/"]
