"""Impact goes through what a method overrides, and says what lies beyond its hops."""

from __future__ import annotations

import pytest
from rows import Rows

from memoryd.query.graph.impact import impact
from memoryd.query.graph.impact_answers import ImpactRequest
from memoryd.query.text.render import rendered


def hops(answer):
    return [[f"{d.path}:{d.symbol}" for d in hop] for hop in answer.hops]


@pytest.fixture
def feeds(tmp_path):
    """Two feeds override what `drain` calls; `sort` calls one of them."""
    rows = Rows(tmp_path / "feeds.db")
    rows.file("base.py", symbols=[("Feed", "class", 1), ("Feed.pull", "method", 2)])
    rows.file("disk.py", symbols=[("Disk", "class", 1), ("Disk.pull", "method", 2)])
    rows.file("net.py", symbols=[("Net", "class", 1), ("Net.pull", "method", 2)])
    rows.file(
        "use.py",
        symbols=[("drain", "function", 1, 2), ("sort", "function", 4, 5), ("main", "function", 7, 8)],
    )
    rows.file("tests/test_use.py", symbols=[("test_main", "function", 1, 2)])
    rows.edges("disk.py", [("Disk.pull", "overrides", "base.py", "Feed.pull", 2)])
    rows.edges("net.py", [("Net.pull", "overrides", "base.py", "Feed.pull", 2)])
    rows.edges(
        "use.py",
        [
            ("drain", "calls", "base.py", "Feed.pull", 2),
            ("sort", "calls", "net.py", "Net.pull", 5),
            ("main", "calls", "use.py", "drain", 8),
        ],
    )
    rows.edges("tests/test_use.py", [("test_main", "calls", "use.py", "main", 2)])
    yield rows
    rows.close()


def test_a_call_of_a_base_may_run_the_override(feeds):
    """Who calls what the target overrides depends on it, marked so and less surely the more overrides there are; who
    calls another override does not."""
    answer = impact(feeds.context(), ImpactRequest(target="Disk.pull"))
    assert hops(answer) == [["use.py:drain"], ["use.py:main"], ["tests/test_use.py:test_main"]]
    first = answer.hops[0][0]
    assert (first.via, first.method, first.confidence) == ("calls base.py:Feed.pull", "override", 0.4)
    assert first.overridden_by == "disk.py:Disk.pull"
    assert [test.path for test in answer.tests] == ["tests/test_use.py"]
    assert "uses base.py:Feed.pull, which disk.py:Disk.pull overrides" in rendered(answer, 2_000).text


def test_a_base_names_its_overrides_without_their_callers(feeds):
    """What overrides the target changes with it; who calls an override does not call the target."""
    answer = impact(feeds.context(), ImpactRequest(target="Feed.pull"))
    assert sorted(hops(answer)[0]) == ["disk.py:Disk.pull", "net.py:Net.pull", "use.py:drain"]
    assert "use.py:sort" not in {name for hop in hops(answer) for name in hop}


def test_a_type_is_more_than_what_it_overrides(feeds):
    """Impact of a class does not bring every caller of its bases."""
    assert hops(impact(feeds.context(), ImpactRequest(target="disk.py:Disk"))) == []


def test_what_lies_further_away_is_counted(feeds):
    """No answer says that no test reaches the target while one does beyond the hops that were asked for."""
    answer = impact(feeds.context(), ImpactRequest(target="Disk.pull", hops=1))
    beyond = answer.beyond
    assert (beyond.hops, beyond.dependents, beyond.tests, beyond.nearest_test_hop) == (3, 2, 1, 3)
    assert beyond.is_whole
    assert (
        "0 test files reach it within 1 hops; further away (up to hop 3) are 2 more dependents and 1 more"
        in rendered(answer, 2_000).text
    )
    assert impact(feeds.context(), ImpactRequest(target="Disk.pull")).beyond.dependents == 0


def test_a_type_is_answered_with_what_implements_or_extends_it(tmp_path):
    """Those that say so and those that only have its methods, each once, with how much of it they have themselves and
    where; through another type they come last. Their members are not listed once more."""
    rows = Rows(tmp_path / "stores.db")
    rows.file(
        "store.go", "type Store interface {}\n",
        symbols=[("Store", "interface", 1, 3), ("Store.Get", "method", 2), ("Store.Put", "method", 3)], language="go",
    )  # fmt: skip
    rows.file("disk.go", symbols=[("Disk", "struct", 1), ("Disk.Get", "method", 2)], language="go")
    rows.file(
        "disk_windows.go", "//go:build windows\n\nfunc (d *Disk) Put() {}\n",
        symbols=[("Disk.Put", "method", 3)], language="go",
    )  # fmt: skip
    rows.file("cache.go", symbols=[("Cache", "struct", 1), ("Cache.Put", "method", 2)], language="go")
    rows.file("use.go", symbols=[("open", "function", 1, 2)], language="go")
    rows.edges("disk.go", [("Disk.Get", "overrides", "store.go", "Store.Get", 2)])
    rows.edges("disk_windows.go", [("Disk.Put", "overrides", "store.go", "Store.Put", 3)])
    rows.edges(
        "cache.go",
        [
            ("Cache", "inherits", "disk.go", "Disk", 1),
            ("Cache.Put", "overrides", "disk_windows.go", "Disk.Put", 2),
        ],
    )
    rows.edges("use.go", [("open", "references", "store.go", "Store", 2)])
    answer = impact(rows.context(), ImpactRequest(target="Store"))
    assert [one.label() for one in answer.implementors] == [
        "disk.go:1 Disk 2 of 2 members: 1 in disk.go, 1 in disk_windows.go “//go:build windows”",
        "cache.go:1 Cache 1 of 2 members through Disk",
    ]
    text = rendered(answer, 2_000).text
    assert "implemented or extended by 2 types:\n" in text
    assert "hop 1 (3, 2 of them the types above and their members):" in text
    assert "Disk.Put overrides" not in text
    assert "use.go:2 open references" in text
    assert impact(rows.context(), ImpactRequest(target="Disk.Get")).implementors == ()
    rows.close()
