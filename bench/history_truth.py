"""Compares what memoryd says of the past with git and with the text of HEAD, by other code than its own.

python bench/history_truth.py lines CLONE… [--count 200] [--seed 1] [--memoryd CMD]

`lines`: random lines of committed text files. The commit that `git blame -w` names must be in the answer of
`memoryd why PATH:LINE`. The clones have to be indexed (`memoryd index`) and without uncommitted changes. Every
miss is printed; exit code 1 when there is one.
"""

from __future__ import annotations

import argparse
import json
import random
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


CHECKS: dict[str, Callable[[Path, argparse.Namespace], int]] = {"lines": lines}


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
