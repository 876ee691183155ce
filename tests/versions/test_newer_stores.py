"""What a newer memoryd wrote is refused plainly and left as it is, and the daemon goes on serving the rest."""

from __future__ import annotations

import hashlib
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import numpy as np
import pytest
from stores import changed, make_newer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "server"))

from daemon_harness import Client, RunningDaemon, small_project

from memoryd import __version__
from memoryd.daemon.projects.registry import key_of
from memoryd.embedding import tuned
from memoryd.embedding.tuned import Tuning
from memoryd.store import sqlite
from memoryd.store.index.versions import EXTRACTOR_VERSION, LINKER_VERSION
from memoryd.store.index.writer import IndexWriter
from memoryd.store.records.restore import restore
from memoryd.store.records.values import NewRecord
from memoryd.store.records.writer import Records
from memoryd.store.sqlite import NewerStore
from memoryd.store.vectors.quality_rows import QualityRows

OPENED = {
    "index.db for writing": ("index.db", IndexWriter),
    "index.db for reading": ("index.db", lambda file: sqlite.connect(file, readonly=True)),
    "records.db": ("records.db", Records.open),
    "quality.db": ("quality.db", lambda file: QualityRows(file, "a model")),
}


def fingerprint(file: Path) -> tuple[str, int]:
    """What the file says as a whole, and its layout."""
    with closing(sqlite3.connect(file)) as conn:
        dump = "\n".join(conn.iterdump())
        return hashlib.sha256(dump.encode()).hexdigest(), conn.execute("PRAGMA user_version").fetchone()[0]


@pytest.mark.parametrize("name", OPENED)
def test_a_newer_store_is_refused_with_what_where_and_the_next_step(tmp_path: Path, name: str) -> None:
    """Nobody migrates it down, deletes it or puts it aside."""
    base, opened = OPENED[name]
    file = tmp_path / base
    (IndexWriter if base == "index.db" else opened)(file)
    make_newer(file)
    before = fingerprint(file)
    for _ in range(2):
        with pytest.raises(NewerStore) as refused:
            opened(file)
        by, us = (" (9.9.9)", f" ({__version__})") if base != "quality.db" else ("", "")  # which is a cache
        said = f"{base} was written by a newer memoryd{by}: it has layout 99, this one{us} knows "
        assert refused.value.what.startswith(said)
        assert refused.value.where == str(file)
        assert refused.value.next_step.startswith("upgrade memoryd")
    assert fingerprint(file) == before
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith(base)] == []


def test_nothing_is_restored_over_newer_records(tmp_path: Path) -> None:
    """A whole copy of an earlier layout is there, and what a newer memoryd recorded since is not in it."""
    file = tmp_path / "records.db"
    store = Records.open(file)
    store.add(NewRecord("lesson", "Sign cookies once", "human:ann"))
    store.snapshot(tmp_path / "snapshots")
    store.close()
    make_newer(file)
    before = fingerprint(file)
    with pytest.raises(NewerStore):
        restore(file)
    assert fingerprint(file) == before


def test_a_quality_cache_of_the_first_layout_is_kept(tmp_path: Path) -> None:
    """Its vectors took long: a file from before layouts were numbered is the first layout, not an older one."""
    file = tmp_path / "quality.db"
    key = b"k" * 16
    QualityRows(file, "a model").put([key], np.ones((1, 4), np.float32) / 2)
    with changed(file) as conn:
        conn.execute("PRAGMA user_version=0")
    assert key in QualityRows(file, "a model")


def test_what_a_newer_memoryd_learned_is_neither_used_nor_replaced_by_itself(tmp_path: Path) -> None:
    """Idle time does not learn again over it; a person may."""
    file = tmp_path / tuned.FILE
    later = {"version": tuned.VERSION + 1, "base": ["not", "a", "name"], "state": "else"}
    file.write_bytes(msgspec.msgpack.encode(later))
    found = tuned.read(file)
    assert found is not None
    assert (found.state, found.is_due("any model", 1_000_000)) == ("newer", False)
    assert "newer memoryd" in tuned.in_words(found)
    tuned.write(file, Tuning(tuned.VERSION, "a model", "off"))
    assert tuned.read(file) == Tuning(tuned.VERSION, "a model", "off")


class Place:
    """A daemon that indexed a project and holds a record of it, ended; and its stores."""

    def __init__(self, folder: Path) -> None:
        self.home, self.root = folder / "m", small_project(folder / "p")
        self.daemon: RunningDaemon | None = None
        with self.served() as client:
            client.json("up", path=str(self.root))
            client.json("record", project=str(self.root), kind="lesson", text="Sign cookies once", anchors=[])
        self.end()

    def served(self) -> Client:
        """A client of a daemon that begins now."""
        self.daemon = RunningDaemon(self.home).ready()
        return Client(self.daemon.paths)

    def end(self) -> None:
        if self.daemon:
            self.daemon.end()
            self.daemon = None

    def file(self, name: str) -> Path:
        return next(self.home.rglob(f"{key_of(self.root)}/{name}"))


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.end()


