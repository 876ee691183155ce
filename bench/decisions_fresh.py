"""Decision documents of collections that no rule was made for: found, status, date, against labels read by hand.

``python bench/decisions_fresh.py CLONES`` (a folder with OWNER+NAME for each repository of
samples/decisions_fresh.jsonl; bare clones will do). ``status``: what a reader may take it for, several where the words
leave it open; ``date`` ``""``: not judged.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from indexers.decisions.adr import extract  # noqa: E402


def main(clones: Path) -> None:
    labels = (ROOT / "bench/samples/decisions_fresh.jsonl").read_text().splitlines()
    counts: dict[str, Counter[str]] = {}
    for label in map(json.loads, labels):
        text = _text(clones / label["repo"].replace("/", "+"), f"{label['commit']}:{label['path']}")
        found = extract(label["path"], text)
        count = counts.setdefault(label["repo"], Counter())
        if not label["record"]:
            count["surplus"] += found is not None
            continue
        count["records"] += 1
        count["dated"] += bool(label["date"])
        if found is None:
            print(f"missed: {label['path']}")
            continue
        count["found"] += 1
        count["status"] += found.status in label["status"]
        count["date"] += bool(label["date"]) and found.date == label["date"]
        if found.status not in label["status"]:
            print(f"{label['path']}: {found.status}, not {label['status']}")
        print(f"title: {found.title}") if "--titles" in sys.argv else None
    for repo, count in counts.items():
        print(
            f"{repo:28} found {count['found']} of {count['records']}, status {count['status']}, date {count['date']} of"
            f" {count['dated']}, surplus {count['surplus']}"
        )


def _text(clone: Path, name: str) -> str:
    place = clone / "repo" if (clone / "repo").is_dir() else clone
    return subprocess.run(
        ["git", "-C", str(place), "show", name], check=True, capture_output=True, text=True
    ).stdout


if __name__ == "__main__":
    main(Path(sys.argv[1]))
