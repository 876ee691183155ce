"""The records of one store as the daemon holds them: one reader, one writer, the copies. What keeps them away is kept
as a problem, so that questions go on without them and say so."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from memoryd.errors import StoreError
from memoryd.paths import private_folder
from memoryd.store.failures import LockedStore

if TYPE_CHECKING:
    from memoryd.store.records.copies import Copy
    from memoryd.store.records.reader import RecordReader
    from memoryd.store.records.restore import Restored
    from memoryd.store.records.writer import Records

log = logging.getLogger(__name__)

SNAPSHOTS_KEPT = 5
WAIT_MS = 1_000  # a question for another program that keeps the file to itself
LOCKED_S = 5.0  # so long questions take it for locked still, and do not wait again


class ProjectRecords:
    """Methods may be called from any thread; they wait for each other."""

    def __init__(self, folder: Path) -> None:
        self._folder, self.file = folder, folder / "records.db"
        self.problem: StoreError | None = None  # why they could not be opened when last asked for
        self._lock = Lock()
        self._copying = Lock()  # taken before the other
        self._writer: Records | None = None
        self._reader: RecordReader | None = None
        self._inode = 0  # of the file that is open
        self._locked_until_s = 0.0

    def reader(self, *, at_once: bool = True) -> RecordReader | None:
        """What questions see of the records, on a connection that cannot write. None when they cannot be opened, and
        ``problem`` says why. ``at_once``: not to wait again for who kept them locked a moment ago."""
        with self._lock:
            if at_once and self.problem and time.monotonic() < self._locked_until_s:
                return None
            try:
                self._open()
                self.problem = None
            except StoreError as error:
                if str(error) != str(self.problem):  # once, not with every question
                    log.error("no records: %s", error)
                self.problem = error
                if isinstance(error, LockedStore):
                    self._locked_until_s = time.monotonic() + LOCKED_S
                return None
            return self._reader

    def writer(self) -> Records:
        """The one writer. Raises StoreError when they cannot be opened."""
        with self._lock:
            return self._open()

    def noting(self, work: Callable[[Records], None]) -> None:
        """Write what nobody asked of this project: what was closed is closed again. Raises StoreError."""
        with self._lock:
            was_open = self._writer is not None
            try:
                work(self._open())
            finally:
                if not was_open:
                    self._close()

    def is_about(self, error: StoreError) -> bool:
        """What failed is the file of the records."""
        return error.where == str(self.file)

    def _open(self) -> Records:
        """Opened on first use; the writer first, because it brings an older store up to date."""
        if self._writer is not None and _inode(self.file) != self._inode:
            self._let_go()
        if self._writer is None:
            from memoryd.store.records.reader import RecordReader
            from memoryd.store.records.writer import Records

            private_folder(self._folder)
            writer = Records.open(self.file, WAIT_MS)
            try:
                self._reader = RecordReader.open_readonly(self.file, WAIT_MS)
            except StoreError:
                writer.close()
                raise
            self._writer, self._inode = writer, _inode(self.file)
        return self._writer

    def _let_go(self) -> None:
        """Somebody removed or replaced the file. What was acknowledged is in the one that is still open: a copy of it
        is kept, and what lies there now is judged beside that."""
        log.error("%s was removed or replaced while it was in use", self.file)
        try:
            if self._writer:
                self._writer.snapshot(self._folder / "snapshots", SNAPSHOTS_KEPT)
        except (StoreError, OSError) as error:
            log.error("what was in use cannot be copied: %s", error)
        self._close()

    def _close(self) -> None:
        if self._reader:
            self._reader.close()
        if self._writer:
            self._writer.close()
        self._writer = self._reader = None

    def snapshot(self) -> None:
        """Keep a copy if they changed since the last one."""
        with self._copying:
            self._snapshot(SNAPSHOTS_KEPT)

    def _snapshot(self, keep: int) -> None:
        with self._lock:
            writer = self._writer
        if writer:
            writer.snapshot(self._folder / "snapshots", keep)

    def forget_copies(self) -> None:
        """Only a copy of what they are now stays: something was forgotten for good. Raises StoreError naming what still
        holds it."""
        from memoryd.store.records.snapshots import drop_copies

        with self._copying:
            self._snapshot(1)
            drop_copies(self.file)

    def copies(self) -> tuple[Copy, ...]:
        """Each looked at as a whole. Raises StoreError."""
        from memoryd.store.records.copies import copies

        with self._copying:
            return copies(self.file)

    def examined(self) -> StoreError | None:
        """Why they are not what was written, None when they are whole: every page and the audit are read."""
        from memoryd.store.records.restore import problem_of

        return problem_of(self.file)

    def restore(self, *, undo: bool = False) -> Restored:
        """Put something whole in the place of what is damaged, or undo that. Raises UsageError, StoreError."""
        from memoryd.store.records import restore

        with self._copying, self._lock:
            if self._writer and _inode(self.file) != self._inode:
                self._let_go()
            self._close()
            self.problem, self._locked_until_s = None, 0.0
            return restore.undo(self.file) if undo else restore.restore(self.file)

    def close(self) -> None:
        self.snapshot()
        with self._lock:
            self._close()


def _inode(file: Path) -> int:
    """0 where there is none."""
    try:
        return os.stat(file).st_ino
    except OSError:
        return 0
