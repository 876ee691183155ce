"""refs and impact of data say who writes it and who reads it, as far as the syntax tells."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import closing
from threading import Event

import pytest

from memoryd.ingest.job import IndexJob
from memoryd.ingest.parse.pool import ParsePool, PoolLimits
from memoryd.ingest.pipeline import index
from memoryd.query.answers import Freshness
from memoryd.query.context import Context
from memoryd.query.graph.impact import impact
from memoryd.query.graph.impact_answers import ImpactRequest
from memoryd.query.graph.symbols import refs
from memoryd.query.graph.symbols_answers import RefsRequest
from memoryd.query.retrieval.lexical import LexicalIndex
from memoryd.query.text.render import rendered
from memoryd.store import sqlite
from memoryd.store.index import reader

FRESH = Freshness("", "", "main", False, 0, False, "ready")
BOX = """\
class Box:
    def __init__(self):
        self.size = 0

    def show(self):
        print(self.size)

    def grow(self):
        self.size += 1

    def reset(self, other):
        if self.size:
            self.size = self.size // other

    def declare(self):
        self.size: int
"""
PART = """\
package parts

type Part struct{ N int }

func Make() *Part { return &Part{N: 1} }

func Fill(p *Part) { scan(&p.N) }

func Read(p *Part) int { return p.N }
"""


@pytest.fixture(scope="module")
def ctx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    root = tmp_path_factory.mktemp("project")
    for path, text in {"box.py": BOX, "part.go": PART, "lib.py": "def f(): pass\n"}.items():
        (root / path).write_text(text)
    (root / "test_lib.py").write_text("import lib\n\ndef test_f(): lib.f = print\n\nCALLS = [lib.f]\n")
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    file = tmp_path_factory.mktemp("store") / "index.db"
    pool = ParsePool(PoolLimits(1))
    index(IndexJob(root=root, index=file), pool, None, lambda *_: None, Event())
    pool.close()
    with closing(sqlite.connect(file, readonly=True)) as conn:
        view = reader.view(conn, f"worktree:{root}")
        assert view is not None
        yield Context(
            index=conn, records=None, view=view, lexical=LexicalIndex(), embedder=None, freshness=FRESH,
            root=str(root),
        )  # fmt: skip


def used(ctx: Context, target: str, access: str = "any") -> list[tuple[int, str]]:
    request = RefsRequest(target=target, access=access)  # type: ignore[arg-type]
    return [(one.line, one.access) for one in refs(ctx, request).references]


def test_writes_come_first_and_each_use_says_what_it_does(ctx: Context) -> None:
    """Line 13 assigns what it reads, so it does both; a bare annotation is told neither way."""
    assert used(ctx, "box.py:Box.size") == [
        (3, "write"), (9, "both"), (13, "both"), (6, "read"), (12, "read"), (16, ""),
    ]  # fmt: skip


def test_the_head_counts_writes_reads_and_what_is_not_told(ctx: Context) -> None:
    """Both counts and the rest; a line that does both is one that writes."""
    text = rendered(refs(ctx, RefsRequest(target="box.py:Box.size")), 2_000).text
    head, *lines = text.splitlines()
    assert head == "6 references to box.py:Box.size (field, line 3): 3 write, 2 only read, 1 not told"
    assert any(line.startswith("box.py:9 reads and writes in Box.grow [") for line in lines)


@pytest.mark.parametrize(
    ("access", "lines", "head"),
    [
        ("write", [3, 9, 13], "3 of 6 references to box.py:Box.size (field, line 3) write it; 1 more may"),
        ("read", [9, 13, 6, 12], "4 of 6 references to box.py:Box.size (field, line 3) read it; 1 more may"),
    ],
)
def test_only_those_that_read_or_write_may_be_asked_for(
    ctx: Context, access: str, lines: list[int], head: str
) -> None:
    """Whoever asks for one half learns how many there are in all, and how many may belong to it."""
    assert [line for line, _ in used(ctx, "box.py:Box.size", access)] == lines
    request = RefsRequest(target="box.py:Box.size", access=access, limit=1)  # type: ignore[arg-type]
    answer = refs(ctx, request)
    assert rendered(answer, 2_000).text.startswith(head)
    assert answer.next == f"memoryd refs box.py:Box.size --access {access} --offset 1"


def test_a_field_of_a_literal_is_written_and_an_address_is_not_judged(ctx: Context) -> None:
    """Go: ``Part{N: 1}`` writes N; what ``scan(&p.N)`` does, the grammar cannot tell."""
    assert used(ctx, "part.go:Part.N") == [(5, "write"), (7, ""), (9, "read")]


def test_of_a_function_only_its_replacement_is_told(ctx: Context) -> None:
    """``lib.f = print`` replaces f; that a list names it says nothing of data."""
    assert used(ctx, "lib.py:f") == [(3, "write"), (5, "")]


def test_impact_names_who_writes_first_with_the_line_that_does(ctx: Context) -> None:
    """`reset` reads in line 12 and writes in line 13: the second is shown."""
    answer = impact(ctx, ImpactRequest(target="box.py:Box.size"))
    direct = [(one.symbol, one.access, one.line) for one in answer.hops[0]]
    assert sorted(direct[:3]) == [
        ("Box.__init__", "write", 3),
        ("Box.grow", "both", 9),
        ("Box.reset", "both", 13),
    ]
    assert sorted(direct[3:]) == [("Box.declare", "", 16), ("Box.show", "read", 6)]
    assert "; 3 of the direct write it, 1 only read\n" in rendered(answer, 2_000).text
