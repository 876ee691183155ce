"""What search finds, and in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from search_project import SearchProject, paths

from indexers import terms
from memoryd.errors import UsageError
from memoryd.query.retrieval.top_k import order
from memoryd.query.search.question import question
from memoryd.query.search.ranking import best_chunks
from memoryd.query.text import render
from memoryd.store.records.values import NewRecord

FILES = {
    "shop/cart.py": {
        "Cart.add_item": "def add_item(self, item):\n    self.items.append(item)\n",
        "Cart.total": "def total(self):\n    return sum(price for price in self.prices)\n",
    },
    "shop/payment.py": {
        "charge_card": "def charge_card(card, amount):\n    gateway.charge(card, amount)\n",
        "refund": "def refund(charge):\n    gateway.refund(charge)\n",
    },
    "tests/test_payment.py": {
        "test_charge_card": "def test_charge_card():\n    charge_card(card, 5)\n    charge_card(card, 6)\n"
    },
    "docs/payment.md": {"Payment": "charge card charge card: how to charge a card\n"},
    "web/session.py": {"sign_cookie": "def sign_cookie(value):\n    return hmac(secret, value)\n"},
}


@pytest.fixture
def project(tmp_path: Path) -> SearchProject:
    made = SearchProject(tmp_path)
    made.put(FILES)
    return made


def test_source_comes_before_its_tests_and_documents(project: SearchProject) -> None:
    """Tests and documents share more words with the question than the code it is about: they rank lower."""
    assert paths(project.ask("charge card", files=True))[0] == "shop/payment.py"
    assert project.ask("charge card").hits[0].symbol == "charge_card"


def test_a_file_is_its_best_chunks(tmp_path: Path) -> None:
    """A file scores as its three best chunks, each counting half as much as the one before; equal ones count each."""
    project = SearchProject(tmp_path)
    files = {"a.py": 5, "b.py": 0, "c.py": 2, "d.py": 3}
    project.put({path: {f"f{i}": "alpha\n" for i in range(n)} for path, n in files.items()})
    view = project.view()
    scores = np.array([1.0, 4.0, 4.0, 0.0, 2.0, 0.0, 0.0, 8.0, 0.5, 16.0])
    by_path = {slot.path: i for i, slot in enumerate(view.slots)}
    total = best_chunks(view, scores)
    assert [float(total[by_path[path]]) for path in files] == [4 + 2 + 0.5, 0, 0, 16 + 4 + 0.125]
    assert not best_chunks(view, np.zeros(len(scores))).any()


def test_equal_scores_go_by_the_tiebreak() -> None:
    """The best are those of the highest score; among equals the tiebreak decides who is in, and the order."""
    scores = np.array([1.0, 3.0, 0.0, 1.0, 2.0, 1.0])
    assert order(scores, 3).tolist() == [1, 4, 0]
    assert order(scores, 4, np.negative).tolist() == [1, 4, 5, 3]
    assert order(np.zeros(3), 4).tolist() == []


def test_kinds_and_paths_and_languages_narrow(project: SearchProject) -> None:
    """Only what fits the filters is found, and the total counts only that."""
    assert set(paths(project.ask("charge card", kinds=("doc",)))) == {"docs/payment.md"}
    assert set(paths(project.ask("charge card", paths=("tests/**",)))) == {"tests/test_payment.py"}
    assert set(paths(project.ask("charge card", langs=("markdown",), kinds=("code", "doc")))) == {
        "docs/payment.md"
    }
    assert project.ask("charge card", paths=("docs",)).total == 1


@pytest.mark.parametrize("narrow", [{"paths": ("nowhere/*",)}, {"langs": ("cobol",)}])
def test_filter_that_fits_nothing_is_named(project: SearchProject, narrow: dict) -> None:
    """A glob or language that no file has is an error that names it, never an empty answer."""
    with pytest.raises(UsageError, match=r"nowhere|cobol"):
        project.ask("charge card", **narrow)


def test_total_is_exact_and_says_how_to_see_more(project: SearchProject) -> None:
    """total counts every find; a cut answer says so and names the next command."""
    everything = project.ask("charge", k=100)
    assert everything.total == len(everything.hits)
    assert (everything.truncated, everything.next) == (False, "")
    cut = project.ask("charge", k=1)
    assert (cut.total, cut.truncated) == (everything.total, True)
    assert cut.next.startswith("memoryd search charge -k ")


def test_signals_add_up_to_the_score(project: SearchProject) -> None:
    """A score is the sum of its signals: nothing hidden moves a hit."""
    project.commit("Fix rounding of the card charge", ["shop/payment.py"])
    for files in (False, True):
        for hit in project.ask("fix charge_card in payment.py", files=files, kinds=("code",)).hits:
            parts = hit.signals
            added = parts.bm25 + parts.path + parts.name + parts.history + parts.vector + parts.mention
            assert added == pytest.approx(hit.score, abs=0.001)


def test_past_commits_vote_for_their_files(project: SearchProject) -> None:
    """A commit message that sounds like the question lifts the files it changed, and is given as evidence."""
    before = project.ask("rounding error with foreign currency total", files=True)
    assert "shop/payment.py" not in paths(before)
    sha = project.commit("Rounding error with foreign currency", ["shop/payment.py"])
    hits = project.ask("rounding error with foreign currency total", files=True).hits
    voted = next(hit for hit in hits if hit.path == "shop/payment.py")
    assert voted.commits == (sha,)
    assert voted.signals.history > 0


def test_votes_follow_renames(project: SearchProject) -> None:
    """A commit to a file's former name speaks for the file as it is called today."""
    sha = project.commit("Rounding error with foreign currency", ["shop/old_payment.py"])
    project.commit("Tidy up", ["shop/payment.py"], renamed_from="shop/old_payment.py")
    [hit] = project.ask("foreign currency rounding", files=True, k=1).hits
    assert (hit.path, hit.commits) == ("shop/payment.py", (sha,))


