"""Anchors are content: they follow lines and symbols that move, and never show another place as exact."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from anchor_truth import AnchorTruth, IndexedProject
from moving_code import MovingCode
from msgspec import structs

from memoryd.ingest.parse.pool import ParsePool, PoolLimits
from memoryd.query.anchors import capture, places
from memoryd.query.anchors.anchor_place import AnchorPlace
from memoryd.store.records.values import Record

PAY = """import ledger


def vault(key):
    first = ledger.open(key)
    first.lock()
    return first.total


def refund(order):
    entry = order.ledger
    if entry.closed:
        raise ValueError('closed')
    entry.note(order)
    return entry.pay()
"""
TILL = "def count(drawer):\n    return sum(drawer.coins)\n"


@pytest.fixture(scope="module")
def pool() -> Iterator[ParsePool]:
    made = ParsePool(PoolLimits(1, 10.0, 512 * 1024 * 1024))
    yield made
    made.close()


class Anchored:
    """A project with one anchored place; ``after`` says where that is once its files read otherwise."""

    def __init__(self, root: Path, pool: ParsePool, anchor: str) -> None:
        self.project = IndexedProject(root, pool)
        self.project.save({"pay.py": PAY, "till.py": TILL}, "Begin")
        with self.project.opened() as ctx:
            contents = capture.contents(ctx, [anchor])
        self.record = Record(
            "1", "lesson", "x", "confirmed", "human:ann", 1, "", "", (anchor,), contents=contents
        )

    def after(self, files: dict[str, str]) -> AnchorPlace:
        self.project.save(files, "Change")
        with self.project.opened() as ctx:
            return places.of_records(ctx, [self.record])[self.record.id][0]


REFUND = PAY[PAY.index("def refund") :]
WITHOUT = PAY[: PAY.index("def refund")]
RENAMED = PAY.replace("refund", "pay_back")
SHORTER = PAY.replace("    entry.note(order)\n", "")
REWRITTEN = PAY.replace("entry.note(order)", "log(order)")
BOTH = TILL + "\n\n" + REFUND
OTHER = "def refund(order):\n    return {'paid': 0}\n\n\n" + "\n".join(f"N{i} = {i}" for i in range(9)) + "\n"


@pytest.mark.parametrize(
    ("anchor", "files", "state", "now", "sure"),
    [
        # nothing near it changed
        ("pay.py:14", {"pay.py": PAY + "\n\nX = 1\n", "till.py": TILL}, "here", "pay.py:14", 1.0),
        ("pay.py:refund", {"pay.py": "X = 1\n" + PAY, "till.py": TILL}, "here", "pay.py:refund", 1.0),
        ("pay.py", {"pay.py": "X = 1\n" + PAY, "till.py": TILL}, "here", "pay.py", 1.0),
        # lines above, a move in the file, to another file, a rename of file and symbol
        ("pay.py:14", {"pay.py": "X = 1\nY = 2\n" + PAY, "till.py": TILL}, "moved", "pay.py:16", 0.95),
        ("pay.py:14", {"pay.py": REFUND + "\n\n" + WITHOUT, "till.py": TILL}, "moved", "pay.py:5", 0.95),
        ("pay.py:14", {"pay.py": WITHOUT, "till.py": BOTH}, "moved", "till.py:9", 0.9),
        ("pay.py:refund", {"pay.py": WITHOUT, "till.py": BOTH}, "moved", "till.py:refund", 0.9),
        ("pay.py:14", {"cash.py": PAY, "till.py": TILL}, "moved", "cash.py:14", 0.9),
        ("pay.py:refund", {"cash.py": PAY, "till.py": TILL}, "moved", "cash.py:refund", 0.9),
        ("pay.py", {"cash.py": PAY, "till.py": TILL}, "moved", "cash.py", 0.9),
        ("pay.py:refund", {"pay.py": RENAMED, "till.py": TILL}, "moved", "pay.py:pay_back", 0.8),
        ("pay.py:14", {"pay.py": RENAMED, "till.py": TILL}, "moved", "pay.py:14", 0.8),
        # two may be it; the line reads otherwise; its symbol has other code
        ("pay.py:14", {"pay.py": WITHOUT, "a.py": REFUND, "till.py": BOTH}, "doubtful", "a.py:5", 0.5),
        ("pay.py:14", {"pay.py": REWRITTEN, "till.py": TILL}, "doubtful", "pay.py:14", 0.5),
        ("pay.py:10", {"pay.py": RENAMED, "till.py": TILL}, "doubtful", "pay.py:10", 0.5),
        ("pay.py:refund", {"pay.py": OTHER, "till.py": BOTH}, "doubtful", "pay.py:refund", 0.5),
        ("pay.py:refund", {"pay.py": OTHER, "till.py": TILL}, "here", "pay.py:refund", 0.8),
        # gone
        ("pay.py:refund", {"pay.py": WITHOUT, "till.py": TILL}, "lost", "pay.py", 0.3),
        ("pay.py:14", {"pay.py": SHORTER, "till.py": TILL}, "lost", "pay.py:refund", 0.3),
        ("pay.py:14", {"till.py": TILL}, "lost", "", 0.3),
        ("pay.py", {"till.py": TILL}, "lost", "", 0.3),
    ],
)  # fmt: skip
def test_an_anchor_is_where_its_code_is(
    tmp_path: Path, pool: ParsePool, anchor: str, files: dict[str, str], state: str, now: str, sure: float
) -> None:
    """Sure is only what stands in its place as it stood; all else is said, with what may be it."""
    place = Anchored(tmp_path / "p", pool, anchor).after(files)
    assert (place.state, place.now, place.confidence) == (state, now, sure)
    assert place.is_sure == (sure == 1.0)
    assert bool(place.said()) == (sure < 1.0)


def test_what_is_where_it_was_needs_no_text(tmp_path: Path, pool: ParsePool) -> None:
    """Nothing is compared line by line while the file is the same, and elsewhere a few files are, whatever there is."""
    made = Anchored(tmp_path / "p", pool, "pay.py:14")
    many = {f"more/m{i}.py": PAY.replace("refund", f"refund_{i}") for i in range(40)}
    place = made.after({"till.py": TILL, **many})
    assert place.state == "doubtful"
    assert len(place.named) <= 8


@pytest.mark.parametrize("seed", range(3))
def test_no_other_place_is_shown_as_exact(tmp_path: Path, pool: ParsePool, seed: int) -> None:
    """Whatever is inserted, deleted, moved, renamed, extracted and copied, in whatever order (bench/anchors.py: 500
    edits). Nor is a place lost that is still there."""
    code = MovingCode(seed, files=4, functions=5)
    truth = AnchorTruth(tmp_path / "p", pool, code)
    truth.anchor(lines=20, functions=10, files=3)
    for number in range(1, 41):
        code.edit()
        if number % 8 == 0:
            truth.save(f"Edit {number}", commit=code.random.random() < 0.7)
            truth.look()
    wrong = [one for one in truth.wrong if not one.startswith("doubtful")]
    assert wrong == []
    assert truth.counts["line exact", True] > 10
    assert truth.counts["line moved", True] > 10


def test_a_line_that_may_be_of_a_newer_text_is_known_by_its_number(tmp_path: Path, pool: ParsePool) -> None:
    """While changed files are not indexed yet, nobody knows what stands at the line; a symbol has its name."""
    project = IndexedProject(tmp_path / "p", pool)
    project.save({"pay.py": PAY}, "Begin")
    with project.opened() as ctx:
        behind = structs.replace(ctx, freshness=structs.replace(ctx.freshness, pending=1))
        kept = capture.contents(behind, ["pay.py:14", "pay.py:refund"])
        record = Record("1", "lesson", "x", "confirmed", "human:ann", 1, "", "", ("pay.py:14",), contents=())
        place = places.of_records(ctx, [record])["1"][0]
    assert [content.anchor for content in kept] == ["pay.py:refund"]
    assert (place.state, place.confidence) == ("here", 0.5)
    assert "known by its number alone" in place.said()
