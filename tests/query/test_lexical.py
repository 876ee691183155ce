"""The in-memory index: a picture of one view whose scores depend on nothing but the view."""

from __future__ import annotations

import contextlib
import sqlite3
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from search_project import SearchProject

from indexers import terms
from memoryd.query.retrieval.lexical import LexicalIndex, LexicalView
from memoryd.query.retrieval.postings import (
    Forward,
    SearchScope,
    build,
    count,
    decode,
    grow,
    join,
    lookup,
    merge,
)

WORDS = ["alpha", "beta", "gamma", "deltaEcho", "foxtrot_golf"]
DOCUMENTS = st.lists(st.lists(st.sampled_from(WORDS), max_size=12), min_size=1, max_size=8)
QUERY = {term: 1.0 + 0.1 * i for i, term in enumerate(terms.terms(" ".join(WORDS)))}


def scope_of(parts: list[Forward], alive: list[bool] | None = None) -> SearchScope:
    segments: tuple = ()
    lengths = np.zeros(0, np.uint32)
    for part in parts:
        segments = grow(segments, part, len(lengths))
        lengths = np.concatenate([lengths, part.lengths])
    mask = np.array(alive, bool) if alive is not None else np.ones(len(lengths), bool)
    return SearchScope.of(segments, lengths, mask, k1=1.2, b=0.75)


def forward(documents: list[list[str]]) -> Forward:
    return decode([terms.encode(" ".join(document) for document in documents)])


@given(DOCUMENTS, st.data())
def test_scores_do_not_depend_on_how_the_index_grew(documents: list[list[str]], data) -> None:
    """Documents added at once, one by one, or in any split score bit-equal."""
    cut = data.draw(st.integers(0, len(documents)))
    whole = scope_of([forward(documents)]).scores(QUERY)
    one_by_one = scope_of([forward([document]) for document in documents]).scores(QUERY)
    split = scope_of([forward(documents[:cut]), forward(documents[cut:])]).scores(QUERY)
    assert whole.tobytes() == one_by_one.tobytes() == split.tobytes()


@given(DOCUMENTS, st.data())
def test_scores_count_live_documents_only(documents: list[list[str]], data) -> None:
    """With some documents masked, the rest score bit-equal to an index that never held the masked ones."""
    alive = data.draw(st.lists(st.booleans(), min_size=len(documents), max_size=len(documents)))
    masked = scope_of([forward(documents)], alive).scores(QUERY)
    rebuilt = scope_of([forward([d for d, live in zip(documents, alive, strict=True) if live])]).scores(QUERY)
    assert masked[np.array(alive, bool)].tobytes() == rebuilt.tobytes()
    assert not masked[~np.array(alive, bool)].any()


@given(DOCUMENTS)
def test_scores_are_bm25(documents: list[list[str]]) -> None:
    """The sum over query terms of weight · idf · tf·(k1+1) / (tf + k1·(1-b+b·len/avg)), written out plainly."""
    bags = [terms.terms(" ".join(document)) for document in documents]
    n, average = len(bags), max(sum(map(len, bags)) / len(bags), 1.0)
    got = scope_of([forward(documents)]).scores(QUERY)
    for bag, score in zip(bags, got, strict=True):
        expected = 0.0
        for term, weight in QUERY.items():
            df, tf = sum(term in other for other in bags), bag.count(term)
            idf = np.log(1 + (n - df + 0.5) / (df + 0.5))
            expected += weight * idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * len(bag) / average))
        assert score == pytest.approx(expected, rel=1e-5)


@given(DOCUMENTS)
def test_counting_terms_equals_encoding_text(documents: list[list[str]]) -> None:
    """count() of term lists gives the forward rows that encode() writes."""
    by_count = count([terms.terms(" ".join(document)) for document in documents])
    for ours, theirs in zip(
        (by_count.distinct, by_count.lengths, by_count.terms, by_count.counts),
        (lambda f: (f.distinct, f.lengths, f.terms, f.counts))(forward(documents)),
        strict=True,
    ):
        assert ours.tolist() == theirs.tolist()


@given(DOCUMENTS, DOCUMENTS)
def test_merged_segments_hold_the_same_postings(left: list[list[str]], right: list[list[str]]) -> None:
    """Merging changes where postings lie, not what they say."""
    parts = [*build(forward(left), 0), *build(forward(right), len(left))]
    wanted = np.array(sorted(QUERY), np.uint32)
    apart, merged = lookup(parts, wanted), lookup([merge(parts)], wanted)
    assert apart.sizes.tolist() == merged.sizes.tolist()
    assert apart.docs.tolist() == merged.docs.tolist()
    assert apart.counts.tolist() == merged.counts.tolist()


@given(DOCUMENTS, st.data())
def test_documents_with_all_terms(documents: list[list[str]], data) -> None:
    """Found are the live documents that hold every term, wherever the index put their postings."""
    cut = data.draw(st.integers(0, len(documents)))
    alive = data.draw(st.lists(st.booleans(), min_size=len(documents), max_size=len(documents)))
    wanted = data.draw(st.lists(st.sampled_from(sorted(QUERY)), max_size=3))
    scope = scope_of([forward(documents[:cut]), forward(documents[cut:])], alive)
    bags = [set(terms.terms(" ".join(document))) for document in documents]
    found = [i for i, bag in enumerate(bags) if alive[i] and wanted and bag.issuperset(wanted)]
    assert scope.having_all(wanted).tolist() == found
    every = np.array(sorted(QUERY), np.uint32)
    assert [set(scope.held(i, every).tolist()) for i in range(len(bags))] == bags


