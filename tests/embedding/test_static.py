"""The shipped static model: small, exact, the same everywhere."""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexers import terms
from memoryd.embedding import static
from memoryd.embedding.base import SCALE
from memoryd.embedding.exact import exact_scores
from memoryd.embedding.static import StaticEmbedder
from memoryd.errors import StoreError

MODEL = static.load()
ROW_OF = {int(term): row for row, term in enumerate(MODEL._hashes)}
VOCABULARY = ("parse", "json", "file", "http", "request", "cache", "xyzzy_unknown_qq")
WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=40)


def reference(text: str) -> np.ndarray:
    """The vector by its definition: normalised sum of w·(1 + ln tf)·E, in plain floating point."""
    total = np.zeros(MODEL.dimensions)
    bag = terms.terms(text)
    for term in set(bag):
        if term in ROW_OF:
            row = ROW_OF[term]
            total += MODEL._code[row] * (1 + math.log(min(bag.count(term), 255))) * MODEL._rows[row]
    return total / (np.linalg.norm(total) or 1)


@given(st.lists(WORDS, max_size=6))
def test_rows_follow_the_definition(chunks: list[list[str]]) -> None:
    """A row is the unit sum of w·(1 + ln tf)·E times 127, and zero for a chunk without a known term."""
    texts = [" ".join(words) for words in chunks]
    rows = MODEL.encode_forward([terms.encode(texts)])
    assert rows.shape == (len(texts), MODEL.dimensions)
    assert rows.dtype == np.int8
    for row, text in zip(rows, texts, strict=True):
        wanted = reference(text)
        assert row.any() == wanted.any()
        assert row.astype(float) @ wanted >= 0.998 * np.linalg.norm(row.astype(float))
        assert np.linalg.norm(row.astype(float)) == pytest.approx(SCALE if row.any() else 0, abs=3)


@given(st.lists(st.lists(st.text(max_size=40), max_size=4), max_size=5))
def test_grouping_changes_nothing(files: list[list[str]]) -> None:
    """A chunk's bytes do not depend on which other chunks and files are encoded with it."""
    together = MODEL.encode_forward([terms.encode(chunks) for chunks in files])
    alone = [MODEL.encode_forward([terms.encode([chunk])]) for chunks in files for chunk in chunks]
    assert together.tobytes() == b"".join(rows.tobytes() for rows in alone)


@given(st.integers(1, 3000), st.integers(0, 2**32 - 1))
def test_sums_are_exact(count: int, seed: int) -> None:
    """Sums are whole numbers computed without rounding, so every machine gets the same bytes."""
    random = np.random.default_rng(seed)
    weights = np.rint(random.random(count) * 3000)
    rows = random.integers(-127, 128, (count, 16)).astype(np.int8)
    expected = weights.astype(np.int64) @ rows.astype(np.int64)
    assert np.array_equal(static._weighted_sum(weights, rows), expected)


def test_another_process_gives_the_same_bytes() -> None:
    """Encoding is deterministic across processes and hash seeds."""
    program = (
        "import sys; from indexers import terms; from memoryd.embedding import static;"
        "sys.stdout.buffer.write(static.load().encode_forward([terms.encode(['read json from a file'])]).tobytes())"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    assert said == MODEL.encode_forward([terms.encode(["read json from a file"])]).tobytes()


@given(st.dictionaries(st.integers(0, 2**32 - 1), st.floats(0.1, 10), max_size=10))
def test_query_is_unit_or_zero(unknown: dict[int, float]) -> None:
    """A query's vector has length one, or is zero when no term is known."""
    known = {term: 1.0 for term in terms.terms("parse a json file")}
    assert np.isclose(np.linalg.norm(MODEL.encode_query(known | unknown)), 1, atol=1e-5)
    vector = MODEL.encode_query(unknown)
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5) or not vector.any()


def test_meaning_beats_letters() -> None:
    """A question finds the function that does it without sharing a word with it."""
    chunks = [
        "def drop(self, key):\n    os.unlink(self.path_of(key))",
        "def render(self):\n    return template.format(title=self.title)",
        "def listen(port):\n    sock.bind((host, port))\n    sock.listen()",
    ]
    rows = MODEL.encode_forward([terms.encode(chunks)])
    for question, wanted in (("delete a file", 0), ("start a tcp server", 2)):
        query = MODEL.encode_query({term: 1.0 for term in terms.terms(question)})
        assert exact_scores(rows, query).argmax() == wanted


@pytest.mark.parametrize("forward", [b"", b"\x01", b"\x05\0\0\0", b"\x01\0\0\0" + b"\xff" * 8, b"\0\0\0\0!"])
def test_foreign_bytes_are_refused(forward: bytes) -> None:
    """Bytes that are no forward index raise StoreError."""
    with pytest.raises(StoreError):
        MODEL.encode_forward([forward])


def test_nothing_gives_nothing() -> None:
    """No files and files without chunks give no rows."""
    assert MODEL.encode_forward([]).shape == (0, MODEL.dimensions)
    assert MODEL.encode_forward([terms.encode([]), terms.encode([])]).shape == (0, MODEL.dimensions)


@pytest.mark.parametrize("name", static.FILES)
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "pickled", "other"])
def test_damaged_data_is_a_clear_error(tmp_path: Path, name: str, damage: str) -> None:
    """A missing or damaged data file is a StoreError that names the place, never a wrong vector; nothing is
    ever unpickled."""
    shutil.copytree(static.DATA, tmp_path / "data")
    file = tmp_path / "data" / name
    if damage == "missing":
        file.unlink()
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "cut":
        file.write_bytes(file.read_bytes()[:-1000])
    elif damage == "pickled":
        np.save(file, np.array([{}], dtype=object), allow_pickle=True)
    else:
        np.save(file, np.arange(7))
    with pytest.raises(StoreError) as error:
        StaticEmbedder(tmp_path / "data")
    assert "data" in error.value.where


def test_the_model_id_names_its_weights(tmp_path: Path) -> None:
    """Other weights are another model, so that stored vectors are never mixed."""
    shutil.copytree(static.DATA, tmp_path / "data")
    assert StaticEmbedder(tmp_path / "data").model == MODEL.model
    weights = np.load(tmp_path / "data" / "weights.npy")
    np.save(tmp_path / "data" / "weights.npy", weights * np.float32(1.5))
    assert StaticEmbedder(tmp_path / "data").model != MODEL.model


def test_the_model_was_trained_on_these_terms() -> None:
    """Changing what a word yields in indexers.terms asks for a new model: most code words must be known."""
    words = (
        "read",
        "write",
        "parse",
        "json",
        "http",
        "request",
        "error",
        "file",
        "path",
        "user",
        "config",
        "test",
    )
    assert all(MODEL.encode_query({term: 1.0}).any() for word in words for term in terms.expand(word))


@given(st.integers(0, 60), st.integers(0, 2**32 - 1))
def test_exact_scores_are_cosines(count: int, seed: int) -> None:
    """A row's score is its product with the query, row by row, whatever the number of rows."""
    random = np.random.default_rng(seed)
    matrix = random.integers(-127, 128, (count, 8)).astype(np.int8)
    query = random.integers(-2, 3, 8).astype(np.float32)
    wanted = [row.astype(int) @ query.astype(int) / 127 for row in matrix]
    assert np.allclose(exact_scores(matrix, query), wanted)
