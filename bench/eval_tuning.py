"""What tuning to a project's own history brings to the whole ranking, paired per question.

    MEMORYD_EVAL_REPOS=clones python bench/eval_tuning.py EVAL_FOLDER --home FOLDER [--sets …] [--own owner/name,…]

``--sets``: loc_history, loc_swebench (see ``eval_search.py``, whose ``--home`` this shares: views that lie there are
used). Each base commit is tuned by itself: its view reaches no later commit. ``--own``: other repositories, with
their last 200 commits (first parents) hidden; the questions are the hidden subjects, the answers the source files that
they changed. Two columns: what a user gets (the guard decides), and tuning without the guard.
"""

from __future__ import annotations

import argparse
import math
import sqlite3
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from measure import Home
from msgspec import Struct
from search_sets import Row, by_repo, clone, rows_of, source_of

from indexers import registry
from indexers.roles import role_of
from memoryd.embedding import tuned
from memoryd.embedding.base import Embedder
from memoryd.embedding.static import StaticEmbedder
from memoryd.embedding.tuned import Tuning
from memoryd.query.retrieval.lexical import LexicalIndex, LexicalView
from memoryd.query.search import ranking
from memoryd.query.search.question import question
from memoryd.query.tuning import evaluate as learning
from memoryd.store.index.queries import lexical_queries

HIDDEN = 200
MAX_FILES = 6  # of a hidden commit: what changes more has no place to look for
FIGURES = ("files", "pieces", "alone")
Place = tuple[sqlite3.Connection, LexicalIndex, int]


class Outcome(Struct, frozen=True):
    """Reciprocal ranks of one repository's questions, rows (n, files pieces alone)."""

    repo: str
    states: str
    cpu_s: float
    base: np.ndarray
    guarded: np.ndarray
    always: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("eval_folder", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--sets", type=_names, default=["loc_history", "loc_swebench"])
    parser.add_argument("--own", type=_names, default=[])
    args = parser.parse_args()
    folder = args.home.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for name in args.sets:
        table(name, evaluate(folder, list(by_repo(rows_of(args.eval_folder, name)))))
    if args.own:
        table("own", evaluate(folder, [(repo, hidden_rows(repo)) for repo in args.own]))


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def hidden_rows(repo: str) -> list[Row]:
    """The hidden commits of a repository as questions; each subject once."""
    git = ["git", "-C", str(source_of(repo))]
    base = _output([*git, "rev-list", "--first-parent", f"--skip={HIDDEN}", "-n1", "HEAD"]).strip()
    known = set(_output([*git, "ls-tree", "-r", "--name-only", base]).splitlines())
    log = _output(
        [*git, "log", "--no-merges", "--no-renames", "--name-only", "--format=%x00%H%x01%s", f"{base}..HEAD"]
    )
    rows: dict[str, Row] = {}
    for entry in log.split("\0")[1:]:
        head, *paths = entry.split("\n")
        sha, _, subject = head.partition("\x01")
        changed = [path for path in paths if path]
        gold = [
            path
            for path in changed
            if path in known and role_of(path, registry.language_of(path, b"") or "") == "code"
        ]
        if gold and len(changed) <= MAX_FILES and len(subject.split()) >= 3:
            rows.setdefault(subject, {"id": sha, "query": subject, "base_commit": base, "gold": gold})
    return list(rows.values())


def _output(command: Sequence[str]) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True, errors="replace")
    return done.stdout


def evaluate(folder: Path, asked: list[tuple[str, list[Row]]]) -> Iterator[Outcome]:
    base = StaticEmbedder()
    for repo, rows in asked:
        ranks: dict[str, list[Any]] = defaultdict(list)
        states, cpu_s = defaultdict(int), 0.0
        for commit in dict.fromkeys(row["base_commit"] for row in rows):
            conn, index, view_id = view_of(folder, repo, commit)
            with_guard, without, tuning = tune(conn, view_id, base)
            states[tuning.state] += 1
            cpu_s = max(cpu_s, tuning.cpu_s)
            view = index.refresh(conn, view_id, base)
            for row in (row for row in rows if row["base_commit"] == commit):
                for name, embedder in (("base", base), ("guarded", with_guard), ("always", without)):
                    ranks[name].append(reciprocals(conn, view, row, embedder))
        told = " ".join(f"{count} {state}" for state, count in states.items())
        yield Outcome(repo, told, cpu_s, *(np.array(ranks[name]) for name in ("base", "guarded", "always")))


