"""``memoryd`` as a user types it: the whole command in a folder, with the data folder of a test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from daemon_harness import REPOSITORY


def typed(home: Path, folder: Path, *arguments: str, code: int | None = 0) -> str:
    """stdout and stderr of the command, which has no terminal; ``code``: the exit code that it must have."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "memoryd", *arguments],
        env={
            "HOME": str(home.parent),
            "PATH": os.environ["PATH"],
            "MEMORYD_HOME": str(home),
            "PYTHONPATH": str(REPOSITORY),
        },
        cwd=folder, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert code is None or done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr
