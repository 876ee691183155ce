"""How many of the files that a task really changed its brief names, and in how many tokens.

    MEMORYD_EVAL_REPOS=clones python bench/eval_brief.py EVAL_FOLDER [--sets loc_history,…] [--home FOLDER] [--misses]

The tasks are later commits (loc_history) and issues (loc_swebench); their README says what the gold is. The real
command is driven: ``memoryd index --rev`` builds a view of each base commit, ``memoryd brief --rev`` answers from it.
A file counts as named when its whole path stands in the text below the line that repeats the task; the share is
taken per task, then averaged: of the gold (code), and of everything that the commit changed and that was there before
(tests and documents too; where the set gives the commit). ``--misses`` lists the gold that was not named. Nothing of
the sets is kept.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from measure import Home, load_line, median
from msgspec import Struct
from search_sets import LOCALISATION, by_repo, clone, rows_of

MAX_TOKENS = 1_500
CHARS_PER_TOKEN = 4  # as memoryd counts its budget
SAMPLE = 20  # tasks, spread evenly over each set
_PATH = re.compile(r"[\w.@+/-]*[\w@+-]")


class Briefed(Struct, frozen=True):
    """One task: the files that it changed (``gold`` as the set has it, ``changed`` all of them), what its brief
    names, and what that took."""

    id: str
    gold: frozenset[str]
    changed: frozenset[str]
    said: frozenset[str]
    files: int  # all files that the brief names, right or wrong
    tokens: float
    wall_ms: float

    @property
    def missed(self) -> frozenset[str]:
        return self.gold - self.said

    def share(self, wanted: frozenset[str]) -> float:
        return len(wanted & self.said) / len(wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("eval_folder", type=Path)
    parser.add_argument("--sets", type=lambda text: text.split(","), default=list(LOCALISATION))
    parser.add_argument("--home", type=Path, help="keep data here, and use what an earlier run left")
    parser.add_argument("--misses", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (args.home or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with Home(folder / "data") as home:
            print(load_line())
            print(f"{'set':<28} {'n':>4}  named  all named  of all changed  files  tokens  wall ms")
            for name in args.sets:
                done = list(briefed(home, args.eval_folder, folder, name))
                report(f"{name}, {SAMPLE} tasks", spread_over(done))
                report(name, done)
                if args.misses:
                    show_misses(done)


def briefed(home: Home, sets: Path, folder: Path, name: str) -> Iterator[Briefed]:
    """The set's tasks, in its order within each repository; clones lie in ``folder``."""
    for repo, rows in by_repo(rows_of(sets, name)):
        project = clone(repo, folder)
        commits = dict.fromkeys(row["base_commit"] for row in rows)
        for commit in commits:
            home.run("index", str(project), "--rev", commit, "--json")
        known = {commit: _git_files(project, commit) for commit in commits}
        for row in rows:
            options = ("--rev", row["base_commit"], "--max-tokens", str(MAX_TOKENS), "-C", str(project))
            start = time.perf_counter()
            text = home.run("brief", *options, "--", row["query"])
            wall_ms = (time.perf_counter() - start) * 1000
            said = frozenset(_PATH.findall(text.partition("\n")[2]))
            gold = frozenset(row["gold"])
            there = known[row["base_commit"]]
            changed = _changed(project, row["sha"]) & there if "sha" in row else gold
            tokens = len(text) / CHARS_PER_TOKEN
            yield Briefed(row["id"], gold, changed or gold, said, len(said & there), tokens, wall_ms)


def _changed(project: Path, sha: str) -> frozenset[str]:
    """The paths that a commit changed against its first parent."""
    command = ["git", "-C", str(project), "diff", "--name-only", "-z", f"{sha}^", sha]
    return _paths(command)


def _git_files(project: Path, commit: str) -> frozenset[str]:
    """Every path of a commit's tree."""
    command = ["git", "-C", str(project), "ls-tree", "-r", "--name-only", "-z", commit]
    return _paths(command)


def _paths(command: Sequence[str]) -> frozenset[str]:
    """What a git command lists, each path ended by a NUL."""
    return frozenset(subprocess.check_output(command, text=True).split("\0")) - {""}


def spread_over(done: Sequence[Briefed]) -> Sequence[Briefed]:
    """SAMPLE of them at even distances, so that every repository has its part."""
    return [done[i * len(done) // SAMPLE] for i in range(min(SAMPLE, len(done)))]


def report(title: str, done: Sequence[Briefed]) -> None:
    """One line: share of the gold named, part of the tasks with all of it, files named, medians of the cost."""
    share = sum(one.share(one.gold) for one in done) / len(done)
    whole = sum(not one.missed for one in done) / len(done)
    changed = sum(one.share(one.changed) for one in done) / len(done)
    files = sum(one.files for one in done) / len(done)
    tokens, wall_ms = median([one.tokens for one in done]), median([one.wall_ms for one in done])
    print(
        f"{title:<28} {len(done):>4}  {share:.3f}      {whole:.3f}           {changed:.3f}  {files:5.1f}  {tokens:6.0f}"
        f"  {wall_ms:7.0f}",
        flush=True,
    )


def show_misses(done: Sequence[Briefed]) -> None:
    for one in done:
        if one.missed:
            print(f"  {one.id}: {len(one.missed)} of {len(one.gold)} missed: {' '.join(sorted(one.missed))}")


if __name__ == "__main__":
    main()
