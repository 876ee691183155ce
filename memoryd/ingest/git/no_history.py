"""Why a project has no history here: a `.git` that is not followed, or no git that could read it."""

from __future__ import annotations

from pathlib import Path

from memoryd.ingest.git.discovery import Refused, look
from memoryd.ingest.git.process import git_version

NO_GIT = Refused(
    "git is not on the PATH of the daemon",
    "install git or put it on the PATH, then `memoryd daemon stop`: the next command starts a daemon that has it",
)


def why_no_history(root: Path) -> Refused | None:
    """None where it has a history, or has no `.git`. Raises GitError when it cannot be looked into."""
    found = look(root)
    if found is None or isinstance(found, Refused):
        return found
    return None if git_version() else NO_GIT
