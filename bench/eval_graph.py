"""scip and imports development sets through the CLI. Usage: eval_graph.py EVAL_FOLDER REPOS_FOLDER."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Home

# clone, commit, the indexed folder (the gold knows no files outside of it), what stands for it in the gold's paths
SCIP = {
    "flask": ("pallets+flask", "2ac8988", "src/flask/", "flask/"),
    "starlette": ("encode+starlette", "cb8f84f", "starlette/", ""),
    "datasette": ("simonw+datasette", "481df7f", "datasette/", ""),
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


def references(home: Home, tree: Path, rev: str, gold: list[dict], folder: str, prefix: str) -> list[dict]:
    """One batch over all definitions of the gold; files outside ``folder`` are not in the gold's universe."""
    rows = [
        {
            "id": row["id"],
            "target": f"{folder}{row['def_file'].removeprefix(prefix)}:{row['def_line']}",
            "rev": rev,
        }
        for row in gold
    ]
    text = home.run("refs", "--batch", "-", "-C", str(tree), stdin="\n".join(map(json.dumps, rows)))
    found = []
    for line in text.splitlines():
        row = json.loads(line)
        refs = [(r["path"], r["line"]) for r in row.get("references", ()) if r["method"] != "name-only"]
        inside = [[prefix + p.removeprefix(folder), n] for p, n in refs if p.startswith(folder)]
        found.append({"id": row["id"], "refs": inside})
    return found


def depends(home: Home, tree: Path, rev: str, folder: str, prefix: str) -> list[dict]:
    return [
        {"src": prefix + row["src"].removeprefix(folder), "dst": prefix + row["dst"].removeprefix(folder)}
        for row in edges(home, tree, rev, "depends")
        if row["src"].startswith(folder)
        and row["dst"].startswith(folder)
        and row["src"].endswith(".py")
        and row["dst"].endswith(".py")  # its tool reads Python alone
    ]


def main() -> None:
    eval_folder, repos = Path(sys.argv[1]), Path(sys.argv[2])
    with tempfile.TemporaryDirectory(prefix="memoryd-graph-") as folder, Home(Path(folder)) as home:
        for name, (repository, rev, inside, prefix) in SCIP.items():
            tree = bare(repos, repository)
            home.run("index", str(tree), "--rev", rev)
            gold_file, files_file = (eval_folder / f"scip/{name}_{kind}.jsonl" for kind in ("refs", "files"))
            gold = [json.loads(line) for line in gold_file.read_text().splitlines()]
            found = references(home, tree, rev, gold, inside, prefix)
            print(f"scip {name} refs: " + score(eval_folder, "refs", gold_file, found))
            found = depends(home, tree, rev, inside, prefix)
            print(f"scip {name} files: " + score(eval_folder, "files", files_file, found))
        for name, (repository, rev) in IMPORTS.items():
            tree = bare(repos, repository)
            home.run("index", str(tree), "--rev", rev)
            gold_file = eval_folder / f"imports/{name}.jsonl"
            gold = [json.loads(line) for line in gold_file.read_text().splitlines()]
            known = {row[end] for row in gold for end in ("src", "dst")}  # its tools saw no other files
            rows = [r for r in edges(home, tree, rev, "imports") if {r["src"], r["dst"]} <= known]
            print(f"imports {name}: " + score(eval_folder, "files", gold_file, rows))


if __name__ == "__main__":
    main()
