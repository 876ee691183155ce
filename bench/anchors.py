"""Are the places of records where their code is?

``python bench/anchors.py random [--edits 500] [--seeds 4]``: small projects that are edited at random, whose
generator (tests/query/moving_code.py) knows where each line and function went; all anchors are asked for every 5 edits.

``python bench/anchors.py history CLONE OLD [--lines 100] [--seed 1]``: random lines of code at commit OLD, asked for at
HEAD, against ``git blame --reverse -M -C``. Prints what differs, to be read.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "query")]

from anchor_truth import FRESH, AnchorTruth, anchored  # noqa: E402
from moving_code import MovingCode  # noqa: E402

from memoryd.ingest.job import IndexJob  # noqa: E402
from memoryd.ingest.parse.pool import ParsePool, PoolLimits  # noqa: E402
from memoryd.ingest.pipeline import index  # noqa: E402
from memoryd.query.anchors import places  # noqa: E402
from memoryd.query.anchors.anchor_place import HERE, MOVED, AnchorPlace  # noqa: E402
from memoryd.query.context import Context  # noqa: E402
from memoryd.query.retrieval.lexical import LexicalIndex  # noqa: E402
from memoryd.store import sqlite  # noqa: E402
from memoryd.store.index import reader  # noqa: E402
from memoryd.store.index.queries import graph_queries  # noqa: E402
from memoryd.store.records.values import Record  # noqa: E402

EVERY = 5  # edits between two looks
NEW_ANCHORS = 60  # edits between two sets of new anchors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    modes = parser.add_subparsers(dest="mode", required=True)
    edited = modes.add_parser("random")
    edited.add_argument("--edits", type=int, default=500)
    edited.add_argument("--seeds", type=int, default=4)
    past = modes.add_parser("history")
    past.add_argument("clone", type=Path)
    past.add_argument("old")
    past.add_argument("--lines", type=int, default=100)
    past.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(
        f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} (1 min) {os.getloadavg()[1]:.1f} (5 min)"
    )
    pool = ParsePool(PoolLimits(2, 10.0, 512 * 1024 * 1024))
    try:
        if asked.mode == "random":
            at_random(pool, asked.edits, range(asked.seeds))
        else:
            in_history(pool, asked.clone.resolve(), asked.old, asked.lines, asked.seed)
    finally:
        pool.close()


# -- random edits


def at_random(pool: ParsePool, edits: int, seeds: range) -> None:
    counts: Counter[tuple[str, bool]] = Counter()
    wrong: Counter[str] = Counter()
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            code = MovingCode(seed)
            truth = AnchorTruth(Path(folder) / "p", pool, code)
            truth.anchor(lines=30, functions=15, files=4)
            for number in range(1, edits + 1):
                code.edit()
                if number % EVERY == 0:
                    truth.save(f"Edit {number}", commit=code.random.random() < 0.7)
                    truth.look()
                if number % NEW_ANCHORS == 0:
                    truth.anchor(lines=10, functions=5, files=1)
            counts += truth.counts
            wrong.update(truth.wrong)
    print(f"{len(seeds)} projects, {edits} edits each, {counts.total()} answers")
    for state in sorted({state for state, _ in counts}):
        print(f"{state:18} {counts[state, True]:6} true {counts[state, False]:5} not")
    for text, count in wrong.most_common():
        if not text.startswith("doubtful"):
            print(f"{count} x {text}")


# -- real histories


def in_history(pool: ParsePool, clone: Path, old: str, lines: int, seed: int) -> None:
    old, head = (_git(clone, "rev-parse", name).strip() for name in (old, "HEAD"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "index.db"
        with _view(pool, clone, file, old) as ctx:
            records = _anchored(ctx, lines, seed)
        with _view(pool, clone, file, head) as ctx:
            started_s = time.perf_counter()
            found = places.of_records(ctx, records)
            first_s = time.perf_counter() - started_s
    counts: Counter[str] = Counter()
    for record in records:
        place, was = found[record.id][0], record.anchors[0]
        truth = _by_git(clone, old, head, was)
        kind = _judged(place, truth)
        counts[kind] += 1
        if kind not in ("exact, right", "moved, right", "lost, gone by git"):
            print(
                f"{kind}: {was} “{record.contents[0].text[:70]}” -> {place.said()[:260]} | git: {truth or 'gone'}"
            )
    since = _git(clone, "rev-list", "--count", f"{old}..{head}").strip()
    print(
        f"{clone.name}: {len(records)} lines at {old[:10]}, asked {since} commits later, in {first_s:.2f} s"
    )
    for kind, count in sorted(counts.items()):
        print(f"{kind:32} {count:4}")


@contextmanager
def _view(pool: ParsePool, clone: Path, file: Path, rev: str) -> Iterator[Context]:
    name = index(IndexJob(root=clone, index=file, rev=rev), pool, None, lambda *_: None, Event()).view
    with closing(sqlite.connect(file, readonly=True)) as conn:
        view = reader.view(conn, name)
        if view is None:
            raise SystemExit(f"no view of {rev}")
        yield Context(
            index=conn, records=None, view=view, lexical=LexicalIndex(), embedder=None, freshness=FRESH, root=str(clone)
        )  # fmt: skip


def _anchored(ctx: Context, count: int, seed: int) -> list[Record]:
    """Random lines that say something, of files that are code."""
    pick = random.Random(seed)
    paths = graph_queries.paths_of_view(ctx.index, ctx.view.id)
    rows = [
        row for row in graph_queries.files_at(ctx.index, ctx.view.id, paths) if row.role in ("code", "test")
    ]
    rows = [row for row in rows if row.language not in ("text", "markdown", "json", "yaml", "toml")]
    records: list[Record] = []
    while len(records) < count:
        row = pick.choice(rows)
        lines = reader.file_text(ctx.index, row.file_id).decode("utf-8", "replace").split("\n")
        number = pick.randint(1, len(lines))
        if not any(char.isalnum() for char in lines[number - 1]):
            continue
        records.append(anchored(ctx, len(records), f"{row.path}:{number}"))
    return records


def _by_git(clone: Path, old: str, head: str, anchor: str) -> str:
    """Where git has the line at ``head``, ``""`` for nowhere."""
    path, _, line = anchor.rpartition(":")
    out = _git(
        clone, "blame", "--reverse", "-M", "-C", "-p", f"-L{line},{line}", f"{old}..{head}", "--", path
    )
    first = out.split("\n", 1)[0].split()
    name = next((text[len("filename ") :] for text in out.split("\n") if text.startswith("filename ")), path)
    return f"{name}:{first[1]}" if first and first[0] == head else ""


def _judged(place: AnchorPlace, truth: str) -> str:
    state = "exact" if place.is_sure else place.state
    if place.state in (HERE, MOVED):
        if not truth:
            return f"{state}, gone by git"
        return f"{state}, {'right' if place.now == truth else 'elsewhere by git'}"
    if not truth:
        return f"{state}, gone by git"
    return f"{state}, {'named' if truth in place.named else 'not named'}"


def _git(clone: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(clone), *arguments], check=True, capture_output=True, text=True
    ).stdout


if __name__ == "__main__":
    main()
