"""How long `impact` takes on a large graph: 200k symbols in 5k files, 1M edges, 6 hops.

    python bench/impact_scale.py [--symbols 200000] [--edges 1000000] [--hops 6] [--store FILE]

Nine edges in ten stay near their file, the rest follow a power law (few symbols are used by many). Prints
one line per class of targets: the size of the closure and the milliseconds that the answer took.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "query")]

from rows import Rows  # noqa: E402

from memoryd.query.graph.impact import impact  # noqa: E402
from memoryd.query.graph.impact_answers import ImpactRequest  # noqa: E402

SYMBOLS_PER_FILE = 40


def build(path: Path, symbols: int, edges: int, seed: int = 7) -> None:
    rng = random.Random(seed)
    rows = Rows(path)
    files = [f"src/p{n // 50}/m{n}.py" for n in range(symbols // SYMBOLS_PER_FILE)]
    for name in files:
        rows.file(name, symbols=[(f"f{i}", "function", i + 1) for i in range(SYMBOLS_PER_FILE)])
    per_file: dict[int, list] = {n: [] for n in range(len(files))}
    for _ in range(edges):
        source = rng.randrange(len(files))
        near = rng.random() < 0.9
        dst = (
            (source + rng.randint(-20, 20)) % len(files)
            if near
            else int(len(files) * rng.paretovariate(1.2) - len(files)) % len(files)
        )
        per_file[source].append(
            (
                f"f{rng.randrange(SYMBOLS_PER_FILE)}",
                "calls",
                files[dst],
                f"f{rng.randrange(SYMBOLS_PER_FILE)}",
                1,
            )
        )
    for number, edge_list in per_file.items():
        rows.edges(files[number], edge_list)
    rows.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--symbols", type=int, default=200_000)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--hops", type=int, default=6)
    parser.add_argument("--store", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = args.store or Path(folder) / "index.db"
        if not store.exists():
            began = time.perf_counter()
            build(store, args.symbols, args.edges)
            print(f"built {store.stat().st_size >> 20} MiB in {time.perf_counter() - began:.1f} s")
        measure(store, args.symbols, args.hops)


def measure(store: Path, symbols: int, hops: int) -> None:
    ctx = Rows(store).context()
    rng = random.Random(1)
    files = symbols // SYMBOLS_PER_FILE
    for limit in (1, 2, 3, hops):
        took, busy, sizes = [], [], []
        for _ in range(30):
            number = rng.randrange(files)
            target = f"src/p{number // 50}/m{number}.py:f{rng.randrange(SYMBOLS_PER_FILE)}"
            began, cpu_s = time.perf_counter(), time.process_time()
            answer = impact(ctx, ImpactRequest(target=target, hops=limit))
            took.append(1e3 * (time.perf_counter() - began))
            busy.append(1e3 * (time.process_time() - cpu_s))
            sizes.append(answer.totals.dependents)
        print(
            f"{limit} hops: {statistics.median(sizes):.0f} dependents (max {max(sizes)}),"
            f" {statistics.median(took):.2f} ms median (cpu {statistics.median(busy):.2f}),"
            f" {max(took):.2f} ms worst of {len(took)}"
        )


if __name__ == "__main__":
    main()
