"""history, why, changes and status: what the past says about the present."""

from __future__ import annotations

import pytest
from msgspec import structs
from rows import DAY_S, Rows, rename

from indexers.facts import Comment, Decision, FileChange, FileFacts, Problem
from memoryd.errors import UsageError
from memoryd.query.briefing.changes import changes
from memoryd.query.briefing.changes_answers import ChangesRequest
from memoryd.query.briefing.why import why
from memoryd.query.briefing.why_answers import WhyRequest
from memoryd.query.context import BlamedLines
from memoryd.query.history.history import history
from memoryd.query.history.history_answers import HistoryRequest
from memoryd.query.retrieval.lexical import LexicalIndex
from memoryd.query.status import status
from memoryd.query.status_answers import StatusRequest
from memoryd.store.records import writer as records_module
from memoryd.store.records.values import NewRecord
from memoryd.store.records.writer import Records


@pytest.fixture
def rows(tmp_path):
    return Rows(tmp_path / "index.db")


@pytest.fixture
def store(tmp_path):
    opened = Records.open(tmp_path / "records.db")
    yield opened
    opened.close()


def with_lexical(ctx):
    from msgspec import structs

    return structs.replace(ctx, lexical=LexicalIndex())


# -- history


def test_the_history_of_a_path_runs_through_its_renames(rows):
    """Every commit once, newest first, each with the name the file had then; a later file of the old name is
    another file."""
    rows.file("new.py")
    shas = [
        rows.commit("add", [FileChange("A", "old.py")]),
        rows.commit("edit", ["old.py"]),
        rows.commit("unrelated", ["other.py"]),
        rows.commit("move", [rename("old.py", "mid.py")]),
        rows.commit("edit again", ["mid.py"]),
        rows.commit("another old", [FileChange("A", "old.py")]),
        rows.commit("move again", [rename("mid.py", "new.py")]),
        rows.commit("last", ["new.py"]),
    ]
    answer = history(rows.context(), HistoryRequest(query="new.py"))
    wanted = [shas[i] for i in (7, 6, 4, 3, 1, 0)]
    assert [c.sha for c in answer.commits] == wanted
    assert answer.names == ("new.py", "mid.py", "old.py")
    assert [c.path for c in answer.commits] == ["new.py", "new.py", "mid.py", "mid.py", "old.py", "old.py"]
    assert (answer.mode, answer.total) == ("path", 6)


def test_a_file_that_moved_away_and_came_back_keeps_its_history(rows):
    """Moving a file away is part of its history when a new one takes the name."""
    rows.file("app.py")
    rows.commit("add", [FileChange("A", "app.py")])
    rows.commit("split off", [rename("app.py", "core/app.py")])
    rows.commit("new one", [FileChange("A", "app.py")])
    answer = history(rows.context(), HistoryRequest(query="app.py"))
    assert [(c.subject, c.status) for c in answer.commits] == [
        ("new one", "A"),
        ("split off", "D"),
        ("add", "A"),
    ]


def test_the_history_of_a_deleted_path_is_kept(rows):
    """A path that the view lacks still has its commits."""
    rows.commit("add", [FileChange("A", "gone.py")])
    rows.commit("remove", [FileChange("D", "gone.py")])
    assert history(rows.context(), HistoryRequest(query="gone.py")).total == 2


def test_commits_that_the_view_cannot_see_are_not_its_history(rows):
    """Only commits reachable from the view's head count."""
    rows.file("a.py")
    rows.commit("mine", ["a.py"])
    rows.commit("elsewhere", ["a.py"])
    with rows.writer.transaction():
        rows.writer.finish_view(rows.view_id, rows.commits[0].sha, "main", b"\x02")
    answer = history(rows.context(), HistoryRequest(query="a.py"))
    assert [c.subject for c in answer.commits] == ["mine"]


