"""`changes` since the last visit: whatever happens to a clone, each commit is told to each client exactly once."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from projects import Repository, run_index

from memoryd.daemon.indexing.freshness import uncommitted
from memoryd.daemon.projects import last_visits
from memoryd.daemon.projects.last_visits import Caller
from memoryd.ingest.parse.pool import ParsePool
from memoryd.query.answers import Freshness
from memoryd.query.briefing.changes_answers import ChangesAnswer, ChangesRequest
from memoryd.query.briefing.hand_over import hand_over
from memoryd.query.context import Context
from memoryd.query.retrieval.lexical import LexicalIndex
from memoryd.store.index import reader
from memoryd.store.sqlite import connect


class Checkout:
    """A clone that is indexed, and clients that ask what changed there."""

    def __init__(self, home: Path, pool: ParsePool) -> None:
        self.repo, self._home, self._pool = Repository(home / "repo"), home, pool
        self.repo.git("commit", "-q", "--allow-empty", "-m", "Begin")
        self._clock = 0

    def context(self) -> Context:
        run_index(self._pool, self.repo.root, self._home / "store")
        conn = connect(self._home / "store" / "index.db", readonly=True)
        view = reader.view(conn, f"worktree:{self.repo.root}")
        assert view is not None
        fresh = Freshness(view.head, view.head, view.branch, False, 0, False, "ready")
        return Context(
            index=conn, records=None, view=view, lexical=LexicalIndex(), embedder=None, freshness=fresh,
            root=str(self.repo.root), uncommitted=lambda: uncommitted(conn, str(self.repo.root), view),
        )  # fmt: skip

    def ask(self, session: str, *, began_at_s: int = 0, since: str = "", shown: int = 100) -> ChangesAnswer:
        """One answer of which so many commits are shown. ``since``: as the answer before names its rest."""
        self._clock += 1
        folder = self._home / "store"
        caller = Caller("agent:a", str(self.repo.root), session, began_at_s)
        name, _, offset = since.partition("+")
        visit = last_visits.again(folder, name) if name else last_visits.last(folder, caller)
        ctx = self.context()
        answer, told = hand_over(ctx, ChangesRequest(offset=int(offset or 0)), visit)
        last_visits.note(folder, caller, visit, told(shown), self._clock)
        ctx.index.close()
        return answer

    def reached(self) -> set[str]:
        return set(self.repo.git("rev-list", "HEAD").split())


@pytest.fixture
def checkout(tmp_path: Path, pool: ParsePool) -> Checkout:
    return Checkout(tmp_path, pool)


def shas(answer: ChangesAnswer) -> list[str]:
    return [item.sha for item in answer.commits]


def test_what_does_not_fit_is_handed_over_next(checkout: Checkout) -> None:
    """The rest is had by the name of the answer, or else comes with the next; nothing is lost or told twice."""
    checkout.ask("one")
    made = [checkout.repo.commit(f"Number {n}") for n in range(5)]
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
    assert shas(checkout.ask("one")) == [sha]
    assert shas(checkout.ask("two", began_at_s=1)) == [sha]
    assert shas(checkout.ask("three", began_at_s=9)) == []


def test_what_was_not_committed_is_told_once(checkout: Checkout) -> None:
    """Changed files of the work tree, again only when they change again."""
    checkout.ask("one")
    (checkout.repo.root / "a.py").write_text("x = 1\n")
    assert [(f.path, f.status) for f in checkout.ask("one").uncommitted] == [("a.py", "A")]
    assert not checkout.ask("one").uncommitted
    (checkout.repo.root / "a.py").write_text("x = 2\n")
    assert [f.path for f in checkout.ask("one").uncommitted] == ["a.py"]


DAYS = st.integers(-400, 400)


class _Clones(RuleBasedStateMachine):
    """A colleague's clone and ours, which two clients ask about. The model: the commits that each was told."""

    pool: ParsePool

    @initialize()
    def begin(self) -> None:
        self.home, self.number = Path(tempfile.mkdtemp()), 0
        self.checkout = Checkout(self.home, self.pool)
        self.ours = self.checkout.repo
        self.ours.git("clone", "-q", str(self.ours.root), str(self.home / "theirs"))
        self.theirs = Repository(self.home / "theirs")
        self.told = {client: shas(self.checkout.ask(client)) for client in ("one", "two")}

    def teardown(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)

    def _commit(self, repo: Repository, days: int) -> None:
        self.number += 1
        repo.write(f"f{self.number}.txt", f"{self.number}\n")
        repo.git("add", "-A")
        repo.git("commit", "-q", "-m", f"Step {self.number}", days=days)

    @rule(days=DAYS)
    def we_commit(self, days: int) -> None:
        self._commit(self.ours, days)

    @rule(days=DAYS)
    def they_commit(self, days: int) -> None:
        self._commit(self.theirs, days)

    @rule(take=st.sampled_from(["merge", "rebase"]))
    def we_pull(self, take: str) -> None:
        self.ours.git("fetch", "-q", str(self.theirs.root), "HEAD")
        self.ours.git(take, "-q", "FETCH_HEAD")

    @rule(back=st.integers(1, 3))
    def we_reset(self, back: int) -> None:
        line = self.ours.git("rev-list", "--first-parent", "HEAD").split()
        self.ours.git("reset", "-q", "--hard", line[min(back, len(line) - 1)])

    @rule(days=DAYS)
    def we_say_the_last_better(self, days: int) -> None:
        self.number += 1
        self.ours.git("commit", "-q", "--amend", "--allow-empty", "-m", f"Better {self.number}", days=days)

    @rule(name=st.sampled_from(["main", "side", "other"]))
    def we_switch(self, name: str) -> None:
        known = self.ours.git("branch", "--format=%(refname:short)").split()
        self.ours.git("checkout", "-q", *([name] if name in known else ["-b", name]))

    @rule(client=st.sampled_from(["one", "two"]), shown=st.sampled_from([1, 2, 100]))
    def ask(self, client: str, shown: int) -> None:
        answer = self.checkout.ask(client, shown=shown)
        told = shas(answer)[:shown]
        assert len(set(told)) == len(told)
        assert not set(told) & set(self.told[client]), "told twice"
        self.told[client] += told
        if answer.totals.commits <= shown:
            assert self.checkout.reached() <= set(self.told[client]), "lost"


def test_each_commit_is_told_once_whatever_happens(pool: ParsePool) -> None:
    """Pulls of older commits, any dates, resets, rewritten commits, branches, answers that were cut."""
    machine: Any = type("Clones", (_Clones,), {"pool": pool})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8, stateful_step_count=14, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
