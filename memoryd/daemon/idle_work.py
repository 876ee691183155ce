"""What is done only while nobody wants anything: learning a project's words, reading ahead, giving memory back."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from typing import Any

from memoryd.config import Config
from memoryd.daemon.indexing.jobs import IndexTarget
from memoryd.daemon.processes import process_memory
from memoryd.daemon.projects.open_projects import OpenProjects
from memoryd.daemon.projects.stores import Store
from memoryd.daemon.projects.views import find_view, view_name
from memoryd.daemon.tuning.tuner import Tuner
from memoryd.errors import MemorydError
from memoryd.server.gate import Gate
from memoryd.server.service import OnProgress, Project
from memoryd.store.index.queries import history_queries

log = logging.getLogger(__name__)


class IdleWork:
    """Used from the event loop's thread only."""

    def __init__(self, projects: OpenProjects, tuner: Tuner, gate: Gate, config: Config) -> None:
        self._projects, self._tuner, self._gate, self._config = projects, tuner, gate, config
        self._tuning: asyncio.Task[None] | None = None
        self._last_request_s = time.monotonic()

    def make_way(self) -> None:
        """Somebody wants something: what is under way ends, and begins anew when there is time again."""
        if self._tuning:
            self._tuning.cancel()
        self._pause_reading()

    def _pause_reading(self) -> None:
        """The quality model does not read while somebody wants something."""
        self._last_request_s = time.monotonic()
        for store in self._projects.stores():
            store.vectors.rest()

    @property
    def _is_tuning(self) -> bool:
        return self._tuning is not None and not self._tuning.done()

    def _idle_s(self) -> float:
        return time.monotonic() - self._last_request_s

    def read_when_idle(self, idle_s: float) -> None:
        """Have the quality model read what it has not, one project at a time, the one that was asked about last
        before others."""
        if self._projects.busy or self._gate.taken or self._is_tuning:
            self._pause_reading()
        if self._idle_s() < idle_s:
            return
        opened = (self._projects.opened(project) for project in self._projects.all())
        for store in sorted((s for s in opened if s), key=lambda store: -store.used_at_s):
            if store.vectors.read():
                return

    def drop_idle_caches(self, idle_s: float) -> None:
        """Give memory back that no question used for ``idle_s``."""
        now_s = time.monotonic()
        idle = [s for s in self._projects.stores() if s.cached and now_s - s.used_at_s > idle_s]
        for store in idle:
            store.forget_caches()
        if idle:
            gc.collect()
            process_memory.trim()

    def tune_when_idle(self, idle_s: float) -> None:
        """Let a project learn that may have more to learn from, one at a time."""
        if self._projects.busy or not self._config.vectors.tune or self._projects.views.embedder is None:
            return
        if self._is_tuning or self._idle_s() < idle_s:
            return
        for project in self._projects.all():
            store = self._projects.opened(project)
            if store and self._projects.is_in_use(project) and store.learned.look:
                self._tuning = asyncio.create_task(self._tune_if_due(project, store))
                return

    async def _tune_if_due(self, project: Project, store: Store) -> None:
        store.learned.look = False  # until something is indexed
        views = self._projects.views
        try:
            target = IndexTarget(project.root, await views.sha(project, None))
            if await asyncio.to_thread(_is_tuning_due, store, target, views.embedder):
                await self.learn(store, view_name(target), lambda progress: None)
                log.info("%s: %s", project.root, store.learned.in_words())
        except asyncio.CancelledError:
            store.learned.look = True
            raise
        except MemorydError as error:
            store.learned.failed = True
            log.warning("no tuning of %s: %s", project.root, error.what)

    async def learn(self, store: Store, view: str, on_progress: OnProgress) -> None:
        """Let the project of ``store`` learn from the view of that name now. Raises MemorydError."""
        try:
            await self._tuner.learn(store.index_file, view, store.learned.file, on_progress)
        finally:
            store.learned.forget()  # the file may be written although nobody waits any more


def _is_tuning_due(store: Store, target: IndexTarget, base: Any) -> bool:
    view = find_view(store, target)
    if view is None or not view.complete:
        return False
    with store.connection() as conn:
        known = history_queries.reachable(conn, view.id).count()
    return store.learned.is_due(base, known)
