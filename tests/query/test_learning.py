"""Tuning to a project's past: what counts as a lesson, and that nothing is used that does not prove better."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import numpy as np
import pytest
from msgspec import structs
from search_project import SearchProject

from indexers import terms
from indexers.facts import Commit, FileChange
from memoryd.embedding import static, tuned
from memoryd.embedding.tuned import Proof, Tuning
from memoryd.query.search import ranking
from memoryd.query.search.question import question
from memoryd.query.tuning import evaluate, examples
from memoryd.store.index import reader
from memoryd.store.index.queries import embedding_queries
from memoryd.store.index.writer import CommitEntry

MODEL = static.load()
VIEW = "worktree:/p"
# Nobody outside of the project uses these words; its commits do, for one file each.
JARGON = {"zorbul": "cookie", "quuxan": "socket", "frobnix": "invoice", "wibblen": "image"}
NOUNS = [*JARGON.values(), *(f"plain{number}" for number in range(12))]


@pytest.fixture
def project(tmp_path: Path) -> SearchProject:
    made = SearchProject(tmp_path)
    made.embedder = MODEL
    made.put(
        {
            f"src/{noun}.py": {f"{verb}_{noun}": f"{verb} the {noun}" for verb in ("open", "read", "merge")}
            for noun in NOUNS
        }
    )
    made.put({"tests/test_cookie.py": {"test_cookie": "cookie"}, "README.md": {"": "the cookie project"}})
    embed(made)
    return made


def embed(project: SearchProject) -> None:
    conn = project.writer.conn
    files = [row[0] for row in conn.execute("SELECT id FROM file ORDER BY id")]
    vectors = MODEL.encode_forward(embedding_queries.forwards(conn, files))
    with project.writer.transaction():
        hashes = embedding_queries.chunk_hashes(conn, files)
        project.writer.add_embeddings(MODEL.model, zip(hashes, map(bytes, vectors), strict=True))


def past(project: SearchProject, count: int, *, telling: bool) -> None:
    """Commits whose jargon tells the file that they change, or has nothing to do with it."""
    chance = random.Random(1)
    rows = []
    for number in range(count):
        word, noun = chance.choice(list(JARGON.items()))
        path = f"src/{noun if telling else chance.choice(NOUNS)}.py"
        subject = f"Adjust {word} behaviour {number}"
        sha = hashlib.sha1(subject.encode()).hexdigest()
        change = (FileChange("M", path, ""),)
        known = Commit(sha, (), "Ann", "ann@example.org", 1_600_000_000 + number, subject, "", change)
        rows.append(CommitEntry(known, terms.encode([subject])))
    with project.writer.transaction():
        project.writer.add_commits(rows)
        bits = sum(1 << number for number in reader.commit_shas(project.writer.conn).values())
        reached = bits.to_bytes(bits.bit_length() // 8 + 1, "little")
        project.writer.finish_view(project.writer.open_view(VIEW), "", "main", reached)


def learn(project: SearchProject) -> Tuning:
    found = reader.view(project.conn, VIEW)
    assert found
    return evaluate.learn(project.conn, found.id, MODEL, lambda phase, done, total: None)


def test_a_past_that_tells_is_learned(project: SearchProject) -> None:
    """Words that only this project uses find the files of the commits that used them, and the held-back commits prove
    it: the result is in use, and its id says what it was learned for."""
    past(project, 320, telling=True)
    found = learn(project)
    assert found.state == "tuned"
    assert found.known == found.commits == 320
    assert found.proof is not None
    assert found.proof.questions == 80
    assert found.proof.alone[0] < 0.5 < 0.9 < found.proof.alone[1]
    embedder = tuned.tuned(MODEL, found)
    asked = question("zorbul behaviour")
    stirred = ranking.gather(project.view(), asked, embedder.encode_query(asked.weights))
    slots = project.view().slots
    assert slots[project.view().chunk_slot[np.argmax(stirred.vectors)]].path == "src/cookie.py"


def test_a_past_that_tells_nothing_changes_nothing(project: SearchProject) -> None:
    """Where the held-back commits are not found better, the shipped model stays; only the verdict is kept."""
    past(project, 320, telling=False)
    found = learn(project)
    assert found.state == "base"
    assert not found.rows
    assert tuned.tuned(MODEL, found) is MODEL


def test_a_short_past_is_not_learned_from(project: SearchProject) -> None:
    """With fewer usable commits than it takes to learn and to prove, nothing is tried."""
    past(project, 40, telling=True)
    assert learn(project).state == "few"


def test_learning_is_deterministic(project: SearchProject) -> None:
    """The same store gives the same bytes."""
    past(project, 310, telling=True)
    assert learn(project).id == learn(project).id


@pytest.mark.parametrize(
    ("subject", "paths", "usable"),
    [
        ("Adjust the zorbul", ["src/cookie.py"], True),
        ("Adjust the zorbul", ["src/cookie.py", "tests/test_cookie.py"], True),
        ("Adjust the zorbul", ["tests/test_cookie.py"], False),
        ("Adjust the zorbul", ["README.md"], False),
        ("Adjust the zorbul", ["src/gone.py"], False),
        ("zorbul", ["src/cookie.py"], False),
    ],
)
def test_what_counts_as_a_lesson(
    project: SearchProject, subject: str, paths: list[str], usable: bool
) -> None:
    """A commit teaches when it changed source that still exists and says some words about it; of what it changed only
    source counts."""
    project.commit(subject, paths)
    view = project.view()
    found = examples.past_changes(project.conn, view)
    assert [view.slots[slot].path for change in found for slot in change.slots] == ["src/cookie.py"] * usable


def test_a_subject_teaches_once(project: SearchProject) -> None:
    """Of commits with one subject only the newest counts; the order is that of the history."""
    for number, noun in enumerate(("cookie", "socket", "image")):
        project.commit(f"Repeat the words {number % 2}", [f"src/{noun}.py"])
    found = examples.past_changes(project.conn, project.view())
    assert [change.subject[-1] for change in found] == ["1", "0"]
    assert found[-1].number == 2


def test_held_back_commits_do_not_vote(project: SearchProject) -> None:
    """In the trial a held-back commit does not lead to its own files; others still do."""
    project.commit("Mend the zorbul", ["src/image.py"])
    project.commit("Mend the zorbul again", ["src/socket.py"])
    view = project.view()
    blind = evaluate.without_commits(view, [1])
    votes = ranking.gather(blind, question("zorbul again"), None).votes
    assert [view.slots[slot].path for slot in np.flatnonzero(votes)] == ["src/image.py"]
    assert view.commits.alive.all()


@pytest.mark.parametrize(
    ("change", "better"),
    [
        ({}, True),
        ({"gain": 0.0}, False),
        ({"gain": -0.1}, False),
        ({"alone": (0.3, 0.31)}, False),
        ({"error": 0.1}, False),
    ],
)
def test_what_counts_as_better(change: dict, better: bool) -> None:
    """The vectors alone gain more than two standard errors, and the whole ranking loses nothing."""
    proof = Proof(100, files=(0.5, 0.52), pieces=(0.5, 0.54), alone=(0.3, 0.5), gain=0.03, error=0.01)
    assert evaluate.is_better(structs.replace(proof, **change)) is better


def test_fewer_commits_are_asked_of_a_huge_project() -> None:
    """The newest quarter is held back, at most 200, and fewer where each question costs much."""
    changes = [examples.PastChange(number, "", ()) for number in range(1_000)]
    sizes = [
        len(evaluate.split(changes[:count], chunks)[1])
        for count, chunks in ((400, 9), (1_000, 9), (1_000, 10**6))
    ]
    assert sizes == [100, 200, 60]
    older, held = evaluate.split(changes, 9)
    assert [*older, *held] == changes
