"""The quality model's part in an answer: what it may change, and what not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from search_project import FRESH, SearchProject

from memoryd.embedding.static import StaticEmbedder
from memoryd.query.context import Context
from memoryd.query.retrieval.quality_model import State
from memoryd.query.search.answers import SearchAnswer, SearchRequest
from memoryd.query.search.hybrid import search
from memoryd.query.search.ranking import SIGNALS, Scores
from memoryd.query.search.rerank import phrasings, traded
from memoryd.store.index import reader
from memoryd.store.vectors.unembedded_chunks import texts, unread

SUBJECTS = ("cookie", "template", "socket", "password", "invoice", "thread", "migration", "image")
ACTIONS = ("open", "close", "render", "validate", "compress", "delete", "encode", "compare")
# Nothing in it sounds like the question that it answers.
ODD_ONE = "def unlink_jpeg(x):\n    return os.unlink(x)\n"


class Verdict(msgspec.Struct, frozen=True):
    state: State
    keys: bytes = b""
    scores: bytes = b""


class Model:
    """Has read ``known`` (hash → text) and thinks of each text what ``opinion`` says."""

    def __init__(
        self,
        opinion: Callable[[str], float],
        known: dict[bytes, str],
        *,
        state: State = "used",
        judges: int = 0,
    ) -> None:
        self._opinion, self._known, self._state, self._judges = opinion, dict(known), state, judges
        self.questions: Sequence[str] = ()

    def judge(self, questions: Sequence[str], texts: Iterable[tuple[bytes, str]]) -> Verdict:
        self.questions = questions
        if self._state != "used":
            return Verdict(self._state)
        self._known.update(list(texts)[: self._judges])
        scores = np.array([self._opinion(text) for text in self._known.values()], "<f4")
        return Verdict("used", b"".join(self._known), scores.tobytes())


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> SearchProject:
    """65 functions in 9 files."""
    made = SearchProject(tmp_path_factory.mktemp("quality"))
    made.embedder = StaticEmbedder()
    made.put(
        {
            f"{subject}.py": {
                f"{action}_{subject}": f"def {action}_{subject}(x):\n    return {subject}.{action}(x)\n"
                for action in ACTIONS
            }
            for subject in SUBJECTS
        }
    )
    made.put({"odd.py": {"unlink_jpeg": ODD_ONE}})
    made.embed()
    return made


@pytest.fixture(scope="module")
def chunks(project: SearchProject) -> dict[bytes, str]:
    """Hash → text of all."""
    return dict(texts(project.conn, unread(project.conn, ())))


def _ask(project: SearchProject, query: str, quality: Model | None = None, **rest) -> SearchAnswer:
    view = reader.view(project.conn, "worktree:/p")
    assert view
    ctx = Context(
        project.conn, project.records, view, project.index, project.embedder, FRESH, "/p", quality=quality
    )
    return search(ctx, SearchRequest(query=query, k=50, **rest))


def _likes(word: str) -> Callable[[str], float]:
    return lambda text: 0.7 if word in text else 0.1 + len(text) / 10_000


@pytest.mark.parametrize("state", ["starting", "late", "failed"])
def test_without_a_verdict_the_default_order_stands(project: SearchProject, state: State) -> None:
    """A model that has no verdict in time changes nothing but what the answer says of it."""
    plain = _ask(project, "render template")
    judged = _ask(project, "render template", Model(len, {}, state=state))
    assert judged.hits == plain.hits
    assert (judged.legs.quality, judged.legs.judged, judged.legs.read) == (state, 0, 0)


def test_a_model_that_has_read_little_orders_the_best_finds(project: SearchProject) -> None:
    """What it could judge in time trades places among itself; nothing comes in, nothing goes, no score is new."""
    plain = _ask(project, "render template")
    judged = _ask(project, "render template", Model(_likes("compare_template"), {}, judges=6))
    assert (judged.legs.judged, judged.legs.read) == (6, 0)
    assert judged.total == plain.total
    assert {hit.symbol for hit in judged.hits} == {hit.symbol for hit in plain.hits}
    assert [hit.score for hit in judged.hits] == [hit.score for hit in plain.hits]
    assert sum(hit.signals.quality for hit in judged.hits) == pytest.approx(0, abs=0.01)


def test_a_model_that_has_read_all_brings_in_what_words_do_not(project: SearchProject, chunks) -> None:
    """A function that shares no word with the question comes first if the model finds it near and the rest far; the
    signals of every hit add up to its score, and the best is no better than the best without the model."""
    question = "delete a picture"
    plain, judged = _ask(project, question), _ask(project, question, Model(_likes("unlink_jpeg"), chunks))
    assert "unlink_jpeg" not in [hit.symbol for hit in plain.hits]
    assert judged.hits[0].symbol == "unlink_jpeg"
    assert (judged.legs.judged, judged.legs.read) == (0, len(chunks))
    assert judged.hits[0].score <= plain.hits[0].score + 0.001
    for hit in judged.hits:
        assert sum(msgspec.structs.astuple(hit.signals)) == pytest.approx(hit.score, abs=0.001)


def test_what_is_only_a_little_nearer_is_not_brought_in(project: SearchProject, chunks) -> None:
    """To nonsense everything is about equally far: nothing is found by meaning alone."""
    model = Model(lambda text: 0.4 if "unlink_jpeg" in text else 0.2, chunks)
    assert "unlink_jpeg" not in [hit.symbol for hit in _ask(project, "delete a picture", model).hits]


def test_a_chunk_that_is_not_read_yet_is_still_found(project: SearchProject, chunks) -> None:
    """A file was saved just now: its functions are found by their words and history as before."""
    unread_key = next(key for key, text in chunks.items() if "delete_image" in text)
    model = Model(_likes("unlink_jpeg"), {key: text for key, text in chunks.items() if key != unread_key})
    judged = _ask(project, "delete an image", model)
    assert judged.legs.read == len(chunks) - 1
    assert "delete_image" in [hit.symbol for hit in judged.hits]


def test_a_long_report_is_less_the_models_matter(project: SearchProject, chunks) -> None:
    """Of several lines the model reads the beginning and knows less than of one: words count for more."""
    model = Model(_likes("unlink_jpeg"), chunks)
    line = _ask(project, "delete a picture", model).hits[0]
    report = _ask(project, "delete a picture\n\nIt fails.", model)
    assert line.symbol == "unlink_jpeg"
    found = next(hit for hit in report.hits if hit.symbol == "unlink_jpeg")
    assert found.signals.quality < line.signals.quality


def test_a_file_is_moved_and_shown_by_what_the_model_found(project: SearchProject, chunks) -> None:
    """Ranking files, the model's best chunks speak for theirs, and the nearest is shown."""
    model = Model(_likes("compare_template"), chunks)
    [hit] = [h for h in _ask(project, "render", model, files=True).hits if h.path == "template.py"]
    assert hit.symbol == "compare_template"
    assert hit.signals.quality > 0
    some = _ask(project, "render", Model(_likes("compare_template"), {}, judges=3), files=True)
    assert some.legs.judged == 3


