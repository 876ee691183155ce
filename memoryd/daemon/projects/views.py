"""From a call to a Context: find the project, make sure that its view exists, open it, answer in a thread."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from memoryd.config import Config
from memoryd.daemon.indexing.freshness import freshness, standing, uncommitted
from memoryd.daemon.indexing.jobs import IndexTarget, Job, JobError
from memoryd.daemon.projects.stores import OutdatedIndex, Store, ViewVanished
from memoryd.errors import BusyError, MemorydError, StoreError, UsageError
from memoryd.globs.given import standpoint
from memoryd.ingest.files.rooted_files import text_of
from memoryd.ingest.files.scan import NOT_CHECKED_OUT
from memoryd.ingest.git.directory import shown_branch
from memoryd.ingest.git.discovery import discover
from memoryd.ingest.git.no_history import why_no_history
from memoryd.ingest.git.repository import Git
from memoryd.query.answers import Freshness
from memoryd.query.context import Context, in_one_line
from memoryd.server.gate import Gate
from memoryd.server.service import Call, Needs, Project
from memoryd.store import sqlite
from memoryd.store.index import reader
from memoryd.store.index.queries.state import left_out_queries, skipped_queries
from memoryd.store.index.reader import View

if TYPE_CHECKING:
    from memoryd.store.records.reader import RecordReader

log = logging.getLogger(__name__)
T = TypeVar("T")
PATIENCE_S = 5.0  # then a question is answered from what the first index has so far


class Views:
    """Answers questions from the stores. ``embedder`` is set once its import is done."""

    def __init__(
        self, config: Config, gate: Gate, is_dirty: Callable[[str], bool], watching: Callable[[str], str]
    ) -> None:
        self._config, self._gate, self._is_dirty, self._watching = config, gate, is_dirty, watching
        self.embedder: Any = None
        self.embedder_known = asyncio.Event()  # its import ended, well or not
        self._complete: set[tuple[Store, IndexTarget]] = set()

    async def read(
        self, call: Call, project: Project, store: Store, work: Callable[[Context], T], needs: Needs = "index"
    ) -> T:
        """``work`` on the view that the call names, in a thread; a store that it does not need may be out of reach: the
        freshness of the answer says so. Raises MemorydError."""
        target = IndexTarget(project.root, await self._known_sha(project, store, call.common.rev))
        answer = _ThreadedRead(self, call, store, target, without_records=needs != "records")
        try:
            await self._ensure_view(call, store, target)
            await self.embedder_known.wait()  # else the first answers after a start rank otherwise
            try:
                return await self._in_turn(call, functools.partial(answer.run, work), answer)
            except ViewVanished:  # views of old commits give way to new ones, and a repair starts afresh
                self._complete.discard((store, target))
                await self._ensure_view(call, store, target)
                return await self._in_turn(call, functools.partial(answer.run, work), answer)
        except (StoreError, JobError) as error:
            if needs == "index" or answer.has_begun or error.exit_code != StoreError.exit_code:
                raise
            alone = functools.partial(answer.run_without_index, work, error)
            return await self._in_turn(call, alone, answer)

    async def _in_turn(self, call: Call, work: Callable[[], T], answer: _ThreadedRead) -> T:
        caller = call.peer.session or call.peer.surface
        return await self._gate.run(work, interrupt=answer.interrupt, caller=caller, short=call.is_short)

    async def _known_sha(self, project: Project, store: Store, rev: str | None) -> str | None:
        """Like ``sha``, without asking git about a commit whose view is at hand."""
        return (
            rev if (store, IndexTarget(project.root, rev)) in self._complete else await self.sha(project, rev)
        )

    async def sha(self, project: Project, rev: str | None) -> str | None:
        """The commit that ``rev`` names, None for the work tree; a bare repository has none and means HEAD. Raises
        UsageError."""
        if rev is None and not await self.is_bare(project):
            return None
        return await asyncio.to_thread(_resolved, project.root, rev or "HEAD")

    async def is_bare(self, project: Project) -> bool:
        """There is no work tree to look at or to watch."""
        return await self._gate.look(functools.partial(_is_bare, project.root), where=project.root)

    async def _ensure_view(self, call: Call, store: Store, target: IndexTarget) -> None:
        """Return when the view can be read. A person waits as long as it takes and sees the progress; an agent
        no longer than one answer may take."""
        if (store, target) in self._complete:
            return
        view = await asyncio.to_thread(find_view, store, target)
        if view and view.complete:
            self._complete.add((store, target))
            return
        job = store.queue.job_of(target) or store.queue.post(target)
        limit_s = None if call.peer.surface == "cli" else self._config.limits.deadline_s or None
        try:
            async with asyncio.timeout(limit_s):
                await self._follow(call, store, target, job)
        except TimeoutError:
            raise BusyError(
                f"this view is being indexed for the first time ({_words(job)})",
                where=target.rev or target.root,
                next_step="ask again in a moment; `memoryd up` shows the progress",
            ) from None

    async def _follow(self, call: Call, store: Store, target: IndexTarget, job: Job) -> None:
        """Until the view is complete, or, when that takes long, until there is something to answer from."""
        following = asyncio.ensure_future(store.queue.follow(job, call.on_progress))
        try:
            while not (await asyncio.wait({following}, timeout=PATIENCE_S))[0]:
                if target.rev is None and await asyncio.to_thread(_has_files, store, target):
                    return
            following.result()
        finally:
            following.cancel()

    def context(
        self, call: Call, store: Store, target: IndexTarget, conn: Any, known: KnownRecords
    ) -> Context:
        """What ``work`` is given. Raises ViewVanished when the view was removed or
        emptied since it was looked for: indexing one view in full, or by a new extractor, makes all others of the store
        begin again."""
        view = reader.view(conn, view_name(target))
        if view is None or not (view.complete or store.queue.job_of(target)):
            raise ViewVanished(target.root)
        now = standing(target.root)
        is_deepened = now.boundary != reader.meta(conn, "shallow")
        if target.rev is None and now.head.sha and (now.head.sha != view.head or is_deepened):
            store.queue.notice_standing(target, now.head.sha + now.boundary)
        return Context(
            index=conn,
            records=known.reader,
            view=view,
            lexical=store.lexical,
            embedder=store.learned.embedder(self.embedder),
            freshness=freshness(
                view,
                target,
                now,
                store.queue,
                dirty=self._is_dirty(target.root),
                vectors=self._vectors(view, store, target),
                left_out=left_out_queries.count_of_view(conn, view.id),
                not_here=skipped_queries.count(conn, view.id, NOT_CHECKED_OUT),
                unseen="" if target.rev else self._unseen(target.root),
                no_folder=not os.path.isdir(target.root),
                partial="" if view.complete else _words(store.queue.job_of(target)),
            ),
            root=target.root,
            blame=functools.partial(store.blame, target.root) if view.head else None,
            line_origins=functools.partial(store.line_origins, target.root) if view.head else None,
            lines=functools.partial(store.lines, target.root) if view.head else None,
            text_at=functools.partial(store.text_at, target.root) if view.head else None,
            behind=functools.partial(store.behind, target.root) if view.head else None,
            branches_with=functools.partial(store.branches_with, target.root) if view.head else None,
            effects=functools.partial(store.effects, target.root) if view.head else None,
            texts_at=functools.partial(store.texts_at, target.root) if view.head else None,
            patches=functools.partial(store.patches, target.root) if view.head else None,
            uncommitted=functools.partial(uncommitted, conn, target.root, view) if not target.rev else None,
            left_out_text=None if target.rev else functools.partial(text_of, target.root),
            near=store.vectors,
            quality=store.vectors.quality,
            records_problem=known.problem,
            folder=standpoint(target.root, call.folder).folder,
        ).with_problems_said()

    def _unseen(self, root: str) -> str:
        """Why the last changes of the work tree may not be known yet."""
        state = self._watching(root)
        if state == "polling":
            return f"changed files are looked for every {self._config.watch.polling_s:g} s (polling)"
        if state == "off" or state.startswith("degraded"):
            return "the files are not watched, so what changed since the last index is not known"
        return ""

    def context_without_index(
        self, call: Call, store: Store, target: IndexTarget, conn: Any, known: KnownRecords, why: MemorydError
    ) -> Context:
        """What ``work`` is given where the index cannot be read: an empty one, ``conn``, and that it is none."""
        from memoryd.query.retrieval.lexical import LexicalIndex

        now = standing(target.root)
        return Context(
            index=conn,
            records=known.reader,
            view=View(0, view_name(target), target.rev or "", "", 0, True),
            lexical=LexicalIndex(),
            embedder=None,
            freshness=Freshness(
                indexed_commit="",
                head=now.head.sha,
                branch=shown_branch(now.head.branch),
                dirty=False,
                pending=0,
                indexing=store.queue.job_of(target) is not None,
                vectors="absent",
                rev=target.rev or "",
                no_history=now.no_history,
                project=target.root,
                no_index=in_one_line(why),
            ),
            root=target.root,
            records_problem=known.problem,
            folder=standpoint(target.root, call.folder).folder,
        ).with_problems_said()

    def _vectors(self, view: View, store: Store, target: IndexTarget) -> str:
        """Files saved just now count as ``pending``, not as vectors to rebuild."""
        if self.embedder is None:
            return "absent"
        job = store.queue.job_of(target)
        partial = not view.complete or (job and job.full)
        return "rebuilding" if partial or store.vectors.rebuilding else "ready"


class KnownRecords(NamedTuple):
    """A reader, or what is in its way."""

    reader: RecordReader | None
    problem: StoreError | None = None


class _ThreadedRead:
    """One answer in a thread, and how to end it early. ``without_records``: it goes on where they fail under it."""

    def __init__(
        self, views: Views, call: Call, store: Store, target: IndexTarget, *, without_records: bool
    ) -> None:
        self._views, self._call, self._store, self._target = views, call, store, target
        self._without_records = without_records
        self._conn: Any = None
        self.has_begun = False  # ``work`` was called: it may have written

    def run(self, work: Callable[[Context], T]) -> T:
        try:
            return self._run(work)
        except StoreError as error:
            if not self._without_records or not self._store.records.is_about(error):
                raise
            log.error("an answer goes on without records: %s", error)
            return self._run(work, KnownRecords(None, error))

    def _records(self) -> KnownRecords:
        records = self._store.records
        reader = records.reader(at_once=self._without_records)
        return KnownRecords(reader, None if reader else records.problem)

    def _run(self, work: Callable[[Context], T], known: KnownRecords | None = None) -> T:
        started_s = time.perf_counter()
        with self._store.connection() as conn:
            self._conn = conn
            try:
                context = self._views.context(
                    self._call, self._store, self._target, conn, known or self._records()
                )
                self.has_begun = not self._without_records
                try:
                    return work(context)
                except MemorydError as error:
                    error.freshness = context.freshness.line()
                    raise
            finally:
                self._conn = None
                log.debug("answered in %.1f ms", (time.perf_counter() - started_s) * 1000)

    def run_without_index(self, work: Callable[[Context], T], why: MemorydError) -> T:
        """``work`` on an index that holds nothing."""
        with contextlib.closing(sqlite.empty("index")) as conn:
            self._conn = conn
            try:
                known = self._records()
                return work(
                    self._views.context_without_index(self._call, self._store, self._target, conn, known, why)
                )
            finally:
                self._conn = None

    def interrupt(self) -> None:
        """Stop the query that runs now, if one does."""
        conn = self._conn
        if conn is not None:
            with contextlib.suppress(sqlite3.ProgrammingError):  # closed at this very moment
                conn.interrupt()


def _is_bare(root: str) -> bool:
    directory = discover(Path(root))
    return directory is not None and directory.bare


def _resolved(root: str, rev: str) -> str:
    git = Git.open(Path(root))
    if git is None:
        refused = why_no_history(Path(root))
        why = f": {refused.reason}" if refused else ""
        raise UsageError(
            f"this project has no git history to answer from{why}",
            where=root,
            next_step=refused.next_step if refused else "leave out the revision",
        )
    return git.resolve(rev)


def view_name(target: IndexTarget) -> str:
    """What the view is called in index.db."""
    return f"rev:{target.rev}" if target.rev else f"worktree:{target.root}"


def find_view(store: Store, target: IndexTarget) -> View | None:
    """The view as stored, None when there is none yet, or only one that has to be brought up first."""
    if not store.index_file.exists():
        return None
    try:
        with store.connection() as conn:
            return reader.view(conn, view_name(target))
    except OutdatedIndex:
        return None


def _has_files(store: Store, target: IndexTarget) -> bool:
    """An unfinished view knows its files already."""
    view = find_view(store, target)
    if view is None:
        return False
    with store.connection() as conn:
        return bool(reader.view_files(conn, view.id))


def _words(job: Job | None) -> str:
    progress = job.progress if job else None
    if progress is None:
        return "waiting to begin"
    count = f" {progress.done} of {progress.total}" if progress.total else ""
    return f"{progress.phase}{count}"
