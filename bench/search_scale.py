"""What a question costs in a large project, in the daemon and beside bare scoring and SQLite's full-text search.

    python bench/search_scale.py FOLDER [--home HOME] [--without-fts]

FOLDER is indexed into HOME (kept for the next time; default: a scratch one) and asked short questions and texts of
300 words, for pieces and for files. Printed, with the machine's load: cpu and wall milliseconds of the query function
in this process; wall milliseconds over the daemon's socket and over MCP; the first answer of a daemon just started;
its memory; a saved file until the next picture of the index, and until it is found; and the same questions by a bare
numpy scoring of the same postings and by FTS5's bm25() over the same texts. FOLDER gets one file for a while.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import stdio
from measure import MEMORYD, Home, load_line, median, spread, used, wall_ms
from msgspec import Struct
from run import edit_to_found_ms

from memoryd.cli.connection.client import DaemonConnection, try_connect
from memoryd.embedding import static
from memoryd.paths import Paths
from memoryd.query.answers import Freshness
from memoryd.query.context import Context
from memoryd.query.retrieval.lexical import LexicalIndex, LexicalView
from memoryd.query.retrieval.top_k import order
from memoryd.query.search.answers import SearchRequest
from memoryd.query.search.hybrid import search
from memoryd.query.search.question import question
from memoryd.store import sqlite
from memoryd.store.index import reader

SHORT = (
    "retry with backoff",
    "parse command line flags",
    "where is the session cookie signed",
    "close the connection when the client disconnects",
    "hot module reload",
    "wrong timezone in the date filter",
)
LONG_WORDS = 300
ROUNDS = 5
TOP = 10
FRESH = Freshness("", "", "", dirty=False, pending=0, indexing=False, vectors="ready")
PROBE = "memoryd_scale_probe.py"
_WORD = re.compile(r"\w\w+")


class Opened(Struct, frozen=True):
    """The project's store, read in this process; ``cold_ms``: what the first picture of the index cost, cpu."""

    context: Context
    picture: LexicalView
    cold_ms: float


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--without-fts", action="store_true")
    options = parser.parse_args()
    folder = options.folder.resolve()
    with tempfile.TemporaryDirectory(prefix="memoryd-bench-", ignore_cleanup_errors=True) as scratch:
        home_folder = (options.home or Path(scratch)).resolve()
        with Home(home_folder) as home:
            measure(home, folder, without_fts=options.without_fts)


def measure(home: Home, folder: Path, *, without_fts: bool) -> None:
    """Print all figures of one project."""
    os.environ["MEMORYD_HOME"] = str(home.folder)
    print(load_line())
    summary = home.json("index", str(folder))
    print(
        f"{folder.name}: {summary['files']} files, {summary['chunks']} chunks, {summary['commits']} commits"
    )
    opened = open_store(index_of(home, summary["chunks"]), summary["view"])
    texts = {"short": SHORT, f"{LONG_WORDS} words": tuple(long_texts(opened))}
    for name, asked in texts.items():
        for files in (False, True):
            print(f"search {name}, {'files' if files else 'pieces'}: {bare(opened, asked, files)}")
    for name, asked in texts.items():
        compare(opened, name, asked, without_fts)
    print(f"first picture of the index: {opened.cold_ms:.0f} ms cpu")
    print(f"this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB at most")
    saved(home, folder, opened)
    daemon(home, folder, texts)
    print(load_line())


def open_store(index: Path, view_name: str) -> Opened:
    conn = sqlite.connect(index, readonly=True)
    view = reader.view(conn, view_name)
    assert view
    lexical, embedder = LexicalIndex(), static.load()
    start = time.process_time()
    picture = lexical.refresh(conn, view.id, embedder)
    cold_ms = (time.process_time() - start) * 1000
    return Opened(Context(conn, None, view, lexical, embedder, FRESH, ""), picture, cold_ms)


def index_of(home: Home, chunks: int) -> Path:
    """The index.db of the project with so many chunks."""
    for file in home.folder.rglob("index.db"):
        conn = sqlite.connect(file, readonly=True)
        held = conn.execute("SELECT count(*) FROM chunk").fetchone()[0]
        conn.close()
        if held >= chunks:
            return file
    raise SystemExit("the project has no index")


