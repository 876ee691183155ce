"""One project store as the read side uses it: connections, the records, the search index, its ingest queue."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from indexers.facts import FileEffect, LineOrigins
from memoryd.config import VectorsSection
from memoryd.daemon.indexing.jobs import IngestQueue
from memoryd.daemon.projects.project_records import ProjectRecords
from memoryd.daemon.projects.vectors import ProjectVectors
from memoryd.daemon.tuning.tuner import LearnedWords
from memoryd.errors import GitError, StoreError, UsageError
from memoryd.ingest.change.versions import lines_of
from memoryd.ingest.git.repository import Git
from memoryd.ingest.history.effects import effects, texts_at
from memoryd.ingest.history.line_origins import line_origins
from memoryd.store import sqlite
from memoryd.store.failures import failure
from memoryd.store.index import versions

if TYPE_CHECKING:
    from memoryd.query.retrieval.lexical import LexicalIndex

log = logging.getLogger(__name__)

IDLE_CONNECTIONS = 4
BLAMES_KEPT = 256
LINES_KEPT = 512
EFFECTS_KEPT = 1_500


class ViewVanished(StoreError):
    """What was there a moment ago is gone: a view that gave way, or the whole index."""

    def __init__(self, where: str) -> None:
        super().__init__("the index was removed just now", where=where, next_step="ask again in a moment")


class OutdatedIndex(StoreError):
    """The index was made by another version, and is not brought up yet."""

    def __init__(self, where: str) -> None:
        super().__init__(
            "the index was made by another version of memoryd and has to be brought up",
            where=where,
            next_step="ask again in a moment; `memoryd up` shows the progress",
        )


class Store:
    """The stores of one key. Methods may be called from any thread, except for the queue's."""

    def __init__(self, folder: Path, queue: IngestQueue, settings: VectorsSection, log_file: Path) -> None:
        self.folder, self.queue = folder, queue
        self.vectors = ProjectVectors(
            folder / "vectors", self.index_file, settings, log_file, lambda: queue.busy
        )
        self.learned = LearnedWords(folder, settings)
        self.used_at_s = time.monotonic()
        self.records = ProjectRecords(folder)
        self._lock = Lock()
        self._idle: list[tuple[int, sqlite3.Connection]] = []
        self._lexical: LexicalIndex | None = None
        self._inode = 0  # of the index that ``_lexical`` was read from
        self._blames: dict[tuple[Any, ...], Sequence[Any]] = {}
        self._lines: dict[tuple[str, str], tuple[Any, Any]] = {}
        self._effects: dict[str, Sequence[FileEffect]] = {}
        self._branches: tuple[Mapping[str, str], dict[str, str]] = (
            {},
            {},
        )  # refs, and by them commit → branch or ""

    @property
    def index_file(self) -> Path:
        return self.folder / "index.db"

    @contextlib.contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A read-only connection for one answer, inside one transaction: all its queries see one state.

        Raises ViewVanished when there is no index, OutdatedIndex, NewerStore, StoreError when it cannot be read.
        """
        self.used_at_s = time.monotonic()
        inode, conn = self._take()
        try:
            conn.execute("BEGIN")
            yield conn
            conn.execute("ROLLBACK")
        except sqlite3.Error as error:
            conn.close()
            raise failure(error, self.index_file) from error
        except BaseException:
            conn.close()
            raise
        self._give_back(inode, conn)

    def _give_back(self, inode: int, conn: sqlite3.Connection) -> None:
        with self._lock:
            if len(self._idle) < IDLE_CONNECTIONS:
                self._idle.append((inode, conn))
                return
        conn.close()

    def _take(self) -> tuple[int, sqlite3.Connection]:
        """An idle connection to the file that is there now; a rebuilt index has another inode."""
        try:
            inode = os.stat(self.index_file).st_ino
        except FileNotFoundError:
            raise ViewVanished(str(self.index_file)) from None
        with self._lock:
            if inode != self._inode:  # its ids mean other files now
                self._inode, self._lexical = inode, None
            while self._idle:
                known, conn = self._idle.pop()
                if known == inode:
                    return known, conn
                conn.close()
        conn = sqlite.connect(self.index_file, readonly=True)
        try:
            is_current = versions.is_current(conn)
        except sqlite3.Error as error:
            conn.close()
            raise failure(error, self.index_file) from error
        if not is_current:
            conn.close()
            raise OutdatedIndex(str(self.index_file))
        return inode, conn

    @property
    def cached(self) -> bool:
        """There is something that ``forget_caches`` would free."""
        return self._lexical is not None or bool(self._blames) or bool(self._idle)

    @property
    def lexical(self) -> LexicalIndex:
        with self._lock:
            if self._lexical is None:
                from memoryd.query.retrieval.lexical import LexicalIndex

                self._lexical = LexicalIndex()
            return self._lexical

    def blame(self, root: str, path: str, head: str, lines: tuple[int, int] | None = None) -> Sequence[Any]:
        """Who last touched the lines of ``path``, at least those from ``lines``, at commit ``head``; empty when git
        cannot say."""
        key, whole = (root, path, head, lines), (root, path, head, None)
        with self._lock:
            for known in (whole, key):
                if known in self._blames:
                    return self._blames[known]
        git = Git.open(Path(root))
        try:
            found = tuple(git.blame(path, head, lines)) if git and head else ()
        except GitError as error:
            log.info("no blame of a file: %s", error.what)
            found = ()
        with self._lock:
            self._blames[key] = found
            while len(self._blames) > BLAMES_KEPT:
                self._blames.pop(next(iter(self._blames)))
        return found

    def line_origins(
        self, root: str, sha: str, path: str, text: bytes | None, lines: tuple[int, int]
    ) -> LineOrigins:
        """The commits behind these lines of the file, which reads ``text`` now (None: as at commit ``sha``)."""
        git = Git.open(Path(root))
        return line_origins(git, sha, path, text, *lines) if git else LineOrigins("unknown")

    def lines(self, root: str, sha: str, path: str) -> tuple[Any, Any]:
        """What commit ``sha`` added to ``path`` and removed from it; nothing when git cannot say."""
        key = (sha, path)
        with self._lock:
            if key in self._lines:
                return self._lines[key]
        git = Git.open(Path(root))
        try:
            found: tuple[Any, Any] = lines_of(git, sha, path) if git else ((), ())
        except GitError as error:
            log.info("no lines of a commit: %s", error.what)
            found = ((), ())
        with self._lock:
            self._lines[key] = found
            while len(self._lines) > LINES_KEPT:
                self._lines.pop(next(iter(self._lines)))
        return found

    def text_at(self, root: str, sha: str, path: str) -> bytes:
        """The file at commit ``sha``; empty when there is none, or git cannot say."""
        git = Git.open(Path(root))
        try:
            return (git.file_at(sha, path) if git else None) or b""
        except GitError as error:
            log.info("no text of a file: %s", error.what)
            return b""

    def effects(self, root: str, shas: Sequence[str]) -> Mapping[str, Sequence[FileEffect]]:
        """What these commits did to lines; those that git cannot say are left out."""
        with self._lock:
            known = {sha: self._effects[sha] for sha in shas if sha in self._effects}
        missing = [sha for sha in shas if sha not in known]
        git = Git.open(Path(root)) if missing else None
        if git:
            try:
                found = effects(git, missing)
            except GitError as error:
                log.info("no effects of commits: %s", error.what)
                found = {}
            with self._lock:
                self._effects |= found
                while len(self._effects) > EFFECTS_KEPT:
                    self._effects.pop(next(iter(self._effects)))
            known |= found
        return known

    def texts_at(self, root: str, sha: str, paths: Sequence[str]) -> Mapping[str, bytes] | None:
        """The texts of these files at commit ``sha``, as far as it has them; None when git cannot say."""
        git = Git.open(Path(root))
        try:
            return texts_at(git, sha, paths) if git else None
        except GitError as error:
            log.info("no texts of files: %s", error.what)
            return None

    def patches(self, root: str, shas: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """Keys of what the commits do to lines, and of what would undo that; nothing when git cannot say."""
        git = Git.open(Path(root))
        try:
            return {sha: (done, undone) for sha, done, undone in git.patches(shas)} if git and shas else {}
        except GitError as error:
            log.info("no patches: %s", error.what)
            return {}

    def behind(self, root: str, rev: str) -> Sequence[str]:
        """The commits that ``rev`` reaches, the one it names first; empty when it names none. Raises GitError."""
        git = Git.open(Path(root))
        if git is None:
            return ()
        try:
            return git.rev_list(git.resolve(rev))
        except UsageError:  # the caller knows what else the text may mean
            return ()

    def branches_with(self, root: str, shas: Sequence[str]) -> Mapping[str, str] | None:
        """Commit → a branch that has it, of those that one has; None where git cannot say."""
        git = Git.open(Path(root))
        try:
            if git is None:
                return None
            refs = git.refs()
            with self._lock:
                if refs != self._branches[0]:
                    self._branches = refs, {}
                known = self._branches[1]
            missing = [sha for sha in shas if sha not in known]
            known |= dict.fromkeys(missing, "") | git.branches_with(missing)
            return {sha: known[sha] for sha in shas if known[sha]}
        except GitError as error:
            log.info("no branches of commits: %s", error.what)
            return None

    def forget_caches(self) -> None:
        """Give memory back; the next question pays for loading again."""
        with self._lock:
            self._lexical = None
            self._blames.clear()
            self._lines.clear()
            self._effects.clear()
            for _, conn in self._idle:
                conn.close()
            self._idle.clear()

    def close(self) -> None:
        self.forget_caches()
        self.records.close()
        self.vectors.close()