def test_commits_of_other_branches_do_not_vote(project: SearchProject) -> None:
    """Only commits that the view's head reaches count, as votes and as hits."""
    project.put(FILES, view="rev:other")
    project.commit("Rounding error with foreign currency", ["shop/payment.py"], view="rev:other")
    assert project.ask("foreign currency rounding").total == 0
    assert [hit.kind for hit in project.ask("foreign currency rounding", view="rev:other").hits[-1:]] == [
        "commit"
    ]


def test_commits_are_found_by_the_same_question(project: SearchProject) -> None:
    """A commit is a hit with sha, subject, date and author."""
    sha = project.commit("Refuse expired cards", ["shop/payment.py"])
    [hit] = project.ask("expired", kinds=("commit",)).hits
    assert (hit.kind, hit.sha, hit.title, hit.date, hit.author) == (
        "commit", sha, "Refuse expired cards", "2020-09-13", "Ann",
    )  # fmt: skip


def test_decisions_are_found_by_the_same_question(project: SearchProject) -> None:
    """A decision document is a hit of its own kind, with title, status and date."""
    project.put(
        {"docs/adr/0001-cards.md": {"Cards": "We never store a card.\n"}}, decision="Never store a card"
    )
    hit = project.ask("store a card").hits[0]
    assert (hit.kind, hit.title, hit.status, hit.date) == (
        "decision",
        "Never store a card",
        "accepted",
        "2024-05-01",
    )


def test_proposals_never_stand_above_confirmed_notes(project: SearchProject) -> None:
    """What agents proposed is found, but after what people confirmed, however well it fits."""
    project.records.add(NewRecord("note", "the sandbox gateway fails on Mondays", "human:ann"))
    for i in range(5):
        project.records.add(NewRecord("note", f"sandbox gateway fails, sandbox gateway fails {i}", "agent:x"))
    hits = project.ask("sandbox gateway fails", kinds=("note",)).hits
    assert [hit.status for hit in hits] == ["confirmed", *["proposed"] * 5]


