"""An index that an earlier memoryd made is opened and brought up: it says what a new one says."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event

import project
import pytest
from stores import FIXTURES, changed, pack_here, restore

from memoryd.embedding.static import StaticEmbedder
from memoryd.ingest.job import IndexJob, IndexSummary
from memoryd.ingest.parse.pool import ParsePool
from memoryd.ingest.pipeline import index
from memoryd.store import sqlite
from memoryd.store.index import reader, versions
from memoryd.store.index.digest import digest
from memoryd.store.index.versions import EXTRACTOR_VERSION, LINKER_VERSION

OLD = sorted(path.stem for path in FIXTURES.glob("index-*.sql"))
READ_WRONGLY = """
    UPDATE file SET facts = (SELECT facts FROM file WHERE id = 1), outline = (SELECT outline FROM file WHERE id = 1);
    UPDATE file SET forward = x'';
    UPDATE symbol SET name = name || '_', qualname = qualname || '_';
    UPDATE chunk SET line = line + 1;
    UPDATE decision SET status = 'rejected';
    UPDATE finding SET facts = x'90';
    UPDATE git_commit SET forward = x'', effect = 7;
    UPDATE commit_note SET quote = 'for no reason';
    UPDATE embedding SET vector = zeroblob(length(vector));
"""
"""As readers would leave it that see everything a little differently, history and vectors included."""
LINKED_WRONGLY = """
    DELETE FROM edge_row WHERE ordinal = 0;
    UPDATE edge_row SET line = line + 1;
"""
"""As a linker would leave it that draws other edges."""


class Place:
    """The project at one place, and its stores: one from a fixture, one that is made anew."""

    def __init__(self, folder: Path, pool: ParsePool, fixture: str) -> None:
        self.root, self._pool = folder / "project", pool
        project.build(self.root)
        self.old = restore(fixture, folder / "old" / "index.db", self.root)
        pack_here(self.old)
        self.new = folder / "new" / "index.db"
        self.new.parent.mkdir()

    def index(self, file: Path, rev: str | None = None) -> IndexSummary:
        job = IndexJob(root=self.root, index=file, rev=rev)
        return index(job, self._pool, StaticEmbedder(), lambda *_: None, Event())

    def index_all(self, file: Path) -> list[IndexSummary]:
        """Every view of the old index, in ``file``."""
        return [self.index(file, rev) for rev in self.views()]

    def digests(self, file: Path) -> dict[str | None, dict[str, str]]:
        """Of every view."""
        return {rev: self.digest(file, rev) for rev in self.views()}

    def views(self) -> list[str | None]:
        """The revisions of the old index's views, None for the work tree."""
        with closing(sqlite3.connect(self.old)) as conn:
            names = [name for (name,) in conn.execute("SELECT name FROM view ORDER BY name")]
        return [name.removeprefix("rev:") if name.startswith("rev:") else None for name in names]

    def digest(self, file: Path, rev: str | None = None) -> dict[str, str]:
        """Of a view as it is stored now, vectors and terms of commits included."""
        with closing(sqlite.connect(file, readonly=True)) as conn:
            view = reader.view(conn, f"rev:{rev}" if rev else f"worktree:{self.root}")
            assert view is not None
            terms = conn.execute("SELECT sha, hex(forward) FROM git_commit ORDER BY sha").fetchall()
            return digest(conn, view.id) | {"terms of commits": repr(terms), "complete": str(view.complete)}


@pytest.fixture(params=OLD)
def place(request: pytest.FixtureRequest, tmp_path: Path, pool: ParsePool) -> Place:
    return Place(tmp_path, pool, request.param)


def spoil(
    file: Path, statements: str, *, extractor: int = EXTRACTOR_VERSION, linker: int = LINKER_VERSION
) -> None:
    """Run ``statements`` in the index, and let it say that these versions made it."""
    with changed(file) as conn:
        conn.executescript(statements)
        conn.execute("UPDATE meta SET value = ? WHERE key = 'extractor'", (str(extractor),))
        conn.execute("UPDATE meta SET value = ? WHERE key = 'linker'", (str(linker),))


