"""brief names the past change to follow, with its files by the part they play, or says that it knows none."""

from __future__ import annotations

import pytest
from check_project import CheckedProject
from msgspec import structs

from memoryd.ingest.parse.pool import ParsePool, PoolLimits
from memoryd.query.briefing.brief import brief
from memoryd.query.briefing.brief_answers import BriefAnswer, BriefRequest, BriefSection
from memoryd.query.retrieval.lexical import LexicalIndex
from memoryd.query.text.render import rendered
from memoryd.store import sqlite

BEGIN = {f"shop/part{number}.py": f"def part{number}():\n    return {number}\n" for number in range(31)}
EXPORTS = {
    "shop/export_csv.py": "def export_csv(orders):\n    return rows(orders)\n",
    "shop/old_formats.py": "FORMATS = ['csv']\n",
    "tests/test_export_csv.py": "def test_export_csv():\n    assert export_csv([])\n",
    "docs/exports.md": "# Exports\n\nOrders can be exported as CSV.\n",
    "CHANGELOG.md": "- Orders can be exported as CSV\n",
    "setup.cfg": "[formats]\ncsv = shop.export_csv\n",
}
TASK = "Export orders as XML, as it is done for CSV"


class Shop(CheckedProject):
    """A sweep of 31 files stands at its beginning, so that it is no precedent of anything."""

    def brief(self, task: str = TASK) -> BriefAnswer:
        view_name = self.index()
        conn = sqlite.connect(self._index, readonly=True)
        try:
            ctx = structs.replace(self._context(conn, view_name), lexical=LexicalIndex())
            return brief(ctx, BriefRequest(task=task))
        finally:
            conn.close()

    def past(self, task: str = TASK) -> BriefSection | None:
        """What the brief says of precedents."""
        found = [s for s in self.brief(task).sections if s.title.startswith(("precedent", "similar past"))]
        assert len(found) < 2
        return found[0] if found else None


@pytest.fixture(scope="module")
def pool():
    pool = ParsePool(PoolLimits(1))
    yield pool
    pool.close()


@pytest.fixture
def shop(tmp_path, pool):
    return Shop(tmp_path / "p", pool, BEGIN)


def test_the_one_change_of_the_kind_is_the_precedent(shop):
    """COMMIT subject - date - its files by the part they play, source first."""
    sha = shop.commit("Export orders as CSV", EXPORTS)
    shop.commit("Round the prices", {"shop/part3.py": "def part3():\n    return round(3)\n"})
    section = shop.past()
    (item,) = section.items
    assert (section.title, item.kind, item.source) == ("precedent", "precedent", sha[:10])
    assert item.text.startswith("“Export orders as CSV” - 20")
    assert item.text.partition(" - ")[2].partition(" - ")[2] == (
        "source: shop/export_csv.py, shop/old_formats.py; tests: tests/test_export_csv.py; docs: docs/exports.md;"
        " changelog: CHANGELOG.md; configuration: setup.cfg"
    )
    assert f"precedent:\n{sha[:10]} “Export orders as CSV”" in rendered(shop.brief(), 1_500).text.replace(
        "  ", ""
    )


def test_files_are_called_as_they_are_now_and_those_that_are_gone_are_counted(shop):
    """Whoever follows the precedent looks for them in the project of today."""
    shop.commit("Export orders as CSV", EXPORTS)
    shop.git("mv", "shop/export_csv.py", "shop/csv_export.py")
    shop.commit("Give it another name", {"shop/old_formats.py": None})
    (item,) = shop.past("Export orders as XML").items
    assert item.files[0] == "shop/csv_export.py"
    assert item.text.endswith("; 1 gone since")


def test_what_the_precedent_changed_may_have_to_change_again(shop):
    """Also where neither its words nor its neighbours lead there; with the commit that says so."""
    sha = shop.commit("Export orders as CSV", EXPORTS)
    found = {item.source: item.text for section in shop.brief().sections for item in section.items}
    assert found["CHANGELOG.md"] == f"changed by the similar commit {sha[:10]}"


def test_of_several_alike_none_is_named(shop):
    """A wrong precedent costs more than a short list."""
    shas = [
        shop.commit(
            f"Export orders as {name}", {f"shop/export_{name}.py": f"def export_{name}():\n    pass\n"}
        )
        for name in ("csv", "pdf", "tsv")
    ]
    section = shop.past("Export orders as XML")
    assert section.title == "similar past changes (none is surely the precedent)"
    assert {item.source for item in section.items} == {sha[:10] for sha in shas}
    assert {item.kind for item in section.items} == {"similar"}


def test_what_was_undone_is_no_precedent(shop):
    """It is a warning; nobody should follow it."""
    sha = shop.commit("Export orders as CSV", EXPORTS)
    shop.git("revert", "--no-edit", sha)
    shop.commit("Name the formats", {"shop/formats.py": "ORDERS = 'orders are exported as XML'\n"})
    assert sha[:10] not in [item.source for item in shop.past().items]


def test_that_no_precedent_is_known_is_said(shop):
    """With how many commits were looked through: the sweep at the beginning is no change to follow."""
    section = shop.past("part7 should return its own number")
    assert [(item.text, item.source) for item in section.items] == [("none known", "1 commits searched")]
    assert shop.past("quaternion rotation of meshes") is None  # nothing in the project is about it