def long_texts(opened: Opened, texts: int = 6) -> Iterator[str]:
    """A short question, then passages of files all over the project: words as rare, as common and as often repeated as
    those of an issue."""
    slots = opened.picture.slots
    for number in range(texts):
        words: list[str] = []
        step = max(1, len(slots) // 20)
        for slot in slots[number * step // texts :: step]:
            text = reader.file_text(opened.context.index, slot.file_id).decode("utf-8", "replace")
            words += _WORD.findall(text)[20:50]
        yield f"{SHORT[number % len(SHORT)]}\n{' '.join(words[:LONG_WORDS])}"


def bare(opened: Opened, texts: Sequence[str], files: bool) -> str:
    """Cpu and wall milliseconds of the query function."""
    cpu, wall = [], []
    for text in (*texts[:1], *texts * ROUNDS):
        started, start = time.perf_counter(), time.thread_time()
        search(opened.context, SearchRequest(query=text, k=TOP, files=files))
        cpu.append((time.thread_time() - start) * 1000)
        wall.append((time.perf_counter() - started) * 1000)
    return f"cpu {quantiles(cpu[1:])}, wall {quantiles(wall[1:])}"


def quantiles(times: Sequence[float]) -> str:
    ordered = sorted(times)
    return f"p50 {median(ordered):.1f} p95 {ordered[len(ordered) * 95 // 100]:.1f} ms (n={len(ordered)})"


def compare(opened: Opened, name: str, texts: Sequence[str], without_fts: bool) -> None:
    """The text field alone: ours whole, bare scoring of the same postings, FTS5."""
    picture, context = opened.picture, opened.context
    ours = cpu_ms(lambda text: search(context, SearchRequest(query=text, k=TOP)), texts)

    def score(text: str) -> None:
        order(picture.text.scores(question(text).weights), TOP)

    numpy_ms = cpu_ms(score, texts)
    line = (
        f"{name}: bare numpy scoring {numpy_ms:.1f} ms cpu, the whole search {ours / numpy_ms:.1f} times that"
    )
    if not without_fts:
        table = fts(opened)
        fts_ms = cpu_ms(partial(fts_top, table), texts)
        table.close()
        line += f"; FTS5 bm25 {fts_ms:.1f} ms cpu, the whole search {ours / fts_ms:.2f} times that"
    print(line)


def cpu_ms(ask: Callable[[str], object], texts: Sequence[str]) -> float:
    times = []
    for text in (*texts[:1], *texts * 3):
        start = time.thread_time()
        ask(text)
        times.append((time.thread_time() - start) * 1000)
    return median(times[1:])


def fts(opened: Opened) -> sqlite3.Connection:
    """A full-text table over the texts of all chunks, in memory."""
    table = sqlite3.connect(":memory:")
    table.execute("CREATE VIRTUAL TABLE piece USING fts5(body, content='', tokenize='porter unicode61')")
    index = opened.context.index
    for slot in opened.picture.slots:
        text = reader.file_text(index, slot.file_id)
        rows = index.execute(
            "SELECT id, qualname, start_byte, end_byte FROM chunk WHERE file_id = ?", (slot.file_id,)
        )
        table.executemany(
            "INSERT INTO piece(rowid, body) VALUES (?, ?)",
            (
                (number, f"{slot.path}\n{qualname}\n{text[start:end].decode('utf-8', 'replace')}")
                for number, qualname, start, end in rows
            ),
        )
    return table


def fts_top(table: sqlite3.Connection, text: str) -> list[tuple[int]]:
    words = " OR ".join(f'"{word}"' for word in dict.fromkeys(_WORD.findall(text.lower())))
    query = f"SELECT rowid FROM piece WHERE piece MATCH ? ORDER BY rank LIMIT {TOP}"
    return table.execute(query, (words,)).fetchall()


def saved(home: Home, folder: Path, opened: Opened) -> None:
    """What one saved file costs: the index job, and the next picture of the index in this process."""
    probe, jobs, pictures = folder / PROBE, [], []
    context = opened.context
    try:
        for number in range(4):
            probe.write_text(f"def probe_{number}_{time.time_ns()}():\n    return {number}\n")
            jobs.append(home.json("index", str(folder))["cpu_seconds"] * 1000)
            start = time.thread_time()
            context.lexical.refresh(context.index, context.view.id, context.embedder)
            pictures.append((time.thread_time() - start) * 1000)
    finally:
        probe.unlink(missing_ok=True)
    print(f"a saved file: index job {spread(jobs)} cpu, next picture of the index {spread(pictures)} cpu")


def daemon(home: Home, folder: Path, texts: dict[str, Sequence[str]]) -> None:
    """A daemon from its start on: first answer, questions by socket and by MCP, a file saved, memory."""
    home.run("daemon", "stop")
    print(f"first answer of a daemon just started: {first_answer(home, folder)}")
    os.chdir(folder)
    connected = try_connect(Paths(home.folder))
    assert connected
    client = DaemonConnection(connected)
    session = stdio.Session([*MEMORYD, "mcp"], home.environment)
    for name, asked in texts.items():
        for files in (False, True):
            questions = [{"query": text, "files": files} for text in asked]
            ask = [partial(client.ask, "search", one) for one in questions]
            print(f"by socket, {name}, {'files' if files else 'pieces'}: {asked_of(home, ask)}")
        call = [partial(session.call, "search", {"query": text}) for text in asked]
        print(f"by MCP, {name}: {asked_of(home, call)}")
    session.close()
    client.close()
    usage = used(home)["memoryd.daemon"]
    print(f"daemon: {usage.private / 1e6:.0f} MB of its own, {usage.mapped / 1e6:.0f} MB of mapped files")
    print(f"file saved → found by search: {spread(edit_to_found_ms(home, folder, 3))} wall")


def asked_of(home: Home, asks: Sequence[Callable[[], object]]) -> str:
    """Wall milliseconds of each call, and the mean of the daemon's cpu."""
    before = used(home)["memoryd.daemon"].cpu_s
    times = [t for ask in asks for t in wall_ms(ask, ROUNDS)]
    cpu_s = used(home)["memoryd.daemon"].cpu_s - before
    return f"wall {quantiles(times)}, cpu of the daemon {cpu_s * 1000 / len(times):.1f} ms a question"


def first_answer(home: Home, folder: Path) -> str:
    """From the start of a daemon on; a question whose time is up is asked again."""
    start, asked = time.perf_counter(), 0
    while True:
        asked += 1
        try:
            home.run("search", SHORT[0], "-C", str(folder))
        except SystemExit as error:
            if "deadline_s" not in str(error):
                raise
        else:
            return f"{(time.perf_counter() - start) * 1000:.0f} ms wall, asked {asked} times"


if __name__ == "__main__":
    main()
