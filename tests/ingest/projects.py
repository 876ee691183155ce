"""Small real projects for tests: a folder, real git, a real store."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from threading import Event

from memoryd.ingest.job import IndexJob, IndexSummary
from memoryd.ingest.parse.pool import ParsePool, PoolLimits
from memoryd.ingest.pipeline import index
from memoryd.store.index import digest, reader
from memoryd.store.sqlite import connect

_GIT_ENVIRONMENT = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.org",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.org",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}


class Repository:
    """A git repository under ``root``; ``tick`` makes the dates of its commits ascend."""

    def __init__(self, root: Path) -> None:
        self.root, self._tick = root, 1_700_000_000
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, days: int = 0) -> str:
        """``days``: the date is so many later."""
        self._tick += 60
        date = f"{self._tick + days * 86_400} +0000"
        environment = os.environ | _GIT_ENVIRONMENT | {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        done = subprocess.run(
            ["git", "-C", str(self.root), *arguments],
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def write(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def commit(self, message: str, **files: str) -> str:
        """Write ``files`` (path with ``__`` for ``/`` and ``_dot_`` for ``.``), commit all, return the sha."""
        for name, text in files.items():
            self.write(name.replace("__", "/").replace("_dot_", "."), text)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


def small_pool() -> ParsePool:
    return ParsePool(PoolLimits(workers=1, file_wall_s=10.0))


def run_index(pool: ParsePool, root: Path, store: Path, **changes: object) -> IndexSummary:
    """One index run without vectors into ``store`` (a folder)."""
    store.mkdir(parents=True, exist_ok=True)
    job = IndexJob(root=root, index=store / "index.db", **changes)  # type: ignore[arg-type]
    return index(job, pool, None, lambda phase, done, total: None, Event())


def digest_of(store: Path, view_name: str) -> dict[str, str]:
    conn = connect(store / "index.db", readonly=True)
    try:
        view = reader.view(conn, view_name)
        assert view is not None
        return digest.digest(conn, view.id)
    finally:
        conn.close()
