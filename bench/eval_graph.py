"""scip and imports development sets through the CLI. Usage: eval_graph.py EVAL_FOLDER REPOS_FOLDER."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Home

# where each set's repository stands, and what its paths are relative to (the READMEs of the sets)
SCIP = {
    "flask": ("pallets+flask", "2ac8988", "src/"),
    "starlette": ("encode+starlette", "cb8f84f", ""),
    "datasette": ("simonw+datasette", "481df7f", ""),
}
IMPORTS = {
    "dev_py_flask": ("pallets+flask", "2ac8988"),
    "dev_py_starlette": ("encode+starlette", "cb8f84f"),
    "dev_py_datasette": ("simonw+datasette", "481df7f"),
    "dev_py_celery": ("celery+celery", "HEAD"),
    "dev_ts_log4brains": ("thomvaill+log4brains", "37187fc8e0"),
}


def bare(repos: Path, name: str) -> Path:
    return next(
        p for p in (repos / name / "repo", repos / name / ".git", repos / name) if (p / "HEAD").exists()
    )


def score(eval_folder: Path, mode: str, gold: Path, rows: list[dict]) -> str:
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.write("\n".join(map(json.dumps, rows)))
        file.flush()
        command = [sys.executable, str(eval_folder / "scip/score.py"), mode, str(gold), file.name]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def edges(home: Home, tree: Path, rev: str, kind: str) -> list[dict]:
    text = home.run("edges", "--level", "file", "--kind", kind, "--rev", rev, "-C", str(tree))
    return [json.loads(line) for line in text.splitlines()]


def references(home: Home, tree: Path, rev: str, gold: list[dict], prefix: str) -> list[dict]:
    """One batch over all definitions of the gold; ``prefix`` is put before and taken off paths."""
    rows = [
        {"id": row["id"], "target": f"{prefix}{row['def_file']}:{row['def_line']}", "rev": rev}
        for row in gold
    ]
    text = home.run("refs", "--batch", "-", "-C", str(tree), stdin="\n".join(map(json.dumps, rows)))
    found = []
    for line in text.splitlines():
        row = json.loads(line)
        refs = [(r["path"], r["line"]) for r in row.get("references", ()) if r["method"] != "name-only"]
        found.append({"id": row["id"], "refs": [[p.removeprefix(prefix), n] for p, n in refs]})
    return found


def main() -> None:
    eval_folder, repos = Path(sys.argv[1]), Path(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="memoryd-graph-") as folder, Home(Path(folder)) as home:
        for name, (repository, rev, prefix) in SCIP.items():
            tree = bare(repos, repository)
            home.run("index", str(tree), "--rev", rev)
            gold_file = eval_folder / f"scip/{name}_refs.jsonl"
            gold = [json.loads(line) for line in gold_file.read_text().splitlines()]
            print(
                f"scip {name} refs: "
                + score(eval_folder, "refs", gold_file, references(home, tree, rev, gold, prefix))
            )
            rows = [
                {"src": r["src"].removeprefix(prefix), "dst": r["dst"].removeprefix(prefix)}
                for r in edges(home, tree, rev, "depends")
                if r["src"].startswith(prefix) and r["dst"].startswith(prefix)
            ]
            universe = {
                json.loads(line)["src"].split("/")[0]
                for line in (eval_folder / f"scip/{name}_files.jsonl").read_text().splitlines()
            }
            rows = [
                r for r in rows if r["src"].split("/")[0] in universe and r["dst"].split("/")[0] in universe
            ]
            print(
                f"scip {name} files: "
                + score(eval_folder, "files", eval_folder / f"scip/{name}_files.jsonl", rows)
            )
        for name, (repository, rev) in IMPORTS.items():
            tree = bare(repos, repository)
            home.run("index", str(tree), "--rev", rev)
            gold_file = eval_folder / f"imports/{name}.jsonl"
            sources = {json.loads(line)["src"].split("/")[0] for line in gold_file.read_text().splitlines()}
            rows = [r for r in edges(home, tree, rev, "imports") if r["src"].split("/")[0] in sources]
            print(f"imports {name}: " + score(eval_folder, "files", gold_file, rows))


if __name__ == "__main__":
    main()
