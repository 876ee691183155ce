"""The registered projects, the stores that are open, and what is watched. Used from the event loop's thread only."""

from __future__ import annotations

import asyncio
import functools
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, overload

from memoryd.config import Config, for_child
from memoryd.daemon.indexing.freshness import differs_from_head
from memoryd.daemon.indexing.jobs import IndexTarget, IngestQueue
from memoryd.daemon.indexing.watch import Watch
from memoryd.daemon.projects import identity, relocation
from memoryd.daemon.projects.identity import Identities, OtherRepository
from memoryd.daemon.projects.registry import Projects, UnknownCheckout, key_of
from memoryd.daemon.projects.stores import Store
from memoryd.daemon.projects.views import Views, find_view
from memoryd.errors import MemorydError, UsageError
from memoryd.ingest.git.discovery import discover
from memoryd.ingest.job import IndexSummary
from memoryd.paths import Paths, private_folder
from memoryd.server.gate import Gate
from memoryd.server.service import Call, Project
from memoryd.store.index.queries import history_queries

log = logging.getLogger(__name__)

P = TypeVar("P", Project, Project | None)
LOOK_AGAIN_LIMIT_S = 4.0  # so long a question waits for files that were saved just now
EVENT_S = 0.05  # in which an event of the disk is here
COMPARE_LIMIT_S = 600.0  # so long the comparison of one project holds up that of the next
LOOK_AGAIN_S = 30.0  # at a folder that could not be looked at when its files changed


