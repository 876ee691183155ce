"""The vector cache: real Chroma in a real child process over a real index.db."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from memoryd.embedding.exact import exact_scores
from memoryd.store import sqlite
from memoryd.store.index.queries import vector_queries
from memoryd.store.vectors import chroma_cache
from memoryd.store.vectors import client as vector_client
from memoryd.store.vectors.client import VectorClient

MODEL = "test-model/1"
DIMENSIONS = 64


class Project:
    """An index.db with random clustered vectors and a client on a folder beside it."""

    def __init__(self, home: Path, count: int) -> None:
        self.home, self.folder, self.index = home, home / "vectors", home / "index.db"
        with sqlite.connect(self.index) as conn:
            sqlite.migrate(conn, "index")
        self.random = np.random.default_rng(7)
        self.centres = self.random.normal(size=(40, DIMENSIONS))
        self.add(count)
        self.client = self.new_client()

    def new_client(self) -> VectorClient:
        return VectorClient(self.folder, self.index, log_file=self.home / "log", idle_stop_s=60)

    def add(self, count: int) -> list[bytes]:
        picked = self.centres[self.random.integers(0, len(self.centres), count)]
        rows = picked + self.random.normal(size=(count, DIMENSIONS)) * 0.8
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        keys = [self.random.bytes(16) for _ in range(count)]
        vectors = [row.tobytes() for row in np.rint(rows * 127).astype(np.int8)]
        self.write(
            "INSERT INTO embedding VALUES (?, ?, ?)",
            [(MODEL, *pair) for pair in zip(keys, vectors, strict=True)],
        )
        return keys

    def write(self, statement: str, rows: list[tuple]) -> None:
        conn = sqlite3.connect(self.index)
        with conn:
            conn.executemany(statement, rows)
        conn.close()

    def query(self) -> np.ndarray:
        row = (
            self.centres[self.random.integers(0, len(self.centres))]
            + self.random.normal(size=DIMENSIONS) * 0.3
        )
        return (row / np.linalg.norm(row)).astype(np.float32)

    def exact(self, query: np.ndarray, k: int) -> set[bytes]:
        """The ``k`` nearest; Chroma measures angles, so rows whose rounding changed their length trade places."""
        conn = sqlite.connect(self.index, readonly=True)
        keys = sorted(vector_queries.searchable(conn, MODEL))
        vectors = vector_queries.vectors(conn, MODEL, keys)
        conn.close()
        scores = exact_scores(vector_queries.matrix((vectors[key] for key in keys), DIMENSIONS), query)
        return {keys[row] for row in np.argsort(-scores, kind="stable")[:k]}

    def recall(self, k: int = 10) -> float:
        """Share of the truly nearest that the cache finds, over twenty queries; all must be answered."""
        found = 0
        for _ in range(20):
            query = self.query()
            hits = self.client.nearest(MODEL, query, k)
            assert hits is not None
            assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
            found += len({hit.hash for hit in hits} & self.exact(query, k))
        return found / (20 * k)

    def until(self, condition: Callable[[], bool], seconds: float = 30) -> None:
        """Ask again and again, as a daemon's searches do, until the condition holds."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, self.client.status()
            self.client.nearest(MODEL, self.query(), 5)
            time.sleep(0.02)

    def until_ready(self) -> None:
        self.until(lambda: self.client.state == "ready")

    def until_holds(self, count: int) -> None:
        self.until(lambda: self.client.state == "ready" and self.client.status().done == count)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path, 1500)
    yield made
    made.client.close()


def test_fill_and_query(project: Project) -> None:
    """The cache is filled from SQLite alone, finds what exact search finds, and follows additions and removals."""
    assert project.client.nearest(MODEL, project.query(), 5) is None  # nobody waits for the start
    project.until_ready()
    assert project.recall() >= 0.99
    assert project.client.status().rss_bytes > 0
    new = project.add(30)
    project.client.changed()
    project.until_holds(1530)
    project.write("DELETE FROM embedding WHERE hash = ?", [(key,) for key in new])
    project.client.changed()
    project.until_holds(1500)
    assert project.recall() >= 0.9


def test_files_are_private(project: Project) -> None:
    """Nobody but the owner can read any file of the cache, and it holds no text of the project."""
    project.until_ready()
    modes = [path.stat().st_mode & 0o077 for path in project.folder.rglob("*")]
    assert modes
    assert not any(modes)


def test_zero_vectors_stay_out(project: Project) -> None:
    """A chunk of which the model knows nothing is near nothing."""
    project.write("INSERT INTO embedding VALUES (?, ?, ?)", [(MODEL, b"z" * 16, bytes(DIMENSIONS))])
    project.until_holds(1500)
    assert project.client.nearest(MODEL, np.zeros(DIMENSIONS, np.float32), 5) == []


def test_killed_while_filling(tmp_path: Path) -> None:
    """kill -9 in the middle of the fill costs time only: the next worker goes on and the cache is whole."""
    project = Project(tmp_path, 6000)
    try:
        project.until(
            lambda: project.client.state == "rebuilding" and 0 < project.client._progress.done < 6000
        )
        os.kill(project.client.status().pid, signal.SIGKILL)
        project.until_holds(6000)
        assert project.recall() >= 0.9
    finally:
        project.client.close()