def test_the_daemon_refuses_a_newer_index_and_serves_other_projects(place: Place, tmp_path: Path) -> None:
    """Every question, an index run and a repair say the same; the file stays, and nothing is put in its place."""
    file = place.file("index.db")
    make_newer(file)
    before = fingerprint(file)
    other = small_project(tmp_path / "other")
    with place.served() as client:
        for method, more in (
            ("symbol", {"name": "respond"}),
            ("up", {"path": str(place.root)}),
        ):
            named = more if "path" in more else {"project": str(place.root), **more}
            refused = client.error(method, **named)
            assert "index.db was written by a newer memoryd" in refused["what"], method
            assert refused["where"] == str(file)
            assert "upgrade memoryd" in refused["next_step"]
        for more in ({}, {"repair": True}):
            checks = client.json("doctor", project=str(place.root), **more)["checks"]
            said = next(check for check in checks if check["name"] == "index")
            assert said["state"] == "fail"
            assert "index.db was written by a newer memoryd" in said["detail"]
            assert "upgrade memoryd" in said["next_step"]
        client.json("up", path=str(other))
        assert client.json("symbol", project=str(other), name="respond")["definition"]["path"] == "app.py"
    place.end()
    assert fingerprint(file) == before
    assert list(file.parent.glob("index.db.damaged*")) == []


def test_the_daemon_answers_without_newer_records(place: Place) -> None:
    """Questions go on; what needs the records says why not, and a repair restores no older copy over them."""
    file = place.file("records.db")
    (file.parent / "snapshots").mkdir(exist_ok=True)
    Records.open(file).snapshot(file.parent / "snapshots")
    make_newer(file)
    before = fingerprint(file)
    asked = {"project": str(place.root)}
    with place.served() as client:
        assert client.json("symbol", **asked, name="respond")["definition"]["path"] == "app.py"
        for method, more in (
            ("record", {"kind": "lesson", "text": "Another", "anchors": []}),
            ("proposals", {}),
        ):
            refused = client.error(method, **asked, **more)
            assert "records.db was written by a newer memoryd" in refused["what"], method
            assert refused["where"] == str(file)
        checks = {check["name"]: check for check in client.json("doctor", **asked)["checks"]}
        assert checks["records"]["state"] == "fail"
        assert "records.db was written by a newer memoryd" in checks["records"]["detail"]
        assert "upgrade memoryd" in checks["records"]["next_step"]
        repaired = client.json("doctor", **asked, repair=True)["checks"]
        assert "no damage was found" in [check["detail"] for check in repaired]
        assert client.json("symbol", **asked, name="respond")["definition"]["path"] == "app.py"
    place.end()
    assert fingerprint(file) == before


@pytest.mark.parametrize(
    "older",
    [
        f"UPDATE meta SET value = '{EXTRACTOR_VERSION - 1}' WHERE key = 'extractor'",
        f"UPDATE meta SET value = '{LINKER_VERSION - 1}' WHERE key = 'linker'",
    ],
    ids=["extractor", "linker"],
)
@pytest.mark.parametrize("rev", [None, "HEAD~1"])
def test_no_answer_comes_from_an_index_before_it_is_brought_up(
    place: Place, older: str, rev: str | None
) -> None:
    """The first question after an upgrade waits for it, also about a commit, which nobody would index by himself."""
    asked = {"project": str(place.root), "target": "sign_cookie"} | ({"rev": rev} if rev else {})
    with place.served() as client:
        right = client.json("refs", **asked)["references"]
        assert right
    place.end()
    with changed(place.file("index.db")) as conn:
        conn.execute(older)
        conn.execute("DELETE FROM edge_row")
    with place.served() as client:
        assert client.json("refs", **asked)["references"] == right


def test_an_index_whose_tables_were_changed_in_place_is_built_again(place: Place) -> None:
    """Builds before the first release edited the first layout: `doctor --repair` sees it by the tables."""
    with changed(place.file("index.db")) as conn:
        conn.execute("DROP VIEW edge")
        conn.execute("ALTER TABLE edge_row RENAME TO edge")
    asked = {"project": str(place.root)}
    with place.served() as client:
        checks = {check["name"]: check for check in client.json("doctor", **asked, repair=True)["checks"]}
        assert "other tables than its layout has: edge, edge_row" in checks["index"]["detail"]
        assert client.json("refs", **asked, target="sign_cookie")["references"]