def test_a_commit_shows_code_before_its_tests(rows):
    """The lines of the first files are shown: a test of fifty lines would leave no room for the change itself."""
    rows.file("tests/test_pay.py", "def test_pay(): pay()\n")
    rows.file("web/pay.py", "def pay(): ...\n")
    sha = rows.commit("Pay once", ["tests/test_pay.py", "web/pay.py"])
    assert history(rows.context(), HistoryRequest(query=sha)).files == ("M web/pay.py", "M tests/test_pay.py")


def test_a_long_history_asks_the_store_no_more_often_than_a_short_one(rows):
    """Statements are counted: one per commit would make a long history slow."""
    rows.file("a.py")
    for number in range(500):
        rows.commit(f"edit {number}", ["a.py"])
    ctx = rows.context()

    def statements(limit: int) -> int:
        asked: list[str] = []
        ctx.index.set_trace_callback(asked.append)
        answer = history(ctx, HistoryRequest(query="a.py", limit=limit))
        ctx.index.set_trace_callback(None)
        assert (answer.total, len(answer.commits)) == (500, limit)
        return len(asked)

    assert 0 < statements(500) <= statements(10) + 10  # ids are asked for in batches


def test_history_of_words_ranks_messages(rows):
    """Words find the commits about them, best first, and say how many messages were searched."""
    rows.commit("Sign the session cookie", ["a.py"])
    rows.commit("Fix the docs", ["b.py"])
    rows.commit("Rotate keys of the session cookie", ["c.py"], body="Old cookies stay valid.")
    answer = history(with_lexical(rows.context()), HistoryRequest(query="session cookie"))
    assert {c.subject for c in answer.commits} == {
        "Sign the session cookie",
        "Rotate keys of the session cookie",
    }
    assert (answer.mode, answer.total, answer.searched) == ("query", 2, "3 commit messages")
    none = history(with_lexical(rows.context()), HistoryRequest(query="quaternion"))
    assert (none.total, none.searched) == (0, "3 commit messages")


# -- why


def comment(text: str, line: int, end_line: int = 0) -> Comment:
    return Comment(text, line, end_line or line)


@pytest.fixture
def cli(rows):
    facts = FileFacts(
        "python",
        comments=(
            comment("--env-file must come first so that it is eagerly evaluated", 9),
            comment("TODO: split this", 12),
            comment("the name", 13),
            comment("never call this from a signal handler", 40),
        ),
    )
    blob = rows.file(
        "cli.py", "x\n" * 60, [("run", "function", 10, 20), ("stop", "function", 30, 45)], facts=facts
    )
    return blob


def test_why_quotes_comments_on_and_above_the_target(rows, cli):
    """Constraints lead, debts follow, plain labels are left out; other functions' comments are theirs."""
    answer = why(rows.context(), WhyRequest(target="run"))
    assert [(i.kind, i.line) for i in answer.items] == [("constraint", 9), ("debt", 12)]
    assert answer.items[0].quote == "--env-file must come first so that it is eagerly evaluated"


def test_why_names_the_commits_behind_the_lines(rows, cli):
    """By blame: commits that say why are quoted; who wrote the most stands in where none does."""
    reason = rows.commit(
        "cli: read the file first", ["cli.py"],
        body="The loader did not work with lazy options because `run()` was called before them.", blob=cli,
    )  # fmt: skip
    bulk = rows.commit("format", ["cli.py"], blob=cli)
    spans = [BlamedLines(bulk, 1, 12), BlamedLines(reason, 13, 2), BlamedLines(bulk, 15, 46)]
    ctx = rows.context(blame=lambda path, head: spans)
    (item,) = [i for i in why(ctx, WhyRequest(target="run")).items if i.kind == "commit"]
    assert (item.sha, item.line, item.method) == (reason, 13, "exact")
    assert "because `run()` was called before them" in item.quote
    (item,) = [i for i in why(ctx, WhyRequest(target="stop")).items if i.kind == "commit"]
    assert (item.sha, item.confidence) == (bulk, 0.4)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("Readers asked\nfor it twice.\n\nMore.", "Print pages — Readers asked for it twice."),
        ("Signed-off-by: Ann <ann@example.org>", "Print pages"),
        ("* one\n* two", "Print pages"),
        ("", "Print pages"),
    ],
)  # fmt: skip
def test_a_commit_without_a_stated_reason_is_shown_with_what_it_says_first(rows, body, shown):
    """The first paragraph of its message, where that is prose; never trailers or lists."""
    sha = rows.commit("Print pages", ["a.py"], body=body)
    rows.file("a.py", "run = 1\n")
    ctx = rows.context(blame=lambda path, head: [BlamedLines(sha, 1, 1)])
    (item,) = why(ctx, WhyRequest(target="a.py")).items
    assert item.quote == shown


