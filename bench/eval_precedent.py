"""Whether the memory names the past change that did the same kind of thing, asked as of the commit before the task.

    MEMORYD_EVAL_REPOS=CLONES python bench/eval_precedent.py ROWS.jsonl --home FOLDER [--pred FILE]

ROWS: {"id", "repo", "query", "base_commit", "gold": [shas], "sha"}; ``bench/samples/precedent.jsonl`` is such a set.
Of each row the product's own index run builds the view of ``base_commit`` in FOLDER (``memoryd index --rev``, in this
process: commits are stored once per project, a view sees the ancestors of its commit and the files of its tree), and
``history`` and ``brief`` are asked of that view: nothing after the commit is known, and no ranking is done here.
``named``: share of rows whose brief names a gold commit as the precedent; ``wrong``: names another one. P and R: of all
files in the brief, and of those in the sections that list files to change, against what the later commit really changed
of the files that were there. ``--pred`` writes what was found. cpu in ms, of this process.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import Any

from measure import load_line, median
from msgspec import Struct
from search_sets import by_repo, source_of

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from memoryd.embedding.static import StaticEmbedder
from memoryd.ingest.job import IndexJob
from memoryd.ingest.parse.pool import ParsePool, PoolLimits
from memoryd.ingest.pipeline import index
from memoryd.query.answers import Freshness
from memoryd.query.briefing.brief import brief
from memoryd.query.briefing.brief_answers import BriefAnswer, BriefRequest
from memoryd.query.context import Context
from memoryd.query.history.history import history
from memoryd.query.history.history_answers import HistoryRequest
from memoryd.query.retrieval.lexical import LexicalIndex
from memoryd.query.text.render import rendered
from memoryd.store import sqlite
from memoryd.store.index import reader

FRESH = Freshness("", "", "", dirty=False, pending=0, indexing=False, vectors="ready")
FITTED = (
    "celery/celery",
    "simonw/datasette",
    "cli/cli",
)  # the weights were chosen on these; the others are held out
LEFT_OUT = ("vendor/", "Godeps/")  # thousands of files of others, read anew for each old commit
FILE_KINDS = frozenset({"code", "file", "test", "precedent"})


class Asked(Struct, frozen=True):
    """One row: places of the first gold commit in ``history`` (0: not there), how many commits its text shows, the sha
    that the brief names as the precedent, the files of the brief, and those really changed."""

    id: str
    repo: str
    gold: tuple[str, ...]
    commits: tuple[str, ...]
    shown: int
    named: str
    files: tuple[str, ...]
    changed: frozenset[str]
    history_ms: float
    brief_ms: float
    is_silent: bool

    @property
    def place(self) -> int:
        return next((i for i, sha in enumerate(self.commits, 1) if sha in self.gold), 0)

    @property
    def is_right(self) -> bool:
        return bool(self.named) and any(sha.startswith(self.named) for sha in self.gold)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", type=Path)
    parser.add_argument(
        "--home", type=Path, required=True, help="keep the indexes here, and use what is there"
    )
    parser.add_argument("--repos", type=lambda text: text.split(","), default=[], help="only these")
    parser.add_argument("--pred", type=Path)
    args = parser.parse_args()
    print(load_line())
    rows = [json.loads(line) for line in args.rows.read_text(encoding="utf-8").splitlines()]
    pool, embedder = ParsePool(PoolLimits(2)), StaticEmbedder()
    done = []
    for repo, group in by_repo(rows):
        if not args.repos or repo in args.repos:
            found = list(asked(repo, group, args.home, pool, embedder))
            report(repo, found)
            done += found
    pool.close()
    if args.pred:
        args.pred.write_text("".join(f"{json.dumps(_prediction(one))}\n" for one in done))
    report("fitted on", [one for one in done if one.repo in FITTED])
    report("held out", [one for one in done if one.repo not in FITTED])
    report("all", done)


def asked(
    repo: str, rows: Sequence[dict[str, Any]], home: Path, pool: ParsePool, embedder: StaticEmbedder
) -> Iterator[Asked]:
    root, store = source_of(repo), home / repo.replace("/", "+") / "index.db"
    store.parent.mkdir(parents=True, exist_ok=True)
    for commit in dict.fromkeys(row["base_commit"] for row in rows):
        if not _is_there(store, commit):
            job = IndexJob(root=root, index=store, rev=commit, revision_views=10_000, exclude=LEFT_OUT)
            index(job, pool, embedder, lambda *_: None, Event())
    conn, lexical = sqlite.connect(store, readonly=True), LexicalIndex()
    for row in rows:
        view = reader.view(conn, f"rev:{row['base_commit']}")
        assert view is not None
        yield _asked(Context(conn, None, view, lexical, embedder, FRESH, str(root)), row, root)
    conn.close()


def _is_there(store: Path, commit: str) -> bool:
    if not store.exists():
        return False
    conn = sqlite.connect(store, readonly=True)
    view = reader.view(conn, f"rev:{commit}")
    conn.close()
    return view is not None and view.complete


def _asked(ctx: Context, row: dict[str, Any], root: Path) -> Asked:
    history(ctx, HistoryRequest(query="load the view"))
    start = time.process_time()
    past = history(ctx, HistoryRequest(query=row["query"]))
    shown = rendered(past, 800)
    middle = time.process_time()
    told = brief(ctx, BriefRequest(task=row["query"]))
    end = time.process_time()
    there = _git(root, "ls-tree", "-r", "--name-only", "-z", row["base_commit"])
    changed = _git(root, "diff", "--no-renames", "--name-only", "-z", row["base_commit"], row["sha"]) & there
    return Asked(
        id=row["id"],
        repo=row["repo"],
        gold=tuple(row["gold"]),
        commits=tuple(commit.sha for commit in past.commits),
        shown=shown.shown,
        named=_named(told),
        files=tuple(path for path in _files(told) if path in there),
        changed=changed,
        history_ms=(middle - start) * 1e3,
        brief_ms=(end - middle) * 1e3,
        is_silent=not told.sections,
    )


def _git(root: Path, *command: str) -> frozenset[str]:
    """The paths that a command lists, each ended by a NUL."""
    out = subprocess.check_output(["git", "-C", str(root), *command], text=True, errors="replace")
    return frozenset(out.split("\0")) - {""}


def _named(told: BriefAnswer) -> str:
    """What stands behind `precedent:`; ``""`` where the brief names none."""
    items = [item for section in told.sections for item in section.items if item.kind == "precedent"]
    return items[0].source.partition(" ")[0] if items else ""


def _files(told: BriefAnswer) -> list[str]:
    """Every file of the sections that say where to work, in the brief's order."""
    found = []
    for section in told.sections:
        for item in section.items:
            if item.kind in FILE_KINDS:
                found += [*item.files, item.source.partition(":")[0]]
    return list(dict.fromkeys(found))