def test_an_index_of_every_layout_is_brought_up(place: Place) -> None:
    """Whatever build made it: after one run each view is that of a clean index, and the layout is the newest."""
    place.index_all(place.old)
    place.index_all(place.new)
    assert place.digests(place.old) == place.digests(place.new)
    with closing(sqlite.connect(place.old, readonly=True)) as conn:
        assert versions.is_current(conn)


@pytest.mark.parametrize("version", [EXTRACTOR_VERSION - 1, EXTRACTOR_VERSION + 1])
def test_what_another_extractor_read_is_read_again(place: Place, version: int) -> None:
    """Files, commits, their notes and the vectors: all of it, also when memoryd was set back to an earlier release."""
    place.index_all(place.old)
    right = place.digests(place.old)
    spoil(place.old, READ_WRONGLY, extractor=version)
    for rev, wrong in place.digests(place.old).items():
        differing = {part for part in wrong if wrong[part] != right[rev][part]}
        assert differing >= {"file", "symbol", "chunk", "finding", "commit", "embedding", "terms of commits"}
    parsed = sum(summary.parsed for summary in place.index_all(place.old))
    assert parsed >= len(project.FILES)
    assert place.digests(place.old) == right


@pytest.mark.parametrize("version", [LINKER_VERSION - 1, LINKER_VERSION + 1])
def test_what_another_linker_linked_is_linked_again(place: Place, version: int) -> None:
    """All edges, and nothing but the edges: no file is parsed."""
    place.index_all(place.old)
    right = place.digests(place.old)
    spoil(place.old, LINKED_WRONGLY, linker=version)
    for rev, wrong in place.digests(place.old).items():
        assert {part for part in wrong if wrong[part] != right[rev][part]} == {"edge", "all"}
    assert [summary.parsed for summary in place.index_all(place.old)] == [0] * len(right)
    assert place.digests(place.old) == right


def test_views_that_wait_for_their_edges_do_not_count_as_complete(place: Place) -> None:
    """Regression: after a new linker, views of commits had no edges at all and said that nobody uses anything."""
    place.index_all(place.old)
    right = place.digests(place.old)
    spoil(place.old, "", linker=LINKER_VERSION - 1)
    place.index(place.old)
    waiting = [rev for rev in place.views() if rev]
    assert waiting
    for rev in waiting:
        assert place.digest(place.old, rev)["complete"] == "False"
        place.index(place.old, rev)
    assert place.digests(place.old) == right


def test_what_our_versions_made_is_left_alone(place: Place) -> None:
    """Only a version brings an index up: nothing is read twice for nothing."""
    place.index_all(place.old)
    spoil(place.old, READ_WRONGLY + LINKED_WRONGLY)
    before = place.digests(place.old)
    assert [summary.parsed for summary in place.index_all(place.old)] == [0] * len(before)
    assert place.digests(place.old) == before


@pytest.mark.parametrize(
    ("statement", "current"),
    [
        ("SELECT 1", True),
        (f"UPDATE meta SET value = '{EXTRACTOR_VERSION - 1}' WHERE key = 'extractor'", False),
        (f"UPDATE meta SET value = '{LINKER_VERSION - 1}' WHERE key = 'linker'", False),
        ("DELETE FROM meta", False),
        ("PRAGMA user_version=0", False),
    ],
)
def test_no_answer_comes_from_an_index_that_has_to_be_brought_up(
    place: Place, statement: str, current: bool
) -> None:
    """Who reads an index asks first whether this memoryd made it; a change is then read without it."""
    place.index(place.old)
    with changed(place.old) as made:
        made.execute(statement)
    conn = versions.open_current(place.old)
    assert (conn is not None) == current
    if conn:
        conn.close()
    assert versions.open_current(place.old.with_name("none.db")) is None