def test_many_small_additions_stay_few_segments() -> None:
    """A file saved a thousand times does not leave a thousand segments to look through."""
    scope = scope_of([forward([["alpha", "beta"]])] * 1000)
    assert len(scope.segments) < 40
    assert len(scope.scores(QUERY)) == 1000


def test_a_posting_takes_less_than_twelve_bytes() -> None:
    """Memory: postings with their dictionary cost at most 12 bytes each."""
    documents = [[f"word{i % 97}", f"name{i % 31}", "alpha"] for i in range(3_000)]
    [segment] = build(forward(documents), 0)
    size = segment.docs.nbytes + segment.counts.nbytes + segment.terms.nbytes + segment.starts.nbytes
    assert size <= 12 * len(segment.docs)


def test_no_documents() -> None:
    """An empty index answers with nothing, not with an error."""
    assert join([]).lengths.tolist() == []
    assert scope_of([forward([[]])]).scores(QUERY).tolist() == [0.0]
    assert scope_of([forward([["alpha"]])]).scores({}).tolist() == [0.0]


def scored(view: LexicalView) -> dict[tuple[str, int], float]:
    """(path, chunk) → text score, live chunks only."""
    scores = view.text.scores(QUERY)
    return {
        (slot.path, i): float(scores[slot.first_chunk + i])
        for number, slot in enumerate(view.slots[: view.files])
        if view.paths.alive[number]
        for i in range(slot.chunks)
    }


PATHS = ["a.py", "b/c.py", "d.md"]
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["put", "drop"]), st.sampled_from(PATHS), st.lists(st.sampled_from(WORDS), max_size=4)
    ),
    min_size=1,
    max_size=10,
)


@settings(max_examples=15, deadline=None)
@given(EDITS)
def test_incremental_equals_rebuilt(tmp_path_factory, edits) -> None:
    """After any edits, the index that followed them scores as one that is built from the store at the end."""
    project = SearchProject(Path(tmp_path_factory.mktemp("p")))
    project.put({"keep.py": {"f": "alpha beta\n"}})
    for what, path, body in edits:
        if what == "put":
            project.put({path: {"f": " ".join(body) + "\n", "g": "gamma alpha\n"}})
        else:
            project.drop(path)
        project.view()
    followed = scored(project.view())
    project.index = LexicalIndex()
    assert followed == scored(project.view())


def test_views_share_the_index_and_do_not_see_each_other(tmp_path: Path) -> None:
    """Two views with different files score each as if it were alone."""
    project = SearchProject(tmp_path)
    project.put({"a.py": {"f": "alpha beta\n"}, "b.py": {"f": "beta\n"}})
    project.put({"a.py": {"f": "alpha beta\n"}, "c.py": {"f": "gamma alpha\n"}}, view="rev:1")
    project.view()
    shared = scored(project.view("rev:1"))
    assert {path for path, _ in shared} == {"a.py", "c.py"}
    project.index = LexicalIndex()
    assert shared == scored(project.view("rev:1"))
    assert len(project.view().slots) == 3  # a.py was read once


def test_unchanged_store_is_not_read_again(tmp_path: Path) -> None:
    """Without a new generation the same picture is handed out; after a write a new one."""
    project = SearchProject(tmp_path)
    project.put({"a.py": {"f": "alpha\n"}})
    first = project.view()
    assert project.view() is first
    project.put({"b.py": {"f": "beta\n"}})
    assert project.view() is not first
    assert first.files == 1


def test_reused_file_id_is_noticed(tmp_path: Path) -> None:
    """SQLite gives the id of a deleted file to the next one: the index must not answer with the old text."""
    project = SearchProject(tmp_path)
    project.put({"a.py": {"f": "alpha\n"}})
    project.view()
    with project.writer.transaction():
        project.writer.forget_files()
    project.put({"a.py": {"f": "gamma\n"}})
    assert [hit.snippet for hit in project.ask("gamma").hits] == ["gamma"]
    assert project.ask("alpha").hits == ()


def test_equal_files_keep_their_paths_when_ids_are_used_again(tmp_path: Path) -> None:
    """After everything was read again, ids have new meanings: of two files with equal bytes each is still found
    at its own path."""
    project = SearchProject(tmp_path)
    body = {"alpha": "alpha beta"}
    project.put({"a/one.py": body, "b/one.py": body})
    project.view()
    with project.writer.transaction():
        project.writer.forget_files()
    project.put({"b/one.py": body})  # under the id that a/one.py had
    assert [hit.path for hit in project.ask("alpha").hits] == ["b/one.py"]


def test_an_interrupted_reading_goes_on(tmp_path: Path) -> None:
    """A question may be ended before a large project is read: those after it must not begin again."""
    project = SearchProject(tmp_path)
    project.put({f"f{i}.py": {"f": f"alpha word{i}\n"} for i in range(40)})
    taken, allowed = 0, sys.maxsize

    def step() -> bool:
        nonlocal taken
        taken += 1
        return taken > allowed

    project.conn.set_progress_handler(step, 1)
    project.view()
    project.index, allowed = LexicalIndex(step_files=10), taken * 3 // 4
    for _ in range(4):
        taken = 0
        with contextlib.suppress(sqlite3.OperationalError):
            assert project.view().files == 40
            return
    raise AssertionError("each question began again")
