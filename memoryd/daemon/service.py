"""What the surfaces ask of the daemon, put together from projects, stores, queues and watchers."""

from __future__ import annotations

import asyncio
import functools
import gc
import logging
import os
import pwd
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct, structs

import memoryd
from indexers.facts import Change
from memoryd.config import Config, for_child
from memoryd.daemon import doctor
from memoryd.daemon.indexing.change_reader import DEADLINE_S, Changes
from memoryd.daemon.indexing.freshness import differs_from_head
from memoryd.daemon.indexing.jobs import IngestQueue, Target
from memoryd.daemon.indexing.watch import Watch
from memoryd.daemon.processes import process_memory
from memoryd.daemon.projects import last_visits, relocation
from memoryd.daemon.projects.registry import Projects
from memoryd.daemon.projects.stores import Store
from memoryd.daemon.projects.views import Reading, find_view, view_name
from memoryd.daemon.tuning.tuner import TuneAnswer, Tuner
from memoryd.errors import MemorydError, UsageError
from memoryd.ingest import documents
from memoryd.ingest.job import IndexSummary
from memoryd.paths import Paths, private_folder
from memoryd.query.context import Context
from memoryd.query.requests import CheckRequest
from memoryd.server.gate import Gate
from memoryd.server.params import DoctorParams, TuneParams
from memoryd.server.service import Call, OnProgress, Peer, Project
from memoryd.store.index.queries import history_queries

if TYPE_CHECKING:
    from memoryd.store.records.writer import Records

log = logging.getLogger(__name__)
T = TypeVar("T")


class DaemonStatus(Struct, frozen=True):
    """The daemon's own state. ``clients``: open connections; ``answering``: questions being computed or
    waiting; ``ingest_pids``: indexing processes alive; ``http``: address or empty."""

    pid: int
    version: str
    home: str
    socket: str
    uptime_s: int
    clients: int
    answering: int
    projects: int
    watching: tuple[str, ...]
    indexing: tuple[str, ...]
    ingest_pids: tuple[int, ...]
    rss_mb: int
    http: str
    ready: bool


