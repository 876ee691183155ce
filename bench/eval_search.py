"""How well search finds: which files must change, and which function answers. One configuration, one table.

    MEMORYD_EVAL_REPOS=clones python bench/eval_search.py EVAL_FOLDER [--sets loc_history,…] [--baselines]
        [--quality MODEL] [--home FOLDER] [--ablation]

EVAL_FOLDER holds the public sets (loc_history, loc_swebench, codesearch; their README says what the gold is);
``MEMORYD_EVAL_REPOS`` holds clones named ``owner+name``. The real command is driven: ``memoryd index --rev`` builds
a view of each base commit from git objects, ``memoryd search --batch`` answers. Nothing of the sets is kept.
``--baselines`` adds the sets' own BM25 and a MiniLM bi-encoder, and what we gain on them per query, with intervals of
95 % (paired bootstrap); ``--quality`` adds search with this model, once it has read everything; ``--ablation`` takes
one signal after the other out of the fusion. With ``--home``, views, vectors and answers of an earlier run are used
again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from measure import MEMORYD, Home
from search_sets import (
    DEPTH,
    FUNCTIONS,
    SETS,
    Ranked,
    Row,
    by_repo,
    clone,
    function_rows,
    pool,
    rows_of,
)
from significance import MEASURES, difference, figures

DEFAULT, BM25, MINILM, QUALITY = "default", "BM25", "MiniLM", "default + quality"
COMPARED = ("MRR", "hit@10")
MINILM_NOTE = """MiniLM reads 128 tokens of a text. It chooses among each query's 200 best chunks of source by BM25
(loc_…), or among all functions (cosqa…), with which it was trained in part.
* = more than chance: the interval of 95 % leaves out 0."""


def main() -> None:
    args = _arguments()
    with tempfile.TemporaryDirectory() as scratch:
        home = (args.home or Path(scratch)).resolve()
        home.mkdir(parents=True, exist_ok=True)
        bench = Bench(args.eval_folder.resolve(), home)
        print(_header(args.baselines))
        for name in args.sets:
            systems = {DEFAULT: bench.ours(name)}
            if args.quality:
                systems[QUALITY] = bench.ours(name, args.quality)
            if args.baselines:
                systems = bench.baselines(name) | systems
            for title, rows in bench.lines(name):
                _print(title, rows, {system: found.get(title) for system, found in systems.items()})
        if args.baselines:
            print(MINILM_NOTE)
        if args.ablation:
            from ablation import ablate  # imports memoryd itself; the rest only runs it

            ablate(bench.sets, home, args.sets)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("eval_folder", type=Path)
    parser.add_argument("--sets", type=lambda text: text.split(","), default=list(SETS))
    parser.add_argument("--home", type=Path, help="keep data here, and use what an earlier run left")
    parser.add_argument("--baselines", action="store_true")
    parser.add_argument(
        "--quality", metavar="MODEL", help="folder or package of a sentence-transformers model"
    )
    parser.add_argument("--ablation", action="store_true")
    return parser.parse_args()


def _header(with_gains: bool) -> str:
    gains = [f"{measure} − {theirs}" for theirs in (BM25, MINILM) for measure in COMPARED]
    head = f"{'set':<24} {'by':<17} {'n':>4} " + " ".join(f"{measure:>6}" for measure in MEASURES)
    return head + ("  " + " ".join(f"{gain:<25}" for gain in gains) if with_gains else "")


def _print(title: str, rows: list[Row], systems: dict[str, Ranked | None]) -> None:
    """A line for each system that answers; behind ours, the gains on the others (* = more than chance)."""
    values = {system: figures(rows, found) for system, found in systems.items() if found is not None}
    for system, value in values.items():
        means = " ".join(f"{mean:6.3f}" for mean in value.mean(axis=0))
        gains = [
            f"{difference(value[:, column], values[theirs][:, column])!s:<25}"
            if theirs in values
            else " " * 25
            for theirs in (BM25, MINILM)
            for column in map(MEASURES.index, COMPARED)
            if len(values) > 1 and system not in (BM25, MINILM)
        ]
        print(f"{title:<24} {system:<17} {len(rows):>4} {means}  {' '.join(gains)}".rstrip(), flush=True)


class Bench:
    """One run: clones, views and answers live in ``folder``."""

    def __init__(self, sets: Path, folder: Path) -> None:
        self.sets, self.folder = sets, folder

    def lines(self, name: str) -> Iterator[tuple[str, list[Row]]]:
        """The lines of the table that a set makes: the files, and the functions where they are known."""
        rows = rows_of(self.sets, name)
        yield name, rows
        if functions := function_rows(rows):
            yield f"{name}, functions", functions

    def ours(self, name: str, quality: str = "") -> dict[str, Ranked]:
        """Line of the table → what memoryd finds, with the ``quality`` model if one is given."""
        rows = rows_of(self.sets, name)
        with Home(self.folder / "data") as home:
            if quality:
                home.environment["MEMORYD_VECTORS_QUALITY_MODEL"] = quality
            return (
                {name: self._function_pool(home, name, rows)}
                if name in FUNCTIONS
                else self._localise(home, name, rows)
            )

    def _localise(self, home: Home, name: str, rows: list[Row]) -> dict[str, Ranked]:
        files: Ranked = {}
        pieces: Ranked = {}
        for repo, asked in by_repo(rows):
            project = clone(repo, self.folder)
            for commit in dict.fromkeys(row["base_commit"] for row in asked):
                home.run("index", str(project), "--rev", commit, "--json")
            _await_quality(home, project, "--rev", asked[0]["base_commit"])
            files |= self._ask(home, project, asked, "--files")
            pieces |= self._ask(home, project, function_rows(asked))
        return {name: files, f"{name}, functions": pieces}

    def _function_pool(self, home: Home, name: str, rows: list[Row]) -> Ranked:
        """CoSQA: each function of the pool is a file of its own."""
        project = self.folder / name
        project.mkdir(exist_ok=True)
        for number, text in pool(self.sets, name).items():
            file = project / f"f{number}.py"
            if not file.exists():
                file.write_text(text, encoding="utf-8")
        home.run("index", str(project), "--json")
        _await_quality(home, project)
        found = self._ask(home, project, rows, "--kind", "code")
        return {
            key: list(dict.fromkeys(int(place.partition(".py")[0].removeprefix("f")) for place in places))
            for key, places in found.items()
        }

    def _ask(self, home: Home, project: Path, rows: Sequence[Row], *options: str) -> Ranked:
        """Query id → paths (with --files) or ``path:Qual.name``, best first."""
        questions = [
            {"id": row["id"], "query": row["query"]}
            | ({"rev": row["base_commit"]} if "base_commit" in row else {})
            for row in rows
        ]
        if not questions:
            return {}
        batch = self.folder / "batch.jsonl"
        batch.write_text("".join(json.dumps(question) + "\n" for question in questions), encoding="utf-8")
        command = [*MEMORYD, "search", "--batch", str(batch), "-k", str(DEPTH), "-C", str(project), *options]
        out = subprocess.run(
            command, env=home.environment, stdout=subprocess.PIPE, text=True, check=False
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

    def baselines(self, name: str) -> dict[str, dict[str, Ranked]]:
        """What others find: the set's own BM25 as its authors run it, and MiniLM over the views of our run."""
        from minilm import minilm  # opens the views itself, as the ablation does

        rows = rows_of(self.sets, name)
        return {BM25: {name: self._bm25(name)}, MINILM: minilm(self.sets, self.folder, name, rows)}

    def _bm25(self, name: str) -> Ranked:
        kept = self.folder / f"bm25_{name}.jsonl"
        if not kept.exists():
            folder = self.sets / ("codesearch" if name in FUNCTIONS else name)
            script = ["baseline.py", "bm25", FUNCTIONS[name]] if name in FUNCTIONS else ["baseline_bm25.py"]
            command = [sys.executable, *script, str(folder / "dev.jsonl")]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
            kept.write_text(done.stdout, encoding="utf-8")
        answers = map(json.loads, kept.read_text(encoding="utf-8").splitlines())
        return {answer["id"]: answer.get("files", answer.get("ranked", [])) for answer in answers}


def _await_quality(home: Home, project: Path, *options: str) -> None:
    """Leave the daemon alone until the quality model, if there is one, has read the project and answers."""
    while home.environment.get("MEMORYD_VECTORS_QUALITY_MODEL"):
        legs = home.json("search", "begin", "-C", str(project), *options)["legs"]
        if legs["quality"] == "used" and legs["read"]:
            break
        time.sleep(20)


if __name__ == "__main__":
    main()
