"""Evidence from history and comments against labelled samples. Usage: eval_evidence.py REPOS_FOLDER.

The labels (bench/samples) are one rater's: would a senior engineer want this quoted when asking why? Precision is
of what the readers still find of a sample; the recall of rationale is over commits drawn regardless of them.
REPOS_FOLDER holds clones called owner+name; a missing one is named and left out.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from indexers import registry  # noqa: E402
from indexers.decisions import comments  # noqa: E402
from indexers.history import rationale, reverts  # noqa: E402
from memoryd.ingest.git.repository import Git  # noqa: E402

SAMPLES = Path(__file__).resolve().parent / "samples"


def main() -> None:
    repos = Path(sys.argv[1])
    for name, judge in (("comments", _comments), ("rationale", _rationale), ("reverts", _reverts)):
        rows = [json.loads(line) for line in (SAMPLES / f"{name}.jsonl").read_text().splitlines()]
        by_repo: dict[str, list[dict]] = defaultdict(list)
        for row in rows:
            by_repo[row["repo"]].append(row)
        judged: dict[str, list[tuple[int, bool]]] = defaultdict(list)
        for repo, group in by_repo.items():
            git = _open(repos, repo)
            if git is None:
                print(f"left out, no clone: {repo}")
                continue
            for row, found in judge(git, group):
                judged[row.get("set", "all")].append((row["label"], found))
        for part, labels in judged.items():
            print(f"{name:10} {part:7} {_figures(labels, recall=part == 'recall')}")


def _open(repos: Path, repo: str) -> Git | None:
    places = (repos / repo.replace("/", "+") / "repo", repos / repo.replace("/", "+"))
    return next((git for place in places if place.exists() and (git := Git.open(place))), None)


def _figures(labels: list[tuple[int, bool]], recall: bool) -> str:
    kept = [label for label, found in labels if found]
    useful = sum(label for label, _ in labels)
    precision = sum(kept) / max(1, len(kept))
    share = f", R {sum(kept) / max(1, useful):.2f} of {useful}" if recall else ""
    return f"{len(labels)} labelled, {len(kept)} found: P {precision:.2f}{share}"


def _comments(git: Git, rows: Iterable[dict]) -> Iterator[tuple[dict, bool]]:
    wanted = {row["path"] for row in rows}
    commit = next(iter(rows))["commit"]
    blobs = {entry.hash: entry.path for entry in git.ls_tree(commit) if entry.path in wanted}
    found = set()
    for blob, data in git.blobs(blobs):
        path = blobs[blob]
        language = registry.language_of(path, data[:8_000]) or "text"
        facts = registry.extract(language, data)
        found |= {(path, e.line) for e in comments.evidence(path, facts, data) if e.kind == "constraint"}
    for row in rows:
        yield row, (row["path"], row["line"]) in found


def _rationale(git: Git, rows: Iterable[dict]) -> Iterator[tuple[dict, bool]]:
    wanted = {row["sha"] for row in rows}
    said = {
        commit.sha: any(note.kind == "rationale" for note in rationale.notes(commit))
        for commit in git.log(git.head().sha)
        if commit.sha in wanted
    }
    for row in rows:
        yield row, said.get(row["sha"], False)


def _reverts(git: Git, rows: Iterable[dict]) -> Iterator[tuple[dict, bool]]:
    wanted = {sha for row in rows for sha in (row["by"], row["target"])}
    keys = {commit.sha: reverts.effects(commit) for commit in git.log(git.head().sha) if commit.sha in wanted}
    for row in rows:
        by, target = keys.get(row["by"], (0, 0)), keys.get(row["target"], (0, 0))
        yield row, bool(by[1]) and by[1] == target[0]


if __name__ == "__main__":
    main()