def test_the_language_of_the_project_counts_half(project: SearchProject, chunks) -> None:
    """The model is asked twice: with the name of the language that everything is written in, and without."""
    model = Model(_likes("x"), chunks)
    _ask(project, "python open a socket", model)
    assert model.questions == ["python open a socket", "open a socket"]
    assert phrasings("open a socket", "python") == ["open a socket"]
    assert phrasings("Python", "python") == ["Python"]
    assert phrasings("pythonic", "") == ["pythonic"]


def test_totals_are_traded() -> None:
    """The best by what is wanted gets the best total; signals add up to totals as before."""
    parts = np.zeros((len(SIGNALS), 4))
    parts[0] = [0.1, 1.0, 0.9, 0.8]
    scores = Scores(parts, parts.sum(axis=0))
    after = traded(scores, np.array([1, 2, 3]), np.array([1.0, 1.2, 1.7]))
    assert after.total.tolist() == pytest.approx([0.1, 0.8, 0.9, 1.0])
    assert np.allclose(after.parts.sum(axis=0), after.total)


def test_no_model_is_asked_about_nothing(project: SearchProject, chunks, tmp_path: Path) -> None:
    """A question without a word, and an empty project: no hit, no error."""
    assert _ask(project, "?!", Model(_likes("x"), chunks)).hits == ()
    empty = SearchProject(tmp_path)
    empty.embedder = project.embedder
    empty.put({})
    assert _ask(empty, "open a socket", Model(_likes("x"), chunks)).hits == ()