class OpenProjects:
    """``on_change``: called when files of a project changed, before they are indexed."""

    def __init__(self, paths: Paths, config: Config, gate: Gate, on_change: Callable[[], None]) -> None:
        self._paths, self._config, self._gate, self._on_change = paths, config, gate, on_change
        self._registry = Projects(paths.projects_file)
        self._loop = asyncio.get_running_loop()
        self._identities = Identities(paths)
        self._elsewhere: set[str] = set()  # roots where another repository lay at the last change
        self._comparing: asyncio.Task[None] | None = None
        self._posting: set[asyncio.Task[None]] = set()
        self._stores: dict[str, Store] = {}
        self._in_use: set[str] = set()
        self._dirty: dict[str, bool] = {}
        self._begun: set[Store] = (
            set()
        )  # those whose history's first commits were noted in this daemon's life
        self.watch = Watch(config, self.post_changes)
        self.views = Views(
            config, gate, lambda root: self._dirty.get(root, False), lambda root: self.watch.state(root).text
        )

    # --- which project

    async def of_call(self, call: Call) -> Project:
        """The project a call is about: its ``project``, else the one of the folder where the caller stands. Who stands
        in none is asked, even if only one is known. Raises UsageError naming what was tried, OtherRepository,
        DeadlineError."""
        if named := call.common.project:
            return await self._gate.look(lambda: self._found(named, self._registry.find), where=named)
        folders, refused = call.peer.folders, None
        for folder in folders:
            try:
                look = functools.partial(self._found, folder, self._registry.around)
                if found := await self._gate.look(look, where=folder):
                    return found
            except UnknownCheckout as error:
                refused = refused or error
        raise refused or self._registry.nowhere(folders)

    def _found(self, path: str, find: Callable[[str], P]) -> P:
        """What ``find`` says of the path; a new work tree of a known repository is put on the list, and one that was
        removed is taken off. Looks at the disk."""
        try:
            project = find(path)
        except UnknownCheckout as error:
            root = Path(error.where)
            if not self._is_known_repository(root):
                raise
            log.info("%s is a new work tree of a known repository", root)
            self._register(str(root), "ask")
            project = find(path)
        if project:
            self._need_there(project)
        return self._same(project)

    def _is_known_repository(self, root: Path) -> bool:
        """``root`` is a linked work tree of a repository that has a registered one."""
        directory = discover(root)
        if directory is None or directory.git_dir == directory.common_dir:
            return False
        return key_of(root) in {project.key for project in self._registry.all()}

    def _need_there(self, project: Project) -> None:
        """Raises UsageError for a work tree that was removed while its repository stays; it is taken off the list."""
        if os.path.lexists(project.root):
            return
        others = [p.root for p in self._registry.all() if p.key == project.key and os.path.isdir(p.root)]
        if others:
            self._registry.forget(project.root)
            self._loop.call_soon_threadsafe(self._end, project.root)
            raise UsageError(
                "this work tree was removed", where=project.root, next_step=f"ask in {others[0]} instead"
            )

    def _end(self, root: str) -> None:
        self.watch.end(root)
        self._in_use.discard(root)

    @overload
    def _same(self, project: Project) -> Project: ...
    @overload
    def _same(self, project: Project | None) -> Project | None: ...
    def _same(self, project: Project | None) -> Project | None:
        """``project``, unless another repository was put in its place since. Raises OtherRepository."""
        return self._identities.need_same(project) if project else None

    def all(self) -> list[Project]:
        return self._registry.all()

    async def register(self, path: str, choice: relocation.Choice = "ask") -> Project:
        """The project around ``path``, put on the list if it is not there. ``choice``: what becomes of the records
        where another repository lay before. Raises UsageError, OtherRepository."""
        project, before = await self._gate.look(
            lambda: self._register(path, choice), where=path, deadline_s=0
        )
        if before and before.key != project.key:  # what is known of its files is of the other repository
            self.watch.end(project.root)  # it watches folders that are gone; the next question begins anew
            self._in_use.discard(project.root)
            self._dirty.pop(project.root, None)
        return project

    def _register(self, path: str, choice: relocation.Choice) -> tuple[Project, Project | None]:
        root, registered = self._registry.root_of(path), self._registry.all()
        before = self._registry.at(root)
        key = relocation.store_for(root, before, registered, self._paths, choice)
        return self._registry.register(path, key), before

    async def forget(self, root: str) -> Project:
        """Take a root off the list; its stores stay. Raises UsageError when it is not on it."""
        project = await self._gate.look(lambda: self._registry.forget(root), where=root)
        self._end(project.root)
        return project

    def is_in_use(self, project: Project) -> bool:
        """Somebody asked about its work tree in this daemon's life."""
        return project.root in self._in_use

    def _registered(self, root: str) -> Project | None:
        """What happens in the background may come after the project was taken off the list."""
        return next((project for project in self._registry.all() if project.root == root), None)

    async def look_again(self, project: Project) -> bool:
        """A question found nothing: wait, a little, for what was saved and is not indexed yet. False: there is
        nothing of the kind."""
        root, queue = project.root, self.store_of(project).queue
        target = IndexTarget(root)
        before, until_s = queue.finished(target), self._loop.time() + LOOK_AGAIN_LIMIT_S
        if queue.failure(target):
            queue.post(target, set())  # with what failed: what was in its way may be gone
        elif self.watch.hears_at_once(root):
            await asyncio.sleep(EVENT_S)
        elif not queue.was_compared(target):
            queue.post(target)
        while self._loop.time() < until_s and (
            self.watch.is_waiting(root) or self._posting or queue.job_of(target)
        ):
            await asyncio.sleep(EVENT_S)
        return queue.finished(target) != before or queue.job_of(target) is not None

    # --- its store

    def store_of(self, project: Project) -> Store:
        """The project's store, opened on first use."""
        store = self._stores.get(project.key)
        if store is None:
            folder = self._paths.project_dir(project.key)
            private_folder(folder.parent)
            private_folder(folder)
            queue = IngestQueue(
                folder / "index.db",
                self._paths.log,
                self.environment(),
                self._config.daemon.ingest_idle_s,
                self._on_indexed,
            )
            store = self._stores[project.key] = Store(folder, queue, self._config.vectors, self._paths.log)
        return store

    def opened(self, project: Project) -> Store | None:
        """The project's store if it was used in this daemon's life."""
        return self._stores.get(project.key)

    def stores(self) -> list[Store]:
        """Those that were used in this daemon's life."""
        return list(self._stores.values())

    async def use(self, project: Project) -> Store:
        """The project's store, for a question about its work tree: the first one in this daemon's life begins to
        watch it and compares it with the disk, because nobody looked while no daemon ran."""
        store = self.store_of(project)
        is_new = project.root not in self._in_use and not await self.views.is_bare(project)
        if is_new and project.root not in self._in_use:  # another question may have come first meanwhile
            self._in_use.add(project.root)
            if self._config.watch.enabled:
                self.watch.begin(project.root)
            else:
                store.queue.post(IndexTarget(project.root))
        return store

    def environment(self) -> dict[str, str]:
        """Of the children that read repositories."""
        return {**os.environ, **for_child(self._config), "MEMORYD_HOME": str(self._paths.home)}

    # --- what happens in the background

    def post_changes(self, root: str, paths: set[str] | None) -> None:
        """Index what changed; ``paths`` None: look at everything."""
        if project := self._registered(root):
            self._on_change()
            task = asyncio.create_task(self._post(project, paths))
            self._posting.add(task)
            task.add_done_callback(self._posting.discard)

    async def _post(self, project: Project, paths: set[str] | None) -> None:
        """Another repository's files do not get into the project's index."""
        root = project.root
        try:
            await self._gate.look(lambda: self._same(project), where=root)
        except OtherRepository as error:
            if root not in self._elsewhere:
                log.warning("changes of %s are not indexed: %s", root, error.what)
            self._elsewhere.add(root)
            return
        except MemorydError as error:  # slow or unreadable now: what changed must not be forgotten
            if root not in self._elsewhere:
                log.warning("%s cannot be looked at: %s", root, error.what)
            self._elsewhere.add(root)  # all of it is looked at with the next event or comparison
            asyncio.get_running_loop().call_later(LOOK_AGAIN_S, self.post_changes, root, None)
            return
        if root in self._elsewhere:  # it is back: what was passed over meanwhile is looked for
            self._elsewhere.discard(root)
            paths = None
        if self._registered(root) == project:
            self.store_of(project).queue.post(IndexTarget(root), paths)

    def compare_all(self) -> None:
        """Look at every project in use as a whole: what no event told is found here. One after another, since each
        takes a process: twenty at once would stop the machine for everybody."""
        if self._comparing is None or self._comparing.done():
            self._comparing = asyncio.create_task(self._compare_each())

    async def _compare_each(self) -> None:
        for root in sorted(self._in_use):
            project = self._registered(root)
            if project is None:
                continue
            queue = self.store_of(project).queue
            had_process = bool(queue.pid)
            await self._post(project, None)
            if job := queue.job_of(IndexTarget(root)):
                await asyncio.wait([job.done], timeout=COMPARE_LIMIT_S)
            if not had_process:
                await queue.end_idle()

    def snapshot_records(self) -> None:
        """Copy the records of every open project that changed."""
        for store in self._stores.values():
            self._gate.aside(store.records.snapshot)

    def _on_indexed(self, target: IndexTarget, summary: IndexSummary) -> None:
        """Find out, after the job, whether the work tree still is its commit, and what its history begins with."""
        project = self._registered(target.root)
        store = self._stores.get(project.key) if project else None
        if store is None:  # taken off the list, or another repository by now
            return
        if summary.parsed:
            store.vectors.changed()
        store.learned.look = not store.learned.failed
        if target.rev is None:
            self._gate.aside(functools.partial(self._note_dirty, store, target))

    def _note_dirty(self, store: Store, target: IndexTarget) -> None:
        view = find_view(store, target)
        if view:
            with store.connection() as conn:
                self._dirty[target.root] = differs_from_head(conn, target.root, view)
                if store not in self._begun and view.head:
                    roots = history_queries.root_commits(conn, history_queries.reachable(conn, view.id))
                    identity.learn(store.folder, target.root, roots)
                    self._begun.add(store)

    @property
    def busy(self) -> bool:
        """Some project is being indexed."""
        return any(store.queue.busy for store in self._stores.values())

    def indexing(self) -> tuple[str, ...]:
        """Roots of the projects that are being indexed."""
        opened = ((project.root, self._stores.get(project.key)) for project in self._registry.all())
        return tuple(root for root, store in opened if store and store.queue.busy)

    async def close(self) -> None:
        """End the ingest processes, then close the stores: records last."""
        for store in self._stores.values():
            await store.queue.close()
        await asyncio.gather(*(asyncio.to_thread(store.close) for store in self._stores.values()))
