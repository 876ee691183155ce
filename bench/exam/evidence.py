"""Does every place that the gold names exist? ``python bench/exam/evidence.py [--arm grep]``, after ``--prepare``.

Of ``path:line`` the file at the question's commit must have that line, which is printed to be read; a commit must be
an ancestor of the question's commit. Whether the place proves the fact is for a person to say.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path

from questions import ARMS, Question, questions
from shell import clone_of

COMMIT = re.compile(r"[0-9a-f]{7,40}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--arm", choices=ARMS, default="grep", help="whose clones are read")
    arm = parser.parse_args().arm
    missing = 0
    for question in questions().values():
        for place in places(question):
            line = read(clone_of(question.repo, arm), question.commit, place)
            missing += line is None
            print(f"{question.id}\t{place}\t{'MISSING' if line is None else line}")
    return min(missing, 1)


def places(question: Question) -> list[str]:
    """All that the facts of the question name, one by one."""
    return [place for fact in question.gold for place in fact.evidence.split("; ")]


def read(clone: Path, commit: str, place: str) -> str | None:
    """The line, or the subject of the commit; nothing if it is not there."""
    if COMMIT.fullmatch(place):
        if _git(clone, "merge-base", "--is-ancestor", place, commit) is None:
            return None
        return _git(clone, "show", "-s", "--format=%as %s", place)
    path, _, number = place.rpartition(":")
    lines = (_git(clone, "show", f"{commit}:{path}") or "").splitlines()
    return lines[int(number) - 1].strip() if 0 < int(number) <= len(lines) else None


def _git(clone: Path, *arguments: str) -> str | None:
    done = subprocess.run(["git", "-C", str(clone), *arguments], capture_output=True, text=True, check=False)
    return done.stdout.rstrip("\n") if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
