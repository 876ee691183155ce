"""Whether the cost of a file grows with the size of the project, in shapes that make careless linking quadratic.

    python bench/link_growth.py [--sizes 1000,4000,16000] [--languages python,go,…] [--shapes hub,chain,…] [--in-memory]

Each shape is a generated project: ``name`` (every file defines and calls one method name on a value of unknown type,
and a type of one name), ``hub`` (one file takes in all others and is taken in by all), ``folder`` (all files lie in one
folder and one package), ``chain`` (each file takes in and extends the next) and ``circle`` (the same, closed).
Printed: cpu milliseconds of the ingest process a file (its parse workers are not counted), by phase; and, within one
run, the cost of a file in the largest project over that in the smallest: 1.0 is flat.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests" / "ingest")]

from in_memory import Project  # noqa: E402
from link_shapes import LANGUAGES, SHAPES, project  # noqa: E402
from measure import load_line  # noqa: E402

from memoryd.embedding.static import StaticEmbedder  # noqa: E402
from memoryd.ingest import pipeline  # noqa: E402
from memoryd.ingest.job import IndexJob  # noqa: E402
from memoryd.ingest.link.evaluate import Evaluator  # noqa: E402
from memoryd.ingest.link.languages import RULES  # noqa: E402
from memoryd.ingest.parse.pool import ParsePool, PoolLimits  # noqa: E402


def measured(language: str, shape: str, size: int) -> dict[str, float]:
    """cpu seconds of each phase of a first index run in this process, the peak memory and the size of the store."""
    gc.set_threshold(200_000, 20, 20)  # as the ingest process does
    with tempfile.TemporaryDirectory() as folder:
        root, index = Path(folder) / "project", Path(folder) / "index.db"
        for path, text in project(language, shape, size):
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        starts: dict[str, float] = {}

        def progress(phase: str, done: int, total: int) -> None:
            starts.setdefault(phase, time.process_time())

        pool = ParsePool(PoolLimits(workers=2))
        summary = pipeline.index(IndexJob(root=root, index=index), pool, StaticEmbedder(), progress, Event())
        end_s = time.process_time()
        pool.close()
        times = [*starts.values(), end_s]
        found = {phase: after - at for (phase, at), after in zip(starts.items(), times[1:], strict=True)}
        return found | {
            "all": end_s - times[0],
            "files": summary.files,
            "edges": summary.edges,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "index_mb": index.stat().st_size / 1e6,
        }


def in_memory(language: str, shape: str, size: int) -> dict[str, float]:
    """The same of linking alone, without a store; what files say is read before."""
    gc.set_threshold(200_000, 20, 20)
    linked = Project(dict(project(language, shape, size)), order=())
    start_s = time.process_time()
    linked.view.load_names()
    links = linked.link(Evaluator(linked.view, RULES), sorted(linked.sources))
    cpu_s = time.process_time() - start_s
    return {
        "link": cpu_s,
        "all": cpu_s,
        "files": len(links),
        "edges": sum(len(link.edges) for link in links.values()),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "index_mb": 0,
    }


def child(language: str, shape: str, size: int) -> dict[str, float]:
    """The same in a process of its own."""
    command = [sys.executable, __file__, *sys.argv[1:], "--one", f"{language},{shape},{size}"]
    return json.loads(subprocess.check_output(command))


def row(language: str, shape: str, sizes: list[int], found: list[dict[str, float]]) -> str:
    per_file = [1e3 * one["all"] / one["files"] for one in found]
    link = [1e3 * one["link"] / one["files"] for one in found]
    cells = [
        shape,
        language,
        " / ".join(f"{ms:.2f}" for ms in per_file),
        f"{per_file[-1] / per_file[0]:.2f}",
        " / ".join(f"{ms:.2f}" for ms in link),
        f"{link[-1] / link[0]:.2f}",
        f"{found[-1]['edges']:.0f}",
        f"{found[-1]['peak_mb']:.0f}",
        f"{found[-1]['index_mb']:.0f}",
    ]
    return f"| {' | '.join(cells)} |"


def table(
    sizes: list[int], languages: list[str], shapes: list[str], run: Callable[..., dict]
) -> Iterator[str]:
    heads = (
        f"shape | language | cpu ms a file ({' / '.join(map(str, sizes))}) | ratio | linking alone | ratio"
    )
    yield f"| {heads} | edges | peak MB | index.db MB |"
    yield "|" + "---|" * 9
    for shape in shapes:
        for language in languages:
            yield row(language, shape, sizes, [run(language, shape, size) for size in sizes])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1000,4000,16000")
    parser.add_argument("--languages", default=",".join(LANGUAGES))
    parser.add_argument("--shapes", default=",".join(SHAPES))
    parser.add_argument(
        "--in-memory", action="store_true", help="link alone, without store and parse workers"
    )
    parser.add_argument("--one", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        language, shape, size = args.one.split(",")
        print(json.dumps((in_memory if args.in_memory else measured)(language, shape, int(size))))
        return
    sizes = [int(size) for size in args.sizes.split(",")]
    print(f"{load_line()}\n")
    for line in table(sizes, args.languages.split(","), args.shapes.split(","), child):
        print(line, flush=True)
    print(f"\n{load_line()}")


if __name__ == "__main__":
    main()
