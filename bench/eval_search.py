"""How well search finds: which files must change, and which function answers.

    MEMORYD_EVAL_REPOS=clones python bench/eval_search.py EVAL_FOLDER [--sets loc_history,…] [--ablation] [--baseline]

EVAL_FOLDER holds the public sets (loc_history, loc_swebench, codesearch; their README says what the gold is);
``MEMORYD_EVAL_REPOS`` holds clones named ``owner+name``. The real command is driven: ``memoryd index --rev`` builds
a view of each base commit from git objects, ``memoryd search --batch`` answers. Nothing of the sets is kept.
``--baseline`` runs the sets' own BM25 beside it, ``--ablation`` takes one signal after the other out of the fusion.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from measure import MEMORYD, Home

LOCALISATION = ("loc_history", "loc_swebench")
FUNCTIONS = {"cosqa_stripped": "code_nodoc", "cosqa": "code"}
SETS = (*LOCALISATION, *FUNCTIONS)
DEPTH = 100  # how many hits are asked for; further down counts as not found

Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("eval_folder", type=Path)
    parser.add_argument("--sets", type=lambda text: text.split(","), default=list(SETS))
    parser.add_argument("--home", type=Path, help="keep data here, and use what an earlier run left")
    parser.add_argument("--ablation", action="store_true")
    parser.add_argument("--baseline", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (args.home or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with Home(folder / "data") as home:
            bench = Bench(args.eval_folder.resolve(), folder, home)
            print(HEADER)
            for name in args.sets:
                bench.run(name)
                if args.baseline:
                    bench.baseline(name)
        if args.ablation:
            from ablation import ablate  # imports memoryd itself; the rest only runs it

            ablate(args.eval_folder, folder, args.sets)


HEADER = f"{'set':<34} {'n':>4}  hit@1  hit@5 hit@10 all@10    MRR"


def rows_of(folder: Path, name: str) -> list[Row]:
    """The queries of a set, each with ``gold``."""
    file = "codesearch" if name in FUNCTIONS else name
    with (folder / file / "dev.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [{**row, "gold": row.get("gold_files", row.get("gold"))} for row in rows]


def report(title: str, rows: Sequence[Row], ranked: dict[str, list[Any]], gold: str = "gold") -> None:
    """One line of figures; a query without an answer counts 0."""
    n, sums = len(rows), defaultdict(float)
    for row in rows:
        wanted, found = set(row[gold]), ranked.get(row["id"], [])
        for k in (1, 5, 10):
            sums[f"hit{k}"] += bool(wanted & set(found[:k]))
        sums["all10"] += wanted <= set(found[:10])
        sums["mrr"] += next((1 / place for place, item in enumerate(found, 1) if item in wanted), 0.0)
    figures = [sums[key] / max(n, 1) for key in ("hit1", "hit5", "hit10", "all10", "mrr")]
    print(f"{title:<34} {n:>4} " + " ".join(f"{figure:6.3f}" for figure in figures), flush=True)


class Bench:
    """One run: clones, views and answers live in ``folder``."""

    def __init__(self, sets: Path, folder: Path, home: Home) -> None:
        self.sets, self.folder, self.home = sets, folder, home

    def run(self, name: str) -> None:
        rows = rows_of(self.sets, name)
        if name in FUNCTIONS:
            report(name, rows, self.functions(name, rows))
            return
        files: dict[str, list[str]] = {}
        pieces: dict[str, list[str]] = {}
        for repo, asked in by_repo(rows):
            project = self.clone(repo)
            for commit in dict.fromkeys(row["base_commit"] for row in asked):
                self.home.run("index", str(project), "--rev", commit, "--json")
            questions = [{"id": r["id"], "query": r["query"], "rev": r["base_commit"]} for r in asked]
            files |= self.ask(project, questions, "--files")
            pieces |= self.ask(
                project, [q for q, r in zip(questions, asked, strict=True) if r.get("gold_funcs")]
            )
        report(name, rows, files)
        report(f"{name}, functions", [r for r in rows if r.get("gold_funcs")], pieces, "gold_funcs")

    def functions(self, name: str, rows: list[Row]) -> dict[str, list[int]]:
        """CoSQA: each function of the pool is a file of its own."""
        project = self.folder / name
        project.mkdir(exist_ok=True)
        with (self.sets / "codesearch" / "corpus.jsonl").open(encoding="utf-8") as lines:
            for line in lines:
                function = json.loads(line)
                (project / f"f{function['id']}.py").write_text(function[FUNCTIONS[name]], encoding="utf-8")
        self.home.run("index", str(project), "--json")
        found = self.ask(
            project, [{"id": row["id"], "query": row["query"]} for row in rows], "--kind", "code"
        )
        return {
            key: list(dict.fromkeys(int(place.partition(".py")[0].removeprefix("f")) for place in places))
            for key, places in found.items()
        }

    def ask(self, project: Path, questions: list[Row], *options: str) -> dict[str, list[str]]:
        """Query id → paths (with --files) or ``path:Qual.name``, best first."""
        batch = self.folder / "batch.jsonl"
        batch.write_text("".join(json.dumps(question) + "\n" for question in questions), encoding="utf-8")
        command = [*MEMORYD, "search", "--batch", str(batch), "-k", str(DEPTH), "-C", str(project), *options]
        out = subprocess.run(
            command, env=self.home.environment, stdout=subprocess.PIPE, text=True, check=False
        ).stdout
        found = {}
        for line in out.splitlines():
            answer = json.loads(line)
            if "hits" not in answer:
                print(json.dumps(answer), file=sys.stderr)  # counts as not found
                continue
            hits = [hit for hit in answer["hits"] if hit["path"]]
            names = [
                hit["path"] if "--files" in options else f"{hit['path']}:{hit['symbol']}" for hit in hits
            ]
            found[answer["id"]] = list(dict.fromkeys(names))
        return found

    def clone(self, repo: str) -> Path:
        """A clone without a work tree that borrows the objects of the one under MEMORYD_EVAL_REPOS."""
        target = self.folder / repo.replace("/", "+")
        if not target.exists():
            command = [
                "git",
                "clone",
                "--quiet",
                "--shared",
                "--no-checkout",
                str(source_of(repo)),
                str(target),
            ]
            subprocess.run(command, check=True)
        return target

    def baseline(self, name: str) -> None:
        """The set's own BM25, as its authors run it."""
        rows = rows_of(self.sets, name)
        folder = self.sets / ("codesearch" if name in FUNCTIONS else name)
        script = ["baseline.py", "bm25", FUNCTIONS[name]] if name in FUNCTIONS else ["baseline_bm25.py"]
        command = [sys.executable, *script, str(folder / "dev.jsonl")]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        report(f"  BM25 of {name}", rows, {a["id"]: a.get("files", a.get("ranked", [])) for a in answers})


def by_repo(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["repo"]].append(row)
    yield from groups.items()


def source_of(repo: str) -> Path:
    """The clone of ``owner/name``: with a work tree, bare, or a bare one in a folder ``repo``."""
    clones = Path(os.environ["MEMORYD_EVAL_REPOS"]) / repo.replace("/", "+")
    for place in (clones, clones / "repo"):
        if (place / "HEAD").exists() or (place / ".git").exists():
            return place
    sys.exit(f"no clone of {repo} under MEMORYD_EVAL_REPOS={os.environ['MEMORYD_EVAL_REPOS']}")


if __name__ == "__main__":
    main()