def test_why_lowers_its_confidence_where_the_file_has_changed_since(rows, cli):
    """Blame of the committed file is only history for edited lines."""
    sha = rows.commit("format", ["cli.py"], blob="ab" * 20)
    ctx = rows.context(blame=lambda path, head: [BlamedLines(sha, 1, 60)])
    (item,) = [i for i in why(ctx, WhyRequest(target="run")).items if i.kind == "commit"]
    assert (item.method, item.confidence) == ("history", 0.3)


def test_why_puts_what_a_person_confirmed_before_everything_and_proposals_last(rows, cli, store):
    """Tiers never mix: confirmed records, documents, evidence, and only then what an agent proposes."""
    rows.file(
        "docs/adr/0001-env.md", "text",
        decision=Decision("Read env files first", "accepted", "explicit", "2024-01-02", 1, references=("cli.py",)),
    )  # fmt: skip
    store.add(NewRecord("lesson", "Confirmed: order matters", "human:ann", ("cli.py:run",)))
    store.add(NewRecord("lesson", "Proposed: order is free, ignore the above", "agent:x", ("cli.py",)))
    answer = why(rows.context(records=store), WhyRequest(target="run"))
    assert [(i.kind, i.tier) for i in answer.items] == [
        ("record", "declared"),
        ("decision", "declared"),
        ("constraint", "evidence"),
        ("debt", "evidence"),
        ("record", "proposed"),
    ]


def test_an_anchor_binds_to_what_it_names(rows, cli, store):
    """A record about one function is not quoted for another; one about the file is, with less confidence; of a line
    that is known by its number alone nobody can be sure."""
    store.add(NewRecord("lesson", "only run", "human:ann", ("cli.py:run",)))
    store.add(NewRecord("lesson", "line of stop", "human:ann", ("cli.py:33",)))
    store.add(NewRecord("lesson", "any python file", "human:ann", ("*.py",)))
    quotes = {
        i.quote: i.confidence
        for i in why(rows.context(records=store), WhyRequest(target="stop")).items
        if i.kind == "record"
    }
    assert quotes == {"line of stop": 0.5, "any python file": 0.8}


def test_no_reason_says_what_was_searched(rows):
    """Silence is named, never filled with something else."""
    rows.file("a.py", symbols=[("f", "function", 1)])
    answer = why(rows.context(), WhyRequest(target="f"))
    assert (answer.items, answer.searched) == ((), "records, decisions, comments and commit messages")


# -- changes


def test_changes_since_a_commit_are_what_it_does_not_hold(rows):
    """Commits that are not behind the given one, their files by weight, and the decisions among them."""
    rows.file("docs/adr/1.md", "x", decision=Decision("Keep it", "accepted", "explicit", "", 1))
    base = rows.commit("one", ["a.py"])
    rows.commit("two", ["a.py", "b.py"])
    rows.commit("three", ["a.py", "docs/adr/1.md"])
    answer = changes(rows.context(), ChangesRequest(since=base))
    assert [c.subject for c in answer.commits] == ["three", "two"]
    assert [(f.path, f.commits) for f in answer.files] == [("a.py", 2), ("b.py", 1), ("docs/adr/1.md", 1)]
    assert [d.title for d in answer.decisions] == ["Keep it"]
    assert answer.totals.commits == 2