def test_folder_deleted_under_a_running_worker(project: Project) -> None:
    """Deleting the vectors folder loses nothing: answers go on (exactly) and the cache comes back."""
    project.until_ready()
    shutil.rmtree(project.folder)
    project.until(lambda: project.client.state != "ready")
    project.until_holds(1500)
    assert project.recall() >= 0.9
    assert (project.folder / chroma_cache.FOLDER / "chroma.sqlite3").exists()


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0x10
    file.write_bytes(data)


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose worker ended cleanly, to copy and damage."""
    project = Project(tmp_path_factory.mktemp("settled"), 2500)
    project.until_ready()
    project.client.close()
    assert (project.folder / chroma_cache.MANIFEST).exists()
    return project.home


FILES = (
    "chroma.sqlite3",
    "data_level0.bin",
    "header.bin",
    "length.bin",
    "link_lists.bin",
    "index_metadata.pickle",
)


@pytest.mark.parametrize(
    "damage", [_empty, _truncate, _flip, Path.unlink], ids=lambda damage: damage.__name__
)
def test_every_damage_to_a_closed_folder_is_seen(
    settled: Path, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    """A file that is empty, cut, altered by a bit or missing is noticed before Chroma opens the folder."""
    for name in FILES:
        base = tmp_path / name
        shutil.copytree(settled / "vectors", base)
        chroma_cache.check_files(base)
        file = next((base / chroma_cache.FOLDER).rglob(name))
        damage(file)
        with pytest.raises(chroma_cache.Damaged, match=name):
            chroma_cache.check_files(base)


@pytest.mark.parametrize("name", ["chroma.sqlite3", "data_level0.bin"])
@pytest.mark.parametrize("with_manifest", [True, False])
def test_damaged_folder_is_put_aside_and_filled_again(
    settled: Path, tmp_path: Path, name: str, with_manifest: bool
) -> None:
    """Damage found at the start, by the manifest or (after a kill) without it, costs a rebuild, and the
    damaged folder is kept aside."""
    home = tmp_path / "copy"
    shutil.copytree(settled, home)
    _truncate(next((home / "vectors" / chroma_cache.FOLDER).rglob(name)))
    if not with_manifest:
        (home / "vectors" / chroma_cache.MANIFEST).unlink()
    project = Project.__new__(Project)
    project.__dict__.update(
        home=home, folder=home / "vectors", index=home / "index.db", random=np.random.default_rng(1)
    )
    project.centres = project.random.normal(size=(40, DIMENSIONS))
    project.client = project.new_client()
    try:
        project.until_holds(2500)
        assert project.recall() >= 0.9
        assert (project.folder / chroma_cache.QUARANTINE).exists()
    finally:
        project.client.close()


def test_missing_segment_is_noticed_without_a_manifest(settled: Path, tmp_path: Path) -> None:
    """Chroma answers without an error when its segment folder is gone; the probes notice."""
    home = tmp_path / "copy"
    shutil.copytree(settled, home)
    for file in (home / "vectors" / chroma_cache.FOLDER).iterdir():
        if file.is_dir():
            shutil.rmtree(file)
    (home / "vectors" / chroma_cache.MANIFEST).unlink()
    client = VectorClient(home / "vectors", home / "index.db", log_file=home / "log")
    project = Project.__new__(Project)
    project.__dict__.update(client=client, index=home / "index.db", random=np.random.default_rng(1))
    project.centres = project.random.normal(size=(40, DIMENSIONS))
    try:
        project.until_holds(2500)
        assert project.recall() >= 0.9
    finally:
        client.close()


def test_an_idle_worker_is_ended(project: Project) -> None:
    """An idle worker is ended and its memory freed; the next question starts another."""
    project.until_ready()
    pid = project.client.status().pid
    project.client._idle_stop_s = 0.1
    end = time.monotonic() + 10
    while project.client.state != "off" and time.monotonic() < end:
        time.sleep(0.05)
    assert project.client.state == "off"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    project.client._idle_stop_s = 60
    project.until_ready()


def test_without_an_index_the_worker_fails_in_words(tmp_path: Path) -> None:
    """A missing index.db is no crash loop and nothing is put aside."""
    client = VectorClient(tmp_path / "vectors", tmp_path / "index.db", log_file=tmp_path / "log")
    try:
        end = time.monotonic() + 10
        while not client.status().detail and time.monotonic() < end:
            assert client.nearest(MODEL, np.ones(DIMENSIONS, np.float32), 5) is None
            time.sleep(0.05)
        assert "74" in client.status().detail
        assert not (tmp_path / "vectors" / chroma_cache.QUARANTINE).exists()
    finally:
        client.close()


def test_a_hanging_worker_is_replaced(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that stops answering delays no caller for longer than the wait, and is killed and replaced."""
    project.until_ready()
    monkeypatch.setattr(vector_client, "HANG_S", 0.5)
    monkeypatch.setattr(vector_client, "QUERY_WAIT_S", 0.2)
    pid = project.client.status().pid
    os.kill(pid, signal.SIGSTOP)
    started = time.monotonic()
    assert project.client.nearest(MODEL, project.query(), 5) is None
    assert time.monotonic() - started < 1
    monkeypatch.undo()
    project.until(lambda: project.client.status().pid not in (0, pid))
    project.until_holds(1500)


def test_the_worker_dies_with_its_parent(tmp_path: Path) -> None:
    """kill -9 of the daemon leaves no worker behind."""
    Project(tmp_path, 100)
    program = (
        "import sys, time, numpy as np; from pathlib import Path\n"
        "from memoryd.store.vectors.client import VectorClient\n"
        "home = Path(sys.argv[1]); client = VectorClient(home / 'vectors', home / 'index.db')\n"
        "while client.state != 'ready': client.nearest('test-model/1', np.ones(64, np.float32), 1); time.sleep(0.05)\n"
        "print(client.status().pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    end = time.monotonic() + 5
    while Path(f"/proc/{pid}").exists() and time.monotonic() < end:
        time.sleep(0.02)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
