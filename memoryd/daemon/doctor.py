"""``memoryd doctor``: look at the stores, prove them, mend what can be mended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from typing import TYPE_CHECKING, Any

from msgspec import Struct, structs

from memoryd.daemon.jobs import Target
from memoryd.errors import MemorydError, StoreError
from memoryd.query.answers import Check
from memoryd.query.context import Context
from memoryd.query.requests import StatusRequest
from memoryd.server.params import DoctorParams
from memoryd.server.service import Call
from memoryd.store import soundness

if TYPE_CHECKING:
    from memoryd.daemon.desk import Desk


class DigestAnswer(Struct, frozen=True):
    """``digest``: part of derived state → digest; ``all`` sums them up. Equal digests, equal knowledge."""

    view: str
    digest: dict[str, str]


def own_checks(watch_state: str) -> tuple[Check, ...]:
    """What only the daemon knows about its health."""
    if watch_state.startswith("degraded"):
        step = "raise the limit: sysctl fs.inotify.max_user_watches=524288"
        return (Check("watch", "warn", watch_state, step),)
    return (Check("watch", "ok", watch_state),)


async def doctor(desk: Desk, call: Call, request: DoctorParams) -> Any:
    """The status with its checks; ``digest`` and ``repair`` as asked."""
    if request.digest:
        return await desk.read(call, _digest)
    repaired = await _repair(desk, call) if request.repair else ()
    from memoryd.query.status import status

    asked = StatusRequest(deep=request.deep or request.repair)
    answer = desk.completed_status(call, await desk.read(call, lambda ctx: status(ctx, asked)))
    return structs.replace(answer, checks=(*answer.checks, *repaired))


def _digest(ctx: Context) -> DigestAnswer:
    from memoryd.store.digest import digest

    return DigestAnswer(view=ctx.view.name, digest=digest(ctx.index, ctx.view.id))


async def _repair(desk: Desk, call: Call) -> tuple[Check, ...]:
    """Put an index that fails its integrity check aside and build it again."""
    project = desk.project_of(call)
    store = desk.store_of(project)
    if not store.index_file.exists():
        return ()
    try:
        await asyncio.to_thread(_prove, store)
        return (Check("repair", "ok", "the index is sound; nothing to mend"),)
    except MemorydError as error:
        reason = error.what
    await store.queue.rest()
    store.forget_caches()
    aside = store.index_file.with_name(f"index.db.damaged-{int(time.time())}")
    for suffix in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{store.index_file}{suffix}", f"{aside}{suffix}")
    job = store.queue.post(Target(project.root), full=True)
    await store.queue.follow(job, call.on_progress)
    return (Check("repair", "ok", f"built again ({reason}); the damaged file lies at {aside}"),)


def _prove(store: Any) -> None:
    with store.connection() as conn:
        found = soundness.problem(conn)
    if found:
        raise StoreError(f"the index is damaged: {found}", where=str(store.index_file))