def _prediction(one: Asked) -> dict[str, Any]:
    return {"id": one.id, "commits": one.commits[:50], "named": one.named, "files": one.files}


def report(title: str, done: Sequence[Asked]) -> None:
    if not done:
        return
    n = len(done)
    hits = " ".join(f"{sum(0 < one.place <= k for one in done) / n:.3f}" for k in (1, 5, 10))
    mrr = sum(1 / one.place for one in done if one.place) / n
    named, wrong = (
        sum(bool(one.named) and one.is_right is right for one in done) / n for right in (True, False)
    )
    held = [len(one.changed & set(one.files)) for one in done]
    precision = sum(hit / max(len(one.files), 1) for hit, one in zip(held, done, strict=True)) / n
    recall = sum(hit / max(len(one.changed), 1) for hit, one in zip(held, done, strict=True)) / n
    print(
        f"{title:<22} n {n:>3} | history hit@1/5/10 {hits} MRR {mrr:.3f}, {sum(one.shown for one in done) / n:.1f}"
        f" shown | brief named {named:.3f} wrong {wrong:.3f} silent {sum(one.is_silent for one in done)};"
        f" files {sum(len(one.files) for one in done) / n:.1f} P {precision:.3f} R {recall:.3f} | cpu ms"
        f" {median([one.history_ms for one in done]):.0f} {median([one.brief_ms for one in done]):.0f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
