"""Decision records through the CLI. Usage: eval_knowledge.py EVAL_FOLDER REPOS_FOLDER.

Repositories that are not in REPOS_FOLDER are named and left out of the gold. The gold holds the status that a text
states, in the scorer's classes: ``none`` where it states none, and no ``withdrawn``, which it counts as deprecated.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import Home


def stated(row: dict) -> str:
    """The status in the scorer's classes."""
    if row["status_source"] == "implied_by_merge":
        return "none"
    return {"withdrawn": "deprecated"}.get(row["status"], row["status"])


def main() -> None:
    eval_folder, repos = Path(sys.argv[1]), Path(sys.argv[2])
    gold = [
        json.loads(line) for line in (eval_folder / "decisions/records_dev.jsonl").read_text().splitlines()
    ]
    commits = {row["repo"]: row["commit"] for row in gold}
    found: list[dict] = []
    with tempfile.TemporaryDirectory(prefix="memoryd-knowledge-") as name, Home(Path(name) / "home") as home:
        for repository, commit in commits.items():
            places = [repos / repository.replace("/", "+") / "repo", repos / repository.replace("/", "+")]
            tree = next((place for place in places if (place / "HEAD").exists()), None)
            if tree is None:
                print(f"left out, no clone: {repository}")
                gold = [row for row in gold if row["repo"] != repository]
                continue
            home.run("index", str(tree), "--rev", commit)
            text = home.run("decisions", "--rev", commit, "-C", str(tree), "--json")
            rows = [json.loads(line) for line in text.splitlines() if line]
            path_of = {row["id"]: row["path"] for row in rows}
            for row in rows:
                if row["kind"] != "adr":  # records, comments
                    continue
                kept = {key: row[key] for key in ("path", "title", "date")} | {"status": stated(row)}
                successors = [path_of.get(name, name) for name in row["superseded_by"]]
                found.append({"repo": repository, **kept, "superseded_by": successors})
        gold_file, found_file = Path(name) / "gold.jsonl", Path(name) / "found.jsonl"
        gold_file.write_text("\n".join(map(json.dumps, gold)))
        found_file.write_text("\n".join(map(json.dumps, found)))
        command = [sys.executable, str(eval_folder / "decisions/score.py"), str(gold_file), str(found_file)]
        print(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


if __name__ == "__main__":
    main()
