"""The public sets that search is measured on: their queries, what counts as found, and the clones they speak of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

LOCALISATION = ("loc_history", "loc_swebench")  # which files must change
FUNCTIONS = {
    "cosqa_stripped": "code_nodoc",
    "cosqa": "code",
}  # which function answers: set → field of the pool
SETS = (*LOCALISATION, *FUNCTIONS)
DEPTH = 100  # how many hits are asked for; further down counts as not found

Row = dict[str, Any]
Ranked = dict[str, list[Any]]  # query id → what was found, best first


def rows_of(folder: Path, name: str) -> list[Row]:
    """The queries of a set, each with ``gold``."""
    file = "codesearch" if name in FUNCTIONS else name
    with (folder / file / "dev.jsonl").open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [{**row, "gold": row.get("gold_files", row.get("gold"))} for row in rows]


def function_rows(rows: Sequence[Row]) -> list[Row]:
    """The queries of a localisation set whose functions are known too, with those as ``gold``."""
    return [{**row, "gold": row["gold_funcs"]} for row in rows if row.get("gold_funcs")]


def pool(folder: Path, name: str) -> dict[int, str]:
    """The functions that a CoSQA query chooses from, by id."""
    with (folder / "codesearch" / "corpus.jsonl").open(encoding="utf-8") as lines:
        return {row["id"]: row[FUNCTIONS[name]] for row in map(json.loads, lines)}


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


def clone(repo: str, folder: Path) -> Path:
    """A clone in ``folder``, without a work tree. It has its objects itself: one that borrows them is refused."""
    target = folder / repo.replace("/", "+")
    if not target.exists():
        command = ["git", "clone", "--quiet", "--no-checkout", str(source_of(repo)), str(target)]
        subprocess.run(command, check=True)
    return target