def test_retracted_notes_are_not_found(project: SearchProject) -> None:
    """A note taken back is no longer an answer."""
    added = project.records.add(NewRecord("note", "zebra crossing", "human:ann"))
    project.records.retract(added.record.id, "human:ann")
    assert project.ask("zebra crossing").hits == ()


@pytest.mark.parametrize(
    "text",
    [
        'Crash\n  File "/home/ann/app/web/session.py", line 3, in sign',
        "Crash\nat web.session.sign (line 3)",
        "Crash\nit is in session.py",
        "Crash\nsee https://example.org/blob/main/web/session.py#L3",
        "Crash\n`sign_cookie` fails",
    ],
)
def test_named_files_are_lifted(project: SearchProject, text: str) -> None:
    """A file named by path, stack frame, module, address or something defined in it gets the mention signal."""
    hits = {hit.path: hit.signals.mention for hit in project.ask(text, files=True).hits}
    assert hits["web/session.py"] > 0
    assert not any(mention for path, mention in hits.items() if path != "web/session.py")


def test_definition_of_a_named_identifier_comes_first(project: SearchProject) -> None:
    """Asking for an identifier gives its definition before its uses."""
    project.put(
        {"shop/uses.py": {"checkout": "charge_card(a)\ncharge_card(b)\ncharge_card(c)\ncharge_card(d)\n"}}
    )
    assert project.ask("charge_card").hits[0].symbol == "charge_card"


def test_title_weighs_more_than_the_body(project: SearchProject) -> None:
    """A page of other words under the title does not drown it."""
    body = " ".join(["items append sum price total"] + [f"noise{i} trace{i}" for i in range(200)])
    assert paths(project.ask(f"Sign the session cookie\n{body}", files=True))[0] == "web/session.py"


def test_big_file_does_not_fill_the_list(tmp_path: Path) -> None:
    """At most three hits of one file, unless a path was asked for; pieces of one symbol count once."""
    project = SearchProject(tmp_path)
    project.put({"big.py": {f"f{i}": f"def f{i}(): retry{i}; retry()\n" for i in range(9)}})
    assert len(project.ask("retry").hits) == 3
    assert len(project.ask("retry", paths=("big.py",)).hits) == 9
    project.put({"big.py": {"Retry": "class Retry: retry\n"} | {"": "retry retry\n"}})
    assert len(project.ask("retry").hits) == 2


def test_nothing_found_says_what_was_searched(project: SearchProject) -> None:
    """No hit is an answer: total 0 and what was looked through."""
    project.commit("Tidy up", ["shop/cart.py"])
    answer = project.ask("quantum chromodynamics")
    assert (answer.hits, answer.total) == ((), 0)
    assert answer.searched == "5 files, 1 commits, notes"
    assert project.ask("?!").hits == ()


def test_answer_that_shares_next_to_nothing_with_the_question_says_so(project: SearchProject) -> None:
    """Search finds the least unlike of anything; where that is not like the question, the answer is weak, in its value
    and in its text."""
    answer = project.ask("tune the strings of a guitar by adding tension to each of six pegs")
    assert answer.hits
    assert answer.weak
    assert render.rendered(answer, 500).text.startswith("Probably nothing in the project answers")
    for known in ("charge card", "where is a cookie signed", "tune guitar strings, see payment.py"):
        assert not project.ask(known).weak, known


def test_note_on_the_question_makes_an_answer(project: SearchProject) -> None:
    """What a person noted counts, though no code and no commit knows the words."""
    question = "who tunes the guitar by adding strings and pegs"
    assert project.ask(question).weak
    project.records.add(NewRecord("note", "Ann tunes the guitar: strings and pegs", "human:ann"))
    assert not project.ask(question).weak


def test_equal_scores_are_ordered_by_path(tmp_path: Path) -> None:
    """Ties do not depend on the order in which files came in."""
    project = SearchProject(tmp_path)
    project.put({f"{name}.py": {"": "same words\n"} for name in "cab"})
    assert paths(project.ask("same words", files=True)) == ["a.py", "b.py", "c.py"]


