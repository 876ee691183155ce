"""``memoryd doctor``: look at the stores, prove them, mend what can be mended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from msgspec import Struct, structs

from memoryd.config import Config
from memoryd.daemon.indexing.jobs import IndexTarget
from memoryd.daemon.indexing.watch import WatchState
from memoryd.errors import MemorydError, StoreError
from memoryd.ingest.git.discovery import discover
from memoryd.ingest.git.no_history import why_no_history
from memoryd.ingest.own_config import own_settings
from memoryd.query.context import Context
from memoryd.query.status_answers import Check, StatusRequest
from memoryd.server.params import DoctorParams
from memoryd.server.service import Call, Needs, Project
from memoryd.store import integrity, sqlite
from memoryd.store.failures import DamagedStore, damaged

if TYPE_CHECKING:
    from memoryd.daemon.projects.stores import Store
    from memoryd.daemon.projects.views import Views

T = TypeVar("T")


class Examined(Protocol):
    """The service as its doctor sees it."""

    views: Views

    async def project_of(self, call: Call) -> Project: ...
    def store_of(self, project: Project) -> Store: ...
    async def read(self, call: Call, work: Callable[[Context], T], needs: Needs = "index") -> T: ...
    async def completed_status(self, call: Call, answer: Any) -> Any: ...


class DigestAnswer(Struct, frozen=True):
    """``digest``: part of derived state → digest; ``all`` sums them up. Equal digests, equal knowledge."""

    view: str
    digest: dict[str, str]


def own_checks(watch: WatchState, store: Store) -> tuple[Check, ...]:
    """What only the daemon knows about its health. Opens nothing: it is asked in the event loop."""
    checks = [_watch_check(watch), *store.vectors.checks()]
    if problem := store.records.problem:
        checks.append(_failed("records", problem))
    return tuple(checks)


def _failed(name: str, problem: MemorydError) -> Check:
    return Check(name, "fail", f"{problem.what} ({problem.where})", problem.next_step)


def _watch_check(watch: WatchState) -> Check:
    return Check("watch", "ok" if watch.well else "warn", watch.text, watch.next_step)


def project_checks(root: str, config: Config) -> tuple[Check, ...]:
    """What the clone lacks, and what of the project's own settings is not heeded. Looks at the folder."""
    ignored = own_settings(Path(root), config).ignored
    settings = [Check("project's settings", "warn", said, "correct or remove the file") for said in ignored]
    return (*_history_checks(root), *settings)


def _history_checks(root: str) -> Iterator[Check]:
    if refused := why_no_history(Path(root)):
        yield Check("history", "warn", f"no history: {refused.reason}", refused.next_step)
        return
    found = discover(Path(root))
    if found and found.is_shallow():
        step = "git fetch --unshallow"
        yield Check("history", "warn", "a shallow clone: older commits are not known here", step)
    if found and found.is_partial():
        step = "clone without --filter to have them all"
        yield Check("history", "warn", "a partial clone: contents that git left out are not read", step)


async def doctor(service: Examined, call: Call, request: DoctorParams) -> Any:
    """The status with its checks, and what every page of both stores says; ``digest`` and ``repair`` as asked."""
    if request.digest:
        return await service.read(call, _digest)
    store = service.store_of(await service.project_of(call))
    repaired = await _repair(service, call) if request.repair else ()
    from memoryd.query.status import status

    asked = StatusRequest(deep=request.deep or request.repair)
    answer = await service.read(call, lambda ctx: status(ctx, asked), "neither")
    answer = await service.completed_status(call, answer)
    found = await asyncio.to_thread(_damages, store)
    named = {check.name for check in found}
    others = (check for check in answer.checks if check.name not in named)
    return structs.replace(answer, checks=(*others, *found, *repaired))


def _damages(store: Store) -> tuple[Check, ...]:
    """What is wrong with the files of the stores: every page of both is read."""
    looked = (("index", _index_problem(store.index_file)), ("records", store.records.examined()))
    return tuple(_failed(name, problem) for name, problem in looked if problem)


def _digest(ctx: Context) -> DigestAnswer:
    from memoryd.store.index.digest import digest

    return DigestAnswer(view=ctx.view.name, digest=digest(ctx.index, ctx.view.id))


async def _repair(service: Examined, call: Call) -> tuple[Check, ...]:
    """Build an index again whose file is damaged. Records cannot be built again: a person decides (``records``)."""
    project = await service.project_of(call)
    store = service.store_of(project)
    found = await asyncio.to_thread(_index_problem, store.index_file)
    if isinstance(found, DamagedStore):
        await store.queue.rest()
        store.forget_caches()
        aside = await asyncio.to_thread(_put_aside, store.index_file)
        target = IndexTarget(project.root, await service.views.sha(project, None))
        await store.queue.follow(store.queue.post(target, full=True), call.on_progress)
        return (Check("index", "ok", f"built again ({found.what}); the damaged file lies at {aside}"),)
    if isinstance(await asyncio.to_thread(store.records.examined), DamagedStore):
        return (Check("repair", "ok", "no damage of the index was found; records are not rebuilt here"),)
    return (Check("repair", "ok", "no damage was found"),)


def _index_problem(file: Path) -> StoreError | None:
    """What is wrong with index.db: damage, or why it cannot be read, which is none; None when it is sound or not there
    yet."""
    if not file.exists():
        return None
    try:
        with contextlib.closing(sqlite.connect(file, readonly=True)) as conn:
            found = integrity.problem(conn) or integrity.other_tables(conn, "index")
    except StoreError as error:
        return error
    return damaged(file, f"{file.name} is damaged: {found}") if found else None


def _put_aside(file: Path) -> Path:
    """Move a database with its companions to a name of its own."""
    aside = file.with_name(f"{file.name}.damaged-{int(time.time())}")
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{file}{suffix}", f"{aside}{suffix}")
    return aside
