"""Compares what memoryd says of the past with git and with the text of HEAD, by other code than its own.

python bench/history_truth.py lines|undone|standing CLONE… [--count 200] [--seed 1] [--memoryd CMD]

`lines`: random lines of committed text files. The commit that `git blame -w` names must be in the answer of
`memoryd why PATH:LINE`.
`undone`: every change that `memoryd reverts` calls not in force. A call is false when most of the lines that the
change added, and that were nowhere in its file before, stand in one file of HEAD (any file, by `git grep`).
`standing`: random commits. How many of the lines that one added are here, by file, must be what the versions of the
file that git has say, and who is said to have taken lines out has them among those that its patch removes.

The clones have to be indexed (`memoryd index`) and without uncommitted changes. Every
miss is printed; exit code 1 when there is one.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any


def git(root: Path, *arguments: str) -> str:
    command = ["git", "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True).stdout.decode("utf-8", "replace")


def ask(command: Sequence[str], root: Path, *arguments: str, stdin: str = "") -> list[dict[str, Any]]:
    """The JSON lines that memoryd answers with."""
    call = [*command, *arguments, "-C", str(root), "--json"]
    answered = subprocess.run(call, input=stdin, capture_output=True, text=True, check=False)
    if answered.returncode and not answered.stdout:
        raise SystemExit(f"{shlex.join(call)}: {answered.stderr}")
    return [json.loads(line) for line in answered.stdout.splitlines()]


# -- lines


def some_lines(root: Path, count: int, seed: int) -> Iterator[tuple[str, int]]:
    """(path, line) of files that memoryd can read: text of at most 1 MiB."""
    chosen = random.Random(seed)
    paths = git(root, "ls-files").splitlines()
    while count:
        path = chosen.choice(paths)
        file = root / path
        if file.is_symlink() or not file.is_file() or file.stat().st_size > 1 << 20:
            continue
        data = file.read_bytes()
        lines = data.count(b"\n")
        if b"\0" not in data and lines:
            count -= 1
            yield path, chosen.randint(1, lines)


def lines(root: Path, options: argparse.Namespace) -> int:
    wanted = list(some_lines(root, options.count, options.seed))
    rows = "\n".join(
        json.dumps({"id": str(n), "target": f"{p}:{line}"}) for n, (p, line) in enumerate(wanted)
    )
    answers = {row["id"]: row for row in ask(options.command, root, "why", "--batch", "-", stdin=rows)}
    missed = 0
    for number, (path, line) in enumerate(wanted):
        blamed = git(root, "blame", "-w", "-L", f"{line},{line}", "--porcelain", "HEAD", "--", path)[:40]
        items = answers[str(number)].get("items", ())
        if blamed not in {item["sha"] for item in items}:
            missed += 1
            print(f"  {path}:{line}: {blamed} is missing: {answers[str(number)].get('error', items[:3])}")
    print(f"{root.name}: {len(wanted) - missed} of {len(wanted)} lines have the commit of git blame -w")
    return missed


# -- undone


def texts(root: Path) -> list[set[str]]:
    """The lines of each text file of HEAD."""
    found = []
    for path in git(root, "ls-files").splitlines():
        file = root / path
        if file.is_file() and not file.is_symlink() and b"\0" not in (data := file.read_bytes())[:8_000]:
            found.append({line.strip() for line in data.decode("utf-8", "replace").splitlines()})
    return found


def brought(root: Path, sha: str) -> set[str]:
    """The lines with at least four letters that the commit added and did not take from elsewhere in it."""
    patch = git(root, "show", "--first-parent", "-m", "-M", "--format=", "--no-color", sha).splitlines()
    added = {line[1:].strip() for line in patch if line.startswith("+") and not line.startswith("+++ ")}
    gone = {line[1:].strip() for line in patch if line.startswith("-") and not line.startswith("--- ")}
    paths = {line[6:] for line in patch if line.startswith("--- a/")}
    before: set[str] = set()
    for path in paths:
        shown = subprocess.run(
            ["git", "-C", str(root), "show", f"{sha}^:{path}"], capture_output=True, check=False
        )
        before |= {line.strip() for line in shown.stdout.decode("utf-8", "replace").splitlines()}
    return {line for line in added - gone - before if sum(map(str.isalnum, line)) >= 4}


def undone(root: Path, options: argparse.Namespace) -> int:
    rows = ask(options.command, root, "reverts")
    items = rows[0]["reverts"] if rows and "reverts" in rows[0] else rows
    kinds: dict[str, int] = {}
    for item in items:
        kinds[item["parity"]] = kinds.get(item["parity"], 0) + 1
    head, false = texts(root), 0
    for sha in sorted({item["target"] for item in items if item["parity"] == "out" and item["reachable"]}):
        lines = brought(root, sha)
        most = max((len(lines & text) for text in head), default=0)
        if lines and most > len(lines) / 2:
            false += 1
            print(
                f"  {sha[:10]} is called undone: {most} of its {len(lines)} lines stand in one file of HEAD"
            )
    said = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    subjects = git(root, "log", "--format=%H %s").splitlines()
    named = {row[:40] for row in subjects if row[41:].casefold().startswith("revert")}
    seen = len(named & {item["by"] for item in items})
    print(
        f"{root.name}: {len(items)} reverts ({said}), {false} false; {seen} of {len(named)} subjects in Revert seen"
    )
    return false


# -- standing

WORDS = re.compile(r"[^\W_][\W_]*[^\W_]")


def version(root: Path, name: str) -> set[str]:
    """The lines with words of a blob; none where git has no such file."""
    shown = subprocess.run(["git", "-C", str(root), "show", name], capture_output=True, check=False)
    stripped = (line.strip() for line in shown.stdout.decode("utf-8", "replace").split("\n"))
    return {line for line in stripped if WORDS.search(line)}


def standing(root: Path, options: argparse.Namespace) -> int:
    commits = git(root, "log", "--no-merges", "--format=%H").split()
    chosen = random.Random(options.seed).sample(commits, min(options.count, len(commits)))
    files = takers = wrong = 0
    for sha in chosen:
        (answer,) = ask(options.command, root, "history", sha)
        told = [(file["path"], file["standing"]) for file in answer["changes"] if file.get("standing")]
        for path, said in told if told and not any(f["status"] == "R" for f in answer["changes"]) else ():
            added = version(root, f"{sha}:{path}") - version(root, f"{sha}^:{path}")
            here = added & version(root, f"HEAD:{said['path']}") if said["path"] else set()
            files, takers = files + 1, takers + len(said["taken"])
            false = [
                one["sha"] for one in said["taken"] if one["lines"] > len(added & gone(root, one["sha"]))
            ]
            if (len(added), len(here)) != (said["added"], said["here"]) or false:
                wrong += 1
                print(
                    f"  {sha[:10]} {path}: {len(here)} of {len(added)} are here; said: {said}, false: {false}"
                )
    print(
        f"{root.name}: {files} files of {len(chosen)} commits, {takers} later commits named, {wrong} files wrong"
    )
    return wrong


def gone(root: Path, sha: str) -> set[str]:
    """The lines that the commit's patch removes."""
    patch = git(root, "show", "-m", "--first-parent", "--format=", "--no-color", sha).split("\n")
    return {line[1:].strip() for line in patch if line.startswith("-")}


CHECKS: dict[str, Callable[[Path, argparse.Namespace], int]] = {
    "lines": lines,
    "undone": undone,
    "standing": standing,
}


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("check", choices=CHECKS)
    parser.add_argument("clones", nargs="+", type=Path, metavar="CLONE")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--memoryd", dest="command", type=shlex.split, default=["memoryd"], metavar="CMD")
    options = parser.parse_args()
    return 1 if sum(CHECKS[options.check](clone.resolve(), options) for clone in options.clones) else 0


if __name__ == "__main__":
    sys.exit(main())