class AxisEmbedder:
    """Each known word is an axis: what an embedder must do, small enough to see through."""

    model = "axes-1"
    dimensions = 4
    AXES: Mapping[str, int] = {"cookie": 0, "token": 0, "card": 1, "item": 2}

    def encode_forward(self, forwards: Sequence[bytes]) -> NDArray[np.int8]:
        raise NotImplementedError

    def encode_query(self, weights: Mapping[int, float]) -> NDArray[np.float32]:
        vector = np.zeros(self.dimensions, np.float32)
        for word, axis in self.AXES.items():
            vector[axis] += weights.get(terms.term(word), 0.0)
        return vector / max(float(np.linalg.norm(vector)), 1e-9)


def embed(project: SearchProject, path: str, axis: int) -> None:
    vector = np.zeros(4, np.int8)
    vector[axis] = 127
    rows = project.conn.execute(
        "SELECT c.hash FROM chunk c JOIN file f ON f.id = c.file_id JOIN path p ON p.id = f.path_id WHERE p.path = ?",
        (path,),
    )
    with project.writer.transaction():
        project.writer.add_embeddings("axes-1", [(key, vector.tobytes()) for (key,) in rows.fetchall()])


def test_meaning_finds_what_words_do_not(project: SearchProject) -> None:
    """With vectors, a chunk that shares no word is found when its meaning is near, and only then."""
    assert project.ask("token").hits == ()
    project.embedder = AxisEmbedder()
    assert project.ask("token").hits == ()  # no vector is stored yet: that is a legal state
    for path, axis in {
        "web/session.py": 0,
        "shop/cart.py": 2,
        "shop/payment.py": 1,
        "docs/payment.md": 1,
    }.items():
        embed(project, path, axis)
    [hit] = project.ask("token").hits
    assert (hit.path, hit.signals.bm25) == ("web/session.py", 0.0)
    assert hit.signals.vector > 0


def test_question_weights() -> None:
    """Title terms weigh 1, body terms less and only so much together; hidden comments and addresses nothing; the
    project's main language little."""
    asked = question(
        "Read the file in python\n<!-- hidden words -->\nsee https://example.org/secret body", "python"
    )
    weights = {
        word: asked.weights.get(terms.term(word), 0.0)
        for word in ("read", "body", "hidden", "secret", "python")
    }
    assert weights["read"] == 1.0
    assert 0 < weights["body"] < 1
    assert weights["hidden"] == weights["secret"] == 0
    assert 0 < weights["python"] < 1
    long = question("title\n" + " ".join(f"word{i}" for i in range(2_000)))
    assert sum(long.weights.values()) < 50


FORM = """Totals are wrong
### Steps to reproduce
**Expected behaviour**
Actual results:
The cart of version 2.3.1 shows `grand_total`
"""


def test_form_of_an_issue_says_nothing() -> None:
    """Headings that every issue has and version numbers are no words of the question; a heading of its own words is."""
    weights = question(FORM).weights
    for word in ("reproduce", "expected", "behaviour", "actual", "version_2"):
        assert terms.term(word) not in weights, word
    assert question("Title\n### Steps to refund\n").weights[terms.term("refund")] > 0


def test_what_a_body_sets_in_backquotes_weighs_more() -> None:
    """An identifier that the writer marked says more than the prose around it."""
    weights = question(FORM).weights
    assert weights[terms.term("grandtotal")] > weights[terms.term("show")]


def test_of_notes_that_fit_alike_the_better_assured_comes_first(project: SearchProject) -> None:
    """And all of them are found: how it is known who vouches is no place that has had its share of the hits."""
    levels = ("claimed", "terminal", "terminal", "terminal", "terminal", "passphrase")
    for number, level in enumerate(levels):
        with project.records.assured(level):
            project.records.add(NewRecord("note", f"the sandbox gateway fails {number}", "human:ann"))
    hits = project.ask("sandbox gateway fails", kinds=("note",)).hits
    assert [hit.assurance for hit in hits] == list(levels[::-1])