def view_of(folder: Path, repo: str, commit: str) -> Place:
    """The view of a commit, indexed if no earlier run left it in ``folder``."""
    for path in folder.glob("data/projects/*/index.db"):
        conn = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, isolation_level=None)
        found = conn.execute("SELECT id FROM view WHERE complete AND name = ?", (f"rev:{commit}",)).fetchone()
        if found:
            return conn, LexicalIndex(), found[0]
        conn.close()
    with Home(folder / "data") as home:
        home.run("index", str(clone(repo, folder)), "--rev", commit, "--json")
    return view_of(folder, repo, commit)


def tune(conn: sqlite3.Connection, view_id: int, base: StaticEmbedder) -> tuple[Embedder, Embedder, Tuning]:
    """(what a user gets, what there would be without the guard, what the guard found)."""
    found = learning.learn(conn, view_id, base, _ignore)
    if found.state != "base":
        return tuned.tuned(base, found), tuned.tuned(base, found), found
    without = learning.learn(conn, view_id, base, _ignore, lambda proof: True)
    return base, tuned.tuned(base, without), found


def _ignore(phase: str, done: int, total: int) -> None:
    """Nobody follows."""


def reciprocals(
    conn: sqlite3.Connection, view: LexicalView, row: Row, embedder: Embedder
) -> tuple[float, float, float]:
    """Of the files by the whole ranking, of the pieces (the changed functions where they are known, else the first
    piece of a changed file), of the files by the vectors alone."""
    asked = question(row["query"], view.main_language)
    found = ranking.gather(view, asked, embedder.encode_query(asked.weights))
    factors = ranking.priors(view)
    files = ranking.rank_files(view, found, factors)
    pieces = ranking.rank_chunks(view, found, factors).total
    gold = np.array([slot.path in set(row["gold"]) for slot in view.slots[: view.files]])
    alone = files.parts[ranking.SIGNALS.index("vector")]
    right = _functions(conn, view, row) if row.get("gold_funcs") else gold[view.chunk_slot]
    return _first(files.total, gold), _first(pieces, right), _first(alone, gold)


def _functions(conn: sqlite3.Connection, view: LexicalView, row: Row) -> np.ndarray:
    """Which chunks are the changed functions."""
    wanted = set(row["gold_funcs"])
    right = np.zeros(len(view.chunk_slot), bool)
    for slot in view.slots[: view.files]:
        if slot.path in row["gold"]:
            for ordinal, chunk in enumerate(lexical_queries.chunk_rows(conn, slot.file_id)):
                right[slot.first_chunk + ordinal] = f"{slot.path}:{chunk.qualname}" in wanted
    return right


def _first(scores: np.ndarray, right: np.ndarray) -> float:
    best = scores[right].max(initial=0.0)
    return 1.0 / (1 + int(np.count_nonzero(scores > best))) if best > 0 else 0.0


def table(title: str, outcomes: Iterator[Outcome]) -> None:
    """One line a repository: MRR of files, pieces and vectors alone, and the paired changes with standard errors."""
    print(f"\n{title}: MRR base → change with the guard | change without it (± standard error)")
    print(f"{'':26} {'n':>4} {'cpu-s':>5}  " + "".join(f"{name:^38}" for name in FIGURES))
    means = []
    for one in outcomes:
        means.append([one.base.mean(0), (one.guarded - one.base).mean(0), (one.always - one.base).mean(0)])
        error = (one.always - one.base).std(0) / math.sqrt(len(one.base))
        cells = [
            f"{base:.3f} {guarded:+.3f} | {always:+.3f} ± {deviation:.3f}     "
            for base, guarded, always, deviation in zip(*means[-1], error, strict=True)
        ]
        print(f"{one.repo:26} {len(one.base):4} {one.cpu_s:5.1f}  {''.join(cells)} {one.states}", flush=True)
    mean = np.mean(means, axis=0)
    cells = [f"{base:.3f} {guarded:+.3f} | {always:+.3f}             " for base, guarded, always in mean.T]
    print(f"{'mean over repositories':26} {'':4} {'':5}  {''.join(cells)}")


if __name__ == "__main__":
    main()
