"""Words of questions fitted to a project: what is learned, what stays, what is kept on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from msgspec import structs

from indexers import terms
from memoryd.embedding import static, tuned
from memoryd.embedding.tuned import TunedEmbedder, Tuning
from memoryd.embedding.tuning import Lessons, Lists, Words, tune

MODEL = static.load()
FOREIGN = "zorbulate frobnitz"  # words that no model knows
CHUNKS = MODEL.encode_forward(
    [
        terms.encode(
            [
                f"{verb} {noun}"
                for noun in ("cookie", "socket", "invoice", "image")
                for verb in ("open", "read")
            ]
        )
    ]
)
INVOICES = np.array([4, 5])
NOBODY = Lessons(Lists.of([]), Lists.of([]))


def lessons(*pairs: tuple[str, np.ndarray]) -> Lessons:
    asked = [np.unique(np.array(terms.terms(text), np.int64)) for text, _ in pairs]
    return Lessons(Lists.of(asked), Lists.of([chunks for _, chunks in pairs]))


def learned(times: int = 40, names: Lessons = NOBODY) -> Words:
    past = lessons(*[(FOREIGN, INVOICES), ("open socket", np.array([2]))] * times)
    return tune(MODEL, CHUNKS, np.arange(len(CHUNKS)), past, names)


def ask(embedder: TunedEmbedder | static.StaticEmbedder, text: str) -> np.ndarray:
    return CHUNKS.astype(float) @ embedder.encode_query(dict.fromkeys(terms.terms(text), 1.0)) / 127


def test_an_unknown_word_is_moved_to_what_it_was_asked_for():
    """A word that the shipped model drops finds, once learned, the chunks of the commits that used it."""
    assert not ask(MODEL, FOREIGN).any()
    scores = ask(TunedEmbedder(MODEL, learned()), FOREIGN)
    assert set(np.argsort(-scores)[:2]) == set(INVOICES)


def test_names_teach_too():
    """The name of a piece asks for the piece."""
    scores = ask(TunedEmbedder(MODEL, learned(names=lessons(("quuxify wibble", np.array([7]))))), "wibble")
    assert np.argmax(scores) == 7


def test_chunks_keep_the_vectors_of_the_shipped_model():
    """Only questions are read in another way: chunks are encoded to the same bytes, under the same model's name."""
    embedder = TunedEmbedder(MODEL, learned(), "base+1")
    forward = terms.encode(["read the invoice of a customer"])
    assert embedder.encode_forward([forward]).tobytes() == MODEL.encode_forward([forward]).tobytes()
    assert embedder.model == MODEL.model
    assert embedder.id == "base+1"


def test_words_that_nothing_taught_mean_what_they_did():
    """A question without a learned word has the shipped model's vector; learned words mix with the others."""
    embedder = TunedEmbedder(MODEL, learned())
    weights = dict.fromkeys(terms.terms("parse json template"), 1.0)
    assert np.allclose(embedder.encode_query(weights), MODEL.encode_query(weights), atol=1e-6)
    assert not embedder.encode_query({}).any()
    assert ask(embedder, f"{FOREIGN} template")[INVOICES].min() > ask(MODEL, "template")[INVOICES].max()


def test_the_same_lessons_give_the_same_bytes():
    """Tuning is deterministic."""
    once, again = learned(), learned()
    assert once.rows.tobytes() == again.rows.tobytes()
    assert once.scales.tobytes() == again.scales.tobytes()


def test_only_words_that_were_taught_are_kept():
    """A name that no batch drew adds no row."""
    names = lessons(*[(f"unused{n}x word{n}y", np.array([0])) for n in range(2_000)])
    assert len(learned(times=2, names=names).hashes) < 100


@pytest.mark.parametrize("rows", [[], [0], [2, 0, 2], [1]])
def test_lists_are_taken_by_row(rows: list[int]) -> None:
    """``take`` gives every element of the chosen lists in their order, with the place of its list."""
    lists = [np.array([5, 6]), np.array([], np.int64), np.array([7])]
    owners, values = Lists.of(lists).take(np.array(rows, np.int64))
    assert values.tolist() == [value for row in rows for value in lists[row].tolist()]
    assert owners.tolist() == [place for place, row in enumerate(rows) for _ in lists[row]]


def kept() -> Tuning:
    return Tuning(tuned.VERSION, MODEL.model, "tuned", known=400, commits=350, **tuned.packed(learned()))


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """A Tuning comes back as it was and reads questions as before it was written."""
    tuned.write(tmp_path / tuned.FILE, kept())
    found = tuned.read(tmp_path / tuned.FILE)
    assert found == kept()
    assert np.argmax(ask(tuned.tuned(MODEL, found), FOREIGN)) in INVOICES
    assert (tmp_path / tuned.FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("damage", [b"", b"\x93", b"nothing of ours"])
def test_a_damaged_file_is_none(tmp_path: Path, damage: bytes) -> None:
    """What was learned can be learned again: a file that is not whole counts as none."""
    (tmp_path / "f").write_bytes(damage)
    assert tuned.read(tmp_path / "f") is None
    assert tuned.read(tmp_path / "missing") is None


def test_a_cut_file_is_none(tmp_path: Path) -> None:
    """Arrays that do not fit together are not used, nor those of an earlier version."""
    for wrong in (structs.replace(kept(), scales=b""), structs.replace(kept(), version=0)):
        tuned.write(tmp_path / "f", wrong)
        assert tuned.read(tmp_path / "f") is None


def test_what_was_learned_for_another_model_is_not_used() -> None:
    """The words belong to one shipped model, and each set of words has its own id."""
    assert tuned.tuned(MODEL, kept()) is not MODEL
    for other in (
        None,
        structs.replace(kept(), base="memoryd-static-9"),
        structs.replace(kept(), state="off"),
    ):
        assert tuned.tuned(MODEL, other) is MODEL
    assert kept().id.startswith(f"{MODEL.model}+")
    assert kept().id != structs.replace(kept(), rows=b"\0" * len(kept().rows)).id


def test_when_tuning_is_tried_again() -> None:
    """For another shipped model, or a history grown by a fifth; never after a person went back."""
    assert not kept().is_due(MODEL.model, 479)
    assert kept().is_due(MODEL.model, 480)
    assert kept().is_due("another", 400)
    assert not structs.replace(kept(), state="off").is_due("another", 10_000)
