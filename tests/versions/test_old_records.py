"""What people and agents contributed to an earlier memoryd is kept, word for word, with its audit."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from stores import FIXTURES, restore

from memoryd.store import sqlite
from memoryd.store.records.values import NewRecord, Origin, fingerprint
from memoryd.store.records.writer import Records

OLD = sorted(path.stem for path in FIXTURES.glob("records-*.sql"))
ALICE = "human:alice"
CENTS = (
    "decision",
    "Amounts are whole cents, because floats lose them",
    "superseded",
    ALICE,
    ("shop/prices.py",),
)
TABLES = (
    "decision",
    "Amounts are whole cents in every table",
    "confirmed",
    "agent:assistant",
    ("migrations/",),
)
CART = (
    "lesson",
    "Never load a cart twice in one request",
    "confirmed",
    "agent:assistant",
    ("shop/*.py", "shop/cart.py:Cart.sum"),
)
TILL = ("constraint", "The till never reads the store of the web shop")
ROUTE = ("convention", "Handlers are called after their route", "proposed", "agent:assistant")
IMPORTED = (
    "lesson",
    "Back up the till before an upgrade",
    "proposed",
    "import:till.jsonl",
    ("till/",),
)
KEPT = {
    "records-1": {
        CENTS,
        TABLES,
        CART,
        (*TILL, "retracted", "agent:assistant", ()),
        (*ROUTE, ("shop/cli.py",)),
    },
    "records-2": {
        CENTS,
        TABLES,
        CART,
        (*TILL, "proposed", "agent:assistant", ()),
        (*ROUTE, ("shop/cli.py", "shop/web.py")),
        IMPORTED,
    },
    "records-3": {
        CENTS,
        TABLES,
        CART,
        (*TILL, "proposed", "agent:assistant", ()),
        (*ROUTE, ("shop/cli.py", "shop/web.py")),
        IMPORTED,
        ("note", "The till is closed at noon", "confirmed", ALICE, ("till/hours.py",)),
        ("lesson", "Count the drawer twice", "confirmed", "agent:assistant", ()),
    },
}
KEPT["records-4"] = KEPT["records-3"] | {
    (
        "lesson",
        "The drawer is counted before the till is closed",
        "confirmed",
        ALICE,
        ("shop/", "shop/till.py:4"),
    ),
}
"""What each build was told before it was put away; what it forgot is not among it."""


class Old:
    """One store as its build left it, and opened by this one."""

    def __init__(self, fixture: str, file: Path) -> None:
        self.fixture, self.file = fixture, restore(fixture, file)
        self.audit_before = self._audit()
        self.layout = int(fixture.rpartition("-")[2])
        self.store = Records.open(file)

    def _audit(self) -> list[tuple]:
        with closing(sqlite3.connect(self.file)) as conn:
            return conn.execute("SELECT * FROM audit ORDER BY seq").fetchall()

    def audit_now(self) -> list[tuple]:
        return self._audit()

    def of(self, text: str):
        return next(record for record in self.store.list() if record.text == text)


@pytest.fixture(params=OLD)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Old]:
    opened = Old(request.param, tmp_path / "records.db")
    yield opened
    opened.store.close()


def test_every_record_is_there(old: Old) -> None:
    """Its words, status, author and anchors; which one replaces which; where an imported one comes from."""
    found = {(r.kind, r.text, r.status, r.actor, tuple(sorted(r.anchors))) for r in old.store.list()}
    assert found == KEPT[old.fixture]
    assert old.of(TABLES[1]).supersedes == old.of(CENTS[1]).id
    with closing(sqlite.connect(old.file, readonly=True)) as conn:
        assert sqlite.layout(conn) == sqlite.newest_layout("records")
    if old.layout >= 4:
        (drawer,) = old.of("The drawer is counted before the till is closed").contents
        assert (drawer.anchor, drawer.text, drawer.above) == ("shop/till.py:4", "drawer.count()", (1, 2))
    if old.layout >= 2:
        assert old.of(IMPORTED[1]).origin == Origin(
            "01old0000000000000aa", "human:bob", "confirmed", 1_700_000_000
        )
        assert old.of(TABLES[1]).published == "docs/decisions/0003-cents.md"


def test_the_audit_is_whole_and_untouched(old: Old) -> None:
    """Row for row as it was, hashes included, and who confirmed what is still said; the chain goes on from there."""
    assert old.audit_now() == old.audit_before
    report = old.store.verify()
    assert (report.problem, report.rows) == ("", len(old.audit_before))
    assert old.store.confirmed_by(old.of(CART[1]).id) == ALICE
    old.store.retract(old.of(CART[1]).id, ALICE)
    assert old.audit_now()[:-1] == old.audit_before
    assert old.store.verify().ok


def test_what_is_known_is_known_by_its_words(old: Old) -> None:
    """Stored fingerprints are those of today: who changes how words are read has to write a migration for them."""
    with closing(sqlite3.connect(old.file)) as conn:
        for kind, text, stored in conn.execute("SELECT kind, text, fingerprint FROM record"):
            assert stored == fingerprint(kind, text)
    again = old.store.add(NewRecord(CART[0], "never load the cart twice, in one request!", "agent:other"))
    assert (again.created, again.record.id) == (False, old.of(CART[1]).id)


def test_an_older_layout_is_copied_before_it_is_brought_up(old: Old) -> None:
    """The copy is the store as it was, ours alone to read; the newest layout needs none."""
    copies = list(old.file.parent.glob("records.db.layout*.bak"))
    if old.layout == sqlite.newest_layout("records"):
        assert copies == []
        return
    assert [copy.name for copy in copies] == [f"records.db.layout{old.layout}.bak"]
    assert copies[0].stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(copies[0])) as conn:
        assert sqlite.layout(conn) == old.layout
        assert conn.execute("SELECT * FROM audit ORDER BY seq").fetchall() == old.audit_before


def test_every_action_works_on_it(old: Old) -> None:
    """What came from an earlier build is confirmed, published, restored and forgotten like anything else."""
    store, route = old.store, old.of(ROUTE[1])
    assert store.confirm(route.id, ALICE).status == "confirmed"
    assert store.set_published(route.id, "docs/routes.md", ALICE).published == "docs/routes.md"
    assert store.restore(old.of(CENTS[1]).id, ALICE).status == "confirmed"
    store.forget(route.id, ALICE)
    assert store.get(route.id) is None
    assert store.verify().ok


def test_it_is_said_how_it_is_known_who_vouches(old: Old) -> None:
    """Earlier builds took a client's word for being a person's: that is what is known of theirs now."""
    known = {record.text: record.assurance for record in old.store.list()}
    assert (known[TABLES[1]], known[CENTS[1]], known[ROUTE[1]]) == ("claimed", "claimed", "agent")
    assert known[CART[1]] == ("terminal" if old.layout >= 3 else "claimed")
    assert known.get("Count the drawer twice", "passphrase") == "passphrase"
    with old.store.assured("terminal"):
        assert old.store.confirm(old.of(TABLES[1]).id, ALICE).assurance == "terminal"
    first, *_, last = old.store.audit_rows()[::-1]
    assert (first.assurance, last.assurance) == ("claimed", "terminal")
    assert old.store.verify().ok
