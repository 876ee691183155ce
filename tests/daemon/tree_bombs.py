"""Trees of a few objects that have thousands of millions of entries."""

from __future__ import annotations

import subprocess
from pathlib import Path

LEVELS, WIDTH = 9, 10


def bombed(root: Path, *, of_files: bool = True) -> tuple[str, str]:
    """A repository at ``root`` with such a commit amid its history, and its own tree again after it; the shas of both.
    ``of_files`` no: its folders are empty, so that git has nothing to say of them however long it looks."""
    root.mkdir(parents=True)
    _git(root, "init", "-q", "-b", "main")
    _commit(root, "before")
    tree = _mktree(root, "100644 blob", _git(root, "rev-parse", "HEAD:a.py")) if of_files else _mktree(root)
    for _ in range(LEVELS - 1):
        tree = _mktree(root, "040000 tree", tree)
    bomb = _git(root, "commit-tree", tree, "-p", "HEAD", "-m", "bomb")
    mended = _git(root, "commit-tree", "HEAD^{tree}", "-p", bomb, "-m", "unbomb")
    _git(root, "update-ref", "refs/heads/main", mended)
    _commit(root, "after")
    return bomb, mended


def _commit(root: Path, message: str) -> None:
    (root / "a.py").write_text(f"def {message}():\n    return 1\n")
    _git(root, "add", "-A")
    _git(root, "commit", "-qm", message)


def _mktree(root: Path, kind: str = "", sha: str = "") -> str:
    rows = "".join(f"{kind} {sha}\tn{number}.py\n" for number in range(WIDTH)) if kind else ""
    return _git(root, "mktree", stdin=rows)


def _git(root: Path, *arguments: str, stdin: str = "") -> str:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    done = subprocess.run(
        ["git", *who, *arguments], cwd=root, input=stdin, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()
