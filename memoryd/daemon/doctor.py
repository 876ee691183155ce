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
from memoryd.errors import MemorydError
from memoryd.ingest.git.discovery import Refused, look
from memoryd.ingest.own_config import own_settings
from memoryd.query.context import Context
from memoryd.query.status_answers import Check, StatusRequest
from memoryd.server.params import DoctorParams
from memoryd.server.service import Call, Project
from memoryd.store import integrity, sqlite
from memoryd.store.failures import DamagedStore
from memoryd.store.records import restore

if TYPE_CHECKING:
    from memoryd.daemon.projects.stores import Store
    from memoryd.daemon.projects.views import Views

T = TypeVar("T")


class Examined(Protocol):
    """The service as its doctor sees it."""

    views: Views

    async def project_of(self, call: Call) -> Project: ...
    def store_of(self, project: Project) -> Store: ...
    async def read(self, call: Call, work: Callable[[Context], T]) -> T: ...
    async def completed_status(self, call: Call, answer: Any) -> Any: ...


class DigestAnswer(Struct, frozen=True):
    """``digest``: part of derived state → digest; ``all`` sums them up. Equal digests, equal knowledge."""

    view: str
    digest: dict[str, str]


def own_checks(watch: WatchState, store: Store) -> tuple[Check, ...]:
    """What only the daemon knows about its health."""
    checks = [_watch_check(watch), *store.vectors.checks()]
    if store.records is None and (problem := store.records_problem):
        checks.append(Check("records", "fail", f"{problem.what} ({problem.where})", problem.next_step))
    return tuple(checks)


def _watch_check(watch: WatchState) -> Check:
    return Check("watch", "warn" if watch.degraded else "ok", watch.text, watch.next_step)


def project_checks(root: str, config: Config) -> tuple[Check, ...]:
    """What the clone lacks, and what of the project's own settings is not heeded. Looks at the folder."""
    ignored = own_settings(Path(root), config).ignored
    settings = [Check("project's settings", "warn", said, "correct or remove the file") for said in ignored]
    return (*_history_checks(root), *settings)


def _history_checks(root: str) -> Iterator[Check]:
    found = look(Path(root))
    if isinstance(found, Refused):
        yield Check("history", "warn", f"no history: {found.reason}", found.next_step)
        return
    if found and found.is_shallow():
        step = "git fetch --unshallow"
        yield Check("history", "warn", "a shallow clone: older commits are not known here", step)
    if found and found.is_partial():
        step = "clone without --filter to have them all"
        yield Check("history", "warn", "a partial clone: contents that git left out are not read", step)


async def doctor(service: Examined, call: Call, request: DoctorParams) -> Any:
    """The status with its checks; ``digest`` and ``repair`` as asked."""
    if request.digest:
        return await service.read(call, _digest)
    repaired = await _repair(service, call) if request.repair else ()
    from memoryd.query.status import status

    asked = StatusRequest(deep=request.deep or request.repair)
    answer = await service.completed_status(call, await service.read(call, lambda ctx: status(ctx, asked)))
    return structs.replace(answer, checks=(*answer.checks, *repaired))


def _digest(ctx: Context) -> DigestAnswer:
    from memoryd.store.index.digest import digest

    return DigestAnswer(view=ctx.view.name, digest=digest(ctx.index, ctx.view.id))


async def _repair(service: Examined, call: Call) -> tuple[Check, ...]:
    """Mend what does not pass SQLite's own check: the index is built again, the records are restored."""
    project = await service.project_of(call)
    store = service.store_of(project)
    checks = []
    problem = await asyncio.to_thread(restore.problem_of, store.records_file)
    if isinstance(problem, DamagedStore):
        done = await asyncio.to_thread(store.restore_records)
        checks.append(Check("records", "warn", f"{problem.what}; {done.in_words}"))
    if found := await asyncio.to_thread(_index_damage, store.index_file):
        await store.queue.rest()
        store.forget_caches()
        aside = await asyncio.to_thread(_put_aside, store.index_file)
        target = IndexTarget(project.root, await service.views.sha(project, None))
        await store.queue.follow(store.queue.post(target, full=True), call.on_progress)
        checks.append(Check("index", "ok", f"built again ({found}); the damaged file lies at {aside}"))
    return tuple(checks) or (Check("repair", "ok", "no damage was found"),)


def _index_damage(file: Path) -> str:
    """What is wrong with index.db, in words; ``""`` when it is sound, not there yet, or of a newer memoryd: what we do
    not know is no damage."""
    if not file.exists():
        return ""
    try:
        conn = sqlite.connect(file, readonly=True)
    except sqlite.NewerStore:
        return ""
    except MemorydError as error:
        return error.what
    with contextlib.closing(conn):
        return integrity.problem(conn) or integrity.other_tables(conn, "index")


def _put_aside(file: Path) -> Path:
    """Move a database with its companions to a name of its own."""
    aside = file.with_name(f"{file.name}.damaged-{int(time.time())}")
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{file}{suffix}", f"{aside}{suffix}")
    return aside
