"""The heart: whatever happened on the way, the derived state is that of a clean index."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from projects import Repository, digest_of, run_index, small_pool

from memoryd.store.index.queries import link_queries, word_queries
from memoryd.store.sqlite import connect

NAMES = ("alpha", "beta", "gamma")
PATHS = st.sampled_from([*(f"pkg/{name}.py" for name in NAMES), "pkg/__init__.py", "notes.md", "web/app.ts"])
BODIES = st.sampled_from(
    [
        "def alpha():\n    return beta()\n\n\ndef beta():\n    return 1\n",
        "from pkg.alpha import alpha\n\n\nclass Gamma:\n    def run(self):\n        return alpha()\n",
        "from .gamma import Gamma\n\n\nclass Delta(Gamma):\n    def again(self):\n        self.run()\n",
        "from .alpha import *\nfrom .beta import Gamma as G\n__all__ = ['G']\n",
        "# Title\n\nText about `alpha`.\n\n## Part\n\nMore.\n",
        "import { x } from './other'\nexport function app() { return x() }\n",
        "def broken(:\n",
        f"def {'long_' * 20}name():\n    return where\n",
        "",
    ]
)


def test_a_change_reaches_those_who_noted_it_in_a_group(tmp_path: Path) -> None:
    """A name handed on by forty files was looked at in so many places that its users note one key: when any of these
    files changes, its users are linked again, after a prune as well."""
    repo, size = Repository(tmp_path / "repo"), 40
    for number in range(size):
        repo.write(f"m{number}.py", f"from m{number + 1} import f\n\n\ndef g():\n    f()\n")
    repo.write(f"m{size}.py", "def f():\n    pass\n")
    pool, name, store = small_pool(), f"worktree:{repo.root}", tmp_path / "store"
    run_index(pool, repo.root, store)
    with closing(connect(store / "index.db")) as conn:
        kept = list(link_queries.key_groups(conn))
        link_queries.prune_key_groups(conn)
        assert kept
        assert list(link_queries.key_groups(conn)) == kept
    for number, text in ((size, "def other():\n    pass\n"), (size - 3, "def f():\n    pass\n")):
        repo.write(f"m{number}.py", text)
        run_index(pool, repo.root, store, paths=frozenset({f"m{number}.py"}))
        shutil.rmtree(tmp_path / "clean", ignore_errors=True)
        run_index(pool, repo.root, tmp_path / "clean")
        assert digest_of(store, name) == digest_of(tmp_path / "clean", name)
    with closing(connect(store / "index.db")) as conn:
        link_queries.prune(conn, margin=0)
        assert set(link_queries.key_groups(conn)).isdisjoint(kept)
    pool.close()


def words_in(store: Path) -> set[tuple[str, int]]:
    """Those of files that are gone may be among them."""
    with closing(connect(store / "index.db", readonly=True)) as conn:
        return set(word_queries.words(conn))


class Incremental(RuleBasedStateMachine):
    """Edits, deletes, renames, commits, branches; full and partial runs; one store that follows along."""

    @initialize()
    def start(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="memoryd-incremental-"))
        self.repo = Repository(self.home / "repo")
        self.repo.commit("start", pkg__alpha_dot_py="def alpha():\n    return 1\n")
        self.pool = small_pool()
        self.numbers = itertools.count()
        self.touched: set[str] = set()

    @rule(path=PATHS, body=BODIES)
    def write(self, path: str, body: str) -> None:
        self.repo.write(path, body)
        self.touched.add(path)

    @rule(path=PATHS)
    def delete(self, path: str) -> None:
        (self.repo.root / path).unlink(missing_ok=True)
        self.touched.add(path)

    @rule(old=PATHS, new=PATHS)
    def rename(self, old: str, new: str) -> None:
        source = self.repo.root / old
        if source.exists():
            (self.repo.root / new).parent.mkdir(exist_ok=True)
            source.rename(self.repo.root / new)
            self.touched |= {old, new}

    @rule()
    def commit(self) -> None:
        self.repo.commit(f"change {next(self.numbers)}")

    @rule(branch=st.sampled_from(["main", "side"]))
    def switch(self, branch: str) -> None:
        self.repo.commit("before switching")
        exists = branch in self.repo.git("branch", "--format=%(refname:short)").split()
        self.repo.git("checkout", "-q", *([] if exists else ["-b"]), branch)
        self.touched |= {
            path for path in (*map("pkg/{}.py".format, NAMES), "pkg/__init__.py", "notes.md", "web/app.ts")
        }

    @rule()
    def index_what_was_touched(self) -> None:
        run_index(self.pool, self.repo.root, self.home / "store", paths=frozenset(self.touched))
        self.touched.clear()

    @rule()
    def index_all(self) -> None:
        run_index(self.pool, self.repo.root, self.home / "store")
        self.touched.clear()

    @invariant()
    def equals_a_clean_index(self) -> None:
        if self.touched or not (self.home / "store").exists():
            return
        name = f"worktree:{self.repo.root}"
        run_index(self.pool, self.repo.root, self.home / "store", paths=frozenset())  # takes in new commits
        shutil.rmtree(self.home / "clean", ignore_errors=True)
        run_index(self.pool, self.repo.root, self.home / "clean")
        assert digest_of(self.home / "store", name) == digest_of(self.home / "clean", name)
        assert words_in(self.home / "store") >= words_in(self.home / "clean")

    def teardown(self) -> None:
        if hasattr(self, "home"):
            self.pool.close()
            shutil.rmtree(self.home)


Incremental.TestCase.settings = settings(
    max_examples=8,
    stateful_step_count=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestIncremental = Incremental.TestCase
