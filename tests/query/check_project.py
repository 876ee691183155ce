"""A small repository with rules, indexed and checked as the daemon does it, without a daemon."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from threading import Event

from memoryd.ingest.change.change import ChangeRequest, read_change
from memoryd.ingest.job import IndexJob
from memoryd.ingest.parse.pool import ParsePool
from memoryd.ingest.pipeline import index
from memoryd.query.answers import Freshness
from memoryd.query.check.answers import CheckAnswer, CheckRequest
from memoryd.query.check.verdict import check
from memoryd.query.context import Context
from memoryd.query.decisions.answers import DecisionsAnswer, DecisionsRequest
from memoryd.query.decisions.listing import decisions
from memoryd.store import sqlite
from memoryd.store.index import reader

FRESH = Freshness("", "", "main", False, 0, False, "ready")


class CheckedProject:
    """``root`` is a git repository; every method leaves it as it says."""

    def __init__(self, root: Path, pool: ParsePool, files: dict[str, str]) -> None:
        self.root, self._pool = root, pool
        self._index = root.parent / f"{root.name}-store" / "index.db"
        self._index.parent.mkdir()
        root.mkdir()
        self.git("init", "-q", "-b", "main")
        self.commit("Begin", files)

    def git(self, *arguments: str) -> str:
        command = ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.org", *arguments]
        # The same in every run: a sha that a message names is words, too, and moves scores a little.
        self._clock_s = getattr(self, "_clock_s", 1_700_000_007) + 60
        dates = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), f"{self._clock_s} +0000")
        return subprocess.run(
            command, cwd=self.root, check=True, capture_output=True, text=True, env=os.environ | dates
        ).stdout.strip()

    def write(self, files: dict[str, str | None]) -> None:
        """Write files; None removes one."""
        for path, text in files.items():
            place = self.root / path
            if text is None:
                place.unlink()
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text)

    def stage(self, files: dict[str, str | None]) -> None:
        self.write(files)
        self.git("add", "-A")

    def commit(self, message: str, files: dict[str, str | None]) -> str:
        """Returns the commit's sha."""
        self.stage(files)
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def index(self, rev: str | None = None) -> str:
        """Bring the view up to date; returns its name."""
        job = IndexJob(root=self.root, index=self._index, rev=rev)
        return index(job, self._pool, None, lambda *_: None, Event()).view

    def check(self, *, rev: str | None = None, **asked: object) -> CheckAnswer:
        """Index, read the change, judge it. ``asked``: the fields of a CheckRequest; by default what is staged."""
        request = CheckRequest(**(asked or {"staged": True}))  # type: ignore[arg-type]
        view_name = self.index(rev)
        change = read_change(
            ChangeRequest(
                root=str(self.root), index=str(self._index), range=request.range, staged=request.staged,
                diff=request.diff, paths=request.paths, index_file=request.index_file,
            ),
            self._pool,
        )  # fmt: skip
        conn = sqlite.connect(self._index, readonly=True)
        try:
            return check(self._context(conn, view_name), request, change)
        finally:
            conn.close()

    def decisions(self, **asked: object) -> DecisionsAnswer:
        """Index, and ask what is decided and declared."""
        view_name = self.index()
        conn = sqlite.connect(self._index, readonly=True)
        try:
            return decisions(self._context(conn, view_name), DecisionsRequest(**asked))  # type: ignore[arg-type]
        finally:
            conn.close()

    def _context(self, conn: object, view_name: str) -> Context:
        from functools import partial

        from memoryd.ingest.change.versions import lines_of
        from memoryd.ingest.git.repository import Git

        view = reader.view(conn, view_name)  # type: ignore[arg-type]
        assert view is not None
        git = Git.open(self.root)
        return Context(
            index=conn, records=None, view=view, lexical=None, embedder=None, freshness=FRESH,  # type: ignore[arg-type]
            root=str(self.root), lines=partial(lines_of, git),
        )  # fmt: skip
