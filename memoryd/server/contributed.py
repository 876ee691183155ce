"""Verbs that change contributed memory. Who asks is what the connection says, never what the arguments say; what is
told is redacted before it goes anywhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from msgspec import structs

from memoryd.errors import MemorydError, UsageError
from memoryd.records.answers import (
    ExportRequest,
    ImportRequest,
    JudgeRequest,
    PublishRequest,
    RecordRequest,
    RetractRequest,
    SupersedeRequest,
)
from memoryd.server.params import PassphraseParams, RecordsParams
from memoryd.server.service import Actor, Call, Service

if TYPE_CHECKING:
    from memoryd.query.context import Context
    from memoryd.store.records.writer import Records

ROWS_AT_ONCE = 200


async def record(service: Service, call: Call, request: RecordRequest) -> Any:
    """What an agent says becomes a proposal, what a person at a terminal says is confirmed."""
    anchors = tuple(map(service.redacted, request.anchors))
    clean = structs.replace(request, text=service.redacted(request.text), anchors=anchors)
    return await _as_actor(service, call, "record", clean)


async def confirm(service: Service, call: Call, request: JudgeRequest) -> Any:
    return await _as_actor(service, call, "confirm", _without_secrets(service, request))


async def retract(service: Service, call: Call, request: RetractRequest) -> Any:
    return await _as_actor(service, call, "retract", _without_secrets(service, request))


async def restore(service: Service, call: Call, request: JudgeRequest) -> Any:
    return await _as_actor(service, call, "restore", _without_secrets(service, request))


async def supersede(service: Service, call: Call, request: SupersedeRequest) -> Any:
    return await _as_actor(service, call, "supersede", request)


async def copies(service: Service, call: Call, request: RecordsParams) -> Any:
    """The copies of the records; to put one in place takes back what was recorded since, so a person says it."""
    if request.action == "list":
        return await service.record_copies(call)
    await _person(service, call, f"{request.action} records", "action")
    return await service.restore_records(call, undo=request.action == "undo")


async def forget(service: Service, call: Call, request: JudgeRequest) -> Any:
    """With the copies that still hold the record."""
    answer = await _as_actor(service, call, "forget", _without_secrets(service, request))
    await service.forget_copies(call)
    return answer


async def publish(service: Service, call: Call, request: PublishRequest) -> Any:
    """Show the document, or write it. The link is kept first: a document of which the record knows nothing would be
    written again, a link to a document that is missing is offered again."""
    if call.common.rev:
        raise UsageError(
            "publish writes a file into the work tree; it takes no revision",
            where="rev",
            next_step="leave out --rev",
        )
    actor = None if request.preview else await _person(service, call, "publish a record", request.id)
    drafts = import_module("memoryd.records.publish")
    answer = await service.read(call, lambda ctx: drafts.publish(ctx, request))
    if actor is None:
        return answer
    written = await _write(service, call, actor, drafts.linked, answer, answer.path)
    try:
        await service.write_document(call, answer.path, answer.text)
    except MemorydError:
        await _write(service, call, actor, drafts.linked, answer, "")
        raise
    return written


async def export(service: Service, call: Call, request: ExportRequest) -> Any:
    """Line by line: each is a row, the answer is the last."""
    exported = import_module("memoryd.records.exchange").exported
    answer = await service.read(call, lambda ctx: exported(ctx, request), "records")
    if call.common.format == "text":
        return answer
    for start in range(0, len(answer.lines), ROWS_AT_ONCE):
        await call.on_rows(answer.lines[start : start + ROWS_AT_ONCE])
        await asyncio.sleep(0)
    return structs.replace(answer, lines=())


async def passphrase(service: Service, call: Call, request: PassphraseParams) -> Any:
    """To set it takes a person; to change or remove it takes it as well."""
    if request.action == "status":
        return await service.passphrase(call, None, request.action)
    actor = await service.actor_of(call.peer)
    person = _need_person(actor, f"{request.action} the passphrase", "action")
    return await service.passphrase(call, person, request.action)


async def take_in(service: Service, call: Call, request: ImportRequest) -> Any:
    """Lines of an export, as the lowest rank of trust whoever hands them in."""
    imported = import_module("memoryd.records.exchange").imported
    return await service.write_records(
        call, lambda ctx, records: imported(ctx, records, request, service.redacted)
    )


async def _as_actor(service: Service, call: Call, name: str, request: Any) -> Any:
    room = "propose" if name == "record" else "judge"
    change = getattr(import_module(f"memoryd.records.{room}"), name)
    actor = await service.actor_of(call.peer)
    if name != "record" and not getattr(request, "preview", False):
        actor = await _person(service, call, f"{name} a record", getattr(request, "id", "") or "id")
    elif name == "record" and actor.is_person:
        actor = await service.vouched(call, actor, "record what holds at once")
    return await _write(service, call, actor, change, request)


async def _write(service: Service, call: Call, actor: Actor, change: Callable[..., Any], *given: Any) -> Any:
    """``change`` in the actor's name; the audit keeps how the actor is known."""

    def work(ctx: Context, records: Records) -> Any:
        with records.assured(actor.assurance):
            return change(ctx, records, *given, actor.name)

    return await service.write_records(call, work)


async def _person(service: Service, call: Call, what: str, where: str) -> Actor:
    """Who asks, a person. Raises UsageError for anybody else, and where the passphrase is not theirs."""
    return await service.vouched(call, _need_person(await service.actor_of(call.peer), what, where), what)


def _need_person(actor: Actor, what: str, where: str) -> Actor:
    """Raises UsageError for anybody else, saying why they are not taken for a person."""
    if not actor.is_person:
        why = f"; this command is not taken for a person's: {actor.doubt}" if actor.doubt else ""
        raise UsageError(
            f"only a person may {what}{why}",
            where=where,
            next_step="run the command in a terminal of your own; agents can only propose (see docs/records.md)",
        )
    return actor


def _without_secrets(service: Service, request: Any) -> Any:
    """The reason goes into the audit, where nothing is ever deleted."""
    return structs.replace(request, reason=service.redacted(request.reason))
