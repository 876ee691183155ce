"""One command that measures memoryd and writes bench/RESULTS.md.

    python bench/run.py --repos FOLDER [--index REPO …] [--eval EVAL_FOLDER] [--scale FOLDER …] [--only index,latency,…]

FOLDER holds clones named owner+name (bare, or with a work tree); they are cloned again into a scratch folder,
so that nothing is written into them. Ratios are taken inside one run; the machine's load is written down.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import stdio
from measure import Home, Peaks, load_line, median, spread, wall_ms

HERE = Path(__file__).resolve().parent
SECTIONS = HERE / "out"  # one Markdown file per section: a section can be measured again alone
INDEXED = ("pallets+flask", "vitejs+vite", "cli+cli", "celery+celery")
QUERIES = ("session cookie signing", "retry with backoff", "parse command line flags", "hot module reload")


def clone(repos: Path, name: str, folder: Path) -> Path:
    source = next(
        p for p in (repos / name / "repo", repos / name) if (p / "HEAD").exists() or (p / ".git").exists()
    )
    target = folder / name
    if not target.exists():
        subprocess.run(["git", "clone", "-q", str(source), str(target)], check=True)
    return target


def measure_index(repos: Path, names: list[str], scratch: Path) -> str:
    """A table: cost of a first index against the floors, peak memory, disk, and a second `up`."""
    rows = [
        "| repository | files (code) | text MB | cpu s | wall s | bare parse cpu s | ratio | git log cpu s"
        " | peak MB (ingest / parse / daemon) | index.db MB | × text | second `up` ms |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name in names:
        tree = clone(repos, name, scratch)
        floor = json.loads(subprocess.check_output([sys.executable, str(HERE / "floor.py"), str(tree)]))
        with Home(scratch / f"home-{name}") as home, Peaks(home) as peaks:
            start = time.perf_counter()
            summary = home.json("index", str(tree))
            wall_s = time.perf_counter() - start
            again = wall_ms(partial(home.run, "up", str(tree)), 3)
            disk = home.disk_bytes("index.db") / 1e6
            text = home.text_bytes() / 1e6
        peak = [
            round(peaks.rss_bytes.get(f"memoryd.{p}", 0) / 1e6) for p in ("ingest", "ingest.worker", "daemon")
        ]
        cpu_s, parse_s = summary["cpu_seconds"], floor["parse_cpu_s"]
        rows.append(
            f"| {name} | {summary['files']} ({floor['files']}) | {text:.1f} | {cpu_s:.1f} | {wall_s:.1f}"
            f" | {parse_s:.2f} | {cpu_s / max(parse_s, 0.01):.1f} | {floor['git_log_cpu_s']:.2f}"
            f" | {' / '.join(map(str, peak))}"
            f" | {disk:.1f} | {disk / max(text, 0.01):.1f} | {median(again):.0f} |"
        )
        rows.append(f"<!-- {name}: phases (wall s) {summary['seconds']} -->")
    return "\n".join(rows)


def measure_latency(repos: Path, names: list[str], scratch: Path) -> str:
    """Whole processes, daemon warm: search, stdio start against a bare SDK server, edit to found."""
    rows = ["| what | repository | median (min–max) |", "|---|---|---|"]
    for name in names[:2]:
        tree = clone(repos, name, scratch)
        with Home(scratch / f"home-{name}") as home:
            chunks = home.json("index", str(tree))["chunks"]
            for query in QUERIES:
                home.run("search", query, "-C", str(tree))
            times = [t for q in QUERIES for t in wall_ms(partial(home.run, "search", q, "-C", str(tree)), 5)]
            rows.append(f"| `memoryd search`, whole process, {chunks} chunks | {name} | {spread(times)} |")
            ours, bare = stdio.compare(home)
            rows.append(f"| stdio start to the first `tools/list` | {name} | {spread(ours)} |")
            rows.append(
                f"| the same, bare SDK server | {name} | {spread(bare)}; ratio {median(ours) / median(bare):.2f} |"
            )
            rows.append(f"| file saved → found by search | {name} | {spread(edit_to_found_ms(home, tree))} |")
    python = wall_ms(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 10)
    rows.append(f"| floor: `python -c pass` | | {spread(python)} |")
    return "\n".join(rows)


def edit_to_found_ms(home: Home, tree: Path, runs: int = 5) -> list[float]:
    """Write a new function into the tree, then search until it is the first hit."""
    target, times = tree / "memoryd_bench_probe.py", []
    for number in range(runs):
        word = f"zyxquark{number}{int(time.time())}"
        target.write_text(f"def {word}():\n    return {number}\n")
        start = time.perf_counter()
        while time.perf_counter() - start < 20:
            hits = home.json("search", word, "-C", str(tree))["hits"]
            if hits and hits[0]["path"] == target.name and word in hits[0].get("symbol", ""):
                break
        times.append((time.perf_counter() - start) * 1000)
    target.unlink()
    return times


def run_script(repos: Path, script: str, *arguments: str) -> str:
    command = [sys.executable, str(HERE / script), *arguments]
    environment = os.environ | {"MEMORYD_EVAL_REPOS": str(repos)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return f"```\n{done.stdout}{done.stderr if done.returncode else ''}```"


def write_results() -> None:
    parts = [(HERE / "results_head.md").read_text()]
    parts += [(SECTIONS / f"{name}.md").read_text() for name in TITLES if (SECTIONS / f"{name}.md").exists()]
    (HERE / "RESULTS.md").write_text("\n".join(parts))


TITLES = {
    "index": "Index",
    "latency": "Latency",
    "search": "Finding (loc_history, loc_swebench, CoSQA)",
    "floor": "Nothing answers",
    "docstring": "Finding a function by its documentation (repositories the model never saw)",
    "tuning": "Words learned from a project's own history",
    "scale": "Search at scale",
    "brief": "Briefs (files really changed that a brief of 1,500 tokens names)",
    "graph": "Graph (scip, imports, calls), impact, cost of linking",
    "knowledge": "Decisions, evidence",
}


def _command(options: argparse.Namespace) -> str:
    """The command as anyone could type it: without the places of this machine."""
    given = " --eval EVAL_FOLDER" if options.eval else ""
    return f"python bench/run.py --repos CLONES{given} --index {' '.join(options.index)}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repos", type=Path, required=True)
    parser.add_argument("--eval", type=Path)
    parser.add_argument("--index", nargs="*", default=list(INDEXED))
    parser.add_argument(
        "--scale", nargs="*", default=[], type=Path, help="folders of code for the scale bench"
    )
    parser.add_argument(
        "--home", type=Path, help="keep the views of the evaluation sets here; floor needs search's"
    )
    parser.add_argument("--only", default=",".join(TITLES))
    options = parser.parse_args()
    SECTIONS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="memoryd-bench-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        views = options.home or scratch / "views"
        views.mkdir(parents=True, exist_ok=True)
        sections: dict[str, Callable[[], str]] = {
            "index": lambda: measure_index(options.repos, options.index, scratch),
            "latency": lambda: measure_latency(options.repos, options.index, scratch),
            "search": lambda: run_script(
                options.repos, "eval_search.py", str(options.eval), "--baselines", "--home", str(views)
            ),
            "floor": lambda: run_script(options.repos, "eval_floor.py", str(options.eval), str(views)),
            "tuning": lambda: run_script(
                options.repos, "eval_tuning.py", str(options.eval), "--home", str(views / "tuning")
            ),
            "scale": lambda: "\n".join(
                run_script(options.repos, "search_scale.py", str(folder)) for folder in options.scale
            ),
            "docstring": lambda: run_script(options.repos, "eval_docstring.py"),
            "brief": lambda: run_script(options.repos, "eval_brief.py", str(options.eval)),
            "graph": lambda: "\n".join(
                (
                    run_script(options.repos, "eval_graph.py", str(options.eval), str(options.repos)),
                    run_script(options.repos, "eval_callgraph.py", str(options.eval)),
                    run_script(options.repos, "impact_scale.py"),
                    run_script(
                        options.repos,
                        "link_cost.py",
                        str(clone(options.repos, options.index[0], scratch)),
                    ),
                )
            ),
            "knowledge": lambda: "\n".join(
                (
                    run_script(options.repos, "eval_knowledge.py", str(options.eval), str(options.repos)),
                    run_script(options.repos, "eval_evidence.py", str(options.repos)),
                )
            ),
        }
        for name in options.only.split(","):
            stamp = f"`{_command(options)} --only {name}`; {time.strftime('%Y-%m-%d')}; {load_line()}"
            body = sections[name]()
            (SECTIONS / f"{name}.md").write_text(f"## {TITLES[name]}\n\n{stamp}\n\n{body}\n")
            print(f"## {TITLES[name]}\n{body}\n", flush=True)
    write_results()


if __name__ == "__main__":
    main()