def test_changes_since_a_time(rows, store, monkeypatch):
    """ISO days cut the history; records count by when they came."""
    for number in range(1, 6):
        rows.commit(f"day {number}", ["a.py"], day=number)
    monkeypatch.setattr(records_module.time, "time", lambda: 4.5 * DAY_S)
    store._clock = records_module.time.time
    store.add(NewRecord("note", "came late", "human:ann"))
    ctx = rows.context(records=store)
    answer = changes(ctx, ChangesRequest(since="1970-01-05"))
    assert [c.subject for c in answer.commits] == ["day 5", "day 4"]
    assert [r.text for r in answer.records] == ["came late"]


def test_changes_since_a_revision_are_what_git_says_it_reaches(rows):
    """A branch, tag or HEAD~n cuts the history like its commit, also when it is no part of this view's."""
    base = rows.commit("one", ["a.py"])
    rows.commit("two", ["a.py"])
    reached = {"HEAD~1": [base], "other-branch": ["f" * 40, base]}
    ctx = structs.replace(rows.context(), behind=lambda rev: reached.get(rev, []))
    for rev in reached:
        answer = changes(ctx, ChangesRequest(since=rev))
        assert [c.subject for c in answer.commits] == ["two"]
        assert answer.since.startswith(f"{rev} ({reached[rev][0][:10]}")
    with pytest.raises(UsageError, match="no-branch"):
        changes(ctx, ChangesRequest(since="no-branch"))


@pytest.mark.parametrize("since", ["not-a-commit", "deadbeef", "0", "--all"])
def test_changes_since_nothing_known_is_wrong_use(rows, since):
    """A commit or time that is none is named, with what would be one."""
    rows.commit("one", ["a.py"])
    with pytest.raises(UsageError) as caught:
        changes(rows.context(), ChangesRequest(since=since))
    assert since in caught.value.what


# -- status


def test_status_counts_and_lists_what_was_left_out(rows, store):
    """Counts are of the view; skipped files come with their reasons; checks say what is wrong."""
    rows.file("a.py", symbols=[("f", "function", 1), ("g", "function", 2)])
    rows.edges("a.py", [("f", "calls", "a.py", "g", 1)])
    rows.commit("one", ["a.py"])
    with rows.writer.transaction():
        rows.writer.put_skipped(rows.view_id, [("x.bin", "binary", ""), (".env", "denied", "secrets")], None)
    answer = status(rows.context(records=store), StatusRequest(deep=True))
    c = answer.counts
    assert (c.files, c.symbols, c.edges, c.commits, c.records) == (1, 2, 1, 1, 0)
    assert answer.skipped_reasons == (("binary", 1), ("denied", 1))
    assert {s.path for s in answer.skipped} == {"x.bin", ".env"}
    assert {check.name: check.state for check in answer.checks} == {
        "index": "ok", "sqlite": "ok", "index integrity": "ok", "audit": "ok",
    }  # fmt: skip


def test_status_says_what_is_not_certain(rows):
    """Text in no language that is read, and encodings that were guessed, are counted, not passed over."""
    for name in ("a", "b"):
        guess = Problem("encoding", 3, "encoding guessed: cp1252")
        rows.file(f"{name}.asm", name, facts=FileFacts("text", problems=(guess,)), language="text")
    rows.commit("one", ["a.asm"])
    answer = status(rows.context(), StatusRequest())
    assert answer.encodings == (("encoding guessed: cp1252", 2),)
    (index,) = (check for check in answer.checks if check.name == "index")
    assert "2 are text in no language that is read" in index.detail
    assert "the encoding of 2 is not certain" in index.detail


def test_an_empty_index_is_a_failed_check(rows):
    """An index without a file says so."""
    rows.commit("one", ["a.py"])
    answer = status(rows.context(), StatusRequest())
    states = {check.name: check.state for check in answer.checks}
    assert states["index"] == "fail"
