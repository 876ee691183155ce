"""What the top level of a file calls runs when the file is imported: impact goes on to those who import it."""

from __future__ import annotations

import pytest
from rows import Rows

from memoryd.query.graph.impact import impact
from memoryd.query.graph.impact_answers import ImpactRequest


@pytest.fixture
def rows(tmp_path):
    """`plugin` registers itself; `shop` imports it, `shop2` imports that, and a test imports `shop`."""
    rows = Rows(tmp_path / "shop.db")
    rows.file("registry.py", symbols=[("register", "function", 1, 2)])
    rows.file("shop.py", "import plugin\n")
    rows.file("far.py", "import shop\n")
    rows.file("further.py", "import far\n")
    rows.file("beyond.py", "import further\n")
    rows.file("tests/test_shop.py", "import shop\n")
    rows.edges("shop.py", [("", "imports", "plugin.py", "", 1)])
    rows.edges("far.py", [("", "imports", "shop.py", "", 1)])
    rows.edges("further.py", [("", "imports", "far.py", "", 1)])
    rows.edges("beyond.py", [("", "imports", "further.py", "", 1)])
    rows.edges("tests/test_shop.py", [("", "imports", "shop.py", "", 1)])
    yield rows
    rows.close()


def plugin(rows, text, line):
    """The plugin's file calls `register` in that line, at its top level."""
    rows.file("plugin.py", text, symbols=[("Plugin", "class", 3, 4)])
    used = [("", "imports", "registry.py", "", 1), ("", "references", "registry.py", "register", 1)]
    rows.edges("plugin.py", [*used, ("", "calls", "registry.py", "register", line)])


def reached(rows):
    answer = impact(rows.context(), ImpactRequest(target="register", hops=8))
    return [[(d.path, d.confidence) for d in hop] for hop in answer.hops], [t.path for t in answer.tests]


def test_who_imports_a_file_depends_on_what_its_top_level_calls(rows):
    """The less surely the further away; the tests among them count."""
    plugin(rows, "from registry import register\n\nclass Plugin:\n    pass\n\nregister(Plugin)\n", 6)
    hops, tests = reached(rows)
    assert hops == [
        [("plugin.py", 1.0)],
        [("shop.py", 0.5)],
        [("far.py", 0.25), ("tests/test_shop.py", 0.25)],
        [("further.py", 0.125)],
    ]
    assert tests == ["tests/test_shop.py"]


def test_a_use_is_shown_before_the_import_that_brings_it(rows):
    plugin(rows, "from registry import register\n\nclass Plugin:\n    pass\n\nregister(Plugin)\n", 6)
    first = impact(rows.context(), ImpactRequest(target="register")).hops[0][0]
    assert (first.line, first.via) == (6, "calls registry.py:register")


def test_what_runs_only_where_the_file_is_started_reaches_no_importer(rows):
    text = "from registry import register\n\nclass Plugin:\n    pass\n\nif __name__ == '__main__':\n    register(1)\n"
    plugin(rows, text, 7)
    assert reached(rows) == ([[("plugin.py", 1.0)]], [])


def test_an_import_alone_is_not_passed(rows):
    """Who imports a file that only imports the target does not run it."""
    rows.file("plugin.py", "from registry import register\n")
    rows.edges(
        "plugin.py", [("", "references", "registry.py", "register", 1), ("", "imports", "registry.py", "", 1)]
    )
    assert reached(rows) == ([[("plugin.py", 1.0)]], [])