class Desk:
    """Implements server.service.Service, except for what only the process itself can do (see Daemon)."""

    def __init__(self, paths: Paths, config: Config, gate: Gate) -> None:
        self.paths, self.config = paths, config
        self._gate = gate
        self._registry = Projects(paths.projects_file)
        self._stores: dict[str, Store] = {}
        self._in_use: set[str] = set()
        self._dirty: dict[str, bool] = {}
        self.reading = Reading(config, gate, lambda root: self._dirty.get(root, False))
        self.watch = Watch(config, self._post_changes)
        self._changes = Changes(paths.log, self._environment(), config.daemon.ingest_idle_s)
        self._tuner = Tuner(paths.log, self._environment())
        self._tuning: asyncio.Task[None] | None = None
        self._started_s = self._wanted_s = time.monotonic()

    def _environment(self) -> dict[str, str]:
        """Of the children that read repositories."""
        return {**os.environ, **for_child(self.config), "MEMORYD_HOME": str(self.paths.home)}

    # --- projects

    async def project_of(self, call: Call) -> Project:
        """The project a call is about: its ``project``, else the caller's directory, else the only one.
        Raises UsageError naming what was tried, DeadlineError."""
        named, cwd = call.common.project, call.peer.cwd
        if named:
            return await self._gate.look(lambda: self._registry.find(named), where=named)
        around = await self._gate.look(lambda: self._registry.around(cwd), where=cwd) if cwd else None
        return around or self._registry.only()

    def projects(self) -> list[Project]:
        return self._registry.all()

    async def forget_project(self, root: str) -> Project:
        project = await self._gate.look(lambda: self._registry.forget(root), where=root)
        self.watch.end(project.root)
        self._in_use.discard(project.root)
        return project

    def store_of(self, project: Project) -> Store:
        """The project's store; the first use of a project in this daemon's life also begins to watch it and
        compares it with the disk, because nobody looked while no daemon ran."""
        store = self._stores.get(project.key)
        if store is None:
            folder = self.paths.project_dir(project.key)
            private_folder(folder.parent)
            private_folder(folder)
            queue = IngestQueue(
                folder / "index.db",
                self.paths.log,
                self._environment(),
                self.config.daemon.ingest_idle_s,
                self._on_indexed,
            )
            store = self._stores[project.key] = Store(folder, queue, self.config.vectors, self.paths.log)
        return store

    async def _use(self, project: Project) -> Store:
        store = self.store_of(project)
        is_new = project.root not in self._in_use and not await self.reading.is_bare(project)
        if is_new and project.root not in self._in_use:  # another question may have come first meanwhile
            self._in_use.add(project.root)
            if self.config.watch.enabled:
                self.watch.begin(project.root)
            else:
                store.queue.post(Target(project.root))
        return store

    # --- asking

    async def read(self, call: Call, work: Callable[[Context], T]) -> T:
        project = await self.project_of(call)
        # A question about a commit is no reason to look at the work tree.
        store = self.store_of(project) if call.common.rev else await self._use(project)
        self._make_way()
        return await self.reading.read(call, project, store, work)

    async def write_records(self, call: Call, work: Callable[[Context, Records], T]) -> T:
        store = self.store_of(await self.project_of(call))
        return await self.read(call, lambda ctx: work(ctx, store.records_to_write()))

    async def index(self, call: Call, path: str, *, full: bool) -> IndexSummary:
        project = await self._gate.look(lambda: self._register(path), where=path, deadline_s=0)
        store = self.store_of(project)
        self._make_way()
        rev = await self.reading.sha(project, call.common.rev)
        job = store.queue.post(Target(project.root, rev), full=full, background=False)
        summary = await store.queue.follow(job, call.on_progress)
        if rev is None:
            await self._use(project)
        return summary

    def _register(self, path: str) -> Project:
        root, known = self._registry.root_of(path), self._registry.all()
        return self._registry.register(path, relocation.key_for(root, known, self.paths))

    async def change(self, call: Call, request: CheckRequest) -> Change:
        project = await self.project_of(call)
        store = self.store_of(project)
        asked = structs.asdict(request) | {"root": project.root, "index": str(store.index_file)}
        limit_s = DEADLINE_S if call.peer.surface == "cli" else self.config.limits.deadline_s
        return await self._changes.read(asked | {"rev": call.common.rev or ""}, limit_s or DEADLINE_S)

    async def doctor(self, call: Call, request: DoctorParams) -> Any:
        return await doctor.doctor(self, call, request)

    async def completed_status(self, call: Call, answer: Any) -> Any:
        project = await self.project_of(call)
        state = self.watch.state(project.root)
        store = self.store_of(project)
        look = functools.partial(doctor.project_checks, project.root, self.config)
        own = (*doctor.own_checks(state, store), *await self._gate.look(look, where=project.root))
        learned = store.learned.in_words()
        return structs.replace(answer, watch=state.text, tuning=learned, checks=(*answer.checks, *own))

    async def tune(self, call: Call, request: TuneParams) -> TuneAnswer:
        project = await self.project_of(call)
        await self.reading.embedder_known.wait()
        store, base = self.store_of(project), self.reading.embedder
        self._make_way()
        if request.reset:
            await asyncio.to_thread(store.learned.set_back, base)
        elif base is None or not self.config.vectors.tune:
            raise UsageError(
                "this daemon may not tune",
                where="vectors.enabled, vectors.tune",
                next_step="set both to true, then `memoryd daemon stop`",
            )
        else:
            view = await self.read(call, lambda ctx: ctx.view.name)
            store.learned.failed = False
            await self._learn(store, view, call.on_progress)
        return store.learned.answer(project.root, base)

    async def _learn(self, store: Store, view: str, on_progress: OnProgress) -> None:
        try:
            await self._tuner.learn(store.index_file, view, store.learned.file, on_progress)
        finally:
            store.learned.forget()  # the file may be written although nobody waits any more

    def actor_of(self, peer: Peer) -> str:
        if peer.interactive:
            return f"human:{pwd.getpwuid(os.getuid()).pw_name}"
        return f"agent:{peer.client or peer.surface}"[:200]

    def redacted(self, text: str) -> str:
        from indexers.secrets import redact_text  # not before the first clients are served

        return redact_text(text)

    async def last_seen_s(self, call: Call) -> int:
        store = self.store_of(await self.project_of(call))
        return await asyncio.to_thread(last_visits.mark, store.folder, self.actor_of(call.peer))

    async def write_document(self, call: Call, path: str, text: str) -> None:
        project = await self.project_of(call)
        if await self.reading.is_bare(project):
            raise UsageError(
                "a bare repository has no files to add to",
                where=project.root,
                next_step="run it in a work tree",
            )
        await asyncio.to_thread(documents.write_new, Path(project.root), path, text.encode())

    async def forget_copies(self, call: Call) -> None:
        store = self.store_of(await self.project_of(call))
        await asyncio.to_thread(store.snapshot_records, only_newest=True)

    # --- what happens in the background

    def _registered(self, root: str) -> Project | None:
        """What happens in the background may come after the project was taken off the list."""
        return next((project for project in self._registry.all() if project.root == root), None)

    def _post_changes(self, root: str, paths: set[str] | None) -> None:
        if project := self._registered(root):
            self._make_way()
            self.store_of(project).queue.post(Target(root), paths)

    def _on_indexed(self, target: Target, summary: IndexSummary) -> None:
        """Find out, after the job, whether the work tree still is its commit."""
        project = self._registered(target.root)
        if project and (store := self._stores.get(project.key)):
            if summary.parsed:
                store.meaning.changed()
            store.learned.look = not store.learned.failed
        if target.rev is None and project:
            self._gate.aside(lambda: self._note_dirty(self._stores[project.key], target))

    def _note_dirty(self, store: Store, target: Target) -> None:
        view = find_view(store, target)
        if view:
            with store.connection() as conn:
                self._dirty[target.root] = differs_from_head(conn, target.root, view)

    def _make_way(self) -> None:
        """Somebody wants something: what is only done while nobody does ends, and begins anew when there is peace."""
        if self._tuning:
            self._tuning.cancel()
        self._rest()

    def _rest(self) -> None:
        """Somebody wants something: the quality model does not read meanwhile."""
        self._wanted_s = time.monotonic()
        for store in self._stores.values():
            store.meaning.rest()

    def read_when_idle(self, idle_s: float) -> None:
        """Nobody wanted anything for a while: have the quality model read what it has not, one project at a time, the
        one that was asked about last before others."""
        if self.busy or self._gate.taken or self._is_tuning:
            self._rest()
        if time.monotonic() - self._wanted_s < idle_s:
            return
        stores = [self._stores[p.key] for p in self._registry.all() if p.key in self._stores]
        for store in sorted(stores, key=lambda store: -store.used_at_s):
            if store.meaning.read():
                return

    def compare_all(self) -> None:
        """Look at every project in use as a whole: what no event told is found here."""
        for root in self._in_use:
            self._post_changes(root, None)

    def snapshot_records(self) -> None:
        """Copy the records of every project in use that changed."""
        for store in self._stores.values():
            self._gate.aside(store.snapshot_records)

    def tune_when_idle(self, idle_s: float) -> None:
        """Nobody wanted anything for a while: let a project learn that may have more to learn from, one at a time."""
        if self.busy or not self.config.vectors.tune or self.reading.embedder is None:
            return
        if self._is_tuning or time.monotonic() - self._wanted_s < idle_s:
            return
        for project in self._registry.all():
            store = self._stores.get(project.key)
            if store and project.root in self._in_use and store.learned.look:
                self._tuning = asyncio.create_task(self._tune_if_due(project, store))
                return

    @property
    def _is_tuning(self) -> bool:
        return self._tuning is not None and not self._tuning.done()

    async def _tune_if_due(self, project: Project, store: Store) -> None:
        store.learned.look = False  # until something is indexed
        base = self.reading.embedder
        try:
            target = Target(project.root, await self.reading.sha(project, None))
            if await asyncio.to_thread(_is_tuning_due, store, target, base):
                await self._learn(store, view_name(target), lambda progress: None)
                log.info("%s: %s", project.root, store.learned.in_words())
        except asyncio.CancelledError:
            store.learned.look = True
            raise
        except MemorydError as error:
            store.learned.failed = True
            log.warning("no tuning of %s: %s", project.root, error.what)

    def drop_idle_caches(self, idle_s: float) -> None:
        idle = [s for s in self._stores.values() if s.cached and time.monotonic() - s.used_at_s > idle_s]
        for store in idle:
            store.forget_caches()
        if idle:
            gc.collect()
            process_memory.trim()

    @property
    def busy(self) -> bool:
        return any(store.queue.busy for store in self._stores.values())

    def state(self, *, clients: int, http: str, ready: bool) -> DaemonStatus:
        """What ``daemon status`` says."""
        queues = {key: store.queue for key, store in self._stores.items()}
        return DaemonStatus(
            pid=os.getpid(),
            version=memoryd.__version__,
            home=str(self.paths.home),
            socket=str(self.paths.socket),
            uptime_s=int(time.monotonic() - self._started_s),
            clients=clients,
            answering=self._gate.taken,
            projects=len(self._registry.all()),
            watching=tuple(sorted(self.watch.roots())),
            indexing=tuple(p.root for p in self._registry.all() if p.key in queues and queues[p.key].busy),
            ingest_pids=tuple(queue.pid for queue in queues.values() if queue.pid),
            rss_mb=process_memory.rss_mb(),
            http=http,
            ready=ready,
        )

    async def close(self) -> None:
        """End the children and the watchers; records are closed last."""
        self.watch.close()
        self._changes.close()
        self._make_way()
        for store in self._stores.values():
            await store.queue.close()
        await asyncio.gather(*(asyncio.to_thread(store.close) for store in self._stores.values()))


def _is_tuning_due(store: Store, target: Target, base: Any) -> bool:
    view = find_view(store, target)
    if view is None or not view.complete:
        return False
    with store.connection() as conn:
        known = history_queries.reachable(conn, view.id).count()
    return store.learned.is_due(base, known)
