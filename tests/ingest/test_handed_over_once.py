"""`changes` since the last visit: whatever happens to a clone, each commit, record and changed file is told to each
client exactly once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from msgspec import Struct
from msgspec.structs import replace
from projects import Repository, run_index

from memoryd.daemon.indexing.freshness import uncommitted
from memoryd.daemon.projects import last_visits
from memoryd.daemon.projects.last_visits import Caller
from memoryd.ingest.parse.pool import ParsePool
from memoryd.query.answers import Freshness
from memoryd.query.briefing.changes_answers import ChangesAnswer, ChangesRequest, Shown
from memoryd.query.briefing.hand_over import hand_over
from memoryd.query.context import Context
from memoryd.query.retrieval.lexical import LexicalIndex
from memoryd.store.index import reader
from memoryd.store.records.reader import RecordReader
from memoryd.store.records.values import NewRecord
from memoryd.store.records.writer import Records
from memoryd.store.sqlite import connect

ALL = Shown(100, 100, 100)


class Checkout:
    """A clone that is indexed, with its records, and clients that ask what changed there. ``beside``: of a work tree
    of the same repository, the one whose stores it shares."""

    def __init__(self, home: Path, pool: ParsePool, beside: Checkout | None = None) -> None:
        self._home, self._pool = home, pool
        if beside:
            beside.repo.git("worktree", "add", "-q", "-b", "beside", str(home / "beside"))
        self.repo = Repository(home / ("beside" if beside else "repo"))
        if not beside:
            self.repo.git("commit", "-q", "--allow-empty", "-m", "Begin")
        self._records = home / "store" / "records.db"
        self.clock = beside.clock if beside else iter(range(1, 1_000_000))
        self.index()
        if not beside:
            Records.open(self._records).close()

    def index(self) -> None:
        run_index(self._pool, self.repo.root, self._home / "store")

    def record(self, text: str) -> str:
        with closing(Records.open(self._records)) as store:
            return store.add(NewRecord("lesson", text, "agent:colleague")).record.id

    @contextmanager
    def context(self) -> Iterator[Context]:
        """As the index is, which may lag."""
        with (
            closing(connect(self._home / "store" / "index.db", readonly=True)) as conn,
            closing(RecordReader.open_readonly(self._records)) as records,
        ):
            view = reader.view(conn, f"worktree:{self.repo.root}")
            assert view is not None
            fresh = Freshness(view.head, view.head, view.branch, False, 0, False, "ready")
            yield Context(
                index=conn, records=records, view=view, lexical=LexicalIndex(), embedder=None, freshness=fresh,
                root=str(self.repo.root), uncommitted=lambda: uncommitted(conn, str(self.repo.root), view),
            )  # fmt: skip

    def ask(
        self,
        session: str,
        *,
        client: str = "a",
        began_at_s: int = 0,
        since: str = "",
        shown: int | Shown = ALL,
    ) -> ChangesAnswer:
        """One answer of which so much (so many commits) is shown. ``since``: as the answer before names its rest."""
        folder = self._home / "store"
        caller = Caller(f"agent:{client}", str(self.repo.root), session, began_at_s)
        name, rest, offset = since.partition("+")
        visit = last_visits.again(folder, name) if name else last_visits.last(folder, caller)
        visit = replace(visit, rest=bool(rest))
        with self.context() as ctx:
            answer, told = hand_over(ctx, ChangesRequest(offset=int(offset or 0)), visit)
            fits = shown if isinstance(shown, Shown) else Shown(shown, 100, 100)
            last_visits.note(folder, caller, visit, told(fits), next(self.clock))
            return answer


@pytest.fixture
def checkout(tmp_path: Path, pool: ParsePool) -> Checkout:
    return Checkout(tmp_path, pool)


def shas(answer: ChangesAnswer) -> list[str]:
    return [item.sha for item in answer.commits]


def ids(answer: ChangesAnswer) -> list[str]:
    return [item.id for item in answer.records]


def test_what_does_not_fit_is_handed_over_next(checkout: Checkout) -> None:
    """The rest is had by the name of the answer, or else comes with the next; nothing is lost or told twice."""
    checkout.ask("one")
    made = [checkout.repo.commit(f"Number {n}") for n in range(5)]
    checkout.index()
    first = checkout.ask("one", shown=2)
    assert first.rest_from(2) == f"memoryd changes --since {first.visit}+2"
    rest = checkout.ask("one", since=f"{first.visit}+2", shown=1)
    last = checkout.ask("one")
    assert [*shas(first)[:2], *shas(rest)[:1], *shas(last)] == made[::-1]
    assert not checkout.ask("one").commits
    assert shas(checkout.ask("one", since=first.visit)) == made[::-1]


def test_another_window_does_not_swallow_what_is_told(checkout: Checkout) -> None:
    """A connection that was open before another asked is told all the same; a later one goes on from there."""
    checkout.ask("one")
    sha = checkout.repo.commit("Add a", a_dot_txt="a")
    checkout.index()
    assert shas(checkout.ask("one")) == [sha]
    assert shas(checkout.ask("two", began_at_s=1)) == [sha]
    assert shas(checkout.ask("three", began_at_s=9)) == []


def test_what_was_not_committed_is_told_once(checkout: Checkout) -> None:
    """Changed files of the work tree, again only when they change again."""
    checkout.ask("one")
    (checkout.repo.root / "a.py").write_text("x = 1\n")
    checkout.index()
    assert [(f.path, f.status) for f in checkout.ask("one").uncommitted] == [("a.py", "A")]
    assert not checkout.ask("one").uncommitted
    (checkout.repo.root / "a.py").write_text("x = 2\n")
    checkout.index()
    assert [f.path for f in checkout.ask("one").uncommitted] == ["a.py"]


def test_records_that_do_not_fit_are_handed_over_next(checkout: Checkout) -> None:
    """With the rest of that answer, or else with the next one; and the whole answer can be had again."""
    checkout.ask("one")
    made = [
        checkout.record(f"Number {word} is for the {word} door") for word in ("red", "green", "blue", "grey")
    ]
    first = checkout.ask("one", shown=Shown(0, 1, 0))
    rest = checkout.ask("one", since=f"{first.visit}+0", shown=Shown(0, 1, 0))
    last = checkout.ask("one")
    assert [*ids(first)[:1], *ids(rest)[:1], *ids(last)] == made[::-1]
    assert not checkout.ask("one").records
    assert ids(checkout.ask("one", since=first.visit)) == made[::-1]


DAYS = st.integers(-400, 400)
MERGE = ("merge", "--no-edit", "--allow-unrelated-histories")
FITS = st.builds(
    Shown, st.sampled_from([0, 1, 2, 100]), st.sampled_from([0, 1, 100]), st.sampled_from([0, 1, 100])
)


class Reader(Struct):
    """A client, and the model: what it was told, and how it asks for the rest of its last answer."""

    session: str
    client: str
    checkout: Checkout
    commits: list[str] = []
    records: list[str] = []
    files: list[tuple[str, str]] = []
    next: str = ""


class _Clones(RuleBasedStateMachine):
    """A colleague's clone and ours with a work tree beside it: three sessions of two clients ask what changed."""

    pool: ParsePool

    @initialize()
    def begin(self) -> None:
        self.home, self.number = Path(tempfile.mkdtemp()), 0
        ours = Checkout(self.home, self.pool)
        ours.repo.git("clone", "-q", str(ours.repo.root), str(self.home / "theirs"))
        self.theirs = Repository(self.home / "theirs")
        beside = Checkout(self.home, self.pool, ours)
        self.checkouts = (ours, beside)
        self.indexed = {ours: (set[str](), set[str]()), beside: (set[str](), set[str]())}
        self.readers = [Reader("one", "a", ours), Reader("two", "a", ours), Reader("three", "b", beside)]
        self.recorded: list[str] = []
        for checkout in self.checkouts:
            self._index(checkout)
        for one in self.readers:
            one.commits = shas(one.checkout.ask(one.session, client=one.client))

    def teardown(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)

    def _commit(self, repo: Repository, days: int) -> None:
        self.number += 1
        repo.write(f"f{self.number}.txt", f"{self.number}\n")
        repo.git("add", "-A")
        repo.git("commit", "-q", "-m", f"Step {self.number}", days=days)

    def _index(self, checkout: Checkout) -> None:
        checkout.index()
        git = checkout.repo.git
        unsaved = git("ls-files", "-o", "--exclude-standard").split()
        self.indexed[checkout] = (set(git("rev-list", "HEAD").split()), set(unsaved))

    @rule(days=DAYS, at=st.sampled_from([0, 1]))
    def we_commit(self, days: int, at: int) -> None:
        self._commit(self.checkouts[at].repo, days)

    @rule(days=DAYS)
    def they_commit(self, days: int) -> None:
        self._commit(self.theirs, days)

    @rule(take=st.sampled_from([MERGE, ("rebase",)]), at=st.sampled_from([0, 1]))
    def we_pull(self, take: tuple[str, ...], at: int) -> None:
        ours = self.checkouts[at].repo
        ours.git("fetch", "-q", str(self.theirs.root), "HEAD")
        ours.git(*take, "-q", "FETCH_HEAD")

    @rule()
    def they_pull(self) -> None:
        self.theirs.git("fetch", "-q", str(self.checkouts[0].repo.root), "HEAD")
        self.theirs.git(*MERGE, "-q", "FETCH_HEAD")

    @rule(back=st.integers(0, 2), days=DAYS)
    def they_force_push(self, back: int, days: int) -> None:
        """And our branch is put where theirs is."""
        line = self.theirs.git("rev-list", "--first-parent", "HEAD").split()
        self.theirs.git("reset", "-q", "--hard", line[min(back, len(line) - 1)])
        self.number += 1
        better = ("commit", "-q", "--amend", "--allow-empty", "-m", f"Theirs {self.number}")
        self.theirs.git(*better, days=days)
        ours = self.checkouts[0].repo
        ours.git("fetch", "-q", str(self.theirs.root), "HEAD")
        ours.git("reset", "-q", "--hard", "FETCH_HEAD")

    @rule(back=st.integers(1, 3), at=st.sampled_from([0, 1]))
    def we_reset(self, back: int, at: int) -> None:
        ours = self.checkouts[at].repo
        line = ours.git("rev-list", "--first-parent", "HEAD").split()
        ours.git("reset", "-q", "--hard", line[min(back, len(line) - 1)])

    @rule(days=DAYS)
    def we_say_the_last_better(self, days: int) -> None:
        self.number += 1
        better = ("commit", "-q", "--amend", "--allow-empty", "-m", f"Better {self.number}")
        self.checkouts[0].repo.git(*better, days=days)

    @rule(name=st.sampled_from(["main", "side", "other"]))
    def we_switch(self, name: str) -> None:
        git = self.checkouts[0].repo.git
        known = git("branch", "--format=%(refname:short)").split()
        git("checkout", "-q", *([name] if name in known else ["-b", name]))

    @rule(at=st.sampled_from([0, 1]))
    def we_save(self, at: int) -> None:
        self.number += 1
        self.checkouts[at].repo.write(f"unsaved{self.number}.txt", f"{self.number}\n")

    @rule(many=st.integers(1, 3))
    def others_record(self, many: int) -> None:
        for _ in range(many):
            self.number += 1
            self.recorded.append(self.checkouts[0].record(f"Door {self.number} opens to room {self.number}"))

    @rule(at=st.sampled_from([0, 1]))
    def index_follows(self, at: int) -> None:
        self._index(self.checkouts[at])

    @rule(who=st.integers(0, 2), shown=FITS)
    def ask(self, who: int, shown: Shown) -> None:
        """Of the index as it is, which may lag."""
        one = self.readers[who]
        answer = one.checkout.ask(one.session, client=one.client, shown=shown)
        self._hear(one, answer, shown)
        there, unsaved = self.indexed[one.checkout]
        if answer.totals.commits <= shown.commits:
            assert there <= set(one.commits), "commits lost"
        if answer.totals.records <= shown.records:
            assert set(self.recorded) == set(one.records), "records lost"
        if len(answer.uncommitted) <= shown.uncommitted:
            assert unsaved <= {path for path, _ in one.files}, "files lost"

    @rule(who=st.integers(0, 2), shown=FITS)
    def ask_for_the_rest(self, who: int, shown: Shown) -> None:
        one = self.readers[who]
        if one.next:
            answer = one.checkout.ask(one.session, client=one.client, since=one.next, shown=shown)
            self._hear(one, answer, shown)

    def _hear(self, one: Reader, answer: ChangesAnswer, shown: Shown) -> None:
        _once(one.commits, shas(answer)[: shown.commits])
        _once(one.records, ids(answer)[: shown.records])
        _once(one.files, [(f.path, f.status) for f in answer.uncommitted][: shown.uncommitted])
        end = answer.offset + min(shown.commits, len(answer.commits))
        is_cut = end < answer.totals.commits or len(answer.records) > shown.records
        one.next = f"{answer.visit}+{end}" if is_cut else ""


def _once(before: list[Any], told: list[Any]) -> None:
    assert len(set(told)) == len(told)
    assert not set(told) & set(before), "told twice"
    before += told


@pytest.mark.parametrize(
    ("examples", "steps"),
    [(8, 16), pytest.param(60, 50, marks=[pytest.mark.sweep, pytest.mark.timeout(3_600)])],
)
def test_each_thing_is_told_once_whatever_happens(pool: ParsePool, examples: int, steps: int) -> None:
    """Pulls of older commits, any dates, resets, force-pushes, rewritten commits, branches, a second work tree, records
    of others, files that are in no commit, an index that lags, answers that were cut."""
    machine: Any = type("Clones", (_Clones,), {"pool": pool})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
