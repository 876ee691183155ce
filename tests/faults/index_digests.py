"""What the index of a project says, as digests: after a fault, and by a daemon that met none."""

from __future__ import annotations

from pathlib import Path

from daemon_harness import Client, RunningDaemon


def digest(client: Client, root: Path) -> dict[str, str]:
    """Of the project, indexed by now."""
    client.json("up", path=str(root))
    return client.json("doctor", project=str(root), digest=True)["digest"]


def clean_digest(folder: Path, root: Path) -> dict[str, str]:
    """Of the project, indexed from nothing under ``folder``."""
    daemon = RunningDaemon(folder).ready()
    with Client(daemon.paths) as client:
        found = digest(client, root)
    daemon.end()
    return found
