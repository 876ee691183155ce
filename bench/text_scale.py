"""What the exact text index costs and how fast it answers, beside ripgrep and git grep in one run.

    python bench/text_scale.py REPOSITORY [--index FILE] [--queries 200] [--rg rg] [--seed 1]

Indexes the repository (a work tree; with --index into that file, or reads it where it is there). Of the texts half are
names of definitions, a quarter parts of 4 to 10 characters of such, a quarter whole lines. Each is asked once, warm, of
`search --exact`, of `rg -nF` and of `git grep -nFI` (files cached, all lines read). Where git finds fewer lines that is
printed. Costs: the bytes of the tables of words, and the processor time that the words take in a run.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from measure import load_line  # noqa: E402

from indexers import terms  # noqa: E402
from memoryd.ingest.job import IndexJob  # noqa: E402
from memoryd.ingest.parse.pool import ParsePool, PoolLimits  # noqa: E402
from memoryd.ingest.pipeline import index  # noqa: E402
from memoryd.query.answers import Freshness  # noqa: E402
from memoryd.query.context import Context  # noqa: E402
from memoryd.query.retrieval.lexical import LexicalIndex  # noqa: E402
from memoryd.query.search.answers import SearchMode, SearchRequest  # noqa: E402
from memoryd.query.search.by_text import search  # noqa: E402
from memoryd.query.search.text_answers import TextAnswer  # noqa: E402
from memoryd.store import sqlite  # noqa: E402
from memoryd.store.index import reader  # noqa: E402

FRESH = Freshness("", "", "", False, 0, False, "absent")
EXPRESSIONS = (
    r"func\w*\s+\w*[Tt]est\w*\(",
    r"import .*(?:util|helper)s?\b",
    r"\bTODO\b.*\d",
    r"new \w+Exception\(",
)


def opened(root: Path, file: Path) -> Context:
    conn = sqlite.connect(file, readonly=True)
    view = reader.view(conn, f"worktree:{root}")
    assert view is not None
    return Context(
        index=conn, records=None, view=view, lexical=LexicalIndex(), embedder=None, freshness=FRESH, root=str(root)
    )  # fmt: skip


def needles(ctx: Context, count: int, seed: int) -> Iterator[tuple[str, str]]:
    """(kind, text)."""
    drawn = random.Random(seed)
    query = (
        "SELECT DISTINCT s.name FROM symbol s JOIN view_file v ON v.file_id = s.file_id WHERE length(s.name) > 4"
        " ORDER BY 1"
    )
    names = [name for (name,) in ctx.index.execute(query)]
    files = [row.file_id for row in reader.view_files(ctx.index, ctx.view.id)]
    for number in range(count):
        name = drawn.choice(names)
        if number % 4 == 2:
            start = drawn.randrange(0, len(name) - 3)
            yield "part of a name", name[start : start + drawn.randint(4, 10)]
        elif number % 4 == 3:
            lines = reader.file_text(ctx.index, drawn.choice(files)).decode("utf-8", "replace").split("\n")
            long = [line.strip() for line in lines if len(line.strip()) > 20 and line.isascii()]
            yield "line", drawn.choice(long)[:80] if long else name
        else:
            yield "name", name


def timed(work: Callable[[], int]) -> tuple[float, int]:
    start = time.perf_counter()
    found = work()
    return (time.perf_counter() - start) * 1_000, found


def asked(ctx: Context, text: str, mode: SearchMode = "exact") -> int:
    answer = search(ctx, SearchRequest(query=text, mode=mode))
    assert isinstance(answer, TextAnswer)
    return answer.total


def run(command: list[str], root: Path) -> int:
    return subprocess.run(command, cwd=root, capture_output=True).stdout.count(b"\n")


def quantiles(values: list[float]) -> str:
    ordered = sorted(values)
    high = ordered[int(len(ordered) * 0.9)]
    return f"p50 {statistics.median(ordered):7.1f} ms, p90 {high:7.1f}, worst {ordered[-1]:.0f}"


def speeds(ctx: Context, root: Path, rg: str, count: int, seed: int) -> None:
    times: dict[str, list[float]] = {}
    by_kind: dict[str, list[float]] = {}
    for kind, text in needles(ctx, count, seed):
        spent, total = timed(lambda text=text: asked(ctx, text))
        times.setdefault("memoryd", []).append(spent)
        by_kind.setdefault(kind, []).append(spent)
        commands = {
            "ripgrep": [rg, "-nF", "--no-heading", "-e", text, "."],
            "git grep": ["git", "grep", "-nFI", "-e", text],
        }
        for name, command in commands.items():
            spent, lines = timed(lambda command=command: run(command, root))
            times.setdefault(name, []).append(spent)
        if lines < total:
            print(f"  git finds {lines} lines, memoryd {total}: {text!r}")
    for name, values in (*times.items(), *((f"  memoryd, {kind}", v) for kind, v in sorted(by_kind.items()))):
        print(f"{name:<26} {len(values):>4} texts  {quantiles(values)}")
    for expression in EXPRESSIONS:
        own, total = timed(lambda expression=expression: asked(ctx, expression, "regex"))
        other, lines = timed(lambda expression=expression: run([rg, "-n", "-e", expression, "."], root))
        print(f"regex {expression}: {total} lines in {own:.0f} ms; ripgrep {lines} in {other:.0f} ms")


def costs(ctx: Context, cpu_s: float | None) -> None:
    conn = ctx.index
    text = conn.execute(
        "SELECT sum(f.size_bytes) FROM view_file v JOIN file f ON f.id = v.file_id WHERE v.view_id = ?",
        (ctx.view.id,),
    ).fetchone()[0]
    with tempfile.NamedTemporaryFile(suffix=".db") as file, closing(sqlite3.connect(file.name)) as copy:
        copy.execute("CREATE TABLE word (text TEXT, term INTEGER, PRIMARY KEY (text, term)) WITHOUT ROWID")
        copy.execute("CREATE TABLE words_apart (file_id INTEGER PRIMARY KEY, words TEXT)")
        rows = conn.execute("SELECT text, term FROM word ORDER BY 1, 2").fetchall()
        start = time.process_time()
        copy.executemany("INSERT INTO word VALUES (?, ?)", rows)
        inserted_s = time.process_time() - start
        copy.executemany("INSERT INTO words_apart VALUES (?, ?)", conn.execute("SELECT * FROM words_apart"))
        copy.commit()
        disk = Path(file.name).stat().st_size
    print(f"{len(rows)} words; {disk / 1e6:.1f} MB for {text / 1e6:.1f} MB of text: {disk / text:.1%}")
    spent_s = 0.0
    for packed, forward in conn.execute("SELECT text, forward FROM file"):
        data = zlib.decompress(packed).decode("utf-8", "replace")
        start = time.process_time()
        terms.file_words(data, forward)
        spent_s += time.process_time() - start
    share = f", {(spent_s + inserted_s) / cpu_s:.1%} of {cpu_s:.0f} cpu-s" if cpu_s else ""
    print(f"words of all files {spent_s:.1f} cpu-s, storing them {inserted_s:.1f}{share}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=Path)
    parser.add_argument("--index", type=Path)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--rg", default="rg")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cpu", type=float, help="processor seconds of the run that made the index")
    given = parser.parse_args()
    root = given.repository.resolve()
    print(load_line())
    with tempfile.TemporaryDirectory() as folder:
        file, cpu_s = given.index or Path(folder) / "index.db", given.cpu
        if not file.exists():
            pool = ParsePool(PoolLimits(workers=2))
            cpu_s = index(IndexJob(root=root, index=file), pool, None, lambda *_: None, Event()).cpu_seconds
            pool.close()
        ctx = opened(root, file)
        start = time.perf_counter()
        view = ctx.lexical.refresh(ctx.index, ctx.view.id)
        opened_s = time.perf_counter() - start
        ctx.lexical.dictionary(ctx.index)
        words_s = time.perf_counter() - start - opened_s
        print(
            f"{view.files} files; opened in {opened_s:.1f} s, of which for exact search {words_s:.2f} s more"
        )
        costs(ctx, cpu_s)
        speeds(ctx, root, given.rg, given.queries, given.seed)
        ctx.index.close()
    print(load_line())
    return 0


if __name__ == "__main__":
    sys.exit(main())
